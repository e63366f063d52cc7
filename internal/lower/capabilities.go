package lower

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// iamTypes are the resources that CloudFormation makes only where CAPABILITY_IAM is acknowledged.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
var iamTypes = []string{
	"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::User",
	"AWS::IAM::Group", "AWS::IAM::InstanceProfile", "AWS::IAM::AccessKey", "AWS::IAM::RolePolicy",
	"AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy", "AWS::IAM::UserToGroupAddition",
}

// namesOfIAM are the properties that give one of them a name of its own.
var namesOfIAM = []string{
	"RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName",
}

// Capabilities returns what CloudFormation wants to be acknowledged before it deploys the stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func (s *Stack) Capabilities() []string {
	iam := slices.Contains(s.Template.Transform, aws.HostedRotationTransform) // makes roles, too
	named, macros := false, len(s.Template.Transform) > 0 || s.callsMacro()
	for _, r := range s.Template.Resources {
		switch {
		case slices.Contains(iamTypes, r.Type):
			iam = true
		case r.Type == "AWS::CloudFormation::Macro":
			macros = true
		case r.Type == "AWS::Serverless::Application": // with the role of its function
			iam, macros = true, true
		}
		named = named || strings.HasPrefix(r.Type, "AWS::IAM::") && isNamed(r)
	}
	out := []string{}
	switch {
	case iam && named:
		out = append(out, "CAPABILITY_NAMED_IAM")
	case iam:
		out = append(out, "CAPABILITY_IAM")
	}
	if macros {
		out = append(out, "CAPABILITY_AUTO_EXPAND")
	}
	return out
}

// transformFunction calls a macro.
const transformFunction = "Fn::Transform"

// callsMacro says whether a macro is called anywhere in the template.
func (s *Stack) callsMacro() bool {
	return s.mayHave(transformFunction) && s.Template.Calls(transformFunction)
}

func isNamed(r *cfn.Resource) bool {
	return slices.ContainsFunc(namesOfIAM, func(name string) bool {
		return r.Property(name) != nil
	})
}
