package model

import (
	"cmp"

	"github.com/secretctl/secretctl/internal/aws"
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
	{
		name:  "stack name",
		about: "The name and description of the stack are ones that CloudFormation takes.",
		codes: []*diag.Code{},
		run:   stackName,
	},
	{
		name:  "environment",
		about: "Partition, account and Region are ones that there are, and agree.",
		codes: []*diag.Code{},
		run:   environment,
	},
	{
		name:  "tags",
		about: "Keys and values of tags, and their number, are what AWS takes.",
		codes: []*diag.Code{},
		run:   tags,
	},
	{
		name:  "ids",
		about: "Ids and logical IDs are written as the language and CloudFormation want them.",
		codes: []*diag.Code{},
		run:   ids,
	},
	{
		name:  "logical ids",
		about: "No two ids give the same logical ID.",
		codes: []*diag.Code{},
		run:   logicalIDs,
	},
	{
		name:  "existing principals",
		about: "Roles, users and groups that exist are named by what policies can be attached by.",
		codes: []*diag.Code{},
		run:   existingPrincipals,
	},
	{
		name:  "role patterns",
		about: "A rolePattern is the pattern of roles of one account.",
		codes: []*diag.Code{},
		run:   rolePatterns,
	},
	{
		name:  "services, accounts and organizations",
		about: "Services, accounts and organizations are written as AWS writes them, and not the own account.",
		codes: []*diag.Code{},
		run:   otherPrincipals,
	},
	{
		name:  "policies without identity",
		about: "Only roles, users and groups say how policies are attached.",
		codes: []*diag.Code{},
		run:   withoutIdentity,
	},
	{
		name:  "roles",
		about: "A role to create has what IAM takes, and somebody may assume it.",
		codes: []*diag.Code{},
		run:   roles,
	},
	{
		name:  "trusts",
		about: "Who may assume a role is named, and as narrowly as meant.",
		codes: []*diag.Code{},
		run:   trusts,
	},
	{
		name:  "deployer",
		about: "The deployer is somebody that CloudFormation can act as.",
		codes: []*diag.Code{},
		run:   deployer,
	},
	{
		name:  "created keys",
		about: "A key to create has what KMS takes, an alias of its own, and somebody who can change its policy.",
		codes: []*diag.Code{},
		run:   createdKeys,
	},
	{
		name:  "key admins",
		about: "A key is administered by principals of its account whom its policy can name.",
		codes: []*diag.Code{},
		run:   keyAdmins,
	},
	{
		name:  "imported keys",
		about: "A key that exists is named by its ARN or alias, and nothing of it is changed.",
		codes: []*diag.Code{},
		run:   importedKeys,
	},
	{
		name:  "key statements",
		about: "Statements of key policies in IAM's words are ones that IAM takes.",
		codes: []*diag.Code{},
		run:   keyStatements,
	},
	{
		name:  "created secrets",
		about: "A secret to create has what Secrets Manager takes.",
		codes: []*diag.Code{},
		run:   createdSecrets,
	},
	{
		name:  "imported secrets",
		about: "A secret that exists is named by its ARN or name, and nothing of it is changed.",
		codes: []*diag.Code{},
		run:   importedSecrets,
	},
	{
		name:  "same names",
		about: "No two secrets have the same name.",
		codes: []*diag.Code{},
		run:   sameNames,
	},
	{
		name:  "replicas",
		about: "Replicas are in other Regions of the partition, each with a key of its Region.",
		codes: []*diag.Code{},
		run:   replicas,
	},
	{
		name:  "keys of secrets",
		about: "A secret and its key are in the same Region.",
		codes: []*diag.Code{},
		run:   secretKeys,
	},
	{
		name:  "attachments",
		about: "A secret is attached to what it can be, and its value can take a connection's fields.",
		codes: []*diag.Code{},
		run:   attachments,
	},
	{
		name:  "resource policies",
		about: "Only the spec that owns a resource policy states it.",
		codes: []*diag.Code{},
		run:   resourcePolicies,
	},
	{
		name:  "guardrails",
		about: "Guardrails name what AWS has, and do not lock out whoever deploys.",
		codes: []*diag.Code{},
		run:   guardrails,
	},
	{
		name:  "exemptions",
		about: "Whom guardrails let through can be named in a policy.",
		codes: []*diag.Code{},
		run:   exemptions,
	},
	{
		name:  "secret statements",
		about: "Statements of resource policies in IAM's words are ones that IAM takes.",
		codes: []*diag.Code{},
		run:   secretStatements,
	},
	{
		name:  "secret values",
		about: "No value of a secret stands in the template in the clear.",
		codes: []*diag.Code{},
		run:   secretValues,
	},
	{
		name:  "generators",
		about: "Passwords can be generated as asked.",
		codes: []*diag.Code{},
		run:   generators,
	},
	{
		name:  "schedules",
		about: "Rotation schedules follow Secrets Manager's rules.",
		codes: []*diag.Code{},
		run:   schedules,
	},
	{
		name:  "managed rotations",
		about: "A service rotates the secrets that it owns.",
		codes: []*diag.Code{},
		run:   managedRotations,
	},
	{
		name:  "superusers",
		about: "The secret that a rotation reads besides is another one, is there, and is known.",
		codes: []*diag.Code{},
		run:   superusers,
	},
	{
		name:  "guardrails and rotations",
		about: "Guardrails let the rotation of their secret through.",
		codes: []*diag.Code{},
		run:   rotationGuardrails,
	},
	{
		name:  "roles of rotations",
		about: "Who rotates is a role that can do so.",
		codes: []*diag.Code{},
		run:   rotationRoles,
	},
	{
		name:  "one schedule",
		about: "A secret has one rotation.",
		codes: []*diag.Code{},
		run:   oneSchedule,
	},
	{
		name:  "functions of rotations",
		about: "A function that rotates is named by its ARN and can reach what it needs.",
		codes: []*diag.Code{},
		run:   rotationFunctions,
	},
	{
		name:  "hosted rotations",
		about: "AWS's hosted functions have what they need of the secret.",
		codes: []*diag.Code{},
		run:   hostedRotations,
	},
	{
		name:  "application rotations",
		about: "AWS's serverless applications have what they need of the secret and the network.",
		codes: []*diag.Code{},
		run:   applicationRotations,
	},
	{
		name:  "external rotations",
		about: "Rotations by partners have what is documented of their type.",
		codes: []*diag.Code{},
		run:   externalRotations,
	},
	{
		name:  "shards",
		about: "Shards that are stated exist, and secrets in shards have names.",
		codes: []*diag.Code{},
		run:   shards,
	},
	{
		name:  "terms of grants",
		about: "Stages, Regions and ends of grants are ones that there can be.",
		codes: []*diag.Code{},
		run:   grantTerms,
	},
	{
		name:  "conditions of grants",
		about: "Conditions of grants can be met, and are stated once.",
		codes: []*diag.Code{},
		run:   grantConditions,
	},
	{
		name:  "grants to services",
		about: "Grants to services ask for nothing that a service does not have.",
		codes: []*diag.Code{},
		run:   grantsToServices,
	},
	{
		name:  "defeated grants",
		about: "No guardrail makes a grant ineffective.",
		codes: []*diag.Code{},
		run:   defeatedGrants,
	},
	{
		name:  "Regions of grants",
		about: "Grants are held to Regions where the secret is.",
		codes: []*diag.Code{},
		run:   grantRegions,
	},
	{
		name:  "assertions",
		about: "Assertions say whom they are about, and give parameters values that they take.",
		codes: []*diag.Code{},
		run:   assertions,
	},
	{
		name:  "exports",
		about: "What is exported is the spec's own, under names that differ.",
		codes: []*diag.Code{},
		run:   exports,
	},
	{
		name:  "sections",
		about: "Sections in CloudFormation's words have what every entry needs.",
		codes: []*diag.Code{},
		run:   templateSections,
	},
	{
		name:  "credentials in sections",
		about: "Sections in CloudFormation's words have no credentials in the clear.",
		codes: []*diag.Code{},
		run:   sectionCredentials,
	},
	{
		name:  "credentials in descriptions",
		about: "Descriptions and tags have no credentials in them.",
		codes: []*diag.Code{},
		run:   describedCredentials,
	},
}

// checker collects what one check finds.
type checker struct {
	*Model
	found         diag.List
	functionTexts spec.Sections // from which functions take texts, once they are asked for
}

// report begins a diagnostic, to be completed at once.
func (c *checker) report(code *diag.Code, at source.Span) *diag.Diagnostic {
	return c.found.Report(code, at)
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

// region checks the text of a Region.
func (c *checker) region(t spec.Text) {
	if !aws.ValidRegion(t.V) {
		hint := diag.DidYouMean(t.V, aws.KnownRegions())
		c.report(diag.InvalidName, t.Span).
			Message("%q is not the name of a Region", t).
			Hint("%s", cmp.Or(hint, "write a Region such as eu-west-1"))
	}
}

// owner sees to it that whose an ARN is can be told, and that policies can speak of it. what begins
// the words for things of another account.
func (c *checker) owner(arn aws.ARN, at source.Span, kind, what string) {
	switch env := c.Env; {
	case env.Account == "":
		c.report(diag.NeedsEnvironment, at).
			Message("this %s belongs to account %s, and whether that is the stack's own is not stated", kind, arn.Account).
			Hint("add environment.account")
	case env.Partition != "" && env.Partition != arn.Partition:
		c.report(diag.OtherPartition, at).
			Message("this %s is in partition %q and the stack in %q", kind, arn.Partition, env.Partition).
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
		Message("policies for %s must name the stack's account and Region, and the spec does not state them", who).
		Hint("add %s", missing)
}

// needsARN reports a principal whose ARN must be written somewhere and is not known.
func (c *checker) needsARN(p *Principal, at source.Span, why string) {
	if p.ARN == "" {
		c.report(diag.NeedsARN, at).
			Message("%s, and the ARN of %q is not known from its name", why, p.ID).
			Hint("write the ARN of %s, path included, instead of its name", p.ID).
			Related(p.Span, "%q is defined here", p.ID)
	}
}

// needsDeployer reports what would lock out whoever deploys.
func (c *checker) needsDeployer(at source.Span, what string) {
	c.report(diag.NeedsDeployer, at).
		Message("%s would lock out whoever deploys, because the spec has no deployer", what).
		Hint("add deployer: and the role, user or rolePattern that CloudFormation acts as")
}
