package archtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/schema"
)

// TestReferenceIsMadeFromTheSchema holds docs/reference.md to the JSON Schema; -update writes it.
func TestReferenceIsMadeFromTheSchema(t *testing.T) {
	expect.InRoot(t)
	expect.Kept(t, "docs/reference.md", reference(t))
}

// part is what the reference needs of a schema.
type part struct {
	Title, Description   string
	Ref                  string `json:"$ref"`
	Type                 any
	Enum                 []any
	Minimum, Maximum     *json.Number
	Required             []string
	Properties           map[string]*part
	PatternProperties    map[string]*part
	AdditionalProperties any
	Definitions          map[string]*part
	Then, Items          *part
}

// reference writes a table for the document and one for every definition that has properties, in
// the order in which they are met.
func reference(t *testing.T) string {
	var whole part
	single, err := json.Marshal(schema.Single())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(single, &whole); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Every property\n\nMade from `schema/spec.schema.json`. " +
		"[language.md](language.md) says how the parts work together.\n")
	done := map[string]bool{}
	queue := []string{""}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if done[name] {
			continue
		}
		done[name] = true
		p, title := &whole, "The document"
		if name != "" {
			p, title = whole.Definitions[name], name
		}
		if len(p.Properties) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n", title)
		if name != "" {
			fmt.Fprintf(&b, "%s\n\n", p.Description)
		}
		b.WriteString("| property | takes | meaning |\n|---|---|---|\n")
		for _, property := range sortedKeys(p.Properties) {
			q := p.Properties[property]
			takes, next := q.takes()
			required := ""
			if slices.Contains(p.Required, property) {
				required = " (required)"
			}
			fmt.Fprintf(&b, "| `%s`%s | %s | %s |\n", property, required, takes,
				strings.ReplaceAll(q.Description, "|", `\|`))
			if next != "" {
				queue = append(queue, next)
			}
		}
		for _, pattern := range sortedKeys(p.PatternProperties) {
			fmt.Fprintf(&b, "| `%s…` | anything | %s |\n", strings.TrimPrefix(pattern, "^"),
				p.PatternProperties[pattern].Description)
		}
	}
	return b.String()
}

func sortedKeys(m map[string]*part) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// takes says in a few words what a property takes, and which definition it is of.
func (p *part) takes() (text, definition string) {
	if name, ok := strings.CutPrefix(p.Ref, "#/definitions/"); ok {
		return name, name
	}
	if p.Then != nil && p.Then.Items != nil {
		text, definition = p.Then.Items.takes()
		return "list of " + text, definition
	}
	if p.Items != nil {
		text, definition = p.Items.takes()
		return "list of " + text, definition
	}
	if p.Enum != nil {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(p.Enum), " ", ", "), "[]"), ""
	}
	if p.AdditionalProperties != nil {
		raw, _ := json.Marshal(p.AdditionalProperties)
		var each part
		if json.Unmarshal(raw, &each) == nil && (each.Ref != "" || each.Then != nil) {
			text, definition = each.takes()
			return "mapping to " + text, definition
		}
		return "mapping", ""
	}
	kinds := fmt.Sprint(p.Type)
	switch {
	case strings.Contains(kinds, "string"):
		return "text", ""
	case strings.Contains(kinds, "boolean"):
		return "true or false", ""
	case strings.Contains(kinds, "integer") && p.Minimum != nil && p.Maximum != nil:
		return fmt.Sprintf("%s to %s", *p.Minimum, *p.Maximum), ""
	case strings.Contains(kinds, "integer"):
		return "whole number", ""
	}
	return "mapping", ""
}
