package inventory

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// made is a name that CloudFormation makes, which nothing else has: of the names of the stack and
// the resource, and of twelve characters. Names of 64 characters at most are shortened.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func (s *stack) made(id string) string {
	const characters, shortest = 12, 64
	return cfn.Unknown{
		What: "name", Name: "made", Template: s.File, LogicalID: id, Shown: "${" + id + "}",
		Unique: true, Min: min(shortest, len(id)+1+characters),
	}.Text()
}

// nameOf returns the name of a resource, or one that CloudFormation makes.
func (s *stack) nameOf(id, property string) string {
	if name := s.text(id, property); name != "" {
		return name
	}
	return s.made(id)
}

// returns returns what Ref (for which the attribute is "") or Fn::GetAtt returns of a resource;
// nil: it is not known.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
func (s *stack) returns(id, attribute string) any {
	r := s.template.Resources[id]
	if r == nil {
		return nil
	}
	switch kind := r.Type; {
	case kind == "AWS::SecretsManager::Secret" && (attribute == "" || attribute == "Id"):
		return s.secretARN(id)
	case attachedTo[kind] != "" && (attribute == "" || attribute == "Id"):
		return s.text(id, "SecretId")
	case attribute == "Outputs.RotationLambdaARN":
		parameters, _ := s.e.Resolve(r.Property("Parameters")).(cfn.Object)
		if name, _ := parameters.Get("functionName").(string); name != "" {
			return s.arn("lambda", s.region(), "function:"+name)
		}
		return nil
	case kind == "AWS::KMS::Key":
		return nil
	}
	n, known := namedTypes[r.Type]
	switch {
	case !known:
		return nil
	case attribute == "" && n.kind == ManagedPolicy:
		return s.iamARN(id, "policy", n.property)
	case attribute == "":
		return s.nameOf(id, n.property)
	case attribute != "Arn":
		return nil
	case n.kind == Function:
		return s.arn("lambda", s.region(), "function:"+s.nameOf(id, n.property))
	case n.kind == Role, n.kind == User, n.kind == Group:
		return s.iamARN(id, string(n.kind), n.property)
	}
	return nil
}

func (s *stack) iamARN(id, kind, property string) string {
	path := s.text(id, "Path")
	if path == "" {
		path = "/"
	}
	return s.arn("iam", "", kind+path+s.nameOf(id, property))
}

func (s *stack) arn(service, region, resource string) string {
	return strings.Join([]string{
		"arn", s.e.Text(cfn.Ref(cfn.Partition)), service, region, s.account(), resource,
	}, ":")
}

// suffix stands for the six characters at the end of the ARN of a secret.
const suffix = "suffix"

func (s *stack) secretARN(id string) string {
	characters := cfn.Unknown{
		What: suffix, Name: id, Template: s.File, LogicalID: id, Shown: "??????",
		Class: cfn.Letters, Min: 6, Max: 6,
	}
	return s.arn("secretsmanager", s.region(),
		"secret:"+s.nameOf(id, "Name")+"-"+characters.Text())
}

// secretKey returns the key and the name of a secret, by its name or its ARN, complete or not. A
// name that ends like a complete ARN is taken for one, as Secrets Manager does.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
func secretKey(at place, given string) (Key, string) {
	parts := strings.SplitN(given, ":", 7)
	if len(parts) < 7 || parts[0] != "arn" || parts[2] != "secretsmanager" {
		return at.key(Secret, given), given
	}
	name := parts[6]
	if i := strings.LastIndex(name, "-"); i > 0 {
		if before, _, u, after, found := cfn.CutUnknown(name[i+1:]); found && before == "" &&
			after == "" && u.What == suffix {
			name = name[:i]
		} else if aws.EndsLikeSuffix(name) {
			name = name[:i]
		}
	}
	return place{parts[4], parts[3]}.key(Secret, name), name
}

// secretOf returns the key and the name of the secret that a resource is attached to; an empty
// name: it says of none. What a Ref returns is an ARN of which the key has the name alone.
func (s *stack) secretOf(r *cfn.Resource) (Key, string) {
	given := r.Property("SecretId")
	if id := s.ownSecret(given); id != "" {
		name := s.nameOf(id, "Name")
		return s.here().key(Secret, name), name
	}
	text := s.e.Text(given)
	if text == "" {
		return "", ""
	}
	return secretKey(s.here(), text)
}

// ownSecret returns the logical ID of the secret of the template that a value certainly refers to,
// or "".
func (s *stack) ownSecret(v any) string {
	text, _ := v.(string)
	id, ok := cfn.OnlyRef(text)
	if !ok {
		return ""
	}
	r := s.template.Resources[id]
	if r == nil || r.Type != "AWS::SecretsManager::Secret" || s.e.Exists(id) == cfn.No ||
		s.template.Parameters.Get(id) != nil {
		return ""
	}
	return id
}

// functionKey returns the key and name of a function, by its name, its ARN, or a part of it, and
// the alias or version that is named with it.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func functionKey(at place, given string) (key Key, name, qualifier string) {
	parts := strings.Split(given, ":")
	switch {
	case len(parts) >= 7 && parts[0] == "arn" && parts[2] == "lambda":
		at, parts = place{parts[4], parts[3]}, parts[6:]
	case len(parts) >= 3 && parts[1] == "function": // 123456789012:function:name
		at, parts = place{parts[0], at.region}, parts[2:]
	}
	if len(parts) > 1 {
		qualifier = parts[1]
	}
	return at.key(Function, parts[0]), parts[0], qualifier
}

// iamKey returns the key of something in IAM. IAM tells names apart without regard to upper and
// lower case, and is one for all Regions of a partition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
func iamKey(account string, kind Kind, name string) Key {
	return place{account, ""}.key(kind, lower(name))
}

// lower writes the literal parts of a text in lower case.
func lower(s string) string {
	var b strings.Builder
	for {
		before, text, _, after, found := cfn.CutUnknown(s)
		b.WriteString(strings.ToLower(before))
		if !found {
			return b.String()
		}
		b.WriteString(text)
		s = after
	}
}
