package show

import (
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// finding is a diagnostic as a test writes it.
type finding struct {
	Code    *diag.Code
	Span    source.Span
	message diag.Text
	hint    diag.Text
	related []diag.Related
	fixes   []diag.Fix
}

func (f finding) diagnostic() diag.Diagnostic {
	d := diag.Report(f.Code, f.Span).Message("%s", f.message).Also(f.related...).Fixed(f.fixes...)
	if f.hint.String() != "" {
		d.Hint("%s", f.hint)
	}
	return *d
}

type findings []finding

func (all findings) list() diag.List {
	var list diag.List
	for _, f := range all {
		list = append(list, f.diagnostic())
	}
	return list
}
