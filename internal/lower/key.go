package lower

import (
	"github.com/awslabs/goformation/v7/cloudformation/kms"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
)

// key writes a created key with its policy, and its alias.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html
func (b *builder) key(kp grants.KeyPolicy) {
	k := kp.Key
	properties := &kms.Key{
		Description: text(k.Description), EnableKeyRotation: &k.EnableRotation,
		RotationPeriodInDays: number(k.RotationPeriod),
		PendingWindowInDays:  number(k.PendingWindow),
		KeyPolicy:            kp.Document.Value(), Tags: tagList(k.Tags),
	}
	resource := newResource(properties, "")
	keep(resource, k.DeletionPolicy)
	b.add(k.LogicalID, k.Span, resource)
	b.placed(k.LogicalID, "Description", k.Place("description"))
	b.placedTags(k.LogicalID, k.Tags)
	b.document(k.LogicalID, "key policy", kp.Size, aws.MaxKeyPolicy)
	alias := &kms.Alias{AliasName: k.AliasName, TargetKeyId: cfn.Ref(k.LogicalID)}
	b.add(k.LogicalID+"Alias", k.Span, newResource(alias, ""))
	b.placed(k.LogicalID+"Alias", "AliasName", k.Place("alias"))
}
