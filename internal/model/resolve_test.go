package model

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// TestStepsAreInOrder: every step finds what it needs, and nothing is given twice.
func TestStepsAreInOrder(t *testing.T) {
	given := map[string]bool{}
	for _, s := range steps {
		for _, part := range s.needs {
			if !given[part] {
				t.Errorf("the step for %q needs %q, which no step before it gives", s.gives, part)
			}
		}
		for _, part := range s.gives {
			if given[part] {
				t.Errorf("%q is given twice", part)
			}
			given[part] = true
		}
	}
}

// TestStepsNeedNoMore: any order that the table allows gives the same model and diagnostics, so
// that the table does not conceal what a step needs.
func TestStepsNeedNoMore(t *testing.T) {
	files, err := filepath.Glob("../../testdata/golden/*/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no specs", err)
	}
	random := rand.New(rand.NewSource(1))
	compared := 0
	for range 300 {
		data, err := os.ReadFile(files[random.Intn(len(files))])
		if err != nil {
			t.Fatal(err)
		}
		s, _, _ := spec.Load([]*source.File{source.New("spec.yaml", data)})
		if s == nil {
			continue
		}
		compared++
		want, found := resolve(s, steps)
		got, again := resolve(s, shuffled(random))
		if !reflect.DeepEqual(got, want) || said(again) != said(found) {
			t.Fatalf("another order gives another model of\n%s", data)
		}
	}
	if compared < 100 {
		t.Fatalf("only %d specs were compared", compared)
	}
}

// shuffled returns the steps in a random order that their needs allow.
func shuffled(random *rand.Rand) []step {
	rest, given, out := slices.Clone(steps), map[string]bool{}, []step(nil)
	for len(rest) > 0 {
		i := random.Intn(len(rest))
		if slices.ContainsFunc(rest[i].needs, func(part string) bool { return !given[part] }) {
			continue
		}
		for _, part := range rest[i].gives {
			given[part] = true
		}
		out, rest = append(out, rest[i]), slices.Delete(rest, i, i+1)
	}
	return out
}

// TestNames: what the steps report of names, and that no code of the table is missing here.
func TestNames(t *testing.T) {
	principals := "principals: { p: { existingRole: p }, s: { members: p } }\n"
	reported := map[string]bool{}
	for _, row := range []struct{ spec, want string }{
		{`principals: { s: { members: s } }`, `SC2009 s`},
		{`principals: { s: { members: t }, t: { members: [s, q] } }`, `SC2009 s; SC2002 q`},
		{"deployer: s\n" + principals, `SC1005 s`},
		{"deployer: q\n" + principals, `SC2002 q`},
		{`keys: { k: { admins: q } }`, `SC2002 q`},
		{`secrets: { db: { key: k, condition: C, policy: { exempt: q } } }`,
			`SC2003 k; SC2008 C; SC2002 q`},
		{
			"defaults: { key: k }\n" +
				`secrets: { db: { replicas: { region: us-east-1, key: l } } }`,
			`SC2003 k; SC2003 l`},
		{
			principals +
				rotated(`lambda: { functionArn: !GetAtt F.Arn, executionRole: s, `+
					`superuserSecret: t }`),
			`SC1005 s; SC2001 t`},
		{rotated(`external: { role: q }`), `SC2002 q`},
		{"shards: 2\n" + `secrets: { db: { shard: 2, description: !Ref P } }`, `SC3031 2`},
		{"secrets: { db: {} }\ngrants: { to: q, allow: read, secrets: [d, x*, '[', 'd*'] }",
			`SC2002 q; SC2001 d; SC2007 x*; SC1005 '['`},
		{
			"secrets: { db: {} }\nassert: { onlyReadableBy: [q, rotation], secrets: [d, x*, " +
				"'['], given: { P: x } }",
			`SC2002 q; SC2001 d; SC2007 x*; SC1005 '['; SC2021 P`},
		{"secrets: {" + numbered(400, "s%d: {}, ") + "}\nprincipals: {" + numbered(300,
			"p%d: { existingRole: r }, ") +
			"}\ngrants: [{ to: [" + numbered(300, "p%d, ") + "], allow: read, secrets: '*' " +
			"}]", `SC2019 to: [` + numbered(300, "p%d, ") + `], allow: read, secrets: '*'`},
		{"export: x\nsecrets: { db: {} }", `SC2011 x`},
	} {
		_, found := resolve(load(t, row.spec), steps)
		if got := said(found); got != row.want {
			t.Errorf("%s\nfinds %s\nwant  %s", row.spec, got, row.want)
		}
		for _, d := range found {
			reported[d.Code.Number] = true
		}
	}
	for _, s := range steps {
		for _, c := range s.codes {
			if !reported[c.Number] {
				t.Errorf("nothing here makes the steps report %s", c.Number)
			}
		}
	}
}

// TestManyGlobs: globs are compared with ids five million times, and no more.
func TestManyGlobs(t *testing.T) {
	text := "secrets: {" + numbered(6000, "s%d: {}, ") + "}\nexport: []\nassert: { " +
		"onlyReadableBy: rotation, secrets: [" +
		numbered(900, "'x%d*', ") + "] }"
	_, found := resolve(load(t, text), steps)
	last := found[len(found)-1]
	if last.Code.Number != "SC2019" || last.Span.Text() != "'x833*'" {
		t.Errorf("ends with %s at %s", last.Code.Number, last.Span.Text())
	}
}

// resolvedRows are snippets of specs, and what names and defaults in them become.
var resolvedRows = []struct {
	spec string
	of   func(*Model) any
	want string
}{
	{"tags: { b: 1, a: 2 }\nsecrets: { db: { tags: { a: 3 } } }",
		func(m *Model) any { return pairs(m.Secret("db").Tags) }, "[{a 3} {b 1}]"},
	{"environment: { region: cn-north-1 }",
		func(m *Model) any { return m.Env.Partition },
		"aws-cn"},
	{"defaults: { key: k }\nkeys: { k: {} }\nsecrets: { db: {}, other: { import: { name: x } " +
		"} }",
		func(m *Model) any {
			return []bool{m.Secret("db").Key == m.Keys[0],
				m.Secret("other").Key == nil}
		}, "[true true]"},
	{"keys: { k: {} }", func(m *Model) any {
		k := m.Keys[0]
		return []any{k.AliasName, k.LogicalID, k.EnableRotation, k.Pin, k.Delegates,
			k.DeletionPolicy}
	}, "[alias/app/k KKey true true true RetainExceptOnCreate]"},
	{`keys: { k: { import: { arn: "arn:aws:kms:eu-west-1:222222222222:key/1" } } }`,
		func(m *Model) any {
			k := m.Keys[0]
			return []any{k.Account, k.Region, k.Delegates}
		}, "[222222222222 eu-west-1 false]"},
	{"keys: { k: {} }\nsecrets: { db: { replicas: [{ region: us-west-2, key: k }, { region: " +
		"us-east-1, key: k }] } }",
		func(m *Model) any { return m.Keys[0].Regions }, "[us-east-1 us-west-2]"},
	{"principals: { p: { " + other + " }, q: { rolePattern: " +
		"'arn:aws:iam::222222222222:role/*' }, r: { organizationPath: o-1/r } }",
		func(m *Model) any {
			return []string{m.Principals[0].Account, m.Principals[0].Name,
				m.Principals[1].Account, m.Principals[2].Org}
		}, "[222222222222 reader 222222222222 o-1]"},
	{"principals: { p: { existingRole: !GetAtt R.Arn } }\nresources: { R: { Type: " +
		"'AWS::IAM::Role' } }",
		func(m *Model) any { return cfn.Parse(m.Principals[0].ARN) }, "[{Fn::GetAtt [R Arn]}]"},
	{"principals: { p: { existingRole: p }, q: { existingRole: q }, s: { members: [q, p] }, " +
		"t: { members: [s, p] } }",
		func(m *Model) any { return m.Sets() }, "map[s:[q p] t:[q p]]"},
	{`
principals:
  p: { role: { roleName: reader, path: /a/, assumedBy: { service: secretsmanager.amazonaws.com } } }
secrets: { s: { type: PaddleApiKey, rotation: { external: { role: p } } } }`,
		func(m *Model) any {
			p := m.Principals[0]
			return []any{m.LiteralARN(p), len(p.Role.Trusts),
				p.Role.Trusts[0].OfSecretsManager, m.Secret("s").Rotation.Role() == p}
		}, "[arn:aws:iam::111111111111:role/a/reader 1 true true]"},
	{trusted(`oidc: { provider: "https://x.y", audience: a, subject: s }`),
		func(m *Model) any { return *m.Principals[0].Role.Trusts[0].OIDC }, "{x.y [a] [s]}"},
	{trusted(`irsa: { oidcProviderArn: x, namespace: n, serviceAccount: s }`),
		func(m *Model) any { return *m.Principals[0].Role.Trusts[0].IRSA }, "{x n s}"},
	{trusted(`saml: { providerArn: x, audience: a }`),
		func(m *Model) any { return *m.Principals[0].Role.Trusts[0].SAML }, "{x a}"},
	{`secrets: { s: { value: { object: { port: 5432, id: 0123, tls: True, password: !Ref P } ` +
		`} } }`,
		func(m *Model) any { return cfn.Parse(m.Secret("s").Value.String) },
		`[{Fn::Sub {"port":5432,"id":"0123","tls":true,"password":"${P}"}}]`},
	{generated(`{ username: u }`, "password"), func(m *Model) any {
		g := m.Secret("s").Value.Generate
		return []any{g.Template, g.StringKey, g.PasswordLength == nil}
	}, `[{"username":"u"} password true]`},
	{rotated(`managed: true`), func(m *Model) any {
		r := m.Secret("s").Rotation
		return []any{r.AutomaticallyAfterDays, r.Interval, r.UnknownRole(), r.Role() == nil,
			r.Superuser() == nil}
	}, "[30 720h0m0s false true true]"},
	{`
secrets:
  s: { rotation: { application: { rotationType: MySQLSingleUser, endpoint: !Ref E } } }
resources: { E: { Type: "AWS::EC2::VPCEndpoint" } }`, func(m *Model) any {
		a := m.Secret("s").Rotation.Application
		return []any{a.FunctionName, a.Type.Name, a.Endpoint != "",
			m.Secret("s").Rotation.UnknownRole()}
	}, "[app-s-rotation MySQLSingleUser true true]"},
	{"secrets: { t: {}, s: { rotation: { hosted: { rotationType: MySQLMultiUser, " +
		"superuserSecret: t } } } }",
		func(m *Model) any { return m.Secret("s").Rotation.Superuser().ID }, "t"},
	{"secrets: { t: {}, s: { rotation: { application: { rotationType: MySQLMultiUser, " +
		"superuserSecret: t } } } }",
		func(m *Model) any { return m.Secret("s").Rotation.Superuser().ID }, "t"},
	{"secrets: { t: {}, s: { rotation: { external: { role: p, adminSecret: t, metadata: { b: " +
		"x, a: y } } } } }",
		func(m *Model) any {
			return []any{m.Secret("s").Rotation.Superuser().ID,
				pairs(m.Secret("s").Rotation.External.Metadata)}
		}, "[t [{a y} {b x}]]"},
	{`principals: { p: { existingRole: p } }
secrets: { t: {}, s: { rotation: { lambda: {
    functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:f",
    executionRole: p, superuserSecret: t } } } }`,
		func(m *Model) any {
			r := m.Secret("s").Rotation
			return []any{r.Lambda.Account, r.Role().ID, r.Superuser().ID, r.Lambda.InVPC()}
		}, "[222222222222 p t false]"},
	{granted(`allow: [read, write], until: "2027-01-01", versionStages: [B, A, B], when: { ` +
		`principalTags: { b: x, a: [z, y] }, condition: { stringlike: { k: [y, x] } } }`),
		func(m *Model) any {
			g := m.Grants[1]
			return []any{len(m.Grants), g.To.ID, g.Verb.Name, g.Secret.ID, g.Until, g.Stages,
				g.When.PrincipalTags, g.When.Condition[0].Operator, g.When.Condition[0].Values}
		}, "[2 p write s 2027-01-01T00:00:00Z [A B] [{a [y z]} {b [x]}] StringLike [x y]]"},
	{"principals: { p: { existingRole: p } }\nsecrets: { a1: { grants: { read: p } }, a2: { " +
		"grants: { write: { to: p, regions: eu-west-1 } } } }",
		func(m *Model) any {
			return []any{m.Grants[0].Secret.ID, m.Grants[1].Verb.Name, m.Grants[1].Regions}
		}, "[a1 write [eu-west-1]]"},
	{"principals: { p: { existingRole: p } }\nsecrets: { s: {} }\nassert: [{ onlyReadableBy: " +
		"[p, rotation], secrets: s }, { can: read, principal: p, secrets: s }, { cannot: " +
		"[read, write], principal: p, secrets: '*' }]",
		func(m *Model) any {
			a := m.Assertions
			return []any{a[0].Rotation, a[0].Claim, a[1].Verbs[0].Name, a[2].Claim,
				len(a[2].Verbs), len(a[2].Secrets)}
		}, "[true 3 read 2 2 1]"},
	{"exportAll: true\nexport: s\nsecrets: { s: {}, i: { import: { name: x } } }\nkeys: { k: " +
		"{} }",
		func(m *Model) any { return []int{len(m.ExportSecrets), len(m.ExportKeys)} }, "[1 1]"},
	{"export: [s, k]\nsecrets: { s: {} }\nkeys: { k: {} }",
		func(m *Model) any { return []int{len(m.ExportSecrets), len(m.ExportKeys)} }, "[1 1]"},
	{`secrets: { a: {}, b: { import: { name: n } }, c: { import: { arn: ` +
		`"arn:aws:secretsmanager:us-east-1:222222222222:secret:n-123456" } } }`,
		func(m *Model) any {
			c := m.Secret("c")
			return []any{cfn.Parse(m.Secret("a").SecretID()), m.Secret("b").SecretID(),
				c.SecretID() == c.ARN, c.Name, c.Region, c.Account, c.Home(m),
				m.Secret("a").Home(m)}
		}, "[[{Ref ASecret}] n true n us-east-1 222222222222 us-east-1 eu-west-1]"},
	{`secrets: { s: { policy: { onlyFromVpcs: [vpc-2, vpc-1], exempt: o } } }
principals: { o: { organization: o-a1b2c3d4e5 } }`, func(m *Model) any {
		g := m.Secret("s").Policy
		return []any{g.Manage, g.VPCs, g.VPCSpan.Text(), len(g.Exempt), g.IsZero()}
	}, "[true [vpc-1 vpc-2] vpc-2 1 false]"},
}

// pairs writes tags without their places.
func pairs(tags []Tag) []string {
	var out []string
	for _, t := range tags {
		out = append(out, "{"+t.Key+" "+t.Value+"}")
	}
	return out
}

// TestResolved: what names and defaults become.
func TestResolved(t *testing.T) {
	for _, c := range resolvedRows {
		m, _ := resolve(load(t, c.spec), steps)
		if got := fmt.Sprint(c.of(m)); got != c.want {
			t.Errorf("%s\ngives %s\nwant  %s", c.spec, got, c.want)
		}
	}
}

// TestShards: what binds a secret to the home stack, and what follows another.
func TestShards(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{"secrets: { a: {} }", "home"},
		{"shards: 3\nsecrets: { a: { shard: 3, name: a } }", "3"},
		{"shards: 3\nsecrets: { a: { shard: base } }", "home"},
		{"shards: 3\nsecrets: { a: { condition: C } }\nconditions: { C: !Equals [a, b] }", "home"},
		{"shards: 3\nsecrets: { a: { name: a, description: !Sub '${AWS::Region}' } }", "shard"},
		{
			"shards: 3\nsecrets: { a: { name: a, description: !Sub ['${x}', { x: !Ref " +
				"'AWS::Region' }] } }",
			"shard"},
		{"shards: 3\nsecrets: { a: { name: a, description: !Sub '${P}' } }", "home"},
		{"shards: 3\nsecrets: { a: { name: a, description: !GetAtt R.Arn } }", "home"},
		{"shards: 3\ntags: { t: !Ref P }\nsecrets: { a: { name: a } }", "home"},
		{"shards: 3\nkeys: { k: { import: { arn: !Ref P } } }\nsecrets: { a: { key: k } }", "home"},
		{
			"shards: 3\nprincipals: { p: { role: {} } }\nsecrets: { a: { name: a, rotation: " +
				"{ external: { role: p } } } }",
			"home"},
		{
			"shards: 3\nsecrets: { a: { name: a, rotation: { hosted: { rotationType: " +
				"MySQLMultiUser, superuserSecret: b } } }, b: { shard: 2, name: b } }",
			"2"},
	} {
		m, _ := resolve(load(t, c.spec), steps)
		a := m.Secret("a")
		got := m.StackOf(a).Kind.String()
		if c.want == fmt.Sprint(a.Shard) {
			got = c.want
		}
		if got != c.want {
			t.Errorf("%s: in %s %d, want %s", c.spec, got, a.Shard, c.want)
		}
	}
}

// TestShardsOfSuperusers: a secret that cannot follow its superuser's is refused.
func TestShardsOfSuperusers(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{
			"shards: 3\nsecrets: { a: { condition: C, rotation: { hosted: { rotationType: " +
				"MySQLMultiUser, superuserSecret: b } } }, b: { shard: 2, name: b } " +
				"}\nconditions: { C: !Equals [a, b] }",
			"SC3031 a"},
		{
			"shards: 3\nsecrets: { a: { shard: 1, name: a, rotation: { hosted: { " +
				"rotationType: MySQLMultiUser, superuserSecret: b } } }, b: { shard: 2, name: b " +
				"} }",
			"SC3031 1"},
	} {
		if _, found := resolve(load(t, c.spec), steps); said(found) != c.want {
			t.Errorf("%s: %s, want %s", c.spec, said(found), c.want)
		}
	}
}

// TestStackNames: what stacks and their files are called.
func TestStackNames(t *testing.T) {
	m := &Model{Stack: "app"}
	var got []string
	for _, s := range []Stack{Home, {Kind: ShardStack, Number: 1}, {Kind: KeysStack,
		Region: "us-east-1"}, {Kind: AccessStack, Account: "2"}} {
		got = append(got, s.Kind.String()+" "+m.StackName(s)+" "+m.StackFile(s))
	}
	want := "home app app; shard app-s01 app-s01; keys app-keys app-keys.us-east-1; access " +
		"app-access app-access.2"
	if strings.Join(got, "; ") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "; "), want)
	}
}

// TestResolveJudges: Resolve adds what the checks find to what the steps do.
func TestResolveJudges(t *testing.T) {
	_, found := Resolve(load(t, "secrets: { s: { key: k, type: x } }"))
	if got, want := said(found), "SC2003 k; SC3013 x"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestServiceGrantsOfTheSchema: the words that a spec may say are those of package aws's table.
func TestServiceGrantsOfTheSchema(t *testing.T) {
	data, err := os.ReadFile("../../schema/spec.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	words, _ := json.Marshal(aws.ServiceGrantWords())
	want := "\"enum\": " + strings.ReplaceAll(string(words), ",", ", ")
	if !strings.Contains(string(data), want) {
		t.Errorf("the schema has not %s", want)
	}
}
