package mask

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// value hides a secret's value but for what is known to be none: the words of the language, the
// names of fields, the fields that are no secrets, references.
func (w *document) value(n *yaml.Node, region source.Span) {
	var keep []source.Span
	if n.IsIntrinsic() {
		keep = w.reference(n, keep)
	}
	if n.Kind == yaml.Map && !n.IsIntrinsic() {
		keep = w.properties(n, keep)
	}
	w.hide(region, keep)
	w.allBut(n, keep)
	w.stray = w.stray || w.flow && n.IsScalar() && !n.Quoted
}

// properties returns what can be shown of the properties of a value.
func (w *document) properties(n *yaml.Node, keep []source.Span) []source.Span {
	defer w.inside(n)()
	harmless := harmlessFields(n)
	for _, p := range n.Pairs() {
		known := w.property(p, w.language.Value, &keep)
		switch {
		case !known:
		case p.Key.Text() == "plaintext":
			for _, item := range append(p.Value.Items(), p.Value) {
				if item.IsScalar() && !w.stray {
					keep = append(keep, item.Span())
				}
			}
		case p.Key.Text() == "empty", p.Key.Text() == "unsafePlaintext":
			keep = w.flagsOf(p.Value, keep)
		case p.Key.Text() == "object":
			keep = w.fields(p.Value, harmless, keep)
		case p.Key.Text() == "generate":
			keep = w.generator(p.Value, harmless, keep)
		default:
			keep = w.reference(p.Value, keep)
		}
	}
	return keep
}

// property keeps the key of a pair if it is a property of a shape, or is certainly meant as one. It
// returns whether it is one.
func (w *document) property(p yaml.Pair, of Properties, keep *[]source.Span) bool {
	known := of.has(p.Key.Text())
	switch {
	case known:
		*keep = append(*keep, p.Key.Span())
	case of.Meant(p.Key.Text()) != "" && p.Value.Kind != yaml.Null:
		*keep = append(*keep, p.Key.Span())
	default:
		*keep = w.firstWord(p.Key, of, *keep)
	}
	return known
}

// firstWord keeps the first word of a key with a blank in it, whose colon was forgotten, if it is
// one that has a value behind it.
func (w *document) firstWord(key *yaml.Node, of Properties, keep []source.Span) []source.Span {
	first, rest := cutBlank(key.Span().Text())
	if known := isSecretWord(strings.ToLower(first)) || of.has(first); rest == "" || !known {
		return keep
	}
	return append(keep, part(key.Span().File, key.Span().Start, 0, len(first)))
}

// harmlessFields are the fields of a value that are no secrets.
func harmlessFields(value *yaml.Node) map[string]bool {
	harmless := map[string]bool{}
	for _, f := range aws.ConnectionFields {
		harmless[f] = true
	}
	list := value.Get("plaintext")
	if list == nil {
		return harmless
	}
	for _, item := range append(list.Items(), list) {
		if item.IsScalar() {
			harmless[item.Text()] = true
		}
	}
	return harmless
}

// flagsOf keeps a value that is no text, where only a flag or a number can stand; also one for each
// environment, and a variable that is none in any.
func (w *document) flagsOf(n *yaml.Node, keep []source.Span) []source.Span {
	if w.isByEnvironment(n) {
		return w.eachOf(n, keep, w.flagsOf)
	}
	if use := variableUse.FindStringSubmatch(n.Text()); use != nil && use[0] == n.Text() {
		if isText, declared := w.texts[use[1]]; declared && !isText {
			return append(keep, n.Span())
		}
	}
	if n.IsScalar() && n.Kind != yaml.String &&
		(n.Kind != yaml.Null || n.Span().Text() == n.Text()) { // and no alias of nothing
		keep = append(keep, n.Span())
	}
	return keep
}

// eachOf keeps the names of the environments that a value is stated for, and of each value what f
// keeps.
func (w *document) eachOf(n *yaml.Node, keep []source.Span,
	f func(*yaml.Node, []source.Span) []source.Span) []source.Span {
	defer w.inside(n)()
	for _, p := range n.Pairs() {
		if p.Key.Text() == "default" || w.environments[p.Key.Text()] {
			keep = f(p.Value, append(keep, p.Key.Span()))
		}
	}
	return keep
}

// fields keeps the names of fields, and the values of those that are no secrets.
func (w *document) fields(n *yaml.Node, plain map[string]bool, keep []source.Span) []source.Span {
	if n.Kind != yaml.Map || n.IsIntrinsic() {
		return w.reference(n, keep)
	}
	defer w.inside(n)()
	for _, p := range n.Pairs() {
		switch {
		case isOdd(p), w.stray && !fieldName.MatchString(p.Key.Text()):
			keep = w.firstWord(p.Key, Properties{}, keep)
		case plain[p.Key.Text()] && p.Value.IsScalar():
			keep = append(keep, p.Key.Span(), p.Value.Span())
		default:
			keep = append(keep, p.Key.Span())
			keep = w.reference(p.Value, keep)
		}
	}
	return keep
}

// fieldName matches what is certainly the name of a field, wherever it stands.
var fieldName = lazy.Regexp(`^[a-zA-Z_]+$`)

// generator keeps the settings of a generator.
func (w *document) generator(n *yaml.Node, plain map[string]bool,
	keep []source.Span) []source.Span {
	if n.Kind != yaml.Map || n.IsIntrinsic() {
		return keep
	}
	defer w.inside(n)()
	settings := w.language.Generator
	for _, p := range n.Pairs() {
		switch known := w.property(p, settings, &keep); {
		case !known:
		case p.Key.Text() == "secretStringTemplate":
			keep = w.fields(p.Value, plain, keep)
		case !slices.Contains(settings.Texts, p.Key.Text()):
			keep = w.flagsOf(p.Value, keep)
		case p.Value.IsScalar() && !w.stray && !strings.ContainsAny(p.Value.Text(), " \t\n"):
			keep = append(keep, p.Value.Span())
		}
	}
	return keep
}

// reference keeps the functions of a value, and the names in them that the spec has. A literal is
// not kept; that it was a plain one in braces is noted.
func (w *document) reference(n *yaml.Node, keep []source.Span) []source.Span {
	if n.IsScalar() {
		w.stray = w.stray || w.flow && !n.Quoted && n.Kind == yaml.String
		return keep
	}
	defer w.inside(n)()
	if !n.IsIntrinsic() {
		if w.isByEnvironment(n) {
			return w.eachOf(n, keep, w.reference)
		}
		for _, item := range n.Items() {
			keep = w.reference(item, keep)
		}
		return keep
	}
	function, argument := n.Pairs()[0].Key, n.Pairs()[0].Value
	keep = append(keep, function.Span())
	switch function.Text() {
	case "Ref", "Condition":
		return w.name(argument, keep)
	case "Fn::GetAtt":
		if len(argument.Items()) == 2 && w.isName(argument.Items()[0].Text()) {
			keep = append(keep, argument.Items()[0].Span(), argument.Items()[1].Span())
			if function.Span().Start < argument.Span().Start { // with the dot between them
				keep = append(keep, argument.Span())
			}
		}
		return keep
	case "Fn::Sub":
		if argument.Kind == yaml.Seq && len(argument.Items()) > 0 {
			keep = w.variables(argument.Items()[0], keep)
			return w.words(argument.Items()[len(argument.Items())-1], keep, func(key string) bool {
				return strings.Contains(argument.Items()[0].Text(), "${"+key+"}")
			})
		}
		return w.variables(argument, keep)
	case "Fn::If":
		if len(argument.Items()) > 0 {
			keep = w.name(argument.Items()[0], keep)
		}
	}
	return w.words(argument, keep, func(key string) bool {
		return function.Text() == "Fn::ToJsonString" || key == "DefaultValue" ||
			function.Text() == "Fn::Transform" && (key == "Name" || key == "Parameters")
	})
}

// words keeps, of the argument of a function, the keys of mappings that are words of the function,
// and the references.
func (w *document) words(n *yaml.Node, keep []source.Span, isWord func(string) bool) []source.Span {
	if n.IsScalar() || n.IsIntrinsic() {
		return w.reference(n, keep)
	}
	defer w.inside(n)()
	for _, p := range n.Pairs() {
		if isWord(p.Key.Text()) && p.Value.Kind != yaml.Null && !w.stray {
			keep = append(keep, p.Key.Span())
		}
		keep = w.words(p.Value, keep, isWord)
	}
	for _, item := range n.Items() {
		keep = w.words(item, keep, isWord)
	}
	return keep
}

// name keeps a text that names something of the spec.
func (w *document) name(n *yaml.Node, keep []source.Span) []source.Span {
	if n.IsScalar() && w.isName(n.Text()) {
		return append(keep, n.Span())
	}
	w.stray = w.stray || w.flow && n.IsScalar() && !n.Quoted
	return keep
}

// isName says whether the spec has something of a name, or of one that is like it.
func (w *document) isName(name string) bool {
	names, derived := w.names()
	if names[name] || strings.HasPrefix(name, "AWS::") && isPseudoParameter(name) {
		return true
	}
	lower := strings.ToLower(name)
	for _, id := range derived {
		if strings.HasPrefix(lower, id) && len(id) > 1 && derivedEnd(lower[len(id):]) {
			return true
		}
	}
	if near, ok := w.near[name]; ok {
		return near
	}
	if len(w.near) >= mostNear {
		return false
	}
	w.near[name] = diag.Nearest(name, slices.Sorted(maps.Keys(names))) != ""
	return w.near[name]
}

// mostNear is for how many names that the spec does not have another is looked for that is like
// them: thousands are not mistyped, but hostile.
const mostNear = 100

// derivedKinds are the kinds of what is made for an id, as their names begin.
var derivedKinds = []string{
	"secret", "key", "alias", "role", "policy", "rotation", "attachment", "function",
}

// derivedEnd says whether the name of what is made for an id can end like this, in lower case.
func derivedEnd(end string) bool {
	return slices.ContainsFunc(derivedKinds, func(kind string) bool {
		return strings.HasPrefix(end, kind)
	})
}

// isPseudoParameter says whether a name is one of CloudFormation's own parameters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func isPseudoParameter(name string) bool {
	return slices.Contains([]string{
		"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region",
		"AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
	}, name)
}

// variables keeps the ${…} of a Fn::Sub that name something.
func (w *document) variables(n *yaml.Node, keep []source.Span) []source.Span {
	if !n.IsScalar() {
		return keep
	}
	text := n.Span().Text()
	for at := 0; ; {
		i := strings.Index(text[at:], "${")
		if i < 0 {
			return keep
		}
		start := at + i
		end := strings.IndexByte(text[start:], '}')
		if end < 0 {
			return keep
		}
		name, _, _ := strings.Cut(strings.Trim(text[start+2:start+end], " "), ".")
		if w.isName(name) {
			keep = append(keep, part(n.Span().File, n.Span().Start, start, start+end+1))
		}
		at = start + end
	}
}
