package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
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
	template, found := ask.ReadTemplate(source.New(file+".yaml", []byte(text)), &source.Masks{})
	if template == nil || found.HasErrors() {
		t.Fatalf("the template cannot be read: %v\n%s", found, text)
	}
	return access.Stack{
		File: file, Name: file, Account: "111111111111", Region: "eu-west-1", Template: template,
	}
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
	for _, clause := range e.OutOfSight() {
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
		{"path?", p.PathUnknown}, {"asfar", p.AsFar},
		{"also=" + strings.Join(p.Also, ","), p.Also != nil}, {"shown=" + p.Shown, p.Shown != ""},
		{"note=" + p.Note, p.Note != ""},
		{"becomes=" + strings.Join(p.MayBecome, ","), p.MayBecome != nil},
		{"reads=" + strings.Join(p.Reads, ","), p.Reads != nil},
		{fmt.Sprintf("tags=%v", p.Tags), len(p.Tags) > 0},
		{"sessiontags", p.SessionTags && p.Kind == access.RolePrincipal},
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
		s := r.Effect + " " + not[r.NotActions] + strings.Join(r.Actions, ",") + " on " +
			not[r.NotResources] + strings.Join(r.Resources, ",")
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
	return map[bool]string{true: "all but "}[p.Not] +
		strings.Join(slices.Concat(p.AWS, p.Service, p.Federated), ",")
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
  P: { Type: AWS::SecretsManager::ResourcePolicy,
    Properties: { SecretId: !Ref S, ResourcePolicy: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:GetSecretValue", Resource: "*", ` + principal + ` }] } } }`
}

func TestLoad(t *testing.T) {
	for _, c := range slices.Concat(loadCases, serverlessCases) {
		t.Run(c.name, func(t *testing.T) {
			check(t, load(t, c.templates...), c.want, c.never)
		})
	}
}

// check fails unless each line of want is there, and none has any of never.
func check(t *testing.T, e *access.Estate, want, never []string) {
	t.Helper()
	got := lines(e)
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("no line is %q", w)
		}
	}
	for _, n := range never {
		if slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, n) }) {
			t.Errorf("a line has %q", n)
		}
	}
	if t.Failed() {
		t.Logf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestLoadTakesUpWhatTheCallerKnows(t *testing.T) {
	s := deployed(t, `
Parameters: { Name: { Type: String, Default: worker } }
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: Worker, Path: /jobs/ } }
  Q: { Type: AWS::IAM::Role, Properties: { RoleName: q,
    Policies: [{ PolicyName: p, PolicyDocument: `+allow("a:1")+` }] } }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: {
    SecretId: shop/db, ResourcePolicy: `+allow("a:2")[:len(allow("a:2"))-4]+`, Principal: "*"
  }] } } }
  G: { Type: AWS::IAM::GroupPolicy, Properties: {
    GroupName: ops, PolicyDocument: `+allow("a:3")+` } }`)
	because := []source.Span{{Start: 1, End: 2}}
	s.IDs = map[string]string{"Q": "queue"}
	s.Because = map[string][]source.Span{"Q": because}
	statement := func(action string) policy.Document {
		return policy.Document{{
			Effect: policy.Allow, Principal: policy.Principal{Any: true}, Action: []string{action},
			Resource: []string{"*"}, Because: because,
		}}
	}
	key := &access.Key{
		ID: "shared", ARN: "arn:aws:kms:eu-west-1:222222222222:key/k", Account: "222222222222",
		Region: "eu-west-1",
	}
	e := access.Load([]access.Stack{s}, access.Beside{
		Principals: []*access.Principal{
			{ID: "by-name", Kind: access.RolePrincipal, ARN: cfn.Ref("Name")},
			{
				ID: "by-arn", Kind: access.RolePrincipal,
				ARN: "arn:aws:iam::111111111111:role/jobs/worker",
			},
			{ID: "by-ref", Kind: access.RolePrincipal, ARN: cfn.Ref("R")},
			{ID: "alone", Kind: access.UserPrincipal, ARN: "alone"},
			{ID: "events", Kind: access.ServicePrincipal, ARN: "events.amazonaws.com"},
		},
		Groups: []access.Group{{ID: "team", Name: "ops"}},
		Keys:   []*access.Key{key},
		Secrets: []*access.Secret{{ID: "db", Name: "shop/db", Account: "111111111111",
			Copies: []access.Copy{
				{
					Region: "eu-west-1",
					ARN:    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/db-AbCdEf",
					Key:    key,
				},
			}}},
		HandOvers: []access.HandOver{
			{Kind: access.KeyPolicy, Of: "shared", Document: statement("kms:Decrypt")},
			{Kind: access.ResourcePolicy, Of: "db", Document: statement("a:4")},
			{Kind: access.IdentityPolicy, Of: "alone", Document: policy.Document{{
				Effect: policy.Allow, Action: []string{"a:5"},
				Resource: []string{cfn.GetAtt("R", "Arn")},
			}}},
		},
		Rotated: []string{"db"},
	})
	check(t, e, []string{
		"principal by-name role arn:aws:iam::111111111111:role/jobs/Worker also=R,by-arn,by-ref " +
			"sessiontags",
		"principal queue role arn:aws:iam::111111111111:role/q also=Q sessiontags",
		"principal alone user arn:aws:iam::111111111111:user/alone path?",
		"  alone: Allow a:5 on arn:aws:iam::111111111111:role/jobs/Worker",
		"principal team user arn:aws:iam::111111111111:user/* path? shown=a member of the group " +
			"ops note=any member of the group",
		"  team: Allow a:3 on *",
		"principal rotation of db rotation  shown=the service that owns the secret note=not in " +
			"the templates reads=db",
		"  db in eu-west-1: arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/db-AbCdEf " +
			"key shared",
		"  key shared: Allow kms:* on * for arn:aws:iam::222222222222:root; " +
			"Allow kms:Decrypt on * for *",
		"  db policy: Allow a:2 on * for *; Allow a:4 on * for *",
		"sight shared is a key of no template: its policy is taken to leave the decision to IAM",
		"sight what is handed over to others is taken to be done",
	}, nil)
	for _, p := range e.Worlds[0].Principals {
		if p.ID == "queue" && len(p.Identity[0].Rules.Statements[0].Because) != 1 {
			t.Error("the statement does not say where it comes from")
		}
	}
	if key.Policy != nil {
		t.Error("the key of the caller was changed")
	}
}

func TestLoadOfAPlaceThatNobodyStates(t *testing.T) {
	s := deployed(t, `
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s } }
  R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:*",
      Resource: !Sub "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:s-??????"
    }] } }] } }`)
	s.Account, s.Region, s.Name = "", "", ""
	check(t, access.Load([]access.Stack{s}, access.Beside{}), []string{
		"principal R role arn:aws:iam::<account>:role/<stack>-R-* shown=role of this stack (R) " +
			"sessiontags",
		"  R: Allow secretsmanager:* on arn:aws:secretsmanager:<Region>:<account>:secret:s-??????",
		"  S in <Region>: arn:aws:secretsmanager:<Region>:<account>:secret:s-?????? key " +
			"aws/secretsmanager",
		"sight app: its Region is not stated, so that its partition is taken to be aws",
	}, []string{"secret arn:"})
}

func TestLoadOfOneTemplateInTwoRegions(t *testing.T) {
	one := deployed(t, "Resources:\n  R: { Type: AWS::IAM::Role, Properties: {} }")
	other := one
	other.Region = "us-east-1"
	check(t, access.Load([]access.Stack{one, other}, access.Beside{}), []string{
		"principal app@111111111111:eu-west-1/R role arn:aws:iam::111111111111:role/app-R-* " +
			"also=R shown=role of app@111111111111:eu-west-1 (R) sessiontags",
		"principal app@111111111111:us-east-1/R role arn:aws:iam::111111111111:role/app-R-* " +
			"also=R shown=role of app@111111111111:us-east-1 (R) sessiontags",
	}, nil)
}

func TestLoadTakesParametersThatAreGiven(t *testing.T) {
	s := deployed(t, `
Parameters: { Env: { Type: String, Default: dev } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:
  S: { Type: AWS::SecretsManager::Secret, Condition: IsProd, Properties: { Name: !Ref Env } }`)
	s.Parameters = map[string]string{"Env": "prod"}
	e := access.Load([]access.Stack{s}, access.Beside{})
	check(t, e, []string{"secret S name=prod"}, []string{"world", "told"})
	if told := e.Worlds[0].Secrets[0].Told; told != nil {
		t.Errorf("what is given is no default: told %v", told)
	}
}

func TestLoadTellsWhoseDefaultADocumentHas(t *testing.T) {
	e := load(t, `
Parameters: { Env: { Type: String, Default: dev }, Other: { Type: String, Default: x } }
Resources:
  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub "${Env}/db",
    Description: !Ref Other } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r,
    Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow,
      Action: "secretsmanager:*", Resource: !Ref S }] } }] } }`)
	want := []access.Told{{What: "parameter", Name: "Env", Value: "dev"}}
	w := e.Worlds[0]
	for _, got := range [][]access.Told{w.Secrets[0].Told, w.Principals[0].Identity[0].Told} {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("told %v, want %v", got, want)
		}
	}
}

func TestLoadHasFewWorlds(t *testing.T) {
	var parameters, conditions, resources strings.Builder
	for i := range 8 {
		fmt.Fprintf(&parameters, "  P%d: { Type: String }\n", i)
		fmt.Fprintf(&conditions, "  C%d: !Equals [!Ref P%d, x]\n", i, i)
		fmt.Fprintf(&resources,
			"  S%d: { Type: AWS::SecretsManager::Secret, Condition: C%d, Properties: "+
				"{ Name: s%d } }\n", i, i, i)
	}
	e := load(t,
		"Parameters:\n"+parameters.String()+"Conditions:\n"+conditions.String()+"Resources:\n"+
			resources.String())
	if len(e.Worlds) != 64 {
		t.Errorf("%d worlds, want 64", len(e.Worlds))
	}
	check(t, e, []string{
		"sight app: the parameter P6 decides conditions, " +
			"and there are more worlds than are tried: what it decides is not known",
		"sight app: the parameter P7 decides conditions, " +
			"and there are more worlds than are tried: what it decides is not known",
	}, nil)
}

func TestLoadIsTheSameEachTime(t *testing.T) {
	for _, c := range slices.Concat(loadCases, serverlessCases) {
		first := lines(load(t, c.templates...))
		for range 3 {
			if again := lines(load(t, c.templates...)); !slices.Equal(first, again) {
				t.Fatalf("%s: %q and %q", c.name, first, again)
			}
		}
	}
}

// What the caller knows beside the templates has the functions of the template that is given first,
// whatever its name is.
func TestLoadReadsWhatTheCallerKnowsByTheFirstTemplate(t *testing.T) {
	first := deployed(t,
		"# z\nParameters: { Name: { Type: String, Default: right } }\nResources:"+secret)
	other := deployed(t,
		"# a\nParameters: { Name: { Type: String, Default: wrong } }\nResources:"+
			role("Q", "q", "Path: /"))
	e := access.Load([]access.Stack{first, other}, access.Beside{
		Principals: []*access.Principal{{
			ID: "who", Kind: access.RolePrincipal, ARN: cfn.Ref("Name"),
		}},
	})
	check(t, e,
		[]string{"principal who role arn:aws:iam::111111111111:role/right path? sessiontags"},
		[]string{"wrong path"})
}
