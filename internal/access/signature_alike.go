package access

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// A principal's statements often differ in nothing but the secrets that they name: a role that
// reads a hundred secrets has policies of twenty each. Which of these names a secret makes no
// difference to what it may do. So where a signature says which statements have to do with a
// question, one of alike says what they say, but for the names of secrets. It is for what follows
// from the statements alone: whether something is allowed, not by what. A test holds the answers
// that are found so equal to those of every question by itself.

// What the signatures of the two kinds begin with.
const (
	ofAlike = iota
	ofEach
)

// alike adds a signature of what the statements say that have to do with a principal's question
// about a place. Where something else than the secret and its key may be what a name means, it is
// that of the statements themselves.
func (w *worker) alike(b []byte, p *Principal, at *place) []byte {
	if !at.hasNames() {
		return w.signature(append(b, ofEach), p, at)
	}
	b = binary.AppendUvarint(append(b, ofAlike), uint64(w.ownOf(at)))
	w.readARNs(at)
	b = w.sayings(b, p.Identity)
	for _, twin := range p.twins {
		b = w.sayings(b, twin.Identity)
		if twin.Boundary != nil {
			b = w.sayings(b, []*Document{twin.Boundary})
		}
	}
	if p.Boundary != nil {
		b = w.sayings(b, []*Document{p.Boundary})
	}
	return b
}

// hasNames says whether the name of a secret, in a statement, can be nothing of what calls on a
// place are about but a copy of the secret itself: not a key and not the function that rotates it.
func (p *place) hasNames() bool {
	for i := range p.secret.Copies {
		c := &p.secret.Copies[i]
		if c.KeyUnread || c.KeyUnstated || c.Key != nil && !isOfService(c.Key.ARN, "kms") {
			return false
		}
	}
	return p.secret.Function == "" || isOfService(p.secret.Function, "lambda")
}

// isOfService says whether a text is the ARN, or a pattern of ARNs, of a service and of no other,
// whatever of the rest is not known.
func isOfService(text, service string) bool {
	rest, isARN := strings.CutPrefix(text, "arn:")
	partition, rest, _ := strings.Cut(rest, ":")
	return isARN && !cfn.HasUnknown(partition) && !hasWildcard(partition) &&
		strings.HasPrefix(rest, service) && strings.HasPrefix(rest[len(service):], ":")
}

// namesSecrets says whether a value of a policy is a name of secrets, and of nothing else.
func namesSecrets(text string) bool { return isOfService(text, "secretsmanager") }

// metList is a list of patterns of a statement of which one matches an ARN, by its place among
// those that are asked about.
type metList struct{ statement, list, arn int32 }

// sayings adds what those statements of documents say that have to do with the ARNs that are asked
// about, by numbers, sorted; or the ARNs, where it is not sure which do.
func (w *worker) sayings(b []byte, documents []*Document) []byte {
	w.said = w.said[:0]
	for _, d := range documents {
		x := w.patternsOf(d)
		w.lists = w.lists[:0]
		for i := range w.arns {
			sure := !x.depends
			if sure {
				w.met, sure = x.groupsOf(&w.arns[i], w.met[:0])
			}
			if !sure {
				for j := range w.arns {
					b = appendARN(b, w.arns[j].text)
				}
				return b
			}
			for _, group := range w.met {
				of := x.lists[group]
				w.lists = append(w.lists, metList{of.statement, of.list, int32(i)})
			}
		}
		w.sayingsOf(x, d)
	}
	slices.Sort(w.said)
	b = binary.AppendUvarint(b, 2*uint64(len(w.said)))
	for _, n := range w.said {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

// sayingsOf notes what the statements of a document say of which lists match, with which of these
// match which ARN.
func (w *worker) sayingsOf(x *arnPatterns, d *Document) {
	if len(w.lists) == 0 {
		return
	}
	x.sayOnce.Do(func() { x.says = w.saysOf(d) })
	slices.SortStableFunc(w.lists, func(a, b metList) int { return int(a.statement - b.statement) })
	for from := 0; from < len(w.lists); {
		statement := w.lists[from].statement
		w.saying = binary.AppendUvarint(append(w.saying[:0], ofMatches), uint64(x.says[statement]))
		for from < len(w.lists) && w.lists[from].statement == statement {
			w.saying = binary.AppendUvarint(w.saying, uint64(w.lists[from].list))
			w.saying = binary.AppendUvarint(w.saying, uint64(w.lists[from].arn))
			from++
		}
		w.said = append(w.said, w.texts.numberOf(w.saying))
	}
}

// saysOf numbers what the statements of a document say, but for the names of secrets.
func (a *asker) saysOf(d *Document) []int32 {
	out := make([]int32, len(d.Rules.Statements))
	var b []byte
	for i := range d.Rules.Statements {
		b = appendSaid(append(b[:0], ofStatement), d.Rules.Version, &d.Rules.Statements[i])
		out[i] = a.texts.numberOf(b)
	}
	return out
}

// appendSaid adds what a statement says but for the names of secrets, such that no other one is
// written the same.
func appendSaid(b []byte, version string, r *policy.Rule) []byte {
	b = appendText(b, version)
	if len(r.Unread) > 0 || !r.Principals.IsZero() {
		b = cfn.AppendValue(append(b, 'v'), r.Value, cfn.Format{Compact: true})
		return fmt.Appendf(b, "%v", r.Unread)
	}
	b = appendText(append(b, 's'), r.Effect)
	b = appendList(b, r.NotActions, r.Actions, nil)
	b = appendList(b, r.NotResources, r.Resources, namesSecrets)
	for i := range r.Conditions {
		c := &r.Conditions[i]
		b = appendText(appendText(b, c.Operator), c.Key)
		without := namesSecrets
		if !strings.EqualFold(c.Key, encryptionContext) {
			without = nil
		}
		b = appendList(b, false, c.Values, without)
	}
	return b
}

// appendList adds a list of texts that is what is meant, or what is not, without some of them.
func appendList(b []byte, not bool, texts []string, without func(string) bool) []byte {
	b = append(b, '+')
	if not {
		b[len(b)-1] = '-'
	}
	for _, text := range texts {
		if without == nil || !without(text) {
			b = appendText(append(b, 't'), text)
		}
	}
	return append(b, '.')
}

// appendText adds a text, with its length before it, so that no two lists of texts are written the
// same.
func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}
