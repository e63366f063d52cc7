package policy

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
)

// comparison is what a condition operator compares.
type comparison uint8

const (
	texts comparison = iota
	foldedTexts
	patterns
	numbers
	dates
	booleans
	binaries
	addresses
	arns
	presence
)

// The outcomes for which an operator on numbers and dates holds.
const (
	less = 1 << iota
	equal
	greater
)

// operator is one condition operator.
type operator struct {
	name    string
	compare comparison
	negated bool // holds where the operator without Not does not, and so for an absent key
	order   int  // of numbers and dates
}

// operators is every condition operator.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = []operator{
	{name: "StringEquals", compare: texts},
	{name: "StringNotEquals", compare: texts, negated: true},
	{name: "StringEqualsIgnoreCase", compare: foldedTexts},
	{name: "StringNotEqualsIgnoreCase", compare: foldedTexts, negated: true},
	{name: "StringLike", compare: patterns},
	{name: "StringNotLike", compare: patterns, negated: true},
	{name: "NumericEquals", compare: numbers, order: equal},
	{name: "NumericNotEquals", compare: numbers, order: equal, negated: true},
	{name: "NumericLessThan", compare: numbers, order: less},
	{name: "NumericLessThanEquals", compare: numbers, order: less | equal},
	{name: "NumericGreaterThan", compare: numbers, order: greater},
	{name: "NumericGreaterThanEquals", compare: numbers, order: greater | equal},
	{name: "DateEquals", compare: dates, order: equal},
	{name: "DateNotEquals", compare: dates, order: equal, negated: true},
	{name: "DateLessThan", compare: dates, order: less},
	{name: "DateLessThanEquals", compare: dates, order: less | equal},
	{name: "DateGreaterThan", compare: dates, order: greater},
	{name: "DateGreaterThanEquals", compare: dates, order: greater | equal},
	{name: "Bool", compare: booleans},
	{name: "BinaryEquals", compare: binaries},
	{name: "IpAddress", compare: addresses},
	{name: "NotIpAddress", compare: addresses, negated: true},
	{name: "ArnEquals", compare: arns},
	{name: "ArnNotEquals", compare: arns, negated: true},
	{name: "ArnLike", compare: arns},
	{name: "ArnNotLike", compare: arns, negated: true},
	{name: "Null", compare: presence},
}

// operand is a value of a policy, ready to be compared with one of a request.
type operand struct {
	pattern pattern // of texts, patterns, ARNs and booleans
	number  float64
	date    time.Time
	bytes   []byte
	prefix  netip.Prefix
	unread  string // of numbers, dates, bytes and addresses: the text, which has unknown parts
}

// operand reads a value for an operator. Policy variables stand in texts, ARNs and booleans;
// elsewhere, as wherever a value is none that the operator can compare, it is an error.
func (o *operator) operand(value string, variables bool) (operand, error) {
	var out operand
	var err error
	ok := true
	if cfn.HasUnknown(value) {
		switch o.compare {
		case numbers, dates, binaries, addresses, presence:
			return operand{unread: value}, nil
		}
	}
	switch o.compare {
	case texts, foldedTexts:
		out.pattern, err = compile(value, literally, variables)
	case patterns, arns:
		out.pattern, err = compile(value, freely, variables)
	case booleans, presence:
		out.pattern, err = compile(value, literally, variables && o.compare == booleans)
		ok = out.pattern.parts != nil || cfn.HasUnknown(value) ||
			strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	case numbers:
		out.number, ok = number(value)
	case dates:
		out.date, ok = date(value)
	case binaries:
		var wrong error
		out.bytes, wrong = base64.StdEncoding.DecodeString(value)
		ok = wrong == nil
	case addresses:
		out.prefix, ok = prefix(value)
	}
	if err == nil && !ok {
		err = fmt.Errorf("cannot be compared with %q", value)
	}
	return out, err
}

// matches says whether a value of a request is the operand, or stands to it in the operator's
// order. Not in the operator's name is the caller's affair. Nothing matches where a policy variable
// of the operand has no value.
func (o *operator) matches(value string, with *operand, c *Context) bool {
	switch o.compare {
	case numbers:
		n, ok := number(value)
		return ok && o.holds(order(n < with.number, n > with.number))
	case dates:
		d, ok := date(value)
		return ok && o.holds(order(d.Before(with.date), d.After(with.date)))
	case binaries:
		b, err := base64.StdEncoding.DecodeString(value)
		return err == nil && bytes.Equal(b, with.bytes)
	case addresses:
		a, err := netip.ParseAddr(value)
		return err == nil && with.prefix.Contains(a.Unmap())
	case texts, patterns:
		covers, _ := with.pattern.covers(value, c)
		return covers
	}
	text, ok := with.pattern.in(c)
	if !ok {
		return false
	}
	if o.compare == arns {
		return matchARN(text, value)
	}
	return strings.EqualFold(text, value) // foldedTexts, booleans
}

func (o *operator) holds(order int) bool { return o.order&order != 0 }

func order(isLess, isGreater bool) int {
	switch {
	case isLess:
		return less
	case isGreater:
		return greater
	}
	return equal
}

// number reads "an integer or decimal value".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
func number(s string) (float64, bool) {
	if strings.Trim(s, "+-.0123456789") != "" { // neither hexadecimal, nor Inf, nor an exponent
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// W3C's forms of ISO 8601, and the same without a time zone, which is UTC then.
// https://www.w3.org/TR/NOTE-datetime
var dateForms = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006",
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07", "2006-01-02T15:04:05", "2006-01-02T15:04",
}

// date reads a date in ISO 8601 or in seconds since 1970. Four digits are a year.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
func date(s string) (time.Time, bool) {
	if len(s) != len("2006") && strings.Trim(s, "0123456789") == "" {
		seconds, err := strconv.ParseInt(s, 10, 64)
		return time.Unix(seconds, 0), err == nil
	}
	s = strings.ToUpper(s)
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// prefix reads an IPv4 or IPv6 address or range in CIDR notation. A single address is a range of
// one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
func prefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), true
}
