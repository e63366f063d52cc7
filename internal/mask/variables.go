package mask

import (
	"regexp"
	"slices"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// variableUse finds the variables of a text.
var variableUse = regexp.MustCompile(`\$\(([A-Za-z][A-Za-z0-9_]*)\)`)

// variables hides the values of variables that stand for what is hidden, in every environment, and
// the variables wherever they are used: what a text there becomes has the value in it.
func variables(roots []*yaml.Node, m *source.Masks) {
	declared := map[string][]*yaml.Node{}
	for _, root := range roots {
		for _, environment := range pairsOf(root.Get("environments")) {
			for _, v := range pairsOf(environment.Value.Get("variables")) {
				declared[v.Key.Text] = append(declared[v.Key.Text], v.Value)
			}
		}
	}
	if len(declared) == 0 {
		return
	}
	var uses []variableAt
	for _, root := range roots {
		for _, p := range root.Pairs {
			if p.Key.Text != "environments" {
				uses = append(uses, usesIn(p.Value)...)
			}
		}
	}
	hidden := map[string]bool{}
	for name, values := range declared {
		isHidden := func(at source.Span) bool { return len(m.Within(at)) > 0 }
		hidden[name] = slices.ContainsFunc(values, func(n *yaml.Node) bool {
			return isHidden(n.Span)
		}) || slices.ContainsFunc(uses, func(u variableAt) bool {
			return u.name == name && isHidden(u.at)
		})
	}
	for name, values := range declared {
		for _, n := range values {
			if hidden[name] {
				n.Walk(func(n *yaml.Node) {
					if n.IsScalar() {
						m.AddPart(n.Span, n.Text)
					}
				})
			}
		}
	}
	for _, u := range uses {
		if hidden[u.name] {
			m.Add(u.at)
		}
	}
}

// variableAt is a variable where it is used.
type variableAt struct {
	name string
	at   source.Span
}

// usesIn returns the variables that texts below a node use, keys included. Of a text whose bytes
// are not what it says, the whole is where they stand.
func usesIn(n *yaml.Node) []variableAt {
	var out []variableAt
	scalar := func(n *yaml.Node) {
		text := n.Span.Text()
		found := variableUse.FindAllStringSubmatchIndex(text, -1)
		for _, i := range found {
			at := part(n.Span.File, n.Span.Start, i[0], i[1])
			out = append(out, variableAt{text[i[2]:i[3]], at})
		}
		for _, use := range variableUse.FindAllStringSubmatch(n.Text, -1) {
			if !slices.ContainsFunc(found, func(i []int) bool { return text[i[2]:i[3]] == use[1] }) {
				out = append(out, variableAt{use[1], n.Span})
			}
		}
	}
	n.Walk(func(n *yaml.Node) {
		if n.IsScalar() && n.Kind == yaml.String {
			scalar(n)
		}
		for _, p := range n.Pairs {
			scalar(p.Key)
		}
	})
	return out
}
