package access

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// managedPolicy is a managed policy of a template. Without rules it could not be read.
type managedPolicy struct {
	of    *stack
	id    string
	rules *policy.Rules
}

// rules reads the policy of a resource: the caller's own, or the property's. What cannot be read is a problem and nil.
func (s *stack) rules(id, property string) *policy.Rules {
	v := s.Template.Resources[id].Property(property)
	var own policy.Document
	if d, ok := s.Documents[id]; ok {
		v, own = s.ownDocument(d)
	}
	rules := s.decode(id, property, v)
	if rules != nil {
		for i := range own {
			rules.Statements[i].Because = own[i].Because
		}
	}
	return rules
}

// decode reads a policy as it stands in a template, in which it may also be JSON in a text.
func (s *stack) decode(id, property string, v any) *policy.Rules {
	v = s.r.Resolve(v)
	if text, ok := v.(string); ok {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&v); err != nil {
			s.problem(id, fmt.Sprintf("%s is a text that is not JSON", property))
			return nil
		}
	}
	rules, err := policy.Decode(v)
	if err != nil {
		s.problem(id, fmt.Sprintf("%s cannot be read: %s", property, err))
		return nil
	}
	return &rules
}

// ownDocument returns a policy of the caller's as a value, and those of its statements that it has once it is resolved.
func (s *stack) ownDocument(d policy.Document) (v any, own policy.Document) {
	statements := []any{}
	for _, statement := range d {
		if v := s.r.Resolve(statement.Value()); v != nil {
			statements, own = append(statements, v), append(own, statement)
		}
	}
	return cfn.Object{{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: statements}}, own
}

// managedPolicy reads a managed policy. To whom it is attached is read once everybody is known.
func (s *stack) managedPolicy(id string) {
	s.l.managed[kinds["AWS::IAM::ManagedPolicy"].arn(s, id)] = &managedPolicy{s, id, s.rules(id, "PolicyDocument")}
}

// attachManaged attaches a managed policy to those that it names.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
func (s *stack) attachManaged(id string) {
	arn := kinds["AWS::IAM::ManagedPolicy"].arn(s, id)
	for _, p := range s.attachedTo(id) {
		s.l.attach(p, arn)
	}
}

// attachedTo returns whom a policy names in Roles, Users and Groups.
func (s *stack) attachedTo(id string) []*Principal {
	var out []*Principal
	for _, to := range []struct{ property, kind string }{{"Roles", "role"}, {"Users", "user"}, {"Groups", "group"}} {
		for _, name := range s.texts(id, to.property) {
			out = append(out, s.byName(to.kind, name))
		}
	}
	return out
}

// attach gives somebody the managed policy of an ARN, at most once.
func (l *loader) attach(p *Principal, arn string) {
	d := l.document(arn, IdentityPolicy, p.ID)
	if d == nil {
		p.Unknown = append(p.Unknown, arn)
		return
	}
	for _, have := range p.Identity {
		if have.Stack == d.Stack && have.LogicalID == d.LogicalID && have.arn == arn {
			return
		}
	}
	p.Identity = append(p.Identity, d)
}

// document returns a managed policy as a document about somebody, or nil where it is out of sight.
func (l *loader) document(arn string, kind DocumentKind, of string) *Document {
	if m := l.managed[arn]; m != nil {
		if m.rules == nil {
			return nil
		}
		return &Document{Kind: kind, Of: of, Stack: m.of.File, LogicalID: m.id, Rules: *m.rules, arn: arn}
	}
	if rules := awsManaged(arn); rules != nil {
		return &Document{Kind: kind, Of: of, Rules: *rules, arn: arn}
	}
	return nil
}

// inlinePolicy reads a policy that stands in those that it names.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
func (s *stack) inlinePolicy(id string) {
	to := s.attachedTo(id)
	for _, one := range []struct{ property, kind string }{{"RoleName", "role"}, {"UserName", "user"}, {"GroupName", "group"}} {
		if name := s.text(id, one.property); name != "" {
			to = append(to, s.byName(one.kind, name))
		}
	}
	rules := s.rules(id, "PolicyDocument")
	if rules == nil {
		return
	}
	for _, p := range to {
		p.Identity = append(p.Identity, &Document{Kind: IdentityPolicy, Of: p.ID, Stack: s.File, LogicalID: id, Rules: *rules})
	}
}

// ownPolicies reads what a role, user or group says of its own policies.
func (s *stack) ownPolicies(id string, p *Principal) {
	list, ok := s.property(id, "Policies").([]any)
	if !ok && s.property(id, "Policies") != nil {
		s.problem(id, "Policies is not a list, or one that is not known")
	}
	for _, e := range list {
		inline, _ := e.(cfn.Object)
		if rules := s.decode(id, "PolicyDocument", inline.Get("PolicyDocument")); rules != nil {
			p.Identity = append(p.Identity, &Document{Kind: IdentityPolicy, Of: p.ID, Stack: s.File, LogicalID: id, Rules: *rules})
		}
	}
	for _, arn := range s.texts(id, "ManagedPolicyArns") {
		s.l.attach(p, arn)
	}
	if arn := s.text(id, "PermissionsBoundary"); arn != "" {
		p.Boundary = s.l.document(arn, PermissionsBoundary, p.ID)
		if p.Boundary == nil {
			p.Unknown = append(p.Unknown, arn)
		}
	}
}

// awsPolicies are policies of AWS's own of which is known what they say of secrets, keys and functions. Each is as its page has it, without the statements
// that speak of other services.
var awsPolicies = map[string]string{
	// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
	"AdministratorAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecretsManagerReadWrite.html
	"SecretsManagerReadWrite": `{"Version":"2012-10-17","Statement":[
		{"Sid":"BasePermissions","Effect":"Allow","Action":["secretsmanager:*","kms:DescribeKey","kms:ListAliases","kms:ListKeys","lambda:ListFunctions"],"Resource":"*"},
		{"Sid":"LambdaPermissions","Effect":"Allow","Action":["lambda:AddPermission","lambda:CreateFunction","lambda:GetFunction","lambda:InvokeFunction",
			"lambda:UpdateFunctionConfiguration"],"Resource":"arn:aws:lambda:*:*:function:SecretsManager*"}]}`,
	// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
	"service-role/AWSLambdaBasicExecutionRole": `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
}

// awsManaged returns a policy of AWS's own, or nil where its contents are not known.
func awsManaged(arn string) *policy.Rules {
	parsed, err := aws.ParseARN(arn)
	if err != nil || parsed.Service != "iam" || parsed.Account != "aws" {
		return nil
	}
	text, ok := awsPolicies[strings.TrimPrefix(parsed.Resource, "policy/")]
	if !ok {
		return nil
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic("access: the policy " + arn + ": " + err.Error())
	}
	rules, err := policy.Decode(v)
	if err != nil {
		panic("access: the policy " + arn + ": " + err.Error())
	}
	return &rules
}
