package cli

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// accessDocument is the document of access --format json.
type accessDocument struct {
	Version int         `json:"version"`
	Access  []accessRow `json:"access"`
}

type accessRow struct {
	Principal    string             `json:"principal"`
	PrincipalARN string             `json:"principalArn"`
	Secret       string             `json:"secret"`
	SecretARN    string             `json:"secretArn"`
	Region       string             `json:"region"`
	Verb         string             `json:"verb"`
	Effect       string             `json:"effect"`
	Conditions   []access.Condition `json:"conditions"`
}

// renderAccessJSON writes a report for programs.
func renderAccessJSON(r access.Report) []byte {
	out := accessDocument{Version: 1, Access: []accessRow{}}
	for _, row := range r.Rows {
		out.Access = append(out.Access, accessRow{row.Principal, row.PrincipalARN, row.Secret, row.SecretARN, row.Region, row.Verb, row.Effect.String(), orEmpty(row.Conditions)})
	}
	return encodeJSON(out)
}

// renderAccessCSV writes a report for spreadsheets, in the form of RFC 4180. A spreadsheet takes what begins with = + - @ for a formula; an apostrophe before it
// says that it is text. https://owasp.org/www-community/attacks/CSV_Injection
func renderAccessCSV(r access.Report) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	write := func(cells ...string) {
		for i, cell := range cells {
			cells[i] = printable(cell)
			if cell != "" && strings.Contains("=+-@", cell[:1]) {
				cells[i] = "'" + cells[i]
			}
		}
		if err := w.Write(cells); err != nil {
			panic("cli: a row that has no CSV: " + err.Error())
		}
	}
	write("principal", "principalArn", "secret", "secretArn", "region", "verb", "effect", "conditions")
	for _, row := range r.Rows {
		write(row.Principal, row.PrincipalARN, row.Secret, row.SecretARN, row.Region, row.Verb, row.Effect.String(), conditionsText(row.Conditions, 0))
	}
	w.Flush()
	return out.Bytes()
}

// renderAccessMarkdown writes a report as GitHub shows it, by secret or by principal. What comes from specs and templates stands in code spans, as in renderMarkdown.
func renderAccessMarkdown(r access.Report, byPrincipal bool) string {
	m := &planMarkdown{}
	m.WriteString("### Access\n\n" + accessCounts(r) + ".\n")
	first, second := "secret", "principal"
	if byPrincipal {
		first, second = second, first
	}
	m.row(first, second, "may", "where", "under which conditions")
	m.WriteString("|---|---|---|---|---|\n")
	for _, s := range foldAccess(r, byPrincipal) {
		if len(s.entries) == 0 {
			m.row(code(s.subject.ID), nobody, "", "", "")
		}
		for _, e := range s.entries {
			secret := s.subject
			if byPrincipal {
				secret = e.other
			}
			for _, line := range e.lines {
				m.row(code(s.subject.ID), code(e.other.ID), verbsMarkdown(line), regionsOf(line, secret), conditionsMarkdown(line.conditions))
			}
		}
	}
	if len(r.Problems) > 0 {
		m.WriteString("\n#### Out of sight\n\n")
		for _, problem := range r.Problems {
			m.WriteString("* " + code(problem) + "\n")
		}
	}
	return m.String()
}

func verbsMarkdown(line accessLine) string {
	text := strings.Join(line.verbs, ", ")
	if line.effect == access.Deny {
		return "**denied:** " + text
	}
	return text
}

// regionsOf returns where a line holds.
func regionsOf(line accessLine, secret access.Subject) string {
	regions := line.regions
	if regions == nil {
		regions = secret.Regions
	}
	var spans []string
	for _, region := range regions {
		spans = append(spans, code(region))
	}
	return strings.Join(spans, ", ")
}

func conditionsMarkdown(list []access.Condition) string {
	var words []string
	for _, c := range list {
		words = append(words, code(conditionText(c, mostValues)))
	}
	return strings.Join(words, "<br>")
}
