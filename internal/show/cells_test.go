package show

import (
	"testing"
	"unicode"
)

// TestCellsOfScripts: what terminals (xterm, VTE, kitty) are known to take for a text.
func TestCellsOfScripts(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a b": 3, "é": 1, "•": 1, "…": 1, "─": 1, "ﬀ": 1, "жук": 3, "λόγος": 5,
		"漢字": 4, "𠀀": 2, "。": 2, "Ａ": 2, "￥": 2, "\u3000": 2, "⺀": 2, "ꀀ": 2,
		"ｱ": 1, "ｶﾞ": 2, // halfwidth katakana takes a cell for its voiced mark, as it did on paper
		"각": 2, "\u1100\u1161\u11a8": 2, // the parts of a Hangul syllable are drawn into one
		"e\u0301": 1, "\u0301": 0, "\u3099": 0, "\ufe0f": 0, "\u20dd": 0, "\u200d": 0,
		"กำ": 2, "क्षि": 3, // the vowels that stand beside a consonant take a cell
		"🔑": 2, "😀": 2, "⌚": 2, "☎": 1, "👍🏽": 2, "👨\u200d👩\u200d👧": 2, "🇩🇪": 2,
	} {
		if got := cells(text); got != want {
			t.Errorf("%q %s takes %d cells, want %d", text, text, got, want)
		}
	}
	for script, want := range map[*unicode.RangeTable]int{
		unicode.Hiragana: 2, unicode.Bopomofo: 2, unicode.Yi: 2, unicode.Latin: 1,
		unicode.Cyrillic: 1, unicode.Greek: 1,
	} {
		// but for halfwidth and fullwidth forms, and two tone marks
		for r := rune(0); r < 0xff00; r++ {
			isTone := r == 0x2ea || r == 0x2eb
			if !unicode.Is(script, r) || unicode.In(r, unicode.Mn, unicode.Me) || isTone {
				continue
			}
			if got := cells(string(r)); got != want {
				t.Errorf("%U %c takes %d cells, want %d", r, r, got, want)
			}
		}
	}
}

// TestColumnsAreMeasuredInCells: what follows a name begins at the same place, whatever the name is
// written in.
func TestColumnsAreMeasuredInCells(t *testing.T) {
	for _, name := range []string{"db", "秘密", "e\u0301", "👨\u200d👩\u200d👧"} {
		if got := cells(padded(name, 6)); got != 6 {
			t.Errorf("%q padded takes %d cells", name, got)
		}
	}
	if got := padded("秘密", 3); got != "秘密" {
		t.Errorf("a text that is wider than its column is %q", got)
	}
	s := screen{width: 9}
	s.wrap("秘密 秘密 abcd", 2)
	if got, want := s.String(), "秘密\n  秘密\n  abcd\n"; got != want {
		t.Errorf("wrapped: %q, want %q", got, want)
	}
}
