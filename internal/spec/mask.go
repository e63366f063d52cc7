package spec

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/source"
)

// A literal where a secret value could stand is hidden wherever the file is shown. What is hidden follows from where it stands,
// never from what it looks like: every literal of a secret's value that the language does not know to be harmless, and
// everything under a property of a secret that the language does not know at all.

// mask adds what must not be shown of a document.
func mask(root *Node, m *source.Masks) {
	for _, p := range root.Pairs {
		switch p.Key.Text {
		case "secrets":
			maskSecrets(p.Value, m)
		case "resources":
			maskVerbatim(p.Value, m)
		case "parameters":
			for _, parameter := range p.Value.Pairs {
				if d := parameter.Value.Get("Default"); d != nil && IsNoEcho(parameter.Value) {
					maskAll(d, m)
				}
			}
		default:
			if !slices.Contains(topLevel(), p.Key.Text) {
				maskAll(p.Value, m)
			}
		}
	}
}

// IsNoEcho says whether a parameter's declaration keeps its value out of sight.
func IsNoEcho(parameter *Node) bool {
	n := parameter.Get("NoEcho")
	return n != nil && (n.Text == "true" || n.Text == "True" || n.Text == "TRUE")
}

func topLevel() []string {
	var names []string
	for _, p := range shapeOf(specType).properties {
		names = append(names, p.name)
	}
	return names
}

func maskSecrets(secrets *Node, m *source.Masks) {
	if secrets.Kind != Map {
		maskAll(secrets, m)
		return
	}
	known := shapeOf(secretType).byName
	for _, secret := range secrets.Pairs {
		if secret.Value.Kind != Map {
			maskAll(secret.Value, m)
			continue
		}
		for _, p := range secret.Value.Pairs {
			if _, ok := known[p.Key.Text]; !ok {
				maskAll(p.Value, m)
				continue
			}
			if p.Key.Text == "value" {
				maskValue(p.Value, m)
			}
		}
	}
}

// maskValue hides the literals of a secret's value, but for its generator's settings and the fields that are no secrets.
func maskValue(value *Node, m *source.Masks) {
	if value.Kind != Map {
		maskAll(value, m)
		return
	}
	harmless := map[string]bool{}
	for _, f := range aws.ConnectionFields {
		harmless[f] = true
	}
	if list := value.Get("plaintext"); list != nil {
		for _, item := range list.Items {
			harmless[item.Text] = true
		}
		harmless[list.Text] = true
	}
	for _, p := range value.Pairs {
		switch p.Key.Text {
		case "plaintext":
		case "empty", "unsafePlaintext":
			maskText(p.Value, m)
		case "object":
			maskFields(p.Value, harmless, m)
		case "generate":
			known := shapeOf(generateType).byName
			for _, g := range p.Value.Pairs {
				if g.Key.Text == "secretStringTemplate" {
					maskFields(g.Value, harmless, m)
					continue
				}
				switch i, ok := known[g.Key.Text]; {
				case !ok || !g.Value.IsScalar():
					maskAll(g.Value, m)
				case generateType.Field(shapeOf(generateType).properties[i].index).Type != textType:
					maskText(g.Value, m)
				}
			}
			if p.Value.Kind != Map {
				maskAll(p.Value, m)
			}
		default:
			maskLiteral(p.Value, m)
		}
	}
}

// maskText hides a text that stands where only a number or a flag can.
func maskText(n *Node, m *source.Masks) {
	if n.Kind == String || !n.IsScalar() {
		maskAll(n, m)
	}
}

func maskFields(fields *Node, harmless map[string]bool, m *source.Masks) {
	if fields.Kind != Map {
		maskAll(fields, m)
		return
	}
	for _, p := range fields.Pairs {
		if !harmless[p.Key.Text] {
			maskLiteral(p.Value, m)
		}
	}
}

// maskLiteral hides a value unless it only refers to something. An intrinsic with text of its own (Fn::Sub, Fn::Join) is hidden too.
func maskLiteral(n *Node, m *source.Masks) {
	if isIntrinsic(n) {
		switch n.Pairs[0].Key.Text {
		case "Ref", "Fn::GetAtt", "Fn::ImportValue":
			return
		}
	}
	maskAll(n, m)
}

// maskVerbatim hides the literals of properties that hold credentials in resources written in CloudFormation's own words.
func maskVerbatim(n *Node, m *source.Masks) {
	for _, p := range n.Pairs {
		if aws.HoldsCredential(p.Key.Text) {
			maskLiteral(p.Value, m)
			continue
		}
		maskVerbatim(p.Value, m)
	}
	for _, item := range n.Items {
		maskVerbatim(item, m)
	}
}

// maskAll hides every scalar of a tree.
func maskAll(n *Node, m *source.Masks) {
	if n.IsScalar() {
		m.Add(n.Span)
		return
	}
	for _, p := range n.Pairs {
		maskAll(p.Value, m)
	}
	for _, item := range n.Items {
		maskAll(item, m)
	}
}
