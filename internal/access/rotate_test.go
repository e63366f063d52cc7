package access_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/verb"
)

// TestRotationWithAnotherFunction: who may not invoke the function that rotates a secret may rotate
// it all the same if another one may be named and invoked, and nobody is told no then.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
func TestRotationWithAnotherFunction(t *testing.T) {
	const prefix = "arn:aws:lambda:eu-west-1:111111111111:function:"
	own := `"` + prefix + `f"`
	rotate := `{ Action: "secretsmanager:*" }, `
	for _, c := range []struct {
		name, statements string
		want             access.Effect
		condition        string
	}{
		{"any", rotate + `{ Action: "lambda:*" }`, access.Allow, ""},
		{"all but its own", rotate + `{ Action: "lambda:*" }, { Effect: Deny, Action: "lambda:*",
			Resource: ` + own + ` }`, access.Conditional, "ArnNotEquals " + prefix + "f"},
		{"some others", rotate + `{ Effect: Allow, Action: "lambda:InvokeFunction",
			Resource: "arn:aws:lambda:*:*:function:blue-*" }`, access.Conditional,
			"ArnLike " + prefix + "blue-*"},
		{"one that may be named", `{ Action: "secretsmanager:*", Condition: { ArnEquals: {
			"secretsmanager:RotationLambdaARN": "` + prefix + `g" } } }, { Effect: Allow,
			Action: "lambda:InvokeFunction", Resource: ["` + prefix + `g"] }`,
			access.Conditional, "ArnLike " + prefix + "g"},
		{"one that may not be named", `{ Action: "secretsmanager:*", Condition: {
			ArnEqualsIfExists: { "secretsmanager:RotationLambdaARN": ` + own + ` } } }, {
			Effect: Allow, Action: "lambda:InvokeFunction", Resource: "` + prefix + `g" }`,
			access.Deny, ""},
		{"none", rotate + `{ Action: "kms:*" }`, access.Deny, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			statements := strings.NewReplacer("\t", "",
				"{ Action:", "{ Effect: Allow, Resource: \"*\", Action:").Replace(c.statements)
			template := strings.Replace(wideningTemplate, `["kms:*", "lambda:InvokeFunction"]`,
				`"kms:*"`, 1)
			e := load(t, template+statements+"] } }] } }")
			x, ok := e.Explain("R", verb.Find("RotateSecret"), "S", deployedRegion)
			if !ok || x.Effect != c.want {
				t.Fatalf("%s, want %s: %+v", x.Effect, c.want, x.Conditions)
			}
			if c.want != access.Conditional {
				return
			}
			last := x.Conditions[len(x.Conditions)-1]
			if got := last.Operator + " " + strings.Join(last.Values, ","); got != c.condition {
				t.Errorf("on condition that %s, want %s", got, c.condition)
			}
		})
	}
}

// TestRotationByAFunctionOfAnotherAccount: the caller must be allowed to call it by its own
// policies and by that of the function, which nobody sees.
func TestRotationByAFunctionOfAnotherAccount(t *testing.T) {
	for _, c := range []struct {
		actions string
		want    access.Effect
	}{
		{`["secretsmanager:*"]`, access.Deny},
		{`["secretsmanager:*", "lambda:GetFunction"]`, access.Deny},
	} {
		template := strings.NewReplacer(`["kms:*", "lambda:InvokeFunction"]`, `"kms:*"`,
			"111111111111:function:f", "999999999999:function:f").Replace(wideningTemplate)
		e := load(t, template+`{ Effect: Allow, Resource: "*", Action: `+c.actions+`}] } }] } }`)
		x, ok := e.Explain("R", verb.Find("RotateSecret"), "S", deployedRegion)
		if !ok || x.Effect != c.want {
			t.Errorf("%s: %s, want %s", c.actions, x.Effect, c.want)
		}
	}
	const only = `{ Effect: Allow, Resource: "*", Action: "secretsmanager:*" }, { Effect: Allow,
		Resource: "arn:aws:lambda:eu-west-1:%s:function:f",
		Action: "lambda:InvokeFunction" }] } }] } }`
	for account, want := range map[string]access.Effect{
		"999999999999": access.Unknown, "111111111111": access.Conditional,
		"222222222222": access.Deny,
	} {
		template := strings.NewReplacer(`["kms:*", "lambda:InvokeFunction"]`, `"kms:*"`,
			"111111111111:function:f", "999999999999:function:f").Replace(wideningTemplate)
		e := load(t, template+strings.ReplaceAll(strings.Replace(only, "%s", account, 1), "\t", ""))
		x, ok := e.Explain("R", verb.Find("RotateSecret"), "S", deployedRegion)
		if !ok || x.Effect != want {
			t.Errorf("%s: %s, want %s: %+v", account, x.Effect, want, x.Conditions)
		}
	}
}

// TestRotationWithAFunctionThatTheBoundaryOfATwinNames: where a role may be one that has a
// boundary, it may name the functions that the boundary lets it invoke, and no others.
func TestRotationWithAFunctionThatTheBoundaryOfATwinNames(t *testing.T) {
	role := func(id, more string) string {
		return `# ` + id + `
Resources:
  ` + id + `: { Type: AWS::IAM::Role, Properties: { RoleName: app, ` + more + `
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] },
    Policies: [{ PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: [{
    Effect: Allow, Action: ["secretsmanager:*", "lambda:*"], Resource: "*" }] } }] } }
`
	}
	for _, c := range []struct {
		invokes string
		q, r    access.Effect
	}{
		{`{ Effect: Allow, Action: "lambda:*", Resource: "arn:aws:lambda:*:*:function:blue-*" }`,
			access.Conditional, access.Unknown},
		{`{ Effect: Allow, Action: "kms:*", Resource: "*" }`, access.Deny, access.Deny},
	} {
		unstated := deployed(t, role("R", ""))
		unstated.Account = ""
		e := access.Load([]access.Stack{unstated, deployed(t,
			role("Q", "PermissionsBoundary: !Ref B,")+`
  B: { Type: AWS::IAM::ManagedPolicy, Properties: { PolicyDocument: { Version: "2012-10-17",
    Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }, `+c.invokes+`] } } }
  S: { Type: AWS::SecretsManager::Secret }
  Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref S,
    RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:f" } }
`)}, access.Beside{})
		for who, want := range map[string]access.Effect{"Q": c.q, "R": c.r} {
			x, ok := e.Explain(who, verb.Find("RotateSecret"), "S", deployedRegion)
			if !ok || x.Effect != want {
				t.Errorf("%s rotates: %s, want %s: %+v", who, x.Effect, want, x.Conditions)
			}
		}
	}
}

// TestRotationWhereLittleOfTheFunctionIsKnown: who may invoke nothing rotates nothing, however
// little is known of the function that rotates a secret, and an account that nobody states changes
// no answer.
func TestRotationWhereLittleOfTheFunctionIsKnown(t *testing.T) {
	const (
		arn             = `"arn:aws:lambda:*:*:function:`
		here            = `!Sub "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:`
		f, p            = `!GetAtt F.Arn`, `!Ref P`
		named, imported = `!GetAtt N.Arn`, `!ImportValue x`
	)
	for _, c := range []struct {
		function, invokes string
		want              access.Effect
		condition         string
	}{
		{f, `"arn:aws:s3:::x"`, access.Deny, ""},
		{named, `"arn:aws:s3:::x"`, access.Deny, ""},
		{p, `[]`, access.Deny, ""},
		{imported, `[]`, access.Deny, ""},
		{f, `"*"`, access.Allow, ""},
		{p, `"*"`, access.Allow, ""},
		{imported, `"*"`, access.Allow, ""},
		{f, f, access.Allow, ""},
		{named, named, access.Allow, ""},
		{p, p, access.Allow, ""},
		{imported, imported, access.Allow, ""},
		{imported, p, access.Unknown, ""},
		{f, p, access.Unknown, ""},
		{f, arn + `blue-*"`, access.Conditional, "blue-*"},
		{f, arn + `app-F-b*"`, access.Unknown, ""}, // the name that is made may begin so
		{p, arn + `blue-*"`, access.Unknown, ""},
		{named, arn + `blue-*"`, access.Conditional, "blue-*"},
		{f, here + `green"`, access.Conditional, "green"},
		{named, here + `green"`, access.Conditional, "green"},
		{named, `!GetAtt F.Arn`, access.Conditional, "app-F-*"},
		{f, `!GetAtt G.Arn`, access.Conditional, "app-G-*"},
		{named, `!Sub "arn:aws:lambda:*:*:function:${P}-?*"`, access.Conditional, "${P}-?*"},
		{named, here + `${P}"`, access.Unknown, ""}, // it may be the one that rotates
	} {
		t.Run(c.function+" "+c.invokes, func(t *testing.T) {
			text := `
Parameters:
  P: { Type: String }
Resources:
  S: { Type: AWS::SecretsManager::Secret }
  F: { Type: AWS::Lambda::Function }
  G: { Type: AWS::Lambda::Function }
  N: { Type: AWS::Lambda::Function, Properties: { FunctionName: n } }
  Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref S,
    RotationLambdaARN: ` + c.function + ` } }
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: { Version:
    "2012-10-17", Statement: [] }, Policies: [{ PolicyName: p, PolicyDocument: { Version:
    "2012-10-17", Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }, {
    Effect: Allow, Action: "lambda:*", Resource: ` + c.invokes + ` }] } }] } }
`
			stated := deployed(t, text)
			accountUnstated, unstated := stated, stated
			accountUnstated.Account, unstated.Account, unstated.Region = "", "", ""
			for _, stack := range []access.Stack{stated, accountUnstated, unstated} {
				e := access.Load([]access.Stack{stack}, access.Beside{})
				x, ok := e.Explain("R", verb.Find("RotateSecret"), "S",
					e.Worlds[0].Secrets[0].Copies[0].Region)
				if !ok || x.Effect != c.want {
					t.Fatalf("in account %q: %v, %s, want %s: %+v", stack.Account, ok, x.Effect,
						c.want, x.Conditions)
				}
				if c.condition == "" {
					continue
				}
				last := x.Conditions[len(x.Conditions)-1]
				got := last.Operator + " " + strings.Join(last.Values, ",")
				if got = cfn.Shown(got); !strings.HasPrefix(got, "ArnLike arn:aws:lambda:") ||
					!strings.HasSuffix(got, ":function:"+c.condition) {
					t.Errorf("in account %q on condition that %s", stack.Account, got)
				}
			}
		})
	}
}
