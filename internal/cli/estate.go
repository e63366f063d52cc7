package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/compile"
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

// deployed names a template and where it is deployed: TEMPLATE[@ACCOUNT[:REGION]].
type deployed struct{ path, account, region string }

var whereDeployed = regexp.MustCompile(`^(.+)@(\d{12})(?::([a-z]{2,4}(?:-[a-z]+)+-\d))?$`)

// where reads an argument. A file that is there by the whole name is meant as it is.
func (p *program) where(argument string) deployed {
	if _, err := os.Stat(p.path(argument)); err == nil {
		return deployed{path: argument}
	}
	if parts := whereDeployed.FindStringSubmatch(argument); parts != nil {
		return deployed{parts[1], parts[2], parts[3]}
	}
	return deployed{path: argument}
}

// estate builds the estate of what the arguments name: a spec, or CloudFormation templates, told by their content. A directory with a plan is one of
// templates.
func (p *program) estate(arguments []string, flags *estateFlags) (*asked, error) {
	if flags.account != "" && aws.AccountID(flags.account) != "" {
		return nil, usage("write the twelve digits", "--account %q is no account id", flags.account)
	}
	if flags.region != "" && !aws.ValidRegion(flags.region) {
		return nil, usage("write a Region such as eu-west-1", "--region %q is no Region", flags.region)
	}
	var templates []deployed
	var specs []string
	for _, argument := range arguments {
		d := p.where(argument)
		listed, isPlan := p.planned(d)
		switch {
		case isPlan:
			templates = append(templates, listed...)
		case d.account != "" || p.isTemplate(d.path):
			templates = append(templates, d)
		default:
			specs = append(specs, argument)
		}
	}
	if len(templates) > 0 && len(specs) > 0 {
		return nil, usage("ask about one or the other", "%q is a template and %q is none", templates[0].path, specs[0])
	}
	if len(templates) > 0 {
		return p.ofTemplates(templates, flags)
	}
	if flags.account != "" || flags.region != "" {
		return nil, usage("a spec states them itself, in environment", "--account and --region are for templates")
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

// isTemplate says whether a path is a file with a template.
func (p *program) isTemplate(path string) bool {
	info, err := os.Stat(p.path(path))
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFileSize {
		return false
	}
	data, err := os.ReadFile(p.path(path))
	return err == nil && compile.IsTemplate(source.New(path, data))
}

// planned returns the templates of a directory that has a plan, and where the plan deploys them.
func (p *program) planned(d deployed) ([]deployed, bool) {
	data, err := os.ReadFile(p.path(filepath.Join(d.path, planName)))
	if err != nil {
		return nil, false
	}
	var plan struct {
		Stacks []struct{ Template, Account, Region string } `json:"stacks"`
	}
	if json.Unmarshal(data, &plan) != nil {
		return nil, false
	}
	var out []deployed
	for _, s := range plan.Stacks {
		if s.Template == filepath.Base(s.Template) {
			out = append(out, deployed{filepath.Join(d.path, s.Template), s.Account, s.Region})
		}
	}
	return out, len(out) > 0
}

// ofTemplates builds the estate of templates.
func (p *program) ofTemplates(list []deployed, flags *estateFlags) (*asked, error) {
	var stacks []access.Stack
	var found diag.List
	var errs []error
	assumed := false
	r := reader{p: p}
	p.inputs = map[string]bool{}
	for _, d := range list {
		before := len(r.files)
		r.add(d.path)
		for _, file := range r.files[before:] {
			t, list := compile.ReadTemplate(file)
			found = append(found, list...)
			if t == nil {
				continue
			}
			s := access.Stack{Template: t, Account: either(d.account, flags.account), Region: either(d.region, flags.region)}
			s.File = strings.TrimSuffix(filepath.Base(file.Name), filepath.Ext(file.Name))
			s.Name, _, _ = strings.Cut(s.File, ".")
			if s.Account == "" || s.Region == "" {
				assumed = true
				s.Account, s.Region = either(s.Account, anyAccount), either(s.Region, anyRegion)
			}
			stacks = append(stacks, s)
		}
	}
	if found = append(found, r.found...); len(found) > 0 {
		p.showText(found.Sorted(), nil)
	}
	if errs = append(errs, r.errs...); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if found.HasErrors() {
		return nil, silent(exitErrors)
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
	return out, nil
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
