package policy

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"unicode"

	"github.com/secretctl/secretctl/internal/cfn"
)

// reader returns the values of a condition key, which is in lower case; nil: the request does not
// have it. They may have unknown parts.
type reader func(key string) []string

// truth says whether the condition is met, as Holds does, where the values of the policy and of the
// request may have unknown parts.
func (t *ConditionTest) truth(read reader) cfn.Truth { return t.truthBy(read(t.key), read) }

// truthBy is truth where the values of the condition's key have been read.
func (t *ConditionTest) truthBy(values []string, read reader) cfn.Truth {
	if t.operator.compare == presence {
		if t.operands[0].unread != "" {
			return cfn.Maybe
		}
		return cfn.TruthOf(t.null == (len(values) == 0))
	}
	if t.set != single && len(values) == 1 {
		switch empty := matches("", values[0], false); {
		case empty == cfn.Yes:
			values = nil
		case empty == cfn.Maybe && t.truthOf(values, read) != t.truthOf(nil, read):
			return cfn.Maybe
		}
	}
	return t.truthOf(values, read)
}

// truthOf says whether the condition is met by values, of which an empty text is one like others.
func (t *ConditionTest) truthOf(values []string, read reader) cfn.Truth {
	switch {
	case len(values) == 0:
		return cfn.TruthOf(t.ifExists || t.set == forAllValues ||
			t.set == single && t.operator.negated)
	case t.set == single && len(values) > 1:
		return cfn.No
	case t.set == forAllValues:
		all := cfn.Yes
		for _, v := range values {
			all = min(all, t.acceptsTruth(v, read))
		}
		return all
	}
	some := cfn.No
	for _, v := range values {
		some = max(some, t.acceptsTruth(v, read))
	}
	return some
}

// acceptsTruth is accepts for values with unknown parts.
func (t *ConditionTest) acceptsTruth(value string, read reader) cfn.Truth {
	if t.isWritten(value) {
		return cfn.TruthOf(!t.operator.negated)
	}
	return t.acceptsTruthOfAll(value, read)
}

// acceptsTruthOfAll is acceptsTruth by comparing all values.
func (t *ConditionTest) acceptsTruthOfAll(value string, read reader) cfn.Truth {
	some := cfn.No
	for i := range t.operands {
		matches, _ := t.operator.truth(value, &t.operands[i], read)
		if some = max(some, matches); some == cfn.Yes {
			break
		}
	}
	if t.operator.negated {
		return some.Not()
	}
	return some
}

// truth is matches for values with unknown parts. It is no, and not ok, where a policy variable of
// the operand has no value.
func (o *operator) truth(value string, with *operand, read reader) (truth cfn.Truth, ok bool) {
	unknown := cfn.HasUnknown(value)
	switch o.compare {
	case numbers, dates, binaries, addresses:
		if unknown || with.unread != "" {
			return cfn.Maybe, true
		}
	}
	switch o.compare {
	case numbers:
		n, ok := number(value)
		return cfn.TruthOf(ok && o.holds(order(n < with.number, n > with.number))), true
	case dates:
		d, ok := date(value)
		return cfn.TruthOf(ok && o.holds(order(d.Before(with.date), d.After(with.date)))), true
	case binaries:
		b, err := base64.StdEncoding.DecodeString(value)
		return cfn.TruthOf(err == nil && bytes.Equal(b, with.bytes)), true
	case addresses:
		a, err := netip.ParseAddr(value)
		return cfn.TruthOf(err == nil && with.prefix.Contains(a.Unmap())), true
	}
	text, ok := with.pattern.text, true
	if with.pattern.parts != nil {
		if text, ok = with.pattern.read(read); !ok {
			return cfn.No, false
		}
	}
	switch o.compare {
	case texts, patterns:
		return matches(text, value, false), true
	case arns:
		return matchesARN(text, value), true
	}
	if !unknown && !cfn.HasUnknown(text) {
		return cfn.TruthOf(strings.EqualFold(text, value)), true // foldedTexts, booleans
	}
	return matches(sameCase(text), sameCase(value), true), true
}

// sameCase writes every character as the first of those that are the same but for upper and lower
// case.
func sameCase(s string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
			first = min(first, c)
		}
		return first
	}, s)
}

// read is in for values that may have unknown parts.
func (p *pattern) read(read reader) (text string, ok bool) {
	if p.parts == nil {
		return p.text, true
	}
	return p.fill(func(key string) keyValues {
		values := read(key)
		return keyValues{n: len(values), many: values}
	})
}

// matchesARN is matchARN for texts with unknown parts.
func matchesARN(pattern, arn string) cfn.Truth {
	if !cfn.HasUnknown(pattern) && !cfn.HasUnknown(arn) {
		return cfn.TruthOf(matchARN(pattern, arn))
	}
	truth := matches(inComponents(pattern), arn, false)
	if strings.Count(pattern, ":") >= 5 {
		return truth
	}
	for _, u := range cfn.UnknownsIn(pattern) {
		if u.Class == cfn.AnyText {
			return min(truth, cfn.Maybe)
		}
	}
	return cfn.No // it has fewer than six components
}

// inComponents writes the wildcards of a pattern of ArnLike so that those in the first five
// components of the ARN match no colon.
func inComponents(pattern string) string {
	b := []byte(pattern)
	colons := 0
	for i, c := range b {
		switch {
		case c == ':':
			colons++
		case colons < 5 && c == anyRun:
			b[i] = fieldRun
		case colons < 5 && c == anyOne:
			b[i] = fieldOne
		}
	}
	return string(b)
}

// resourceTruth is MatchesResource for texts with unknown parts.
func (r *Rule) resourceTruth(arn string, read reader) cfn.Truth {
	if r.isWritten(arn) {
		return cfn.TruthOf(!r.NotResources)
	}
	return r.resourceTruthOfAll(arn, read)
}

// resourceTruthOfAll is resourceTruth by comparing all values.
func (r *Rule) resourceTruthOfAll(arn string, read reader) cfn.Truth {
	some := cfn.No
	unknown := cfn.HasUnknown(arn)
	for i := range r.resources {
		p := &r.resources[i]
		if p.text == allRuns {
			some = cfn.Yes
			break
		}
		if p.parts == nil && !p.unknown && !unknown { // most are so
			if covers, _ := p.covers(arn, nil); covers {
				some = cfn.Yes
				break
			}
			continue
		}
		text, ok := p.read(read)
		switch {
		case !ok && r.NotResources:
			return cfn.No
		case !ok:
			continue
		}
		if some = max(some, p.memo.matches(text, arn)); some == cfn.Yes {
			break
		}
	}
	if r.NotResources {
		return some.Not()
	}
	return some
}

// actionTruth is MatchesAction where an action of the statement may have unknown parts.
func (r *Rule) actionTruth(action string) cfn.Truth {
	some := cfn.No
	for i := range r.actions {
		switch p := &r.actions[i]; {
		case p.text == allRuns:
			some = cfn.Yes
		case p.unknown:
			some = max(some, matches(p.text, strings.ToLower(action), true))
		case p.mayCover(action) && match(p.text, action, true):
			some = cfn.Yes
		}
	}
	if r.NotActions {
		return some.Not()
	}
	return some
}

// mayCover says no for most actions that a pattern in lower case does not cover, at little cost:
// actions differ in their ends more than in their beginnings.
func (p *pattern) mayCover(action string) bool {
	n := len(p.head)
	if n > len(action) || !p.wild && n < len(action) {
		return false
	}
	return n == 0 || p.head[n-1] == lower(action[n-1])
}
