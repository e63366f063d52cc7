package diag

import "slices"

// table holds every code there is, sorted by number. It is written down once more, and not made of
// the codes, so that nothing is made when the program starts; a test compares it with them.
var table = []*Code{
	NotYet, EmptyInput, FileTooLarge, IsTemplate, PassedOver, NotUTF8, ControlChar, YAMLSyntax,
	SeveralDocs, DuplicateKey, UndefinedAlias, AliasBomb, TooDeep, LineTooLong, UnknownTag,
	BadMergeKey, RecursiveAlias, ComplexKey, BadShortForm, YAMLDirective, UnknownProperty,
	MissingProperty, WrongType, NotExactlyOne, InvalidValue, NotIntrinsic, HeaderConflict,
	InvalidID, UnknownVersion, UnknownVariable, UnknownEnvironment, NoValueHere, OfWhichSpec,
	UnknownSecret, UnknownPrincipal, UnknownKey, DuplicateID, LogicalIDCollision, DanglingReference,
	GlobMatchesNothing, UnknownCondition, MembershipCycle, NameClash, UnknownExport, ExportClash,
	DuplicateName, InvalidName, InvalidARN, NeedsEnvironment, OtherPartition, TooLong, TooMany,
	InvalidAttribute, UnknownParameter, UnlistedName, ImportTakesNo, LiteralSecret, UnsafePlaintext,
	SecureStringRefused, ParameterInTheClear, UnescapedParameter, ImpossibleGenerator,
	TemplateNeedsKey, KeyInTemplate, RareRotation, NameLikeARN, LongName, UnknownType,
	ReplicaAtHome, KeyInOtherRegion, UndocumentedTarget, AttachmentNeedsJSON, PinNeedsARN,
	PropertyWithoutEffect, TemplateNotJSON, InvalidSchedule, RotatesAtOnce, RotationMismatch,
	RotationNeedsJSON, NoWayToSecretsManager, UnknownMetadata, TwoSchedules,
	GuardrailDefeatsRotation, BreaksConnectionStrings, FunctionBeforePolicy, ShardMismatch,
	AttachedTwice, ActsElsewhere, NameHasPrefix, KeyUsedElsewhere, ServiceMayNeedGrants,
	RotatedOtherwise, OwnAccount,
	ReservedRole, OpenTrust, NeedsLiteral, NeedsARN, NeedsDeployer, InvalidDeployer, InvalidAdmin,
	GroupInPolicy, PolicyNotManaged, StagesWithoutRead, GrantWithoutEffect, GuardrailDefeatsGrant,
	PrivateSourceIP, InvalidStatement, NeedsName, HandedOver, UnknownSilence, UnusedSilence,
	EndpointAndAddress, NeedsOwnKey, ReplicaOutOfReach, GrantDoesNotWork, AssertionFails,
	PublicStatement, OpenToEverybody, ReplicasStay, GrantAddsNothing, UnusableTrust, GrantHasEnded,
	NothingUses, TrustedByARN, DocumentTooLarge, ManyManagedPolicies, TooManyPolicies,
	TrustOverDefault, TemplateLimit, TemplateNeedsS3, DependencyCycle, EmptyTemplate, AcrossStacks,
	SecretsMove, MayBecomeAnother, InvalidReference, ValueLost, ResourceReplaced, UpdateFails,
	LeavesStack, CutOff, RotatesNow, KeyChanged, GuardWeaker, UnusedAccept, Internal,
}

// Codes returns the permanent table, sorted by number.
func Codes() []*Code { return slices.Clone(table) }
