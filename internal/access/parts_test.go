package access_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/policy"
)

// A reader without DescribeSecret reads, and who has one of a verb's actions is shown with it.
func TestReportsShowWhatIsPossibleInPart(t *testing.T) {
	allow := func(id string, actions ...any) *access.Principal {
		arn := "arn:aws:iam::111111111111:role/" + id
		return &access.Principal{ID: id, Caller: policy.Caller{ARN: arn, Account: "111111111111"}, Identity: []*access.Document{
			document(t, access.IdentityPolicy, id, map[string]any{"Effect": "Allow", "Action": actions, "Resource": "*"}),
		}}
	}
	e := &access.Estate{
		Principals: []*access.Principal{
			allow("putter", "secretsmanager:PutSecretValue"),
			allow("reader", "secretsmanager:GetSecretValue"),
			allow("tagger", "secretsmanager:TagResource", "secretsmanager:DescribeSecret"),
			allow("writer", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage", "secretsmanager:DescribeSecret"),
		},
		Secrets: []*access.Secret{{ID: "db", Account: "111111111111", Copies: []access.Copy{{Region: "eu-west-1", ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf"}}}},
	}
	verbs := []access.Verb{
		{Name: "describe", OnSecret: []string{"secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"}},
		{Name: "read", OnSecret: []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, OnKey: []string{"kms:Decrypt"}},
		{Name: "write", OnSecret: []string{"secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage"}},
		{Name: "manage", OnSecret: []string{"secretsmanager:DescribeSecret", "secretsmanager:TagResource", "secretsmanager:UntagResource"}},
	}
	r := e.ReportAny(verbs, nil, nil)
	var got []string
	for _, row := range r.Rows {
		got = append(got, fmt.Sprintf("%s %s %s", row.Principal, row.Verb, row.Effect))
	}
	want := []string{
		"putter secretsmanager:PutSecretValue allow", "reader read allow", "tagger secretsmanager:DescribeSecret allow", "tagger secretsmanager:TagResource allow", "writer write allow",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are\n%q, want\n%q", got, want)
	}
	if want := []string{"describe", "read", "write", "manage", "secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue", "secretsmanager:TagResource"}; !slices.Equal(r.Verbs, want) {
		t.Errorf("the verbs are %q, want %q", r.Verbs, want)
	}
}
