package secretctl_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/secretctl/secretctl"
)

const spec = `
version: 1
stack: payments
environment: { account: "111111111111", region: eu-west-1 }
secrets: { stripe: { name: payments/stripe, value: { empty: true } } }
principals: { api: { role: { assumedBy: { service: ecs-tasks.amazonaws.com } } } }
grants: [ { to: api, allow: read, secrets: stripe } ]
`

// Who can read a secret, once what the spec compiles to is deployed.
func Example() {
	result := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: []byte(spec)})
	if !result.OK() {
		result.Render(os.Stdout, "text")
		return
	}
	answers, err := result.Specs[0].Environments[0].Estate().Why("*", "read", "stripe")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range answers.List {
		fmt.Println(a.Principal, a.Verb, a.Secret, a.Effect, a.Reasons)
	}
	// Output: api read stripe allow [secretsmanager:GetSecretValue: an identity policy allows it]
}

// The stacks in the order to deploy them, and their templates.
func ExampleEnvironment_Templates() {
	result := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: []byte(spec)})
	production := result.Specs[0].Environments[0]
	for i, template := range production.Templates(secretctl.YAML) {
		plan := production.Plan(secretctl.YAML).Stacks[i]
		fmt.Println(template.Name, plan.Kind, plan.Resources, plan.Capabilities)
	}
	// Output: payments.yaml home 3 [CAPABILITY_IAM]
}

// What is wrong, where, and what to do.
func ExampleResult_Diagnostics() {
	wrong := []byte("version: 1\nstack: payments\nsecrets: { db: { name: db, key: ap } }\nkeys: " +
		"{ app: { alias: app } }\n")
	result := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: wrong})
	for _, d := range result.Diagnostics() {
		fmt.Printf("%s:%d:%d: %s %s: %s; %s\n", d.Place.File, d.Place.Line, d.Place.Column,
			d.Severity, d.Code, d.Message, d.Hint)
	}
	// Output: spec.yaml:3:33: error SC2003: no key is named "ap"; write "app"
}

// Who can do what, of a template that anybody wrote.
func ExampleLoad() {
	template := secretctl.Template{
		File: secretctl.File{Name: "app.yaml", Data: []byte(`
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole } }
      Policies: [ { PolicyName: p, PolicyDocument: { Version: 2012-10-17, Statement: { Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Db } } } ]
`)},
		Account: "111111111111", Region: "eu-west-1",
	}
	estate, found := secretctl.Load(template)
	if estate == nil {
		found.Render(os.Stdout, "text")
		return
	}
	access, err := estate.Access()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range access.Rows {
		fmt.Println(row.Principal, row.Verb, row.Secret, row.Region, row.Effect)
	}
	// Output: R read Db eu-west-1 allow
}

// What a change of a spec does.
func ExampleDiff() {
	deployed := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: []byte(spec)})
	changed := strings.Replace(spec, "to: api, allow: read", "to: api, allow: [read, write]", 1)
	changed = strings.Replace(changed, "name: payments/stripe", "name: payments/paid", 1)
	now := secretctl.Compile(secretctl.File{Name: "spec.yaml", Data: []byte(changed)})
	changes := secretctl.Diff(deployed.Estate(""), now.Estate(""))
	for _, c := range changes.Access {
		fmt.Println(c.Principal, c.Class, c.Verb, c.Secret)
	}
	for _, c := range changes.Resources {
		if c.Class != "update" {
			fmt.Println(c.Class, c.LogicalID, c.Property)
		}
	}
	fmt.Println("stop:", changes.Has("value-lost", "fails"))
	// Output:
	// api gains write stripe
	// value-lost StripeSecret Name
	// stop: true
}
