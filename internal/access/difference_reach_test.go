package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/verb"
)

// CompareEverybody is Compare that asks everybody about each secret that is not the same.
func CompareEverybody(before, after *Estate, verbs []*verb.Verb) *Difference {
	defer func() { byStatements = true }()
	byStatements = false
	return Compare(before, after, verbs)
}

// WrongReaches compares which secrets are not the same with what describes them, and returns those
// of which the two do not agree; and how many are not the same.
func WrongReaches(before, after *Estate) (wrong []string, changed int) {
	names := newNames(before, after)
	pairs, _ := pairWorlds(before, after)
	for _, at := range pairs {
		w := newWorldPair(names, before.Worlds[at[earlier]], after.Worlds[at[later]], nil)
		for _, key := range slices.Sorted(maps.Keys(w.secrets)) {
			s := w.secrets[key]
			same := s.of[earlier] != nil && s.of[later] != nil &&
				w.textOfSecret(s.of[earlier]) == w.textOfSecret(s.of[later])
			if same != (w.reachOf(s) == nil) {
				wrong = append(wrong, key)
			}
			if !same {
				changed++
			}
		}
	}
	return wrong, changed
}

// textOfSecret describes all that decides about a secret: two secrets that are described alike are
// the same to every principal.
func (w *worldPair) textOfSecret(s *Secret) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %t %t %q %t %t", s.Account, s.Function, s.RotationRole, s.Rotates,
		s.KnownTags, s.Type, s.Pattern, s.given)
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		fmt.Fprintf(&b, " %q=%q", key, s.Tags[key])
	}
	for _, d := range s.Policy {
		fmt.Fprintf(&b, " policy %x", w.allStatements([]*Document{d}))
	}
	for i := range s.Copies {
		c := &s.Copies[i]
		fmt.Fprintf(&b, " %q %q %t %t", c.Region, c.ARN, c.KeyUnread, c.KeyUnstated)
		if c.Key != nil {
			b.WriteString(w.textOfKey(c.Key))
		}
	}
	return b.String()
}

// textOfKey describes all that decides about a key.
func (w *worldPair) textOfKey(k *Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, " key %q %q %q %t %t %t %q", k.ARN, k.Account, k.Region, k.Outside, k.Known,
		k.Others, k.Aliases)
	for _, key := range slices.Sorted(maps.Keys(k.Tags)) {
		fmt.Fprintf(&b, " %q=%q", key, k.Tags[key])
	}
	for _, key := range slices.Sorted(maps.Keys(k.Facts)) {
		fmt.Fprintf(&b, " %q=%q", key, k.Facts[key])
	}
	if k.Policy != nil {
		fmt.Fprintf(&b, " policy %x", w.allStatements([]*Document{k.Policy}))
	}
	return b.String()
}
