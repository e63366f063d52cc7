package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/policy"
)

// byPolicies is the note of whom, or what, only policies name.
const byPolicies = "named by policies only"

// namePrincipals takes up the principals that the policies of secrets and of their keys name.
func (l *loader) namePrincipals() {
	seen := map[*Document]bool{}
	for _, secret := range l.secretList {
		for _, d := range secret.Policy {
			l.namesOf(d, secret.Account)
		}
		for _, c := range secret.Copies {
			if c.Key != nil && c.Key.Policy != nil && !seen[c.Key.Policy] {
				seen[c.Key.Policy] = true
				l.namesOf(c.Key.Policy, c.Key.Account)
			}
		}
	}
	for _, left := range l.leftOut {
		l.tellLeftOut(left)
	}
}

// leaving is what is said of those whom a statement leaves out that lets others in.
type leaving struct {
	note string
	from policy.Principals
}

// tellLeftOut notes whom a statement leaves out of an account, a pattern or an organization.
func (l *loader) tellLeftOut(left leaving) {
	for _, who := range l.others {
		if slices.ContainsFunc(left.from.AWS, who.mayHave) {
			who.addNote(left.note)
		}
	}
}

// mayHave says whether somebody whom a policy names may be one of an account, of a pattern or of an
// organization.
func (p *Principal) mayHave(id string) bool {
	a, isARN := splitARN(id)
	switch {
	case !isARN && aws.AccountID(id) == "":
		a.account = id
	case !isARN, cfn.HasUnknown(id):
		return p.unnamed() && p.Kind != EverybodyPrincipal
	}
	switch p.Kind {
	case OrganizationPrincipal:
		return true
	case AccountPrincipal:
		return cfn.HasUnknown(p.Account) || p.Account == a.account
	case PatternPrincipal:
		if a.service == "iam" && !isAccount(id) && !cfn.HasUnknown(p.ARN) {
			return matches(p.ARN, id)
		}
		return p.mayBeOf(a.account)
	}
	return false
}

// addNote notes something about a principal, once.
func (p *Principal) addNote(note string) {
	if !strings.Contains(p.Note, note) {
		p.Note = strings.TrimPrefix(p.Note+"; "+note, "; ")
	}
}

// namedBy are words that are said of what an account owns.
type namedBy struct {
	words any
	owner string
}

// namesOf takes up whom the policy of something names that an account owns. The same words name the
// same, unless the document itself is spoken of.
func (l *loader) namesOf(d *Document, owner string) {
	key := namedBy{d.words(), owner}
	if l.namesKnown[key] {
		return
	}
	l.saysDocument = false
	defer func() { l.namesKnown[key] = !l.saysDocument }()
	for i := range d.Rules.Statements {
		r := &d.Rules.Statements[i]
		n := namer{l, d, owner}
		// whom it names, nobody can read
		if r.Effect == policy.Allow && r.Principals.IsZero() && len(r.Unread) > 0 {
			n.everybody()
		}
		switch {
		case r.Principals.IsZero():
		case r.Effect == policy.Allow:
			n.allowed(r)
		case r.Principals.Not && d.letsManyIn():
			n.spared(&r.Principals)
		}
	}
}

// letsManyIn says whether a policy allows something to whoever is of an account, or to everybody.
func (d *Document) letsManyIn() bool {
	return slices.ContainsFunc(d.Rules.Statements, func(r policy.Rule) bool {
		return r.Effect == policy.Allow && (r.Principals.Any || r.Principals.Not ||
			slices.ContainsFunc(r.Principals.AWS, isAccount))
	})
}

// isAccount says whether a principal is an account, by its id or by the ARN of its root.
func isAccount(id string) bool {
	a, isARN := splitARN(id)
	return isARN && a.service == "iam" && a.resource == "root" || aws.AccountID(id) == ""
}

// allowed takes up whom a statement lets in.
func (n namer) allowed(r *policy.Rule) {
	held, all := n.heldTo(r)
	if note := n.leftOutBy(r.Principals); note != "" {
		n.l.leftOut = append(n.l.leftOut, leaving{note, r.Principals})
	}
	if r.Principals.Any || r.Principals.Not {
		if !all {
			n.everybody()
			n.leavesOut(r.Principals)
		}
		for _, h := range held {
			h.add(n, h.value)
		}
		return
	}
	for _, id := range r.Principals.AWS {
		n.aws(id, held)
	}
	n.services(r.Principals.Service)
	for _, id := range r.Principals.Canonical {
		n.l.tell(fmt.Sprintf("the %s names the canonical user %s: "+
			"only Amazon S3 knows such, and AWS refuses the policy", n.document(), cfn.Shown(id)))
	}
	for _, name := range r.Principals.Federated {
		p := &Principal{ID: cfn.Shown(name), Kind: FederatedPrincipal, ARN: name, Note: byPolicies}
		if a, ok := splitARN(name); ok {
			p.Account = a.account
		}
		n.l.addOther(p)
	}
}

// services takes up services of AWS.
func (n namer) services(names []string) {
	for _, name := range names {
		n.l.addOther(&Principal{
			ID: cfn.Shown(name), Kind: ServicePrincipal, ARN: name, Note: byPolicies,
		})
	}
}

// spared takes up whom a denial leaves out: what others may not do, they may. An account beside
// which one of its users or roles is listed stands there for their sake.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (n namer) spared(p *policy.Principals) {
	named := map[string]bool{}
	for _, id := range p.AWS {
		if a, ok := splitARN(id); ok && !isAccount(id) {
			named[a.account] = true
		}
	}
	for _, id := range p.AWS {
		account := id
		if a, ok := splitARN(id); ok {
			account = a.account
		}
		if id != "*" && !(isAccount(id) && named[account]) {
			n.aws(id, nil)
		}
	}
	n.services(p.Service)
}

// namer takes up whom one document names.
type namer struct {
	l     *loader
	d     *Document
	owner string
}

// document returns how people speak of the document.
func (n namer) document() string {
	n.l.saysDocument = true
	return n.d.Name()
}

// everybody takes up everybody, and whoever of the owner's account has no policy of their own.
func (n namer) everybody() {
	n.l.addOther(&Principal{ID: "everybody", Kind: EverybodyPrincipal, ARN: "*", AsFar: true})
	n.everybodyOf(n.owner)
}

func (n namer) everybodyOf(account string) {
	n.l.addOther(&Principal{
		ID: "everybody of account " + cfn.Shown(account), Kind: EverybodyPrincipal,
		Account: account, ARN: n.root(account),
	})
}

func (n namer) root(account string) string {
	return arnText{n.l.home().partition(), "iam", "", account, "root"}.String()
}

// leavesOut notes whom a statement leaves out that lets everybody else in.
func (n namer) leavesOut(p policy.Principals) {
	note := n.leftOutBy(p)
	if note == "" {
		return
	}
	for _, who := range n.l.others {
		if who.Kind == EverybodyPrincipal && (who.ARN == "*" || who.Account == n.owner) {
			who.addNote(note)
		}
	}
}

// leftOutBy says whom a NotPrincipal of the document leaves out; it is empty for a Principal.
func (n namer) leftOutBy(p policy.Principals) string {
	left := leftOut(p)
	if left == "" {
		return ""
	}
	return "the " + n.document() + " leaves out " + left
}

// leftOut lists whom a NotPrincipal names; it is empty for a Principal.
func leftOut(p policy.Principals) string {
	if !p.Not {
		return ""
	}
	var names []string
	for _, list := range [][]string{p.AWS, p.Service, p.Federated} {
		for _, name := range list {
			names = append(names, cfn.Shown(name))
		}
	}
	slices.Sort(names)
	return english.Some(slices.Compact(names), mostNamed)
}

// callerKeys are the condition keys that hold everybody to somebody, what says most first: add
// takes up those whom a value means, and of those among them who are of another account than the
// owner's, if the statement names that account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
var callerKeys = []callerKey{
	{"aws:principalarn", func(n namer, v string) { n.pattern(v) }, namer.patternOf},
	{"aws:principalaccount", namer.account, namer.allOf},
	{"kms:calleraccount", namer.account, namer.allOf},
	{"aws:principalorgpaths", func(n namer, v string) {
		n.l.addOther(&Principal{
			ID: "organization path " + cfn.Shown(v), Kind: OrganizationPrincipal, ARN: v,
			Note: byPolicies, AsFar: true,
		})
	}, namer.allOf},
	{"aws:principalorgid", func(n namer, v string) {
		n.l.addOther(&Principal{
			ID: "organization " + cfn.Shown(v), Kind: OrganizationPrincipal, ARN: v,
			Note: byPolicies, AsFar: true,
		})
	}, namer.allOf},
}

type callerKey struct {
	key string
	add func(n namer, value string)
	of  func(n namer, value, account string)
}

// holding is a value to which a statement holds whom it names.
type holding struct {
	callerKey
	value string
}

// heldTo returns the values of the key that says most of those to which the conditions of a
// statement hold it, and says whether they hold all of its requests: with IfExists those who have
// no such key are let in as well, as are accounts of no organization, and services.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
func (n namer) heldTo(r *policy.Rule) (held []holding, all bool) {
	for _, h := range callerKeys {
		before := len(held)
		for i := range r.Conditions {
			test := &r.Conditions[i]
			operator := strings.ToLower(test.Operator)
			if !strings.EqualFold(test.Key, h.key) || strings.Contains(operator, "not") ||
				strings.HasPrefix(operator, "forallvalues") || operator == "null" ||
				slices.ContainsFunc(test.Values, isOpenValue) {
				continue
			}
			all = all || !strings.HasSuffix(operator, "ifexists") || r.Demands(test.Key)
			for _, v := range test.Values {
				held = append(held, holding{h, v})
			}
		}
		if all {
			return held[before:], true
		}
	}
	return held, false
}

// isOpenValue says whether a value of a condition holds nobody back: one that everything matches,
// or that is a policy variable.
func isOpenValue(v string) bool { return strings.Trim(v, "*") == "" || strings.Contains(v, "${") }

// account takes up an account that a condition names.
func (n namer) account(id string) {
	switch {
	case id == n.owner:
		n.everybodyOf(id)
	case hasWildcard(id):
		n.pattern("arn:*:*::" + id + ":*")
	default:
		n.l.addOther(&Principal{
			ID: "account " + cfn.Shown(id), Kind: AccountPrincipal, Account: id, ARN: n.root(id),
			Shown: "any principal of account " + cfn.Shown(id), Note: byPolicies, AsFar: true,
		})
	}
}

// pattern takes up those whose ARN matches a text, or the one whose ARN it is.
func (n namer) pattern(text string) {
	if !hasWildcard(text) {
		n.aws(text, nil)
		return
	}
	p := &Principal{
		ID: cfn.Shown(text), Kind: PatternPrincipal, ARN: text, Note: byPolicies, SessionTags: true,
		AsFar: true,
	}
	if a, ok := splitARN(text); ok && !hasWildcard(a.account) {
		p.Account, p.AsFar = a.account, a.account != n.owner
	}
	n.l.addOther(p)
}

// patternOf takes up those of an account whose ARN matches a text.
func (n namer) patternOf(text, account string) {
	a, isARN := splitARN(text)
	switch {
	case !hasWildcard(text), isARN && a.account == account:
		n.pattern(text)
	case !isARN, cfn.HasUnknown(a.account), cfn.HasUnknown(account):
		n.account(account)
	case matches(a.account, account):
		a.account = account
		n.pattern(a.String())
	}
}

// allOf takes up an account, whatever more the conditions ask of those who are of it.
func (n namer) allOf(_, account string) { n.account(account) }

// uniqueID is what the unique ids of roles, users and their keys look like.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
var uniqueID = lazy.Regexp(`^A(ROA|IDA|GPA|NPA|KIA|SIA)[A-Z0-9]{12,}$`)

// aws takes up whom a value of Principal's AWS names. held is to whom the statement's conditions
// hold an account.
func (n namer) aws(id string, held []holding) {
	switch {
	case n.l.impossible(id):
		return
	case aws.AccountID(id) == "" || id == n.owner:
		id = n.root(id)
	}
	a, isARN := splitARN(id)
	kind, name := a.kind()
	isIAM := isARN && a.service == "iam"
	p := &Principal{ID: cfn.Shown(id), ARN: id, Note: byPolicies}
	switch {
	case id == "*":
		n.everybody()
		return
	case isIAM && a.resource == "root":
		for _, h := range held {
			if a.account == n.owner {
				h.add(n, h.value)
			} else {
				h.of(n, h.value, a.account)
			}
		}
		if held == nil && a.account != n.owner {
			n.account(a.account)
		}
		return
	case isIAM && kind == "group":
		const refused = "the %s names the group %s: a group is no principal: AWS refuses the policy"
		n.l.tell(fmt.Sprintf(refused, n.document(), id))
		return
	case isIAM && (kind == "role" || kind == "user") && name != "":
		who := n.l.byARN(id, byPolicies)
		if who.declared && areTwo(who.p.ARN, id) {
			const nobody = "the %s names %s, but the %s of this name is %s: taken to be nobody"
			n.l.tell(fmt.Sprintf(nobody, n.document(), cfn.Shown(id), kind, cfn.Shown(who.p.ARN)))
		}
		if who.p.Note == byPolicies && a.account != n.owner {
			who.p.AsFar = true
		}
		return
	case isARN && a.service == "sts":
		p.Kind, p.Account, p.SessionTags = SessionPrincipal, a.account, true
		p.AsFar = a.account != n.owner
	case isIAM && (kind == "saml-provider" || kind == "oidc-provider"):
		p.Kind, p.Account = FederatedPrincipal, a.account
	case uniqueID.MatchString(id):
		p.Kind, p.SessionTags, p.AsFar = IDPrincipal, true, true
	case cfn.HasUnknown(id):
		p.Kind, p.SessionTags, p.AsFar = PatternPrincipal, true, true
		p.Note += "; nobody can read who it is"
	default:
		const refused = "the %s names %s, which is no principal: AWS refuses the policy"
		n.l.tell(fmt.Sprintf(refused, n.document(), id))
		return
	}
	n.l.addOther(p)
}

// otherKey is what a principal is found by that is neither role, user nor group.
func otherKey(p *Principal) string { return p.Kind.String() + " " + p.ARN }

// addOther takes up a principal that is neither role, user nor group, unless it is known.
func (l *loader) addOther(p *Principal) *Principal {
	if have := l.otherByID[otherKey(p)]; have != nil {
		have.AsFar = have.AsFar || p.AsFar && have.Note == byPolicies
		return have
	}
	l.otherByID[otherKey(p)] = p
	l.others = append(l.others, p)
	return p
}
