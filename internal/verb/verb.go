// Package verb knows the table of verbs: what each word of a grant allows, and what kind of verb it
// is. Everything else asks the table; nothing compares a verb's name.
package verb

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
)

// Verb is one word of a grant, one action that somebody asks about, or what a rotation does.
type Verb struct {
	Name  string
	Doc   string // what it is for, as the JSON Schema describes it
	Short string // two letters for a narrow column

	OnSecret []aws.Action // on the secret itself, or its replica
	Anywhere []aws.Action // on "*": actions that take no resource
	OnKey    []aws.Action // on the secret's key, through Secrets Manager
	// on the keys of all replicas, which it encrypts anew; empty: it uses the key of a replica as
	// that of the secret, where it reaches the replica
	OnCopies []aws.Action

	Purges bool // its plain DeleteSecret deletes at once

	made *parts // of the verbs in the tables
	kept *Verb  // of the tables: the verb beside denyDelete, if that is another
	of   *Verb  // the verb of which this one is what denyDelete leaves
}

// What several verbs are made of. Which key permissions an operation needs:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
var (
	toDescribe = []aws.Action{"secretsmanager:DescribeSecret",
		"secretsmanager:ListSecretVersionIds"}
	toRead    = []aws.Action{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}
	toEncrypt = []aws.Action{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
)

// All is the whole vocabulary of grants. Adding a row adds a verb:
// `go test ./internal/verb -update` writes it into the JSON Schema.
var All = []*Verb{
	{
		Name:     "describe",
		Doc:      "see metadata",
		Short:    "De",
		OnSecret: toDescribe,
	},
	{
		Name:     "read",
		Doc:      "get the value",
		Short:    "Re",
		OnSecret: toRead,
		OnKey:    []aws.Action{"kms:Decrypt"},
	},
	{
		Name:     "batchRead",
		Doc:      "get the value, also through BatchGetSecretValue",
		Short:    "Ba",
		OnSecret: toRead,
		Anywhere: []aws.Action{aws.BatchRead},
		OnKey:    []aws.Action{"kms:Decrypt"},
	},
	{
		Name:  "write",
		Doc:   "put a new value or move a version stage, under the same key",
		Short: "Wr",
		OnSecret: []aws.Action{
			"secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue",
			"secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
		},
		OnKey:    toEncrypt,
		OnCopies: aws.ReplicaKeyUse,
	},
	{
		Name:  "rotate",
		Doc:   "start the rotation that is set up, or cancel it",
		Short: "Ro",
		OnSecret: []aws.Action{
			"secretsmanager:CancelRotateSecret", "secretsmanager:DescribeSecret",
			"secretsmanager:RotateSecret",
		},
	},
	{
		Name:  "delete",
		Doc:   "delete so that it can be taken back, and restore",
		Short: "Dl",
		OnSecret: []aws.Action{
			"secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
			"secretsmanager:RestoreSecret",
		},
	},
	{
		Name:  "purge",
		Doc:   "delete, also at once, and restore",
		Short: "Pu",
		OnSecret: []aws.Action{
			"secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
			"secretsmanager:RestoreSecret",
		},
		Purges: true,
	},
	{
		Name:  "replicate",
		Doc:   "add replicas, in the Regions of the secret's or the grant's, and remove them",
		Short: "Rp",
		OnSecret: []aws.Action{
			"secretsmanager:DescribeSecret", "secretsmanager:RemoveRegionsFromReplication",
			"secretsmanager:ReplicateSecretToRegions", "secretsmanager:StopReplicationToReplica",
		},
		OnKey:    []aws.Action{"kms:Decrypt"},
		OnCopies: aws.ReplicaKeyUse,
	},
	{
		Name:  "manage",
		Doc:   "everything but the value, the policy, replicas and deleting at once",
		Short: "Ma",
		OnSecret: []aws.Action{
			"secretsmanager:CancelRotateSecret", "secretsmanager:DeleteSecret",
			"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
			"secretsmanager:ListSecretVersionIds", "secretsmanager:RestoreSecret",
			"secretsmanager:RotateSecret", "secretsmanager:TagResource",
			"secretsmanager:UntagResource",
		},
	},
	{
		Name:     "list",
		Doc:      "find secrets, by the names of all that the account has",
		Short:    "Li",
		Anywhere: []aws.Action{"secretsmanager:ListSecrets"},
	},
}

// Read is the verb that assertions of who can read are about.
var Read = Named("read")

// What a rotation's identity may do.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
var (
	Rotation = &Verb{
		Name:     "carry out the rotation of",
		OnSecret: aws.RotationExecution,
		Anywhere: []aws.Action{"secretsmanager:GetRandomPassword"},
		OnKey:    []aws.Action{"kms:Decrypt", "kms:GenerateDataKey"},
		OnCopies: aws.ReplicaKeyUse,
	}
	Superuser = &Verb{
		Name:     "rotate others with",
		OnSecret: []aws.Action{"secretsmanager:GetSecretValue"},
		OnKey:    []aws.Action{"kms:Decrypt"},
	}
	InVPC = &Verb{
		Name:     "run in a VPC to rotate",
		Anywhere: aws.LambdaVPCAccess,
	}
)

// Creation is what CloudFormation needs of keys to create a secret and its replicas under them.
var Creation = &Verb{Name: "create", OnKey: toEncrypt, OnCopies: aws.ReplicaKeyUse}

// Names are the words of the language, in the order of the table.
func Names() []string {
	names := make([]string, len(All))
	for i, v := range All {
		names[i] = v.Name
	}
	return names
}

// Named returns the row of a word of the language, or nil.
func Named(name string) *Verb {
	if i := slices.IndexFunc(All, func(v *Verb) bool { return v.Name == name }); i >= 0 {
		return All[i]
	}
	return nil
}

// Find returns what a person asks about: a word of the language, or an action of IAM's on a secret
// or on its key with what it takes of the other. Upper and lower case make no difference, and the
// service may be left out: GetSecretValue, Decrypt. An action that both services have, such as
// TagResource, is Secrets Manager's then. It is nil where there is no such.
func Find(name string) *Verb {
	for _, v := range All {
		if strings.EqualFold(v.Name, name) {
			return v
		}
	}
	info, ok := actionNamed(name)
	switch {
	case !ok:
		return nil
	case strings.HasPrefix(info.Name, "kms:"):
		return &Verb{Name: info.Name, OnKey: []aws.Action{info.Name}}
	case info.NoResource:
		return &Verb{Name: info.Name, Anywhere: []aws.Action{info.Name}}
	}
	return &Verb{Name: info.Name, OnSecret: []aws.Action{info.Name}, OnKey: aws.KeyUseOf(info.Name)}
}

// actionNamed returns the action with this name, which may lack its service.
func actionNamed(name string) (aws.ActionInfo, bool) {
	if strings.Contains(name, ":") {
		return aws.ActionNamed(name)
	}
	if info, ok := aws.SecretsManagerAction(name); ok {
		return info, true
	}
	return aws.ActionNamed("kms:" + name)
}

// Words returns what Find knows, for suggestions: the words of the language, then the actions with
// and without their service.
func Words() []string {
	words := Names()
	for _, info := range slices.Concat(aws.SecretsManagerActions, aws.KMSActions) {
		_, bare, _ := strings.Cut(info.Name, ":")
		words = append(words, info.Name, bare)
	}
	return words
}
