package access_test

import (
	"os"
	"testing"

	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// planted are mistakes that the generated estates must find.
var planted = []faults.Fault{
	// Who calls.
	{"caller.go", `case p.Kind == UserPrincipal, p.kindOfPattern("user/"), p.isUserID():`,
		`case p.kindOfPattern("user/"), p.isUserID():`},
	{"caller.go", `if p.AsFar && !v.same(owner, p.Account) {`, `if p.AsFar {`},
	{"caller.go", `	case AccountPrincipal, OrganizationPrincipal, EverybodyPrincipal:
		return true`, `	case AccountPrincipal, OrganizationPrincipal:
		return true`},
	{"facts_caller.go", `case p.SessionTags || !p.KnownTags || strings.HasPrefix(name, "aws:"):`,
		`case !p.KnownTags || strings.HasPrefix(name, "aws:"):`},
	{"facts_caller.go", `return certain(p.ARN[strings.LastIndexByte(p.ARN, '/')+1:])`,
		`return absent`},
	{"load_principals.go", `who.p.SessionTags = !trust.read || letsPassTags(who.trust)`,
		`who.p.SessionTags = false`},
	// What is called.
	{"facts.go", `return told(c.s.Tags, name, "secret tag")`,
		`return told(nil, name, "secret tag")`},
	{"facts.go", `return told(c.key.Tags, name, "key tag")`,
		`return told(c.s.Tags, name, "key tag")`},
	{"facts.go", `c.service = viaService(c.arn, c.via.region)`,
		`c.service = viaService(c.arn, "us-east-1")`},
	{"facts.go", `return certain(c.region)`, `return certain("us-east-1")`},
	// What stands together.
	{"facts.go", `, Route: wayOf(key)`, ``},
	{"facts.go", `if c.p.Kind != ServicePrincipal {`, `if false {`},
	{"sessions.go", `case key == "sourceidentity" && (isUser`, `case false && (isUser`},
	{"sessions.go", `case key == "multifactorauthpresent" && p.Never.MFA:`, `case false:`},
	// Which permissions a call takes.
	{"calls.go", `c.home = []aws.Action{"kms:Decrypt"}
	case "secretsmanager:PutSecretValue":`, `
	case "secretsmanager:PutSecretValue":`},
	{"calls.go", `c.replicas = c.home`, `c.replicas = nil`},
	{"calls.go", `q.Policies.Key = c.key != nil`, `q.Policies.Key = false`},
	{"calls.go", `if b := boundary; b != nil {`, `if b := boundary; b != nil && false {`},
	{"calls.go", `	for _, account := range unstatedMayBe(p, s) {`,
		`	for _, account := range unstatedMayBe(p, s)[:0] {`},
	{"calls.go", `if function == "" || p.Kind == ServicePrincipal || p.unnamed() {`,
		`if cfn.HasUnknown(function) || p.Kind == ServicePrincipal || p.unnamed() {`},
	{"rotate.go", `	documents = append(documents, s.Policy...)
	documents = append(documents, p.Boundary)`, `	documents = documents[:0]`},
	// Whom somebody may become.
	{"load_finish.go", `t.accounts[a.account] = true`, ``},
	{"load_finish.go", `role.Account || c.p.AsFar {`, `role.Account {`},
	{"load_finish.go", `t.rule.Excludes(c.p.trustFact, keysOfTrust)`, `len(t.rule.Conditions) > 0`},
	// How answers are put together.
	{"ask.go", `		case a.Effect != out.Effect:
			out.unknownAs(`, `		case false:
			out.unknownAs(`},
	{"ask.go", `	case len(answers):
		only = nil`, `	case len(answers):`},
	{"worlds.go", `	case least == most:
		out.Effect = least`, `	case true:
		out.Effect = most`},
	{"report_ask.go", `if one := get(c); one.Effect > covered[action] {`,
		`if one := get(c); one.Effect > Conditional && one.Effect > covered[action] {`},
	{"finder.go", `	add(f.direct[p.ARN])`, ``},
	{"finder.go", `case r.NotResources && t == cfn.Yes && !strings.Contains(r.Resources[i], "${"):`,
		`case r.NotResources && t != cfn.No:`},
	{"witness.go", `for _, name := range []string{key, f.Name} {`,
		`for _, name := range []string{f.Name} {`},
}

// TestGeneratedEstatesFindPlantedFaults: the sample of generated estates finds a fault.
func TestGeneratedEstatesFindPlantedFaults(t *testing.T) {
	if os.Getenv("SOUNDNESS") == "" {
		faults.Find(t, planted, []int{3, 12, 15}, "^TestAnswersAreSound$")
	}
}
