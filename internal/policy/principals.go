package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Principals is who a statement of a resource policy speaks of, or with Not everybody else.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type Principals struct {
	Principal
	Not     bool     // written as NotPrincipal
	written bool     // also where all of them are of kinds that never call here
	roots   []string // the accounts among AWS
	unread  []string // those of AWS that have unknown parts

	Canonical []string // canonical users, whom only Amazon S3 knows
}

// Naming is how a statement names a caller. What comes later grants more.
type Naming uint8

// The ways to name a caller.
const (
	NotNamed       Naming = iota
	NamedByAccount        // its account is named, which leaves the decision to that account's IAM
	// its role is named:
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
	NamedAsRole
	// it is a user or a service that is named, or is one of all principals (*)
	NamedDirectly
)

// add reads the principals of one kind. A wildcard that is not alone is an error, since IAM knows
// none.
func (p *Principals) add(kind string, ids []string) error {
	p.written = true
	for _, id := range ids {
		everybody := kind == "AWS" && id == "*"
		if !everybody && (kind == "AWS" || kind == "Service") && strings.ContainsAny(id, "*?") {
			return fmt.Errorf("has a pattern, which no principal can be: %q", id)
		}
	}
	switch kind {
	case "AWS":
		for _, id := range ids {
			p.Any = p.Any || id == "*"
			if cfn.HasUnknown(id) {
				p.unread = append(p.unread, id)
			}
			if account := accountOf(id); account != "" {
				p.roots = append(p.roots, account)
			}
		}
		p.AWS = ids
	case "Service":
		p.Service = ids
	case "Federated":
		p.Federated = ids
	case "CanonicalUser": // Amazon S3's; nobody here has one
		p.Canonical = ids
	default:
		return fmt.Errorf("has a kind of principal that does not exist: %q", kind)
	}
	return nil
}

// accountOf returns the account that a principal stands for, by its id or by the ARN of its root,
// or "". The two "behave the same way".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
func accountOf(id string) string {
	if len(id) == len("111122223333") && strings.Trim(id, "0123456789") == "" {
		return id
	}
	parts := strings.Split(id, ":")
	if len(parts) == 6 && parts[0] == "arn" && parts[2] == "iam" && parts[3] == "" &&
		parts[5] == "root" {
		return parts[4]
	}
	return ""
}

// IsZero says whether the statement has neither Principal nor NotPrincipal, as in identity
// policies.
func (p *Principals) IsZero() bool { return !p.written }

// Names says how the principals name a caller. Federated principals, canonical users and single
// sessions name nobody here.
//
// Of NotPrincipal, AWS says that to leave a role or a user out of a denial both it and its account
// must be listed, or else that the denial might hold nevertheless, depending on the service; here
// it does. To be left out of a permission, one of the two is enough.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (p *Principals) Names(c Caller, effect string) Naming { return p.names(&c, effect) }

func (p *Principals) names(c *Caller, effect string) Naming {
	switch {
	case !p.written, p.Not && p.leavesOut(c, effect):
		return NotNamed
	case p.Not, p.Any:
		return NamedDirectly
	case p.byName(c) && c.Kind == Role:
		return NamedAsRole
	case p.byName(c):
		return NamedDirectly
	case p.byAccount(c):
		return NamedByAccount
	}
	return NotNamed
}

func (p *Principals) leavesOut(c *Caller, effect string) bool {
	if effect == Deny && c.Bounded {
		return false
	}
	if p.Any || effect != Deny || c.Kind == ServicePrincipal || c.Kind == AccountRoot {
		return p.Any || p.byName(c) || p.byAccount(c)
	}
	return p.byName(c) && p.byAccount(c)
}

func (p *Principals) byName(c *Caller) bool {
	switch c.Kind {
	case ServicePrincipal:
		return slices.Contains(p.Service, c.ARN)
	case Role, User:
		return slices.Contains(p.AWS, c.ARN)
	}
	return false
}

func (p *Principals) byAccount(c *Caller) bool {
	return len(p.roots) > 0 && c.Kind != ServicePrincipal && slices.Contains(p.roots, c.account())
}
