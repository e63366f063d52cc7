package access

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// secretSuffix stands for what Secrets Manager appends to the name of a secret in its ARN.
const secretSuffix = "-AbCdEf"

// kind is what is known of a type of resource.
type kind struct {
	name    string // the property with its name
	longest int    // how long a name may be that CloudFormation makes
	ref     func(s *stack, id string) string
	arn     func(s *stack, id string) string
}

// kinds are the types whose names and ARNs are known. What Ref and Fn::GetAtt return is on the page of each type:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var kinds map[string]kind

func init() { // they refer to each other through the resolver
	iam := func(resource string) func(*stack, string) string {
		return func(s *stack, id string) string {
			return s.arn("iam", "", resource+s.path(id)+s.name(id))
		}
	}
	of := func(property string) func(*stack, string) string {
		return func(s *stack, id string) string { return s.secretARN(s.text(id, property)) }
	}
	function := func(s *stack, id string) string { return s.arn("lambda", s.Region, "function:"+s.name(id)) }
	kinds = map[string]kind{
		"AWS::IAM::Role":            {name: "RoleName", longest: 64, ref: (*stack).name, arn: iam("role")},
		"AWS::IAM::User":            {name: "UserName", longest: 64, ref: (*stack).name, arn: iam("user")},
		"AWS::IAM::Group":           {name: "GroupName", longest: 128, ref: (*stack).name, arn: iam("group")},
		"AWS::IAM::ManagedPolicy":   {name: "ManagedPolicyName", longest: 128, ref: iam("policy"), arn: iam("policy")},
		"AWS::KMS::Key":             {ref: (*stack).keyID, arn: (*stack).keyARN},
		"AWS::KMS::ReplicaKey":      {ref: (*stack).keyID, arn: (*stack).keyARN},
		"AWS::KMS::Alias":           {name: "AliasName", longest: 256, ref: (*stack).name, arn: func(s *stack, id string) string { return s.arn("kms", s.Region, s.name(id)) }},
		"AWS::Lambda::Function":     {name: "FunctionName", longest: 64, ref: (*stack).name, arn: function},
		"AWS::Serverless::Function": {name: "FunctionName", longest: 64, ref: (*stack).name, arn: function},

		"AWS::SecretsManager::Secret":                 {name: "Name", longest: 512, ref: (*stack).ownSecretARN, arn: (*stack).ownSecretARN},
		"AWS::SecretsManager::SecretTargetAttachment": {ref: of("SecretId"), arn: of("SecretId")},
		"AWS::SecretsManager::ResourcePolicy":         {ref: of("SecretId"), arn: of("SecretId")},
		"AWS::SecretsManager::RotationSchedule":       {ref: of("SecretId"), arn: of("SecretId")},
	}
}

// attributes are the attributes that are another word for Ref.
var attributes = map[string]string{
	"AWS::KMS::Key KeyId": "", "AWS::KMS::ReplicaKey KeyId": "", "AWS::KMS::Alias AliasName": "", "AWS::IAM::ManagedPolicy PolicyArn": "",
	"AWS::SecretsManager::Secret Id": "", "AWS::SecretsManager::SecretTargetAttachment Id": "", "AWS::SecretsManager::ResourcePolicy Id": "",
	"AWS::SecretsManager::RotationSchedule Id": "",
}

// returns returns what Ref, or Fn::GetAtt, returns of a resource. What is not known of it has a stand-in of the form that it will have.
func (s *stack) returns(id, attribute string) any {
	resource := s.Template.Resources[id].Type
	k := kinds[resource]
	_, isRef := attributes[resource+" "+attribute]
	switch {
	case k.ref != nil && (attribute == "" || isRef):
		return k.ref(s, id)
	case k.arn != nil && attribute == "Arn":
		return k.arn(s, id)
	case attribute == "":
		return s.name(id)
	case attribute == "Outputs.RotationLambdaARN":
		return s.applicationFunction(id)
	case strings.HasSuffix(attribute, "SecretArn"): // a secret that a service owns
		return s.arn("secretsmanager", s.Region, "secret:"+s.standIn(id)+secretSuffix)
	case strings.HasSuffix(strings.ToLower(attribute), "arn"):
		service, kind, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(resource, "AWS::")), "::")
		return s.arn(cmp.Or(service, "unknown"), s.Region, kind+"/"+s.standIn(id))
	}
	return nil
}

// arn makes an ARN of the stack's account.
func (s *stack) arn(service, region, resource string) string {
	return strings.Join([]string{"arn", s.r.Partition, service, region, s.Account, resource}, ":")
}

// name returns the name of a resource: the one that it is given, or one as CloudFormation makes them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func (s *stack) name(id string) string {
	k := kinds[s.Template.Resources[id].Type]
	if k.name != "" {
		if name := s.text(id, k.name); name != "" {
			return name
		}
	}
	made := s.standIn(id)
	if over := len(made) - k.longest; k.longest > 0 && over > 0 {
		made = made[over:] // its end makes it unique
	}
	return made
}

// standIn makes a name of the stack's and a resource's, and something that no other has.
func (s *stack) standIn(id string) string {
	return cfn.StandIn(strings.TrimPrefix(s.Name+"-"+id, "-"), s.seed(id))
}

// seed is what no other resource has.
func (s *stack) seed(id string) string { return s.File + " " + s.place(id) }

// path returns the path of something in IAM. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
func (s *stack) path(id string) string { return cmp.Or(s.text(id, "Path"), "/") }

// secretName returns the name of a secret that the stack makes. CloudFormation leaves the stack's name out of it.
func (s *stack) secretName(id string) string {
	return cmp.Or(s.text(id, "Name"), cfn.StandIn(id, s.seed(id)))
}

func (s *stack) ownSecretARN(id string) string {
	if known := s.ARNs[id]; known != "" {
		return known
	}
	return s.arn("secretsmanager", s.Region, "secret:"+s.secretName(id)+secretSuffix)
}

// secretARN returns the ARN of a secret that is given by its ARN, with or without the suffix, or by its name.
func (s *stack) secretARN(given string) string {
	switch {
	case !strings.HasPrefix(given, "arn:"):
		return s.arn("secretsmanager", s.Region, "secret:"+given+secretSuffix)
	case !aws.EndsLikeSuffix(given):
		return given + secretSuffix
	}
	return given
}

// keyID returns the id of a key that the stack makes. A replica has that of its primary key.
// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
func (s *stack) keyID(id string) string {
	if s.Template.Resources[id].Type == "AWS::KMS::ReplicaKey" {
		if _, primary, ok := strings.Cut(s.text(id, "PrimaryKeyArn"), ":key/"); ok {
			return primary
		}
	}
	return keyID(s.seed(id), s.property(id, "MultiRegion") == true)
}

func (s *stack) keyARN(id string) string {
	if known := s.ARNs[id]; known != "" {
		return known
	}
	return s.arn("kms", s.Region, "key/"+s.keyID(id))
}

// keyID makes the id of a key. https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id
func keyID(seed string, multiRegion bool) string {
	h := fnv.New128a()
	h.Write([]byte(seed))
	b := h.Sum(nil)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	if multiRegion {
		return fmt.Sprintf("mrk-%x", b)
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// applicationFunction returns the ARN of the function that a rotation application makes.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
func (s *stack) applicationFunction(id string) string {
	parameters, _ := s.property(id, "Parameters").(cfn.Object)
	return s.arn("lambda", s.Region, "function:"+cmp.Or(s.r.Text(parameters.Get("functionName")), s.standIn(id)))
}

// lastSegment returns the name at the end of an ARN of IAM.
func lastSegment(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
