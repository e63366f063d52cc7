package grants

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// admin places what a key's administrator needs, in every Region where the key is: by identity
// policy where there is an identity, else in the key's own policy.
func (p *placer) admin(k *model.Key, admin *model.Principal) {
	s := policy.Statement{
		Effect:  policy.Allow,
		Action:  aws.KeyAdministration,
		Because: []source.Span{k.Span},
	}
	for _, region := range p.regionsOf(k) {
		at := p.stackOfKey(region)
		if !admin.Kind.HasIdentity() { // a rolePattern
			s.Resource = []string{"*"}
			g := derived(admin, nil, nil, k.Span)
			s.Principal, s.Condition, _ = p.who(&g, k.Account, at, "")
			p.keys[keyAt{k, at}] = append(p.keys[keyAt{k, at}],
				spoken{wording: p.newWording(s), g: &g})
			continue
		}
		// Also where the key's policy names its admins: to name the account root is to let IAM
		// decide.
		arn, exact := p.key(k, region, model.Home)
		s.Resource, s.Condition = []string{arn}, nil
		if !exact {
			// No encryption context narrows administration. The key's alias lags by minutes, which
			// an administrator can wait for.
			s.Condition = s.Condition.With("ForAnyValue:StringEquals", "kms:ResourceAliases",
				k.AliasName)
		}
		alias := policy.Statement{
			Effect: policy.Allow, Action: aliasActions, Because: s.Because,
			Resource: []string{
				cfn.Concat("arn:", p.partition(), ":kms:", region, ":", p.account(""), ":",
					k.AliasName),
			},
		}
		id := p.identity(admin, "")
		id.others = append(id.others, s, alias)
	}
}

// regionsOf returns the Regions in which a created key stands, the home stack's first.
func (p *placer) regionsOf(k *model.Key) []string {
	return append([]string{p.region()}, k.Regions...)
}

// aliasActions take a permission on the alias besides the one on the key.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
var aliasActions = []aws.Action{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"}

// keyPolicies writes the policies of the created keys.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func (p *placer) keyPolicies() []KeyPolicy {
	var out []KeyPolicy
	var regions []string
	for _, k := range p.m.Keys {
		if k.Imported {
			continue
		}
		for _, region := range p.regionsOf(k) {
			out, regions = append(out, KeyPolicy{Key: k}), append(regions, region)
		}
	}
	found := make([]diag.List, len(out))
	p.eachOf(len(out), func(w *placer, i int) {
		out[i] = w.keyPolicy(out[i].Key, regions[i])
		found[i], w.found = w.found, nil
	})
	for _, list := range found {
		p.found = append(p.found, list...)
	}
	return out
}

func (p *placer) keyPolicy(k *model.Key, region string) KeyPolicy {
	at := p.stackOfKey(region)
	document := policy.Document{p.administration(k, at), p.use(k, region)}
	document = append(document, p.serviceGrants(k, region)...)
	document = append(document, denyGrants(k))
	document = append(document, p.merge(p.keys[keyAt{k, at}])...)
	for _, own := range k.Statements {
		document = append(document,
			policy.Statement{Verbatim: own.Value, Because: []source.Span{own.Span}})
	}
	size := p.sizes.of(document)
	hint := "let IAM decide over the key with iamDelegation: true, or divide the secrets among " +
		"several keys"
	if k.Delegates {
		hint = "grant to an account or organization instead of many of its roles, do without " +
			"pinSecrets, or divide the secrets among several keys"
	}
	what := "policy of key \"" + k.ID + "\""
	if len(k.Regions) > 0 {
		what += " in Region \"" + region + "\""
	}
	p.limit(size, aws.MaxKeyPolicy, k.Span, what, hint)
	return KeyPolicy{at, k, document, size}
}

// administration lets the account administer the key, so that it can never be locked out, but
// neither use it nor open it by a grant.
func (p *placer) administration(k *model.Key, at model.Stack) policy.Statement {
	return policy.Statement{
		Sid: "Administration", Effect: policy.Allow,
		Principal: policy.Principal{AWS: []string{p.root("")}},
		Action:    aws.KeyAdministration, Resource: []string{"*"},
		Condition: p.named(k, append([]*model.Principal{p.m.Deployer}, k.Admins...), at),
		Because:   []source.Span{k.Span},
	}
}

// use lets the account use the key through Secrets Manager, in the Regions where its secrets are.
func (p *placer) use(k *model.Key, region string) policy.Statement {
	regions := []string{p.region()}
	if region != p.region() {
		regions = append(regions, region)
	} else {
		for _, there := range p.index.regions[k] {
			if there != region {
				regions = append(regions, there)
			}
		}
	}
	return policy.Statement{
		Sid: "UseThroughSecretsManager", Effect: policy.Allow,
		Principal: policy.Principal{AWS: []string{p.root("")}},
		Action:    aws.KeyUse, Resource: []string{"*"},
		Condition: p.named(k, []*model.Principal{p.m.Deployer}, p.stackOfKey(region)).
			With("StringEquals", "kms:ViaService", p.viaService(regions...)...),
		Because: []source.Span{k.Span},
	}
}

// serviceGrants lets services make grants on the key, for resources of AWS and nothing else, and
// use it as their pages ask, on behalf of whoever makes or changes such a resource. The statement
// against grants lets these through.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
func (p *placer) serviceGrants(k *model.Key, region string) []policy.Statement {
	if len(k.ServiceGrants) == 0 {
		return nil
	}
	allow := func(sid string, actions []aws.Action, via []string) policy.Statement {
		return policy.Statement{
			Sid: sid, Effect: policy.Allow,
			Principal: policy.Principal{AWS: []string{p.root("")}},
			Action:    actions, Resource: []string{"*"},
			Condition: p.named(k, []*model.Principal{p.m.Deployer}, p.stackOfKey(region)).
				With("StringEquals", "kms:ViaService", p.servicesIn(region, via...)...),
			Because: []source.Span{k.Span},
		}
	}
	var all []string
	var uses []policy.Statement
	for _, s := range k.ServiceGrants {
		all = append(all, s.Via...)
		uses = append(uses, allow("UseBy"+cfn.LogicalID(s.Word, ""), s.Actions, s.Via))
	}
	grants := allow("GrantsForServices", []aws.Action{"kms:CreateGrant"}, all)
	grants.Condition = grants.Condition.With("Bool", "kms:GrantIsForAWSResource", "true")
	return append([]policy.Statement{grants}, uses...)
}

// named narrows a statement for the account to single principals where IAM does not decide over the
// key.
func (p *placer) named(k *model.Key, who []*model.Principal, at model.Stack) policy.Conditions {
	if k.Delegates {
		return nil
	}
	var patterns []string
	for _, w := range who {
		arn := PrincipalARN(p.m, w, at)
		if arn == "" {
			p.found.Report(diag.NeedsARN, k.Span).
				Message("the policy of key %q in another Region must name %q by its ARN, which "+
					"another stack does not know", k.ID, w.ID).
				Related(w.Span, "%q is defined here", w.ID).
				Hint("give the role a roleName")
			continue
		}
		patterns = append(patterns, arn)
	}
	return policy.Conditions{}.With("ArnLike", "aws:PrincipalArn", patterns...)
}

// denyGrants keeps everybody but AWS's own services from opening the key by a KMS grant. Secrets
// Manager uses none.
// https://docs.aws.amazon.com/controltower/latest/controlreference/kms-rules.html
func denyGrants(k *model.Key) policy.Statement {
	c := policy.Conditions{}.With("BoolIfExists", "kms:GrantIsForAWSResource", "false").
		With("BoolIfExists", "aws:PrincipalIsAWSService", "false")
	return deny("NoGrants", k.Span, []aws.Action{"kms:CreateGrant"}, c)
}

// limit reports a document that is over its quota.
func (p *placer) limit(size, limit int, at source.Span, what, hint string) {
	if size <= limit {
		return
	}
	p.found.Report(diag.DocumentTooLarge, at).
		Message("the %s has %s characters, %s more than AWS accepts "+
			"(%s)", what, english.Thousands(size), english.Thousands(size-limit),
			english.Thousands(limit)).
		Hint("%s", diag.Words(hint))
}
