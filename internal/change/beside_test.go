package change

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/verb"
)

func TestHandOversComeAndGo(t *testing.T) {
	of := func(account, because, action string) plan.HandOver {
		return plan.HandOver{Account: account, Document: "key policy", Of: "k", Because: because,
			Statements: []cfn.Object{{{Key: "Effect", Value: "Allow"},
				{Key: "Action", Value: action}, {Key: "Resource", Value: "*"}}}}
	}
	before := []plan.HandOver{of("1", "x", "kms:Decrypt"), of("2", "x", "kms:Decrypt")}
	after := []plan.HandOver{of("1", "another reason", "KMS:decrypt"), of("2", "x", "kms:Encrypt")}
	var got []string
	for _, h := range HandOvers(before, after) {
		got = append(got, fmt.Sprint(h.Change, " ", h.Account, " ", h.Statements[0].Get("Action")))
	}
	const want = "added 2 kms:Encrypt, removed 2 kms:Decrypt"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLimitsThatComeNear(t *testing.T) {
	of := func(resources, size int) plan.Plan {
		return plan.Plan{Stacks: []plan.Stack{{Template: "app.json", Resources: resources,
			Documents: []plan.Document{
				{LogicalID: "P", Kind: "managed policy", Size: size, Limit: 6144}}}}}
	}
	for _, tt := range []struct {
		before, after plan.Plan
		want          string
	}{
		{of(10, 100), of(20, 200), "[]"},
		{of(10, 100), of(450, 200), "[{app.json  resources 10 450 500}]"},
		{of(449, 6000), of(449, 6001), "[{app.json P managed policy 6000 6001 6144}]"},
		{of(490, 6100), of(490, 6000), "[]"},
		{plan.Plan{}, of(500, 6144), "[{app.json  resources 0 500 500} " +
			"{app.json P managed policy 0 6144 6144}]"},
	} {
		if got := fmt.Sprint(Limits(tt.before, tt.after)); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestAssertionsComeAndGo(t *testing.T) {
	a, b := &model.Principal{ID: "a"}, &model.Principal{ID: "b"}
	db := []*model.Secret{{ID: "db"}}
	read := []*verb.Verb{verb.Named("read")}
	of := func(claim model.Claim, given string, who ...*model.Principal) model.Assertion {
		return model.Assertion{Claim: claim, Principals: who, Secrets: db, Verbs: read,
			Given: map[string]string{"Env": given}}
	}
	before := []model.Assertion{of(model.Can, "x", a, b), of(model.Cannot, "hunter2", b)}
	after := []model.Assertion{of(model.Can, "x", b, a), of(model.Cannot, "y", b),
		{Claim: model.OnlyReadableBy, Principals: []*model.Principal{a}, Secrets: db,
			Rotation: true}}
	var got []string
	for _, c := range Assertions(before, after) {
		got = append(got, c.Change+" "+c.Text)
	}
	const want = "added b cannot read db given Env\n" +
		"added db only readable by a and what rotates it\n" +
		"removed b cannot read db given Env"
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
