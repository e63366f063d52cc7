package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Key is a KMS key: one to create, or an imported one.
type Key struct {
	ID        string
	Span      source.Span // of its id
	LogicalID string
	Imported  bool
	ARN       string   // of an imported key, when it is known
	Account   string   // of an imported key that belongs to another account; empty: the own one
	Region    string   // of an imported key, when its ARN says so
	Regions   []string // of a created key: those of replicas that need it, sorted

	AliasName      string // with alias/; of a created key, or of one imported by alias
	Description    string
	EnableRotation bool
	RotationPeriod int // days; 0: KMS's default
	PendingWindow  int // days; 0: KMS's default
	DeletionPolicy string
	Tags           []Tag

	Pin           bool // a grant's use of the key is pinned to its secret
	Delegates     bool // IAM policies of the owning account apply
	Admins        []*Principal
	ServiceGrants []*aws.ServiceGrant // services that use it by grants, sorted by word
	Statements    []Verbatim

	written *spec.Key
}

// Verbatim is a policy statement in the user's own words.
type Verbatim struct {
	Value cfn.Object
	Span  source.Span
}

func (r *resolver) resolveKeys() {
	for _, k := range r.keysWritten {
		in := k.written
		k.Pin, k.Delegates = in.PinSecrets.Or(true), in.IAMDelegation.Or(true)
		if in.Import.Span.File != nil {
			r.importedKey(k)
			continue
		}
		k.AliasName = aliasName(r.aliasOf(k).V)
		k.Description = in.Description.V
		k.EnableRotation = in.EnableKeyRotation.Or(true)
		k.RotationPeriod, k.PendingWindow = in.RotationPeriodInDays.V, in.PendingWindowInDays.V
		k.DeletionPolicy = cmp.Or(in.DeletionPolicy.V, "RetainExceptOnCreate")
		k.Tags = r.withTags(in.Tags)
		k.Admins = r.everyone(in.Admins)
		for _, word := range sorted(texts(in.ServiceGrants)) {
			if s := aws.ServiceGrantOf(word); s != nil { // else rejected by the schema
				k.ServiceGrants = append(k.ServiceGrants, s)
			}
		}
		k.Statements = statements(in.Policy.Statements)
	}
}

// aliasName returns an alias as KMS names it, written with or without alias/.
func aliasName(written string) string { return "alias/" + strings.TrimPrefix(written, "alias/") }

// aliasOf returns the alias of a created key as it is written, or the one that follows from its id.
func (m *Model) aliasOf(k *Key) spec.Text {
	if k.written.Alias.Set() {
		return k.written.Alias
	}
	return spec.Text{V: m.Stack + "/" + k.ID, Span: k.Span}
}

func (r *resolver) importedKey(k *Key) {
	in := &k.written.Import
	k.Imported = true
	if in.Alias.Set() {
		k.AliasName = aliasName(in.Alias.V)
		return
	}
	k.ARN = text(in.ARN)
	literal, ok := in.ARN.Literal()
	if !ok || aws.KeyARN(literal) != "" {
		return
	}
	arn, _ := aws.ParseARN(literal)
	k.Region = arn.Region
	if k.Account = r.ownerOf(arn); k.Account != "" {
		// What the policy of another account's key says is not taken for granted.
		k.Delegates = k.written.IAMDelegation.V
	}
}

// keyRegions finds the Regions in which a created key is needed besides the home stack's: those of
// the replicas that name it.
func (r *resolver) keyRegions() {
	for _, s := range r.Secrets {
		for _, replica := range s.Replicas {
			k := replica.Key
			if k != nil && !k.Imported && replica.Region != r.Env.Region &&
				!slices.Contains(k.Regions, replica.Region) {
				k.Regions = append(k.Regions, replica.Region)
			}
		}
	}
	for _, k := range r.Keys {
		slices.Sort(k.Regions)
	}
}

// statements resolves verbatim policy statements.
func statements(list []spec.Raw) []Verbatim {
	var out []Verbatim
	for _, raw := range list {
		out = append(out, Verbatim{object(raw), raw.Node.Span()})
	}
	return out
}
