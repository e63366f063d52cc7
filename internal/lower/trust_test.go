package lower

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/simulator"
	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// trustOf returns the trust of the role r of a spec as JSON decodes it. Its statements get a
// Resource, which in a trust is the role.
func trustOf(t *testing.T, assumedBy string) map[string]any {
	t.Helper()
	c := compile(t, fmt.Sprintf(`environment: { account: "111111111111", region: eu-west-1 }
principals: { r: { role: { assumedBy: %s } } }
secrets: { s: {} }`, assumedBy))
	var out map[string]any
	text := cfn.JSON(c.stacks[0].Template.Resources["RRole"].Properties.
		Get("AssumeRolePolicyDocument"))
	if err := json.Unmarshal([]byte(text), &out); err != nil || len(c.found) > 0 {
		t.Fatalf("%s: %v %s", assumedBy, err, said(c.found))
	}
	for _, s := range out["Statement"].([]any) {
		s.(map[string]any)["Resource"] = "*"
	}
	return out
}

// assumes asks the simulator whether a service may make a call on the role.
func assumes(trust any, service, action string, context map[string][]string) bool {
	allowed, _ := simulator.Decide(simulator.Request{
		CallerARN: service, CallerKind: "service", Action: action, Context: context,
		Resource: "arn:aws:iam::111111111111:role/r", ResourceAccount: "111111111111",
	}, simulator.Policies{Resource: trust, IsKey: true})
	return allowed
}

// TestServicesAssumeWhatTheyShould: a service assumes a role for its own account with all that it
// passes, and for another account where it does not say for whom; nobody else does, and a condition
// of the trust's own stands in the place of the derived one.
func TestServicesAssumeWhatTheyShould(t *testing.T) {
	source := func(account string) map[string][]string {
		return map[string][]string{"aws:sourceaccount": {account}}
	}
	for _, service := range append(aws.TrustedServices(), "lambda.amazonaws.com") {
		row := aws.TrustOf(service)
		trust := trustOf(t, "{ service: "+service+" }")
		for _, flags := range []struct {
			spec string
			want map[string]bool
		}{
			{"", map[string]bool{"sts:AssumeRole": true, "sts:TagSession": row.SessionTags,
				"sts:SetSourceIdentity": row.SourceIdentity}},
			{", sessionTags: true, sourceIdentity: true", map[string]bool{"sts:AssumeRole": true,
				"sts:TagSession": true, "sts:SetSourceIdentity": true}},
		} {
			trust := trustOf(t, "{ service: "+service+flags.spec+" }")
			for action, want := range flags.want {
				if got := assumes(trust, service, action, source("111111111111")); got != want {
					t.Errorf("%s%s may %s: %t", service, flags.spec, action, got)
				}
			}
		}
		if got := assumes(trust, service, "sts:AssumeRole",
			source("222222222222")); got == row.SourceAccount {
			t.Errorf("%s may assume the role for another account: %t", service, got)
		}
		if assumes(trust, "x.amazonaws.com", "sts:AssumeRole", source("111111111111")) {
			t.Errorf("another service than %s may assume the role", service)
		}
		own := trustOf(t, "{ service: "+service+
			", condition: { StringLike: { AWS:SourceAccount: \"2*\" } } }")
		if !assumes(own, service, "sts:AssumeRole", source("222222222222")) ||
			assumes(own, service, "sts:AssumeRole", source("111111111111")) {
			t.Errorf("the condition of the trust's own does not stand alone for %s", service)
		}
	}
}

// TestTrustsStayHeldToTheAccount: a condition of a trust's own that leaves open for which account a
// service calls does not take the derived one away.
func TestTrustsStayHeldToTheAccount(t *testing.T) {
	const service = "ecs-tasks.amazonaws.com"
	if !aws.TrustOf(service).SourceAccount {
		t.Fatalf("%s sends no aws:SourceAccount", service)
	}
	for condition, held := range map[string]bool{
		`StringLike: { aws:SourceArn: "*" }`:                                             true,
		`ArnLike: { aws:sourcearn: "arn:aws:ecs:*:*:*" }`:                                true,
		`ArnLike: { aws:SourceArn: "arn:aws:s3:::bucket" }`:                              true,
		`ArnLike: { aws:SourceArn: ["arn:aws:ecs:*:222222222222:*", "arn:aws:s3:::b"] }`: true,
		`StringEqualsIfExists: { aws:SourceAccount: "222222222222" }`:                    true,
		`StringLike: { aws:SourceAccount: "*" }`:                                         true,
		`StringNotEquals: { aws:SourceAccount: "333333333333" }`:                         true,
		`"Null": { aws:SourceAccount: "false" }`:                                         true,
		`"Null": { aws:SourceArn: "true" }`:                                              true,
		`StringEquals: { aws:RequestedRegion: eu-west-1 }`:                               true,
		`ArnLike: { aws:sourcearn: "arn:aws:ecs:*:222222222222:*" }`:                     false,
		`StringEquals: { aws:SourceAccount: "222222222222" }`:                            false,
	} {
		trust := trustOf(t, "{ service: "+service+", condition: { "+condition+" } }")
		text := fmt.Sprint(trust)
		got := strings.Contains(text, "aws:SourceAccount:111111111111")
		if got != held {
			t.Errorf("under %s the trust is held to its account: %t: %s", condition, got, text)
		}
	}
}

// TestCertificatesAssumeWhatTheyShould: a certificate assumes a role if its trust anchor vouches
// for it and it says all that is asked.
func TestCertificatesAssumeWhatTheyShould(t *testing.T) {
	const anchor = "arn:aws:rolesanywhere:eu-west-1:111111111111:trust-anchor/abc"
	trust := trustOf(t, `{ rolesAnywhere: { trustAnchorArn: "`+anchor+`", subject: { CN: `+
		`[a.example.com, b.example.com], OU: ops }, san: { DNS: "*.example.com" } } }`)
	for _, row := range []struct {
		anchor, name, unit, dns string
		want                    bool
	}{
		{anchor, "a.example.com", "ops", "x.example.com", true},
		{anchor, "b.example.com", "ops", "x.example.com", true},
		{anchor + "d", "a.example.com", "ops", "x.example.com", false},
		{anchor, "c.example.com", "ops", "x.example.com", false},
		{anchor, "a.example.com", "dev", "x.example.com", false},
		{anchor, "a.example.com", "ops", "example.org", false},
		{anchor, "a.example.com", "", "x.example.com", false},
	} {
		context := map[string][]string{
			"aws:sourcearn": {row.anchor}, "aws:principaltag/x509subject/cn": {row.name},
			"aws:principaltag/x509san/dns": {row.dns},
		}
		if row.unit != "" {
			context["aws:principaltag/x509subject/ou"] = []string{row.unit}
		}
		for _, action := range []string{
			"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity",
		} {
			if got := assumes(trust, "rolesanywhere.amazonaws.com", action,
				context); got != row.want {
				t.Errorf("%+v may %s: %t", row, action, got)
			}
		}
	}
}

// TestTrustsFindPlantedFaults: these tests find faults that are planted.
func TestTrustsFindPlantedFaults(t *testing.T) {
	planted := []faults.Fault{
		{"iam.go", `&& !slices.ContainsFunc(t.Condition, statesAccount):`, `:`},
		{"iam.go", `	case "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike":
	default:`, `	default:`},
		{"iam.go", `With("ArnEquals", "aws:SourceArn", t.TrustAnchorARN)`,
			`With("ArnNotEquals", "aws:SourceArn", t.TrustAnchorARN)`},
		{"iam.go", `case strings.EqualFold(c.Key, "aws:SourceAccount"):`,
			`case c.Key == "aws:SourceAccount":`},
	}
	faults.Find(t, planted, []int{0}, "AssumeWhatTheyShould")
}
