package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// The checks of this file are for statements that users write themselves. They find what IAM or its
// Access Analyzer would refuse or what can never match, and stay silent about everything that may
// be right. Texts that hold a policy variable ("${") or a NUL, which marks a CloudFormation
// intrinsic, are not looked at. What they return are whole clauses.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html

// conditionOperator is a family of condition operators by what it compares.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type conditionOperator struct {
	name   string
	kind   KeyType // "" for those that compare anything
	exact  bool    // takes the wildcards * and ? literally
	values *lazy.Pattern
	want   string // what values must be
}

var (
	booleans = lazy.Regexp(`(?i)^(true|false)$`)
	numbers  = lazy.Regexp(`^[+-]?\d+(\.\d+)?$`)
	dates    = lazy.Regexp(
		`(?i)^(\d+|\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?)?)$`)
	arns = lazy.Regexp(`^arn:|[*?]`)
)

var conditionOperators = []conditionOperator{
	{name: "StringEquals", kind: TypeString, exact: true},
	{name: "StringNotEquals", kind: TypeString, exact: true},
	{name: "StringEqualsIgnoreCase", kind: TypeString, exact: true},
	{name: "StringNotEqualsIgnoreCase", kind: TypeString, exact: true},
	{name: "StringLike", kind: TypeString},
	{name: "StringNotLike", kind: TypeString},
	{name: "NumericEquals", kind: TypeNumeric, values: numbers, want: "a number"},
	{name: "NumericNotEquals", kind: TypeNumeric, values: numbers, want: "a number"},
	{name: "NumericLessThan", kind: TypeNumeric, values: numbers, want: "a number"},
	{name: "NumericLessThanEquals", kind: TypeNumeric, values: numbers, want: "a number"},
	{name: "NumericGreaterThan", kind: TypeNumeric, values: numbers, want: "a number"},
	{name: "NumericGreaterThanEquals", kind: TypeNumeric, values: numbers, want: "a number"},
	{name: "DateEquals", kind: TypeDate, values: dates, want: "a date, like 2027-01-01T00:00:00Z"},
	{name: "DateNotEquals", kind: TypeDate, values: dates,
		want: "a date, like 2027-01-01T00:00:00Z"},
	{name: "DateLessThan", kind: TypeDate, values: dates,
		want: "a date, like 2027-01-01T00:00:00Z"},
	{name: "DateLessThanEquals", kind: TypeDate, values: dates,
		want: "a date, like 2027-01-01T00:00:00Z"},
	{name: "DateGreaterThan", kind: TypeDate, values: dates,
		want: "a date, like 2027-01-01T00:00:00Z"},
	{name: "DateGreaterThanEquals", kind: TypeDate, values: dates,
		want: "a date, like 2027-01-01T00:00:00Z"},
	{name: "Bool", kind: TypeBool, values: booleans, want: "true or false"},
	{name: "BinaryEquals", kind: "Binary"},
	{name: "IpAddress", kind: TypeIP},
	{name: "NotIpAddress", kind: TypeIP},
	{name: "ArnEquals", kind: TypeARN, values: arns, want: "an ARN"},
	{name: "ArnNotEquals", kind: TypeARN, values: arns, want: "an ARN"},
	{name: "ArnLike", kind: TypeARN, values: arns, want: "an ARN"},
	{name: "ArnNotLike", kind: TypeARN, values: arns, want: "an ARN"},
	{name: "Null", values: booleans, want: "true or false"},
}

// parseOperator takes a condition operator apart. Upper and lower case make no difference, as
// nothing in AWS's documents says that they do.
func parseOperator(op string) (o conditionOperator, ofSet, ok bool) {
	if set, rest, found := strings.Cut(op, ":"); found {
		if !strings.EqualFold(set, "ForAnyValue") && !strings.EqualFold(set, "ForAllValues") {
			return o, false, false
		}
		ofSet, op = true, rest
	}
	const suffix = "IfExists"
	ifExists := false
	if n := len(op) - len(suffix); n > 0 && strings.EqualFold(op[n:], suffix) {
		ifExists, op = true, op[:n]
	}
	i := slices.IndexFunc(conditionOperators,
		func(c conditionOperator) bool { return strings.EqualFold(c.name, op) })
	if i < 0 || ifExists && conditionOperators[i].name == "Null" {
		return o, false, false
	}
	return conditionOperators[i], ofSet, true
}

// ConditionOperator says whether IAM has a condition operator, with or without ForAnyValue: or
// ForAllValues: before it and IfExists after it. Null takes no IfExists.
func ConditionOperator(op string) bool {
	_, _, ok := parseOperator(op)
	return ok
}

// SpellOperator returns a condition operator as AWS writes it, so that a block has each operator
// once; one that does not exist comes back as it is.
func SpellOperator(op string) string {
	o, _, ok := parseOperator(op)
	if !ok {
		return op
	}
	set, rest, found := strings.Cut(op, ":")
	if !found {
		set, rest = "", op
	}
	name := o.name
	if len(rest) > len(name) {
		name += "IfExists"
	}
	switch {
	case strings.EqualFold(set, "ForAnyValue"):
		return "ForAnyValue:" + name
	case strings.EqualFold(set, "ForAllValues"):
		return "ForAllValues:" + name
	}
	return name
}

// ConditionOperators are the names of IAM's condition operators, without what may stand before and
// after them.
func ConditionOperators() []string {
	var names []string
	for _, o := range conditionOperators {
		names = append(names, o.name)
	}
	return names
}

// CheckCondition returns what is certainly wrong with one condition, one clause for each finding:
// an operator or key that does not exist, an operator that cannot compare this key, values that the
// operator or the key can never have.
func CheckCondition(operator, key string, values []string) []string {
	op, ofSet, ok := parseOperator(operator)
	if !ok {
		return []string{fmt.Sprintf("there is no condition operator %q", operator)}
	}
	info, known := ConditionKey(key)
	if !known {
		if wrong := unknownKey(key); wrong != "" {
			return []string{wrong}
		}
	}
	values = slices.DeleteFunc(slices.Clone(values), unknownText)
	var found []string
	if known {
		found = checkType(op, operator, ofSet, info, key, values)
	}
	if len(found) > 0 {
		return found // its values would be found wrong for the same reason
	}
	for _, v := range values {
		if wrong := checkValue(op, operator, info, key, v); wrong != "" {
			found = append(found, wrong)
		}
	}
	return found
}

// unknownText says whether a text is only known when a stack is deployed or a request made.
func unknownText(s string) bool { return strings.Contains(s, "${") || strings.Contains(s, "\x00") }

// unknownKey says what is wrong with a key that is not in the table, if anything is: only Secrets
// Manager's keys are all known, and a key that is to be completed is nothing by itself.
func unknownKey(key string) string {
	for _, k := range ConditionKeys {
		if k.takesName() &&
			strings.EqualFold(strings.TrimRight(key, "/:"), strings.TrimRight(k.Name, "/:")) {
			return fmt.Sprintf("the condition key %q lacks a name after it, like %q", key,
				k.Name+"name")
		}
	}
	if prefix, _, _ := strings.Cut(key, ":"); strings.EqualFold(prefix, "secretsmanager") &&
		!unknownText(key) {
		return fmt.Sprintf("Secrets Manager has no condition key %q", key)
	}
	return ""
}

// checkType holds the operator against the key's type. Text compares with everything, numbers with
// dates, since those may be seconds, and with text that is a number; ARNs with text.
func checkType(op conditionOperator, operator string, ofSet bool, info ConditionKeyInfo,
	key string, values []string) []string {
	if op.kind == "" || info.Free {
		return nil
	}
	if info.Type == TypeStrings && !ofSet {
		return []string{fmt.Sprintf("a request has several values of %q, "+
			"so that %q needs ForAnyValue: or ForAllValues: before it", key, operator)}
	}
	of := info.Type
	if of == TypeStrings {
		of = TypeString
	}
	switch {
	case op.kind == of, op.kind == TypeString:
		return nil
	case op.kind == TypeNumeric && (of == TypeDate || of == TypeString),
		op.kind == TypeARN && of == TypeString:
		return nil // checkValue looks at the values
	case op.kind == TypeDate && of == TypeNumeric &&
		!slices.ContainsFunc(values, func(v string) bool { return !numbers.MatchString(v) }):
		return nil
	}
	return []string{fmt.Sprintf("%q cannot compare %q, whose type is %s", operator, key, info.Type)}
}

// checkValue holds one value against the operator and the key.
func checkValue(op conditionOperator, operator string, info ConditionKeyInfo,
	key, value string) string {
	if op.values != nil && !op.values.MatchString(value) {
		return fmt.Sprintf("%q is not %s, which %q asks for", value, op.want, operator)
	}
	switch {
	case op.kind == TypeIP && CIDR(value) != "":
		return fmt.Sprintf("%q %s", value, CIDR(value))
	case strings.EqualFold(info.Name, "aws:SourceIp") && IsPrivate(value):
		return fmt.Sprintf("%q is a private address, which %q never is: "+
			"through a VPC endpoint the address is in aws:VpcSourceIp", value, key)
	case info.Type == TypeIP && op.kind == TypeString && strings.Contains(value, "/"):
		return fmt.Sprintf("%q compares %q as text, and no address equals the range %q: "+
			"use IpAddress or NotIpAddress", operator, key, value)
	}
	if op.kind != TypeString || info.Name == "" {
		return ""
	}
	if hasWildcard(value) {
		if op.exact && (!info.Free || isSecretARNContext(key)) {
			return fmt.Sprintf("%q takes the wildcards in %q literally: use %s", operator, value,
				likeOperator(operator))
		}
		return ""
	}
	if ignoresCase := strings.HasSuffix(op.name, "IgnoreCase"); !ignoresCase && info.Check != nil &&
		info.Check(value) != "" {
		return fmt.Sprintf("%q cannot be %q: it %s", key, value, info.Check(value))
	}
	return ""
}

// isSecretARNContext says whether a key is the encryption context that Secrets Manager sets to the
// secret's ARN, which holds no wildcard.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
func isSecretARNContext(key string) bool {
	return strings.EqualFold(key, "kms:EncryptionContext:SecretARN")
}

var equalsWord = lazy.Regexp(`(?i)Equals(IgnoreCase)?`)

// likeOperator returns the operator that knows wildcards in the place of one that does not.
func likeOperator(operator string) string {
	return equalsWord.ReplaceAllLiteralString(operator, "Like")
}

var (
	actionGrammar = lazy.Regexp(`^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`)
	anyAction     = lazy.Regexp(`^\*+(:\*+)?$`)
)

// CheckAction returns what is certainly wrong with an action of a policy, which may hold wildcards,
// or "": it has no service, or is one that Secrets Manager does not have. Actions of other services
// are not known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func CheckAction(action string) string {
	switch {
	case unknownText(action), anyAction.MatchString(action):
		return ""
	case !actionGrammar.MatchString(action):
		return fmt.Sprintf(
			"%q is no action: one is a service and a name, like secretsmanager:GetSecretValue",
			action)
	}
	service, name, _ := strings.Cut(action, ":")
	if !strings.EqualFold(service, "secretsmanager") {
		return ""
	}
	pattern := wildcards.Replace(regexp.QuoteMeta(name))
	matches := regexp.MustCompile(`(?i)^secretsmanager:` + pattern + `$`)
	if slices.ContainsFunc(SecretsManagerActions,
		func(a ActionInfo) bool { return matches.MatchString(a.Name) }) {
		return ""
	}
	return fmt.Sprintf("Secrets Manager has no action %q", action)
}

// wildcards turns IAM's wildcards, as regexp.QuoteMeta leaves them, into those of package regexp.
var wildcards = strings.NewReplacer(`\*`, `.*`, `\?`, `.`)
