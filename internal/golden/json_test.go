package golden

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// asJSON writes a spec as JSON, with the order of its keys and ids turned round if shuffled. It
// does not apply to what is not YAML, or not a mapping, nor to a short form that a variable
// divides, which JSON has not.
func asJSON(text string, shuffled bool) (string, bool) {
	root, found := spec.Parse(source.New("spec.yaml", []byte(text)))
	if root == nil || len(found) > 0 || root.Kind != yaml.Map {
		return "", false
	}
	undivided := false
	root.Walk(func(n *yaml.Node) {
		undivided = undivided || n.Tag() == "!GetAtt" && len(n.Pairs()) == 1 &&
			n.Pairs()[0].Value.IsScalar()
	})
	if undivided {
		return "", false
	}
	if shuffled {
		root = shuffle(root)
	}
	return string(appendJSON(nil, root, "\n")) + "\n", true
}

// idMaps are the maps of a spec whose keys are ids, so that their order means nothing.
var idMaps = []string{
	"keys", "principals", "secrets", "parameters", "mappings", "conditions", "resources", "outputs",
	"tags",
}

// shuffle returns a spec with its top-level keys and its ids in reverse.
func shuffle(root *yaml.Node) *yaml.Node {
	turned := reverse(root)
	for i, p := range turned.Pairs() {
		if slices.Contains(idMaps, p.Key.Text()) && p.Value.Kind == yaml.Map {
			turned.Pairs()[i].Value = reverse(p.Value)
		}
	}
	return turned
}

func reverse(n *yaml.Node) *yaml.Node {
	turned := *n
	turned.SetPairs(slices.Clone(n.Pairs()))
	slices.Reverse(turned.Pairs())
	return &turned
}

// appendJSON writes a node as JSON. Scalars keep their text, as text if JSON cannot say it
// otherwise. indent is the line end before the node's own closing bracket.
func appendJSON(b []byte, n *yaml.Node, indent string) []byte {
	switch n.Kind {
	case yaml.Map:
		b = append(b, '{')
		for i, p := range n.Pairs() {
			b = separate(b, i, indent)
			b = append(appendText(b, p.Key.Text()), ": "...)
			b = appendJSON(b, p.Value, indent+"  ")
		}
		return append(append(b, indent...), '}')
	case yaml.Seq:
		b = append(b, '[')
		for i, item := range n.Items() {
			b = separate(b, i, indent)
			b = appendJSON(b, item, indent+"  ")
		}
		return append(append(b, indent...), ']')
	case yaml.Null:
		return append(b, "null"...)
	case yaml.Bool:
		return append(b, strings.ToLower(n.Text())...)
	}
	if n.Kind != yaml.String && json.Valid([]byte(n.Text())) {
		return append(b, n.Text()...)
	}
	return appendText(b, n.Text())
}

func separate(b []byte, i int, indent string) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return append(append(b, indent...), "  "...)
}

func appendText(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic("a text cannot be written as JSON: " + err.Error())
	}
	return append(b, quoted...)
}
