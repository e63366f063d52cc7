package show

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
)

// encodeJSON writes a document for people and programs alike: indented, without HTML's escapes, and
// with JSON's own for what would command a terminal.
func encodeJSON(document any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		panic("show: a document that has no JSON: " + err.Error())
	}
	lines := strings.Split(out.String(), "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return []byte(strings.Join(lines, "\n"))
}

// shownAll returns texts as they are written for people; what is missing stays missing.
func shownAll(list []string) []string {
	var out []string
	for _, text := range list {
		out = append(out, cfn.Shown(text))
	}
	return out
}

// conditionsJSON returns conditions as JSON has them; an empty list stays one.
func conditionsJSON(list []access.Condition) []access.Condition {
	if len(list) == 0 {
		return list
	}
	out := make([]access.Condition, len(list))
	for i, c := range list {
		c.Key, c.Values = cfn.Shown(c.Key), orEmpty(shownAll(c.Values))
		out[i] = c
	}
	return out
}

// toldJSON returns what answers rest on as JSON has it.
func toldJSON(list []access.Told) []access.Told {
	var out []access.Told
	for _, t := range list {
		t.Name, t.Value, t.By = cfn.Shown(t.Name), cfn.Shown(t.Value), shownAll(t.By)
		out = append(out, t)
	}
	return out
}

// unreadJSON returns what is not known as JSON has it.
func unreadJSON(list []access.Unread) []access.Unread {
	var out []access.Unread
	for _, u := range list {
		u.Name = cfn.Shown(u.Name)
		out = append(out, u)
	}
	return out
}

// appendNumbers appends numbers with commas between them.
func appendNumbers(b []byte, numbers ...int) []byte {
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return b
}

// orEmpty makes nil an empty list, which JSON writes as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
