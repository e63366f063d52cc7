package plan

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// planned is the plan of a spec, which begins after its version and the name of its stack, shop.
func planned(t testing.TB, text string) (Plan, []*lower.Stack) {
	t.Helper()
	file := source.New("spec.yaml", []byte("version: 1\nstack: shop\n"+text))
	s, _, found := spec.Load([]*source.File{file})
	if s == nil {
		t.Fatalf("the spec cannot be read: %v", found[0].Says(nil))
	}
	m, wrong := model.Resolve(s)
	found = append(found, wrong...)
	placement, wrong := grants.Place(grants.Derive(m))
	found = append(found, wrong...)
	stacks, wrong := lower.Lower(m, placement)
	if found = append(found, wrong...); found.HasErrors() {
		t.Fatalf("the spec has errors: %v", found[0].Says(nil))
	}
	return Make(m, stacks, placement), stacks
}

const givenKey = "arn:aws:kms:eu-west-1:333333333333:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030"

// everyStack is a spec with a stack of every kind, and something to hand over.
const everyStack = `
environment: { account: "111111111111", region: eu-west-1 }
shards: 2
parameters:
  Stage: { Type: String }
  Size: { Type: Number, Default: 3 }
  Area: { Type: String }
keys:
  app: {}
  given: { import: { arn: "` + givenKey + `" } }
principals:
  app: { role: { roleName: app, assumedBy: { service: lambda.amazonaws.com } } }
  far: { existingRole: arn:aws:iam::222222222222:role/far }
  partner: { account: "333333333333" }
secrets:
  db: { name: shop/db, key: app, replicas: { region: us-east-1, key: app } }
  mail: { key: app, shard: base }
  other: { name: shop/other, key: given, shard: base }
grants:
  - { to: [app, far, partner], allow: read, secrets: db }
  - { to: app, allow: read, secrets: other }
`

func TestStacksAreInTheOrderToDeployThem(t *testing.T) {
	p, _ := planned(t, everyStack)
	if p.Version != Version || p.Stack != "shop" {
		t.Errorf("version %d of stack %q", p.Version, p.Stack)
	}
	if len(p.Stacks) != 4 {
		t.Fatalf("%d stacks", len(p.Stacks))
	}
	for i, want := range []string{
		"shop-keys keys 111111111111 us-east-1 [] after []",
		"shop home 111111111111 eu-west-1 [MailSecret OtherSecret] after [shop-keys.us-east-1]",
		"shop-s01 shard 111111111111 eu-west-1 [DbSecret] after [shop-keys.us-east-1 shop]",
		"shop-access access 222222222222 eu-west-1 [] after [shop shop-s01]",
	} {
		s := p.Stacks[i]
		got := strings.Join([]string{s.Name, s.Kind, s.Account, s.Region}, " ") + " [" +
			strings.Join(s.Secrets, " ") + "] after [" + strings.Join(s.DependsOn, " ") + "]"
		if got != want {
			t.Errorf("stack %d is\n%s, want\n%s", i, got, want)
		}
	}
}

func TestAStackIsDescribed(t *testing.T) {
	p, stacks := planned(t, everyStack)
	home := p.Stacks[1]
	if got := cfn.JSON(home.Parameters); got != `{"Area":"","Stage":""}` {
		t.Errorf("parameters that must be given: %s", got)
	}
	if len(p.Stacks[2].Parameters) > 0 {
		t.Error("a shard has parameters")
	}
	if want := []string{"CAPABILITY_NAMED_IAM"}; !slices.Equal(home.Capabilities, want) {
		t.Errorf("capabilities: %v", home.Capabilities)
	}
	if n := len(stacks[1].Template.Resources); home.Resources != n {
		t.Errorf("%d resources, want %d", home.Resources, n)
	}
	if home.Types["AWS::SecretsManager::Secret"] != 2 || home.Types["AWS::IAM::Role"] != 1 {
		t.Errorf("types: %v", home.Types)
	}
	var documents []string
	for _, d := range home.Documents {
		if d.Size <= 0 || d.Size > d.Limit {
			t.Errorf("%s has %d of %d characters", d.LogicalID, d.Size, d.Limit)
		}
		documents = append(documents, d.LogicalID+": "+d.Kind)
	}
	want := "AppKey: key policy, AppPolicy: managed policy, AppRole: trust policy"
	if got := strings.Join(documents, ", "); got != want {
		t.Errorf("documents:\n%s, want\n%s", got, want)
	}
}

func TestWhatOthersMustDo(t *testing.T) {
	for name, tt := range map[string]struct{ spec, want string }{
		"nothing": {`secrets: { db: {} }`, ""},
		"the policy of a key of another account": {everyStack,
			"333333333333: key policy of " + givenKey + "\n" +
				"333333333333: identity policy of arn:aws:iam::333333333333:root\n" +
				"333333333333: key policy of " + givenKey},
		"the policy of roles of a pattern": {`
environment: { account: "111111111111", region: eu-west-1 }
principals: { sso: { rolePattern: "arn:aws:iam::222222222222:role/sso/*" } }
keys: { app: {} }
secrets: { db: { name: db, key: app } }
grants: [ { to: sso, allow: read, secrets: db } ]`,
			"222222222222: identity policy of arn:aws:iam::222222222222:role/sso/*"},
		"members of an organization": {`
environment: { account: "111111111111", region: eu-west-1 }
principals: { all: { organization: o-a1b2c3d4e5 } }
keys: { app: {} }
secrets: { db: { name: db, key: app } }
grants: [ { to: all, allow: read, secrets: db } ]`, ": identity policy of o-a1b2c3d4e5"},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := planned(t, tt.spec)
			var got []string
			for _, h := range p.HandOver {
				if len(h.Statements) == 0 || h.Because == "" {
					t.Errorf("%d statements because %q", len(h.Statements), h.Because)
				}
				got = append(got, h.Account+": "+h.Document+" of "+h.Of)
			}
			if got := strings.Join(got, "\n"); got != tt.want {
				t.Errorf("got\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestFunctionsAreWrittenForPeople(t *testing.T) {
	for in, want := range map[string]string{
		"arn:a": "arn:a", cfn.Sub("arn:${A}"): "arn:${A}", cfn.Ref("A"): `{"Ref":"A"}`,
		cfn.GetAtt("A", "Arn"): `{"Fn::GetAtt":["A","Arn"]}`,
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
}

func TestCompletePlansNameWhatIsWritten(t *testing.T) {
	p, stacks := planned(t, everyStack)
	for extension, format := range map[string]cfn.Format{
		".json": {}, ".yaml": {YAML: true},
	} {
		files := Write(stacks, format)
		whole := p.Complete(files)
		for i, s := range whole.Stacks {
			if s.Template != stacks[i].File+extension || s.Bytes != len(files[i].Text(&Room{})) ||
				len(s.SHA256) != 64 {
				t.Errorf("%s has %d bytes and hash %s", s.Template, s.Bytes, s.SHA256)
			}
			for j, on := range s.DependsOn {
				if on != p.Stacks[i].DependsOn[j]+extension {
					t.Errorf("%s waits for %s", s.Template, on)
				}
			}
		}
		if p.Stacks[1].Template != "" || p.Stacks[2].DependsOn[0] != "shop-keys.us-east-1" {
			t.Error("the plan itself has changed")
		}
		var back struct{ Stacks []json.RawMessage }
		if err := json.Unmarshal(whole.Encode(), &back); err != nil || len(back.Stacks) != 4 {
			t.Errorf("%d stacks are read back: %v", len(back.Stacks), err)
		}
	}
}

func TestWhatIsWrittenQuicklyIsWhatJSONSays(t *testing.T) {
	some, stacks := planned(t, everyStack)
	some = some.Complete(Write(stacks, cfn.Format{}))
	named := some
	named.Spec, named.Environment = "a", "b"
	for name, p := range map[string]Plan{
		"of every stack": some, "with names": named, "empty": {},
		"of empty lists": {Stacks: []Stack{}, HandOver: []HandOver{}},
		"of an empty stack": {Stacks: []Stack{{}, {Secrets: []string{}, DependsOn: []string{},
			Documents: []Document{}, Capabilities: []string{}, Parameters: cfn.Object{}}}},
	} {
		quickly, ok := p.encodeQuickly()
		if !ok || string(quickly) != string(encode(p)) {
			t.Errorf("the plan %s is written\n%s\nwant\n%s", name, quickly, encode(p))
		}
	}
	for _, odd := range []string{"\"", "\\", "\n", "<é", "\x7f", "\u2028", "\xff"} {
		p := Plan{Stacks: []Stack{{Documents: []Document{{LogicalID: odd}}}}}
		if _, ok := p.encodeQuickly(); ok || string(p.Encode()) != string(encode(p)) {
			t.Errorf("%q is written without escapes", odd)
		}
	}
}

func TestLargeTemplatesNeedABucket(t *testing.T) {
	limit := cfn.Limit(cfn.BodyInRequest)
	if (Stack{Bytes: limit}).NeedsBucket() || !(Stack{Bytes: limit + 1}).NeedsBucket() {
		t.Errorf("the limit is not %d bytes", limit)
	}
}
