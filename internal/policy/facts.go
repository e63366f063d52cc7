package policy

import (
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
)

// State is how much is known of a condition key of a request.
type State uint8

// The states of condition keys.
const (
	Certain State = iota // the values are known; without values the request never has it
	Told                 // the values are known and may be changed: tags
	Chosen               // whoever calls chooses it: an argument of the call
	Open                 // nobody knows it beforehand
)

// Fact is what is known of a condition key of a request.
type Fact struct {
	State  State
	Values []string // of Certain and Told; they may have unknown parts. None: the key is absent
	Plain  []string // of Chosen: the values in a plain call; none: it is absent then
	// of Open and Chosen: patterns with * and ? of which every value matches one; empty: any text
	Within []string
	// of Open: texts with which no value begins. A condition that asks for nothing else is not met
	Never  []string
	Always bool // of Open: every request has it
	Many   bool // of Open and Chosen: it has several values
	// of Open: whoever has a value within is meant. A statement that allows something speaks of
	// them if it speaks of each: of others it does not
	All bool
	// of All: keeps what was found out of the conditions that speak of all within; may be nil
	Memo *sync.Map
	// by which it is one key in several requests of one call; empty: its own name. KMS sees a
	// network of its own, for one
	Name string
	// of Open: the values are this field of an ARN, from 1, which is the value of the key that Name
	// is; 0: they are whole. See Facts
	Field int
	// of Open and Chosen: with which other keys no request has it; zero: it may stand with all
	Route Route
	Note  string // of Told: what it is, for people: "tag team of the secret"
}

// Route is one of several ways to make a request, of which a request goes one. A key with a route
// is only in requests that go it.
type Route struct {
	Of  string // which routes exclude each other: those of the same Of
	Way string // the route among them
	// the value that goes this route, whatever its case; empty: every value does
	Only string
}

// Facts says what is known of the condition keys of a request, which are in lower case. A key that
// is a field of an ARN, as the account of whoever calls is of aws:PrincipalArn, has the fact of the
// ARN, whose name it states, and the field.
type Facts func(key string) Fact

// Question is a request of which not everything is known.
type Question struct {
	Request  // without Context
	Policies Policies
	Facts    Facts
}

// Outcome is the answer to a call: to several questions that arise together, in the same
// circumstances.
type Outcome struct {
	Verdict    Verdict
	Explicit   bool // of Refused: a statement denies what others allow
	Parts      []PartOutcome
	Conditions []Test        // of Possible: what must hold of what is open
	HeldTo     []Test        // what the call itself is held to
	Told       []ToldFact    // what is told that had to do with it
	Unread     []cfn.Unknown // of Undecided: what stands between
	Exhausted  bool          // of Undecided: there are more circumstances than are tried
	// of Possible and Allowed: for each question the open and chosen keys of a circumstance in
	// which it is allowed; absent ones have no values
	Context []map[string][]string
	// how many steps it took: statements and resources that were read, and circumstances that were
	// tried
	Work int
}

// PartOutcome is what is said of one question of a call.
type PartOutcome struct {
	Verdict Verdict
	Reason  Reason
	By      []Deciding
	Near    []Deciding
	Unread  []cfn.Unknown
}

// Verdict is what is known of a request. What comes later says more.
type Verdict uint8

// The verdicts.
const (
	Refused   Verdict = iota // in no circumstances
	Undecided                // something that nobody can read decides
	Possible                 // in some circumstances
	Allowed                  // in all circumstances
)

// Test is a condition as it is told: one of a statement that allows, or the contrary of one of a
// statement that denies.
type Test struct {
	Operator string
	Key      string
	Values   []string
}

// ToldFact is a key that is told with its values.
type ToldFact struct {
	Key    string // in lower case
	Note   string
	Values []string
}
