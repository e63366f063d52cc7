package change

import (
	"path"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// serverless are the types of which AWS's transform makes roles, too.
var serverless = []string{"AWS::Serverless::Function", "AWS::Serverless::StateMachine"}

// mayOpen says whether nobody can read what a new resource makes or allows, and it may be access:
// a stack whose template is not given, what a function or a macro makes, and what is not AWS's own.
// A type of AWS's that is in no table makes none, but for those that are about access.
func (c *comparison) mayOpen(s side) bool {
	kind := s.res.Type
	if s.res.Property("Fn::Transform") != nil {
		return true // whatever a macro makes of its properties
	}
	switch kind {
	case "AWS::CloudFormation::Stack":
		return !c.isGiven(s)
	case "AWS::Serverless::Application":
		return !s.isRotationApplication()
	case "AWS::Serverless::Function", "AWS::Serverless::StateMachine":
		return s.attribute("Connectors") != nil || s.res.Property("Connectors") != nil
	case "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle",
		"AWS::Serverless::SimpleTable", "AWS::Serverless::LayerVersion",
		"AWS::IAM::InstanceProfile", "AWS::IAM::ServerCertificate":
		return false
	}
	if !strings.HasPrefix(kind, "AWS::") || strings.HasSuffix(kind, "::MODULE") {
		return true
	}
	return aws.UpdatesOf(kind) == nil && slices.ContainsFunc(aboutAccess, func(prefix string) bool {
		return strings.HasPrefix(kind, prefix)
	})
}

// aboutAccess begin the types of AWS's that make whatever they are told to, or give access.
var aboutAccess = []string{
	"AWS::CloudFormation::", "AWS::Serverless::Connector", "AWS::ServiceCatalog::", "AWS::Proton::",
	"AWS::IAM::", "AWS::KMS::", "AWS::SecretsManager::", "AWS::SSO::", "AWS::RolesAnywhere::",
	"AWS::Organizations::ResourcePolicy", "AWS::RAM::", "AWS::EKS::PodIdentityAssociation",
}

// isGiven says whether the template of a nested stack stands among those of the new set.
func (c *comparison) isGiven(s side) bool {
	metadata, _ := s.attribute("Metadata").(cfn.Object)
	for _, v := range []any{s.value("TemplateURL"), metadata.Get("aws:asset:path"),
		metadata.Get("AssetPath")} {
		parts, isList := v.([]any)
		if o, ok := v.(cfn.Object); ok && len(o) == 1 {
			parts, isList = o[0].Value.([]any)
		}
		if isList && len(parts) > 0 { // a text that is put together: what it ends in
			v = parts[len(parts)-1]
		}
		text, _ := v.(string)
		text, _, _ = strings.Cut(text, "?")
		name := bare(path.Base(strings.ReplaceAll(text, `\`, "/")))
		if text != "" && slices.ContainsFunc(c.pairs, func(p pair) bool {
			return p.new != nil && p.new != s.at && bare(p.new.File) == name
		}) {
			return true
		}
	}
	return false
}

// bare cuts the usual extensions of a template off a file's name.
func bare(name string) string {
	for _, extension := range []string{".yaml", ".yml", ".json", ".template"} {
		name = strings.TrimSuffix(name, extension)
	}
	return name
}

// isRotationApplication says whether a serverless application is one of those of AWS that rotate
// secrets: what they make is known. A template that is for all partitions has them in a mapping.
func (s side) isRotationApplication() bool {
	location, _ := s.res.Property("Location").(cfn.Object)
	id := location.Get("ApplicationId")
	if find, ok := id.(cfn.Object); ok && len(find) == 1 && find[0].Key == "Fn::FindInMap" {
		where, _ := find[0].Value.([]any)
		name, _ := elementOf(where, 0).(string)
		key, _ := elementOf(where, len(where)-1).(string)
		mapping, _ := s.at.Template.Mappings.Get(name).(cfn.Object)
		return len(where) == 3 && len(mapping) > 0 &&
			!slices.ContainsFunc(mapping, func(m cfn.Member) bool {
				row, _ := m.Value.(cfn.Object)
				return !isRotationARN(row.Get(key))
			})
	}
	return isRotationARN(id)
}

// isRotationARN says whether a value is the ARN of an application of AWS that rotates secrets.
func isRotationARN(v any) bool {
	arn, _ := v.(string)
	_, name, _ := strings.Cut(arn, ":applications/")
	return strings.HasPrefix(name, "SecretsManager") &&
		slices.ContainsFunc([]string{"aws", "aws-cn", "aws-us-gov"}, func(p string) bool {
			of, ok := aws.ApplicationARN(p, name)
			return ok && of == arn
		})
}

// attachments are the properties of IAM that say whom policies apply to, with what they name.
var attachments = map[string]string{
	"Roles": "AWS::IAM::Role", "Users": "AWS::IAM::User", "Groups": "AWS::IAM::Group",
	"GroupName": "AWS::IAM::Group", "ManagedPolicyArns": "AWS::IAM::ManagedPolicy",
}

// attached notes that policies come to apply, or do no more, without a change of their texts.
func (m *modification) attached(p changedProperty) {
	m.report(Updated, p, "%s changes in place")
	r := &m.c.found[len(m.c.found)-1]
	r.attaches, r.isOwnWords = true, p.Name == "ManagedPolicyArns"
	if p.Name != "Groups" && p.Name != "ManagedPolicyArns" && p.Name != "GroupName" ||
		aws.UpdatesOf(m.new.res.Type).IsPolicy {
		return // the policy itself is in sight
	}
	r.isOpaque = !m.c.isInSight(0, m.old, p.Name, onlyIn(p.old, p.new), false) ||
		!m.c.isInSight(1, m.new, p.Name, onlyIn(p.new, p.old), true)
}

// isInSight says whether groups, or managed policies, that a resource of a set names are all made
// by it, so that their policies can be read. Of policies of AWS's only what they say of secrets is
// known: those that come to apply must say nothing else that is access.
func (c *comparison) isInSight(set int, at side, property string, list []any, isNew bool) bool {
	made := c.guardsOf(set).made
	return !slices.ContainsFunc(list, func(v any) bool {
		if _, is := made[at.named(attachments[property], v)]; is {
			return false
		}
		text, _ := v.(string)
		_, name, isOfAWS := strings.Cut(text, ":iam::aws:policy/")
		return !isOfAWS || isNew && !slices.Contains(idlePolicies, name)
	})
}

// serverlessInSight says whether the policies can be read that a resource of AWS's serverless
// transform has by their names or ARNs.
func (c *comparison) serverlessInSight(s side) bool {
	return !slices.ContainsFunc(listed(s.value("Policies")), func(v any) bool {
		o, isObject := v.(cfn.Object)
		if isObject && !isExpression(o) {
			return false // a statement, or a template of the transform
		}
		if text, ok := v.(string); ok && !strings.HasPrefix(text, "arn:") {
			return !slices.ContainsFunc(idlePolicies, func(name string) bool {
				return path.Base(name) == text
			})
		}
		return !c.isInSight(1, s, "ManagedPolicyArns", []any{v}, true)
	})
}

// onlyIn returns the elements that only the first of two lists has.
func onlyIn(in, notIn any) []any {
	return slices.DeleteFunc(slices.Clone(listed(in)), func(v any) bool {
		return slices.ContainsFunc(listed(notIn), func(other any) bool { return same(v, other) })
	})
}

// letsIn says whether a resource is a policy, or somebody who has policies and may be trusted.
func (s side) letsIn() bool {
	table := aws.UpdatesOf(s.res.Type)
	return table != nil && (table.IsPolicy || slices.Contains([]string{"AWS::IAM::Role",
		"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition", "AWS::KMS::Key"},
		s.res.Type))
}
