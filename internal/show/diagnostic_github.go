package show

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
)

// githubCommands are GitHub's words for the severities.
var githubCommands = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning",
	diag.Note: "notice"}

// writeGitHub writes diagnostics as workflow commands, which GitHub Actions shows at the lines of a
// pull request:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions. Related places
// are not shown, nor is source
// text. The error is w's.
func writeGitHub(w io.Writer, l diag.List, o Options) error {
	masks := o.Masks
	out := bufio.NewWriter(w)
	for _, d := range l {
		var properties []string
		add := func(name string, value any) {
			properties = append(properties, name+"="+githubProperty.Replace(fmt.Sprint(value)))
		}
		if r := rangeOf(d.Span); r != nil {
			add("file", escaped(path.Clean(filepath.ToSlash(d.Span.File.Name))))
			add("line", r.Start.Line)
			oneLine := r.Start.Line == r.End.Line // GitHub refuses columns across lines
			if oneLine {
				add("col", r.Start.Column)
			}
			add("endLine", r.End.Line)
			if oneLine {
				add("endColumn", r.End.Column)
			}
		}
		add("title", d.Code.Number+" "+d.Code.Name)

		text := append([]string{escaped(d.Sentence(masks))}, hintLines(d.Advises(masks))...)
		fmt.Fprintf(out, "::%s %s::%s\n", githubCommands[d.Code.Severity],
			strings.Join(properties, ","),
			githubData.Replace(strings.Join(text, "\n")))
	}
	return out.Flush()
}

// GitHub's escapes, as its runner undoes them:
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":",
		"%3A", ",", "%2C")
)
