package policy

import (
	"fmt"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// TestWhatIsWrittenIsMet: a value that is written as it stands decides what comparing all of them
// one after the other decides.
func TestWhatIsWrittenIsMet(t *testing.T) {
	ending := cfn.Unknown{What: "suffix", Class: cfn.Letters, Min: 6, Max: 6}.Text()
	of := "arn:aws:secretsmanager:eu-west-1:111111111111:secret:"
	values := []string{of + "a-" + ending, of + "a-??????", of + "b-*", of + "b-abcdef",
		of + "${aws:PrincipalTag/x}", of + "${*}", of + "é", of, "*", "A", "a"}
	written := 0
	for mask := range 1 << len(values) {
		var some []any
		for i, v := range values {
			if mask>>i&1 == 1 {
				some = append(some, v)
			}
		}
		if len(some) == 0 || len(some) > 3 {
			continue
		}
		for _, form := range []string{"Resource", "NotResource", "StringEquals", "StringNotEquals",
			"StringLike", "StringNotLike", "ArnLike", "StringEqualsIgnoreCase"} {
			written += decidedAlike(t, form, some, append(values, of+"*", of+"?"))
		}
	}
	if written < 1000 {
		t.Errorf("only %d are written as they stand", written)
	}
}

// decidedAlike compares both ways for a statement with some values, and says how often one is
// written as it stands.
func decidedAlike(t *testing.T, form string, some []any, asked []string) (written int) {
	t.Helper()
	statement := cfn.Object{{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "*"}}
	if form == "Resource" || form == "NotResource" {
		statement = append(statement, cfn.Member{Key: form, Value: some})
	} else {
		statement = append(statement, cfn.Member{Key: "Resource", Value: "*"},
			cfn.Member{Key: "Condition", Value: cfn.Object{{Key: form, Value: cfn.Object{
				{Key: "aws:ResourceTag/x", Value: some}}}}})
	}
	rules, err := Decode(cfn.Object{{Key: "Version", Value: "2012-10-17"},
		{Key: "Statement", Value: []any{statement}}})
	if err != nil {
		return 0
	}
	r := &rules.Statements[0]
	for _, tag := range [][]string{nil, {"a"}, {"a", "b"}} {
		read := func(string) []string { return tag }
		for _, text := range asked {
			var quick, plain cfn.Truth
			if len(r.Conditions) == 0 {
				quick, plain = r.resourceTruth(text, read), r.resourceTruthOfAll(text, read)
				written += count(r.isWritten(text))
			} else {
				c := &r.Conditions[0]
				quick, plain = c.acceptsTruth(text, read), c.acceptsTruthOfAll(text, read)
				written += count(c.isWritten(text))
			}
			if quick != plain {
				t.Errorf("%s %q of %q: %s, compared with all %s", form, some, text,
					fmt.Sprint(quick), fmt.Sprint(plain))
			}
		}
	}
	return written
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// TestSameASCII: what is skipped at the beginning of two texts is the same and ASCII.
func TestSameASCII(t *testing.T) {
	long := "arn:aws:secretsmanager:eu-west-1:"
	for i := range len(long) {
		for _, c := range []string{"x", "é", string([]byte{anyRun}), beginning, ""} {
			a, b := long[:i]+c+long[i:], long+"more"
			for _, pair := range [][2]string{{a, b}, {b, a}, {a, a}} {
				n := sameASCII(pair[0], pair[1])
				if pair[0][:n] != pair[1][:n] {
					t.Errorf("%q and %q: the first %d are not the same", pair[0], pair[1], n)
				}
				for j := range n {
					if pair[0][j] >= 0x80 {
						t.Errorf("%q: byte %d of %d is not ASCII", pair[0], j, n)
					}
				}
			}
		}
	}
	if n := sameASCII(long, long); n != len(long)/8*8 {
		t.Errorf("%d of %d are the same", n, len(long))
	}
}
