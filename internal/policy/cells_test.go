package policy

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
)

func TestCellsOfTextsAreComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated texts")
	}
	var single [][]string
	for _, s := range textsUpTo("abA:/", 4) {
		single = append(single, []string{s})
	}
	var sets [][]string
	short := textsUpTo("abA", 2)
	for i, a := range short {
		for j, b := range short[i+1:] {
			sets = append(sets, []string{a, b})
			for _, c := range short[i+1+j+1:] {
				if (i+j)%3 == 0 {
					sets = append(sets, []string{a, b, c})
				}
			}
		}
	}
	wholly := 0
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 1))
		fact := Fact{State: Open, Many: seed%3 == 0, Always: r.IntN(5) == 0}
		if r.IntN(4) == 0 {
			fact.Within = some(r, 2, func() string {
				return pick(r, "a*", "*:*", "??", "*b", "?*")
			})
		}
		var tests []testOf
		for range 1 + r.IntN(4) {
			tests = append(tests,
				randomTextTest(r, "t:k", fact.Many, textOperators, "abA:/", "abA:*?*?"))
		}
		p, conditions := problemOf(tests, func(string) Fact { return fact })
		candidates := single
		if fact.Many {
			candidates = slices.Concat(single[:156], sets)
		}
		if within := (&openKey{fact: fact}).within(); within != nil {
			candidates = slices.DeleteFunc(slices.Clone(candidates), func(values []string) bool {
				return slices.ContainsFunc(values, func(v string) bool {
					return inOneOf(within, v) != cfn.Yes
				})
			})
		}
		if !fact.Always {
			candidates = append(slices.Clone(candidates), nil)
		}
		if p.full {
			continue
		}
		wholly++
		if m := missing(p, conditions, candidates); m != "" {
			t.Fatalf("seed %d, %+v, %v: %s", seed, fact, tests, m)
		}
	}
	if wholly < 1400 {
		t.Errorf("only %d of 1500 sets of tests are tried completely", wholly)
	}
}

func TestCellsOfARNsAreComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated ARNs")
	}
	candidates := [][]string{nil, {""}, {"a"}, {"a:b:a:b:a"}}
	fields := []string{"", "a", "b"}
	for n := range 729 {
		var parts []string
		for i := range 6 {
			parts = append(parts, fields[n/[...]int{1, 3, 9, 27, 81, 243}[i]%3])
		}
		candidates = append(candidates, []string{strings.Join(parts, ":")},
			[]string{strings.Join(parts, ":") + ":a"})
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		var tests []testOf
		for range 1 + r.IntN(3) {
			test := testOf{operator: pick(r, "ArnLike", "ArnNotLike", "ArnEquals", "StringLike",
				"ArnLikeIfExists"), key: "t:k"}
			test.values = some(r, 2, func() string {
				var parts []string
				for range pick(r, 6, 6, 6, 5, 7, 1) {
					parts = append(parts, pick(r, "a", "b", "*", "?", "", "*a"))
				}
				return strings.Join(parts, ":")
			})
			tests = append(tests, test)
		}
		p, conditions := problemOf(tests, func(string) Fact { return Fact{State: Open} })
		if p.full {
			t.Fatalf("seed %d: %v are not tried completely", seed, tests)
		}
		if m := missing(p, conditions, candidates); m != "" {
			t.Fatalf("seed %d, %v: %s", seed, tests, m)
		}
	}
}

// others are the kinds of values that are no texts: the operators, a value for a policy, and the
// values of requests.
var others = []struct {
	name      string
	operators []string
	constant  func(r *rand.Rand) string
	values    func() []string
}{
	{"numbers",
		[]string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
			"NumericGreaterThan", "NumericGreaterThanEquals"},
		func(r *rand.Rand) string { return pick(r, "0", "1", "1.5", "2", "7", "-3", "2.25") },
		func() (out []string) {
			for n := -20; n < 60; n++ {
				out = append(out, fmt.Sprint(float64(n)/4))
			}
			return append(out, "many")
		}},
	{"dates",
		[]string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
			"DateGreaterThan", "DateGreaterThanEquals"},
		func(r *rand.Rand) string {
			return pick(r, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:03Z",
				"1767225602")
		},
		func() (out []string) {
			for n := range 12 {
				out = append(out, time.Unix(1767225600-3+int64(n), 0).UTC().Format(time.RFC3339))
			}
			return append(out, "some day")
		}},
	{"addresses", []string{"IpAddress", "NotIpAddress"},
		func(r *rand.Rand) string {
			if r.IntN(3) == 0 {
				return fmt.Sprintf("2001:db8::%x/%d", r.IntN(256), 120+r.IntN(9))
			}
			return fmt.Sprintf("10.0.0.%d/%d", r.IntN(256),
				pick(r, 0, 8, 24, 25, 26, 27, 28, 29, 30, 31, 32))
		},
		func() (out []string) {
			for n := range 256 {
				out = append(out, fmt.Sprintf("10.0.0.%d", n),
					netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", n)).String())
			}
			return append(out, "0.0.0.0", "255.255.255.255", "10.0.1.0", "11.0.0.0", "::",
				"2001:db8::100", "nowhere")
		}},
	{"bytes", []string{"BinaryEquals"},
		func(r *rand.Rand) string {
			return base64.StdEncoding.EncodeToString([]byte(pick(r, "", "a", "b", "\x00",
				"\x00\x00")))
		},
		func() (out []string) {
			for _, s := range []string{"", "a", "b", "c", "\x00", "\x00\x00", "aa"} {
				out = append(out, base64.StdEncoding.EncodeToString([]byte(s)))
			}
			return out
		}},
}

func TestCellsOfOtherValuesAreComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated values")
	}
	for _, kind := range others {
		candidates := [][]string{nil}
		for _, v := range kind.values() {
			candidates = append(candidates, []string{v})
		}
		for seed := range uint64(250) {
			r := rand.New(rand.NewPCG(seed, 3))
			var tests []testOf
			for range 1 + r.IntN(4) {
				test := testOf{pick(r, kind.operators...) + pick(r, "", "", "IfExists"), "t:k",
					some(r, 3, func() string {
						return kind.constant(r)
					})}
				if r.IntN(8) == 0 {
					test = testOf{"Null", "t:k", []string{pick(r, "true", "false")}}
				}
				tests = append(tests, test)
			}
			p, conditions := problemOf(tests, func(string) Fact { return Fact{State: Open} })
			if p.full {
				t.Fatalf("%s, seed %d: %v are not tried completely", kind.name, seed, tests)
			}
			if m := missing(p, conditions, candidates); m != "" {
				t.Fatalf("%s, seed %d, %v: %s", kind.name, seed, tests, m)
			}
		}
	}
	t.Run("large numbers", func(t *testing.T) {
		p, conditions := problemOf([]testOf{{"NumericLessThan", "t:k",
			[]string{"100000000000000000000"}}}, func(string) Fact {
			return Fact{State: Open}
		})
		if m := missing(p, conditions, [][]string{{"1"}, {"100000000000000000000"}}); m != "" {
			t.Fatal(m)
		}
	})
}

func TestKeysComparedInTwoWaysAreComplete(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		kind := pick(r, others...)
		tests := []testOf{
			{pick(r, kind.operators...), "t:k", some(r, 2, func() string {
				return kind.constant(r)
			})},
			{pick(r, "StringEquals", "StringLike", "StringNotLike"), "t:k",
				some(r, 2, func() string {
					return pick(r, "1*", "*", "2026*", "?", "a")
				})},
		}
		if p, _ := problemOf(tests, func(string) Fact { return Fact{State: Open} }); !p.full {
			t.Fatalf("%v seem to be tried completely", tests)
		}
	}
}

func TestKeysOfOneTypeHaveNoOtherValues(t *testing.T) {
	for _, c := range []struct {
		test testOf
		want string
	}{
		{testOf{"Bool", "aws:SecureTransport", []string{"false"}}, "[true] [false] []"},
		{testOf{"StringEquals", "aws:ViaAWSService", []string{"true"}}, "[true] [false] []"},
		{testOf{"NumericLessThan", "aws:MultiFactorAuthAge", []string{"3600"}},
			"[3599] [3600] [3601] []"},
		{testOf{"NumericLessThan", "aws:PrincipalTag/level", []string{"3"}}, "[2] [3] [4] [x] []"},
		{testOf{"Bool", "aws:PrincipalTag/admin", []string{"true"}},
			"[true] [false] [x] [TRUE] []"},
		{testOf{"IpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}},
			"[0.0.0.0] [::] [10.0.0.0] [11.0.0.0] []"},
		{testOf{"DateLessThan", "aws:CurrentTime", []string{"2026-01-01T00:00:00Z"}},
			"[1767225599] [1767225600] [1767225601] []"},
	} {
		p, _ := problemOf([]testOf{c.test}, func(string) Fact { return Fact{State: Open} })
		var got []string
		for _, cell := range p.keys[0].cells {
			got = append(got, fmt.Sprint(cell.values))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%v: %s, want %s", c.test, g, c.want)
		}
	}
}

// Two or three keys that policy variables link: every combination of outcomes that small texts have
// is one of some cells.
func TestCellsOfLinkedKeysAreComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated conditions")
	}
	small := [][]string{nil}
	for _, s := range append(textsUpTo("ab", 2), "x", "xa") {
		small = append(small, []string{s})
	}
	arns := append(slices.Clone(small), []string{":::::"}, []string{"a:::::"}, []string{":::::b"},
		[]string{":::::xx"})
	tried := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		facts := map[string]Fact{}
		names := []string{"t:a", "t:b", "t:c"}[:2+r.IntN(2)]
		for _, k := range names {
			facts[k] = Fact{
				State: Open, Always: r.IntN(4) == 0, Many: r.IntN(8) == 0,
				Within: pick(r, nil, nil, []string{"a*"}, []string{"*b*", "?"}),
			}
		}
		facts["t:told"] = Fact{State: Told, Values: []string{pick(r, "ab", "a", "aba", "a/b")}}
		values := small
		var tests []testOf
		for range 1 + r.IntN(2) {
			v := "${" + pick(r, names...) + pick(r, "", "", ", 'a'", ", 'b'") + "}"
			test := testOf{pick(r, "StringEquals", "StringNotEquals", "StringLike",
				"ForAnyValue:StringEquals", "ArnEquals", "StringNotEqualsIfExists"),
				pick(r, names...), []string{v}}
			if strings.HasPrefix(test.operator, "Arn") {
				values = arns
			}
			if r.IntN(3) == 0 {
				test.key = "t:told"
				test.values[0] = pick(r, "a", "", "*", "?") + v + pick(r, "", "*", "b", v)
				test.operator = pick(r, "StringLike", "StringNotLike", "StringEquals",
					"StringEqualsIgnoreCase")
			}
			tests = append(tests, test)
		}
		for range r.IntN(3) {
			operators := []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
				"Null"}
			tests = append(tests,
				randomTextTest(r, pick(r, names...), false, operators, "ab", "ab*?"))
		}
		p, conditions := problemOf(tests, func(key string) Fact { return facts[key] })
		size := 1
		for i := range p.keys {
			size *= len(p.keys[i].cells)
		}
		if p.full || size > 20_000 {
			continue
		}
		tried++
		have := map[string]Context{}
		var all func(n int, c Context, of func(k string) [][]string, found func(Context))
		all = func(n int, c Context, of func(k string) [][]string, found func(Context)) {
			if n == len(names) {
				found(c.With("t:told", facts["t:told"].Values...))
				return
			}
			for _, values := range of(names[n]) {
				all(n+1, c.With(names[n], values...), of, found)
			}
		}
		all(0, Context{}, func(k string) (out [][]string) {
			at, ok := p.keyIndex[k]
			if !ok { // each test of it is met by every value, or by none
				within := (&openKey{fact: facts[k]}).within()
				for _, v := range values {
					if (v != nil || !facts[k].Always) &&
						(v == nil || inOneOf(within, v[0]) == cfn.Yes) {
						return [][]string{v}
					}
				}
				return [][]string{nil}
			}
			for _, c := range p.keys[at].cells {
				out = append(out, c.values)
			}
			return out
		}, func(c Context) { have[vectorOf(conditions, c)] = c })
		all(0, Context{}, func(k string) [][]string {
			within := (&openKey{fact: facts[k]}).within()
			return slices.DeleteFunc(slices.Clone(values), func(v []string) bool {
				return facts[k].Always && v == nil || v != nil && inOneOf(within, v[0]) != cfn.Yes
			})
		}, func(c Context) {
			if _, ok := have[vectorOf(conditions, c)]; !ok {
				t.Fatalf("seed %d, %v %v: %s of %v is none of %v", seed, tests, facts,
					vectorOf(conditions, c), c.keys, have)
			}
		})
	}
	if tried < 200 {
		t.Errorf("only %d of 300 sets of tests are tried completely", tried)
	}
}

// What matches says of texts with unknown parts holds for every text that these may be.
func TestMatchesHoldsForEveryFilling(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated texts")
	}
	u := cfn.Unknown{What: "parameter", Name: "U", Class: cfn.AnyText}
	v := cfn.Unknown{What: "name", Name: "V", Class: cfn.Letters, Min: 1, Max: 2}
	w := cfn.Unknown{What: "suffix", Name: "W", Class: cfn.Letters, Min: 2, Max: 2}
	x := cfn.Unknown{What: "name", Name: "X", Class: cfn.Letters, Min: 2, Max: 2, Unique: true}
	y := cfn.Unknown{What: "name", Name: "Y", Class: cfn.Letters, Min: 2, Max: 2, Unique: true}
	fills := []map[string]string{}
	for _, a := range []string{"", "a", "b", ":", "ab", "a:b", "A"} {
		for _, b := range []string{"a", "b", "ab", "A"} {
			for _, c := range []string{"aa", "ab", "bA"} {
				fills = append(fills,
					map[string]string{"U": a, "V": b, "W": c, "X": "cd", "Y": "dc"})
			}
		}
	}
	fill := func(s string, with map[string]string) string {
		for _, part := range []cfn.Unknown{u, v, w, x, y} {
			s = strings.ReplaceAll(s, part.Text(), with[part.Name])
		}
		return s
	}
	counts := map[cfn.Truth]int{}
	for seed := range uint64(6_000) {
		r := rand.New(rand.NewPCG(seed, 6))
		parts := func(plain ...string) string {
			var b strings.Builder
			for range r.IntN(5) {
				if r.IntN(3) == 0 {
					b.WriteString(pick(r, u, u, v, w, x, y).Text())
					continue
				}
				b.WriteString(pick(r, plain...))
			}
			return b.String()
		}
		pattern := parts("a", "b", "ab", "*", "?", ":", "*:", "A")
		text := parts("a", "b", "ab", "A", ":", "cd")
		if r.IntN(4) == 0 { // they are alike
			text = strings.NewReplacer("*", "ab", "?", "a").Replace(pattern)
		}
		if r.IntN(4) == 0 { // the pattern is made of the text
			pattern = ""
			for rest := text; rest != ""; rest = rest[len(firstLetter(rest)):] {
				pattern += pick(r, firstLetter(rest), firstLetter(rest), "?", "??", "*")
			}
		}
		wild := pick(r, literally, freely, inFields)
		fold := wild == literally && r.IntN(2) == 0
		p, err := compile(pattern, wild, false)
		if err != nil {
			t.Fatal(err)
		}
		asARN := wild == freely && r.IntN(3) == 0
		got := matches(p.text, text, fold)
		if asARN {
			p, _ = compile(strings.Repeat(":", r.IntN(6))+pattern, wild, false)
			text = strings.Repeat(":", r.IntN(6)) + text
			got = matchesARN(p.text, text)
		}
		counts[got]++
		for range 16 {
			f := pick(r, fills...)
			filled, _ := compile(fill(pattern, f), wild, false)
			against, want := filled.text, false
			switch {
			case asARN:
				against = fill(p.text, f)
				want = matchARN(against, fill(text, f))
			case fold:
				want = match(lowered(against), fill(text, f), true)
			default:
				want = match(against, fill(text, f), false)
			}
			if got != cfn.Maybe && want != (got == cfn.Yes) {
				t.Fatalf("seed %d: %s covers %s (%d, ARN %v, fold %v): %d, but not with %v", seed,
					shownAs(pattern, p.text), shownAs(text, text), wild, asARN, fold, got, f)
			}
		}
	}
	if counts[cfn.Yes] < 200 || counts[cfn.No] < 200 || counts[cfn.Maybe] < 200 {
		t.Errorf("too few of an outcome: %v", counts)
	}
}

func shownAs(s, _ string) string {
	var b strings.Builder
	for {
		before, _, u, after, found := cfn.CutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("{" + u.Name + "}")
		s = after
	}
}
