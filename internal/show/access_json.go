package show

import (
	"bufio"
	"io"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// reportSubject is a principal or a secret of a report in JSON.
type reportSubject struct {
	ID        string   `json:"id"`
	ARN       string   `json:"arn"`
	Kind      string   `json:"kind,omitempty"`
	Note      string   `json:"note,omitempty"`
	Regions   []string `json:"regions,omitempty"`
	MayBecome []string `json:"mayBecome,omitempty"`

	Environment string `json:"environment,omitempty"`
	Spec        string `json:"spec,omitempty"`
}

// rowPrincipal, rowSecret and rowAnswer are the parts of a row in JSON. Each is written once for
// the rows that share it.
type (
	rowPrincipal struct {
		Principal     string `json:"principal"`
		PrincipalARN  string `json:"principalArn"`
		PrincipalKind string `json:"principalKind,omitempty"`
		Environment   string `json:"environment,omitempty"`
	}
	rowSecret struct {
		Secret    string `json:"secret"`
		SecretARN string `json:"secretArn"`
		Region    string `json:"region"`
	}
	rowVerb struct {
		Verb string `json:"verb"`
	}
	rowAnswer struct {
		Effect     string             `json:"effect"`
		Explicit   bool               `json:"explicit,omitempty"`
		Conditions []access.Condition `json:"conditions"`
		HeldTo     []access.Condition `json:"heldTo,omitempty"`
		Wider      []string           `json:"wider,omitempty"`
		Told       []access.Told      `json:"told,omitempty"`
		Unread     []access.Unread    `json:"unread,omitempty"`
		Witness    []access.Witness   `json:"witness,omitempty"`
	}
)

// answerJSON returns an answer as JSON has it.
func answerJSON(a *access.Answer) rowAnswer {
	return rowAnswer{
		a.Effect.String(), a.Explicit, conditionsJSON(orEmpty(a.Conditions)),
		conditionsJSON(a.HeldTo), a.Wider,
		toldJSON(a.Told), unreadJSON(a.Unread), witnessJSON(a.Witness),
	}
}

// writeAccessJSON writes a report for programs: {"version":1,"outOfSight":[…],"findings":[…],
// "principals":[…],"secrets":[…],"access":[…]}, row by row. An error is the writer's.
func writeAccessJSON(w io.Writer, r access.Report, _ Options) error {
	out := bufio.NewWriter(w)
	out.WriteString("{\n  \"version\": 1,\n")
	out.WriteString("  \"outOfSight\": " + fragment(orEmpty(shownAll(r.OutOfSight)), "  ") + ",\n")
	out.WriteString("  \"findings\": " + fragment(orEmpty(shownAll(r.Findings)), "  ") + ",\n")
	out.WriteString("  \"principals\": " + fragment(subjectsJSON(r.Principals), "  ") + ",\n")
	out.WriteString("  \"secrets\": " + fragment(subjectsJSON(r.Secrets), "  ") + ",\n")
	out.WriteString("  \"access\": [")
	j := newRowsJSON(&r)
	for i := range r.Rows {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := j.row(out, &r.Rows[i]); err != nil {
			return err
		}
	}
	if len(r.Rows) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Flush()
}

// rowsJSON has the parts of rows as they are written.
type rowsJSON struct {
	report     *access.Report
	principals []string
	secrets    [][]string // by secret and Region
	verbs      []string
	answers    map[*access.Answer]string
}

func newRowsJSON(r *access.Report) *rowsJSON {
	j := &rowsJSON{
		report: r, secrets: make([][]string, len(r.Secrets)), answers: map[*access.Answer]string{},
	}
	for i := range r.Principals {
		p := &r.Principals[i]
		row := rowPrincipal{p.ID, p.ARN, p.Kind, p.Environment}
		j.principals = append(j.principals, members(row))
	}
	for _, verb := range r.Verbs {
		j.verbs = append(j.verbs, members(rowVerb{verb}))
	}
	return j
}

// row writes a row. An error is the writer's.
func (j *rowsJSON) row(out *bufio.Writer, row *access.Row) error {
	out.WriteString("\n    {")
	out.WriteString(j.principals[row.Principal])
	out.WriteByte(',')
	out.WriteString(j.secret(row))
	out.WriteByte(',')
	out.WriteString(j.verbs[row.Verb])
	out.WriteByte(',')
	out.WriteString(j.answer(row.Answer))
	_, err := out.WriteString("\n    }")
	return err
}

func (j *rowsJSON) secret(row *access.Row) string {
	s := &j.report.Secrets[row.Secret]
	if j.secrets[row.Secret] == nil {
		j.secrets[row.Secret] = make([]string, len(s.Regions))
	}
	at := &j.secrets[row.Secret][row.Region]
	if *at == "" {
		*at = members(rowSecret{s.ID, arnIn(s, row.Region), s.Regions[row.Region]})
	}
	return *at
}

// arnIn returns the ARN of a copy of a secret.
func arnIn(s *access.Subject, region int16) string {
	if int(region) < len(s.ARNs) {
		return s.ARNs[region]
	}
	return s.ARN
}

func (j *rowsJSON) answer(a *access.Answer) string {
	text, ok := j.answers[a]
	if !ok {
		text = members(answerJSON(a))
		if len(j.answers) < mostKept {
			j.answers[a] = text
		}
	}
	return text
}

// members returns what is between the braces of an object, at the depth of a row's members.
func members(object any) string {
	text := fragment(object, "    ")
	return strings.TrimSuffix(strings.TrimPrefix(text, "{"), "\n    }")
}

// fragment returns a part of a document of encodeJSON's form that stands in lines indented so far.
func fragment(value any, indent string) string {
	text := strings.TrimSuffix(string(encodeJSON(value)), "\n")
	return strings.ReplaceAll(text, "\n", "\n"+indent)
}

func subjectsJSON(list []access.Subject) []reportSubject {
	out := []reportSubject{}
	for _, s := range list {
		out = append(out, reportSubject{s.ID, s.ARN, s.Kind, s.Note, s.Regions,
			s.MayBecome, s.Environment, s.Spec})
	}
	return out
}
