package verb

import "testing"

func TestWeightOf(t *testing.T) {
	for name, want := range map[string]Weight{
		"describe": Metadata, "list": Metadata, "read": Value, "batchRead": Value, "write": Change,
		"rotate": Change, "delete": Change, "purge": Change, "replicate": Change, "manage": Change,
		"secretsmanager:GetSecretValue":         Value,
		"secretsmanager:BatchGetSecretValue":    Value,
		"secretsmanager:GetResourcePolicy":      Metadata,
		"secretsmanager:ListSecretVersionIds":   Metadata,
		"secretsmanager:PutSecretValue":         Change,
		"secretsmanager:PutResourcePolicy":      Change,
		"secretsmanager:TagResource":            Change,
		"kms:Decrypt":                           Value,
		"what nobody knows":                     Change,
		"secretsmanager:DeleteResourcePolicy":   Change,
		"secretsmanager:ValidateResourcePolicy": Metadata,
	} {
		if got := WeightOf(name); got != want {
			t.Errorf("%s is about %s, not %s", name, got, want)
		}
	}
	for _, v := range All {
		if ShortOf(v.Name) != v.Short {
			t.Errorf("%s has no short form", v.Name)
		}
	}
	if got := ShortOf("secretsmanager:PutSecretValue"); got != "" {
		t.Errorf("an action has the short form %q", got)
	}
}
