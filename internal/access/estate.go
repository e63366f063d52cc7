// Package access knows what a set of CloudFormation templates allows whom to do with which secret once it is deployed, and why. It knows nothing of
// specs: what it is told of principals beside the templates is who they are.
package access

import (
	"sync"

	"github.com/secretctl/secretctl/internal/policy"
)

// Estate is who there is, which secrets and keys there are, and every policy about them, once a set of stacks is deployed. Everything has a name or ARN:
// what is known only after deployment has a stand-in of the right form.
type Estate struct {
	Principals []*Principal // sorted by ID
	Secrets    []*Secret    // sorted by ID
}

// Principal is somebody who calls.
type Principal struct {
	ID       string         // what people call it: the id in a spec or the logical ID, else the ARN or the service
	Caller   policy.Caller  // for many callers, such as those of an account, one of them
	Assumed  policy.Context // condition keys that all of its requests have, such as its organization
	Identity []*Document    // its identity policies, those of its groups among them
	Boundary *Document      // its permissions boundary
	Unknown  []string       // ARNs of its policies that are not in the templates: what they allow is out of sight
}

// Document is a policy.
type Document struct {
	Kind      DocumentKind
	Of        string // the ID of the principal, secret or key that it is about
	Stack     string // the file of the template that it stands in, without extension; empty for one that others keep
	LogicalID string // of its resource, where it stands in a template
	Rules     policy.Rules

	arn   string    // of a managed policy
	once  sync.Once // makes index, when it is first needed
	index *index    // of Rules
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
	return [...]string{"", "identity policy", "permissions boundary", "resource policy", "key policy"}[k]
}

// Name returns how people speak of the document: key policy of app.
func (d *Document) Name() string { return d.Kind.String() + " of " + d.Of }

// Secret is a secret with its replicas.
type Secret struct {
	ID       string // what people call it: the id in a spec or the logical ID, else the name
	Name     string
	Account  string
	Copies   []Copy    // the secret itself, then its replicas, sorted by Region
	Policy   *Document // the resource policy of all copies; nil: none
	Function string    // the ARN of the function that rotates it, if one does
}

// Copy is a secret in one Region.
type Copy struct {
	Region string
	ARN    string
	Key    *Key // nil: the Region's aws/secretsmanager
}

// Key is a KMS key.
type Key struct {
	ID      string
	ARN     string
	Account string
	Region  string
	Policy  *Document
}
