package policy

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/secretctl/secretctl/internal/source"
)

// A large spec says the same of thousands of secrets. So a statement is three numbers here: that of
// its wording, that of what it is about, and that of its reason. What the same wordings are about
// becomes the same in every step of Merge, so that one of these is merged for all of them.

// Said is one statement, by its numbers.
type Said struct {
	Wording int32 // what it says but for one text
	About   int32 // the text: the resource or, of a pinned statement, the value of the pin
	Reason  int32
}

// Merger merges statements that are numbers. It is for one goroutine.
type Merger struct {
	wordings []wording
	texts    []string
	numbers  map[string]int32 // of texts
	sizes    []int            // of texts; 0: not measured

	said    []Said
	classes []sharers
	byWords map[string]int // classes by their wordings
	key     []byte
	classOf []int32       // of texts; of the statements that are merged now
	firsts  []Statement   // the representatives; nothing that is returned shares this room
	places  []source.Span // for each representative the place that says which one it is
}

// wording is a statement that may be about anything.
type wording struct {
	Statement
	pin int // its place among the conditions; -1: it is about a resource
}

// sharers are texts that the same wordings are about.
type sharers struct {
	first    int       // of the representatives
	wordings []int32   // each once
	abouts   []int32   // the numbers of the texts
	size     int       // of the texts; 0: not added up
	reasons  [][]int32 // of each wording, repetitions included
}

// NewMerger returns a Merger that knows no statement yet.
func NewMerger() *Merger {
	return &Merger{numbers: map[string]int32{}, byWords: map[string]int{}}
}

// Wording gives the wording of a statement a number of its own, and returns what the statement is
// about. It is not ok of one that is about several things or callers, or in the user's words.
func (m *Merger) Wording(s Statement) (number int32, about string, ok bool) {
	if !s.isSimple() || s.Resource == nil {
		return 0, "", false
	}
	w := wording{Statement: s, pin: -1}
	about = s.Resource[0]
	if pin := s.pin(); pin != nil {
		w.pin = slices.IndexFunc(s.Condition, func(c Condition) bool { return c.pins() })
		about = pin.Values[0]
	}
	m.wordings = append(m.wordings, w)
	return int32(len(m.wordings) - 1), about, true
}

// Text returns the number of a text that statements are about.
func (m *Merger) Text(text string) int32 {
	number, ok := m.numbers[text]
	if !ok {
		number = int32(len(m.texts))
		m.numbers[text], m.texts = number, append(m.texts, text)
		m.classOf = append(m.classOf, 0)
	}
	return number
}

// TextOf returns the text of a number.
func (m *Merger) TextOf(number int32) string { return m.texts[number] }

// Pins says whether a wording is about the value of a pin.
func (m *Merger) Pins(wording int32) bool { return m.wordings[wording].pin >= 0 }

// Statement returns a statement without its reason.
func (m *Merger) Statement(s Said) Statement {
	w := &m.wordings[s.Wording]
	out := w.Statement
	if w.pin < 0 {
		out.Resource = m.texts[s.About : s.About+1 : s.About+1]
		return out
	}
	out.Condition = slices.Clone(out.Condition)
	out.Condition[w.pin].Values = m.texts[s.About : s.About+1 : s.About+1]
	return out
}

// Merge is Merge of statements, whose reasons have the places that because returns.
func (m *Merger) Merge(list []Said, because func(reason int32) source.Span) []Statement {
	return m.finish(m.prepare(list), because)
}

// prepare merges the representatives of statements.
func (m *Merger) prepare(list []Said) []Statement {
	m.divide(list)
	return Merge(All(m.representatives()))
}

// finish makes statements about representatives those about all.
func (m *Merger) finish(
	out []Statement, because func(reason int32) source.Span,
) []Statement {
	for i := range out {
		m.extend(&out[i], because)
	}
	slices.SortFunc(out, compareStatements) // what they are about decides, too
	return out
}

// divide finds the texts that the same wordings are about.
func (m *Merger) divide(list []Said) {
	m.said = append(m.said[:0], list...)
	slices.SortFunc(m.said, func(a, b Said) int {
		if a.About != b.About {
			return cmp.Compare(a.About, b.About)
		}
		return cmp.Compare(a.Wording, b.Wording)
	})
	m.classes = m.classes[:0]
	clear(m.byWords)
	first := 0
	for rest := m.said; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].About == rest[0].About {
			n++
		}
		c := m.classFor(rest[:n], &first)
		c.abouts = append(c.abouts, rest[0].About)
		at := 0
		for _, s := range rest[:n] {
			for c.wordings[at] != s.Wording {
				at++
			}
			c.reasons[at] = append(c.reasons[at], s.Reason)
		}
		rest = rest[n:]
	}
}

// classFor returns the class of the text that sorted statements are about. first counts the
// representatives.
func (m *Merger) classFor(said []Said, first *int) *sharers {
	m.key = m.key[:0]
	for i, s := range said {
		if i == 0 || s.Wording != said[i-1].Wording {
			m.key = binary.NativeEndian.AppendUint32(m.key, uint32(s.Wording))
		}
	}
	at, known := m.byWords[string(m.key)]
	if !known {
		at = len(m.classes)
		m.byWords[string(m.key)] = at
		c := m.nextClass()
		c.first = *first
		for i, s := range said {
			if i == 0 || s.Wording != said[i-1].Wording {
				c.wordings = append(c.wordings, s.Wording)
			}
		}
		for len(c.reasons) < len(c.wordings) {
			c.reasons = append(c.reasons, nil)
		}
		*first += len(c.wordings)
	}
	m.classOf[said[0].About] = int32(at)
	return &m.classes[at]
}

// nextClass returns an empty class, in the room that an earlier one had.
func (m *Merger) nextClass() *sharers {
	n := len(m.classes)
	if n == cap(m.classes) {
		m.classes = append(m.classes, sharers{})
		return &m.classes[n]
	}
	m.classes = m.classes[:n+1]
	c := &m.classes[n]
	c.wordings, c.abouts, c.size = c.wordings[:0], c.abouts[:0], 0
	for i := range c.reasons {
		c.reasons[i] = c.reasons[i][:0]
	}
	return c
}

// representatives returns the statements about the first text of each class. The place of each says
// which one it is.
func (m *Merger) representatives() []Statement {
	out, places := m.firsts[:0], m.places
	for i := range m.classes {
		c := &m.classes[i]
		for _, w := range c.wordings {
			s, n := m.Statement(Said{Wording: w, About: c.abouts[0]}), len(out)
			if n == len(places) {
				places = append(places, source.Span{Start: int32(n)})
			}
			s.Because = places[n : n+1 : n+1]
			out = append(out, s)
		}
	}
	m.firsts, m.places = out, places
	return out
}

// extend makes a statement about representatives one about all that they stand for, for the reasons
// of all.
func (m *Merger) extend(s *Statement, because func(reason int32) source.Span) {
	representatives := s.Because
	n := 0
	for _, r := range representatives {
		n += len(m.reasonsOf(int(r.Start)))
	}
	s.Because = make([]source.Span, 0, n)
	for _, r := range representatives {
		for _, reason := range m.reasonsOf(int(r.Start)) {
			s.Because = append(s.Because, because(reason))
		}
	}
	slices.SortFunc(s.Because, source.Span.Compare)
	s.Because = slices.Compact(s.Because)
	if s.pin() == nil {
		s.Resource = m.all(s.Resource)
		return
	}
	s.Condition = slices.Clone(s.Condition)
	pin := s.pin()
	pin.Values = m.all(pin.Values)
}

// reasonsOf returns the reasons of what a representative stands for.
func (m *Merger) reasonsOf(representative int) []int32 {
	at, found := slices.BinarySearchFunc(m.classes, representative, func(c sharers, r int) int {
		return cmp.Compare(c.first, r)
	})
	if !found {
		at--
	}
	return m.classes[at].reasons[representative-m.classes[at].first]
}

// all returns the texts that some stand for, sorted.
func (m *Merger) all(texts []string) []string {
	n := 0
	for _, text := range texts {
		n += len(m.classes[m.classOf[m.numbers[text]]].abouts)
	}
	if n == len(texts) {
		return texts
	}
	out := make([]string, 0, n)
	for _, text := range texts {
		for _, about := range m.classes[m.classOf[m.numbers[text]]].abouts {
			out = append(out, m.texts[about])
		}
	}
	return sortedInPlace(out)
}

// sortedInPlace sorts texts of which none is there twice.
func sortedInPlace(texts []string) []string {
	if !isSorted(texts) {
		slices.Sort(texts)
	}
	return texts
}
