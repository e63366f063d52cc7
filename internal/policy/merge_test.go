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
	conditional := read("a")
	conditional.Condition = Conditions{}.With("Bool", "aws:MultiFactorAuthPresent", "true")
	denied := read("a")
	denied.Effect = Deny
	byOther := read("a")
	byOther.Principal = Principal{Service: []string{"events.amazonaws.com"}}
	trust := read("")
	trust.Resource = nil
	got := Merge(All([]Statement{read("a"), conditional, denied, byOther, trust}))
	if len(got) != 5 {
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

// meaning lists what statements allow: one line for every effect, principal, action, resource and
// set of conditions.
func meaning(statements []Statement) []string {
	var out []string
	for _, s := range statements {
		pin, context := s.context()
		pins := []string{""}
		if pin != nil {
			pins = pin.Values
		}
		resources := s.Resource
		if resources == nil {
			resources = []string{"none"}
		}
		for _, a := range s.Action {
			for _, r := range resources {
				for _, p := range pins {
					out = append(out, fmt.Sprint(context, a, r, p))
				}
			}
		}
	}
	return sortedUnique(out)
}

// Merging preserves meaning, depends on no order, and is final.
func FuzzMergePreservesMeaning(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(42))
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 7))
		pick := func(words string) string { l := strings.Fields(words); return l[rng.IntN(len(l))] }
		statements := make([]Statement, 1+rng.IntN(12))
		for i := range statements {
			s := Statement{
				Effect: pick("Allow Allow Allow Deny"),
				Action: sortedUnique([]string{pick("a b c"), pick("a b c")}),
			}
			if rng.IntN(5) > 0 {
				s.Resource = sortedUnique([]string{pick("r s *"), pick("r s t")})
			}
			if rng.IntN(3) == 0 {
				s.Principal.AWS = []string{pick("p q")}
			}
			if rng.IntN(3) == 0 {
				s.Condition = s.Condition.With("StringEquals", "kms:ViaService", pick("x y"))
			}
			if rng.IntN(3) == 0 {
				s.Condition = s.Condition.With(pick("StringEquals StringLike"),
					"kms:EncryptionContext:SecretARN", pick("m n"), pick("m n o"))
			}
			statements[i] = s
		}
		before := fmt.Sprint(statements)
		merged := Merge(All(statements))
		if fmt.Sprint(statements) != before {
			t.Fatal("Merge changed what it was given")
		}
		if !slices.Equal(meaning(merged), meaning(statements)) {
			t.Fatalf("the meaning changed:\n%v\n%v", meaning(statements), meaning(merged))
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
