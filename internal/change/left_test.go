package change

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// stateOf is the state that stacks of templates make.
func stateOf(stacks ...Stack) State {
	var list []access.Stack
	for _, s := range stacks {
		list = append(list, access.Stack{File: s.File, Name: s.Name, Account: s.Account,
			Region: s.Region, Template: s.Template})
	}
	return State{Stacks: stacks, Estate: access.Load(list, access.Beside{})}
}

// accessChanges writes the changes of access between two states, a line for each principal, secret
// and kind.
func accessChanges(before, after State) string {
	var lines []string
	verbs := map[string][]string{}
	for _, c := range Compare(before, after, nil).Access {
		line := fmt.Sprint(c.Principal.ID, " ", c.Kind, " ", c.Secret.ID)
		if verbs[line] == nil {
			lines = append(lines, line)
		}
		verbs[line] = append(verbs[line], c.Verb)
	}
	for i, line := range lines {
		lines[i] += ": " + strings.Join(verbs[line], " ")
	}
	return strings.Join(lines, "\n")
}

// What leaves a stack and stays in the account, or is replaced and stays, still does what it did.
func TestWhatStaysIsInEffect(t *testing.T) {
	const (
		app    = "  App: {Type: AWS::IAM::Role, Properties: {RoleName: app}}\n"
		secret = "  Db: {Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, " +
			"Properties: {Name: db}}\n"
		lets = "{Statement: [{Effect: Allow, Principal: {AWS: !GetAtt App.Arn}, " +
			"Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}"
		reads = "{Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', " +
			"Resource: !Ref Db}]}"
		onDb    = "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Db, ResourcePolicy: "
		keepsOn = "  P: {Type: AWS::SecretsManager::ResourcePolicy, DeletionPolicy: Retain, " +
			"Properties: {SecretId: !Ref Db, ResourcePolicy: "
		attached = "  A: {Type: AWS::IAM::ManagedPolicy, DeletionPolicy: RetainExceptOnCreate, " +
			"Properties: {Roles: [!Ref App], PolicyDocument: " + reads + "}}\n"
		policied = "  App: {Type: AWS::IAM::Role, DeletionPolicy: Retain, Properties: {RoleName: name, " +
			"Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, " +
			"Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}}]}}\n"
		gone = "App loses Db: read"
	)
	end := lets + "}}\n"
	for _, tt := range []struct{ name, old, new, want string }{
		{"a policy that goes", app + secret + onDb + end, app + secret, gone},
		{"a policy that stays", app + secret + keepsOn + end, app + secret, ""},
		{"and its secret", app + secret + keepsOn + end, app, ""},
		{"a policy that stays, of a secret that goes",
			app + strings.Replace(secret, "Retain", "Delete", 1) + keepsOn + end, app, gone},
		{"a policy that stays beside another one", app + secret + keepsOn + end,
			app + secret + "  Q: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: db, " +
				"ResourcePolicy: {Statement: []}}}\n", gone},
		{"an attached policy that stays", app + secret + attached, app + secret, ""},
		{"an attached policy that stays, of a role that goes", app + secret + attached,
			secret, gone},
		{"the role, too", "  App: {Type: AWS::IAM::Role, DeletionPolicy: Retain}\n" + secret +
			attached, secret, ""},
		{"a secret alone, with a policy for whatever there is", secret +
			"  App: {Type: AWS::IAM::Role, Properties: {RoleName: app, Policies: [{PolicyName: p, " +
			"PolicyDocument: {Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}}]}}",
			"  App: {Type: AWS::IAM::Role, Properties: {RoleName: app, Policies: [{PolicyName: p, " +
				"PolicyDocument: {Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}}]}}",
			""},
		{"a role that is replaced", strings.Replace(policied, "Deletion", "UpdateReplace", 1) + secret,
			strings.Replace(strings.Replace(policied, "Deletion", "UpdateReplace", 1), "name", "other", 1) +
				secret, "App gains Db: read"},
		{"a role that is replaced and goes", policied + secret,
			strings.Replace(policied, "name", "other", 1) + secret,
			"App loses Db: read\nApp gains Db: read"},
		{"a secret that is replaced", app + strings.Replace(secret, "Deletion", "UpdateReplace", 1) + onDb + end,
			app + strings.Replace(strings.Replace(secret, "Deletion", "UpdateReplace", 1), "db", "x", 1) +
				onDb + end, ""},
	} {
		before, after := stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new))
		if got := accessChanges(before, after); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// What stays is read with the parameters, mappings and conditions that it was deployed with.
func TestWhatStaysKeepsItsValues(t *testing.T) {
	const old = `
Parameters: {Who: {Type: String, Default: app}, All: {Type: String, Default: 'no'}}
Mappings: {M: {a: {b: 'secretsmanager:GetSecretValue'}}}
Conditions: {C: !Equals [!Ref All, 'yes']}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: app}}
  Other: {Type: AWS::IAM::Role, Properties: {RoleName: other}}
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}
  P:
    Type: AWS::SecretsManager::ResourcePolicy
    DeletionPolicy: Retain
    Properties:
      SecretId: !Ref Db
      ResourcePolicy:
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/${Who}'}
            Action: !If [C, 'secretsmanager:*', !FindInMap [M, a, b]]
            Resource: '*'
`
	after := strings.NewReplacer("Default: app", "Default: other", "GetSecretValue", "PutSecretValue",
		"'yes'", "'no'").Replace(old[:strings.Index(old, "  P:")])
	before := stateOf(stack(t, "app", old))
	if got := accessChanges(before, stateOf(stack(t, "app", after))); got != "" {
		t.Errorf("got\n%s", got)
	}
}

// Of a stack that is deleted stays what its template keeps.
func TestWhatStaysOfAStack(t *testing.T) {
	const users = "  App: {Type: AWS::IAM::Role, Properties: {RoleName: app, Policies: [{PolicyName: p, " +
		"PolicyDocument: {Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}}]}}"
	db := func(keeps string) Stack {
		return stack(t, "db", "  Db: {Type: AWS::SecretsManager::Secret, DeletionPolicy: "+keeps+
			", Properties: {Name: db}}")
	}
	app := stack(t, "app", users)
	for keeps, want := range map[string]string{"Retain": "", "Delete": "App loses Db: read"} {
		if got := accessChanges(stateOf(app, db(keeps)), stateOf(app)); got != want {
			t.Errorf("%s: got %q, want %q", keeps, got, want)
		}
	}
}

// A role that one state knows by its name alone is the role whose path the other one states.
func TestARoleOfUnknownPath(t *testing.T) {
	const (
		secret = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		grant  = "  A: {Type: AWS::IAM::Policy, Properties: {PolicyName: a, Roles: [app], PolicyDocument: " +
			"{Statement: [{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Db, " +
			"Condition: {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/x/*'}}}]}}}\n"
		role = "  App: {Type: AWS::IAM::Role, Properties: {RoleName: app, Path: /x/}}\n"
	)
	for _, pair := range [][2]string{{role, ""}, {"", role}, {"", ""}} {
		before := stateOf(stack(t, "app", pair[0]+secret+grant))
		after := stateOf(stack(t, "app", pair[1]+secret+grant))
		if got := accessChanges(before, after); got != "" {
			t.Errorf("%q: got\n%s", pair, got)
		}
	}
}
