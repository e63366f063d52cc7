package verb

import "testing"

// TestWordsOfOthersMeanVerbs: words of everyday speech and actions of IAM's lead to the verb that
// does what they say, and to none where that verb does more besides.
func TestWordsOfOthersMeanVerbs(t *testing.T) {
	for word, want := range map[string]string{
		"get": "read", "put": "write", "Get": "read", "read-only": "read",
		"secretsmanager:PutSecretValue": "write", "GetSecretValue": "read",
		"secretsmanager:DescribeSecret": "describe", "ListSecretVersionIds": "describe",
		"secretsmanager:BatchGetSecretValue": "batchRead", "ListSecrets": "list",
		"RotateSecret": "rotate", "DeleteSecret": "delete", "ReplicateSecretToRegions": "replicate",
		"TagResource": "", "secretsmanager:PutResourcePolicy": "", "kms:Decrypt": "", "frob": "",
	} {
		got := ""
		if v := Meant(word); v != nil {
			got = v.Name
		}
		if got != want {
			t.Errorf("%q means %q, want %q", word, got, want)
		}
	}
	for word, name := range everyday {
		if Named(name) == nil {
			t.Errorf("%q stands for %q, which is no verb", word, name)
		}
	}
	if v, action := Including("TagResource"); v == nil || v.Name != "manage" ||
		action != "secretsmanager:TagResource" {
		t.Errorf("TagResource is an action of %v, by the name %q", v, action)
	}
}
