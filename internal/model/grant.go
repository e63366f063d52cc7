package model

import (
	"slices"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
)

// Grant is one verb for one principal on one secret.
type Grant struct {
	To     *Principal
	Verb   *verb.Verb
	Secret *Secret
	*Terms
	Because source.Span
	verbAt  source.Span // where the verb is written
	written *terms
}

// Terms are what a grant says besides who, what and which. All grants of one entry share them, and
// so do all that say nothing.
type Terms struct {
	Stages  []string // sorted; empty: every stage
	Regions []string // sorted; empty: the primary's and every replica's
	When    When
	Until   string // RFC 3339, UTC; empty: for ever
}

// When holds the conditions of a grant.
type When struct {
	SourceVPCE, SourceIP []string
	MFA                  bool
	PrincipalTags        []TagValues
	Condition            []Condition
}

// TagValues are the values of which a tag of the principal must have one.
type TagValues struct {
	Key    string
	Values []string
}

// Condition is one key of a verbatim condition block.
type Condition struct {
	Operator, Key string
	Values        []string
	Span          source.Span
}

// terms are what a grant says besides who, as it is written.
type terms struct {
	allow   []spec.Text
	secrets []*Secret // that the grant is about
	*limits           // most grants have none, and share those
}

// limits are what a grant is held to, as it is written.
type limits struct {
	stages, regions []spec.Text
	when            *spec.When
	until           spec.Text
	conditions      []Condition // of when
}

// noLimits are those of all grants that have none.
var noLimits = &limits{when: &spec.When{}}

// limitsOf returns what a grant is held to.
func limitsOf(stages, regions []spec.Text, when *spec.When, until spec.Text) *limits {
	if len(stages)+len(regions) == 0 && !until.Set() && when.Span.IsZero() {
		return noLimits
	}
	return &limits{stages, regions, when, until, conditionsOf(when.Condition)}
}

// grants resolves the grants of the spec, then those that stand at the secrets.
func (r *resolver) grants() {
	n := 0
	for i := range r.written.Secrets {
		for _, grants := range r.written.Secrets[i].V.Grants {
			n += len(grants.V)
		}
	}
	r.terms = make([]*terms, 0, len(r.written.Grants)+n)
	r.Grants = make([]*Grant, 0, len(r.written.Grants)+n)
	for i := range r.written.Grants {
		g := &r.written.Grants[i]
		to, secrets := r.everyone(g.To), r.secretsNamed(g.Secrets)
		held := limitsOf(g.VersionStages, g.Regions, g.When, *g.Until)
		r.grant(to, r.newTerms(terms{g.Allow, secrets, held}), g.Span)
	}
	isTwice := len(r.secrets) < len(r.secretsWritten) // some id, of which the last counts
	for i := range r.written.Secrets {
		e := &r.written.Secrets[i]
		if len(e.V.Grants) == 0 {
			continue
		}
		secrets := r.secretsWritten[i : i+1 : i+1]
		if isTwice {
			secrets = []*Secret{r.secrets[e.ID.V]}
		}
		for _, grants := range e.V.Grants {
			allow := []spec.Text{grants.ID}
			for j := range grants.V {
				g := &grants.V[j]
				held := limitsOf(g.VersionStages, g.Regions, g.When, *g.Until)
				r.grant(r.everyone(g.To), r.newTerms(terms{allow, secrets, held}), g.Span)
			}
		}
	}
}

// newTerms notes the terms of an entry.
func (r *resolver) newTerms(written terms) *terms {
	t := r.termsRoom.next()
	*t = written
	r.terms = append(r.terms, t)
	return t
}

// noTerms are those of all grants that have none.
var noTerms Terms

// resolvedTerms returns what is the same in every Grant of some terms. Those that state one stage
// and nothing else are the same for all grants that do.
func (r *resolver) resolvedTerms(t *terms) *Terms {
	if len(t.stages)+len(t.regions) == 0 && t.until.V == "" && t.when.Span.IsZero() {
		return &noTerms
	}
	if len(t.stages) != 1 || len(t.regions) > 0 || t.until.V != "" || !t.when.Span.IsZero() {
		return t.resolved()
	}
	stage := t.stages[0].V
	known := r.termsOfStage[stage]
	if known == nil {
		known = t.resolved()
		r.termsOfStage[stage] = known
	}
	return known
}

// resolved returns terms as they are, where some are stated.
func (t *terms) resolved() *Terms {
	out := Terms{
		Stages: sorted(texts(t.stages)), Regions: sorted(texts(t.regions)), When: whenOf(t),
	}
	if at, ok := timeOf(t.until.V); ok {
		out.Until = at.UTC().Format(time.RFC3339)
	}
	return &out
}

// timeOf reads the end of a grant. IAM compares ISO 8601 times; they are written in UTC.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
func timeOf(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

func whenOf(t *terms) When {
	in := t.when
	w := When{
		SourceVPCE: sorted(texts(in.SourceVPCE)), SourceIP: sorted(texts(in.SourceIP)),
		MFA: in.MFA.V,
	}
	for _, e := range in.PrincipalTags {
		if !w.hasTag(e.ID.V) {
			w.PrincipalTags = append(w.PrincipalTags, TagValues{e.ID.V, sorted(texts(e.V))})
		}
	}
	slices.SortFunc(w.PrincipalTags,
		func(a, b TagValues) int { return strings.Compare(a.Key, b.Key) })
	for _, c := range t.conditions {
		if !c.restates(&w) {
			w.Condition = append(w.Condition, c)
		}
	}
	return w
}

// hasTag says whether a tag is asked for. IAM does not tell upper and lower case apart.
func (w *When) hasTag(key string) bool {
	return slices.ContainsFunc(w.PrincipalTags, func(t TagValues) bool {
		return strings.EqualFold(t.Key, key)
	})
}

// restates says whether a when says the same operator and key in words of its own.
func (c Condition) restates(w *When) bool {
	written := c.written()
	switch written {
	case "stringequals aws:sourcevpce":
		return w.SourceVPCE != nil
	case "ipaddress aws:sourceip":
		return w.SourceIP != nil
	case "bool aws:multifactorauthpresent":
		return w.MFA
	}
	tag, isTag := strings.CutPrefix(written, "stringequals aws:principaltag/")
	return isTag && w.hasTag(tag)
}

// written is the operator and key of a condition in lower case.
func (c Condition) written() string { return strings.ToLower(c.Operator + " " + c.Key) }

// states says whether the compiler itself writes a condition with this operator and key into a
// statement of the grant, so that it cannot be asked for in IAM's words, too.
func (g *Grant) states(c Condition) bool {
	written := c.written()
	switch written {
	case "stringequals aws:requestedregion":
		return g.Regions != nil
	case "datelessthan aws:currenttime":
		return g.Until != ""
	case "stringequals secretsmanager:versionstage":
		return g.Stages != nil
	}
	for _, action := range g.Verb.Held() {
		if slices.Contains(heldBy[action], written) {
			return true
		}
	}
	return slices.Contains(g.namedBy(), written)
}

// heldBy are the conditions by which a verb may hold a call to some arguments.
var heldBy = map[aws.Action][]string{
	"secretsmanager:DeleteSecret": {
		"boolifexists secretsmanager:forcedeletewithoutrecovery",
	},
	"secretsmanager:ReplicateSecretToRegions": {
		"boolifexists secretsmanager:forceoverwritereplicasecret",
		"forallvalues:stringequals secretsmanager:addreplicaregions",
		"null secretsmanager:addreplicaregions",
	},
	"secretsmanager:RotateSecret": {
		"arnequalsifexists secretsmanager:externalsecretrotationrolearn",
		"arnequalsifexists secretsmanager:rotationlambdaarn",
		"boolifexists secretsmanager:modifyrotationrules",
		"null secretsmanager:externalsecretrotationrolearn",
		"null secretsmanager:rotationlambdaarn",
	},
	"secretsmanager:UpdateSecret": {
		"arnequalsifexists secretsmanager:kmskeyarn", "null secretsmanager:kmskeyarn",
		"null secretsmanager:kmskeyid", "stringequalsifexists secretsmanager:kmskeyid",
	},
}

// namedBy returns the conditions by which the policy of a resource names the principal, where one
// must.
func (g *Grant) namedBy() []string {
	to := g.To
	switch to.Kind {
	case Service:
		return []string{"stringequals aws:sourceaccount"}
	case RolePattern:
		return []string{"arnlike aws:principalarn", "stringequals aws:principalaccount"}
	case Organization, OrganizationPath:
		return []string{"foranyvalue:stringlike aws:principalorgpaths",
			"stringequals aws:principalorgid", "stringnotequals aws:principalaccount"}
	case Account:
		return nil
	}
	function := ""
	if r := g.Secret.Rotation; r != nil && r.Lambda != nil && g.Verb.Invokes() {
		function = r.Lambda.Account
	}
	if to.Account != g.Secret.Account || to.Account != function {
		return []string{"arnequals aws:principalarn"}
	}
	return nil
}

// maxGrants bounds what globs and sets expand to, beside what is written: deriving policies from a
// hundred thousand takes a second or so. A template of CloudFormation's largest size holds policies
// of some ten thousand pairs of a principal and a secret.
const maxGrants = 100_000

// grant adds one Grant for every combination of who, what and which.
func (r *resolver) grant(to []*Principal, written *terms, because source.Span) {
	r.grantsWritten++
	allow, secrets := written.allow, written.secrets
	n := len(allow) * len(to) * len(secrets)
	if len(r.Grants)+n > maxGrants+r.grantsWritten {
		if !r.tooManyGrants {
			r.found.Report(diag.TooMany, because).
				Message("the grants of this spec expand to more than 100,000 verbs for one " +
					"principal on one secret").
				Hint("divide the spec in several, each with its own secrets")
		}
		r.tooManyGrants = true
		return
	}
	terms := r.resolvedTerms(written)
	for _, word := range allow {
		v := verb.Named(word.V)
		if v == nil {
			continue // refused when it was decoded
		}
		for _, p := range to {
			for _, s := range secrets {
				g := r.grantsRoom.next()
				*g = Grant{
					To: p, Verb: v, Secret: s, Terms: terms, Because: because,
					verbAt: word.Span, written: written,
				}
				r.Grants = append(r.Grants, g)
			}
		}
	}
}
