package spec

import (
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Spec is one spec as it was written: names are still names, nothing is resolved and no default is
// applied. Every type below has exactly the properties that the JSON Schema has; a test holds the
// two against each other.
type Spec struct {
	Version     Number      `spec:"version"`
	Stack       Text        `spec:"stack"`
	Description Text        `spec:"description"`
	Environment Environment `spec:"environment"`
	// of all; of those in a spec that is decoded for one, that one alone
	Environments Entries[NamedEnvironment] `spec:"environments,filled=leave it out"`
	Shards       Number                    `spec:"shards,range=1-1000"`
	Deployer     Text                      `spec:"deployer"`
	Tags         Entries[Value]            `spec:"tags"`
	Defaults     Defaults                  `spec:"defaults"`

	Keys       Entries[Key]       `spec:"keys"`
	Principals Entries[Principal] `spec:"principals"`
	Secrets    Entries[Secret]    `spec:"secrets"`
	Grants     List[Grant]        `spec:"grants"`
	Assert     List[Assert]       `spec:"assert"`
	Silence    List[Silence]      `spec:"silence"`
	Accept     List[Accept]       `spec:"accept"`

	Export    List[Text] `spec:"export"`
	ExportAll Flag       `spec:"exportAll"`

	// CloudFormation verbatim, merged into the home stack's template.
	Parameters Entries[Raw]      `spec:"parameters"`
	Mappings   Entries[Raw]      `spec:"mappings"`
	Conditions Entries[Raw]      `spec:"conditions"`
	Resources  Entries[Raw]      `spec:"resources"`
	Outputs    Entries[Raw]      `spec:"outputs"`
	Metadata   Entries[Anything] `spec:"metadata"`

	In     string              // the environment that it is decoded for; empty: it has none
	Absent map[string][]Absent // the entries that do not exist in it, by section

	Span   source.Span  // of the whole document, of the first file
	roots  []*yaml.Node // of all files
	hidden []*yaml.Node // of this file: what mask cannot tell by its place alone
	unread []string     // properties that may be written and could not be read, see Unread
	within []unread     // likewise below an entry of a section, see UnreadWithin
}

// Environment says where the home stack is deployed.
type Environment struct {
	Partition Text `spec:"partition"`
	Account   Text `spec:"account"`
	Region    Text `spec:"region"`
	Span      source.Span
}

// Defaults apply to every secret that does not say otherwise.
type Defaults struct {
	NamePrefix     Text           `spec:"namePrefix"`
	Key            Text           `spec:"key"`
	Replicas       List[Replica]  `spec:"replicas"`
	Rotation       Schedule       `spec:"rotation"`
	DeletionPolicy Text           `spec:"deletionPolicy,enum=deletionPolicy"`
	Tags           Entries[Value] `spec:"tags"`
	Span           source.Span
}

// Schedule says when secrets are rotated that do not say so themselves.
type Schedule struct {
	AutomaticallyAfterDays    Number `spec:"automaticallyAfterDays,range=1-1000"`
	ScheduleExpression        Text   `spec:"scheduleExpression"`
	Duration                  Text   `spec:"duration"`
	RotateImmediatelyOnUpdate Flag   `spec:"rotateImmediatelyOnUpdate"`
	Span                      source.Span
}

// Key is an entry of keys: a key to create, or an import.
type Key struct {
	Description          Text           `spec:"description"`
	Alias                Text           `spec:"alias"`
	EnableKeyRotation    Flag           `spec:"enableKeyRotation"`
	RotationPeriodInDays Number         `spec:"rotationPeriodInDays,range=90-2560"`
	PendingWindowInDays  Number         `spec:"pendingWindowInDays,range=7-30"`
	PinSecrets           Flag           `spec:"pinSecrets"`
	DeletionPolicy       Text           `spec:"deletionPolicy,enum=deletionPolicy"`
	IAMDelegation        Flag           `spec:"iamDelegation"`
	Admins               List[Text]     `spec:"admins,filled"`
	ServiceGrants        List[Text]     `spec:"serviceGrants,enum=serviceGrants,filled"`
	Policy               KeyPolicy      `spec:"policy"`
	Tags                 Entries[Value] `spec:"tags"`
	LogicalID            Text           `spec:"logicalId"`
	Import               KeyImport      `spec:"import"`
	Environments         List[Text]     `spec:"environments,filled"`
	Span                 source.Span
}

// KeyPolicy holds the statements of a key's policy that are the user's own.
type KeyPolicy struct {
	Statements List[Raw] `spec:"statements"`
	Span       source.Span
}

// KeyImport says which existing key is meant.
type KeyImport struct {
	ARN   Value `spec:"arn,oneof=import"`
	Alias Text  `spec:"alias,oneof=import"`
	Span  source.Span
}

// Grant is one entry of grants.
type Grant struct {
	To            List[Text] `spec:"to,required,filled=remove the grant"`
	Allow         List[Text] `spec:"allow,required,enum=verb,filled=remove the grant"`
	Secrets       List[Text] `spec:"secrets,required,filled=remove the grant"`
	VersionStages List[Text] `spec:"versionStages,filled"`
	Regions       List[Text] `spec:"regions,filled"`
	When          *When      `spec:"when,filled"`
	Until         *Text      `spec:"until"`
	Reason        *Text      `spec:"reason"`
	Environments  List[Text] `spec:"environments,filled"`
	Span          source.Span
}

// Grantee is who a secret's own grants give a verb to: a principal's id, or the id with the terms
// of a Grant.
type Grantee struct {
	To            List[Text] `spec:"to,required,filled=remove the grant"`
	VersionStages List[Text] `spec:"versionStages,filled"`
	Regions       List[Text] `spec:"regions,filled"`
	When          *When      `spec:"when,filled"`
	Until         *Text      `spec:"until"`
	Reason        *Text      `spec:"reason"`
	Span          source.Span
}

// When holds the conditions of a grant. All must be met.
type When struct {
	SourceVPCE    List[Text]          `spec:"sourceVpce,filled"`
	SourceIP      List[Text]          `spec:"sourceIp,filled"`
	MFA           Flag                `spec:"mfa"`
	PrincipalTags Entries[List[Text]] `spec:"principalTags,filled"`
	Condition     Raw                 `spec:"condition,filled"`
	Span          source.Span
}

// Assert is something the spec's author claims of the compiled policies.
type Assert struct {
	Principal      List[Text]    `spec:"principal,filled=remove the assertion"`
	Can            List[Text]    `spec:"can,oneof=claim,enum=verb,filled=remove the assertion"`
	Cannot         List[Text]    `spec:"cannot,oneof=claim,enum=verb,filled=remove the assertion"`
	Secrets        List[Text]    `spec:"secrets,required,filled=remove the assertion"`
	OnlyReadableBy List[Text]    `spec:"onlyReadableBy,oneof=claim,filled=remove the assertion"`
	Given          Entries[Text] `spec:"given,filled"`
	Environments   List[Text]    `spec:"environments,filled"`
	Span           source.Span
}

// Silence hides a warning or a note, for a reason.
type Silence struct {
	Code    Text       `spec:"code,required"`
	Secrets List[Text] `spec:"secrets,filled"`
	Reason  Text       `spec:"reason,required"`
	Span    source.Span
}

// Accept is what deploying the spec over what is there may do, for a reason: it is for the change
// that brings it, and no part of what the spec compiles to. Names are ids, globs or ARNs of what is
// there before or after.
type Accept struct {
	Risk         Text       `spec:"risk,required,enum=changes"`
	Principals   List[Text] `spec:"principals,filled"`
	Secrets      List[Text] `spec:"secrets,filled"`
	Reason       Text       `spec:"reason,required"`
	Environments List[Text] `spec:"environments,filled"`
	Span         source.Span
}
