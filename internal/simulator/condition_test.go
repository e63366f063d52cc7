package simulator

import (
	"strings"
	"testing"
)

// context reads "key=value|value; key=value".
func context(s string) map[string][]string {
	out := map[string][]string{}
	for _, entry := range strings.Split(s, "; ") {
		if key, values, ok := strings.Cut(entry, "="); ok {
			out[key] = strings.Split(values, "|")
		}
	}
	return out
}

// TestConditions holds single conditions against the examples and rules of AWS's pages.
func TestConditions(t *testing.T) {
	const bucket = "arn:aws:s3:::pay-data"
	rows := []struct {
		operator, key, want, context string
		met                          bool
	}{
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
		{"StringEquals", "aws:PrincipalTag/job-category", "iamuser-admin",
			"aws:PrincipalTag/job-category=iamuser-admin", true},
		{"StringEquals", "aws:PrincipalTag/job-category", "iamuser-admin",
			"aws:PrincipalTag/job-category=other", false},
		{"StringEquals", "aws:PrincipalTag/job-category", "iamuser-admin", "", false},
		{"StringEquals", "AWS:principaltag/Job-Category", "a", "aws:PrincipalTag/job-category=a",
			true},
		{"StringEquals", "k", "a|b", "k=b", true},
		{"StringEquals", "k", "A", "k=a", false},
		{"StringEquals", "k", "a*", "k=abc", false},
		{"StringEquals", "k", "a*", "k=a*", true},
		{"StringEquals", "k", "", "k=", true},
		{"StringEquals", "k", "a", "k=a|a", false},
		{"StringNotEquals", "k", "a", "k=b", true},
		{"StringNotEquals", "k", "a", "k=a", false},
		{"StringNotEquals", "k", "a", "", true},
		{"StringNotEquals", "k", "a|b", "k=b", false},
		{"StringNotEquals", "k", "a|b", "k=c", true},
		{"StringNotEquals", "k", "a", "k=b|c", false},
		{"StringEqualsIgnoreCase", "k", "IamUser", "k=iAMuSER", true},
		{"StringEqualsIgnoreCase", "k", "IamUser", "k=x", false},
		{"StringNotEqualsIgnoreCase", "k", "A", "k=a", false},
		{"StringNotEqualsIgnoreCase", "k", "A", "k=b", true},
		{"StringNotEqualsIgnoreCase", "k", "A", "", true},
		{"StringLike", "k", "data_sci*", "k=data_sci-eu", true},
		{"StringLike", "k", "data_sci*", "k=data_sci", true},
		{"StringLike", "k", "data_sci*", "k=Data_sci", false},
		{"StringLike", "k", "?a", "k=ba", true},
		{"StringLike", "k", "?a", "k=a", false},
		{"StringLike", "k", "*a*b*", "k=xxaxxbxx", true},
		{"StringLike", "k", "*a*b*", "k=xxbxxaxx", false},
		{"StringLike", "k", "*", "k=", true},
		{"StringLike", "k", "*", "", false},
		{"StringNotLike", "k", "vpc-*", "k=vpc-1", false},
		{"StringNotLike", "k", "vpc-*", "k=x", true},
		{"StringNotLike", "k", "*", "", true},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html:
		// an empty text alone is none
		{"ForAllValues:StringEquals", "k", "a", "k=", true},
		{"ForAnyValue:StringNotEquals", "k", "a", "k=", false},
		{"ForAnyValue:StringEqualsIfExists", "k", "a", "k=", true},
		// #Conditions_Numeric
		{"NumericLessThanEquals", "s3:max-keys", "10", "s3:max-keys=10", true},
		{"NumericLessThanEquals", "s3:max-keys", "10", "s3:max-keys=11", false},
		{"NumericEquals", "k", "7", "k=7.0", true},
		{"NumericEquals", "k", "7", "k=seven", false},
		{"NumericEquals", "k", "7", "", false},
		{"NumericNotEquals", "k", "7", "k=8", true},
		{"NumericNotEquals", "k", "7", "k=7", false},
		{"NumericNotEquals", "k", "7", "", true},
		{"NumericLessThan", "k", "7", "k=6", true},
		{"NumericLessThan", "k", "7", "k=7", false},
		{"NumericGreaterThan", "k", "7", "k=8", true},
		{"NumericGreaterThan", "k", "7", "k=7", false},
		{"NumericGreaterThanEquals", "k", "7", "k=7", true},
		{"NumericGreaterThanEquals", "k", "7", "k=-8", false},
		// #Conditions_Date
		{"DateGreaterThan", "aws:CurrentTime", "2020-04-01T00:00:00Z",
			"aws:CurrentTime=2020-04-02T00:00:00Z", true},
		{"DateGreaterThan", "aws:CurrentTime", "2020-04-01T00:00:00Z",
			"aws:CurrentTime=2020-03-02T00:00:00Z", false},
		{"DateLessThan", "aws:CurrentTime", "2020-06-30T23:59:59Z",
			"aws:CurrentTime=2020-04-02T00:00:00Z", true},
		{"DateLessThan", "aws:CurrentTime", "2020-06-30", "aws:CurrentTime=2020-06-30T00:00:00Z",
			false},
		{"DateLessThanEquals", "aws:CurrentTime", "2020-06-30",
			"aws:CurrentTime=2020-06-30T00:00:00Z", true},
		{"DateGreaterThanEquals", "aws:CurrentTime", "2020", "aws:CurrentTime=2020-01-01T00:00:00Z",
			true},
		{"DateEquals", "aws:CurrentTime", "2020-01-01T00:00:00+02:00",
			"aws:CurrentTime=2019-12-31T22:00:00Z", true},
		{"DateNotEquals", "aws:CurrentTime", "2020-01-01T00:00:00Z",
			"aws:CurrentTime=2020-01-01T00:00:00Z", false},
		{"DateNotEquals", "aws:CurrentTime", "2020-01-01T00:00:00Z",
			"aws:CurrentTime=2020-01-01T00:00:01Z", true},
		{"DateLessThan", "aws:EpochTime", "1577836800", "aws:EpochTime=1577836799", true},
		{"DateLessThan", "aws:EpochTime", "2020-01-01T00:00:00Z", "aws:EpochTime=1577836799", true},
		{"NumericLessThan", "aws:EpochTime", "1577836800", "aws:EpochTime=1577836800", false},
		// #Conditions_Boolean
		{"Bool", "aws:SecureTransport", "false", "aws:SecureTransport=false", true},
		{"Bool", "aws:SecureTransport", "false", "aws:SecureTransport=true", false},
		{"Bool", "aws:SecureTransport", "True", "aws:SecureTransport=true", true},
		{"Bool", "aws:MultiFactorAuthPresent", "false", "", false},
		{"BoolIfExists", "aws:MultiFactorAuthPresent", "false", "", true},
		{"BoolIfExists", "aws:MultiFactorAuthPresent", "false", "aws:MultiFactorAuthPresent=true",
			false},
		// #Conditions_Binary
		{"BinaryEquals", "key", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "key=QmluYXJ5VmFsdWVJbkJhc2U2NA==",
			true},
		{"BinaryEquals", "key", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "key=QQ==", false},
		{"BinaryEquals", "key", "QQ==", "", false},
		// #Conditions_IPAddress
		{"IpAddress", "aws:SourceIp", "203.0.113.0/24", "aws:SourceIp=203.0.113.7", true},
		{"IpAddress", "aws:SourceIp", "203.0.113.0/24", "aws:SourceIp=203.0.114.7", false},
		{"IpAddress", "aws:SourceIp", "203.0.113.7", "aws:SourceIp=203.0.113.7", true},
		{"IpAddress", "aws:SourceIp", "203.0.113.9/24", "aws:SourceIp=203.0.113.7", true},
		{"IpAddress", "aws:SourceIp", "2001:DB8:1234:5678::/64",
			"aws:SourceIp=2001:db8:1234:5678::7", true},
		{"IpAddress", "aws:SourceIp", "2001:DB8:1234:5678::/64", "aws:SourceIp=203.0.113.7", false},
		{"IpAddress", "aws:SourceIp", "0.0.0.0/0", "aws:SourceIp=2001:db8::1", false},
		{"IpAddress", "aws:SourceIp", "203.0.113.0/24", "", false},
		{"NotIpAddress", "aws:SourceIp", "203.0.113.0/24", "aws:SourceIp=203.0.113.7", false},
		{"NotIpAddress", "aws:SourceIp", "203.0.113.0/24|10.0.0.0/8", "aws:SourceIp=192.0.2.1",
			true},
		{"NotIpAddress", "aws:SourceIp", "203.0.113.0/24", "", true},
		// #Conditions_ARN
		{"ArnLike", "aws:SourceArn", "arn:aws:sns:eu-west-1:111122223333:*",
			"aws:SourceArn=arn:aws:sns:eu-west-1:111122223333:t", true},
		{"ArnEquals", "aws:SourceArn", "arn:aws:sns:*:111122223333:t*",
			"aws:SourceArn=arn:aws:sns:eu-west-1:111122223333:topic", true},
		{"ArnEquals", "aws:SourceArn", "arn:aws:sns:*:111122223333:t",
			"aws:SourceArn=arn:aws:sns:eu-west-1:9:111122223333:t", false},
		{"ArnLike", "aws:SourceArn", bucket, "aws:SourceArn=" + bucket, true},
		{"ArnLike", "aws:SourceArn", "arn:aws:s3:*:pay-data", "aws:SourceArn=" + bucket, false},
		{"ArnLike", "aws:SourceArn", "arn:aws:s3:::*", "aws:SourceArn=" + bucket, true},
		{"ArnLike", "aws:SourceArn", "*", "aws:SourceArn=" + bucket, false},
		{"ArnLike", "aws:SourceArn", bucket, "", false},
		{"ArnLike", "k", "arn:aws:a:b:c:d:*", "k=arn:aws:a:b:c:d:e:f", true},
		{"ArnNotLike", "aws:SourceArn", "arn:aws:s3:::*", "aws:SourceArn=" + bucket, false},
		{"ArnNotEquals", "aws:SourceArn", "arn:aws:s3:::other", "aws:SourceArn=" + bucket, true},
		{"ArnNotEquals", "aws:SourceArn", "arn:aws:s3:::other", "", true},
		// #Conditions_IfExists and #Conditions_Null
		{"StringLikeIfExists", "ec2:InstanceType", "t1.*|t2.*", "", true},
		{"StringLikeIfExists", "ec2:InstanceType", "t1.*|t2.*", "ec2:InstanceType=t2.micro", true},
		{"StringLikeIfExists", "ec2:InstanceType", "t1.*|t2.*", "ec2:InstanceType=m3.micro", false},
		{"StringNotEqualsIfExists", "k", "a", "", true},
		{"StringNotEqualsIfExists", "k", "a", "k=a", false},
		{"ForAnyValue:StringEqualsIfExists", "k", "a", "", true},
		{"ForAnyValue:StringEqualsIfExists", "k", "a", "k=b|c", false},
		{"ForAllValues:StringEqualsIfExists", "k", "a", "k=a", true},
		{"Null", "aws:TokenIssueTime", "true", "", true},
		{"Null", "aws:TokenIssueTime", "true", "aws:TokenIssueTime=x", false},
		{"Null", "aws:TokenIssueTime", "false", "", false},
		{"Null", "aws:TokenIssueTime", "false", "aws:TokenIssueTime=x", true},
		{"Null", "k", "false", "k=a|b", true},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
		{"ForAllValues:StringEquals", "aws:TagKeys", "environment|cost-center",
			"aws:TagKeys=environment", true},
		{"ForAllValues:StringEquals", "aws:TagKeys", "environment|cost-center",
			"aws:TagKeys=environment|cost-center", true},
		{"ForAllValues:StringEquals", "aws:TagKeys", "environment|cost-center",
			"aws:TagKeys=environment|dept", false},
		{"ForAllValues:StringEquals", "aws:TagKeys", "environment|cost-center", "", true},
		{"ForAnyValue:StringEquals", "aws:TagKeys", "webserver",
			"aws:TagKeys=environment|webserver", true},
		{"ForAnyValue:StringEquals", "aws:TagKeys", "webserver", "aws:TagKeys=environment", false},
		{"ForAnyValue:StringEquals", "aws:TagKeys", "webserver", "", false},
		{"ForAnyValue:StringNotEquals", "aws:TagKeys", "a", "aws:TagKeys=a|b", true},
		{"ForAnyValue:StringNotEquals", "aws:TagKeys", "a", "aws:TagKeys=a", false},
		{"ForAnyValue:StringNotEquals", "aws:TagKeys", "a", "", false},
		{"ForAllValues:StringNotEquals", "aws:TagKeys", "a", "aws:TagKeys=b|c", true},
		{"ForAllValues:StringNotEquals", "aws:TagKeys", "a", "aws:TagKeys=a|c", false},
		{"ForAnyValue:StringLike", "aws:CalledVia", "*.amazonaws.com",
			"aws:CalledVia=x|kms.amazonaws.com", true},
		{"ForAllValues:StringLike", "aws:CalledVia", "*.amazonaws.com",
			"aws:CalledVia=x|kms.amazonaws.com", false},
		{"ForAnyValue:ArnLike", "k", "arn:aws:s3:::*", "k=x|" + bucket, true},
		{"ForAnyValue:Bool", "k", "true", "k=false|true", true},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
		{"StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}",
			"aws:ResourceTag/team=pay; aws:PrincipalTag/team=pay", true},
		{"StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}",
			"aws:ResourceTag/team=pay; aws:PrincipalTag/team=ops", false},
		{"StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}",
			"aws:ResourceTag/team=pay", false},
		{"StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}|pay",
			"aws:ResourceTag/team=pay", true},
		{"StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}",
			"aws:ResourceTag/team=pay", true},
		{"StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}|pay",
			"aws:ResourceTag/team=pay", false},
		{"ForAnyValue:StringNotLike", "aws:TagKeys", "${aws:PrincipalTag/team}*",
			"aws:TagKeys=pay", true},
		{"StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}", "", true},
		{"StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}",
			"aws:ResourceTag/team=pay; aws:PrincipalTag/team=ops", true},
		{"StringEquals", "k", "${aws:PrincipalTag/team, 'company-wide'}", "k=company-wide", true},
		{"StringEquals", "k", "${aws:PrincipalTag/team, 'company-wide'}",
			"k=company-wide; aws:PrincipalTag/team=yellow", false},
		{"StringEquals", "k", "${aws:PrincipalTag/team, 'company-wide'}",
			"k=yellow; aws:PrincipalTag/team=yellow", true},
		{"StringLike", "k", "${aws:username}/*", "k=bob/x; aws:username=bob", true},
		{"StringLike", "k", "${aws:username}", "k=bob; aws:username=*", false},
		{"StringLike", "k", "a${*}", "k=abc", false},
		{"StringLike", "k", "a${*}", "k=a*", true},
		{"StringLike", "k", "a${?}${$}", "k=a?$", true},
		{"StringEquals", "k", "${aws:TagKeys}", "k=a; aws:TagKeys=a|b", false},
		{"StringEquals", "k", "${unclosed", "k=${unclosed", true},
		{"ArnLike", "k", "arn:aws:iam::*:user/${aws:username}",
			"k=arn:aws:iam::1:user/bob; aws:username=bob", true},
		{"NumericEquals", "k", "${aws:EpochTime}", "k=1; aws:EpochTime=1", false},
		{"NoSuchOperator", "k", "a", "k=a", false},
	}
	for _, row := range rows {
		values := strings.Split(row.want, "|")
		met := Meets(row.operator, row.key, values, "2012-10-17", context(row.context))
		if met != row.met {
			t.Errorf("%s %s %q in %q: met %v, want %v", row.operator, row.key, row.want,
				row.context, met, row.met)
		}
	}
	if len(rows) < 120 {
		t.Errorf("%d rows", len(rows))
	}
}

// TestVariablesNeedTheirVersion keeps ${…} plain text before 2012-10-17.
func TestVariablesNeedTheirVersion(t *testing.T) {
	if Meets("StringEquals", "k", []string{"${aws:username}"}, "2008-10-17",
		context("k=bob; aws:username=bob")) {
		t.Error("a variable has a value in version 2008-10-17")
	}
	if !Meets("StringEquals", "k", []string{"${aws:username}"}, "2008-10-17",
		context("k=${aws:username}; aws:username=bob")) {
		t.Error("a variable is not plain text in version 2008-10-17")
	}
}
