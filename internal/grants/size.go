package grants

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// sizes knows how long intrinsics are once they are deployed: exactly where names, account and Region are stated, else as long as they
// can be.
type sizes struct {
	arns
	resources map[string]string // logical ID → stand-in for what Ref, or Fn::GetAtt Arn, returns
	known     map[string]string // intrinsic → stand-in, filled as they are met
}

// unknownLength is how long a value is taken to be that comes from a parameter, an import or a resource in CloudFormation's own
// words: the longest ARN of a role with a short path.
const unknownLength = 128

func newSizes(a arns) sizes {
	s := sizes{a, map[string]string{}, map[string]string{}}
	partition, region, account := s.text(a.partition()), s.text(a.region()), s.text(a.account(""))
	for _, secret := range a.m.Secrets {
		name := secret.Name
		if name == "" { // CloudFormation names it after its logical ID, with a hyphen and twelve characters
			name = secret.LogicalID + "-123456789012"
		}
		s.resources[secret.LogicalID] = strings.Join([]string{"arn", partition, "secretsmanager", region, account, "secret", name + "-123456"}, ":")
	}
	for _, key := range a.m.Keys {
		s.resources[key.LogicalID] = strings.Join([]string{"arn", partition, "kms", region, account, "key/12345678-1234-1234-1234-123456789012"}, ":")
	}
	for _, p := range a.m.Principals {
		if p.Kind != model.CreatedRole {
			continue
		}
		name := p.Role.Name
		if name == "" || cfn.IsIntrinsic(name) { // CloudFormation's names have 64 characters at most
			name = strings.Repeat("x", 64)
		}
		path := p.Role.Path
		if path == "" {
			path = "/"
		}
		s.resources[p.RoleID] = strings.Join([]string{"arn", partition, "iam", "", account, "role" + path + name}, ":")
	}
	return s
}

// of returns the size of a document in characters, as AWS counts it.
func (s sizes) of(d policy.Document) int { return d.Size(s.text) }

// text returns a text as long as an intrinsic's value.
func (s sizes) text(v string) string {
	if !cfn.IsIntrinsic(v) {
		return v
	}
	if known, ok := s.known[v]; ok {
		return known
	}
	text := s.evaluate(cfn.Parse(v))
	s.known[v] = text
	return text
}

// evaluate gives a stand-in for the value of an intrinsic, as far as it can be told.
func (s sizes) evaluate(v any) string {
	if literal, ok := v.(string); ok {
		return s.text(literal)
	}
	o, ok := v.(cfn.Object)
	if !ok || len(o) != 1 {
		return strings.Repeat("x", unknownLength)
	}
	switch argument := o[0].Value; o[0].Key {
	case "Ref":
		name, _ := argument.(string)
		return s.ref(name)
	case "Fn::GetAtt":
		if list, ok := argument.([]any); ok && len(list) == 2 && list[1] == "Arn" {
			name, _ := list[0].(string)
			return s.ref(name)
		}
	case "Fn::Sub":
		if template, ok := argument.(string); ok {
			return s.sub(template)
		}
	case "Fn::Join":
		return s.join(argument)
	case "Fn::Select":
		if list, ok := argument.([]any); ok && len(list) == 2 {
			return s.sel(list[1])
		}
	}
	return strings.Repeat("x", unknownLength)
}

// sel is the only Fn::Select that this package writes: the name and suffix of a secret, out of its ARN.
func (s sizes) sel(list any) string {
	o, ok := list.(cfn.Object)
	if !ok || len(o) != 1 || o[0].Key != "Fn::Split" {
		return strings.Repeat("x", unknownLength)
	}
	args, _ := o[0].Value.([]any)
	if len(args) != 2 {
		return strings.Repeat("x", unknownLength)
	}
	parts := strings.Split(s.evaluate(args[1]), ":")
	return parts[len(parts)-1]
}

func (s sizes) join(argument any) string {
	list, _ := argument.([]any)
	if len(list) != 2 {
		return strings.Repeat("x", unknownLength)
	}
	separator, _ := list[0].(string)
	items, _ := list[1].([]any)
	var parts []string
	for _, item := range items {
		parts = append(parts, s.evaluate(item))
	}
	return strings.Join(parts, separator)
}

// sub replaces the ${…} of a Fn::Sub.
func (s sizes) sub(template string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
		} else {
			name, _, _ = strings.Cut(name, ".Arn")
			b.WriteString(s.ref(name))
		}
		template = after
	}
}

// ref gives a stand-in for a pseudo parameter, a derived resource or something unknown.
func (s sizes) ref(name string) string {
	switch name {
	case "AWS::Partition":
		return "aws-us-gov"
	case "AWS::Region":
		return strings.Repeat("x", aws.MaxRegionLength)
	case "AWS::AccountId":
		return "123456789012"
	case "AWS::URLSuffix":
		return "amazonaws.com.cn"
	}
	if known, ok := s.resources[name]; ok {
		return known
	}
	return strings.Repeat("x", unknownLength)
}
