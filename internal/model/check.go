package model

import (
	"cmp"
	"iter"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// check is one rule that a resolved spec must keep. It judges and changes nothing.
type check struct {
	name  string
	about string       // what it refuses, in one sentence
	codes []*diag.Code // that it may report, sorted
	run   func(*Model) diag.List
}

// checks are all of them. Their order means nothing: diagnostics are sorted by place.
// Adding a check is a row here, its function, and a row of its test.
var checks = []check{
	{"stack name", "The name and description of the stack are ones that CloudFormation takes.",
		[]*diag.Code{diag.InvalidName, diag.TooLong}, stackName},
	{"environment", "Partition, account and Region are ones that there are, and agree.",
		[]*diag.Code{diag.InvalidValue, diag.InvalidName, diag.UnlistedName}, environment},
	{"tags", "Keys and values of tags, and their number, are what AWS takes.",
		[]*diag.Code{diag.InvalidName, diag.TooMany}, tags},
	{"ids", "Ids and logical IDs are written as the language and CloudFormation want them.",
		[]*diag.Code{diag.InvalidID, diag.InvalidName}, ids},
	{"logical ids", "No two ids give the same logical ID.",
		[]*diag.Code{diag.LogicalIDCollision}, logicalIDs},
	{
		"existing principals",
		"Roles, users and groups that exist are named by what policies can be attached by.",
		[]*diag.Code{
			diag.InvalidValue, diag.InvalidName, diag.InvalidARN, diag.NeedsEnvironment,
			diag.OtherPartition, diag.ReservedRole,
		}, existingPrincipals,
	},
	{"role patterns", "A rolePattern is the pattern of roles of one account.",
		[]*diag.Code{diag.InvalidARN, diag.NeedsEnvironment, diag.OtherPartition}, rolePatterns},
	{
		"services, accounts and organizations",
		"Services, accounts and organizations are written as AWS does, and not the own account.",
		[]*diag.Code{
			diag.InvalidName, diag.NeedsEnvironment, diag.UnlistedName, diag.OwnAccount,
		}, otherPrincipals,
	},
	{"policies without identity", "Only roles, users and groups say how policies are attached.",
		[]*diag.Code{diag.PropertyWithoutEffect}, withoutIdentity},
	{"roles", "A role to create has what IAM takes, and somebody may assume it.",
		[]*diag.Code{diag.MissingProperty, diag.InvalidName, diag.InvalidARN, diag.TooLong}, roles},
	{"trusts", "Who may assume a role is named, and as narrowly as meant.",
		[]*diag.Code{
			diag.InvalidValue, diag.InvalidName, diag.InvalidARN, diag.OtherPartition,
			diag.UnlistedName, diag.OpenTrust, diag.NeedsLiteral, diag.InvalidStatement,
			diag.UnusableTrust,
		}, trusts},
	{"deployer", "The deployer is somebody that CloudFormation can act as.",
		[]*diag.Code{diag.NeedsARN, diag.InvalidDeployer}, deployer},
	{
		"created keys",
		"A key to create has what KMS takes, its own alias, and who can change its policy.",
		[]*diag.Code{
			diag.InvalidName, diag.TooLong, diag.PropertyWithoutEffect, diag.NeedsDeployer,
		}, createdKeys,
	},
	{"key admins", "A key is administered by principals of its account whom its policy can name.",
		[]*diag.Code{diag.NeedsARN, diag.InvalidAdmin, diag.GroupInPolicy}, keyAdmins},
	{
		"imported keys",
		"A key that exists is named by its ARN or alias, and nothing of it is changed.",
		[]*diag.Code{
			diag.InvalidName, diag.InvalidARN, diag.NeedsEnvironment, diag.OtherPartition,
			diag.UnlistedName, diag.ImportTakesNo, diag.PinNeedsARN,
		}, importedKeys,
	},
	{"uses of keys", "Keys that are created serve what the spec encrypts with them.",
		[]*diag.Code{diag.KeyUsedElsewhere, diag.ServiceMayNeedGrants}, keyUses},
	{"key statements", "Statements of key policies in IAM's words are ones that IAM takes.",
		[]*diag.Code{diag.InvalidStatement}, keyStatements},
	{"created secrets", "A secret to create has what Secrets Manager takes.",
		[]*diag.Code{
			diag.InvalidName, diag.TooLong, diag.NameLikeARN, diag.LongName, diag.UnknownType,
			diag.PropertyWithoutEffect, diag.NameHasPrefix,
		}, createdSecrets},
	{
		"imported secrets",
		"A secret that exists is named by its ARN or name, and nothing of it is changed.",
		[]*diag.Code{
			diag.InvalidName, diag.InvalidARN, diag.NeedsEnvironment, diag.OtherPartition,
			diag.UnlistedName, diag.ImportTakesNo, diag.NameLikeARN, diag.LongName,
		}, importedSecrets,
	},
	{"replicas", "Replicas are in other Regions of the partition, each with a key of its Region.",
		[]*diag.Code{
			diag.DuplicateName, diag.InvalidName, diag.NeedsEnvironment, diag.OtherPartition,
			diag.UnlistedName, diag.ReplicaAtHome, diag.KeyInOtherRegion,
		}, replicas},
	{"keys of secrets", "A secret and its key are in the same Region.",
		[]*diag.Code{diag.KeyInOtherRegion}, secretKeys},
	{
		"attachments",
		"A secret is attached to what it can be, and its value can take a connection's fields.",
		[]*diag.Code{
			diag.InvalidValue, diag.UndocumentedTarget, diag.AttachmentNeedsJSON,
		}, attachments,
	},
	{"resource policies", "Only the spec that owns a resource policy states it.",
		[]*diag.Code{diag.PolicyNotManaged}, resourcePolicies},
	{"guardrails", "Guardrails name what AWS has, and do not lock out whoever deploys.",
		[]*diag.Code{diag.InvalidName, diag.NeedsDeployer}, guardrails},
	{"exemptions", "Whom guardrails let through can be named in a policy.",
		[]*diag.Code{diag.PropertyWithoutEffect, diag.NeedsARN, diag.GroupInPolicy}, exemptions},
	{"secret statements", "Statements of resource policies in IAM's words are ones that IAM takes.",
		[]*diag.Code{diag.InvalidStatement}, secretStatements},
	{"secret values", "No value of a secret stands in the template in the clear.",
		[]*diag.Code{
			diag.InvalidValue, diag.TooLong, diag.UnlistedName, diag.LiteralSecret,
			diag.UnsafePlaintext, diag.SecureStringRefused, diag.ParameterInTheClear,
			diag.UnescapedParameter,
			diag.PropertyWithoutEffect,
		}, secretValues},
	{"generators", "Passwords can be generated as asked.",
		[]*diag.Code{
			diag.InvalidValue, diag.TooLong, diag.LiteralSecret, diag.SecureStringRefused,
			diag.ParameterInTheClear, diag.UnescapedParameter, diag.ImpossibleGenerator,
			diag.TemplateNeedsKey, diag.KeyInTemplate, diag.TemplateNotJSON,
		}, generators},
	{"schedules", "Rotation schedules follow Secrets Manager's rules.",
		[]*diag.Code{
			diag.NotExactlyOne, diag.RareRotation, diag.InvalidSchedule, diag.RotatesAtOnce,
			diag.RotationMismatch,
		}, schedules},
	{"managed rotations", "A service rotates the secrets that it owns.",
		[]*diag.Code{diag.InvalidValue, diag.RotationMismatch}, managedRotations},
	{
		"superusers",
		"The secret that a rotation reads besides is another one, is there, and is known.",
		[]*diag.Code{diag.RotationMismatch, diag.NeedsARN}, superusers,
	},
	{"guardrails and rotations", "Guardrails let the rotation of their secret through.",
		[]*diag.Code{diag.GuardrailDefeatsRotation, diag.NeedsARN}, rotationGuardrails},
	{"roles of rotations", "Who rotates is a role that can do so.",
		[]*diag.Code{diag.RotationMismatch, diag.NeedsARN}, rotationRoles},
	{
		"functions of rotations",
		"A function that rotates is named by its ARN and can reach what it needs.",
		[]*diag.Code{
			diag.InvalidARN, diag.NeedsEnvironment, diag.OtherPartition, diag.RotationMismatch,
			diag.NoWayToSecretsManager,
		}, rotationFunctions,
	},
	{"hosted rotations", "AWS's hosted functions have what they need of the secret.",
		[]*diag.Code{
			diag.MissingProperty, diag.InvalidValue, diag.InvalidName, diag.ImpossibleGenerator,
			diag.PropertyWithoutEffect, diag.RotationMismatch, diag.RotationNeedsJSON,
			diag.BreaksConnectionStrings, diag.RotatedOtherwise, diag.NeedsARN,
		}, hostedRotations},
	{
		"application rotations",
		"AWS's serverless applications have what they need of the secret and the network.",
		[]*diag.Code{
			diag.MissingProperty, diag.InvalidValue, diag.InvalidName, diag.ImpossibleGenerator,
			diag.PropertyWithoutEffect, diag.RotationMismatch, diag.RotationNeedsJSON,
			diag.BreaksConnectionStrings, diag.RotatedOtherwise, diag.NeedsARN,
		}, applicationRotations,
	},
	{"external rotations", "Rotations by partners have what is documented of their type.",
		[]*diag.Code{
			diag.MissingProperty, diag.InvalidValue, diag.PropertyWithoutEffect,
			diag.RotationMismatch, diag.UnknownMetadata,
		}, externalRotations},
	{"shards", "Shards that are stated exist, and secrets in shards have names.",
		[]*diag.Code{diag.InvalidValue, diag.PropertyWithoutEffect, diag.NeedsName}, shards},
	{"terms of grants", "Stages, Regions and ends of grants are ones that there can be.",
		[]*diag.Code{
			diag.InvalidValue, diag.InvalidName, diag.NeedsEnvironment, diag.UnlistedName,
			diag.StagesWithoutRead, diag.GrantWithoutEffect, diag.InvalidStatement,
		}, grantTerms},
	{"conditions of grants", "Conditions of grants can be met, and are stated once.",
		[]*diag.Code{
			diag.InvalidName, diag.PropertyWithoutEffect, diag.PrivateSourceIP,
			diag.InvalidStatement, diag.EndpointAndAddress,
		}, grantConditions},
	{"grants to services", "Grants to services ask for nothing that a service does not have.",
		[]*diag.Code{diag.GrantWithoutEffect}, grantsToServices},
	{"defeated grants", "No guardrail makes a grant ineffective.",
		[]*diag.Code{diag.GuardrailDefeatsGrant}, defeatedGrants},
	{"Regions of grants", "Grants are held to Regions where the secret is.",
		[]*diag.Code{diag.GrantWithoutEffect}, grantRegions},
	{"assertions", "Assertions say whom they are about, and give parameters values that they take.",
		[]*diag.Code{
			diag.MissingProperty, diag.InvalidValue, diag.PropertyWithoutEffect,
		}, assertions},
	{"exports", "What is exported is the spec's own.",
		[]*diag.Code{diag.ImportTakesNo}, exports},
	{"sections", "Sections in CloudFormation's words have what every entry needs.",
		[]*diag.Code{
			diag.UnknownProperty, diag.MissingProperty, diag.WrongType, diag.InvalidName,
			diag.LiteralSecret,
		}, templateSections},
	{
		"credentials in sections",
		"Sections in CloudFormation's words have no credentials in the clear.",
		[]*diag.Code{diag.LiteralSecret, diag.ParameterInTheClear}, sectionCredentials,
	},
	{"credentials in descriptions", "Descriptions and tags have no credentials in them.",
		[]*diag.Code{diag.LiteralSecret, diag.ParameterInTheClear}, describedCredentials},
}

// checker collects what one check finds.
type checker struct {
	*Model
	found         diag.List
	secret        *Secret              // that is being checked, if one is
	terms         *terms               // likewise of grants
	functionTexts credentials.Sections // from which functions take texts, once they are asked for
}

// report begins a diagnostic about what is being checked, to be completed at once.
func (c *checker) report(code *diag.Code, at source.Span) *diag.Diagnostic {
	d := c.found.Report(code, at)
	if c.secret != nil {
		d.About(c.secret.ID)
	}
	if c.terms != nil {
		for _, s := range c.terms.secrets {
			d.About(s.ID)
		}
	}
	return d
}

// eachSecret yields the secrets as they are written, each while it is checked.
func (c *checker) eachSecret() iter.Seq[*Secret] {
	return func(yield func(*Secret) bool) {
		defer func() { c.secret = nil }()
		for _, c.secret = range c.secretsWritten {
			if !yield(c.secret) {
				return
			}
		}
	}
}

// eachTerms yields the terms of grants, each while they are checked.
func (c *checker) eachTerms() iter.Seq[*terms] {
	return func(yield func(*terms) bool) {
		defer func() { c.terms = nil }()
		for _, c.terms = range c.Model.terms {
			if !yield(c.terms) {
				return
			}
		}
	}
}

// text reports a clause about a text, if there is one.
func (c *checker) text(code *diag.Code, t spec.Text, what, clause, hint string) bool {
	if clause == "" {
		return true
	}
	c.report(code, t.Span).
		Message("%s %q %s", diag.Words(what), t, diag.Words(clause)).
		Hint("%s", diag.Words(hint))
	return false
}

// described checks a description against AWS's table of limits. whose is who may have so many
// characters.
func (c *checker) described(of, text string, at source.Span, whose string) {
	l := aws.LimitOf(of, "Description")
	size, clause := l.Size(text), l.Problem(text)
	switch {
	case l.IsOver(size):
		c.report(diag.TooLong, at).
			Message("the description has %d characters, and %s may have %d", size,
				diag.Words(whose), l.Most).
			Hint("shorten it")
	case clause != "":
		c.report(diag.InvalidName, at).
			Message("the description %s", diag.Words(clause)).
			Hint("write it in these characters")
	}
}

// region checks the text of a Region.
func (c *checker) region(t spec.Text) {
	if !aws.ValidRegion(t.V) {
		hint := diag.DidYouMean(t.V, aws.KnownRegions())
		c.report(diag.InvalidName, t.Span).
			Message("%q is not the name of a Region", t).
			Hint("%s", cmp.Or(hint, "write a Region such as eu-west-1"))
		return
	}
	c.listed(t, "Region", aws.KnownRegions(), diag.Nearest(t.V, aws.KnownRegions()))
}

// owner sees to it that whose an ARN is can be told, and that policies can speak of it. what begins
// the words for things of another account.
func (c *checker) owner(arn aws.ARN, at source.Span, kind, what string) {
	switch env := c.Env; {
	case env.Account == "":
		c.report(diag.NeedsEnvironment, at).
			Message("this %s belongs to account %s, and whether that is the stack's own is not "+
				"stated", kind, arn.Account).
			Hint("add environment.account")
	case env.Partition != "" && env.Partition != arn.Partition:
		c.report(diag.OtherPartition, at).
			Message("this %s is in partition %q and the stack in "+
				"%q", kind, arn.Partition, env.Partition).
			Hint("nothing can be granted across partitions: correct the ARN or environment")
	case env.Account != arn.Account && arn.Account != "":
		c.elsewhere(at, what+arn.Account)
	}
}

// elsewhere sees to it that the spec states what policies about other accounts must say: the own
// account and the Region.
func (c *checker) elsewhere(at source.Span, who string) {
	missing := ""
	switch env := c.Env; {
	case env.Account == "" && env.Region == "":
		missing = "environment.account and environment.region"
	case env.Account == "":
		missing = "environment.account"
	case env.Region == "":
		missing = "environment.region"
	default:
		return
	}
	c.report(diag.NeedsEnvironment, at).
		Message("policies for %s must name the stack's account and Region, and the spec does not "+
			"state them", who).
		Hint("add %s", missing)
}

// needsARN reports a principal whose ARN must be written somewhere and is not known.
func (c *checker) needsARN(p *Principal, at source.Span, why string) {
	literal, ok := existingLiteral(p)
	if kind, exists := iamKinds[p.Kind]; exists && ok && kind.validName(literal) != "" {
		return // what is wrong with it is said
	}
	if p.ARN == "" {
		c.report(diag.NeedsARN, at).
			Message("%s, and the ARN of %q is not known from its name", why, p.ID).
			Hint("write the ARN of %s, path included, instead of its name", p.ID).
			Related(p.Span, "%q is defined here", p.ID)
	}
}

// needsDeployer reports what would lock out whoever deploys.
func (c *checker) needsDeployer(at source.Span, what string) {
	if c.written.Deployer.Set() {
		return // and what is wrong with it has been said
	}
	c.report(diag.NeedsDeployer, at).
		Message("%s would lock out whoever deploys, because the spec has no deployer", what).
		Hint("add deployer: and the role, user or rolePattern that CloudFormation acts as")
}
