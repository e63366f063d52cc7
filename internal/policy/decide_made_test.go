package policy

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// domain is a key of the problems that properties make: what tests may ask of it, and values that
// stand for all that it may have.
type domain struct {
	key    string
	fact   Fact
	test   func(r *rand.Rand, key string) testOf
	values [][]string
}

func listed(values ...string) [][]string {
	out := [][]string{nil}
	for _, v := range values {
		out = append(out, []string{v})
	}
	return out
}

func valued(operators []string, values ...string) func(*rand.Rand, string) testOf {
	return func(r *rand.Rand, key string) testOf {
		t := testOf{pick(r, operators...), key, some(r, 2, func() string {
			return pick(r, values...)
		})}
		if t.operator != "Null" && r.IntN(5) == 0 {
			t.operator += "IfExists"
		}
		return t
	}
}

func textual(r *rand.Rand, key string) testOf {
	t := randomTextTest(r, key, false,
		[]string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike",
			"StringNotLike", "Null"}, "ab", "ab*?")
	if t.operator != "Null" && r.IntN(4) == 0 {
		t.values[0] = pick(r, "${t:a}", "${t:b}", "${t:told}", "${t:a, 'b'}", "${t:b}")
	}
	return t
}

func several(r *rand.Rand, key string) testOf {
	return randomTextTest(r, key, true,
		[]string{"StringEquals", "StringNotEquals", "StringLike", "Null"}, "ab", "ab*?")
}

var domains = []domain{
	{"t:a", Fact{State: Open}, textual, listed("", "a", "b", "x", "ab", "ba", "A")},
	{"t:b", Fact{State: Open}, textual, listed("", "a", "b", "x", "ab", "ba", "aa")},
	{"t:c", Fact{State: Chosen}, textual, listed("", "a", "b", "x", "ab")},
	{"t:p", Fact{State: Chosen, Plain: []string{"ab"}}, textual, listed("", "a", "b", "x", "ab")},
	{"t:w", Fact{State: Open, Always: true, Within: []string{"a?"}}, textual,
		[][]string{{"aa"}, {"ab"}, {"ax"}}},
	{"t:m", Fact{State: Open, Many: true}, several,
		append(listed("", "a", "b", "x"), []string{"a", "b"}, []string{"b", "x"},
			[]string{"a", "x"}, []string{"a", "b", "x"})},
	{"t:n", Fact{State: Open},
		valued([]string{"NumericEquals", "NumericNotEquals", "NumericLessThan",
			"NumericGreaterThan", "NumericLessThanEquals"}, "1", "2", "3.5"),
		listed("0", "1", "1.5", "2", "3", "3.5", "9", "x")},
	{"aws:sourceip", Fact{State: Open},
		valued([]string{"IpAddress", "NotIpAddress"}, "10.0.0.0/30", "10.0.0.2/31", "10.0.0.3"),
		listed("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "::")},
	{"aws:securetransport", Fact{State: Open, Always: true}, func(r *rand.Rand, key string) testOf {
		return testOf{pick(r, "Bool", "BoolIfExists"), key, []string{pick(r, "true", "false")}}
	}, [][]string{{"true"}, {"false"}}},
	{"aws:epochtime", Fact{State: Open, Always: true, Name: CurrentTime},
		func(r *rand.Rand, key string) testOf {
			return testOf{pick(r, "DateLessThan", "DateGreaterThanEquals", "NumericLessThan"), key,
				[]string{pick(r, "1767225600", "1767225602")}}
		}, [][]string{{"1767225599"}, {"1767225600"}, {"1767225601"}, {"1767225602"}}},
	{"t:y", Fact{State: Open}, valued([]string{"BinaryEquals"}, "YQ==", "Yg=="),
		listed("YQ==", "Yg==", "Yw==")},
	{"t:r", Fact{State: Open}, func(r *rand.Rand, key string) testOf {
		return testOf{pick(r, "ArnLike", "ArnNotLike", "ArnEquals", "StringEquals"), key,
			some(r, 2, func() string {
				return pick(r, "a:*:::b:c", "?:::::*", "*:a:::b:c", "b:::::c", "${t:a}")
			})}
	}, listed("x", "a:x:::b:c", "a:a:::b:c", "x:a:::b:c", "b:::::c", "b:::::x")},
}

// The accounts, callers and resources of the problems.
const (
	ownAccount   = "111122223333"
	otherAccount = "444455556666"
	anARN        = "arn:aws:s:r:" + ownAccount + ":x/"
)

// made is a problem that a property makes: documents as values, so that unknown parts in them can
// be filled.
type made struct {
	identity, boundary, resource any
	key                          bool
	caller                       Caller
	owner                        string
	asks                         []ask
	told                         string
	open                         []domain
	fills                        []cfn.Unknown
}

type ask struct{ action, resource, prefix string }

var (
	anyU    = cfn.Unknown{What: "parameter", Name: "U", Class: cfn.AnyText}
	letterV = cfn.Unknown{What: "suffix", Name: "V", Class: cfn.Letters, Min: 1, Max: 1}
)

// make makes a problem. With unknowns, some texts have unknown parts.
func makeProblem(r *rand.Rand, unknowns bool) *made {
	m := &made{
		key: r.IntN(4) == 0, owner: pick(r, ownAccount, ownAccount, otherAccount),
		told: pick(r, "a", "ab", "b"),
	}
	m.caller = pick(r, Caller{ARN: "arn:aws:iam::" + ownAccount + ":role/a"},
		Caller{ARN: "arn:aws:iam::" + ownAccount + ":role/a"},
		Caller{Kind: User, ARN: "arn:aws:iam::" + ownAccount + ":user/a"},
		Caller{Kind: AccountRoot, ARN: "arn:aws:iam::" + ownAccount + ":root"},
		Caller{Kind: ServicePrincipal, ARN: "s.amazonaws.com"})
	for _, i := range r.Perm(len(domains))[:3] {
		m.open = append(m.open, domains[i])
	}
	if r.IntN(2) == 0 {
		m.open[0], m.open[1] = domains[0], domains[1]
		m.open[2] = domains[2+r.IntN(len(domains)-2)]
	}
	m.asks = []ask{{"s:Get", anARN + pick(r, "a", "ab", "b"), ""}}
	if r.IntN(3) == 0 {
		m.asks = append(m.asks,
			ask{pick(r, "s:Put", "s:Get"), anARN + pick(r, "a", "aa"), pick(r, "", "second ")})
	}
	m.identity = m.document(r, unknowns, false)
	if r.IntN(3) == 0 {
		m.boundary = m.document(r, unknowns, false)
	}
	if m.key || r.IntN(2) == 0 {
		m.resource = m.document(r, unknowns, true)
	}
	if unknowns {
		m.fills = []cfn.Unknown{anyU, letterV}
		if r.IntN(4) == 0 {
			m.asks[0].resource += letterV.Text()
		}
		if r.IntN(4) == 0 {
			m.told = pick(r, anyU.Text(), letterV.Text(), "a"+letterV.Text())
		}
	}
	return m
}

func (m *made) document(r *rand.Rand, unknowns, ofResource bool) any {
	var list []any
	for range 1 + r.IntN(3) {
		if unknowns && r.IntN(12) == 0 {
			list = append(list, cfn.Unread{Unknown: anyU})
			continue
		}
		list = append(list, m.statement(r, unknowns, ofResource))
	}
	return map[string]any{"Version": withVariables, "Statement": list}
}

func (m *made) statement(r *rand.Rand, unknowns, ofResource bool) any {
	with := func(s string) string { // perhaps with an unknown part
		if !unknowns || r.IntN(6) > 0 {
			return s
		}
		return pick(r, anyU.Text(), s+letterV.Text(), letterV.Text(), s+anyU.Text())
	}
	s := map[string]any{"Effect": pick(r, Allow, Allow, Deny)}
	if unknowns && r.IntN(15) == 0 {
		s["Effect"] = anyU.Text()
	}
	s[pick(r, "Action", "Action", "Action", "NotAction")] = []string{with(pick(r, "s:*", "s:Get",
		"*", "s:Put")), "x:y"}
	s[pick(r, "Resource", "Resource", "Resource", "NotResource")] = some(r, 2, func() string {
		return with(pick(r, "*", "*", anARN+"*", anARN+"a", anARN+"${t:a}", anARN+"${t:b}*",
			anARN+"?", anARN+"a${t:told}"))
	})
	if ofResource {
		own := "arn:aws:iam::" + ownAccount
		ids := some(r, 2, func() string {
			return with(pick(r, own+":role/a", own+":role/a", own+":user/a", own+":root",
				ownAccount, "arn:aws:iam::"+otherAccount+":root", own+":role/b"))
		})
		switch r.IntN(6) {
		case 0:
			s["Principal"] = "*"
		case 1:
			s["NotPrincipal"] = map[string]any{"AWS": ids}
		case 2:
			s["Principal"] = map[string]any{"AWS": ids, "Service": "s.amazonaws.com"}
		default:
			s["Principal"] = map[string]any{"AWS": ids}
		}
	}
	block := map[string]any{}
	for range r.IntN(4) {
		d := pick(r, m.open...)
		t := d.test(r, d.key)
		if r.IntN(8) == 0 {
			t = testOf{pick(r, "StringEquals", "StringNotEquals", "StringLike"), "t:told",
				[]string{pick(r, "a", "a*", "${t:a}", "${t:b}*", "?${t:a}")}}
		}
		if unknowns && strings.Contains(t.operator, "String") {
			t.values[0] = with(t.values[0])
		}
		if unknowns && r.IntN(20) == 0 {
			t.values[0] = anyU.Text()
		}
		block[t.operator] = map[string]any{t.key: t.values}
	}
	if len(block) > 0 {
		s["Condition"] = block
	}
	return s
}

// filled returns a value with texts in the place of unknown parts. An unread statement is one that
// is made.
func filled(v any, with map[string]string, statement any) any {
	switch v := v.(type) {
	case string:
		for _, u := range []cfn.Unknown{anyU, letterV} {
			v = strings.ReplaceAll(v, u.Text(), with[u.Name])
		}
		return v
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = filled(v[i], with, statement)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = filled(v[i], with, statement)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = filled(v[k], with, statement)
		}
		return out
	case cfn.Unread:
		return statement
	}
	return v
}

// questions returns the questions of a problem whose unknown parts are filled, or with none, as
// they are.
func (m *made) questions(with map[string]string, statement any) ([]Question, error) {
	decode := func(v any) (*Source, error) {
		if v == nil {
			return nil, nil
		}
		if with != nil {
			v = filled(v, with, statement)
		}
		rules, err := decodeMaps(v)
		return &Source{Name: "p", Rules: rules}, err
	}
	identity, err := decode(m.identity)
	boundary, err2 := decode(m.boundary)
	resource, err3 := decode(m.resource)
	for _, e := range []error{err, err2, err3} {
		if e != nil {
			return nil, e
		}
	}
	told := m.told
	if with != nil {
		told = filled(told, with, nil).(string)
	}
	var out []Question
	for _, a := range m.asks {
		if with != nil {
			a.resource = filled(a.resource, with, nil).(string)
		}
		facts := map[string]Fact{"t:told": {State: Told, Values: []string{told}}}
		for _, d := range m.open {
			fact := d.fact
			if a.prefix != "" {
				fact.Name = a.prefix + d.key
			}
			facts[d.key] = fact
		}
		out = append(out, Question{
			Request: Request{
				Caller: m.caller, Action: a.action, Resource: a.resource, Owner: m.owner,
			},
			Policies: Policies{Boundary: boundary, Resource: resource, Key: m.key},
			Facts:    func(key string) Fact { return facts[key] },
		})
		if m.caller.Kind == Role || m.caller.Kind == User {
			out[len(out)-1].Policies.Identity = []Source{*identity}
		}
	}
	return out, nil
}

// sampled is the problem with some of the values of its keys.
func (m *made) sampled(r *rand.Rand) *made {
	out := *m
	out.open = slices.Clone(m.open)
	for i := range out.open {
		values := slices.Clone(out.open[i].values)
		r.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		out.open[i].values = values[:min(4, len(values))]
	}
	return &out
}

// circumstances calls what is given with the contexts of all circumstances, and says whether the
// call is plain in them.
func (m *made) circumstances(told string, try func(contexts []Context, plain bool) bool) {
	type variable struct {
		d    domain
		asks []int
	}
	var variables []variable
	for _, d := range m.open {
		byPrefix := map[string][]int{}
		for i, a := range m.asks {
			byPrefix[a.prefix] = append(byPrefix[a.prefix], i)
		}
		for _, prefix := range slices.Sorted(maps.Keys(byPrefix)) {
			if prefix != "" && d.fact.Name == "" || prefix == "" || d.fact.Name != "" {
				variables = append(variables, variable{d, byPrefix[prefix]})
			}
		}
	}
	contexts := make([]Context, len(m.asks))
	for i := range contexts {
		contexts[i] = Context{}.With("t:told", told)
	}
	var all func(n int, plain bool) bool
	all = func(n int, plain bool) bool {
		if n == len(variables) {
			return try(contexts, plain)
		}
		v := variables[n]
		for _, values := range v.d.values {
			before := slices.Clone(contexts)
			for _, i := range v.asks {
				contexts[i] = contexts[i].With(v.d.key, values...)
			}
			goOn := all(n+1,
				plain && (v.d.fact.State != Chosen || slices.Equal(values, v.d.fact.Plain)))
			copy(contexts, before)
			if !goOn {
				return false
			}
		}
		return true
	}
	all(0, true)
}
