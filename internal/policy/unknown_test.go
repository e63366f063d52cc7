package policy

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

var (
	suffixA = cfn.Unknown{What: "suffix", Name: "a", Shown: "??????", Class: cfn.Letters, Min: 6,
		Max: 6}.Text()
	suffixB = cfn.Unknown{What: "suffix", Name: "b", Shown: "??????", Class: cfn.Letters, Min: 6,
		Max: 6}.Text()
	madeA = cfn.Unknown{What: "name", Name: "a", Shown: "*", Class: cfn.Letters, Min: 12,
		Max: 13, Unique: true}.Text()
	madeB = cfn.Unknown{What: "name", Name: "b", Shown: "*", Class: cfn.Letters, Min: 12,
		Max: 13, Unique: true}.Text()
	paramP   = cfn.Unknown{What: "parameter", Name: "P", Shown: "${P}"}.Text()
	paramQ   = cfn.Unknown{What: "parameter", Name: "Q", Shown: "${Q}"}.Text()
	account_ = cfn.Unknown{What: "account", Shown: "<account>", Class: cfn.Digits, Min: 12,
		Max: 12}.Text()
)

func TestMatchesWithUnknownParts(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		wild          wildcards
		fold          bool
		want          cfn.Truth
	}{
		{"secret:db-??????", "secret:db-" + suffixA, freely, false, cfn.Yes},
		{"secret:db-?????", "secret:db-" + suffixA, freely, false, cfn.No},
		{"secret:db-A?????", "secret:db-" + suffixA, freely, false, cfn.Maybe},
		{"secret:db-*", "secret:db-" + suffixA, freely, false, cfn.Yes},
		{"secret:d*", "secret:db-" + suffixA, freely, false, cfn.Yes},
		{"secret:db-_*", "secret:db-" + suffixA, freely, false, cfn.No},
		{"secret:db-" + suffixA, "secret:db-" + suffixA, literally, false, cfn.Yes},
		{"secret:db-" + suffixB, "secret:db-" + suffixA, literally, false, cfn.Maybe},
		{"secret:db-" + suffixA + "*", "secret:db-" + suffixA, freely, false, cfn.Yes},
		{"role/s-A-" + madeA, "role/s-A-" + madeA, literally, false, cfn.Yes},
		{"role/s-A-" + madeA, "role/s-A-" + madeB, literally, false, cfn.No},
		{"role/s-A-??????????", "role/s-A-" + madeB, freely, false, cfn.No},
		{"role/s-A-?????????????", "role/s-A-" + madeB, freely, false, cfn.Maybe},
		{"role/deploy", "role/s-A-" + madeB, literally, false, cfn.No},
		{paramP, "anything", literally, false, cfn.Maybe},
		{paramP, "", literally, false, cfn.Maybe},
		{paramP, paramP, literally, false, cfn.Yes},
		{paramP, paramQ, literally, false, cfn.Maybe},
		{paramP + "/*", "app/" + paramP, freely, false, cfn.Maybe},
		{"app/*", "app/" + paramP, freely, false, cfn.Yes},
		{"app/?", "app/" + paramP, freely, false, cfn.Maybe},
		{"a" + account_ + "b", "a123456789012b", literally, false, cfn.Maybe},
		{"a" + account_ + "b", "a12345678901xb", literally, false, cfn.No},
		{"a" + account_ + "b*", "a" + account_ + "bc", freely, false, cfn.Yes},
		{"*", paramP, freely, false, cfn.Yes},
		{"a:*x:b", "a:" + paramP + "x:b", inFields, false, cfn.Maybe},
		{"a:*x:b", "a:" + account_ + "x:b", inFields, false, cfn.Yes},
		{"PAY", "pay", literally, true, cfn.Yes},
		{"PAY" + suffixA, "pay" + suffixA, literally, true, cfn.Yes},
		{"\uFF21*", "\uFF21b", freely, false, cfn.Yes},
		{"\uFF21", "\uFF22", literally, false, cfn.No},
		{suffixA + "-" + paramP, suffixA + "-x", literally, false, cfn.Maybe},
		// the parameter may end in the resource
		{"a" + paramP + "-b*c", "a:1:2:3:4:5-bd:ec", inFields, false, cfn.Maybe},
		{"?" + suffixA + "?????", suffixA + suffixA, freely, false, cfn.Maybe},
	} {
		p, err := compile(c.pattern, c.wild, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := matches(p.text, c.text, c.fold); got != c.want {
			t.Errorf("%s covers %s: %d, want %d", cfn.Shown(c.pattern), cfn.Shown(c.text), got,
				c.want)
		}
	}
}

// TestQuestionMarksCoverAsLongParts: what asLong says at once is what going over all places says.
func TestQuestionMarksCoverAsLongParts(t *testing.T) {
	quick := 0
	for marks := range 70 {
		for least := range 14 {
			for more := range 2 {
				u := cfn.Unknown{What: "name", Name: "n", Shown: "*", Class: cfn.Class(marks % 4),
					Min: least, Max: least + more, Unique: marks%2 == 0}
				text := u.Text()
				pattern := strings.Repeat(string([]byte{anyOne}), marks)
				for _, c := range [][2]string{
					{pattern, text}, {pattern + "x", text}, {pattern, text + text},
					{pattern, text + "x"}, {"x" + pattern, text},
				} {
					if !asLong(c[0], c[1]) {
						continue
					}
					quick++
					if l := laidText(c[1], false); !l.must(patternApart(c[0], false), 0, 0) {
						t.Errorf("%d question marks cover %d to %d characters", marks, u.Min, u.Max)
					}
				}
			}
		}
	}
	if quick != 13 {
		t.Errorf("%d pairs are told at once", quick)
	}
}
