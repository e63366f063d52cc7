package access

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// audienceOf is the audience of a statement that lets in whoever's ARN meets a condition.
func audienceOf(operator string, place int32, values ...string) *audience {
	list := make([]any, len(values))
	for i := range values {
		list[i] = values[i]
	}
	rules := must(policy.Decode(documentOf(cfn.Object{
		{Key: "Effect", Value: "Allow"}, {Key: "Principal", Value: "*"},
		{Key: "Action", Value: "secretsmanager:GetSecretValue"}, {Key: "Resource", Value: "*"},
		{Key: "Condition", Value: cfn.Object{
			{Key: operator, Value: cfn.Object{{Key: "aws:PrincipalArn", Value: list}}},
		}},
	})))
	return &audience{rule: &rules.Statements[0], places: []int32{place}}
}

// TestAudienceIndex: the index finds for everybody whom asking every audience does.
func TestAudienceIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const before = "arn:aws:iam::111111111111:role/"
	part := cfn.Unknown{What: "parameter", Name: "Team", Shown: "${Team}"}.Text()
	pieces := []string{"team1", "team12", "team2", "*", "_", "?", "-", "/app", "sso/", part, "${aws:a}",
		"$", "t", "${*}"}
	name := func(from []string) string {
		out := ""
		for range 1 + r.IntN(4) {
			out += from[r.IntN(len(from))]
		}
		return out
	}
	operators := []string{"ArnLike", "ArnEquals", "StringLike", "StringEquals", "ArnNotLike",
		"StringEqualsIgnoreCase", "StringLikeIfExists", "ForAllValues:StringLike",
		"ForAnyValue:StringLike"}
	found := 0
	for range 300 {
		f := &finder{}
		for i := range int32(40) {
			var values []string
			for range 1 + r.IntN(3) {
				values = append(values, []string{before, "*", "arn:*:iam::*:role/"}[r.IntN(3)]+
					name(pieces))
			}
			f.order = append(f.order, audienceOf(operators[r.IntN(len(operators))], i, values...))
		}
		indexed := &finder{order: f.order, index: newAudienceIndex(f.order)}
		for range 40 {
			p := &Principal{Kind: RolePrincipal, ARN: before + name(pieces[:3]) + name(pieces[6:9]),
				Account: "111111111111"}
			switch r.IntN(4) {
			case 0:
				p.Kind, p.ARN = PatternPrincipal, before+name(pieces[:9])
			case 1:
				p.PathUnknown = true
			case 2:
				p.ARN = before + name(pieces[:10])
			}
			want, got := placesFor(f, p), placesFor(indexed, p)
			if found += len(want); want != got {
				t.Fatalf("%v %s: %s instead of %s", p.Kind, p.ARN, got, want)
			}
		}
	}
	if found < 10_000 {
		t.Errorf("found %d, which is too few", found)
	}
}

func placesFor(f *finder, p *Principal) string {
	out := map[int32]bool{}
	f.audiences(p, func(places []int32) {
		for _, at := range places {
			out[at] = true
		}
	})
	return fmt.Sprint(slices.Sorted(maps.Keys(out)))
}

// TestNameOfASecretCoversIt: a Resource that is found to be the name of a secret covers its ARN.
func TestNameOfASecretCoversIt(t *testing.T) {
	suffixOf := func(least, most int) string {
		return cfn.Unknown{What: "suffix", Class: cfn.Letters, Min: least, Max: most}.Text()
	}
	const arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-"
	name := cfn.Unknown{What: "name", Class: cfn.Letters, Min: 12, Max: 13}.Text()
	for _, c := range []struct {
		resource, arn string
		want          bool
	}{
		{arn + "??????", arn + suffixOf(6, 6), true},
		{arn + "??????", arn + suffixOf(5, 6), false},
		{arn + "??????", arn + suffixOf(6, 6) + "x", false},
		{arn + "??????", arn + "x" + suffixOf(6, 6), false},
		{arn + "??????", arn + "abcdef", false},
		{arn + "?????", arn + suffixOf(6, 6), false},
		{arn + name + "-??????", arn + name + "-" + suffixOf(6, 6), false},
		{"arn:aws:secretsmanager:*:111111111111:secret:app/db-??????", arn + suffixOf(6, 6), false},
	} {
		d := &Document{Rules: must(policy.Decode(documentOf(cfn.Object{
			{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "*"},
			{Key: "Resource", Value: c.resource},
		})))}
		x := newARNPatterns(d, &coverage{})
		got := x.isOf(0, c.arn)
		if got != c.want || got && x.patterns[0].Covers(c.arn) != cfn.Yes {
			t.Errorf("%s of %s: %t, covers %d", cfn.Shown(c.resource), cfn.Shown(c.arn), got,
				x.patterns[0].Covers(c.arn))
		}
	}
}
