// Package mask says what must not be shown of a spec or a template: all that stands where a secret
// value could, but for words of the language and names. It decides by places, and knows the
// language only as the words that it is given.
package mask

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// A literal where a secret value could stand is hidden wherever the file is shown. What is hidden
// follows from where it stands, never from what it looks like. Where a secret value may stand, all
// of the file is hidden but what is certainly something else: properties of the language, names of
// fields, references to what the spec has. So it does not matter what the text of a value turns
// into by YAML's syntax: a comment, an anchor, a tag, a key of its own.

// Language is what masks must know of the language of specs: its words, by where they stand.
type Language struct {
	// the properties of an environment
	Environment []string
	Sections    []string                 // the properties of a spec
	Secret      Properties               // of a secret
	Value       Properties               // of a secret's value
	Generator   Properties               // of what makes such a value
	Synonym     func(word string) string // the property, or the path to it, that a word stands for
	Section     func(word string) string // the section that a wrong word is nearly like, or ""
}

// Properties are those of one kind of mapping.
type Properties struct {
	Names []string
	Texts []string                 // of them, those whose values are texts
	Meant func(word string) string // the property, or the path to it, that a wrong word means
}

func (p Properties) has(name string) bool { return slices.Contains(p.Names, name) }

// Spec adds what must not be shown of the files of a spec. What one of them refers to another may
// have. Expanded are the trees of the same files for each of the environments: what variables make
// of a text may be a credential where the text as it is written is none.
func (l *Language) Spec(roots []*yaml.Node, expanded [][]*yaml.Node, m *source.Masks) {
	whole := l.sectionsOf(roots)
	all := declaredIn(whole, sectionsWithNames...)
	var also source.Masks // neither looks at what is hidden already
	parallel.Each(2, func(i int) {
		for _, root := range roots {
			if i == 0 {
				l.document(root, all, m).spec(root)
			} else {
				l.document(root, all, &also).resources(root, whole)
			}
		}
	})
	m.Include(&also)
	for _, trees := range expanded {
		l.expanded(trees, m)
	}
	hidden := hiddenVariables(roots, m)
	for _, trees := range expanded {
		hideMade(trees, m)
	}
	all = declaredIn(whole)
	for _, root := range roots {
		l.document(root, all, m).variableValues(root, hidden)
	}
}

// sectionsWithNames are the sections of a spec in CloudFormation's words whose names references can
// have.
var sectionsWithNames = []string{"parameters", "resources", "conditions", "mappings"}

// sectionsOf returns the sections of all files, under the names that are meant.
func (l *Language) sectionsOf(roots []*yaml.Node) (whole []yaml.Pair) {
	for _, root := range roots {
		for _, p := range root.Pairs() {
			if name := l.sectionOf(p); name != p.Key.Text() {
				key := *p.Key
				key.SetText(name)
				p.Key = &key
			}
			whole = append(whole, p)
		}
	}
	return whole
}

// sectionOf returns the name of the section that a pair of a file is: of a mapping whose name the
// language does not have, the section that is meant, or "".
func (l *Language) sectionOf(p yaml.Pair) string {
	name := p.Key.Text()
	if slices.Contains(l.Sections, name) || p.Value.Kind != yaml.Map || p.Value.IsIntrinsic() ||
		isOdd(p) || strings.HasPrefix(name, extension) {
		return name
	}
	return l.Section(name)
}

// Unread adds what must not be shown of a file that is no spec: by its tree if only aliases are at
// fault, else by its lines.
func (l *Language) Unread(f *source.File, read yaml.Result, m *source.Masks) {
	if read.Written == nil {
		l.Text(f, m)
		return
	}
	l.Spec([]*yaml.Node{read.Written}, nil, m)
	for _, alias := range read.Undefined {
		m.Add(alias)
	}
}

// spec hides what may be a secret value by where it stands.
func (w *document) spec(root *yaml.Node) {
	for i := range root.Pairs() {
		w.section(root, i)
	}
}

// section hides what may be a secret value in one of the sections of a file.
func (w *document) section(root *yaml.Node, i int) {
	p := root.Pairs()[i]
	region := w.region(root.Pairs(), i, w.whole())
	name := p.Key.Text()
	if strings.HasPrefix(name, extension) {
		w.extension(p, region, root)
		return
	}
	switch name = w.language.sectionOf(p); name {
	case "secrets":
		w.secrets(p, region)
	case "resources", "outputs", "metadata", "mappings", "conditions":
		w.entries(p.Value, region, name == "metadata")
		w.gaps(region, p.Value)
		if name == "outputs" {
			w.outputs(p.Value)
		}
	case "parameters":
		// All of them are secret, also what lacks NoEcho by mistake.
		w.parameters(p.Value, region, func(yaml.Pair) bool { return true })
	case "tags":
		w.tags(p.Value, region)
	default:
		if slices.Contains(w.language.Sections, name) {
			w.misplaced(p.Value, region)
		} else {
			w.unknown(p, region)
		}
	}
}

// misplaced hides what stands under the name of a secret where the language has no place for one,
// with what follows it, and what stands there in place of a value.
func (w *document) misplaced(n *yaml.Node, region source.Span) {
	defer w.inside(n)()
	for i, p := range n.Pairs() {
		r := w.region(n.Pairs(), i, region)
		key := strings.ToLower(p.Key.Text())
		switch {
		case key == "tags":
			w.tags(p.Value, r)
		case key == "default" && w.isByEnvironment(n):
			w.misplaced(p.Value, r)
		case key == "variables" && w.declared[p.Value]: // by how they are used
			w.misplaced(p.Value, r)
		case namesSecret(key) && w.isByEnvironment(p.Value):
			w.misplaced(p.Value, r)
		case namesSecret(key): // so neither a mapping nor a list is one
			if !p.Value.IsScalar() || strings.ContainsAny(p.Value.Text(), " \t\n=") {
				w.hide(r, keysOf(p.Value, nil))
				w.all(p.Value)
			}
		case slices.Contains(holdsValue, key),
			isSecretWord(p.Key.Text()) && (p.Value.Kind != yaml.Map || p.Value.IsIntrinsic()):
			w.hide(r, nil)
			w.all(p.Value)
			w.stray = w.stray || w.flow && p.Value.IsScalar() && !p.Value.Quoted
		case w.stray && p.Value.Kind == yaml.Null:
			w.key(p.Key)
		default:
			w.misplaced(p.Value, r)
		}
	}
	for i, item := range n.Items() {
		w.misplaced(item, w.item(n.Items(), i, region))
	}
}

// isByEnvironment says whether a mapping states something by environment.
func (w *document) isByEnvironment(n *yaml.Node) bool {
	if len(w.environments) == 0 || n.Kind != yaml.Map {
		return false
	}
	return len(n.Pairs()) == 1 && n.Pairs()[0].Key.Text() == "default" ||
		slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
			return w.environments[p.Key.Text()]
		})
}

// tags hides what is misplaced below tags. Their own names are the user's and say nothing.
func (w *document) tags(n *yaml.Node, region source.Span) {
	for i, p := range n.Pairs() {
		r := w.region(n.Pairs(), i, region)
		switch {
		case p.Value.Kind != yaml.Map || p.Value.IsIntrinsic():
		case slices.Contains(holdsValue, strings.ToLower(p.Key.Text())):
			w.hide(r, nil)
			w.all(p.Value)
		default:
			w.misplaced(p.Value, r)
		}
	}
}

// declaredIn returns what all files of a spec or template say for each of them. Whole are their
// sections; in those that are named stand the names that references can have.
func declaredIn(whole []yaml.Pair, sections ...string) *declarations {
	all := &declarations{
		whole: whole, sections: sections,
		environments: map[string]bool{}, texts: map[string]bool{},
		declared: map[*yaml.Node]bool{},
	}
	for _, section := range whole {
		if section.Key.Text() == "environments" {
			for _, p := range section.Value.Pairs() {
				all.environment(p)
			}
		}
	}
	return all
}

// names returns what references can name, and the beginnings of other such names, in lower case.
func (all *declarations) names() (names map[string]bool, derived []string) {
	all.once.Do(func() {
		all.named = map[string]bool{}
		for _, section := range all.whole {
			name := section.Key.Text()
			named := slices.Contains(all.sections, name)
			derived := slices.Contains([]string{"secrets", "keys", "principals"}, name)
			for _, p := range section.Value.Pairs() {
				if named || derived {
					all.named[p.Key.Text()] = true
				}
				if derived {
					all.derived = append(all.derived,
						strings.ToLower(wordMarks.Replace(p.Key.Text())))
				}
			}
		}
	})
	return all.named, all.derived
}

// environment adds an environment with its variables.
func (all *declarations) environment(p yaml.Pair) {
	all.environments[p.Key.Text()] = true
	variables := p.Value.Get("variables")
	if variables != nil {
		all.declared[variables] = true
	}
	for _, v := range pairsOf(variables) {
		isText := v.Value.Kind == yaml.String || v.Value.Kind == yaml.Null
		all.texts[v.Key.Text()] = all.texts[v.Key.Text()] || isText
	}
}

// document returns what hides values in one of the files.
func (l *Language) document(root *yaml.Node, all *declarations, m *source.Masks) *document {
	return &document{
		declarations: all, language: l, m: m, f: root.Span().File, flow: !root.IsBlock(),
		held: map[*yaml.Node]bool{}, near: map[string]bool{},
	}
}

// declarations are what the files of a spec or template say for each other. None changes them.
type declarations struct {
	whole    []yaml.Pair // the sections of all files
	sections []string    // those in which the names stand that references can have

	once    sync.Once // for what names returns
	named   map[string]bool
	derived []string

	// the names of the environments
	environments map[string]bool
	declared     map[*yaml.Node]bool // the mappings that declare variables
	// the names of the variables, and whether one is a text in some environment
	texts map[string]bool
}

// document hides what may be a secret value in one file.
type document struct {
	*declarations
	language *Language
	m        *source.Masks
	f        *source.File

	room  []source.Span       // for what gaps keeps
	near  map[string]bool     // whether names that there are not are like one that there is
	held  map[*yaml.Node]bool // values of resources that are credentials
	open  map[*yaml.Node]bool // what stands where no secret can; nil until it is asked for
	flow  bool                // inside of braces or brackets
	stray bool                // after a plain text whose comma may have begun what follows
}

// whole is all of the file.
func (w *document) whole() source.Span {
	return source.Span{File: w.f, Start: 0, End: int32(len(w.f.Data))}
}

// region returns where the value of a pair of a mapping within a region may stand: from behind its
// key to the next key of the same mapping, or to the end. Of a key that stands before the region,
// such as one that a merge key or an alias brings, it ends with the line on which the value does,
// and of another that stands elsewhere it is empty.
func (w *document) region(pairs []yaml.Pair, i int, within source.Span) source.Span {
	key, end := pairs[i].Key.Span(), within.End
	if key.File != w.f || key.End > end {
		return source.Span{}
	}
	if value := pairs[i].Value.Span(); key.Start < within.Start {
		end = min(w.endOfLine(max(key.End, value.End)), within.Start)
	}
	for _, next := range pairs[i+1:] {
		if next.Key.Span().Start >= key.End && next.Key.Span().Start <= end {
			end = next.Key.Span().Start
			break
		}
	}
	return source.Span{File: w.f, Start: key.End, End: end}
}

// endOfLine returns where the line ends that a place is on.
func (w *document) endOfLine(at int32) int32 {
	if i := bytes.IndexByte(w.f.Data[min(int(at), len(w.f.Data)):], '\n'); i >= 0 {
		return at + int32(i)
	}
	return int32(len(w.f.Data))
}

// item returns where an item of a list within a region may stand: up to the next one, or to the
// end. One that an alias brings stands where it was written.
func (w *document) item(items []*yaml.Node, i int, within source.Span) source.Span {
	at := items[i].Span()
	if at.File != w.f || at.Start < within.Start || at.Start > within.End {
		return at
	}
	at.End = within.End
	if i+1 < len(items) {
		if next := items[i+1].Span(); next.Start >= at.Start && next.Start <= within.End {
			at.End = next.Start
		}
	}
	return at
}

// inside enters a collection and returns what leaves it: in braces, what began in them ends.
func (w *document) inside(n *yaml.Node) (leave func()) {
	was := *w
	if n.Kind >= yaml.Map && n.Tag() == "" && n.Span().Start < n.Span().End && !n.IsBlock() {
		w.flow = true
	}
	return func() {
		if w.flow = was.flow; !w.flow {
			w.stray = false
		}
	}
}

// secrets hides the values of the section of secrets.
func (w *document) secrets(section yaml.Pair, region source.Span) {
	if section.Value.Kind != yaml.Map || section.Value.IsIntrinsic() {
		w.hide(region, nil)
		w.all(section.Value)
		return
	}
	defer w.inside(section.Value)()
	for i := range section.Value.Pairs() {
		w.entryOfSecrets(section.Value.Pairs(), i, region)
	}
}

// entryOfSecrets hides the values of one of the secrets.
func (w *document) entryOfSecrets(pairs []yaml.Pair, i int, region source.Span) {
	secret, r := pairs[i], w.region(pairs, i, region)
	if secret.Value.Kind != yaml.Map || secret.Value.IsIntrinsic() {
		if secret.Value.Kind == yaml.Null || w.stray && secret.Value.IsScalar() {
			w.key(secret.Key)
		}
		w.hide(r, nil)
		w.all(secret.Value)
		return
	}
	w.secret(secret.Value, r)
	w.gaps(r, secret.Value)
}

// secret hides what may be a value among the properties of a secret.
func (w *document) secret(n *yaml.Node, region source.Span) {
	defer w.inside(n)()
	for i, p := range n.Pairs() {
		r := w.region(n.Pairs(), i, region)
		property := p.Key.Text()
		if !w.language.Secret.has(property) {
			property, _, _ = strings.Cut(w.language.Secret.Meant(property), ".")
			if property == "" && (w.stray || isOdd(p)) {
				w.key(p.Key)
			}
			if isSecretWord(strings.ToLower(p.Key.Text())) {
				property = ""
			}
		}
		switch {
		case property == "value" && p.Key.Text() == "value":
			w.value(p.Value, r)
		case property == "" || property == "value":
			w.hide(r, nil)
			w.all(p.Value)
		default:
			w.longTexts(p.Value)
			// A name has no blanks, and in braces a forgotten comma leads on to the next property.
			runsOn := w.flow && p.Value.IsScalar() && !p.Value.Quoted &&
				strings.ContainsAny(p.Value.Text(), " =")
			switch {
			case property != "description" && runsOn:
				w.all(p.Value)
			case property == "tags":
				w.tags(p.Value, r)
			default:
				w.misplaced(p.Value, r)
			}
		}
	}
}

// wordsWithColon finds what may have been meant as a key.
var wordsWithColon = lazy.Regexp(`(?:^|[\s"'{,])([A-Za-z][A-Za-z0-9_-]*):`)

// longTexts hides the further lines of texts among the properties of a secret: a quote that was not
// closed, or a line that is indented too deep, takes in what stands below it. So it hides what
// follows a key of a value in such a text.
func (w *document) longTexts(n *yaml.Node) {
	n.Walk(func(n *yaml.Node) {
		if !n.IsScalar() {
			return
		}
		text := n.Span().Text()
		i := strings.IndexByte(text, '\n')
		var names [][]int // of variables
		if i >= 0 {
			names = variableUse.FindAllStringSubmatchIndex(text[i:], -1)
		}
		var keys [][]int
		if strings.IndexByte(text, ':') >= 0 {
			keys = wordsWithColon.FindAllStringSubmatchIndex(text, -1)
		}
		for _, k := range keys {
			if HoldsSecret(text[k[2]:k[3]]) {
				i, names = k[2], nil
				break
			}
		}
		if i >= 0 {
			at := i
			for _, name := range names {
				w.m.Add(part(n.Span().File, n.Span().Start, at, i+name[0]))
				at = i + name[1]
			}
			w.m.Add(part(n.Span().File, n.Span().Start, at, len(text)))
		}
	})
}

// key hides a key but for the first word of one whose colon was forgotten.
func (w *document) key(key *yaml.Node) {
	w.hide(key.Span(), w.firstWord(key, Properties{}, nil))
}

// keysOf keeps the keys of mappings in block style that have a value.
func keysOf(n *yaml.Node, keep []source.Span) []source.Span {
	if n.Kind == yaml.Map && n.Span().Start < n.Span().End && n.IsBlock() {
		for _, p := range n.Pairs() {
			if !isOdd(p) {
				keep = append(keysOf(p.Value, keep), p.Key.Span())
			}
		}
	}
	for _, item := range n.Items() {
		keep = keysOf(item, keep)
	}
	return keep
}

// cutBlank divides a text at its first blank. A text without one is all first.
func cutBlank(text string) (first, rest string) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}
