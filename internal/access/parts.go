package access

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
)

// ReportAny is Report for policies of which nobody knows whether they were written with these verbs in mind. Looking at metadata is no part of verbs that do something:
// who may fetch a value reads it. And where a verb is possible in part, its actions stand in its place, each by its own name, so that nothing that somebody can do
// is left out.
func (e *Estate) ReportAny(verbs []Verb, principals, secrets func(id, arn string) bool) Report {
	asked := inParts(verbs)
	r := e.Report(asked, principals, secrets)
	r.Rows = withoutCovered(r.Rows, verbs)
	r.Verbs = r.Verbs[:len(verbs)]
	for _, v := range asked[len(verbs):] {
		if slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Verb == v.Name }) {
			r.Verbs = append(r.Verbs, v.Name)
		}
	}
	return r
}

// inParts returns the verbs with what they are about, and then each of their actions alone, sorted by name.
func inParts(verbs []Verb) []Verb {
	var out []Verb
	var actions []aws.Action
	for _, v := range verbs {
		for _, action := range v.OnSecret {
			if !slices.Contains(actions, action) {
				actions = append(actions, action)
			}
		}
		v.OnSecret = v.essential()
		out = append(out, v)
	}
	slices.Sort(actions)
	for _, action := range actions {
		out = append(out, Verb{Name: action, OnSecret: []aws.Action{action}, OnKey: aws.KeyUseOf(action)})
	}
	return out
}

// withoutCovered leaves out the rows of single actions that say nothing more than the row of a verb: the same principal can do the verb, of which the action is a part,
// in the same place, and under no more conditions. Where the action looks at metadata only, a verb in any place counts, under whatever conditions.
func withoutCovered(rows []Row, verbs []Verb) []Row {
	type at struct{ principal, arn string }
	covered := map[at]map[aws.Action]Effect{}
	somewhere := map[at]bool{} // by the id of the secret: the principal can do a verb
	parts := map[string][]aws.Action{}
	for i := range verbs {
		parts[verbs[i].Name] = verbs[i].OnSecret
	}
	for _, row := range rows {
		key := at{row.PrincipalARN, row.SecretARN}
		if _, isVerb := parts[row.Verb]; isVerb && row.Effect != Deny {
			somewhere[at{row.PrincipalARN, row.Secret}] = true
		}
		for _, action := range parts[row.Verb] {
			if covered[key] == nil {
				covered[key] = map[aws.Action]Effect{}
			}
			covered[key][action] = max(covered[key][action], row.Effect)
		}
	}
	var out []Row
	for _, row := range rows {
		_, isVerb := parts[row.Verb]
		looks := onlyLooks(row.Verb) && somewhere[at{row.PrincipalARN, row.Secret}]
		if isVerb || !looks && row.Effect > covered[at{row.PrincipalARN, row.SecretARN}][row.Verb] {
			out = append(out, row)
		}
	}
	return out
}
