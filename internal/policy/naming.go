package policy

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// callerNaming is how a statement names a caller, as far as that is known.
type callerNaming struct {
	naming Naming
	truth  cfn.Truth
	// not nil: only where this holds, too: in one session of a role, or for a unique id
	test   *ConditionTest
	unread []cfn.Unknown // of Maybe
}

// nameOf says how a statement of a resource policy names a caller. Several ways may be possible:
// those that grant more come first. A denial with NotPrincipal "will always deny any IAM principal
// that has a permissions boundary policy attached, regardless of the values specified".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (p *Principals) nameOf(c *Caller, effect string) []callerNaming {
	switch {
	case !p.written:
		return nil
	case p.Not && effect == Deny && c.Bounded:
		return []callerNaming{{naming: NamedDirectly, truth: cfn.Yes}}
	case p.Not:
		out := p.leaveOut(c, effect)
		by := callerNaming{naming: NamedDirectly, truth: out.truth.Not(), unread: out.unread}
		if c.Unnamed && effect == Allow {
			by.test = p.butLeftOut()
			return []callerNaming{by}
		}
		return p.butSessions(c, by)
	case p.Any:
		return []callerNaming{{naming: NamedDirectly, truth: cfn.Yes}}
	}
	var out []callerNaming
	if by := p.mayBeAny(); by.truth != cfn.No {
		out = append(out, by)
	}
	if by := p.nameBy(c); by.truth != cfn.No {
		out = append(out, by)
		if by.truth == cfn.Yes {
			return out
		}
	}
	if by := p.nameByRole(c); by.truth != cfn.No {
		out = append(out, by)
	}
	out = append(out, p.sessionsOf(c)...)
	if c.Unnamed && effect == Deny {
		out = append(out, p.someOf(c)...)
	}
	if by := p.accountTruth(c); by.truth != cfn.No {
		out = append(out, by)
	}
	return out
}

// leaveOut says whether NotPrincipal leaves out a caller: see Names.
func (p *Principals) leaveOut(c *Caller, effect string) callerNaming {
	name, account := p.nameBy(c), p.accountTruth(c)
	asRole := c.Kind == Role && c.Role == "" || name.truth == cfn.No
	if c.Role != "" { // to leave out a session of a denial takes its role
		role := p.nameByRole(c)
		if effect == Deny && role.truth == cfn.No && name.truth != cfn.No {
			return callerNaming{truth: cfn.Maybe, unread: []cfn.Unknown{unsaid}}
		}
		name.truth, name.unread = max(name.truth, role.truth), append(name.unread, role.unread...)
	}
	unread := append(name.unread, account.unread...)
	if any := p.mayBeAny(); any.truth != cfn.No { // both are as if it were listed
		name.truth, account.truth = max(name.truth, cfn.Maybe), max(account.truth, cfn.Maybe)
		unread = any.unread
	}
	switch {
	case p.Any:
		return callerNaming{truth: cfn.Yes}
	case effect != Deny || c.Kind == ServicePrincipal || c.Kind == AccountRoot:
		return callerNaming{truth: max(name.truth, account.truth), unread: unread}
	}
	low, high := min(name.truth, account.truth), max(name.truth, account.truth)
	if low == cfn.Yes && c.Kind == Role && asRole {
		// who calls as a role is a session of it, which is not listed
		return callerNaming{truth: cfn.Maybe, unread: []cfn.Unknown{unsaid}}
	}
	if low == high || len(unread) > 0 {
		return callerNaming{truth: low, unread: unread}
	}
	if name.truth == cfn.No && p.namesOthersOf(c.account()) {
		return callerNaming{truth: cfn.No}
	}
	return callerNaming{truth: cfn.Maybe, unread: []cfn.Unknown{unsaid}}
}

// namesOthersOf says whether a role or a user of an account is listed: then the account stands
// there for their sake, and nobody else of it is left out, as in AWS's example of "all principals
// except for the user named Bob".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (p *Principals) namesOthersOf(account string) bool {
	return slices.ContainsFunc(p.AWS, func(id string) bool {
		parts := strings.SplitN(id, ":", 6)
		return len(parts) == 6 && parts[4] == account && parts[5] != "root"
	})
}

// unsaid is what stands between where AWS does not say whom NotPrincipal leaves out of a denial: of
// a role or user and its account, one only is listed, or no session of the role, which "might deny
// access to the entire account containing the principal", "depending on the service".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
var unsaid = cfn.Unknown{What: "principal", Name: "NotPrincipal", Shown: "NotPrincipal"}

// butSessions returns how a statement with NotPrincipal names a role of which it leaves out single
// sessions: the others, as it names the role. A denial that would leave out the role, too, may be
// one of its other sessions: AWS asks to list the session, the role and the account to leave out
// the session. Whoever has a unique id that is listed is left out, too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (p *Principals) butSessions(c *Caller, by callerNaming) []callerNaming {
	if c.Kind != Role && c.Kind != User || c.Unnamed {
		return []callerNaming{by}
	}
	var all, sure, ids []string
	var unread []cfn.Unknown
	for _, id := range p.AWS {
		switch {
		case c.ARN == id:
			continue
		case uniqueID(id, "AROA") && c.Kind == Role:
			ids = append(ids, id+":*")
		case uniqueID(id, "AIDA") && c.Kind == User:
			ids = append(ids, id)
		}
		role, session, ok := sessionOf(id)
		if !ok || c.Kind != Role || c.Role != "" {
			continue
		}
		truth, of := c.isRole(role)
		if truth != cfn.No {
			all = append(all, "*:"+session)
		}
		if truth == cfn.Yes {
			sure = append(sure, "*:"+session)
		}
		unread = append(unread, of...)
	}
	if all != nil && by.truth == cfn.No {
		by.truth, by.unread = cfn.Maybe, []cfn.Unknown{unsaid}
	}
	if all, sure = append(all, ids...), append(sure, ids...); all == nil || by.truth == cfn.No {
		return []callerNaming{by}
	}
	by.test = userID("StringNotLike", all...)
	if len(sure) == len(all) {
		return []callerNaming{by}
	}
	// those of which nobody can read whether they are sessions of the role
	may := callerNaming{naming: by.naming, truth: cfn.Maybe, unread: unread}
	if sure != nil {
		may.test = userID("StringNotLike", sure...)
	}
	return []callerNaming{by, may}
}

// butLeftOut is the test that whoever one of many is, it is nobody whom a permission with
// NotPrincipal leaves out; nil: it leaves out nobody who is known by an ARN or an account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (p *Principals) butLeftOut() *ConditionTest {
	var patterns []string
	for _, id := range p.AWS {
		if strings.Contains(id, ":iam::") && accountOf(id) == "" && !cfn.HasUnknown(id) {
			patterns = append(patterns, id)
		}
	}
	for _, account := range p.roots {
		if !cfn.HasUnknown(account) {
			patterns = append(patterns, "arn:*:iam::"+account+":*")
		}
	}
	if patterns == nil {
		return nil
	}
	t := testOfCaller("StringNotLike", "aws:principalarn", patterns...)
	t.leavesOut = true
	return t
}

// someOf returns how a denial names some of the many that a caller stands for. Of whose account it
// stands for some, that is asked apart.
func (p *Principals) someOf(c *Caller) []callerNaming {
	var arns, ids []string
	for _, id := range p.AWS {
		switch {
		case cfn.HasUnknown(id):
		case uniqueID(id, "AROA"):
			ids = append(ids, id+":*")
		case uniqueID(id, "AIDA"):
			ids = append(ids, id)
		case strings.Contains(id, ":iam::") && accountOf(id) == "":
			arns = append(arns, id)
		case accountOf(id) != "" && c.ARN == "*":
			arns = append(arns, "arn:*:iam::"+accountOf(id)+":*")
		}
	}
	var out []callerNaming
	if arns != nil {
		out = append(out, callerNaming{
			naming: NamedDirectly, truth: cfn.Yes,
			test: testOfCaller("StringLike", "aws:principalarn", arns...),
		})
	}
	if ids != nil {
		out = append(out, callerNaming{
			naming: NamedDirectly, truth: cfn.Yes, test: userID("StringLike", ids...),
		})
	}
	return out
}

// mayBeAny says whether a principal that nobody can read may be everybody: *.
func (p *Principals) mayBeAny() callerNaming {
	out := callerNaming{naming: NamedDirectly}
	for _, id := range p.unread {
		if matches(id, "*", false) != cfn.No {
			out.truth, out.unread = cfn.Maybe, append(out.unread, cfn.UnknownsIn(id)...)
		}
	}
	return out
}

// nameBy says whether a caller is named by its ARN, or by the name of the service.
func (p *Principals) nameBy(c *Caller) callerNaming {
	out := callerNaming{naming: NamedDirectly}
	list := p.AWS
	switch {
	case c.Unnamed || c.Kind == AccountRoot:
		list = nil
	case c.Federated:
		list = p.Federated
	case c.Kind == ServicePrincipal:
		list = p.Service
	case c.Kind == Role && !strings.Contains(c.ARN, ":assumed-role/"):
		out.naming = NamedAsRole
	}
	for _, id := range list {
		if c.Others[id] {
			continue
		}
		truth := matches(id, c.ARN, false)
		if truth == cfn.Maybe && cfn.HasUnknown(id) || truth == cfn.Maybe && cfn.HasUnknown(c.ARN) {
			out.unread = append(append(out.unread, cfn.UnknownsIn(id)...), cfn.UnknownsIn(c.ARN)...)
		}
		if out.truth = max(out.truth, truth); out.truth == cfn.Yes {
			return callerNaming{naming: out.naming, truth: cfn.Yes}
		}
	}
	return out
}

// nameByRole says whether a session is named by its role: "when you specify a role, its permissions
// are those of its sessions".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
func (p *Principals) nameByRole(c *Caller) callerNaming {
	if c.Role == "" {
		return callerNaming{}
	}
	role := *c
	role.ARN, role.Role = c.Role, ""
	out := p.nameBy(&role)
	// a name is that of one role of the account, whatever its path, which the session does not tell
	for _, id := range p.AWS {
		parts := strings.SplitN(id, ":", 6)
		if len(parts) == 6 && strings.HasPrefix(parts[5], "role/") && c.isOf(parts[4]) &&
			strings.EqualFold(nameIn(parts[5]), nameIn(c.Role)) {
			return callerNaming{naming: NamedAsRole, truth: cfn.Yes}
		}
	}
	return out
}

// accountTruth says whether a caller's account is named.
func (p *Principals) accountTruth(c *Caller) callerNaming {
	out := callerNaming{naming: NamedByAccount}
	if c.Kind == ServicePrincipal {
		return out
	}
	for _, account := range p.roots {
		truth := matches(account, c.account(), false)
		if c.isOf(account) {
			truth = cfn.Yes
		}
		// the account of a template that does not say its own is taken to be another
		if truth == cfn.Maybe && !cfn.HasUnknown(account) {
			truth = cfn.No
		}
		if truth == cfn.Maybe {
			out.unread = append(out.unread, cfn.UnknownsIn(account)...)
		}
		out.truth = max(out.truth, truth)
	}
	for _, id := range p.unread { // one that may be an account, which only the text tells
		if accountOf(id) != "" || out.truth != cfn.No {
			continue
		}
		if matches(id, c.account(), false) != cfn.No ||
			matches(id, "arn:aws:iam::"+c.account()+":root", false) != cfn.No {
			out.truth, out.unread = cfn.Maybe, append(out.unread, cfn.UnknownsIn(id)...)
		}
	}
	return out
}

// sessionsOf returns how a statement names some sessions of a role, or whoever has a unique id,
// both of which a request tells by aws:userid.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (p *Principals) sessionsOf(c *Caller) []callerNaming {
	if c.Kind != Role && c.Kind != User || c.Unnamed {
		return nil
	}
	var out []callerNaming
	for _, id := range p.AWS {
		if role, session, ok := sessionOf(id); ok && c.Kind == Role && c.Role == "" {
			truth, unread := c.isRole(role)
			if c.ARN == id || truth == cfn.No {
				continue
			}
			out = append(out, callerNaming{
				naming: NamedDirectly, truth: truth, unread: unread,
				test: userID("StringLike", "*:"+session),
			})
		}
		switch {
		case uniqueID(id, "AROA") && c.Kind == Role:
			out = append(out,
				callerNaming{
					naming: NamedAsRole, truth: cfn.Yes, test: userID("StringLike", id+":*"),
				})
		case uniqueID(id, "AIDA") && c.Kind == User:
			out = append(out,
				callerNaming{naming: NamedDirectly, truth: cfn.Yes, test: userID("StringLike", id)})
		}
	}
	return out
}

// sessionOf takes the ARN of a session apart: the account and the name of the role, and the name of
// the session.
func sessionOf(arn string) (role, session string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "sts" {
		return "", "", false
	}
	rest, isRole := strings.CutPrefix(parts[5], "assumed-role/")
	name, session, ok := strings.Cut(rest, "/")
	return parts[4] + " " + name, session, isRole && ok
}

// nameIn returns the name at the end of an ARN or a path.
func nameIn(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// isRole says whether a caller is a role, which is given by its account and name. The account of a
// template that does not say its own is taken to be another.
func (c *Caller) isRole(role string) (truth cfn.Truth, unread []cfn.Unknown) {
	account, name, _ := strings.Cut(role, " ")
	truth = cfn.TruthOf(c.isOf(account))
	if cfn.HasUnknown(account) {
		truth = max(truth, matches(account, c.account(), false))
	}
	own := nameIn(c.ARN)
	if !strings.EqualFold(name, own) {
		truth = min(truth, matches(name, own, true))
	}
	if truth != cfn.Maybe {
		return truth, nil
	}
	return truth, append(cfn.UnknownsIn(role), cfn.UnknownsIn(own)...)
}

// isOf says whether a caller is of an account.
func (c *Caller) isOf(account string) bool {
	return account == c.account() || c.Same != "" && account == c.Same
}

// uniqueID says whether a principal is a unique id of a kind.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func uniqueID(id, prefix string) bool {
	return strings.HasPrefix(id, prefix) && !strings.Contains(id, ":")
}

// userID is a test of aws:userid.
func userID(operator string, patterns ...string) *ConditionTest {
	return testOfCaller(operator, "aws:userid", patterns...)
}

// testOfCaller is a test of a key that says who calls.
func testOfCaller(operator, key string, patterns ...string) *ConditionTest {
	t, err := newCondition(operator, key, patterns, false)
	if err != nil {
		panic("policy: a condition of its own: " + err.Error())
	}
	return &t
}
