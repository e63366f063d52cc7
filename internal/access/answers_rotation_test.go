package access_test

import (
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// What rotates a secret and stands in no template reads and writes that secret, reads the secret of
// the superuser, and no other: not one that differs in nothing but its name.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
func TestAnswersOfWhatRotates(t *testing.T) {
	e := asking(t, `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db } }
  Admin: { Type: AWS::SecretsManager::Secret, Properties: { Name: admin } }
  Other: { Type: AWS::SecretsManager::Secret, Properties: { Name: other } }
  A: { Type: AWS::SecretsManager::Secret, Properties: { Name: a } }
  B: { Type: AWS::SecretsManager::Secret, Properties: { Name: b } }
  RotatesDb: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref Db,
    HostedRotationLambda: { RotationType: PostgreSQLMultiUser, SuperuserSecretArn: !Ref Admin } } }
  RotatesA: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref A } }
  RotatesB: { Type: AWS::SecretsManager::RotationSchedule,
    Properties: { SecretId: !Ref B } }`, false)
	want := map[string][]string{
		"rotation of Db": {"read Db", "write Db", "read Admin"},
		"rotation of A":  {"read A", "write A"},
		"rotation of B":  {"read B", "write B"},
	}
	prover := access.NewProver(e.Worlds[0], testedVerbs[:3])
	report := e.Report(testedVerbs[:3], nil, nil)
	for _, who := range e.Worlds[0].Principals {
		var can, proved, reported []string
		for _, s := range e.Worlds[0].Secrets {
			for _, name := range []string{"read", "write"} {
				v := verbOf(name)
				if x, _ := e.Explain(who.ID, v, s.ID, deployedRegion); x.Effect == access.Allow {
					can = append(can, name+" "+s.ID)
				}
				if a, _ := prover.Ask(who, v, s, 0); a.Effect == access.Allow {
					proved = append(proved, name+" "+s.ID)
				}
			}
		}
		for _, row := range report.Rows {
			verb := report.Verbs[row.Verb]
			if report.Principals[row.Principal].ID == who.ID &&
				(verb == "read" || verb == "write") {
				reported = append(reported, verb+" "+report.Secrets[row.Secret].ID)
			}
		}
		for how, got := range map[string][]string{
			"a question": can, "the proof": proved, "a report": reported,
		} {
			if !sameSet(got, want[who.ID]) {
				t.Errorf("%s says that %s can %q, want %q", how, who.ID, got, want[who.ID])
			}
		}
		delete(want, who.ID)
	}
	if len(want) > 0 {
		t.Errorf("nobody is %v", want)
	}
}

// sameSet says whether two lists have the same members.
func sameSet(a, b []string) bool {
	in := map[string]int{}
	for _, s := range a {
		in[s]++
	}
	for _, s := range b {
		in[s]--
	}
	for _, n := range in {
		if n != 0 {
			return false
		}
	}
	return true
}
