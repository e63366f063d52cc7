package aws

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

func TestHoldsCredential(t *testing.T) {
	for property, want := range map[string]bool{
		"MasterUserPassword": true, "SecretString": true, "AuthToken": true, "Password": true,
		"ManageMasterUserPassword": false, "EnableAuthToken": false, "GenerateSecretString": false,
		"PasswordLength": false, "Name": false,
	} {
		if got := HoldsCredential(property); got != want {
			t.Errorf("HoldsCredential(%q) = %v", property, got)
		}
	}
}

func TestTargetTypes(t *testing.T) {
	if !slices.IsSortedFunc(TargetTypes,
		func(a, b Target) int { return cmp.Compare(a.Type, b.Type) }) {
		t.Error("not sorted")
	}
	documented := 0
	for _, want := range TargetTypes {
		if got, ok := TargetType(want.Type); !ok || got != want {
			t.Errorf("TargetType(%q) = %+v, %v", want.Type, got, ok)
		}
		if !want.Undocumented {
			documented++
		}
	}
	if documented != 7 {
		t.Errorf("%d are documented, not 7", documented)
	}
	if _, ok := TargetType("AWS::DynamoDB::Table"); ok {
		t.Error("a secret cannot be attached to a table")
	}
}

func TestListsHaveNoDuplicates(t *testing.T) {
	lists := [][]string{ManagedExternalTypes(), ConnectionFields, KeyAdministration, KeyUse}
	for _, list := range lists {
		seen := map[string]bool{}
		for _, item := range list {
			if seen[item] {
				t.Errorf("%s stands twice", item)
			}
			seen[item] = true
		}
	}
	if !slices.IsSortedFunc(ManagedExternalTypes(),
		func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		t.Error("ManagedExternalTypes is not sorted")
	}
}

// The numbers are those of aws-facts §8, so that a slip of the finger does not become a limit.
func TestQuotas(t *testing.T) {
	for name, q := range map[string][2]int{
		"managed policy": {
			MaxManagedPolicy, 6144}, "role inline": {MaxRoleInline,
			10240}, "user inline": {MaxUserInline, 2048},
		"group inline": {
			MaxGroupInline, 5120}, "managed policies": {ManagedPolicies,
			10}, "at most": {MaxManagedPolicies, 20},
		"trust policy": {TrustPolicy, 2048}, "trust at most": {MaxTrustPolicy, 8192},
		"secret policy": {
			MaxSecretPolicy, 20480}, "secret value": {MaxSecretValue,
			65536}, "secret description": {MaxSecretDescription, 2048},
		"key policy": {MaxKeyPolicy, 32768}, "key description": {MaxKeyDescription, 8192},
		"template": {
			MaxTemplateBody, 51200}, "template in S3": {MaxTemplateObject,
			1048576}, "resources": {MaxResources, 500},
		"parameters": {
			MaxParameters, 200}, "outputs": {MaxOutputs, 200}, "mappings": {MaxMappings, 200},
		"dynamic references": {MaxDynamicReferences, 60}, "tags": {MaxTags, 50},
		"password": {MinPasswordLength, 1}, "longest password": {MaxPasswordLength, 4096},
		"pending": {MinPendingWindow, 7}, "longest pending": {MaxPendingWindow, 30},
		"period": {MinKeyRotationPeriod, 90}, "longest period": {MaxKeyRotationPeriod, 2560},
		"session": {MinSessionDuration, 3600}, "longest session": {MaxSessionDuration, 43200},
	} {
		if q[0] != q[1] {
			t.Errorf("%s is %d, want %d", name, q[0], q[1])
		}
	}
}
