package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// estateFlags are the flags of the commands that ask who can do what.
type estateFlags struct {
	account, region string // of templates that do not say theirs
}

// loadedEstate is an estate to ask, and what is known of the spec that it comes from.
type loadedEstate struct {
	ask.Estate
	masks       *source.Masks
	environment string // of several
	specs       compile.Owners
	absent      map[string][]string // what exists elsewhere: in which environments
	// the templates that it is made of, with the hashes that plans have of them
	deployed func() []show.Deployed
	ofSpecs  bool
}

// estates loads the estates of what the arguments name: of specs, one for each environment, or of
// CloudFormation templates, as readTemplates tells them apart. A spec with errors ends the command
// with a code, unless all of them are of the proof: then its templates can be asked.
func (p *program) estates(arguments []string, flags *estateFlags,
	code int) ([]*loadedEstate, error) {
	templates, specs, err := p.readTemplates(arguments, flags)
	if err != nil {
		return nil, err
	}
	if len(templates) > 0 {
		if p.environment != "" {
			return nil, usage("leave it out: templates are those of one environment",
				"--environment is for specs")
		}
		if err := checkParameters(p.parameters, templates); err != nil {
			return nil, err
		}
		return []*loadedEstate{{
			Estate:   ask.Estate{Estate: p.ofTemplates(templates)},
			deployed: func() []show.Deployed { return templatesDeployed(templates) },
		}}, nil
	}
	read, found, err := p.read(specs)
	if err != nil {
		return nil, err
	}
	compiled := func() compile.Outcome { return p.compile(read.list) }
	p.unproved = true
	l, err := p.compiled(read, slices.Clip(found), compiled)
	p.unproved = false
	if err != nil {
		return nil, err
	}
	out := l.asked()
	if len(out) == 0 && !found.HasErrors() { // all is told, also of the proof of another spec
		if l, err = p.compiled(read, slices.Clip(found), compiled); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 { // what is less than an error is compile's to say
		p.showText(l.Diagnostics, l.Masks)
		return nil, silent(code)
	}
	if ended := ofCode(l.Diagnostics, diag.GrantHasEnded); len(ended) > 0 {
		p.showText(ended, l.Masks)
	}
	return out, nil
}

// asked returns the estates to ask, one for each environment; none: a spec has errors that are not
// of the proof.
func (l loaded) asked() []*loadedEstate {
	var out []*loadedEstate
	for _, e := range l.Estates {
		if e.Estate == nil {
			return nil
		}
		out = append(out, l.estateOf(e))
	}
	return out
}

// estateOf returns the estate of an environment of specs.
func (l loaded) estateOf(e compile.Estate) *loadedEstate {
	one := &loadedEstate{
		Estate: ask.Estate{Estate: e.Estate, Sets: e.Sets, OfSpec: true}, masks: l.Masks,
		specs: e.Specs, absent: map[string][]string{}, ofSpecs: true,
		deployed: func() []show.Deployed { return l.deployedIn(e.Environment) },
	}
	for id, not := range e.Absent {
		one.absent[id] = slices.DeleteFunc(slices.Clone(l.Environments), func(n string) bool {
			return slices.Contains(not, n)
		})
	}
	if len(l.Estates) > 1 {
		one.environment = e.Environment
	}
	return one
}

// ofTemplates loads the estate of templates.
func (p *program) ofTemplates(list []deployedTemplate) *access.Estate {
	return p.loadedAs(list, "")
}

// loadedAs loads templates, all of which are called file where that is not empty.
func (p *program) loadedAs(list []deployedTemplate, file string) *access.Estate {
	var stacks []access.Stack
	for i := range list {
		t := &list[i]
		stacks = append(stacks, access.Stack{
			File: cmp.Or(file, t.File), Name: t.Stack, Account: t.Account, Region: t.Region,
			Template: t.Template, Parameters: parametersOf(p.parameters, t),
		})
	}
	return access.Load(stacks, access.Beside{})
}

// templatesDeployed says which templates there are.
func templatesDeployed(list []deployedTemplate) []show.Deployed {
	var out []show.Deployed
	for i := range list {
		t := &list[i]
		out = append(out, show.Deployed{File: filepath.Base(t.Path), SHA256: hashOf(t.Source.Data),
			Stack: t.Stack, Account: t.Account, Region: t.Region})
	}
	return out
}

// deployedIn says which templates the specs compile to in an environment, as compile writes them
// unless it is told otherwise.
func (l loaded) deployedIn(environment string) []show.Deployed {
	var out []show.Deployed
	for _, r := range l.Results {
		if r.Environment != environment && r.Environment != "" {
			continue
		}
		stacks := r.Stacks
		if len(stacks) == 0 { // of a spec with errors of the proof alone
			stacks = r.Proved
		}
		for i, file := range plan.Write(stacks, cfn.Format{}) {
			s := stacks[i]
			out = append(out, show.Deployed{File: file.Name, SHA256: file.SHA256,
				Stack: s.Name, Account: s.Account, Region: s.Region})
		}
	}
	return out
}

// deployedOf returns the templates of a spec as those of anybody.
func deployedOf(stacks []*lower.Stack) []deployedTemplate {
	var out []deployedTemplate
	for _, s := range stacks {
		out = append(out, deployedTemplate{File: s.File, Stack: s.Name, Account: s.Account,
			Region: s.Region, Template: s.Template})
	}
	return out
}

// showText writes diagnostics to standard error, and how many there are.
func (p *program) showText(found diag.List, masks *source.Masks) {
	_ = p.writeDiagnostics(p.err, found, masks) // p.err remembers
	fmt.Fprintln(p.err, p.summary(found, false, true))
}

// explain answers a question of a report, and says why.
func (a *loadedEstate) explain(principal, word, secret, region string) (access.Explanation, bool) {
	v := verb.Find(word)
	if v == nil {
		return access.Explanation{}, false
	}
	return a.Explain(principal, v, secret, region)
}
