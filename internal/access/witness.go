package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// always are condition keys that a witness shows whether or not a document asks for them.
var always = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice",
	"aws:principalservicename", "aws:username", "aws:userid", "aws:requestedregion",
	"aws:resourceaccount", "aws:securetransport", "aws:currenttime", "aws:viaawsservice",
	"secretsmanager:secretid", "kms:viaservice", "kms:calleraccount",
	"kms:encryptioncontext:secretarn", "kms:encryptioncontext:secretversionid",
}

// usual are values of keys that every request has and no policy asks for.
var usual = map[string]string{
	"aws:userid": "AROAEXAMPLEEXAMPLEEX:session", "aws:currenttime": "2030-01-01T00:00:00Z",
	"aws:epochtime": "1893456000", "aws:viaawsservice": "false",
	"kms:encryptioncontext:secretversionid": "11111111-2222-3333-4444-555555555555",
	"aws:principaltype":                     "AssumedRole",
	"aws:principalservicename":              "events.amazonaws.com",
}

// witnesses writes the requests of calls that are allowed in some circumstance.
func witnesses(answers []callAnswer) []Witness {
	var out []Witness
	for i := range answers {
		if answers[i].Effect >= Conditional {
			out = append(out, answers[i].witness()...)
		}
	}
	return out
}

// witness writes the requests of a call in a circumstance in which they are allowed.
func (a *callAnswer) witness() []Witness {
	var out []Witness
	for i := range a.permissions {
		q := &a.permissions[i]
		w := Witness{
			Caller: q.Caller.ARN, CallerKind: q.principal.Kind.String(), Action: q.Action,
			Resource: q.Resource, ResourceAccount: q.Owner, Context: map[string][]string{},
		}
		if q.principal.anyService() {
			w.Caller = strings.Join(q.valueOf("aws:principalservicename", a.outcome.Context[i]), "")
		}
		for _, key := range q.keys() {
			if values := q.valueOf(key, a.outcome.Context[i]); len(values) > 0 {
				w.Context[upper(key)] = values
			}
		}
		out = append(out, w)
	}
	return out
}

// keys returns the condition keys that a request shows, sorted: those of every request, and those
// that the documents ask for.
func (p *permission) keys() []string {
	keys := slices.Concat(always, p.also)
	read := func(rules *policy.Rules) {
		for i := range rules.Statements {
			keys = append(keys, rules.Statements[i].Keys()...)
		}
	}
	for i := range p.Policies.Identity {
		read(&p.Policies.Identity[i].Rules)
	}
	if p.Policies.Boundary != nil {
		read(&p.Policies.Boundary.Rules)
	}
	if p.Policies.Resource != nil {
		read(&p.Policies.Resource.Rules)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// valueOf returns the values of a key in a circumstance; none: the request does not have it.
func (p *permission) valueOf(key string, circumstance map[string][]string) []string {
	f := p.Facts(key)
	if f.State == policy.Certain || f.State == policy.Told {
		return f.Values
	}
	if _, isChosen := circumstance[policy.CurrentTime]; isChosen && key == "aws:epochtime" {
		return circumstance[key] // the same time; without one it is the usual, too
	}
	for _, name := range []string{key, f.Name} {
		if values, ok := circumstance[name]; ok {
			return fieldOf(values, f.Field)
		}
	}
	switch {
	case f.State == policy.Chosen:
		return f.Plain
	case !f.Always:
		return nil
	case usual[key] != "" && isWithin(f, usual[key]):
		return []string{usual[key]}
	case len(f.Within) > 0:
		return fieldOf([]string{strings.NewReplacer("arn:aws*:", "arn:aws:", anyDigits,
			"999999999999", "*", "x", "?", "x").Replace(f.Within[0])}, f.Field)
	}
	return nil
}

// isWithin says whether a key may have a value.
func isWithin(f policy.Fact, value string) bool {
	return len(f.Within) == 0 ||
		slices.ContainsFunc(f.Within, func(pattern string) bool { return matches(pattern, value) })
}

// fieldOf returns a field of an ARN, from 1, or the values themselves for 0.
func fieldOf(values []string, field int) []string {
	if field == 0 || len(values) != 1 {
		return values
	}
	return strings.SplitN(values[0], ":", 6)[field-1 : field]
}

// Shown returns the witness as reports write it: unknown parts of texts are as people see them, and
// Assuming says what each of them is.
func (w Witness) Shown() Witness {
	out := w
	out.Assuming = map[string]string{}
	for what, value := range w.Assuming {
		out.Assuming[cfn.Shown(what)] = cfn.Shown(value)
	}
	show := func(s string) string {
		for _, u := range cfn.UnknownsIn(s) {
			if out.Assuming[u.Shown] == "" {
				out.Assuming[u.Shown] = strings.TrimSpace(u.What + " " +
					cmp.Or(u.Name, u.LogicalID))
			}
		}
		return cfn.Shown(s)
	}
	out.Caller, out.Resource = show(w.Caller), show(w.Resource)
	out.ResourceAccount = show(w.ResourceAccount)
	out.Context = map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(w.Context)) {
		for _, v := range w.Context[key] {
			out.Context[show(key)] = append(out.Context[show(key)], show(v))
		}
	}
	if len(out.Assuming) == 0 {
		out.Assuming = nil
	}
	return out
}
