package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// A policy that names a role or user by its ARN as a principal holds the unique id of the one that
// is there when the policy is written. Once this one is deleted, another one of the same ARN is
// somebody else, until the policy is written again. An ARN in a condition is no such name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

// stale tells the policies of the new set that name by its ARN a role or user of the old set that
// is deleted, and that are not written again once a new one of this ARN is there.
func (c *comparison) stale() {
	ends := c.ended()
	if len(ends) == 0 {
		return
	}
	for one := range c.allOf(1) {
		table := aws.UpdatesOf(one.res.Type)
		condition, _ := one.attribute("Condition").(string)
		if table == nil || one.at.read.always(condition) == "false" {
			continue
		}
		for _, p := range table.Properties {
			isOfPermission := one.res.Type == "AWS::Lambda::Permission" && p.Name == "Principal"
			if p.Form != aws.OfPolicy && !isOfPermission {
				continue
			}
			document := policyOf(one.value(p.Name))
			if isOfPermission {
				document = cfn.Object{{Key: "Effect", Value: "Allow"},
					{Key: "Principal", Value: cfn.Object{{Key: "AWS", Value: document}}}}
			}
			eachPrincipal(document, func(v any, lets bool) {
				c.staleBy(ends, one, p, v, lets)
			})
		}
	}
}

// staleBy tells a policy that lets in, or denies, a principal.
func (c *comparison) staleBy(
	ends map[string][]ending, one side, p aws.PropertyUpdate, principal any, lets bool,
) {
	account, rest := c.arnOf(1, one.at, principal)
	for _, e := range ends[rest] {
		if !isOneAccount(e.account, account) || e.now.res == nil && !lets ||
			e.now.res != nil && c.isPutAfter(one, p.Name, e.now) {
			continue
		}
		r := Resource{Kind: Modified, Risk: AccessGap, Property: p.Name, Page: aws.PageOfPrincipal}
		if c.before(one).res == nil {
			r.Kind = Added
		}
		kind := "role"
		if e.old.res.Type == "AWS::IAM::User" {
			kind = "user"
		}
		r.Message = "the policy names " + e.old.id + " by its ARN, "
		again := "write the policy again, with another Sid or by hand, once the new " + kind +
			" is there"
		switch {
		case e.now.res == nil:
			r.Message += "and this " + kind + " is deleted: a policy holds its unique id, and " +
				"lets nobody in by it, also no new " + kind + " of this ARN"
		case lets:
			r.Message += "and a new " + kind + " takes its place: a policy holds the unique id " +
				"of the one before, and does not let the new one in; " + again
		default:
			r.Risk = GuardWeaker
			r.Message += "and a new " + kind + " takes its place: a policy holds the unique id " +
				"of the one before, and denies the new one nothing; " + again
		}
		c.report(one, r)
	}
}

// ending is a role or user of the old set that is deleted.
type ending struct {
	account  string // an expression where nobody states it
	old, now side   // what has its ARN in the new set; without a resource: nothing has
}

// ended returns the roles and users with a name of their own that are deleted, by what their ARNs
// say behind the account: those that leave their stacks, and those that are replaced. A deployment
// that is refused deletes nothing.
func (c *comparison) ended() map[string][]ending {
	all := slices.DeleteFunc(slices.Clone(c.removed), func(s side) bool {
		return slices.ContainsFunc(c.lasting, func(l side) bool { return l.is() == s.is() })
	})
	for _, r := range c.renamed {
		if !r.old.retains("UpdateReplacePolicy") || !r.new.retains("UpdateReplacePolicy") {
			all = append(all, r.old)
		}
	}
	all = slices.DeleteFunc(all, func(s side) bool { return !s.isPrincipal() })
	if len(all) == 0 {
		return nil
	}
	made := map[string][]side{}
	for one := range c.allOf(1) {
		if _, rest := c.ownARN(1, one); rest != "" {
			made[rest] = append(made[rest], one)
		}
	}
	known, out := map[string]bool{}, map[string][]ending{}
	for _, old := range all {
		condition, _ := old.attribute("Condition").(string)
		account, rest := c.ownARN(0, old)
		if rest == "" || known[old.is()] || old.at.read.always(condition) == "false" {
			continue
		}
		known[old.is()] = true
		e := ending{account: account, old: old}
		for _, one := range made[rest] {
			if of, _ := c.ownARN(1, one); isOneAccount(of, account) {
				e.now = one
				break
			}
		}
		if e.now.res == nil || !c.isInTheWay(old, e.now) {
			out[rest] = append(out[rest], e)
		}
	}
	return out
}

// before returns what a resource of the new set was in the old one; without a resource: it is new.
func (c *comparison) before(now side) side {
	p := now.at.pair
	if p.old == nil || p.old.all[now.id] == nil || p.old.all[now.id].Type != now.res.Type {
		return side{}
	}
	return side{p.old, now.id, p.old.all[now.id]}
}

// isPutAfter says whether a policy of the new set is written, and not before a new role or user is
// there: it is new, replaced, or has another text, in the same stack or one that is deployed later.
// In which words a text names somebody makes no difference.
func (c *comparison) isPutAfter(policy side, property string, who side) bool {
	if policy.at.number < who.at.number {
		return false
	}
	old := c.before(policy)
	if old.res == nil || c.replaced[policy.is()] || c.isOfReplaced(policy) {
		return true
	}
	was, is := old.value(property), policy.value(property)
	if policy.res.Type == "AWS::SecretsManager::ResourcePolicy" { // written with all that it has
		was, is = old.canonical("Properties"), policy.canonical("Properties")
	}
	return !same(c.inARNs(0, old.at, was), c.inARNs(1, policy.at, c.exported(policy.at, is)))
}

// eachPrincipal gives each principal of AWS that a canonical document names, and whether the
// document is there to let it in: one that is named under NotPrincipal of a denial passes.
func eachPrincipal(document any, visit func(v any, lets bool)) {
	switch v := document.(type) {
	case []any:
		for _, e := range v {
			eachPrincipal(e, visit)
		}
	case cfn.Object:
		effect := v.Get("Effect")
		for _, m := range v {
			who, _ := m.Value.(cfn.Object)
			switch {
			case effect != nil && m.Key == "Principal":
				eachChoice(who.Get("AWS"), func(v any) { visit(v, effect != any("Deny")) })
			case effect != nil && m.Key == "NotPrincipal":
				eachChoice(who.Get("AWS"), func(v any) { visit(v, effect == any("Deny")) })
			default:
				eachPrincipal(m.Value, visit)
			}
		}
	}
}

// eachChoice gives the elements of a value, of each branch of a Fn::If.
func eachChoice(v any, visit func(any)) {
	const choice = 3 // a condition, and what is so where it holds, and where not
	if o, ok := v.(cfn.Object); ok && len(o) == 1 && o[0].Key == expression+"if" {
		if list, _ := o[0].Value.([]any); len(list) == choice {
			eachChoice(list[1], visit)
			eachChoice(list[2], visit)
		}
		return
	}
	list, isList := v.([]any)
	if !isList && v != nil {
		visit(v)
	}
	for _, e := range list {
		eachChoice(e, visit)
	}
}

// ownARN returns the account, and what stands behind it, of the ARN that a role or user has by a
// name of its own; empty: it is something else, or has none.
func (c *comparison) ownARN(set int, s side) (account, rest string) {
	if !s.isPrincipal() || s.value(ownNames[s.res.Type]) == nil {
		return "", ""
	}
	return c.arnOf(set, s.at, call("attribute", []any{s.id, "Arn"}))
}

func (s side) isPrincipal() bool {
	return s.res.Type == "AWS::IAM::Role" || s.res.Type == "AWS::IAM::User"
}

// arnOf returns the account, and what stands behind it, of the ARN that a canonical value is.
func (c *comparison) arnOf(set int, at *state, v any) (account, rest string) {
	_, behind, _ := strings.Cut(c.flat(set, at, v), ":iam::")
	account, rest, _ = strings.Cut(behind, ":")
	return account, rest
}

// isOneAccount says whether two accounts are the same, or may be, as nobody states one of them.
func isOneAccount(a, b string) bool {
	return a == b || strings.Contains(a, expression) || strings.Contains(b, expression)
}

// inARNs returns a canonical value in which all texts are flat.
func (c *comparison) inARNs(set int, at *state, v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = c.inARNs(set, at, e)
		}
		return out
	case cfn.Object:
		if isExpression(v) {
			return c.flat(set, at, v)
		}
		out := slices.Clone(v)
		for i := range out {
			out[i].Value = c.inARNs(set, at, out[i].Value)
		}
		return out
	}
	return v
}

// flat writes a canonical text in one way, whether it names a role or user by an ARN, by its
// logical ID or by an export. What is known only at the deployment stays an expression.
func (c *comparison) flat(set int, at *state, v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	o, _ := v.(cfn.Object)
	if len(o) != 1 {
		return cfn.JSON(v)
	}
	list, _ := o[0].Value.([]any)
	id, _ := o[0].Value.(string)
	first, _ := elementOf(list, 0).(string)
	switch o[0].Key {
	case expression + "text":
		var b strings.Builder
		for _, part := range list {
			b.WriteString(c.flat(set, at, part))
		}
		return b.String()
	case expression + "ref":
		if id == cfn.AccountID {
			return expression // without the colons that parts of an ARN stand between
		}
		if of := at.all[id]; of != nil && (side{at, id, of}).isPrincipal() {
			if name := (side{at, id, of}).value(ownNames[of.Type]); name != nil {
				return c.flat(set, at, name)
			}
		}
	case expression + "attribute":
		of := at.all[first]
		if of == nil || !(side{at, first, of}).isPrincipal() || elementOf(list, 1) != any("Arn") {
			break
		}
		one := side{at, first, of}
		if name := one.value(ownNames[of.Type]); name != nil {
			kind := strings.ToLower(strings.TrimPrefix(of.Type, "AWS::IAM::"))
			return "arn:" + aws.PartitionOf(at.read.Region) + ":iam::" +
				c.flat(set, at, at.read.ref(cfn.AccountID)) + ":" + kind +
				c.flat(set, at, orDefault(one.value("Path"), "/")) + c.flat(set, at, name)
		}
	case expression + "Fn::ImportValue":
		if from := c.exporterOf(set, at, cfn.JSON(o[0].Value)); from.at != nil {
			return c.flat(set, from.at, from.value)
		}
	}
	return cfn.JSON(v)
}

// exportedValue is the canonical value of an export; without a state nobody exports it.
type exportedValue struct {
	at    *state
	value any
}

// exporterOf finds what a stack imports. An export may be made of no other import, so that no
// search goes in circles.
func (c *comparison) exporterOf(set int, at *state, name string) exportedValue {
	if c.exporters[set] == nil {
		c.exporters[set] = map[string]exportedValue{}
		for i := range c.pairs {
			if s := [2]*state{c.pairs[i].old, c.pairs[i].new}[set]; s != nil {
				for _, e := range exportsOf(s) {
					if len(importsIn(e.value)) == 0 {
						c.exporters[set][c.place(s, e.name)] = exportedValue{s, e.value}
					}
				}
			}
		}
	}
	return c.exporters[set][c.place(at, name)]
}
