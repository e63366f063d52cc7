package lower

import (
	"fmt"

	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
)

// filled is a secret as goformation's types have it, one at a time: what becomes of it is a value
// of the template at once.
type filled struct {
	secret   secret
	generate secretsmanager.Secret_GenerateSecretString
	tags     []tags.Tag
}

// secret writes a secret that is created here, and the attachment of any secret.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
func (b *builder) secret(s *model.Secret) {
	if s.Import == model.NotImported {
		room := &b.filled
		room.tags = appendTags(room.tags[:0], s.Tags)
		properties := &room.secret
		*properties = secret{Type: s.Type, Secret: secretsmanager.Secret{
			Name: textAt(&s.Name), Description: textAt(&s.Description), Tags: room.tags,
		}}
		if s.Key != nil {
			properties.KmsKeyId = b.keyID(s)
		}
		for _, r := range s.Replicas {
			region := secretsmanager.Secret_ReplicaRegion{Region: r.Region}
			if r.Key != nil {
				region.KmsKeyId = text(grants.KeyID(b.m, r.Key, r.Region, b.At))
			}
			properties.ReplicaRegions = append(properties.ReplicaRegions, region)
		}
		value(s, &properties.Secret, &room.generate)
		resource := b.members.newSecret(properties, s.Condition)
		keep(resource, s.DeletionPolicy)
		b.add(s.LogicalID, s.Span, resource)
	}
	if s.Attachment != nil {
		properties := &secretsmanager.SecretTargetAttachment{
			SecretId: s.SecretID(),
			TargetId: s.Attachment.TargetID, TargetType: s.Attachment.TargetType,
		}
		b.add(s.LogicalID+"Attachment", s.Span, newResource(properties, s.Condition))
		b.placed(s.LogicalID+"Attachment", "SecretId", s.Place("attachment"))
	}
}

// placedTags notes where the tags of a resource are written.
func (b *builder) placedTags(id string, tags []model.Tag) {
	for i, t := range tags {
		b.placed(id, fmt.Sprintf("Tags.%d.Key", i), t.At)
		b.placed(id, fmt.Sprintf("Tags.%d.Value", i), t.ValueAt)
	}
}

// value writes how the secret's first value comes about. Neither SecretString nor
// GenerateSecretString makes a secret without a version.
func value(s *model.Secret, properties *secretsmanager.Secret,
	generate *secretsmanager.Secret_GenerateSecretString) {
	if s.Value.String != "" {
		properties.SecretString = &s.Value.String
		return
	}
	g := s.Value.Generate
	if g == nil {
		return
	}
	properties.GenerateSecretString = generate
	*generate = secretsmanager.Secret_GenerateSecretString{
		PasswordLength: g.PasswordLength, ExcludeCharacters: g.ExcludeCharacters,
		ExcludeLowercase: g.ExcludeLowercase, ExcludeUppercase: g.ExcludeUppercase,
		ExcludeNumbers: g.ExcludeNumbers, ExcludePunctuation: g.ExcludePunctuation,
		IncludeSpace: g.IncludeSpace, RequireEachIncludedType: g.RequireEachIncludedType,
		SecretStringTemplate: textAt(&g.Template), GenerateStringKey: textAt(&g.StringKey),
	}
}

// resourcePolicy writes the one resource policy of a secret. It is never retained: a grant that
// goes must go.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-resourcepolicy.html
func (b *builder) resourcePolicy(rp *grants.ResourcePolicy) {
	s := rp.Secret
	properties := &secretsmanager.ResourcePolicy{
		SecretId: s.SecretID(), ResourcePolicy: rp.Value(),
		BlockPublicPolicy: &s.Policy.BlockPublicPolicy,
	}
	id := s.LogicalID + policySuffix
	b.add(id, s.Span, b.members.newResourcePolicy(properties, s.Condition))
	b.document(id, "resource policy", rp.Size, aws.MaxSecretPolicy)
}
