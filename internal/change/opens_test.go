package change

import "testing"

// What is new and can make access that nobody can read is unknown; what cannot is not.
func TestWhatIsNewAndMayOpen(t *testing.T) {
	const sar = "Properties: {Location: {ApplicationId: 'arn:aws:serverlessrepo:us-east-1:"
	child := stack(t, "child", "Resources: {S: {Type: AWS::SNS::Topic}}\n")
	for _, tt := range []struct{ resource, want string }{
		{"AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://b/evil.json'}", "unknown"},
		{"AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://b/child.json'}", "update"},
		{"AWS::CloudFormation::StackSet", "unknown"},
		{"AWS::CloudFormation::CustomResource", "unknown"},
		{"AWS::CloudFormation::WaitConditionHandle", "update"},
		{"Custom::X", "unknown"},
		{"My::Org::Thing::MODULE", "unknown"},
		{"Third::Party::Thing", "unknown"},
		{"AWS::Serverless::Application, Properties: {Location: 'https://x/evil.yaml'}", "unknown"},
		{"AWS::Serverless::Application, " + sar +
			"297356227824:applications/SecretsManagerRDSMySQLRotationSingleUser'}}", "update"},
		{"AWS::Serverless::Application, " + sar +
			"999999999999:applications/SecretsManagerRDSMySQLRotationSingleUser'}}", "unknown"},
		{"AWS::Serverless::Connector", "unknown"},
		{"AWS::Serverless::Function", "update"},
		{"AWS::Serverless::Function, Connectors: {A: {Properties: {Permissions: [Read]}}}",
			"unknown"},
		{"AWS::SSO::Assignment", "unknown"},
		{"AWS::S3::Bucket", "update"},
		{"AWS::RDS::DBInstance", "update"},
		{"AWS::IAM::Role", "update"},
	} {
		old := stack(t, "app", "Resources: {T: {Type: AWS::SNS::Topic}}\n")
		new := stack(t, "app", "Resources:\n  T: {Type: AWS::SNS::Topic}\n  N: {Type: "+
			tt.resource+"}\n")
		found := Resources([]Stack{old, child}, []Stack{new, child})
		if len(found) != 1 || found[0].Class() != tt.want {
			t.Errorf("%s: want %s, got %s", tt.resource, tt.want, shown(found))
		}
	}
}
