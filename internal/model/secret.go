package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

func (r *resolver) resolveSecrets() {
	defaultKey := r.key(r.spec.Defaults.Key)
	byName := map[string]*Secret{}
	for i := range r.spec.Secrets {
		in := &r.spec.Secrets[i].V
		s := r.m.secrets[r.spec.Secrets[i].ID.V]
		s.Key, s.KeySpan = defaultKey, r.spec.Defaults.Key.Span
		if in.Key.Set() {
			s.Key, s.KeySpan = r.key(in.Key), in.Key.Span
		}
		s.Tags = r.withTags(in.Tags)
		r.ownCondition(s, in)
		if in.Import.Span.File != nil {
			if !in.Key.Set() {
				s.Key = nil // a default is for secrets that this spec creates
			}
			r.importedSecret(s, in)
		} else {
			r.createdSecret(s, in)
		}
		r.keyRegion(s)
		r.attachment(s, in)
		r.guardrails(s, in)
		r.partialARNUsed(s, in)
		if s.Name == "" {
			continue
		}
		if other := byName[s.Name]; other != nil && (s.Import != NotImported) == (other.Import != NotImported) {
			r.report(diag.DuplicateName, s.NameSpan).
				Message("secrets %q and %q have the same name %q", other.ID, s.ID, s.Name).
				Hint("give one of them another name").
				Related(other.NameSpan, "the other one is here")
		}
		byName[s.Name] = s
	}
}

func (r *resolver) createdSecret(s *Secret, in *spec.Secret) {
	s.Name, s.NameSpan = in.Name.V, in.Name.Span
	if in.Name.Set() {
		r.secretName(in.Name, aws.SecretName(in.Name.V))
	}
	s.Description = text(in.Description)
	if literal, ok := in.Description.Literal(); ok && len(literal) > aws.MaxSecretDescription {
		r.report(diag.TooLong, in.Description.Span()).
			Message("the description has %d characters, and a secret's may have %d", len(literal), aws.MaxSecretDescription).
			Hint("shorten it")
	}
	s.Type = in.Type.V
	if in.Type.Set() && (len(s.Type) == 0 || len(s.Type) > aws.MaxSecretType) {
		r.report(diag.TooLong, in.Type.Span).
			Message("a type has 1 to 256 characters").
			Hint("write one of the types that AWS documents")
	}
	if in.Type.Set() && !slices.Contains(aws.ManagedExternalTypes, s.Type) {
		r.report(diag.UnknownType, in.Type.Span).
			Message("%q is not a type of managed external secret that is known", s.Type).
			Hint("%s", cmp.Or(diag.DidYouMean(s.Type, aws.ManagedExternalTypes), "check the spelling; types newer than this version of secretctl are passed on as they are"))
	}
	s.DeletionPolicy = cmp.Or(in.DeletionPolicy.V, r.spec.Defaults.DeletionPolicy.V, "RetainExceptOnCreate")
	s.Value = r.value(s, &in.Value)
	r.replicas(s, in)
	if in.Policy.Manage.Set() {
		r.report(diag.PropertyWithoutEffect, in.Policy.Manage.Span).
			Message("manage is for imported secrets: the policy of a secret created here is always managed").
			Hint("remove it")
	}
}

func (r *resolver) secretName(name spec.Text, clause string) {
	if !r.check(diag.InvalidName, name, "the secret name", clause, "write letters, digits and /_+=.@- only") {
		return
	}
	if aws.EndsLikeSuffix(name.V) {
		r.report(diag.NameLikeARN, name.Span).
			Message("the name %q ends in a hyphen and six characters, which AWS takes for the end of a complete ARN", name).
			Hint("end the name otherwise")
	}
	if aws.LongSecretName(name.V) {
		r.report(diag.LongName, name.Span).
			Message("the name has %d characters, and some of AWS's interfaces return 256 at most", len(name.V)).
			Hint("shorten it to 256 characters")
	}
}

// ownCondition resolves the CloudFormation condition of a secret.
func (r *resolver) ownCondition(s *Secret, in *spec.Secret) {
	if !in.Condition.Set() {
		return
	}
	s.Condition = in.Condition.V
	if r.m.Conditions.Get(s.Condition) == nil {
		r.unknown(diag.UnknownCondition, in.Condition, "condition", r.conditionNames)
	}
}

func (r *resolver) conditionNames() []string {
	var names []string
	for _, e := range r.m.Conditions {
		names = append(names, e.ID.V)
	}
	return names
}

func (r *resolver) replicas(s *Secret, in *spec.Secret) {
	seen := map[string]source.Span{}
	for _, rep := range in.Replicas {
		if !rep.Region.Set() {
			continue // rejected by the schema
		}
		region := r.region(rep.Region)
		if region == r.m.Env.Region && region != "" {
			r.report(diag.ReplicaAtHome, rep.Region.Span).
				Message("a secret cannot be replicated to its own Region %q", region).
				Hint("name another Region").
				Related(r.m.Env.RegionSpan, "the stack's Region is stated here")
		}
		if p := aws.PartitionOf(region); p != "" && r.m.Env.Partition != "" && p != r.m.Env.Partition {
			r.report(diag.OtherPartition, rep.Region.Span).
				Message("secrets are not replicated across partitions: %q is in %q and the stack in %q", region, p, r.m.Env.Partition).
				Hint("name a Region of the same partition")
		}
		if first, ok := seen[region]; ok {
			r.report(diag.DuplicateName, rep.Region.Span).
				Message("Region %q is named twice", region).
				Hint("remove one of them").
				Related(first, "the first one is here")
			continue
		}
		seen[region] = rep.Region.Span
		s.Replicas = append(s.Replicas, Replica{region, r.replicaKey(rep), rep.Region.Span})
	}
	slices.SortFunc(s.Replicas, func(a, b Replica) int { return strings.Compare(a.Region, b.Region) })
}

// replicaKey finds the key of a replica: one that is created here, and then exists in that Region too, or an imported one of that Region.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
func (r *resolver) replicaKey(rep spec.Replica) *Key {
	k := r.key(rep.Key)
	if k == nil {
		return nil
	}
	switch {
	case !k.Imported:
		r.elsewhere(rep.Key.Span, "a key in another Region")
	case k.Region == "":
		hint := "import the key of that Region by its arn"
		r.report(diag.KeyInOtherRegion, rep.Key.Span).
			Message("key %q is imported without an ARN that says its Region, and the key of a replica must be of the replica's Region %q", k.ID, rep.Region).
			Hint("%s", diag.Words(hint)).
			Related(k.Span, "the key is here")
	case k.Region != rep.Region.V:
		r.report(diag.KeyInOtherRegion, rep.Key.Span).
			Message("key %q is in Region %q and the replica in %q", k.ID, k.Region, rep.Region).
			Hint("name a key of the replica's Region").
			Related(k.Span, "the key is here")
	}
	return k
}

func (r *resolver) importedSecret(s *Secret, in *spec.Secret) {
	for _, p := range []struct {
		name string
		at   source.Span
	}{
		{"name", in.Name.Span}, {"description", in.Description.Span()}, {"type", in.Type.Span}, {"value", in.Value.Span},
		{"deletionPolicy", in.DeletionPolicy.Span}, {"tags", firstTag(in.Tags)},
	} {
		r.importTakesNo(p.name, p.at, "secret")
	}
	if len(in.Replicas) > 0 {
		r.importTakesNo("replicas", in.Replicas[0].Span, "secret")
	}
	switch im := &in.Import; {
	case im.ARN.Set():
		s.Import, s.ARN = ByARN, text(im.ARN)
		r.secretARN(s, im.ARN, aws.SecretARN, "write the complete ARN with its six-character suffix, or import by partialArn")
	case im.PartialARN.Set():
		s.Import, s.ARN = ByPartialARN, text(im.PartialARN)
		r.secretARN(s, im.PartialARN, aws.PartialSecretARN, "write arn:aws:secretsmanager:<region>:<account>:secret:<name>, without the suffix")
	case im.Name.Set():
		s.Import, s.Name, s.NameSpan = ByName, im.Name.V, im.Name.Span
		r.secretName(im.Name, aws.ExistingSecretName(im.Name.V))
	}
}

func (r *resolver) secretARN(s *Secret, v spec.Value, valid func(string) string, hint string) {
	literal, ok := v.Literal()
	if !ok {
		return
	}
	if clause := valid(literal); clause != "" {
		r.report(diag.InvalidARN, v.Span()).
			Message("%q %s", literal, clause).
			Hint("%s", diag.Words(hint))
		return
	}
	arn, _ := aws.ParseARN(literal)
	s.Region = arn.Region
	_, s.Name = arn.ResourceType()
	s.NameSpan = v.Span()
	if s.Import == ByARN {
		s.Name = s.Name[:len(s.Name)-len("-??????")]
	}
	if s.Account = r.ownerOf(arn, v.Span(), "secret"); s.Account != "" {
		r.elsewhere(v.Span(), "secrets of account "+s.Account)
	}
}

// keyRegion sees to it that a secret's key is in its Region, as Secrets Manager requires.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func (r *resolver) keyRegion(s *Secret) {
	if s.Key == nil {
		return
	}
	home := s.Home(r.m)
	region := s.Key.Region
	if region == "" && s.Region != "" && s.Key.ARN == "" {
		region = r.m.Env.Region // created here, or imported by alias of this Region
	}
	if region == "" || home == "" || region == home {
		return
	}
	r.report(diag.KeyInOtherRegion, s.KeySpan).
		Message("key %q is in Region %q and secret %q in %q", s.Key.ID, region, s.ID, home).
		Hint("name a key of the secret's Region").
		Related(s.Key.Span, "the key is here")
}

func (r *resolver) attachment(s *Secret, in *spec.Secret) {
	a := &in.Attachment
	if !a.TargetType.Set() {
		return // not written, or rejected by the schema
	}
	s.Attachment = &Attachment{a.TargetType.V, text(a.TargetID)}
	target, known := aws.TargetType(a.TargetType.V)
	switch {
	case !known:
		var types []string
		for _, t := range aws.TargetTypes {
			types = append(types, t.Type)
		}
		r.report(diag.InvalidValue, a.TargetType.Span).
			Message("a secret cannot be attached to a %q", a.TargetType).
			Hint("%s", cmp.Or(diag.DidYouMean(a.TargetType.V, types), "write one of "+strings.Join(types, ", ")))
	case target.Undocumented:
		r.report(diag.UndocumentedTarget, a.TargetType.Span).
			Message("%q is not among the target types that AWS documents", a.TargetType).
			Hint("attach the instance or cluster behind it")
	}
	if s.Import != NotImported || s.Value.String != "" {
		return
	}
	if s.Value.Empty || s.Value.Generate != nil && s.Value.Generate.StringKey == "" {
		r.report(diag.AttachmentNeedsJSON, a.Span).
			Message("the attachment writes the connection's fields into the secret, which must be a JSON object").
			Hint("give the value a secretStringTemplate with a username, and generateStringKey: password")
		if in.Value.Span.File != nil {
			r.related(in.Value.Span, "its value is here")
		}
	}
}

// guardrails resolves the policy of a secret.
func (r *resolver) guardrails(s *Secret, in *spec.Secret) {
	p := &in.Policy
	g := &s.Policy
	g.BlockPublicPolicy = p.BlockPublicPolicy.Or(true)
	g.Manage = s.Import == NotImported || p.Manage.V
	if p.Span.File == nil {
		return
	}
	if s.Import != NotImported && !p.Manage.V {
		r.report(diag.PolicyNotManaged, p.Span).
			Message("the resource policy of an imported secret is its owner's").
			Hint("add manage: true, if this spec shall own the whole resource policy")
	}
	if s.Import != NotImported && s.Region != "" && r.m.Env.Region != "" && s.Region != r.m.Env.Region {
		r.report(diag.PolicyNotManaged, p.Span).
			Message("the secret is in Region %q, where this stack is not", s.Region).
			Hint("manage it from a spec of that Region").
			Related(s.NameSpan, "its ARN says so")
	}
	if s.Account != "" {
		r.report(diag.PolicyNotManaged, p.Span).
			Message("the secret belongs to account %s, where this stack is not", s.Account).
			Hint("manage it from a spec of that account").
			Related(s.NameSpan, "its ARN says so")
	}
	g.DenyDelete, g.DenyDeleteSpan = p.DenyDelete.V, p.DenyDelete.Span
	g.RequireTLS, g.RequireTLSSpan = p.RequireTLS.V, p.RequireTLS.Span
	for _, t := range p.OnlyFromVPCEndpoints {
		r.check(diag.InvalidName, t, "the VPC endpoint", aws.VPCEndpointID(t.V), "write an id such as vpce-0a1b2c3d")
		g.VPCEndpoints, g.VPCSpan = append(g.VPCEndpoints, t.V), cmp.Or(g.VPCSpan, t.Span)
	}
	for _, t := range p.OnlyFromVPCs {
		r.check(diag.InvalidName, t, "the VPC", aws.VPCID(t.V), "write an id such as vpc-0a1b2c3d")
		g.VPCs, g.VPCSpan = append(g.VPCs, t.V), cmp.Or(g.VPCSpan, t.Span)
	}
	g.VPCEndpoints, g.VPCs = sorted(g.VPCEndpoints), sorted(g.VPCs)
	if p.OnlyOrganization.Set() {
		g.Organization, g.OrganizationSpan = p.OnlyOrganization.V, p.OnlyOrganization.Span
		r.check(diag.InvalidName, p.OnlyOrganization, "the organization id", aws.OrganizationID(g.Organization), "write it as o-a1b2c3d4e5")
	}
	g.OnlyGrantees, g.OnlyGranteesSpan = p.OnlyGrantees.V, p.OnlyGrantees.Span
	if r.m.Deployer == nil && !r.spec.Deployer.Set() {
		if g.OnlyFromVPC() {
			r.needsDeployer(g.VPCSpan, "holding the secret to VPCs or endpoints")
		}
		if g.OnlyGrantees {
			r.needsDeployer(g.OnlyGranteesSpan, "onlyGrantees")
		}
	}
	r.exempt(s, p)
	g.Statements = r.statements(p.Statements, false)
}

// exempt resolves who the guardrails let through. They do so by ARN.
func (r *resolver) exempt(s *Secret, p *spec.Guardrails) {
	if len(p.Exempt) > 0 && !s.Policy.OnlyFromVPC() && s.Policy.Organization == "" && !s.Policy.OnlyGrantees {
		r.report(diag.PropertyWithoutEffect, p.Exempt[0].Span).
			Message("nothing is denied that exempt could let through").
			Hint("remove it")
	}
	for _, t := range p.Exempt {
		for _, e := range r.everyone([]spec.Text{t}) {
			switch e.Kind {
			case ExistingGroup:
				r.report(diag.GroupInPolicy, t.Span).
					Message("group %q cannot be exempt: a policy does not see the groups of a caller", e.ID).
					Hint("name roles or users")
			case Service:
				r.report(diag.PropertyWithoutEffect, t.Span).
					Message("services are let through anyway").
					Hint("remove it")
			case 0:
			case Account, Organization, OrganizationPath:
				s.Policy.Exempt = append(s.Policy.Exempt, e)
			default:
				if r.needsARN(e, t.Span, "exempt stands in the policy by its ARN") {
					s.Policy.Exempt = append(s.Policy.Exempt, e)
				}
			}
		}
	}
}

// partialARNUsed warns of a partial ARN that Secrets Manager would take for a complete one when a resource names the secret by it.
// Policies, which append the suffix, are right in any case.
func (r *resolver) partialARNUsed(s *Secret, in *spec.Secret) {
	used := in.Policy.Manage.V || in.Attachment.Span.File != nil || in.Rotation.Span.File != nil
	if s.Import == ByPartialARN && used && aws.EndsLikeSuffix(s.Name) {
		r.report(diag.NameLikeARN, s.NameSpan).
			Message("the name %q ends in a hyphen and six characters, so that AWS takes this partial ARN for a complete one", s.Name).
			Hint("import the secret by its complete arn")
	}
}

// SecretID returns the Ref or ARN that AWS::SecretsManager resources take as the secret's SecretId.
func (s *Secret) SecretID() string {
	if s.Import == NotImported {
		return cfn.Ref(s.LogicalID)
	}
	if s.Import == ByName {
		return s.Name
	}
	return s.ARN
}
