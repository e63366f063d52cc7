package grants

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/simulator"
	"github.com/secretctl/secretctl/internal/simulator/faults"
)

// The accounts of the chains, and the organization that the last one and the spec's own are in.
const (
	ownAccount   = "111111111111"
	otherAccount = "222222222222"
	organization = "o-a1b2c3d4e5"
)

// chainCaller is somebody who may be able to assume a role.
type chainCaller struct {
	id          string // of a principal of the spec that it is one of; empty: a stranger
	kind, arn   string
	account     string
	org         bool // its account is in the organization
	allows      bool // a stranger whose own policy allows everything
	needsNoHalf bool // the trust alone lets it in
}

// chainCallers are all of them. A stranger of an account or of the organization that a trust names
// is let in like its other members, so that none is here.
var chainCallers = []chainCaller{
	{id: "a", kind: "role", arn: roleARN("a"), account: ownAccount, org: true},
	{id: "b", kind: "role", arn: roleARN("b"), account: ownAccount, org: true},
	{id: "c", kind: "role", arn: roleARN("c"), account: ownAccount, org: true},
	{id: "worker", kind: "role", arn: roleARN("svc/worker"), account: ownAccount, org: true},
	{id: "bob", kind: "user", arn: "arn:aws:iam::111111111111:user/bob", account: ownAccount,
		org: true},
	{id: "people", kind: "role", arn: roleARN("sso/ann"), account: ownAccount, org: true,
		needsNoHalf: true},
	{id: "ci", kind: "role", arn: "arn:aws:iam::222222222222:role/ci", account: otherAccount},
	{id: "eve", kind: "user", arn: "arn:aws:iam::222222222222:user/eve", account: otherAccount},
	{id: "apps", kind: "role", arn: "arn:aws:iam::222222222222:role/app-1", account: otherAccount},
	{id: "partner", kind: "role", arn: "arn:aws:iam::333333333333:role/x", account: "333333333333"},
	{id: "family", kind: "role", arn: "arn:aws:iam::444444444444:role/x", account: "444444444444",
		org: true},
	{kind: "role", arn: roleARN("stranger"), account: ownAccount, org: true, allows: true},
	{kind: "user", arn: "arn:aws:iam::111111111111:user/a", account: ownAccount, allows: true},
	{kind: "role", arn: "arn:aws:iam::222222222222:role/a", account: otherAccount, allows: true},
	{kind: "role", arn: "arn:aws:iam::555555555555:role/x", account: "555555555555", allows: true},
}

func roleARN(name string) string { return "arn:aws:iam::" + ownAccount + ":role/" + name }

// chain is a spec of roles that principals of the spec assume.
type chain struct {
	text   string
	trusts map[string][]chainTrust // of the roles, by their ids
	set    []string                // the members of the set
}

// chainTrust is one trust of a role.
type chainTrust struct {
	role           string // the principal or set that it names
	tags, identity bool
}

// lets says whether a trust lets somebody make a call.
func (c chain) lets(role, id, action string) bool {
	return id != "" && slices.ContainsFunc(c.trusts[role], func(t chainTrust) bool {
		named := t.role == id || t.role == "team" && slices.Contains(c.set, id)
		return named && (action == "sts:AssumeRole" || action == "sts:TagSession" && t.tags ||
			action == "sts:SetSourceIdentity" && t.identity)
	})
}

// someChain makes a spec of random trusts.
func someChain(rng *rand.Rand) chain {
	c := chain{trusts: map[string][]chainTrust{}}
	others := []string{"a", "b", "c", "worker", "bob", "people", "ci", "eve", "apps", "partner",
		"family"}
	for range 1 + rng.IntN(3) {
		if one := others[rng.IntN(len(others))]; !slices.Contains(c.set, one) {
			c.set = append(c.set, one)
		}
	}
	var b strings.Builder
	b.WriteString(`
principals:
  worker: { existingRole: "arn:aws:iam::111111111111:role/svc/worker" }
  bob: { existingUser: "arn:aws:iam::111111111111:user/bob" }
  people: { rolePattern: "arn:aws:iam::111111111111:role/sso/*" }
  ci: { existingRole: "arn:aws:iam::222222222222:role/ci" }
  eve: { existingUser: "arn:aws:iam::222222222222:user/eve", policies: inline }
  apps: { rolePattern: "arn:aws:iam::222222222222:role/app-*" }
  partner: { account: "333333333333" }
  family: { organization: o-a1b2c3d4e5 }
`)
	fmt.Fprintf(&b, "  team: { members: [%s] }\n", strings.Join(c.set, ", "))
	for _, id := range []string{"a", "b", "c"} {
		trusts := []string{"{ service: lambda.amazonaws.com }"}
		for range rng.IntN(4) {
			t := chainTrust{append(others, "team")[rng.IntN(len(others)+1)], rng.IntN(3) == 0,
				rng.IntN(3) == 0}
			c.trusts[id] = append(c.trusts[id], t)
			trusts = append(trusts, fmt.Sprintf(
				"{ role: %s, sessionTags: %t, sourceIdentity: %t }", t.role, t.tags, t.identity))
		}
		name := "roleName: " + id + ", "
		if id == "c" && !c.lets(id, "ci", "sts:AssumeRole") &&
			!c.lets(id, "eve", "sts:AssumeRole") && rng.IntN(2) == 0 {
			name = ""
		}
		fmt.Fprintf(&b, "  %s: { role: { %sassumedBy: [ %s ] } }\n", id, name,
			strings.Join(trusts, ", "))
	}
	c.text = b.String()
	return c
}

// asDeployed returns statements as a document of JSON, with the ARNs of roles that the spec makes
// in the place of functions. Trusts, which have no Resource, get one.
func asDeployed(statements []policy.Statement) any {
	var document map[string]any
	text := cfn.JSON(policy.Document(statements).Value())
	for _, id := range []string{"a", "b", "c"} {
		function := `{"Fn::GetAtt":["` + strings.ToUpper(id) + `Role","Arn"]}`
		text = strings.ReplaceAll(text, function, `"`+roleARN(id)+`"`)
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		panic(err)
	}
	for _, s := range document["Statement"].([]any) {
		if s := s.(map[string]any); s["Resource"] == nil {
			s["Resource"] = "*"
		}
	}
	return document
}

// policies returns the policies of a caller: those that the placement writes for it, and what is
// handed over for it.
func (c chainCaller) policies(p Placement) []any {
	if c.allows {
		return []any{asDeployed([]policy.Statement{{
			Effect: policy.Allow, Action: []string{"sts:*"}, Resource: []string{"*"},
		}})}
	}
	var out []any
	for _, id := range p.Identities {
		for _, part := range id.Parts {
			if id.To.ID == c.id {
				out = append(out, asDeployed(part.Document))
			}
		}
	}
	for _, h := range p.HandOvers {
		if h.To.ID == c.id {
			out = append(out, asDeployed(h.Statements))
		}
	}
	return out
}

// assume asks the simulator whether a caller may make a call on a role. A role's trust must have a
// part in every permission, as a key's policy must.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func (c chainCaller) assume(role, action string, identity []any, trust any) bool {
	context := map[string][]string{
		"aws:principalarn": {c.arn}, "aws:principalaccount": {c.account},
	}
	if c.org {
		context["aws:principalorgid"] = []string{organization}
	}
	allowed, _ := simulator.Decide(simulator.Request{
		CallerARN: c.arn, CallerKind: c.kind, CallerAccount: c.account, Action: action,
		Resource: roleARN(role), ResourceAccount: ownAccount, Context: context,
	}, simulator.Policies{Identity: identity, Resource: trust, IsKey: true})
	return allowed
}

// TestChainsAllowWhatTrustsSayAndNothingElse: whom a role names may assume it, with what it lets
// pass, and nobody else, by both halves and not by the trust alone.
func TestChainsAllowWhatTrustsSayAndNothingElse(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	allowed := 0
	for range 150 {
		c := someChain(rng)
		permissions := derive(t, c.text)
		placement, found := Place(permissions)
		if found.HasErrors() {
			t.Fatalf("%s\n%s", found[0].Says(nil), c.text)
		}
		for _, role := range permissions.Model.Principals {
			if role.Role == nil {
				continue
			}
			var trust []policy.Statement
			for i := range role.Role.Trusts {
				trust = append(trust, placement.Trusts[&role.Role.Trusts[i]]...)
			}
			for _, who := range chainCallers {
				for _, action := range []string{
					"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity",
				} {
					want := c.lets(role.ID, who.id, action)
					document := asDeployed(trust)
					if got := who.assume(role.ID, action, who.policies(placement),
						document); got != want {
						t.Fatalf("%s may %s %s: %t, and the spec says %t\n%s", who.arn, action,
							role.ID, got, want, c.text)
					}
					if half := who.assume(role.ID, action, nil, document); half !=
						(want && who.needsNoHalf) {
						t.Fatalf("%s may %s %s by the trust alone: %t\n%s", who.arn, action,
							role.ID, half, c.text)
					}
					if want {
						allowed++
					}
				}
			}
		}
	}
	if allowed < 500 {
		t.Errorf("only %d calls are allowed", allowed)
	}
}

// grantCall is a call to KMS that a service of AWS may make.
type grantCall struct {
	who         string // deployer or other
	action, via string
	forResource string // kms:GrantIsForAWSResource; empty: absent
}

// lets says by a key of a spec whether a call is allowed.
func (c grantCall) lets(k *model.Key, region string, secretsIn []string) bool {
	if !k.Delegates && c.who != "deployer" {
		return false
	}
	if c.action != "kms:CreateGrant" && slices.Contains(aws.KeyAdministration, c.action) {
		return true
	}
	service, rest, _ := strings.Cut(c.via, ".")
	if service == "secretsmanager" {
		in := strings.TrimSuffix(rest, ".amazonaws.com")
		return slices.Contains(secretsIn, in) && slices.Contains(aws.KeyUse, c.action)
	}
	return slices.ContainsFunc(k.ServiceGrants, func(s *aws.ServiceGrant) bool {
		return rest == region+".amazonaws.com" && slices.Contains(s.Via, service) &&
			(slices.Contains(s.Actions, c.action) ||
				c.action == "kms:CreateGrant" && c.forResource == "true")
	})
}

// grantCalls are the calls to a key in one Region or by a service of another.
func grantCalls() []grantCall {
	var out []grantCall
	services := []string{"secretsmanager", "s3"}
	actions := append([]string{"kms:CreateGrant", "kms:RetireGrant"}, aws.KeyUse...)
	for _, s := range aws.ServiceGrants {
		services = append(services, s.Via...)
		actions = append(actions, s.Actions...)
	}
	slices.Sort(services)
	slices.Sort(actions)
	vias := []string{""}
	for _, s := range slices.Compact(services) {
		for _, region := range []string{"eu-west-1", "us-east-1"} {
			vias = append(vias, s+"."+region+".amazonaws.com")
		}
	}
	for _, who := range []string{"deployer", "other"} {
		for _, action := range slices.Compact(actions) {
			for _, via := range vias {
				for _, forResource := range []string{"", "true", "false"} {
					out = append(out, grantCall{who, action, via, forResource})
				}
			}
		}
	}
	return out
}

// decide asks the simulator, for a caller whose own policies allow everything on the key.
func (c grantCall) decide(document any) bool {
	arn := roleARN(c.who)
	context := map[string][]string{
		"aws:principalarn": {arn}, "aws:principalaccount": {ownAccount},
		"kms:calleraccount": {ownAccount}, "aws:principalisawsservice": {"false"},
	}
	if c.via != "" {
		context["kms:viaservice"] = []string{c.via}
	}
	if c.forResource != "" {
		context["kms:grantisforawsresource"] = []string{c.forResource}
	}
	allowed, _ := simulator.Decide(simulator.Request{
		CallerARN: arn, CallerKind: "role", CallerAccount: ownAccount, Action: c.action,
		Resource:        "arn:aws:kms:eu-west-1:111111111111:key/1",
		ResourceAccount: ownAccount, Context: context,
	}, simulator.Policies{
		Identity: []any{asDeployed([]policy.Statement{{
			Effect: policy.Allow, Action: []string{"kms:*"}, Resource: []string{"*"},
		}})},
		Resource: document, IsKey: true,
	})
	return allowed
}

// TestServiceGrantsAllowWhatServicesNeedAndNothingElse: a key's policy lets services make grants
// for AWS's resources and use the key as their pages ask, in the key's Region, and nobody do
// anything else.
func TestServiceGrantsAllowWhatServicesNeedAndNothingElse(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 17))
	calls := grantCalls()
	for range 12 {
		words := aws.ServiceGrantWords()
		rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		words = words[:rng.IntN(4)]
		services := ""
		if len(words) > 0 {
			services = ", serviceGrants: [" + strings.Join(words, ", ") + "]"
		}
		text := fmt.Sprintf(`
deployer: deployer
principals: { deployer: { existingRole: "arn:aws:iam::111111111111:role/deployer" } }
keys: { k: { iamDelegation: %t%s } }
secrets: { s: { name: s, key: k, replicas: [ { region: us-east-1, key: k } ] } }`,
			rng.IntN(2) == 0, services)
		placement, found := Place(derive(t, text))
		if found.HasErrors() {
			t.Fatalf("%s\n%s", found[0].Says(nil), text)
		}
		for _, kp := range placement.KeyPolicies {
			region, secretsIn := "eu-west-1", []string{"eu-west-1", "us-east-1"}
			if kp.Stack.Region != "" {
				region = kp.Stack.Region
			}
			document := asDeployed(kp.Document)
			for _, c := range calls {
				if got, want := c.decide(document), c.lets(kp.Key, region, secretsIn); got != want {
					t.Fatalf("%+v in %s: %t, want %t\n%s", c, region, got, want, text)
				}
			}
		}
	}
}

// plantedInChains are mistakes that these two properties must find.
var plantedInChains = []faults.Fault{
	{"trust.go", `With("ArnEquals", "aws:PrincipalArn", arns...)`,
		`With("ArnEquals", "aws:PrincipalArn", arns[0])`},
	{"trust.go", `if t.SessionTags || service.SessionTags {`, `if service.SessionTags {`},
	{"trust.go", `		id.others = append(id.others, s)`, `		_ = id`},
	{"trust.go", `slices.Equal(have.Principal.AWS, s.Principal.AWS) &&`, `true &&`},
	{"trust.go", `	case other.Kind == model.RolePattern && other.Account == "":`,
		`	case other.Kind == model.RolePattern:`},
	{"trust.go", `				if s, ok := p.trust(role, t, other); ok {`,
		`				if s, ok := p.trust(role, t, t.Assumers[0]); ok {`},
	{"key.go", `grants.Condition.With("Bool", "kms:GrantIsForAWSResource", "true")`,
		`grants.Condition.With("Bool", "kms:GrantIsForAWSResource", "false")`},
	{"key.go", `With("BoolIfExists", "kms:GrantIsForAWSResource", "false")`,
		`With("BoolIfExists", "kms:GrantIsForAWSResource", "true")`},
	{"key.go", `p.servicesIn(region, via...)...),`, `p.servicesIn(p.region(), via...)...),`},
	{"key.go", `		all = append(all, s.Via...)`, `		all = s.Via`},
	{"key.go", `			Condition: p.named(k, []*model.Principal{p.m.Deployer}, p.stackOfKey(region)).
				With(`, `			Condition: policy.Conditions{}.
				With(`},
}

// TestChainsFindPlantedFaults: the two properties find faults that are planted.
func TestChainsFindPlantedFaults(t *testing.T) {
	faults.Find(t, plantedInChains, []int{0, 6}, "^Test(Chains|ServiceGrants)Allow")
}
