package access

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/verb"
)

// workWorld is a world in which so many roles may read so many secrets, by a pattern of which
// nobody knows whether it covers them: each secret is asked about for itself.
func workWorld(t testing.TB, roles, secrets int) *World {
	w := &World{}
	for i := range roles {
		w.Principals = append(w.Principals, askRole(t, fmt.Sprintf("r%02d", i),
			`{"Effect":"Allow","Action":"secretsmanager:*",`+
				`"Resource":"arn:aws:secretsmanager:*:*:secret:*-A?????"}`))
	}
	for i := range secrets {
		w.Secrets = append(w.Secrets, askSecret(fmt.Sprintf("s%02d", i)))
	}
	return w
}

// TestReportsEndTheSameEverywhere: where there are steps for a part of the questions only, the
// first principals are answered as they are with all steps, the others by "unknown" and never by
// "no", and how many run at once makes no difference.
func TestReportsEndTheSameEverywhere(t *testing.T) {
	w := workWorld(t, 12, 5)
	verbs := []*verb.Verb{readVerb}
	all := w.report(verbs, nil, nil, false, bounds{mostRows, MostWork})
	whole := strings.Split(all.lines(), "\n")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, part := range []int{0, 1, 3, 10} {
		most := all.work * part / 12
		first := ""
		for _, cores := range []int{1, 2, 8, 8, 8} {
			runtime.GOMAXPROCS(cores)
			r := w.report(verbs, nil, nil, false, bounds{mostRows, most})
			got := r.lines()
			if first == "" {
				first = got
			}
			if got != first {
				t.Fatalf("%d of 12 with %d cores:\n%s\nnot\n%s", part, cores, got, first)
			}
		}
		asked := 0
		for _, line := range whole {
			if line != "" && strings.Contains(first, line+"\n") {
				asked++
			}
		}
		if want := len(whole) * part / 12; asked < want-5 || asked > want+5 {
			t.Errorf("%d of 12: %d of %d rows are asked", part, asked, len(whole))
		}
		if strings.Contains(first, " deny") || strings.Count(first, TooMuch) == 0 {
			t.Errorf("%d of 12:\n%s", part, first)
		}
	}
}

// TestOneQuestionIsAlwaysAsked: one principal and one secret have an answer, whatever is left.
func TestOneQuestionIsAlwaysAsked(t *testing.T) {
	w := workWorld(t, 2, 2)
	one := func(name string) Filter {
		return func(names ...string) bool { return names[0] == name }
	}
	r := w.report([]*verb.Verb{readVerb}, one("r01"), one("s01"), false, bounds{mostRows, 0})
	if strings.Contains(r.lines(), TooMuch) {
		t.Error(r.lines())
	}
}

// keyed gives a secret a key of its own, with a policy.
func keyed(t testing.TB, s *Secret, policy string) *Secret {
	id := cfn.Unknown{
		What: "attribute", Name: "Arn", LogicalID: s.ID + "Key", Shown: "<id>",
		Class: cfn.HexDigits, Min: 36, Max: 36, Unique: true,
	}
	s.Copies[0].Key = &Key{
		ID: s.ID + "Key", ARN: "arn:aws:kms:eu-west-1:" + askAccount + ":key/" + id.Text(),
		Account: askAccount, Region: "eu-west-1", Known: true,
		Policy: askDocument(t, KeyPolicy, s.ID+"Key", policy),
	}
	return s
}

// TestKeysThatDifferInTheirARNAreAskedOnce: secrets with keys of one policy are asked about once,
// and each for itself where a policy names a key, or the policies of the keys differ.
func TestKeysThatDifferInTheirARNAreAskedOnce(t *testing.T) {
	const secrets = 20
	const delegates = `{"Effect":"Allow","Action":"kms:*","Resource":"*",` +
		`"Principal":{"AWS":"arn:aws:iam::` + askAccount + `:root"}}`
	const refuses = `{"Effect":"Deny","Action":"kms:*","Resource":"*","Principal":"*"}`
	world := func(identity string) *World {
		w := &World{Principals: []*Principal{askRole(t, "r", identity)}}
		for i := range secrets {
			w.Secrets = append(w.Secrets, keyed(t, askSecret(fmt.Sprintf("s%02d", i)), delegates))
		}
		return w
	}
	report := func(w *World) Report {
		return w.report([]*verb.Verb{readVerb}, nil, nil, false, bounds{mostRows, MostWork})
	}
	everything := `{"Effect":"Allow","Action":"*","Resource":"*"}`
	alike := report(world(everything))
	if alike.work > 200 || strings.Count(alike.lines(), "r read ") != secrets {
		t.Errorf("%d steps:\n%s", alike.work, alike.lines())
	}
	named := world(everything)
	key := named.Secrets[7].Copies[0].Key
	named.Principals[0] = askRole(t, "r",
		`[`+everything+`,{"Effect":"Deny","Action":"kms:*","Resource":"`+key.ARN+`"}]`)
	other := world(everything)
	keyed(t, other.Secrets[7], refuses)
	for name, w := range map[string]*World{"a key is named": named, "a policy differs": other} {
		r := report(w)
		got := r.lines()
		if strings.Contains(got, "r read s07 eu-west-1 allow") ||
			strings.Count(got, "r read ") < secrets-1 ||
			!strings.Contains(got, "r read s08 eu-west-1 allow") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// TestIsTag: texts that mention tags, in any case and at any place, and such that nearly do.
func TestIsTag(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "/": false, "tag/": false, "aws:ResourceTag/a": true, "aws:PRINCIPALTAG/": true,
		"${aws:PrincipalTag/team}/x": true, "a/b/c": false, "a/aws:ResourceTag/b": true,
		"aws:RequestTag/a": false, "arn:aws:iam::1:role/a/tag/b": false, "resourcetag": false,
		"aws:PrİncipalTag/x": true,
	} {
		if got := isTag(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
