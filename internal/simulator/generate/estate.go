package generate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// Template is one template, and what is stated of where it is deployed; an empty Account or Region
// is not stated.
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
	ofServices        bool // of a role: its trust lets in services alone, but for chains
	chained           bool // of a role: its trust may let in others as well, by sts:AssumeRole
	trust             any  // of a role of a template: whom it trusts
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
	function  any // that rotates it, or nil
	// AWS does not say whether a replica's calls to KMS bear its own ARN and Region or the
	// primary's.
	asPrimary bool
}

type builder struct {
	r *rand.Rand
	g *Generated
	n int
}

// Estate makes an estate of a seed: the same for the same seed.
func Estate(seed uint64) *Generated {
	b := &builder{
		r: rand.New(rand.NewPCG(seed, 20261129)), g: &Generated{Seed: seed, World: World{}},
	}
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
	b.chains()
	b.rotations(app)
	for _, st := range b.g.stacks {
		b.g.Templates = append(b.g.Templates, st.template())
	}
	return b.g
}

func (b *builder) stack(file, account, region string) *stack {
	st := &stack{
		file: file, name: "stack", account: account, region: region, stated: true,
		regionStated: true, parameters: map[string]any{}, conditions: map[string]any{},
		resource: map[string]any{}, holds: map[string]func(World) bool{},
	}
	b.g.stacks = append(b.g.stacks, st)
	b.g.World[Part{What: "stack", Template: file}] = st.name
	return st
}

// accountIn is the account of the stack in a world, which may say another only where none is
// stated.
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

// parameters declares what decides conditions (Env) and what stands in texts (Team, Owner, KeyArn):
// what has a default has it in the deployment, too.
func (b *builder) parameters(st *stack) {
	st.parameters["Env"] = map[string]any{
		"Type": "String", "Default": "dev", "AllowedValues": []any{"dev", "prod"},
	}
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
	st.conditions["NotProd"] = map[string]any{
		"Fn::Not": []any{map[string]any{"Condition": "IsProd"}},
	}
	st.conditions["InWest"] = map[string]any{"Fn::Equals": []any{ref("AWS::Region"), regionA}}
	st.conditions["ProdInWest"] = map[string]any{
		"Fn::And": []any{
			map[string]any{"Condition": "IsProd"}, map[string]any{"Condition": "InWest"},
		},
	}
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
func (b *builder) add(
	st *stack,
	id, kind string,
	properties map[string]any,
	mayVanish bool,
) func(World) bool {
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
