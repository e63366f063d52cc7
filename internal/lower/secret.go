package lower

import (
	"fmt"

	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
)

// secret writes a secret that is created here, and the attachment of any secret.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
func (b *builder) secret(s *model.Secret) {
	if s.Import == model.NotImported {
		properties := &secret{Type: s.Type, Secret: secretsmanager.Secret{
			Name: text(s.Name), Description: text(s.Description), Tags: tagList(s.Tags),
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
		value(s, &properties.Secret)
		resource := newResource(properties, s.Condition)
		keep(resource, s.DeletionPolicy)
		b.add(s.LogicalID, s.Span, resource)
		b.unplaced = append(b.unplaced, func(b *builder) { b.placedSecret(s) })
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

// placedSecret notes where the properties of a secret are written.
func (b *builder) placedSecret(s *model.Secret) {
	b.placed(s.LogicalID, "Name", s.NameSpan)
	b.placed(s.LogicalID, "Description", s.Place("description"))
	b.placed(s.LogicalID, "Type", s.Place("type"))
	b.placed(s.LogicalID, "SecretString", s.Place("value"))
	b.placed(s.LogicalID, "GenerateSecretString", s.Place("value"))
	b.placedTags(s.LogicalID, s.Tags)
	for i, r := range s.Replicas {
		b.placed(s.LogicalID, fmt.Sprintf("ReplicaRegions.%d", i), r.Span)
	}
}

// placedTags notes where the tags of a resource are written.
func (b *builder) placedTags(id string, tags []model.Tag) {
	for i, t := range tags {
		key, value := pathsOfTag(i)
		b.placed(id, key, t.At)
		b.placed(id, value, t.ValueAt)
	}
}

// pathsOfTag returns the paths of the key and the value of a tag, by its number.
func pathsOfTag(i int) (key, value string) {
	if i < len(firstTags) {
		return firstTags[i][0], firstTags[i][1]
	}
	return fmt.Sprintf("Tags.%d.Key", i), fmt.Sprintf("Tags.%d.Value", i)
}

// firstTags are the paths of the tags that most resources have no more of.
var firstTags = [...][2]string{
	{"Tags.0.Key", "Tags.0.Value"}, {"Tags.1.Key", "Tags.1.Value"},
	{"Tags.2.Key", "Tags.2.Value"}, {"Tags.3.Key", "Tags.3.Value"},
}

// value writes how the secret's first value comes about. Neither SecretString nor
// GenerateSecretString makes a secret without a version.
func value(s *model.Secret, properties *secretsmanager.Secret) {
	if s.Value.String != "" {
		properties.SecretString = text(s.Value.String)
		return
	}
	g := s.Value.Generate
	if g == nil {
		return
	}
	properties.GenerateSecretString = &secretsmanager.Secret_GenerateSecretString{
		PasswordLength: g.PasswordLength, ExcludeCharacters: g.ExcludeCharacters,
		ExcludeLowercase: g.ExcludeLowercase, ExcludeUppercase: g.ExcludeUppercase,
		ExcludeNumbers: g.ExcludeNumbers, ExcludePunctuation: g.ExcludePunctuation,
		IncludeSpace: g.IncludeSpace, RequireEachIncludedType: g.RequireEachIncludedType,
		SecretStringTemplate: text(g.Template), GenerateStringKey: text(g.StringKey),
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
	id := s.LogicalID + "ResourcePolicy"
	b.add(id, s.Span, newResource(properties, s.Condition))
	b.unplaced = append(b.unplaced, func(b *builder) {
		b.placed(id, "SecretId", s.Place("policy"))
	})
	b.document(id, "resource policy", rp.Size, aws.MaxSecretPolicy)
}
