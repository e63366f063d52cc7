package cli

import (
	"fmt"
	"path"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// estateFlags are the flags of the commands that ask who can do what.
type estateFlags struct {
	account, region string // of templates that do not say theirs
}

// anyAccount and anyRegion stand for those of a template when nobody says them.
const (
	anyAccount = "123456789012"
	anyRegion  = "us-east-1"
)

// asked is an estate to ask, and what is said of it besides.
type asked struct {
	*access.Estate
	problems []string      // what is out of sight, as clauses
	masks    *source.Masks // of the spec
}

// estate builds the estate of what the arguments name: a spec, or CloudFormation templates, as readTemplates tells them apart.
func (p *program) estate(arguments []string, flags *estateFlags) (*asked, error) {
	templates, specs, err := p.readTemplates(arguments, flags)
	if err != nil {
		return nil, err
	}
	if len(templates) > 0 {
		if err := checkParameters(p.parameters, templates); err != nil {
			return nil, err
		}
		return p.ofTemplates(templates), nil
	}
	result, err := p.load(specs)
	if err != nil {
		return nil, err
	}
	if result.Diagnostics.HasErrors() { // what is less than an error is compile's to say
		p.showText(result.Diagnostics, result.Masks)
		return nil, silent(exitErrors)
	}
	return &asked{Estate: result.Estate(), masks: result.Masks}, nil
}

// ofTemplates builds the estate of templates.
func (p *program) ofTemplates(list []deployedTemplate) *asked {
	var stacks []access.Stack
	assumed := false
	for _, t := range list {
		s := access.Stack{
			File: t.File, Name: t.Stack, Account: either(t.Account, anyAccount), Region: either(t.Region, anyRegion),
			Template: t.Template, Parameters: parametersOf(p.parameters, &t),
		}
		if s.Name == "" {
			s.Name, _, _ = strings.Cut(path.Base(t.File), ".")
		}
		assumed = assumed || t.Account == "" || t.Region == ""
		stacks = append(stacks, s)
	}
	estate, problems := access.Load(stacks, nil)
	estate.AddNamed()
	out := &asked{Estate: estate}
	if assumed {
		out.problems = append(out.problems, "where a template is deployed is not said, so that it is taken to be account "+anyAccount+" and Region "+anyRegion+", where neither is stated")
	}
	for _, x := range problems {
		at := x.Stack
		if x.LogicalID != "" {
			at += ", " + x.LogicalID
		}
		out.problems = append(out.problems, at+": "+x.Message)
	}
	for _, who := range estate.Principals {
		if who.AsFar() {
			out.problems = append(out.problems, "the identity policies of "+who.ID+" are not in the templates, so that it is taken to be allowed what the policies of secrets and keys allow it")
		}
	}
	return out
}

// showText writes diagnostics to standard error, and how many there are.
func (p *program) showText(found diag.List, masks *source.Masks) {
	diag.WriteText(p.err, found, diag.TextOptions{Color: p.color(p.err), Masks: masks})
	fmt.Fprintln(p.err, summary(found, false))
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
