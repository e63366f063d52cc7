package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// reader brings values of one template into a canonical form, in which equal values are equal: a
// text as a string, whether it was a number or a boolean; a list as []any; an object with its
// members sorted. What is known only at the deployment is an expression: an object with one member
// whose key begins with the noncharacter U+FDD2, which no text of a template can contain. Texts
// that are put together, by Fn::Sub or Fn::Join, are one list of parts.
type reader struct {
	Stack      // as both sets know it
	conditions map[string]string
	mappings   map[string]string
	parameters map[string]string
	constant   map[string]string // what conditions are that hold always or never
	budget     budget
	depth      int
	unread     int
	byName     bool // conditions and parameters are their names, whatever they are defined as
	// what parameters have without a value makes no difference
	withoutDefaults bool
	set             string // old or new: what nobody can read is never equal
}

// deepest is how deep values are looked into; what is deeper is compared as it is written.
const deepest = 500

const expression = "\uFDD2"

// noValue is what AWS::NoValue is: a member or element that is not there.
type noValue struct{}

func newReader(s Stack, set string) *reader {
	return &reader{Stack: s, set: set, conditions: map[string]string{},
		mappings: map[string]string{}, parameters: map[string]string{},
		constant: map[string]string{}}
}

// sameSurroundings says whether what values hang on beside themselves is the same in two templates:
// parameters, mappings, conditions and transforms.
func (r *reader) sameSurroundings(other *reader) bool {
	a, b := r.Template, other.Template
	return cfn.JSON(a.Parameters) == cfn.JSON(b.Parameters) &&
		cfn.JSON(a.Mappings) == cfn.JSON(b.Mappings) &&
		cfn.JSON(a.Conditions) == cfn.JSON(b.Conditions) &&
		cfn.JSON(a.Globals) == cfn.JSON(b.Globals) &&
		sameMacros(a, b)
}

// value returns a value in its canonical form.
func (r *reader) value(v any) any {
	out := r.any(v)
	if out == any(noValue{}) {
		return nil
	}
	return out
}

func (r *reader) any(v any) any {
	if r.depth >= deepest {
		return call("deep", cfn.JSON(v))
	}
	if !r.step() {
		return r.large(v)
	}
	r.depth++
	defer func() { r.depth-- }()
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case json.Number:
		return number(v.String())
	case string:
		return r.text(v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return r.list(list)
	case []any:
		return r.list(v)
	case cfn.Object:
		return r.object(v)
	}
	r.unread++
	return call("unread", r.set+strconv.Itoa(r.unread))
}

// number writes a number in one form: 30.0 and 3e1 are 30.
func number(s string) string {
	const most = 40 // longer ones are compared as they are written
	if len(s) > most || strings.ContainsAny(s, "eE") && len(s) > len("1e99") {
		return s
	}
	if n, ok := new(big.Rat).SetString(s); ok && n.IsInt() {
		return n.Num().String()
	}
	return s
}

func (r *reader) text(s string) any {
	if cfn.IsIntrinsic(s) {
		return r.any(cfn.Parse(s))
	}
	return s
}

func (r *reader) list(list []any) any {
	out := make([]any, 0, len(list))
	for _, e := range list {
		if v := r.any(e); v != any(noValue{}) {
			out = append(out, v)
		}
	}
	return out
}

func (r *reader) object(o cfn.Object) any {
	if len(o) == 1 {
		r.budget.inside++
		v, ok := r.function(o[0].Key, o[0].Value)
		r.budget.inside--
		if ok {
			return v
		}
	}
	out := make(cfn.Object, 0, len(o))
	for _, m := range o {
		if v := r.any(m.Value); v != any(noValue{}) {
			out = append(out, cfn.Member{Key: m.Key, Value: v})
		}
	}
	slices.SortStableFunc(out, func(a, b cfn.Member) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// call is the expression of a function.
func call(name string, argument any) cfn.Object {
	return cfn.Object{{Key: expression + name, Value: argument}}
}

// isExpression says whether a canonical value is known only at the deployment, in part at least.
func isExpression(v any) bool {
	o, ok := v.(cfn.Object)
	return ok && len(o) == 1 && strings.HasPrefix(o[0].Key, expression)
}

// isUnread says whether something in a canonical value cannot be read.
func isUnread(v any) bool {
	switch v := v.(type) {
	case cfn.Object:
		return slices.ContainsFunc(v, func(m cfn.Member) bool {
			return m.Key == expression+"unread" || m.Key == expression+"large" ||
				isUnread(m.Value)
		})
	case []any:
		return slices.ContainsFunc(v, isUnread)
	}
	return false
}

// holdsUnread says whether a value of a template has parts that nobody can read.
func holdsUnread(v any) bool {
	switch v := v.(type) {
	case cfn.Unread:
		return true
	case cfn.Object:
		return slices.ContainsFunc(v, func(m cfn.Member) bool { return holdsUnread(m.Value) })
	case []any:
		return slices.ContainsFunc(v, holdsUnread)
	}
	return false
}

// digest tells a canonical value from others.
func digest(v any) string {
	sum := sha256.Sum256([]byte(cfn.JSON(v)))
	return hex.EncodeToString(sum[:16])
}

// same says whether two canonical values are equal.
func same(a, b any) bool {
	if a == any(noValue{}) || b == any(noValue{}) {
		return a == b
	}
	if isText(a) || isText(b) {
		return a == b
	}
	return sameJSON(a, b)
}

// sameJSON says whether two values are written as the same JSON. Most that are not differ in what
// need not be written for that.
func sameJSON(a, b any) bool {
	switch x := a.(type) {
	case cfn.Object:
		if y, ok := b.(cfn.Object); ok {
			return slices.EqualFunc(x, y, func(m, n cfn.Member) bool {
				return m.Key == n.Key && sameJSON(m.Value, n.Value)
			})
		}
	case []any:
		if y, ok := b.([]any); ok {
			return slices.EqualFunc(x, y, sameJSON)
		}
	case string:
		if a == b {
			return true
		}
	}
	return cfn.JSON(a) == cfn.JSON(b)
}

// sorted returns a list in an order that hangs on its elements alone.
func sorted(list []any) []any {
	type element struct {
		text string
		v    any
	}
	all := make([]element, len(list))
	for i, v := range list {
		all[i] = element{cfn.JSON(v), v}
	}
	slices.SortStableFunc(all, func(a, b element) int { return strings.Compare(a.text, b.text) })
	out := make([]any, len(all))
	for i, e := range all {
		out[i] = e.v
	}
	return out
}
