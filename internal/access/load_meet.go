package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// Who is made under a name that is known only after the deployment, and who is known by a name
// alone, may be one: a role called ${Env}-app, and the role prod-app to which a policy is attached.
// So each has the documents of the other, of which nobody can read whether they are there.

// meeting is somebody who may turn out to be somebody else, and the unknown parts on which that
// hangs.
type meeting struct {
	who      *subject
	unknowns []cfn.Unknown
}

// meet finds out who may be one, and shares what they have so far, before it is given to others.
func (l *loader) meet() {
	met := l.meetings(l.subjects)
	if len(met) > mostMeetings {
		l.meetAnybody(met)
		return
	}
	own := make([][]*Document, len(l.subjects))
	at := map[*subject]int{}
	for i, who := range l.subjects {
		own[i], at[who] = slices.Clip(who.p.Identity), i
	}
	for _, m := range met {
		m.only.met = append(m.only.met, meeting{m.made, m.unknowns})
		m.made.takeOver(own[at[m.only]], m.unknowns)
		m.share(own[at[m.made]])
	}
}

// mostMeetings is how many pairs of those who may be one share their documents.
const mostMeetings = 100_000

// meetAnybody gives everybody who may be somebody else a document that nobody can read: which of
// too many are one is not found out.
func (l *loader) meetAnybody(met []encounter) {
	rules := policy.UnreadRules(cfn.Unknown{
		What: "policy", Name: "which roles, users and groups are one",
		Shown: "${which are one}",
	})
	given := map[*subject]bool{}
	for _, m := range met {
		for _, who := range []*subject{m.made, m.only} {
			if !given[who] {
				given[who] = true
				who.p.Identity = append(who.p.Identity,
					&Document{Kind: IdentityPolicy, Of: who.p.ID, Rules: rules})
			}
		}
	}
}

// meetNew does so for those who were taken up since and have nothing of their own.
func (l *loader) meetNew() {
	met := l.meetings(l.subjects[l.settled:])
	if len(met) > mostMeetings {
		l.meetAnybody(met)
		return
	}
	for _, m := range met {
		m.share(m.made.p.Identity)
	}
}

// encounter is two who may be one: whom a template makes, and whom none makes as far as anybody can
// read.
type encounter struct {
	made, only *subject
	unknowns   []cfn.Unknown
}

// share gives who is known by a name alone what the other one has. Documents of those whose names
// nobody can read get to everybody who may be meant anyway.
func (m encounter) share(documents []*Document) {
	if readableSo(lastSegment(m.made.p.ARN)) {
		m.only.takeOver(documents, m.unknowns)
	}
	if m.made.p.Boundary != nil && m.only.p.Boundary == nil {
		b := m.made.p.Boundary.underUnread(nil)
		b.Rules = policy.UnreadRules(m.unknowns...) // what it does not allow it takes away
		m.only.p.Boundary = b
	}
}

func (who *subject) takeOver(documents []*Document, unknowns []cfn.Unknown) {
	for _, d := range documents {
		who.p.Identity = append(who.p.Identity, d.underUnread(unknowns))
	}
}

// meetings returns who of some that are known by a name alone may be whom.
func (l *loader) meetings(among []*subject) []encounter {
	var made []unclearSubject
	for _, who := range l.subjects {
		if name := lowerName(lastSegment(who.p.ARN)); who.declared && cfn.HasUnknown(name) {
			made = append(made, unclearSubject{unclearName(name), who})
		}
	}
	if made == nil {
		return nil
	}
	var out []encounter
	for _, who := range among {
		name := lowerName(lastSegment(who.p.ARN))
		if who.declared || cfn.HasUnknown(name) {
			continue
		}
		for i := range made {
			if one := &made[i]; one.mayBe(who, name) {
				out = append(out, encounter{one.who, who, cfn.UnknownsIn(one.name)})
			}
		}
	}
	return out
}

// unclear is a name that may have unknown parts, and what stands before and behind these.
type unclear struct{ name, begins, ends string }

func unclearName(name string) unclear {
	u := unclear{name: name}
	u.begins, u.ends = cfn.AroundUnknown(name)
	return u
}

// fits says whether a name without unknown parts may be the one, as far as its beginning and its
// end tell.
func (u unclear) fits(name string) bool {
	if !cfn.HasUnknown(u.name) {
		return u.name == name
	}
	return strings.HasPrefix(name, u.begins) && strings.HasSuffix(name, u.ends)
}

// unclearSubject is somebody whose name has unknown parts.
type unclearSubject struct {
	unclear
	who *subject
}

// mayBe says whether it may turn out to be somebody with a name.
func (u *unclearSubject) mayBe(who *subject, name string) bool {
	return u.who.kind == who.kind && u.who.p.Account == who.p.Account &&
		u.who.p.partition() == who.p.partition() && u.fits(name) &&
		cfn.SameText(u.name, name) == cfn.Maybe
}
