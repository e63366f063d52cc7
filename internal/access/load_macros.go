package access

import (
	"maps"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
)

// Among the properties of a resource, a macro or a loop over a list that is not known may make any
// property. AWS::Include adds what a file has to what stands there; another macro may change that,
// too.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html

// propertiesRead are the properties of a type that who can do what hangs on.
var propertiesRead = lazy.Value(func() map[string][]string {
	return map[string][]string{
		"AWS::IAM::Role": {"AssumeRolePolicyDocument", "ManagedPolicyArns", "Path",
			"PermissionsBoundary", "Policies", "RoleName", "Tags"},
		"AWS::IAM::User": {"Groups", "ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies",
			"Tags", "UserName"},
		"AWS::IAM::Group":               {"GroupName", "ManagedPolicyArns", "Path", "Policies"},
		"AWS::IAM::ManagedPolicy":       {"Groups", "PolicyDocument", "Roles", "Users"},
		"AWS::IAM::Policy":              {"Groups", "PolicyDocument", "Roles", "Users"},
		"AWS::IAM::RolePolicy":          {"PolicyDocument", "RoleName"},
		"AWS::IAM::UserPolicy":          {"PolicyDocument", "UserName"},
		"AWS::IAM::GroupPolicy":         {"GroupName", "PolicyDocument"},
		"AWS::IAM::UserToGroupAddition": {"GroupName", "Users"},
		"AWS::KMS::Key":                 {"KeyPolicy", "Tags"},
		"AWS::KMS::ReplicaKey":          {"KeyPolicy", "PrimaryKeyArn", "Tags"},
		"AWS::KMS::Alias":               {"AliasName", "TargetKeyId"},
		"AWS::SSO::Assignment":          {"PermissionSetArn", "TargetId"},
		"AWS::SSO::PermissionSet": {"CustomerManagedPolicyReferences", "InlinePolicy",
			"ManagedPolicies", "PermissionsBoundary"},
		"AWS::SecretsManager::ResourcePolicy": {"ResourcePolicy", "SecretId"},
		"AWS::SecretsManager::Secret":         {"KmsKeyId", "Name", "ReplicaRegions", "Tags"},
		"AWS::Serverless::Function":           {"PermissionsBoundary", "Policies"},
		"AWS::Serverless::StateMachine":       {"PermissionsBoundary", "Policies"},
	}
})

// withMacros returns a template in which every property stands that a macro or a loop may make: its
// value is the macro or the loop, which nobody can read. The template itself is not changed.
func withMacros(t *cfn.Template) *cfn.Template {
	made := map[string]*cfn.Resource{}
	for kind, names := range propertiesRead() {
		for _, id := range t.IDsOf(kind) {
			if r := t.Resources[id]; r != nil && r.Verbatim != nil {
				if body, changed := withMacro(r.Verbatim, names); changed {
					made[id] = &cfn.Resource{Type: r.Type, Verbatim: body}
				}
			}
		}
	}
	if len(made) == 0 {
		return t
	}
	out := *t
	out.Resources = maps.Clone(t.Resources)
	maps.Copy(out.Resources, made)
	return &out
}

// withMacro does so in a resource.
func withMacro(body cfn.Object, names []string) (out cfn.Object, changed bool) {
	properties, _ := body.Get("Properties").(cfn.Object)
	var made any
	whole := false // what makes it may change what stands there
	find := func(o cfn.Object) {
		for _, m := range o {
			arguments, _ := m.Value.(cfn.Object)
			switch {
			case m.Key == macroKey:
				made = cfn.Object{m}
				whole = whole || arguments.Get("Name") != "AWS::Include"
			case strings.HasPrefix(m.Key, loopKey):
				made = cfn.Object{m}
			}
		}
	}
	find(properties)
	find(body)
	if made == nil {
		return body, false
	}
	var list cfn.Object
	seen := map[string]bool{}
	for _, name := range names {
		if whole || properties.Get(name) == nil {
			v := made
			if name == "Path" { // which begins and ends so
				v = cfn.Object{{Key: "Fn::Join", Value: []any{"", []any{"/", made, "/"}}}}
			}
			list, seen[name] = append(list, cfn.Member{Key: name, Value: v}), true
		}
	}
	for _, m := range properties {
		if !seen[m.Key] {
			list = append(list, m)
		}
	}
	for _, m := range body {
		if m.Key != "Properties" {
			out = append(out, m)
		}
	}
	return append(out, cfn.Member{Key: "Properties", Value: list}), true
}

// What begins the keys of macros and of loops.
const (
	macroKey = "Fn::Transform"
	loopKey  = "Fn::ForEach::"
)
