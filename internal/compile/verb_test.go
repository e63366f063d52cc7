package compile

import (
	"slices"
	"testing"
)

// TestVerbNamed: a verb, an action, an action without its service; in upper or lower case.
func TestVerbNamed(t *testing.T) {
	for word, want := range map[string]string{
		"read": "read", "READ": "read", "batchread": "batchRead",
		"secretsmanager:GetSecretValue": "secretsmanager:GetSecretValue", "GetSecretValue": "secretsmanager:GetSecretValue",
		"getsecretvalue": "secretsmanager:GetSecretValue", "Decrypt": "kms:Decrypt", "kms:decrypt": "kms:Decrypt",
		"TagResource": "secretsmanager:TagResource", "kms:TagResource": "kms:TagResource", "ListSecrets": "secretsmanager:ListSecrets",
	} {
		if v, ok := VerbNamed(word); !ok || string(v.Name) != want {
			t.Errorf("%s: %q, %v, not %q", word, v.Name, ok, want)
		}
	}
	for _, word := range []string{"", "red", "s3:GetObject", "secretsmanager:Decrypt", "secretsmanager:", "*"} {
		if v, ok := VerbNamed(word); ok {
			t.Errorf("%q: %q", word, v.Name)
		}
	}
}

// TestVerbWords: whatever is suggested is known.
func TestVerbWords(t *testing.T) {
	words := VerbWords()
	for _, word := range words {
		if _, ok := VerbNamed(word); !ok {
			t.Errorf("%q is suggested and not known", word)
		}
	}
	for _, word := range []string{"read", "GetSecretValue", "kms:Decrypt"} {
		if !slices.Contains(words, word) {
			t.Errorf("%q is not suggested", word)
		}
	}
}
