package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

func (r *resolver) resolvePrincipals() {
	for i := range r.spec.Principals {
		e := &r.spec.Principals[i]
		p := r.m.principals[e.ID.V]
		if p == nil {
			r.onlyForIdentities(e.V)
			continue
		}
		switch in := &e.V; {
		case in.Role.Span.File != nil:
			p.Kind, p.RoleID = CreatedRole, p.LogicalID+"Role"
			p.Role = r.role(p.ID, &in.Role)
			p.Name, p.ARN = cfn.Ref(p.RoleID), cfn.GetAtt(p.RoleID, "Arn")
		case in.ExistingRole.RoleName.Set():
			p.Kind = ExistingRole
			r.existing(p, in.ExistingRole.RoleName, "role", aws.RoleName)
		case in.ExistingRole.Value.Set():
			p.Kind = ExistingRole
			r.existing(p, in.ExistingRole.Value, "role", aws.RoleName)
		case in.ExistingUser.Set():
			p.Kind = ExistingUser
			r.existing(p, in.ExistingUser, "user", aws.UserName)
		case in.ExistingGroup.Set():
			p.Kind = ExistingGroup
			r.existing(p, in.ExistingGroup, "group", aws.GroupName)
		case in.RolePattern.Set():
			p.Kind, p.ARN = RolePattern, in.RolePattern.V
			r.rolePattern(p, in.RolePattern)
		case in.Service.Set():
			p.Kind, p.ARN = Service, in.Service.V
			r.check(diag.InvalidName, in.Service, "the service principal", aws.ServicePrincipal(in.Service.V), "write one such as events.amazonaws.com")
		case in.Account.Set():
			p.Kind, p.Account = Account, in.Account.V
			r.accountPrincipal(in.Account)
		case in.Organization.Set():
			p.Kind, p.Org = Organization, in.Organization.V
			r.check(diag.InvalidName, in.Organization, "the organization id", aws.OrganizationID(p.Org), "write it as o-a1b2c3d4e5")
			r.elsewhere(in.Organization.Span, "an organization's other accounts")
		case in.OrganizationPath.Set():
			p.Kind, p.Path = OrganizationPath, in.OrganizationPath.V
			p.Org, _, _ = strings.Cut(p.Path, "/")
			r.check(diag.InvalidName, in.OrganizationPath, "the path", aws.OrganizationPath(p.Path), "write it as o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*")
			r.elsewhere(in.OrganizationPath.Span, "an organization's other accounts")
		}
		p.Inline = e.V.Policies.V == "inline"
		if p.Kind != 0 && !p.Kind.HasIdentity() {
			r.onlyForIdentities(e.V)
		}
	}
}

// onlyForIdentities refuses what only roles, users and groups of this account take.
func (r *resolver) onlyForIdentities(p spec.Principal) {
	if p.Policies.Set() {
		r.report(diag.PropertyWithoutEffect, p.Policies.Span).
			Message("policies is for roles, users and groups: no policy is attached to this principal").
			Hint("remove it")
	}
	if p.LogicalID.Set() && p.Members != nil {
		r.report(diag.PropertyWithoutEffect, p.LogicalID.Span).
			Message("nothing is created for a set of principals").
			Hint("remove it")
	}
}

// existing resolves a role, user or group that exists: an ARN or a name of this account, or an intrinsic.
func (r *resolver) existing(p *Principal, v spec.Value, kind string, valid func(string) string) {
	literal, ok := v.Literal()
	if !ok {
		r.existingIntrinsic(p, v, kind)
		return
	}
	if !strings.HasPrefix(literal, "arn:") {
		p.Name = literal
		if strings.Contains(literal, "/") {
			r.report(diag.InvalidName, v.Span()).
				Message("%q is not the name of a %s", literal, kind).
				Hint("write the name without its path, or the ARN")
			return
		}
		if clause := valid(literal); clause != "" {
			r.report(diag.InvalidName, v.Span()).
				Message("the %s name %q %s", kind, literal, clause).
				Hint("write the %s's name or ARN", kind)
		}
		return
	}
	arn, err := aws.ParseARN(literal)
	if err != nil {
		r.report(diag.InvalidARN, v.Span()).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the ARN as the console shows it")
		return
	}
	resource, path := arn.ResourceType()
	if arn.Service != "iam" || resource != kind || path == "" {
		r.report(diag.InvalidARN, v.Span()).
			Message("%q is not the ARN of a %s", literal, kind).
			Hint("write the ARN of a %s", kind)
		return
	}
	if clause := aws.AccountID(arn.Account); clause != "" {
		r.report(diag.InvalidARN, v.Span()).
			Message("the account id in %q %s", literal, clause).
			Hint("write the twelve digits of the account")
		return
	}
	p.ARN = literal
	p.Name = path[strings.LastIndexByte(path, '/')+1:]
	if strings.ContainsAny(path, "*?") { // conditions on aws:PrincipalArn would take it for a pattern
		hint := "write the ARN of one " + kind
		if kind == "role" {
			hint = "write rolePattern: " + literal
		}
		r.report(diag.InvalidARN, v.Span()).
			Message("%q is the pattern of many ARNs, and not the ARN of a %s", literal, kind).
			Hint("%s", hint)
		return
	}
	if clause := valid(p.Name); clause != "" {
		r.report(diag.InvalidName, v.Span()).
			Message("the %s name %q %s", kind, p.Name, clause).
			Hint("write the ARN as the console shows it")
		return
	}
	if kind == "role" && (strings.HasPrefix(path, "aws-reserved/") || strings.HasPrefix(path, "aws-service-role/")) {
		r.report(diag.ReservedRole, v.Span()).
			Message("no policy can be attached to a role under /%s/", path[:strings.IndexByte(path, '/')]).
			Hint("write rolePattern: %s", literal)
		return
	}
	p.Account = r.ownerOf(arn, v.Span(), kind)
	if p.Account != "" {
		r.elsewhere(v.Span(), "account "+p.Account)
	}
}

// ownerOf returns the account that an ARN belongs to, empty for the stack's own. Whether it is its own is stated, and never guessed.
func (r *resolver) ownerOf(arn aws.ARN, at source.Span, kind string) string {
	env := r.m.Env
	switch {
	case env.Account == "":
		r.report(diag.NeedsEnvironment, at).
			Message("this %s belongs to account %s, and whether that is the stack's own is not stated", kind, arn.Account).
			Hint("add environment.account")
		return ""
	case env.Partition != "" && env.Partition != arn.Partition:
		r.report(diag.OtherPartition, at).
			Message("this %s is in partition %q and the stack in %q", kind, arn.Partition, env.Partition).
			Hint("nothing can be granted across partitions: correct the ARN or environment")
		return ""
	case env.Account == arn.Account:
		return ""
	}
	return arn.Account
}

// elsewhere sees to it that the spec states what policies about other accounts must say: the own account and the Region.
func (r *resolver) elsewhere(at source.Span, who string) {
	missing := ""
	switch env := r.m.Env; {
	case env.Account == "" && env.Region == "":
		missing = "environment.account and environment.region"
	case env.Account == "":
		missing = "environment.account"
	case env.Region == "":
		missing = "environment.region"
	default:
		return
	}
	r.report(diag.NeedsEnvironment, at).
		Message("policies for %s must name the stack's account and Region, and the spec does not state them", who).
		Hint("add %s", missing)
}

// accountPrincipal checks another account as a principal.
func (r *resolver) accountPrincipal(t spec.Text) {
	if !r.check(diag.InvalidName, t, "the account id", aws.AccountID(t.V), "write the twelve digits") {
		return
	}
	if t.V == r.m.Env.Account {
		r.report(diag.OwnAccount, t.Span).
			Message("the own account cannot be a principal: it says nothing that IAM does not say already").
			Hint("grant to roles, or name them by a rolePattern").
			Related(r.spec.Environment.Account.Span, "the stack's account is stated here")
		return
	}
	r.elsewhere(t.Span, "account "+t.V)
}

// existingIntrinsic resolves an intrinsic that stands for a name. One that names a resource of the template gives the ARN too.
func (r *resolver) existingIntrinsic(p *Principal, v spec.Value, kind string) {
	p.Name = text(v)
	function, argument := v.Node.Pairs[0].Key.Text, v.Node.Pairs[0].Value
	var target string
	switch {
	case function == "Ref":
		target = argument.Text
	case function == "Fn::GetAtt" && len(argument.Items) == 2 && argument.Items[1].Text == "Arn":
		target = argument.Items[0].Text
	case function == "Fn::GetAtt":
		target = strings.TrimSuffix(argument.Text, ".Arn")
	}
	if e := r.m.Resources.Get(target); e != nil {
		want := map[string]string{"role": "AWS::IAM::Role", "user": "AWS::IAM::User", "group": "AWS::IAM::Group"}[kind]
		if t := e.V.Node.Get("Type"); t != nil && t.Text != want {
			r.report(diag.InvalidValue, v.Span()).
				Message("%q is a resource of type %s, and no %s", target, t.Text, kind).
				Hint("name a resource of type %s", want).
				Related(e.ID.Span, "it is defined here")
		}
		p.Name, p.ARN = cfn.Ref(target), cfn.GetAtt(target, "Arn")
		return
	}
	if function == "Fn::GetAtt" {
		r.report(diag.InvalidValue, v.Span()).
			Message("policies are attached to a %s by its name, which this attribute is not", kind).
			Hint("write !Ref and the role's logical ID")
	}
}

func (r *resolver) rolePattern(p *Principal, t spec.Text) {
	arn, err := aws.ParseARN(t.V)
	if err != nil {
		r.report(diag.InvalidARN, t.Span).
			Message("%q is not the pattern of an ARN: %s", t, err).
			Hint("write the ARN of the roles, with * and ? for what varies")
		return
	}
	if kind, rest := arn.ResourceType(); arn.Service != "iam" || kind != "role" || rest == "" {
		r.report(diag.InvalidARN, t.Span).
			Message("%q is not the pattern of a role's ARN", t).
			Hint("write arn:aws:iam::<account>:role/<pattern>")
		return
	}
	if clause := aws.AccountID(arn.Account); clause != "" {
		r.report(diag.InvalidARN, t.Span).
			Message("the account id in %q %s", t, clause).
			Hint("write the twelve digits of the account: a pattern covers one account")
		return
	}
	if p.Account = r.ownerOf(arn, t.Span, "role pattern"); p.Account != "" {
		r.elsewhere(t.Span, "account "+p.Account)
	}
}

// rotatesExternally says whether a principal is the role of an external rotation, which then decides who may assume it.
func (r *resolver) rotatesExternally(id string) bool {
	return slices.ContainsFunc(r.spec.Secrets, func(e spec.Entry[spec.Secret]) bool { return e.V.Rotation.External.Role.V == id })
}

func (r *resolver) role(id string, in *spec.Role) *Role {
	out := &Role{
		Name: text(in.RoleName), Path: in.Path.V, Description: in.Description.V,
		PermissionsBoundary: text(in.PermissionsBoundary), MaxSessionDuration: in.MaxSessionDuration.V, Tags: r.withTags(in.Tags),
	}
	if name, ok := in.RoleName.Literal(); ok {
		if clause := aws.RoleName(name); clause != "" {
			r.report(diag.InvalidName, in.RoleName.Span()).
				Message("the role name %q %s", name, clause).
				Hint("rename the role")
		}
	}
	if in.Path.Set() {
		r.check(diag.InvalidName, in.Path, "the path", aws.Path(in.Path.V), "begin and end it with a slash")
	}
	if len(out.Description) > aws.MaxIAMDescription {
		r.report(diag.TooLong, in.Description.Span).
			Message("the description has %d characters, and a role's may have %d", len(out.Description), aws.MaxIAMDescription).
			Hint("shorten it")
	}
	if boundary, ok := in.PermissionsBoundary.Literal(); ok {
		if _, err := aws.ParseARN(boundary); err != nil {
			r.report(diag.InvalidARN, in.PermissionsBoundary.Span()).
				Message("%q is not an ARN: %s", boundary, err).
				Hint("write the ARN of a managed policy")
		}
	}
	for _, v := range in.ManagedPolicyArns {
		if literal, ok := v.Literal(); ok {
			if _, err := aws.ParseARN(literal); err != nil {
				r.report(diag.InvalidARN, v.Span()).
					Message("%q is not an ARN: %s", literal, err).
					Hint("write the ARN of a managed policy")
			}
		}
		out.ManagedPolicyARNs = append(out.ManagedPolicyARNs, text(v))
	}
	for i := range in.AssumedBy {
		out.Trusts = append(out.Trusts, r.trust(&in.AssumedBy[i]))
	}
	if len(in.AssumedBy) == 0 && !r.rotatesExternally(id) {
		r.report(diag.MissingProperty, in.Span).
			Message("a role that nobody may assume is of no use").
			Hint("add who may assume the role, such as service: lambda.amazonaws.com")
	}
	return out
}

func (r *resolver) trust(in *spec.Trust) Trust {
	out := Trust{Service: text(in.Service), Account: in.Account.V, ARN: text(in.ARN), Span: in.Span, Condition: r.conditionBlock(in.Condition)}
	if literal, ok := in.Service.Literal(); ok {
		if clause := aws.ServicePrincipal(literal); clause != "" {
			r.report(diag.InvalidName, in.Service.Span()).
				Message("the service principal %q %s", literal, clause).
				Hint("write one such as lambda.amazonaws.com")
		}
	}
	if in.Account.Set() {
		r.check(diag.InvalidName, in.Account, "the account id", aws.AccountID(in.Account.V), "write the twelve digits")
	}
	if literal, ok := in.ARN.Literal(); ok {
		if arn, err := aws.ParseARN(literal); err != nil || arn.Service != "iam" && arn.Service != "sts" {
			r.report(diag.InvalidARN, in.ARN.Span()).
				Message("%q is not the ARN of a principal", literal).
				Hint("write the ARN of a role, user or account")
		} else if strings.ContainsAny(literal, "*?") {
			r.report(diag.InvalidARN, in.ARN.Span()).
				Message("a principal's ARN cannot have wildcards").
				Hint("trust the account, with a condition of ArnLike aws:PrincipalArn")
		}
	}
	switch {
	case in.OIDC.Span.File != nil:
		out.OIDC = &OIDC{Provider: strings.TrimPrefix(in.OIDC.Provider.V, "https://"), Audience: texts(in.OIDC.Audience), Subject: texts(in.OIDC.Subject)}
		r.oidc(in)
	case in.IRSA.Span.File != nil:
		out.IRSA = &IRSA{ProviderARN: text(in.IRSA.OIDCProviderARN), Namespace: in.IRSA.Namespace.V, ServiceAccount: in.IRSA.ServiceAccount.V}
		r.irsa(in)
	case in.SAML.Span.File != nil:
		out.SAML = &SAML{ProviderARN: text(in.SAML.ProviderARN), Audience: in.SAML.Audience.V}
		if literal, ok := in.SAML.ProviderARN.Literal(); ok {
			r.providerARN(literal, in.SAML.ProviderARN.Span(), "saml-provider")
		}
	case in.PodIdentity.Set():
		out.PodIdentity = in.PodIdentity.V
		if !in.PodIdentity.V {
			r.report(diag.InvalidValue, in.PodIdentity.Span).
				Message("podIdentity: false trusts nobody").
				Hint("write true, or remove it")
		}
	}
	return out
}

// oidc refuses a trust that more than the meant tokens would pass. A subject of "*" alone is everybody that the provider knows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
func (r *resolver) oidc(in *spec.Trust) {
	provider := in.OIDC.Provider
	if host := strings.TrimPrefix(provider.V, "https://"); provider.Set() && (strings.HasPrefix(provider.V, "arn:") || !strings.Contains(host, ".") || strings.ContainsAny(host, " :*")) {
		r.report(diag.InvalidName, provider.Span).
			Message("%q is not the address of an OpenID Connect provider", provider).
			Hint("write its host and path, such as token.actions.githubusercontent.com")
	}
	for _, s := range in.OIDC.Subject {
		switch {
		case strings.Trim(s.V, "*?") == "":
			r.report(diag.OpenTrust, s.Span).
				Message("the subject %q lets every token of the provider assume the role", s).
				Hint("write the subject that the provider gives to the meant caller")
		case strings.TrimPrefix(provider.V, "https://") == gitHubActions && !namesOwner(s.V):
			r.report(diag.OpenTrust, s.Span).
				Message("the subject %q lets repositories of any owner assume the role", s).
				Hint("name the owner and the repository, as in repo:acme/payments:ref:refs/heads/main")
		}
	}
}

// gitHubActions is one provider for all of GitHub's users: only the subject tells one's own workflows from those of others.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
const gitHubActions = "token.actions.githubusercontent.com"

// namesOwner says whether a subject of GitHub's states whose repository it is before its first wildcard. Subjects of another form than
// repo:owner/… are customized, and taken as they are.
func namesOwner(subject string) bool {
	literal, _, pattern := strings.Cut(strings.ReplaceAll(subject, "?", "*"), "*")
	owner, ofRepository := strings.CutPrefix(literal, "repo:")
	return !pattern || ofRepository && strings.Contains(owner, "/") || !ofRepository && !strings.HasPrefix("repo:", literal)
}

func (r *resolver) irsa(in *spec.Trust) {
	for _, t := range []spec.Text{in.IRSA.Namespace, in.IRSA.ServiceAccount} {
		if t.Set() && (t.V == "" || strings.ContainsAny(t.V, "*?:")) {
			r.report(diag.OpenTrust, t.Span).
				Message("an irsa trust lets in one Kubernetes service account, and %q names no single one", t).
				Hint("name one namespace and one service account")
		}
	}
	provider := in.IRSA.OIDCProviderARN
	if !provider.Set() {
		return // rejected by the schema
	}
	if literal, ok := provider.Literal(); ok {
		r.providerARN(literal, provider.Span(), "oidc-provider")
		return
	}
	// Condition keys contain the provider's address, and a key of a JSON object cannot be an intrinsic.
	r.report(diag.NeedsLiteral, provider.Span()).
		Message("the provider's ARN must be known when the template is written, because IAM's condition keys contain its address").
		Hint("write the provider's ARN as a text")
}

func (r *resolver) providerARN(literal string, at source.Span, kind string) {
	arn, err := aws.ParseARN(literal)
	if err != nil {
		r.report(diag.InvalidARN, at).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the provider's ARN")
		return
	}
	if got, rest := arn.ResourceType(); arn.Service != "iam" || got != kind || rest == "" || strings.ContainsAny(literal, "*?") {
		r.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a provider of this kind", literal).
			Hint("write arn:aws:iam::<account>:%s/…", kind)
	}
}

// isEmpty says whether a list was written and has nothing in it. One that was not written, or rejected, is nil.
func isEmpty[T any](list spec.List[T]) bool { return list != nil && len(list) == 0 }

func texts(list []spec.Text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.V)
	}
	return out
}

// resolveSets replaces the members of sets by principals, sets within sets included.
func (r *resolver) resolveSets() {
	members := map[string][]spec.Text{}
	for _, e := range r.spec.Principals {
		if e.V.Members != nil {
			members[e.ID.V] = e.V.Members
		}
	}
	state := map[string]int{} // 1: being resolved, 2: done
	var visit func(id string)
	visit = func(id string) {
		state[id] = 1
		for _, t := range members[id] {
			if _, isSet := members[t.V]; !isSet {
				continue
			}
			if state[t.V] == 1 {
				r.membershipCycle(t, id)
				continue
			}
			if state[t.V] == 0 {
				visit(t.V)
			}
		}
		r.m.sets[id] = r.everyone(members[id])
		state[id] = 2
	}
	for _, e := range r.spec.Principals {
		if e.V.Members != nil && state[e.ID.V] == 0 {
			visit(e.ID.V)
		}
	}
}

// membershipCycle reports the member of a set that closes a circle.
func (r *resolver) membershipCycle(member spec.Text, set string) {
	if member.V == set {
		r.report(diag.MembershipCycle, member.Span).
			Message("the set %q is a member of itself", set).
			Hint("remove it from its members")
		return
	}
	r.report(diag.MembershipCycle, member.Span).
		Message("the set %q contains itself through %q", member, set).
		Hint("remove one of the memberships").
		Related(r.spec.Principals.Get(member.V).ID.Span, "%q is defined here", member)
}

// deployer resolves who CloudFormation acts as.
func (r *resolver) deployer() {
	if !r.spec.Deployer.Set() {
		return
	}
	p := r.principal(r.spec.Deployer)
	if p == nil || p.Kind == 0 {
		return
	}
	switch {
	case p.Account != "":
		r.report(diag.InvalidDeployer, r.spec.Deployer.Span).
			Message("%q belongs to account %s, and CloudFormation acts as somebody of the stack's own", p.ID, p.Account).
			Hint("name a role, user or rolePattern of the stack's account").
			Related(p.Span, "%q is defined here", p.ID)
	case p.Kind == ExistingRole, p.Kind == ExistingUser, p.Kind == RolePattern:
		r.m.Deployer = p
		r.needsARN(p, r.spec.Deployer.Span, "the deployer stands in key policies and guardrails by its ARN")
	default:
		why := fmt.Sprintf("is of kind %s, which CloudFormation cannot act as", p.Kind)
		if p.Kind == CreatedRole {
			why = "is created by the stack, and the deployer must exist before it"
		}
		r.report(diag.InvalidDeployer, r.spec.Deployer.Span).
			Message("%q %s", p.ID, why).
			Hint("name an existingRole, existingUser or rolePattern").
			Related(p.Span, "%q is defined here", p.ID)
	}
}

// needsARN reports a principal whose ARN must be written somewhere and is not known.
func (r *resolver) needsARN(p *Principal, at source.Span, why string) bool {
	if p.ARN != "" {
		return true
	}
	r.report(diag.NeedsARN, at).
		Message("%s, and the ARN of %q is not known from its name", why, p.ID).
		Hint("write the ARN of %s, path included, instead of its name", p.ID).
		Related(p.Span, "%q is defined here", p.ID)
	return false
}
