package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

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
	slices.SortStableFunc(out, func(a, b *Principal) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.ARN, b.ARN))
	})
	return out
}

// findTwins notes which roles and users may be the same, since the account of one is stated and
// that of the other is not.
func findTwins(all []*Principal) {
	named := map[string][]*Principal{}
	for _, p := range all {
		if p.Kind == RolePrincipal || p.Kind == UserPrincipal {
			key := p.Kind.String() + " " + strings.ToLower(lastSegment(p.ARN))
			named[key] = append(named[key], p)
		}
	}
	for _, list := range named {
		for _, p := range list {
			for _, q := range list {
				if p.Account != q.Account && (p.Account == unstated) != (q.Account == unstated) &&
					!cfn.HasUnknown(lastSegment(p.ARN)) {
					p.twins = append(p.twins, q)
				}
			}
		}
	}
}

// finish gives everybody and everything an ID that nobody else has, names the documents by it, and
// sorts.
func (l *loader) finish() {
	l.sortSecrets()
	taken := map[string]int{}
	for _, s := range l.secretList {
		s.ID = unique(taken, s.ID)
		for _, d := range s.Policy {
			d.Of = s.ID
		}
	}
	l.sortSecrets() // again, by the new IDs
	l.nameRotations()
	taken = map[string]int{}
	all := l.principals()
	findTwins(all)
	for _, p := range all {
		p.finish(unique(taken, p.ID))
	}
	l.setOthers()
	for _, p := range all {
		if role, _, ok := p.session(); ok {
			if who := l.named[nameKey(p.partition(), p.Account, "role", role)]; who != nil {
				p.Role = who.p
			}
		}
		if p.Role != nil {
			p.ofRole()
		}
		p.MayBecome = nil
		if p.Kind == PatternPrincipal {
			p.memo = &sync.Map{}
		}
		for _, role := range l.roles[p] {
			p.MayBecome = append(p.MayBecome, role.ID)
		}
		slices.Sort(p.MayBecome)
	}
	l.tellTaken(all)
}

// finish gives a principal its ID, names its documents by it, and sorts them.
func (p *Principal) finish(id string) {
	p.ID = id
	slices.Sort(p.Also)
	p.Also = slices.DeleteFunc(slices.Compact(p.Also), func(also string) bool { return also == id })
	for _, d := range p.Identity {
		d.Of = id
	}
	if p.Boundary != nil {
		p.Boundary.Of = id
	}
	slices.SortStableFunc(p.Identity, func(a, b *Document) int {
		return cmp.Or(strings.Compare(a.Stack, b.Stack),
			strings.Compare(a.LogicalID, b.LogicalID), strings.Compare(a.ARN, b.ARN))
	})
}

func (l *loader) sortSecrets() {
	before := func(a, b *Secret) int {
		if a.ID != b.ID {
			return strings.Compare(a.ID, b.ID)
		}
		return strings.Compare(a.Copies[0].ARN, b.Copies[0].ARN)
	}
	if slices.IsSortedFunc(l.secretList, before) {
		return
	}
	// What is compared stands side by side, and not where the secrets are.
	type numbered struct {
		id string
		n  int32
	}
	list := make([]numbered, len(l.secretList))
	for i, s := range l.secretList {
		list[i] = numbered{s.ID, int32(i)}
	}
	all := slices.Clone(l.secretList)
	slices.SortFunc(list, func(a, b numbered) int {
		if c := strings.Compare(a.id, b.id); c != 0 {
			return c
		}
		return cmp.Or(before(all[a.n], all[b.n]), cmp.Compare(a.n, b.n))
	})
	for i := range list {
		l.secretList[i] = all[list[i].n]
	}
}

// ofRole gives a session what its role has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func (p *Principal) ofRole() {
	p.Identity, p.Boundary = p.Role.Identity, p.Role.Boundary
	p.Tags, p.KnownTags, p.SessionTags = p.Role.Tags, p.Role.KnownTags, p.Role.SessionTags
	p.Never = p.Role.Never
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
	var callers []assumer
	for _, p := range l.principals() {
		if p.Kind != ServicePrincipal && p.Kind != RotationPrincipal &&
			p.Kind != EverybodyPrincipal {
			callers = append(callers, assumer{p, assumingRules(p)})
		}
	}
	for _, role := range l.subjects {
		if role.trust == nil || role.kind != "role" {
			continue
		}
		trusted := trustedBy(role.trust)
		for _, c := range callers {
			if c.p != role.p && slices.ContainsFunc(trusted,
				func(t trusting) bool { return t.lets(c, role.p) }) {
				l.roles[c.p] = append(l.roles[c.p], role.p)
			}
		}
	}
}

// assumer is somebody who may assume roles, with the statements of its own policies that allow it.
type assumer struct {
	p     *Principal
	rules []*policy.Rule
}

// assumingRules returns the statements by which somebody may assume roles. Those count that may be
// another one's, too: whom somebody may become is told, and is no answer.
func assumingRules(p *Principal) []*policy.Rule {
	var out []*policy.Rule
	for _, d := range p.Identity {
		for i := range d.Rules.Statements {
			r := &d.Rules.Statements[i]
			if r.Effect == policy.Allow && all(r.Unread, asksWhich) &&
				r.MatchesAction("sts:AssumeRole") {
				out = append(out, r)
			}
		}
	}
	return out
}

// trusting is a statement of a trust that lets somebody assume the role.
type trusting struct {
	rule     *policy.Rule
	names    map[string]bool
	accounts map[string]bool
	// service and resource of the names whose account is stated, and of the others
	stated, unstated map[string]bool
}

// trustedBy returns the statements by which a trust lets somebody in.
func trustedBy(trust *policy.Rules) []trusting {
	var out []trusting
	for i := range trust.Statements {
		r := &trust.Statements[i]
		if r.Effect != policy.Allow || !r.MatchesAction("sts:AssumeRole") || r.Principals.Not {
			continue
		}
		t := trusting{r, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
		for _, id := range r.Principals.AWS {
			t.names[id] = true
			if a, ok := splitARN(id); ok && a.account == unstated {
				t.unstated[a.service+a.resource] = true
			} else if ok && a.account != "" {
				t.stated[a.service+a.resource] = true
			}
			if a, ok := splitARN(id); ok && a.service == "iam" && a.resource == "root" {
				t.accounts[a.account] = true
			} else if !ok {
				t.accounts[id] = true
			}
		}
		out = append(out, t)
	}
	return out
}

// lets says whether somebody may assume the role by a statement of its trust: where the statement
// names it, or everybody, in the account of the role that is enough; else its own policies have to
// allow it, too. A condition on who it is that certainly leaves it out counts; other conditions,
// and what denies it, are not looked at.
func (t trusting) lets(c assumer, role *Principal) bool {
	directly := t.rule.Principals.Any || t.namesIt(c.p)
	if !directly && !(c.p.Account != "" && t.itsAccount(c.p)) ||
		t.rule.Excludes(c.p.trustFact, keysOfTrust) {
		return false
	}
	if directly && c.p.Account == role.Account || c.p.AsFar {
		return true // or its own account is taken to allow it
	}
	return slices.ContainsFunc(c.rules, func(r *policy.Rule) bool {
		return slices.Contains(r.Resources, role.ARN) && !r.NotResources ||
			r.MatchesResource(role.ARN, policy.Context{})
	})
}

// namesIt says whether the statement names somebody by its ARN. An account that nobody states may
// be the one that the other ARN has: what may be is told.
func (t trusting) namesIt(p *Principal) bool {
	if t.names[p.ARN] {
		return true
	}
	others := t.unstated
	if p.Account == unstated {
		others = t.stated
	}
	if len(others) == 0 {
		return false
	}
	own, ok := splitARN(p.ARN)
	return ok && others[own.service+own.resource]
}

// itsAccount says whether the statement names somebody's account, or may do so where one of the two
// is not stated.
func (t trusting) itsAccount(p *Principal) bool {
	return t.accounts[p.Account] || len(t.accounts) > 0 && p.Account == unstated ||
		t.accounts[unstated]
}

// keysOfTrust are the condition keys that say who assumes a role.
var keysOfTrust = []string{"aws:principalarn", "aws:principalaccount", "aws:principalorgid"}

// trustFact says what is known of one of these keys.
func (p *Principal) trustFact(key string) policy.Fact {
	switch key {
	case "aws:principalarn":
		return p.arnFact()
	case "aws:principalaccount":
		return p.principalAccount()
	case "aws:principalorgid":
		return p.organization()
	}
	return policy.Fact{State: policy.Open}
}

// findings returns the statements that let everybody in.
func (l *loader) findings() []Public {
	var out []Public
	seen := map[*Document]bool{}
	closed := map[*wording]bool{} // those that let nobody in so
	in := func(d *Document, secret string) {
		if d == nil || closed[d.wording] || seen[d] {
			return
		}
		seen[d] = true
		before := len(out)
		for i := range d.Rules.Statements {
			if r := &d.Rules.Statements[i]; policy.PublicStatement(r) {
				out = append(out, Public{Document: d, Rule: r, Secret: secret})
			}
		}
		if d.wording != nil && len(out) == before {
			closed[d.wording] = true
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
