package generate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// Template is one template, and what is stated of where it is deployed; an empty Account or Region is not stated.
type Template struct {
	File            string // without extension
	Text            []byte
	Account, Region string
}

// Generated is an estate: its templates, and the deployment of which its calls are.
type Generated struct {
	Seed      uint64
	Templates []Template
	World     World

	stacks     []*stack
	secrets    []*secret
	keys       []*key
	principals []*principal
}

// stack is one template as it is built.
type stack struct {
	file, name, account, region      string
	stated, regionStated             bool // its account, and its Region
	parameters, conditions, resource map[string]any
	holds                            map[string]func(World) bool // its conditions
	transform                        bool
}

// document is a policy: how it comes to bear, and under which condition it exists.
type document struct {
	kind string
	tree any
	when func(World) bool
}

type principal struct {
	id, kind, account string
	stack             *stack
	arn               any
	unique            string
	documents         []*document
	boundary          *document
	tags              map[string]string
	openTags          bool // sessions, or who states nothing, may have any tags
	named             any  // its own name, if it is explicit
	standsFor         string
	refs              bool // key policies may refer to it
}

type key struct {
	id, region, account string
	stack               *stack // nil: it only exists
	arn                 any
	policy              *document
	tags                map[string]string
	aliases             []string
	multiRegion         bool
}

// copyOf is a secret in one Region.
type copyOf struct {
	region string
	key    *key // nil: the key that AWS manages
}

type secret struct {
	id        string
	stack     *stack
	name, arn any // of the first copy
	tags      map[string]string
	copies    []copyOf
	policy    *document
	// AWS does not say whether a replica's calls to KMS bear its own ARN and Region or the primary's.
	asPrimary bool
}

type builder struct {
	r *rand.Rand
	g *Generated
	n int
}

// Estate makes an estate of a seed: the same for the same seed.
func Estate(seed uint64) *Generated {
	b := &builder{r: rand.New(rand.NewPCG(seed, 20261129)), g: &Generated{Seed: seed, World: World{}}}
	app := b.stack("app", accountA, regionA)
	app.stated, app.regionStated = !chance(b.r, 15), !chance(b.r, 5)
	peer := app
	if chance(b.r, 50) {
		peer = b.stack("peer", pick(b.r, []string{accountA, accountB, accountB}), regionA)
	}
	b.parameters(app)
	b.outsiders()
	for i := range 2 + b.r.IntN(3) {
		st := app
		if i > 0 && chance(b.r, 30) {
			st = peer
		}
		b.role(st, i)
	}
	for i := range b.r.IntN(3) {
		b.user(app, i)
	}
	for range b.r.IntN(3) {
		b.key(app)
	}
	for i := range 1 + b.r.IntN(3) {
		b.secret(app, i)
	}
	b.group(app)
	b.attachments(app)
	if chance(b.r, 30) {
		b.function(app)
	}
	if app.stated && chance(b.r, 15) {
		b.permissionSet(app)
	}
	for _, s := range b.g.secrets {
		b.secretPolicy(app, s)
	}
	for _, st := range b.g.stacks {
		b.g.Templates = append(b.g.Templates, st.template())
	}
	return b.g
}

func (b *builder) stack(file, account, region string) *stack {
	st := &stack{
		file: file, name: "stack", account: account, region: region, stated: true, regionStated: true,
		parameters: map[string]any{}, conditions: map[string]any{}, resource: map[string]any{}, holds: map[string]func(World) bool{},
	}
	b.g.stacks = append(b.g.stacks, st)
	b.g.World[Part{What: "stack", Template: file}] = st.name
	return st
}

// accountIn is the account of the stack in a world, which may say another only where none is stated.
func (s *stack) accountIn(w World) string {
	if account, ok := w[Part{What: "account"}]; ok && !s.stated {
		return account
	}
	return s.account
}

func (s *stack) template() Template {
	t := map[string]any{"AWSTemplateFormatVersion": "2010-09-09", "Resources": written(s.resource)}
	if len(s.parameters) > 0 {
		t["Parameters"] = written(s.parameters)
	}
	if len(s.conditions) > 0 {
		t["Conditions"] = written(s.conditions)
	}
	if s.transform {
		t["Transform"] = "AWS::Serverless-2016-10-31"
	}
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("generate: a template that JSON cannot write: %v", err))
	}
	out := Template{File: s.file, Text: text, Account: s.account, Region: s.region}
	if !s.stated {
		out.Account = ""
	}
	if !s.regionStated {
		out.Region = ""
	}
	return out
}

// accountOf is the account of a stack as its template writes it.
func (b *builder) accountOf(st *stack) any {
	if st.stated && chance(b.r, 40) {
		return st.account
	}
	return &symbol{ref("AWS::AccountId"), func(w World) any { return st.accountIn(w) }}
}

// parameters declares what decides conditions (Env) and what stands in texts (Team, Owner, KeyArn): what has a default has it in the deployment, too.
func (b *builder) parameters(st *stack) {
	st.parameters["Env"] = map[string]any{"Type": "String", "Default": "dev", "AllowedValues": []any{"dev", "prod"}}
	st.parameters["Team"] = map[string]any{"Type": "String", "Default": "pay"}
	st.parameters["Owner"] = map[string]any{"Type": "String"}
	st.parameters["SomeKey"] = map[string]any{"Type": "String"}
	w := b.g.World
	env := Part{"parameter", st.file, "Env"}
	w[env] = pick(b.r, []string{"dev", "prod"})
	w[Part{"parameter", st.file, "Team"}] = "pay"
	w[Part{"parameter", st.file, "Owner"}] = pick(b.r, []string{"pay", "ops", "zzz"})
	w[Part{"parameter", st.file, "SomeKey"}] = "arn:aws:kms:eu-west-1:111111111111:key/" + uuid(b.r)
	w[Part{"import", "", "shared-role"}] = "arn:aws:iam::111111111111:role/shared"
	w[Part{"import", "", "shared-team"}] = pick(b.r, []string{"pay", "ops"})
	st.conditions["IsProd"] = map[string]any{"Fn::Equals": []any{ref("Env"), "prod"}}
	st.conditions["NotProd"] = map[string]any{"Fn::Not": []any{map[string]any{"Condition": "IsProd"}}}
	st.conditions["InWest"] = map[string]any{"Fn::Equals": []any{ref("AWS::Region"), regionA}}
	st.conditions["ProdInWest"] = map[string]any{"Fn::And": []any{map[string]any{"Condition": "IsProd"}, map[string]any{"Condition": "InWest"}}}
	st.holds["IsProd"] = func(w World) bool { return w[env] == "prod" }
	st.holds["NotProd"] = func(w World) bool { return w[env] != "prod" }
	st.holds["InWest"] = func(World) bool { return st.region == regionA }
	st.holds["ProdInWest"] = func(w World) bool { return w[env] == "prod" && st.region == regionA }
}

// either is Fn::If: of two values, or of one and none.
func (b *builder) either(st *stack, yes, no any) any {
	if len(st.holds) == 0 {
		return yes
	}
	name := pick(b.r, []string{"IsProd", "NotProd", "InWest", "ProdInWest"})
	other := no
	if no == (gone{}) {
		other = ref("AWS::NoValue")
	}
	return &symbol{map[string]any{"Fn::If": []any{name, yes, other}}, func(w World) any {
		if st.holds[name](w) {
			return yes
		}
		return no
	}}
}

// add puts a resource into a stack; now and then under a condition, which it returns.
func (b *builder) add(st *stack, id, kind string, properties map[string]any, mayVanish bool) func(World) bool {
	resource := map[string]any{"Type": kind, "Properties": properties}
	st.resource[id] = resource
	if mayVanish && len(st.holds) > 0 && chance(b.r, 20) {
		name := pick(b.r, []string{"IsProd", "NotProd", "InWest", "ProdInWest"})
		resource["Condition"] = name
		return st.holds[name]
	}
	return func(World) bool { return true }
}

func (b *builder) id(prefix string) string {
	b.n++
	return fmt.Sprintf("%s%d", prefix, b.n)
}

func tagList(tags map[string]string) []any {
	var out []any
	for _, k := range []string{"blob", "level", "stage", "team"} {
		if v, ok := tags[k]; ok {
			out = append(out, map[string]any{"Key": k, "Value": v})
		}
	}
	return out
}

func (b *builder) tags() map[string]string {
	out := map[string]string{}
	if chance(b.r, 70) {
		out["team"] = pick(b.r, []string{"pay", "ops", "shop"})
	}
	if chance(b.r, 40) {
		out["stage"] = pick(b.r, []string{"prod", "dev"})
	}
	return out
}

func (b *builder) callerTags() map[string]string {
	out := b.tags()
	if chance(b.r, 50) {
		out["level"] = pick(b.r, []string{"1", "2", "3", "8"})
	}
	if chance(b.r, 50) {
		out["blob"] = pick(b.r, []string{"QUJD", "eHl6"})
	}
	return out
}

// outsiders are principals and a key that no template makes.
func (b *builder) outsiders() {
	everything := func() []*document {
		return []*document{{kind: "account that only a policy names", tree: b.whole("*"), when: func(World) bool { return true }}}
	}
	b.g.principals = append(b.g.principals,
		&principal{id: "arn:aws:iam::111111111111:role/outside", kind: "role", account: accountA, arn: "arn:aws:iam::111111111111:role/outside", unique: "AROAOUTSIDEOUTSIDEOU", openTags: true, named: "outside"},
		&principal{id: "arn:aws:iam::222222222222:role/app/partner", kind: "role", account: accountB, arn: "arn:aws:iam::222222222222:role/app/partner", unique: "AROAPARTNERPARTNERPA", openTags: true, documents: everything()},
		&principal{id: "rds.amazonaws.com", kind: "service", arn: "rds.amazonaws.com"},
		&principal{id: "everybody", standsFor: "everybody", kind: "role", account: accountC, arn: "arn:aws:iam::333333333333:role/stranger", unique: "AROASTRANGERSTRANGER", openTags: true, documents: everything()},
		&principal{id: "arn:aws:iam::111111111111:root", standsFor: "everybody of account", kind: "role", account: accountA, arn: "arn:aws:iam::111111111111:role/nobody", unique: "AROANOBODYNOBODYNOBO", openTags: true},
	)
}

func (b *builder) trust(sessionTags bool) any {
	actions := any("sts:AssumeRole")
	if sessionTags {
		actions = []any{"sts:AssumeRole", "sts:TagSession"}
	}
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "ec2.amazonaws.com"}, "Action": actions,
	}}}
}

// role makes a role with policies of its own, attached and managed, and perhaps a boundary.
func (b *builder) role(st *stack, i int) {
	id := []string{"Worker", "Deployer", "Reader", "Auditor"}[i]
	p := &principal{id: id, kind: "role", account: st.account, stack: st, unique: "AROA" + letters(b.r, 16, capitals), tags: b.callerTags(), openTags: chance(b.r, 40), refs: true}
	b.g.World[Part{"attribute", st.file, id + ".RoleId"}] = p.unique
	properties := map[string]any{"AssumeRolePolicyDocument": b.trust(p.openTags)}
	name, path := any(nil), "/"
	if chance(b.r, 60) || st.file != "app" {
		name = []string{"worker", "deployer", "reader", "auditor"}[i]
		properties["RoleName"], p.named = name, name
		if chance(b.r, 30) {
			path = "/app/"
			properties["Path"] = path
		}
	} else {
		unknown := Part{"name", st.file, id}
		b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
		name = &symbol{nil, func(w World) any { return w[Part{What: "stack", Template: st.file}] + "-" + id + "-" + w[unknown] }}
	}
	p.arn = &symbol{attribute(id, "Arn"), func(w World) any { return "arn:aws:iam::" + st.accountIn(w) + ":role" + path + textOf(name, w) }}
	if len(p.tags) > 0 {
		properties["Tags"] = tagList(p.tags)
	}
	b.own(st, p, properties)
	b.add(st, id, "AWS::IAM::Role", properties, false)
	b.g.principals = append(b.g.principals, p)
}

func (b *builder) user(st *stack, i int) {
	id, name := []string{"Bob", "Ann"}[i], []string{"bob", "ann"}[i]
	p := &principal{id: id, kind: "user", account: st.account, stack: st, unique: "AIDA" + letters(b.r, 16, capitals), tags: b.callerTags(), named: name, refs: true}
	p.arn = &symbol{attribute(id, "Arn"), func(w World) any { return "arn:aws:iam::" + st.accountIn(w) + ":user/" + name }}
	properties := map[string]any{"UserName": name}
	if len(p.tags) > 0 {
		properties["Tags"] = tagList(p.tags)
	}
	b.own(st, p, properties)
	b.add(st, id, "AWS::IAM::User", properties, false)
	b.g.principals = append(b.g.principals, p)
}

// own gives a principal what stands in its own resource. It refers to nothing that may refer to the principal.
func (b *builder) own(st *stack, p *principal, properties map[string]any) {
	always := func(World) bool { return true }
	if chance(b.r, 60) {
		tree := b.identity(st, false)
		properties["Policies"] = []any{map[string]any{"PolicyName": "own", "PolicyDocument": tree}}
		p.documents = append(p.documents, &document{"inline policy of a " + p.kind, tree, always})
	}
	var managed []any
	if chance(b.r, 35) {
		name := pick(b.r, managedNames())
		arn, when := b.sometimes(st, "arn:aws:iam::aws:policy/"+name)
		managed = append(managed, arn)
		p.documents = append(p.documents, &document{"AWS's managed policy", managedPolicy(name), when})
	}
	if chance(b.r, 25) {
		id, tree := b.id("Managed"), b.identity(st, false)
		b.add(st, id, "AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": tree}, false)
		managed = append(managed, ref(id))
		p.documents = append(p.documents, &document{"managed policy that the principal attaches", tree, always})
	}
	if chance(b.r, 10) {
		managed = append(managed, "arn:aws:iam::"+st.account+":policy/not-given")
		p.documents = append(p.documents, &document{"managed policy without a text", concrete(b, st), always})
	}
	if len(managed) > 0 {
		properties["ManagedPolicyArns"] = managed
	}
	if !chance(b.r, 25) {
		return
	}
	switch b.r.IntN(4) {
	case 0:
		name := pick(b.r, managedNames())
		properties["PermissionsBoundary"] = "arn:aws:iam::aws:policy/" + name
		p.boundary = &document{"boundary of AWS", managedPolicy(name), always}
	case 1:
		if chance(b.r, 30) {
			properties["PermissionsBoundary"] = "arn:aws:iam::" + st.account + ":policy/limit-not-given"
			p.boundary = &document{"boundary without a text", concrete(b, st), always}
			return
		}
		fallthrough
	default:
		id, tree := b.id("Limit"), b.limit(st)
		b.add(st, id, "AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": tree}, false)
		value, when := b.sometimes(st, ref(id))
		properties["PermissionsBoundary"] = value
		p.boundary = &document{"boundary", tree, when}
	}
}

// sometimes puts a value under a condition of the template, now and then, and says when it is there.
func (b *builder) sometimes(st *stack, value any) (any, func(World) bool) {
	if len(st.holds) == 0 || !chance(b.r, 15) {
		return value, func(World) bool { return true }
	}
	under := b.either(st, value, gone{})
	return under, func(w World) bool { return deployed(under, w) != any(gone{}) }
}

// concrete is a policy that no template states.
func concrete(b *builder, st *stack) any { return deployed(b.identity(st, false), b.g.World) }

// group makes a group with the users of the stack.
func (b *builder) group(st *stack) {
	var users []*principal
	for _, p := range b.g.principals {
		if p.kind == "user" && p.stack == st {
			users = append(users, p)
		}
	}
	if len(users) == 0 || chance(b.r, 40) {
		return
	}
	always := func(World) bool { return true }
	var docs []*document
	properties := map[string]any{}
	tree := b.identity(st, false)
	properties["Policies"] = []any{map[string]any{"PolicyName": "all", "PolicyDocument": tree}}
	docs = append(docs, &document{"inline policy of a group", tree, always})
	b.add(st, "Team0", "AWS::IAM::Group", properties, false)
	if chance(b.r, 60) {
		tree := b.identity(st, true)
		when := b.add(st, "Team0Policy", "AWS::IAM::GroupPolicy", map[string]any{"GroupName": ref("Team0"), "PolicyName": "more", "PolicyDocument": tree}, true)
		docs = append(docs, &document{"AWS::IAM::GroupPolicy", tree, when})
	}
	if chance(b.r, 50) {
		b.add(st, "Members", "AWS::IAM::UserToGroupAddition", map[string]any{"GroupName": ref("Team0"), "Users": []any{ref(users[0].id)}}, false)
		users = users[:1]
	} else {
		for _, u := range users {
			st.resource[u.id].(map[string]any)["Properties"].(map[string]any)["Groups"] = []any{ref("Team0")}
		}
	}
	for _, u := range users {
		u.documents = append(u.documents, docs...)
	}
}

// attachments makes policies that name whom they are attached to.
func (b *builder) attachments(st *stack) {
	for range 1 + b.r.IntN(4) {
		p := pick(b.r, b.g.principals)
		if chance(b.r, 35) {
			p = b.someUser(p)
		}
		if p.kind == "service" || p.standsFor != "" || p.account != st.account || p.stack != nil && p.stack != st && p.named == nil {
			continue
		}
		name := p.named
		if p.stack == st && (name == nil || chance(b.r, 55)) {
			name = ref(p.id)
		}
		list := map[string]string{"role": "Roles", "user": "Users"}[p.kind]
		one := map[string]string{"role": "AWS::IAM::RolePolicy", "user": "AWS::IAM::UserPolicy"}[p.kind]
		tree, id := b.identity(st, true), b.id("Policy")
		kind := pick(b.r, []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", one})
		properties := map[string]any{"PolicyDocument": tree}
		if kind != "AWS::IAM::ManagedPolicy" {
			properties["PolicyName"] = id
		}
		if kind == one {
			properties[map[string]string{"role": "RoleName", "user": "UserName"}[p.kind]] = name
		} else {
			properties[list] = []any{name}
		}
		when := b.add(st, id, kind, properties, true)
		how := " by reference"
		if _, isText := name.(string); isText {
			how = " by name"
		}
		p.documents = append(p.documents, &document{kind + how, tree, when})
	}
}

// someUser is a user, or the given principal if there is none.
func (b *builder) someUser(otherwise *principal) *principal {
	for _, p := range b.g.principals {
		if p.kind == "user" {
			return p
		}
	}
	return otherwise
}

// permissionSet makes a permission set of IAM Identity Center, which is a role in the account that it is assigned to.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
func (b *builder) permissionSet(st *stack) {
	tree := b.identity(st, true)
	arn := "arn:aws:iam::" + st.account + ":role/aws-reserved/sso.amazonaws.com/" + regionA + "/AWSReservedSSO_Support_" + letters(b.r, 16, hexDigits)
	always := func(World) bool { return true }
	p := &principal{
		id: "Support", kind: "role", account: st.account, stack: st, arn: arn, unique: "AROA" + letters(b.r, 16, capitals), openTags: true,
		documents: []*document{{"permission set", tree, always}},
	}
	const instance = "arn:aws:sso:::instance/ssoins-1111111111111111"
	properties := map[string]any{"InstanceArn": instance, "Name": "Support", "InlinePolicy": tree}
	if chance(b.r, 50) {
		name := pick(b.r, managedNames())
		properties["ManagedPolicies"] = []any{"arn:aws:iam::aws:policy/" + name}
		p.documents = append(p.documents, &document{"AWS's managed policy", managedPolicy(name), always})
	}
	b.add(st, p.id, "AWS::SSO::PermissionSet", properties, false)
	b.add(st, "Assignment", "AWS::SSO::Assignment", map[string]any{
		"InstanceArn": instance, "PermissionSetArn": attribute(p.id, "PermissionSetArn"), "PrincipalType": "GROUP", "PrincipalId": "11111111-1111-1111-1111-111111111111",
		"TargetType": "AWS_ACCOUNT", "TargetId": st.account,
	}, false)
	b.g.principals = append(b.g.principals, p)
}

// function makes a function of SAM, whose role SAM makes with its policies from policy templates.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
func (b *builder) function(st *stack) {
	st.transform = true
	s := pick(b.r, b.g.secrets)
	always := func(World) bool { return true }
	p := &principal{id: "FunctionRole", kind: "role", account: st.account, stack: st, unique: "AROA" + letters(b.r, 16, capitals)}
	unknown := Part{"name", st.file, p.id}
	b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
	p.arn = &symbol{nil, func(w World) any {
		return "arn:aws:iam::" + st.accountIn(w) + ":role/" + w[Part{What: "stack", Template: st.file}] + "-FunctionRole-" + w[unknown]
	}}
	policies := []any{map[string]any{"AWSSecretsManagerGetSecretValuePolicy": map[string]any{"SecretArn": s.arn}}}
	p.documents = append(p.documents, &document{"policy template of SAM", map[string]any{"Statement": []any{
		map[string]any{"Effect": "Allow", "Action": []any{"secretsmanager:GetSecretValue"}, "Resource": s.arn},
	}}, always})
	if k := s.copies[0].key; k != nil && k.stack != nil {
		policies = append(policies, map[string]any{"KMSDecryptPolicy": map[string]any{"KeyId": ref(k.id)}})
		p.documents = append(p.documents, &document{"policy template of SAM", map[string]any{"Statement": []any{
			map[string]any{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": k.arn},
		}}, always})
	}
	if chance(b.r, 50) {
		tree := b.identity(st, true)
		policies = append(policies, tree)
		p.documents = append(p.documents, &document{"policy of a function of SAM", tree, always})
	}
	b.add(st, "Function", "AWS::Serverless::Function", map[string]any{
		"Handler": "index.handler", "Runtime": "python3.13", "InlineCode": "def handler(event, context): pass", "Policies": policies,
	}, false)
	b.g.principals = append(b.g.principals, p)
}

// key makes a key with its policy, perhaps with an alias.
func (b *builder) key(st *stack) *key {
	id := b.id("Key")
	k := &key{id: id, region: st.region, account: st.account, stack: st, tags: b.tags(), multiRegion: chance(b.r, 20)}
	unknown := Part{"name", st.file, id}
	b.g.World[unknown] = uuid(b.r)
	if k.multiRegion {
		b.g.World[unknown] = "mrk-" + letters(b.r, 32, hexDigits)
	}
	k.arn = &symbol{attribute(id, "Arn"), func(w World) any { return "arn:aws:kms:" + st.region + ":" + st.accountIn(w) + ":key/" + w[unknown] }}
	tree := b.keyPolicy(st)
	k.policy = &document{"key policy", tree, func(World) bool { return true }}
	properties := map[string]any{"KeyPolicy": tree}
	if k.multiRegion {
		properties["MultiRegion"] = true
	}
	if len(k.tags) > 0 {
		properties["Tags"] = tagList(k.tags)
	}
	b.add(st, id, "AWS::KMS::Key", properties, false)
	if chance(b.r, 50) {
		alias := "alias/" + pick(b.r, []string{"app", "other"}) + id
		if len(b.g.keys) == 0 {
			alias = "alias/app"
		}
		k.aliases = []string{alias}
		b.add(st, id+"Alias", "AWS::KMS::Alias", map[string]any{"AliasName": alias, "TargetKeyId": ref(id)}, false)
	}
	b.g.keys = append(b.g.keys, k)
	return k
}

// keyOutside is a key that no template makes: it leaves the decision to its account.
func (b *builder) keyOutside(region string) *key {
	return &key{region: region, account: accountA, arn: "arn:aws:kms:" + region + ":111111111111:key/" + uuid(b.r), tags: b.tags(), policy: &document{
		kind: "key policy that is out of sight", when: func(World) bool { return true },
		tree: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"AWS": "arn:aws:iam::111111111111:root"}, "Action": "kms:*", "Resource": "*",
		}}},
	}}
}

func (b *builder) secret(st *stack, i int) {
	id := []string{"Db", "Api", "Token"}[i]
	s := &secret{id: id, stack: st, tags: b.tags(), asPrimary: chance(b.r, 50)}
	properties := map[string]any{"GenerateSecretString": map[string]any{"PasswordLength": 32}}
	switch b.r.IntN(5) {
	case 0:
		unknown := Part{"name", st.file, id}
		b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
		s.name = &symbol{nil, func(w World) any { return id + "-" + w[unknown] }}
	case 1:
		s.name = join(b.r, b.text(st, "Team"), "/"+id)
	default:
		s.name = []string{"pay/db", "ops/api", "shop/token"}[i]
	}
	if w, ok := s.name.(*symbol); !ok || w.written != nil {
		properties["Name"] = s.name
	}
	suffix := Part{"suffix", st.file, id}
	b.g.World[suffix] = letters(b.r, 6, lettersAndDigits)
	s.arn = &symbol{ref(id), func(w World) any {
		return "arn:aws:secretsmanager:" + st.region + ":" + st.accountIn(w) + ":secret:" + textOf(s.name, w) + "-" + w[suffix]
	}}
	if len(s.tags) > 0 {
		properties["Tags"] = tagList(s.tags)
	}
	s.copies = []copyOf{{region: st.region}}
	switch {
	case len(b.g.keys) > 0 && chance(b.r, 65):
		k := pick(b.r, b.g.keys)
		s.copies[0].key = k
		properties["KmsKeyId"] = pick(b.r, []any{ref(k.id), k.arn})
		if len(k.aliases) > 0 && chance(b.r, 40) {
			properties["KmsKeyId"] = pick(b.r, []any{ref(k.id + "Alias"), k.aliases[0]})
		}
	case chance(b.r, 25):
		k := b.keyOutside(st.region)
		s.copies[0].key = k
		properties["KmsKeyId"] = k.arn
	}
	if chance(b.r, 30) {
		replica, entry := copyOf{region: regionB}, map[string]any{"Region": regionB}
		if chance(b.r, 50) {
			replica.key = b.keyOutside(regionB)
			entry["KmsKeyId"] = replica.key.arn
		}
		s.copies = append(s.copies, replica)
		properties["ReplicaRegions"] = []any{entry}
	}
	b.add(st, id, "AWS::SecretsManager::Secret", properties, false)
	b.g.secrets = append(b.g.secrets, s)
}

func (b *builder) secretPolicy(st *stack, s *secret) {
	if chance(b.r, 30) {
		return
	}
	tree := b.resourcePolicy(st, s)
	when := b.add(st, s.id+"Policy", "AWS::SecretsManager::ResourcePolicy", map[string]any{
		"SecretId": s.arn, "ResourcePolicy": tree, "BlockPublicPolicy": false,
	}, true)
	s.policy = &document{"secret policy", tree, when}
}
