package access_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/source"
)

// compiled returns the stacks of the golden cases, by the folder's name, as the compiler has them.
func compiled(t testing.TB) map[string][]access.Stack {
	t.Helper()
	specs, err := filepath.Glob("../../testdata/golden/*/spec.yaml")
	if err != nil || specs == nil {
		t.Fatalf("there are no golden cases: %v", err)
	}
	all := map[string][]access.Stack{}
	for _, spec := range specs {
		text, err := os.ReadFile(spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range compile.Compile([]*source.File{source.New(spec, text)}).Stacks {
			name := filepath.Base(filepath.Dir(spec))
			all[name] = append(all[name], access.Stack{File: s.File, Name: s.Name, Account: s.Account, Region: s.Region, Template: s.Template})
		}
	}
	return all
}

// exists returns the logical IDs of a type that a template has once its conditions are decided.
func exists(s *access.Stack, kind string) []string {
	r := cfn.Resolver{Template: s.Template}
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.Template.Resources)) {
		if s.Template.Resources[id].Type == kind && r.Exists(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestWhatIsCompiledCanBeLoaded(t *testing.T) {
	for name, stacks := range compiled(t) {
		t.Run(name, func(t *testing.T) {
			e, problems := access.Load(stacks, nil)
			for _, p := range problems {
				if !strings.HasPrefix(p.Message, "no template makes the secret") && !strings.HasPrefix(p.Message, "the template of a nested stack") {
					t.Errorf("%s %s: %s", p.Stack, p.LogicalID, p.Message)
				}
			}
			for i := range stacks {
				for _, id := range exists(&stacks[i], "AWS::SecretsManager::Secret") {
					if !slices.ContainsFunc(e.Secrets, func(s *access.Secret) bool { return s.ID == id }) {
						t.Errorf("the secret %s is not found", id)
					}
				}
				for _, id := range exists(&stacks[i], "AWS::IAM::Role") {
					if !slices.ContainsFunc(e.Principals, func(p *access.Principal) bool { return p.ID == id }) {
						t.Errorf("the role %s is not found", id)
					}
				}
				for _, id := range exists(&stacks[i], "AWS::IAM::ManagedPolicy") {
					if !slices.ContainsFunc(e.Principals, func(p *access.Principal) bool {
						return slices.ContainsFunc(p.Identity, func(d *access.Document) bool { return d.LogicalID == id && d.Stack == stacks[i].File })
					}) {
						t.Errorf("the policy %s is nobody's", id)
					}
				}
			}
			if again, _ := access.Load(reread(t, stacks), nil); describe(e) != describe(again) {
				t.Errorf("the written templates are read differently:\n%s\nfrom memory:\n%s", describe(again), describe(e))
			}
			backwards := slices.Clone(stacks)
			slices.Reverse(backwards)
			if again, _ := access.Load(backwards, nil); describe(e) != describe(again) {
				t.Errorf("in another order:\n%s\n%s", describe(again), describe(e))
			}
		})
	}
}

// reread writes templates and reads them as templates of others.
func reread(t *testing.T, stacks []access.Stack) []access.Stack {
	t.Helper()
	stacks = slices.Clone(stacks)
	for i := range stacks {
		template, found := compile.ReadTemplate(source.New(stacks[i].File, stacks[i].Template.Append(nil, cfn.Format{YAML: i%2 == 1})))
		if template == nil || len(found) > 0 {
			t.Fatalf("%s: %v", stacks[i].File, found)
		}
		stacks[i].Template = template
	}
	return stacks
}

// describe writes everything of an estate.
func describe(e *access.Estate) string {
	var b strings.Builder
	document := func(d *access.Document) {
		if d == nil {
			return
		}
		fmt.Fprintf(&b, "  %s (%s %s)\n", d.Name(), d.Stack, d.LogicalID)
		for _, r := range d.Rules.Statements {
			fmt.Fprintf(&b, "    %s %v %v %v %v", r.Effect, r.Actions, r.Resources, r.Principals.AWS, r.Principals.Service)
			for _, c := range r.Conditions {
				fmt.Fprintf(&b, " %s %s %v", c.Operator, c.Key, c.Values)
			}
			fmt.Fprintln(&b)
		}
	}
	for _, p := range e.Principals {
		fmt.Fprintf(&b, "principal %s %s %v\n", p.ID, p.Caller.ARN, p.Unknown)
		for _, d := range p.Identity {
			document(d)
		}
		document(p.Boundary)
	}
	for _, s := range e.Secrets {
		fmt.Fprintf(&b, "secret %s %s %s %s\n", s.ID, s.Name, s.Account, s.Function)
		document(s.Policy)
		for _, c := range s.Copies {
			fmt.Fprintf(&b, " copy %s %s\n", c.Region, c.ARN)
			if c.Key != nil {
				fmt.Fprintf(&b, " key %s %s %s %s\n", c.Key.ID, c.Key.ARN, c.Key.Account, c.Key.Region)
				document(c.Key.Policy)
			}
		}
	}
	return b.String()
}
