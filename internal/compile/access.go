package compile

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/grants"
)

// Estate returns what the spec makes of the accounts that it speaks of, once it is deployed and others have done what is handed over to them. It is nil for a
// spec with errors.
func (r Result) Estate() *access.Estate { return r.estate }

// Proved returns the stacks whose templates the estate was loaded from. A spec has them also if its only errors are of the proof.
func (r Result) Proved() []Stack { return r.proved }

// Sets returns the ids of the members of the spec's sets of principals, by the ids of the sets.
func (r Result) Sets() map[string][]string { return r.sets }

// Verbs returns the verbs of the language, in the order of their table.
func Verbs() []access.Verb {
	out := make([]access.Verb, len(grants.Verbs))
	for i := range grants.Verbs {
		out[i] = verbOf(&grants.Verbs[i])
	}
	return out
}

// VerbNamed returns a verb of the language, or an action of IAM's on a secret or on its key with what it takes of the other. Upper and lower case make no
// difference, and the service may be left out: GetSecretValue, Decrypt. An action that both services have, such as TagResource, is Secrets Manager's then.
// It says whether there is one.
func VerbNamed(name string) (access.Verb, bool) {
	for i := range grants.Verbs {
		if strings.EqualFold(grants.Verbs[i].Name, name) {
			return verbOf(&grants.Verbs[i]), true
		}
	}
	if info, ok := actionNamed(name); ok {
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

// actionNamed returns the action with this name, which may lack its service.
func actionNamed(name string) (aws.ActionInfo, bool) {
	if strings.Contains(name, ":") {
		return aws.ActionNamed(name)
	}
	if info, ok := aws.SecretsManagerAction(name); ok {
		return info, true
	}
	return aws.ActionNamed("kms:" + name)
}

// VerbWords returns what VerbNamed knows, for suggestions: the verbs, then the actions with and without their service.
func VerbWords() []string {
	var words []string
	for i := range grants.Verbs {
		words = append(words, grants.Verbs[i].Name)
	}
	for _, info := range slices.Concat(aws.SecretsManagerActions, aws.KMSActions) {
		_, bare, _ := strings.Cut(info.Name, ":")
		words = append(words, info.Name, bare)
	}
	return words
}
