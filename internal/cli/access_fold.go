package cli

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// accessSection is what a report says of one secret, or of one principal.
type accessSection struct {
	subject access.Subject
	entries []accessEntry // sorted; empty: nobody, nothing
}

// accessEntry is what a report says of a principal and a secret.
type accessEntry struct {
	other access.Subject // the secret of a principal's section, the principal of a secret's
	lines []accessLine
}

// accessLine is several verbs of which the same holds.
type accessLine struct {
	verbs      []string
	regions    []string // nil: wherever the secret is
	effect     access.Effect
	conditions []access.Condition
}

// pairKey finds what belongs to a principal or a secret. Copies of a secret differ in nothing but the Region of their ARN.
func pairKey(id, arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && parts[2] == "secretsmanager" {
		parts[3] = ""
	}
	return id + "\n" + strings.Join(parts, ":")
}

// foldAccess puts the rows of a report into sections, by secret or by principal, and folds what is equal.
func foldAccess(r access.Report, byPrincipal bool) []accessSection {
	sections, others := r.Secrets, r.Principals
	if byPrincipal {
		sections, others = others, sections
	}
	principals, secrets := places(r.Principals), places(r.Secrets)
	type pair struct{ section, other int }
	rows := map[pair][]access.Row{}
	for _, row := range r.Rows {
		at := pair{secrets[pairKey(row.Secret, row.SecretARN)], principals[pairKey(row.Principal, row.PrincipalARN)]}
		if byPrincipal {
			at = pair{at.other, at.section}
		}
		rows[at] = append(rows[at], row)
	}
	out := make([]accessSection, len(sections))
	for i, subject := range sections {
		out[i].subject = subject
	}
	order := func(a, b pair) int { return cmp.Or(cmp.Compare(a.section, b.section), cmp.Compare(a.other, b.other)) }
	for _, at := range slices.SortedFunc(maps.Keys(rows), order) {
		s := &out[at.section]
		secret := s.subject
		if byPrincipal {
			secret = others[at.other]
		}
		s.entries = append(s.entries, accessEntry{others[at.other], foldRows(rows[at], r.Verbs, secret.Regions)})
	}
	return out
}

// places returns where each subject stands in a list.
func places(list []access.Subject) map[string]int {
	out := map[string]int{}
	for i, s := range list {
		out[pairKey(s.ID, s.ARN)] = i
	}
	return out
}

// foldRows folds the rows of one principal and one secret: first the Regions in which the same holds of a verb, then the verbs of which the same holds.
func foldRows(rows []access.Row, verbs, regions []string) []accessLine {
	var lines []accessLine
	for _, verb := range verbs {
		var own []accessLine
		for _, row := range rows {
			if row.Verb != verb {
				continue
			}
			i := slices.IndexFunc(own, func(l accessLine) bool { return l.effect == row.Effect && sameConditions(l.conditions, row.Conditions) })
			if i < 0 {
				i = len(own)
				own = append(own, accessLine{verbs: []string{verb}, effect: row.Effect, conditions: row.Conditions})
			}
			own[i].regions = append(own[i].regions, row.Region)
		}
		for _, line := range own {
			if len(line.regions) == len(regions) {
				line.regions = nil
			}
			lines = addLine(lines, line)
		}
	}
	return lines
}

func addLine(lines []accessLine, line accessLine) []accessLine {
	for i, have := range lines {
		if have.effect == line.effect && slices.Equal(have.regions, line.regions) && sameConditions(have.conditions, line.conditions) {
			lines[i].verbs = append(lines[i].verbs, line.verbs...)
			return lines
		}
	}
	return append(lines, line)
}

func sameConditions(a, b []access.Condition) bool {
	return slices.EqualFunc(a, b, func(a, b access.Condition) bool {
		return a.Operator == b.Operator && a.Key == b.Key && slices.Equal(a.Values, b.Values)
	})
}

// accessCounts says how much a report is about: "3 principals, 12 secrets".
func accessCounts(r access.Report) string {
	return plural(len(r.Principals), "principal", "principals") + ", " + plural(len(r.Secrets), "secret", "secrets")
}
