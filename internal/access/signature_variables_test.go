package access

import (
	"fmt"
	"testing"
)

// TestVariablesThatNameTheSecret: where a policy variable names the secret, a statement says of
// each secret something else, although a condition on the same key names them all.
func TestVariablesThatNameTheSecret(t *testing.T) {
	const inStatement = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
		"StringLike": {%q: [%s]}, "StringNotEquals": {"aws:PrincipalTag/team": "${%[1]s}"}}}`
	a, b := askSecret("a"), askSecret("b")
	key := &Key{ID: "K", Account: askAccount, Region: "eu-west-1", Known: true,
		ARN: "arn:aws:kms:eu-west-1:" + askAccount + ":key/k",
		Policy: askDocument(t, KeyPolicy, "K", `[{"Effect": "Allow", "Action": "kms:*",
			"Resource": "*", "Principal": {"AWS": "arn:aws:iam::`+askAccount+`:root"}}]`)}
	a.Copies[0].Key, b.Copies[0].Key = key, key
	arnA, arnB := `"`+a.Copies[0].ARN+`"`, `"`+b.Copies[0].ARN+`"`
	for _, name := range []string{encryptionContext, "secretsmanager:SecretId"} {
		for _, denials := range []string{
			fmt.Sprintf(inStatement, name, arnA+", "+arnB),
			fmt.Sprintf(inStatement, name, arnA) + "," + fmt.Sprintf(inStatement, name, arnB),
		} {
			r := askRole(t, "r", `[{"Effect": "Allow", "Action": "*", "Resource": "*"},`+denials+"]")
			r.KnownTags, r.Tags = true, map[string]string{"team": a.Copies[0].ARN}
			askBoth(t, r, a, b)
		}
	}
}

// TestOtherNamesThanThoseOfSecretsTellStatementsApart: a statement about another key says something
// else.
func TestOtherNamesThanThoseOfSecretsTellStatementsApart(t *testing.T) {
	const decrypt = `{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": %q,
		"Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": %q}}}`
	a, b := askSecret("a"), askSecret("b")
	key := &Key{ID: "K", Account: askAccount, Region: "eu-west-1", Known: true,
		Aliases: []string{"alias/k"}, ARN: "arn:aws:kms:eu-west-1:" + askAccount + ":key/k",
		Policy: askDocument(t, KeyPolicy, "K", `[{"Effect": "Allow", "Action": "kms:*",
			"Resource": "*", "Principal": {"AWS": "arn:aws:iam::`+askAccount+`:root"}}]`)}
	a.Copies[0].Key, b.Copies[0].Key = key, key
	askBoth(t, askRole(t, "r", `[{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},`+
		fmt.Sprintf(decrypt, key.ARN, a.Copies[0].ARN)+","+
		fmt.Sprintf(decrypt, key.ARN+"2", b.Copies[0].ARN)+"]"), a, b)
}

// askBoth asks about secrets in both ways.
func askBoth(t *testing.T, r *Principal, secrets ...*Secret) {
	t.Helper()
	p := NewProver(&World{Secrets: secrets, Principals: []*Principal{r}}, alikeVerbs)
	for _, s := range secrets {
		plain, _ := Ask(r, readVerb, s, 0)
		if quick, _ := p.Ask(r, readVerb, s, 0); quick.Effect != plain.Effect {
			t.Errorf("%s: %v, and asked plainly %v", s.ID, quick.Effect, plain.Effect)
		}
	}
}
