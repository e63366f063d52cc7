package lower

import (
	"reflect"

	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/secretctl/secretctl/internal/cfn"
)

// A large spec has thousands of secrets and resource policies, and few of everything else: of these
// two types the fields are read here without reflection. A test holds what comes of them equal to
// propertiesOf.

// newSecret is newResource of a secret.
func (r *memberRoom) newSecret(s *secret, condition string) *cfn.Resource {
	var value, replicas, tags any
	if g := s.GenerateSecretString; g != nil {
		value = r.generateString(g)
	}
	if len(s.ReplicaRegions) > 0 {
		replicas = valueOf(reflect.ValueOf(s.ReplicaRegions))
	}
	if len(s.Tags) > 0 {
		tags = r.tags(s.Tags)
	}
	m := r.begin(8)
	m.text("Description", s.Description)
	m.set("GenerateSecretString", value)
	m.text("KmsKeyId", s.KmsKeyId)
	m.text("Name", s.Name)
	m.set("ReplicaRegions", replicas)
	m.text("SecretString", s.SecretString)
	m.set("Tags", tags)
	m.some("Type", s.Type)
	return &cfn.Resource{
		Type: s.AWSCloudFormationType(), Condition: condition, Properties: r.end(m),
	}
}

func (r *memberRoom) generateString(g *secretsmanager.Secret_GenerateSecretString) cfn.Object {
	m := r.begin(10)
	m.text("ExcludeCharacters", g.ExcludeCharacters)
	m.is("ExcludeLowercase", g.ExcludeLowercase)
	m.is("ExcludeNumbers", g.ExcludeNumbers)
	m.is("ExcludePunctuation", g.ExcludePunctuation)
	m.is("ExcludeUppercase", g.ExcludeUppercase)
	m.text("GenerateStringKey", g.GenerateStringKey)
	m.is("IncludeSpace", g.IncludeSpace)
	if g.PasswordLength != nil {
		m.set("PasswordLength", *g.PasswordLength)
	}
	m.is("RequireEachIncludedType", g.RequireEachIncludedType)
	m.text("SecretStringTemplate", g.SecretStringTemplate)
	return r.end(m)
}

func (r *memberRoom) tags(tags []tags.Tag) []any {
	list := make([]any, len(tags))
	for i := range tags {
		m := r.begin(2)
		m.some("Key", tags[i].Key)
		m.some("Value", tags[i].Value)
		list[i] = r.end(m)
	}
	return list
}

// newResourcePolicy is newResource of a resource policy.
func (r *memberRoom) newResourcePolicy(
	p *secretsmanager.ResourcePolicy, condition string,
) *cfn.Resource {
	m := r.begin(3)
	m.is("BlockPublicPolicy", p.BlockPublicPolicy)
	m = append(m, cfn.Member{Key: "ResourcePolicy", Value: p.ResourcePolicy})
	m = append(m, cfn.Member{Key: "SecretId", Value: p.SecretId})
	return &cfn.Resource{
		Type: p.AWSCloudFormationType(), Condition: condition, Properties: r.end(m),
	}
}

// memberRoom is where the members of many objects stand one behind the other.
type memberRoom struct{ used []cfn.Member }

// begin begins an object of so many members at most. Until its end no other may begin.
func (r *memberRoom) begin(most int) members {
	const many = 512
	n := len(r.used)
	if cap(r.used)-n < most {
		r.used, n = make([]cfn.Member, 0, many), 0
	}
	return members(r.used[n : n : n+most])
}

func (r *memberRoom) end(m members) cfn.Object {
	r.used = r.used[:len(r.used)+len(m)]
	return cfn.Object(m[:len(m):len(m)])
}

// members are those of an object so far.
type members cfn.Object

// set adds what is not nil.
func (m *members) set(key string, value any) {
	if value != nil {
		*m = append(*m, cfn.Member{Key: key, Value: value})
	}
}

// some adds a text that is not empty.
func (m *members) some(key, text string) {
	if text != "" {
		m.set(key, text)
	}
}

func (m *members) text(key string, text *string) {
	if text != nil {
		m.set(key, *text)
	}
}

func (m *members) is(key string, is *bool) {
	if is != nil {
		m.set(key, *is)
	}
}
