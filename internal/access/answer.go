package access

import (
	"strings"

	"github.com/secretctl/secretctl/internal/policy"
)

// Effect is the answer to the question whether somebody may do something. What comes later says
// more.
type Effect uint8

// The effects.
const (
	Deny Effect = iota // in no circumstances; everything that bears on it was read
	// not by what was read, but something unread, or the end of the budget, stands between
	Unknown
	Conditional // in some circumstances: there is a witness
	Allow       // under every circumstance
)

// String returns the effect's word in reports.
func (e Effect) String() string { return [...]string{"deny", "unknown", "conditional", "allow"}[e] }

// Answer says whether a principal may carry out a verb on a copy of a secret. Many rows of a report
// may share one; it is not changed.
type Answer struct {
	Effect     Effect
	Explicit   bool        // of Deny: a statement denies what others allow
	Conditions []Condition // of Conditional: what must hold, sorted
	HeldTo     []Condition // what the call is held to: conditions on its own arguments
	// what the call may do beyond what the verb means, sorted: AnyKey …; of Explain and reports
	Wider []string
	Told  []Told // what is known of tags and parameters that the answer rests on, sorted
	// of Unknown: what stands between, sorted; of Conditional: what does in worlds in which it is
	// not known
	Unread []Unread
	// requests that are allowed, one for each permission; of Explain, and of a report of one
	// principal and one secret
	Witness []Witness
}

// Condition is something that must hold of a request, or with the operator Condition of the
// template's parameters.
type Condition struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Values   []string `json:"values"`
	// of HeldTo: the values are what the secret has already: its key, its function, its replicas
	Own bool `json:"-"`
}

// Told is something that is known and may be changed: a tag, the default of a parameter.
type Told struct {
	What   string `json:"what"`  // secret tag, key tag, principal tag, parameter
	Name   string `json:"name"`  // the key of the tag, the name of the parameter
	Value  string `json:"value"` // empty where Absent
	Absent bool   `json:"absent,omitempty"`
	// ids of principals that may change it, where the documents show it
	By []string `json:"changedBy,omitempty"`
}

// Unread is something that a document mentions and nobody can read.
type Unread struct {
	// parameter, stored, import, attribute, policy, condition, name, tag, budget …
	What      string `json:"what"`
	Name      string `json:"name"`
	Template  string `json:"template,omitempty"`
	LogicalID string `json:"logicalId,omitempty"`
}

// String says what nobody can read, as a clause.
func (u Unread) String() string {
	name := u.What + " " + u.Name
	switch u.What {
	case "parameter":
		name += " has no value"
	case "stored":
		name = "what Systems Manager keeps for parameter " + u.Name + " is not known"
	case "import":
		name = "no template exports " + u.Name
	case "budget":
		if u.Name == TooMuch {
			return "there are " + TooMuch
		}
		return "there are more circumstances than are tried"
	case "name", "suffix":
		name = "the name that AWS makes of " + u.Name + " is not known"
	case "attribute":
		if u.LogicalID != "" {
			name = u.Name + " of " + u.LogicalID + " is not known"
		} else {
			name = u.Name + " is not known"
		}
	case "policy", "condition":
		name = u.document()
	case "pattern":
		return "it says something of some of the secrets that match, or of none"
	case "account", "region", "stack":
		name = "the " + u.What + " is not stated"
	default:
		name += " cannot be read"
	}
	if u.Template != "" {
		name += " (" + u.Template + ")"
	}
	return name
}

// document says what nobody can read of a policy or of a condition.
func (u Unread) document() string {
	switch {
	case strings.HasPrefix(u.Name, "whether ") || strings.HasPrefix(u.Name, "which ") ||
		strings.HasPrefix(u.Name, "what "):
		return u.Name + " is not known"
	case u.What == "condition":
		return "whether " + u.Name + " holds is not known"
	case u.LogicalID != "" && !strings.HasPrefix(u.Name, "arn:"):
		return "the policy " + u.Name + " of " + u.LogicalID + " cannot be read"
	}
	return "the policy " + u.Name + " is not in the templates"
}

// Report is the matrix of who can do what.
type Report struct {
	Verbs      []string  // in the order of their rows
	Principals []Subject // who was asked about, sorted by ID, also those who can do nothing
	// what was asked about, sorted by ID, also what nobody can do anything with
	Secrets    []Subject
	Rows       []Row    // sorted by principal, secret, Region and the order of the verbs
	OutOfSight []string // what is out of sight, as clauses
	Findings   []string // public statements, as clauses
	TooMany    bool     // there would be more rows than a report may have, so that there are none
	work       int      // steps that it took
}

// Subject is a principal or a secret of a report. Its texts are ready to be shown: nothing invented
// is in them.
type Subject struct {
	ID        string
	ARN       string   // as it is shown
	Account   string   // as it is shown; empty: it has none, or nobody knows
	Kind      string   // of a principal: role, user …
	Note      string   // "not in the templates" …; may be empty
	Regions   []string // of a secret: its own, then those of its replicas that were asked about
	ARNs      []string // of a secret: of its copies in Regions
	Keys      []string // of a secret: the IDs of the keys of these; empty: AWS's own, or not known
	MayBecome []string // of a principal: the ids of those that it may become

	// that it is in, in a report about several; the IDs of each are its own
	Environment string
	Spec        string // that makes it, of several
}

// Row says what a principal can do with a copy of a secret. A row is small, since there may be
// millions.
type Row struct {
	Principal int32 // in Report.Principals
	Secret    int32 // in Report.Secrets
	Region    int16 // in Regions and ARNs of the secret's Subject
	Verb      int16 // in Report.Verbs
	Answer    *Answer
}

// Explanation is an answer with everything that decides it: what why shows.
type Explanation struct {
	Answer
	Only []string // the actions of the verb that are possible, where not all are
	// the permissions that it takes, the one that matters first where one is missing
	Steps []Step
	// remarks: "metadata cannot be seen: secretsmanager:DescribeSecret is not allowed"
	Besides   []string
	Grant     string   // of Deny: the grant that would allow it, where one is missing; may be empty
	MayBecome []string // of the principal
	Work      int      // how many steps it took to find it
}

// Witness is a complete request that is allowed.
type Witness struct {
	Caller          string              `json:"caller"`
	CallerKind      string              `json:"callerKind"`
	Action          string              `json:"action"`
	Resource        string              `json:"resource"`
	ResourceAccount string              `json:"resourceAccount"`
	Context         map[string][]string `json:"context"`            // absent keys are left out
	Assuming        map[string]string   `json:"assuming,omitempty"` // what unknown parts stand for
}

// Step is one permission.
type Step struct {
	Action   string
	Resource string
	Effect   Effect
	// as a clause: "an identity policy allows it", "the key's policy does not allow it"
	Reason string
	// the statements that allow it, one of each policy that is needed; or the one that denies it
	By []Deciding
	// where nothing denies it: the statements that would allow it but for a condition
	Near   []Deciding
	Unread []Unread
}

// Deciding is a statement that has to do with an answer.
type Deciding struct {
	Document *Document
	Rule     *policy.Rule
	Failed   *policy.ConditionTest // of Near: the condition that is not met
}
