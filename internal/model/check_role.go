package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
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
	if n := len(role.Description); n > aws.MaxIAMDescription {
		c.report(diag.TooLong, in.Description.Span).
			Message("the description has %d characters, and a role's may have "+
				"%d", n, aws.MaxIAMDescription).
			Hint("shorten it")
	}
	for _, v := range append([]spec.Value{in.PermissionsBoundary}, in.ManagedPolicyArns...) {
		if literal, ok := v.Literal(); ok {
			if _, err := aws.ParseARN(literal); err != nil {
				c.report(diag.InvalidARN, v.Span()).
					Message("%q is not an ARN: %s", literal, err).
					Hint("write the ARN of a managed policy")
			}
		}
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
			c.trustedTokens(in)
			c.conditionBlock(in.Condition)
		}
	}
	return c.found
}

// trustedPrincipal checks a service, account or principal that may assume a role.
func (c *checker) trustedPrincipal(in *spec.Trust) {
	if literal, ok := in.Service.Literal(); ok {
		c.service(spec.Text{V: literal, Span: in.Service.Span()},
			"write one such as lambda.amazonaws.com")
	}
	if in.Account.Set() {
		c.textMeant(diag.InvalidName, in.Account, "the account id", aws.AccountID,
			"write the twelve digits", digitsOf(in.Account.V))
	}
	literal, ok := in.ARN.Literal()
	if !ok {
		return
	}
	if arn, err := aws.ParseARN(literal); err != nil ||
		arn.Service != "iam" && arn.Service != "sts" {
		c.report(diag.InvalidARN, in.ARN.Span()).
			Message("%q is not the ARN of a principal", literal).
			Hint("write the ARN of a role, user or account")
	} else if isPattern(literal) {
		c.report(diag.InvalidARN, in.ARN.Span()).
			Message("a principal's ARN cannot have wildcards").
			Hint("trust the account, with a condition of ArnLike aws:PrincipalArn")
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
	case in.PodIdentity.Set() && !in.PodIdentity.V:
		c.report(diag.InvalidValue, in.PodIdentity.Span).
			Message("podIdentity: false trusts nobody").
			Hint("write true, or remove it")
	}
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
	}
}
