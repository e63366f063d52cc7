package show

import (
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
)

func TestConditionWords(t *testing.T) {
	param := cfn.Unknown{What: "parameter", Name: "Vpce", Template: "app", Shown: "${Vpce}"}.Text()
	for _, c := range []struct {
		operator, key string
		values        []string
		want          string
	}{
		{"StringEquals", "aws:SourceVpce", []string{"vpce-1"}, "if aws:SourceVpce is vpce-1"},
		{"StringEquals", "aws:SourceVpce", []string{param}, "if aws:SourceVpce is ${Vpce}"},
		{"StringEquals", "aws:SourceVpce", []string{"vpce-1", "vpce-2"},
			"if aws:SourceVpce is one of vpce-1, vpce-2"},
		{"StringNotEqualsIfExists", "aws:SourceVpce", []string{"vpce-1"},
			"if aws:SourceVpce is not vpce-1 (or absent)"},
		{"stringlike", "aws:PrincipalTag/team", []string{"db-*"},
			"if aws:PrincipalTag/team matches db-*"},
		{"DateLessThan", "aws:CurrentTime", []string{"2027-01-01T00:00:00Z"}, "before 2027-01-01"},
		{"DateGreaterThanEquals", "aws:CurrentTime", []string{"2027-01-01T12:00:00Z"},
			"from 2027-01-01T12:00:00Z"},
		{"DateLessThan", "aws:TokenIssueTime", []string{"2027-01-01T00:00:00Z"},
			"if aws:TokenIssueTime is before 2027-01-01"},
		{"IpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}, "if aws:SourceIp is in 10.0.0.0/8"},
		{"Null", "aws:SourceVpc", []string{"true"}, "if there is no aws:SourceVpc"},
		{"Null", "aws:SourceVpc", []string{"false"}, "if there is aws:SourceVpc"},
		{"ForAnyValue:StringLike", "aws:PrincipalOrgPaths", []string{"o-1/*"},
			"if any value of aws:PrincipalOrgPaths matches o-1/*"},
		{"StringEquals", "x", []string{"a", "b", "c", "d", "e", "f", "g", "h"},
			"if x is one of a, b, c, d, e, f and 2 others"},
		{"StringEquals", "x", []string{""}, `if x is ""`},
		{"StringEquals", "x", []string{"a b\x1b"}, `if x is "a b\u001b"`},
		{"Condition", "IsProd", []string{"true"}, "if IsProd"},
		{"Condition", "app.IsProd", []string{"false"}, "unless app.IsProd"},
	} {
		if got := conditionWords(access.Condition{Operator: c.operator, Key: c.key,
			Values: c.values}, mostValues); got != c.want {
			t.Errorf("%s %s %q: %q, not %q", c.operator, c.key, c.values, got, c.want)
		}
	}
}

// TestHeldWords: what a call is held to is told as what it leaves alone, where the condition says
// so.
func TestHeldWords(t *testing.T) {
	one := func(operator, key string, values ...string) []access.Condition {
		return []access.Condition{{Operator: operator, Key: key, Values: values}}
	}
	for _, c := range []struct {
		heldTo []access.Condition
		want   string
	}{
		{one("Null", "secretsmanager:KmsKeyArn", "true"), "keeps the key"},
		{append(one("Null", "secretsmanager:KmsKeyArn", "true"),
			one("Null", "secretsmanager:KmsKeyId", "true")...), "keeps the key"},
		{[]access.Condition{{Operator: "ArnEqualsIfExists", Key: "secretsmanager:KmsKeyArn",
			Values: []string{"arn:k"}, Own: true}}, "keeps the key"},
		{one("BoolIfExists", "secretsmanager:ForceOverwriteReplicaSecret", "false"),
			"overwrites nothing"},
		{one("Null", "secretsmanager:ExternalSecretRotationRoleArn", "true"), "keeps the role"},
		{append(one("ForAllValues:StringEquals", "secretsmanager:AddReplicaRegions", "us-east-1"),
			one("Null", "secretsmanager:AddReplicaRegions", "false")...), "to Region us-east-1"},
		{one("Null", "secretsmanager:AddReplicaRegions", "false"),
			"there is secretsmanager:AddReplicaRegions"},
		{one("StringEqualsIfExists", "secretsmanager:KmsKeyArn", "arn:k"),
			"keeps the key, or the key is arn:k"},
		{one("ArnLikeIfExists", "secretsmanager:RotationLambdaARN", "arn:f", "arn:g"),
			"keeps the function, or the function matches one of arn:f, arn:g"},
		{one("StringEquals", "secretsmanager:KmsKeyArn", "arn:k"),
			"secretsmanager:KmsKeyArn is arn:k"},
		{one("Null", "secretsmanager:KmsKeyArn", "false"), "there is secretsmanager:KmsKeyArn"},
		{one("Null", "secretsmanager:RotationLambdaARN", "true"), "keeps the function"},
		{one("Bool", "secretsmanager:ModifyRotationRules", "false"), "keeps the rules"},
		{one("BoolIfExists", "secretsmanager:ModifyRotationRules", "false"), "keeps the rules"},
		{one("Bool", "secretsmanager:ModifyRotationRules", "true"),
			"secretsmanager:ModifyRotationRules is true"},
		{one("Bool", "secretsmanager:ForceDeleteWithoutRecovery", "false"), "can be taken back"},
		{one("ForAllValues:StringEquals", "secretsmanager:AddReplicaRegions", "eu-west-1"),
			"to Region eu-west-1"},
		{one("ForAllValues:StringEquals", "secretsmanager:AddReplicaRegions", "eu-west-1",
			"us-east-1"), "to Regions eu-west-1, us-east-1"},
		{one("StringNotEquals", "secretsmanager:AddReplicaRegions", "eu-west-1"),
			"secretsmanager:AddReplicaRegions is not eu-west-1"},
		{one("NumericGreaterThanEquals", "secretsmanager:RecoveryWindowInDays", "7"),
			"secretsmanager:RecoveryWindowInDays is at least 7"},
		{append(one("Null", "secretsmanager:RotationLambdaARN", "true"),
			one("Bool", "secretsmanager:ModifyRotationRules", "false")...),
			"keeps the function and keeps the rules"},
	} {
		if got := heldWords(c.heldTo, mostValues); got != c.want {
			t.Errorf("%v: %q, not %q", c.heldTo, got, c.want)
		}
	}
}

// TestBeyondWord: a cell tells what a call is held to beyond what the word of its verb means, and
// all of it of an action.
func TestBeyondWord(t *testing.T) {
	kept := access.Condition{Operator: "Null", Key: "secretsmanager:KmsKeyArn",
		Values: []string{"true"}}
	own := access.Condition{Operator: "ForAllValues:StringEquals",
		Key: "secretsmanager:AddReplicaRegions", Values: []string{"us-east-1"}, Own: true}
	other := access.Condition{Operator: "ArnEqualsIfExists", Key: "secretsmanager:KmsKeyArn",
		Values: []string{"arn:k"}}
	added := access.Condition{Operator: "Null", Key: "secretsmanager:AddReplicaRegions",
		Values: []string{"false"}}
	window := access.Condition{Operator: "NumericEquals",
		Key: "secretsmanager:RecoveryWindowInDays", Values: []string{"7"}}
	for _, c := range []struct {
		verb string
		held []access.Condition
		want string
	}{
		{"write", nil, ""}, {"write", []access.Condition{kept}, ""},
		{"replicate", []access.Condition{own, added}, ""},
		{"write", []access.Condition{other}, "keeps the key, or the key matches arn:k"},
		{"delete", []access.Condition{kept, window},
			"secretsmanager:RecoveryWindowInDays is 7"},
		{"secretsmanager:UpdateSecret", []access.Condition{kept}, "keeps the key"},
	} {
		got := ""
		if list := beyondWord(c.verb, c.held); len(list) > 0 {
			got = heldWords(list, mostValues)
		}
		if got != c.want {
			t.Errorf("%s, %v: %q, not %q", c.verb, c.held, got, c.want)
		}
	}
}

func TestToldWords(t *testing.T) {
	for want, told := range map[string]access.Told{
		"the secret's tag team is pay; may be changed by ops": {What: "secret tag", Name: "team",
			Value: "pay", By: []string{"ops"}},
		"the secret has no tag team": {What: "secret tag", Name: "team",
			Absent: true},
		"the key's tag team is pay": {What: "key tag", Name: "team",
			Value: "pay"},
		"the caller's tag team is \"\"": {What: "principal tag",
			Name: "team"},
		"parameter Env is prod": {What: "parameter", Name: "Env",
			Value: "prod"},
		"there is no parameter Env": {What: "parameter", Name: "Env",
			Absent: true},
	} {
		if got := toldWords(told); got != want {
			t.Errorf("%+v: %q, not %q", told, got, want)
		}
	}
}

// TestUnreadWords: what is not known is named, with how to state it where that is possible.
func TestUnreadWords(t *testing.T) {
	for want, u := range map[string]access.Unread{
		"parameter Arn of app has no value (--parameter Arn=…)": {
			What: "parameter", Name: "Arn", Template: "app"},
		"the export key is in no template that is given (give the one that makes it)": {
			What: "import", Name: "key"},
		"the attribute Arn of Db in app is known only after the deployment": {
			What: "attribute", Name: "Arn", Template: "app", LogicalID: "Db"},
		"the name of Db in app is known only after the deployment": {
			What: "name", Name: "AWS::RDS::DBInstance", Template: "app", LogicalID: "Db"},
		"the policy arn:p has no text in what is given (give the template that makes it)": {
			What: "policy", Name: "arn:p"},
		"the policy KeyPolicy of K in app cannot be read": {
			What: "policy", Name: "KeyPolicy", Template: "app", LogicalID: "K"},
		"which of the resource policies of db holds is not known": {
			What: "policy", Name: "which of the resource policies of db holds"},
		"whether Secrets Manager tells KMS the replica is not known": {
			What: "condition", Name: "whether Secrets Manager tells KMS the replica"},
		"whether the condition IsProd of app holds is not known": {
			What: "condition", Name: "IsProd", Template: "app"},
		"the account of app is not stated (@ACCOUNT:REGION behind the template, or --account)": {
			What: "account", Name: "AWS::AccountId", Template: "app"},
		"the Region is not stated (@ACCOUNT:REGION behind the template, or --region)": {
			What: "region", Name: "AWS::Region"},
		"the name of the stack of app is not known": {
			What: "stack", Name: "AWS::StackName", Template: "app"},
		"the six characters at the end of the ARN of db are known only after the deployment": {
			What: "suffix", Name: "db"},
		"there are more circumstances than are tried": {
			What: "budget"},
		"tag !Foo of Policy in app cannot be read": {
			What: "tag", Name: "!Foo", Template: "app", LogicalID: "Policy"},
	} {
		if got := unreadWords(u); got != want {
			t.Errorf("%+v: %q, not %q", u, got, want)
		}
	}
}

func TestKindMark(t *testing.T) {
	for _, c := range []struct{ id, arn, kind, want string }{
		{"api", "arn", "role", ""}, {"ann", "arn", "user", ""}, {"db", "arn", "", ""},
		{"everybody", "*", "everybody", ""}, {"everybody of account 111111111111", "arn",
			"everybody", ""}, {"anyone", "*", "everybody", " (everybody)"},
		{"lambda.amazonaws.com", "lambda.amazonaws.com", "service", " (service)"},
		{"account 222222222222", "arn", "account", ""},
		{"partner", "any principal of account 222222222222", "account", " (account 222222222222)"},
		{"arn:aws:iam::222222222222:root", "arn:aws:iam::222222222222:root", "account",
			" (account)"},
		{"rotation of db", "", "rotation", ""}, {"AROAEXAMPLE", "AROAEXAMPLE", "id",
			" (unique id)"}, {"x", "x", "session", " (one session)"},
		{"arn:aws:iam::111111111111:role/team-*", "arn", "pattern", " (pattern)"},
		{"o-a1b2c3d4e5", "o-a1b2c3d4e5", "organization", " (organization)"},
		{"cognito", "x", "federated", " (federated identity)"},
	} {
		if got := kindMark(&access.Subject{ID: c.id, ARN: c.arn, Kind: c.kind}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
