package access_test

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// A secret that gets another name is the same one, even if a policy names the old or the new name.
func TestRenamedSecretThatAPolicyNames(t *testing.T) {
	const template = `
Resources:
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: %s } }
  App: { Type: AWS::IAM::Role, Properties: { RoleName: app, Policies: [{ PolicyName: p,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue",
    Resource: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:%s-??????" }] } }] } }`
	of := func(name, named string) *access.Estate {
		return load(t, fmt.Sprintf(template, name, named))
	}
	for _, c := range []struct{ before, after, named, want string }{
		{"s/db", "s/db2", "s/db2", "App gains read on Db"},
		{"s/db", "s/db2", "s/db", "App loses read on Db"},
		{"s/db", "s/db2", "s/other", ""},
		{"s/db", "s/db", "s/db", ""},
	} {
		d := access.Compare(of(c.before, c.named), of(c.after, c.named), verb.All)
		if got := told(d); got != c.want {
			t.Errorf("%v: got %q", c, got)
		}
	}
}
