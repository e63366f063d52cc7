package compile

import (
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
)

// secret writes a secret that is created here, and the attachment of any secret.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
func (h *builder) secret(s *model.Secret) {
	if s.Import == model.NotImported {
		properties := &secretsmanager.Secret{
			Name: text(s.Name), Description: text(s.Description), Tags: tagList(s.Tags),
		}
		if s.Key != nil {
			properties.KmsKeyId = h.keyID(s)
		}
		for _, r := range s.Replicas {
			region := secretsmanager.Secret_ReplicaRegion{Region: r.Region}
			if r.Key != nil {
				region.KmsKeyId = text(grants.KeyID(h.m, r.Key, r.Region, h.at))
			}
			properties.ReplicaRegions = append(properties.ReplicaRegions, region)
		}
		resource := &cfn.Resource{
			Type: properties.AWSCloudFormationType(), Condition: s.Condition,
			DeletionPolicy: s.DeletionPolicy, UpdateReplacePolicy: replacePolicy(s.DeletionPolicy), Properties: properties,
		}
		value(s, properties, resource)
		if s.Type != "" { // later than goformation's types
			resource.Extra = append(resource.Extra, cfn.Member{Key: "Type", Value: s.Type})
		}
		h.add(s.LogicalID, s.Span, resource)
	}
	if s.Attachment != nil {
		properties := &secretsmanager.SecretTargetAttachment{SecretId: s.SecretID(), TargetId: s.Attachment.TargetID, TargetType: s.Attachment.TargetType}
		h.add(s.LogicalID+"Attachment", s.Span, &cfn.Resource{Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties})
	}
}

// value writes how the secret's first value comes about. Neither SecretString nor GenerateSecretString makes a secret without a version.
func value(s *model.Secret, properties *secretsmanager.Secret, resource *cfn.Resource) {
	if s.Value.String != "" {
		properties.SecretString = text(s.Value.String)
		return
	}
	g := s.Value.Generate
	if g == nil {
		return
	}
	properties.GenerateSecretString = &secretsmanager.Secret_GenerateSecretString{
		PasswordLength: g.PasswordLength, ExcludeCharacters: g.ExcludeCharacters, ExcludeLowercase: g.ExcludeLowercase, ExcludeUppercase: g.ExcludeUppercase,
		ExcludeNumbers: g.ExcludeNumbers, ExcludePunctuation: g.ExcludePunctuation, IncludeSpace: g.IncludeSpace, RequireEachIncludedType: g.RequireEachIncludedType,
		SecretStringTemplate: text(g.Template), GenerateStringKey: text(g.StringKey),
	}
}

// resourcePolicy writes the one resource policy of a secret. It is never retained: a grant that goes must go.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-resourcepolicy.html
func (h *builder) resourcePolicy(rp grants.ResourcePolicy) {
	s := rp.Secret
	properties := &secretsmanager.ResourcePolicy{SecretId: s.SecretID(), ResourcePolicy: rp.Document.Value(), BlockPublicPolicy: &s.Policy.BlockPublicPolicy}
	id := s.LogicalID + "ResourcePolicy"
	h.add(id, s.Span, &cfn.Resource{Type: properties.AWSCloudFormationType(), Condition: s.Condition, Properties: properties})
	h.document(id, "resource policy", rp.Size, aws.MaxSecretPolicy)
}
