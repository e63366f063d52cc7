package aws

import (
	"cmp"
	"slices"
	"testing"
)

func TestActionTables(t *testing.T) {
	for _, table := range [][]ActionInfo{SecretsManagerActions, KMSActions} {
		if !slices.IsSortedFunc(table,
			func(a, b ActionInfo) int { return cmp.Compare(a.Name, b.Name) }) {
			t.Errorf("the table with %s is not sorted", table[0].Name)
		}
		for _, a := range table {
			if !slices.Contains(
				[]string{AccessList, AccessRead, AccessWrite, AccessTagging, AccessPermissions},
				a.Access) {
				t.Errorf("%s has the access level %q", a.Name, a.Access)
			}
			if a.NoResource != (a.Conditions == nil) {
				t.Errorf(
					"%s: a request without a resource carries no condition keys, and only "+
						"one without",
					a.Name,
				)
			}
			for _, key := range slices.Concat(a.Conditions...) {
				if !slices.ContainsFunc(ConditionKeys,
					func(k ConditionKeyInfo) bool { return k.Name == key }) {
					t.Errorf("%s has the condition key %q, which is not in ConditionKeys", a.Name,
						key)
				}
			}
		}
	}
	if n := len(SecretsManagerActions); n != 23 {
		t.Errorf("Secrets Manager has 23 actions, not %d", n)
	}
}

func TestSecretsManagerAction(t *testing.T) {
	for _, name := range []string{
		"secretsmanager:GetSecretValue", "GetSecretValue", "SecretsManager:getsecretvalue",
	} {
		a, ok := SecretsManagerAction(name)
		if !ok || a.Name != "secretsmanager:GetSecretValue" || a.Access != AccessRead ||
			!slices.Contains(slices.Concat(a.Conditions...), "secretsmanager:VersionStage") {
			t.Errorf("SecretsManagerAction(%q) = %+v, %v", name, a, ok)
		}
	}
	for _, name := range []string{"GetSecret", "kms:Decrypt", "secretsmanager:*", ""} {
		if a, ok := SecretsManagerAction(name); ok {
			t.Errorf("SecretsManagerAction(%q) = %+v", name, a)
		}
	}
}

func TestActionsWithoutResourceAndOnReplicas(t *testing.T) {
	var noResource, onReplica []string
	for _, a := range slices.Concat(SecretsManagerActions, KMSActions) {
		if TakesNoResource(a.Name) {
			noResource = append(noResource, a.Name)
		}
		if OnReplica(a.Name) {
			onReplica = append(onReplica, a.Name)
		}
	}
	want := []string{
		"secretsmanager:BatchGetSecretValue", "secretsmanager:GetRandomPassword",
		"secretsmanager:ListSecrets", "kms:ListAliases", "kms:ListKeys",
	}
	if !slices.Equal(noResource, want) {
		t.Errorf("without a resource are %q, want %q", noResource, want)
	}
	want = []string{
		"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
		"secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds",
		"secretsmanager:StopReplicationToReplica",
	}
	if !slices.Equal(onReplica, want) {
		t.Errorf("on a replica work %q, want %q", onReplica, want)
	}
	if TakesNoResource("lambda:InvokeFunction") || OnReplica("lambda:InvokeFunction") {
		t.Error("an action that is not known takes a resource and is not for replicas")
	}
}

func TestAdministratorsCannotUseAKey(t *testing.T) {
	if len(KeyAdministration) != 22 {
		t.Errorf("%d actions", len(KeyAdministration))
	}
	for _, a := range slices.Concat(KeyAdministration, KeyUse) {
		if _, ok := lookup(KMSActions, a); !ok {
			t.Errorf("KMS has no action %s", a)
		}
	}
	for _, a := range append([]Action{"kms:CreateGrant", "kms:ReEncryptFrom"}, KeyUse...) {
		if slices.Contains(KeyAdministration, a) {
			t.Errorf("administration includes %s", a)
		}
	}
}
