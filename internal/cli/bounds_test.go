package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// numbered writes a format for the numbers below n, which may stand in it as %[1]d.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

const boundsHead = "version: 1\nstack: s\nenvironment: { account: '111111111111', region: " +
	"eu-west-1 }\n"

// granting is a spec in which so many principals may do so much with so many secrets.
func granting(secrets, principals int, verbs string) string {
	return boundsHead + "secrets:\n" + numbered(secrets, "  s%[1]d: { name: n/%[1]d }\n") +
		"principals:\n" + numbered(principals,
		"  p%[1]d: { existingRole: 'arn:aws:iam::111111111111:role/r%[1]d' }\n") +
		"grants:\n  - { to: [ " + numbered(principals, "p%[1]d, ") + " ], allow: [ " + verbs +
		" ], secrets: '*' }\n"
}

const admin = "{ Type: AWS::IAM::Role, Properties: { ManagedPolicyArns: [ " +
	"'arn:aws:iam::aws:policy/AdministratorAccess' ] } }\n"

// TestSmallInputsAreCheap: what makes a small input come to very much work is refused before the
// work, or ends in an answer that says that it is not known, with little output. Each input is
// under 100 KB.
func TestSmallInputsAreCheap(t *testing.T) {
	if testing.Short() {
		t.Skip("its inputs want very much work")
	}
	all := "describe, read, batchRead, write, rotate, delete, replicate, manage"
	manyWorlds := "Parameters:\n" + numbered(200, "  P%[1]d: { Type: String }\n") +
		"Conditions:\n" + numbered(200, "  C%[1]d: !Equals [ !Ref P%[1]d, a ]\n") +
		"Resources:\n  S: { Type: AWS::SecretsManager::Secret }\n" + numbered(200,
		"  R%[1]d: { Type: AWS::IAM::Role, Condition: C%[1]d, Properties: { ManagedPolicyArns: [ "+
			"'arn:aws:iam::aws:policy/AdministratorAccess' ] } }\n")
	replicas := "Resources:\n  S: &s { Type: AWS::SecretsManager::Secret, Properties: { " +
		"ReplicaRegions: [ " +
		numbered(15, "{ Region: eu-west-%[1]d2 }, ") + " ] } }\n  R: &r " + admin +
		numbered(245, "  S%[1]d: *s\n  R%[1]d: *r\n")
	wild := "Resources:\n" + numbered(200,
		"  S%[1]d: { Type: AWS::SecretsManager::Secret, Properties: { Name: a%[1]d } }\n") +
		"  R: { Type: AWS::IAM::Role, Properties: { Policies: [ { PolicyName: p, PolicyDocument: " +
		"{ Statement: [\n" +
		numbered(700,
			"{ Effect: Allow, Action: 'secretsmanager:*', Resource: "+
				"'arn:aws:secretsmanager:*:*:secret:*%[1]d*' },\n") + "] } } ] } }\n"
	keys := "Resources:\n" +
		numbered(160,
			"  K%[1]d: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [ { Effect: "+
				"Allow, "+
				"Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 'kms:*', Resource: "+
				"'*' } "+
				"] } } }\n"+
				"  S%[1]d: { Type: AWS::SecretsManager::Secret, Properties: { KmsKeyId: !Ref "+
				"K%[1]d } "+
				"}\n  R%[1]d: "+admin)
	for _, c := range []struct {
		name, args, file string
		code             int
		says             string
		most             int // bytes of output
	}{
		{"too many verbs", "validate f.yaml", granting(240, 250, all), 1,
			"expand to more than 100,000 verbs", 10_000},
		{"too many resources", "validate f.yaml", granting(600, 3, "read"), 1,
			"at least 600 resources, more than the 500", 10_000},
		{"too many globs", "validate f.yaml",
			boundsHead + "secrets:\n" + numbered(3000, "  s%[1]d: {}\n") +
				"principals: { p: { existingRole: 'arn:aws:iam::111111111111:role/p' } " +
				"}\ngrants:\n  " +
				"- { to: p, allow: read, secrets: [ " +
				numbered(3000, "'s*%[1]d*', ") + " ] }\n", 1, "more than 5,000,000 times", 10_000},
		{"too many assertions", "validate f.yaml", granting(100, 60, "read") + "assert:\n" +
			strings.Repeat("  - { principal: [ "+numbered(60, "p%[1]d, ")+
				" ], cannot: [ write, delete, manage, rotate ], secrets: '*' }\n", 150), 1,
			"more than 3,000,000 times", 1_000_000},
		{"too many diagnostics", "validate f.yaml", boundsHead + "secrets: { " + numbered(5000,
			"a%[1]d: { x: 1 }, ") + " }\n", 1, "more, which --format json has", 2_000_000},
		{"too many resources of a template", "access f.yaml@111111111111:eu-west-1",
			"Resources:\n  S: &s { Type: AWS::SecretsManager::Secret }\n" +
				numbered(5000, "  S%[1]d: *s\n"), 1, "the template has 5,001 resources", 10_000},
		{"too many rows", "access f.yaml@111111111111:eu-west-1", replicas, 3,
			"more than 1,500,000 rows", 10_000},
		{"too many worlds", "access f.yaml@111111111111:eu-west-1", manyWorlds, 0,
			"there are more worlds than are tried", 1_000_000},
		{"too many questions", "why * read * f.yaml@111111111111:eu-west-1",
			"Resources:\n  S: &s { Type: AWS::SecretsManager::Secret }\n  R: &r " + admin +
				numbered(120, "  S%[1]d: *s\n  R%[1]d: *r\n"), 2,
			"why answers 10,000 at once", 10_000},
		{"too many questions of a report", "access f.yaml@111111111111:eu-west-1", wild, 0,
			"there are more questions than are answered at once", 1_000_000},
		{"too many statements for the questions", "why R manage * f.yaml@111111111111:eu-west-1",
			wild, 4, "there are more questions than are answered at once", 1_000_000},
		{"a key for each secret", "access f.yaml@111111111111:eu-west-1", keys, 0,
			"R159", 6_000_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.file) >= 100_000 {
				t.Fatalf("the input has %d bytes", len(c.file))
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "f.yaml"), []byte(c.file),
				0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			code := Run(strings.Fields(c.args), Env{Stdout: &out, Stderr: &out, Dir: dir})
			text := out.String()
			if code != c.code || !strings.Contains(strings.Join(strings.Fields(text), " "),
				c.says) {
				t.Errorf("exit %d, not %d with %q:\n%s", code, c.code, c.says,
					text[:min(len(text), 3000)])
			}
			if out.Len() > c.most {
				t.Errorf("%d bytes of output", out.Len())
			}
		})
	}
}
