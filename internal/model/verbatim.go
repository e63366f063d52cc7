package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// elements are the members of a policy statement, in IAM's spelling.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
var elements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// checkStatement finds what is certainly wrong with a statement of a resource policy in the user's own words.
func (r *resolver) checkStatement(n *yaml.Node, inKey bool) {
	bad := func(at source.Span) *diag.Diagnostic { return r.report(diag.InvalidStatement, at) }
	for _, p := range n.Pairs {
		if !slices.Contains(elements, p.Key.Text) {
			hint := diag.DidYouMean(p.Key.Text, elements)
			if hint == "" {
				hint = "a statement has " + strings.Join(elements, ", ")
			}
			bad(p.Key.Span).
				Message("a policy statement has no member %q", p.Key).
				Hint("%s", diag.Words(hint))
		}
	}
	at := n.Span
	if len(n.Pairs) > 0 {
		at = n.Pairs[0].Key.Span
	}
	effect := n.Get("Effect")
	switch {
	case effect == nil:
		bad(at).
			Message("the statement has no Effect").
			Hint(`add "Effect: Allow" or "Effect: Deny"`)
	case effect.Text != "Allow" && effect.Text != "Deny" && effect.IsScalar():
		bad(effect.Span).
			Message("the effect %q does not exist", effect).
			Hint("write Allow or Deny")
	}
	for _, pair := range [][2]string{{"Principal", "NotPrincipal"}, {"Action", "NotAction"}, {"Resource", "NotResource"}} {
		a, b := n.Get(pair[0]), n.Get(pair[1])
		switch {
		case a == nil && b == nil:
			bad(at).
				Message("a statement of a resource policy needs %s, or %s", pair[0], pair[1]).
				Hint("add %q", pair[0])
		case a != nil && b != nil:
			bad(b.Span).
				Message("a statement cannot have both %s and %s", pair[0], pair[1]).
				Hint("remove one of them")
		}
	}
	if effect != nil && effect.Text == "Allow" && n.Get("NotPrincipal") != nil {
		bad(n.Get("NotPrincipal").Span).
			Message("Allow with NotPrincipal lets in everybody else, anonymous callers included").
			Hint("name the principals, or use a condition")
	}
	for _, name := range []string{"Action", "NotAction"} {
		for _, action := range scalars(n.Get(name)) {
			if clause := aws.CheckAction(action.Text); clause != "" {
				bad(action.Span).
					Message("%s", clause).
					Hint("%s", diag.Words(actionHint(action.Text)))
			}
		}
	}
	if sid := n.Get("Sid"); sid != nil && sid.IsScalar() {
		valid, hint := aws.Sid, "write letters and digits only"
		if inKey {
			valid, hint = aws.KeyPolicySid, "write letters, digits and spaces only"
		}
		if clause := valid(sid.Text); clause != "" {
			bad(sid.Span).
				Message("the Sid %q %s", sid, diag.Words(clause)).
				Hint("%s", diag.Words(hint))
		}
	}
	r.checkConditions(n.Get("Condition"))
	r.emptyConditions(n)
	if resource := n.Get("Resource"); inKey && resource != nil && resource.IsScalar() && resource.Text != "*" {
		bad(resource.Span).
			Message("a key policy speaks of its own key only").
			Hint(`write "*"`)
	}
}

// actionHint offers the action of Secrets Manager that is meant, if one is close.
func actionHint(written string) string {
	_, name, _ := strings.Cut(written, ":")
	var names []string
	for _, a := range aws.SecretsManagerActions {
		_, known, _ := strings.Cut(a.Name, ":")
		names = append(names, known)
	}
	if near := diag.Nearest(name, names); near != "" {
		return fmt.Sprintf("write %q", "secretsmanager:"+near)
	}
	return "see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html for the names of actions"
}

// conditionsPage is the hint for a condition that is certainly wrong.
const conditionsPage = "see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html for what compares what"

// scalars returns a scalar, or the scalars of a list.
func scalars(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.IsScalar() {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, item := range n.Items {
		if item.IsScalar() {
			out = append(out, item)
		}
	}
	return out
}

// checkConditions finds what is certainly wrong with a condition block.
func (r *resolver) checkConditions(block *yaml.Node) {
	if block == nil || block.IsIntrinsic() {
		return
	}
	if block.Kind != yaml.Map {
		r.report(diag.InvalidStatement, block.Span).
			Message("a condition block is a mapping").
			Hint("write operators, then keys, then values")
		return
	}
	for _, operator := range block.Pairs {
		if !aws.ConditionOperator(operator.Key.Text) {
			r.report(diag.InvalidStatement, operator.Key.Span).
				Message("there is no condition operator %q", operator.Key.Text).
				Hint("%s", cmp.Or(diag.DidYouMean(operator.Key.Text, aws.ConditionOperators()), "write an operator such as StringEquals"))
			continue
		}
		if operator.Value.Kind != yaml.Map {
			r.report(diag.InvalidStatement, operator.Value.Span).
				Message("the operator %q needs a mapping", operator.Key.Text).
				Hint("write keys and their values below the operator")
			continue
		}
		if len(operator.Value.Pairs) == 0 {
			r.report(diag.InvalidStatement, operator.Key.Span).
				Message("the operator %q restricts nothing: it has no condition key", operator.Key.Text).
				Hint("write a condition key and its values below it, or remove it")
		}
		for _, key := range operator.Value.Pairs {
			var values []string
			for _, v := range scalars(key.Value) {
				values = append(values, v.Text)
			}
			for _, clause := range aws.CheckCondition(operator.Key.Text, key.Key.Text, values) {
				r.report(diag.InvalidStatement, key.Key.Span).
					Message("%s", clause).
					Hint("%s", diag.Words(conditionsPage))
			}
		}
	}
}

// emptyConditions refuses a condition block without operators and a condition key without values in a
// statement: IAM passes them over, and nobody writes them to restrict nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
func (r *resolver) emptyConditions(statement *yaml.Node) {
	for _, member := range statement.Pairs {
		if member.Key.Text != "Condition" || member.Value.Kind != yaml.Map {
			continue
		}
		if len(member.Value.Pairs) == 0 {
			r.report(diag.InvalidStatement, member.Key.Span).
				Message("the Condition restricts nothing: it is empty").
				Hint("write an operator, a condition key and its values, or remove it")
		}
		for _, operator := range member.Value.Pairs {
			for _, key := range operator.Value.Pairs {
				if key.Value.Kind == yaml.Seq && len(key.Value.Items) == 0 {
					r.report(diag.InvalidStatement, key.Key.Span).
						Message("the condition %s has no value", key.Key.Text).
						Hint("write at least one value")
				}
			}
		}
	}
}

// verbatim checks the sections in CloudFormation's own words, as far as they touch what this language promises.
func (r *resolver) verbatim() {
	r.describedLiterals()
	sections := []struct {
		name    string
		entries spec.Entries[spec.Raw]
	}{{"parameter", r.m.Parameters}, {"mapping", r.m.Mappings}, {"condition", r.m.Conditions}, {"resource", r.m.Resources}, {"output", r.m.Outputs}}
	for _, section := range sections {
		for _, e := range section.entries {
			r.check(diag.InvalidName, e.ID, "the "+section.name+"'s name", aws.LogicalID(e.ID.V), "write letters and digits only")
		}
	}
	for _, e := range r.m.Parameters {
		def := e.V.Node.Get("Default")
		if def != nil && credentials.IsNoEcho(e.V.Node) && def.Text != "" {
			r.report(diag.LiteralSecret, def.Span).
				Message("the default of a NoEcho parameter stands in the template in the clear").
				Hint("remove the default, and give the parameter when the stack is deployed")
		}
		if !credentials.IsNoEcho(e.V.Node) && def != nil {
			r.literals("", def)
		}
		if e.V.Node.Get("Type") == nil {
			r.report(diag.MissingProperty, e.ID.Span).
				Message("the parameter %q has no Type", e.ID).
				Hint("add Type: String")
		}
	}
	for _, e := range r.m.Mappings {
		r.literals("", e.V.Node)
	}
	for _, e := range r.m.Resources {
		if t := e.V.Node.Get("Type"); t == nil || !t.IsScalar() || t.Text == "" {
			r.report(diag.MissingProperty, e.ID.Span).
				Message("the resource %q has no Type", e.ID).
				Hint("add Type: and the CloudFormation type")
		}
		r.credentialsOf(e.V.Node)
	}
	for _, e := range r.m.Outputs {
		if e.V.Node.Get("Value") == nil {
			r.report(diag.MissingProperty, e.ID.Span).
				Message("the output %q has no Value", e.ID).
				Hint("add Value:")
		}
		r.literals("", e.V.Node)
	}
}
