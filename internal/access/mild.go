package access

import (
	"slices"
	"sync"

	"github.com/secretctl/secretctl/internal/policy"
)

// mild makes principals and secrets whose policies say what they allow and nothing else. It keeps what it made.
type mild struct{ made sync.Map }

// principal returns a principal without statements that deny; itself where it has none.
func (m *mild) principal(p *Principal) *Principal {
	return kept(m, p, func() *Principal {
		out := *p
		same := true
		out.Identity = slices.Clone(p.Identity)
		for i, d := range p.Identity {
			out.Identity[i] = m.document(d)
			same = same && out.Identity[i] == d
		}
		out.Boundary = m.document(p.Boundary)
		if same && out.Boundary == p.Boundary {
			return p
		}
		return &out
	})
}

// secret does the same for a secret and its keys.
func (m *mild) secret(s *Secret) *Secret {
	return kept(m, s, func() *Secret {
		out := *s
		out.Policy = m.document(s.Policy)
		same := out.Policy == s.Policy
		out.Copies = slices.Clone(s.Copies)
		for i := range out.Copies {
			c := &out.Copies[i]
			if c.Key != nil {
				c.Key = m.key(c.Key)
				same = same && c.Key == s.Copies[i].Key
			}
		}
		if same {
			return s
		}
		return &out
	})
}

func (m *mild) key(k *Key) *Key {
	return kept(m, k, func() *Key {
		out := *k
		if out.Policy = m.document(k.Policy); out.Policy == k.Policy {
			return k
		}
		return &out
	})
}

func (m *mild) document(d *Document) *Document {
	if d == nil {
		return nil
	}
	return kept(m, d, func() *Document {
		out := &Document{Kind: d.Kind, Of: d.Of, Stack: d.Stack, LogicalID: d.LogicalID, Rules: d.Rules, arn: d.arn}
		out.Rules.Statements = nil
		for _, r := range d.Rules.Statements {
			if r.Effect == policy.Allow {
				out.Rules.Statements = append(out.Rules.Statements, r)
			}
		}
		if len(out.Rules.Statements) == len(d.Rules.Statements) {
			return d
		}
		return out
	})
}

// kept returns what was made of something, and makes it the first time.
func kept[T any](m *mild, of *T, produce func() *T) *T {
	if have, ok := m.made.Load(of); ok {
		return have.(*T)
	}
	have, _ := m.made.LoadOrStore(of, produce())
	return have.(*T)
}
