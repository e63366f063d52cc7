package policy

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

func read(resource string) Statement {
	return Statement{
		Effect:   Allow,
		Action:   []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
		Resource: []string{resource},
	}
}

func decrypt(pin string) Statement {
	return Statement{
		Effect: Allow, Action: []string{"kms:Decrypt"}, Resource: []string{"key"},
		Condition: Conditions{}.With("StringEquals", "kms:ViaService",
			"secretsmanager.eu-west-1.amazonaws.com").With("StringEquals",
			"kms:EncryptionContext:SecretARN", pin),
	}
}

func TestMergeGathersResourcesOfTheSameActions(t *testing.T) {
	got := Merge(All([]Statement{read("b"), read("a"), read("b")}))
	want := []Statement{{
		Effect:   Allow,
		Action:   []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
		Resource: []string{"a", "b"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestMergeGathersPinsOfTheSameKey(t *testing.T) {
	got := Merge(All([]Statement{decrypt("b"), decrypt("a")}))
	if len(got) != 1 || !slices.Equal(got[0].pin().Values, []string{"a", "b"}) ||
		!slices.Equal(got[0].Resource, []string{"key"}) {
		t.Errorf("got %+v", got)
	}
}

func TestMergeNeverWidensAPinToAnotherKey(t *testing.T) {
	other := decrypt("b")
	other.Resource = []string{"other key"}
	if got := Merge(All([]Statement{decrypt("a"), other})); len(got) != 2 {
		t.Errorf("two keys pinned to different secrets became one statement: %+v", got)
	}
}

func TestMergeLeavesApartWhatMustNotMatch(t *testing.T) {
	not := func(pin string) Statement {
		s := read("a")
		s.Condition = s.Condition.With("StringNotLike", "kms:EncryptionContext:SecretARN", pin)
		return s
	}
	if got := Merge(All([]Statement{not("a"), not("b")})); len(got) != 2 {
		t.Errorf("two conditions that must not match became one: %+v", got)
	}
}

func TestMergeUnitesActionsOnOneResource(t *testing.T) {
	put := Statement{
		Effect:   Allow,
		Action:   []string{"secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret"},
		Resource: []string{"a"},
	}
	got := Merge(All([]Statement{read("a"), put}))
	want := []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
		"secretsmanager:PutSecretValue"}
	if len(got) != 1 || !slices.Equal(got[0].Action, want) {
		t.Errorf("got %+v", got)
	}
}

func TestMergeKeepsWhatIsUnderOtherTerms(t *testing.T) {
	conditional := read("b")
	conditional.Condition = Conditions{}.With("Bool", "aws:MultiFactorAuthPresent", "true")
	denied := read("a")
	denied.Effect = Deny
	byOther := read("a")
	byOther.Principal = Principal{Service: []string{"events.amazonaws.com"}}
	byOther.Condition = Conditions{}.With("StringEquals", "aws:SourceAccount", "111111111111")
	byAnother := byOther
	byAnother.Principal = Principal{AWS: []string{"arn:aws:iam::111111111111:root"}}
	trust := read("")
	trust.Resource = nil
	got := Merge(All([]Statement{read("a"), conditional, denied, byOther, byAnother, trust}))
	if len(got) != 6 {
		t.Errorf("statements under different terms became one: %+v", got)
	}
}

func TestMergeKeepsVerbatimStatementsLastAndAsTheyAre(t *testing.T) {
	own := Statement{Verbatim: []member{{Key: "Effect", Value: "Deny"}}}
	got := Merge(All([]Statement{own, read("a"), own}))
	if len(got) != 3 || got[1].Verbatim == nil || got[2].Verbatim == nil {
		t.Errorf("got %+v", got)
	}
}

func TestMergeKeepsEveryReason(t *testing.T) {
	f := source.New("spec.yaml", []byte("0123456789"))
	a, b := read("a"), read("b")
	a.Because = []source.Span{{File: f, Start: 5, End: 6}}
	b.Because = []source.Span{{File: f, Start: 1, End: 2}, {File: f, Start: 5, End: 6}}
	got := Merge(All([]Statement{a, b}))
	want := []source.Span{{File: f, Start: 1, End: 2}, {File: f, Start: 5, End: 6}}
	if !slices.Equal(got[0].Because, want) {
		t.Errorf("got %+v", got[0].Because)
	}
}

// Statements that differ in nothing but whose calls they are about become one, with each reason
// once.
func TestMergeUnitesCallersWithEachReasonOnce(t *testing.T) {
	f := source.New("spec.yaml", []byte("0123456789"))
	because := []source.Span{{File: f, Start: 5, End: 6}}
	of := func(caller string) Statement {
		s := read("a")
		s.Condition = []Condition{{Operator: "ArnEquals", Key: callerARN, Values: []string{caller}}}
		s.Because = because
		return s
	}
	got := Merge(All([]Statement{of("arn:b"), of("arn:a")}))
	if len(got) != 1 || !slices.Equal(got[0].Condition[0].Values, []string{"arn:a", "arn:b"}) ||
		!slices.Equal(got[0].Because, because) {
		t.Errorf("got %+v", got)
	}
}

// Statements that differ in who calls become one, where that lets in nobody else.
func TestMergeUnitesPrincipals(t *testing.T) {
	const one, two = "arn:aws:iam::111111111111:", "arn:aws:iam::222222222222:"
	of := func(principal Principal, conditions ...string) Statement {
		s := read("a")
		s.Principal = principal
		for i := 0; i < len(conditions); i += 3 {
			s.Condition = s.Condition.With(conditions[i], conditions[i+1], conditions[i+2])
		}
		return s
	}
	aws := func(ids ...string) Principal { return Principal{AWS: ids} }
	caller := func(principal, arn string) Statement {
		return of(aws(principal), "ArnLike", callerARN, arn)
	}
	anyone := Principal{Any: true}
	own := "arn:${AWS::Partition}:iam::${AWS::AccountId}:"
	for _, test := range []struct {
		name string
		of   []Statement
		want int
	}{
		{"accounts", []Statement{of(aws(one + "root")), of(aws(two + "root"))}, 1},
		{"callers of accounts", []Statement{
			caller(one+"root", one+"role/a*"), caller(two+"root", two+"role/b")}, 1},
		{"a caller of an account that its ARN does not state", []Statement{
			caller(one+"root", one+"role/a"), caller(two+"root", "arn:aws:iam::*:role/b")}, 2},
		{"a caller of the stack's account", []Statement{
			caller(one+"root", one+"role/a"), caller("\x00{\"Fn::Sub\":\""+own+"root\"}",
				"\x00{\"Fn::Sub\":\""+own+"role/b\"}")}, 2},
		{"an account and a caller of it", []Statement{
			of(aws(one + "root")), caller(one+"root", one+"role/a")}, 1},
		{"an account and a caller of another", []Statement{
			of(aws(one + "root")), caller(two+"root", two+"role/a")}, 2},
		{"services", []Statement{of(Principal{Service: []string{"a.amazonaws.com"}}),
			of(Principal{Service: []string{"b.amazonaws.com"}})}, 1},
		{"a service and an account", []Statement{
			of(Principal{Service: []string{"a.amazonaws.com"}}), of(aws(one + "root"))}, 2},
		{"organizations", []Statement{of(anyone, "StringEquals", callerOrgID, "o-1"),
			of(anyone, "StringEquals", callerOrgID, "o-2")}, 1},
		{"parts of one organization", []Statement{
			of(anyone, "StringEquals", callerOrgID, "o-1", "ForAnyValue:StringLike",
				callerOrgPaths, "o-1/a/*"),
			of(anyone, "StringEquals", callerOrgID, "o-1", "ForAnyValue:StringLike",
				callerOrgPaths, "o-1/b/*")}, 1},
		{"parts of two organizations", []Statement{
			of(anyone, "StringEquals", callerOrgID, "o-1", "ForAnyValue:StringLike",
				callerOrgPaths, "o-1/a/*"),
			of(anyone, "StringEquals", callerOrgID, "o-2", "ForAnyValue:StringLike",
				callerOrgPaths, "o-2/a/*")}, 2},
		{"an organization and a part of it", []Statement{
			of(anyone, "StringEquals", callerOrgID, "o-1"),
			of(anyone, "StringEquals", callerOrgID, "o-1", "ForAnyValue:StringLike",
				callerOrgPaths, "o-1/a/*")}, 1},
		{"everybody and an account", []Statement{of(anyone), of(aws(one + "root"))}, 2},
		{"those who must not be", []Statement{of(anyone, "StringNotEquals", callerOrgID, "o-1"),
			of(anyone, "StringNotEquals", callerOrgID, "o-2")}, 2},
	} {
		if got := Merge(All(test.of)); len(got) != test.want {
			t.Errorf("%s: %d statements, want %d: %+v", test.name, len(got), test.want, got)
		}
	}
}

// What another statement allows anyway is left out, and its reason is the other's, too.
func TestMergeLeavesOutWhatIsAllowedAnyway(t *testing.T) {
	f := source.New("spec.yaml", []byte("0123456789"))
	always, sometimes := read("a"), read("a")
	sometimes.Resource = []string{"a", "b"}
	sometimes.Condition = Conditions{}.With("Bool", "aws:MultiFactorAuthPresent", "true")
	always.Because = []source.Span{{File: f, Start: 5, End: 6}}
	sometimes.Because = []source.Span{{File: f, Start: 1, End: 2}}
	got := Merge(All([]Statement{always, sometimes}))
	if len(got) != 2 || !slices.Equal(got[0].Resource, []string{"a"}) || got[0].Condition != nil ||
		len(got[0].Because) != 2 || !slices.Equal(got[1].Resource, []string{"b"}) {
		t.Errorf("got %+v", got)
	}
}

// call is a request of a made-up world: who calls, and what the request says of itself.
type call struct {
	account, role, org  string
	paths               []string
	action, resource    string
	via, encryptionArgs string
}

// calls are all requests that the generated statements can tell apart, but of the paths of an
// organization only some.
func calls() []call {
	var out []call
	for _, account := range []string{"111111111111", "222222222222"} {
		for _, role := range []string{"x", "y"} {
			for _, org := range []string{"", "o-1", "o-2"} {
				for _, paths := range [][]string{nil, {"o-1/a/"}, {"o-1/b/", "o-2/a/"}} {
					for n := range 3 * 3 * 2 * 4 {
						out = append(out, call{
							account: account, role: role, org: org, paths: paths,
							action: "abc"[n%3 : n%3+1], resource: "rst"[n/3%3 : n/3%3+1],
							via:            []string{"x", ""}[n/9%2],
							encryptionArgs: []string{"m", "n", "o", ""}[n/18%4],
						})
					}
				}
			}
		}
	}
	return out
}

// applies says whether a statement is about a call, by the plain reading of its elements.
func (s *Statement) applies(c call) bool {
	arn := "arn:aws:iam::" + c.account + ":role/" + c.role
	if !s.Principal.IsZero() && !s.Principal.Any &&
		!slices.Contains(s.Principal.AWS, "arn:aws:iam::"+c.account+":root") {
		return false
	}
	has := func(values []string, is string) bool {
		return is != "" && (slices.Contains(values, is))
	}
	for _, condition := range s.Condition {
		var holds bool
		switch condition.Key {
		case callerARN:
			holds = has(condition.Values, arn) ||
				slices.Contains(condition.Values, "arn:aws:iam::"+c.account+":role/*")
		case callerOrgID:
			holds = has(condition.Values, c.org)
		case callerOrgPaths:
			holds = slices.ContainsFunc(c.paths, func(p string) bool {
				return has(condition.Values, p)
			})
		case "kms:ViaService":
			holds = has(condition.Values, c.via)
			if strings.HasPrefix(condition.Operator, "StringNot") {
				holds = !holds
			}
		case "kms:EncryptionContext:SecretARN":
			holds = has(condition.Values, c.encryptionArgs)
		}
		if !holds {
			return false
		}
	}
	return slices.Contains(s.Action, c.action) && (s.Resource == nil ||
		slices.Contains(s.Resource, "*") || slices.Contains(s.Resource, c.resource))
}

// meaning says of every call whether one of the statements allows it and whether one denies it.
func meaning(statements []Statement, calls []call) []bool {
	var out []bool
	for _, c := range calls {
		for _, effect := range []string{Allow, Deny} {
			out = append(out, slices.ContainsFunc(statements, func(s Statement) bool {
				return s.Effect == effect && s.applies(c)
			}))
		}
	}
	return out
}

// aStatement makes one of few principals, actions, resources and conditions.
func aStatement(rng *rand.Rand) Statement {
	pick := func(words string) string { l := strings.Fields(words); return l[rng.IntN(len(l))] }
	s := Statement{
		Effect: pick("Allow Allow Allow Deny"),
		Action: sortedUnique([]string{pick("a b c"), pick("a b c")}),
	}
	if rng.IntN(5) > 0 {
		s.Resource = sortedUnique([]string{pick("r s *"), pick("r s t")})
	}
	one, two := "arn:aws:iam::111111111111:", "arn:aws:iam::222222222222:"
	account := pick(one + " " + two)
	switch rng.IntN(4) {
	case 0:
		s.Principal.AWS = []string{account + "root"}
	case 1:
		s.Principal.AWS = []string{one + "root", two + "root"}
	case 2:
		s.Principal.Any = true
	}
	if rng.IntN(3) == 0 {
		s.Condition = s.Condition.With(pick("ArnEquals ArnLike"), callerARN,
			account+pick("role/x role/y role/*"))
	}
	if rng.IntN(3) == 0 {
		s.Condition = s.Condition.With("StringEquals", callerOrgID, pick("o-1 o-2"))
	}
	if rng.IntN(4) == 0 {
		s.Condition = s.Condition.With("ForAnyValue:StringLike", callerOrgPaths,
			pick("o-1/a/ o-1/b/ o-2/a/"))
	}
	if rng.IntN(3) == 0 {
		s.Condition = s.Condition.With(pick("StringEquals StringNotEquals"), "kms:ViaService",
			pick("x y"))
	}
	if rng.IntN(3) == 0 {
		s.Condition = s.Condition.With(pick("StringEquals StringLike"),
			"kms:EncryptionContext:SecretARN", pick("m n"), pick("m n o"))
	}
	return s
}

// Merging preserves meaning, depends on no order, and is final.
func FuzzMergePreservesMeaning(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	all := calls()
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 7))
		statements := make([]Statement, 1+rng.IntN(12))
		for i := range statements {
			statements[i] = aStatement(rng)
		}
		before := fmt.Sprint(statements)
		merged := Merge(All(statements))
		if fmt.Sprint(statements) != before {
			t.Fatal("Merge changed what it was given")
		}
		if !slices.Equal(meaning(merged, all), meaning(statements, all)) {
			t.Fatalf("the meaning changed:\n%v\n%v", statements, merged)
		}
		rng.Shuffle(len(statements), func(i, j int) {
			statements[i], statements[j] = statements[j], statements[i]
		})
		if again := Merge(All(statements)); !reflect.DeepEqual(again, merged) {
			t.Fatalf("the order of statements matters:\n%+v\n%+v", merged, again)
		}
		if again := Merge(All(merged)); !reflect.DeepEqual(again, merged) {
			t.Fatalf("merging again changes the result:\n%+v\n%+v", merged, again)
		}
	})
}
