package policy

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// The budget of one call, in steps, so that it is the same everywhere.
const (
	mostStates      = 20_000  // of the automaton of one key
	mostAssignments = 100_000 // that one call is tried with
	mostTests       = 200_000 // values of conditions that the values of keys are compared with
	// ways in which one question may be allowed by policies of the same kinds
	mostOptions = 1_000
)

// Decide answers a call: several questions that are allowed or refused in the same circumstances.
// It looks for circumstances in which all are allowed; what is not known is tried both ways.
// Refused and Allowed are certain; Possible has a witness; everything else is Undecided.
func Decide(questions []Question) Outcome {
	p := newProblem(questions)
	out := p.answer()
	if out.Verdict == Refused && p.denies() {
		q := p.withoutDenials()
		out.Explicit = q.answer().Verdict != Refused
		out.Work += q.steps
	}
	out.Work += p.steps + p.considered
	return out
}

// denies says whether a statement that denies has to do with the call.
func (p *problem) denies() bool {
	return slices.ContainsFunc(p.questions, func(a *questionClauses) bool {
		return len(a.deny) > 0
	})
}

// answer goes from what is cheap to what is dear: the best case, the worst case, a search for a
// witness and one for a refusal.
func (p *problem) answer() Outcome {
	if !p.best() {
		return p.refused()
	}
	if p.worst() {
		return p.allowed(nil, Allowed)
	}
	if !p.celled {
		if found := p.quickly(); found != nil {
			return p.allowed(found, Possible)
		}
		p.makeCells()
	}
	found, complete := p.findCall(strict)
	if found != nil {
		if refusable, sure := p.findRefusal(); !refusable && sure {
			return p.allowed(found, Allowed)
		}
		return p.allowed(found, Possible)
	}
	if complete && !p.hasUnread() {
		return p.refused()
	}
	best, completeToo := p.findCall(lenient)
	if best == nil && completeToo {
		return p.refused()
	}
	return p.undecided(best)
}

// quickly looks for a circumstance in which the call is allowed and one in which it is refused
// among a few values that cost nothing to find. Of most calls that are possible under conditions
// there are such; where there are not, all is open still.
func (p *problem) quickly() *witness {
	p.cheap = true
	p.makeCells()
	found, _ := p.findCall(strict)
	refusable := false
	if found != nil {
		refusable, _ = p.findRefusal()
	}
	if refusable {
		return found
	}
	p.cheap, p.celled, p.full, p.perhaps, p.steps = false, false, false, false, 0
	return nil
}

// clause is a statement that has to do with a question, with what of it is not known.
type clause struct {
	rule   *Rule
	source string
	naming Naming
	atoms  []int         // of the problem, sorted: all must hold
	unread []cfn.Unknown // not empty: whether it holds cannot be read
}

// questionClauses is a question with the statements that have to do with it.
type questionClauses struct {
	*Question
	number                             int
	identity, boundary, resource, deny []clause
	near                               []Deciding
	options                            [2][]option // of each mode
	tooMany                            bool        // there are more options than are made

	ofResource   []cfn.Unknown // the unknown parts of the resource, if
	resourceRead bool
}

// option is one way in which a question is allowed: a statement of each policy that it takes.
type option struct {
	atoms   []int
	clauses []*clause
	reason  Reason
}

// mode is how what cannot be read is taken.
type mode uint8

const (
	strict  mode = iota // against whoever asks
	lenient             // for whoever asks
)

// problem is a call while it is being decided.
type problem struct {
	questions  []*questionClauses
	keys       []openKey
	keyIndex   map[string]int
	atoms      []atom
	atomIndex  map[string]int
	told       map[string]ToldFact
	steps      int       // that the search has taken
	considered int       // statements and their resources
	full       bool      // not every circumstance is tried
	perhaps    bool      // a test depends on what nobody can read
	chosen     bool      // a key is chosen by whoever calls
	cheap      bool      // cells are made without the automaton: some, not one of every class
	celled     bool      // the keys have their cells
	routed     [][]Route // see routes; nil: not asked yet
}

// openKey is a condition key that is open or chosen.
type openKey struct {
	name  string // by which it is one in several questions
	key   string // in lower case
	fact  Fact
	cells []cell
}

// cell is one value of a key that is tried: its values; none: it is absent.
type cell struct{ values []string }

// atom is a test whose outcome depends on keys that are open or chosen.
type atom struct {
	test     *ConditionTest // or
	rule     *Rule          // whose resource has policy variables
	resource string
	facts    Facts
	keys     []int // of the problem
	chosen   bool  // all of them are chosen
	plain    cfn.Truth
	cells    []cfn.Truth // of a test of one key: by its cells
}

func newProblem(questions []Question) *problem {
	p := &problem{questions: make([]*questionClauses, 0, len(questions))}
	for i := range questions {
		p.questions = append(p.questions, p.reduce(&questions[i]))
	}
	p.makeOptions()
	return p
}

// leavesOut says whether a test is not one of a condition: it leaves out those who are not meant.
func (t *atom) leavesOut() bool { return t.test != nil && t.test.leavesOut }

// withoutDenials is the same call as if no statement denied.
func (p *problem) withoutDenials() *problem {
	q := *p
	q.steps = 0
	q.questions = nil
	for _, a := range p.questions {
		b := *a
		b.deny = nil
		q.questions = append(q.questions, &b)
	}
	return &q
}

// reduce finds the statements that have to do with a question and decides what is known of them.
func (p *problem) reduce(q *Question) *questionClauses {
	a := &questionClauses{Question: q, number: len(p.questions)}
	for i := range q.Policies.Identity {
		p.read(a, &q.Policies.Identity[i], false, &a.identity)
	}
	p.read(a, q.Policies.Boundary, false, &a.boundary)
	p.read(a, q.Policies.Resource, true, &a.resource)
	return a
}

// denials returns the statements that deny and count in a mode: what cannot be read denies only
// where it is taken against whoever asks.
func (p *problem) denials(m mode) []*clause {
	var out []*clause
	for _, a := range p.questions {
		for i := range a.deny {
			if c := &a.deny[i]; m == strict || len(c.unread) == 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

// best says whether the call may be allowed if everything that is not known is as it should be.
func (p *problem) best() bool {
	for _, a := range p.questions {
		if len(a.options[lenient]) == 0 {
			return false
		}
	}
	return !slices.ContainsFunc(p.denials(lenient), func(c *clause) bool {
		return len(c.atoms) == 0
	})
}

// worst says whether a plain call is allowed if everything that is not known is as it should not
// be.
func (p *problem) worst() bool {
	plainly := func(at int, want cfn.Truth) bool {
		return p.atoms[at].chosen && p.atoms[at].plain == want
	}
	for _, a := range p.questions {
		sure := func(o option) bool {
			return !slices.ContainsFunc(o.atoms, func(at int) bool {
				return !plainly(at, cfn.Yes) && !p.atoms[at].leavesOut()
			})
		}
		if !slices.ContainsFunc(a.options[strict], sure) {
			return false
		}
	}
	for _, c := range p.denials(strict) {
		if !slices.ContainsFunc(c.atoms, func(at int) bool { return plainly(at, cfn.No) }) {
			return false
		}
	}
	return true
}

// hasUnread says whether something that nobody can read has to do with the call.
func (p *problem) hasUnread() bool {
	return p.perhaps || slices.ContainsFunc(p.questions, (*questionClauses).hasUnread)
}
