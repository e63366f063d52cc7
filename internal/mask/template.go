package mask

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Template adds what must not be shown of a CloudFormation template: secrets' values
// and what they are generated from, the defaults and allowed values of NoEcho parameters and what
// conditions compare them with, credentials of resources (aws.CredentialAt), and wherever a text
// stands, the credentials in it (aws.HasCredential). It masks what is there, also where the
// template is wrong. The root may be nil.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds
func (l *Language) Template(root *yaml.Node, m *source.Masks) {
	if root == nil {
		return
	}
	all := declaredIn(root.Pairs(), "Parameters", "Resources", "Conditions", "Mappings")
	w := l.document(root, all, m)
	t := templateMask{m: m, w: w, s: credentials.SectionsOf(root.Pairs(), "Parameters", "Mappings")}
	for i, p := range root.Pairs() {
		region := w.region(root.Pairs(), i, w.whole())
		switch p.Key.Text() {
		case "Parameters":
			w.parameters(p.Value, region, isSecretParameter)
			t.parameters(p.Value)
		case "Resources":
			w.entries(p.Value, region, false)
			t.resources(p.Value)
		case "Conditions":
			t.conditions(p.Value)
			t.texts("", p.Value)
		case "Rules":
			t.comparisons(p.Value)
			t.texts("", p.Value)
		case "Outputs":
			w.outputs(p.Value)
			t.entries(p.Value)
		case "AWSTemplateFormatVersion", "Description", "Hooks", "Mappings", "Metadata",
			"Transform":
			t.texts("", p.Value)
		default: // what no template has, such as a section that is misspelt
			w.unknown(p, region)
		}
		w.gaps(region, p.Value)
	}
}

// resources hides what must not be shown of the sections of a spec that are written in
// CloudFormation's words, as Template does of a template; and what values of secrets take from
// there. The spec has the sections of whole, those of other files too.
func (w *document) resources(root *yaml.Node, whole []yaml.Pair) {
	t := templateMask{m: w.m, w: w, s: credentials.SectionsOf(whole, "parameters", "mappings")}
	for _, p := range w.language.sectionsOf([]*yaml.Node{root}) {
		t.section(p)
	}
}

// section hides what must not be shown of a section of a spec.
func (t templateMask) section(p yaml.Pair) {
	switch p.Key.Text() {
	case "resources":
		t.resources(p.Value)
	case "conditions":
		t.conditions(p.Value)
	case "assert":
		t.given(p.Value)
	case "secrets":
		for _, entry := range pairsOf(p.Value) {
			t.secret(entry.Value)
		}
		t.anyText(p.Value)
	case "outputs", "parameters":
		t.entries(p.Value)
	case "mappings", "metadata":
		t.texts("", p.Value)
	default:
		t.anyText(p.Value)
	}
	if p.Key.Text() == "conditions" || p.Key.Text() == "assert" {
		t.anyText(p.Value)
	}
}

// templateMask hides what is secret in a template.
type templateMask struct {
	m *source.Masks
	w *document
	s credentials.Sections
}

// keys hides the keys of a mapping that may be parts of a secret: in the place of one, and
// without a value beside one, because a comma in it was not quoted.
func (t templateMask) keys(n *yaml.Node) {
	secret := false
	for _, p := range n.Pairs() {
		name := p.Key.Text()
		if aws.HoldsCredential(name) && p.Value.Kind == yaml.Map && !p.Value.IsIntrinsic() {
			hideKeys(p.Value, t.m)
		}
		secret = secret || aws.SoundsSecret(name) || name == "Default" || name == "Value" ||
			name == "SecretStringTemplate"
		if secret && p.Value.Kind == yaml.Null {
			t.m.Add(p.Key.Span())
		}
	}
}

// parameters hides the defaults and allowed values of those that are not shown.
func (t templateMask) parameters(n *yaml.Node) {
	for _, p := range n.Pairs() {
		t.keys(p.Value)
		secret := isSecretParameter(p)
		for _, member := range p.Value.Pairs() {
			switch member.Key.Text() {
			case "Default", "AllowedValues":
				if secret {
					t.literal(member.Value)
				}
			}
		}
	}
	t.entries(n)
}

// isSecretParameter says whether the value of a parameter is a secret, or sounds like one.
func isSecretParameter(p yaml.Pair) bool {
	return credentials.IsNoEcho(p.Value) || aws.SoundsSecret(p.Key.Text())
}

// literal hides the literals of a value.
func (t templateMask) literal(n *yaml.Node) { t.w.allBut(n, t.w.reference(n, nil)) }

// entries hides the credentials in a section whose entries have names of the user's, which say
// nothing of what stands below them.
func (t templateMask) entries(n *yaml.Node) {
	if n == nil || n.Kind != yaml.Map {
		t.texts("", n)
		return
	}
	for _, p := range n.Pairs() {
		t.texts("", p.Value)
	}
}

// resources hides what is secret in resources. A resource that is none, such as a loop, is looked
// at as a mapping of anything.
func (t templateMask) resources(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.Map {
		t.texts("", n)
		return
	}
	for _, r := range n.Pairs() {
		kind := ""
		if k := r.Value.Get("Type"); k != nil {
			kind = k.Text()
		}
		if r.Value.Kind != yaml.Map || kind == "" {
			t.texts("", r.Value)
			continue
		}
		for _, p := range r.Value.Pairs() {
			if p.Key.Text() == "Properties" {
				p.Value.Walk(t.keys)
				t.texts(kind, p.Value)
				continue
			}
			t.texts("", p.Value)
		}
	}
}

// texts hides the credentials in the properties of a resource, or in any other value.
func (t templateMask) texts(kind string, n *yaml.Node) { credentials.Places(kind, n, t.place) }

func (t templateMask) place(p credentials.Place) {
	if p.Held {
		t.whole(p)
		return
	}
	hidden := map[*yaml.Node]bool{}
	for _, c := range t.s.Credentials(p.Value) {
		t.defaults(c)
		for _, literal := range c.Literals {
			if !hidden[literal] {
				hidden[literal] = true
				hideWithin(literal, t.m)
			}
		}
	}
}

// anyText hides the credentials in the texts of a value, whose names do not say what stands there:
// of a tag, a description, a condition, a name.
func (t templateMask) anyText(n *yaml.Node) { credentials.PlacesInTags(n, t.place) }

// whole hides a value that is a credential, with what it takes from elsewhere in the template.
func (t templateMask) whole(p credentials.Place) {
	t.literal(p.Value)
	c := t.s.Whole(p.Name, p.Value)
	for _, literal := range c.Literals {
		t.m.Add(literal.Span())
	}
	t.defaults(c)
}

// defaults hides the defaults of the parameters that a credential is taken from.
func (t templateMask) defaults(c credentials.Credential) {
	for _, name := range c.Parameters {
		for _, p := range pairsOf(t.s.Parameters[name]) {
			if p.Key.Text() == "Default" { // maybe twice, by mistake
				t.w.all(p.Value)
			}
		}
	}
}

// hideWithin hides the credentials in a scalar, or all of it where it is but a part of one. Where
// it is written in another way than it reads, what reads like one of them is hidden wherever it
// stands.
func hideWithin(n *yaml.Node, m *source.Masks) {
	const enough = 16
	written, spans := n.Span().Text(), aws.CredentialsIn(n.Text())
	hide := func(start, end int) {
		at := n.Span().Start
		m.Add(source.Span{File: n.Span().File, Start: at + int32(start), End: at + int32(end)})
	}
	if at := strings.Index(written, n.Text()); at >= 0 && len(spans) > 0 {
		for _, span := range spans {
			hide(at+span[0], at+endOfCredential(n.Text(), span[1]))
		}
		return
	}
	if len(spans) == 0 || len(spans) > enough {
		m.Add(n.Span())
		return
	}
	for _, span := range spans {
		credential := n.Text()[span[0]:span[1]]
		if !strings.Contains(written, credential) {
			m.Add(n.Span())
			return
		}
		for start := 0; ; {
			i := strings.Index(written[start:], credential)
			if i < 0 {
				break
			}
			hide(start+i, start+i+len(credential))
			start += i + len(credential)
		}
	}
}

// endOfCredential returns where a credential in a text certainly ends that seems to end at a place:
// a blank may be a part of it.
func endOfCredential(text string, end int) int {
	if end == len(text) || text[end] != ' ' && text[end] != '\t' {
		return end
	}
	if i := strings.IndexAny(text[end:], ";@\n\"'"); i >= 0 {
		return end + i
	}
	return len(text)
}

// comparisons hides the literals with which conditions and rules compare NoEcho parameters: one of
// them is their value. Where there is such a parameter, what is no comparison as it should be may
// be meant as one with it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
func (t templateMask) comparisons(n *yaml.Node) {
	if !t.s.HasHidden() {
		return
	}
	n.Walk(func(n *yaml.Node) {
		for _, p := range n.Pairs() {
			switch p.Key.Text() {
			case "Fn::Equals", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
				if p.Value.Kind != yaml.Seq ||
					slices.ContainsFunc(p.Value.Items(), t.s.MayTakeHidden) {
					t.compared(p.Value)
				}
			}
		}
	})
}

// conditions hides the same in a section of conditions, and what stands there in the place of one.
func (t templateMask) conditions(n *yaml.Node) {
	t.comparisons(n)
	if !t.s.HasHidden() {
		return
	}
	if n.Kind != yaml.Map || n.IsIntrinsic() {
		t.compared(n)
		return
	}
	for _, p := range n.Pairs() {
		switch {
		case p.Value.IsIntrinsic() && isOfConditions(p.Value.Pairs()[0].Key.Text()):
		case p.Value.Kind == yaml.Map && !p.Value.IsIntrinsic():
			for _, function := range p.Value.Pairs() { // such as one that stands there twice
				t.compared(function.Value)
			}
		default:
			t.compared(p.Value)
		}
	}
}

// isOfConditions says whether a function makes a condition.
func isOfConditions(function string) bool {
	return slices.Contains([]string{"Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"},
		function)
}

// compared hides what may be compared with a hidden value, with its anchors.
func (t templateMask) compared(n *yaml.Node) {
	var keep []source.Span
	n.Walk(func(n *yaml.Node) {
		if n.IsIntrinsic() {
			keep = append(keep, n.Pairs()[0].Key.Span())
		}
	})
	if at := n.Span(); at.File == t.w.f {
		for i, item := range n.Items() {
			region := t.w.item(n.Items(), i, at)
			if i == 0 && item.Span().File == at.File {
				region.Start = min(region.Start, at.Start)
			}
			t.w.hide(region, keep)
		}
	}
	t.w.all(n)
}

// secret hides what the value of a spec's secret takes from mappings and parameters, and the
// credentials in fields that are none themselves. The value is hidden where it stands by mask.
func (t templateMask) secret(n *yaml.Node) {
	value := n.Get("value")
	template := value.Get("generate").Get("secretStringTemplate")
	for _, fields := range [][]yaml.Pair{
		pairsOf(value), pairsOf(value.Get("object")), pairsOf(template),
	} {
		for _, field := range fields {
			name := field.Key.Text()
			if field.Value.IsIntrinsic() && !slices.Contains(aws.ConnectionFields, name) {
				t.elsewhere(t.s.Whole(name, field.Value), field.Value)
			}
		}
	}
	t.texts("", value)
}

// elsewhere hides what a value takes from other places of the file.
func (t templateMask) elsewhere(c credentials.Credential, n *yaml.Node) {
	t.defaults(c)
	for _, literal := range c.Literals {
		if literal.Span().Start < n.Span().Start || literal.Span().End > n.Span().End {
			t.m.Add(literal.Span())
		}
	}
}

// given hides the values that assertions state of NoEcho parameters.
func (t templateMask) given(assertions *yaml.Node) {
	if assertions == nil {
		return
	}
	for _, assertion := range assertions.Items() {
		for _, p := range pairsOf(assertion.Get("given")) {
			if p.Value.Kind == yaml.Null { // as where the name of the parameter was forgotten
				t.w.key(p.Key)
			}
			parameter := t.s.Parameters[p.Key.Text()]
			if parameter == nil || credentials.IsNoEcho(parameter) { // or of another name
				t.w.all(p.Value)
			}
		}
	}
}

// pairsOf returns the pairs of a node, and none of a nil one.
func pairsOf(n *yaml.Node) []yaml.Pair {
	if n == nil {
		return nil
	}
	return n.Pairs()
}
