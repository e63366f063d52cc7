package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// principals returns who there is, sorted. Groups are none.
func (l *loader) principals() []*Principal {
	var out []*Principal
	for _, who := range l.subjects {
		if who.kind != "group" {
			out = append(out, who.p)
		}
	}
	out = append(out, l.others...)
	slices.SortStableFunc(out, func(a, b *Principal) int { return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.ARN, b.ARN)) })
	return out
}

// finish gives everybody and everything an ID that nobody else has, names the documents by it, and
// sorts.
func (l *loader) finish() {
	slices.SortStableFunc(l.secretList, func(a, b *Secret) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Copies[0].ARN, b.Copies[0].ARN))
	})
	taken := map[string]int{}
	for _, s := range l.secretList {
		s.ID = unique(taken, s.ID)
		for _, d := range s.Policy {
			d.Of = s.ID
		}
	}
	l.nameRotations()
	taken = map[string]int{}
	all := l.principals()
	for _, p := range all {
		p.ID = unique(taken, p.ID)
		slices.Sort(p.Also)
		p.Also = slices.DeleteFunc(slices.Compact(p.Also), func(id string) bool { return id == p.ID })
		for _, d := range p.Identity {
			d.Of = p.ID
		}
		if p.Boundary != nil {
			p.Boundary.Of = p.ID
		}
		slices.SortStableFunc(p.Identity, func(a, b *Document) int {
			return cmp.Or(strings.Compare(a.Stack, b.Stack), strings.Compare(a.LogicalID, b.LogicalID), strings.Compare(a.ARN, b.ARN))
		})
	}
	l.setOthers()
	for _, p := range all {
		if p.Role != nil {
			p.ofRole()
		}
		p.MayBecome = nil
		for _, role := range l.roles[p] {
			p.MayBecome = append(p.MayBecome, role.ID)
		}
		slices.Sort(p.MayBecome)
	}
	l.tellTaken(all)
}

// ofRole gives a session what its role has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func (p *Principal) ofRole() {
	p.Identity, p.Boundary, p.Tags, p.KnownTags, p.SessionTags = p.Role.Identity, p.Role.Boundary, p.Role.Tags, p.Role.KnownTags, p.Role.SessionTags
	if !p.Role.PathUnknown {
		p.Facts = map[string][]string{"aws:principalarn": {p.Role.ARN}}
	}
}

// setOthers tells everybody whom a template makes which ARNs are those of others whom templates
// make: no two resources are one role, whatever the names turn out to be.
func (l *loader) setOthers() {
	known, unknown := map[string]bool{}, map[string]bool{}
	for _, who := range l.subjects {
		if who.declared && cfn.HasUnknown(who.p.ARN) {
			unknown[who.p.ARN] = true
		} else if who.declared {
			known[who.p.ARN] = true
		}
	}
	for _, who := range l.subjects {
		switch {
		case !who.declared:
		case cfn.HasUnknown(who.p.ARN):
			who.p.Others = known
		default:
			who.p.Others = unknown
		}
	}
}

// unique returns an ID that is not taken.
func unique(taken map[string]int, id string) string {
	if taken[id]++; taken[id] == 1 {
		return id
	}
	return unique(taken, fmt.Sprintf("%s (%d)", id, taken[id]))
}

// become finds out which roles each principal may become: whom the role's trust lets in directly,
// or with its account where the principal's own policies allow sts:AssumeRole.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (l *loader) become() {
	l.roles = map[*Principal][]*Principal{}
	all := l.principals()
	for _, role := range l.subjects {
		if role.trust == nil || role.kind != "role" {
			continue
		}
		for _, p := range all {
			if p != role.p && l.mayBecome(p, role) {
				l.roles[p] = append(l.roles[p], role.p)
			}
		}
	}
}

// assuming are the actions that make a session of a role for a principal of AWS.
var assuming = []string{"sts:AssumeRole"}

func (l *loader) mayBecome(p *Principal, role *subject) bool {
	if p.Kind == ServicePrincipal || p.Kind == RotationPrincipal || p.Kind == EverybodyPrincipal {
		return false
	}
	for i := range role.trust.Statements {
		r := &role.trust.Statements[i]
		if r.Effect != policy.Allow || !slices.ContainsFunc(assuming, r.MatchesAction) || r.Principals.Not {
			continue
		}
		directly := slices.Contains(r.Principals.AWS, p.ARN)
		account := r.Principals.Any || slices.ContainsFunc(r.Principals.AWS, func(id string) bool {
			a, ok := splitARN(id)
			return p.Account != "" && (id == p.Account || ok && a.service == "iam" && a.account == p.Account && a.resource == "root")
		})
		sameAccount := p.Account == role.p.Account
		if directly && (sameAccount || p.AsFar) || (directly || account) && mayAssume(p, role.p.ARN) {
			return true
		}
	}
	return false
}

// mayAssume says whether a principal's own policies let it assume a role, apart from what denies it.
func mayAssume(p *Principal, arn string) bool {
	return slices.ContainsFunc(p.Identity, func(d *Document) bool {
		for i := range d.Rules.Statements {
			r := &d.Rules.Statements[i]
			if r.Effect == policy.Allow && len(r.Unread) == 0 && r.MatchesAction("sts:AssumeRole") &&
				(slices.Contains(r.Resources, arn) && !r.NotResources || r.MatchesResource(arn, policy.Context{})) {
				return true
			}
		}
		return false
	})
}

// findings returns the statements that let everybody in.
func (l *loader) findings() []Public {
	var out []Public
	seen := map[*Document]bool{}
	in := func(d *Document, secret string) {
		if d == nil || seen[d] {
			return
		}
		seen[d] = true
		for i := range d.Rules.Statements {
			if r := &d.Rules.Statements[i]; policy.PublicStatement(r) {
				out = append(out, Public{Document: d, Rule: r, Secret: secret})
			}
		}
	}
	for _, s := range l.secretList {
		for _, d := range s.Policy {
			in(d, s.ID)
		}
		for _, c := range s.Copies {
			if c.Key != nil {
				in(c.Key.Policy, "")
			}
		}
	}
	return out
}

// toldParameters returns the parameters whose default some text has, sorted.
func (l *loader) toldParameters() []Told {
	var out []Told
	for _, s := range l.stacks {
		for _, p := range s.e.Told() {
			name := p.Name
			if len(l.stacks) > 1 {
				name = s.label + "." + name
			}
			out = append(out, Told{What: "parameter", Name: name, Value: cfn.Shown(p.Value)})
		}
	}
	slices.SortStableFunc(out, func(a, b Told) int { return strings.Compare(a.Name, b.Name) })
	return out
}
