package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// callAnswer is the answer to one call, with what it was found by.
type callAnswer struct {
	Answer
	outcome     policy.Outcome
	permissions []permission
	work        int // how many steps it took
}

// askCall says whether a principal may make a call on a copy of a secret. Where nobody knows in
// which of several ways the call is made, and the answers differ, nobody knows the answer.
func askCall(p *Principal, s *Secret, at int, c *call) callAnswer {
	if p.Kind == RotationPrincipal {
		return p.rotates(s, at, c)
	}
	// what its account allows it elsewhere gives it nothing here
	if p.AsFar && p.Account != "" && p.Account == s.Account {
		p = p.in(s.Account, true)
	}
	if p.anywhere() && p.Account != s.Account {
		return p.ofSomeAccount(s, at, c)
	}
	out := askAs(p, s, at, c)
	if services := p.services(); services != nil && out.Effect < Conditional {
		return orServices(out, askAs(services, s, at, c))
	}
	return out
}

// orServices answers for everybody, of whom nobody but a service of AWS may be able to do
// something.
func orServices(people, services callAnswer) callAnswer {
	if services.Effect <= people.Effect {
		return people
	}
	if services.Effect >= Conditional {
		services.Effect = Conditional
		services.Conditions = append(
			services.Conditions, Condition{
				Operator: "Bool", Key: "aws:PrincipalIsAWSService", Values: []string{"true"},
			},
		)
	}
	return services
}

// askAs is askCall for somebody whose account is what it seems.
func askAs(p *Principal, s *Secret, at int, c *call) callAnswer {
	out := askWhole(p, s, at, c)
	if out.Effect == Deny && p.isHeldTo(out.permissions) {
		work := out.work
		out = askWhole(p.inPart(), s, at, c)
		out.work += work
		out.Effect = min(out.Effect, Conditional)
	}
	if out.Effect == Deny && c.onSecret == rotation && c.wider == nil {
		return askOtherFunctions(p, s, at, c, out)
	}
	if out.Effect != Deny || c.name != replication || len(s.Copies) == 1 || c.wider != nil {
		return out
	}
	keyless := *c
	keyless.replicas = nil
	if without := askWhole(p, s, at, &keyless); without.Effect == Deny {
		out.work += without.work
		return out // whatever the Regions are
	}
	for _, region := range replicatesTo(p, s) {
		one := *c
		one.into = region
		out = out.orIf(askWhole(p, s, at, &one), intoRegion(s, region))
	}
	return out
}

// isHeldTo says whether a statement that allows the first of the permissions of a call is held to a
// pattern, or to one that takes it in. Of whom that leaves, another condition, or a statement about
// another of the permissions, may let some in who are no pattern of their own.
func (p *Principal) isHeldTo(permissions []permission) bool {
	if p.Kind != PatternPrincipal || p.unreadable() || len(permissions) == 0 ||
		permissions[0].resource == nil {
		return false
	}
	return slices.ContainsFunc(permissions[0].resource.Rules.Statements, func(r policy.Rule) bool {
		return r.MayAllow(permissions[0].Action) && holdsToARN(&r, p.ARN)
	})
}

// holdsToARN says whether a condition of a statement holds it to a pattern of ARNs of callers, or
// to one that takes it in.
func holdsToARN(r *policy.Rule, pattern string) bool {
	return slices.ContainsFunc(r.Conditions, func(t policy.ConditionTest) bool {
		return strings.EqualFold(t.Key, "aws:PrincipalArn") &&
			!strings.Contains(strings.ToLower(t.Operator), "not") &&
			slices.ContainsFunc(t.Values, func(v string) bool { return matches(v, pattern) })
	})
}

// orIf returns what two ways to make a call come to, of which the other one is a way under a
// condition: the one that allows more.
func (a callAnswer) orIf(other callAnswer, is Condition) callAnswer {
	other.work += a.work
	a.work = other.work
	if min(other.Effect, Conditional) <= a.Effect {
		return a
	}
	if other.Effect >= Conditional {
		other.Effect = Conditional
		other.Conditions = append(other.Conditions, is)
	}
	return other
}

// askWhole is askAs of all replicas at once.
func askWhole(p *Principal, s *Secret, at int, c *call) callAnswer {
	var out callAnswer
	variants := c.variants(p, s, at)
	var each []callAnswer
	for i, v := range variants {
		a := askVariant(p, s, at, c, v)
		each = append(each, a)
		a.work += out.work
		out.work = a.work
		switch {
		case i == 0:
			out = a
		case a.Effect != out.Effect:
			out.unknownAs(a.Unread, v.unread(s))
		}
	}
	if len(each) > 1 && out.Effect == Conditional && !out.inAll(s, each) {
		for _, v := range variants[1:] {
			out.unknownAs(nil, v.unread(s))
		}
	}
	return out
}

// unknownAs makes an answer unknown, with what nobody can read.
func (a *callAnswer) unknownAs(more []Unread, also ...Unread) {
	a.Effect, a.Explicit, a.Conditions, a.HeldTo = Unknown, false, nil, nil
	a.Unread = tidyUnread(slices.Concat(a.Unread, more, also))
}

// inAll looks for a circumstance in which a call is allowed in whichever way it is made, and says
// whether there is one: then that is the one that the answer is about.
func (a *callAnswer) inAll(s *Secret, each []callAnswer) bool {
	var questions []policy.Question
	for i := range each {
		for j := range each[i].permissions {
			questions = append(questions, each[i].permissions[j].Question)
		}
	}
	o := policy.Decide(questions)
	a.work += o.Work
	if o.Verdict < policy.Possible {
		return false
	}
	n := len(a.permissions)
	for i := range a.permissions {
		a.permissions[i].also = askedFor(a.permissions[i].Action, each[1:])
	}
	a.Conditions, a.HeldTo = conditionsOf(o.Conditions), s.heldTo(o.HeldTo)
	a.Told = toldOf(o.Told)
	a.outcome.Parts, a.outcome.Context = o.Parts[:n], o.Context[:n]
	return true
}

// askedFor returns the condition keys that the documents ask for in requests for an action.
func askedFor(action string, answers []callAnswer) []string {
	var keys []string
	for i := range answers {
		for j := range answers[i].permissions {
			if q := &answers[i].permissions[j]; q.Action == action {
				keys = append(keys, q.keys()...)
			}
		}
	}
	return keys
}

// askFast is askCall where nobody wants to know why not.
func askFast(p *Principal, s *Secret, at int, c *call) callAnswer {
	if c.hopeless(p, s) {
		return callAnswer{}
	}
	return askCall(p, s, at, c)
}

// hopeless says whether no statement of any policy allows the action of a call on the secret, so
// that nothing need be asked.
func (c *call) hopeless(p *Principal, s *Secret) bool {
	// what the policy of the secret of another account says, nobody can read
	unread := s.Copies[0].KeyUnstated && p.Account != s.Account
	if c.onSecret == "" || p.Kind == RotationPrincipal || p.callerKind() == policy.AccountRoot ||
		unread {
		return false
	}
	allows := func(d *Document) bool { return d.mayAllow(c.onSecret) }
	byTwin := func(twin *Principal) bool { return slices.ContainsFunc(twin.Identity, allows) }
	return !slices.ContainsFunc(p.Identity, allows) && !slices.ContainsFunc(p.twins, byTwin) &&
		!slices.ContainsFunc(s.Policy, allows)
}

// mayAllow says whether a statement of the document may allow an action, whatever else it asks for.
func (d *Document) mayAllow(action string) bool {
	kept := &d.may
	if d.wording != nil {
		kept = &d.wording.may
	}
	if known, ok := kept.Load(action); ok {
		return known.(bool)
	}
	may := false
	for i := range d.Rules.Statements {
		may = may || d.Rules.Statements[i].MayAllow(action)
	}
	kept.Store(action, may)
	return may
}

// mayDeny says whether a statement of the document denies an action, whatever else it asks for.
func (d *Document) mayDeny(action string) bool {
	kept := &d.may
	if d.wording != nil {
		kept = &d.wording.may
	}
	if known, ok := kept.Load(denied(action)); ok {
		return known.(bool)
	}
	may := slices.ContainsFunc(d.Rules.Statements, func(r policy.Rule) bool {
		return r.Effect == policy.Deny && r.MatchesAction(action)
	})
	kept.Store(denied(action), may)
	return may
}

// denied is an action that is denied, beside those that are allowed.
type denied string

// mayBeDenied says whether a policy of a principal, or of one who may be the same, denies an action
// on something.
func (p *Principal) mayBeDenied(action string) bool {
	denies := func(d *Document) bool { return d != nil && d.mayDeny(action) }
	return slices.ContainsFunc(p.Identity, denies) || denies(p.Boundary) ||
		slices.ContainsFunc(p.twins, func(twin *Principal) bool {
			return slices.ContainsFunc(twin.Identity, denies) || denies(twin.Boundary)
		})
}

// unread says what nobody knows of a way to make a call.
func (v variant) unread(s *Secret) Unread {
	switch {
	case v.account != "":
		return unreadText(anyAccount)
	case v.noKey:
		return Unread{What: "attribute", Name: "KmsKeyId", LogicalID: s.ID}
	case v.primary:
		return Unread{
			What: "condition", Name: "whether Secrets Manager tells KMS the replica or the primary",
		}
	}
	return Unread{What: "policy", Name: "which of the resource policies of " + s.ID + " holds"}
}

// effects are the effects of what policies decide.
var effects = [...]Effect{
	policy.Refused: Deny, policy.Undecided: Unknown,
	policy.Possible: Conditional, policy.Allowed: Allow,
}

func askVariant(p *Principal, s *Secret, at int, c *call, v variant) callAnswer {
	a := callAnswer{permissions: c.permissions(p, s, at, v)}
	questions := make([]policy.Question, len(a.permissions))
	for i := range a.permissions {
		questions[i] = a.permissions[i].Question
	}
	a.outcome = policy.Decide(questions)
	o := &a.outcome
	a.work = workOfCall + o.Work
	a.Effect = effects[o.Verdict]
	a.Explicit = o.Explicit
	a.Conditions, a.HeldTo = conditionsOf(o.Conditions), s.heldTo(o.HeldTo)
	a.Told, a.Unread = toldOf(o.Told), unreadAbout(s.Copies[at].ARN, unreadOf(o))
	return a
}

// rotates answers for what rotates a secret and stands in no template: it reads and writes it, and
// reads the secret of the superuser.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
func (p *Principal) rotates(s *Secret, at int, c *call) callAnswer {
	var a callAnswer
	if at > 0 || len(c.anywhere) > 0 {
		return a
	}
	own := slices.Contains(p.Reads, s.ID) && slices.Contains(aws.RotationExecution, c.onSecret)
	superuser := slices.Contains(p.ReadsOnly, s.ID) && c.onSecret == "secretsmanager:GetSecretValue"
	if own || superuser {
		a.Effect = Allow
	}
	return a
}

func conditionsOf(tests []policy.Test) []Condition {
	var out []Condition
	for _, t := range tests {
		out = append(out,
			Condition{Operator: t.Operator, Key: upper(t.Key), Values: shownAll(t.Values)})
	}
	return out
}

// heldTo returns what a call on a secret is held to, and says of each whether the secret has it
// already.
func (s *Secret) heldTo(tests []policy.Test) []Condition {
	out := conditionsOf(tests)
	for i, t := range tests {
		var have []string
		switch key := strings.ToLower(t.Key); {
		case slices.Contains(keyArguments, key):
			have = []string{s.keyARN()}
		case key == "secretsmanager:rotationlambdaarn":
			have = []string{s.Function}
		case key == "secretsmanager:addreplicaregions":
			have = s.replicaRegions()
		}
		out[i].Own = len(have) > 0 && have[0] != "" && slices.Equal(t.Values, have)
	}
	return out
}

// keyArguments are the condition keys on the key that a call gives a secret.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
var keyArguments = []string{"secretsmanager:kmskeyarn", "secretsmanager:kmskeyid"}

// keyARN is the ARN of the key of the secret itself, where a document says which one it is.
func (s *Secret) keyARN() string {
	if k := s.Copies[0].Key; k != nil {
		return k.ARN
	}
	return ""
}

func toldOf(facts []policy.ToldFact) []Told {
	var out []Told
	for _, f := range facts {
		_, name, tag := strings.Cut(f.Key, "tag/")
		if !tag {
			name = upper(f.Key)
		}
		t := Told{
			What: f.Note, Name: name, Absent: len(f.Values) == 0,
			Value: strings.Join(shownAll(f.Values), ", "),
		}
		out = append(out, t)
	}
	return tidyTold(out)
}

func tidyTold(list []Told) []Told {
	slices.SortFunc(list, func(a, b Told) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Value, b.Value))
	})
	return slices.CompactFunc(list, func(a, b Told) bool {
		return a.What == b.What && a.Name == b.Name && a.Value == b.Value
	})
}

// unreadAbout returns what is unread of an answer about a secret. Where nobody can read which
// secret it is, that stands between, and not the six characters of another.
func unreadAbout(arn string, list []Unread) []Unread {
	if len(list) == 0 {
		return list
	}
	var which []Unread
	for _, u := range cfn.UnknownsIn(arn) {
		if u.What != "suffix" && u.What != "pattern" {
			which = append(which, unreadText(u))
		}
	}
	if which == nil ||
		slices.ContainsFunc(list, func(u Unread) bool { return u.What != "suffix" }) {
		return list
	}
	return tidyUnread(which)
}

func unreadOf(o *policy.Outcome) []Unread {
	if o.Verdict != policy.Undecided {
		return nil
	}
	var out []Unread
	for _, u := range o.Unread {
		out = append(out, unreadText(u))
	}
	if o.Exhausted {
		out = append(out, Unread{What: "budget", Name: "more circumstances than are tried"})
	}
	return tidyUnread(out)
}

// unreadText says what an unknown part is.
func unreadText(u cfn.Unknown) Unread {
	out := Unread{
		What: cmp.Or(u.What, "text"), Name: cmp.Or(u.Name, u.Shown), Template: u.Template,
		LogicalID: u.LogicalID,
	}
	switch u.What {
	case "suffix", "name":
		out.Name = cmp.Or(u.LogicalID, u.Name)
	}
	return out
}

func tidyUnread(list []Unread) []Unread {
	slices.SortFunc(list, func(a, b Unread) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Template, b.Template), strings.Compare(a.LogicalID, b.LogicalID))
	})
	return slices.Compact(list)
}

// together is the answer to a verb of several calls: no if none is possible, yes if all are. Only
// has the calls that are possible, where not all are.
func together(calls []call, answers []callAnswer) (a Answer, only []string) {
	possible := 0
	a.Effect = Allow
	for i := range answers {
		one := &answers[i]
		if one.Effect == Deny {
			a.Explicit = a.Explicit || one.Explicit
			continue
		}
		possible++
		only = append(only, calls[i].name)
		a.Effect = min(a.Effect, one.Effect)
		a.Conditions = append(a.Conditions, one.Conditions...)
		a.HeldTo = append(a.HeldTo, one.HeldTo...)
		a.Wider = append(a.Wider, one.Wider...)
		a.Told = append(a.Told, one.Told...)
		a.Unread = append(a.Unread, one.Unread...)
	}
	switch possible {
	case 0:
		return Answer{Effect: Deny, Explicit: a.Explicit}, nil
	case len(answers):
		only = nil
	}
	a.Explicit = false
	a.tidy()
	return a, only
}

// tidy sorts what an answer says and leaves out what is said twice, and what does not belong to its
// effect.
func (a *Answer) tidy() {
	if a.Effect != Conditional {
		a.Conditions = nil
	}
	a.Conditions, a.HeldTo = tidyConditions(a.Conditions), tidyConditions(a.HeldTo)
	a.Told, a.Unread = tidyTold(a.Told), tidyUnread(a.Unread)
	slices.Sort(a.Wider)
	a.Wider = slices.Compact(a.Wider)
	if a.Effect != Unknown {
		a.Unread = nil
	}
}

func tidyConditions(list []Condition) []Condition {
	slices.SortFunc(list, func(a, b Condition) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)),
			strings.Compare(a.Operator, b.Operator), slices.Compare(a.Values, b.Values))
	})
	return slices.CompactFunc(list, func(a, b Condition) bool {
		return strings.EqualFold(a.Key, b.Key) && slices.Equal(a.Values, b.Values)
	})
}

// Ask says whether a principal of a world may carry out a verb on a copy of a secret, given by its
// index in Copies. Only has the actions of the verb that are possible, where not all are.
func Ask(p *Principal, v *verb.Verb, s *Secret, at int) (a Answer, only []string) {
	calls := callsOf(v, at)
	answers := make([]callAnswer, len(calls))
	for i := range calls {
		answers[i] = askFast(p, s, at, &calls[i])
	}
	return together(calls, answers)
}
