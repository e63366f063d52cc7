package compile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// choices makes decisions out of bytes, so that a fuzzer that changes a byte changes one decision. When the bytes run out the answer is always the first.
type choices struct {
	data []byte
}

func (c *choices) n(n int) int {
	if len(c.data) == 0 || n <= 1 {
		return 0
	}
	b := c.data[0]
	c.data = c.data[1:]
	return int(b) % n
}

func (c *choices) of(list ...string) string { return list[c.n(len(list))] }

// some returns a few members of a list, at least one.
func (c *choices) some(list []string) []string {
	out := []string{list[c.n(len(list))]}
	for c.n(3) == 1 && len(out) < 3 {
		if one := list[c.n(len(list))]; !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// generated makes a spec out of bytes: most of what the language has about who may do what, in one, two or three accounts. Not every spec that comes out
// compiles: what must not be combined is combined too.
func generated(data []byte) []byte {
	c := &choices{data}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("version: 1\nstack: gen")
	if c.n(12) != 1 {
		line("environment: { account: \"111111111111\", region: eu-west-1 }")
	}
	line("deployer: ci")
	if c.n(5) == 1 {
		line("shards: 3")
	}
	line("conditions: { IsProd: !Equals [a, a] }")
	line("keys:")
	keys := []string{"own", "strict", "loose", "foreign", "theirs"}
	line("  own: %s", c.of("{}", "{ admins: ops }", "{ pinSecrets: false }"))
	line("  strict: { iamDelegation: false }")
	line("  loose: { pinSecrets: false }")
	line("  foreign: { import: { arn: \"arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555\" }%s }", c.of("", ", iamDelegation: true", ", iamDelegation: false"))
	line("  theirs: { import: { alias: theirs }%s }", c.of("", ", iamDelegation: false"))
	line("  distant: { import: { arn: \"arn:aws:kms:us-east-1:111111111111:key/99999999-2222-3333-4444-555555555555\" } }")
	line("principals:\n  ci: { existingRole: arn:aws:iam::111111111111:role/ci }\n  ops: { existingRole: arn:aws:iam::111111111111:role/ops }")
	kinds := []string{
		"{ role: { assumedBy: { service: lambda.amazonaws.com } } }", "{ role: { roleName: named, path: /app/, assumedBy: { service: lambda.amazonaws.com } } }",
		"{ existingRole: arn:aws:iam::111111111111:role/svc/worker }", "{ existingRole: byname, policies: inline }", "{ existingUser: arn:aws:iam::111111111111:user/bob }", "{ existingGroup: team }",
		"{ rolePattern: \"arn:aws:iam::111111111111:role/sso/*\" }", "{ service: events.amazonaws.com }",
		"{ existingRole: arn:aws:iam::222222222222:role/reporter }", "{ existingUser: arn:aws:iam::222222222222:user/eve, policies: inline }", "{ rolePattern: \"arn:aws:iam::222222222222:role/sso/*\" }",
		"{ account: \"222222222222\" }", "{ account: \"333333333333\" }", "{ organization: o-a1b2c3d4e5 }", "{ organizationPath: \"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*\" }",
		"{ existingRole: arn:aws:iam::333333333333:role/other }",
	}
	var principals []string
	for i := range 1 + c.n(4) {
		principals = append(principals, fmt.Sprintf("p%d", i))
		kind := c.n(len(kinds))
		line("  p%d: %s", i, kinds[kind])
		kinds = slices.Delete(kinds, kind, kind+1) // two ids for one principal would have each other's grants
	}
	line("secrets:")
	var secrets []string
	for i := range 1 + c.n(3) {
		id := fmt.Sprintf("s%d", i)
		secrets = append(secrets, id)
		if c.n(8) == 1 {
			line("  %s: { import: { %s }%s }", id, c.of("arn: \"arn:aws:secretsmanager:eu-west-1:111111111111:secret:old-AbCdEf\"", "partialArn: \"arn:aws:secretsmanager:eu-west-1:222222222222:secret:far\"", "name: by/name",
				"arn: \"arn:aws:secretsmanager:eu-west-1:333333333333:secret:far-AbCdEf\""), c.of("", ", key: foreign", ", key: theirs"))
			continue
		}
		properties := []string{fmt.Sprintf("name: gen/%s", id)}
		if c.n(10) == 1 {
			properties = nil
		}
		if k := c.n(len(keys) + 2); k < len(keys) {
			properties = append(properties, "key: "+keys[k])
		}
		if c.n(3) == 1 {
			properties = append(properties, "replicas: "+c.of("us-east-1", "{ region: us-east-1, key: own }", "{ region: us-east-1, key: distant }", "[{ region: us-east-1, key: own }, { region: eu-north-1, key: strict }]",
				"[us-east-1, { region: eu-north-1, key: own }]", "{ region: us-east-1, key: loose }"))
		}
		if c.n(4) == 1 {
			properties = append(properties, "policy: { "+c.of("requireTls: true", "denyDelete: true", "onlyFromVpcEndpoints: vpce-0a1b2c3d", "onlyFromVpcs: vpc-0a1b2c3d, exempt: ops", "onlyOrganization: o-a1b2c3d4e5", "onlyGrantees: true",
				"onlyGrantees: true, requireTls: true", "onlyFromVpcEndpoints: vpce-0a1b2c3d, onlyOrganization: o-a1b2c3d4e5")+" }")
		}
		if c.n(8) == 1 {
			properties = append(properties, "condition: IsProd")
		}
		line("  %s: { %s }", id, strings.Join(properties, ", "))
	}
	line("grants:")
	for range 1 + c.n(4) {
		verb := c.of("read", "write", "describe", "batchRead", "rotate", "delete", "replicate", "manage", "list")
		terms := ""
		if verb == "read" || verb == "batchRead" {
			terms += c.of("", "", ", versionStages: AWSCURRENT", ", versionStages: AWSPREVIOUS", ", versionStages: [AWSCURRENT, AWSPREVIOUS]")
		}
		terms += c.of("", "", "", ", regions: eu-west-1", ", regions: us-east-1", ", when: { mfa: true }", ", when: { sourceVpce: vpce-0a1b2c3d }", ", when: { sourceIp: 203.0.113.0/24 }",
			", when: { principalTags: { team: red } }", ", until: 2027-01-01", ", when: { condition: { StringLike: { \"aws:PrincipalTag/team\": \"r*\" } } }")
		line("  - { to: [%s], allow: %s, secrets: [%s]%s }", strings.Join(c.some(principals), ", "), verb, strings.Join(c.some(secrets), ", "), terms)
	}
	return []byte(b.String())
}

// FuzzGrantedIsAllowedAndNothingElse: the two properties hold for every spec that compiles, and in those that are small the documents say nothing
// superfluous.
func FuzzGrantedIsAllowedAndNothingElse(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		f.Add(someBytes(rng))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := generated(data)
		w := newWorld(text)
		if w == nil {
			return
		}
		if wrong, _ := w.check(); wrong != nil {
			t.Fatalf("%s\n%s", strings.Join(wrong, "\n"), text)
		}
	})
}

func someBytes(rng *rand.Rand) []byte {
	data := make([]byte, 80)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

func TestGrantedIsAllowedAndNothingElseInGeneratedSpecs(t *testing.T) {
	const n = 600
	rng := rand.New(rand.NewPCG(7, 11))
	compiled, asked := 0, 0
	for range n {
		text := generated(someBytes(rng))
		w := newWorld(text)
		if w == nil {
			continue
		}
		compiled++
		wrong, k := w.check()
		asked += k
		if wrong != nil {
			t.Fatalf("%s\n%s", strings.Join(wrong, "\n"), text)
		}
	}
	t.Logf("%d of %d specs compile; %d requests", compiled, n, asked)
	if compiled < n/5 {
		t.Errorf("only %d of %d generated specs compile", compiled, n)
	}
}
