package lower

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Room is where texts of templates are written, one after another, so that those of thousands of
// secrets are never in memory together. It is for one goroutine.
type Room struct {
	text   []byte
	writer *cfn.Writer // nil: none has been written
	format cfn.Format  // of the writer
}

// Text writes the template of a stack in a format. What it returns holds until the next one.
func (r *Room) Text(s *Stack, f cfn.Format) []byte {
	if s.written != nil && s.written.text != nil && f == (cfn.Format{}) {
		return s.written.text
	}
	return r.write(s.Template, f)
}

func (r *Room) write(t *cfn.Template, f cfn.Format) []byte {
	if r.writer == nil || r.format != f {
		r.writer, r.format = cfn.NewWriter(f), f
	}
	if n := usualResource * len(t.Resources); cap(r.text) < n {
		r.text = make([]byte, 0, n) // of which the system hands out what is touched
	}
	r.text = r.writer.Append(r.text[:0], t)
	return r.text
}

// Measured returns the length of the template's text in a format and its SHA-256. Verify has
// measured the usual format: nothing changes a template afterwards.
func (s *Stack) Measured(f cfn.Format, room *Room) (size int, sum [sha256.Size]byte) {
	if w := s.written; w != nil && w.text == nil && f == (cfn.Format{}) {
		return w.size, w.sum
	}
	text := room.Text(s, f)
	return len(text), sha256.Sum256(text)
}

// written is what is known of the text of a template in the usual format.
type written struct {
	text []byte // of a spec that is small; nil: it is written again when it is needed
	size int
	sum  [sha256.Size]byte // where there is no text
	has  map[string]bool   // which of the words that are asked for stand in it
}

// asked are texts without escapes in JSON that mayHave is asked for.
var asked = []string{dynamicReference, transformFunction}

// measured says what the text has that was written last, which is kept where it is small.
func (r *Room) measured(keep bool) *written {
	text := r.text
	w := &written{size: len(text)}
	for _, word := range asked {
		if bytes.Contains(text, []byte(word)) {
			if w.has == nil {
				w.has = map[string]bool{}
			}
			w.has[word] = true
		}
	}
	if keep {
		w.text, r.text = slices.Clip(text), nil
	} else {
		w.sum = sha256.Sum256(text)
	}
	return w
}

// mayHave says whether one of the words that are asked for may stand in the template: what its text
// does not have stands in none of its values.
func (s *Stack) mayHave(word string) bool { return s.written == nil || s.written.has[word] }
