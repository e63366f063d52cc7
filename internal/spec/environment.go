package spec

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// NamedEnvironment is an entry of environments: what environment takes, and what else differs from
// one environment to the next.
type NamedEnvironment struct {
	Partition Text           `spec:"partition"`
	Account   Text           `spec:"account"`
	Region    Text           `spec:"region"`
	Deployer  Text           `spec:"deployer"`
	Shards    Number         `spec:"shards,range=1-1000"`
	Tags      Entries[Value] `spec:"tags"`
	Variables Entries[Text]  `spec:"variables"`
	Span      source.Span
}

// Absent is an entry that does not exist in the environment that a spec is decoded for.
type Absent struct {
	ID        Text
	LogicalID Text     // as the entry states it
	Where     []string // the environments that it does not exist in
}

// How many environments a spec may have, and how many bytes the texts of all of them may have whose
// variables are replaced. No spec that a person writes comes near.
const (
	maxEnvironments = 100
	maxReplaced     = 64 << 20
)

// environmentName is what an environment may be called. The name is that of a directory, too.
var environmentName = lazy.Regexp(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// variableName is what a variable may be called.
var variableName = lazy.Regexp(`^[A-Za-z][A-Za-z0-9_]*$`)

// environments reads the names of the environments that the files state, each once, as they are
// written. What else is wrong with an entry is found when it is decoded.
func (s *Source) environments() {
	folded := map[string]*yaml.Node{}
	for _, root := range s.roots {
		section := root.Get("environments")
		if section == nil {
			continue
		}
		s.stated = true
		if section.Kind != yaml.Map || section.IsIntrinsic() && section.Tag() != "" {
			continue
		}
		for _, p := range section.Pairs() {
			s.environment(p.Key, folded)
			for _, v := range variablesOf(p.Value) {
				s.declared[v.Key.Text()] = true
			}
		}
	}
	if s.stated {
		s.notBeside()
		return
	}
	whole := shapeOf(specType)
	for _, root := range s.roots {
		for _, p := range root.Pairs() {
			_, known := whole.find(p.Key.Text())
			if !known && whole.meant(p.Key.Text()) == "environments" {
				s.misspelt = true // what follows from it is not looked at
				s.found = append(s.found, unknownProperty(root, p, whole))
			}
			if p.Key.Text() == "environment" && holdsEnvironments(p.Value) {
				s.misspelt = true
				first := p.Value.Pairs()[0].Key
				s.found.Report(diag.UnknownProperty, first.Span()).
					Message("there is no property %q here", first).
					Hint("write \"environments\" for several: \"environment\" is the only one").
					Fix(p.Key.Span(), "environments")
			}
		}
	}
}

// holdsEnvironments says whether environments stand below the word for a single one: mappings under
// names that are none of its properties.
func holdsEnvironments(n *yaml.Node) bool {
	s := shapeOf(reflect.TypeFor[NamedEnvironment]())
	return n.Kind == yaml.Map && len(n.Pairs()) > 0 && !n.IsIntrinsic() &&
		!slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
			_, known := s.find(p.Key.Text())
			return known || s.meant(p.Key.Text()) != "" || p.Value.Kind != yaml.Map ||
				p.Value.IsIntrinsic() ||
				!environmentName.MatchString(p.Key.Text())
		})
}

// environment takes up one environment by its name.
func (s *Source) environment(key *yaml.Node, folded map[string]*yaml.Node) {
	name := key.Text()
	other := folded[strings.ToLower(name)]
	switch {
	case name == byDefault:
		s.found.Report(diag.InvalidID, key.Span()).
			Message("no environment can be called %q", key).
			Hint("write another name: %q is the key of what holds in all other environments",
				diag.Words(byDefault))
		return
	case yaml.IsFunction(name):
		s.found.Report(diag.InvalidID, key.Span()).
			Message("no environment can be called %q, like a function", key).
			Hint("write another name")
		return
	case !environmentName.MatchString(name):
		s.found.Report(diag.InvalidID, key.Span()).
			Message("%q is no name of an environment", key).
			Hint("write a letter, and then up to 63 letters, digits, _ and -")
		return
	case other != nil && other.Text() != name:
		s.found.Report(diag.InvalidID, key.Span()).
			Message("the environments %q and %q differ in case alone", other, key).
			Related(other.Span(), "%q is here", other).
			Hint("rename one of them: each is a directory of templates")
		return
	case other != nil: // a duplicate, which the parser or the decoder finds
		return
	}
	folded[strings.ToLower(name)] = key
	if len(folded) == maxEnvironments+1 {
		s.found.Report(diag.TooMany, key.Span()).
			Message("the spec has more than %d environments", maxEnvironments).
			Hint("divide it in several")
	}
	if len(folded) <= maxEnvironments {
		s.Environments = append(s.Environments, name)
	}
}

// notBeside finds an environment beside environments.
func (s *Source) notBeside() {
	var here *yaml.Node
	for _, root := range s.roots {
		for _, p := range root.Pairs() {
			if p.Key.Text() == "environments" && here == nil {
				here = p.Key
			}
		}
	}
	for _, root := range s.roots {
		for _, p := range root.Pairs() {
			if p.Key.Text() == "environment" {
				s.found.Report(diag.NotExactlyOne, p.Key.Span()).
					Message("%q cannot stand beside %q", p.Key, here).
					Related(here.Span(), "%q is here", here).
					Hint("state account and Region in each of the environments")
			}
		}
	}
}

// variablesOf returns the variables that an entry of environments declares.
func variablesOf(environment *yaml.Node) []yaml.Pair {
	if v := environment.Get("variables"); v != nil && v.Kind == yaml.Map {
		return v.Pairs()
	}
	return nil
}

// expander makes the tree of one environment of the tree of a file: variables are replaced, what is
// stated by environment is chosen, and entries of other environments are left out. The tree of the
// file stays as it is; what is the same in both is shared.
type expander struct {
	source    *Source
	name      string
	variables map[string]*yaml.Node
	absent    map[string][]Absent // by section
	found     diag.List
	failed    []source.Span       // of texts with variables that are not there
	chosen    map[*yaml.Node]bool // what is stated for this environment alone
	// the diagnostics about variables and environments that are not there, by their names
	unknown, nowhere map[string]int
}

// expander returns what makes the trees of an environment.
func (s *Source) expander(name string) *expander {
	x := &expander{source: s, name: name, variables: map[string]*yaml.Node{},
		absent: map[string][]Absent{}, chosen: map[*yaml.Node]bool{},
		unknown: map[string]int{}, nowhere: map[string]int{}}
	for _, root := range s.roots {
		for _, v := range variablesOf(root.Get("environments").Get(name)) {
			x.declare(v)
		}
	}
	return x
}

// declare takes up a variable. A value of a wrong kind is the schema's to refuse.
func (x *expander) declare(v yaml.Pair) {
	if !variableName.MatchString(v.Key.Text()) {
		x.found.Report(diag.InvalidID, v.Key.Span()).
			Message("%q is no name of a variable", v.Key).
			Hint("write a letter, and then letters, digits and _")
		return
	}
	if !v.Value.IsScalar() || v.Value.Kind == yaml.Null {
		return
	}
	if at := reference.FindStringSubmatchIndex(v.Value.Text()); at != nil {
		x.found.Report(diag.InvalidValue, v.Value.Span()).
			Message("the value of a variable has no variables in it").
			Hint("write what it stands for")
		return
	}
	x.variables[v.Key.Text()] = v.Value
}

// reference finds the variables of a text, and texts that only look like them because of a second
// dollar sign.
var reference = lazy.Regexp(`\$?\$\(([A-Za-z][A-Za-z0-9_]*)\)`)

// manner is how the texts of a place are looked at.
type manner uint8

const (
	strict   manner = iota // a place of the language: a name that is none is an error
	verbatim               // CloudFormation's or IAM's words: what is no name stays as it is
)

// text returns a scalar with its variables replaced. A text that is nothing but a variable stands
// for the value as it is declared: 32 is a number, true a truth value, and "32" a text. Quotes
// around it make no difference, because in JSON all texts have them.
func (x *expander) text(n *yaml.Node, m manner) *yaml.Node {
	if n == nil || n.Kind != yaml.String || !strings.Contains(n.Text(), "$(") ||
		x.source.replaced > maxReplaced {
		return n
	}
	out := *n
	var b strings.Builder
	at := 0
	for _, r := range reference.FindAllStringSubmatchIndex(n.Text(), -1) {
		whole, name := n.Text()[r[0]:r[1]], n.Text()[r[2]:r[3]]
		b.WriteString(n.Text()[at:r[0]])
		at = r[1]
		value := x.variables[name]
		switch {
		case strings.HasPrefix(whole, "$$") && (m == strict || x.source.declared[name]):
			b.WriteString(whole[1:])
		case strings.HasPrefix(whole, "$$"):
			b.WriteString(whole)
		case value == nil:
			if m == verbatim && !x.source.declared[name] {
				b.WriteString(whole)
				break
			}
			x.unknownVariable(n, name)
			value = x.standIn(name)
			b.WriteString(value.Text())
			if whole == n.Text() {
				out.Kind, out.Quoted = value.Kind, value.Quoted
			}
			x.failed = append(x.failed, n.Span())
		default:
			b.WriteString(value.Text())
			if whole == n.Text() {
				out.Kind, out.Quoted = value.Kind, value.Quoted
			}
		}
	}
	b.WriteString(n.Text()[at:])
	out.SetText(b.String())
	x.source.replaced += b.Len()
	return &out
}

// unknownVariable says that the environment has no variable of a name.
func (x *expander) unknownVariable(n *yaml.Node, name string) {
	at := n.Span()
	start := -1
	if text := n.Span().Text(); strings.Count(text, "$("+name+")") == 1 {
		start = strings.Index(text, "$("+name+")")
		at.Start += int32(start + len("$("))
		at.End = at.Start + int32(len(name))
	}
	if x.isWrong(name) {
		return // and it is said why
	}
	if x.again(x.unknown, name, at) {
		return
	}
	quoted := Text{V: name, Span: at}
	d := x.found.Report(diag.UnknownVariable, at)
	if x.source.declared[name] {
		d.Message("the environment %q has no variable %q", diag.Words(x.name), quoted).
			SayingWhere().
			Hint("add it to the variables of %s", diag.Words(x.name))
		if near := diag.Nearest(name, slices.Sorted(maps.Keys(x.variables))); near != "" &&
			!x.source.declaredElsewhere(near, x.name) {
			d.AndHint(", or rename %q there", near)
		}
		return
	}
	d.Message("no variable is named %q", quoted).
		Hint("declare it under variables in each of the environments; for the text itself, "+
			"write $$(%s)", quoted)
	if near := diag.Nearest(name, slices.Sorted(maps.Keys(x.variables))); near != "" {
		d.Hint("write $(%s)", near)
		if start >= 0 {
			d.Fix(at, "%s", near)
		}
	}
}

// again says whether a name that is none was met before: it is one mistake, with several places.
func (x *expander) again(known map[string]int, name string, at source.Span) bool {
	const most = 5
	i, again := known[name]
	if !again {
		known[name] = len(x.found)
		return false
	}
	d := &x.found[i]
	isKnown := func(r diag.Related) bool { return r.Span == at } // an alias leads there again
	if d.Span != at && len(d.Places()) < most && !slices.ContainsFunc(d.Places(), isKnown) {
		d.Related(at, "it is named here, too")
	}
	return true
}

// standIn returns what stands in the place of a variable that is not there, so that nothing else is
// found in the text: its value in another environment, or that of one of nearly its name.
func (x *expander) standIn(name string) *yaml.Node {
	for _, root := range x.source.roots {
		for _, e := range pairsOf(root.Get("environments")) {
			for _, v := range variablesOf(e.Value) {
				if v.Key.Text() == name && v.Value.IsScalar() && v.Value.Kind != yaml.Null &&
					!reference.MatchString(v.Value.Text()) {
					return v.Value
				}
			}
		}
	}
	if near := x.variables[diag.Nearest(name, slices.Sorted(maps.Keys(x.variables)))]; near != nil {
		return near
	}
	return yaml.Scalar(yaml.String, name)
}

func pairsOf(n *yaml.Node) []yaml.Pair {
	if n == nil {
		return nil
	}
	return n.Pairs()
}

// declaredElsewhere says whether another environment than one declares a variable.
func (s *Source) declaredElsewhere(variable, environment string) bool {
	return slices.ContainsFunc(s.roots, func(root *yaml.Node) bool {
		return slices.ContainsFunc(pairsOf(root.Get("environments")), func(e yaml.Pair) bool {
			return e.Key.Text() != environment &&
				slices.ContainsFunc(variablesOf(e.Value), func(v yaml.Pair) bool {
					return v.Key.Text() == variable
				})
		})
	})
}

// isWrong says whether the environment declares a variable whose value cannot be used.
func (x *expander) isWrong(name string) bool {
	s := shapeOf(reflect.TypeFor[NamedEnvironment]())
	return slices.ContainsFunc(x.source.roots, func(root *yaml.Node) bool {
		environment := root.Get("environments").Get(x.name)
		here := variablesOf(environment)
		return slices.ContainsFunc(here, func(v yaml.Pair) bool { return v.Key.Text() == name }) ||
			slices.ContainsFunc(pairsOf(environment), func(p yaml.Pair) bool {
				_, known := s.find(p.Key.Text())
				return !known && s.meant(p.Key.Text()) == "variables"
			})
	})
}

// unknownEnvironment says that a word is no environment of the spec.
func (x *expander) unknownEnvironment(n *yaml.Node) {
	if !x.again(x.nowhere, n.Text(), n.Span()) {
		x.found = append(x.found, *x.source.unknownEnvironment(n.Span(), n.Text()))
	}
}

func (s *Source) unknownEnvironment(at source.Span, name string) *diag.Diagnostic {
	d := diag.Report(diag.UnknownEnvironment, at).
		Message("no environment is named %q", Text{V: name, Span: at})
	if len(s.Environments) == 0 {
		return d.Hint("name it under environments, or leave it out")
	}
	d.Hint("the environments are %s", diag.Words(english.List(s.Environments)))
	if near := d.Guess(name, s.Environments); near != "" && near != name {
		d.Fix(at, "%s", diag.Words(near))
	}
	return d
}

// existsHere says whether an entry with a list of environments exists in this one. Names that are
// none are found.
func (x *expander) existsHere(list *yaml.Node) bool {
	items := list.Items()
	if list.IsScalar() && list.Kind != yaml.Null {
		items = []*yaml.Node{list}
	}
	if len(items) == 0 { // which the decoder refuses
		return true
	}
	here, known := false, false
	for _, item := range items {
		switch {
		case !item.IsScalar() || item.Kind == yaml.Null:
			return true // which the schema refuses
		case !slices.Contains(x.source.Environments, item.Text()):
			x.unknownEnvironment(item)
		default:
			known, here = true, here || item.Text() == x.name
		}
	}
	return here || !known
}

// without returns the environments that a list leaves out.
func (s *Source) without(list *yaml.Node) []string {
	return slices.DeleteFunc(slices.Clone(s.Environments), func(name string) bool {
		return list.Text() == name && list.IsScalar() ||
			slices.ContainsFunc(list.Items(), func(n *yaml.Node) bool { return n.Text() == name })
	})
}

// environmentsAlone says what is wrong with the section of environments where none can be told.
func (s *Source) environmentsAlone() diag.List {
	var found diag.List
	for _, root := range s.roots {
		_, list := decodeDocument(mapPairs(root, func(p yaml.Pair) (yaml.Pair, bool) {
			return p, p.Key.Text() == "environments"
		}), nil)
		found = append(found, list...)
	}
	return found
}

// withoutEnvironments finds entries that exist in some environments of a spec that has none.
func (s *Source) withoutEnvironments(whole *Spec) (found diag.List) {
	look := func(list List[Text]) {
		for _, t := range list {
			found = append(found, *s.unknownEnvironment(t.Span, t.V))
		}
	}
	for i := range whole.Secrets {
		look(whole.Secrets[i].V.Environments)
	}
	for i := range whole.Keys {
		look(whole.Keys[i].V.Environments)
	}
	for i := range whole.Principals {
		look(whole.Principals[i].V.Environments)
	}
	for i := range whole.Grants {
		look(whole.Grants[i].Environments)
	}
	for i := range whole.Assert {
		look(whole.Assert[i].Environments)
	}
	for i := range whole.Accept {
		look(whole.Accept[i].Environments)
	}
	return found
}

// in makes the spec that of one of its environments: what the environment states takes the place of
// what the spec states for all, and its tags stand beside the others.
func (s *Spec) in(name string, x *expander) {
	s.In, s.Absent = name, x.absent
	e := s.Environments.Get(name)
	if e == nil {
		return
	}
	own := &e.V
	s.Environment = Environment{Partition: own.Partition, Account: own.Account, Region: own.Region,
		Span: own.Span}
	if own.Deployer.Set() {
		s.Deployer = own.Deployer
	}
	if own.Shards.Set() {
		s.Shards = own.Shards
	}
	tags := slices.Clone(own.Tags)
	for _, t := range s.Tags {
		if own.Tags.Get(t.ID.V) == nil {
			tags = append(tags, t)
		}
	}
	s.Tags = tags
}
