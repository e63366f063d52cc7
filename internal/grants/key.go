package grants

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// admin places what a key's administrator needs: by identity policy where IAM decides over the key and there is an identity, else in
// the key's own policy.
func (p *placer) admin(k *model.Key, admin *model.Principal) {
	s := policy.Statement{Effect: policy.Allow, Action: aws.KeyAdministration, Because: []source.Span{k.Span}}
	if admin.Kind.HasIdentity() { // also where the key's policy names its admins: to name the account root is to let IAM decide
		s.Resource = []string{p.key(k)}
		alias := s
		alias.Action, alias.Resource = aliasActions, []string{cfn.Concat("arn:", p.partition(), ":kms:", p.region(), ":", p.account(), ":", k.AliasName)}
		id := p.identity(admin, "")
		id.others = append(id.others, s, alias)
		return
	}
	s.Resource = []string{"*"} // a rolePattern, which has no identity that IAM could decide by
	s.Principal, s.Condition = p.anyLike(admin)
	p.keys[k] = append(p.keys[k], s)
}

// aliasActions take a permission on the alias besides the one on the key.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
var aliasActions = []aws.Action{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"}

// keyPolicies writes the policies of the created keys. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func (p *placer) keyPolicies() []KeyPolicy {
	var out []KeyPolicy
	for _, k := range p.m.Keys {
		if k.Imported {
			continue
		}
		document := policy.Document{p.administration(k), p.use(k), denyGrants(k)}
		document = append(document, policy.Merge(policy.All(p.keys[k]))...)
		for _, own := range k.Statements {
			document = append(document, policy.Statement{Verbatim: own.Value, Because: []source.Span{own.Span}})
		}
		size := p.sizes.of(document)
		hint := "let IAM decide over the key with iamDelegation: true, or divide the secrets among several keys"
		if k.Delegates {
			hint = "shorten its own statements, or divide the secrets among several keys"
		}
		p.limit(size, aws.MaxKeyPolicy, k.Span, "policy of key \""+k.ID+"\"", hint)
		out = append(out, KeyPolicy{k, document, size})
	}
	return out
}

// administration lets the account administer the key, so that it can never be locked out, but neither use it nor open it by a grant.
func (p *placer) administration(k *model.Key) policy.Statement {
	return policy.Statement{
		Sid: "Administration", Effect: policy.Allow, Principal: policy.Principal{AWS: []string{p.root()}},
		Action: aws.KeyAdministration, Resource: []string{"*"}, Condition: p.named(k, append([]*model.Principal{p.m.Deployer}, k.Admins...)), Because: []source.Span{k.Span},
	}
}

// use lets the account use the key through Secrets Manager, in the Regions where its secrets are.
func (p *placer) use(k *model.Key) policy.Statement {
	regions := []string{p.region()}
	for _, s := range p.m.Secrets {
		if s.Key != k {
			continue
		}
		for _, replica := range s.Replicas {
			if !slices.Contains(regions, replica.Region) {
				regions = append(regions, replica.Region)
			}
		}
	}
	var via []string
	for _, region := range regions {
		via = append(via, p.viaService(region)...)
	}
	return policy.Statement{
		Sid: "UseThroughSecretsManager", Effect: policy.Allow, Principal: policy.Principal{AWS: []string{p.root()}}, Action: toEncrypt, Resource: []string{"*"},
		Condition: p.named(k, []*model.Principal{p.m.Deployer}).With("StringEquals", "kms:ViaService", via...), Because: []source.Span{k.Span},
	}
}

// named narrows a statement for the account to single principals where IAM does not decide over the key.
func (p *placer) named(k *model.Key, who []*model.Principal) policy.Conditions {
	if k.Delegates {
		return nil
	}
	var patterns []string
	for _, w := range who {
		patterns = append(patterns, w.ARN)
	}
	return policy.Conditions{}.With("ArnLike", "aws:PrincipalArn", patterns...)
}

// denyGrants keeps everybody but AWS's own services from opening the key by a KMS grant. Secrets Manager uses none.
// https://docs.aws.amazon.com/controltower/latest/controlreference/kms-rules.html
func denyGrants(k *model.Key) policy.Statement {
	return policy.Statement{
		Sid: "NoGrants", Effect: policy.Deny, Principal: policy.Principal{Any: true}, Action: []aws.Action{"kms:CreateGrant"}, Resource: []string{"*"},
		Condition: policy.Conditions{}.With("BoolIfExists", "kms:GrantIsForAWSResource", "false").With("BoolIfExists", "aws:PrincipalIsAWSService", "false"),
		Because:   []source.Span{k.Span},
	}
}

// limit reports a document that is over its quota.
func (p *placer) limit(size, limit int, at source.Span, what, hint string) {
	if size <= limit {
		return
	}
	p.found = append(p.found, diag.Diagnostic{
		Code: diag.DocumentTooLarge, Span: at, Hint: hint,
		Message: "the " + what + " has " + thousands(size) + " characters, " + thousands(size-limit) + " more than AWS accepts (" + thousands(limit) + ")",
	})
}

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return itoa(n)
	}
	return thousands(n/1000) + "," + strings.Repeat("0", 3-len(itoa(n%1000))) + itoa(n%1000)
}
