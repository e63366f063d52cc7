package access

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// names are by what principals and secrets of two estates are the same.
type names struct {
	principals, secrets map[string]string // of the old estate by those of the new one, where other
	// the old and the new name of secrets that templates make in both estates: whatever else has
	// one of these names is merely named, and another secret
	renamed map[string]bool
}

// newNames finds out which of the principals and secrets of two estates are the same although their
// names do not tell: those that are in one estate alone and have one ID, if what is known of both
// names agrees, or if they are secrets that templates make in one place. That policies or imports
// name a secret as one that is made elsewhere does not make it that one.
func newNames(before, after *Estate) *names {
	n := &names{map[string]string{}, map[string]string{}, map[string]bool{}}
	type one struct {
		key, text, place string // place: the account and Region that it is made in
		isMade           bool   // of a secret: by a template, so that its ID is a logical ID
	}
	pair := func(into map[string]string, is ...map[string]one) {
		keys := func(list map[string]one, made bool) map[string]bool {
			out := map[string]bool{}
			for _, x := range list {
				out[x.key] = out[x.key] || x.isMade || !made
			}
			return out
		}
		had, has := keys(is[earlier], false), keys(is[later], false)
		made, makes := keys(is[earlier], true), keys(is[later], true)
		for id, x := range is[later] {
			was, ok := is[earlier][id]
			sameID := x.isMade && was.isMade && agreeAtEnds(x.place, was.place)
			switch {
			case !ok || x.key == was.key:
			case sameID && !made[x.key] && !makes[was.key]:
				into[x.key] = was.key
				n.renamed[x.key], n.renamed[was.key] = true, true
			case !had[x.key] && !has[was.key] && mayBeOne(x.text, was.text):
				into[x.key] = was.key
			}
		}
	}
	principals := func(e *Estate) map[string]one {
		out := map[string]one{}
		for _, w := range e.Worlds {
			for _, p := range w.Principals {
				out[p.Kind.String()+" "+p.ID] = one{key: n.keyOf(p), text: p.ARN + p.by}
			}
		}
		return out
	}
	secrets := func(e *Estate) map[string]one {
		out := map[string]one{}
		for _, w := range e.Worlds {
			for _, s := range w.Secrets {
				out[s.ID] = one{secretKey(s), s.Copies[0].ARN,
					s.Account + ":" + s.Copies[0].Region, s.KnownTags}
			}
		}
		return out
	}
	pair(n.secrets, secrets(before), secrets(after))
	pair(n.principals, principals(before), principals(after)) // once secrets are known
	return n
}

// mayBeOne says whether two names, of which a part is not known, may be one: what is known of both
// is the same, field by field of an ARN.
func mayBeOne(a, b string) bool {
	if !cfn.HasUnknown(a) && !cfn.HasUnknown(b) {
		return false
	}
	const fields = 7
	one, other := strings.SplitN(a, ":", fields), strings.SplitN(b, ":", fields)
	if len(one) != len(other) {
		return false
	}
	for i := range one {
		if !agreeAtEnds(one[i], other[i]) {
			return false
		}
	}
	return true
}

// agreeAtEnds says whether two texts have the same beginning and the same end, as far as these are
// known of both.
func agreeAtEnds(a, b string) bool {
	if !cfn.HasUnknown(a) && !cfn.HasUnknown(b) {
		return a == b
	}
	firstA, lastA := knownEnds(a)
	firstB, lastB := knownEnds(b)
	n, m := min(len(firstA), len(firstB)), min(len(lastA), len(lastB))
	return firstA[:n] == firstB[:n] && lastA[len(lastA)-m:] == lastB[len(lastB)-m:]
}

// knownEnds returns what stands before the first unknown part of a text and behind the last.
func knownEnds(s string) (first, last string) {
	first, _, _, last, found := cfn.CutUnknown(s)
	if !found {
		return s, s
	}
	for {
		_, _, _, rest, more := cfn.CutUnknown(last)
		if !more {
			return first, last
		}
		last = rest
	}
}

func (n *names) ofPrincipal(p *Principal) string {
	key := n.keyOf(p)
	if other, ok := n.principals[key]; ok {
		return other
	}
	return key
}

func (n *names) ofSecret(s *Secret) string {
	key := secretKey(s)
	if n.renamed[key] && !s.KnownTags {
		return key + " merely named"
	}
	if other, ok := n.secrets[key]; ok {
		return other
	}
	return key
}

// keyOf is what IAM holds unique: of roles and users partition, account, kind and name, whatever
// the path and the case. What rotates a secret is told by the secret and the function.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
func (n *names) keyOf(p *Principal) string {
	a, ok := splitARN(p.ARN)
	switch {
	case p.rotated != nil:
		return strings.Join([]string{p.Kind.String(), n.ofSecret(p.rotated), p.by}, " ")
	case ok && (p.Kind == RolePrincipal || p.Kind == UserPrincipal) && !cfn.HasUnknown(p.ARN):
		name := a.resource[strings.LastIndexByte(a.resource, '/')+1:]
		return strings.Join([]string{p.Kind.String(), a.partition, a.account,
			strings.ToLower(name)}, " ")
	}
	return p.Kind.String() + " " + p.ARN
}

// secretKey is what Secrets Manager holds unique: account, Region and name. Of a secret that is
// named by policies alone the ARN may be a pattern, which is the same in other accounts.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
func secretKey(s *Secret) string {
	name := s.Name
	if s.Pattern || name == "" || cfn.HasUnknown(name) || strings.ContainsAny(name, "*?") {
		name = s.Copies[0].ARN
	}
	return "secret " + s.Account + " " + s.Copies[0].Region + " " + name
}

// digest is what stands for a longer text.
type digest [16]byte

// digestOf returns the digest of a text. Nobody can make two texts of one: whoever writes a change
// must not be able to hide it.
func digestOf(text string) digest {
	sum := sha256.Sum256([]byte(text))
	return digest(sum[:len(digest{})])
}

// digestOfRule tells a statement of a document of some version from others, whatever its Sid is.
func digestOfRule(version string, r *policy.Rule, but ...string) digest {
	var b strings.Builder
	if strings.Contains(version, "2012") { // there are policy variables
		b.WriteString("v")
	}
	value := r.Value
	if o, ok := value.(cfn.Object); ok {
		value = slices.DeleteFunc(slices.Clone(o), func(m cfn.Member) bool {
			return m.Key == "Sid" || slices.Contains(but, m.Key)
		})
	}
	b.Write(cfn.AppendValue(nil, value, cfn.Format{Compact: true}))
	fmt.Fprintf(&b, "%s %v", r.Effect, r.Unread)
	return digestOf(b.String())
}

// statementsOf returns what tells the statements of a document from others, in their order.
func (w *worldPair) statementsOf(d *Document) []digest {
	if have, ok := w.digests[d.words()]; ok {
		return have
	}
	out := make([]digest, len(d.Rules.Statements))
	for i := range out {
		out[i] = digestOfRule(d.Rules.Version, &d.Rules.Statements[i])
	}
	w.digests[d.words()] = out
	return out
}

// allStatements returns what tells the statements of several documents from others, sorted.
func (w *worldPair) allStatements(list []*Document) []digest {
	var out []digest
	for _, d := range list {
		if d != nil {
			out = append(out, w.statementsOf(d)...)
		}
	}
	slices.SortFunc(out, func(a, b digest) int { return slices.Compare(a[:], b[:]) })
	return out
}

// othersOf tells the names that are those of others than a principal. Many principals share them.
func (w *worldPair) othersOf(p *Principal) digest {
	key := reflect.ValueOf(p.Others).Pointer()
	have, ok := w.others[key]
	if !ok {
		have = digestOf(strings.Join(slices.Sorted(maps.Keys(p.Others)), "\n"))
		w.others[key] = have
	}
	return have
}

// factsOf describes what is known of a principal beside its policies.
func (w *worldPair) factsOf(p *Principal) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %q %q %t %t %t %t %v %d %q %q", p.Kind, p.ARN, p.Account, p.AsFar,
		p.PathUnknown, p.KnownTags, p.SessionTags, p.Never, len(p.twins), p.Reads, p.ReadsOnly)
	for _, key := range slices.Sorted(maps.Keys(p.Tags)) {
		fmt.Fprintf(&b, " %q=%q", key, p.Tags[key])
	}
	for _, key := range slices.Sorted(maps.Keys(p.Facts)) {
		fmt.Fprintf(&b, " %q=%q", key, p.Facts[key])
	}
	if p.Role != nil {
		fmt.Fprintf(&b, " role %q", p.Role.ARN)
	}
	if len(p.Others) > 0 {
		fmt.Fprintf(&b, " others %x", w.othersOf(p))
	}
	b.WriteString(" boundary")
	if p.Boundary != nil {
		fmt.Fprintf(&b, " %x", w.allStatements([]*Document{p.Boundary}))
	}
	for _, twin := range p.twins {
		fmt.Fprintf(&b, " twin %q %x %x", twin.Account, w.allStatements(twin.Identity),
			w.allStatements([]*Document{twin.Boundary}))
	}
	return b.String()
}
