package policy

// Request is what is asked of IAM.
type Request struct {
	Caller   Caller
	Action   string  // secretsmanager:GetSecretValue
	Resource string  // the ARN, or * for an action that takes no resource
	Owner    string  // the account of the resource; where it is empty, the caller's
	Context  Context // the condition keys of the request, without those that follow from the caller
}

// Policies are all policies that apply to a request.
type Policies struct {
	// of the caller: a user's groups' among them; a service and an account's root user have none
	Identity []Source
	Boundary *Source // the caller's permissions boundary
	Resource *Source // the policy of the resource
	Key      bool    // the resource is a KMS key, whose policy must take part
}

// Source is a policy with the name under which Decision speaks of it.
type Source struct {
	Name  string
	Rules Rules
}

// Decision is what IAM answers.
type Decision struct {
	Allowed bool
	Reason  Reason
	// the statements that allow it, one of each policy that is needed; or the one that denies it
	By []Deciding
	// where nothing denies it: the statements that would allow it but for a condition
	Near []Deciding
}

// Deciding is a statement of a policy that has to do with a decision.
type Deciding struct {
	Source string // the name of the policy
	Rule   *Rule
	Failed *ConditionTest // of Decision.Near: the first condition that is not met
}

// Reason says what a decision rests on.
type Reason uint8

// The reasons for decisions.
const (
	IdentityDoesNotAllow Reason = iota
	BoundaryDoesNotAllow
	ResourceDoesNotAllow
	KeyDoesNotAllow
	ExplicitDeny
	Contradiction
	AllowedAsRoot
	AllowedByIdentity
	AllowedByResource
	AllowedByBoth
)

// String returns the reason as a clause.
func (r Reason) String() string {
	return [...]string{
		IdentityDoesNotAllow: "no identity policy allows it",
		BoundaryDoesNotAllow: "the permissions boundary does not allow it",
		ResourceDoesNotAllow: "the resource's policy does not allow it",
		KeyDoesNotAllow:      "the key's policy does not allow it",
		ExplicitDeny:         "a statement denies it",
		Contradiction:        "what the statements ask for cannot hold at once",
		AllowedAsRoot:        "the account's root user may do everything in its account",
		AllowedByIdentity:    "an identity policy allows it",
		AllowedByResource:    "the resource's policy allows it",
		AllowedByBoth:        "an identity policy and the resource's policy allow it",
	}[r]
}

// Evaluate decides over a request as IAM does. Organizations' policies and session policies are not
// known to it, nor KMS grants.
//
//   - A statement that denies decides, whatever allows:
//     https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html
//   - Within an account an identity policy or the resource's policy must allow, the latter by more
//     than naming the account, which leaves the decision to IAM:
//     https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
//   - Across accounts both must:
//     https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
//   - A key's policy must allow in any case, be it by naming the account:
//     https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-iam-policies
//   - A permissions boundary limits what identity policies allow, and what a resource's policy
//     allows a role that it names, but not what it allows a user that it names or everybody (*):
//     https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
//     https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
//   - An account's root user needs no identity policy. A service has none: the resource's policy
//     decides alone.
func Evaluate(r Request, p Policies) Decision {
	e := evaluation{request: &r, context: Context{r.Context.keys, &r.Caller}}
	var identity, boundary, resource verdict
	for i := range p.Identity {
		e.read(&p.Identity[i], false, &identity)
	}
	e.read(p.Boundary, false, &boundary)
	e.read(p.Resource, true, &resource)
	for _, v := range [...]*verdict{&identity, &boundary, &resource} {
		if v.deny.Rule != nil {
			return Decision{Reason: ExplicitDeny, By: []Deciding{v.deny}}
		}
	}
	reason := decide(&r, &p, &identity, &boundary, &resource)
	d := Decision{Allowed: reason >= AllowedAsRoot, Reason: reason}
	if !d.Allowed {
		if e.missed {
			d.Near = e.near(&p)
		}
		return d
	}
	byIdentity := reason == AllowedByIdentity || reason == AllowedByBoth
	d.By = appendAllowing(d.By, &identity, byIdentity)
	d.By = appendAllowing(d.By, &boundary, byIdentity || resource.naming == NamedAsRole)
	d.By = appendAllowing(d.By, &resource, reason != AllowedByIdentity)
	return d
}

// appendAllowing adds the statement by which policies allow something, where that was needed and
// there is one.
func appendAllowing(by []Deciding, v *verdict, needed bool) []Deciding {
	if !needed || v.allow.Rule == nil {
		return by
	}
	return append(by, v.allow)
}

// decide returns what a decision rests on where nothing denies.
func decide(r *Request, p *Policies, identity, boundary, resource *verdict) Reason {
	root, service := r.Caller.Kind == AccountRoot, r.Caller.Kind == ServicePrincipal
	own := !service && (r.Owner == "" || r.Owner == r.Caller.account())
	byResource := resource.naming != NotNamed
	byIdentity := root || identity.naming != NotNamed
	inBoundary := root || p.Boundary == nil || boundary.naming != NotNamed
	namedAsRole := own && resource.naming == NamedAsRole
	switch {
	case p.Key && !byResource:
		return KeyDoesNotAllow
	case !own && !byResource:
		return ResourceDoesNotAllow
	case service, root && byResource:
		return AllowedByResource
	case root:
		return AllowedAsRoot
	case byIdentity && inBoundary && byResource:
		return AllowedByBoth
	case byIdentity && inBoundary:
		return AllowedByIdentity
	case own && resource.naming == NamedDirectly, namedAsRole && inBoundary:
		return AllowedByResource
	case byIdentity, namedAsRole:
		return BoundaryDoesNotAllow
	}
	return IdentityDoesNotAllow
}

// evaluation is a request with all of its condition keys.
type evaluation struct {
	request *Request
	context Context
	missed  bool // a statement would have allowed it but for a condition
}

// verdict is what policies of one kind say.
type verdict struct {
	allow, deny Deciding
	naming      Naming // of allow
}

// read takes up what a policy says: a statement that denies, or else the one that allows most. Only
// statements of resource policies name principals; IAM accepts no others in them, nor such
// statements elsewhere.
func (e *evaluation) read(s *Source, ofResource bool, v *verdict) {
	if s == nil || v.deny.Rule != nil {
		return
	}
	for i := range s.Rules.Statements {
		rule := &s.Rules.Statements[i]
		denies := rule.Effect == Deny
		if !denies && v.naming == NamedDirectly || !rule.MatchesAction(e.request.Action) {
			continue
		}
		naming := e.naming(rule, ofResource)
		if naming == NotNamed || !denies && naming <= v.naming {
			continue
		}
		if !rule.matchesResource(e.request.Resource, &e.context) {
			continue
		}
		if rule.failing(&e.context) != nil {
			e.missed = e.missed || !denies
			continue
		}
		if denies {
			v.deny = Deciding{Source: s.Name, Rule: rule}
			return
		}
		v.allow, v.naming = Deciding{Source: s.Name, Rule: rule}, naming
	}
}

// naming says how a statement names the caller. Identity policies speak of whom they are attached
// to.
func (e *evaluation) naming(rule *Rule, ofResource bool) Naming {
	switch {
	case ofResource:
		return rule.Principals.names(&e.request.Caller, rule.Effect)
	case rule.Principals.IsZero():
		return NamedDirectly
	}
	return NotNamed
}

// near returns the statements that would allow the request but for a condition.
func (e *evaluation) near(p *Policies) []Deciding {
	var out []Deciding
	look := func(s *Source, ofResource bool) {
		if s == nil {
			return
		}
		for i := range s.Rules.Statements {
			rule := &s.Rules.Statements[i]
			if rule.Effect == Allow && rule.MatchesAction(e.request.Action) &&
				e.naming(rule, ofResource) != NotNamed &&
				rule.matchesResource(e.request.Resource, &e.context) {
				if failed := rule.failing(&e.context); failed != nil {
					out = append(out, Deciding{s.Name, rule, failed})
				}
			}
		}
	}
	for i := range p.Identity {
		look(&p.Identity[i], false)
	}
	look(p.Boundary, false)
	look(p.Resource, true)
	return out
}
