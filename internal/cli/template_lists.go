package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/plan"
)

// planned returns the templates of a directory that has a plan, and where the plan deploys them;
// nil: it has none. A file of that name that is another program's, such as Terraform's, is none.
func (p *program) planned(d deployed) ([]deployed, error) {
	if p.exists(filepath.Join(d.path, pendingName)) {
		return nil, refuse(exitFailed, "run compile again with the same --output",
			"the templates in %q are not complete: "+
				"a run of compile is writing them, or was interrupted", d.path)
	}
	data, err := p.readStated(d, plan.FileName, maxPlanSize)
	if data == nil || err != nil {
		return nil, err
	}
	name := filepath.Join(d.path, plan.FileName)
	plan, err := readPlan(data)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax) && d.path == d.in:
		return nil, unreadable(name, errNoJSON, "")
	case errors.Is(err, errTooManyStacks):
		return nil, unreadable(name, err, "")
	case err != nil:
		return nil, nil
	}
	var out []deployed
	seen := map[string]bool{}
	for _, s := range plan.Stacks {
		if seen[s.Template] {
			return nil, unreadable(name, fmt.Errorf("it lists %q twice", s.Template), "")
		}
		seen[s.Template] = true
		if wrong := notAName(s.Template); wrong != "" {
			return nil, refuse(exitFailed, "a plan names files in its own directory",
				"reading %q: %q is no name of a template: %s", name,
				s.Template, wrong)
		}
		in := d
		in.path, in.stack = filepath.Join(d.path, s.Template), s.Name
		in.account, in.region = cmp.Or(s.Account, d.account), cmp.Or(s.Region, d.region)
		in.environment, in.planned = plan.Environment, d.path
		out = append(out, in)
	}
	return out, nil
}

// manifestName is the file in which a cloud assembly says what it holds.
const manifestName = "manifest.json"

// assemblyManifest is what is read of a cloud assembly's manifest.
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html
type assemblyManifest struct {
	Artifacts map[string]struct {
		Type        string
		Environment string // aws://ACCOUNT/REGION
		Properties  struct {
			TemplateFile, StackName string // of a stack
			DirectoryName           string // of an assembly within this one
		}
	}
}

// assembly returns the templates of a directory with a cloud assembly, those of the assemblies
// within it (stages) included, and where its manifest deploys them; nil: it is none. seen are the
// directories whose manifests were read, and the templates: a directory that several manifests name
// is read once, and a template belongs to one stack.
func (p *program) assembly(d deployed, seen map[string]bool) ([]deployed, error) {
	if seen[d.path] {
		return nil, nil
	}
	seen[d.path] = true
	data, err := p.readStated(d, manifestName, maxManifestSize)
	if data == nil || err != nil {
		return nil, err
	}
	var manifest assemblyManifest
	if json.Unmarshal(data, &manifest) != nil {
		return nil, nil
	}
	var out []deployed
	for _, id := range slices.Sorted(maps.Keys(manifest.Artifacts)) {
		a := manifest.Artifacts[id]
		in := d
		switch a.Type {
		case "aws:cloudformation:stack":
			file := a.Properties.TemplateFile
			if !filepath.IsLocal(file) {
				continue
			}
			in.path, in.stack = filepath.Join(d.path, file), cmp.Or(a.Properties.StackName, id)
			if seen[in.path] {
				twice := fmt.Errorf("it lists %q twice", file)
				return nil, unreadable(filepath.Join(d.path, manifestName), twice, "")
			}
			seen[in.path] = true
			account, region := environmentOf(a.Environment)
			in.account, in.region = cmp.Or(account, d.account), cmp.Or(region, d.region)
			out = append(out, in)
			nested, err := p.nestedOf(d, in, seen)
			if err != nil {
				return nil, err
			}
			out = append(out, nested...)
		case "cdk:cloud-assembly":
			name := a.Properties.DirectoryName
			if !filepath.IsLocal(name) || filepath.Clean(name) == "." {
				continue
			}
			in.path = filepath.Join(d.path, name)
			if !p.files().isDirectory(in.path) {
				continue // a link to a directory is not followed: it may lead out, or back
			}
			stage, err := p.assembly(in, seen)
			if err != nil {
				return nil, err
			}
			out = append(out, stage...)
		}
	}
	return out, nil
}

// nestedOf returns the templates of the stacks that are nested in one of a cloud assembly, which no
// manifest lists: the CDK notes their files beside the resources. d is the assembly's directory.
func (p *program) nestedOf(d, of deployed, seen map[string]bool) ([]deployed, error) {
	name, err := filepath.Rel(d.path, of.path)
	if err != nil {
		return nil, nil
	}
	data, err := p.readStated(d, name, maxTemplateSize)
	if data == nil || err != nil {
		return nil, nil // whoever reads the template says so
	}
	var template struct {
		Resources map[string]struct {
			Type     string
			Metadata map[string]any
		}
	}
	if json.Unmarshal(data, &template) != nil {
		return nil, nil
	}
	var out []deployed
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		r := template.Resources[id]
		file, _ := r.Metadata["aws:asset:path"].(string)
		if r.Type != "AWS::CloudFormation::Stack" || !filepath.IsLocal(file) {
			continue
		}
		in := of
		in.path, in.stack = filepath.Join(d.path, file), ""
		if seen[in.path] || !p.exists(in.path) {
			continue
		}
		seen[in.path] = true
		more, err := p.nestedOf(d, in, seen)
		if err != nil {
			return nil, err
		}
		out = append(append(out, in), more...)
	}
	return out, nil
}

// environmentOf reads where an artifact is deployed; what a manifest does not know is empty.
func environmentOf(environment string) (account, region string) {
	where, _ := strings.CutPrefix(environment, "aws://")
	account, region, _ = strings.Cut(where, "/")
	if aws.AccountID(account) != "" { // unknown-account
		account = ""
	}
	if !aws.ValidRegion(region) { // unknown-region
		region = ""
	}
	return account, region
}
