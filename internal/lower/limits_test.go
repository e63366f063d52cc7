package lower

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// finding returns the codes of what AWS refuses of a template.
func finding(t *cfn.Template, name string) string {
	s := &Stack{At: model.Home, Name: name, Account: "111111111111", Region: "eu-west-1",
		Template: t, Places: map[string]source.Span{}, properties: map[propertyOf]source.Span{}}
	var out []string
	for _, d := range Verify(&model.Model{}, []*Stack{s}, source.Span{}, nil) {
		if d.Code.Severity == diag.Error {
			out = append(out, d.Code.Number)
		}
	}
	return strings.Join(out, " ")
}

// resource returns a template of one resource in the user's words, with a value at a path.
func resource(kind, path string, v any) *cfn.Template {
	for _, step := range reversed(strings.Split(path, ".")) {
		if step == "*" {
			v = []any{v}
			continue
		}
		v = cfn.Object{{Key: step, Value: v}}
	}
	return &cfn.Template{Resources: map[string]*cfn.Resource{"R": {
		Type: kind, Verbatim: cfn.Object{{Key: "Type", Value: kind}, {Key: "Properties", Value: v}},
	}}}
}

func reversed(list []string) []string {
	var out []string
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i])
	}
	return out
}

// sized returns a text of so many characters that the rule of a row takes.
func sized(l aws.Limit, n int) string {
	switch l.Property {
	case "Path":
		return "/" + strings.Repeat("x", n-2) + "/"
	case "AliasName":
		return "alias/" + strings.Repeat("x", n-len("alias/"))
	}
	return strings.Repeat("x", n)
}

// documentOf returns a policy document whose compact JSON has so many characters.
func documentOf(n int) cfn.Object {
	empty := len(cfn.JSON(cfn.Object{{Key: "Id", Value: ""}}))
	return cfn.Object{{Key: "Id", Value: strings.Repeat("x", n-empty)}}
}

// entries returns so many entries of a section.
func entries(n int, v any) cfn.Object {
	var o cfn.Object
	for i := range n {
		o = append(o, cfn.Member{Key: fmt.Sprintf("E%d", i), Value: v})
	}
	return o
}

// ofTemplate makes a template that has so much of what a row counts.
var ofTemplate = map[string]func(n int) *cfn.Template{
	"Body": func(n int) *cfn.Template {
		t := func(text string) *cfn.Template {
			return &cfn.Template{Metadata: cfn.Object{{Key: "M", Value: text}}}
		}
		empty := len(t("").Append(nil, cfn.Format{}))
		return t(strings.Repeat("x", n-empty))
	},
	"Description": func(n int) *cfn.Template {
		return &cfn.Template{Description: strings.Repeat("x", n)}
	},
	"Resources": func(n int) *cfn.Template {
		t := &cfn.Template{Resources: map[string]*cfn.Resource{}}
		for i := range n {
			t.Resources[fmt.Sprintf("R%d", i)] = &cfn.Resource{Type: "AWS::SNS::Topic"}
		}
		return t
	},
	"Parameters": func(n int) *cfn.Template {
		return &cfn.Template{Parameters: entries(n, cfn.Object{{Key: "Type", Value: "String"}})}
	},
	"Outputs": func(n int) *cfn.Template {
		t := &cfn.Template{Outputs: map[string]*cfn.Output{}}
		for i := range n {
			t.Outputs[fmt.Sprintf("O%d", i)] = &cfn.Output{Value: "x"}
		}
		return t
	},
	"Mappings": func(n int) *cfn.Template {
		return &cfn.Template{Mappings: entries(n, cfn.Object{})}
	},
	"Attributes": func(n int) *cfn.Template {
		return &cfn.Template{Mappings: entries(1, entries(n, cfn.Object{}))}
	},
	"LogicalID": func(n int) *cfn.Template {
		return &cfn.Template{Resources: map[string]*cfn.Resource{
			strings.Repeat("x", n): {Type: "AWS::SNS::Topic"},
		}}
	},
	"ParameterValue": func(n int) *cfn.Template {
		return &cfn.Template{Parameters: entries(1, cfn.Object{{Key: "Type", Value: "String"},
			{Key: "Default", Value: strings.Repeat("x", n)}})}
	},
	"DynamicReferences": func(n int) *cfn.Template {
		return resource("AWS::SNS::Topic", "Name", strings.Repeat("{{resolve:ssm:x}}", n))
	},
}

// atLimit makes a template, and the name of its stack, in which what a row counts is of a size.
func atLimit(t *testing.T, l aws.Limit, n int) (template *cfn.Template, stack string) {
	t.Helper()
	policy := func(kind, owner string) *cfn.Template {
		r := resource(kind, "PolicyDocument", documentOf(n))
		properties := r.Resources["R"].Verbatim.Get("Properties").(cfn.Object)
		r.Resources["R"].Verbatim[1].Value = append(properties,
			cfn.Member{Key: "PolicyName", Value: "p"}, cfn.Member{Key: owner, Value: "o"})
		return r
	}
	switch {
	case l.Type == aws.OfStack:
		return &cfn.Template{}, sized(l, n)
	case l.Type == aws.OfTemplate:
		if ofTemplate[l.Property] == nil {
			t.Fatalf("no boundary of templates for %s", l.Property)
		}
		return ofTemplate[l.Property](n), "app"
	case l.Type == aws.InlineOfRole:
		return policy("AWS::IAM::RolePolicy", "RoleName"), "app"
	case l.Type == aws.InlineOfUser:
		return policy("AWS::IAM::UserPolicy", "UserName"), "app"
	case l.Type == aws.InlineOfGroup:
		return policy("AWS::IAM::GroupPolicy", "GroupName"), "app"
	case l.Type == aws.PolicyOfFunction:
		return permissions(n), "app"
	case l.Unit == aws.Elements:
		list := make([]any, n)
		for i := range list {
			list[i] = cfn.Object{{Key: "Key", Value: fmt.Sprint(i)}, {Key: "Value", Value: "x"}}
		}
		return resource(l.Type, l.Property, list), "app"
	case l.IsDocument():
		return resource(l.Type, l.Property, documentOf(n)), "app"
	}
	return resource(l.Type, l.Property, sized(l, n)), "app"
}

// permissions returns a template with two permissions for one function, whose policy is of a size.
func permissions(n int) *cfn.Template {
	make := func(padding int) *cfn.Template {
		t := &cfn.Template{Resources: map[string]*cfn.Resource{}}
		for i, action := range []string{"lambda:InvokeFunction", strings.Repeat("x", padding)} {
			t.Resources[fmt.Sprintf("P%d", i)] = &cfn.Resource{
				Type: "AWS::Lambda::Permission",
				Properties: cfn.Object{
					{Key: "FunctionName", Value: "f"}, {Key: "Action", Value: action},
					{Key: "Principal", Value: "secretsmanager.amazonaws.com"},
				},
			}
		}
		return t
	}
	of := func(t *cfn.Template) int {
		s := &Stack{Name: "app", Account: "111111111111", Region: "eu-west-1", Template: t}
		return functionPolicies(register([]*Stack{s}))[0].size
	}
	return make(n - of(make(0)))
}

// TestLimits: every row of the table of AWS's limits has a page, lets pass what is at the limit and
// refuses what is one over.
func TestLimits(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range aws.Limits {
		id := l.Type + " " + l.Property
		if seen[id] || !strings.HasPrefix(l.Page, "https://docs.aws.amazon.com/") {
			t.Errorf("%s: twice, or without a page of AWS's", id)
		}
		seen[id] = true
		if l.Most == 0 || l.Property == "Request" { // the latter is no error
			continue
		}
		for n, want := range map[int]bool{l.Most: false, l.Most + 1: true} {
			template, stack := atLimit(t, l, n)
			if got := finding(template, stack); (got != "") != want {
				t.Errorf("%s of %d: finds %q", id, n, got)
			}
		}
	}
}

// characters are texts that AWS refuses for what they consist of, by row, each with one that it
// takes.
var characters = []struct{ of, property, refused, taken string }{
	{aws.OfOutput, "Export.Name", "a_b", "a:b-1"},
	{aws.OfOutput, "Name", "a-b", "a1"},
	{"AWS::SecretsManager::Secret", "Name", "a b", "a/b_c+d=e.f@g-h"},
	{"AWS::SecretsManager::RotationSchedule", "HostedRotationLambda.RotationLambdaName", "a.b",
		"a-b_c"},
	{"AWS::KMS::Alias", "AliasName", "alias/aws/x", "alias/a:b/c_d"},
	{"AWS::KMS::Alias", "AliasName", "x", "alias/x"},
	{"AWS::IAM::Role", "RoleName", "a/b", "a+b=c,d.e@f-g_h"},
	{"AWS::IAM::Role", "Path", "a/", "/a/b/"},
	{"AWS::IAM::Role", "Description", "日本", "línea\n\t~"},
	{"AWS::IAM::Role", "Description", "a\u00a0b", "a\u00a1b"},
	{"AWS::IAM::Role", "Tags.*.Key", "aws:x", "x"},
	{"AWS::IAM::Role", "Tags.*.Value", "a*b", "a b"},
	{"AWS::IAM::User", "UserName", "a b", "a"},
	{"AWS::IAM::Group", "GroupName", "a b", "a"},
	{"AWS::IAM::ManagedPolicy", "ManagedPolicyName", "a/b", "a"},
	{"AWS::IAM::Policy", "PolicyName", "a/b", "a"},
	{"AWS::IAM::RolePolicy", "PolicyName", "a b", "a"},
	{"AWS::IAM::Role", "Policies.*.PolicyName", "a b", "a"},
	{"AWS::Lambda::Function", "FunctionName", "a.b", "a_b-c"},
	{"AWS::Serverless::Function", "FunctionName", "a.b", "a_b-c"},
	{"AWS::Serverless::Application", "Parameters.functionName", "a.b", "a_b-c"},
	{"AWS::Logs::LogGroup", "LogGroupName", "a b", "/aws/lambda/a.b#c"},
	{"AWS::EC2::SecurityGroup", "GroupDescription", "a\"b", "a b"},
	{"AWS::KMS::Key", "Tags.*.Key", "a*", "x"},
	{"AWS::KMS::Key", "Tags.*.Value", "a*", "x"},
	{"AWS::SecretsManager::Secret", "Tags.*.Key", "a*", "x"},
	{"AWS::SecretsManager::Secret", "Tags.*.Value", "a*", "x"},
	{aws.OfStack, "Name", "1a", "a-1"},
}

// TestCharacters: every row with a set of characters refuses others.
func TestCharacters(t *testing.T) {
	tested := map[string]bool{}
	for _, row := range characters {
		tested[row.of+" "+row.property] = true
		for text, want := range map[string]bool{row.refused: true, row.taken: false} {
			template, stack := &cfn.Template{}, "app"
			switch row.of {
			case aws.OfStack:
				stack = text
			case aws.OfOutput:
				if row.property == "Name" {
					template.Outputs = map[string]*cfn.Output{text: {Value: "x"}}
					break
				}
				template.Outputs = map[string]*cfn.Output{"O": {Value: "x", ExportName: text}}
			default:
				template = resource(row.of, row.property, text)
			}
			if got := finding(template, stack); (got != "") != want {
				t.Errorf("%s %s %q: finds %q", row.of, row.property, text, got)
			}
		}
	}
	for _, l := range aws.Limits {
		if l.HasRule() && !tested[l.Type+" "+l.Property] {
			t.Errorf("%s %s has characters that no test knows", l.Type, l.Property)
		}
	}
}

// TestReferences: which dynamic references CloudFormation does not resolve, wherever one stands.
func TestReferences(t *testing.T) {
	arn := "arn:aws:secretsmanager:eu-west-1:111111111111:secret:x-AbCdEf"
	sub := func(text string) any { return cfn.Object{{Key: "Fn::Sub", Value: text}} }
	for _, row := range []struct {
		v    any
		want string
	}{
		{"{{resolve:secretsmanager:x}}", ""}, {"{{resolve:secretsmanager:x:SecretString:j}}", ""},
		{"{{resolve:secretsmanager:x:SecretString:j:AWSPREVIOUS}}", ""},
		{"{{resolve:secretsmanager:x:SecretString:j::id}}", ""},
		{"{{resolve:secretsmanager:" + arn + ":SecretString:j:AWSPREVIOUS:}}", ""},
		{"{{resolve:secretsmanager:x:SecretString:j:AWSPREVIOUS:id}}", "SC6008"},
		{"{{resolve:secretsmanager:" + arn + ":SecretString:j:AWSPREVIOUS:id}}", "SC6008"},
		{"{{resolve:secretsmanager:" + arn + "::j}}", ""},
		{"{{resolve:secretsmanager:x:SecretBinary}}", "SC6008"},
		{"{{resolve:secretsmanager:}}", "SC6008"},
		{"{{resolve:secretsmanager:x:SecretString:j:::y}}", "SC6008"},
		{"{{resolve:ssm:x:1:2:3:4:5:6}}", ""},
		{"a{{resolve:secretsmanager:x}}b{{resolve:secretsmanager:x:SecretString:j:a:b}}", "SC6008"},
		{sub("{{resolve:secretsmanager:${AWS::StackName}:SecretString:j:a:b}}"), "SC6008"},
		{sub("{{resolve:secretsmanager:${AWS::StackName}/x:SecretString:j:a}}"), ""},
		{[]any{cfn.Object{{Key: "a", Value: "{{resolve:secretsmanager:x:SecretString:j:a:b}}"}}},
			"SC6008"},
		{cfn.Sub("{{resolve:secretsmanager:x:SecretString:j:a:b}}"), "SC6008"},
	} {
		template := resource("AWS::SNS::Topic", "Name", row.v)
		if got := finding(template, "app"); got != row.want {
			t.Errorf("%v: finds %q, want %q", row.v, got, row.want)
		}
	}
}

// TestReservedRoles: a role that belongs to AWS is known by its name, however it is written.
func TestReservedRoles(t *testing.T) {
	template := resource("AWS::IAM::Policy", "Roles.*", cfn.Object{
		{Key: "Fn::Sub", Value: "awsreservedsso_${AWS::StackName}_0123"},
	})
	if got := finding(template, "app"); got != "SC4002" {
		t.Errorf("finds %q", got)
	}
	template = resource("AWS::IAM::RolePolicy", "RoleName", "AWSServiceRoleForRDS")
	if got := finding(template, "app"); got != "SC4002" {
		t.Errorf("finds %q", got)
	}
}
