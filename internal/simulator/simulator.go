// Package simulator decides whether AWS allows one complete request by given policies, written from
// AWS's documentation alone. It knows nothing of templates, and nothing of the rest of this
// program, whose answers it is there to check: it is naive and slow, and only tests use it.
package simulator

import (
	"fmt"
	"strings"
)

// Request is one request to AWS in which nothing is open.
type Request struct {
	// of the role (not of its session), user or root; a service's name:
	// secretsmanager.amazonaws.com
	CallerARN       string
	CallerKind      string // role, user, service or root
	CallerAccount   string // twelve digits; empty for a service
	Action          string // secretsmanager:GetSecretValue
	Resource        string // the ARN of the secret or key
	ResourceAccount string // twelve digits
	// the condition keys, in any case; one that is not here is absent
	Context map[string][]string
}

// Policies are the documents that bear on a request, as JSON decodes them.
type Policies struct {
	Identity []any // the policies of the caller: its own, attached and those of its groups
	Boundary any   // its permissions boundary, or nil
	Resource any   // the secret's or the key's policy, or nil
	// Resource is the policy of a KMS key, which must have a part in every permission
	IsKey bool
}

// Test is one thing that a document asks of a request: an element of a statement, or a key under an
// operator of its Condition.
type Test struct {
	Document  int // an index into Policies.Identity, or Boundary or Resource
	Statement int // its index
	// Action, NotAction, Resource, NotResource, Principal, NotPrincipal or the operator with its
	// prefix and suffix
	What      string
	Key       string // the condition key, as it is written
	Variables []string
}

// The documents of a Test that are no identity policies.
const (
	Boundary = -1
	Resource = -2
)

// Reading chooses one of several ways in which AWS's pages can be read. The zero value is the
// reading that Decide follows.
type Reading struct {
	// A variable without a value in NotResource makes the statement apply to nothing.
	NotResourceNeedsVariables bool
	// A wildcard in Resource does not go beyond the colon that ends its part of an ARN.
	ResourceByComponent bool
	// What a resource's policy gives to everybody is limited by boundaries.
	EverybodyIsBounded bool
	// {"AWS": "*"} takes in no services; "*" does.
	EverybodyOfAWSHasNoServices bool
	// An account that NotPrincipal lists in an Allow stands for all its members. (In a Deny it does
	// not: AWS's example lists it beside the only user spared.)
	AccountExceptsMembers bool
	// A key that can have several values, such as aws:CalledVia, meets no operator without
	// ForAnyValue or ForAllValues, even when it has one.
	SeveralValuesNeedSets bool
	// ForAnyValue with IfExists is not met by a key that is absent.
	AnyValueMustExist bool
}

// Readings are all that Decide does not follow, one choice at a time.
func Readings() []Reading {
	return []Reading{
		{NotResourceNeedsVariables: true},
		{ResourceByComponent: true},
		{EverybodyIsBounded: true},
		{EverybodyOfAWSHasNoServices: true},
		{AccountExceptsMembers: true},
		{SeveralValuesNeedSets: true},
		{AnyValueMustExist: true},
	}
}

// And returns a reading that makes the choices of both.
func (how Reading) And(other Reading) Reading {
	return Reading{
		NotResourceNeedsVariables: how.NotResourceNeedsVariables ||
			other.NotResourceNeedsVariables,
		ResourceByComponent: how.ResourceByComponent || other.ResourceByComponent,
		EverybodyIsBounded:  how.EverybodyIsBounded || other.EverybodyIsBounded,
		EverybodyOfAWSHasNoServices: how.EverybodyOfAWSHasNoServices ||
			other.EverybodyOfAWSHasNoServices,
		AccountExceptsMembers: how.AccountExceptsMembers || other.AccountExceptsMembers,
		SeveralValuesNeedSets: how.SeveralValuesNeedSets || other.SeveralValuesNeedSets,
		AnyValueMustExist:     how.AnyValueMustExist || other.AnyValueMustExist,
	}
}

// Pairs are Readings, and all that make two of their choices.
func Pairs() []Reading {
	out := Readings()
	for i, a := range Readings() {
		for _, b := range Readings()[:i] {
			out = append(out, a.And(b))
		}
	}
	return out
}

// Decide says whether a request is allowed, and why. There are no SCPs, RCPs, session policies,
// endpoint policies and grants of KMS.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func Decide(r Request, p Policies) (allowed bool, why string) {
	return DecideAs(Reading{}, r, p)
}

// DecideAs is Decide under another reading.
func DecideAs(how Reading, r Request, p Policies) (allowed bool, why string) {
	return newEvaluation(how, r).decide(p)
}

// Doubtful says whether some other reading of AWS's pages decides otherwise.
func Doubtful(r Request, p Policies) bool {
	plain, _ := Decide(r, p)
	for _, how := range Readings() {
		if other, _ := DecideAs(how, r, p); other != plain {
			return true
		}
	}
	return false
}

// Tests returns all that the documents ask of a request, in their order.
func Tests(r Request, p Policies) []Test {
	e := newEvaluation(Reading{}, r)
	var seen []Test
	e.seen = &seen
	e.askAll(p)
	return seen
}

// DecideFlipped is Decide, but one test has the contrary outcome.
func DecideFlipped(r Request, p Policies, flip Test) bool {
	e := newEvaluation(Reading{}, r)
	e.flip = &flip
	allowed, _ := e.decide(p)
	return allowed
}

// evaluation is the work on one request.
type evaluation struct {
	how     Reading
	r       Request
	context map[string][]string // keys in lower case
	bounded bool
	flip    *Test
	seen    *[]Test
}

func newEvaluation(how Reading, r Request) *evaluation {
	e := &evaluation{how: how, r: r, context: r.Context}
	ready := true
	for key, values := range r.Context {
		ready = ready && len(values) > 0 && strings.ToLower(key) == key
	}
	if ready {
		return e
	}
	e.context = map[string][]string{}
	for key, values := range r.Context {
		if len(values) > 0 {
			e.context[strings.ToLower(key)] = values
		}
	}
	return e
}

// grant is how strongly a document speaks for a caller.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type grant int

const (
	nothing   grant = iota
	toAccount       // to the account, whose identity policies decide
	toRole          // to a role: the boundary limits it
	directly        // to a user, a session, a service, or everybody
)

func (e *evaluation) decide(p Policies) (bool, string) {
	e.bounded = p.Boundary != nil
	for i, doc := range p.Identity {
		if s := e.strongest(doc, i, "Deny"); s > nothing {
			return false, fmt.Sprintf("identity policy %d denies", i)
		}
	}
	if p.Boundary != nil && e.strongest(p.Boundary, Boundary, "Deny") > nothing {
		return false, "the boundary denies"
	}
	if p.Resource != nil && e.strongest(p.Resource, Resource, "Deny") > nothing {
		return false, "the resource's policy denies"
	}
	byResource := nothing
	if p.Resource != nil {
		byResource = e.strongest(p.Resource, Resource, "Allow")
	}
	same := e.r.CallerAccount == e.r.ResourceAccount
	switch e.r.CallerKind {
	case "service":
		return byResource == directly, "what the resource's policy gives to the service"
	case "root":
		return byResource > nothing ||
			same && !p.IsKey, "what the resource's policy gives to the account"
	}
	within := p.Boundary == nil || e.strongest(p.Boundary, Boundary, "Allow") > nothing
	byIdentity := false
	for i, doc := range p.Identity {
		byIdentity = byIdentity || e.strongest(doc, i, "Allow") > nothing
	}
	byIdentity = byIdentity && within
	switch {
	case !same:
		return byIdentity && byResource > nothing, "both accounts must allow"
	case byResource == directly:
		return true, "the resource's policy gives it directly"
	case byResource == toRole && within:
		return true, "the resource's policy gives it to the role"
	case p.IsKey:
		return byIdentity &&
				byResource == toAccount,
			"the key's policy must let the account decide, and an identity policy allow"
	}
	return byIdentity, "what identity policies allow within the boundary"
}

// strongest returns how strongly the statements of a document with this effect speak of the
// request.
func (e *evaluation) strongest(doc any, index int, effect string) grant {
	best := nothing
	d, _ := doc.(map[string]any)
	for i, s := range list(d["Statement"]) {
		statement, _ := s.(map[string]any)
		if statement["Effect"] != effect {
			continue
		}
		best = max(best, e.statement(statement, version(d), index, i))
	}
	return best
}

// statement returns how strongly a statement speaks of the request: nothing if it does not apply.
func (e *evaluation) statement(s map[string]any, version string, index, i int) grant {
	ask := func(what, key string, variables []string, outcome bool) bool {
		return e.ask(Test{index, i, what, key, variables}, outcome)
	}
	return e.applies(s, version, index == Resource, ask)
}

// ask notes a test and returns its outcome.
func (e *evaluation) ask(t Test, outcome bool) bool {
	if e.seen != nil {
		*e.seen = append(*e.seen, t)
	}
	if f := e.flip; f != nil && f.Document == t.Document && f.Statement == t.Statement &&
		f.What == t.What &&
		f.Key == t.Key {
		return !outcome
	}
	return outcome
}

// askAll evaluates every statement whole, for what it asks.
func (e *evaluation) askAll(p Policies) {
	docs := map[int]any{}
	for i, doc := range p.Identity {
		docs[i] = doc
	}
	docs[Boundary], docs[Resource] = p.Boundary, p.Resource
	for i := Resource; i < len(p.Identity); i++ {
		d, _ := docs[i].(map[string]any)
		for n, s := range list(d["Statement"]) {
			if statement, ok := s.(map[string]any); ok {
				e.statement(statement, version(d), i, n)
			}
		}
	}
}

func version(d map[string]any) string {
	if v, ok := d["Version"].(string); ok {
		return v
	}
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
	return "2008-10-17"
}

// list returns the elements of a list, or one value as a list of one.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// texts returns values as the texts that JSON writes.
func texts(v any) []string {
	var out []string
	for _, x := range list(v) {
		switch x := x.(type) {
		case string:
			out = append(out, x)
		case nil:
		default:
			out = append(out, fmt.Sprint(x))
		}
	}
	return out
}
