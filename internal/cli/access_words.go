package cli

import (
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// conditionText says what must hold, as people say it: "if aws:SourceVpce is vpce-1", "before 2027-01-01". At most a number of values is told; 0 tells all.
func conditionText(c access.Condition, most int) string {
	name := strings.ToLower(c.Operator)
	values := valuesText(c.Values, most)
	if words, ok := dateWords[name]; ok && strings.EqualFold(c.Key, "aws:CurrentTime") && len(c.Values) == 1 {
		return words + " " + values
	}
	key := printable(c.Key)
	set, rest, isSet := strings.Cut(name, ":")
	if !isSet {
		set, rest = "", name
	}
	if rest == "null" {
		if strings.EqualFold(strings.Join(c.Values, ""), "true") {
			return "if there is no " + key
		}
		return "if there is " + key
	}
	base, orAbsent := strings.CutSuffix(rest, "ifexists")
	words, known := operatorWords[base]
	says := words.one
	switch {
	case !known:
		says = printable(c.Operator)
	case len(c.Values) != 1:
		says = words.several
	}
	switch set {
	case "foranyvalue":
		key = "any value of " + key
	case "forallvalues":
		key = "every value of " + key
	}
	text := "if " + key + " " + says + " " + values
	if orAbsent {
		text += " (or absent)"
	}
	return text
}

// conditionsText says what must hold together.
func conditionsText(list []access.Condition, most int) string {
	var words []string
	for _, c := range list {
		words = append(words, conditionText(c, most))
	}
	return enumerate(words)
}
