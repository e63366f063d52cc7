package show

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
)

// gitlabSeverities are GitLab's words for the severities.
var gitlabSeverities = map[diag.Severity]string{diag.Error: "major", diag.Warning: "minor",
	diag.Note: "info"}

type gitlabFinding struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// writeGitLab writes diagnostics as a report of code quality, which GitLab shows at the lines of a
// merge request: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. A
// finding has the same fingerprint while its code, its file and its words are the same, also where
// lines above it come or go; several that are the same are counted. What has no place is at the
// first line of a file without a name. The error is w's.
func writeGitLab(w io.Writer, l diag.List, o Options) error {
	findings := []gitlabFinding{}
	seen := map[string]int{}
	for _, d := range l {
		text := append([]string{escaped(d.Sentence(o.Masks))}, hintLines(d.Advises(o.Masks))...)
		f := gitlabFinding{
			Description: d.Code.Number + ": " + strings.Join(text, "\n"),
			CheckName:   d.Code.Number + " " + d.Code.Name,
			Severity:    gitlabSeverities[d.Code.Severity],
			Location:    gitlabLocation{Path: "-", Lines: gitlabLines{Begin: 1}},
		}
		if r := rangeOf(d.Span); r != nil {
			f.Location.Path = escaped(path.Clean(filepath.ToSlash(d.Span.File.Name)))
			f.Location.Lines.Begin = r.Start.Line
		}
		same := strings.Join([]string{d.Code.Number, f.Location.Path, f.Description}, "\x00")
		seen[same]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", same, seen[same]))
		f.Fingerprint = hex.EncodeToString(sum[:])
		findings = append(findings, f)
	}
	_, err := w.Write(encodeJSON(findings))
	return err
}
