// Package grants knows what is granted (Derive: meaning) and which policy document must say it
// (Place). It knows nothing of YAML and writes no templates.
package grants

import (
	"cmp"
	"fmt"
	"maps"
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
	rotations := rotations(m)
	order := orderOf(m, rotations)
	list := make([]Permission, len(order))
	for i, o := range order {
		if o.at >= len(m.Grants) {
			list[i] = rotations[o.at-len(m.Grants)]
			continue
		}
		g := m.Grants[o.at]
		v := g.Verb
		if g.Secret.Policy.DenyDelete && g.To != m.Deployer {
			v = v.Kept()
		}
		p := &list[i]
		*p = Permission{
			To: g.To, Verb: v, Secret: g.Secret, Stages: g.Stages, Regions: g.Regions,
			When: g.When, Until: g.Until, Because: g.Because,
		}
		p.regionRule = regionRule(p)
	}
	return Permissions{m, list}
}

// ordered is where one of the grants of a model stands among the permissions, or, behind these, one
// of the rotations.
type ordered struct {
	principal, secret int32 // the place of its id among those that are met
	verb              string
	at                int
}

// orderOf sorts what is granted by principal, secret and verb.
func orderOf(m *model.Model, rotations []Permission) []ordered {
	all := make([]ordered, 0, len(m.Grants)+len(rotations))
	principals, secrets := map[*model.Principal]int32{}, make(map[*model.Secret]int32,
		len(m.Secrets))
	for i, s := range m.Secrets { // which are sorted
		secrets[s] = int32(i)
	}
	add := func(to *model.Principal, s *model.Secret, v *verb.Verb) {
		principals[to] = 0
		all = append(all, ordered{secret: secrets[s], verb: v.Name, at: len(all)})
	}
	for _, g := range m.Grants {
		add(g.To, g.Secret, g.Verb)
	}
	for i := range rotations {
		add(rotations[i].To, rotations[i].Secret, rotations[i].Verb)
	}
	number(principals)
	for i := range all {
		to := &all[i]
		if i < len(m.Grants) {
			to.principal = principals[m.Grants[i].To]
		} else {
			to.principal = principals[rotations[i-len(m.Grants)].To]
		}
	}
	slices.SortFunc(all, func(a, b ordered) int {
		return cmp.Or(cmp.Compare(a.principal, b.principal), cmp.Compare(a.secret, b.secret),
			strings.Compare(a.verb, b.verb), cmp.Compare(a.at, b.at))
	})
	return all
}

// number gives principals the places of their ids among all of them.
func number(principals map[*model.Principal]int32) {
	sorted := slices.SortedFunc(maps.Keys(principals), func(a, b *model.Principal) int {
		return strings.Compare(a.ID, b.ID)
	})
	n := int32(0)
	for i, p := range sorted {
		if i > 0 && p.ID != sorted[i-1].ID {
			n++
		}
		principals[p] = n
	}
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
