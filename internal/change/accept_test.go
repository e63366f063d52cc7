package change

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/expect"
)

// TestClassesOfTheSchema: what a spec can accept are the classes of changes that are news.
func TestClassesOfTheSchema(t *testing.T) {
	words, _ := json.Marshal(slices.DeleteFunc(Classes(), func(class string) bool {
		return !IsNews(class)
	}))
	want := "\"enum\": " + strings.ReplaceAll(string(words), ",", ", ")
	if !strings.Contains(expect.Read(t, "../../schema/spec.schema.json"), want) {
		t.Errorf("the schema has not %s", want)
	}
}

// TestAccepted: an entry accepts a class of changes, by id, glob or ARN, of whom and of what it
// names, and notes that it did.
func TestAccepted(t *testing.T) {
	const arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/db"
	db := &Resource{Risk: ValueLost, Secret: "db", LogicalID: "DbSecret", names: []string{arn}}
	ci := &access.Change{Kind: access.Gains, ARN: arn + "-??????",
		Principal: &access.Subject{ID: "ci", ARN: "arn:aws:iam::111111111111:role/ci"},
		Secret:    &access.Subject{ID: "db"}}
	become := &access.Becoming{Kind: access.Gains, Principal: "ci", Role: "admin"}
	for _, test := range []struct {
		entry                  Acceptance
		resource, access, role bool
	}{
		{Acceptance{Class: "value-lost"}, true, false, false},
		{Acceptance{Class: "gains"}, false, true, true},
		{Acceptance{Class: "loses"}, false, false, false},
		{Acceptance{Class: "value-lost", Secrets: []string{"other", "d?"}}, true, false, false},
		{Acceptance{Class: "value-lost", Secrets: []string{"DbSecret"}}, true, false, false},
		{Acceptance{Class: "value-lost", Secrets: []string{arn}}, true, false, false},
		{Acceptance{Class: "value-lost", Secrets: []string{"d"}}, false, false, false},
		{Acceptance{Class: "value-lost", Principals: []string{"*"}}, false, false, false},
		{Acceptance{Class: "gains", Principals: []string{"c*"}, Secrets: []string{"db"}},
			false, true, false},
		{Acceptance{Class: "gains", Principals: []string{"arn:aws:iam::*:role/ci"}},
			false, true, false},
		{Acceptance{Class: "gains", Principals: []string{"admin"}}, false, false, false},
		{Acceptance{Class: "gains", Principals: []string{"ci"}}, false, true, true},
		{Acceptance{Class: "gains", Principals: []string{"c*"}, Secrets: []string{"mail"}},
			false, false, false},
	} {
		ask := func(what string, want bool, by func([]*Acceptance) *Acceptance) {
			a := test.entry
			got := by([]*Acceptance{{Class: "moved"}, &a}) == &a
			if got != want || a.Used() != want {
				t.Errorf("%+v, %s: %t, used %t, want %t", test.entry, what, got, a.Used(), want)
			}
		}
		ask("resource", test.resource, db.AcceptedBy)
		ask("access", test.access, func(e []*Acceptance) *Acceptance {
			return acceptedAccess(e, ci)
		})
		ask("role", test.role, func(e []*Acceptance) *Acceptance {
			return acceptedBecoming(e, become)
		})
	}
}

// TestPoliciesThatAreComparedWhole: a policy whose changed statements are about actions of verbs is
// told by its access alone; one that says anything else is never passed over.
func TestPoliciesThatAreComparedWhole(t *testing.T) {
	template := func(statements string) []Stack {
		return []Stack{stack(t, "t", "Resources:\n  P: {Type: AWS::IAM::ManagedPolicy, Properties: "+
			"{Roles: [r], PolicyDocument: {Statement: ["+statements+"]}}}\n")}
	}
	const read = "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}"
	const other = "{Effect: Allow, Action: 's3:*', Resource: '*'}"
	for _, test := range []struct {
		name, old, new string
		quiet          bool
	}{
		{"read", read, read + ", {Effect: Allow, Action: 'kms:Decrypt', Resource: '*'}", true},
		{"beside another", other, other + ", " + read, true},
		{"another", read, read + ", " + other, false},
		{"another goes", read + ", " + other, read, false},
		{"all of a service", read, "{Effect: Allow, Action: 'secretsmanager:*', Resource: '*'}",
			false},
		{"a key", read, read + ", {Effect: Allow, Action: 'kms:PutKeyPolicy', Resource: '*'}",
			false},
		{"all but one", read, read + ", {Effect: Allow, NotAction: 's3:*', Resource: '*'}", false},
		{"a denial", read, read + ", {Effect: Deny, Action: 'kms:*', Resource: '*'}", true},
	} {
		found := Resources(template(test.old), template(test.new))
		if len(found) != 1 || found[0].Risk != Updated || found[0].IsQuiet() != test.quiet {
			t.Errorf("%s: %+v", test.name, found)
		}
	}
	if found := Resources(nil, template(other)); len(found) != 1 || found[0].IsQuiet() {
		t.Errorf("a new policy: %+v", found)
	}
}
