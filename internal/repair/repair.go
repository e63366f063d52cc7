// Package repair makes the changes that diagnostics say would repair what they found, as long as
// they are sure to. It knows texts and diagnostics, and nothing of how they are found or written.
package repair

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// Repair is what a diagnostic says would repair it: replacements that belong together.
type Repair struct {
	Diagnostic diag.Diagnostic
	Fixes      []diag.Fix
}

// Texts are those of files, by their names.
type Texts map[string][]byte

// Of returns the repairs of diagnostics in their order. Of several that touch the same text only
// the first is there. Those that masks hide are not, nor are those of places that no file has.
func Of(list diag.List, masks *source.Masks) []Repair {
	var out []Repair
	var taken []source.Span
	for _, d := range list {
		r := Repair{d, d.Fixes(masks)}
		touches := func(f diag.Fix) bool {
			return f.Span.File == nil || slices.ContainsFunc(taken, func(s source.Span) bool {
				return s.File == f.Span.File && s.Start <= f.Span.End && f.Span.Start <= s.End
			})
		}
		if len(r.Fixes) == 0 || slices.ContainsFunc(r.Fixes, touches) {
			continue
		}
		for _, f := range r.Fixes {
			taken = append(taken, f.Span)
		}
		out = append(out, r)
	}
	return out
}

// Apply returns texts with repairs made. Files that no repair is of are not in it.
func Apply(repairs []Repair) Texts {
	out := Texts{}
	for file, fixes := range byFile(repairs) {
		var text bytes.Buffer
		at := int32(0)
		for _, f := range fixes {
			text.Write(file.Data[at:f.Span.Start])
			text.WriteString(written(file, f))
			at = f.Span.End
		}
		text.Write(file.Data[at:])
		out[file.Name] = text.Bytes()
	}
	return out
}

// byFile returns the replacements of repairs by the files that they are of, in order.
func byFile(repairs []Repair) map[*source.File][]diag.Fix {
	all := map[*source.File][]diag.Fix{}
	for _, r := range repairs {
		for _, f := range r.Fixes {
			all[f.Span.File] = append(all[f.Span.File], f)
		}
	}
	for _, fixes := range all {
		slices.SortStableFunc(fixes, func(a, b diag.Fix) int {
			return cmp.Compare(a.Span.Start, b.Span.Start)
		})
	}
	return all
}

// written returns what is written for a replacement, with the line ends of the file.
func written(file *source.File, f diag.Fix) string {
	text := f.Text.String()
	if end := bytes.IndexByte(file.Data, '\n'); end > 0 && file.Data[end-1] == '\r' {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// finding is what is compared of a diagnostic before and after repairs.
type finding struct {
	code, file, message string
	at                  int
}

// Sure says whether repairs are sure, by what is found before and after they are made: nothing that
// they are of is found again, no error is found that was not there, and nothing new of any kind
// where they are made. Where a file could not be read as YAML, whatever stands behind the fault was
// hidden by it; errors behind it are not new then.
func Sure(before, after diag.List, repairs []Repair) bool {
	moved := mover(byFile(repairs))
	known := map[finding]int{}
	for _, d := range before {
		f := findingOf(d, moved)
		known[f]++
		if put := insertedAt(d.Span, repairs); put > 0 { // it stands before or behind that
			f.at += put
			known[f]++
		}
	}
	gone := map[finding]bool{}
	for _, r := range repairs {
		gone[findingOf(r.Diagnostic, moved)] = true
	}
	for _, d := range after {
		f := findingOf(d, nil)
		switch {
		case gone[f]:
			return false
		case known[f] > 0:
			known[f]--
		case !mayBeNew(d, f, repairs, moved):
			return false
		}
	}
	return true
}

// insertedAt returns how many bytes repairs put in where a place begins.
func insertedAt(s source.Span, repairs []Repair) int {
	n := 0
	for _, r := range repairs {
		for _, f := range r.Fixes {
			if f.Span.File == s.File && f.Span.Start == s.Start && f.Span.End == s.Start {
				n += len(written(s.File, f))
			}
		}
	}
	return n
}

// mayBeNew says whether something may be found that was not before.
func mayBeNew(d diag.Diagnostic, f finding, repairs []Repair, moved func(source.Span) int) bool {
	hidden := false
	for _, r := range repairs {
		of := findingOf(r.Diagnostic, moved)
		if of.file != f.file {
			continue
		}
		hidden = hidden || r.Diagnostic.Code == diag.YAMLSyntax && of.at < f.at
		for _, fix := range r.Fixes {
			from := moved(fix.Span)
			if from <= int(d.Span.End) && f.at <= from+len(written(fix.Span.File, fix)) {
				return false
			}
		}
	}
	return d.Code.Severity != diag.Error || hidden
}

func findingOf(d diag.Diagnostic, moved func(source.Span) int) finding {
	f := finding{code: d.Code.Number, message: d.Says(nil), at: int(d.Span.Start)}
	if d.Span.File != nil {
		f.file = d.Span.File.Name
		if moved != nil {
			f.at = moved(d.Span)
		}
	}
	return f
}

// mover returns where a place is once replacements are made. What begins where one is made stays
// before it.
func mover(all map[*source.File][]diag.Fix) func(source.Span) int {
	return func(s source.Span) int {
		at := int(s.Start)
		for _, f := range all[s.File] {
			if f.Span.End > s.Start || f.Span.Start == s.Start {
				break
			}
			at += len(written(s.File, f)) - int(f.Span.End-f.Span.Start)
		}
		return at
	}
}

// Most returns as many of some repairs as are sure together, by what sure says of several: all of
// them if they are, or else those that are in either half.
func Most(repairs []Repair, sure func([]Repair) bool) []Repair {
	if len(repairs) == 0 || sure(repairs) {
		return repairs
	}
	if len(repairs) == 1 {
		return nil
	}
	half := len(repairs) / 2
	first, second := Most(repairs[:half], sure), Most(repairs[half:], sure)
	both := slices.Concat(first, second)
	if len(first) == 0 || len(second) == 0 || sure(both) {
		return both
	}
	return first
}
