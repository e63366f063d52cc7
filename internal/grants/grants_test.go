package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/verb"
)

// TestDerive: what is granted, as sentences, in the order of principals, secrets and verbs.
func TestDerive(t *testing.T) {
	var got []string
	permissions := derive(t, `
principals:
  `+role+`
  r: { role: { assumedBy: { service: lambda.amazonaws.com } } }
secrets:
  b: { rotation: { lambda: { functionArn: !GetAtt F.Arn, executionRole: r, superuserSecret: a } } }
  a: {}
grants:
  - { to: p, allow: [write, read], secrets: [b, a], regions: eu-west-1 }
  - { to: p, allow: read, secrets: a, versionStages: X, until: 2027-01-01, when: { mfa: true } }
resources: { F: { Type: "AWS::Lambda::Function", Properties: { VpcConfig: {} } } }`)
	for _, p := range permissions.List {
		got = append(got, p.String())
	}
	want := []string{
		"p may read a in eu-west-1",
		"p may read a at X, if aws:MultiFactorAuthPresent Bool true, " +
			"if aws:CurrentTime DateLessThan 2027-01-01T00:00:00Z",
		"p may write a in eu-west-1",
		"p may read b in eu-west-1",
		"p may write b in eu-west-1",
		"r may rotate others with a",
		"r may carry out the rotation of b",
		"r may run in a VPC to rotate b",
	}
	slices.Sort(got[1:2])
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestWhere: a permission covers the secret and its replicas, or the Regions that it names.
func TestWhere(t *testing.T) {
	read := verb.Read
	on := func(v *verb.Verb, regions ...string) Permission {
		terms := &model.Terms{Regions: regions}
		return Permission{Grant: &model.Grant{Verb: v, Terms: terms}, Verb: v}
	}
	everywhere := on(read)
	there := on(read, "us-east-1")
	rotation := on(verb.Rotation)
	rotation.atHome = true
	replicas := on(verb.Named("replicate"), "us-east-1")
	others := on(verb.Named("replicate"), "us-west-2")
	for _, c := range []struct {
		p             Permission
		home, replica bool
	}{
		{everywhere, true, true}, {there, false, true}, {rotation, true, false},
		{replicas, true, true}, {others, true, false},
	} {
		home, replica := c.p.AtHome("eu-west-1"), c.p.AtReplica("us-east-1")
		if home != c.home || replica != c.replica {
			t.Errorf("%+v: at home %t, at its replica %t", c.p, home, replica)
		}
	}
}

// TestNamesOfThings: how stacks name a secret, a key, a principal and a function.
func TestNamesOfThings(t *testing.T) {
	m := derive(t, `
principals: { `+otherRole+`, r: { role: { roleName: r, assumedBy: { podIdentity: true } } } }
keys: { k: {}, a: { import: { alias: shared } } }
secrets:
  db: { name: db, key: k, rotation: { lambda: { functionArn: !GetAtt F.Arn } } }
  plain: {}
`).Model
	there := model.Stack{Kind: model.AccessStack, Account: "222222222222"}
	q, r := m.Principals[0], m.Principals[1]
	key, byAlias := m.Keys[1], m.Keys[0]
	for _, c := range []struct{ got, want string }{
		{SecretARN(m, m.Secret("db"), model.Home), `{"Ref":"DbSecret"}`},
		{SecretARN(m, m.Secret("db"), there),
			"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????"},
		{KeyID(m, key, "", model.Home), `{"Fn::GetAtt":["KKey","Arn"]}`},
		{KeyID(m, key, "us-east-1", model.Home), "arn:aws:kms:us-east-1:111111111111:alias/app/k"},
		{KeyID(m, byAlias, "", model.Home), "arn:aws:kms:eu-west-1:111111111111:alias/shared"},
		{PrincipalARN(m, q, model.Home), "arn:aws:iam::222222222222:role/q"},
		{PrincipalARN(m, r, model.Home), `{"Fn::GetAtt":["RRole","Arn"]}`},
		{PrincipalARN(m, r, there), "arn:aws:iam::111111111111:role/r"},
		{FunctionARN(m, m.Secret("plain")), ""},
	} {
		if shown(c.got) != c.want {
			t.Errorf("%s, want %s", shown(c.got), c.want)
		}
	}
}

// TestStandIns: what stands for intrinsics where nothing is deployed.
func TestStandIns(t *testing.T) {
	m := derive(t, `environment: {}
principals:
  r: { role: { path: /a/, assumedBy: { podIdentity: true } } }
  u: { existingRole: !GetAtt U.Arn }
keys: { k: {}, i: { import: { arn: !Ref KeyArn } } }
secrets:
  db: { name: db, key: k, rotation: { lambda: { functionArn: !GetAtt F.Arn } } }
  plain: {}
  i: { import: { arn: !Ref SecretArn } }
resources: { U: { Type: "AWS::IAM::Role" } }`).Model
	s := NewStandIns(m)
	for _, c := range []struct{ text, want string }{
		{"plain", "plain"},
		{m.Secret("db").SecretID(),
			"arn:aws:secretsmanager:us-east-1:123456789012:secret:db-123456"},
		{m.Secret("plain").SecretID(),
			"arn:aws:secretsmanager:us-east-1:123456789012:secret:PlainSecret-123456789012-123456"},
		{m.Secret("i").ARN, "arn:aws:secretsmanager:us-east-1:123456789012:secret:i-123456"},
		{m.Principals[0].ARN, "arn:aws:iam::123456789012:role/a/RRole"},
		{m.Principals[1].ARN, "arn:aws:iam::123456789012:role/u"},
		{m.Secret("db").Rotation.Lambda.FunctionARN,
			"arn:aws:lambda:us-east-1:123456789012:function:F"},
		{arns{m}.replica(m.Secret("db"), "eu-west-1", model.Home),
			"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-123456"},
		{arns{m}.root(""), "arn:aws:iam::123456789012:root"},
	} {
		if got := s.Text(c.text); got != c.want {
			t.Errorf("%s is %s, want %s", shown(c.text), got, c.want)
		}
	}
	if arn := s.Text(m.Keys[0].ARN); !strings.HasPrefix(
		arn,
		"arn:aws:kms:us-east-1:123456789012:key/",
	) {
		t.Errorf("the imported key is %s", arn)
	}
	if s.KeyARN(m.Keys[0], "us-east-1") == s.KeyARN(m.Keys[0], "eu-west-1") {
		t.Error("a key is the same in two Regions")
	}
}

// TestSizes: what is not known is taken to be as long as it can be.
func TestSizes(t *testing.T) {
	long := newSizes(arns{&model.Model{}})
	for text, want := range map[string]int{
		cfn.Ref("P"): 128, cfn.GetAtt("F", "Arn"): 128, cfn.Ref("AWS::Region"): aws.MaxRegionLength,
		cfn.Intrinsic(cfn.Object{{Key: "Fn::ImportValue", Value: "x"}}): 128,
		cfn.Select(0, "x"): 128,
	} {
		if got := len(long.Text(text)); got != want {
			t.Errorf("%s is taken to have %d characters, not %d", shown(text), got, want)
		}
	}
}

// TestStandInRegion: the stand-in for one's own Region is none of a replica's.
func TestStandInRegion(t *testing.T) {
	m := &model.Model{Secrets: []*model.Secret{{Replicas: []model.Replica{{Region: "us-east-1"}}}}}
	if region := standInRegion(m); region == "us-east-1" || aws.PartitionOf(region) != "aws" {
		t.Errorf("%s", region)
	}
}

// many returns a spec in which a role may read n secrets with long names.
func many(n int, principal string) string {
	var b strings.Builder
	b.WriteString("principals: { p: { " + principal + " } }\nsecrets:\n")
	for i := range n {
		fmt.Fprintf(&b, "  s%d: { import: { name: %s%d }, grants: { read: p } "+
			"}\n", i, strings.Repeat("x", 200), i)
	}
	return b.String()
}

// TestDividedPolicies: a policy over the quota of a managed one is divided by the hashes of the
// secrets, every part fits, and Holds finds the part of each secret.
func TestDividedPolicies(t *testing.T) {
	placement, found := Place(
		derive(t, many(100, `existingRole: "arn:aws:iam::111111111111:role/p"`)),
	)
	if len(found) > 0 {
		t.Fatal(said(found))
	}
	parts := placement.Identities[0].Parts
	if len(parts) < 4 {
		t.Fatalf("%d parts", len(parts))
	}
	for i := range 100 {
		s := &model.Secret{ID: fmt.Sprintf("s%d", i)}
		holding := 0
		for _, part := range parts {
			text := fmt.Sprint(part.Document)
			if strings.Contains(text, fmt.Sprintf("xx%d-??????", i)) {
				holding++
				if !part.Holds(s) {
					t.Errorf("part %s holds %s and does not say so", part.Suffix, s.ID)
				}
			}
			if part.Size > aws.MaxManagedPolicy {
				t.Errorf("part %s has %d characters", part.Suffix, part.Size)
			}
		}
		if holding != 1 {
			t.Errorf("%s stands in %d parts", s.ID, holding)
		}
	}
}

// TestQuotas: what AWS's quotas refuse, or warn of.
func TestQuotas(t *testing.T) {
	statement := `{ Effect: Deny, Principal: "*", Action: "kms:Decrypt", Resource: "*", Sid: ` +
		strings.Repeat("x", 33000) + ` }`
	for _, c := range []struct{ spec, want string }{
		{many(200, `existingRole: "arn:aws:iam::111111111111:role/p"`),
			`SC5002 at p: "p" would have 14 managed policies, and AWS's default quota is 10`},
		{many(400, `existingRole: "arn:aws:iam::111111111111:role/p"`),
			`SC5003 at p: "p" would have 27 managed policies, and AWS never allows more than 20`},
		{many(60, `existingUser: "arn:aws:iam::111111111111:user/p", policies: inline`),
			`SC5001 at p: the inline policy of "p" has 16,035 characters, 13,987 more`},
		{"keys: { k: { policy: { statements: " + statement + " } } }",
			`SC5001 at k: the policy of key "k" has`},
	} {
		_, found := Place(derive(t, c.spec))
		got := strings.Join(strings.Fields(said(found)), " ")
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\nwant\n%s", got, c.want)
		}
	}
}

// TestHandOvers: whose document it is, why, and what its owner is told.
func TestHandOvers(t *testing.T) {
	placement, found := Place(derive(t, `
principals: { org: { organization: o-a1b2c3d4e5 }, `+role+` }
keys: { k: { import: { arn: "arn:aws:kms:eu-west-1:222222222222:key/1" } } }
secrets:
  db: { key: k, import: { arn: "arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf" } }
  fn: { name: fn, rotation: { lambda: { functionArn: !GetAtt F.Arn } } }
grants: [{ to: org, allow: read, secrets: db }, { to: p, allow: [read, describe], secrets: db }]`))
	var got []string
	for i := range placement.HandOvers {
		h := &placement.HandOvers[i]
		line := h.Document + " of " + h.owner() + ": " + h.Because
		for _, kind := range []struct {
			word string
			is   bool
		}{
			{"nobody's", h.OfNobody()}, {"a principal's", h.OfPrincipal()},
			{"a secret's", h.OfSecret()}, {"a key's", h.Key() != nil},
		} {
			if kind.is {
				line += " (" + kind.word + ")"
			}
		}
		got = append(got, line)
	}
	if len(found) != len(got) {
		t.Errorf("%d are handed over, and %d notes say so", len(got), len(found))
	}
	want := handOverLines
	if strings.Join(got, "\n") != want {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	hint := found[len(found)-1].Advises(nil)
	if !strings.HasPrefix(hint, "let its owner add:\n{") ||
		!strings.Contains(hint, "in place of the functions") {
		t.Errorf("the owner of the function's role is told: %s", hint)
	}
}

// handOverLines are the hand-overs of TestHandOvers.
const handOverLines = `identity policy of "org": grant of read on db to org (nobody's) ` +
	`(a principal's)
resource policy of "db": grant of read on db to org (a secret's)
key policy of "k": grant of read on db to org (a key's)
resource policy of "db": grant of describe and read on db to p (a secret's)
key policy of "k": grant of read on db to p (a key's)
identity policy of the function's role: rotation of fn (a principal's)`
