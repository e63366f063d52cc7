package generate

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/simulator"
)

// invoke is what whoever starts a rotation must be allowed on the function, and namesFunction the
// argument of the call that names one.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
const (
	invoke        = "lambda:InvokeFunction"
	namesFunction = "secretsmanager:RotationLambdaARN"
)

// rotations gives some secrets a function that rotates them, and some roles and users what they may
// invoke. It draws of its own, so that the rest of an estate is what it is without rotations.
func (b *builder) rotations(st *stack) {
	drawn := b.r
	b.r = rand.New(rand.NewPCG(b.g.Seed, 20261201))
	defer func() { b.r = drawn }()
	for _, s := range b.g.secrets {
		if chance(b.r, 60) {
			s.function = b.rotates(st)
			b.add(st, s.id+"Rotation", "AWS::SecretsManager::RotationSchedule", map[string]any{
				"SecretId": s.arn, "RotationLambdaARN": s.function,
			}, false)
		}
	}
	for _, p := range b.g.principals {
		if p.stack == st && p.refs && chance(b.r, 50) {
			b.invokes(st, p)
		}
	}
}

// rotates makes a function, and returns how a template names it.
func (b *builder) rotates(st *stack) any {
	const role = "arn:aws:iam::111111111111:role/rotation"
	in := "arn:aws:lambda:" + st.region + ":"
	name := pick(b.r, []string{"f", "fx", "green"})
	switch b.r.IntN(5) {
	case 0:
		return in + st.account + ":function:" + name
	case 1:
		p := Part{"import", "", "rotation"}
		b.g.World[p] = in + accountA + ":function:" + name
		return part(map[string]any{"Fn::ImportValue": "rotation"}, p)
	case 2:
		here := &symbol{ref("AWS::AccountId"), func(w World) any { return st.accountIn(w) }}
		return join(b.r, in, here, ":function:"+name)
	}
	id := b.id("Rotates")
	properties := map[string]any{"Role": role}
	unknown := Part{"name", st.file, id}
	b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
	deployed := func(w World) string {
		return w[Part{What: "stack", Template: st.file}] + "-" + id + "-" + w[unknown]
	}
	if chance(b.r, 50) {
		properties["FunctionName"] = name
		deployed = func(World) string { return name }
	}
	b.add(st, id, "AWS::Lambda::Function", properties, false)
	return &symbol{attribute(id, "Arn"), func(w World) any {
		return in + st.accountIn(w) + ":function:" + deployed(w)
	}}
}

// invokes lets somebody invoke some functions, or all but some.
func (b *builder) invokes(st *stack, p *principal) {
	functions := []any{
		"*", "arn:aws:lambda:*:*:function:f*", "arn:aws:lambda:*:*:function:green",
		"arn:aws:lambda:*:111111111111:function:*", "arn:aws:lambda:*:*:function:stack-*",
	}
	for _, s := range b.g.secrets {
		if s.function != nil {
			functions = append(functions, s.function, s.function)
		}
	}
	statements := []any{map[string]any{
		"Effect": "Allow", "Action": invoke, "Resource": pick(b.r, functions),
	}}
	if chance(b.r, 60) {
		statements = append(statements, map[string]any{
			"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*",
		})
	}
	if chance(b.r, 30) {
		statements = append(statements, map[string]any{
			"Effect": "Deny", "Action": invoke, "Resource": pick(b.r, functions[1:]),
		})
	}
	list := map[string]string{"role": "Roles", "user": "Users"}[p.kind]
	tree := b.document(statements)
	when := b.add(st, b.id("Invokes"), "AWS::IAM::ManagedPolicy", map[string]any{
		"PolicyDocument": tree, list: []any{ref(p.id)},
	}, true)
	p.has("AWS::IAM::ManagedPolicy by reference", tree, when)
}

// rotated says whether a call starts a rotation by a function, and whether all that decides it is
// seen: who stands for everybody may have policies of its own, and a function of another account
// has a policy that lets its callers in.
func (d *draft) rotated() (is, seen bool) {
	if verbs[d.verb].verb != "rotate" || d.s.function == nil || d.p.kind == "service" {
		return false, true
	}
	return true, d.p.standsFor == "" &&
		accountOfARN(textOf(d.s.function, d.documents.world), "") == d.p.account
}

// Invokes says whether the caller must be allowed to invoke a function, too.
func (c Call) Invokes() bool {
	return slices.ContainsFunc(c.Requests, func(r simulator.Request) bool {
		return r.Action == invoke
	})
}

// function is the function that a call to rotate names, or that of the secret.
func (d *draft) function() string {
	if named := d.first[namesFunction]; len(named) > 0 {
		return named[0]
	}
	return textOf(d.s.function, d.documents.world)
}

// nameFunction names a function beside that of the secret, by its name or an ARN that ends in it.
func (d *draft) nameFunction(name string) {
	own := textOf(d.s.function, d.documents.world)
	before := own[:strings.LastIndexByte(own, ':')+1]
	d.first[namesFunction] = []string{before + name[strings.LastIndexByte(name, ':')+1:]}
}

// functionContext is what the request bears that asks whether the caller may invoke the function.
func (d *draft) functionContext(function string) map[string][]string {
	out := maps.Clone(d.shared)
	d.callerKeys(out)
	for _, key := range network {
		if values, ok := d.first[key]; ok {
			out[key] = values
		}
	}
	const region = 3
	out["aws:RequestedRegion"] = strings.Split(function, ":")[region : region+1]
	out["aws:ResourceAccount"] = []string{accountOfARN(function, "")}
	out["aws:SecureTransport"], out["aws:ViaAWSService"] = []string{"true"}, []string{"false"}
	return out
}

// onFunction adds the request to invoke the function.
func (d *draft) onFunction(c *Call) {
	function := d.function()
	d.request(c, invoke, function, d.functionContext(function), simulator.Policies{})
	c.Requests[len(c.Requests)-1].ResourceAccount = accountOfARN(function, "")
}
