// Package grants knows what is granted (Derive: meaning) and which policy document must say it
// (Place). It knows nothing of YAML and writes no templates.
package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// Permission is the meaning of a grant: one verb for one principal on one secret, on the stated
// terms.
type Permission struct {
	To      *model.Principal
	Verb    *verb.Verb
	Secret  *model.Secret
	Stages  []string // empty: every stage
	Regions []string // empty: wherever the secret is
	atHome  bool     // not at replicas: a rotation works on the secret itself
	When    model.When
	Until   string
	Because source.Span
	// what its conditions on aws:RequestedRegion ask of a Region, as far as that is known
	regionRule *policy.Rule
}

// Permissions is everything that a spec grants, sorted by principal, secret and verb.
type Permissions struct {
	Model *model.Model
	List  []Permission
}

// Derive collects what a model grants.
func Derive(m *model.Model) Permissions {
	list := make([]Permission, 0, len(m.Grants))
	for _, g := range m.Grants {
		v := g.Verb
		if g.Secret.Policy.DenyDelete && g.To != m.Deployer {
			v = v.Kept()
		}
		list = append(list, Permission{
			To: g.To, Verb: v, Secret: g.Secret, Stages: g.Stages, Regions: g.Regions,
			When: g.When, Until: g.Until, Because: g.Because,
		})
	}
	for i := range list {
		list[i].regionRule = regionRule(&list[i])
	}
	list = append(list, rotations(m)...)
	slices.SortStableFunc(list, func(a, b Permission) int {
		return cmp.Or(strings.Compare(a.To.ID, b.To.ID), strings.Compare(a.Secret.ID, b.Secret.ID),
			strings.Compare(a.Verb.Name, b.Verb.Name))
	})
	return Permissions{m, list}
}

// AtHome says whether the permission covers the secret itself. home is its Region, empty where the
// spec does not state it.
func (p *Permission) AtHome(home string) bool {
	stated := len(p.Regions) == 0 || p.Verb.Replicates() || slices.Contains(p.Regions, home)
	return stated && !p.excludes(home)
}

// AtReplica says whether the permission covers the secret's replica in a Region.
func (p *Permission) AtReplica(region string) bool {
	stated := len(p.Regions) == 0 || slices.Contains(p.Regions, region)
	return !p.atHome && stated && !p.excludes(region)
}

// excludes says whether the permission's own conditions let no request in a Region through. An
// empty Region is one that is not stated.
func (p *Permission) excludes(region string) bool {
	return region != "" && p.regionRule != nil && p.regionRule.Failing(
		policy.Context{}.With(requestedRegion, region)) != nil
}

// requestedRegion is the key of the Region that a request is made in.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
const requestedRegion = "aws:RequestedRegion"

// regionRule returns the conditions of a permission on the Region, with values that are known; nil:
// there are none.
func regionRule(p *Permission) *policy.Rule {
	s := policy.Statement{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}
	for _, own := range p.When.Condition {
		isKnown := !slices.ContainsFunc(own.Values, func(v string) bool {
			return cfn.IsIntrinsic(v) || strings.Contains(v, "${")
		})
		if isKnown && strings.EqualFold(own.Key, requestedRegion) {
			s.Condition = s.Condition.With(own.Operator, own.Key, own.Values...)
		}
	}
	if s.Condition == nil {
		return nil
	}
	rules, err := policy.Document{s}.Rules(func(text string) string { return text })
	if err != nil { // IAM refuses it
		return nil
	}
	return &rules.Statements[0]
}

// Destinations are the Regions that a permission to replicate states: the grant's, without that of
// the secret itself.
func (p *Permission) Destinations(m *model.Model) []string {
	home := p.Secret.Home(m)
	return slices.DeleteFunc(slices.Clone(p.Regions), func(r string) bool { return r == home })
}

// copies returns the Regions of the replicas that a permission covers.
func (p *Permission) copies() []string {
	var out []string
	for _, replica := range p.Secret.Replicas {
		if p.AtReplica(replica.Region) {
			out = append(out, replica.Region)
		}
	}
	return out
}

// String writes the permission as a sentence: what is granted before any policy says so.
func (p *Permission) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s may %s %s", p.To.ID, p.Verb.Name, p.Secret.ID)
	if len(p.Stages) > 0 {
		fmt.Fprintf(&b, " at %s", strings.Join(p.Stages, ", "))
	}
	if len(p.Regions) > 0 {
		fmt.Fprintf(&b, " in %s", strings.Join(p.Regions, ", "))
	}
	for _, c := range conditionsOf(p) {
		fmt.Fprintf(&b, ", if %s %s %s", c.Key, c.Operator, strings.Join(c.Values, ", "))
	}
	return b.String()
}
