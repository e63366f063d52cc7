package generate

import (
	"math/rand/v2"
	"strings"

	"github.com/secretctl/secretctl/internal/simulator"
)

// chains lets roles trust other principals of the estate, and lets these assume them. They are
// drawn apart, so that the rest of an estate does not hang on them.
func (b *builder) chains() {
	own := *b
	own.r = rand.New(rand.NewPCG(b.g.Seed, 11))
	for i, role := range b.g.principals {
		if role.trust == nil || !chance(own.r, 60) {
			continue
		}
		var before []*principal // of the stack, so that no two resources refer to each other
		for _, p := range b.g.principals[:i] {
			if p.stack == role.stack && p.refs {
				before = append(before, p)
			}
		}
		own.trustOthers(role, before)
		for range own.r.IntN(3) {
			own.mayAssume(role)
		}
	}
}

// trustOthers adds statements to the trust of a role.
func (b *builder) trustOthers(role *principal, before []*principal) {
	var out []any
	for range 1 + b.r.IntN(2) {
		s := map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole"}
		st := role.stack
		root := join(b.r, "arn:aws:iam::", b.accountOf(st), ":root")
		switch n := b.r.IntN(12); {
		case n < 5 && len(before) > 0:
			s["Principal"] = map[string]any{"AWS": pick(b.r, before).arn}
		case n < 7:
			s["Principal"] = map[string]any{"AWS": []any{
				"arn:aws:iam::222222222222:role/app/partner",
				"arn:aws:iam::111111111111:role/outside",
			}}
		case n < 10:
			s["Principal"] = map[string]any{"AWS": pick(b.r, []any{root, accountA, accountB})}
		default:
			s["Principal"] = pick(b.r, []any{"*", map[string]any{"AWS": "*"}})
		}
		if chance(b.r, 30) {
			s["Condition"] = b.trustCondition(before)
		}
		if chance(b.r, 10) {
			s["Effect"] = "Deny"
		} else {
			role.chained = true
		}
		if st.regionStated { // else nobody can read whether it is there, or what it lets pass
			out = append(out, b.perhaps(st, s, 1))
		} else {
			out = append(out, s)
		}
	}
	document := role.trust.(map[string]any)
	document["Statement"] = append(document["Statement"].([]any), out...)
}

// trustCondition holds a trust to somebody, or to something that nobody knows beforehand.
func (b *builder) trustCondition(before []*principal) any {
	one := any("arn:aws:iam::111111111111:role/outside")
	if len(before) > 0 {
		one = pick(b.r, before).arn
	}
	return pick(b.r, []any{
		map[string]any{"ArnEquals": map[string]any{"aws:PrincipalArn": one}},
		map[string]any{"ArnLike": map[string]any{
			"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
		map[string]any{"StringNotEquals": map[string]any{"aws:PrincipalAccount": accountB}},
		map[string]any{"StringEquals": map[string]any{"aws:PrincipalAccount": accountA}},
		map[string]any{"Bool": map[string]any{"aws:MultiFactorAuthPresent": "true"}},
		map[string]any{"StringEquals": map[string]any{"sts:ExternalId": "agreed"}},
	})
}

// mayAssume gives a principal a policy that allows it to assume a role.
func (b *builder) mayAssume(role *principal) {
	p := pick(b.r, b.g.principals)
	st := p.stack
	if st == nil || !p.refs {
		return
	}
	resource := any("*")
	switch {
	case st == role.stack && chance(b.r, 60):
		resource = role.arn
	case chance(b.r, 50):
		resource = "arn:aws:iam::*:role/*"
	}
	s := map[string]any{"Effect": "Allow", "Resource": resource,
		"Action": pick(b.r, []any{"sts:AssumeRole", "sts:*", []any{"s3:*", "STS:assume*"}})}
	tree, id := b.document([]any{s}), b.id("Assume")
	kind, name := "AWS::IAM::RolePolicy", "RoleName"
	if p.kind == "user" {
		kind, name = "AWS::IAM::UserPolicy", "UserName"
	}
	when := b.add(st, id, kind, map[string]any{
		name: ref(p.id), "PolicyName": id, "PolicyDocument": tree,
	}, true)
	p.has(kind+" to assume roles", tree, when)
}

// Becoming is that a principal may assume a role, both by their IDs.
type Becoming struct{ PrincipalID, RoleID string }

// Becomings returns which principals may assume which roles in the deployment, as the simulator
// says of some circumstances: what it allows in one of them is possible. What is doubtful, what
// nobody can read, and what hangs on an account or a Region that is not stated, is left out.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (g *Generated) Becomings() []Becoming {
	var out []Becoming
	for _, st := range g.stacks {
		if !st.stated || !st.regionStated {
			return nil
		}
	}
	for _, role := range g.principals {
		if role.trust == nil {
			continue
		}
		trust := deployed(role.trust, g.World).(map[string]any)
		for _, s := range trust["Statement"].([]any) {
			s.(map[string]any)["Resource"] = "*" // a trust is about its role
		}
		for _, p := range g.principals {
			if p != role && p.kind != "service" && p.standsFor == "" && g.becomes(p, role, trust) {
				out = append(out, Becoming{p.id, role.id})
			}
		}
	}
	return out
}

// becomes says whether a principal may assume a role in some circumstance.
func (g *Generated) becomes(p, role *principal, trust any) bool {
	docs := &deployment{g: g, world: g.World, done: map[*document]any{}}
	account := p.account
	if p.stack != nil {
		account = p.stack.accountIn(g.World)
	}
	// Like the policy of a key, a trust must have a part in every permission.
	policies := simulator.Policies{Boundary: docs.of(p.boundary), Resource: trust, IsKey: true}
	for _, d := range p.documents {
		if d.when(g.World) && !strings.Contains(d.kind, "without a text") {
			policies.Identity = append(policies.Identity, docs.of(d))
		}
	}
	for _, open := range []map[string][]string{
		{}, {"aws:multifactorauthpresent": {"true"}}, {"sts:externalid": {"agreed"}},
	} {
		arn := textOf(p.arn, g.World)
		open["aws:principalarn"], open["aws:principalaccount"] = []string{arn}, []string{account}
		r := simulator.Request{
			CallerARN: arn, CallerKind: p.kind, CallerAccount: account, Action: "sts:AssumeRole",
			Resource: textOf(role.arn, g.World), ResourceAccount: role.stack.accountIn(g.World),
			Context: open,
		}
		allowed, _ := simulator.Decide(r, policies)
		if allowed && !simulator.Doubtful(r, policies) {
			return true
		}
	}
	return false
}
