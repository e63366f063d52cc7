package policy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

func TestRulesResolveIntrinsicsEverywhere(t *testing.T) {
	f := source.New("spec.yaml", []byte("0123456789"))
	because := []source.Span{{File: f, Start: 1, End: 2}}
	d := Document{
		{
			Sid: "Typed", Effect: Allow,
			Principal: Principal{AWS: []string{cfn.Sub("arn:${AWS::Partition}:iam::1:root")}},
			Action:    []string{"a:b"}, Resource: []string{cfn.Ref("S"), "x"},
			Condition: Conditions{}.With("StringEquals", "k", cfn.Ref("V")), Because: because,
		},
		{Verbatim: cfn.Object{
			{Key: "Effect", Value: "Deny"}, {Key: "Principal", Value: "*"},
			{Key: "Action", Value: []any{"a:b", cfn.Ref("A")}},
			{Key: "Resource", Value: cfn.Object{{Key: "Ref", Value: "S"}}},
			{Key: "Condition", Value: cfn.Object{{
				Key:   "Bool",
				Value: cfn.Object{{Key: "k", Value: cfn.Object{{Key: "Fn::Sub", Value: "x"}}}},
			}}},
		}},
	}
	var asked []string
	rules, err := d.Rules(func(intrinsic string) string {
		text := intrinsic[1:]
		asked = append(asked, text)
		if strings.Contains(text, "root") {
			return "arn:aws:iam::111122223333:root"
		}
		if strings.Contains(text, `"x"`) {
			return "true"
		}
		return "resolved"
	})
	if err != nil {
		t.Fatal(err)
	}
	typed, verbatim := rules.Statements[0], rules.Statements[1]
	if rules.Version != "2012-10-17" || typed.Resources[0] != "resolved" ||
		typed.Conditions[0].Values[0] != "resolved" || !slices.Equal(typed.Because, because) {
		t.Errorf("got %+v", typed)
	}
	if typed.Principals.Names(callerIn(home, Role), Allow) != NamedByAccount {
		t.Error("the account is not named")
	}
	if verbatim.Effect != Deny || verbatim.Index != 1 ||
		!slices.Equal(verbatim.Actions, []string{"a:b", "resolved"}) ||
		verbatim.Resources[0] != "resolved" || verbatim.Conditions[0].Values[0] != "true" {
		t.Errorf("got %+v", verbatim)
	}
	if len(asked) != 6 {
		t.Errorf("asked for %q", asked)
	}
	if _, err := d.Rules(func(intrinsic string) string { return intrinsic }); err == nil {
		t.Error("what is not resolved was accepted")
	}
}

// Merging statements changes no decision, neither of identity policies nor of resource policies.
func FuzzMergeChangesNoDecision(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 11))
		ofResource := r.IntN(2) == 0
		statements := make([]Statement, 1+r.IntN(10))
		for i := range statements {
			statements[i] = randomStatement(r, ofResource)
		}
		before := Source{"p", rulesOf(t, statements)}
		after := Source{"p", rulesOf(t, Merge(All(statements)))}
		one, two := Policies{Identity: []Source{before}}, Policies{Identity: []Source{after}}
		if ofResource {
			all := []Source{{"all", decoded(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)}}
			one = Policies{Identity: all, Resource: &before, Key: true}
			two = Policies{Identity: all, Resource: &after, Key: true}
		}
		for r := range someRequests {
			if got, want := Evaluate(r, two), Evaluate(r, one); got.Reason != want.Reason {
				t.Fatalf("%s of %s by %s: %q, merged %q\n%+v", r.Action, r.Resource, r.Caller.ARN,
					want.Reason, got.Reason, statements)
			}
		}
	})
}

// randomStatement makes a statement that may be merged with others of its kind.
func randomStatement(r *rand.Rand, ofResource bool) Statement {
	s := Statement{
		Effect: pick(r, Allow, Allow, Allow, Deny),
		Action: sortedUnique([]string{pick(r, "s:a", "s:b", "s:*"), pick(r, "s:a", "s:B", "t:*")}),
		Resource: sortedUnique([]string{
			pick(r, "arn:aws:s:::r", "arn:aws:s:::r*", "*"),
			pick(r, "arn:aws:s:::q", "arn:aws:s:::q?"),
		}),
	}
	if ofResource {
		s.Principal = pick(r,
			Principal{Any: true}, Principal{AWS: []string{"arn:aws:iam::111122223333:role/app"}},
			Principal{AWS: []string{home}}, Principal{Service: []string{"events.amazonaws.com"}},
			Principal{AWS: []string{foreign}, Service: []string{"events.amazonaws.com"}})
	}
	if r.IntN(3) == 0 {
		operator := pick(r, "StringEquals", "StringNotEquals", "StringEqualsIfExists")
		s.Condition = s.Condition.With(operator, "kms:ViaService", pick(r, "x", "y"))
	}
	if r.IntN(2) == 0 {
		operator := pick(r, "StringEquals", "StringLike", "StringNotLike")
		s.Condition = s.Condition.With(operator, "kms:EncryptionContext:SecretARN",
			pick(r, "m", "n", "*"), pick(r, "m", "n", "o"))
	}
	if r.IntN(5) == 0 {
		return Statement{Verbatim: s.Value()}
	}
	return s
}

// someRequests are requests of every kind of caller, of the resource's account and of another one.
func someRequests(yield func(Request) bool) {
	for _, kind := range []CallerKind{Role, User, ServicePrincipal} {
		for _, account := range []string{home, foreign} {
			for _, action := range []string{"s:a", "s:b", "s:c", "t:a"} {
				for _, resource := range []string{"arn:aws:s:::r", "arn:aws:s:::q",
					"arn:aws:s:::qq"} {
					for _, context := range contexts {
						more := yield(Request{
							Caller: callerIn(account, kind), Action: action, Resource: resource,
							Owner: home, Context: context,
						})
						if !more {
							return
						}
					}
				}
			}
		}
	}
}

var contexts = []Context{
	{},
	Context{}.With("kms:ViaService", "x"),
	Context{}.With("kms:EncryptionContext:SecretARN", "m"),
	Context{}.With("kms:ViaService", "x").With("kms:EncryptionContext:SecretARN", "n"),
	Context{}.With("kms:ViaService", "z").With("kms:EncryptionContext:SecretARN", "z"),
}

func rulesOf(t testing.TB, statements []Statement) Rules {
	t.Helper()
	rules, err := Document(statements).Rules(func(string) string { panic("an intrinsic") })
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// large is what an application with many secrets has: two full managed policies, and a secret with
// a resource policy.
func large(t testing.TB) Policies {
	var identity []Source
	for part := range 2 {
		var exact, pinned []string
		for i := range 50 {
			exact = append(exact,
				fmt.Sprintf("arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/%d/%d-??????",
					part, i))
			pinned = append(pinned,
				fmt.Sprintf("arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/%d/%d-AbCdEf",
					part, i))
		}
		identity = append(identity, Source{fmt.Sprintf("part %d", part), rulesOf(t, []Statement{
			{
				Effect: Allow,
				Action: []string{"secretsmanager:DescribeSecret",
					"secretsmanager:GetSecretValue"},
				Resource: exact,
			},
			{Effect: Allow, Action: []string{"kms:Decrypt"}, Resource: []string{"*"},
				Condition: Conditions{}.With("StringEquals", "kms:EncryptionContext:SecretARN",
					pinned...).
					With("StringEquals", "kms:ViaService",
						"secretsmanager.eu-west-1.amazonaws.com")},
		})})
	}
	resource := rulesOf(t, []Statement{
		{
			Effect: Allow, Principal: Principal{AWS: []string{foreign}},
			Action: []string{"secretsmanager:GetSecretValue"}, Resource: []string{"*"},
			Condition: Conditions{}.With("ArnEquals", "aws:PrincipalArn",
				"arn:aws:iam::444455556666:role/reader"),
		},
		{Effect: Deny, Principal: Principal{Any: true},
			Action: []string{"secretsmanager:GetSecretValue"}, Resource: []string{"*"},
			Condition: Conditions{}.With("BoolIfExists", "aws:PrincipalIsAWSService", "false").
				With("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/app")},
	})
	return Policies{Identity: identity, Resource: &Source{"resource", resource}}
}

func BenchmarkEvaluate(b *testing.B) {
	p := large(b)
	for name, r := range map[string]Request{
		"allowed": {
			Action:   "secretsmanager:GetSecretValue",
			Resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/1/49-AbCdEf",
		},
		"refused": {
			Action:   "secretsmanager:GetSecretValue",
			Resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/2/49-AbCdEf",
		},
		"another": {
			Action:   "secretsmanager:PutSecretValue",
			Resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/1/49-AbCdEf",
		},
		"decrypt": {Action: "kms:Decrypt", Resource: key,
			Context: Context{}.With("kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com").
				With("kms:EncryptionContext:SecretARN",
					"arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/1/49-AbCdEf")},
	} {
		r.Caller = callerIn(home, Role)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Evaluate(r, p)
			}
		})
	}
}

func TestARefusalWithoutANearMissAllocatesNothing(t *testing.T) {
	p := large(t)
	p.Resource = nil
	r := Request{
		Caller: callerIn(home, Role), Action: "secretsmanager:GetSecretValue", Resource: secret,
	}
	if n := testing.AllocsPerRun(100, func() { Evaluate(r, p) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// decodeMaps is Decode for objects that a test writes as maps.
func decodeMaps(v any) (Rules, error) { return Decode(objects(v)) }

// objects returns a value with its maps as objects, sorted by key.
func objects(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := cfn.Object{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			o = append(o, cfn.Member{Key: key, Value: objects(v[key])})
		}
		return o
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = objects(e)
		}
		return out
	}
	return v
}
