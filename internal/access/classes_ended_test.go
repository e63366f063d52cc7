package access

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// TestEndedPatternsLeaveNothingOut: of patterns that name secrets whose six characters nobody
// knows, all that may cover an ARN are compared with it, and of the usual ARN no others.
func TestEndedPatternsLeaveNothingOut(t *testing.T) {
	part := func(what, of string, class cfn.Class, n int) string {
		return cfn.Unknown{What: what, LogicalID: of, Class: class, Min: n, Max: n}.Text()
	}
	var patterns, arns []any
	for _, start := range []string{
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:",
		"arn:aws:secretsmanager:eu-west-1:222222222222:secret:",
		"arn:aws:secretsmanager:eu-west-1:" + part("account", "", cfn.Digits, 12) + ":secret:",
		"arn:aws:kms:eu-west-1:111111111111:key/",
	} {
		for _, name := range []string{"app/a", "app/b", "app/a-abcdef", "é", "app-",
			"app/" + part("name", "N", cfn.Letters, 12)} {
			for _, end := range []string{
				part("suffix", "A", cfn.Letters, 6), part("suffix", "B", cfn.Letters, 6),
				part("suffix", "A", cfn.Letters, 5), "??????", "abcdef", "ABCDEé", "a:cdef",
				part("suffix", "A", cfn.Letters, 6) + "x",
			} {
				patterns = append(patterns, start+name+"-"+end)
				arns = append(arns, start+name+"-"+end, start+name+end)
			}
		}
	}
	d := &Document{Rules: must(policy.Decode(documentOf(cfn.Object{
		{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "*"},
		{Key: "Resource", Value: patterns},
	})))}
	x := newARNPatterns(d, &coverage{})
	if len(x.ended.all) < 10 {
		t.Fatalf("%d patterns are found by what stands before their end", len(x.ended.all))
	}
	met := 0
	for _, arn := range arns {
		arn := arn.(string)
		compared := map[int32]bool{}
		x.ended.each(&askedARN{text: arn}, &x.all.texts, func(n int32) bool {
			compared[n] = true
			return true
		})
		for _, n := range x.ended.all {
			truth := x.patterns[n].Covers(arn)
			if truth != cfn.No {
				met++
			}
			if truth != cfn.No && !compared[n] {
				t.Errorf("%s is not compared with %s, and may be it: %s", cfn.Shown(arn),
					cfn.Shown(x.texts[n].text), fmt.Sprint(truth))
			}
			if _, usual := beforeEnding(arn); usual && truth == cfn.No && compared[n] {
				t.Errorf("%s is compared with %s", cfn.Shown(arn), cfn.Shown(x.texts[n].text))
			}
		}
	}
	if met < 20 {
		t.Errorf("only %d pairs may be the same", met)
	}
}
