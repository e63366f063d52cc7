package spec

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Text is a scalar that stands for itself: quotes make no difference, and an unquoted number keeps
// its digits. The zero Text was not written.
type Text struct {
	V    string
	Span source.Span
}

// Quote returns where the text stands and what it says.
func (t Text) Quote() (at source.Span, text string) { return t.Span, t.V }

// Set says whether the property was written.
func (t Text) Set() bool { return !t.Span.IsZero() }

func (t *Text) decode(d *decoder, n *yaml.Node) {
	if !n.IsScalar() || n.Kind == yaml.Null {
		d.reject(n)
		return
	}
	t.V, t.Span = n.Text(), n.Span()
}

// Flag is true or false. The zero Flag was not written.
type Flag struct {
	V    bool
	Span source.Span
}

// Set says whether the property was written.
func (b Flag) Set() bool { return !b.Span.IsZero() }

// Or returns the value, or the default when the property was not written.
func (b Flag) Or(byDefault bool) bool {
	if !b.Set() {
		return byDefault
	}
	return b.V
}

func (b *Flag) decode(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.Bool {
		d.reject(n)
		return
	}
	b.V, b.Span = n.Text()[0] == 't' || n.Text()[0] == 'T', n.Span()
}

// Number is a whole number. The zero Number was not written.
type Number struct {
	V    int
	Span source.Span
}

// Set says whether the property was written.
func (i Number) Set() bool { return !i.Span.IsZero() }

func (i *Number) decode(d *decoder, n *yaml.Node) {
	v, ok := wholeNumber(n)
	if !ok {
		d.reject(n)
		return
	}
	i.V, i.Span = v, n.Span()
}

// maxDigits is the length of a number that may be a count of something. An account id is a text.
const maxDigits = 12

// wholeNumber reads a whole number in decimal notation.
func wholeNumber(n *yaml.Node) (int, bool) {
	v, err := strconv.Atoi(n.Text())
	return v, n.Kind == yaml.Int && err == nil && len(n.Text()) <= maxDigits
}

// Value is a text or an intrinsic function, the latter in its long form. The zero Value was not
// written.
type Value struct{ Node *yaml.Node }

// Set says whether the property was written.
func (v Value) Set() bool { return v.Node != nil }

// Span is where the value stands.
func (v Value) Span() source.Span {
	if v.Node == nil {
		return source.Span{}
	}
	return v.Node.Span()
}

// Literal returns the text of a value that is no intrinsic.
func (v Value) Literal() (string, bool) {
	if v.Node == nil || !v.Node.IsScalar() {
		return "", false
	}
	return v.Node.Text(), true
}

func (v *Value) decode(d *decoder, n *yaml.Node) {
	switch {
	case n.Kind == yaml.Null, n.Kind == yaml.Seq:
		d.reject(n)
		return
	case n.Kind == yaml.Map && !n.IsIntrinsic():
		d.notIntrinsic(n)
		return
	}
	v.Node = n
}

// Raw is CloudFormation's or IAM's own JSON, written as YAML.
type Raw struct{ Node *yaml.Node }

// Set says whether the property was written.
func (r Raw) Set() bool { return r.Node != nil }

func (r *Raw) decode(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.Map {
		d.reject(n)
		return
	}
	r.Node = n
}

// Anything is what CloudFormation leaves to its users, such as a member of Metadata.
type Anything struct{ Node *yaml.Node }

func (a *Anything) decode(_ *decoder, n *yaml.Node) { a.Node = n }

// List is what may be written as a list or as a single item.
type List[T any] []T

func (l *List[T]) decode(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.Seq {
		*l = make([]T, 1)
		d.item(&(*l)[0], n)
		l.dropRejected()
		return
	}
	*l = make([]T, len(n.Items()))
	if d.inShares(len(*l)) {
		d.each(len(*l), func(d *decoder, i int) { l.decodeItem(d, n, i) })
	} else {
		for i := range *l { // most lists are short: no function is made for each
			l.decodeItem(d, n, i)
		}
	}
	l.dropRejected()
}

// decodeItem decodes one item of a list.
func (l *List[T]) decodeItem(d *decoder, n *yaml.Node, i int) {
	d.key = nil
	d.item(&(*l)[i], n.Items()[i])
}

// dropRejected leaves out what was not decoded: the schema says what is wrong with it, and nothing
// else should.
func (l *List[T]) dropRejected() {
	kept := 0
	for i := range *l {
		if reflect.ValueOf(&(*l)[i]).Elem().IsZero() {
			continue
		}
		if kept < i {
			(*l)[kept] = (*l)[i]
		}
		kept++
	}
	if len(*l) > 0 && kept == 0 {
		*l = nil // a list that was written empty is another mistake
		return
	}
	*l = (*l)[:kept]
}

// Entries is a mapping from names that the user chooses, in the order written.
type Entries[T any] []Entry[T]

// Entry is one member of Entries.
type Entry[T any] struct {
	ID   Text
	V    T
	Node *yaml.Node  // the value as it was written
	Span source.Span // of the key and the value together
}

func (m *Entries[T]) decode(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.Map {
		d.reject(n)
		return
	}
	if m.isFunction(n) {
		d.wholeIntrinsic(n)
		return
	}
	*m = make([]Entry[T], len(n.Pairs()))
	if d.inShares(len(*m)) {
		d.each(len(*m), func(d *decoder, i int) { m.decodeMember(d, n, i) })
		return
	}
	for i := range *m { // most mappings are small: no function is made for each
		m.decodeMember(d, n, i)
	}
}

// decodeMember decodes one member of a mapping.
func (m *Entries[T]) decodeMember(d *decoder, n *yaml.Node, i int) {
	p, e := n.Pairs()[i], &(*m)[i]
	if words := m.words(); words != nil && !slices.Contains(words, p.Key.Text()) {
		d.reject(p.Key)
	}
	d.key = p.Key
	e.ID, e.Node = Text{p.Key.Text(), p.Key.Span()}, p.Value
	e.Span = e.ID.Span
	e.Span.End = max(e.Span.End, p.Value.Span().End)
	d.item(&e.V, p.Value)
	// Of the lists that stand in mappings, all restrict or name.
	if p.Value.Kind == yaml.Seq && isEmpty(reflect.TypeFor[T](), p.Value) {
		d.mustNotBeEmpty(&property{instead: removeEntry}, p)
	}
}

// isFunction says whether an intrinsic function stands where the mapping should. A name like a
// function's is a name all the same in CloudFormation's own sections.
func (m *Entries[T]) isFunction(n *yaml.Node) bool {
	_, verbatim := any(m).(*Entries[Raw])
	_, free := any(m).(*Entries[Anything])
	if verbatim || free || !n.IsIntrinsic() {
		return false
	}
	return n.Tag() != "" || strings.HasPrefix(n.Pairs()[0].Key.Text(), "Fn::")
}

// words are those that the names can be, or nil where the user is free to choose them.
func (m *Entries[T]) words() []string {
	if _, ok := any(m).(*Entries[List[Grantee]]); ok {
		return verbs
	}
	return nil
}

// Get returns the entry of an id, or nil.
func (m Entries[T]) Get(id string) *Entry[T] {
	for i := range m {
		if m[i].ID.V == id {
			return &m[i]
		}
	}
	return nil
}
