package access_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// reader is the template of a role that reads all secrets of an account that nobody states.
func reader(t *testing.T) access.Stack {
	t.Helper()
	role := deployed(t, `# a
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: app, AssumeRolePolicyDocument: {
    Version: "2012-10-17", Statement: [] }, Policies: [{ PolicyName: p, PolicyDocument: {
    Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
    Resource: "*" }] } }] } }
`)
	role.Account = ""
	return role
}

// bounded loads a role of an account that nobody states, and beside it the template of account
// 111111111111 that gives the same role a boundary.
func bounded(t *testing.T, boundary string) *access.Estate {
	t.Helper()
	return access.Load([]access.Stack{reader(t), deployed(t, `# b
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: app, PermissionsBoundary: !Ref B,
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] } } }
  B: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Version: "2012-10-17",
    Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "`+boundary+`" }] } } }
  X: { Type: AWS::SecretsManager::Secret, Properties: { Name: x } }
  Y: { Type: AWS::SecretsManager::Secret, Properties: { Name: y } }
`)}, access.Beside{})
}

// TestBoundaryOfATwinTellsSecretsApart: what the matrix says of a secret is what is said of it
// alone, where the boundary of who may be the same speaks of another one.
func TestBoundaryOfATwinTellsSecretsApart(t *testing.T) {
	for _, boundary := range []string{"arn:aws:secretsmanager:*:*:secret:x-*",
		"arn:aws:secretsmanager:*:*:secret:y-*"} {
		e := bounded(t, boundary)
		rows := map[string]access.Effect{}
		r := e.Report(testedVerbs, nil, nil)
		for i := range r.Rows {
			row := &r.Rows[i]
			if r.Verbs[row.Verb] == "read" {
				rows[r.Principals[row.Principal].ID+" "+r.Secrets[row.Secret].ID] = row.Answer.Effect
			}
		}
		for _, p := range e.Worlds[0].Principals {
			for _, s := range e.Worlds[0].Secrets {
				want, _ := access.Ask(p, verbOf("read"), s, 0)
				if got := rows[p.ID+" "+s.ID]; got != want.Effect {
					t.Errorf("%s: %s reads %s: want %s, got %s", boundary, p.ID, s.ID, want.Effect, got)
				}
			}
		}
	}
}

// TestChangeOfTheBoundaryOfATwinIsTold: who may be the same as somebody whose boundary changes is
// somebody else as well.
func TestChangeOfTheBoundaryOfATwinIsTold(t *testing.T) {
	old := bounded(t, "arn:aws:secretsmanager:*:*:secret:z-*")
	now := bounded(t, "arn:aws:secretsmanager:*:*:secret:*")
	told := map[string]bool{}
	for _, c := range access.Compare(old, now, testedVerbs).Changes {
		told[c.Principal.ID+" "+c.Verb+" "+c.Secret.ID] = true
	}
	for i, p := range now.Worlds[0].Principals {
		for j, s := range now.Worlds[0].Secrets {
			b, _ := access.Ask(old.Worlds[0].Principals[i], verbOf("read"), old.Worlds[0].Secrets[j], 0)
			a, _ := access.Ask(p, verbOf("read"), s, 0)
			if is := p.ID + " read " + s.ID; a.Effect != b.Effect && !told[is] {
				t.Errorf("%s was %s and is %s, and that is not told", is, b.Effect, a.Effect)
			}
		}
	}
}

// TestTagsThatATwinAsksForTellSecretsApart: who is asked alone gets the answers of the whole
// matrix, where only the policy of who may be the same asks for tags of secrets.
func TestTagsThatATwinAsksForTellSecretsApart(t *testing.T) {
	e := access.Load([]access.Stack{reader(t), deployed(t, `# b
Resources:
  Q: { Type: AWS::IAM::Role, Properties: { RoleName: app, AssumeRolePolicyDocument: {
    Version: "2012-10-17", Statement: [] }, Policies: [{ PolicyName: p, PolicyDocument: {
    Version: "2012-10-17", Statement: [{ Effect: Deny, Action: "secretsmanager:GetSecretValue",
    Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/team": pay } } }] } }] } }
  X: { Type: AWS::SecretsManager::Secret, Properties: { Tags: [{ Key: team, Value: pay }] } }
  Y: { Type: AWS::SecretsManager::Secret, Properties: { Tags: [{ Key: team, Value: ops }] } }
`)}, access.Beside{})
	effects := map[access.Effect]bool{}
	for _, p := range e.Worlds[0].Principals {
		alone := func(names ...string) bool { return names[0] == p.ID }
		r := e.Report(testedVerbs, alone, nil)
		rows := map[string]access.Effect{}
		for i := range r.Rows {
			if row := &r.Rows[i]; r.Verbs[row.Verb] == "read" {
				rows[r.Secrets[row.Secret].ID] = row.Answer.Effect
			}
		}
		for _, s := range e.Worlds[0].Secrets {
			want, _ := access.Ask(p, verbOf("read"), s, 0)
			if got := rows[s.ID]; got != want.Effect {
				t.Errorf("%s reads %s: want %s, got %s", p.ID, s.ID, want.Effect, got)
			}
			effects[want.Effect] = effects[want.Effect] || p.ID == "R"
		}
	}
	if len(effects) < 2 {
		t.Error("both secrets have one answer, so that nothing was tried")
	}
}
