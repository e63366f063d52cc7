package source_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/source"
)

func TestPositionCountsCharacters(t *testing.T) {
	tests := map[string]struct {
		data   string
		offset int
		want   source.Position
	}{
		"empty file":              {"", 0, source.Position{Line: 1, Column: 1, Offset: 0}},
		"before the file":         {"ab", -3, source.Position{Line: 1, Column: 1, Offset: 0}},
		"after the file":          {"ab", 9, source.Position{Line: 1, Column: 3, Offset: 2}},
		"line end":                {"a\nb", 1, source.Position{Line: 1, Column: 2, Offset: 1}},
		"second line":             {"a\nb", 2, source.Position{Line: 2, Column: 1, Offset: 2}},
		"after the last line end": {"a\n", 2, source.Position{Line: 2, Column: 1, Offset: 2}},
		"CR of CRLF":              {"a\r\nb", 1, source.Position{Line: 1, Column: 2, Offset: 1}},
		"LF of CRLF":              {"a\r\nb", 2, source.Position{Line: 1, Column: 2, Offset: 1}},
		"line after CRLF":         {"a\r\nb", 3, source.Position{Line: 2, Column: 1, Offset: 3}},
		"CR alone is a character": {"a\rb", 2, source.Position{Line: 1, Column: 3, Offset: 2}},
		"after Japanese text":     {"秘密: x", 8, source.Position{Line: 1, Column: 5, Offset: 8}},
		"inside a code point":     {"秘密", 5, source.Position{Line: 1, Column: 2, Offset: 3}},
		"inside an emoji":         {"🔑", 3, source.Position{Line: 1, Column: 1, Offset: 0}},
		"stray continuation byte": {"ab\x80", 2, source.Position{Line: 1, Column: 3, Offset: 2}},
		"continuation byte of a new line": {"a\n\x80", 2,
			source.Position{Line: 2, Column: 1, Offset: 2}},
		"several stray continuation bytes": {"\x80\x80\x80\x80\x80\x80", 5,
			source.Position{Line: 1, Column: 6, Offset: 5}},
		"one byte too many": {"é\xa9", 2, source.Position{Line: 1, Column: 2, Offset: 2}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := source.New("f", []byte(tt.data)).Position(tt.offset); got != tt.want {
				t.Errorf("Position(%d) of %q = %+v, want %+v", tt.offset, tt.data, got, tt.want)
			}
		})
	}
}

func TestOffsetStaysInTheLine(t *testing.T) {
	const data = "ab\r\n秘密\n"
	tests := []struct{ line, column, want int }{
		{0, 5, 0}, {-1, 1, 0}, {1, 0, 0}, {1, 1, 0}, {1, 3, 2}, {1, 4, 2}, {1, 99, 2},
		{2, 2, 7}, {2, 3, 10}, {2, 9, 10}, {3, 1, 11}, {3, 2, 11}, {4, 1, 11},
	}
	f := source.New("f", []byte(data))
	for _, tt := range tests {
		if got := f.Offset(tt.line, tt.column); got != tt.want {
			t.Errorf("Offset(%d, %d) = %d, want %d", tt.line, tt.column, got, tt.want)
		}
	}
}

func TestLineSpanLeavesOutTheLineEnd(t *testing.T) {
	tests := map[string][]string{
		"":            {""},
		"a":           {"a"},
		"a\n":         {"a", ""},
		"a\r\n\r\nb":  {"a", "", "b"},
		"a\r\r\nb\r":  {"a\r", "b\r"},
		"\n\n":        {"", "", ""},
		"é\n\t秘密 \nx": {"é", "\t秘密 ", "x"},
	}
	for data, want := range tests {
		f := source.New("f", []byte(data))
		var got []string
		for n := range f.Lines() {
			got = append(got, f.LineSpan(n+1).Text())
		}
		if !slices.Equal(got, want) {
			t.Errorf("lines of %q = %q, want %q", data, got, want)
		}
		for _, n := range []int{-1, 0, f.Lines() + 1} {
			if s := f.LineSpan(n); !s.IsZero() {
				t.Errorf("LineSpan(%d) of %q = %v, want the zero span", n, data, s)
			}
		}
	}
}

func TestZeroSpanIsNoPlace(t *testing.T) {
	var s source.Span
	if !s.IsZero() || s.Text() != "" {
		t.Errorf("zero span: IsZero %v, Text %q", s.IsZero(), s.Text())
	}
	if at := (source.Span{File: source.New("f", nil)}); at.IsZero() {
		t.Error("the empty span at the start of a file is a place")
	}
}

func TestCompareOrdersByFileThenPlace(t *testing.T) {
	a, b := source.New("a", []byte("0123456789")), source.New("b", []byte("0123456789"))
	sorted := []source.Span{{}, {a, 0, 0}, {a, 0, 4}, {a, 2, 3}, {b, 0, 1}, {b, 1, 1}}
	for i, x := range sorted {
		for j, y := range sorted {
			want := 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			if got := x.Compare(y); got != want {
				t.Errorf("compare %d with %d: %d, want %d", i, j, got, want)
			}
		}
	}
	again := source.New("a", []byte("0123456789"))
	one, same := source.Span{File: a, Start: 1, End: 2}, source.Span{File: again, Start: 1, End: 2}
	if got := one.Compare(same); got != 0 {
		t.Errorf("the same place of two files of one name: %d, want 0", got)
	}
}

func TestMasksJoinWhatTheyHide(t *testing.T) {
	f, other := source.New("f", []byte(strings.Repeat("x", 100))), source.New("g", []byte("xxxx"))
	type pair [2]int32
	tests := map[string]struct {
		add    []pair
		within pair
		want   []pair
	}{
		"nothing":     {nil, pair{0, 100}, nil},
		"empty ones":  {[]pair{{5, 5}, {7, 6}}, pair{0, 100}, nil},
		"apart":       {[]pair{{30, 40}, {10, 20}}, pair{0, 100}, []pair{{10, 20}, {30, 40}}},
		"overlapping": {[]pair{{10, 20}, {15, 25}}, pair{0, 100}, []pair{{10, 25}}},
		"touching":    {[]pair{{10, 20}, {20, 25}}, pair{0, 100}, []pair{{10, 25}}},
		"one inside":  {[]pair{{10, 40}, {20, 25}}, pair{0, 100}, []pair{{10, 40}}},
		"one around all": {[]pair{{10, 20}, {30, 40}, {50, 60}, {5, 55}}, pair{0, 100},
			[]pair{{5, 60}}},
		"bridging":          {[]pair{{10, 20}, {30, 40}, {20, 30}}, pair{0, 100}, []pair{{10, 40}}},
		"cut at both ends":  {[]pair{{10, 20}, {30, 40}}, pair{15, 35}, []pair{{15, 20}, {30, 35}}},
		"between":           {[]pair{{10, 20}, {30, 40}}, pair{20, 30}, nil},
		"before":            {[]pair{{10, 20}}, pair{0, 10}, nil},
		"after":             {[]pair{{10, 20}}, pair{20, 90}, nil},
		"an empty part":     {[]pair{{10, 20}}, pair{15, 15}, nil},
		"twice the same":    {[]pair{{10, 20}, {10, 20}}, pair{0, 100}, []pair{{10, 20}}},
		"a part of nothing": {[]pair{{10, 20}}, pair{50, 40}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var m source.Masks
			m.Add(source.Span{})
			for _, a := range tt.add {
				m.Add(source.Span{File: f, Start: a[0], End: a[1]})
			}
			var got []pair
			within := source.Span{File: f, Start: tt.within[0], End: tt.within[1]}
			for _, s := range m.Within(within) {
				got = append(got, pair{s.Start, s.End})
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("hidden: %v, want %v", got, tt.want)
			}
			if got := m.Within(source.Span{File: other, Start: 0, End: 4}); got != nil {
				t.Errorf("hidden of another file: %v", got)
			}
			if got := m.Within(source.Span{}); got != nil {
				t.Errorf("hidden of no place: %v", got)
			}
		})
	}
	var none *source.Masks
	if got := none.Within(source.Span{File: f, Start: 0, End: 100}); got != nil {
		t.Errorf("no masks hide %v", got)
	}
}

// FuzzMasksHideEveryByteGiven holds the masks against a map of hidden bytes.
func FuzzMasksHideEveryByteGiven(f *testing.F) {
	f.Add([]byte{10, 20, 15, 25, 40, 50, 0, 60})
	f.Add([]byte{1, 2, 3, 4, 2, 3})
	f.Fuzz(func(t *testing.T, ends []byte) {
		file := source.New("f", make([]byte, 256))
		var m source.Masks
		var hidden [256]bool
		for pair := range slices.Chunk(ends, 2) {
			if len(pair) < 2 {
				break
			}
			m.Add(source.Span{File: file, Start: int32(pair[0]), End: int32(pair[1])})
			for i := int(pair[0]); i < int(pair[1]); i++ {
				hidden[i] = true
			}
		}
		var got [256]bool
		end := int32(-1)
		for _, s := range m.Within(source.Span{File: file, Start: 0, End: 256}) {
			if s.Start <= end || s.End <= s.Start {
				t.Fatalf("hidden parts are not sorted and apart: %v after %d", s, end)
			}
			end = s.End
			for i := s.Start; i < s.End; i++ {
				got[i] = true
			}
		}
		if got != hidden {
			t.Fatalf("after %v other bytes are hidden than those given", ends)
		}
	})
}

func FuzzOffsetInvertsPosition(f *testing.F) {
	for _, seed := range []string{
		"", "a\nb", "a\r\nb\r\n", "秘密: 🔑\n", "\x80\xe7\xa7\n\xff", "\r\n\r", "\ufeffversion: 1\n",
		"e\u0301\t",
	} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, offset int) {
		file := source.New("f", data)
		at := file.Position(offset)
		if got := file.Offset(at.Line, at.Column); got != at.Offset {
			t.Fatalf("offset %d of %q: position %+v goes back to %d", offset, data, at, got)
		}
		if again := file.Position(at.Offset); again != at {
			t.Fatalf("offset %d of %q: position %+v is itself at %+v", offset, data, at, again)
		}
		if line := file.LineSpan(at.Line); at.Offset < int(line.Start) ||
			at.Offset > int(line.End) {
			t.Fatalf("offset %d of %q: position %+v is outside its line %v", offset, data, at, line)
		}
		if at.Line > file.Lines() {
			t.Fatalf("offset %d of %q: position %+v of %d lines", offset, data, at, file.Lines())
		}
		inside := min(max(offset, 0), len(data))
		if moved := inside - at.Offset; moved < 0 || moved >= utf8.UTFMax {
			t.Fatalf("offset %d of %q: moved by %d", offset, data, moved)
		}
		if utf8.Valid(data) && at.Offset < len(data) && !utf8.RuneStart(data[at.Offset]) {
			t.Fatalf("offset %d of %q: position %+v is inside a code point", offset, data, at)
		}
	})
}
