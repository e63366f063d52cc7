package access

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/verb"
)

// tagging are the actions that change the tags of a secret.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
var tagging = []aws.Action{"secretsmanager:TagResource", "secretsmanager:UntagResource"}

// tellChangers says of each answer that rests on the tags of a secret who may change them. Answers
// that are shared stay as they are. A report of all principals has it in its rows.
func (e *Estate) tellChangers(r *Report, verbs []*verb.Verb, all bool) {
	type at struct {
		secret int32
		region int16
	}
	type answerAt struct {
		*Answer
		at
	}
	who, told := map[at][]string{}, map[answerAt]*Answer{}
	if all {
		tags := make([]bool, len(r.Verbs))
		for i, name := range r.Verbs {
			v := slices.IndexFunc(verbs, func(v *verb.Verb) bool { return v.Name == name })
			tags[i] = slices.Contains(tagging, name) ||
				v >= 0 &&
					slices.ContainsFunc(verbs[v].OnSecret, func(a aws.Action) bool {
						return slices.Contains(tagging, a)
					})
		}
		for i := range r.Rows {
			if row := &r.Rows[i]; tags[row.Verb] && row.Answer.Effect >= Conditional {
				where := at{row.Secret, row.Region}
				who[where] = append(who[where], r.Principals[row.Principal].ID)
			}
		}
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if !slices.ContainsFunc(row.Answer.Told, isSecretTag) {
			continue
		}
		where := at{row.Secret, row.Region}
		ids, known := who[where]
		if !known && !all {
			ids = e.changers(r.Secrets[row.Secret].ID, r.Secrets[row.Secret].Regions[row.Region])
			who[where] = ids
		}
		key := answerAt{row.Answer, where}
		if told[key] == nil {
			answer := row.Answer.changedBy(ids)
			told[key] = &answer
		}
		row.Answer = told[key]
	}
}

func isSecretTag(t Told) bool { return t.What == "secret tag" }

// changers returns the IDs of those who may change the tags of a copy of a secret in some world.
func (e *Estate) changers(secret, region string) []string {
	var out []string
	for _, w := range e.Worlds {
		for _, p := range w.Principals {
			_, s, at := w.find(p.ID, secret, region)
			if s == nil {
				break
			}
			for _, action := range tagging {
				c := newCall(action)
				if askCall(p, s, at, &c).Effect >= Conditional {
					out = append(out, p.ID)
				}
			}
		}
	}
	return sortedOnce(out)
}

// changedBy returns the answer with who may change the tags of the secret that it rests on.
func (a *Answer) changedBy(ids []string) Answer {
	out := *a
	out.Told = slices.Clone(a.Told)
	for i := range out.Told {
		if isSecretTag(out.Told[i]) {
			out.Told[i].By = sortedOnce(ids)
		}
	}
	return out
}

func sortedOnce(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
