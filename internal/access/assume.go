package access

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/policy"
)

// assumptions are condition keys that a request may have or lack: what the policies ask for and nobody knows beforehand.
type assumptions []assumption

// assumption is one key with its values; without values it is absent.
type assumption struct {
	key    string // in lower case
	values []string
	name   string // the key as the policy writes it
	denied bool   // without it a statement denies
}

// in returns a context in which the assumptions hold. ofKey says that the request is Secrets Manager's own to KMS, which carries who called, and when,
// and nothing else of the call.
func (a assumptions) in(c policy.Context, ofKey bool) policy.Context {
	for _, one := range a {
		if !ofKey || ofCaller(one.key) {
			c = c.With(one.key, one.values...)
		}
	}
	return c
}

func ofCaller(key string) bool {
	return strings.HasPrefix(key, "aws:principal") || key == "aws:currenttime"
}

// certain are the condition keys that a question decides by itself: none of them is assumed otherwise.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var certain = map[string]bool{
	"aws:principalarn": true, "aws:principalaccount": true, "aws:principaltype": true, "aws:principalisawsservice": true, "aws:principalservicename": true,
	"aws:principalservicenameslist": true, "aws:username": true, "aws:userid": true, "aws:viaawsservice": true, "aws:requestedregion": true,
	"aws:securetransport": true, "aws:resourceaccount": true, "aws:sourceaccount": true, "aws:calledvia": true,
	"kms:viaservice": true, "kms:calleraccount": true, "kms:encryptioncontext:secretarn": true, "secretsmanager:secretid": true, "kms:grantisforawsresource": true,
}

// maxTries bounds the search for circumstances: a document of many guardrails has many ways in.
const maxTries = 400

// answer looks for circumstances in which every permission is there: none in particular first, then those that the policies ask for.
func (q *question) answer() Answer {
	plain := q.run(nil)
	if plain.Effect != Deny {
		return plain
	}
	if better, ok := q.search(nil, plain); ok {
		return better
	}
	return plain
}

// run decides over every permission under assumptions. It ends at the first that is not there.
func (q *question) run(assumed assumptions) Answer {
	var a Answer
	for i := range q.steps {
		w := &q.steps[i]
		d := q.evaluate(w, assumed)
		a.Steps = append(a.Steps, Step{Action: w.request.Action, Resource: w.request.Resource, Decision: d, principal: q.principal, resource: w.resource})
		if !d.Allowed {
			a.Steps[i].Decision.Near = q.reachable(w, d.Near, assumed)
			return a
		}
		a.Conditions = append(a.Conditions, q.open(&d)...)
	}
	a.Effect = Allow
	for _, one := range assumed { // what keeps a guardrail from denying
		if one.values != nil && one.denied {
			a.Conditions = append(a.Conditions, Condition{"StringEquals", one.name, one.values})
		}
	}
	a.Conditions = tidy(a.Conditions)
	if len(a.Conditions) > 0 {
		a.Effect = Conditional
	}
	return a
}

// reachable leaves out the statements that could not allow a permission whatever a request has: of those whom they are not for.
func (q *question) reachable(w *wanted, near []policy.Deciding, assumed assumptions) []policy.Deciding {
	context := assumed.in(w.request.Context, w.key).Of(w.request.Caller)
	var out []policy.Deciding
	for _, by := range near {
		hopeless := slices.ContainsFunc(by.Rule.Conditions, func(c policy.ConditionTest) bool { return certain[strings.ToLower(c.Key)] && !c.Holds(context) })
		if !hopeless {
			out = append(out, by)
		}
	}
	return out
}

// open returns the conditions of the statements that allow something which a question does not decide by itself.
func (q *question) open(d *policy.Decision) []Condition {
	var out []Condition
	for _, by := range d.By {
		for i := range by.Rule.Conditions {
			c := &by.Rule.Conditions[i]
			if q.isOpen(c.Key) {
				out = append(out, Condition{c.Operator, c.Key, c.Values})
			}
		}
	}
	return out
}

// isOpen says whether nothing is known of a condition key.
func (q *question) isOpen(key string) bool {
	key = strings.ToLower(key)
	return !certain[key] && q.principal.Assumed.Get(key) == nil
}

// tidy sorts conditions and leaves out those that are said twice.
func tidy(list []Condition) []Condition {
	slices.SortFunc(list, func(a, b Condition) int {
		if c := strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)); c != 0 {
			return c
		}
		if c := strings.Compare(a.Operator, b.Operator); c != 0 {
			return c
		}
		return slices.Compare(a.Values, b.Values)
	})
	var out []Condition
	for _, c := range list {
		if n := len(out); n > 0 && strings.EqualFold(out[n-1].Key, c.Key) && slices.Equal(out[n-1].Values, c.Values) {
			continue // one of them may be an assumption that says the same
		}
		out = append(out, c)
	}
	return out
}

// search tries what the statement that refuses, or those that nearly allow, ask for.
func (q *question) search(assumed assumptions, failed Answer) (Answer, bool) {
	last := failed.Steps[len(failed.Steps)-1].Decision
	for _, next := range q.ways(&last, assumed) {
		if q.tries++; q.tries > maxTries {
			return Answer{}, false
		}
		a := q.run(next)
		if a.Effect != Deny {
			return a, true
		}
		if len(next) < 8 {
			if better, ok := q.search(next, a); ok {
				return better, true
			}
		}
	}
	return Answer{}, false
}

// ways returns assumptions under which a decision would be less far from allowing.
func (q *question) ways(d *policy.Decision, assumed assumptions) []assumptions {
	var out []assumptions
	try := func(c *policy.ConditionTest, hold bool) {
		key := strings.ToLower(c.Key)
		if !q.isOpen(key) || slices.ContainsFunc(assumed, func(a assumption) bool { return a.key == key }) {
			return
		}
		for _, values := range candidates(c) {
			next := append(slices.Clone(assumed), assumption{key, values, c.Key, !hold})
			if c.Holds(next.in(q.principal.Assumed, false)) == hold {
				out = append(out, next)
			}
		}
	}
	if d.Reason == policy.ExplicitDeny {
		for i := range d.By[0].Rule.Conditions {
			try(&d.By[0].Rule.Conditions[i], false)
		}
		return out
	}
	for _, near := range d.Near {
		try(near.Failed, true)
	}
	return out
}

// candidates returns values of a condition's key that may make a difference to it: those that it names, something else, and none.
func candidates(c *policy.ConditionTest) [][]string {
	const many = 3 // of the values that it names
	var out [][]string
	for _, v := range c.Values[:min(many, len(c.Values))] {
		out = append(out, []string{example(c.Operator, v)})
	}
	name := strings.ToLower(c.Operator)
	switch {
	case strings.Contains(name, "date"):
		out = append(out, []string{"2000-01-01T00:00:00Z"}, []string{"2200-01-01T00:00:00Z"})
	case strings.Contains(name, "numeric"):
		out = append(out, []string{"0"}, []string{"1000000000"})
	case strings.Contains(name, "bool"):
		out = append(out, []string{"true"}, []string{"false"})
	case strings.Contains(name, "ipaddress"):
		out = append(out, []string{"192.0.2.1"})
	case strings.Contains(name, "arn"):
		out = append(out, []string{"arn:aws:iam::000000000000:role/other"})
	default:
		out = append(out, []string{"other"})
	}
	return append(out, nil)
}

// example makes a text that a value of a condition matches, whatever wildcards it has.
func example(operator, v string) string {
	if prefix, err := netip.ParsePrefix(v); err == nil {
		return prefix.Addr().String()
	}
	name := strings.ToLower(operator)
	if strings.Contains(name, "like") || strings.Contains(name, "arn") {
		return strings.NewReplacer("*", "x", "?", "x").Replace(v)
	}
	return v
}
