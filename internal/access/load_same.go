package access

import (
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// wording is what several documents say in the same words: of thousands of resource policies there
// are few wordings. What is found out of the words alone is kept with them. It is for several
// goroutines.
type wording struct {
	of    *stack // whose functions the words have; nil: they have none
	value any
	rules policy.Rules // without the places that its statements come from

	ahead *aheadPolicy // of the policy that it was read from, if that was read ahead

	may sync.Map // action → whether some statement may allow it
}

// words is what is the same of documents that say the same, where that is known.
func (d *Document) words() any {
	if d.wording != nil {
		return d.wording
	}
	return d
}

// wordings are the wordings that were read, by a hash of their values.
type wordings struct {
	seed  maphash.Seed
	known map[uint64][]*wording
	// hashes by the first members of values, which templates of this program have in common; for
	// several goroutines
	hashes *sync.Map
}

// hashed is the hash of a value.
type hashed struct {
	hash uint64
	ok   bool
}

func newWordings() wordings {
	return wordings{maphash.MakeSeed(), map[uint64][]*wording{}, &sync.Map{}}
}

// find returns the wording of a policy as it stands in a template of a stack, or nil, and the hash
// that it is kept by; not ok: nobody keeps wordings of such values. Ahead is what was read ahead of
// the policy, or nil.
func (w *wordings) find(
	s *stack, v any, ahead *aheadPolicy,
) (found *wording, hash uint64, ok bool) {
	if ahead != nil {
		hash, ok = ahead.hash, ahead.keep
	} else {
		hash, ok = w.hash(v)
	}
	if !ok {
		return nil, 0, false
	}
	for _, one := range w.known[hash] {
		if one.of != nil && one.of != s {
			continue
		}
		if ahead != nil && ahead.same && one.ahead == ahead.first || sameValue(one.value, v) {
			return one, hash, true
		}
	}
	return nil, hash, true
}

// hash returns the hash that the wording of a value is kept by; not ok: nobody keeps it.
func (w *wordings) hash(v any) (hash uint64, ok bool) {
	o, _ := v.(cfn.Object)
	if len(o) == 0 {
		return w.hashAnew(v)
	}
	if known, ok := w.hashes.Load(&o[0]); ok {
		known := known.(hashed)
		return known.hash, known.ok
	}
	hash, ok = w.hashAnew(v)
	w.hashes.Store(&o[0], hashed{hash, ok})
	return hash, ok
}

// hashAnew is hash of a value that may not have been seen.
func (w *wordings) hashAnew(v any) (hash uint64, ok bool) {
	h := hasher{seed: w.seed}
	ok = h.value(v)
	return h.sum, ok
}

// keep keeps what a policy of a stack says.
func (w *wordings) keep(
	s *stack, v any, hash uint64, rules policy.Rules, ahead *aheadPolicy,
) *wording {
	one := &wording{value: v, rules: rules, ahead: ahead}
	if hasFunctions(v) {
		one.of = s
	}
	w.known[hash] = append(w.known[hash], one)
	return one
}

// hasher makes a hash of values of templates.
type hasher struct {
	seed maphash.Seed
	sum  uint64
}

// text adds a text.
func (h *hasher) text(s string) { h.mix(maphash.String(h.seed, s)) }

// mix adds a number: a hash of a text, or a mark of what follows.
func (h *hasher) mix(n uint64) {
	h.sum = (h.sum<<5 | h.sum>>59) ^ n
	h.sum *= 0x9E3779B97F4A7C15
}

// value adds a value; not ok: it has a part of another kind. Of the keys of objects, which are
// words of few kinds, the lengths are enough.
func (h *hasher) value(v any) (ok bool) {
	switch v := v.(type) {
	case string:
		h.text(v)
	case json.Number:
		h.mix('0')
		h.text(string(v))
	case bool:
		h.mix('?')
		if v {
			h.mix('!')
		}
	case []string:
		h.mix('[')
		for _, one := range v {
			h.text(one)
		}
	case []any:
		h.mix('[')
		for _, one := range v {
			if !h.value(one) {
				return false
			}
		}
	case cfn.Object:
		h.mix('{')
		for i := range v {
			h.mix(uint64(len(v[i].Key)))
			if !h.value(v[i].Value) {
				return false
			}
		}
	default:
		return false
	}
	return true
}

// sameValue says whether two values are written alike, of the kinds that hashValue knows.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b
	case json.Number:
		b, ok := b.(json.Number)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameValue)
	case cfn.Object:
		b, ok := b.(cfn.Object)
		if ok && len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] {
			return true // one value that stands in two places
		}
		return ok && slices.EqualFunc(a, b, func(x, y cfn.Member) bool {
			return x.Key == y.Key && sameValue(x.Value, y.Value)
		})
	}
	return false
}

// hasFunctions says whether a value of a template may be another one in another stack: it has a
// function, or a text that stands for one.
func hasFunctions(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "\x00") || strings.Contains(v, "{{")
	case []string:
		return slices.ContainsFunc(v, func(one string) bool { return hasFunctions(one) })
	case []any:
		return slices.ContainsFunc(v, hasFunctions)
	case cfn.Object:
		if len(v) == 1 && v[0].Key == "Condition" {
			return true
		}
		return slices.ContainsFunc(v, func(m cfn.Member) bool {
			return cfn.IsFunction(m.Key) || strings.HasPrefix(m.Key, "Fn::") ||
				hasFunctions(m.Value)
		})
	}
	return false
}
