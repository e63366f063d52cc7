package diag

// A code is never used again, and none moves: gaps are where codes were that are gone, and stay. A
// new one is written here and in the table.

// Files and usage.
var (
	NotYet = &Code{"SC0001", "not-in-this-version", Error,
		"The spec asks for something that this version of secretctl does not compile."}
	EmptyInput   = &Code{"SC0002", "empty-input", Error, "The input holds no spec."}
	FileTooLarge = &Code{"SC0003", "file-too-large", Error,
		"A spec file is larger than secretctl reads."}
	IsTemplate = &Code{"SC0004", "is-a-template", Error,
		"A CloudFormation template is given where a spec is wanted."}
	PassedOver = &Code{"SC0005", "passed-over", Note,
		"Files in a directory are no specs and are not read."}
)

// YAML.
var (
	NotUTF8     = &Code{"SC0101", "not-utf8", Error, "The file is not valid UTF-8."}
	ControlChar = &Code{"SC0102", "control-character", Error,
		"The file contains a control character that YAML does not allow."}
	YAMLSyntax  = &Code{"SC0103", "yaml-syntax", Error, "The file is not well-formed YAML."}
	SeveralDocs = &Code{"SC0104", "several-documents", Error,
		"A spec file holds one YAML document only."}
	DuplicateKey   = &Code{"SC0105", "duplicate-key", Error, "A mapping has the same key twice."}
	UndefinedAlias = &Code{"SC0106", "undefined-alias", Error,
		"An alias names an anchor that was not defined before it."}
	AliasBomb = &Code{"SC0107", "alias-expansion", Error,
		"Aliases, merge keys or variables expand to more than secretctl reads."}
	TooDeep = &Code{"SC0108", "nesting-too-deep", Error,
		"The file is nested deeper than secretctl reads."}
	LineTooLong = &Code{"SC0109", "line-too-long", Error,
		"A line is longer than secretctl reads."}
	UnknownTag = &Code{"SC0110", "unknown-tag", Error,
		"A YAML tag is neither YAML's own nor a CloudFormation short-form function."}
	BadMergeKey = &Code{"SC0111", "bad-merge-key", Error,
		"A merge key must be given a mapping or a list of mappings."}
	RecursiveAlias = &Code{"SC0112", "recursive-alias", Error,
		"An anchor contains an alias of itself."}
	ComplexKey   = &Code{"SC0113", "complex-key", Error, "A mapping key must be a plain text."}
	BadShortForm = &Code{"SC0114", "bad-short-form", Error,
		"A short-form intrinsic function has an argument it cannot take."}
	YAMLDirective = &Code{"SC0115", "yaml-directive", Error,
		"YAML directives are not part of the language."}
)

// Shape: what the JSON Schema says, and what it cannot say well.
var (
	UnknownProperty = &Code{"SC1001", "unknown-property", Error,
		"A property is not part of the language."}
	MissingProperty = &Code{"SC1002", "missing-property", Error,
		"A property that must be written is missing."}
	WrongType = &Code{"SC1003", "wrong-type", Error,
		"A value is of another kind than the property takes."}
	NotExactlyOne = &Code{"SC1004", "not-exactly-one", Error,
		"Exactly one of several properties must be written."}
	InvalidValue = &Code{"SC1005", "invalid-value", Error,
		"A value is none of those that the property takes."}
	NotIntrinsic = &Code{"SC1006", "not-an-intrinsic", Error,
		"A mapping stands where only a text or an intrinsic function can."}
	HeaderConflict = &Code{"SC1007", "header-conflict", Error,
		"Two files of a spec state different values for the same property of the header."}
	InvalidID = &Code{"SC1008", "invalid-id", Error,
		"An id does not follow the rules for ids."}
	UnknownVersion = &Code{"SC1009", "unknown-version", Error,
		"The spec is written in a version of the language that is not known."}
	UnknownVariable = &Code{"SC1010", "unknown-variable", Error,
		"A text names a variable that the environment does not have."}
	UnknownEnvironment = &Code{"SC1011", "unknown-environment", Error,
		"A name is not an environment of the spec."}
	NoValueHere = &Code{"SC1012", "no-value-for-environment", Error,
		"A value is stated by environment, and there is none for one of them."}
	OfWhichSpec = &Code{"SC1013", "of-which-spec", Error,
		"A file states no stack, and the files beside it are several specs."}
)

// Names and references.
var (
	UnknownSecret = &Code{"SC2001", "unknown-secret", Error,
		"A name is not the id of a secret of the spec."}
	UnknownPrincipal = &Code{"SC2002", "unknown-principal", Error,
		"A name is not the id of a principal of the spec."}
	UnknownKey = &Code{"SC2003", "unknown-key", Error,
		"A name is not the id of a key of the spec."}
	DuplicateID = &Code{"SC2004", "duplicate-id", Error,
		"An id is defined in two files of a spec."}
	LogicalIDCollision = &Code{"SC2005", "logical-id-collision", Error,
		"Two ids give the same CloudFormation logical ID."}
	DanglingReference = &Code{"SC2006", "dangling-reference", Error,
		"An intrinsic function refers to something that the template does not have."}
	GlobMatchesNothing = &Code{"SC2007", "glob-matches-nothing", Warning,
		"A glob of ids matches no secret."}
	UnknownCondition = &Code{"SC2008", "unknown-condition", Error,
		"A name is not one of the template's conditions."}
	MembershipCycle = &Code{"SC2009", "membership-cycle", Error,
		"A set of principals contains itself."}
	NameClash = &Code{"SC2010", "name-clash", Error,
		"A section in CloudFormation's words defines what is also derived from the spec."}
	UnknownExport = &Code{"SC2011", "unknown-export", Error,
		"A name to export is neither a secret nor a key of the spec."}
	ExportClash = &Code{"SC2012", "export-clash", Error,
		"Two outputs would have the same export name."}
	DuplicateName = &Code{"SC2013", "duplicate-name", Error,
		"Two things that AWS tells apart by name have the same one."}
	InvalidName = &Code{"SC2014", "invalid-name", Error,
		"A name does not follow AWS's rules for it."}
	InvalidARN = &Code{"SC2015", "invalid-arn", Error,
		"A text is not the ARN that is needed."}
	NeedsEnvironment = &Code{"SC2016", "needs-environment", Error,
		"Something depends on the account or Region, which the spec does not state."}
	OtherPartition = &Code{"SC2017", "other-partition", Error,
		"Something is in another partition, which nothing can be granted or replicated across."}
	TooLong = &Code{"SC2018", "too-long", Error, "A text is longer than AWS accepts."}
	TooMany = &Code{"SC2019", "too-many", Error,
		"There are more of a thing than AWS accepts."}
	UnknownParameter = &Code{"SC2021", "unknown-parameter", Error,
		"A name is not one of the template's parameters."}
	UnlistedName = &Code{"SC2030", "unlisted-name", Note,
		"A name is none of those that this version of secretctl knows of AWS's."}
	InvalidAttribute = &Code{"SC2020", "invalid-attribute", Error,
		"A resource does not have the attribute that Fn::GetAtt asks for."}
)

// Secrets and keys.
var (
	ImportTakesNo = &Code{"SC3001", "import-takes-no", Error,
		"A property would change an imported secret or key, which is not the spec's own."}
	LiteralSecret = &Code{"SC3002", "literal-secret", Error,
		"A literal stands where a secret value could stand, and would be in the template in the " +
			"clear."}
	UnsafePlaintext = &Code{"SC3003", "unsafe-plaintext", Warning,
		"A secret's value is put into the template in the clear."}
	SecureStringRefused = &Code{"SC3004", "ssm-secure-refused", Error,
		"CloudFormation does not resolve ssm-secure references in a secret's value."}
	ParameterInTheClear = &Code{"SC3005", "parameter-in-the-clear", Error,
		"A secret's value comes from a parameter without NoEcho."}
	UnescapedParameter = &Code{"SC3006", "unescaped-parameter", Warning,
		"The text of a parameter may break the JSON of a secret."}
	ImpossibleGenerator = &Code{"SC3007", "impossible-generator", Error,
		"No password can be made with these settings."}
	TemplateNeedsKey = &Code{"SC3008", "template-needs-key", Error,
		"secretStringTemplate and generateStringKey have a meaning only together."}
	KeyInTemplate = &Code{"SC3009", "key-in-template", Error,
		"The generated field stands in the template already."}
	NameLikeARN = &Code{"SC3011", "name-like-arn", Warning,
		"A secret's name ends like the ARN of a secret, which AWS's lookup takes for a suffix."}
	LongName = &Code{"SC3012", "long-name", Warning,
		"A secret's name is longer than some of AWS's interfaces return."}
	UnknownType = &Code{"SC3013", "unknown-type", Warning,
		"A type of managed external secret is not known."}
	ReplicaAtHome = &Code{"SC3014", "replica-at-home", Error,
		"A secret cannot be replicated to its own Region."}
	KeyInOtherRegion = &Code{"SC3015", "key-in-other-region", Error,
		"A secret's key is in another Region."}
	UndocumentedTarget = &Code{"SC3016", "undocumented-target", Warning,
		"A target type of an attachment is not documented by AWS."}
	AttachmentNeedsJSON = &Code{"SC3017", "attachment-needs-json", Error,
		"An attachment needs a secret whose value is a JSON object."}
	PinNeedsARN = &Code{"SC3018", "pin-needs-arn", Error,
		"A key imported by alias cannot do without pinSecrets."}
	PropertyWithoutEffect = &Code{"SC3019", "property-without-effect", Error,
		"A property has no effect where it stands."}
	TemplateNotJSON = &Code{"SC3020", "template-not-json", Error,
		"A secretStringTemplate is not a JSON object."}
	NameHasPrefix = &Code{"SC3038", "name-has-prefix", Warning,
		"A secret's name begins with the prefix that defaults put before it."}
)

// Rotation.
var (
	RareRotation = &Code{"SC3010", "rare-rotation", Warning,
		"A secret is rotated less often than every 90 days."}
	InvalidSchedule = &Code{"SC3021", "invalid-schedule", Error,
		"A rotation schedule or window does not follow Secrets Manager's rules."}
	RotatesAtOnce = &Code{"SC3022", "rotates-at-once", Note,
		"A secret is rotated whenever its schedule is created or changed, because the spec does " +
			"not say otherwise."}
	RotationMismatch = &Code{"SC3023", "rotation-mismatch", Error,
		"A rotation does not fit the secret, function, role or key that it names."}
	RotationNeedsJSON = &Code{"SC3024", "rotation-needs-json", Error,
		"The rotation function needs fields that the secret's value does not have."}
	NoWayToSecretsManager = &Code{"SC3025", "no-way-to-secrets-manager", Warning,
		"A rotation function runs in a VPC from which nothing leads to Secrets Manager."}
	ShardMismatch = &Code{"SC3031", "shard-mismatch", Error,
		"A secret cannot stand in the shard that is stated for it."}
	KeyUsedElsewhere = &Code{"SC3041", "key-used-elsewhere", Warning,
		"A resource is encrypted with a key of the spec that opens through Secrets Manager only."}
	ServiceMayNeedGrants = &Code{"SC3042", "service-may-need-grants", Note,
		"A service reads a secret, and may have to make grants on its key."}
	RotatedOtherwise = &Code{"SC3043", "rotated-otherwise", Warning,
		"A rotation function makes passwords with characters that the generator excludes."}
	UnknownMetadata = &Code{"SC3026", "unknown-metadata", Warning,
		"A key of a partner's rotation metadata is not known."}
	TwoSchedules = &Code{"SC3027", "two-schedules", Error,
		"A secret would have two rotation schedules."}
	GuardrailDefeatsRotation = &Code{"SC3028", "guardrail-defeats-rotation", Error,
		"A guardrail would keep a secret's rotation out."}
	AttachedTwice = &Code{"SC3032", "attached-twice", Error,
		"A secret would have two resource policies, or be attached twice."}
	ActsElsewhere = &Code{"SC3033", "acts-elsewhere", Error,
		"Something would act on a secret from another Region or account than the secret's."}
	BreaksConnectionStrings = &Code{"SC3029", "breaks-connection-strings", Note,
		"A generated password may contain characters that break connection strings."}
	FunctionBeforePolicy = &Code{"SC3030", "function-before-policy", Warning,
		"A rotation function in a VPC may be created before its role is allowed to run there."}
)

// Grants, principals, guardrails.
var (
	OwnAccount = &Code{"SC4001", "own-account", Error,
		"The own account cannot be a principal: it says nothing that IAM does not say already."}
	ReservedRole = &Code{"SC4002", "reserved-role", Error,
		"No policy can be attached to a role that AWS reserves."}
	OpenTrust = &Code{"SC4003", "open-trust", Error,
		"A trust lets everybody assume the role that an identity provider knows."}
	NeedsLiteral = &Code{"SC4004", "needs-literal", Error,
		"A text must be known when the template is written."}
	NeedsARN = &Code{"SC4005", "needs-arn", Error,
		"The ARN of a principal must be written somewhere, and only its name is known."}
	NeedsDeployer = &Code{"SC4006", "needs-deployer", Error,
		"A policy would lock out whoever deploys, and the spec names no deployer."}
	InvalidDeployer = &Code{"SC4007", "invalid-deployer", Error,
		"The deployer must be a role, user or rolePattern that exists."}
	InvalidAdmin = &Code{"SC4008", "invalid-admin", Error,
		"A principal of this kind cannot administer a key."}
	GroupInPolicy = &Code{"SC4009", "group-in-policy", Error,
		"A group stands where a policy would have to name it, which none can."}
	PolicyNotManaged = &Code{"SC4010", "policy-not-managed", Error,
		"A policy is written for a secret whose resource policy is not the spec's own."}
	StagesWithoutRead = &Code{"SC4011", "stages-without-read", Error,
		"versionStages stands at a verb that cannot be held to a stage."}
	GrantWithoutEffect = &Code{"SC4012", "grant-without-effect", Error,
		"A grant cannot have an effect."}
	GuardrailDefeatsGrant = &Code{"SC4013", "guardrail-defeats-grant", Error,
		"A guardrail makes a grant ineffective."}
	PrivateSourceIP = &Code{"SC4014", "private-source-ip", Error,
		"AWS never sees a private address as the source of a request."}
	InvalidStatement = &Code{"SC4015", "invalid-statement", Error,
		"A statement or condition in IAM's words is certainly wrong."}
	NeedsName = &Code{"SC4016", "needs-name", Error,
		"A secret's ARN must be written where it cannot be referred to, and the secret has no " +
			"name."}
	HandedOver = &Code{"SC4017", "handed-over", Note,
		"A grant is complete only when somebody else adds a statement."}
	UnknownSilence = &Code{"SC4018", "unknown-silence", Error,
		"A silence entry names a code that does not exist, or one of an error."}
	UnusedSilence = &Code{"SC4019", "unused-silence", Warning,
		"A silence entry silences nothing."}
	NeedsOwnKey = &Code{"SC4021", "needs-own-key", Error,
		"A grant crosses accounts, and the secret is encrypted with aws/secretsmanager, which no " +
			"other account can use."}
	ReplicaOutOfReach = &Code{"SC4022", "replica-out-of-reach", Error,
		"A grant crosses accounts, and a replica is encrypted with aws/secretsmanager, which no " +
			"other account can use."}
	GrantDoesNotWork = &Code{"SC4023", "grant-does-not-work", Error,
		"The compiled policies do not allow what a grant grants."}
	AssertionFails = &Code{"SC4024", "assertion-fails", Error,
		"The compiled policies do not bear out an assertion."}
	PublicStatement = &Code{"SC4025", "public-statement", Error,
		"A statement in IAM's words lets everybody in, and Secrets Manager refuses it."}
	OpenToEverybody = &Code{"SC4026", "open-to-everybody", Warning,
		"A statement in IAM's words lets everybody in."}
	ReplicasStay = &Code{"SC4029", "replicas-stay", Note,
		"denyDelete keeps everybody from taking replicas away, and the spec names no deployer."}
	UnusableTrust = &Code{"SC4031", "unusable-trust", Error,
		"A trust lets nobody assume the role: AWS refuses it, or its conditions are never met."}
	TrustedByARN = &Code{"SC4034", "trusted-by-arn", Note,
		"A trust names a principal of the spec by its ARN, so that only the trust is written."}
	EndpointAndAddress = &Code{"SC4020", "endpoint-and-address", Error,
		"A grant asks for a VPC endpoint and a source address at once, and no request has both."}
)

// What does nothing.
var (
	GrantAddsNothing = &Code{"SC4030", "grant-adds-nothing", Note,
		"A grant allows nothing that others do not allow already."}
	NothingUses = &Code{"SC4033", "nothing-uses", Note,
		"Nothing of the spec uses a key or principal."}
	GrantHasEnded = &Code{"SC4032", "grant-has-ended", Warning,
		"The end of a grant is in the past, so that it allows nothing any more."}
)

// Policies and their sizes.
var (
	DocumentTooLarge = &Code{"SC5001", "document-too-large", Error,
		"A policy document is larger than AWS accepts."}
	ManyManagedPolicies = &Code{"SC5002", "many-managed-policies", Warning,
		"A principal has more managed policies than AWS's default quota."}
	TrustOverDefault = &Code{"SC5004", "trust-over-default", Warning,
		"A role's trust policy is larger than AWS accepts without a raised quota."}
	TooManyPolicies = &Code{"SC5003", "too-many-managed-policies", Error,
		"A principal has more managed policies than AWS ever allows."}
)

// Templates.
var (
	TemplateLimit = &Code{"SC6001", "template-limit", Error,
		"A template is over one of CloudFormation's limits."}
	TemplateNeedsS3 = &Code{"SC6002", "template-needs-s3", Note,
		"A template is larger than CloudFormation takes in a request and goes through S3."}
	DependencyCycle = &Code{"SC6003", "dependency-cycle", Error,
		"Resources of a template depend on each other in a circle."}
	AcrossStacks = &Code{"SC6005", "across-stacks", Error,
		"A resource of one stack refers to what only another stack has."}
	SecretsMove = &Code{"SC6006", "secrets-move", Note,
		"Something has another logical ID or stack than in the templates that are there, so " +
			"that it is made anew."}
	ValueLost = &Code{"SC6009", "value-lost", Warning,
		"A secret loses its value when the templates are deployed over those that are there."}
	ResourceReplaced = &Code{"SC6010", "replaced", Warning,
		"A resource is replaced by a new one when the templates are deployed."}
	UpdateFails = &Code{"SC6011", "update-fails", Warning,
		"The templates cannot be deployed over those that are there."}
	LeavesStack = &Code{"SC6012", "leaves-stack", Note,
		"A secret or key leaves its stack: it stays unmanaged, or is deleted."}
	CutOff = &Code{"SC6013", "access-gap", Note,
		"Those who have access are cut off for a while when the templates are deployed."}
	RotatesNow = &Code{"SC6014", "rotates-now", Note,
		"A secret that is there is rotated as soon as the templates are deployed."}
	KeyChanged = &Code{"SC6015", "key-changed", Note,
		"A secret that is there gets another key."}
	GuardWeaker = &Code{"SC6016", "guard-weaker", Note,
		"Something that protects is removed or loosened."}
	UnusedAccept = &Code{"SC6017", "unused-accept", Note,
		"An entry of accept accepts nothing of what changes."}
	MayBecomeAnother = &Code{"SC6007", "may-become-another", Note,
		"A principal that cannot do something may become another one that can."}
	InvalidReference = &Code{"SC6008", "invalid-dynamic-reference", Error,
		"CloudFormation does not resolve a dynamic reference as it is written."}
	EmptyTemplate = &Code{"SC6004", "empty-template", Warning,
		"A spec creates nothing, and CloudFormation refuses a template without resources."}
)

// Internal.
var Internal = &Code{"SC9001", "internal-error", Error,
	"secretctl found a contradiction in itself: this is a bug in secretctl."}
