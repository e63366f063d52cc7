// Package grants knows what is granted (Derive: meaning) and which policy document must say it
// (Place). It knows nothing of YAML and writes no templates.
package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/model"
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
		list = append(list, Permission{
			To: g.To, Verb: g.Verb, Secret: g.Secret, Stages: g.Stages, Regions: g.Regions,
			When: g.When, Until: g.Until, Because: g.Because,
		})
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
	return len(p.Regions) == 0 || slices.Contains(p.Regions, home)
}

// AtReplica says whether the permission covers the secret's replica in a Region.
func (p *Permission) AtReplica(region string) bool {
	return !p.atHome && (len(p.Regions) == 0 || slices.Contains(p.Regions, region))
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
