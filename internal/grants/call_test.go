package grants

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// TestCalls: what a function's owner calls for a statement, safe to paste into a shell.
func TestCalls(t *testing.T) {
	const function = "arn:aws:lambda:eu-west-1:222222222222:function:f"
	service := policy.Principal{Service: []string{"secretsmanager.amazonaws.com"}}
	conditions := policy.Conditions{}.With("StringEquals", "aws:SourceAccount", "111111111111").
		With("ArnLike", "aws:SourceArn", "arn:aws:secretsmanager:eu-west-1:1:secret:a-??????")
	for _, row := range []struct {
		to, secret, function string
		who                  policy.Principal
		conditions           policy.Conditions
		want                 string
	}{
		{"ops", "db", function, policy.Principal{AWS: []string{"arn:aws:iam::1:role/ops"}}, nil,
			"--function-name " + function + " --statement-id ops-db --action " +
				"lambda:InvokeFunction --principal arn:aws:iam::1:role/ops"},
		{"a", "b", function, policy.Principal{AWS: []string{"arn:aws:iam::111111111111:root"}}, nil,
			"--function-name " + function + " --statement-id a-b --action lambda:InvokeFunction " +
				"--principal 111111111111"},
		{"Secrets Manager", "x; rm -rf $HOME", function, service, conditions,
			"--function-name " + function + " --statement-id SecretsManager-xrm-rfHOME --action " +
				"lambda:InvokeFunction --principal secretsmanager.amazonaws.com --source-arn " +
				"'arn:aws:secretsmanager:eu-west-1:1:secret:a-??????' --source-account " +
				"111111111111"},
		{"o", "b", "arn:aws:lambda:eu-west-1:222222222222:function:it's",
			policy.Principal{Any: true},
			policy.Conditions{}.With("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
			`--function-name 'arn:aws:lambda:eu-west-1:222222222222:function:it'\''s' ` +
				"--statement-id o-b --action lambda:InvokeFunction --principal '*' " +
				"--principal-org-id o-a1b2c3d4e5"},
	} {
		h := &HandOver{
			To: &model.Principal{ID: row.to}, Secret: &model.Secret{ID: row.secret},
			function: true, Statements: []policy.Statement{{
				Effect: policy.Allow, Principal: row.who, Action: []string{"lambda:InvokeFunction"},
				Resource: []string{row.function}, Condition: row.conditions,
			}},
		}
		want := []string{"aws lambda add-permission --region eu-west-1 " + row.want}
		if got := h.Calls(); !slices.Equal(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	h := &HandOver{To: &model.Principal{}, Secret: &model.Secret{}, Document: keyPolicy}
	if h.Calls() != nil {
		t.Error("a key policy has calls")
	}
	h.function = true
	h.Statements = []policy.Statement{{Action: []string{"a"}, Resource: []string{cfn.Ref("F")},
		Principal: policy.Principal{Service: []string{"s"}}}}
	const want = `aws lambda add-permission --function-name '{"Ref":"F"}' --statement-id - ` +
		`--action a --principal s`
	if got := h.Calls(); got[0] != want {
		t.Errorf("%s\nwant %s", got[0], want)
	}
}
