package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

type jsonDocument struct {
	Version     int              `json:"version"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Code       string        `json:"code"`
	Name       string        `json:"name"`
	Severity   string        `json:"severity"`
	Message    string        `json:"message"`
	Hint       string        `json:"hint,omitempty"`
	File       string        `json:"file,omitempty"`
	*jsonRange               // nil for the zero span
	Related    []jsonRelated `json:"related,omitempty"`
	Fixes      []jsonFix     `json:"fixes,omitempty"`

	Spec string `json:"spec,omitempty"` // which of several
	// those of the spec that it holds in, unless it holds in all
	Environments []string `json:"environments,omitempty"`
}

type jsonRelated struct {
	File string `json:"file,omitempty"`
	*jsonRange
	Message string `json:"message"`
}

type jsonFix struct {
	File string `json:"file,omitempty"` // only when it is not the diagnostic's
	*jsonRange
	Text string `json:"text"`
}

type jsonRange struct {
	Start source.Position `json:"start"`
	End   source.Position `json:"end"`
}

// writeDiagnosticsJSON writes diagnostics as the JSON document of `validate --format json`: version
// 1, and the list, which may be empty. Lines and columns count from 1, columns in Unicode code
// points; offsets count bytes from 0; ends are exclusive. Empty members are left out, and so is the
// place of a diagnostic that has none. No source text is in it. The error is w's.
func writeDiagnosticsJSON(w io.Writer, l diag.List, o Options) error {
	masks := o.Masks
	doc := jsonDocument{Version: 1, Diagnostics: []jsonDiagnostic{}}
	for _, d := range l {
		out := jsonDiagnostic{
			Code:      d.Code.Number,
			Name:      d.Code.Name,
			Severity:  d.Code.Severity.String(),
			Message:   d.Says(masks),
			Hint:      d.Advises(masks),
			File:      fileOf(d.Span),
			jsonRange: rangeOf(d.Span),

			Spec: d.Spec(), Environments: d.Environments(),
		}
		for _, r := range d.Places() {
			out.Related = append(out.Related, jsonRelated{File: fileOf(r.Span),
				jsonRange: rangeOf(r.Span), Message: r.Message.Shown(masks)})
		}
		for _, f := range d.Fixes(masks) {
			if f.Span.IsZero() {
				continue // nothing to replace
			}
			fix := jsonFix{jsonRange: rangeOf(f.Span), Text: f.Text.String()}
			if f.Span.File != d.Span.File {
				fix.File = fileOf(f.Span)
			}
			out.Fixes = append(out.Fixes, fix)
		}
		doc.Diagnostics = append(doc.Diagnostics, out)
	}
	return writeJSON(w, doc)
}

func fileOf(s source.Span) string {
	if s.IsZero() {
		return ""
	}
	return s.File.Name
}

func rangeOf(s source.Span) *jsonRange {
	if s.IsZero() {
		return nil
	}
	return &jsonRange{Start: s.File.Position(int(s.Start)), End: s.File.Position(int(s.End))}
}

// writeJSON writes a document for people and programs alike: indented, without HTML's escapes, and
// with JSON's own for what must not reach a terminal.
func writeJSON(w io.Writer, document any) error {
	var encoded, out bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		panic("diag: a document that has no JSON: " + err.Error())
	}
	for _, r := range encoded.String() {
		if isShown(r) || r == '\n' { // only the encoder's own line ends are not escaped yet
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}
