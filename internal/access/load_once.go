package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/policy"
)

// There is one role, user, group or managed policy of a name in an account, and one inline policy
// of a name in each of these: whoever puts it last overwrites the others. Where templates make
// several, nobody knows which of them is there.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
// https://github.com/aws/aws-cdk/issues/16074

// which is an unknown part that asks which of several things holds.
func which(format string, arguments ...any) []cfn.Unknown {
	name := "which of " + fmt.Sprintf(format, arguments...)
	name = cfn.Shown(name)
	return []cfn.Unknown{{What: "policy", Name: name, Shown: "${" + name + "}"}}
}

// asksWhich says whether an unknown part is one of which.
func asksWhich(u cfn.Unknown) bool {
	return u.What == "policy" && strings.HasPrefix(u.Name, "which of ")
}

// puts notes the name of an inline policy.
func (who *subject) puts(name string, d *Document) {
	if name == "" {
		return
	}
	if who.inline == nil {
		who.inline = map[string][]*Document{}
	}
	who.inline[name] = append(who.inline[name], d)
}

// onlyOne makes unread what several resources say of whom or what there is one at most.
func (l *loader) onlyOne() {
	for _, who := range l.subjects {
		for _, name := range sortedKeys(who.inline) {
			l.oneOfName(who, name)
		}
		if who.makers+who.unsure < 2 {
			continue
		}
		unknown := which("the resources that make the %s %s is there", who.kind,
			lastSegment(who.p.ARN))
		if b := who.p.Boundary; b != nil {
			b.Rules = policy.UnreadRules(unknown...)
		}
		if who.makers == 0 {
			continue // what each says hangs on its own condition already
		}
		for _, d := range who.p.Identity {
			d.Rules = withUnread(d.Rules, unknown)
		}
		l.tellOf(who.p.ID,
			"is made by more than one resource: which of them is there is not known", "")
	}
}

// oneOfName makes the inline policies of a name unread, unless they say the same. IAM takes none
// without statements.
func (l *loader) oneOfName(who *subject, name string) {
	list := slices.DeleteFunc(who.inline[name], func(d *Document) bool {
		return len(d.Rules.Statements) == 0
	})
	if len(list) < 2 || allSay(list) {
		return
	}
	for _, d := range list {
		d.Rules = withUnread(d.Rules, which("the inline policies %s holds", name))
	}
	l.tellOf(who.p.ID, "has more than one inline policy called "+name+
		", and the one that is put last holds: which that is is not known", "")
}

// allSay says whether documents all say the same.
func allSay(list []*Document) bool {
	return all(list, func(d *Document) bool { return sameWords(d.Rules, list[0].Rules) })
}

// sameWords says whether two documents have the same statements, in whatever order and however
// often.
func sameWords(a, b policy.Rules) bool {
	isIn := func(list []policy.Rule) func(policy.Rule) bool {
		return func(x policy.Rule) bool {
			return len(x.Unread) == 0 && slices.ContainsFunc(list, func(y policy.Rule) bool {
				return sameValue(x.Value, y.Value)
			})
		}
	}
	return a.Version == b.Version && all(a.Statements, isIn(b.Statements)) &&
		all(b.Statements, isIn(a.Statements))
}

// all says whether something holds of every one of a list.
func all[T any](list []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(list, func(one T) bool { return !holds(one) })
}

// orElse returns what says what one of two managed policies does, of which nobody knows which is
// there.
func (p *templatePolicy) orElse(other *templatePolicy) *templatePolicy {
	out := *p
	unknown := which("the managed policies %s is there", p.id)
	out.rules = withUnread(p.rules, unknown)
	more := withUnread(other.rules, unknown).Statements
	out.rules.Statements = slices.Concat(out.rules.Statements, more)
	for i := range out.rules.Statements {
		out.rules.Statements[i].Index = i
	}
	out.told = slices.Concat(p.told, other.told)
	return &out
}

// namesakes returns the other secrets that templates make under the name of one, in its place.
func (l *loader) namesakes(secret *Secret) []*Secret {
	var out []*Secret
	for _, other := range l.secretList {
		if other != secret && other.Name == secret.Name && other.Account == secret.Account &&
			other.Copies[0].Region == secret.Copies[0].Region && !other.Copies[0].KeyUnstated {
			out = append(out, other)
		}
	}
	return out
}

// tellSame says of stacks whose account or Region is not stated that these are taken to be one.
func (l *loader) tellSame() {
	var accounts, regions []string
	for _, s := range l.stacks {
		if s.parent == nil && s.Account == "" {
			accounts = append(accounts, s.label)
		}
		if s.parent == nil && s.Region == "" {
			regions = append(regions, s.label)
		}
	}
	tell := func(what string, names []string) {
		if len(names) > 1 {
			l.tell(fmt.Sprintf("the %s of %s are not stated and are taken to be the same", what,
				english.Some(names, mostNamed)))
		}
	}
	if slices.Equal(accounts, regions) {
		tell("accounts and Regions", accounts)
		return
	}
	tell("accounts", accounts)
	tell("Regions", regions)
}
