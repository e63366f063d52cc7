package access_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
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
