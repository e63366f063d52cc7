package access

import (
	"maps"

	"github.com/secretctl/secretctl/internal/parallel"
)

// What thousands of secrets say is read ahead of the passes, by all processors: each reads stacks
// on copies of these, which see nothing of one another. A stack of which something asks for what
// is outside it is not read ahead, but when its turn comes, and so is one that takes too much work.

// ahead is what was read ahead of a stack, by logical ID.
type ahead struct {
	secrets  map[string]*madeSecret
	policies map[string]*aheadPolicy // of secrets

	reading bool // the stack is a copy on which this is being read
	outside bool // something asked for what is outside the stack
}

// aheadPolicy is what was read ahead of the policy of a secret.
type aheadPolicy struct {
	secret string // SecretId
	hash   uint64 // of what it says
	keep   bool   // wordings of such values are kept
	first  *aheadPolicy
	value  any
	same   bool // it says what the first of this hash does
}

// asksOthers notes that something of a stack asks for what is outside it, and says whether it must
// not be answered, since it is read ahead.
func (s *stack) asksOthers() bool {
	s.ahead.outside = s.ahead.reading
	return s.ahead.reading
}

// fewest is how many things of all stacks together are worth being read ahead; tests change it.
var fewest = 200

// readAhead reads things of a type ahead in all stacks. What is read is kept by keep.
func (l *loader) readAhead(kind string, read func(s *stack, id string)) {
	all := 0
	for _, s := range l.stacks {
		all += len(s.resources[kind])
	}
	if all < fewest {
		return
	}
	told := make([]map[Taken]bool, len(l.stacks))
	parallel.Each(len(l.stacks), func(i int) {
		if s := l.stacks[i]; s.parent == nil && len(s.resources[kind]) > 0 {
			told[i] = s.readAhead(s.resources[kind], read)
		}
	})
	for _, clauses := range told {
		maps.Copy(l.told, clauses)
	}
}

// readAhead reads things of a stack on a copy of it. The stack takes over what was found out, if it
// hangs on nothing else.
func (s *stack) readAhead(ids []string, read func(s *stack, id string)) map[Taken]bool {
	fork, l := *s, *s.l
	l.told = map[Taken]bool{}
	fork.l, fork.e, fork.secretARNs = &l, s.e.Fork(), maps.Clone(s.secretARNs)
	fork.ahead.reading = true
	fork.answers()
	for _, id := range ids {
		if read(&fork, id); fork.ahead.outside || fork.e.Exhausted() {
			return nil
		}
	}
	s.e, s.secretARNs, s.ahead = fork.e, fork.secretARNs, fork.ahead
	s.ahead.reading = false
	s.answers()
	return l.told
}

// answers makes the stack answer what its evaluator asks.
func (s *stack) answers() {
	s.e.Resource, s.e.Import, s.e.Output = s.returns, s.imported, s.outputOf
}

// aheadSecret reads a secret ahead.
func aheadSecret(s *stack, id string) {
	if s.ahead.secrets == nil {
		s.ahead.secrets = make(map[string]*madeSecret, len(s.resources[secretType]))
	}
	s.ahead.secrets[id] = s.readSecret(id)
}

// aheadOfPolicy reads the policy of a secret ahead.
func aheadOfPolicy(s *stack, id string) {
	if s.ahead.policies == nil {
		s.ahead.policies = make(map[string]*aheadPolicy, len(s.resources[policyType]))
	}
	p := &aheadPolicy{
		secret: s.text(id, "SecretId"), value: s.Template.Resources[id].Property("ResourcePolicy"),
	}
	p.hash, p.keep = s.l.wordings.hash(p.value)
	s.ahead.policies[id] = p
}

// The types that are read ahead.
const (
	secretType = "AWS::SecretsManager::Secret"
	policyType = "AWS::SecretsManager::ResourcePolicy"
)

// samePolicies finds out which policies that were read ahead say the same as the first of their
// hash.
func (l *loader) samePolicies() {
	first := map[uint64]*aheadPolicy{}
	for _, s := range l.stacks {
		for _, id := range s.resources[policyType] {
			if p := s.ahead.policies[id]; p != nil && p.keep {
				if first[p.hash] == nil {
					first[p.hash] = p
				}
				p.first = first[p.hash]
			}
		}
	}
	parallel.Each(len(l.stacks), func(i int) {
		for _, p := range l.stacks[i].ahead.policies {
			p.same = p.first != nil && (p == p.first || sameValue(p.first.value, p.value))
		}
	})
}

// saidOf returns of which secret a policy is.
func (s *stack) saidOf(id string) string {
	if p := s.ahead.policies[id]; p != nil {
		return p.secret
	}
	return s.text(id, "SecretId")
}
