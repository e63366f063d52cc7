package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// passes are the types of resources that are read, in the order in which they need each other.
var passes []pass

type pass struct {
	kind string
	read func(s *stack, id string)
}

func init() { // they refer to each other through the evaluator
	passes = []pass{
		{"AWS::Lambda::Function", (*stack).function},
		{"AWS::Serverless::Function", (*stack).function},
		{"AWS::KMS::Key", (*stack).key},
		{"AWS::KMS::ReplicaKey", (*stack).key},
		{"AWS::KMS::Alias", (*stack).alias},
		{"", (*stack).atKeys},
		{"AWS::SecretsManager::Secret", (*stack).secret},
		{"AWS::RDS::DBInstance", (*stack).database},
		{"AWS::RDS::DBCluster", (*stack).database},
		{"AWS::DocDB::DBCluster", (*stack).database},
		{"AWS::Redshift::Cluster", (*stack).database},
		{"AWS::RedshiftServerless::Namespace", (*stack).database},
		{"AWS::IAM::ManagedPolicy", (*stack).managedPolicy},
		{"AWS::IAM::Role", (*stack).role},
		{"AWS::IAM::Group", (*stack).group},
		{"AWS::IAM::User", (*stack).user},
		{"AWS::IAM::UserToGroupAddition", (*stack).addition},
		{"AWS::IAM::ManagedPolicy", (*stack).attachManaged},
		{"AWS::IAM::Policy", (*stack).inlinePolicy},
		{"AWS::IAM::RolePolicy", (*stack).inlinePolicy},
		{"AWS::IAM::UserPolicy", (*stack).inlinePolicy},
		{"AWS::IAM::GroupPolicy", (*stack).inlinePolicy},
		{"AWS::SSO::Assignment", (*stack).assignment},
		{"AWS::SSO::PermissionSet", (*stack).permissionSet},
		{"AWS::SecretsManager::ResourcePolicy", (*stack).resourcePolicy},
		{"AWS::SecretsManager::RotationSchedule", (*stack).rotation},
		{nestedStack, (*stack).untoldNested},
		{"AWS::CloudFormation::StackSet", (*stack).stackSet},
		{"AWS::ServiceCatalog::CloudFormationProvisionedProduct", (*stack).product},
		{"AWS::Serverless::Application", (*stack).application},
		{"AWS::Serverless::StateMachine", func(*stack, string) {}},
		{"AWS::Serverless::Connector", func(*stack, string) {}},
		{"AWS::Organizations::Policy", (*stack).organizationPolicy},
		{"AWS::EC2::VPCEndpoint", (*stack).endpoint},
	}
	for _, p := range passes {
		readable[p.kind] = true
	}
}

// readable are the types that are read.
var readable = map[string]bool{}

// read reads all documents, and takes up whom and what they name.
func (l *loader) read() {
	for _, s := range l.stacks {
		s.secretARNs = map[string]string{}
	}
	for _, s := range l.stacks {
		s.survey()
	}
	l.addKnown()
	for _, pass := range passes {
		switch pass.kind {
		case secretType:
			l.readAhead(pass.kind, aheadSecret)
		case policyType:
			l.readAhead(pass.kind, aheadOfPolicy)
			l.samePolicies()
		}
		for i, s := range l.stacks {
			if pass.kind == "" {
				if i == 0 {
					pass.read(s, "")
				}
				continue
			}
			for _, id := range s.resources[pass.kind] {
				pass.read(s, id)
			}
		}
	}
	l.handOvers()
	l.onlyOne()
	l.meet()
	l.settle()
	l.joinGroups()
	l.nameSecrets()
	l.landPolicies()
	l.namePrincipals()
	l.shareAttached()
}

// conclude makes an estate of what was read.
func (l *loader) conclude() {
	l.meetNew()
	l.settleNew()
	l.become()
	l.finish()
}

// atKeys is what happens once all keys and aliases of templates are known.
func (s *stack) atKeys(string) { s.l.knowKeysAndSecrets() }

// survey lists what there is in a stack, and what in it cannot be read at all.
func (s *stack) survey() {
	if s.Region == "" && s.parent == nil {
		s.tell("", "its Region is not stated, so that its partition is taken to be aws")
	}
	var custom []string
	for _, id := range s.Template.IDs() {
		r := s.Template.Resources[id]
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
		if strings.HasPrefix(id, loopKey) {
			s.tell(id, "what a loop makes of a list that is not known is not read")
			continue
		}
		if id == macroKey {
			s.tell("", "what a macro makes among the resources is not read")
			continue
		}
		if r == nil || s.e.Exists(id) == cfn.No {
			continue
		}
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html
		if strings.HasSuffix(r.Type, "::MODULE") {
			s.tell(id, "what a module makes is not read")
		}
		if isCustom(r.Type) {
			custom = append(custom, id)
		}
		if !readable[r.Type] {
			continue
		}
		if r.Property(macroKey) != nil || r.Verbatim.Get(macroKey) != nil {
			s.tell(id, "what a macro makes of its properties is not read")
		}
		s.resources[r.Type] = append(s.resources[r.Type], id)
		for _, clause := range s.unread[id] {
			s.tell(id, clause)
		}
	}
	if len(custom) > 0 {
		s.tell("", "what custom resources do is not read: "+strings.Join(custom, ", "))
	}
	for _, name := range s.Template.Transform {
		if !expectedTransforms[name] {
			s.tell("", fmt.Sprintf("what the macro %q makes of the template is not read", name))
		}
	}
}

// isCustom says of a type of resources whether code that is not AWS's makes them: it may do
// anything.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
func isCustom(kind string) bool {
	return kind == "AWS::CloudFormation::CustomResource" ||
		kind != "" && !strings.HasPrefix(kind, "AWS::") && !strings.HasSuffix(kind, "::MODULE")
}

// expectedTransforms are the macros that change nothing of what is read, or what is known of them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
var expectedTransforms = map[string]bool{
	"AWS::Serverless-2016-10-31": true, "AWS::SecretsManager-2020-07-23": true,
	"AWS::SecretsManager-2024-09-16": true, "AWS::LanguageExtensions": true,
	"AWS::CodeDeployBlueGreen": true, "AWS::ServiceCatalog": true,
}

// called returns what people call a resource: with its stack, where others of its category have
// the same logical ID.
func (s *stack) called(id string) string {
	if own := s.IDs[id]; own != "" {
		return own
	}
	category := categories[typeOf(s.Template.Resources[id])]
	if s.l.src.shared[category+" "+id] > 1 || s.parent != nil && s.label != s.File && s.twice() {
		return s.label + "/" + id
	}
	return id
}

// twice says whether the stack's template is deployed as more than one nested stack.
func (s *stack) twice() bool {
	n := 0
	for _, other := range s.l.stacks {
		if other.givenStack == s.givenStack {
			n++
		}
	}
	return n > 1
}

// property resolves a property of a resource.
func (s *stack) property(id, name string) any {
	return s.e.Resolve(s.Template.Resources[id].Property(name))
}

// text returns a property as a text, which may be an unknown part alone; empty where it is not set.
func (s *stack) text(id, name string) string { return asText(s.property(id, name)) }

// asText returns a resolved value as a text.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case cfn.Unread:
		return v.Text()
	case fmt.Stringer: // a number
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return cfn.Unknown{What: "text", Name: fmt.Sprint(v), Shown: "(no text)"}.Text()
}

// texts returns a property that is a list of texts, or one text. A list that nobody can read is
// one unknown text.
func (s *stack) texts(id, name string) []string { return asTexts(s.property(id, name)) }

func asTexts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			return nil
		}
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if text := asText(e); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// isTrue says whether a property is true, which may be written as a text.
func (s *stack) isTrue(id, name string) bool { return strings.EqualFold(s.text(id, name), "true") }

// maybeOf returns what decides whether a resource is there, where that is not known.
func (s *stack) maybeOf(id string) []cfn.Unknown {
	if s.Template.Resources[id] == nil || s.e.Exists(id) != cfn.Maybe {
		return s.maybe
	}
	name := conditionOf(s.Template.Resources[id])
	return append(slices.Clone(s.maybe),
		cfn.Unknown{What: "condition", Name: name, Template: s.label, Shown: name})
}
