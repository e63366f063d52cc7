package spec

import (
	"bytes"
	"slices"
	"strings"

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
				if d := parameter.Value.Get("Default"); d != nil { // of one that lacks NoEcho by mistake, too
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
		maskKey(secret, m)
		if secret.Value.Kind != Map {
			maskAll(secret.Value, m)
			continue
		}
		for _, p := range secret.Value.Pairs {
			maskKey(p, m)
			if _, ok := known[p.Key.Text]; !ok {
				maskKeys(p.Value, m)
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
		maskKey(p, m)
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
			maskKey(p, m)
		}
	}
}

// maskKey hides what follows the first word of a key without a value: the colon after that word was forgotten.
func maskKey(p Pair, m *source.Masks) {
	if p.Value.Kind != Null {
		return
	}
	if first, _ := cutBlank(p.Key.Span.Text()); len(first) < len(p.Key.Span.Text()) {
		m.Add(source.Span{File: p.Key.Span.File, Start: p.Key.Span.Start + int32(len(first)) + 1, End: p.Key.Span.End})
	}
}

// cutBlank divides a text at its first blank. A text without one is all first.
func cutBlank(text string) (first, rest string) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}

// maskLiteral hides a value unless it only refers to something. An intrinsic with text of its own (Fn::Sub, Fn::Join) is hidden too.
func maskLiteral(n *Node, m *source.Masks) {
	maskComment(n, m)
	if isIntrinsic(n) && refersOnly(n.Pairs[0].Key.Text, n.Pairs[0].Value) {
		return
	}
	maskAll(n, m)
}

// maskComment hides the comment behind a value, in which an earlier value may stand.
func maskComment(n *Node, m *source.Masks) {
	line, _, _ := bytes.Cut(n.Span.File.Data[n.Span.End:], []byte("\n"))
	if comment := bytes.TrimLeft(line, " \t\"'}]"); len(comment) > 0 && comment[0] == '#' {
		m.Add(source.Span{File: n.Span.File, Start: n.Span.End + int32(len(line)-len(comment)), End: n.Span.End + int32(len(bytes.TrimRight(line, "\r")))})
	}
}

// refersOnly says whether a function has nothing but a name for its argument, and not what somebody has put there by mistake.
func refersOnly(function string, argument *Node) bool {
	switch function {
	case "Ref":
		return argument.IsScalar()
	case "Fn::GetAtt":
		return argument.IsScalar() || argument.Kind == Seq
	}
	return function == "Fn::ImportValue"
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

// maskKeys hides the keys of a tree too: below a property that the language does not know, anything may be a secret.
func maskKeys(n *Node, m *source.Masks) {
	for _, p := range n.Pairs {
		m.Add(p.Key.Span)
		maskKeys(p.Value, m)
	}
	for _, item := range n.Items {
		maskKeys(item, m)
	}
}

// maskAll hides every scalar of a tree.
func maskAll(n *Node, m *source.Masks) {
	if n.IsScalar() {
		m.Add(n.Span)
		return
	}
	for _, p := range n.Pairs {
		if p.Value.Kind == Null { // {text} is a mapping with a key and no value
			m.Add(p.Key.Span)
		}
		maskAll(p.Value, m)
	}
	for _, item := range n.Items {
		maskAll(item, m)
	}
}
