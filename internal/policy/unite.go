package policy

import (
	"iter"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
)

// The condition keys that tell callers apart.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
const (
	callerARN      = "aws:PrincipalArn"
	callerOrgID    = "aws:PrincipalOrgID"
	callerOrgPaths = "aws:PrincipalOrgPaths"
)

// unite makes one statement of those that differ only in who calls: first in the callers of one
// account, then in accounts, and in parts of an organization. One difference at a time, since a
// statement allows every combination of what it lists.
func unite(statements []Statement) []Statement {
	for _, differ := range []func(*Statement) *difference{
		byCaller, byCallerOfAccounts, byPrincipal, byOrganization, byOrganizationPath,
	} {
		statements = uniteBy(statements, differ)
	}
	return statements
}

// difference is what may differ between two statements that become one: the principals, the values
// of one condition, or both.
type difference struct {
	principal bool
	condition int // its place in the block; -1: none
}

// uniteBy makes one statement of those that differ in nothing else.
func uniteBy(statements []Statement, differ func(*Statement) *difference) []Statement {
	by := make([]*difference, len(statements))
	n := 0
	for i := range statements {
		if by[i] = differ(&statements[i]); by[i] != nil {
			n++
		}
	}
	if n < 2 {
		return statements
	}
	groups := groupsOf
	if len(statements) <= mostFew {
		groups = groupsFew
	}
	in := groups(statements, by)
	many := slices.Max(in) + 1
	if many == len(statements) {
		return statements
	}
	united := make([]Statement, many)
	for at := range united {
		var group []Statement
		first := slices.Index(in, at)
		for i := first; i < len(in); i++ {
			if in[i] == at {
				group = append(group, statements[i])
			}
		}
		if united[at] = group[0]; len(group) > 1 {
			by[first].join(&united[at], group)
		}
	}
	return united
}

// groupsOf returns, for every statement, the number of the group in which all differ in nothing
// else; groups are numbered in the order of the first of each.
func groupsOf(statements []Statement, by []*difference) []int {
	in := make([]int, len(statements))
	groups, many := map[string]int{}, 0
	for i, d := range by {
		in[i] = many
		if d != nil {
			key := d.others(statements[i])
			if at, seen := groups[key]; seen {
				in[i] = at
				continue
			}
			groups[key] = many
		}
		many++
	}
	return in
}

// others is the same text for statements that do not differ in anything else.
func (d *difference) others(s Statement) string {
	key := "\x04"
	if d.principal {
		key += kindsOf(s.Principal)
		s.Principal = Principal{}
	}
	if d.condition >= 0 {
		s.Condition = slices.Clone(s.Condition)
		s.Condition[d.condition].Values = nil
	}
	return s.text() + key
}

// join makes one statement of several.
func (d *difference) join(one *Statement, group []Statement) {
	if d.principal {
		one.Principal = Principal{
			AWS:       ofAll(group, func(s *Statement) []string { return s.Principal.AWS }),
			Service:   ofAll(group, func(s *Statement) []string { return s.Principal.Service }),
			Federated: ofAll(group, func(s *Statement) []string { return s.Principal.Federated }),
		}
	}
	if d.condition >= 0 {
		one.Condition = slices.Clone(one.Condition)
		one.Condition[d.condition].Values = ofAll(group, func(s *Statement) []string {
			return s.Condition[d.condition].Values
		})
	}
	one.Because = nil
	for _, s := range group {
		one.Because = append(one.Because, s.Because...)
	}
	slices.SortFunc(one.Because, source.Span.Compare)
	one.Because = slices.Compact(one.Because)
}

// ofAll returns the texts that several statements list, sorted, each once; nil where none has any.
func ofAll(group []Statement, list func(*Statement) []string) []string {
	var all []string
	for i := range group {
		all = append(all, list(&group[i])...)
	}
	return sortedOrNil(all)
}

// kindsOf says which kinds of principals a statement names.
func kindsOf(p Principal) string {
	var kinds strings.Builder
	for _, ids := range [][]string{p.AWS, p.Service, p.Federated} {
		if ids != nil {
			kinds.WriteByte('x')
		}
		kinds.WriteByte('.')
	}
	return kinds.String()
}

// byCaller unites callers of the same principals: a request carries one ARN of its caller.
func byCaller(s *Statement) *difference {
	if s.Effect != Allow {
		return nil
	}
	i := slices.IndexFunc(s.Condition, func(c Condition) bool {
		return c.Key == callerARN && (c.Operator == "ArnEquals" || c.Operator == "ArnLike")
	})
	if i < 0 {
		return nil
	}
	return &difference{condition: i}
}

// byCallerOfAccounts unites callers of several accounts, where each ARN says which of the accounts
// it is of: then a caller of one account is never let in by what is said of another one.
func byCallerOfAccounts(s *Statement) *difference {
	d := byCaller(s)
	if d == nil || s.Principal.Any || s.Principal.AWS == nil ||
		s.Principal.Service != nil || s.Principal.Federated != nil {
		return nil
	}
	var accounts []string
	for _, id := range s.Principal.AWS {
		account := statedAccount(id)
		if account == "" || !strings.HasSuffix(strings.TrimSuffix(id, `"}`), ":root") {
			return nil
		}
		accounts = append(accounts, account)
	}
	for _, caller := range s.Condition[d.condition].Values {
		if !slices.Contains(accounts, statedAccount(caller)) {
			return nil
		}
	}
	d.principal = true
	return d
}

// arnOfAccount matches ARNs of IAM, and patterns for them, that state their account. A wildcard
// stays within its part of an ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
var arnOfAccount = lazy.Regexp(
	`^(?:\x00\{"Fn::Sub":")?arn:(?:\$\{AWS::Partition\}|[^:]*):iam::([0-9]{12}):`)

// statedAccount returns the account that an ARN of IAM states, or "".
func statedAccount(arn string) string {
	if m := arnOfAccount.FindStringSubmatch(arn); m != nil {
		return m[1]
	}
	return ""
}

// byPrincipal unites principals of one kind that are let in on the same terms.
func byPrincipal(s *Statement) *difference {
	if s.Principal.Any || s.Principal.IsZero() || s.Effect != Allow {
		return nil
	}
	return &difference{principal: true, condition: -1}
}

// byOrganization unites organizations: a request carries the id of one.
func byOrganization(s *Statement) *difference {
	return byValues(s, "StringEquals", callerOrgID)
}

// byOrganizationPath unites parts of an organization: one path of the caller's is enough.
func byOrganizationPath(s *Statement) *difference {
	return byValues(s, "ForAnyValue:StringLike", callerOrgPaths)
}

func byValues(s *Statement, operator, key string) *difference {
	if s.Effect != Allow {
		return nil
	}
	i := slices.IndexFunc(s.Condition, func(c Condition) bool {
		return c.Key == key && c.Operator == operator
	})
	if i < 0 {
		return nil
	}
	return &difference{condition: i}
}

// callers divides a statement that allows something into statements about one principal, and one
// value of what else tells callers apart: what unite makes one again. What no caller can be, of one
// account by its principal and of another by its ARN, is left out.
func (s *Statement) callers() iter.Seq[*Statement] {
	return func(yield func(*Statement) bool) {
		if s.Effect != Allow {
			yield(s)
			return
		}
		parts := s.eachPrincipal()
		for _, differ := range []func(*Statement) *difference{
			byCaller, byOrganization, byOrganizationPath,
		} {
			d := differ(s)
			if d == nil || len(s.Condition[d.condition].Values) == 1 {
				continue
			}
			var divided []*Statement
			for _, part := range parts {
				divided = append(divided, part.eachValue(d.condition)...)
			}
			parts = divided
		}
		for _, part := range parts {
			if len(parts) > 1 && part.isOfTwoAccounts() {
				continue
			}
			if !yield(part) {
				return
			}
		}
	}
}

// eachPrincipal returns the statement for each of its principals.
func (s *Statement) eachPrincipal() []*Statement {
	p := s.Principal
	if len(p.AWS)+len(p.Service)+len(p.Federated) <= 1 {
		return []*Statement{s}
	}
	var out []*Statement
	add := func(one Principal) {
		part := *s
		part.Principal = one
		out = append(out, &part)
	}
	for i := range p.AWS {
		add(Principal{AWS: p.AWS[i : i+1]})
	}
	for i := range p.Service {
		add(Principal{Service: p.Service[i : i+1]})
	}
	for i := range p.Federated {
		add(Principal{Federated: p.Federated[i : i+1]})
	}
	return out
}

// eachValue returns the statement for each value of one of its conditions.
func (s *Statement) eachValue(condition int) []*Statement {
	var out []*Statement
	for _, value := range s.Condition[condition].Values {
		part := *s
		part.Condition = slices.Clone(s.Condition)
		part.Condition[condition].Values = []string{value}
		out = append(out, &part)
	}
	return out
}

// isOfTwoAccounts says whether a statement about one principal asks for a caller of another
// account.
func (s *Statement) isOfTwoAccounts() bool {
	d := byCaller(s)
	if d == nil || len(s.Principal.AWS) != 1 || len(s.Condition[d.condition].Values) != 1 {
		return false
	}
	root := statedAccount(s.Principal.AWS[0])
	caller := statedAccount(s.Condition[d.condition].Values[0])
	return root != "" && caller != "" && root != caller
}

// mostCompared is how many elements of one resource and principal are compared with each other. No
// document that AWS takes has more: each needs a statement, or an ARN in a list, of its own.
const mostCompared = 1000

// withoutImplied leaves out what another element allows anyway, and gives its reasons to that.
func withoutImplied(elements []*mergedElement) []*mergedElement {
	type place struct{ resource, pin, principal string }
	placeOf := func(e *mergedElement) place {
		return place{e.resource, e.element.pin, principalText(e.sample.Principal)}
	}
	groups := map[place][]*mergedElement{}
	for _, e := range elements {
		at := placeOf(e)
		groups[at] = append(groups[at], e)
	}
	return slices.DeleteFunc(elements, func(e *mergedElement) bool {
		group := groups[placeOf(e)]
		if len(group) == 1 || len(group) > mostCompared {
			return false
		}
		implied := false
		for _, other := range group {
			if other != e && other.implies(e) {
				implied = true
				other.because = append(other.because, e.because...)
			}
		}
		return implied
	})
}

// implies says whether an element allows everything that another one of the same resource allows,
// by what stands in both: it has all the actions, and no condition that the other has not, or has
// with more values. It may say no where that is so for reasons that it does not see.
func (e *mergedElement) implies(other *mergedElement) bool {
	s, o := e.sample, other.sample
	if s.Effect != Allow || o.Effect != Allow || s.Sid != o.Sid ||
		(s.Resource == nil) != (o.Resource == nil) || (e.pinned == nil) != (other.pinned == nil) ||
		e.pinned != nil && e.pinned.Operator != other.pinned.Operator {
		return false
	}
	return s.Principal.equal(o.Principal) && s.conditionsImpliedBy(o) &&
		subset(other.actions, e.actions)
}

func (p Principal) equal(other Principal) bool {
	return p.Any == other.Any && slices.Equal(p.AWS, other.AWS) &&
		slices.Equal(p.Service, other.Service) && slices.Equal(p.Federated, other.Federated)
}

// conditionsImpliedBy says whether the conditions hold wherever those of another statement do, but
// for the pins, which are compared as elements.
func (s *Statement) conditionsImpliedBy(other *Statement) bool {
	pin := s.pin()
	for i := range s.Condition {
		mine := &s.Condition[i]
		if mine == pin {
			continue
		}
		at := slices.IndexFunc(other.Condition, func(c Condition) bool {
			return c.Operator == mine.Operator && c.Key == mine.Key
		})
		if at < 0 {
			return false
		}
		theirs := other.Condition[at].Values
		if !slices.Equal(mine.Values, theirs) &&
			(!oneIsEnough(mine.Operator) || !subset(theirs, mine.Values)) {
			return false
		}
	}
	return true
}

// oneIsEnough says whether an operator holds where one of its values matches, so that more values
// let more in.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func oneIsEnough(operator string) bool {
	_, plain, set := strings.Cut(operator, ":")
	if !set {
		plain = operator
	}
	return !strings.Contains(plain, "Not") && plain != "Null"
}
