package access_test

import (
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// at is what a row of a report is about.
type at struct{ principal, secret, region, verb string }

// disagreements returns the pairs of which the report and a question say something different.
func (s *sound) disagreements(count map[string]int) []string {
	report := s.e.Report(testedVerbs, nil, nil)
	rows := map[at]access.Effect{}
	var wrong []string
	for _, r := range report.Rows {
		secret := report.Secrets[r.Secret]
		k := at{report.Principals[r.Principal].ID, secret.ID, secret.Regions[r.Region],
			report.Verbs[r.Verb]}
		rows[k] = r.Answer.Effect
		count["rows"]++
		if x := s.explain(k.principal, k.verb, k.secret, k.region); x.Effect != r.Answer.Effect {
			wrong = append(wrong, s.disagree(k, r.Answer.Effect.String(), x.Effect))
		}
	}
	everybody := "" // who has a row of its own
	for _, p := range report.Principals {
		if p.Kind == access.EverybodyPrincipal.String() && p.ARN == "*" {
			everybody = p.ID
		}
	}
	for _, p := range s.principals() {
		for _, secret := range report.Secrets {
			for i, region := range secret.Regions {
				for _, v := range testedVerbs {
					if v.Reaches(i) {
						count["questions"]++
						wrong = append(wrong,
							s.missing(p, at{p.ID, secret.ID, region, v.Name}, rows, everybody)...)
					}
				}
			}
		}
	}
	return wrong
}

// missing returns the rows that a report should have by the answer to a question. Of a verb that is
// possible in part its actions have rows; what everybody can do is said of everybody.
func (s *sound) missing(
	p *access.Principal, k at, rows map[at]access.Effect, everybody string,
) []string {
	x := s.explain(k.principal, k.verb, k.secret, k.region)
	if _, is := rows[k]; is || x.Effect == access.Deny && !x.Explicit {
		return nil
	}
	want := []at{k}
	if x.Only != nil {
		want = nil
		for _, action := range x.Only {
			if !strings.HasSuffix(action, ":ListSecretVersionIds") { // which only looks
				want = append(want, at{k.principal, k.secret, k.region, action})
			}
		}
	}
	var wrong []string
	for _, one := range want {
		effect := s.explain(one.principal, one.verb, one.secret, one.region).Effect
		if _, is := rows[one]; is ||
			p.Kind == access.EverybodyPrincipal &&
				rows[at{everybody, one.secret, one.region, one.verb}] == effect {
			continue
		}
		wrong = append(wrong, s.disagree(one, "nothing", effect))
	}
	return wrong
}

func (s *sound) disagree(k at, row string, answer access.Effect) string {
	seed := uint64(0)
	if s.g != nil {
		seed = s.g.Seed
	}
	return fmt.Sprintf("seed %d: %s %s %s in %s: the report says %s, a question %s", seed,
		k.principal, k.verb, k.secret, k.region, row, answer)
}
