package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/english"
)

// NoEcho says whether CloudFormation never shows the value of a parameter of the template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (t *Template) NoEcho(parameter string) bool {
	p, _ := t.Parameters.Get(parameter).(Object)
	return isNoEcho(p)
}

func isNoEcho(p Object) bool {
	switch v := p.Get("NoEcho").(type) {
	case bool:
		return v
	case string:
		return v != "" && !strings.EqualFold(v, "false")
	}
	return p.Get("NoEcho") != nil // what CloudFormation may take for true
}

// CheckParameter says, as a clause of an error, why CloudFormation would refuse a value of a
// parameter: because of its type, AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue or
// MaxValue, or because the template has no such parameter. The value is not shown: it may be a
// secret. Nor are the values that a NoEcho parameter takes. Of what Systems Manager or another
// service keeps, and of a pattern that Go cannot read (CloudFormation has Java's), nothing is said.
// Of a list each element is checked.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func CheckParameter(t *Template, name, value string) error {
	p, ok := t.Parameters.Get(name).(Object)
	if !ok {
		return fmt.Errorf("the template has no parameter %q", name)
	}
	c := parameterCheck{p: p, name: name}
	if most := Limit(ParameterValue); len(value) > most {
		return c.refused("has %s bytes, more than the %s that CloudFormation accepts",
			english.Thousands(len(value)), english.Thousands(most))
	}
	kind, list, ofSSM := parameterType(p)
	c.number = kind == "Number"
	if ofSSM {
		return nil
	}
	if !list {
		return c.value(value)
	}
	if value == "" {
		return nil
	}
	for element := range strings.SplitSeq(value, ",") {
		if err := c.value(strings.TrimSpace(element)); err != nil {
			return err
		}
	}
	return nil
}

// parameterCheck checks one value of a parameter.
type parameterCheck struct {
	p      Object
	name   string
	number bool
}

func (c parameterCheck) value(value string) error {
	if HasUnknown(value) {
		return nil
	}
	allowed := elements(c.p.Get("AllowedValues"))
	isValue := func(v any) bool { return literalText(v) == value }
	if len(allowed) > 0 && !slices.ContainsFunc(allowed, isValue) {
		var names []string
		for _, v := range allowed {
			names = append(names, strconv.Quote(literalText(v)))
		}
		if isNoEcho(c.p) {
			return c.refused("is not one of its AllowedValues")
		}
		return c.refused("is not one of its AllowedValues: %s", strings.Join(names, ", "))
	}
	if pattern := literalText(c.p.Get("AllowedPattern")); pattern != "" && !c.number {
		// the whole value has to match: ^ and $ stand around the pattern
		re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
		if err == nil && !re.MatchString(value) {
			return c.refused("does not match its AllowedPattern %s", pattern)
		}
	}
	if c.number {
		return c.ofNumber(value)
	}
	return c.ofText(value)
}

// refused makes the error: which parameter it is, and what is wrong with its value.
func (c parameterCheck) refused(format string, a ...any) error {
	return fmt.Errorf("the value of parameter %q "+format, append([]any{c.name}, a...)...)
}

func (c parameterCheck) ofNumber(value string) error {
	n, err := parseNumber(value)
	if err != nil {
		return c.refused("is no number")
	}
	least, most := literalText(c.p.Get("MinValue")), literalText(c.p.Get("MaxValue"))
	if limit, err := parseNumber(least); err == nil && n < limit {
		return c.refused("is less than its MinValue %s", least)
	}
	if limit, err := parseNumber(most); err == nil && n > limit {
		return c.refused("is more than its MaxValue %s", most)
	}
	return nil
}

func (c parameterCheck) ofText(value string) error {
	n := float64(utf8.RuneCountInString(value))
	least, most := literalText(c.p.Get("MinLength")), literalText(c.p.Get("MaxLength"))
	if limit, err := parseNumber(least); err == nil && n < limit {
		return c.refused("is shorter than its MinLength %s", least)
	}
	if limit, err := parseNumber(most); err == nil && n > limit {
		return c.refused("is longer than its MaxLength %s", most)
	}
	return nil
}

// parseNumber reads an integer or decimal number.
func parseNumber(s string) (float64, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(s, "_xXpP")) {
		err = errors.New("no number")
	}
	return n, err
}

// literalText returns a literal of a template as a text.
func literalText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return string(v)
	case int:
		return strconv.Itoa(v)
	}
	return ""
}
