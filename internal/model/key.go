package model

import (
	"cmp"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

func (r *resolver) resolveKeys() {
	aliases := map[string]spec.Text{} // the id of the key that has it, where the alias stands
	for i := range r.spec.Keys {
		in := &r.spec.Keys[i].V
		k := r.m.keys[r.spec.Keys[i].ID.V]
		k.Pin, k.Delegates = in.PinSecrets.Or(true), in.IAMDelegation.Or(true)
		if in.Import.Span.File != nil {
			r.importedKey(k, in)
			continue
		}
		r.createdKey(k, in)
		at := cmp.Or(in.Alias.Span, k.Span)
		if other, taken := aliases[k.AliasName]; taken {
			r.report(diag.DuplicateName, at).
				Message("keys %q and %q have the same alias %q", other, k.ID, k.AliasName).
				Hint("give one of them another alias").
				Related(other.Span, "the other one is here")
		}
		aliases[k.AliasName] = spec.Text{V: k.ID, Span: at}
	}
}

func (r *resolver) createdKey(k *Key, in *spec.Key) {
	alias := in.Alias
	if !alias.Set() {
		alias = spec.Text{V: r.m.Stack + "/" + k.ID, Span: k.Span}
	}
	r.check(diag.InvalidName, alias, "the alias", aws.AliasName(strings.TrimPrefix(alias.V, "alias/")), "write a name such as payments/app")
	k.AliasName = "alias/" + strings.TrimPrefix(alias.V, "alias/")
	k.Description = in.Description.V
	if len(k.Description) > aws.MaxKeyDescription {
		r.report(diag.TooLong, in.Description.Span).
			Message("the description has %d characters, and a key's may have %d", len(k.Description), aws.MaxKeyDescription).
			Hint("shorten it")
	}
	k.EnableRotation = in.EnableKeyRotation.Or(true)
	k.RotationPeriod, k.PendingWindow = in.RotationPeriodInDays.V, in.PendingWindowInDays.V
	if k.RotationPeriod != 0 && !k.EnableRotation {
		r.report(diag.PropertyWithoutEffect, in.RotationPeriodInDays.Span).
			Message("a key that is not rotated has no rotation period").
			Hint("remove it, or enable the rotation")
	}
	k.DeletionPolicy = cmp.Or(in.DeletionPolicy.V, "RetainExceptOnCreate")
	k.Tags = r.withTags(in.Tags)
	for _, p := range r.everyone(in.Admins) {
		at := in.Admins[0].Span
		for _, t := range in.Admins {
			if t.V == p.ID {
				at = t.Span
			}
		}
		if r.admin(k, p, at) {
			k.Admins = append(k.Admins, p)
		}
	}
	k.Statements = r.statements(in.Policy.Statements, true)
	if !k.Delegates && !r.spec.Deployer.Set() {
		r.needsDeployer(in.IAMDelegation.Span, "iamDelegation: false")
	}
}

// admin says whether a principal can administer a key: KMS administers nothing across accounts, a service administers nothing
// at all, and a key policy cannot name a group. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
func (r *resolver) admin(k *Key, p *Principal, at source.Span) bool {
	switch {
	case p.Kind == Service:
		r.report(diag.InvalidAdmin, at).
			Message("%q is a service, which cannot administer a key", p.ID).
			Hint("name a role, a user or a rolePattern").
			Related(p.Span, "%q is defined here", p.ID)
		return false
	case p.Account != "" || p.Org != "":
		r.report(diag.InvalidAdmin, at).
			Message("%q belongs to another account, and KMS lets nobody administer a key across accounts", p.ID).
			Hint("name a role, a user or a rolePattern of the key's account").
			Related(p.Span, "%q is defined here", p.ID)
		return false
	case p.Kind == ExistingGroup && !k.Delegates:
		r.report(diag.GroupInPolicy, at).
			Message("group %q cannot administer a key without iamDelegation: a key policy cannot name a group", p.ID).
			Hint("name roles or users")
		return false
	case !k.Delegates && p.Kind != 0:
		return r.needsARN(p, at, "without iamDelegation the key's policy names its admins")
	}
	return true
}

func (r *resolver) needsDeployer(at source.Span, what string) {
	r.report(diag.NeedsDeployer, at).
		Message("%s would lock out whoever deploys, because the spec has no deployer", what).
		Hint("add deployer: and the role, user or rolePattern that CloudFormation acts as")
}

func (r *resolver) importedKey(k *Key, in *spec.Key) {
	k.Imported = true
	for _, p := range []struct {
		name string
		at   source.Span
	}{
		{"description", in.Description.Span}, {"alias", in.Alias.Span}, {"enableKeyRotation", in.EnableKeyRotation.Span},
		{"rotationPeriodInDays", in.RotationPeriodInDays.Span}, {"pendingWindowInDays", in.PendingWindowInDays.Span},
		{"deletionPolicy", in.DeletionPolicy.Span}, {"policy", in.Policy.Span}, {"admins", first(in.Admins)}, {"tags", firstTag(in.Tags)}, {"logicalId", in.LogicalID.Span},
	} {
		r.importTakesNo(p.name, p.at, "key")
	}
	if in.Import.Alias.Set() {
		alias := in.Import.Alias
		r.check(diag.InvalidName, alias, "the alias", aws.AliasName(strings.TrimPrefix(alias.V, "alias/")), "write it as alias/name")
		k.AliasName = "alias/" + strings.TrimPrefix(alias.V, "alias/")
		if !k.Pin {
			r.report(diag.PinNeedsARN, in.PinSecrets.Span).
				Message("a key imported by alias has no known ARN, so that its uses are always pinned to their secrets").
				Hint("import the key by its arn")
		}
		return
	}
	k.ARN = text(in.Import.ARN)
	literal, ok := in.Import.ARN.Literal()
	if !ok {
		return
	}
	if clause := aws.KeyARN(literal); clause != "" {
		r.report(diag.InvalidARN, in.Import.ARN.Span()).
			Message("%q %s", literal, clause).
			Hint("write arn:aws:kms:<region>:<account>:key/<id>, or import by alias")
		return
	}
	arn, _ := aws.ParseARN(literal)
	k.Region = arn.Region
	if k.Account = r.ownerOf(arn, in.Import.ARN.Span(), "key"); k.Account != "" {
		k.Delegates = in.IAMDelegation.V // what the policy of another account's key says is not taken for granted
		r.elsewhere(in.Import.ARN.Span(), "keys of account "+k.Account)
	}
}

// importTakesNo refuses a property that would change what the spec does not own.
func (r *resolver) importTakesNo(name string, at source.Span, kind string) {
	if at.File == nil {
		return
	}
	r.report(diag.ImportTakesNo, at).
		Message("an imported %s takes no %q: it is not this spec that makes it", kind, name).
		Hint("remove it, or the import")
}

func first(list spec.List[spec.Text]) source.Span {
	if len(list) == 0 {
		return source.Span{}
	}
	return list[0].Span
}

func firstTag(tags spec.Entries[spec.Value]) source.Span {
	if len(tags) == 0 {
		return source.Span{}
	}
	return tags[0].Span
}

// statements resolves verbatim policy statements and checks what is certainly wrong with them. inKey says whether they are of a
// key policy, where the resource is always "*".
func (r *resolver) statements(list []spec.Raw, inKey bool) []Verbatim {
	var out []Verbatim
	for _, raw := range list {
		r.checkStatement(raw.Node, inKey)
		out = append(out, Verbatim{object(raw), raw.Node.Span})
	}
	return out
}
