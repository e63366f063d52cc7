package compile

import (
	"github.com/secretctl/secretctl/internal/access"
)

// Estate returns what the spec makes of the accounts that it speaks of, once it is deployed and others have done what is handed over to them. It is nil for a
// spec with errors.
func (r Result) Estate() *access.Estate { return r.estate }

// Proved returns the stacks whose templates the estate was loaded from. A spec has them also if its only errors are of the proof.
func (r Result) Proved() []Stack { return r.proved }

// Sets returns the ids of the members of the spec's sets of principals, by the ids of the sets.
func (r Result) Sets() map[string][]string { return r.sets }
