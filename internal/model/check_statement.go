package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// keyStatements checks the statements of key policies in the user's own words.
func keyStatements(m *Model) diag.List {
	c := checker{Model: m}
	for _, k := range m.keysWritten {
		if k.Imported {
			continue
		}
		for _, raw := range k.written.Policy.Statements {
			c.statement(raw.Node, aws.KeyPolicySid, "write letters, digits and spaces only")
			resource := raw.Node.Get("Resource")
			if resource != nil && resource.IsScalar() && resource.Text() != "*" {
				c.report(diag.InvalidStatement, resource.Span()).
					Message("a key policy speaks of its own key only").
					Hint(`write "*"`)
			}
		}
	}
	return c.found
}

// secretStatements checks the statements of resource policies in the user's own words.
func secretStatements(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		for _, raw := range s.written.V.Policy.Statements {
			c.statement(raw.Node, aws.Sid, "write letters and digits only")
		}
	}
	return c.found
}

// elements are the members of a policy statement, in IAM's spelling.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
var elements = []string{
	"Sid",
	"Effect",
	"Principal",
	"NotPrincipal",
	"Action",
	"NotAction",
	"Resource",
	"NotResource",
	"Condition",
}

// statement finds what is certainly wrong with a statement of a resource policy.
func (c *checker) statement(n *yaml.Node, validSid func(string) string, sidHint string) {
	for _, p := range n.Pairs() {
		if !slices.Contains(elements, p.Key.Text()) {
			d := c.report(diag.InvalidStatement, p.Key.Span()).
				Message("a policy statement has no member %q", p.Key).
				Hint("a statement has %s", diag.Words(strings.Join(elements, ", ")))
			if near := diag.Nearest(p.Key.Text(), elements); near != "" {
				d.Hint("write %q", diag.Words(near)).Fix(p.Key.Span(), "%s", diag.Words(near))
			}
		}
	}
	c.effect(n)
	c.alternatives(n)
	for _, action := range slices.Concat(scalars(n.Get("Action")), scalars(n.Get("NotAction"))) {
		if clause := aws.CheckAction(action.Text()); clause != "" {
			c.report(diag.InvalidStatement, action.Span()).
				Message("%s", clause).
				Hint("%s", diag.Words(actionHint(action.Text())))
		}
	}
	if sid := n.Get("Sid"); sid != nil && sid.IsScalar() {
		if clause := validSid(sid.Text()); clause != "" {
			c.report(diag.InvalidStatement, sid.Span()).
				Message("the Sid %q %s", sid, diag.Words(clause)).
				Hint("%s", diag.Words(sidHint))
		}
	}
	c.conditions(n.Get("Condition"))
	c.emptyConditions(n)
}

// statementAt is where what a statement lacks is reported.
func statementAt(n *yaml.Node) source.Span {
	if len(n.Pairs()) > 0 {
		return n.Pairs()[0].Key.Span()
	}
	return n.Span()
}

// isMisspelt says whether a member of a statement is nearly called so, which is said.
func isMisspelt(n *yaml.Node, element string) bool {
	return slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
		return !slices.Contains(elements, p.Key.Text()) &&
			diag.Nearest(p.Key.Text(), elements) == element
	})
}

func (c *checker) effect(n *yaml.Node) {
	effect := n.Get("Effect")
	switch {
	case effect == nil && isMisspelt(n, "Effect"):
	case effect == nil:
		c.report(diag.InvalidStatement, statementAt(n)).
			Message("the statement has no Effect").
			Hint(`add "Effect: Allow" or "Effect: Deny"`)
	case effect.Text() != "Allow" && effect.Text() != "Deny" && effect.IsScalar():
		c.report(diag.InvalidStatement, effect.Span()).
			Message("the effect %q does not exist", effect).
			Hint("write Allow or Deny")
	case effect.Text() == "Allow" && n.Get("NotPrincipal") != nil:
		c.report(diag.InvalidStatement, n.Get("NotPrincipal").Span()).
			Message("Allow with NotPrincipal lets in everybody else, anonymous callers included").
			Hint("name the principals, or use a condition")
	}
}

// alternatives checks that of an element and its opposite there is exactly one.
func (c *checker) alternatives(n *yaml.Node) {
	for _, element := range []string{"Principal", "Action", "Resource"} {
		opposite := "Not" + element
		a, b := n.Get(element), n.Get(opposite)
		switch {
		case a == nil && b == nil && (isMisspelt(n, element) || isMisspelt(n, opposite)):
		case a == nil && b == nil:
			c.report(diag.InvalidStatement, statementAt(n)).
				Message("a statement of a resource policy needs %s, or %s", element, opposite).
				Hint("add %q", element)
		case a != nil && b != nil:
			c.report(diag.InvalidStatement, b.Span()).
				Message("a statement cannot have both %s and %s", element, opposite).
				Hint("remove one of them")
		}
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
	return "see " +
		"https://docs.aws.amazon.com/service-authorization/latest/reference/" +
		"list_awssecretsmanager.html for the names of actions"
}

// scalars returns a scalar, or the scalars of a list.
func scalars(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.IsScalar() {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, item := range n.Items() {
		if item.IsScalar() {
			out = append(out, item)
		}
	}
	return out
}
