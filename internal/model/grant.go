package model

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
	"github.com/secretctl/secretctl/internal/yaml"
)

// terms are what a grant says besides who, what and which.
type terms struct {
	stages, regions spec.List[spec.Text]
	when            *spec.When
	until           spec.Text
}

func (r *resolver) grants() {
	for i := range r.spec.Grants {
		g := &r.spec.Grants[i]
		t := r.terms(terms{g.VersionStages, g.Regions, &g.When, g.Until}, g.Allow)
		r.grant(r.everyone(g.To), g.Allow, r.secretsNamed(g.Secrets), t, g.Span)
	}
	for i := range r.spec.Secrets {
		in := &r.spec.Secrets[i]
		s := r.m.secrets[in.ID.V]
		for j := range in.V.Grants {
			e := &in.V.Grants[j]
			for k := range e.V {
				g := &e.V[k]
				allow := []spec.Text{e.ID}
				t := r.terms(terms{g.VersionStages, g.Regions, &g.When, g.Until}, allow)
				r.grant(r.everyone(g.To), allow, []*Secret{s}, t, g.Span)
			}
		}
	}
}

// maxGrants bounds what globs and sets expand to, beside what is written: deriving policies from a
// hundred thousand takes a second or so. A template of CloudFormation's largest size holds policies
// of some ten thousand pairs of a principal and a secret.
const maxGrants = 100_000

// grant adds one Grant for every combination of who, what and which.
func (r *resolver) grant(to []*Principal, allow []spec.Text, secrets []*Secret, t Grant, because source.Span) {
	r.grantsWritten++
	if n := len(allow) * len(to) * len(secrets); len(r.m.Grants)+n > maxGrants+r.grantsWritten {
		if !r.tooManyGrants {
			r.report(diag.TooMany, because).
				Message("the grants of this spec expand to more than 100,000 verbs for one principal on one secret").
				Hint("divide the spec in several, each with its own secrets")
		}
		r.tooManyGrants = true
		return
	}
	for _, word := range allow {
		v := verb.Named(word.V)
		if v == nil {
			continue // refused when it was decoded
		}
		for _, p := range to {
			for _, s := range secrets {
				g := t
				g.To, g.Verb, g.Secret, g.Because = p, v, s, because
				r.checkGrant(&g, word.Span)
				r.m.Grants = append(r.m.Grants, &g)
			}
		}
	}
}

// secretsNamed finds the secrets that ids and globs of ids name, each once.
func (r *resolver) secretsNamed(list []spec.Text) []*Secret {
	var out []*Secret
	var seen map[*Secret]bool
	add := func(s *Secret) {
		if !seen[s] {
			if seen == nil {
				seen = map[*Secret]bool{}
			}
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, t := range list {
		if s := r.m.secrets[t.V]; s != nil {
			add(s)
			continue
		}
		if !strings.ContainsAny(t.V, "*?[") {
			r.unknown(diag.UnknownSecret, t, "secret", r.secretNames)
			continue
		}
		if r.globbed += len(r.m.Secrets); r.globbed > mostGlobbed {
			r.tooManyGlobs(t)
			break
		}
		matched := false
		for _, s := range r.m.Secrets {
			ok, err := path.Match(t.V, s.ID)
			if err != nil {
				r.report(diag.InvalidValue, t.Span).
					Message("%q is not a glob", t).
					Hint("write * for any text, ? for any character, [a-z] for one of several")
				matched = true
				break
			}
			if ok {
				matched = true
				add(s)
			}
		}
		if !matched {
			r.report(diag.GlobMatchesNothing, t.Span).
				Message("no secret's id matches %q", t).
				Hint("correct it, or remove it")
		}
	}
	return out
}

// mostGlobbed is how often globs are compared with ids.
const mostGlobbed = 5_000_000

// tooManyGlobs reports, once, that there are too many globs for so many secrets.
func (r *resolver) tooManyGlobs(t spec.Text) {
	if r.globbedTooOften {
		return
	}
	r.globbedTooOften = true
	r.report(diag.TooMany, t.Span).
		Message("the globs up to this one are compared with ids of secrets more than 5,000,000 times").
		Hint("name sets of secrets by one glob, or divide the spec in several")
}

func (r *resolver) secretNames() []string {
	names := make([]string, len(r.m.Secrets))
	for i, s := range r.m.Secrets {
		names[i] = s.ID
	}
	return names
}

// terms resolves what a grant says besides who, what and which.
func (r *resolver) terms(t terms, allow []spec.Text) Grant {
	g := Grant{written: &t}
	if len(t.stages) > 0 {
		for _, word := range allow {
			if v := verb.Named(word.V); v != nil && !v.Reads() {
				r.report(diag.StagesWithoutRead, t.stages[0].Span).
					Message("versionStages cannot hold back %q: only reading can be held to a stage", word).
					Hint("make a grant of its own for read").
					Related(word.Span, "the verb is here")
			}
		}
	}
	for _, s := range t.stages {
		if s.V == "" || len(s.V) > aws.MaxStagingLabel || strings.ContainsAny(s.V, "*?$") {
			r.report(diag.InvalidValue, s.Span).
				Message("%q is not a staging label", s).
				Hint("write a staging label such as AWSCURRENT")
		}
	}
	g.Stages = sorted(texts(t.stages))
	for _, region := range t.regions {
		r.region(region)
		if r.m.Env.Region == "" {
			r.report(diag.NeedsEnvironment, region.Span).
				Message("which of these Regions is the stack's own is not stated").
				Hint("add environment.region")
			break
		}
	}
	g.Regions = sorted(texts(t.regions))
	g.When = r.when(t.when)
	r.stagesRestated(&g)
	if t.until.Set() {
		g.Until = r.until(t.until)
	}
	return g
}

// stagesRestated refuses conditions of the user's own on what versionStages is made of: the two would have to stand in one condition block.
func (r *resolver) stagesRestated(g *Grant) {
	for _, c := range g.When.Condition {
		key := strings.ToLower(c.Key)
		if g.Stages != nil && (key == "secretsmanager:versionstage" || key == "secretsmanager:versionid") {
			r.report(diag.InvalidStatement, c.Span).
				Message("versionStages is a condition on %s already", c.Key).
				Hint("leave out one of them")
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// until reads the end of a grant. IAM compares ISO 8601 times; they are written in UTC.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
func (r *resolver) until(t spec.Text) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02"} {
		if at, err := time.Parse(layout, t.V); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	r.report(diag.InvalidValue, t.Span).
		Message("%q is not a time", t).
		Hint("write it as 2027-01-01T00:00:00Z")
	return ""
}

func (r *resolver) when(in *spec.When) When {
	var w When
	if in.Span.File == nil {
		return w
	}
	for _, t := range in.SourceVPCE {
		r.check(diag.InvalidName, t, "the VPC endpoint", aws.VPCEndpointID(t.V), "write an id such as vpce-0a1b2c3d")
		w.SourceVPCE = append(w.SourceVPCE, t.V)
	}
	for _, t := range in.SourceIP {
		if clause := aws.CIDR(t.V); clause != "" {
			r.check(diag.InvalidName, t, "the address", clause, "write a public address or a range such as 203.0.113.0/24")
		} else if aws.IsPrivate(t.V) {
			r.report(diag.PrivateSourceIP, t.Span).
				Message("AWS never sees the private address %q as the source: through an endpoint it sees aws:VpcSourceIp", t).
				Hint("use sourceVpce, or aws:VpcSourceIp in condition")
		}
		w.SourceIP = append(w.SourceIP, t.V)
	}
	if in.MFA.Set() && !in.MFA.V {
		r.report(diag.PropertyWithoutEffect, in.MFA.Span).
			Message("mfa: false asks for nothing").
			Hint("remove it")
	}
	w.MFA = in.MFA.V
	for _, e := range in.PrincipalTags {
		r.check(diag.InvalidName, e.ID, "the tag key", aws.TagKey(e.ID.V), "write the key of a tag of the principal")
		if slices.ContainsFunc(w.PrincipalTags, func(t TagValues) bool { return strings.EqualFold(t.Key, e.ID.V) }) {
			r.report(diag.InvalidStatement, e.ID.Span).
				Message("the tag key %q stands here twice: IAM does not tell upper and lower case apart", e.ID).
				Hint("write it once")
			continue
		}
		w.PrincipalTags = append(w.PrincipalTags, TagValues{e.ID.V, sorted(texts(e.V))})
	}
	slices.SortFunc(w.PrincipalTags, func(a, b TagValues) int { return strings.Compare(a.Key, b.Key) })
	for _, c := range r.conditionBlock(in.Condition) {
		if c.restates(&w) {
			r.report(diag.InvalidStatement, c.Span).
				Message("the condition %s %s is one that the grant states itself", c.Operator, c.Key).
				Hint("leave it out here, or say it with the grant's own words")
			continue
		}
		w.Condition = append(w.Condition, c)
	}
	if w.SourceVPCE != nil && w.SourceIP != nil {
		r.report(diag.EndpointAndAddress, in.SourceIP[0].Span).
			Message("a request through a VPC endpoint has no source address, so that this grant has no effect").
			Hint("make two grants, or hold the endpoint to addresses by aws:VpcSourceIp in condition").
			Related(in.SourceVPCE[0].Span, "the endpoint is asked for here")
	}
	w.SourceVPCE, w.SourceIP = sorted(w.SourceVPCE), sorted(w.SourceIP)
	return w
}

// conditionBlock resolves a verbatim condition block.
func (r *resolver) conditionBlock(block spec.Raw) []Condition {
	if !block.Set() {
		return nil
	}
	r.checkConditions(block.Node)
	var out []Condition
	for _, operator := range block.Node.Pairs {
		for _, key := range operator.Value.Pairs {
			c := Condition{Operator: aws.SpellOperator(operator.Key.Text), Key: key.Key.Text, Span: key.Key.Span}
			for _, v := range append(slices.Clone(key.Value.Items), key.Value) {
				if v.Kind == yaml.Seq {
					continue
				}
				if v.Kind == yaml.Map && !v.IsIntrinsic() || v.Kind == yaml.Null {
					r.report(diag.InvalidStatement, v.Span).
						Message("the condition %s has a value of the wrong kind", c.Key).
						Hint("write a text or a list of texts")
					continue
				}
				c.Values = append(c.Values, text(spec.Value{Node: v}))
			}
			if len(c.Values) == 0 {
				r.report(diag.InvalidStatement, key.Key.Span).
					Message("the condition %s has no value", c.Key).
					Hint("write at least one value")
			}
			c.Values = sorted(c.Values)
			if first := slices.IndexFunc(out, c.sameKey); first >= 0 {
				r.report(diag.InvalidStatement, c.Span).
					Message("the condition %s %s stands here twice: IAM does not tell upper and lower case apart", c.Operator, c.Key).
					Hint("write it once").
					Related(out[first].Span, "the first one is here")
				continue
			}
			out = append(out, c)
		}
	}
	return out
}

// sameKey says whether two conditions are of the same operator and key, whose case means nothing to IAM.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
func (c Condition) sameKey(d Condition) bool {
	return strings.EqualFold(c.Operator, d.Operator) && strings.EqualFold(c.Key, d.Key)
}

// restates says whether a when says the same operator and key in words of its own, or the grant's own terms use it.
func (c Condition) restates(w *When) bool {
	switch strings.ToLower(c.Operator + " " + c.Key) {
	case "stringequals aws:sourcevpce":
		return w.SourceVPCE != nil
	case "ipaddress aws:sourceip":
		return w.SourceIP != nil
	case "bool aws:multifactorauthpresent":
		return w.MFA
	case "datelessthan aws:currenttime", "stringequals aws:requestedregion", "stringequals secretsmanager:versionstage",
		"stringequals aws:principalaccount", "stringnotequals aws:principalaccount", "arnlike aws:principalarn", "arnequals aws:principalarn", "stringequals aws:sourceaccount",
		"stringequals aws:principalorgid", "foranyvalue:stringlike aws:principalorgpaths":
		return true
	}
	return slices.ContainsFunc(w.PrincipalTags, func(t TagValues) bool {
		return strings.EqualFold(c.Operator+" "+c.Key, "StringEquals aws:PrincipalTag/"+t.Key)
	})
}

// checkGrant refuses grants that could not have an effect.
func (r *resolver) checkGrant(g *Grant, at source.Span) {
	if g.To.Kind == Service && (g.When.MFA || g.When.PrincipalTags != nil || g.When.SourceIP != nil || g.When.SourceVPCE != nil) {
		r.report(diag.GrantWithoutEffect, g.written.when.Span).
			Message("a service has no MFA, tags, address or endpoint, so that this grant to %q has no effect", g.To.ID).
			Hint("remove the condition, or grant to a role")
	}
	if g.To.Kind == Service && len(g.Verb.Anywhere) > 0 {
		r.report(diag.GrantWithoutEffect, at).
			Message("%q allows something on all secrets, which only an identity policy can, and the service %q has none", g.Verb.Name, g.To.ID).
			Hint("grant read, or grant to a role")
	}
	if g.Secret.Policy.DenyDelete && g.Verb.Deletes() {
		why := "has no effect, because denyDelete forbids deleting it"
		if !g.Verb.OnlyDeletes() {
			why = "includes deleting it, which denyDelete forbids"
		}
		r.report(diag.GuardrailDefeatsGrant, at).
			Message("%q on %q %s", g.Verb.Name, g.Secret.ID, why).
			Hint("remove one of them").
			Related(g.Secret.Policy.DenyDeleteSpan, "denyDelete is here")
	}
	if own := g.Secret.Policy.Organization; own != "" && g.To.Org != "" && g.To.Org != own && g.Verb.UsesValue() {
		r.report(diag.GuardrailDefeatsGrant, at).
			Message("%q on %q to %q has no effect, because onlyOrganization lets only %s in", g.Verb.Name, g.Secret.ID, g.To.ID, own).
			Hint("remove one of them").
			Related(g.Secret.Policy.OrganizationSpan, "onlyOrganization is here")
	}
	r.grantRegions(g)
	r.grantThroughVPC(g)
}

// grantRegions refuses Regions where the secret is not.
func (r *resolver) grantRegions(g *Grant) {
	if g.Regions == nil || r.m.Env.Region == "" {
		return
	}
	there := []string{g.Secret.Home(r.m)}
	for _, replica := range g.Secret.Replicas {
		there = append(there, replica.Region)
	}
	for _, region := range g.written.regions {
		if !slices.Contains(there, region.V) {
			r.report(diag.GrantWithoutEffect, region.Span).
				Message("secret %q is not in Region %q, so that nothing can be granted there", g.Secret.ID, region).
				Hint("write a Region where it is: %s", strings.Join(there, ", ")).
				Related(g.Secret.Span, "the secret is here")
		}
	}
	if home := there[0]; home != "" && g.Verb.HomeOnly() && !slices.Contains(g.Regions, home) {
		r.report(diag.GrantWithoutEffect, g.written.regions[0].Span).
			Message("%q works on the secret itself and not on its replicas, so that this grant on %q has no effect", g.Verb.Name, g.Secret.ID).
			Hint("add %s, where the secret itself is", home).
			Related(g.Secret.Span, "the secret is here")
	}
}

// grantThroughVPC refuses a grant whose own endpoints are none of those that a guardrail lets through.
func (r *resolver) grantThroughVPC(g *Grant) {
	if !g.Verb.UsesValue() || g.When.SourceVPCE == nil || len(g.Secret.Policy.VPCEndpoints) == 0 || len(g.Secret.Policy.VPCs) > 0 {
		return
	}
	for _, endpoint := range g.When.SourceVPCE {
		if slices.Contains(g.Secret.Policy.VPCEndpoints, endpoint) {
			return
		}
	}
	r.report(diag.GuardrailDefeatsGrant, g.written.when.SourceVPCE[0].Span).
		Message("%q on %q has no effect, because onlyFromVpcEndpoints lets none of its endpoints through", g.Verb.Name, g.Secret.ID).
		Hint("name an endpoint that both allow").
		Related(g.Secret.Policy.VPCSpan, "the guardrail is here")
}

// Home returns the Region of the secret itself, empty when it is not stated.
func (s *Secret) Home(m *Model) string {
	if s.Region != "" {
		return s.Region
	}
	return m.Env.Region
}
