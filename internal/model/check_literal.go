package model

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// isHarmless says whether a field may be literal: one of a connection, or one that the author names
// as plain text.
func isHarmless(in *spec.SecretValue, field string) bool {
	return slices.Contains(aws.ConnectionFields, field) || isPlain(in, field)
}

// isPlain says whether the author names a field as plain text.
func isPlain(in *spec.SecretValue, field string) bool {
	return slices.ContainsFunc(in.Plaintext, func(t spec.Text) bool { return t.V == field })
}

// inserted stands for the text of a function within a JSON text: it is a number by itself and may
// stand within a string.
const inserted = "90071992547409919007199254740991"

// fromOutside is what a text says in the place of another: a variable of Fn::Sub or a dynamic
// reference.
var fromOutside = lazy.Regexp(`\$\{[^!}][^}]*\}|\{\{resolve:[^{}]+\}\}`)

// jsonText returns the text that a function makes of several, what it takes from elsewhere replaced
// by inserted; empty if it is none.
func jsonText(n *yaml.Node) string {
	if !n.IsIntrinsic() {
		return ""
	}
	switch argument := n.Pairs()[0].Value; n.Pairs()[0].Key.Text() {
	case "Fn::Sub":
		template := argument
		if len(argument.Items()) > 0 {
			template = argument.Items()[0]
		}
		return fromOutside.ReplaceAllString(template.Text(), inserted)
	case "Fn::Join":
		if len(argument.Items()) != 2 {
			return ""
		}
		var parts []string
		for _, item := range argument.Items()[1].Items() {
			if item.IsIntrinsic() {
				parts = append(parts, cmp.Or(jsonText(item), inserted))
				continue
			}
			parts = append(parts, fromOutside.ReplaceAllString(item.Text(), inserted))
		}
		return strings.Join(parts, argument.Items()[0].Text())
	case "Fn::ToJsonString":
		fields := make(map[string]string, len(argument.Pairs()))
		for _, p := range argument.Pairs() {
			switch {
			case p.Value.IsIntrinsic():
				fields[p.Key.Text()] = inserted
			case p.Value.IsScalar():
				fields[p.Key.Text()] = p.Value.Text()
			default:
				fields[p.Key.Text()] = "[" // an object or list, in which anything may stand
			}
		}
		text, _ := json.Marshal(fields) // texts only, which cannot fail
		return string(text)
	}
	return ""
}

// literalFields returns, sorted, the names of those fields of a JSON object whose values are
// nothing but literals, and not harmless ones.
func literalFields(in *spec.SecretValue, text string) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return nil
	}
	var names []string
	for name, value := range fields {
		literal := strings.Trim(string(value), `"`)
		if isHarmless(in, name) && strings.IndexByte("[{", value[0]) < 0 {
			continue
		}
		if literal != "" && !strings.Contains(literal, inserted) &&
			!dynamicReference.MatchString(literal) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// refers says whether an intrinsic takes its text from elsewhere, at least in part: not from the
// template, nor from what AWS calls the stack and its place. Of a Fn::If every branch must.
func (c *checker) refers(n *yaml.Node) bool {
	if n.IsScalar() {
		return strings.Contains(n.Text(), "{{resolve:")
	}
	for _, p := range n.Pairs() {
		switch p.Key.Text() {
		case "Ref":
			return !isPseudo(p.Value)
		case "Fn::GetAtt", "Fn::ImportValue":
			return true
		case "Fn::Transform":
			return includes(p.Value)
		case "Fn::FindInMap":
			return c.mapsElsewhere(p.Value)
		case "Fn::If":
			branches := p.Value.Items()[min(1, len(p.Value.Items())):]
			return !slices.ContainsFunc(branches,
				func(b *yaml.Node) bool { return !isNoValue(b) && !c.refers(b) })
		case "Fn::Select":
			list := p.Value.Items()[min(1, len(p.Value.Items())):]
			if len(list) == 1 && list[0].Kind == yaml.Seq { // any of them may be the one
				return !slices.ContainsFunc(list[0].Items(),
					func(item *yaml.Node) bool { return !c.refers(item) })
			}
		case "Fn::Sub": // names of its own are looked at below, as the members that they are
			alone := &yaml.Node{Kind: yaml.Map}
			alone.SetPairs([]yaml.Pair{p})
			isElsewhere := func(to cfn.Reference) bool {
				return !strings.HasPrefix(to.Name, "AWS::")
			}
			if slices.ContainsFunc(cfn.References(cfn.ValueOf(alone)), isElsewhere) {
				return true
			}
		}
		if c.refers(p.Value) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items(), c.refers)
}

// includes says whether a Fn::Transform takes its text from a file in a bucket. What other macros
// are given stands in the template.
func includes(transform *yaml.Node) bool {
	name, parameters := transform.Get("Name"), transform.Get("Parameters")
	return name != nil && name.Text() == "AWS::Include" && parameters != nil &&
		len(parameters.Pairs()) == 1 &&
		parameters.Get("Location") != nil
}

// isPseudo says whether the argument of a Ref is a pseudo parameter.
func isPseudo(name *yaml.Node) bool {
	return name != nil && strings.HasPrefix(name.Text(), "AWS::")
}

func isNoValue(n *yaml.Node) bool {
	name := n.Get("Ref")
	return name != nil && name.Text() == "AWS::NoValue"
}

// mapsElsewhere says whether what Fn::FindInMap finds is a dynamic reference. Everything else in a
// mapping is literal text of the template. A mapping that is not there is found by others.
func (c *checker) mapsElsewhere(arguments *yaml.Node) bool {
	if len(arguments.Items()) < 3 {
		return true // is no Fn::FindInMap
	}
	if len(arguments.Items()) > 3 && !c.refers(arguments.Items()[3]) {
		return false // its default
	}
	name, column := arguments.Items()[0], arguments.Items()[2]
	for _, mapping := range c.Mappings {
		if name.IsScalar() && mapping.ID.V != name.Text() || mapping.V.Node == nil {
			continue
		}
		for _, row := range mapping.V.Node.Pairs() {
			for _, cell := range row.Value.Pairs() {
				isMeant := !column.IsScalar() || cell.Key.Text() == column.Text()
				if isMeant && !c.refers(cell.Value) {
					return false
				}
			}
		}
	}
	return true
}

// fieldNamed returns the name of a field of a JSON text, which stands inside of what is hidden, as
// a message can show it: as a word if it is written like the name of a field.
func fieldNamed(name string) any {
	if fieldName.MatchString(name) {
		return diag.Words(name)
	}
	return name
}

var fieldName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)
