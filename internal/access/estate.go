// Package access knows what a set of CloudFormation templates allows whom to do with which secret
// once it is deployed, and why. It knows nothing of specs: what it is told beside the templates is
// who and what else there is.
package access

import (
	"sync"

	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Estate is who there is, which secrets and keys there are, and every document that speaks of them,
// once a set of stacks is deployed.
//
// What is known only after deployment is an unknown part of a text (package cfn). What parameters
// leave open that decide conditions of the templates makes several worlds; usually there is one.
type Estate struct {
	Worlds   []*World // at least one
	Taken    []Taken  // what no document states, and how it is taken
	Findings []Public // statements that let everybody in

	stacks   []Stack // what it was loaded from
	beside   Beside
	from     *deployment
	choices  []choice // the worlds, in their order
	leftOpen bool     // there are more values of parameters than were tried
}

// LoadedFrom returns the stacks that an estate was loaded from, and what was known beside them. Of
// no estate there are none. Neither may be changed.
func (e *Estate) LoadedFrom() ([]Stack, Beside) {
	if e == nil {
		return nil, Beside{}
	}
	return e.stacks, e.beside
}

// World is an estate under the truths of some conditions of its templates.
type World struct {
	Conditions []NamedTruth // those that differ between the worlds, sorted by name
	Principals []*Principal // sorted by ID
	Secrets    []*Secret    // sorted by ID
	// the parameters whose default some text has, sorted; with the file of the template before it,
	// app.Env, where there are several
	Told []Told
}

// NamedTruth is whether a condition of a template holds.
type NamedTruth struct {
	// of the condition; with the file of the template before it, app.IsProd, where several
	// templates have one of this name
	Name  string
	Holds bool
}

// PrincipalKind is what a principal is.
type PrincipalKind uint8

// The kinds of principals.
const (
	RolePrincipal PrincipalKind = iota
	UserPrincipal
	ServicePrincipal
	AccountPrincipal      // whoever of an account its own policies allow
	OrganizationPrincipal // of an organization, or of a path in one
	PatternPrincipal      // the roles and users whose ARN matches a pattern
	EverybodyPrincipal    // everybody, or everybody of an account
	SessionPrincipal      // one session of a role or a federated user
	IDPrincipal           // a unique id, AROA…
	FederatedPrincipal    // an identity of a provider
	RotationPrincipal     // what rotates a secret and stands in no template
)

// String returns the kind as JSON has it.
func (k PrincipalKind) String() string {
	return [...]string{"role", "user", "service", "account", "organization", "pattern", "everybody",
		"session", "id", "federated", "rotation"}[k]
}

// Principal is somebody who calls.
type Principal struct {
	// what people call it: the id in a spec or the logical ID, else the ARN, pattern, service …
	ID   string
	Also []string // other ids under which it is known: logical IDs, names
	Kind PrincipalKind
	// its ARN, a text that may have unknown parts; of a service its name, of a pattern the pattern,
	// of an organization its id or path, of everybody *
	ARN string
	// how reports write ARN, where cfn.Shown(ARN) is not it: "role of this stack (AppRole)"
	Shown string
	Note  string // "not in the templates", "named by policies only" …; may be empty

	// 12 digits, may be unknown; empty where it has none or nobody knows
	Account string
	Others  map[string]bool // ARNs with unknown parts that are somebody else's
	// of a role or user that is known by its name alone: aws:PrincipalArn is known up to its path
	PathUnknown bool

	// Tags are what is known of the caller's tags: by key, in lower case. KnownTags says that it
	// has no others of its own; SessionTags that its sessions may carry others, which win: because
	// its trust lets somebody pass them, or is not known.
	Tags        map[string]string
	KnownTags   bool
	SessionTags bool
	// Never is what no session of it has: because of the trust of a role that is known
	Never Never

	// the parameters whose default its name, path and tags have, sorted
	Told []Told
	// further condition keys, in lower case, with the values that every request of it has
	Facts    map[string][]string
	Identity []*Document // its identity policies, those of its groups among them
	Boundary *Document
	// its own account's policies are out of sight and taken to allow everything
	AsFar bool
	// ids of principals that it may become by a trust and sts:AssumeRole which the documents state
	MayBecome []string
	// of a session: the role that it is one of, where that is in the estate; its documents are the
	// session's
	Role *Principal
	// of a rotation that no template shows: IDs of the secrets that it reads and writes, without
	// any document
	Reads     []string
	ReadsOnly []string // likewise: IDs of secrets that it reads, those of superusers

	superusers []*Secret // those of ReadsOnly
	rotated    *Secret   // of a rotation that no template shows
	by         string    // likewise: what tells what rotates the secret from others
	// of a pattern: which conditions speak of all whom it stands for; may be nil
	memo *sync.Map
	part bool // of a pattern: some of whom it stands for are meant, and not all
	// of the same kind and name, in an account that may be the same since one of the two is not
	// stated
	twins []*Principal
}

// Document is a policy.
type Document struct {
	Kind DocumentKind
	Of   string // the ID of the principal, secret or key that it is about
	// the file of the template that it stands in, without extension; empty for one that others keep
	Stack     string
	LogicalID string // of its resource, where it stands in a template
	ARN       string // of a managed policy
	Rules     policy.Rules
	Told      []Told // the parameters whose default its texts have, sorted

	wording *wording // of Rules, where other documents may have the same; nil: of its own
	// where the statements of a wording come from: those of written by their numbers, others from
	// places
	written policy.Written
	places  []source.Span

	once  sync.Once // makes index, when it is first needed
	may   sync.Map  // action → whether some statement may allow it, where it has no wording
	index *index

	onceNamed sync.Once // makes named and wholes, likewise
	named     []string  // accounts of whom its statements name
	wholes    []string  // accounts that its statements name as a whole
}

// DocumentKind is the kind of a policy.
type DocumentKind uint8

// The kinds of policies.
const (
	IdentityPolicy DocumentKind = iota + 1
	PermissionsBoundary
	ResourcePolicy
	KeyPolicy
)

// String returns the kind as people write it.
func (k DocumentKind) String() string {
	return [...]string{"", "identity policy", "permissions boundary", "resource policy",
		"key policy"}[k]
}

// Name returns how people speak of the document: key policy of app.
func (d *Document) Name() string {
	if d == everything() {
		return "account that it is in, whose policies are out of sight,"
	}
	return d.Kind.String() + " of " + d.Of
}

// Secret is a secret with its replicas.
type Secret struct {
	// what people call it: the id in a spec or the logical ID, else the name, ARN or pattern
	ID      string
	Also    []string // other ids under which it is known
	Name    string
	Account string
	Note    string // "named by policies only", "not in the templates" …; may be empty
	Copies  []Copy // the secret itself, then its replicas, sorted by Region
	// the resource policies of all copies: usually one or none. Of several, one holds, and nobody
	// knows which
	Policy   []*Document
	Function string // the ARN of the function that rotates it, if one does
	// of a rotation at a partner: the ARN of the role
	RotationRole string
	Rotates      bool              // something rotates it, though nobody knows which function
	Tags         map[string]string // by key, in lower case
	KnownTags    bool              // a template makes it, so that Tags are all it has
	// secretsmanager:resource/Type, of a managed external secret; empty: it has none, where
	// KnownTags
	Type string
	Told []Told // the parameters whose default its name, tags and keys have, sorted
	// it stands for the secrets whose ARN matches the ARN of its copy, a pattern
	Pattern bool

	given bool // the caller knows it, and no template makes it
}

// Copy is a secret in one Region.
type Copy struct {
	Region    string
	ARN       string // with unknown parts: the six characters at its end, for one
	Key       *Key   // nil: the Region's aws/secretsmanager
	KeyUnread bool   // which key it is, nobody can read
	// no template makes the secret: Key is nil and stands for the key that it has, taken to serve
	// its own account
	KeyUnstated bool
}

// Key is a KMS key.
type Key struct {
	ID      string
	Also    []string // other ids under which it is known
	ARN     string
	Account string
	Region  string
	Policy  *Document // nil: not known, see Outside
	// no template makes it: its policy is taken to leave the decision to its account's IAM, through
	// Secrets Manager
	Outside bool
	Tags    map[string]string // by key, in lower case
	Aliases []string          // alias/… in its Region
	Known   bool              // a template makes it, so that Tags and Aliases are all there is
	// of Known: an alias may be its that nobody can read which key it is of, besides Aliases
	Others bool
	// kms:KeySpec, kms:KeyUsage, kms:KeyOrigin, kms:MultiRegion …, in lower case, as far as a
	// template says; without values: absent
	Facts map[string][]string
	Told  []Told // the parameters whose default its tags and aliases have, sorted
}

// Public is a statement that lets everybody in.
type Public struct {
	Document *Document
	Rule     *policy.Rule
	Secret   string // the ID of the secret, where it is a secret's policy
}
