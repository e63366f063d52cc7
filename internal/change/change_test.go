package change

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// template reads the resources of a template that is written in YAML. What begins with a section of
// its own has others, too.
func template(t testing.TB, text string) *cfn.Template {
	t.Helper()
	if !strings.Contains(text, "Resources:") {
		text = "Resources:\n" + text
	}
	root, found := yaml.ParseTemplate(source.New("t.yaml", []byte(text)))
	if root == nil || found.HasErrors() {
		t.Fatalf("the template cannot be read: %v\n%s", found, text)
	}
	read, found := cfn.Read(root, found)
	if found.HasErrors() {
		t.Fatalf("the template is wrong: %s\n%s", found[0].Says(nil), text)
	}
	return read
}

// fuzzed reads a text as the resources of a template; false: it is none.
func fuzzed(text string) ([]Stack, bool) {
	root, found := yaml.ParseTemplate(source.New("t.yaml", []byte("Resources:\n"+text)))
	if root == nil || found.HasErrors() {
		return nil, false
	}
	read, found := cfn.Read(root, found)
	return []Stack{{File: "app", Template: read}}, !found.HasErrors()
}

// stack is a stack of the account 111111111111 in eu-west-1.
func stack(t testing.TB, name, text string) Stack {
	t.Helper()
	return Stack{File: name, Name: name, Account: "111111111111", Region: "eu-west-1",
		Template: template(t, text)}
}

// shown writes changes a line each, without messages.
func shown(found []Resource) string {
	var lines []string
	for _, r := range found {
		line := fmt.Sprintf("%s %s %s", r.Risk, r.Kind, r.LogicalID)
		if r.Property != "" {
			line += "." + r.Property
		}
		if r.FromID != "" {
			line += " from " + r.FromStack + "/" + r.FromID
		}
		if r.Unknown {
			line += " unknown"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestRisks compares pairs of one template. Each says its old and new resources.
func TestRisks(t *testing.T) {
	for _, tt := range riskCases {
		t.Run(tt.name, func(t *testing.T) {
			before := []Stack{stack(t, "app", tt.old)}
			after := []Stack{stack(t, "app", tt.new)}
			found := Resources(before, after)
			if got := shown(found); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			for _, r := range found {
				if r.Message == "" || !strings.HasPrefix(r.Page, "https://docs.aws.amazon.com/") {
					t.Errorf("%s has the message %q and the page %q", r.LogicalID, r.Message, r.Page)
				}
				if strings.Contains(r.Message, "%") || strings.Contains(r.Message, "hunter2") {
					t.Errorf("message: %s", r.Message)
				}
			}
			for _, s := range [][]Stack{before, after} {
				if found := Resources(s, s); len(found) > 0 {
					t.Errorf("a set differs from itself: %s", shown(found))
				}
			}
			if found := Resources(before, []Stack{stack(t, "app", tt.old)}); len(found) > 0 {
				t.Errorf("the old set differs when it is read again: %s", shown(found))
			}
		})
	}
}

const (
	secretX  = "  S: {Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, Properties: {Name: x"
	schedule = "  R: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref S, "
	deny     = "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: s, " +
		"ResourcePolicy: {Version: '2012-10-17', Statement: ["
	denyAll = `{Effect: Deny, Principal: '*', Action: 'secretsmanager:*', Resource: '*', ` +
		`Condition: {Bool: {'aws:SecureTransport': 'false'}}}`
	allowRead = `{Effect: Allow, Principal: {AWS: 'arn:aws:iam::222222222222:role/r'}, ` +
		`Action: 'secretsmanager:GetSecretValue', Resource: '*'}`
	inlineOf = "  %s: {Type: %s, Properties: {%s: r, PolicyName: %s, PolicyDocument: " +
		"{Statement: [{Effect: Allow, Action: 's:Get', Resource: '*'}]}}}"
	managed = "  %s: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [r], PolicyDocument: " +
		"{Statement: [{Effect: Allow, Action: 's:Get', Resource: '*'}]}}}"
)

var riskCases = []struct{ name, old, new, want string }{
	{"nothing", secretX + "}}", secretX + "}}", ""},
	{"a new secret", secretX + "}}", secretX + "}}\n  T: {Type: AWS::SecretsManager::Secret}",
		"update added T"},
	{"another name", secretX + "}}",
		"  S: {Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, Properties: {Name: y}}",
		"value-lost modified S.Name"},
	{"another generator", secretX + ", GenerateSecretString: {PasswordLength: 30}}}",
		secretX + ", GenerateSecretString: {PasswordLength: 31}}}",
		"value-lost modified S.GenerateSecretString.PasswordLength"},
	{"another value", secretX + ", SecretString: hunter2}}",
		secretX + ", SecretString: hunter2hunter2}}", "value-lost modified S.SecretString"},
	{"description and tags", secretX + ", Description: a, Tags: [{Key: a, Value: b}]}}",
		secretX + ", Description: b, Tags: [{Key: a, Value: c}]}}",
		"update modified S.Description\nupdate modified S.Tags"},
	{"the order of tags",
		secretX + ", Tags: [{Key: a, Value: b}, {Key: c, Value: d}]}}",
		secretX + ", Tags: [{Value: d, Key: c}, {Key: a, Value: b}]}}", ""},
	{"another key", secretX + ", KmsKeyId: a}}", secretX + ", KmsKeyId: b}}",
		"key-changed modified S.KmsKeyId"},
	{"a replica goes", secretX + ", ReplicaRegions: [{Region: us-east-1}, {Region: us-east-2}]}}",
		secretX + ", ReplicaRegions: [{Region: us-east-2}]}}",
		"deleted modified S.ReplicaRegions"},
	{"a replica comes", secretX + ", ReplicaRegions: [{Region: us-east-2}]}}",
		secretX + ", ReplicaRegions: [{Region: us-east-1}, {Region: us-east-2}]}}",
		"update modified S.ReplicaRegions"},
	{"a replica has another key",
		secretX + ", ReplicaRegions: [{Region: us-east-2, KmsKeyId: a}]}}",
		secretX + ", ReplicaRegions: [{Region: us-east-2, KmsKeyId: b}]}}",
		"key-changed modified S.ReplicaRegions"},
	{"a retained secret goes", secretX + "}}\n  T: {Type: AWS::KMS::Key}",
		"  T: {Type: AWS::KMS::Key}", "orphaned removed S"},
	{"a secret goes",
		"  S: {Type: AWS::SecretsManager::Secret}\n  T: {Type: AWS::KMS::Key}",
		"  T: {Type: AWS::KMS::Key}", "value-lost removed S"},
	{"a key goes", secretX + "}}\n  T: {Type: AWS::KMS::Key}", secretX + "}}",
		"deleted removed T"},
	{"another logical ID for a name", secretX + "}}",
		"  T: {Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, Properties: {Name: x}}",
		"fails moved T from app/S"},
	{"a name that another has", secretX + "}}\n" +
		"  T: {Type: AWS::SecretsManager::Secret, Properties: {Name: y}}",
		"  S: {Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, Properties: {Name: y}}\n" +
			"  T: {Type: AWS::SecretsManager::Secret, Properties: {Name: x}}",
		"value-lost modified S.Name\nvalue-lost modified T.Name\n" +
			"fails modified S from app/T\nfails modified T from app/S"},
	{"another type", secretX + "}}", "  S: {Type: AWS::KMS::Key}", "fails modified S"},
	{"a second resource policy", deny + allowRead + "]}}}",
		strings.Replace(deny, "P:", "Q:", 1) + allowRead + "]}}}", "fails moved Q from app/P"},
	{"a resource policy beside another", deny + allowRead + "]}}}",
		deny + allowRead + "]}}}\n" + strings.Replace(deny, "P:", "Q:", 1) + allowRead + "]}}}",
		"fails added Q from app/P"},
	{"the order of statements", deny + allowRead + ", " + denyAll + "]}}}",
		deny + denyAll + ", " + allowRead + "]}}}", ""},
	{"a denial goes", deny + allowRead + ", " + denyAll + "]}}}", deny + allowRead + "]}}}",
		"guard-weaker modified P.ResourcePolicy"},
	{"a denial comes", deny + allowRead + "]}}}", deny + allowRead + ", " + denyAll + "]}}}",
		"update modified P.ResourcePolicy"},
	{"a policy with a denial goes", secretX + "}}\n" + deny + denyAll + "]}}}", secretX + "}}",
		"deleted removed P\nguard-weaker removed P.ResourcePolicy"},
	{"public policies are not blocked",
		strings.Replace(deny, "SecretId", "BlockPublicPolicy: true, SecretId", 1) + "]}}}",
		deny + "]}}}", "guard-weaker modified P.BlockPublicPolicy"},
	{"the specification of a key",
		"  K: {Type: AWS::KMS::Key, Properties: {KeySpec: RSA_2048, KeyUsage: SIGN_VERIFY}}",
		"  K: {Type: AWS::KMS::Key, Properties: {MultiRegion: true}}",
		"fails modified K.KeySpec\nfails modified K.KeyUsage\nfails modified K.MultiRegion"},
	{"defaults that are written", "  K: {Type: AWS::KMS::Key, Properties: {Enabled: true}}",
		"  K: {Type: AWS::KMS::Key, Properties: {KeySpec: SYMMETRIC_DEFAULT, " +
			"Origin: AWS_KMS, EnableKeyRotation: 'false', PendingWindowInDays: '30'}}", ""},
	{"the guards of a key",
		"  K: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true, " +
			"PendingWindowInDays: 30, RotationPeriodInDays: 90}}",
		"  K: {Type: AWS::KMS::Key, Properties: {PendingWindowInDays: 7, " +
			"RotationPeriodInDays: 180}}",
		"guard-weaker modified K.EnableKeyRotation\n" +
			"guard-weaker modified K.PendingWindowInDays\n" +
			"guard-weaker modified K.RotationPeriodInDays"},
	{"stronger guards of a key",
		"  K: {Type: AWS::KMS::Key, Properties: {PendingWindowInDays: 7}}",
		"  K: {Type: AWS::KMS::Key, DeletionPolicy: Retain, Properties: " +
			"{EnableKeyRotation: true, RotationPeriodInDays: 90}}",
		"update modified K.DeletionPolicy\nupdate modified K.EnableKeyRotation\n" +
			"update modified K.PendingWindowInDays\nupdate modified K.RotationPeriodInDays"},
	{"a key is disabled", "  K: {Type: AWS::KMS::Key}",
		"  K: {Type: AWS::KMS::Key, Properties: {Enabled: false}}",
		"access-gap modified K.Enabled"},
	{"deletion policies", "  K: {Type: AWS::KMS::Key, DeletionPolicy: RetainExceptOnCreate, " +
		"UpdateReplacePolicy: Retain}",
		"  K: {Type: AWS::KMS::Key, DeletionPolicy: Delete}",
		"guard-weaker modified K.DeletionPolicy\nguard-weaker modified K.UpdateReplacePolicy"},
	{"deletion policies that keep as much",
		"  K: {Type: AWS::KMS::Key, DeletionPolicy: RetainExceptOnCreate}",
		"  K: {Type: AWS::KMS::Key, DeletionPolicy: Retain}", ""},
	{"the target of an alias",
		"  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: k}}",
		"  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: l}}",
		"key-changed modified A.TargetKeyId"},
	{"the name of an alias",
		"  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: k}}",
		"  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/b, TargetKeyId: k}}",
		"replaced modified A.AliasName"},
	{"the path of a role", "  R: {Type: AWS::IAM::Role}",
		"  R: {Type: AWS::IAM::Role, Properties: {Path: /a/}}", "replaced modified R.Path"},
	{"the path of a role with a name", "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r}}",
		"  R: {Type: AWS::IAM::Role, Properties: {Path: /a/, RoleName: r}}",
		"fails modified R.Path"},
	{"the boundary of a role", "  R: {Type: AWS::IAM::Role, Properties: {PermissionsBoundary: a}}",
		"  R: {Type: AWS::IAM::Role}", "guard-weaker modified R.PermissionsBoundary"},
	{"a schedule", secretX + "}}\n" + schedule + "RotationRules: {AutomaticallyAfterDays: 30}}}",
		secretX + "}}\n" + schedule + "RotationRules: {AutomaticallyAfterDays: 31}}}",
		"rotates-now modified R.RotationRules.AutomaticallyAfterDays"},
	{"a schedule that does not rotate at once",
		secretX + "}}\n" + schedule + "RotationRules: {AutomaticallyAfterDays: 30}}}",
		secretX + "}}\n" + schedule + "RotateImmediatelyOnUpdate: false, " +
			"RotationRules: {AutomaticallyAfterDays: 31}}}",
		"update modified R.RotateImmediatelyOnUpdate\n" +
			"update modified R.RotationRules.AutomaticallyAfterDays"},
	{"a schedule for a secret that is there", secretX + "}}",
		secretX + "}}\n" + schedule + "RotationLambdaARN: a}}", "rotates-now added R"},
	{"a schedule for a new secret", "  K: {Type: AWS::KMS::Key}",
		"  K: {Type: AWS::KMS::Key}\n" + secretX + "}}\n" + schedule + "RotationLambdaARN: a}}",
		"update added R\nupdate added S"},
	{"a schedule that moves", secretX + "}}\n" + schedule + "RotationLambdaARN: a}}",
		secretX + "}}\n" + strings.Replace(schedule, "R:", "Q:", 1) + "RotationLambdaARN: a}}",
		"rotates-now moved Q from app/R\nmoved moved Q from app/R"},
	{"a managed policy that moves", fmt.Sprintf(managed, "P"), fmt.Sprintf(managed, "Q"),
		"access-gap moved Q from app/P"},
	{"a policy of another type", fmt.Sprintf(managed, "P"),
		fmt.Sprintf(inlineOf, "Q", "AWS::IAM::RolePolicy", "RoleName", "p"),
		"access-gap moved Q from app/P"},
	{"an inline policy of the same name",
		fmt.Sprintf(inlineOf, "P", "AWS::IAM::RolePolicy", "RoleName", "p"),
		fmt.Sprintf(inlineOf, "Q", "AWS::IAM::RolePolicy", "RoleName", "p"),
		"access-gap moved Q from app/P"},
	{"a permission that moves",
		"  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: a, " +
			"Principal: secretsmanager.amazonaws.com}}",
		"  Q: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: a, " +
			"Principal: secretsmanager.amazonaws.com, SourceAccount: '111111111111'}}",
		"access-gap moved Q from app/P"},
	{"a permission that changes",
		"  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f}}",
		"  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: g}}",
		"replaced modified P.FunctionName"},
	{"a type that is not known", "  X: {Type: AWS::X::Y, Properties: {A: 1}}",
		"  X: {Type: AWS::X::Y, Properties: {A: 2}}", "update modified X.A unknown"},
	{"a property that is not known", secretX + "}}", secretX + ", Newer: 1}}",
		"update modified S.Newer unknown"},
	{"metadata and what waits for what",
		"  K: {Type: AWS::KMS::Key, Metadata: {a: 1}, DependsOn: A}\n  A: {Type: AWS::KMS::Key}",
		"  K: {Type: AWS::KMS::Key, Metadata: {a: 2}}\n  A: {Type: AWS::KMS::Key}", ""},
}

func TestExpressionsAreCompared(t *testing.T) {
	of := func(value string) string {
		return "Parameters: {E: {Type: String, Default: a}}\n" +
			"Mappings: {M: {a: {b: v, c: w}}}\n" +
			"Conditions: {P: !Equals [!Ref E, a], Q: !Equals [a, !Ref E], N: !Not [Condition: P]}\n" +
			"Resources:\n  K: {Type: AWS::KMS::Key}\n" +
			"  S: {Type: AWS::SecretsManager::Secret, Properties: {Description: " + value + "}}"
	}
	equal := [][]string{
		{"abc", "!Sub abc", "!Join ['', [a, bc]]", "!Join [b, [a, c]]", "!Sub ['a${X}', {X: bc}]"},
		{"!Ref K", "!Sub '${K}'", "!Join ['', [!Ref K]]", "!If [P, !Ref K, !Sub '${K}']"},
		{"!GetAtt K.Arn", "Fn::GetAtt: [K, Arn]", "!Sub '${K.Arn}'"},
		{"!Sub 'arn:aws:x:${AWS::Region}:${AWS::AccountId}:${E}'",
			"!Sub 'arn:${AWS::Partition}:x:eu-west-1:111111111111:${E}'",
			"!Join [':', [arn, aws, x, !Ref AWS::Region, '111111111111', !Ref E]]"},
		{"!FindInMap [M, a, b]", "v"},
		{"!If [P, a, b]", "!If [Q, a, b]"},
		{"30", "'30'", "30.0"}, {"true", "'true'"},
	}
	var all []string
	for _, group := range equal {
		for i, a := range group {
			for j, b := range group {
				one := stack(t, "app", of(wrap(a)))
				two := stack(t, "app", of(wrap(b)))
				if found := Resources([]Stack{one}, []Stack{two}); i != j && len(found) > 0 {
					t.Errorf("%s and %s differ", a, b)
				}
			}
		}
		all = append(all, group[0])
	}
	all = append(all, "!If [N, a, b]", "!If [P, b, a]", "!FindInMap [M, !Ref E, b]", "!Ref E",
		"!GetAtt K.KeyId", "!ImportValue x", "!ImportValue y", "!Sub '${!K}'", "!If [P, a, !Ref E]")
	for i, a := range all {
		for _, b := range all[:i] {
			one, two := stack(t, "app", of(wrap(a))), stack(t, "app", of(wrap(b)))
			found := Resources([]Stack{one}, []Stack{two})
			if got := shown(found); got != "update modified S.Description" {
				t.Errorf("%s and %s: %s", a, b, got)
			}
		}
	}
}

func wrap(v string) string {
	if strings.HasPrefix(v, "Fn::") {
		return "{" + v + "}"
	}
	return v
}

func TestWhatValuesHangOnIsCompared(t *testing.T) {
	of := func(def, condition, mapped string) string {
		return "Parameters: {E: {Type: String, Default: " + def + "}}\n" +
			"Conditions: {P: !Equals [!Ref E, " + condition + "]}\n" +
			"Mappings: {M: {x: {y: " + mapped + "}}}\n" +
			"Resources:\n  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: !Ref E, " +
			"Description: !If [P, a, b], Type: !FindInMap [M, !Ref 'AWS::StackId', y]}}\n" +
			"  T: {Type: AWS::SecretsManager::Secret, Condition: P}"
	}
	for name, tt := range map[string]struct{ new, want string }{
		"nothing": {of("a", "a", "a"), ""},
		"a default": {of("b", "a", "a"), "value-lost modified S.Name\n" +
			"value-lost modified T.Condition\nupdate modified E.Default unknown\n" +
			"update modified S.Description"},
		"a condition": {of("a", "b", "a"), "value-lost modified T.Condition\n" +
			"update modified P.Conditions unknown\nupdate modified S.Description"},
		"a mapping": {of("a", "a", "b"), "update modified S.Type"},
	} {
		found := Resources([]Stack{stack(t, "app", of("a", "a", "a"))},
			[]Stack{stack(t, "app", tt.new)})
		if got := shown(found); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, tt.want)
		}
		for _, r := range found {
			told := strings.Contains(r.Message, "unless the parameter")
			if told != (name == "a default" && r.Property == "Name") {
				t.Errorf("%s: %s: %s", name, r.Property, r.Message)
			}
		}
	}
}

func TestWhatMovesBetweenStacks(t *testing.T) {
	const named = "  %s: {Type: AWS::SecretsManager::Secret, DeletionPolicy: %s, " +
		"Properties: {Name: x}}\n  K: {Type: AWS::KMS::Key}"
	const unnamed = "  %s: {Type: AWS::SecretsManager::Secret, DeletionPolicy: %s}\n" +
		"  K: {Type: AWS::KMS::Key}"
	const empty = "  K: {Type: AWS::KMS::Key}"
	for name, tt := range map[string]struct {
		form, policy string
		first        bool // the old stack is deployed first
		want         string
	}{
		"into an earlier stack":            {named, "Delete", false, "fails moved S from a/S"},
		"into a later stack":               {named, "Delete", true, "value-lost moved S from a/S"},
		"into a later stack, kept":         {named, "Retain", true, "fails moved S from a/S"},
		"without a name":                   {unnamed, "Delete", true, "value-lost moved S from a/S"},
		"without a name, into earlier":     {unnamed, "Retain", false, "moved moved S from a/S"},
		"without a name, kept, into later": {unnamed, "Retain", true, "moved moved S from a/S"},
	} {
		t.Run(name, func(t *testing.T) {
			full := fmt.Sprintf(tt.form, "S", tt.policy)
			before := []Stack{stack(t, "a", full), stack(t, "b", empty)}
			after := []Stack{stack(t, "a", empty), stack(t, "b", full)}
			if !tt.first {
				slices.Reverse(after)
			}
			before[0].IDs = map[string]string{"S": "db"}
			after[0].IDs, after[1].IDs = before[0].IDs, before[0].IDs
			found := Resources(before, after)
			if got := shown(found); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestExportsInUse(t *testing.T) {
	exporter := func(output string) string {
		return "Outputs: {" + output + "}\nResources:\n  K: {Type: AWS::KMS::Key}\n" +
			"  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: x}}"
	}
	const kept = "O: {Value: !Ref S, Export: {Name: !Sub '${AWS::StackName}-s'}}"
	const importer = "  T: {Type: AWS::SecretsManager::Secret, Properties: {Description: " +
		"!ImportValue a-s}}"
	const without = "  T: {Type: AWS::SecretsManager::Secret}"
	for name, tt := range map[string]struct{ exporter, importer, want string }{
		"it stays":   {exporter(kept), importer, ""},
		"it goes":    {exporter(""), importer, "fails removed O.Export from b/"},
		"it changes": {exporter(strings.Replace(kept, "Ref S", "Ref K", 1)), importer, "fails modified O.Export from b/"},
		"what it names is replaced": {strings.Replace(exporter(kept), "Name: x", "Name: y", 1),
			importer, "value-lost modified S.Name\nfails modified O.Export from b/"},
		"nobody imports it": {exporter(""), without, "fails removed O.Export from b/\n" +
			"update modified T.Description"},
	} {
		before := []Stack{stack(t, "a", exporter(kept)), stack(t, "b", importer)}
		after := []Stack{stack(t, "a", tt.exporter), stack(t, "b", tt.importer)}
		got := strings.ReplaceAll(shown(Resources(before, after)), "Export\n", "Export from b/\n")
		if strings.HasSuffix(got, "Export") {
			got += " from b/"
		}
		if got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, tt.want)
		}
		if name != "nobody imports it" {
			continue
		}
		slices.Reverse(after) // the importer lets go of it first
		if got := shown(Resources(before, after)); got != "update modified T.Description" {
			t.Errorf("%s any more: got\n%s", name, got)
		}
	}
}

func TestExportsThatNobodyIsKnownToImport(t *testing.T) {
	of := func(output string) string {
		return "Conditions: {N: !Equals [a, b], Y: !Equals [a, a]}\nOutputs: {" + output +
			"}\nResources:\n  K: {Type: AWS::KMS::Key}"
	}
	const export = "O: {Value: !Ref K, Export: {Name: a-k}}"
	conditional := func(name string) string {
		return strings.Replace(export, "Value", "Condition: "+name+", Value", 1)
	}
	const unknown = "update modified O.Export unknown"
	const gone = "update removed O.Export unknown"
	runPairs(t, []pairCase{
		{"it goes", of(export), of(""), gone},
		{"it changes", of(export), of(strings.Replace(export, "Ref K", "GetAtt K.Arn", 1)), unknown},
		{"it is not made", of(export), of(conditional("N")), gone},
		{"it is always made", of(export), of(conditional("Y")), ""},
		{"it was not made", of(conditional("N")), of(""), ""},
	})
	importer := stack(t, "b", "  T: {Type: AWS::SecretsManager::Secret, Properties: "+
		"{Description: !ImportValue a-k}}")
	found := Resources([]Stack{stack(t, "a", of(export)), importer},
		[]Stack{stack(t, "a", of(conditional("N"))), importer})
	if got := shown(found); got != "fails removed O.Export" {
		t.Errorf("an export in use: %s", got)
	}
}

func TestExportsUnderConditions(t *testing.T) {
	of := func(output string) string {
		return "Parameters: {E: {Type: String}}\nConditions: {P: !Equals [!Ref E, p], " +
			"N: !Not [Condition: P], W: !Or [!Equals [!Ref E, p], !Equals [!Ref E, q]]}\n" +
			"Outputs: {" + output + "}\nResources:\n  K: {Type: AWS::KMS::Key}\n  L: {Type: AWS::KMS::Key}"
	}
	const export = "O: {Value: !Ref K, Export: {Name: a-k}}"
	under := func(name, condition string) string {
		return strings.Replace(export, "O: {", name+": {Condition: "+condition+", ", 1)
	}
	importer := func(more string) Stack {
		return stack(t, "b", "Conditions: {F: !Equals [a, b]}\nResources:\n  T: {Type: AWS::SecretsManager::Secret, "+more+
			"Properties: {Description: !ImportValue a-k}}")
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"it gets a condition", export, under("O", "P"), "fails modified O.Export"},
		{"it loses one", under("O", "P"), export, ""},
		{"it gets a wider one", under("O", "P"), under("O", "W"), ""},
		{"it gets a narrower one", under("O", "W"), under("O", "P"), "fails modified O.Export"},
		{"two of one name", under("O", "P") + ", " + under("M", "N"), under("M", "N") + ", " + under("O", "P"), ""},
		{"of two one changes", under("O", "P") + ", " + strings.Replace(under("M", "N"), "K", "L", 1),
			under("O", "P") + ", " + under("M", "N"), "fails modified M.Export"},
	} {
		found := Resources([]Stack{stack(t, "a", of(tt.old)), importer("")},
			[]Stack{stack(t, "a", of(tt.new)), importer("")})
		if got := shown(found); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	unused := importer("Condition: F, ")
	found := Resources([]Stack{stack(t, "a", of(export)), unused},
		[]Stack{stack(t, "a", of("")), unused})
	if got := shown(found); got != "update removed O.Export unknown" {
		t.Errorf("imported by what is never there: %s", got)
	}
}

func TestStacksComeAndGo(t *testing.T) {
	const key, secret = "  K: {Type: AWS::KMS::Key}", "  S: {Type: AWS::SecretsManager::Secret}"
	before := []Stack{stack(t, "a", key), stack(t, "b", key), stack(t, "c", key)}
	after := []Stack{stack(t, "d", secret), stack(t, "b", key), stack(t, "c", key+"\n"+secret)}
	var got []string
	for _, s := range Stacks(before, after) {
		got = append(got, fmt.Sprint(s.Number, " ", s.Stack, " ", s.Change))
	}
	const want = "1 d added, 2 b same, 3 c changed, 0 a removed"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// two templates without a plan are one stack before and after, whatever their files are called
	one, two := stack(t, "old", key), stack(t, "new", secret)
	one.Name, two.Name = "", ""
	if got := Stacks([]Stack{one}, []Stack{two}); len(got) != 1 || got[0].Change != "changed" {
		t.Errorf("two templates: %v", got)
	}
}
