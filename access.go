package secretctl

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// Estate is what a set of templates makes of the accounts that it is deployed to: secrets, keys,
// principals, and every policy that speaks of them.
type Estate struct {
	asked ask.Estate
	masks *source.Masks
	state change.State
	of    []compile.Result // the specs that it is of
}

// Template is a CloudFormation template of anybody, and where it is deployed. What is empty, nobody
// states, and answers that depend on it are unknown.
type Template struct {
	File
	Stack           string
	Account, Region string
	Parameters      map[string]string // values that are given in the place of defaults
}

// Load reads templates that are deployed together. The estate is nil where one of them cannot be
// read, which the diagnostics of the result say.
func Load(templates ...Template) (*Estate, Result) {
	masks := &source.Masks{}
	var stacks []access.Stack
	names := map[string]int{}
	result := Result{diagnostics: show.Found{Masks: masks}}
	list := &result.diagnostics.List
	for _, t := range templates {
		file := source.New(t.Name, t.Data)
		read, found := ask.ReadTemplate(file, masks)
		*list = append(*list, found...)
		if read == nil {
			continue
		}
		checkParameters(list, file, read, t.Parameters)
		name := strings.TrimSuffix(t.Name, path.Ext(t.Name))
		if names[name]++; names[name] > 1 { // a template may be deployed several times
			name = fmt.Sprintf("%s (%d)", name, names[name])
		}
		stacks = append(stacks, access.Stack{
			File: name, Name: t.Stack, Account: t.Account, Region: t.Region,
			Template: read, Parameters: t.Parameters,
		})
	}
	*list = list.Sorted()
	if list.HasErrors() {
		return nil, result
	}
	e := &Estate{asked: ask.Estate{Estate: access.Load(stacks, access.Beside{})}, masks: masks}
	e.state.Estate = e.asked.Estate
	for _, s := range stacks {
		e.state.Stacks = append(e.state.Stacks, change.Stack{File: s.File, Name: s.Name,
			Account: s.Account, Region: s.Region, Template: s.Template})
	}
	return e, result
}

// checkParameters finds values of parameters that a template has not, or does not take.
func checkParameters(found *diag.List, file *source.File, t *cfn.Template,
	given map[string]string) {
	at := source.Span{File: file}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if t.Parameters.Get(name) == nil {
			found.Report(diag.UnknownParameter, at).
				Message("the template has no parameter %q", name).
				Hint("give values of parameters that it has")
		} else if err := cfn.CheckParameter(t, name, given[name]); err != nil {
			found.Report(diag.InvalidValue, at).
				Message("%s", err).
				Hint("give a value that the parameter takes")
		}
	}
}

// Effect says whether somebody can do something.
type Effect string

// The effects.
const (
	Allow       Effect = "allow"       // under every circumstance
	Conditional Effect = "conditional" // in some circumstances
	Unknown     Effect = "unknown"     // it depends on what nobody can read
	Deny        Effect = "deny"        // in none
)

// Access is who can do what with which secret.
type Access struct {
	Rows       []Row    // what is not listed is allowed in no circumstance
	OutOfSight []string // how what no template states is taken

	whole  access.Report
	estate *Estate
}

// Row says what a principal can do with a secret in a Region.
type Row struct {
	Principal, Secret, Region string
	// or a single action, of a verb that is not possible as a whole
	Verb       string
	Effect     Effect
	Conditions []string // of Conditional: what must hold
	Unread     []string // of Unknown: what cannot be read
}

// Access evaluates every policy as AWS would, for all principals, secrets and verbs, in every
// Region. An error says that there would be more rows than anybody reads.
func (e *Estate) Access() (Access, error) {
	r := e.asked.Report(verb.All, nil, nil)
	if r.TooMany {
		return Access{}, fmt.Errorf("secretctl: the report would have too many rows: %s",
			show.Counts(&r))
	}
	out := Access{OutOfSight: shownAll(r.OutOfSight), whole: r, estate: e}
	for _, row := range r.Rows {
		secret := r.Secrets[row.Secret]
		out.Rows = append(out.Rows, Row{
			Principal: cfn.Shown(r.Principals[row.Principal].ID), Secret: cfn.Shown(secret.ID),
			Region: cfn.Shown(secret.Regions[row.Region]), Verb: r.Verbs[row.Verb],
			Effect:     Effect(row.Answer.Effect.String()),
			Conditions: show.Conditions(row.Answer.Conditions),
			Unread:     show.Unread(row.Answer.Unread),
		})
	}
	return out, nil
}

// Render writes who can do what in a format: text, json, csv, markdown or html. An error is the
// writer's, or says that there is no such format.
func (a Access) Render(w io.Writer, format string) error {
	one := show.EnvironmentReport{Report: a.whole}
	if a.estate != nil {
		one.Explain = a.estate.explain
	}
	return render(w, show.Reports, format, []show.EnvironmentReport{one}, show.Options{})
}

// explain answers a question of a report, and says why.
func (e *Estate) explain(principal, word, secret, region string) (access.Explanation, bool) {
	v := verb.Find(word)
	if v == nil {
		return access.Explanation{}, false
	}
	return e.asked.Explain(principal, v, secret, region)
}

// Answers are those to a question, one for each principal and each secret that it means.
type Answers struct {
	List []Answer

	whole show.Answers
	masks *source.Masks
}

// Answer says whether a principal can do something with a secret, and why.
type Answer struct {
	Principal, Verb, Secret, Region string
	Effect                          Effect
	Conditions                      []string // of Conditional: what must hold
	Unread                          []string // of Unknown: what cannot be read
	Reasons                         []string // of each permission that it takes
	OutOfSight                      []string // how what no template states is taken
}

// Why answers whether somebody can do something with a secret. who is an id, a logical ID, an ARN,
// a set of principals, everybody, or a pattern such as billing-*; what is a verb such as read, or
// an action of IAM's; which is an id, a logical ID, a name, an ARN or a pattern. An error says
// which of them means nothing.
func (e *Estate) Why(who, what, which string) (Answers, error) {
	v, err := ask.Verb(what)
	if err != nil {
		return Answers{}, err
	}
	whole, err := e.asked.Why(who, v, which)
	if err != nil {
		return Answers{}, err
	}
	out := Answers{whole: whole, masks: e.masks}
	for _, a := range whole.List {
		answer := Answer{
			Principal: cfn.Shown(a.Principal), Verb: a.Verb, Secret: cfn.Shown(a.Secret),
			Region: cfn.Shown(a.Region), Effect: Effect(a.Effect.String()),
			Conditions: show.Conditions(a.Conditions), Unread: show.Unread(a.Unread),
			OutOfSight: shownAll(a.OutOfSight),
		}
		for _, s := range a.Steps {
			answer.Reasons = append(answer.Reasons, cfn.Shown(s.Action+": "+s.Reason))
		}
		out.List = append(out.List, answer)
	}
	return out, nil
}

// Render writes the answers in a format: text or json. An error is the writer's, or says that there
// is no such format.
func (a Answers) Render(w io.Writer, format string) error {
	return render(w, show.Why, format, a.whole, show.Options{Masks: a.masks})
}

func shownAll(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = cfn.Shown(text)
	}
	return out
}

// render writes something in the format of a name.
func render[T any](w io.Writer, formats show.Formats[T], name string, what T,
	o show.Options) error {
	if names := formats.Names(); !slices.Contains(names, name) {
		return fmt.Errorf("secretctl: no format is called %q: write one of %s", name,
			strings.Join(names, ", "))
	}
	return formats.Named(name).Write(w, what, o)
}
