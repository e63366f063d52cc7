package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/expect"
)

// TestManyPairsUnderConditions: every role may read every secret, each under conditions of its own,
// and a denial leaves out one secret for each. Every pair has its row and its conditions.
func TestManyPairsUnderConditions(t *testing.T) {
	const n = 60
	var b strings.Builder
	b.WriteString(`{"Resources":{`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"S%03d":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":"s%03d"}},`, i, i)
		fmt.Fprintf(&b, `"R%03d":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"r%03d","AssumeRolePolicyDocument":{},`, i, i)
		fmt.Fprintf(&b, `"Policies":[{"PolicyName":"p","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",`)
		fmt.Fprintf(&b, `"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-%d"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}},`, i)
		fmt.Fprintf(&b, `{"Effect":"Deny","Action":"*","Resource":{"Ref":"S%03d"}}]}}]}}`, i)
	}
	b.WriteString(`}}`)
	dir := t.TempDir()
	expect.Write(t, filepath.Join(dir, "app.json"), b.String())
	var stdout, stderr bytes.Buffer
	args := []string{"access", "--format", "json", "app.json@111111111111:eu-west-1"}
	if code := cli.Run(args, cli.Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Dir: dir}); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var report struct {
		Access []struct {
			Principal, Secret, Verb, Effect string
			Explicit                        bool
			Conditions                      []struct {
				Key    string
				Values []string
			}
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
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
			if got, want := row.Conditions[1].Values[0], fmt.Sprintf("vpce-%d", number); got != want {
				t.Errorf("%s on %s: from %s, want %s", row.Principal, row.Secret, got, want)
			}
		}
	}
}
