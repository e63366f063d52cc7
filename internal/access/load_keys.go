package access

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// key reads a key, or the replica of one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-replicakey.html
func (s *stack) key(id string) {
	k := &Key{ID: s.unique(id), ARN: s.keyARN(id), Account: s.Account, Region: s.Region}
	k.Policy = &Document{Kind: KeyPolicy, Of: k.ID, Stack: s.File, LogicalID: id}
	_, own := s.Documents[id]
	if !own && s.Template.Resources[id].Property("KeyPolicy") == nil {
		k.Policy.Rules = defaultKeyPolicy(s.r.Partition, s.Account)
	} else if rules := s.rules(id, "KeyPolicy"); rules != nil {
		k.Policy.Rules = *rules
	}
	s.l.keys[k.ARN] = k
}

// alias: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
func (s *stack) alias(id string) {
	target := s.text(id, "TargetKeyId")
	if target != "" && !strings.HasPrefix(target, "arn:") {
		target = s.arn("kms", s.Region, "key/"+target)
	}
	s.l.aliases[s.arn("kms", s.Region, s.name(id))] = target
}

// defaultKey is the alias of the key that secrets have which are given none.
const defaultKey = "alias/aws/secretsmanager"

// keyOf returns the key of a copy of a secret, of which the secret gives the ARN, the id, or the ARN or name of an alias; nil: the Region's
// aws/secretsmanager. A key that no template makes has the policy that KMS gives a key for which nobody writes one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html#cfn-secretsmanager-secret-kmskeyid
func (l *loader) keyOf(given, partition, account, region string) *Key {
	arn := given
	switch {
	case given == "":
		return nil
	case strings.HasPrefix(given, "alias/"):
		arn = strings.Join([]string{"arn", partition, "kms", region, account, given}, ":")
	case !strings.HasPrefix(given, "arn:"):
		arn = strings.Join([]string{"arn", partition, "kms", region, account, "key/" + given}, ":")
	}
	if strings.HasSuffix(arn, ":"+defaultKey) {
		return nil
	}
	id := arn
	if target := l.aliases[arn]; target != "" {
		arn = target
	}
	if k := l.keys[arn]; k != nil {
		return k
	}
	k := &Key{ID: id, ARN: arn, Account: account, Region: region}
	if parsed, err := aws.ParseARN(arn); err == nil {
		partition, k.Account, k.Region = parsed.Partition, parsed.Account, parsed.Region
		if strings.HasPrefix(parsed.Resource, "alias/") {
			parsed.Resource = "key/" + keyID(arn, false)
			k.ARN = parsed.String()
		}
	}
	k.Policy = &Document{Kind: KeyPolicy, Of: k.ID, Rules: defaultKeyPolicy(partition, k.Account)}
	l.keys[arn] = k
	return k
}

// defaultKeyPolicy is the policy of a key for which nobody writes one: it leaves the decision to IAM of the key's account.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func defaultKeyPolicy(partition, account string) policy.Rules {
	rules, err := policy.Decode(map[string]any{"Version": "2012-10-17", "Statement": map[string]any{
		"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
		"Principal": map[string]any{"AWS": "arn:" + partition + ":iam::" + account + ":root"},
	}})
	if err != nil {
		return policy.Rules{} // of an account that is none
	}
	return rules
}
