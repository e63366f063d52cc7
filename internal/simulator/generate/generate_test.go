package generate

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// TestEqualSeedsMakeEqualEstates compares templates, worlds and calls.
func TestEqualSeedsMakeEqualEstates(t *testing.T) {
	if testing.Short() {
		t.Skip("many estates are generated")
	}
	for seed := range uint64(20) {
		a, b := Estate(seed), Estate(seed)
		for i := range a.Templates {
			if !bytes.Equal(a.Templates[i].Text, b.Templates[i].Text) {
				t.Errorf("seed %d: template %d differs", seed, i)
			}
		}
		if !reflect.DeepEqual(a.World, b.World) {
			t.Errorf("seed %d: the worlds differ", seed)
		}
		if !reflect.DeepEqual(a.Requests(10, random(seed)), b.Requests(10, random(seed))) {
			t.Errorf("seed %d: the calls differ", seed)
		}
	}
}

// TestTemplatesAreJSON reads every template back, and looks for references to what is not there.
func TestTemplatesAreJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("many estates are generated")
	}
	for seed := range uint64(300) {
		for _, template := range Estate(seed).Templates {
			var read map[string]any
			if err := json.Unmarshal(template.Text, &read); err != nil {
				t.Fatalf("seed %d, %s: %v", seed, template.File, err)
			}
			resources, _ := read["Resources"].(map[string]any)
			parameters, _ := read["Parameters"].(map[string]any)
			each(read, func(name string, value any) {
				id, _ := value.(string)
				if list, ok := value.([]any); ok && name == "Fn::GetAtt" {
					id, _ = list[0].(string)
				}
				if name != "Ref" && name != "Fn::GetAtt" || len(id) > 5 && id[:5] == "AWS::" {
					return
				}
				if resources[id] == nil && parameters[id] == nil {
					t.Errorf("seed %d, %s: %s of %v, which is not there", seed, template.File, name,
						value)
				}
			})
		}
	}
}

// each visits the entries of all objects in a tree.
func each(tree any, visit func(string, any)) {
	switch tree := tree.(type) {
	case map[string]any:
		for k, v := range tree {
			visit(k, v)
			each(v, visit)
		}
	case []any:
		for _, v := range tree {
			each(v, visit)
		}
	}
}

// TestDeployedDocumentsAreConcrete finds intrinsics and null values that are left in what is given
// to the simulator.
func TestDeployedDocumentsAreConcrete(t *testing.T) {
	if testing.Short() {
		t.Skip("many estates are generated")
	}
	for seed := range uint64(100) {
		g := Estate(seed)
		for _, call := range g.Requests(20, random(seed)) {
			for _, p := range call.Policies {
				for _, doc := range append([]any{p.Boundary, p.Resource}, p.Identity...) {
					each(doc, func(name string, value any) {
						if name == "Ref" || len(name) > 4 && name[:4] == "Fn::" {
							t.Errorf("seed %d: %s is left", seed, name)
						}
						if _, ok := value.(*symbol); ok || value == nil {
							t.Errorf("seed %d: %s is %v", seed, name, value)
						}
					})
				}
			}
		}
	}
}

// TestSampleReachesEverything counts what decides calls.
func TestSampleReachesEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("many estates are generated")
	}
	c := Coverage{}
	doubtful := 0
	for seed := range uint64(300) {
		g := Estate(seed)
		for _, call := range g.Requests(25, random(seed)) {
			c.Count(call)
			if call.Doubtful() {
				doubtful++
			}
		}
	}
	t.Logf("%d doubtful\n%s", doubtful, c)
	for _, name := range Wanted() {
		if c[name] == 0 {
			t.Errorf("nothing was decided by: %s", name)
		}
	}
	const least = 5
	if c["calls allowed"]*100 < c["calls"]*least {
		t.Errorf("%d of %d calls are allowed", c["calls allowed"], c["calls"])
	}
	if doubtful*10 > c["calls"] {
		t.Errorf("%d of %d calls are doubtful", doubtful, c["calls"])
	}
}

// TestCheckFindsWrongAnswers gives answers that are always the same.
func TestCheckFindsWrongAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("many estates are generated")
	}
	found := map[string]int{}
	for seed := range uint64(30) {
		g := Estate(seed)
		for _, effect := range []string{"allow", "deny", "conditional", "unknown"} {
			wrong, err := g.Check(20, random(seed), func(Call) (string, error) {
				return effect, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			found[effect] += len(wrong)
		}
		right, err := g.Check(20, random(seed), func(c Call) (string, error) {
			if c.Allowed() {
				return "allow", nil
			}
			return "deny", nil
		})
		if err != nil || len(right) > 0 {
			t.Errorf("seed %d: %v, %v", seed, right, err)
		}
	}
	if found["allow"] == 0 || found["deny"] == 0 || found["conditional"] > 0 ||
		found["unknown"] > 0 {
		t.Errorf("found %v", found)
	}
}

// TestAllowedCallsAreWitnesses puts the requests of allowed calls as witnesses, and again with a
// tag that the secret has not.
func TestAllowedCallsAreWitnesses(t *testing.T) {
	if testing.Short() {
		t.Skip("many estates are generated")
	}
	tried := 0
	for seed := range uint64(60) {
		g := Estate(seed)
		for _, call := range g.Requests(25, random(seed)) {
			if !call.Allowed() {
				continue
			}
			for _, r := range call.Requests {
				w := Witness{
					PrincipalID: call.PrincipalID, PrincipalTemplate: call.PrincipalTemplate,
					SecretID: call.SecretID, Region: call.Region, Caller: r.CallerARN,
					CallerKind: r.CallerKind, Action: r.Action, Resource: r.Resource,
					ResourceAccount: r.ResourceAccount, Context: r.Context,
				}
				if allowed, why, err := g.AllowsWitness(w); err != nil || !allowed {
					t.Errorf("seed %d: %s %s %s is no witness: %s, %v", seed, call.PrincipalID,
						r.Action, r.Resource, why, err)
				}
				w.Context = map[string][]string{"aws:RequestedRegion": {"mars-1"}}
				if allowed, _, _ := g.AllowsWitness(w); allowed {
					t.Errorf("seed %d: a witness in a Region that is not the secret's", seed)
				}
				tried++
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d witnesses", tried)
	}
}

// TestWitnessOfTheKeyThatAWSManages puts requests for the key aws/secretsmanager: its own account's
// identities may use it through Secrets Manager, and nobody else's.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
func TestWitnessOfTheKeyThatAWSManages(t *testing.T) {
	tried := 0
	for seed := range uint64(30) {
		g := Estate(seed)
		for _, s := range g.secrets {
			for _, c := range s.copies {
				for account, want := range map[string]bool{
					accountA: c.key == nil, accountB: false,
				} {
					w := Witness{
						PrincipalID: "everybody", SecretID: s.id, Region: c.region,
						Caller: "arn:aws:iam::" + account + ":role/r", CallerKind: "role",
						Action: "kms:Decrypt", ResourceAccount: accountA,
						Resource: "arn:aws:kms:" + c.region + ":" + accountA +
							":alias/aws/secretsmanager",
						Context: map[string][]string{"kms:CallerAccount": {account}},
					}
					allowed, why, err := g.AllowsWitness(w)
					if err != nil || allowed != want {
						t.Errorf("seed %d: %s in %s for %s: %v, %s, %v",
							seed, s.id, c.region, account, allowed, why, err)
					}
					tried++
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d witnesses", tried)
	}
}
