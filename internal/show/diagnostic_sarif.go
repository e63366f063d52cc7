package show

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// The objects of SARIF, in its words:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string       `json:"id"`
		Name                 string       `json:"name"`
		ShortDescription     sarifMessage `json:"shortDescription"`
		Help                 sarifMessage `json:"help"`
		DefaultConfiguration sarifLevel   `json:"defaultConfiguration"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID           string          `json:"ruleId"`
		RuleIndex        int             `json:"ruleIndex"`
		Level            string          `json:"level"`
		Message          sarifMessage    `json:"message"`
		Locations        []sarifLocation `json:"locations,omitempty"`
		RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
		Fixes            []sarifFix      `json:"fixes,omitempty"`
		Properties       *sarifBag       `json:"properties,omitempty"`
	}
	sarifBag struct {
		Spec         string   `json:"spec,omitempty"`
		Environments []string `json:"environments,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		PhysicalLocation *sarifPlace   `json:"physicalLocation,omitempty"`
		Message          *sarifMessage `json:"message,omitempty"`
	}
	sarifPlace struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		ArtifactChanges []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		ArtifactLocation sarifArtifact      `json:"artifactLocation"`
		Replacements     []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		DeletedRegion   sarifRegion  `json:"deletedRegion"`
		InsertedContent sarifContent `json:"insertedContent"`
	}
	sarifContent struct {
		Text string `json:"text"`
	}
)

// writeSARIF writes diagnostics as a SARIF 2.1.0 log with one run of the given version of
// secretctl, which may be "". The rules are the codes that occur, by number. Columns count Unicode
// code points. A hint follows its message on a line of its own. The fixes of a diagnostic are one
// SARIF fix, because they belong together. A diagnostic without a place is a result without
// locations. No source text is in it. The error is w's.
func writeSARIF(w io.Writer, l diag.List, o Options) error {
	version, masks := o.Version, o.Masks
	rules := rulesOf(l)
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "secretctl", Version: version,
			Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for _, c := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID:                   c.Number,
			Name:                 c.Name,
			ShortDescription:     sarifText(c.Meaning),
			Help:                 sarifText("secretctl explain " + c.Number + " prints its page."),
			DefaultConfiguration: sarifLevel{c.Severity.String()},
		})
	}
	for _, d := range l {
		result := sarifResult{
			RuleID:    d.Code.Number,
			RuleIndex: slices.Index(rules, d.Code),
			Level:     d.Code.Severity.String(),
			Message:   sarifText(strings.TrimRight(d.Sentence(masks)+"\n"+d.Advises(masks), "\n")),
			Fixes:     sarifFixes(d.Fixes(masks)),
		}
		if in, spec := d.Environments(), d.Spec(); in != nil || spec != "" {
			result.Properties = &sarifBag{spec, in}
		}
		if !d.Span.IsZero() {
			result.Locations = []sarifLocation{{PhysicalLocation: sarifPlaceOf(d.Span)}}
		}
		for _, r := range d.Places() {
			message := sarifText(r.Message.Shown(masks))
			result.RelatedLocations = append(result.RelatedLocations,
				sarifLocation{sarifPlaceOf(r.Span), &message})
		}
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// rulesOf returns the codes that occur in a list, by number.
func rulesOf(l diag.List) []*diag.Code {
	var codes []*diag.Code
	for _, d := range l {
		codes = append(codes, d.Code)
	}
	slices.SortFunc(codes, func(a, b *diag.Code) int { return cmp.Compare(a.Number, b.Number) })
	return slices.Compact(codes)
}

// sarifText makes a message of a text. Braces are doubled, because single ones are placeholders
// (section 3.11.5).
func sarifText(text string) sarifMessage {
	return sarifMessage{strings.NewReplacer("{", "{{", "}", "}}").Replace(text)}
}

func sarifPlaceOf(s source.Span) *sarifPlace {
	if s.IsZero() {
		return nil
	}
	return &sarifPlace{sarifArtifact{artifactURI(s.File.Name)}, sarifRegionOf(s)}
}

func sarifRegionOf(s source.Span) sarifRegion {
	r := rangeOf(s)
	return sarifRegion{r.Start.Line, r.Start.Column, r.End.Line, r.End.Column}
}

// sarifFixes makes one fix of the replacements of a diagnostic, by file.
func sarifFixes(fixes []diag.Fix) []sarifFix {
	var changes []sarifChange
	for _, f := range fixes {
		if f.Span.IsZero() {
			continue
		}
		uri := sarifArtifact{artifactURI(f.Span.File.Name)}
		i := slices.IndexFunc(changes, func(c sarifChange) bool {
			return c.ArtifactLocation == uri
		})
		if i < 0 {
			i = len(changes)
			changes = append(changes, sarifChange{ArtifactLocation: uri})
		}
		changes[i].Replacements = append(changes[i].Replacements,
			sarifReplacement{sarifRegionOf(f.Span), sarifContent{f.Text.String()}})
	}
	if changes == nil {
		return nil
	}
	return []sarifFix{{changes}}
}

// artifactURI returns the reference to a file by RFC 3986, relative for a relative name.
func artifactURI(name string) string {
	slashed := path.Clean(filepath.ToSlash(name))
	if filepath.IsAbs(name) {
		// Windows' C:/ needs a slash
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(slashed, "/")}).String()
	}
	return (&url.URL{Path: slashed}).String()
}
