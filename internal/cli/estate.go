package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/source"
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
		return []*loadedEstate{{Estate: ask.Estate{Estate: p.ofTemplates(templates)}}}, nil
	}
	l, err := p.load(specs)
	if err != nil {
		return nil, err
	}
	var out []*loadedEstate
	for _, e := range l.Estates {
		if e.Estate == nil {
			out = nil
			break
		}
		one := &loadedEstate{
			Estate: ask.Estate{Estate: e.Estate, Sets: e.Sets, OfSpec: true}, masks: l.Masks,
			specs: e.Specs, absent: map[string][]string{},
		}
		for id, not := range e.Absent {
			one.absent[id] = slices.DeleteFunc(slices.Clone(l.Environments), func(n string) bool {
				return slices.Contains(not, n)
			})
		}
		if len(l.Estates) > 1 {
			one.environment = e.Environment
		}
		out = append(out, one)
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
