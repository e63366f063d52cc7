package spec

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/source"
)

// MaskTemplate adds to masks what must not be shown of a CloudFormation template: secrets' values and
// what they are generated from, the defaults and allowed values of NoEcho parameters and what
// conditions compare them with, credentials of resources (aws.CredentialAt), and wherever a text
// stands, the credentials in it (aws.HasCredential). It masks what is there, also where the template
// is wrong. The root may be nil.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds
func MaskTemplate(root *Node, m *source.Masks) {
	if root == nil {
		return
	}
	t := templateMask{m: m, s: SectionsOf(root.Pairs, "Parameters", "Mappings")}
	for _, p := range root.Pairs {
		switch p.Key.Text {
		case "Parameters":
			t.parameters(p.Value)
		case "Resources":
			t.resources(p.Value)
		case "Conditions", "Rules":
			t.comparisons(p.Value)
			t.texts("", p.Value)
		case "Outputs":
			t.entries(p.Value)
		default: // mappings, metadata, and what no template has
			t.texts("", p.Value)
		}
	}
}

// MaskResources adds to masks what must not be shown of the resources of a spec, which are written in
// CloudFormation's words: as MaskTemplate, and taking the parameters and mappings of the spec.
func MaskResources(root *Node, m *source.Masks) {
	t := templateMask{m: m, s: SectionsOf(root.Pairs, "parameters", "mappings")}
	t.resources(root.Get("resources"))
	t.entries(root.Get("outputs"))
	t.entries(root.Get("parameters"))
	t.texts("", root.Get("mappings"))
	t.texts("", root.Get("metadata"))
}

// SectionsOf returns the sections from which functions take texts, by the names that they have in a
// document. Of names that stand there twice, the last one counts.
func SectionsOf(document []Pair, parameters, mappings string) Sections {
	s := Sections{Parameters: map[string]*Node{}, Mappings: map[string]*Node{}}
	for _, section := range document {
		into := s.Parameters
		switch section.Key.Text {
		case mappings:
			into = s.Mappings
		case parameters:
		default:
			continue
		}
		for _, p := range section.Value.Pairs {
			into[p.Key.Text] = p.Value
		}
	}
	return s
}

// templateMask hides what is secret in a template.
type templateMask struct {
	m *source.Masks
	s Sections
}

func (t templateMask) parameters(n *Node) {
	for _, p := range n.Pairs {
		secret := IsNoEcho(p.Value) || aws.SoundsSecret(p.Key.Text)
		for _, member := range p.Value.Pairs {
			switch member.Key.Text {
			case "Default", "AllowedValues":
				if secret {
					maskAll(member.Value, t.m)
				}
			}
		}
	}
	t.entries(n)
}

// entries hides the credentials in a section whose entries have names of the user's, which say
// nothing of what stands below them.
func (t templateMask) entries(n *Node) {
	if n == nil || n.Kind != Map {
		t.texts("", n)
		return
	}
	for _, p := range n.Pairs {
		t.texts("", p.Value)
	}
}

// resources hides what is secret in resources. A resource that is none, such as a loop, is looked at
// as a mapping of anything.
func (t templateMask) resources(n *Node) {
	if n == nil {
		return
	}
	if n.Kind != Map {
		t.texts("", n)
		return
	}
	for _, r := range n.Pairs {
		kind := ""
		if k := r.Value.Get("Type"); k != nil {
			kind = k.Text
		}
		if r.Value.Kind != Map || kind == "" {
			t.texts("", r.Value)
			continue
		}
		for _, p := range r.Value.Pairs {
			if p.Key.Text == "Properties" {
				t.texts(kind, p.Value)
				continue
			}
			t.texts("", p.Value)
		}
	}
}

// texts hides the credentials in the properties of a resource, or in any other value.
func (t templateMask) texts(kind string, n *Node) {
	Places(kind, n, func(p Place) {
		if p.Held {
			t.whole(p.Value)
			return
		}
		for _, c := range t.s.Credentials(p.Value) {
			t.credential(c)
		}
	})
}

// whole hides a value that is a credential, with what it takes from elsewhere in the template.
func (t templateMask) whole(n *Node) {
	maskLiteral(n, t.m)
	c := t.s.Whole(n)
	for _, literal := range c.Literals {
		t.m.Add(literal.Span)
	}
	t.defaults(c)
}

// credential hides a credential in a text, in every scalar of which it is put together.
func (t templateMask) credential(c Credential) {
	t.defaults(c)
	for _, literal := range c.Literals {
		maskWithin(literal, t.m)
	}
}

// defaults hides the defaults of the parameters that a credential is taken from.
func (t templateMask) defaults(c Credential) {
	for _, name := range c.Parameters {
		if d := t.s.Parameters[name].Get("Default"); d != nil {
			maskAll(d, t.m)
		}
	}
}

// maskWithin hides the credentials in a scalar, or all of it where it is but a part of one, or is
// written in another way than it reads.
func maskWithin(n *Node, m *source.Masks) {
	written := n.Span.Text()
	spans := aws.CredentialsIn(n.Text)
	for _, span := range spans {
		credential := n.Text[span[0]:span[1]]
		if strings.Count(written, credential) == 0 {
			m.Add(n.Span)
			return
		}
		for at := 0; ; {
			i := strings.Index(written[at:], credential)
			if i < 0 {
				break
			}
			start := n.Span.Start + int32(at+i)
			m.Add(source.Span{File: n.Span.File, Start: start, End: start + int32(len(credential))})
			at += i + len(credential)
		}
	}
	if len(spans) == 0 {
		m.Add(n.Span)
	}
}

// comparisons hides the literals with which conditions and rules compare NoEcho parameters: one of
// them is their value.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
func (t templateMask) comparisons(n *Node) {
	n.Walk(func(n *Node) {
		if n.Kind != Map || len(n.Pairs) != 1 {
			return
		}
		switch n.Pairs[0].Key.Text {
		case "Fn::Equals", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
			if slices.ContainsFunc(n.Pairs[0].Value.Items, t.isHidden) {
				maskAll(n.Pairs[0].Value, t.m)
			}
		}
	})
}

// isHidden says whether a value takes a text from a NoEcho parameter.
func (t templateMask) isHidden(n *Node) bool {
	hidden := false
	n.Walk(func(n *Node) {
		for _, p := range n.Pairs {
			switch p.Key.Text {
			case "Ref":
				hidden = hidden || IsNoEcho(t.s.Parameters[p.Value.Text])
			case "Fn::Sub":
				for _, m := range inSub.FindAllStringSubmatch(p.Value.Text, -1) {
					hidden = hidden || IsNoEcho(t.s.Parameters[m[1]])
				}
			}
		}
	})
	return hidden
}
