package change

import (
	"strings"
	"testing"
)

func TestRotationFunctions(t *testing.T) {
	const key = "  K: {Type: AWS::KMS::Key}"
	const permission = key + "\n  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, " +
		"Action: 'lambda:InvokeFunction', Principal: secretsmanager.amazonaws.com}}"
	of := func(name, function, more string) string {
		return "  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: " + name + "}}\n" +
			schedule + "RotationLambdaARN: 'arn:aws:lambda:eu-west-1:" + function + "'" + more + "}}"
	}
	const later = ", RotateImmediatelyOnUpdate: false"
	runPairs(t, []pairCase{
		{"the permission goes", permission, key, "access-gap removed P"},
		{"the permission changes", permission,
			strings.Replace(permission, "FunctionName: f", "FunctionName: g", 1),
			"access-gap modified P.FunctionName"},
		{"another function", of("x", "111111111111:function:f", ""),
			of("x", "111111111111:function:g", ""), "rotates-now modified R.RotationLambdaARN\n" +
				"update modified R.RotationLambdaARN unknown"},
		{"another function, not at once", of("x", "111111111111:function:f", later),
			of("x", "222222222222:function:f", later),
			"update modified R.RotationLambdaARN\nupdate modified R.RotationLambdaARN unknown"},
		{"another secret", of("x", "1:f", ""), of("y", "1:f", ""), "value-lost modified S.Name\n" +
			"replaced modified R.SecretId\nrotates-now modified R.SecretId"},
		{"another secret, not at once", of("x", "1:f", later), of("y", "1:f", later),
			"value-lost modified S.Name\nreplaced modified R.SecretId"},
	})
}

// What names a secret that is replaced by a text stays with the one before.
func TestWhatDoesNotFollow(t *testing.T) {
	of := func(name, more string) string {
		return "  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: " + name + "}}\n" + more
	}
	const arn = "'arn:aws:secretsmanager:eu-west-1:111111111111:secret:x-AbCdEf'"
	policy := func(secret, effect string) string {
		return "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: " + secret +
			", ResourcePolicy: {Statement: [{Effect: " + effect + ", Principal: '*', Action: 's:*', Resource: '*'}]}}}"
	}
	plan := "  R: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: x}}"
	attached := "  A: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: " + arn +
		", TargetId: t, TargetType: 'AWS::RDS::DBInstance'}}"
	const lost = "value-lost modified S.Name\n"
	runPairs(t, []pairCase{
		{"a policy", of("x", policy("x", "Allow")), of("y", policy("x", "Allow")),
			lost + "access-gap modified P.SecretId"},
		{"a guardrail", of("x", policy(arn, "Deny")), of("y", policy(arn, "Deny")),
			lost + "guard-weaker modified P.SecretId"},
		{"a schedule", of("x", plan), of("y", plan), lost + "guard-weaker modified R.SecretId"},
		{"an attachment", of("x", attached), of("y", attached), lost + "access-gap modified A.SecretId"},
		{"of another secret that takes the name", of("x", plan),
			of("y", plan) + "\n  T: {Type: AWS::SecretsManager::Secret, Properties: {Name: x}}",
			lost + "fails added T from app/S"},
	})
}

func TestTheSameKeyAndConstantConditions(t *testing.T) {
	of := func(key string) string {
		return "Conditions: {Y: !Equals [a, a], N: !Equals [a, b]}\nResources:\n" +
			"  K: {Type: AWS::KMS::Key}\n  A: {Type: AWS::KMS::Alias}\n" +
			"  S: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: " + key + "}}"
	}
	for _, same := range []string{"!GetAtt K.Arn", "!Sub '${K.Arn}'", "!If [Y, !Ref K, x]",
		"!If [N, x, !Ref K]"} {
		runPairs(t, []pairCase{{same, of("!Ref K"), of(same), ""}})
	}
	runPairs(t, []pairCase{{"another", of("!Ref K"), of("!Ref A"),
		"key-changed modified S.KmsKeyId"}})
}

func TestNamesThatMayBeSecretAreNotShown(t *testing.T) {
	runPairs(t, []pairCase{
		{"a value", secretX + ", SecretString: {hunter2: 1}}}",
			secretX + ", SecretString: {hunter2: 2}}}", "value-lost modified S.SecretString"},
		{"a generator", secretX + ", GenerateSecretString: {hunter2: 1}}}",
			secretX + ", GenerateSecretString: {hunter2: 2}}}",
			"value-lost modified S.GenerateSecretString"},
	})
}

// What rotates a secret reads and writes its value: another function is another one who does.
func TestWhoRotates(t *testing.T) {
	const (
		secret = "  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}\n"
		plan   = "  R: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Db, "
		role   = "  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r}}\n  Fn: {Type: AWS::Lambda::Function, " +
			"Properties: {FunctionName: f, Role: !GetAtt Role.Arn}}\n"
	)
	by := func(function string) string {
		return secret + plan + "RotationLambdaARN: " + function + "}}\n"
	}
	hosted := func(kind string) string {
		return secret + plan + "HostedRotationLambda: {RotationType: " + kind + "}}}\n"
	}
	const f, g = "'arn:aws:lambda:eu-west-1:111111111111:function:f'",
		"'arn:aws:lambda:eu-west-1:111111111111:function:g'"
	const what = ": read secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage"
	const gains, loses = "rotation of Db gains Db" + what, "rotation of Db loses Db" + what
	for _, tt := range []struct{ name, old, new, want string }{
		{"the same", by(f), by(f), ""},
		{"another function", by(f), by(g), loses + "\n" + gains},
		{"in other words", by(f), by("!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f'"), ""},
		{"a hosted one", by(f), hosted("MySQLSingleUser"), loses + "\n" + gains},
		{"another type of a hosted one", hosted("MySQLSingleUser"), hosted("MySQLMultiUser"), ""},
		{"one of the templates", by(f), role + by("!GetAtt Fn.Arn"), loses},
		{"none any more", by(f), secret, loses},
		{"another id", by(f), strings.ReplaceAll(by(f), "Db", "Db2"), ""},
	} {
		before, after := stateOf(stack(t, "app", tt.old)), stateOf(stack(t, "app", tt.new))
		if got := accessChanges(before, after); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}
