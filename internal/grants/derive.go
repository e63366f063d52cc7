// Package grants knows what is granted (Derive: meaning) and which policy document must say it
// (Place). It knows nothing of YAML and writes no templates.
package grants

import (
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
	*model.Grant            // what it follows from: a large spec has tens of thousands
	Verb         *verb.Verb // that of the grant, or what a guardrail leaves of it
	atHome       bool       // not at replicas: a rotation works on the secret itself
	// what its conditions on aws:RequestedRegion ask of a Region, as far as that is known
	regionRule *policy.Rule
}

// derived returns a permission that follows from something else than a grant, on no terms.
func derived(
	to *model.Principal, v *verb.Verb, s *model.Secret, because source.Span,
) Permission {
	g := &model.Grant{To: to, Verb: v, Secret: s, Terms: &noTerms, Because: because}
	return Permission{Grant: g, Verb: v}
}

// noTerms are those of what no grant says. Nobody changes them.
var noTerms model.Terms

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
	for i, at := range order {
		if int(at) >= len(m.Grants) {
			list[i] = rotations[int(at)-len(m.Grants)]
			continue
		}
		g := m.Grants[at]
		v := g.Verb
		if g.Secret.Policy.DenyDelete && g.To != m.Deployer {
			v = v.Kept()
		}
		p := &list[i]
		*p = Permission{Grant: g, Verb: v}
		p.regionRule = regionRule(p)
	}
	return Permissions{m, list}
}

// orderOf sorts what is granted by principal, secret and verb. What it returns are places among the
// grants of the model or, behind these, among the rotations.
func orderOf(m *model.Model, rotations []Permission) []int32 {
	n := len(m.Grants) + len(rotations)
	keys := make([]sortKey, n)
	principals, verbs := map[*model.Principal]int32{}, map[*verb.Verb]int32{}
	at := func(i int) (to *model.Principal, v *verb.Verb, s *model.Secret) {
		if i < len(m.Grants) {
			g := m.Grants[i]
			return g.To, g.Verb, g.Secret
		}
		g := &rotations[i-len(m.Grants)]
		return g.To, g.Verb, g.Secret
	}
	for i := range n {
		to, v, _ := at(i)
		principals[to], verbs[v] = 0, 0
	}
	number(principals, func(p *model.Principal) string { return p.ID })
	number(verbs, func(v *verb.Verb) string { return v.Name })
	order := make([]int32, n)
	for i := range n {
		to, v, s := at(i)
		order[i], keys[i] = int32(i), sortKey{principals[to], s.Number, verbs[v]}
	}
	// Each step keeps the order of what agrees in it.
	order = sortedBy(order, len(verbs), func(i int32) int32 { return keys[i].verb })
	order = sortedBy(order, len(m.Secrets), func(i int32) int32 { return keys[i].secret })
	return sortedBy(order, len(principals), func(i int32) int32 { return keys[i].principal })
}

// sortKey has the places of names among all of their kind.
type sortKey struct{ principal, secret, verb int32 }

// sortedBy returns a list sorted by a number under n; what has the same number keeps its order.
func sortedBy(list []int32, n int, number func(i int32) int32) []int32 {
	begins := make([]int32, n+1) // where those of each number begin
	for _, i := range list {
		begins[number(i)+1]++
	}
	for k := range n {
		begins[k+1] += begins[k]
	}
	out := make([]int32, len(list))
	for _, i := range list {
		begin := &begins[number(i)]
		out[*begin] = i
		*begin++
	}
	return out
}

// number gives things the places of their names among all of them.
func number[T comparable](things map[T]int32, name func(T) string) {
	sorted := slices.SortedFunc(maps.Keys(things), func(a, b T) int {
		return strings.Compare(name(a), name(b))
	})
	n := int32(0)
	for i, thing := range sorted {
		if i > 0 && name(thing) != name(sorted[i-1]) {
			n++
		}
		things[thing] = n
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
	if len(p.When.Condition) == 0 {
		return nil
	}
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
