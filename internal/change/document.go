package change

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// formed returns a canonical value as its property is compared.
func formed(v any, f aws.Form) any {
	switch f {
	case aws.Unordered:
		return unordered(v)
	case aws.OfPolicy:
		return policyOf(v)
	case aws.OfPolicies:
		return policiesOf(v)
	}
	return v
}

// unordered returns a list as a set of its elements. A mapping of tags has no order already.
func unordered(v any) any {
	if list, ok := v.([]any); ok {
		return sorted(list)
	}
	return v
}

// policiesOf returns a list of objects with a PolicyDocument each as a set.
func policiesOf(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = e
		o, ok := e.(cfn.Object)
		if !ok || isExpression(o) {
			continue
		}
		o = slices.Clone(o)
		for j := range o {
			if o[j].Key == "PolicyDocument" {
				o[j].Value = policyOf(o[j].Value)
			}
		}
		out[i] = o
	}
	return sorted(out)
}

// policyOf returns a policy document in one form, whether it is an object or a text with JSON:
// statements without Sid and in one order, names of actions in lower case, elements as sets. The
// Id and the Sids of a document say nothing of what it allows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
func policyOf(v any) any {
	if text, ok := v.(string); ok {
		if v, ok = fromJSON(text); !ok {
			return text
		}
	}
	o, ok := v.(cfn.Object)
	if !ok || isExpression(o) {
		return v
	}
	out := make(cfn.Object, 0, len(o))
	for _, m := range o {
		switch m.Key {
		case "Id":
			continue
		case "Statement":
			m.Value = statements(m.Value)
		}
		out = append(out, m)
	}
	return out
}

// fromJSON reads a text with JSON as a canonical value. There are no functions in a text.
func fromJSON(text string) (any, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || d.Decode(&v) != nil || d.More() {
		return nil, false
	}
	return fromMap(v), true
}

// fromMap returns what encoding/json has read as a canonical value.
func fromMap(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(cfn.Object, 0, len(v))
		for key, e := range v {
			out = append(out, cfn.Member{Key: key, Value: fromMap(e)})
		}
		slices.SortFunc(out, func(a, b cfn.Member) int { return strings.Compare(a.Key, b.Key) })
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = fromMap(e)
		}
		return out
	case string:
		return strings.ReplaceAll(v, "\x00", "\uFFFD")
	}
	return (&reader{}).any(v)
}

// statements returns the statements of a document, one alone as a list, without repetitions.
func statements(v any) any {
	list, ok := v.([]any)
	if !ok {
		if isExpression(v) {
			return v
		}
		list = []any{v}
	}
	out, left := make([]any, 0, len(list)), mostParts
	for _, s := range list {
		s = statement(s)
		parts := partsOf(s, left)
		if parts == nil {
			parts = []any{s}
		}
		left -= len(parts)
		out = append(out, parts...)
	}
	return slices.CompactFunc(sorted(out), same)
}

// mostParts is how many statements one document is compared as; what is more stays as it is.
const mostParts = 2000

// partsOf returns a statement in canonical form as statements of one action, one resource and one
// principal each: they say the same, however statements with the same rest were merged or split.
// What stands under Not is one. It is nil where that makes more than most statements.
func partsOf(v any, most int) []any {
	whole, ok := v.(cfn.Object)
	if !ok || isExpression(whole) {
		return nil
	}
	parts := []any{whole}
	for _, element := range []string{"Action", "Resource", "Principal"} {
		values := valuesOfElement(whole.Get(element))
		if len(values) == 0 {
			continue
		}
		if len(parts)*len(values) > most {
			return nil
		}
		next := make([]any, 0, len(parts)*len(values))
		for _, p := range parts {
			for _, v := range values {
				next = append(next, with(p.(cfn.Object), element, v))
			}
		}
		parts = next
	}
	return parts
}

// valuesOfElement returns the values of an element of a statement, each as the element may have it
// alone; none: they are not known.
func valuesOfElement(v any) []any {
	var out []any
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, []any{e})
		}
	case cfn.Object:
		for _, m := range v {
			list, ok := m.Value.([]any)
			if !ok || isExpression(v) {
				return nil
			}
			for _, e := range list {
				out = append(out, cfn.Object{{Key: m.Key, Value: []any{e}}})
			}
		}
	}
	return out
}

// with returns an object in which one member has another value.
func with(o cfn.Object, key string, v any) cfn.Object {
	out := slices.Clone(o)
	for i := range out {
		if out[i].Key == key {
			out[i].Value = v
		}
	}
	return out
}

func statement(v any) any {
	o, ok := v.(cfn.Object)
	if !ok || isExpression(o) {
		return v
	}
	out := make(cfn.Object, 0, len(o))
	for _, m := range o {
		switch m.Key {
		case "Sid":
			continue
		case "Action", "NotAction":
			m.Value = set(m.Value, strings.ToLower)
		case "Resource", "NotResource":
			m.Value = set(m.Value, nil)
		case "Principal", "NotPrincipal":
			if m.Value == any("*") {
				m.Value = cfn.Object{{Key: "AWS", Value: "*"}}
			}
			m.Value = sets(m.Value)
		case "Condition":
			m.Value = conditions(m.Value)
		}
		out = append(out, m)
	}
	return out
}

// set returns one text or a list of them as a set.
func set(v any, spelling func(string) string) any {
	list, ok := v.([]any)
	if !ok {
		if isExpression(v) && !hasText(v) {
			return v
		}
		list = []any{v}
	}
	out := slices.Clone(list)
	for i, e := range out {
		if text, ok := e.(string); ok && spelling != nil {
			out[i] = spelling(text)
		}
	}
	return slices.CompactFunc(sorted(out), same)
}

// hasText says whether an expression is certainly one text, and no list.
func hasText(v any) bool {
	o, _ := v.(cfn.Object)
	return len(o) == 1 && (o[0].Key == expression+"text" || o[0].Key == expression+"ref" ||
		o[0].Key == expression+"attribute")
}

func sets(v any) any {
	o, ok := v.(cfn.Object)
	if !ok || isExpression(o) {
		return v
	}
	out := slices.Clone(o)
	for i := range out {
		out[i].Value = set(out[i].Value, nil)
	}
	return out
}

// conditions returns the conditions of a statement: the names of keys are the same in upper and
// lower case.
func conditions(v any) any {
	o, ok := v.(cfn.Object)
	if !ok || isExpression(o) {
		return v
	}
	out := slices.Clone(o)
	for i := range out {
		keys, ok := sets(out[i].Value).(cfn.Object)
		if !ok || isExpression(keys) {
			continue
		}
		for j := range keys {
			keys[j].Key = strings.ToLower(keys[j].Key)
		}
		slices.SortStableFunc(keys, func(a, b cfn.Member) int {
			return strings.Compare(a.Key, b.Key)
		})
		out[i].Value = keys
	}
	return out
}

// statementsOf returns the statements of a document in canonical form that have an effect.
func statementsOf(document any, effect string) []cfn.Object {
	o, _ := document.(cfn.Object)
	list, _ := o.Get("Statement").([]any)
	var out []cfn.Object
	for _, v := range list {
		if s, ok := v.(cfn.Object); ok && s.Get("Effect") == any(effect) {
			out = append(out, s)
		}
	}
	return out
}

// lostDenial says whether some denials deny something that others do not certainly deny. Who may
// pass is not counted: if a denial lets through more callers by their ARN, this is access that
// somebody gains. covers compares two denials.
func lostDenial(before, now []cfn.Object, covers func(wide, narrow cfn.Object) bool) bool {
	known := map[string]bool{}
	for _, s := range now {
		known[cfn.JSON(s)] = true
	}
	return slices.ContainsFunc(before, func(before cfn.Object) bool {
		return !known[cfn.JSON(before)] && !slices.ContainsFunc(now, func(s cfn.Object) bool {
			return covers(s, before)
		})
	})
}

// mostDenials is how many pairs of denials are compared in all.
const mostDenials = 500_000

// denialsOf returns the denials of a document, or of all documents of a list of policies. In a
// document of a version before 2012-10-17 there are no policy variables: ${ is a text as others.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
func denialsOf(v any) []cfn.Object {
	list, ok := v.([]any)
	if !ok {
		out := statementsOf(v, "Deny")
		o, _ := v.(cfn.Object)
		if version := o.Get("Version"); version == nil || isText(version) &&
			version != any("2012-10-17") {
			for i := range out {
				out[i], _ = withoutVariables(out[i]).(cfn.Object)
			}
		}
		return out
	}
	var out []cfn.Object
	for _, e := range list {
		o, _ := e.(cfn.Object)
		out = append(out, statementsOf(o.Get("PolicyDocument"), "Deny")...)
	}
	return out
}

// withoutVariables returns a value in which ${ begins no policy variable.
func withoutVariables(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "${", "$\x00{")
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = withoutVariables(e)
		}
		return out
	case cfn.Object:
		out := slices.Clone(v)
		for i := range out {
			out[i].Value = withoutVariables(out[i].Value)
		}
		return out
	}
	return v
}

// covers says whether a denial certainly denies all that another one does.
func covers(wide, narrow cfn.Object) bool {
	return coversSet(wide, narrow, "Action") && coversSet(wide, narrow, "Resource") &&
		coversWho(wide, narrow) &&
		coversConditions(wide.Get("Condition"), narrow.Get("Condition"))
}

// coversSet compares an element of statements, and what stands under Not with the same element.
func coversSet(wide, narrow cfn.Object, element string) bool {
	not := "Not" + element
	if wide.Get(not) != nil || narrow.Get(not) != nil {
		return narrow.Get(not) != nil && wide.Get(element) == nil &&
			isWithin(wide.Get(not), narrow.Get(not), coversText)
	}
	return isWithin(narrow.Get(element), wide.Get(element), coversText)
}

// isWithin says whether each element of a set is one of another, or is covered by one that is a
// pattern; covers compares a pattern with a text, and is nil where texts are no patterns.
func isWithin(part, whole any, covers func(pattern, text string) bool) bool {
	parts, _ := part.([]any)
	all, _ := whole.([]any)
	if parts == nil || all == nil {
		return same(part, whole)
	}
	return !slices.ContainsFunc(parts, func(v any) bool {
		return !slices.ContainsFunc(all, func(w any) bool {
			pattern, isPattern := w.(string)
			text, isText := v.(string)
			return same(v, w) || covers != nil && isPattern &&
				(pattern == "*" || isText && covers(pattern, text))
		})
	})
}

func coversWho(wide, narrow cfn.Object) bool {
	if who := wide.Get("Principal"); who != nil && cfn.JSON(who) == `{"AWS":["*"]}` {
		return true
	}
	if wide.Get("NotPrincipal") != nil {
		return narrow.Get("NotPrincipal") != nil // who passes is access
	}
	who, _ := wide.Get("Principal").(cfn.Object)
	before, _ := narrow.Get("Principal").(cfn.Object)
	if who == nil || before == nil {
		return same(wide.Get("Principal"), narrow.Get("Principal"))
	}
	return !slices.ContainsFunc(before, func(m cfn.Member) bool {
		return !isWithin(m.Value, who.Get(m.Key), coversText)
	})
}

// coversConditions says whether conditions hold wherever others do: each of them is one of the
// others, with as many values or more, or with as many or fewer if its operator denies.
func coversConditions(wide, narrow any) bool {
	all, _ := wide.(cfn.Object)
	if wide != nil && all == nil || isExpression(wide) || isExpression(narrow) {
		return same(wide, narrow)
	}
	before, _ := narrow.(cfn.Object)
	for _, operator := range all {
		keys, _ := operator.Value.(cfn.Object)
		had, _ := before.Get(operator.Key).(cfn.Object)
		covers := coversOf(operator.Key)
		for _, key := range keys {
			v, w := had.Get(key.Key), key.Value
			negative := strings.Contains(operator.Key, "Not")
			switch {
			case v == nil:
				return false
			case negative && isOfCaller(key.Key):
			case negative && !isWithin(w, v, covers), !negative && !isWithin(v, w, covers):
				return false
			}
		}
	}
	return true
}

// coversOf returns how the values of an operator cover texts where they are patterns; of most
// operators they are none, so that * is a character as others.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func coversOf(operator string) func(pattern, text string) bool {
	operator = operator[strings.LastIndexByte(operator, ':')+1:] // behind ForAnyValue
	switch strings.TrimSuffix(operator, "IfExists") {
	case "StringLike", "StringNotLike":
		return coversText
	case "ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals":
		return coversARN
	}
	return nil
}

// coversARN is coversText of each component of two ARNs by itself.
func coversARN(pattern, arn string) bool {
	const components = 6
	patterns := strings.SplitN(pattern, ":", components)
	texts := strings.SplitN(arn, ":", components)
	return len(patterns) == components && slices.EqualFunc(patterns, texts, coversText)
}

// coversText says whether a pattern of a policy certainly covers all that a text covers, which may
// be a pattern, too. Only * covers a * of the text, or a policy variable that is not the pattern's.
func coversText(pattern, text string) bool {
	if at := strings.IndexAny(pattern, "*?$"); at < 0 || !strings.HasPrefix(text, pattern[:at]) {
		return pattern == text // most are not alike
	}
	patterns, texts := symbolsOf(pattern), symbolsOf(text)
	p, t, star, from := 0, 0, -1, 0
	for t < len(texts) {
		switch {
		case p < len(patterns) && patterns[p] == "*":
			star, from = p, t
			p++
		case p < len(patterns) && (patterns[p] == texts[t] ||
			patterns[p] == "?" && texts[t] != "*" && !strings.HasPrefix(texts[t], "${")):
			p, t = p+1, t+1
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	for p < len(patterns) && patterns[p] == "*" {
		p++
	}
	return p == len(patterns)
}

// symbolsOf returns the characters of a text of a policy; a policy variable is one of them.
func symbolsOf(text string) []string {
	var out []string
	for text != "" {
		n := strings.IndexByte(text, '}') + 1
		if !strings.HasPrefix(text, "${") || n == 0 {
			_, n = utf8.DecodeRuneInString(text)
		}
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

// isOfCaller says whether a condition key says who calls.
func isOfCaller(key string) bool {
	switch key {
	case "aws:principalarn", "aws:principalaccount", "aws:userid":
		return true
	}
	return false
}
