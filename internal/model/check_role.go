package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// roles checks the roles that are created.
func roles(m *Model) diag.List {
	c := checker{Model: m}
	for _, p := range m.Principals {
		if p.Role == nil {
			continue
		}
		in := &p.written.Role
		c.role(p.Role, in)
		if len(in.AssumedBy) == 0 && !in.Unread && !m.rotatesExternally(p.ID) {
			c.report(diag.MissingProperty, in.Span).
				Message("a role that nobody may assume is of no use").
				Hint("add who may assume the role, such as service: lambda.amazonaws.com")
		}
	}
	return c.found
}

// rotatesExternally says whether a principal is the role of an external rotation, which then
// decides who may assume it.
func (m *Model) rotatesExternally(id string) bool {
	return slices.ContainsFunc(m.written.Secrets, func(e spec.Entry[spec.Secret]) bool {
		return e.V.Rotation.External.Role.V == id
	})
}

func (c *checker) role(role *Role, in *spec.Role) {
	if name, ok := in.RoleName.Literal(); ok {
		if clause := aws.RoleName(name); clause != "" {
			c.report(diag.InvalidName, in.RoleName.Span()).
				Message("the role name %q %s", name, clause).
				Hint("rename the role")
		}
	}
	if in.Path.Set() {
		c.text(diag.InvalidName, in.Path, "the path", aws.Path(in.Path.V),
			"begin and end it with a slash")
	}
	c.described("AWS::IAM::Role", role.Description, in.Description.Span, "a role's")
	for _, v := range append([]spec.Value{in.PermissionsBoundary}, in.ManagedPolicyArns...) {
		if literal, ok := v.Literal(); ok {
			c.managedPolicyARN(literal, v.Span())
		}
	}
}

// managedPolicyARN checks the ARN of a policy that is attached to a role that is created.
func (c *checker) managedPolicyARN(literal string, at source.Span) {
	arn, err := aws.ParseARN(literal)
	kind, name := arn.ResourceType()
	switch {
	case err != nil:
		c.report(diag.InvalidARN, at).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the ARN of a managed policy")
	case arn.Service != "iam" || arn.Account == "" || kind != "policy" || name == "" ||
		isPattern(literal):
		c.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a managed policy", literal).
			Hint("write arn:%s:iam::<account>:policy/<name>, or aws in the place of the account",
				diag.Words(cmp.Or(c.Env.Partition, "aws")))
	default:
		c.samePartition(arn, at, "policy")
	}
}

// trusts checks who may assume the roles that are created.
func trusts(m *Model) diag.List {
	c := checker{Model: m}
	for _, p := range m.Principals {
		if p.Role == nil {
			continue
		}
		for i := range p.written.Role.AssumedBy {
			in := &p.written.Role.AssumedBy[i]
			c.trustedPrincipal(in)
			c.trustedByARN(&p.Role.Trusts[i], in)
			c.trustedTokens(in)
			c.trustedCertificates(in)
			c.conditionBlock(in.Condition)
			c.unmetConditions(in)
		}
	}
	return c.found
}

// trustedPrincipal checks a service, account or principal that may assume a role.
func (c *checker) trustedPrincipal(in *spec.Trust) {
	if literal, ok := in.Service.Literal(); ok {
		if aws.IsCognito(literal) {
			c.report(diag.UnusableTrust, in.Service.Span()).
				Message("%q assumes no role as a service: it hands its users tokens", literal).
				Hint("write cognito: { identityPoolId: … }")
		} else {
			c.service(spec.Text{V: literal, Span: in.Service.Span()},
				"write one such as lambda.amazonaws.com")
		}
	}
	if in.Account.Set() {
		c.textMeant(diag.InvalidName, in.Account, "the account id", aws.AccountID,
			"write the twelve digits", digitsOf)
	}
	if literal, ok := in.ARN.Literal(); ok {
		c.trustedARN(literal, in.ARN.Span())
	}
}

// trustedByARN tells of a trust that names a principal of the spec by its ARN: that says nothing of
// what the principal's own policy must allow, which a role of another account needs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (c *checker) trustedByARN(t *Trust, in *spec.Trust) {
	for _, p := range c.Principals {
		single := p.Kind == CreatedRole || p.Kind == ExistingRole || p.Kind == ExistingUser
		switch {
		case t.ARN == "" || !single:
		case t.ARN == p.ARN || t.ARN == c.LiteralARN(p):
			c.report(diag.TrustedByARN, in.ARN.Span()).
				Message("the trust names the principal %q by its ARN, and nothing is written of "+
					"what its own policy must allow", p.ID).
				Related(p.Span, "%q is defined here", p.ID).
				Hint("write role: %s, which writes both", p.ID)
			return
		}
	}
}

// assumingResources are what an ARN in a trust policy may name, by the service of the ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
var assumingResources = map[string][]string{
	"iam": {"role", "user"},
	"sts": {"assumed-role", "federated-user"},
}

// trustedARN checks the ARN of a principal that may assume a role.
func (c *checker) trustedARN(literal string, at source.Span) {
	arn, err := aws.ParseARN(literal)
	kinds := assumingResources[arn.Service]
	kind, name := arn.ResourceType()
	switch {
	case err != nil:
		c.report(diag.InvalidARN, at).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the ARN of a role, user or account")
	case kinds == nil:
		c.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a principal", literal).
			Hint("write the ARN of a role, user or account")
	case isPattern(literal):
		c.report(diag.InvalidARN, at).
			Message("a principal's ARN cannot have wildcards").
			Hint("trust the account, with a condition of ArnLike aws:PrincipalArn")
	case arn.Resource == "root" && arn.Service == "iam":
	case !slices.Contains(kinds, kind) || name == "":
		c.report(diag.InvalidARN, at).
			Message("%q names what cannot assume a role", literal).
			Hint("write the ARN of a role, user or account; a group is no principal")
	default:
		c.samePartition(arn, at, "principal")
	}
}

// samePartition refuses what no role of the stack's partition can trust.
func (c *checker) samePartition(arn aws.ARN, at source.Span, what string) {
	if env := c.Env; env.Partition != "" && env.Partition != arn.Partition {
		c.report(diag.OtherPartition, at).
			Message("this %s is in partition %q and the stack in %q", diag.Words(what),
				arn.Partition, env.Partition).
			Hint("nothing can be named across partitions: correct the ARN or environment")
	}
}

// trustedTokens checks whose tokens or assertions let somebody assume a role.
func (c *checker) trustedTokens(in *spec.Trust) {
	switch {
	case in.OIDC.Span.File != nil:
		c.oidc(in)
	case in.IRSA.Span.File != nil:
		c.irsa(in)
	case in.SAML.Span.File != nil:
		if literal, ok := in.SAML.ProviderARN.Literal(); ok {
			c.providerARN(literal, in.SAML.ProviderARN.Span(), "saml-provider")
		}
		c.samlAudience(in.SAML.Audience)
	case in.Cognito.Span.File != nil:
		c.identityPool(in.Cognito.IdentityPoolID)
	case in.PodIdentity.Set() && !in.PodIdentity.V:
		c.report(diag.InvalidValue, in.PodIdentity.Span).
			Message("podIdentity: false trusts nobody").
			Hint("write true, or remove it")
	}
}

// samlAudience refuses what the key SAML:aud never has: it is where an assertion is sent to (its
// Recipient), and not the assertion's Audience.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
func (c *checker) samlAudience(audience spec.Text) {
	if audience.Set() && !strings.HasPrefix(audience.V, "https://") {
		c.report(diag.UnusableTrust, audience.Span).
			Message("no assertion has %q as its recipient, which SAML:aud compares", audience).
			Hint("leave it out, or write where the assertion is sent to, such as " +
				"https://signin.aws.amazon.com/saml")
	}
}

// identityPool checks the id of an identity pool.
// https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_DescribeIdentityPool.html
func (c *checker) identityPool(id spec.Value) {
	literal, ok := id.Literal()
	if !ok {
		return
	}
	region, rest, found := strings.Cut(literal, ":")
	if !found || !aws.ValidRegion(region) || rest == "" || isPattern(rest) {
		c.report(diag.InvalidName, id.Span()).
			Message("%q is not the id of an identity pool", literal).
			Hint("write it as eu-west-1:128d0a74-c82f-4553-916d-90053e4a8b0f; an id with an " +
				"underscore is that of a user pool")
	}
}

// certificateName is how an attribute of a certificate is called in the tag of a session.
var certificateName = lazy.Regexp(`^[A-Za-z0-9.]+(/[A-Za-z0-9.]+)*$`)

// certificateNames checks the attributes that certificates are told by.
func (c *checker) certificateNames(all ...spec.Entries[spec.List[spec.Text]]) {
	for _, names := range all {
		for _, e := range names {
			if !certificateName.MatchString(e.ID.V) {
				c.report(diag.InvalidName, e.ID.Span).
					Message("%q is not the name of an attribute of a certificate", e.ID).
					Hint("write one such as CN, OU or O; of alternative names DNS, URI or Name/CN")
			}
		}
	}
}

// trustedCertificates checks whose certificates let somebody assume a role.
func (c *checker) trustedCertificates(in *spec.Trust) {
	c.certificateNames(in.RolesAnywhere.Subject, in.RolesAnywhere.Issuer, in.RolesAnywhere.SAN)
	literal, ok := in.RolesAnywhere.TrustAnchorARN.Literal()
	if !ok {
		return
	}
	at := in.RolesAnywhere.TrustAnchorARN.Span()
	arn, err := aws.ParseARN(literal)
	if kind, id := arn.ResourceType(); err != nil || arn.Service != "rolesanywhere" ||
		kind != "trust-anchor" || id == "" || isPattern(literal) {
		c.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a trust anchor", literal).
			Hint("write arn:aws:rolesanywhere:<region>:<account>:trust-anchor/<id>")
		return
	}
	c.samePartition(arn, at, "trust anchor")
}

// oidc refuses a trust that more than the meant tokens would pass. A subject of "*" alone is
// everybody that the provider knows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
func (c *checker) oidc(in *spec.Trust) {
	provider := in.OIDC.Provider
	if host := strings.TrimPrefix(provider.V, "https://"); provider.Set() &&
		(strings.HasPrefix(provider.V, "arn:") || !strings.Contains(host, ".") ||
			strings.ContainsAny(host, " :*")) {
		c.report(diag.InvalidName, provider.Span).
			Message("%q is not the address of an OpenID Connect provider", provider).
			Hint("write its host and path, such as token.actions.githubusercontent.com")
	}
	if strings.TrimPrefix(provider.V, "https://") == "sts.amazonaws.com" {
		c.report(diag.UnusableTrust, provider.Span).
			Message("%q is the audience of tokens, and not who makes them", provider).
			Hint("write the provider that makes the tokens")
	}
	for _, s := range in.OIDC.Subject {
		switch {
		case strings.Trim(s.V, "*?") == "":
			c.report(diag.OpenTrust, s.Span).
				Message("the subject %q lets every token of the provider assume the role", s).
				Hint("write the subject that the provider gives to the meant caller")
		case strings.TrimPrefix(provider.V, "https://") == gitHubActions && !namesOwner(s.V):
			c.report(diag.OpenTrust, s.Span).
				Message("the subject %q lets repositories of any owner assume the role", s).
				Hint("name the owner and the repository, as in " +
					"repo:acme/payments:ref:refs/heads/main")
		}
	}
}

// gitHubActions is one provider for all of GitHub's users: only the subject tells one's own
// workflows from those of others.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
const gitHubActions = "token.actions.githubusercontent.com"

// namesOwner says whether a subject of GitHub's states whose repository it is before its first
// wildcard. Subjects of another form than repo:owner/… are customized, and taken as they are.
func namesOwner(subject string) bool {
	literal, _, pattern := strings.Cut(strings.ReplaceAll(subject, "?", "*"), "*")
	owner, ofRepository := strings.CutPrefix(literal, "repo:")
	return !pattern || ofRepository && strings.Contains(owner, "/") ||
		!ofRepository && !strings.HasPrefix("repo:", literal)
}

func (c *checker) irsa(in *spec.Trust) {
	for _, t := range []spec.Text{in.IRSA.Namespace, in.IRSA.ServiceAccount} {
		if t.Set() && (t.V == "" || strings.ContainsAny(t.V, "*?:")) {
			c.report(diag.OpenTrust, t.Span).
				Message("an irsa trust lets in one Kubernetes service account, and %q names no "+
					"single one", t).
				Hint("name one namespace and one service account")
		}
	}
	provider := in.IRSA.OIDCProviderARN
	if !provider.Set() {
		return // rejected by the schema
	}
	if literal, ok := provider.Literal(); ok {
		c.providerARN(literal, provider.Span(), "oidc-provider")
		return
	}
	// Condition keys contain the provider's address, and a key of a JSON object cannot be an
	// intrinsic.
	c.report(diag.NeedsLiteral, provider.Span()).
		Message("the provider's ARN must be known when the template is written, because IAM's " +
			"condition keys contain its address").
		Hint("write the provider's ARN as a text")
}

func (c *checker) providerARN(literal string, at source.Span, kind string) {
	arn, err := aws.ParseARN(literal)
	if err != nil {
		c.report(diag.InvalidARN, at).
			Message("%q is not an ARN: %s", literal, err).
			Hint("write the provider's ARN")
		return
	}
	if got, rest := arn.ResourceType(); arn.Service != "iam" || got != kind || rest == "" ||
		strings.ContainsAny(literal, "*?") {
		c.report(diag.InvalidARN, at).
			Message("%q is not the ARN of a provider of this kind", literal).
			Hint("write arn:aws:iam::<account>:%s/…", kind)
		return
	}
	c.samePartition(arn, at, "provider")
}

// The condition keys that only some callers have when they assume a role. A service has no
// principal of IAM's, nobody but a service has a source, and tokens and assertions come with
// neither.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var (
	keysOfServices = []string{
		"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths",
	}
	keysOfPrincipals = []string{
		"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths",
		"aws:username", "aws:multifactorauthpresent", "aws:multifactorauthage",
	}
)

// unmetConditions refuses conditions that whoever is trusted never meets, because the key is not
// there when they assume the role.
func (c *checker) unmetConditions(in *spec.Trust) {
	absent := slices.Concat(keysOfServices, keysOfPrincipals, []string{"sts:externalid"})
	switch {
	case in.Role.Set():
		absent = nil // whom a set has in it may be either
	case in.Service.Set() || in.PodIdentity.Set() || in.RolesAnywhere.Span.File != nil:
		absent = keysOfPrincipals
	case in.Account.Set() || in.ARN.Set():
		absent = keysOfServices
	}
	for _, own := range conditionsOf(in.Condition) {
		if key := strings.ToLower(own.Key); !needsKey(own.Operator) {
			continue
		} else if slices.Contains(absent, key) {
			c.report(diag.UnusableTrust, own.Span).
				Message("nobody meets the condition %s %s: who is trusted here never has this "+
					"key when it assumes a role", own.Operator, own.Key).
				Hint("remove the condition, or ask for what whoever is trusted has")
		} else if property := passedBy(in, key); property != "" {
			c.report(diag.UnusableTrust, own.Span).
				Message("nobody meets the condition %s %s: the trust lets nobody pass what it "+
					"asks for", own.Operator, own.Key).
				Hint("add %s: true", diag.Words(property))
		}
	}
}

// passedBy returns the property that a trust lacks so that a condition on a key, which is in lower
// case, can be met: the key is there if something is passed, and the trust lets nobody pass it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
func passedBy(in *spec.Trust, key string) string {
	service, _ := in.Service.Literal()
	switch {
	case in.PodIdentity.V:
		service = "pods.eks.amazonaws.com"
	case in.RolesAnywhere.Span.File != nil:
		service = "rolesanywhere.amazonaws.com"
	}
	row := aws.TrustOf(service)
	ofTags := strings.HasPrefix(key, "aws:requesttag/") ||
		slices.Contains([]string{"aws:tagkeys", "sts:transitivetagkeys"}, key)
	switch {
	case ofTags && !in.SessionTags.V && !row.SessionTags:
		return "sessionTags"
	case key == "sts:sourceidentity" && !in.SourceIdentity.V && !row.SourceIdentity:
		return "sourceIdentity"
	}
	return ""
}

// needsKey says whether a condition with an operator is false where its key is not there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func needsKey(operator string) bool {
	operator = strings.ToLower(operator)
	return !strings.HasSuffix(operator, "ifexists") && !strings.Contains(operator, "not") &&
		operator != "null" && !strings.HasPrefix(operator, "forallvalues:")
}
