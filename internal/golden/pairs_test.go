package golden

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// accessRow is a row of access --format json.
type accessRow struct {
	Principal, Secret, Verb, Effect string
	Explicit                        bool
	Conditions                      []struct {
		Key    string
		Values []string
	}
}

// TestManyPairsUnderConditions: every role may read every secret, each under conditions of its own,
// and a denial leaves out one secret for each. Every pair has its row and its conditions.
func TestManyPairsUnderConditions(t *testing.T) {
	expect.InRoot(t)
	const n = 60
	dir := t.TempDir()
	expect.Write(t, filepath.Join(dir, "app.json"), manyPairs(n))
	stdout, stderr, code := execute(dir, "",
		"access", "--format", "json", "app.json@111111111111:eu-west-1")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var report struct{ Access []accessRow }
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Access) != n*n {
		t.Fatalf("%d rows, want %d", len(report.Access), n*n)
	}
	for _, row := range report.Access {
		own := row.Principal[1:] == row.Secret[1:]
		switch {
		case row.Verb != "read":
			t.Errorf("%s may %s %s", row.Principal, row.Verb, row.Secret)
		case own && !(row.Effect == "deny" && row.Explicit):
			t.Errorf("%s on %s: %s, want an explicit denial", row.Principal, row.Secret, row.Effect)
		case !own && (row.Effect != "conditional" || len(row.Conditions) != 2):
			t.Errorf("%s on %s: %s under %v", row.Principal, row.Secret, row.Effect, row.Conditions)
		case !own:
			var number int
			fmt.Sscanf(row.Principal, "R%d", &number)
			got, want := row.Conditions[1].Values[0], fmt.Sprintf("vpce-%d", number)
			if got != want {
				t.Errorf("%s on %s: from %s, want %s", row.Principal, row.Secret, got, want)
			}
		}
	}
}

// manyPairs writes a template of n secrets and n roles.
func manyPairs(n int) string {
	var b strings.Builder
	b.WriteString(`{"Resources":{`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"S%03d":{"Type":"AWS::SecretsManager::Secret",`, i)
		fmt.Fprintf(&b, `"Properties":{"Name":"s%03d"}},`, i)
		fmt.Fprintf(&b, `"R%03d":{"Type":"AWS::IAM::Role","Properties":{`, i)
		fmt.Fprintf(&b, `"RoleName":"r%03d","AssumeRolePolicyDocument":{},`, i)
		b.WriteString(`"Policies":[{"PolicyName":"p","PolicyDocument":{"Statement":[`)
		b.WriteString(`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",`)
		fmt.Fprintf(&b, `"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-%d"},`, i)
		b.WriteString(`"Bool":{"aws:MultiFactorAuthPresent":"true"}}},`)
		fmt.Fprintf(&b, `{"Effect":"Deny","Action":"*","Resource":{"Ref":"S%03d"}}]}}]}}`, i)
	}
	b.WriteString(`}}`)
	return b.String()
}
