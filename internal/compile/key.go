package compile

import (
	"github.com/awslabs/goformation/v7/cloudformation/kms"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
)

// key writes a created key with its policy, and its alias.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html
func (h *builder) key(kp grants.KeyPolicy) {
	k := kp.Key
	properties := &kms.Key{
		Description: text(k.Description), EnableKeyRotation: &k.EnableRotation, RotationPeriodInDays: number(k.RotationPeriod),
		PendingWindowInDays: number(k.PendingWindow), KeyPolicy: kp.Document.Value(), Tags: tagList(k.Tags),
	}
	h.add(k.LogicalID, k.Span, &cfn.Resource{
		Type: properties.AWSCloudFormationType(), DeletionPolicy: k.DeletionPolicy, UpdateReplacePolicy: replacePolicy(k.DeletionPolicy), Properties: properties,
	})
	h.document(k.LogicalID, "key policy", kp.Size, aws.MaxKeyPolicy)
	alias := &kms.Alias{AliasName: k.AliasName, TargetKeyId: cfn.Ref(k.LogicalID)}
	h.add(k.LogicalID+"Alias", k.Span, &cfn.Resource{Type: alias.AWSCloudFormationType(), Properties: alias})
}
