package simulator

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Meets says whether a request with these keys meets one key under an operator.
func Meets(
	operator, key string,
	values []string,
	version string,
	context map[string][]string,
) bool {
	return newEvaluation(Reading{}, Request{Context: context}).condition(operator, key, values,
		version)
}

// condition evaluates one key under an operator.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func (e *evaluation) condition(operator, key string, want []string, version string) bool {
	have := e.context[strings.ToLower(key)]
	if operator == "Null" {
		return slices.ContainsFunc(want, func(w string) bool {
			return strings.EqualFold(w, strconv.FormatBool(len(have) == 0))
		})
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	if ifExists && len(have) == 0 {
		return !e.how.AnyValueMustExist || !strings.HasPrefix(operator, "ForAnyValue:")
	}
	set, name, isSet := strings.Cut(operator, ":")
	if !isSet {
		set, name = "", operator
	}
	if isSet && len(have) == 1 && have[0] == "" {
		have = nil // "the context key value resolves to a null dataset, such as an empty string"
		if ifExists {
			return true
		}
	}
	met := func(value string) bool { return e.meets(name, want, version, value) }
	switch {
	case set == "ForAllValues":
		return !slices.ContainsFunc(have, func(value string) bool { return !met(value) })
	case set == "ForAnyValue":
		return slices.ContainsFunc(have, met)
	case len(have) == 0:
		return negated(name)
	}
	return len(have) == 1 && met(have[0]) &&
		!(e.how.SeveralValuesNeedSets && slices.Contains(severalValues, strings.ToLower(key)))
}

// severalValues are the keys of Secrets Manager, KMS and all services that can have several values.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
var severalValues = []string{
	"aws:calledvia", "aws:principalorgpaths", "aws:resourceorgpaths", "aws:sourceorgpaths",
	"aws:tagkeys", "aws:principalservicenameslist", "kms:encryptioncontextkeys",
	"kms:grantoperations", "kms:resourcealiases", "secretsmanager:addreplicaregions",
}

func negated(operator string) bool { return strings.Contains(operator, "Not") }

// meets compares one value with all that are wanted: a negated operator is met if none of them
// matches. A text with a variable that has no value matches nothing.
func (e *evaluation) meets(operator string, want []string, version, value string) bool {
	matches, known := operators[operator]
	if !known {
		return false
	}
	if negated(operator) {
		return !slices.ContainsFunc(want, func(w string) bool {
			return matches(e, w, version, value)
		})
	}
	return slices.ContainsFunc(want, func(w string) bool { return matches(e, w, version, value) })
}

type matcher func(e *evaluation, want, version, value string) bool

// operators says when one wanted value matches; those with Not have the outcome turned.
var operators = map[string]matcher{
	"StringEquals": text(false, false), "StringNotEquals": text(false, false),
	"StringEqualsIgnoreCase": text(false, true), "StringNotEqualsIgnoreCase": text(false, true),
	"StringLike": text(true, false), "StringNotLike": text(true, false),
	"ArnEquals": arn, "ArnLike": arn, "ArnNotEquals": arn, "ArnNotLike": arn,
	"NumericEquals":            number(func(c int) bool { return c == 0 }),
	"NumericNotEquals":         number(func(c int) bool { return c == 0 }),
	"NumericLessThan":          number(func(c int) bool { return c < 0 }),
	"NumericLessThanEquals":    number(func(c int) bool { return c <= 0 }),
	"NumericGreaterThan":       number(func(c int) bool { return c > 0 }),
	"NumericGreaterThanEquals": number(func(c int) bool { return c >= 0 }),
	"DateEquals":               date(func(c int) bool { return c == 0 }),
	"DateNotEquals":            date(func(c int) bool { return c == 0 }),
	"DateLessThan":             date(func(c int) bool { return c < 0 }),
	"DateLessThanEquals":       date(func(c int) bool { return c <= 0 }),
	"DateGreaterThan":          date(func(c int) bool { return c > 0 }),
	"DateGreaterThanEquals":    date(func(c int) bool { return c >= 0 }),
	"Bool":                     boolean,
	"BinaryEquals":             binary,
	"IpAddress":                address,
	"NotIpAddress":             address,
}

// Operators returns the names of all operators but Null, sorted.
func Operators() []string {
	var out []string
	for name := range operators {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func text(wild, fold bool) matcher {
	return func(e *evaluation, want, version, value string) bool {
		pattern, ok := e.expand(want, version, wild)
		if !ok {
			return false
		}
		if fold {
			return glob(folded(pattern, value))
		}
		return glob(pattern, []rune(value))
	}
}

// arn serves ArnEquals, too, which takes wildcards and behaves as ArnLike does.
func arn(e *evaluation, want, version, value string) bool {
	pattern, ok := e.expand(want, version, true)
	return ok && arnMatches(pattern, value)
}

func number(holds func(int) bool) matcher {
	return func(_ *evaluation, want, _, value string) bool {
		w, err := strconv.ParseFloat(want, 64)
		if err != nil {
			return false
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return false
		}
		switch {
		case v < w:
			return holds(-1)
		case v > w:
			return holds(1)
		}
		return holds(0)
	}
}

func date(holds func(int) bool) matcher {
	return func(_ *evaluation, want, _, value string) bool {
		w, ok := moment(want)
		if !ok {
			return false
		}
		v, ok := moment(value)
		return ok && holds(v.Compare(w))
	}
}

// moment reads the forms of ISO 8601 that W3C profiles, and seconds since 1970.
func moment(s string) (time.Time, bool) {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00",
		time.RFC3339Nano} {
		if len(s) < len("2006") || layout == "2006" && len(s) != len(layout) {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

func boolean(_ *evaluation, want, _, value string) bool { return strings.EqualFold(want, value) }

func binary(_ *evaluation, want, _, value string) bool {
	w, err := base64.StdEncoding.DecodeString(want)
	if err != nil {
		return false
	}
	v, err := base64.StdEncoding.DecodeString(value)
	return err == nil && bytes.Equal(w, v)
}

// address compares an address with one or with a range. https://www.rfc-editor.org/rfc/rfc4632
func address(_ *evaluation, want, _, value string) bool {
	v, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	if !strings.Contains(want, "/") {
		w, err := netip.ParseAddr(want)
		return err == nil && w == v
	}
	w, err := netip.ParsePrefix(want)
	return err == nil && w.Masked().Contains(v)
}
