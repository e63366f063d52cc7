package show

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// TestGlyphsOfHiddenText: the glyphs of a line follow one another without a gap, no byte that is
// hidden is in one that is shown, and a hidden text is one glyph, however long it is and wherever
// its ends are.
func TestGlyphsOfHiddenText(t *testing.T) {
	alphabet := []string{"a", "ж", "鍵", "\xfe", "\xd0", "\x97", "\xe9\x8d", "\t"}
	r := rand.New(rand.NewPCG(10, 3))
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		f := source.New("f", []byte(b.String()))
		size := len(f.Data)
		var masks source.Masks
		hidden := make([]bool, size)
		for range r.IntN(3) {
			from := r.IntN(size)
			to := from + 1 + r.IntN(size-from)
			masks.Add(source.Span{File: f, Start: int32(from), End: int32(to)})
			for i := from; i < to; i++ {
				hidden[i] = true
			}
		}
		whole := source.Span{File: f, End: int32(size)}
		next := int32(0)
		for i, g := range glyphs(whole, masks.Within(whole)) {
			if g.start != next || g.end <= g.start {
				t.Fatalf("%q: glyph %d is of %d to %d, after %d", f.Data, i, g.start, g.end, next)
			}
			next = g.end
			any := false
			for at := g.start; at < g.end; at++ {
				any = any || hidden[at]
			}
			if any != g.hidden || g.hidden && g.text != diag.Bullets {
				t.Fatalf("%q: glyph %d is %q, hidden %v", f.Data, i, g.text, any)
			}
		}
		if next != int32(size) {
			t.Fatalf("%q: the glyphs end at %d", f.Data, next)
		}
	}
}

// TestALongHiddenTextIsOneGlyph: what is hidden takes as much room as its bullets.
func TestALongHiddenTextIsOneGlyph(t *testing.T) {
	f := source.New("f", []byte("a: "+strings.Repeat("鍵x", 20_000)+" b"))
	var masks source.Masks
	masks.Add(source.Span{File: f, Start: 3, End: int32(len(f.Data)) - 2})
	whole := source.Span{File: f, End: int32(len(f.Data))}
	if got := glyphs(whole, masks.Within(whole)); len(got) != 6 || !got[3].hidden {
		t.Errorf("%d glyphs", len(got))
	}
}
