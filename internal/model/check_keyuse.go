package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// keyUses finds resources in CloudFormation's own words that are to be encrypted with a created
// key, whose policy opens it through Secrets Manager only, and secrets of services that may need
// more of the key.
func keyUses(m *Model) diag.List {
	c := checker{Model: m}
	created := map[string]*Key{} // by the logical IDs that stand for a key
	for _, k := range m.keysWritten {
		if !k.Imported && k.LogicalID != "" {
			created[k.LogicalID], created[k.LogicalID+"Alias"] = k, k
		}
	}
	for _, e := range m.Resources {
		kind := e.V.Node.Get("Type")
		properties := e.V.Node.Get("Properties")
		if kind == nil || properties == nil || len(created) == 0 || usesNoKey(kind.Text()) {
			continue
		}
		u := keyUser{&c, created, e.ID, kind.Text(), map[*Key]bool{}}
		u.node("", properties)
	}
	c.secretsOfKafka()
	return c.found
}

// usesNoKey says whether resources of a type that name a key encrypt nothing with it themselves, or
// through Secrets Manager, which every created key lets through.
func usesNoKey(resourceType string) bool {
	return slices.ContainsFunc(
		[]string{"AWS::SecretsManager::", "AWS::KMS::", "AWS::IAM::", "AWS::CloudFormation::"},
		func(prefix string) bool { return strings.HasPrefix(resourceType, prefix) })
}

// keyUser looks for created keys in the properties of one resource.
type keyUser struct {
	*checker
	created map[string]*Key
	id      spec.Text
	kind    string
	told    map[*Key]bool
}

// node looks for keys in the value of a property.
func (u keyUser) node(property string, n *yaml.Node) {
	if namesAKey(property) {
		for _, id := range referencesOf(n) {
			if k := u.created[id]; k != nil && !u.told[k] {
				u.told[k] = true
				u.uses(k, n)
			}
		}
		return
	}
	for _, item := range n.Items() {
		u.node(property, item)
	}
	for _, p := range n.Pairs() {
		if slices.Contains(handedOn, p.Key.Text()) {
			continue
		}
		u.node(p.Key.Text(), p.Value)
	}
}

// handedOn are properties whose values a resource hands on, and encrypts nothing with.
var handedOn = []string{
	"ContainerDefinitions", "Environment", "EnvironmentVariables", "Parameters", "Tags", "UserData",
}

// namesAKey says whether a property is, by its name, of a KMS key: KmsKeyId, KMSMasterKeyID,
// EncryptionKey.
func namesAKey(property string) bool {
	name := strings.ToLower(property)
	return strings.Contains(name, "kms") || strings.HasSuffix(name, "keyarn") ||
		strings.HasSuffix(name, "keyid") || strings.Contains(name, "encryptionkey") ||
		strings.HasSuffix(name, "keyidentifier")
}

// uses reports the use of a created key by a resource, unless the key lets its service through.
func (u keyUser) uses(k *Key, at *yaml.Node) {
	service := aws.ServiceGrantOfType(u.kind)
	if service != nil && slices.Contains(k.ServiceGrants, service) || letsOthers(k, service) {
		return
	}
	d := u.report(diag.KeyUsedElsewhere, at.Span()).
		Message("the resource %q is to be encrypted with the key %q, whose policy opens it "+
			"through Secrets Manager only", u.id, k.ID).
		Related(k.Span, "the key is here")
	if service == nil {
		d.Hint("take another key for it, such as an AWS::KMS::Key of resources, or add what the " +
			"service needs to the statements of the key's policy")
		return
	}
	d.Hint("add serviceGrants: %s to the key, which lets %s make grants on it",
		diag.Words(service.Word), diag.Words(service.Name))
}

// letsOthers says whether statements of a key's policy in IAM's own words may let a service
// through: any that allows something, and for one that makes grants any that allows these.
func letsOthers(k *Key, service *aws.ServiceGrant) bool {
	for _, s := range k.Statements {
		if effect, _ := s.Value.Get("Effect").(string); effect != "Allow" {
			continue
		}
		text := cfn.JSON(s.Value.Get("Action"))
		if service == nil || s.Value.Get("NotAction") != nil ||
			strings.Contains(text, "CreateGrant") || strings.Contains(text, "*") {
			return true
		}
	}
	return false
}

// referencesOf returns the logical IDs that intrinsic functions in and below a node refer to.
func referencesOf(n *yaml.Node) []string {
	var out []string
	n.Walk(func(n *yaml.Node) {
		if !n.IsIntrinsic() {
			return
		}
		argument := n.Pairs()[0].Value
		if len(argument.Items()) > 0 {
			argument = argument.Items()[0]
		}
		switch n.Pairs()[0].Key.Text() {
		case "Ref", "Fn::GetAtt":
			id, _, _ := strings.Cut(argument.Text(), ".")
			out = append(out, id)
		case "Fn::Sub":
			for part := range cfn.SubParts(argument.Text()) {
				id, _, _ := strings.Cut(part.Name, ".")
				out = append(out, id)
			}
		}
	})
	return out
}

// kafkaService is the principal of Amazon MSK.
const kafkaService = "kafka.amazonaws.com"

// secretsOfKafka notes the secrets that Amazon MSK is to read whose created key lets it make no
// grants. AWS does not say whether it needs to.
// https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
func (c *checker) secretsOfKafka() {
	told := map[*Secret]bool{}
	kafka := aws.ServiceGrantOf("kafka")
	tell := func(s *Secret, at source.Span) {
		k := s.Key
		if told[s] || k == nil || k.Imported || slices.Contains(k.ServiceGrants, kafka) ||
			letsOthers(k, kafka) {
			return
		}
		told[s] = true
		c.report(diag.ServiceMayNeedGrants, at).
			Message("Amazon MSK is to use %q, and its key %q lets it make no grants", s.ID, k.ID).
			Hint("add serviceGrants: kafka to the key: AWS does not say whether MSK makes a grant "+
				"when a secret is associated with a cluster").
			Related(k.Span, "the key is here").
			About(s.ID)
	}
	for _, g := range c.Grants {
		if g.To.Kind == Service && g.To.ARN == kafkaService && g.Verb.Reads() {
			tell(g.Secret, g.Because)
		}
	}
	for _, e := range c.Resources {
		kind, properties := e.V.Node.Get("Type"), e.V.Node.Get("Properties")
		if kind == nil || properties == nil || kind.Text() != "AWS::MSK::BatchScramSecret" {
			continue
		}
		for _, id := range referencesOf(properties) {
			for _, s := range c.Secrets {
				if s.LogicalID == id {
					tell(s, e.ID.Span)
				}
			}
		}
	}
}
