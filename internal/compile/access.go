package compile

import (
	"strings"

	"github.com/secretctl/secretctl/internal/access2"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/grants"
)

// Estate returns what the spec makes of the accounts that it speaks of, once it is deployed and others have done what is handed over to them. It is nil for a
// spec with errors.
func (r Result) Estate() *access.Estate { return r.estate }

// Verbs returns the verbs of the language, in the order of their table.
func Verbs() []access.Verb {
	out := make([]access.Verb, len(grants.Verbs))
	for i := range grants.Verbs {
		out[i] = verbOf(&grants.Verbs[i])
	}
	return out
}

// VerbNamed returns a verb of the language, or an action of IAM's on a secret or on its key with what it takes of the other. Upper and lower case make no
// difference in actions. It says whether there is one.
func VerbNamed(name string) (access.Verb, bool) {
	if v := grants.VerbNamed(name); v != nil {
		return verbOf(v), true
	}
	if info, ok := aws.ActionNamed(name); ok {
		v := access.Verb{Name: info.Name, OnSecret: []aws.Action{info.Name}, OnKey: aws.KeyUseOf(info.Name)}
		switch {
		case strings.HasPrefix(info.Name, "kms:"):
			v = access.Verb{Name: info.Name, OnKey: []aws.Action{info.Name}}
		case info.NoResource:
			v = access.Verb{Name: info.Name, Anywhere: []aws.Action{info.Name}}
		}
		return v, true
	}
	return access.Verb{}, false
}
