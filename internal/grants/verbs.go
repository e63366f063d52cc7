// Package grants knows what is granted (Derive: meaning) and which policy document must say it (Place). It knows nothing of YAML
// and writes no templates.
package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
)

// Verb is one word of a grant.
type Verb struct {
	Name     string
	Doc      string
	OnSecret []aws.Action // on the secret itself
	Anywhere []aws.Action // on "*": actions that take no resource
	OnKey    []aws.Action // on the secret's key, through Secrets Manager

	onReplica []aws.Action // those of OnSecret that a replica knows
}

func init() {
	for i := range Verbs {
		for _, action := range Verbs[i].OnSecret {
			if aws.OnReplica(action) {
				Verbs[i].onReplica = append(Verbs[i].onReplica, action)
			}
		}
	}
}

// What several verbs are made of. Which key permissions an operation needs:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
var (
	toDescribe = []aws.Action{"secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"}
	toRead     = []aws.Action{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}
	toEncrypt  = []aws.Action{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
)

// Verbs is the whole vocabulary of grants. Adding a row adds a verb.
var Verbs = []Verb{
	{
		Name:     "describe",
		Doc:      "See metadata, never the value.",
		OnSecret: toDescribe,
	},
	{
		Name:     "read",
		Doc:      "Fetch the value.",
		OnSecret: toRead,
		OnKey:    []aws.Action{"kms:Decrypt"},
	},
	{
		Name:     "batchRead",
		Doc:      "Fetch the values of several secrets in one call.",
		OnSecret: toRead,
		Anywhere: []aws.Action{"secretsmanager:BatchGetSecretValue"},
		OnKey:    []aws.Action{"kms:Decrypt"},
	},
	{
		Name: "write",
		Doc:  "Put a new value or move a version's stage.",
		OnSecret: []aws.Action{
			"secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
		},
		OnKey: toEncrypt,
	},
	{
		Name:     "rotate",
		Doc:      "Start or cancel rotation.",
		OnSecret: []aws.Action{"secretsmanager:CancelRotateSecret", "secretsmanager:DescribeSecret", "secretsmanager:RotateSecret"},
	},
	{
		Name:     "delete",
		Doc:      "Delete and restore.",
		OnSecret: []aws.Action{"secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:RestoreSecret"},
	},
	{
		Name: "replicate",
		Doc:  "Add and remove replicas.",
		OnSecret: []aws.Action{
			"secretsmanager:DescribeSecret", "secretsmanager:RemoveRegionsFromReplication", "secretsmanager:ReplicateSecretToRegions",
			"secretsmanager:StopReplicationToReplica",
		},
		OnKey: toEncrypt,
	},
	{
		Name: "manage",
		Doc:  "Everything but the value, the policy and replicas.",
		OnSecret: []aws.Action{
			"secretsmanager:CancelRotateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
			"secretsmanager:ListSecretVersionIds", "secretsmanager:RestoreSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource",
			"secretsmanager:UntagResource",
		},
	},
	{
		Name:     "list",
		Doc:      "Find secrets in the console or by filter: the names of every secret of the account.",
		Anywhere: []aws.Action{"secretsmanager:ListSecrets"},
	},
}

// What a rotation's identity may do. These are no words of the language: they follow from a rotation.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
var (
	rotating = &Verb{
		Name:     "carry out the rotation of",
		Doc:      "Make a new value and put it in place.",
		OnSecret: aws.RotationExecution,
		Anywhere: []aws.Action{"secretsmanager:GetRandomPassword"},
		OnKey:    []aws.Action{"kms:Decrypt", "kms:GenerateDataKey"},
	}
	asSuperuser = &Verb{
		Name:     "rotate others with",
		Doc:      "Read the credentials that may change the rotated user's.",
		OnSecret: []aws.Action{"secretsmanager:GetSecretValue"},
		OnKey:    []aws.Action{"kms:Decrypt"},
	}
	fromVPC = &Verb{
		Name:     "run in a VPC to rotate",
		Doc:      "Run in a VPC.",
		Anywhere: aws.LambdaVPCAccess,
	}
)

// VerbNamed returns the row of a verb, or nil.
func VerbNamed(name string) *Verb {
	for i := range Verbs {
		if Verbs[i].Name == name {
			return &Verbs[i]
		}
	}
	return nil
}

// Reads says whether the verb fetches values.
func (v *Verb) Reads() bool { return slices.Contains(v.OnSecret, "secretsmanager:GetSecretValue") }

// Writes says whether the verb changes values or their stages.
func (v *Verb) Writes() bool { return slices.Contains(v.OnSecret, "secretsmanager:PutSecretValue") }

// Invokes says whether the verb needs to call the function that rotates the secret.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
func (v *Verb) Invokes() bool { return slices.Contains(v.OnSecret, "secretsmanager:RotateSecret") }
