package access

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
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
}

// namesOf takes up whom the policy of something names that an account owns.
func (l *loader) namesOf(d *Document, owner string) {
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
	held := n.heldTo(r)
	if r.Principals.Any || r.Principals.Not {
		if held == nil {
			n.everybody()
			n.leavesOut(r.Principals)
		}
		for _, add := range held {
			add()
		}
		return
	}
	for _, id := range r.Principals.AWS {
		n.aws(id, held)
	}
	n.services(r.Principals.Service)
	for _, id := range r.Principals.Canonical {
		n.l.tell(fmt.Sprintf("the %s names the canonical user %s: "+
			"only Amazon S3 knows such, and AWS refuses the policy", n.d.Name(), cfn.Shown(id)))
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
	left := leftOut(p)
	if left == "" {
		return
	}
	note := "the " + n.d.Name() + " leaves out " + left
	for _, who := range n.l.others {
		if who.Kind == EverybodyPrincipal && (who.ARN == "*" || who.Account == n.owner) &&
			!strings.Contains(who.Note, note) {
			who.Note = strings.TrimPrefix(who.Note+"; "+note, "; ")
		}
	}
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
	switch names = slices.Compact(names); len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return named(names)
}

// callerKeys are the condition keys that hold everybody to somebody, what says most first.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
var callerKeys = []struct {
	key string
	add func(n namer, value string)
}{
	{"aws:principalarn", func(n namer, v string) { n.pattern(v) }},
	{"aws:principalaccount", namer.account},
	{"kms:calleraccount", namer.account},
	{"aws:principalorgpaths", func(n namer, v string) {
		n.l.addOther(&Principal{
			ID: "organization path " + cfn.Shown(v), Kind: OrganizationPrincipal, ARN: v,
			Note: byPolicies, AsFar: true,
		})
	}},
	{"aws:principalorgid", func(n namer, v string) {
		n.l.addOther(&Principal{
			ID: "organization " + cfn.Shown(v), Kind: OrganizationPrincipal, ARN: v,
			Note: byPolicies, AsFar: true,
		})
	}},
}

// heldTo returns what takes up those to whom the conditions of a statement hold it: by the key
// that says most; nil: to nobody in particular.
func (n namer) heldTo(r *policy.Rule) []func() {
	for _, h := range callerKeys {
		var out []func()
		for i := range r.Conditions {
			test := &r.Conditions[i]
			operator := strings.ToLower(test.Operator)
			if !strings.EqualFold(test.Key, h.key) || strings.Contains(operator, "not") ||
				strings.HasPrefix(operator, "forallvalues") || operator == "null" ||
				slices.ContainsFunc(test.Values, isOpenValue) {
				continue
			}
			for _, v := range test.Values {
				out = append(out, func() { h.add(n, v) })
			}
		}
		if out != nil {
			return out
		}
	}
	return nil
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

// uniqueID is what the unique ids of roles, users and their keys look like.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
var uniqueID = regexp.MustCompile(`^A(ROA|IDA|GPA|NPA|KIA|SIA)[A-Z0-9]{12,}$`)

// aws takes up whom a value of Principal's AWS names. held is to whom the statement's conditions
// hold an account.
func (n namer) aws(id string, held []func()) {
	l := n.l
	switch {
	case l.impossible(id):
		return
	case aws.AccountID(id) == "" || id == n.owner:
		id = n.root(id)
	}
	a, isARN := splitARN(id)
	kind, _ := a.kind()
	isIAM := isARN && a.service == "iam"
	p := &Principal{ID: cfn.Shown(id), ARN: id, Note: byPolicies}
	switch {
	case id == "*":
		n.everybody()
		return
	case isIAM && a.resource == "root":
		for _, add := range held {
			add()
		}
		if held == nil && a.account != n.owner {
			n.account(a.account)
		}
		return
	case isIAM && kind == "group":
		const refused = "the %s names the group %s: a group is no principal: AWS refuses the policy"
		l.tell(fmt.Sprintf(refused, n.d.Name(), id))
		return
	case isIAM && (kind == "role" || kind == "user"):
		who := l.byARN(id, byPolicies)
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
		l.tell(fmt.Sprintf(refused, n.d.Name(), id))
		return
	}
	l.addOther(p)
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

// nameSecrets takes up the secrets that identity policies name and no template makes.
func (l *loader) nameSecrets() {
	own := &ownARNs{arns: map[string]bool{}, befores: map[string]bool{}}
	for _, s := range l.secretList {
		for _, c := range s.Copies {
			own.arns[c.ARN] = true
			own.concrete = append(own.concrete, concrete(c.ARN))
			if before, u := endOf(c.ARN); u.What == "suffix" {
				own.befores[concrete(before)] = true
			}
		}
	}
	slices.Sort(own.concrete)
	for _, who := range l.subjects {
		l.secretsNamedBy(who.p, own)
	}
	for _, p := range l.others {
		l.secretsNamedBy(p, own)
	}
}

func (l *loader) secretsNamedBy(p *Principal, own *ownARNs) {
	for _, d := range p.Identity {
		for i := range d.Rules.Statements {
			r := &d.Rules.Statements[i]
			if r.Effect != policy.Allow || r.NotResources || r.NotActions ||
				d.Stack == "" && d.ARN != "" && len(r.Unread) > 0 {
				continue
			}
			ofSecrets, explicit := speaksOfSecrets(r.Actions)
			if !ofSecrets {
				continue
			}
			for _, resource := range r.Resources {
				key := fmt.Sprint(resource, " ", p.Account, " ", d.Stack, " ", explicit)
				if l.namedSeen[key] {
					continue
				}
				l.namedSeen[key] = true
				if l.impossible(resource) {
					continue
				}
				named := l.namedSecret(resource, p, d, explicit)
				if named != nil && !own.covers(named) {
					l.addNamed(named)
				}
			}
		}
	}
}

// speaksOfSecrets says whether some action is one of Secrets Manager, and whether one is written as
// such.
func speaksOfSecrets(actions []string) (some, explicit bool) {
	for _, a := range actions {
		a = strings.ToLower(a)
		before, _, wild := strings.Cut(a, "*")
		explicit = explicit || strings.HasPrefix(a, "secretsmanager:")
		some = some || strings.HasPrefix(a, "secretsmanager:") ||
			wild && strings.HasPrefix("secretsmanager:", before)
	}
	return some, explicit
}

// policyVariable is a variable in a text of a policy.
var policyVariable = regexp.MustCompile(`\$\{[^}]*\}`)

// namedSecret returns the secret or the secrets that a Resource names; nil: it names none, or all
// there are.
func (l *loader) namedSecret(text string, p *Principal, d *Document, explicit bool) *Secret {
	region := l.home().region
	for _, s := range l.stacks {
		if s.File == d.Stack {
			region = s.region
			break
		}
	}
	secret := &Secret{
		ID: cfn.Shown(text), Name: text, Note: byPolicies, Account: p.Account,
		Pattern: hasWildcard(text) || policyVariable.MatchString(text),
	}
	a, isARN := splitARN(policyVariable.ReplaceAllString(text, "*"))
	if !isARN {
		if !explicit || readableSo(text) {
			return nil
		}
		secret.Copies = []Copy{{Region: region, ARN: text}}
		return secret
	}
	name, ok := strings.CutPrefix(a.resource, "secret:")
	if a.service != "secretsmanager" || !ok || strings.Trim(name, "*?-/") == "" {
		return nil
	}
	secret.Name = name
	if before, found := strings.CutSuffix(name, "-??????"); found {
		secret.Name, a.resource = before, "secret:"+before+"-"+sixCharacters(before, "", "")
		secret.Pattern = hasWildcard(a.String())
	} else if aws.EndsLikeSuffix(name) {
		secret.Name = name[:len(name)-len("-AbCdEf")]
	}
	if a.region != "" && !hasWildcard(a.region) {
		region = a.region
	}
	if a.account != "" && !hasWildcard(a.account) {
		secret.Account = a.account
	}
	secret.Copies = []Copy{{Region: region, ARN: a.String()}}
	return secret
}

// ownARNs are the ARNs of the copies of the estate's secrets.
type ownARNs struct {
	arns map[string]bool
	// what stands before the six characters at their ends, which are not known
	befores  map[string]bool
	concrete []string // sorted
}

// covers says whether a secret of the estate is among those that a policy names.
func (o *ownARNs) covers(named *Secret) bool {
	pattern := named.Copies[0].ARN
	if o.arns[pattern] {
		return true
	}
	if before, u := endOf(pattern); u.What == "suffix" {
		pattern = before + "??????"
	}
	pattern = concrete(pattern)
	if at := len(pattern) - 6; o.befores[pattern+"-"] ||
		at >= 0 && !hasWildcard(pattern[at:]) && o.befores[pattern[:at]] {
		return true
	}
	literal := pattern
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		literal = pattern[:i]
	}
	i, _ := slices.BinarySearch(o.concrete, literal)
	for ; i < len(o.concrete) && strings.HasPrefix(o.concrete[i], literal); i++ {
		if matches(pattern, o.concrete[i]) {
			return true
		}
	}
	return false
}

// concrete returns a text with characters in the place of unknown parts: the same for the same
// part.
func concrete(s string) string {
	var b strings.Builder
	for {
		before, text, u, after, found := cfn.CutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		// FNV-1a: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
		sum := uint64(14695981039346656037)
		for i := range len(text) {
			sum = (sum ^ uint64(text[i])) * 1099511628211
		}
		for range max(u.Min, 6) {
			b.WriteByte("0123456789abcdef"[sum%16])
			sum = sum/16 | sum%16<<60
		}
		s = after
	}
}

// matches says whether a text matches a pattern of * and ?.
func matches(pattern, text string) bool {
	star, at := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t] && pattern[p] != '*'):
			p, t = p+1, t+1
		case p < len(pattern) && pattern[p] == '*':
			star, at = p, t
			p++
		case star >= 0:
			at++
			p, t = star+1, at
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// addNamed takes up a secret that policies name, unless it is known already.
func (l *loader) addNamed(s *Secret) {
	if l.secrets[s.Copies[0].ARN] != nil ||
		!s.Pattern && s.Name != "" && l.byName[s.Account+" "+s.Copies[0].Region+" "+s.Name] != nil {
		return
	}
	s.Copies[0].KeyUnstated = true
	l.tellUnseen(s)
	if s.Pattern { // no name of one secret
		s.Copies[0].ARN = oneOf(s.Copies[0].ARN)
		l.secretList = append(l.secretList, s)
		l.secrets[s.Copies[0].ARN] = s
		return
	}
	l.add(s)
}

// oneOf returns the ARN of one of the secrets that a pattern matches, of which nobody knows which:
// an unknown part stands in the place of each wildcard.
func oneOf(pattern string) string {
	var b strings.Builder
	for i, r := range pattern {
		u := cfn.Unknown{What: "pattern", Name: pattern[i:], Shown: string(r)}
		switch r {
		case '*':
			b.WriteString(u.Text())
		case '?':
			u.Min, u.Max = 1, 1
			b.WriteString(u.Text())
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
