package generate

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// ChangeKinds are what Changed does to one statement of an estate. Those up to Widenings never take
// an access away; the others change no access at all.
var ChangeKinds = []string{
	"action added", "resource wildcard", "principal added", "condition removed",
	"condition value added", "operator loosened", "deny removed", "deny narrowed",
	"boundary loosened", "key policy opened", "trust opened", "NotAction or NotPrincipal",
	"reordered", "split", "doubled",
}

// Widenings is how many of ChangeKinds, from the first, widen access.
const Widenings = 12

// policyAt is a document of a template that can be changed: it is the same in the deployment.
type policyAt struct {
	kind string // identity, boundary, secret, key or trust
	tree map[string]any
	st   *stack
}

// Changed makes the estate of a seed with one document changed in one of ChangeKinds. It says
// whether there was such a document.
func Changed(seed uint64, kind string, r *rand.Rand) (*Generated, bool) {
	g := Estate(seed)
	var fit []func()
	for _, p := range g.policies() {
		fit = append(fit, p.changes(kind, r)...)
	}
	if len(fit) == 0 {
		return g, false
	}
	pick(r, fit)()
	if kind == "trust opened" {
		for _, p := range g.principals {
			p.chained = p.chained || trustsEverybody(p.trust)
		}
	}
	g.Templates = nil
	for _, st := range g.stacks {
		g.Templates = append(g.Templates, st.template())
	}
	return g, true
}

// trustsEverybody says whether everybody may assume a role.
func trustsEverybody(trust any) bool {
	tree, _ := trust.(map[string]any)
	list, _ := tree["Statement"].([]any)
	return slices.ContainsFunc(list, func(s any) bool {
		one, _ := s.(map[string]any)
		who, _ := one["Principal"].(map[string]any)
		return who["AWS"] == "*"
	})
}

// policies returns the documents of all templates.
func (g *Generated) policies() []policyAt {
	var out []policyAt
	for _, st := range g.stacks {
		for _, id := range slices.Sorted(maps.Keys(st.resource)) {
			resource := st.resource[id].(map[string]any)
			kind := "identity"
			switch {
			case resource["Type"] == "AWS::SecretsManager::ResourcePolicy":
				kind = "secret"
			case strings.HasPrefix(id, "Limit"):
				kind = "boundary"
			case strings.HasPrefix(resource["Type"].(string), "AWS::KMS::"):
				kind = "key"
			}
			out = append(out, policiesIn(st, kind, resource["Properties"])...)
		}
	}
	return out
}

func policiesIn(st *stack, kind string, t any) []policyAt {
	var out []policyAt
	switch t := t.(type) {
	case map[string]any:
		if t["Statement"] != nil {
			return []policyAt{{kind, t, st}}
		}
		for _, name := range slices.Sorted(maps.Keys(t)) {
			of := kind
			if name == "AssumeRolePolicyDocument" {
				of = "trust"
			}
			out = append(out, policiesIn(st, of, t[name])...)
		}
	case []any:
		for _, v := range t {
			out = append(out, policiesIn(st, kind, v)...)
		}
	}
	return out
}

func (p policyAt) list() []any {
	if list, ok := p.tree["Statement"].([]any); ok {
		return list
	}
	return []any{p.tree["Statement"]}
}

// add adds a statement to the document.
func (p policyAt) add(s map[string]any) func() {
	return func() { p.tree["Statement"] = append(slices.Clone(p.list()), s) }
}

// without takes a statement out of the document.
func (p policyAt) without(i int) func() {
	return func() { p.tree["Statement"] = slices.Delete(slices.Clone(p.list()), i, i+1) }
}

// changes returns the ways to change the document in a kind.
func (p policyAt) changes(kind string, r *rand.Rand) []func() {
	everything := map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}
	anybody := map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "kms:*",
		"Resource": "*",
	}
	switch {
	case kind == "boundary loosened" && p.kind == "boundary":
		return []func(){p.add(everything)}
	case kind == "key policy opened" && p.kind == "key":
		return []func(){p.add(anybody)}
	case kind == "trust opened" && p.kind == "trust":
		return []func(){p.add(map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "sts:AssumeRole",
		})}
	case kind == "reordered" && len(p.list()) > 1:
		return []func(){func() {
			list := slices.Clone(p.list())
			slices.Reverse(list)
			p.tree["Statement"] = list
		}}
	case p.kind == "trust":
		return nil
	}
	var out []func()
	for i, s := range p.list() {
		if one, ok := s.(map[string]any); ok {
			if do := p.change(kind, i, one, r); do != nil {
				out = append(out, do)
			}
		}
	}
	return out
}

// change returns how to change a statement in a kind, or nil.
func (p policyAt) change(kind string, i int, s map[string]any, r *rand.Rand) func() {
	allows := s["Effect"] == "Allow"
	set := func(name string, v any) func() { return func() { s[name] = v } }
	switch {
	case kind == "action added" && allows && s["Action"] != nil:
		return set("Action", append(listOf(s["Action"]), "secretsmanager:*"))
	case kind == "resource wildcard" && allows && s["Resource"] != nil && s["Resource"] != "*":
		return set("Resource", "*")
	case kind == "principal added" && allows && s["Principal"] != nil:
		return set("Principal", "*")
	case kind == "condition removed" && allows && s["Condition"] != nil:
		return func() { delete(s, "Condition") }
	case kind == "condition value added" && allows:
		return changeTest(s, func(operator string) bool {
			return !strings.Contains(operator, "Not") && !strings.Contains(operator, "Null") &&
				strings.Contains(operator, "String")
		}, func(operator string, values any) (string, any) {
			return operator, append(listOf(values), pick(r, []any{"pay", "ops", "zzz"}))
		})
	case kind == "operator loosened" && allows:
		return changeTest(s, func(operator string) bool {
			return !strings.HasSuffix(operator, "IfExists") && operator != "Null"
		}, func(operator string, values any) (string, any) {
			return operator + "IfExists", values
		})
	case kind == "deny removed" && !allows && len(p.list()) > 1:
		return p.without(i)
	case kind == "deny narrowed" && !allows && s["Condition"] == nil:
		return set("Condition", map[string]any{
			"StringEquals": map[string]any{"aws:SourceVpce": "vpce-narrowed"}})
	}
	return p.changeOther(kind, i, s)
}

// changeOther is change for the rarer kinds.
func (p policyAt) changeOther(kind string, i int, s map[string]any) func() {
	allows := s["Effect"] == "Allow"
	switch {
	case kind == "NotAction or NotPrincipal" && s["NotAction"] != nil && allows:
		return func() { s["NotAction"] = "iam:*" }
	case kind == "NotAction or NotPrincipal" && s["NotPrincipal"] != nil && !allows:
		return func() {
			who := s["NotPrincipal"].(map[string]any)
			s["NotPrincipal"] = map[string]any{"AWS": append(listOf(who["AWS"]),
				"arn:aws:iam::111111111111:role/outside", "arn:aws:iam::111111111111:root")}
		}
	case kind == "split" && len(listOf(s["Action"])) > 1:
		return func() {
			other := maps.Clone(s)
			list := listOf(s["Action"])
			other["Action"], s["Action"] = list[1:], list[:1]
			p.add(other)()
		}
	case kind == "doubled":
		return p.add(maps.Clone(s))
	}
	return nil
}

// changeTest returns how to change one key of a condition, the first whose operator fits.
func changeTest(
	s map[string]any, fits func(string) bool, change func(string, any) (string, any),
) func() {
	block, _ := s["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(block)) {
		if !fits(operator) {
			continue
		}
		keys, ok := block[operator].(map[string]any)
		if !ok {
			continue
		}
		key := slices.Min(slices.Collect(maps.Keys(keys)))
		return func() {
			name, values := change(operator, keys[key])
			block, keys := maps.Clone(block), maps.Clone(keys)
			delete(keys, key)
			block[operator] = keys
			if len(keys) == 0 {
				delete(block, operator)
			}
			more, _ := block[name].(map[string]any)
			more = maps.Clone(more)
			if more == nil {
				more = map[string]any{}
			}
			if _, taken := more[key]; taken {
				return // the one of these that is left is the looser
			}
			more[key], block[name] = values, more
			s["Condition"] = block
		}
	}
	return nil
}

// listOf returns a value as a list.
func listOf(v any) []any {
	if list, ok := v.([]any); ok {
		return slices.Clone(list)
	}
	return []any{v}
}

// managedKeyID is the id of the key that AWS manages for another account, in calls.
const managedKeyID = "00000000-0000-0000-0000-000000000000"

// RefusesCall says whether the documents of this estate refuse a request of a call that was drawn
// of another one of the same seed, in every reading of AWS's pages.
func (g *Generated) RefusesCall(c Call) bool {
	for _, r := range c.Requests {
		if arn, is := strings.CutSuffix(r.Resource, "key/"+managedKeyID); is {
			r.Resource = arn + "alias/aws/secretsmanager" // as witnesses call it
		}
		one := Witness{
			PrincipalID: c.PrincipalID, PrincipalTemplate: c.PrincipalTemplate,
			SecretID: c.SecretID, Region: c.Region, Caller: r.CallerARN, CallerKind: r.CallerKind,
			Action: r.Action, Resource: r.Resource, ResourceAccount: r.ResourceAccount,
			Context: r.Context,
		}
		allowed, _, err := g.AllowsWitness(one)
		if err != nil || !allowed && !g.DoubtfulWitness(one) {
			return true
		}
	}
	return false
}
