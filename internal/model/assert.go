package model

import (
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/verb"
)

// Assertion is a claim about the policies that a spec compiles to.
type Assertion struct {
	Claim      Claim
	Principals []*Principal // whom it is about; of OnlyReadableBy those who may read
	Verbs      []*verb.Verb // empty for OnlyReadableBy
	Secrets    []*Secret
	Rotation   bool              // of OnlyReadableBy: what rotates the secrets may read them, too
	Given      map[string]string // values of parameters under which it is asked
	Span       source.Span
}

// Claim is what an assertion says.
type Claim uint8

// The claims.
const (
	Can            Claim = iota + 1 // every principal, verb and secret, in one Region at least
	Cannot                          // no principal can do any verb on any secret, in any Region
	OnlyReadableBy                  // nobody else can read any of the secrets, in any Region
)

// assertions resolves what the spec claims of itself.
func (r *resolver) assertions() {
	for i := range r.written.Assert {
		in := &r.written.Assert[i]
		a := Assertion{Span: in.Span, Secrets: r.secretsNamed(in.Secrets), Given: r.given(in.Given)}
		switch {
		case in.OnlyReadableBy != nil:
			a.Claim = OnlyReadableBy
			a.Principals, a.Rotation = r.readers(in.OnlyReadableBy)
		case in.Can != nil:
			a.Claim, a.Verbs, a.Principals = Can, verbsNamed(in.Can), r.everyone(in.Principal)
		case in.Cannot != nil:
			a.Claim, a.Verbs, a.Principals = Cannot, verbsNamed(in.Cannot), r.everyone(in.Principal)
		default:
			continue // rejected by the schema
		}
		if a.Claim != OnlyReadableBy && len(in.Principal) == 0 {
			continue // refused by the checks, or when it was decoded
		}
		r.Assertions = append(r.Assertions, a)
	}
}

// verbsNamed returns the rows of verbs; a word that is none was refused when it was decoded.
func verbsNamed(words []spec.Text) (verbs []*verb.Verb) {
	for _, word := range words {
		if v := verb.Named(word.V); v != nil {
			verbs = append(verbs, v)
		}
	}
	return verbs
}

// rotation is the word for what rotates a secret and stands in no template, unless a principal of
// the spec has this id.
const rotation = "rotation"

// readers resolves who may read, and says whether what rotates the secrets may.
func (r *resolver) readers(list []spec.Text) (principals []*Principal, rotates bool) {
	var others []spec.Text
	for _, t := range list {
		_, set := r.sets[t.V]
		if t.V == rotation && r.principals[t.V] == nil && !set {
			rotates = true
			continue
		}
		others = append(others, t)
	}
	return r.everyone(others), rotates
}

// given resolves the values of parameters under which an assertion is asked.
func (r *resolver) given(entries spec.Entries[spec.Text]) map[string]string {
	if len(entries) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, e := range entries {
		if r.Parameters.Get(e.ID.V) == nil {
			names := func() []string { return namesOf(r.Parameters) }
			r.unknownName(diag.UnknownParameter, e.ID, "parameter", names)
			continue
		}
		out[e.ID.V] = e.V.V
	}
	return out
}
