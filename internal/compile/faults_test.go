package compile

import (
	"os"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// planted are mistakes in what a verb is held to, which the two properties must find.
var planted = []faults.Fault{
	// Another key.
	{"../grants/held.go", `c = absentOr(c, "ArnEquals", "secretsmanager:KmsKeyArn", key)`, ``},
	{"../grants/held.go", `c = absentOr(c, "StringEquals", "secretsmanager:KmsKeyId", key)`, ``},
	{"../grants/held.go", `	if !p.isExact(s.Key, p.home(s), at) {
		return ""
	}
`, ``},
	// Another rotation.
	{"../grants/held.go",
		`c = absentOr(c, "ArnEquals", "secretsmanager:RotationLambdaARN", function)`,
		`_ = function`},
	{"../grants/held.go",
		`c = absentOr(c, "ArnEquals", "secretsmanager:ExternalSecretRotationRoleArn", role)`,
		`_ = role`},
	{"../grants/held.go", `c = c.With("BoolIfExists", "secretsmanager:ModifyRotationRules", "false")`,
		``},
	// Deletion at once.
	{"../grants/held.go",
		`c = c.With("BoolIfExists", "secretsmanager:ForceDeleteWithoutRecovery", "false")`, ``},
	{"../verb/kind.go", `			if !v.Purges {`, `			if true {`},
	// Other Regions.
	{"../grants/held.go", `c = c.With("ForAllValues:StringEquals", "secretsmanager:AddReplicaRegions",
			p.destinations(g)...)`, ``},
	{"../grants/held.go", `c = c.With("Null", "secretsmanager:AddReplicaRegions", "false")`, ``},
	{"../grants/held.go",
		`c = c.With("BoolIfExists", "secretsmanager:ForceOverwriteReplicaSecret", "false")`, ``},
	{"../grants/held.go", `		return g.Destinations(p.m)
	}
	var`, `		return append(g.Destinations(p.m), "eu-south-1")
	}
	var`},
	{"../grants/derive.go", `return !p.atHome && stated && !p.excludes(region)`,
		`return !p.atHome && stated`},
	// All of it.
	{"../grants/held.go", `		if slices.Contains(list, a) {
			those = append(those, a)`, `		if false {
			those = append(those, a)`},
	// What denyDelete keeps.
	{"../grants/guardrails.go", `deny("DenyRemovalOfReplicas", at, removal, others),`,
		`deny("DenyRemovalOfReplicas", at, deletion, others),`},
	{"../grants/guardrails.go", `With("ArnNotLike", "aws:PrincipalArn", deployer)`,
		`With("ArnNotLike", "aws:PrincipalArn", deployer+"x")`},
	{"../grants/derive.go", `			v = v.Kept()`, ``},
	// The keys of replicas.
	{"../grants/onkey.go", `		return g.Verb.OnCopies
	}
	return nil`, `		return g.Verb.OnKey
	}
	return nil`},
	{"../grants/onkey.go", `case atHome && (!g.Verb.Replicates() || g.AtReplica(region)):`,
		`case atHome && !g.Verb.Replicates():`},
}

// TestPropertiesFindPlantedFaults: rare situations find a fault in what a verb is held to.
func TestPropertiesFindPlantedFaults(t *testing.T) {
	faults.Find(t, planted, []int{8},
		"^TestGrantedIsAllowedAndNothingElseInRareSituations$|^TestGrantBesideDenyDelete$")
}

// TestGrantBesideDenyDelete: what denyDelete denies to somebody is not granted beside it.
func TestGrantBesideDenyDelete(t *testing.T) {
	text, err := os.ReadFile("../../testdata/golden/policies/deny-delete-replicate/spec.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(text)
	if w == nil {
		t.Fatal("the spec has errors")
	}
	for _, id := range w.placement.Identities {
		removes := false
		for _, part := range id.Parts {
			for _, s := range part.Document {
				removes = removes || strings.Contains(strings.Join(s.Action, " "), "RemoveRegions")
			}
		}
		if removes != (id.To == w.m.Deployer) {
			t.Errorf("%s may remove replicas: %t", id.To.ID, removes)
		}
	}
}
