package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// subject is a role, a user or a group while it is being read. A group is no principal, but its
// documents are those of its members.
type subject struct {
	p        *Principal
	kind     string   // role, user, group
	declared bool     // a template makes it
	fromPath bool     // its path is stated
	sameAs   *subject // who has the same name: the policies attached to the name are those of both
	trust    *policy.Rules
	members  []member // of a group
	met      []meeting
	makers   int                    // how many resources certainly make somebody of this name
	unsure   int                    // how many may do so
	inline   map[string][]*Document // policies that stand in it, by their names
}

// member is a member of a group.
type member struct {
	who   *subject
	maybe []cfn.Unknown // what decides whether it is one, where that is not known
}

// memberNote is the note of whom a group stands for.
const memberNote = "any member of the group"

// nameKey is what a role, user or group is found by. IAM tells upper and lower case of names apart
// but does not let both be.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func nameKey(partition, account, kind, name string) string {
	return partition + " " + account + " " + kind + " " + lowerName(name)
}

// lowerName writes a name in lower case. That of one with an unknown part, which has no case, costs
// no more than that of others.
func lowerName(name string) string {
	out := []byte(nil)
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'A' <= c && c <= 'Z':
			if out == nil {
				out = []byte(name)
			}
			out[i] += 'a' - 'A'
		case c >= utf8.RuneSelf:
			n := cfn.UnknownAtStart(name[i:])
			if n == 0 {
				return strings.ToLower(name)
			}
			i += n - 1
		}
	}
	if out == nil {
		return name
	}
	return string(out)
}

// add takes up somebody new.
func (l *loader) addSubject(key, kind string, p *Principal) *subject {
	who := &subject{p: p, kind: kind}
	l.subjects = append(l.subjects, who)
	if l.named[key] == nil {
		l.named[key] = who
	}
	return who
}

// kindOf returns the kind of a principal that is a role, a user or a group.
func kindOf(kind string) PrincipalKind {
	if kind == "role" {
		return RolePrincipal
	}
	return UserPrincipal
}

// addKnown takes up the principals, functions and groups that the caller knows.
func (l *loader) addKnown() {
	l.eachBeside(func(b *Beside) {
		for _, given := range b.Principals {
			l.addGiven(given)
		}
		for _, f := range b.Functions {
			l.functions[l.givenText(f.ARN)] = l.givenText(f.Role)
		}
		for _, g := range b.Groups {
			l.addGroup(g.ID, l.givenText(g.Name), l.givenText(g.Account))
		}
	})
}

// addGiven takes up a principal that the caller knows.
func (l *loader) addGiven(given *Principal) {
	p := *given
	p.Also, p.Identity = slices.Clone(given.Also), slices.Clone(given.Identity)
	p.ARN, p.Account = l.givenText(p.ARN), l.givenText(p.Account)
	if p.Kind != RolePrincipal && p.Kind != UserPrincipal {
		if have := l.otherByID[otherKey(&p)]; have != nil && l.of != nil {
			have.Also = append(have.Also, p.ID)
			l.byID[p.ID] = &subject{p: have}
			return
		}
		l.others = append(l.others, &p)
		l.otherByID[otherKey(&p)] = &p
		l.byID[p.ID] = &subject{p: &p}
		return
	}
	kind := "role"
	if p.Kind == UserPrincipal {
		kind = "user"
	}
	account, partition := cmp.Or(p.Account, l.home().account), l.home().partition()
	name := lastSegment(p.ARN)
	a, isARN := splitARN(p.ARN)
	if isARN {
		account, partition = a.account, a.partition
	} else {
		p.ARN = arnText{partition, "iam", "", account, kind + "/" + p.ARN}.String()
		p.PathUnknown = true
	}
	p.Account = account
	key := nameKey(partition, account, kind, name)
	if have := l.named[key]; have != nil { // the same under another id
		have.p.Also = append(have.p.Also, p.ID)
		l.byID[p.ID] = have
		return
	}
	who := l.addSubject(key, kind, &p)
	who.fromPath = isARN && !p.PathUnknown
	p.SessionTags = kind == "role" // unless its trust is read and lets nobody pass them
	l.byID[p.ID] = who
}

// addGroup takes up a group that the caller knows, with a member that stands for all of its own.
func (l *loader) addGroup(id, group, account string) {
	partition := l.home().partition()
	account = cmp.Or(account, l.home().account)
	name := cfn.Unknown{
		What: "name", Name: "member of " + group, Shown: "*", Class: cfn.NameText, Min: 1, Max: 64,
	}.Text()
	key := nameKey(partition, account, "user", name)
	if have := l.named[key]; have != nil && l.of != nil {
		have.p.Also = append(have.p.Also, id)
		l.byID[id] = have
		return
	}
	who := l.addSubject(key, "user", &Principal{
		ID: id, Kind: UserPrincipal, Account: account, Note: memberNote, PathUnknown: true,
		ARN:   arnText{partition, "iam", "", account, "user/" + name}.String(),
		Shown: "a member of the group " + cfn.Shown(group),
	})
	in := l.byNameIn(partition, account, "group", group, "")
	in.members = append(in.members, member{who: who})
	l.byID[id] = who
}

// declare takes up somebody whom a template makes.
func (s *stack) declare(id, kind string) *subject {
	key := nameKey(s.partition(), s.account, kind, s.name(id))
	who := s.l.named[key]
	if own := s.l.byID[s.IDs[id]]; who == nil && own != nil && own.kind == kind {
		who = own
		s.l.named[key] = who
	}
	switch {
	case who == nil:
		who = s.l.addSubject(key, kind, &Principal{ID: s.called(id), Kind: kindOf(kind)})
	case who.p.ID != s.called(id):
		who.p.Also = append(who.p.Also, s.called(id))
	}
	if who.p.ID != id && !slices.Contains(who.p.Also, id) {
		who.p.Also = append(who.p.Also, id)
	}
	p := who.p
	if !who.declared {
		p.ARN = kinds[s.Template.Resources[id].Type].arn(s, id)
		p.Account, p.PathUnknown = s.account, false
		if s.hasMadeName(id) && p.Shown == "" {
			p.Shown = kind + " of this stack (" + id + ")"
			if len(s.l.stacks) > 1 {
				p.Shown = kind + " of " + s.label + " (" + id + ")"
			}
		}
	}
	p.Told = append(p.Told, s.toldOfResource(id)...)
	who.declared, who.fromPath = true, true
	if len(s.maybeOf(id)) > 0 {
		who.unsure++
	} else {
		who.makers++
	}
	s.ownPolicies(id, who)
	return who
}

// subjectNamed returns who has a name in the stack's account, somebody new if need be.
func (s *stack) subjectNamed(kind, name string) *subject {
	return s.l.byNameIn(s.partition(), s.account, kind, name, "not in the templates")
}

func (l *loader) byNameIn(partition, account, kind, name, note string) *subject {
	key := nameKey(partition, account, kind, name)
	if who := l.named[key]; who != nil {
		return who
	}
	arn := arnText{partition, "iam", "", account, kind + "/" + name}.String()
	return l.addSubject(key, kind, &Principal{
		ID: cfn.Shown(arn), Kind: kindOf(kind), ARN: arn, Account: account, PathUnknown: true,
		SessionTags: kind == "role", Note: note,
	})
}

// byARN returns the role, user or group of an ARN, somebody new if need be; nil: it is the ARN of
// none. An ARN states the path, unless a template or the caller has.
func (l *loader) byARN(arn, note string) *subject {
	a, ok := splitARN(arn)
	if !ok || a.service != "iam" {
		return nil
	}
	kind, rest := a.kind()
	if kind != "role" && kind != "user" && kind != "group" || rest == "" {
		return nil
	}
	who := l.byNameIn(a.partition, a.account, kind, lastSegment(rest), note)
	switch old := who.p.ARN; {
	case !who.fromPath:
		who.fromPath, who.p.PathUnknown, who.p.ARN = true, false, arn
		if who.p.ID == cfn.Shown(old) {
			who.p.ID = cfn.Shown(arn)
		}
	case kind != "group" && !who.declared && areTwo(old, arn):
		return l.elsewhere(who, arn, note)
	}
	return who
}

// areTwo says whether two ARNs with the same name are not those of one: their paths differ, or
// upper and lower case of the name.
func areTwo(one, other string) bool {
	path := strings.TrimSuffix(one, lastSegment(one))
	if at := strings.TrimSuffix(other, lastSegment(other)); at != path {
		return !cfn.HasUnknown(path) && !cfn.HasUnknown(at)
	}
	return one != other && !cfn.HasUnknown(one)
}

// elsewhere returns the role or user of an ARN whose name somebody has with another ARN, whom no
// template makes. One of the two exists at most, and nobody knows which. So each has what its ARN
// is given, whatever is named first.
func (l *loader) elsewhere(who *subject, arn, note string) *subject {
	key := nameKey(who.p.partition(), who.p.Account, who.kind, lastSegment(arn)) + " " + arn
	if have := l.named[key]; have != nil {
		return have
	}
	other := l.addSubject(key, who.kind, &Principal{
		ID: cfn.Shown(arn), Kind: who.p.Kind, ARN: arn, Account: who.p.Account,
		SessionTags: who.kind == "role", Note: note,
	})
	other.fromPath, other.sameAs = true, who
	return other
}

// shareAttached gives those who have the name of somebody else, who may be they, the policies that
// are attached to the name.
func (l *loader) shareAttached() {
	for _, who := range l.subjects {
		one := who.sameAs
		if one == nil {
			continue
		}
		for _, d := range one.p.Identity {
			who.p.Identity = append(who.p.Identity, d.underUnread(nil))
		}
		if one.p.Boundary != nil {
			who.p.Boundary = one.p.Boundary.underUnread(nil)
		}
	}
}

// underUnread returns a document of which nobody can read whether it is there.
func (d *Document) underUnread(unknowns []cfn.Unknown) *Document {
	return &Document{
		Kind: d.Kind, Of: d.Of, Stack: d.Stack, LogicalID: d.LogicalID, ARN: d.ARN,
		Rules: withUnread(d.Rules, unknowns), Told: d.Told, written: d.written, places: d.places,
	}
}

// role:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
func (s *stack) role(id string) {
	twice := s.isDeclared(id, "role")
	who := s.declare(id, "role")
	trust := s.trust(id)
	if who.trust == nil || !trust.read {
		who.trust = &trust.rules
	} else { // two that may be one
		both := policy.Rules{
			Version:    trust.rules.Version,
			Statements: slices.Concat(who.trust.Statements, trust.rules.Statements),
		}
		who.trust = &both
	}
	who.p.Tags, who.p.KnownTags = s.tags(id, "Tags")
	who.p.SessionTags = !trust.read || letsPassTags(who.trust)
	who.p.Never = Never{}
	if trust.read && !twice {
		who.p.Never = neverBy(who.trust)
	}
	if twice { // which of the two it is, nobody knows
		who.p.KnownTags = false
	}
}

// isDeclared says whether another resource makes somebody of the same name, as two may of which
// nobody knows which is there.
func (s *stack) isDeclared(id, kind string) bool {
	who := s.l.named[nameKey(s.partition(), s.account, kind, s.name(id))]
	return who != nil && who.declared
}

// letsPassTags says whether a trust lets somebody pass tags of a session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
func letsPassTags(trust *policy.Rules) bool {
	return slices.ContainsFunc(trust.Statements, func(r policy.Rule) bool {
		unread := len(r.Unread) > 0 && len(r.Actions) == 0 ||
			slices.ContainsFunc(r.Actions, cfn.HasUnknown)
		return r.Effect == policy.Allow && (unread || r.MatchesAction("sts:TagSession"))
	})
}

// group:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-group.html
func (s *stack) group(id string) { s.declare(id, "group") }

// user:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html
func (s *stack) user(id string) {
	who := s.declare(id, "user")
	who.p.Tags, who.p.KnownTags = s.tags(id, "Tags")
	for _, name := range s.texts(id, "Groups") {
		s.joins(who, name, s.maybeOf(id))
	}
}

// addition:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-usertogroupaddition.html
func (s *stack) addition(id string) {
	group := s.text(id, "GroupName")
	if group == "" {
		return
	}
	for _, name := range s.texts(id, "Users") {
		if !readableSo(name) {
			s.tell(id,
				fmt.Sprintf("it adds the user %s to a group, and which one that is nobody can read",
					name))
		}
		s.joins(s.subjectNamed("user", name), group, s.maybeOf(id))
	}
}

// joins makes somebody a member of a group. Of one that nobody can read, the policies are unread.
func (s *stack) joins(who *subject, group string, maybe []cfn.Unknown) {
	if !readableSo(group) {
		unread := policy.UnreadRules(cfn.UnknownsIn(group)...)
		who.p.Identity = append(who.p.Identity,
			&Document{Kind: IdentityPolicy, Stack: s.File, Rules: unread})
		return
	}
	g := s.subjectNamed("group", group)
	same := func(m member) bool { return m.who == who }
	if i := slices.IndexFunc(g.members, same); i < 0 {
		g.members = append(g.members, member{who, maybe})
	} else if len(maybe) == 0 {
		g.members[i].maybe = nil
	}
}

// joinGroups gives the members of groups the policies of these. What else a group has that no
// template makes is out of sight.
func (l *loader) joinGroups() {
	for _, g := range l.subjects {
		if g.kind != "group" {
			continue
		}
		for _, m := range g.members {
			for _, d := range g.p.Identity {
				d = d.underUnread(m.maybe)
				m.who.p.Identity = append(m.who.p.Identity, d)
				if !readableSo(lastSegment(m.who.p.ARN)) {
					f := floatingDocument{d, m.who}
					f.spread(l.subjects)
					l.floating = append(l.floating, f)
				}
				for _, met := range m.who.met {
					met.who.p.Identity = append(met.who.p.Identity, d.underUnread(met.unknowns))
				}
			}
		}
	}
}
