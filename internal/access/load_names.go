package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// kind is what is known of a type of resource.
type kind struct {
	name    string // the property with its name
	longest int    // how long a name may be that CloudFormation makes
	ref     func(s *stack, id string) string
	arn     func(s *stack, id string) string
}

// kinds are the types whose names and ARNs are known. What Ref and Fn::GetAtt return is on the page
// of each type:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var kinds map[string]kind

func init() { // they refer to each other through the evaluator
	iam := func(resource string) func(*stack, string) string {
		return func(s *stack, id string) string {
			return s.arn("iam", "", resource+s.path(id)+s.name(id))
		}
	}
	of := func(property string) func(*stack, string) string {
		return func(s *stack, id string) string { return s.secretARN(s.text(id, property)) }
	}
	alias := func(s *stack, id string) string { return s.arn("kms", s.region, s.name(id)) }
	function := func(s *stack, id string) string {
		return s.arn("lambda", s.region, "function:"+s.name(id))
	}
	secret, named := (*stack).ownSecretARN, (*stack).name
	lambda := kind{name: "FunctionName", longest: 64, ref: named, arn: function}
	kinds = map[string]kind{
		"AWS::IAM::Role":  {name: "RoleName", longest: 64, ref: named, arn: iam("role")},
		"AWS::IAM::User":  {name: "UserName", longest: 64, ref: named, arn: iam("user")},
		"AWS::IAM::Group": {name: "GroupName", longest: 128, ref: named, arn: iam("group")},
		"AWS::IAM::ManagedPolicy": {
			name: "ManagedPolicyName", longest: 128, ref: iam("policy"), arn: iam("policy"),
		},
		"AWS::KMS::Key":             {ref: (*stack).keyID, arn: (*stack).keyARN},
		"AWS::KMS::ReplicaKey":      {ref: (*stack).keyID, arn: (*stack).keyARN},
		"AWS::KMS::Alias":           {name: "AliasName", longest: 256, ref: named, arn: alias},
		"AWS::Lambda::Function":     lambda,
		"AWS::Serverless::Function": lambda,
		"AWS::Lambda::Alias":        {ref: (*stack).qualified},
		"AWS::Lambda::Version":      {ref: (*stack).qualified},

		"AWS::SecretsManager::Secret":                 {"Name", 512, secret, secret},
		"AWS::SecretsManager::SecretTargetAttachment": {ref: of("SecretId"), arn: of("SecretId")},
		"AWS::SecretsManager::ResourcePolicy":         {ref: of("SecretId"), arn: of("SecretId")},
		"AWS::SecretsManager::RotationSchedule":       {ref: of("SecretId"), arn: of("SecretId")},
	}
}

// attributes are the attributes that are another word for Ref.
var attributes = map[string]string{
	"AWS::KMS::Key KeyId":                            "",
	"AWS::KMS::ReplicaKey KeyId":                     "",
	"AWS::KMS::Alias AliasName":                      "",
	"AWS::IAM::ManagedPolicy PolicyArn":              "",
	"AWS::SecretsManager::Secret Id":                 "",
	"AWS::SecretsManager::SecretTargetAttachment Id": "",
	"AWS::SecretsManager::ResourcePolicy Id":         "",
	"AWS::SecretsManager::RotationSchedule Id":       "",
	"AWS::Lambda::Alias AliasArn":                    "",
	"AWS::Lambda::Version FunctionArn":               "",
}

// returns returns what Ref, or Fn::GetAtt, returns of a resource; nil: nobody knows.
func (s *stack) returns(id, attribute string) any {
	r := s.Template.Resources[id]
	if r == nil {
		return nil
	}
	k := kinds[r.Type]
	_, isRef := attributes[r.Type+" "+attribute]
	switch {
	case k.ref != nil && (attribute == "" || isRef):
		return k.ref(s, id)
	case (k.arn != nil) && attribute == "Arn":
		return k.arn(s, id)
	case r.Type == nestedStack && strings.HasPrefix(attribute, "Outputs."):
		return s.nestedOutput(id, strings.TrimPrefix(attribute, "Outputs."))
	case attribute == "Outputs.RotationLambdaARN":
		return s.applicationFunction(id)
	case databaseSecrets[r.Type].attribute == attribute && attribute != "":
		return s.databaseSecretARN(id)
	}
	return nil
}

// nestedOutput returns an output of a nested stack; nil where its template is not given.
func (s *stack) nestedOutput(id, name string) any {
	c := s.child(id)
	if c == nil || c.Template.Outputs[name] == nil {
		return nil
	}
	return (&output{of: c, name: name}).value()
}

// kept is how many characters of a stack's name and of a logical ID CloudFormation keeps in
// names that it makes of at most 64 characters.
const kept = 24

// name returns the name of a resource: the one that it is given, or one as CloudFormation makes
// them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func (s *stack) name(id string) string {
	r := s.Template.Resources[id]
	k := kinds[r.Type]
	if k.name != "" {
		if name := s.text(id, k.name); name != "" {
			return name
		}
	}
	return s.generated(id, r.Type, k.longest)
}

// generated returns a name as CloudFormation makes it, of the names of the stack and the resource
// and of characters that no other name has. Of what is too long, nobody knows what is kept.
func (s *stack) generated(id, what string, longest int) string {
	unknown := cfn.Unknown{
		What: "name", Name: what, Template: s.label, LogicalID: id, Shown: "*", Class: cfn.Letters,
		Min: 12, Max: 13, Unique: true,
	}
	name := s.e.Stack
	if longest > 0 && longest <= 64 {
		// A stack's name that nobody states is taken to be short enough; that of a nested one is
		// made.
		stated := !cfn.HasUnknown(name) || s.parent != nil
		if most := mostCharacters(name); most > kept && stated {
			name = cfn.Unknown{
				What: "name", Name: "stack in " + what, Template: s.label, Shown: cfn.Shown(name),
				Class: cfn.Hyphened,
				Min:   1, Max: most,
			}.Text()
		}
		return name + "-" + s.shortened(id, what) + "-" + unknown.Text()
	}
	return name + "-" + id + "-" + unknown.Text()
}

// mostCharacters returns how long a text is at most, whose unknown parts have a greatest length.
func mostCharacters(text string) int {
	n := 0
	for {
		before, _, u, after, found := cfn.CutUnknown(text)
		n += len(before)
		if !found {
			return n
		}
		n, text = n+u.Max, after
	}
}

// shortened returns what CloudFormation keeps of a logical ID.
func (s *stack) shortened(id, what string) string {
	if len(id) <= kept {
		return id
	}
	return cfn.Unknown{What: "name", Name: "logical ID in " + what, Template: s.label,
		LogicalID: id, Shown: id, Class: cfn.Letters, Min: 1, Max: len(id)}.Text()
}

// hasMadeName says whether CloudFormation makes the name of a resource.
func (s *stack) hasMadeName(id string) bool {
	k := kinds[s.Template.Resources[id].Type]
	return k.name != "" && s.text(id, k.name) == ""
}

// path returns the path of something in IAM.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
func (s *stack) path(id string) string { return cmp.Or(s.text(id, "Path"), "/") }

// qualified returns the ARN of a version or an alias of a function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html
func (s *stack) qualified(id string) string {
	function := s.text(id, "FunctionName")
	if !strings.HasPrefix(function, "arn:") {
		function = s.arn("lambda", s.region, "function:"+function)
	}
	name := s.text(id, "Name")
	if s.Template.Resources[id].Type == "AWS::Lambda::Version" {
		name = cfn.Unknown{What: "name", Name: "version", Template: s.label, LogicalID: id,
			Shown: "*", Class: cfn.Digits, Min: 1, Max: 12}.Text()
	}
	return function + ":" + name
}

// secretName returns the name of a secret that the stack makes. CloudFormation leaves the stack's
// name out of it.
func (s *stack) secretName(id string) string {
	if name := s.text(id, "Name"); name != "" {
		return name
	}
	unknown := cfn.Unknown{
		What: "name", Name: "AWS::SecretsManager::Secret", Template: s.label, LogicalID: id,
		Shown: "*", Class: cfn.Letters, Min: 12, Max: 13, Unique: true,
	}
	return id + "-" + unknown.Text()
}

// sixCharacters returns the six characters at the end of a secret's ARN.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
func sixCharacters(name, template, id string) string {
	return cfn.Unknown{What: "suffix", Name: name, Template: template, LogicalID: id,
		Shown: "??????", Class: cfn.Letters, Min: 6, Max: 6}.Text()
}

// ownSecretARN returns the ARN of a secret that the stack makes, of which much is made by it.
func (s *stack) ownSecretARN(id string) string {
	if known, ok := s.secretARNs[id]; ok {
		return known
	}
	arn := s.arn("secretsmanager", s.region,
		"secret:"+s.secretName(id)+"-"+sixCharacters(s.called(id), s.label, id))
	if s.secretARNs != nil {
		s.secretARNs[id] = arn
	}
	return arn
}

// keyID returns the id of a key that the stack makes. A replica has that of its primary key.
// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
func (s *stack) keyID(id string) string {
	if s.Template.Resources[id].Type == "AWS::KMS::ReplicaKey" {
		primary := s.text(id, "PrimaryKeyArn")
		if _, made, ok := strings.Cut(primary, ":key/"); ok {
			return made
		}
		if unknowns := hidden(primary); len(unknowns) > 0 {
			unknown := unknowns[0]
			unknown.Expression += " key " + primary
			unknown.Class, unknown.Min, unknown.Max, unknown.Unique = cfn.HexDigits, 32, 32, false
			return "mrk-" + unknown.Text()
		}
	}
	unknown := cfn.Unknown{
		What: "name", Name: "AWS::KMS::Key", Template: s.label, LogicalID: id, Shown: "*",
		Class: cfn.HexDigits, Min: 36, Max: 36, Unique: true,
	}
	if s.isTrue(id, "MultiRegion") || s.Template.Resources[id].Type == "AWS::KMS::ReplicaKey" {
		unknown.Min, unknown.Max = 32, 32
		return "mrk-" + unknown.Text()
	}
	return unknown.Text()
}

func (s *stack) keyARN(id string) string { return s.arn("kms", s.region, "key/"+s.keyID(id)) }

// applicationFunction returns the ARN of the function that a rotation application makes.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
func (s *stack) applicationFunction(id string) string {
	parameters, _ := s.property(id, "Parameters").(cfn.Object)
	name := asText(parameters.Get("functionName"))
	if name == "" {
		name = s.generated(id, "function", 64)
	}
	return s.arn("lambda", s.region, "function:"+name)
}

// function notes the role of a function.
func (s *stack) function(id string) {
	role := s.text(id, "Role")
	if role == "" && s.Template.Resources[id].Type == "AWS::Serverless::Function" &&
		s.Template.Resources[id+"Role"] != nil {
		role = kinds["AWS::IAM::Role"].arn(s, id+"Role")
	}
	if role != "" {
		s.l.functions[kinds[s.Template.Resources[id].Type].arn(s, id)] = role
	}
}

// roleOfFunction returns the ARN of the role of a function that a template makes, by the
// function's ARN, in which a version or an alias may stand.
func (l *loader) roleOfFunction(arn string) (string, bool) {
	if role, ok := l.functions[arn]; ok {
		return role, true
	}
	if i := strings.LastIndexByte(arn, ':'); i > 0 && strings.Count(arn, ":") == 7 {
		role, ok := l.functions[arn[:i]]
		return role, ok
	}
	return "", false
}
