package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// extension is what the names of top-level properties begin with that are no part of the spec: what
// stands below them is there for its anchors.
const extension = "x-"

// document is what a file of a spec should be.
var document = yaml.Document{Name: "spec", Parts: "properties", Hint: `begin with "version: 1"`}

// Document returns what a file of a spec should be, for whoever reads its layout.
func Document() yaml.Document { return document }

// Parse reads a file of a spec without decoding it, as yaml.Parse does.
func Parse(f *source.File) (*yaml.Node, diag.List) { return yaml.Parse(f, document) }

// Source is what was read of the files of one spec, before it is decoded for an environment.
type Source struct {
	Environments []string // their names, in the order written; empty: the spec states none

	roots    []*yaml.Node
	broken   bool
	shares   bool            // aliases bring nodes to places where they are not written
	stated   bool            // environments are written, be it wrongly
	misspelt bool            // so are they, under another word
	replaced int             // bytes of texts whose variables were replaced, in all environments
	declared map[string]bool // the names of the variables of all environments
	masks    *source.Masks
	found    diag.List
}

// Read reads the files of one spec, each once for all its environments. Masks are what must never
// be shown of the files; what is found holds in every environment.
func Read(files []*source.File) (*Source, *source.Masks, diag.List) {
	s := &Source{masks: &source.Masks{}, declared: map[string]bool{}}
	for _, f := range files {
		read := yaml.Read(f, document)
		s.found = append(s.found, read.Found...)
		if read.Root == nil {
			s.broken = true
			words().Unread(f, read, s.masks)
			continue
		}
		s.roots, s.shares = append(s.roots, read.Root), s.shares || read.Shares
	}
	if !s.broken {
		s.environments()
	}
	roots := s.roots
	again := &Source{Environments: s.Environments, roots: roots, declared: s.declared}
	all := func(m *source.Masks) { words().Spec(roots, again.expanded(), m) }
	if s.broken || s.shares {
		s.masks.Later(all)
	} else {
		s.masks.LaterOrAt(all, files, func() source.HiddenAt { return words().ByPlace(roots) })
	}
	return s, s.masks, s.found
}

// SaysTheSame says whether two specs differ in nothing but comments, layout and names of files, so
// that they compile to the same. It does not say so of specs with aliases, or in which something
// was found.
func (s *Source) SaysTheSame(other *Source) bool {
	isPlain := func(s *Source) bool { return !s.broken && !s.shares && len(s.found) == 0 }
	return isPlain(s) && isPlain(other) &&
		slices.EqualFunc(s.roots, other.roots, (*yaml.Node).SaysTheSame)
}

// expanded returns the trees of each environment.
func (s *Source) expanded() (all [][]*yaml.Node) {
	for _, name := range s.Environments {
		s.replaced = 0
		x := s.expander(name)
		var trees []*yaml.Node
		for _, root := range s.roots {
			trees = append(trees, x.document(root))
		}
		all = append(all, trees)
	}
	return all
}

// HasEnvironments says whether the spec states environments, be it wrongly.
func (s *Source) HasEnvironments() bool { return s.stated }

// Decode makes the typed spec of what was read, for one of its environments: "" is the only one of
// a spec that states none. The Spec is the best that could be made of the files; it is nil when one
// of them is not YAML, because then nothing certain can be said about the others, and where the
// environments cannot be told.
func (s *Source) Decode(environment string) (*Spec, diag.List) {
	if s.broken || s.misspelt || len(s.roots) == 0 {
		return nil, nil
	}
	if s.stated && environment == "" {
		return nil, s.environmentsAlone()
	}
	roots, x := s.roots, (*expander)(nil)
	var chosen map[*yaml.Node]bool
	if s.stated {
		x = s.expander(environment)
		chosen = x.chosen
		roots = nil
		for _, root := range s.roots {
			roots = append(roots, x.document(root))
		}
		if s.replaced > maxReplaced {
			return nil, diag.List{*diag.Report(diag.AliasBomb, s.roots[0].Span()).
				Message("variables expand the spec to more than is read").
				Hint("make their values shorter, or divide the spec in several")}
		}
	}
	var found diag.List
	var parts []*Spec
	for _, root := range roots {
		part, list := decodeDocument(root, chosen)
		for _, n := range part.hidden {
			words().All(n, s.masks)
		}
		parts = append(parts, part)
		found = append(found, list...)
	}
	whole, list := unite(parts)
	found = append(found, list...)
	if x != nil {
		found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
			return slices.Contains(x.failed, d.Span) // which is said already
		})
		found = append(found, x.found...)
		whole.in(environment, x)
	} else {
		found = append(found, s.withoutEnvironments(whole)...)
		found = append(found, undivided(roots)...)
	}
	return whole, append(found, complete(whole)...)
}

// Load reads the files of one spec and decodes it for the first of its environments.
func Load(files []*source.File) (*Spec, *source.Masks, diag.List) {
	s, masks, found := Read(files)
	first := ""
	if len(s.Environments) > 0 {
		first = s.Environments[0]
	}
	spec, list := s.Decode(first)
	return spec, masks, append(found, list...)
}

// decodeDocument decodes one file, in which some nodes are stated for the environment alone.
func decodeDocument(root *yaml.Node, chosen map[*yaml.Node]bool) (*Spec, diag.List) {
	s := &Spec{Span: root.Span(), roots: []*yaml.Node{root}}
	d := &decoder{chosen: chosen}
	defer func() { s.hidden = d.hidden }()
	v := reflect.ValueOf(s).Elem()
	shape := shapeOf(v.Type())
	var found diag.List
	for _, pair := range root.Pairs() {
		i, ok := shape.find(pair.Key.Text())
		if !ok && strings.HasPrefix(pair.Key.Text(), extension) {
			continue
		}
		if !ok {
			found = append(found, unknownProperty(root, pair, shape))
			s.unread = append(s.unread, shape.mayStandFor(pair)...)
			continue
		}
		p := &shape.properties[i]
		d.top, d.rejected, d.entries, d.found, d.unread = true, false, nil, nil, nil
		d.section(p, v.Field(p.index), pair)
		found = append(found, d.found...)
		s.within = append(s.within, d.unread...)
		if d.rejected {
			rejected := checkSchema("#/properties/"+p.name, pair.Key, pair.Value, d.suggestions)
			found = append(found, rejected...)
			s.unread = append(s.unread, p.name)
			continue
		}
		for _, entry := range d.entries {
			rejected := checkSchema(entryDefinitions[p.name], entry.Key, entry.Value, d.suggestions)
			found = append(found, rejected...)
		}
	}
	return s, found
}

// section decodes a property of the document.
func (d *decoder) section(p *property, into reflect.Value, pair yaml.Pair) {
	d.key = pair.Key
	d.value(into.Addr().Interface(), pair.Value)
	if p.hi != 0 {
		d.checkWords(p, pair.Value)
	}
	if p.filled && isEmpty(p.of, pair.Value) {
		d.mustNotBeEmpty(p, pair)
	}
}

// entryDefinitions says which definition of the schema an entry of a map or list of the document
// follows.
var entryDefinitions = map[string]string{
	"environments": "#/definitions/namedEnvironment",
	"tags":         "#/definitions/value",
	"keys":         "#/definitions/key",
	"principals":   "#/definitions/principal",
	"secrets":      "#/definitions/secret",
	"grants":       "#/definitions/grant",
	"assert":       "#/definitions/assertion",
	"silence":      "#/definitions/silence",
	"accept":       "#/definitions/acceptance",
	"export":       "#/definitions/text",
	"parameters":   "#/definitions/verbatim",
	"mappings":     "#/definitions/verbatim",
	"conditions":   "#/definitions/verbatim",
	"resources":    "#/definitions/verbatim",
	"outputs":      "#/definitions/verbatim",
	"metadata":     "#/definitions/anything",
}

// unite makes one spec of the specs of several files.
func unite(parts []*Spec) (*Spec, diag.List) {
	whole := parts[0]
	var found diag.List
	into := reflect.ValueOf(whole).Elem()
	for _, part := range parts[1:] {
		whole.roots = append(whole.roots, part.roots...)
		whole.unread = append(whole.unread, part.unread...)
		whole.within = append(whole.within, part.within...)
		from := reflect.ValueOf(part).Elem()
		for _, p := range shapeOf(into.Type()).properties {
			a, b := into.Field(p.index), from.Field(p.index)
			switch {
			case b.IsZero():
			case b.Kind() == reflect.Slice: // Entries and List; duplicate ids are found below
				a.Set(reflect.AppendSlice(a, b))
			case a.IsZero():
				a.Set(b)
			default:
				found = append(found, disagreement(p.name, a, b)...)
			}
		}
	}
	for _, p := range shapeOf(into.Type()).properties {
		field := into.Field(p.index).Addr().Interface()
		if entries, ok := field.(interface{ duplicates(string) diag.List }); ok && len(parts) > 1 {
			found = append(found, entries.duplicates(p.name)...)
		}
	}
	return whole, found
}

// disagreement compares one property of the header in two files.
func disagreement(name string, a, b reflect.Value) diag.List {
	if a.Kind() == reflect.Struct && a.FieldByName("V").IsValid() {
		if a.FieldByName("V").Equal(b.FieldByName("V")) {
			return nil
		}
		return diag.List{headerConflict(name, a, b)}
	}
	var found diag.List // environment, defaults: property by property
	for _, p := range shapeOf(a.Type()).properties {
		x, y := a.Field(p.index), b.Field(p.index)
		switch within := name + "." + p.name; {
		case y.IsZero():
		case x.IsZero():
			x.Set(y)
		case x.Kind() == reflect.Slice:
			if !sameTexts(x, y) {
				found = append(found, *diag.Report(diag.HeaderConflict, spanOf(y)).
					Message("%s is not the same here and in another file of this spec",
						diag.Words(within)).
					Related(spanOf(x), "the other value is here").
					Hint("state it in one file only"))
			}
		default:
			found = append(found, disagreement(within, x, y)...)
		}
	}
	return found
}

// sameTexts says whether two values of the same type were written with the same texts, wherever
// they stand.
func sameTexts(a, b reflect.Value) bool {
	switch {
	case a.Type() == reflect.TypeFor[source.Span]():
		return true
	case a.Type() == reflect.TypeFor[*yaml.Node]():
		x, y := a.Interface().(*yaml.Node), b.Interface().(*yaml.Node)
		return reflect.DeepEqual(plain(x), plain(y))
	case a.Kind() == reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameTexts(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case a.Kind() == reflect.Struct:
		for i := range a.NumField() {
			if !sameTexts(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// spanOf returns where a list of the header begins.
func spanOf(list reflect.Value) source.Span {
	if list.Len() == 0 {
		return source.Span{}
	}
	return list.Index(0).FieldByName("Span").Interface().(source.Span)
}

func headerConflict(name string, a, b reflect.Value) diag.Diagnostic {
	first := a.FieldByName("Span").Interface().(source.Span)
	second := b.FieldByName("Span").Interface().(source.Span)
	here, there := fmt.Sprint(b.FieldByName("V")), fmt.Sprint(a.FieldByName("V"))
	return *diag.Report(diag.HeaderConflict, second).
		Message("%s is %q here and %q in another file of this spec", diag.Words(name), here, there).
		Related(first, "the other value is here").
		Hint("state it in one file only")
}

// duplicates finds ids that stand in more than one file. Within one file the parser has found them
// already.
func (m Entries[T]) duplicates(section string) diag.List {
	var found diag.List
	first := make(map[string]source.Span, len(m))
	for _, e := range m {
		at, ok := first[e.ID.V]
		if !ok {
			first[e.ID.V] = e.ID.Span
			continue
		}
		found.Report(diag.DuplicateID, e.ID.Span).
			Message("%q stands under %s twice, in two files", e.ID, diag.Words(section)).
			Related(at, "the first one is here").
			Hint("rename or remove one of them")
	}
	return found
}

// complete finds what a spec cannot do without, once all its files are united.
func complete(s *Spec) diag.List {
	var found diag.List
	start := source.Span{File: s.Span.File, Start: s.Span.Start, End: s.Span.Start}
	if !s.wrote("version") && !s.Unread("version") {
		found.Report(diag.MissingProperty, start).
			Message(`the spec has no "version"`).
			Hint(`add "version: 1"`)
		if len(s.roots[0].Pairs()) > 0 && s.roots[0].IsBlock() {
			found[len(found)-1].Fix(start, "version: 1\n")
		}
	}
	if s.Version.Set() && s.Version.V != 1 {
		found.Report(diag.UnknownVersion, s.Version.Span).
			Message("version %d of the language is not known", s.Version.V).
			Hint(`write "version: 1"`).
			Fix(s.Version.Span, "1")
	}
	if !s.wrote("stack") && !s.Unread("stack") {
		found.Report(diag.MissingProperty, start).
			Message(`the spec has no "stack"`).
			Hint(`add "stack:" and the name of the CloudFormation stack`)
	}
	return found
}

// wrote says whether a property of the header is written in one of the files, be it wrongly.
func (s *Spec) wrote(name string) bool {
	return slices.ContainsFunc(s.roots, func(root *yaml.Node) bool { return root.Get(name) != nil })
}

// Walk calls f for every node of the spec's files but the documents themselves, parents first, in
// the order written. What is no part of the spec is left out, unless an alias brings it in.
func (s *Spec) Walk(f func(*yaml.Node)) {
	for _, root := range s.roots {
		for _, pair := range root.Pairs() {
			if !strings.HasPrefix(pair.Key.Text(), extension) {
				pair.Value.Walk(f)
			}
		}
	}
}

// Intrinsics returns the intrinsic functions among the nodes of Walk, in its order.
func (s *Spec) Intrinsics() []*yaml.Node {
	type entry struct{ of, value *yaml.Node } // of: the section alone, without what is in it
	var entries []entry
	for _, root := range s.roots {
		for _, pair := range root.Pairs() {
			if strings.HasPrefix(pair.Key.Text(), extension) {
				continue
			}
			entries = append(entries, entry{of: pair.Value})
			for _, p := range pair.Value.Pairs() {
				entries = append(entries, entry{value: p.Value})
			}
			for _, item := range pair.Value.Items() {
				entries = append(entries, entry{value: item})
			}
		}
	}
	found := make([][]*yaml.Node, (len(entries)+share-1)/share)
	parallel.Each(len(found), func(i int) {
		note := func(n *yaml.Node) {
			if n.IsIntrinsic() {
				found[i] = append(found[i], n)
			}
		}
		for _, e := range entries[i*share : min(len(entries), (i+1)*share)] {
			note(e.of)
			e.value.Walk(note)
		}
	})
	return slices.Concat(found...)
}

// Unread says whether a property of the document may be written and could not be read: it is
// misspelt, or of a wrong type. Nothing is said then of what refers to what may stand in it.
func (s *Spec) Unread(property string) bool { return slices.Contains(s.unread, property) }

// unread is a property below an entry of a section that could not be read.
type unread struct {
	entry    source.Span // the entry with its key
	property string      // the one that is written or meant; empty: nobody knows which
}

// UnreadWithin says whether one of some properties, nil being all, could not be read in the entry
// of a section that a place is in.
func (s *Spec) UnreadWithin(at source.Span, properties []string) bool {
	return slices.ContainsFunc(s.within, func(u unread) bool {
		return u.entry.File == at.File && u.entry.Start <= at.Start && at.End <= u.entry.End &&
			(properties == nil || slices.Contains(properties, u.property))
	})
}

// mayStandFor returns the properties of the document that an unknown one may have been meant as:
// the one that is certainly or probably meant, or, of a mapping that is like none, any of them.
func (s *shape) mayStandFor(unknown yaml.Pair) []string {
	meant, _, _ := strings.Cut(s.meant(unknown.Key.Text()), ".")
	near := diag.Nearest(unknown.Key.Text(), s.names())
	switch {
	case meant != "" && near != "" && near != meant:
		return []string{meant, near}
	case meant != "":
		return []string{meant}
	case unknown.Value.Kind != yaml.Map:
		return nil
	}
	var sections []string
	for _, p := range s.properties {
		switch p.of {
		case textType, reflect.TypeFor[Number](), reflect.TypeFor[Flag]():
		default:
			sections = append(sections, p.name)
		}
	}
	return sections
}
