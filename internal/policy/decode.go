package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// withVariables is the version of the policy language that knows policy variables.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
const withVariables = "2012-10-17"

// Decode reads a policy document and prepares it for evaluation. v is a value as JSON has them:
// cfn.Object, []any or []string, string, bool, json.Number, int or float64. What IAM's grammar does
// not have is an error that says where it stands: an unknown member or condition operator, a
// statement without Effect, action or resource, a value that its operator cannot compare, a
// CloudFormation function that is not resolved. What nobody can read (cfn.Unread, and unknown parts
// of texts) is no error: of a statement it is told by Rule.Unread where it is the statement itself
// or all its conditions, and otherwise makes what it stands in match perhaps.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Decode(v any) (Rules, error) {
	var rules Rules
	if unread, ok := v.(cfn.Unread); ok {
		return UnreadRules(unread.Unknown), nil
	}
	document, err := members(v)
	if err != nil {
		return rules, fmt.Errorf("the policy %w", err)
	}
	var statements any
	for _, m := range document {
		switch m.Key {
		case "Version":
			rules.Version, err = decodeVersion(m.Value)
		case "Id":
			rules.ID, err = text(m.Value)
		case "Statement":
			statements = m.Value
		default:
			return rules, fmt.Errorf("a policy has no member %q", m.Key)
		}
		if err != nil {
			return rules, fmt.Errorf("the policy's %s %w", m.Key, err)
		}
	}
	list, isList := statements.([]any)
	switch {
	case statements == nil:
		return rules, errors.New("the policy has no Statement")
	case !isList:
		list = []any{statements}
	}
	for i, s := range list {
		if unread, ok := s.(cfn.Unread); ok {
			rules.Statements = append(rules.Statements,
				numbered(UnreadRules(unread.Unknown).Statements, i)...)
			continue
		}
		rule, err := decodeRule(s, rules.Version == withVariables)
		if err != nil {
			return rules, fmt.Errorf("statement %d: %w", i+1, err)
		}
		rules.Statements = append(rules.Statements, numbered(rule.eitherEffect(), i)...)
	}
	return rules, nil
}

// numbered gives statements their place in the document.
func numbered(rules []Rule, index int) []Rule {
	for i := range rules {
		rules[i].Index = index
	}
	return rules
}

// Rules prepares the document for evaluation. resolve turns what is only known at deployment
// (cfn.IsIntrinsic) into concrete text, also inside verbatim statements. The errors are Decode's.
// Because of a Rule is that of its statement.
func (d Document) Rules(resolve func(intrinsic string) string) (Rules, error) {
	rules, err := Decode(resolved(d.Value(), resolve))
	if err != nil {
		return Rules{}, err
	}
	for i := range rules.Statements {
		rules.Statements[i].Because = d[i].Because
	}
	return rules, nil
}

// resolved returns a value with concrete text in the place of intrinsics, which may be placeholders
// or functions.
func resolved(v any, resolve func(string) string) any {
	switch v := v.(type) {
	case string:
		if cfn.IsIntrinsic(v) {
			return resolve(v)
		}
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = resolved(s, resolve)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = resolved(e, resolve)
		}
		return out
	case cfn.Object:
		if len(v) == 1 && cfn.IsFunction(v[0].Key) {
			return resolve(cfn.Intrinsic(v))
		}
		out := make(cfn.Object, len(v))
		for i, m := range v {
			out[i] = cfn.Member{Key: m.Key, Value: resolved(m.Value, resolve)}
		}
		return out
	}
	return v
}

// decodeVersion reads a Version. One with unknown parts is taken to be the newer one.
func decodeVersion(v any) (string, error) {
	version, err := text(v)
	if err == nil && cfn.HasUnknown(version) {
		version = withVariables
	}
	if err == nil && version != withVariables && version != "2008-10-17" {
		err = fmt.Errorf("does not exist: %q", version)
	}
	return version, err
}

// decodeRule reads one statement.
func decodeRule(v any, variables bool) (Rule, error) {
	r := Rule{Value: v}
	statement, err := members(v)
	if err != nil {
		return r, err
	}
	has := map[string]bool{}
	for _, m := range statement {
		has[m.Key] = true
		known, err := r.decode(m.Key, m.Value, variables)
		if !known {
			return r, fmt.Errorf("a statement has no member %q", m.Key)
		}
		if err != nil {
			return r, fmt.Errorf("%s %w", m.Key, err)
		}
	}
	switch {
	case !has["Effect"]:
		return r, errors.New("has no Effect")
	case has["Action"] == has["NotAction"]:
		return r, errors.New("needs one of Action and NotAction")
	case has["Resource"] == has["NotResource"]:
		return r, errors.New("needs one of Resource and NotResource")
	case has["Principal"] && has["NotPrincipal"]:
		return r, errors.New("cannot have both Principal and NotPrincipal")
	}
	return r, nil
}

// decode reads one member of a statement, unless statements have no such member.
func (r *Rule) decode(member string, v any, variables bool) (known bool, err error) {
	switch member {
	case "Sid":
		r.Sid, err = text(v)
	case "Effect":
		r.Effect, err = text(v)
		if err == nil && !cfn.HasUnknown(r.Effect) && r.Effect != Allow && r.Effect != Deny {
			err = fmt.Errorf("is neither Allow nor Deny: %q", r.Effect)
		}
	case "Principal", "NotPrincipal":
		r.Principals, err = decodePrincipals(v)
		r.Principals.Not = member == "NotPrincipal"
	case "Action", "NotAction":
		r.NotActions = member == "NotAction"
		if r.Actions, err = textList(v); err == nil {
			r.actions, err = compileActions(r.Actions)
		}
	case "Resource", "NotResource":
		r.NotResources = member == "NotResource"
		if r.Resources, err = textList(v); err == nil {
			r.resources, err = compileResources(r.Resources, variables)
			r.unreadResources = unknownsOf(r.Resources)
		}
	case "Condition":
		if unread, ok := v.(cfn.Unread); ok {
			r.Unread = append(r.Unread, unread.Unknown)
			break
		}
		r.Conditions, r.Unread, err = decodeConditions(v, variables, r.Unread)
	default:
		return false, nil
	}
	return true, err
}

func compileActions(actions []string) ([]pattern, error) {
	out := make([]pattern, len(actions))
	for i, a := range actions {
		p, err := compile(strings.ToLower(a), freely, false)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// compileResources prepares the values of Resource. Policy variables may stand "only in the
// resource portion of the ARN".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
func compileResources(resources []string, variables bool) ([]pattern, error) {
	out := make([]pattern, len(resources))
	for i, s := range resources {
		p, err := compile(wholeARN(s), inFields, variables)
		if err == nil && p.parts != nil && strings.Count(p.parts[0].text, ":") < 5 &&
			!cfn.HasUnknown(p.parts[0].text) {
			err = fmt.Errorf("has a policy variable before the fifth colon: %q", s)
		}
		if err != nil {
			return nil, err
		}
		if p.parts == nil && (len(p.text) > longPattern || runs(p.text) >= manyRuns) {
			p.memo = &memo{}
		}
		out[i] = p
	}
	return out, nil
}

// decodePrincipals reads "*" or the principals by kind.
func decodePrincipals(v any) (Principals, error) {
	var p Principals
	if s, ok := v.(string); ok {
		if s != "*" && cfn.HasUnknown(s) {
			return p, p.add("AWS", []string{s})
		}
		if s != "*" {
			return p, fmt.Errorf("is neither * nor principals by their kind: %q", s)
		}
		return p, p.add("AWS", []string{s})
	}
	if unread, ok := v.(cfn.Unread); ok { // whoever it is, or everybody
		return p, p.add("AWS", []string{unread.Unknown.Text()})
	}
	kinds, err := members(v)
	for _, kind := range kinds {
		// an account may be written as a number, which CloudFormation makes a text
		ids, err := scalars(kind.Value)
		if err == nil {
			err = p.add(kind.Key, ids)
		}
		if err != nil {
			return p, err
		}
	}
	return p, err
}

// decodeConditions reads a condition block. It adds what of it nobody can read.
func decodeConditions(
	v any, variables bool, unread []cfn.Unknown,
) ([]ConditionTest, []cfn.Unknown, error) {
	block, err := members(v)
	if err != nil {
		return nil, unread, err
	}
	var out []ConditionTest
	for _, operator := range block {
		if _, err := parseOperator(operator.Key); err != nil {
			return nil, unread, err // also where it has no keys
		}
		if u, ok := operator.Value.(cfn.Unread); ok {
			unread = append(unread, u.Unknown)
			continue
		}
		keys, err := members(operator.Value)
		if err != nil {
			return nil, unread, fmt.Errorf("%s %w", operator.Key, err)
		}
		for _, key := range keys {
			values, err := scalars(key.Value)
			if err != nil {
				return nil, unread, fmt.Errorf("%s %s %w", operator.Key, key.Key, err)
			}
			t, err := newCondition(operator.Key, key.Key, values, variables)
			if err != nil {
				return nil, unread, err
			}
			if slices.ContainsFunc(out, t.isSameKey) {
				unread = append(unread,
					cfn.Unknown{What: "condition", Name: key.Key, Shown: key.Key})
			}
			out = append(out, t)
		}
	}
	return out, unread, nil
}

// isSameKey says whether another test of a condition block has the same operator and key, which is
// only possible in other upper and lower case. AWS says that this is an error, not which of them
// counts.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-duplicate-keys-with-different-case
func (t *ConditionTest) isSameKey(other ConditionTest) bool {
	return t.key == other.key && strings.EqualFold(t.Operator, other.Operator)
}

// members returns the members of an object.
func members(v any) (cfn.Object, error) {
	o, ok := v.(cfn.Object)
	if !ok {
		return nil, errors.New("is not an object")
	}
	if len(o) == 1 && cfn.IsFunction(o[0].Key) {
		return nil,
			fmt.Errorf("is a CloudFormation function, %s, whose value is not known", o[0].Key)
	}
	for i, m := range o {
		if slices.ContainsFunc(o[:i], func(before cfn.Member) bool { return before.Key == m.Key }) {
			return nil, fmt.Errorf("has the member %q twice", m.Key)
		}
	}
	return o, nil
}

// text returns a text. What nobody can read is a text of which all is unknown.
func text(v any) (string, error) {
	s, ok := v.(string)
	unread, isUnread := v.(cfn.Unread)
	switch {
	case isUnread:
		return unread.Unknown.Text(), nil
	case !ok:
		return "", errors.New("is not a text")
	case cfn.IsIntrinsic(s):
		return "", errors.New("is a CloudFormation function whose value is not known")
	}
	return s, nil
}

// textList returns one text or a list of texts.
func textList(v any) ([]string, error) { return list(v, text) }

// scalars returns one value of a condition or a list of them. Booleans and numbers stand for their
// text.
func scalars(v any) ([]string, error) { return list(v, scalar) }

func scalar(v any) (string, error) {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		return v.String(), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return text(v)
}

func list(v any, element func(any) (string, error)) ([]string, error) {
	var elements []any
	switch v := v.(type) {
	case []any:
		elements = v
	case []string:
		for _, s := range v {
			elements = append(elements, s)
		}
	case cfn.Object:
		_, err := members(v)
		if err == nil {
			err = errors.New("is an object")
		}
		return nil, err
	default:
		elements = []any{v}
	}
	out := make([]string, len(elements))
	for i, e := range elements {
		s, err := element(e)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}
