package compile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
)

// choices makes decisions out of bytes, so that a fuzzer that changes a byte changes one decision.
// When the bytes run out the answer is always the first.
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

// generated makes a spec out of bytes: most of what the language has about who may do what, in one,
// two or three accounts. Not every spec that comes out compiles: what must not be combined is
// combined too.
func generated(data []byte) []byte {
	c := &choices{data}
	// What says nothing of secrets follows from the last bytes, so that the rest stays as it is.
	last := &choices{data[max(0, len(data)-3):]}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("version: 1\nstack: gen\nenvironment: { account: \"111111111111\", region: eu-west-1 " +
		"}\ndeployer: ci")
	sharded := c.n(5) == 1
	if sharded {
		line("shards: 3")
	}
	line("conditions: { IsProd: !Equals [a, a] }")
	line("keys:")
	keys := []string{"own", "strict", "loose", "foreign", "theirs"}
	line("  own: %s", c.of("{}", "{ admins: ops }", "{ admins: [ops, made] }",
		"{ pinSecrets: false }"))
	line("  strict: %s", c.of("{ iamDelegation: false }", "{ iamDelegation: false, admins: ops }",
		"{ iamDelegation: false, admins: sso }", "{ iamDelegation: false, pinSecrets: false }"))
	line("  loose: { pinSecrets: false%s }", last.of("", ", serviceGrants: [rds, kafka]"))
	line("  open: { policy: { statements: { Effect: Allow, Principal: { AWS: " +
		"\"arn:aws:iam::111111111111:root\" }, Action: \"kms:*\", Resource: \"*\" } } }")
	line("  foreign: { import: { arn: \"arn:aws:kms:eu-west-1:222222222222:key/"+
		"11111111-2222-3333-4444-555555555555\" }%s }",
		c.of("", ", iamDelegation: true", ", iamDelegation: false", ", pinSecrets: false"))
	line("  theirs: { import: { alias: theirs }%s }", c.of("", ", iamDelegation: false"))
	line("  distant: { import: { arn: \"arn:aws:kms:us-east-1:111111111111:key/" +
		"99999999-2222-3333-4444-555555555555\" } }")
	line("principals:\n  ci: { existingRole: arn:aws:iam::111111111111:role/ci }\n  ops: { " +
		"existingRole: arn:aws:iam::111111111111:role/ops }")
	line("  made: { role: { roleName: made, assumedBy: [ { service: lambda.amazonaws.com }%s ] } }",
		last.of("", ", { role: ops }", ", { role: sso }, { role: audit }", ", { role: family }"))
	line("  sso: { rolePattern: \"arn:aws:iam::111111111111:role/admins/*\" }\n  audit: { " +
		"account: \"333333333333\" }\n  family: { organization: o-a1b2c3d4e5 }")
	line("  branch: { organizationPath: \"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*\" }")
	kinds := []string{
		"{ role: { assumedBy: [ { service: lambda.amazonaws.com }" + last.of("",
			", { role: made, sessionTags: true }") + " ] } }",
		"{ role: { roleName: named, path: /app/, assumedBy: { service: lambda.amazonaws.com } } }",
		"{ existingRole: arn:aws:iam::111111111111:role/svc/worker }",
		"{ existingRole: byname, policies: inline }",
		"{ existingUser: arn:aws:iam::111111111111:user/bob }", "{ existingGroup: team }",
		"{ rolePattern: \"arn:aws:iam::111111111111:role/sso/*\" }",
		"{ service: events.amazonaws.com }",
		"{ existingRole: arn:aws:iam::222222222222:role/reporter }",
		"{ existingUser: arn:aws:iam::222222222222:user/eve, policies: inline }",
		"{ rolePattern: \"arn:aws:iam::222222222222:role/sso/*\" }",
		"{ account: \"222222222222\" }", "{ existingRole: arn:aws:iam::333333333333:role/other }",
	}
	// there anyway: two ids for one principal would have each other's grants
	many := []string{"audit", "family", "branch"}
	var principals []string
	for i := range 1 + c.n(4) {
		kind := c.n(len(kinds) + len(many))
		if kind >= len(kinds) {
			principals = append(principals, many[kind-len(kinds)])
			continue
		}
		principals = append(principals, fmt.Sprintf("p%d", i))
		line("  p%d: %s", i, kinds[kind])
		kinds = slices.Delete(kinds, kind, kind+1)
	}
	line("secrets:")
	var secrets []string
	for i := range 1 + c.n(3) {
		secrets = append(secrets, c.secret(i, keys, principals, sharded, line))
	}
	line("grants: [")
	for range 2 + c.n(4) {
		verb := c.of("read", "write", "describe", "batchRead", "rotate", "read", "write", "delete",
			"replicate", "manage", "list", "purge", "replicate")
		terms := ""
		if verb == "read" || verb == "batchRead" {
			terms += c.of("", "", ", versionStages: AWSCURRENT", ", versionStages: AWSPREVIOUS",
				", versionStages: [AWSCURRENT, AWSPREVIOUS]")
		}
		terms += c.of("", "", "", "", ", regions: eu-west-1", ", regions: us-east-1",
			", regions: [us-east-1, us-west-2]",
			", when: { condition: { StringEquals: { \"aws:RequestedRegion\": eu-west-1 } } }",
			", when: { condition: { StringNotLike: { \"aws:RequestedRegion\": eu-* } } }",
			", when: { mfa: true }", ", when: { sourceVpce: vpce-0a1b2c3d }",
			", when: { sourceIp: 203.0.113.0/24 }",
			", when: { principalTags: { team: red } }", ", until: 2027-01-01",
			", when: { condition: { StringLike: { \"aws:PrincipalTag/team\": \"r*\" } } }")
		line("  { to: [%s], allow: %s, secrets: [%s]%s },", strings.Join(c.some(principals), ", "),
			verb, strings.Join(c.some(secrets), ", "), terms)
	}
	line("]")
	return []byte(b.String())
}

// secret writes a secret and returns its id.
func (c *choices) secret(i int, keys, principals []string, sharded bool,
	line func(format string, args ...any)) string {
	id := fmt.Sprintf("s%d", i)
	if c.n(8) == 1 {
		line("  %s: { import: { %s }%s }", id,
			c.of("arn: \"arn:aws:secretsmanager:eu-west-1:111111111111:secret:old-AbCdEf\"",
				"partialArn: \"arn:aws:secretsmanager:eu-west-1:222222222222:secret:far\"",
				"name: by/name",
				"arn: \"arn:aws:secretsmanager:eu-west-1:333333333333:secret:far-AbCdEf\"",
				"arn: \"arn:aws:secretsmanager:us-east-1:111111111111:secret:west-AbCdEf\""),
			c.of("", ", key: foreign", ", key: theirs", ", key: distant",
				", policy: { manage: true, requireTls: true }"))
		return id
	}
	properties := []string{fmt.Sprintf("name: gen/%s", id)}
	if c.n(10) == 1 && !sharded {
		properties = nil
	}
	if k := c.n(len(keys) + 2); k < len(keys) {
		properties = append(properties, "key: "+keys[k])
	}
	if c.n(3) == 1 {
		properties = append(properties,
			"replicas: "+c.of("us-east-1", "{ region: us-east-1, key: own }",
				"{ region: us-east-1, key: distant }",
				"[{ region: us-east-1, key: own }, { region: eu-north-1, key: strict }]",
				"[us-east-1, { region: eu-north-1, key: own }]",
				"{ region: us-east-1, key: loose }",
				"[{ region: us-east-1, key: loose }, { region: eu-north-1, key: own }]"))
	}
	if c.n(3) == 1 {
		properties = append(properties,
			"policy: { "+c.of("requireTls: true", "denyDelete: true",
				"onlyFromVpcEndpoints: vpce-0a1b2c3d", "onlyFromVpcs: vpc-0a1b2c3d",
				"onlyFromVpcEndpoints: vpce-0a1b2c3d, onlyFromVpcs: [vpc-0a1b2c3d, vpc-9]",
				"onlyOrganization: o-a1b2c3d4e5", "onlyGrantees: true", "onlyGrantees: true",
				"onlyGrantees: true, requireTls: true",
				"onlyFromVpcEndpoints: [vpce-0a1b2c3d, vpce-9], onlyOrganization: o-a1b2c3d4e5")+
				c.of("", "", ", exempt: ops", ", exempt: sso", ", exempt: audit",
					", exempt: branch",
					", exempt: [ops, audit]")+" }")
	}
	if c.n(8) == 1 {
		properties = append(properties, "condition: IsProd")
	}
	if c.n(3) == 1 {
		way := c.of(
			`lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate"%s%s }`,
			`lambda: { functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:rotate"%s%s }`,
			"hosted: { rotationType: MySQLSingleUser%.0s%.0s }",
			"hosted: { rotationType: MySQLSingleUser, rotationLambdaName: hosted%.0s%.0s }")
		super, role := "", ""
		if i > 0 && c.n(2) == 1 {
			super = ", superuserSecret: s0"
		}
		if c.n(3) > 0 {
			role = ", executionRole: " + c.of(append(principals, "ops")...)
		}
		properties = append(properties, "rotation: { rotateImmediatelyOnUpdate: false, "+
			fmt.Sprintf(way, role, super)+" }",
			"value: { generate: { secretStringTemplate: { username: app, engine: mysql, host: "+
				"db.example.com }, generateStringKey: password, excludeCharacters: "+
				"\":/@\\\"'\\\\\" } }")
	}
	line("  %s: { %s }", id, strings.Join(properties, ", "))
	return id
}

// possible returns a spec without the grants and, at last, the properties of secrets that cannot be
// combined with the rest, and its world: nil where something else is wrong with it.
func possible(text []byte) (*world, []byte) {
	for {
		w, found := compiledWorld(text)
		if w != nil {
			return w, text
		}
		lines := strings.SplitAfter(string(text), "\n")
		if !withoutWrong(lines, found) {
			return nil, text
		}
		text = []byte(strings.Join(lines, ""))
	}
}

// withoutWrong empties the lines of grants with errors. If there are none it takes the last
// optional property from a line with one.
func withoutWrong(lines []string, found diag.List) (changed bool) {
	wrong := map[int]bool{}
	for _, d := range found {
		if !(diag.List{d}).HasErrors() {
			continue
		}
		for _, at := range append([]diag.Related{{Span: d.Span}}, d.Places()...) {
			if at.Span.File != nil {
				wrong[at.Span.File.Position(int(at.Span.Start)).Line-1] = true
			}
		}
	}
	for i := range lines {
		if wrong[i] && strings.HasPrefix(lines[i], "  { to: ") {
			lines[i], changed = "\n", true
		}
	}
	for i := len(lines) - 1; i >= 0 && !changed; i-- {
		for _, property := range []string{", rotation: ", ", condition: ", ", policy: ",
			", replicas: "} {
			if before, _, ok := strings.Cut(lines[i], property); ok && wrong[i] &&
				strings.HasPrefix(lines[i], "  s") && !changed {
				lines[i], changed = before+" }\n", true
			}
		}
	}
	return changed
}

// FuzzGrantedIsAllowedAndNothingElse: the two properties hold for every spec that compiles, and in
// those that are small the documents say nothing superfluous.
func FuzzGrantedIsAllowedAndNothingElse(f *testing.F) {
	if testing.Short() {
		f.Skip("a property of many seeds")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		f.Add(someBytes(rng))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, text := possible(generated(data))
		if w == nil {
			return
		}
		w.every = 4 // four times as many specs in the same time; what decides the turn is the spec
		for _, b := range data {
			w.turn = (w.turn + int(b)) % w.every
		}
		if wrong, _ := w.check(); wrong != nil {
			t.Fatalf("%s\n%s", strings.Join(wrong, "\n"), text)
		}
	})
}

func someBytes(rng *rand.Rand) []byte {
	data := make([]byte, 120)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

func TestGrantedIsAllowedAndNothingElseInGeneratedSpecs(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated specs")
	}
	t.Parallel()
	const n = 150
	rng := rand.New(rand.NewPCG(7, 11))
	compiled, asked := 0, 0
	for range n {
		w, text := possible(generated(someBytes(rng)))
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
	if compiled < n*4/5 {
		t.Errorf("only %d of %d generated specs compile", compiled, n)
	}
}
