package source_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// masked returns masks that hide, of a file, what stands between ‹ and ›.
func masked(text string) *source.Masks {
	var data []byte
	var starts, ends []int32
	for _, r := range text {
		switch r {
		case '‹':
			starts = append(starts, int32(len(data)))
		case '›':
			ends = append(ends, int32(len(data)))
		default:
			data = append(data, string(r)...)
		}
	}
	file, m := source.New("f", data), &source.Masks{}
	for i := range starts {
		m.Add(source.Span{File: file, Start: starts[i], End: ends[i]})
	}
	return m
}

// A text whose place is not known is hidden by what it says.
func TestHideIsByWords(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"a hidden word": {"db: ‹hunter2›", "not hunter2!", "not •!"},
		"several hidden words are one": {
			"db: ‹correct horse›", `"correct, horse" it`, `"•" it`,
		},
		"part of a hidden word":                {"db: ‹hunter2›", "unte", "•"},
		"a short part is shown":                {"db: ‹hunter2›", "unt", "unt"},
		"a short word is hidden alone":         {"db: ‹ab›", "ab", "•"},
		"a short word among others is shown":   {"db: ‹ab›", "ab is here", "ab is here"},
		"what is shown elsewhere is shown":     {"db: ‹db hunter2›", "db hunter2", "db •"},
		"what no file says is shown":           {"db: ‹hunter2›", "another", "another"},
		"a longer word is shown":               {"db: ‹hunter2›", "hunter22", "hunter22"},
		"nothing is hidden":                    {"db: hunter2", "hunter2", "hunter2"},
		"the edges of hidden parts end a word": {"a‹hunter2›b", "hunter2", "•"},
		"empty":                                {"db: ‹hunter2›", "", ""},
		"only marks":                           {"db: ‹hunter2›", " ,", " ,"},
	} {
		if got := masked(c.file).Hide(c.text, "•"); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", name, c.text, got, c.want)
		}
	}
}

func TestNoMasksHideNothing(t *testing.T) {
	var m *source.Masks
	if got := m.Hide("hunter2", "•"); got != "hunter2" {
		t.Errorf("hidden: %q", got)
	}
	if m.Within(source.Span{}) != nil {
		t.Error("nil masks hide a span")
	}
}

// A text with escapes says something that does not stand in the file.
func TestHideKnowsWhatEscapesSay(t *testing.T) {
	file, m := source.New("f", []byte(`db: "\x68unter2"`)), &source.Masks{}
	m.AddText(source.Span{File: file, Start: 4, End: 16}, "hunter2")
	if got := m.Hide("it is hunter2", "•"); got != "it is •" {
		t.Errorf("%q", got)
	}
}

// Of values of variables the longest is hidden, with the marks in it, wherever it stands.
func TestHidePartsAsAWhole(t *testing.T) {
	file, m := source.New("f", []byte("Hunt Hunter22secret abc!de+fg?hi!jk/9Z")), &source.Masks{}
	for _, at := range [][2]int32{{0, 4}, {5, 19}, {20, 38}} {
		s := source.Span{File: file, Start: at[0], End: at[1]}
		m.AddPart(s, s.Text())
	}
	for text, want := range map[string]string{
		"xHunter22secret":         "x•",
		"abc!de+fg?hi!jk/9Z":      "•",
		"xabc!de+fg?hi!jk/9Z":     "x•",
		"a name, Hunt, and a hat": "a name, •, and a hat",
	} {
		if got := m.Hide(text, "•"); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// What is derived from a text with a hidden variable in it is known by its letters and digits.
func TestDerived(t *testing.T) {
	file, m := source.New("f", []byte("stack: s-$(hook) # LEAK4")), &source.Masks{}
	at := source.Span{File: file, Start: 7, End: 16}
	m.Add(source.Span{File: file, Start: 9, End: 16})
	m.AddMade(at, "s-horse9 Horse9!/9Z")
	for text, want := range map[string]bool{
		"s-horse9-horse9-": true, "9Z": true, "horse92": true, "x-horse9": true,
		"role": false, "a name": false, "": false, "stack": false,
	} {
		if got := m.Derived(text, at); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if m.Derived("9Z", source.Span{File: file, Start: 0, End: 5}) {
		t.Error("derived from another place")
	}
}

// What is left for later is asked for once, before anything is shown, and may leave more for later.
func TestLaterIsDoneBeforeAnythingIsShown(t *testing.T) {
	file, m := source.New("f", []byte("one two")), &source.Masks{}
	calls := 0
	m.Later(func(m *source.Masks) {
		calls++
		m.Add(source.Span{File: file, Start: 0, End: 3})
		m.Later(func(m *source.Masks) { m.Add(source.Span{File: file, Start: 4, End: 7}) })
	})
	if calls != 0 {
		t.Error("done at once")
	}
	if got := m.Hide("one two", "•"); got != "•" {
		t.Errorf("%q", got)
	}
	if got := m.Within(source.Span{File: file, Start: 0, End: 7}); len(got) != 2 || calls != 1 {
		t.Errorf("%d spans are hidden, after %d calls", len(got), calls)
	}
}

// What is written where nothing is hidden is shown for the sake of the file that it is in: if
// nothing at all is hidden there, the file does not speak of secrets, and shows nothing of others'.
// That is so, too, before all is added that must not be shown.
func TestWordsOfAnotherFileStayHidden(t *testing.T) {
	secret := source.New("a", []byte("db: hunter2"))
	open := source.New("b", []byte("to: hunter2"))
	hidden := source.Span{File: secret, Start: 4, End: 11}
	at := source.Span{File: open, Start: 4, End: 11}
	add := func(m *source.Masks) { m.Add(hidden) }
	byPlace := func() source.HiddenAt {
		return func(at source.Span) ([]source.Span, bool) {
			if at == hidden {
				return []source.Span{hidden}, true
			}
			return nil, true
		}
	}
	for name, masks := range map[string]func() *source.Masks{
		"at once": func() *source.Masks {
			m := &source.Masks{}
			add(m)
			return m
		},
		"by place": func() *source.Masks {
			m := &source.Masks{}
			m.LaterOrAt(add, []*source.File{secret, open}, byPlace)
			return m
		},
		"of several specs": func() *source.Masks {
			var m, one, other source.Masks
			one.LaterOrAt(add, []*source.File{secret}, byPlace)
			other.LaterOrAt(func(*source.Masks) {}, []*source.File{open}, byPlace)
			m.Join(&one)
			m.Join(&other)
			return &m
		},
	} {
		if got := masks().Hide("hunter2", "•"); got != "•" {
			t.Errorf("%s: shown is %q", name, got)
		}
		if masks().Shows("hunter2", at) {
			t.Errorf("%s: the word is said to be shown", name)
		}
	}
}
