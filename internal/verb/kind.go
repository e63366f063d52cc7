package verb

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
)

// IsWord says whether the verb is a word of the language, not an action or what a rotation does.
func (v *Verb) IsWord() bool { return v.of != nil || slices.Contains(All, v) }

// Reads says whether the verb fetches values.
func (v *Verb) Reads() bool { return v.has("secretsmanager:GetSecretValue") }

// Writes says whether the verb changes values or their stages.
func (v *Verb) Writes() bool { return v.has("secretsmanager:PutSecretValue") }

// UsesValue says whether the verb fetches or changes values, which the only… guardrails are about.
func (v *Verb) UsesValue() bool { return v.Reads() || v.Writes() }

// Deletes says whether the verb deletes the secret, which denyDelete forbids.
func (v *Verb) Deletes() bool { return v.has("secretsmanager:DeleteSecret") }

// OnlyDeletes says whether the verb is about deleting and nothing else.
func (v *Verb) OnlyDeletes() bool {
	return v.Deletes() && !slices.ContainsFunc(v.Essential(), func(a aws.Action) bool {
		return a != "secretsmanager:DeleteSecret" && a != "secretsmanager:RestoreSecret"
	})
}

// Replicates says whether the verb adds replicas, so that the Regions of a grant are those where it
// may.
func (v *Verb) Replicates() bool { return v.has("secretsmanager:ReplicateSecretToRegions") }

// Kept is the verb where nobody may remove replicas: without that, and the verb itself if it does
// not.
func (v *Verb) Kept() *Verb {
	if v.kept != nil {
		return v.kept
	}
	return v
}

// Held are the actions that the verb allows with some arguments only: with no other key, with the
// rotation that is set up, so that a deletion can be taken back, in stated Regions.
func (v *Verb) Held() []aws.Action { return v.parts().held }

// Invokes says whether the verb needs to call the function that rotates the secret.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
func (v *Verb) Invokes() bool { return v.has("secretsmanager:RotateSecret") }

// Lists says whether the verb is about all secrets of an account, which nobody of another account
// can list. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
func (v *Verb) Lists() bool { return len(v.OnSecret)+len(v.OnKey) == 0 }

// Encrypts says whether the verb makes new ciphertext in every copy of the secret.
func (v *Verb) Encrypts() bool { return len(v.OnCopies) > 0 }

// Essential are the actions on the secret that the verb is about: looking at metadata is a part of
// most verbs and the subject of those that do nothing else. It is not to be changed.
func (v *Verb) Essential() []aws.Action { return v.parts().essential }

// OnReplica are the actions of the verb that a replica knows. It is not to be changed.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func (v *Verb) OnReplica() []aws.Action { return v.parts().onReplica }

// HomeOnly says whether a replica knows none of the actions that the verb is about.
func (v *Verb) HomeOnly() bool { return v.parts().homeOnly }

// parts are what is asked of a verb for every grant, and so is made once for each in the tables.
type parts struct {
	essential, onReplica, held []aws.Action
	homeOnly                   bool
}

func init() {
	for _, v := range append([]*Verb{Rotation, Superuser, InVPC, Creation}, All...) {
		v.made = v.divide()
		if v.has(removal) {
			kept := *v
			kept.OnSecret = slices.DeleteFunc(slices.Clone(v.OnSecret),
				func(a aws.Action) bool { return a == removal })
			kept.of, kept.made = v, kept.divide()
			v.kept = &kept
		}
	}
}

// removal is what denyDelete forbids besides DeleteSecret: it deletes replicas.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RemoveRegionsFromReplication.html
const removal = "secretsmanager:RemoveRegionsFromReplication"

func (v *Verb) parts() *parts {
	if v.made != nil {
		return v.made
	}
	return v.divide()
}

func (v *Verb) divide() *parts {
	p := &parts{essential: v.OnSecret}
	if v.Works() {
		p.essential = slices.DeleteFunc(slices.Clone(v.OnSecret), Looks)
	}
	if v.Purges { // what is gone cannot be restored: that is about other deletions
		p.essential = slices.DeleteFunc(slices.Clone(p.essential), func(a aws.Action) bool {
			return a == "secretsmanager:RestoreSecret"
		})
	}
	p.onReplica = slices.DeleteFunc(slices.Clone(v.OnSecret), isNotOnReplica)
	for _, action := range v.OnSecret {
		switch action {
		case "secretsmanager:DeleteSecret":
			if !v.Purges {
				p.held = append(p.held, action)
			}
		case "secretsmanager:ReplicateSecretToRegions", "secretsmanager:RotateSecret",
			"secretsmanager:UpdateSecret":
			p.held = append(p.held, action)
		}
	}
	p.homeOnly = len(p.essential) > 0 && !slices.ContainsFunc(p.essential, aws.OnReplica)
	return p
}

// Reaches says whether the verb means something in a copy of a secret, of which 0 is the secret
// itself and the others are its replicas.
func (v *Verb) Reaches(copy int) bool { return copy == 0 || !v.HomeOnly() }

// Looks says whether an action shows metadata and nothing else.
func Looks(a aws.Action) bool {
	return a == "secretsmanager:DescribeSecret" || a == "secretsmanager:ListSecretVersionIds"
}

// Works says whether the verb does more than look.
func (v *Verb) Works() bool {
	return len(v.Anywhere) > 0 ||
		slices.ContainsFunc(v.OnSecret, func(a aws.Action) bool { return !Looks(a) })
}

func (v *Verb) has(a aws.Action) bool { return slices.Contains(v.OnSecret, a) }

func isNotOnReplica(a aws.Action) bool { return !aws.OnReplica(a) }
