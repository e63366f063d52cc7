package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// deployed returns a template as it is deployed in an account and a Region. "app" is its file
// unless the text begins with a comment that names it: # child.
func deployed(t *testing.T, text string) access.Stack {
	t.Helper()
	file := "app"
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), "# "); ok {
		file, _, _ = strings.Cut(rest, "\n")
	}
	template, found := compile.ReadTemplate(source.New(file+".yaml", []byte(text)))
	if template == nil || found.HasErrors() {
		t.Fatalf("the template cannot be read: %v\n%s", found, text)
	}
	return access.Stack{File: file, Name: file, Account: "111111111111", Region: "eu-west-1", Template: template}
}

// load loads templates, one after another.
func load(t *testing.T, texts ...string) *access.Estate {
	t.Helper()
	var stacks []access.Stack
	for _, text := range texts {
		stacks = append(stacks, deployed(t, text))
	}
	return access.Load(stacks, access.Beside{})
}

// lines writes an estate as lines that begin with what they are about.
func lines(e *access.Estate) []string {
	var out []string
	add := func(format string, arguments ...any) {
		out = append(out, strings.TrimRight(cfn.Shown(fmt.Sprintf(format, arguments...)), " "))
	}
	for i, w := range e.Worlds {
		if len(e.Worlds) > 1 {
			add("world %d %v", i, w.Conditions)
		}
		for _, told := range w.Told {
			add("told %s=%s", told.Name, told.Value)
		}
		for _, p := range w.Principals {
			add("principal %s %s %s%s", p.ID, p.Kind, p.ARN, marks(p))
			for _, d := range p.Identity {
				add("  %s: %s", p.ID, document(d))
			}
			if p.Boundary != nil {
				add("  %s within: %s", p.ID, document(p.Boundary))
			}
		}
		for _, s := range w.Secrets {
			add("secret %s name=%s%s", s.ID, s.Name, secretMarks(s))
			for _, c := range s.Copies {
				key := "aws/secretsmanager"
				switch {
				case c.KeyUnread:
					key = "unread"
				case c.Key != nil:
					key = c.Key.ID
				}
				add("  %s in %s: %s key %s", s.ID, c.Region, c.ARN, key)
				if c.Key != nil && c.Key.Policy != nil {
					add("  key %s: %s", c.Key.ID, document(c.Key.Policy))
				}
			}
			for _, d := range s.Policy {
				add("  %s policy: %s", s.ID, document(d))
			}
		}
	}
	for _, f := range e.Findings {
		add("public %s %d", f.Document.Name(), f.Rule.Index)
	}
	for _, clause := range e.OutOfSight {
		add("sight %s", clause)
	}
	return out
}

func marks(p *access.Principal) string {
	s := ""
	for _, m := range []struct {
		text string
		is   bool
	}{
		{"path?", p.PathUnknown}, {"asfar", p.AsFar}, {"also=" + strings.Join(p.Also, ","), p.Also != nil}, {"shown=" + p.Shown, p.Shown != ""},
		{"note=" + p.Note, p.Note != ""}, {"becomes=" + strings.Join(p.MayBecome, ","), p.MayBecome != nil}, {"reads=" + strings.Join(p.Reads, ","), p.Reads != nil},
		{fmt.Sprintf("tags=%v", p.Tags), len(p.Tags) > 0}, {"sessiontags", p.SessionTags && p.Kind == access.RolePrincipal},
	} {
		if m.is {
			s += " " + m.text
		}
	}
	return s
}

func secretMarks(s *access.Secret) string {
	out := ""
	if len(s.Tags) > 0 {
		out += fmt.Sprintf(" tags=%v", s.Tags)
	}
	if s.Pattern {
		out += " pattern"
	}
	if s.Type != "" {
		out += " type=" + s.Type
	}
	if s.Function != "" {
		out += " function=" + s.Function
	}
	if s.Note != "" {
		out += " note=" + s.Note
	}
	return out
}

// document writes the statements of a document.
func document(d *access.Document) string {
	var out []string
	for _, r := range d.Rules.Statements {
		not := map[bool]string{true: "all but "}
		s := r.Effect + " " + not[r.NotActions] + strings.Join(r.Actions, ",") + " on " + not[r.NotResources] + strings.Join(r.Resources, ",")
		if !r.Principals.IsZero() {
			s += " for " + principals(&r.Principals)
		}
		for _, c := range r.Conditions {
			s += fmt.Sprintf(" if %s %s %v", c.Operator, c.Key, c.Values)
		}
		for _, u := range r.Unread {
			s += " unread " + u.What + " " + u.Name
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func principals(p *policy.Principals) string {
	return map[bool]string{true: "all but "}[p.Not] + strings.Join(slices.Concat(p.AWS, p.Service, p.Federated), ",")
}

// allow is a policy document that allows an action on everything.
func allow(action string) string {
	return `{ Statement: [{ Effect: Allow, Action: "` + action + `", Resource: "*" }] }`
}

// secret is a resource S with nothing but a name.
const secret = `
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s } }`

// open lets somebody whom the test names in: the resource policy of S.
func open(principal string) string {
	return secret + `
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref S, ResourcePolicy: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*", ` + principal + ` }] } } }`
}

func TestLoad(t *testing.T) {
	for _, c := range loadCases {
		t.Run(c.name, func(t *testing.T) {
			got := lines(load(t, c.templates...))
			for _, want := range c.want {
				if !slices.Contains(got, want) {
					t.Errorf("no line is %q", want)
				}
			}
			for _, never := range c.never {
				if slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, never) }) {
					t.Errorf("a line has %q", never)
				}
			}
			if t.Failed() {
				t.Logf("got\n%s", strings.Join(got, "\n"))
			}
		})
	}
}
