// Package source knows the bytes of a spec file and where in them things stand: offsets,
// lines, columns, and the text that must never be shown. It knows nothing of YAML.
package source

import (
	"bytes"
	"cmp"
	"sort"
	"sync"
	"unicode/utf8"
)

// File is one spec file as it was read. Its bytes never change.
type File struct {
	Name string // as the user wrote it; standard input is "<stdin>"
	Data []byte

	once  sync.Once
	lines []int32 // offset of the first byte of every line

	copied sync.Once
	text   string // the bytes, once they are asked for as a text
}

// New wraps the bytes of a file. It takes them over: the caller must not change them afterwards.
func New(name string, data []byte) *File {
	return &File{Name: name, Data: data}
}

// Position is a place for people. Line and Column count from 1, columns in Unicode code points;
// Offset counts bytes from 0.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// index finds the line starts. Lines end at LF; the CR of a CRLF belongs to no column a person
// counts, but keeps its byte.
func (f *File) index() []int32 {
	f.once.Do(func() {
		f.lines = make([]int32, 1, 1+bytes.Count(f.Data, []byte("\n")))
		for off := 0; ; {
			i := bytes.IndexByte(f.Data[off:], '\n')
			if i < 0 {
				return
			}
			off += i + 1
			f.lines = append(f.lines, int32(off))
		}
	})
	return f.lines
}

// Text returns the bytes of the file as a text: it is made once, and parts of it are no copies.
func (f *File) Text() string {
	f.copied.Do(func() { f.text = string(f.Data) })
	return f.text
}

// Position returns the place of a byte offset. An offset outside the file is moved to its nearest
// end, one inside a code point to the code point's start, and one between the CR and the LF of a
// line end to the CR. A byte that is not UTF-8 counts as a code point of its own.
func (f *File) Position(offset int) Position {
	offset = f.charStart(max(0, min(offset, len(f.Data))))
	lines := f.index()
	line := sort.Search(len(lines), func(i int) bool { return int(lines[i]) > offset }) - 1
	return Position{
		Line:   line + 1,
		Column: utf8.RuneCount(f.Data[lines[line]:offset]) + 1,
		Offset: offset,
	}
}

// charStart returns the offset of the first byte of the character or line end that holds the byte
// at an offset of the file.
func (f *File) charStart(offset int) int {
	if offset == 0 || offset == len(f.Data) {
		return offset
	}
	if f.Data[offset] == '\n' && f.Data[offset-1] == '\r' {
		return offset - 1
	}
	// A stray continuation byte belongs to nothing before it, so the code point found must reach
	// over the offset.
	for start := offset; start >= 0 && start > offset-utf8.UTFMax; start-- {
		if utf8.RuneStart(f.Data[start]) {
			if _, n := utf8.DecodeRune(f.Data[start:]); start+n > offset {
				return start
			}
			break
		}
	}
	return offset
}

// Offset inverts Position: it returns the byte offset of a line and column, both counted from 1. A
// line or column before the first is the first, a column past the end of the line is the end of the
// line, a line past the end of the file the end of the file.
func (f *File) Offset(line, column int) int {
	lines := f.index()
	if line < 1 {
		return 0
	}
	if line > len(lines) {
		return len(f.Data)
	}
	off, end := int(lines[line-1]), f.lineEnd(line)
	for ; column > 1 && off < end; column-- {
		_, n := utf8.DecodeRune(f.Data[off:end])
		off += n
	}
	return off
}

// Lines returns how many lines the file has; an empty file has one.
func (f *File) Lines() int { return len(f.index()) }

// LineSpan returns the span of line n, counted from 1, without its line end. A line that is not
// there is the zero Span.
func (f *File) LineSpan(n int) Span {
	lines := f.index()
	if n < 1 || n > len(lines) {
		return Span{}
	}
	return Span{File: f, Start: lines[n-1], End: int32(f.lineEnd(n))}
}

// lineEnd returns the offset just past the text of line n, its CR and LF not counted.
func (f *File) lineEnd(n int) int {
	lines := f.index()
	end := len(f.Data)
	if n < len(lines) {
		end = int(lines[n]) - 1
		if end > int(lines[n-1]) && f.Data[end-1] == '\r' {
			end--
		}
	}
	return end
}

// Span is a half-open range of bytes of a file. The zero Span is "no place".
type Span struct {
	File       *File
	Start, End int32
}

// IsZero says whether the span is no place at all.
func (s Span) IsZero() bool { return s.File == nil }

// Text returns the bytes of the span as they stand in the file.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return s.File.Text()[s.Start:s.End]
}

// Compare orders spans by file name, start and end; the zero Span comes first.
func (s Span) Compare(o Span) int {
	if s.File != o.File {
		switch {
		case s.File == nil:
			return -1
		case o.File == nil:
			return 1
		}
		if c := cmp.Compare(s.File.Name, o.File.Name); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(s.Start, o.Start), cmp.Compare(s.End, o.End))
}
