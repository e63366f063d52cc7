package policy

import "github.com/secretctl/secretctl/internal/source"

// Nearly all of a large document is texts that its statements are about, and these stand in other
// documents, too. So a Merger measures each text once, and adds up the size of a document before it
// is written. A test holds it to what is written.

// SizeOf returns how many characters a text has, by its number, as a value in a document. standIn
// is that of Size, and must be the same at every call.
func (m *Merger) SizeOf(text int32, standIn func(string) string) int {
	for len(m.sizes) < len(m.texts) {
		m.sizes = append(m.sizes, 0)
	}
	if m.sizes[text] == 0 {
		m.sizes[text] = textSize(m.texts[text], standIn)
	}
	return m.sizes[text]
}

// MergeUpTo is Merge of statements that make a document of at most so many characters, and returns
// its size. What has more it does not write.
func (m *Merger) MergeUpTo(
	most int, list []Said, because func(reason int32) source.Span, standIn func(string) string,
) (document Document, size int) {
	out := m.prepare(list)
	size = Document(out).Size(standIn)
	for i := range out {
		about := out[i].about()
		size += m.sizeOfAll(about, standIn) - listSize(about, standIn)
	}
	if size > most {
		return nil, size
	}
	return m.finish(out, because), size
}

// sizeOfAll is the size of the list that all returns.
func (m *Merger) sizeOfAll(texts []string, standIn func(string) string) int {
	size, many := 0, 0
	for _, text := range texts {
		c := &m.classes[m.classOf[m.numbers[text]]]
		many += len(c.abouts)
		size += m.sizeOfClass(c, standIn)
	}
	if many != 1 {
		size += len("[]") + many - 1
	}
	return size
}

// sizeOfClass returns the size of the texts of a class, without what stands between them.
func (m *Merger) sizeOfClass(c *sharers, standIn func(string) string) int {
	if c.size == 0 {
		for _, about := range c.abouts {
			c.size += m.SizeOf(about, standIn)
		}
	}
	return c.size
}

// about returns the texts that a statement is about.
func (s *Statement) about() []string {
	if pin := s.pin(); pin != nil {
		return pin.Values
	}
	return s.Resource
}
