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
