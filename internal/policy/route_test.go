package policy

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// TestNoRequestGoesTwoRoutes: keys of different routes are never in one request, whatever operators
// ask for them; those of one route, and of another kind of routes, may be.
func TestNoRequestGoesTwoRoutes(t *testing.T) {
	route := func(of, way, only string) Fact {
		return Fact{State: Open, Route: Route{Of: of, Way: way, Only: only}}
	}
	facts := map[string]Fact{
		"t:left": route("side", "left", ""), "t:alsoleft": route("side", "left", ""),
		"t:right": route("side", "right", ""), "t:up": route("height", "up", ""),
		"t:down": route("height", "down", "true"), "t:free": {State: Open},
	}
	for _, c := range []struct {
		condition cfn.Object
		want      Verdict
	}{
		{object("StringEquals", "t:left", "x", "t:alsoleft", "y"), Possible},
		{object("StringEquals", "t:left", "x", "t:right", "y"), Refused},
		{object("StringEqualsIfExists", "t:left", "x", "t:right", "y"), Possible},
		{object("StringNotEquals", "t:left", "x", "t:right", "y"), Possible},
		{object("Null", "t:left", "false", "t:right", "false"), Refused},
		{object("Null", "t:left", "true", "t:right", "false"), Possible},
		{object("Null", "t:left", "true", "t:right", "true"), Possible},
		{object("StringEquals", "t:left", "x", "t:up", "y", "t:free", "z"), Possible},
		{object("StringEquals", "t:up", "x", "t:down", "true"), Refused},
		{object("StringEquals", "t:up", "x", "t:down", "TRUE"), Refused},
		{object("StringEquals", "t:up", "x", "t:down", "false"), Possible},
		{object("StringEquals", "t:left", "x", "t:up", "y", "t:down", "false"), Possible},
		{object("StringEquals", "t:left", "x", "t:right", "z", "t:up", "y", "t:down", "no"),
			Refused},
	} {
		rules, err := Decode(cfn.Object{{Key: "Statement", Value: cfn.Object{
			{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "*"},
			{Key: "Resource", Value: "*"}, {Key: "Condition", Value: c.condition},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		out := Decide([]Question{{
			Request: Request{
				Caller: Caller{Kind: Role, ARN: "arn:aws:iam::111111111111:role/r",
					Account: "111111111111"},
				Action: "a:B", Resource: "arn:aws:a:::b", Owner: "111111111111",
			},
			Policies: Policies{Identity: []Source{{Name: "p", Rules: rules}}},
			Facts:    func(key string) Fact { return facts[key] },
		}})
		if out.Verdict != c.want {
			t.Errorf("%s: %v, want %v", cfn.JSON(c.condition), out.Verdict, c.want)
		}
	}
}

// object is a condition block of one operator with keys and their values.
func object(operator string, pairs ...string) cfn.Object {
	var keys cfn.Object
	for i := 0; i < len(pairs); i += 2 {
		keys = append(keys, cfn.Member{Key: pairs[i], Value: pairs[i+1]})
	}
	return cfn.Object{{Key: operator, Value: keys}}
}
