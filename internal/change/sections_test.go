package change

import (
	"strings"
	"testing"
)

func TestPoliciesThatAreExpressions(t *testing.T) {
	of := func(def, policy string) string {
		return "Transform: AWS::LanguageExtensions\nParameters: {P: {Type: String" + def +
			"}}\nResources:\n  K: {Type: AWS::KMS::Key, DeletionPolicy: " + policy + "}"
	}
	const retain, drop = ", Default: Retain", ", Default: Delete"
	gone := "Transform: AWS::LanguageExtensions\nParameters: {P: {Type: String, Default: Retain}}\n" +
		"Resources:\n  T: {Type: AWS::IAM::Role}"
	runPairs(t, []pairCase{
		{"another default", of(retain, "!Ref P"), of(drop, "!Ref P"),
			"guard-weaker modified K.DeletionPolicy"},
		{"a literal", of(retain, "!Ref P"), of(retain, "Delete"),
			"guard-weaker modified K.DeletionPolicy"},
		{"the same", of(retain, "Retain"), of(retain, "!Ref P"), ""},
		{"no default", of("", "Retain"), of("", "!Ref P"),
			"update modified K.DeletionPolicy unknown"},
		{"no default, the same", of("", "!Ref P"), of("", "!Sub '${P}'"), ""},
		{"it goes", of(retain, "!Ref P"), gone, "orphaned removed K\nupdate added T"},
	})
}

func TestMacrosAreNotKnown(t *testing.T) {
	const key = "Resources:\n  K: {Type: AWS::KMS::Key}"
	const include = "  I: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/%}}}"
	of := func(location string) string {
		return key + "\n" + strings.ReplaceAll(include, "%", location)
	}
	const function = "Transform: AWS::Serverless-2016-10-31\nResources:\n" +
		"  F: {Type: AWS::Serverless::Function, Connectors: {C: {Properties: " +
		"{Destination: {Id: T}, Permissions: [%]}}}}"
	with := func(permission string) string { return strings.ReplaceAll(function, "%", permission) }
	cases := []pairCase{
		{"one comes", key, "Transform: M\n" + key, "update modified Transform unknown"},
		{"another", "Transform: M\n" + key, "Transform: N\n" + key,
			"update modified Transform unknown"},
		{"what it is given", "Transform: {Name: M, Parameters: {A: a}}\n" + key,
			"Transform: {Name: M, Parameters: {A: b}}\n" + key, "update modified Transform unknown"},
		{"at the top", key, "Fn::Transform: {Name: M}\n" + key, "update modified Transform unknown"},
		{"at the top, what it is given", "Fn::Transform: {Name: M, Parameters: {A: a}}\n" + key,
			"Fn::Transform: {Name: M, Parameters: {A: b}}\n" + key,
			"update modified Transform unknown"},
		{"a resource", of("a"), of("b"), "update modified I.Fn::Transform unknown"},
		{"connectors", with("Read"), with("Write"), "update modified F.Connectors unknown"},
		{"globals", "Globals: {Function: {Timeout: 1}}\n" + key,
			"Globals: {Function: {Timeout: 2}}\n" + key, "update modified Globals unknown"},
	}
	runPairs(t, cases)
	for _, tt := range cases {
		before, after := []Stack{stack(t, "app", tt.old)}, []Stack{stack(t, "app", tt.new)}
		if got := Stacks(before, after)[0].Change; got != "changed" {
			t.Errorf("%s: the stack is %s", tt.name, got)
		}
	}
}

// The same macros may be written as a name, as a list, with a name alone, or by a spec.
func TestMacrosInOtherWords(t *testing.T) {
	const key = "Resources:\n  K: {Type: AWS::KMS::Key}"
	made := template(t, key)
	made.Transform = []string{"M", "N"}
	states := [][]Stack{{{File: "app", Name: "app", Template: made}}}
	for _, text := range []string{
		"Transform: [M, N]\n", "Transform: [{Name: M}, N]\n", "Transform: [M]\nFn::Transform: N\n",
	} {
		states = append(states, []Stack{stack(t, "app", text+key)})
	}
	for i, before := range states {
		for j, after := range states {
			if got := shown(Resources(before, after)); got != "" {
				t.Errorf("%d, %d: %s", i, j, got)
			}
			if got := Stacks(before, after)[0].Change; got != "same" {
				t.Errorf("%d, %d: the stack is %s", i, j, got)
			}
		}
		other := []Stack{stack(t, "app", "Transform: [N, M]\n"+key)}
		if got := shown(Resources(before, other)); got != "update modified Transform unknown" {
			t.Errorf("%d, in another order: %s", i, got)
		}
	}
}

// What functions make of literals is a literal, in whatever words.
func TestSelectedIsTheSame(t *testing.T) {
	of := func(name string) string {
		return "Parameters: {N: {Type: Number}, L: {Type: CommaDelimitedList}, E: {Type: String}}\n" +
			"Conditions: {P: !Equals [!Ref E, prod]}\nResources:\n" +
			"  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: " + name + "}}"
	}
	const lost = "value-lost modified S.Name"
	runPairs(t, []pairCase{
		{"an element", of("b"), of("!Select [1, [a, b]]"), ""},
		{"by a text", of("b"), of("!Select ['1', [!Ref E, b]]"), ""},
		{"another element", of("b"), of("!Select [0, [a, b]]"), lost},
		{"a part", of("b"), of("!Select [1, !Split [',', 'a,b']]"), ""},
		{"parts put together", of("a-b"), of("!Join ['-', !Split [',', 'a,b']]"), ""},
		{"what is not there", of("b"), of("!Select [0, [!Ref 'AWS::NoValue', b]]"), ""},
		{"what may not be there", of("b"),
			of("!Select [1, [!If [P, a, !Ref 'AWS::NoValue'], b]]"), lost},
		{"behind it", of("b"), of("!Select [0, [b, !If [P, a, !Ref 'AWS::NoValue']]]"), ""},
		{"beyond the end", of("b"), of("!Select [2, [a, b]]"), lost},
		{"a parameter", of("!Ref E"), of("!Select [0, [!Ref E]]"), ""},
		{"of a parameter", of("!Select [0, !Ref L]"), of("!Select [1, !Ref L]"), lost},
		{"by a parameter", of("!Select [!Ref N, [a, a]]"), of("!Select [!Ref N, [a, b]]"), lost},
		{"of an expression", of("!Select [0, !Split [',', !Ref E]]"),
			of("!Select [0, !Split ['-', !Ref E]]"), lost},
	})
}

func TestRulesOnParameters(t *testing.T) {
	of := func(rules, condition string) string {
		return "Parameters: {E: {Type: String, Default: dev}, V: {Type: String}}\nRules: {R: {Assertions: [{Assert: " +
			rules + "}]}}\nConditions: {P: !Equals [!Ref E, prod], Q: !Equals [!Ref V, a]}\nResources:\n" +
			"  K: {Type: AWS::KMS::Key, Condition: " + condition + "}"
	}
	const dev, prod = "!Equals [!Ref E, dev]", "!Equals [!Ref E, prod]"
	const valueOf = "{'Fn::Equals': [{'Fn::ValueOf': [E, a]}, b]}"
	for _, tt := range []pairCase{
		{"of a parameter that decides", of(dev, "P"), of(prod, "P"), "update modified Rules unknown"},
		{"by an attribute", of(dev, "P"), of(valueOf, "P"), "update modified Rules unknown"},
		{"of another one", of(dev, "Q"), of(prod, "Q"), ""},
	} {
		runPairs(t, []pairCase{tt})
		before, after := []Stack{stack(t, "app", tt.old)}, []Stack{stack(t, "app", tt.new)}
		if got := Stacks(before, after)[0].Change; got != "changed" {
			t.Errorf("%s: the stack is %s", tt.name, got)
		}
	}
	gone := strings.Replace(of(dev, "P"), "Rules: {R: {Assertions: [{Assert: "+dev+"}]}}\n", "", 1)
	runPairs(t, []pairCase{{"no rule any more", of(dev, "P"), gone, "update modified Rules unknown"}})
}

func TestParametersThatAreShown(t *testing.T) {
	of := func(parameter string) string {
		return "Parameters: {" + parameter + "}\nResources:\n  S: {Type: AWS::SecretsManager::Secret, " +
			"Properties: {SecretString: !Ref P}}"
	}
	const hidden, shownNow, off = "P: {Type: String, NoEcho: true}", "P: {Type: String}",
		"P: {Type: String, NoEcho: 'false'}"
	runPairs(t, []pairCase{
		{"shown", of(hidden), of(shownNow), "guard-weaker modified P.NoEcho"},
		{"switched off", of("P: {Type: String, NoEcho: 'True'}"), of(off), "guard-weaker modified P.NoEcho"},
		{"hidden", of(shownNow), of(hidden), ""},
		{"in other words", of(hidden), of("P: {Type: String, NoEcho: 'true'}"), ""},
		{"another one", of(hidden + ", Q: {Type: String}"), of(hidden), ""},
	})
}

func TestConditionsThatAreDefinedOtherwise(t *testing.T) {
	of := func(def, one, two string) string {
		return "Parameters: {E: {Type: String, Default: " + def + "}}\nConditions: {P: !Equals " +
			one + ", Q: !Equals " + two + ", R: !Not [Condition: P]}\n" +
			"Resources:\n  K: {Type: AWS::KMS::Key, Condition: R}"
	}
	runPairs(t, []pairCase{
		{"a condition", of("a", "[!Ref E, a]", "[a, b]"), of("a", "[!Ref E, b]", "[a, b]"),
			"deleted modified K.Condition\nupdate modified P.Conditions unknown"},
		{"a default", of("a", "[!Ref E, a]", "[a, b]"), of("b", "[!Ref E, a]", "[a, b]"),
			"update modified E.Default unknown\nupdate modified K.Condition"},
		{"a default, and what there was goes", of("b", "[!Ref E, a]", "[a, b]"),
			of("a", "[!Ref E, a]", "[a, b]"),
			"deleted modified K.Condition\nupdate modified E.Default unknown"},
		{"in other words", of("a", "[!Ref E, a]", "[a, b]"), of("a", "[a, !Ref E]", "[a, b]"), ""},
		{"denied twice", of("a", "[!Ref E, a]", "[a, b]"),
			strings.Replace(of("a", "[!Ref E, a]", "[a, b]"), "!Equals [!Ref E, a]",
				"!Not [!Not [!Equals [!Ref E, a]]]", 1), ""},
		{"in others", of("a", "[!Ref E, a]", "[a, b]"),
			strings.Replace(of("a", "[!Ref E, a]", "[a, b]"), "R: !Not [Condition: P]",
				"R: !And [!Not [Condition: P], !Or [Condition: P, !Not [!Equals [!Ref E, a]]]]", 1), ""},
		{"one that nothing uses", of("a", "[!Ref E, a]", "[a, b]"),
			of("a", "[!Ref E, a]", "[a, a]"), ""},
	})
}

// What conditions decide is compared for the same values of parameters, whatever they are called
// and defined as.
func TestAccessUnderConditions(t *testing.T) {
	of := func(conditions, condition string) string {
		return "Parameters: {E: {Type: String, Default: dev}, F: {Type: String, Default: dev}}\n" +
			"Conditions: {" + conditions + "}\nResources:\n" +
			"  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n" +
			"  App: {Type: AWS::IAM::Role, Properties: {RoleName: app}}\n" +
			"  A: {Type: AWS::IAM::Policy, Condition: " + condition + ", Properties: {PolicyName: a, " +
			"Roles: [!Ref App], PolicyDocument: {Statement: [{Effect: Allow, " +
			"Action: 'secretsmanager:GetSecretValue', Resource: !Ref Db}]}}}"
	}
	const prod = "P: !Equals [!Ref E, prod]"
	for _, tt := range []struct{ name, old, new, want string }{
		{"renamed", of(prod, "P"), of("IsProd: !Equals [!Ref E, prod]", "IsProd"), ""},
		{"in other words", of(prod, "P"), of("N: !Not [!Equals [prod, !Ref E]], M: !Not [Condition: N]", "M"), ""},
		{"under one name", of(prod, "P"), of("P: !Equals [!Ref E, live]", "P"), "App changes Db: read"},
		{"more", of(prod, "P"), of("P: !Or [!Equals [!Ref E, live], !Equals [!Ref E, prod]]", "P"),
			"App widens Db: read"},
		{"less", of("P: !Or [!Equals [!Ref E, live], !Equals [!Ref E, prod]]", "P"), of(prod, "P"),
			"App narrows Db: read"},
		{"of another parameter", of(prod, "P"), of("P: !Equals [!Ref F, prod]", "P"),
			"App changes Db: read"},
		{"swapped", of(prod+", Q: !Not [Condition: P]", "P"), of("Q: !Equals [!Ref E, prod], P: !Not [Condition: Q]", "Q"), ""},
		{"a value that is allowed now", strings.Replace(of(prod, "P"), "E: {", "E: {AllowedValues: [dev], ", 1),
			of(prod, "P"), "App gains Db: read"},
		{"a value that is not allowed any more", of(prod, "P"),
			strings.Replace(of(prod, "P"), "E: {", "E: {AllowedValues: [dev], ", 1), "App loses Db: read"},
		{"never", of(prod, "P"), of("P: !Equals [a, b]", "P"), "App loses Db: read"},
		{"always", of(prod, "P"), of("P: !Equals [a, a]", "P"), "App widens Db: read"},
	} {
		before, after := stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new))
		if got := accessChanges(before, after); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		for _, r := range Compare(before, after, nil).Resources {
			if tt.want == "" {
				t.Errorf("%s: %s", tt.name, shown([]Resource{r.Resource}))
			}
			if r.Unknown {
				t.Errorf("%s: %s is not known: %s", tt.name, r.LogicalID, r.Message)
			}
		}
	}
}
