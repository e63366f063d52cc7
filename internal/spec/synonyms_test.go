package spec

import (
	"strings"
	"testing"
)

func TestSynonyms(t *testing.T) {
	for word, want := range map[string]string{
		"KmsKeyId": "key", "kms_key_id": "key", "kmsKeyId": "key", "encryptionKey": "key",
		"SecretString": "value.string", "secret_string": "value.string", "GenerateSecretString": "value.generate",
		"ReplicaRegions": "replicas", "replica": "replicas",
		"RotationRules": "rotation", "HostedRotationLambda": "rotation.hosted",
		"RotationLambdaARN": "rotation.lambda.functionArn",
		"ResourcePolicy":    "policy", "KeyPolicy": "policy", "AliasName": "alias",
		"Tags": "tags", "Name": "name", "Description": "description",
		"recovery_window_in_days": "deletionPolicy", "DeletionPolicy": "deletionPolicy",
		"AssumeRolePolicyDocument": "assumedBy", "assume_role_policy": "assumedBy",
		"principal": "to", "action": "allow", "actions": "allow", "verbs": "allow",
		"permissions": "allow",
		"secret":      "secrets", "resource": "secrets", "resources": "secrets",
		"PasswordLength": "passwordLength", "deletion_window_in_days": "pendingWindowInDays",

		"name": "", "passwordLength": "", "nmae": "", "": "",
	} {
		if got := synonymOf(word); got != want {
			t.Errorf("synonymOf(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestSynonymsAreWrittenAsTheyAreLookedUp(t *testing.T) {
	for word := range synonyms() {
		if word != strings.ToLower(separators.Replace(word)) {
			t.Errorf("%q is never found", word)
		}
	}
}
