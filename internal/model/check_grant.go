package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
)

// grantTerms checks what grants say besides who and which.
func grantTerms(m *Model) diag.List {
	c := checker{Model: m}
	for t := range c.eachTerms() {
		c.stages(t)
		for _, region := range t.regions {
			c.region(region)
			if m.Env.Region == "" {
				c.report(diag.NeedsEnvironment, region.Span).
					Message("which of these Regions is the stack's own is not stated").
					Hint("add environment.region")
				break
			}
		}
		if _, ok := timeOf(t.until.V); !ok && t.until.Set() {
			c.report(diag.InvalidValue, t.until.Span).
				Message("%q is not a time", t.until).
				Hint("write it as 2027-01-01T00:00:00Z")
		}
	}
	return c.found
}

// stages checks the version stages that a grant is held to.
func (c *checker) stages(t *terms) {
	if len(t.stages) == 0 {
		return
	}
	c.batch(t)
	c.verbsWithoutStage(t)
	for _, s := range t.stages {
		if s.V == "" || len(s.V) > aws.MaxStagingLabel || strings.ContainsAny(s.V, "*?$") {
			c.report(diag.InvalidValue, s.Span).
				Message("%q is not a staging label", s).
				Hint("write a staging label such as AWSCURRENT")
		} else if slices.Contains(aws.StagingLabels, s.V) {
			continue
		} else if near := diag.Nearest(s.V, aws.StagingLabels); near != "" {
			c.listed(s, "staging label", aws.StagingLabels, near)
		}
	}
	if len(t.conditions) == 0 {
		return
	}
	// The two would have to stand in one condition block.
	for _, own := range whenOf(t).Condition {
		if isOfVersion(own) {
			c.report(diag.InvalidStatement, own.Span).
				Message("versionStages is a condition on %s already", own.Key).
				Hint("leave out one of them")
		}
	}
}

// batch refuses to hold reading through BatchGetSecretValue to stages among which is not the one
// that it gets.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
func (c *checker) batch(t *terms) {
	if slices.ContainsFunc(t.stages, func(s spec.Text) bool { return s.V == aws.CurrentStage }) {
		return
	}
	for _, word := range t.allow {
		if v := verb.Named(word.V); v != nil && slices.Contains(v.Anywhere, aws.BatchRead) {
			c.report(diag.GrantWithoutEffect, t.stages[0].Span).
				Message("%q has no effect without the stage AWSCURRENT: BatchGetSecretValue gets "+
					"no other", word).
				Hint("add AWSCURRENT, or grant read").
				Related(word.Span, "the verb is here")
		}
	}
}

// verbsWithoutStage reports the verbs of a grant that a version stage cannot hold back.
func (c *checker) verbsWithoutStage(t *terms) {
	var words []string
	var at []source.Span
	for _, word := range t.allow {
		if v := verb.Named(word.V); v != nil && !v.Reads() {
			words, at = append(words, strconv.Quote(word.V)), append(at, word.Span)
		}
	}
	if len(words) == 0 {
		return
	}
	d := c.report(diag.StagesWithoutRead, t.stages[0].Span).
		Message("versionStages cannot hold back %s: only reading can be held to a stage",
			diag.Words(english.List(words))).
		Hint("make a grant of its own for read")
	for _, span := range at[:min(len(at), mostPlaces)] {
		d.Related(span, "the verb is here")
	}
}

// grantConditions checks the conditions of grants.
func grantConditions(m *Model) diag.List {
	c := checker{Model: m}
	for t := range c.eachTerms() {
		if in := t.when; in.Span.File != nil {
			c.origins(in)
			c.principalTags(in)
			c.conditionBlock(in.Condition)
			c.restated(t)
		}
	}
	said := map[source.Span]bool{} // once, whatever a grant expands to
	for _, g := range m.Grants {
		for _, own := range g.When.Condition {
			if !said[own.Span] && g.states(own) && !(len(g.Stages) > 0 && isOfVersion(own)) {
				said[own.Span] = true
				c.statedItself(own)
			}
		}
	}
	return c.found
}

// isOfVersion says whether a condition is about the version that is read.
func isOfVersion(own Condition) bool {
	return strings.EqualFold(own.Key, "secretsmanager:VersionStage") ||
		strings.EqualFold(own.Key, "secretsmanager:VersionId")
}

// statedItself reports a condition in IAM's words that a grant states itself.
func (c *checker) statedItself(own Condition) {
	c.report(diag.InvalidStatement, own.Span).
		Message("the condition %s %s is one that the grant states itself", own.Operator, own.Key).
		Hint("leave it out here, or say it with the grant's own words")
}

// origins checks where a request must come from, and with what.
func (c *checker) origins(in *spec.When) {
	for _, t := range in.SourceVPCE {
		c.text(diag.InvalidName, t, "the VPC endpoint", aws.VPCEndpointID(t.V),
			"write an id such as vpce-0a1b2c3d")
	}
	for _, t := range in.SourceIP {
		if clause := aws.CIDR(t.V); clause != "" {
			c.text(diag.InvalidName, t, "the address", clause,
				"write a public address or a range such as 203.0.113.0/24")
		} else if aws.IsPrivate(t.V) {
			c.report(diag.PrivateSourceIP, t.Span).
				Message("AWS never sees the private address %q as the source: through an "+
					"endpoint it sees aws:VpcSourceIp", t).
				Hint("write condition: { IpAddress: { \"aws:VpcSourceIp\": %q } } instead of "+
					"sourceIp, or use sourceVpce", t)
		}
	}
	if in.MFA.Set() && !in.MFA.V {
		c.report(diag.PropertyWithoutEffect, in.MFA.Span).
			Message("mfa: false asks for nothing").
			Hint("remove it")
	}
	if len(in.SourceVPCE) > 0 && len(in.SourceIP) > 0 {
		c.report(diag.EndpointAndAddress, in.SourceIP[0].Span).
			Message("a request through a VPC endpoint has no source address, so that this grant "+
				"has no effect").
			Hint("make two grants, or hold the endpoint to addresses by aws:VpcSourceIp in "+
				"condition").
			Related(in.SourceVPCE[0].Span, "the endpoint is asked for here")
	}
}

func (c *checker) principalTags(in *spec.When) {
	for i, e := range in.PrincipalTags {
		c.text(diag.InvalidName, e.ID, "the tag key", aws.TagKey(e.ID.V),
			"write the key of a tag of the principal")
		before := in.PrincipalTags[:i]
		if slices.ContainsFunc(before,
			func(o spec.Entry[spec.List[spec.Text]]) bool {
				return strings.EqualFold(o.ID.V, e.ID.V)
			}) {
			c.report(diag.InvalidStatement, e.ID.Span).
				Message("the tag key %q stands here twice: IAM does not tell upper and lower "+
					"case apart", e.ID).
				Hint("write it once")
		}
	}
}

// restated refuses conditions that a grant states itself.
func (c *checker) restated(t *terms) {
	if len(t.conditions) == 0 {
		return
	}
	when := whenOf(t)
	for _, own := range t.conditions {
		if own.restates(&when) {
			c.statedItself(own)
		}
	}
}

// grantsToServices refuses what a service cannot do, or has not.
func grantsToServices(m *Model) diag.List {
	var found diag.List
	for _, g := range m.Grants {
		if g.To.Kind != Service {
			continue
		}
		if w := &g.When; w.MFA || w.PrincipalTags != nil || w.SourceIP != nil ||
			w.SourceVPCE != nil {
			found.Report(diag.GrantWithoutEffect, g.written.when.Span).
				Message("a service has no MFA, tags, address or endpoint, so that this grant to "+
					"%q has no effect", g.To.ID).
				Hint("remove the condition, or grant to a role")
		}
		if len(g.Verb.Anywhere) > 0 {
			found.Report(diag.GrantWithoutEffect, g.verbAt).
				Message("%q allows something on all secrets, which only an identity policy can, "+
					"and the service %q has none", g.Verb.Name, g.To.ID).
				Hint("grant read, or grant to a role")
		}
	}
	return found
}

// defeatedGrants refuses grants that a guardrail of the secret makes ineffective.
func defeatedGrants(m *Model) diag.List {
	c := checker{Model: m}
	for _, g := range m.Grants {
		p := g.Secret.Policy
		if p.DenyDelete && g.Verb.Deletes() {
			why := "has no effect, because denyDelete forbids deleting it"
			if !g.Verb.OnlyDeletes() {
				why = "includes deleting it, which denyDelete forbids"
			}
			c.report(diag.GuardrailDefeatsGrant, g.verbAt).
				Message("%q on %q %s", g.Verb.Name, g.Secret.ID, why).
				Hint("remove one of them").
				Related(p.DenyDeleteSpan, "denyDelete is here")
		}
		own := p.Organization
		if own != "" && g.To.Org != "" && g.To.Org != own && g.Verb.UsesValue() {
			c.report(diag.GuardrailDefeatsGrant, g.verbAt).
				Message("%q on %q to %q has no effect, because onlyOrganization lets only %s "+
					"in", g.Verb.Name, g.Secret.ID, g.To.ID, own).
				Hint("remove one of them").
				Related(p.OrganizationSpan, "onlyOrganization is here")
		}
		if g.When.SourceVPCE != nil && len(p.VPCEndpoints) > 0 {
			c.throughVPC(g)
		}
	}
	return c.found
}

// throughVPC refuses a grant whose own endpoints are none of those that a guardrail lets through.
func (c *checker) throughVPC(g *Grant) {
	p := g.Secret.Policy
	isLetThrough := func(endpoint string) bool { return slices.Contains(p.VPCEndpoints, endpoint) }
	if !g.Verb.UsesValue() || len(p.VPCs) > 0 ||
		slices.ContainsFunc(g.When.SourceVPCE, isLetThrough) {
		return
	}
	c.report(diag.GuardrailDefeatsGrant, g.written.when.SourceVPCE[0].Span).
		Message("%q on %q has no effect, because onlyFromVpcEndpoints lets none of its endpoints "+
			"through", g.Verb.Name, g.Secret.ID).
		Hint("name an endpoint that both allow").
		Related(p.VPCSpan, "the guardrail is here")
}

// grantRegions refuses grants in Regions where the secret is not.
func grantRegions(m *Model) diag.List {
	c := checker{Model: m}
	var elsewhere, notHome inVain
	for _, g := range m.Grants {
		if g.Verb.Replicates() {
			c.destinations(g)
		}
		if g.Regions != nil && m.Env.Region != "" {
			c.grantRegions(g, &elsewhere, &notHome)
		}
	}
	for _, v := range elsewhere.list {
		c.notThere(v)
	}
	for _, v := range notHome.list {
		c.onlyAtHome(v)
	}
	return c.found
}

// inVain collects what is granted in vain because of one word of the spec, in the order of grants.
type inVain struct {
	list []*grantedInVain
	at   map[source.Span]*grantedInVain
}

type grantedInVain struct {
	because spec.Text
	secrets []*Secret
	has     map[*Secret]bool // those of secrets
	verbs   []string
}

func (v *inVain) add(because spec.Text, g *Grant) {
	one := v.at[because.Span]
	if one == nil {
		if v.at == nil {
			v.at = map[source.Span]*grantedInVain{}
		}
		one = &grantedInVain{because: because, has: map[*Secret]bool{}}
		v.at[because.Span], v.list = one, append(v.list, one)
	}
	if !one.has[g.Secret] {
		one.has[g.Secret], one.secrets = true, append(one.secrets, g.Secret)
	}
	if !slices.Contains(one.verbs, g.Verb.Name) {
		one.verbs = append(one.verbs, g.Verb.Name)
	}
}

// names returns the ids of the secrets, quoted, as a message lists them.
func (v *grantedInVain) names() diag.Words {
	const most = 3
	var ids []string
	for _, s := range v.secrets {
		ids = append(ids, strconv.Quote(s.ID))
	}
	return diag.Words(english.Some(ids, most))
}

// whereIs returns the Regions where a secret is, its home first.
func (m *Model) whereIs(s *Secret) []string {
	there := []string{s.Home(m)}
	for _, replica := range s.Replicas {
		there = append(there, replica.Region)
	}
	return there
}

// notThere reports a Region of grants where secrets are not.
func (c *checker) notThere(v *grantedInVain) {
	there := slices.Clone(c.whereIs(v.secrets[0]))
	for _, s := range v.secrets[1:] { // what all have in common
		there = slices.DeleteFunc(there,
			func(region string) bool { return !slices.Contains(c.whereIs(s), region) })
	}
	there = slices.DeleteFunc(there, // which another message doubts
		func(region string) bool { return !slices.Contains(aws.KnownRegions(), region) })
	d := c.report(diag.GrantWithoutEffect, v.because.Span)
	if len(v.secrets) > 1 {
		d.Message("secrets %s are not in Region %q, so that nothing can be granted there",
			v.names(), v.because)
	} else {
		d.Message("secret %s is not in Region %q, so that nothing can be granted there",
			v.names(), v.because)
	}
	switch {
	case len(there) == 0:
		d.Hint("write a Region where the secret is")
	case len(v.secrets) == 1:
		d.Hint("write a Region where it is: %s", diag.Words(strings.Join(there, ", ")))
	default:
		d.Hint("write a Region where they are: %s", diag.Words(strings.Join(there, ", ")))
	}
	if near := diag.Nearest(v.because.V, there); near != "" &&
		!slices.Contains(aws.KnownRegions(), v.because.V) {
		d.Hint("write %q", near).Fix(v.because.Span, "%s", near)
	}
	for _, replica := range v.secrets[0].Replicas { // which may be the Region that is meant
		if !slices.Contains(aws.KnownRegions(), replica.Region) &&
			diag.Nearest(replica.Region, aws.KnownRegions()) == v.because.V {
			d.Hint("write %q for the Region of the replica", v.because).
				Related(replica.Span, "the Region of the replica is here")
			return
		}
	}
	d.Related(v.secrets[0].Span, "the secret is here")
}

// onlyAtHome reports Regions of grants without that of the secret itself, on which verbs work.
func (c *checker) onlyAtHome(v *grantedInVain) {
	var verbs []string
	for _, word := range v.verbs {
		verbs = append(verbs, strconv.Quote(word))
	}
	d := c.report(diag.GrantWithoutEffect, v.because.Span)
	if len(verbs) == 1 {
		d.Message("%s works on the secret itself and not on its replicas, so that this grant on "+
			"%s has no effect", diag.Words(verbs[0]), v.names())
	} else {
		d.Message("%s work on the secret itself and not on its replicas, so that these grants on "+
			"%s have no effect", diag.Words(english.List(verbs)), v.names())
	}
	d.Hint("add %s, where the secret itself is", v.secrets[0].Home(c.Model)).
		Related(v.secrets[0].Span, "the secret is here")
}

// destinations refuses a grant to replicate that says in no way to which Regions.
func (c *checker) destinations(g *Grant) {
	home := g.Secret.Home(c.Model)
	switch {
	case g.Regions == nil && len(g.Secret.Replicas) == 0:
		c.report(diag.GrantWithoutEffect, g.verbAt).
			Message("%q on %q says in no way to which Regions: the secret has no replicas, and "+
				"the grant states no regions", g.Verb.Name, g.Secret.ID).
			Hint("add regions to the grant, such as regions: [%s]", anotherRegion(home)).
			Related(g.Secret.Span, "the secret is here")
	case len(g.Regions) == 1 && g.Regions[0] == home:
		c.report(diag.GrantWithoutEffect, g.written.regions[0].Span).
			Message("%q on %q needs another Region than that of the secret itself", g.Verb.Name,
				g.Secret.ID).
			Hint("write the Regions of the replicas, such as regions: [%s]", anotherRegion(home)).
			Related(g.Secret.Span, "the secret is here")
	}
}

// anotherRegion is a Region for an example: of the partition of the one given, which may be empty,
// and not that one.
func anotherRegion(home string) string {
	for _, region := range append([]string{"us-east-1", "us-west-2"}, aws.KnownRegions()...) {
		if region != home && aws.PartitionOf(region) == aws.PartitionOf(cmp.Or(home, "eu-west-1")) {
			return region
		}
	}
	return "us-east-1"
}

func (c *checker) grantRegions(g *Grant, elsewhere, notHome *inVain) {
	there := c.whereIs(g.Secret)
	for _, region := range g.written.regions {
		if !slices.Contains(there, region.V) && !g.Verb.Replicates() && !c.misspeltReplica(g) {
			elsewhere.add(region, g)
		}
	}
	if home := there[0]; home != "" && g.Verb.HomeOnly() && !slices.Contains(g.Regions, home) {
		notHome.add(g.written.regions[0], g)
	}
}

// misspeltReplica says whether a replica of the secret is in what is no Region, which is said: it
// may be the one that a grant means.
func (c *checker) misspeltReplica(g *Grant) bool {
	return slices.ContainsFunc(g.Secret.Replicas,
		func(r Replica) bool { return !aws.ValidRegion(r.Region) })
}
