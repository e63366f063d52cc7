package change

import (
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/glob"
	"github.com/secretctl/secretctl/internal/source"
)

// Acceptance is what somebody has accepted beforehand.
type Acceptance struct {
	Class      string   // a change of access or a risk
	Principals []string // ids, globs or ARNs; none: of whomever
	Secrets    []string // likewise
	Reason     string
	Span       source.Span

	used bool
}

// Used says whether the entry has accepted anything.
func (a *Acceptance) Used() bool { return a.used }

// IsOfAccess says whether the entry is about a change of access, and not about a resource.
func (a *Acceptance) IsOfAccess() bool { return !slices.Contains(Risks, a.Class) }

// AcceptedBy returns the first of some entries that accepts the change of a resource, or nil, and
// notes that it is used. A resource has no principal, so that no entry with principals accepts it.
func (r *Resource) AcceptedBy(entries []*Acceptance) *Acceptance {
	return first(entries, r.Class(), nil,
		append([]string{r.Secret, r.LogicalID}, r.names...))
}

func acceptedAccess(entries []*Acceptance, c *access.Change) *Acceptance {
	return first(entries, c.Kind.String(), []string{c.Principal.ID, c.Principal.ARN},
		[]string{c.Secret.ID, c.Secret.ARN, c.ARN})
}

// acceptedBecoming is about a principal that may become a role. The entry names who gains or loses
// that: whoever accepts what a role gains has not accepted that others become it.
func acceptedBecoming(entries []*Acceptance, b *access.Becoming) *Acceptance {
	return first(entries, b.Kind.String(), []string{b.Principal}, nil)
}

// first returns the first entry that accepts a class of change of somebody and of something.
func first(entries []*Acceptance, class string, principal, secret []string) *Acceptance {
	for _, a := range entries {
		if a.Class == class && named(a.Principals, principal) && named(a.Secrets, secret) {
			a.used = true
			return a
		}
	}
	return nil
}

// named says whether a name is meant by words; without words each is.
func named(words, names []string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return name != "" && (name == word || glob.Match(word, name))
		})
	})
}

// namesOf returns what else than its id people may call a secret or key by: its id, its name, and
// the ARN that this gives a secret, without the characters that Secrets Manager adds.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
func (s side) namesOf() []string {
	var out []string
	if id := s.at.IDs[s.id]; id != "" {
		out = append(out, id)
	}
	name, _ := s.value("Name").(string)
	if s.res.Type == "AWS::SecretsManager::Secret" && name != "" {
		out = append(out, name)
		if at := s.at.read; at.Account != "" && at.Region != "" {
			out = append(out, "arn:"+aws.PartitionOf(at.Region)+":secretsmanager:"+at.Region+":"+
				at.Account+":secret:"+name)
		}
	}
	return out
}
