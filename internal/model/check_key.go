package model

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// createdKeys checks the keys that are created.
func createdKeys(m *Model) diag.List {
	c := checker{Model: m}
	for _, k := range m.keysWritten {
		if k.Imported {
			continue
		}
		c.createdKey(k)
	}
	return c.found
}

func (c *checker) createdKey(k *Key) {
	in, alias := k.written, c.aliasOf(k)
	c.text(diag.InvalidName, alias, "the alias",
		aws.AliasName(strings.TrimPrefix(alias.V, "alias/")), "write a name such as payments/app")
	c.described("AWS::KMS::Key", k.Description, in.Description.Span, "a key's")
	if k.RotationPeriod != 0 && !k.EnableRotation {
		c.report(diag.PropertyWithoutEffect, in.RotationPeriodInDays.Span).
			Message("a key that is not rotated has no rotation period").
			Hint("remove it, or enable the rotation")
	}
	if !k.Delegates && !c.written.Deployer.Set() {
		c.needsDeployer(in.IAMDelegation.Span, "iamDelegation: false")
	}
}

// keyAdmins checks who administers keys: KMS administers nothing across accounts, a service
// administers nothing at all, and a key policy cannot name a group.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
func keyAdmins(m *Model) diag.List {
	c := checker{Model: m}
	for _, k := range m.keysWritten {
		for _, p := range k.Admins {
			at := k.written.Admins[0].Span
			for _, t := range k.written.Admins {
				if t.V == p.ID {
					at = t.Span
				}
			}
			c.admin(k, p, at)
		}
	}
	return c.found
}

func (c *checker) admin(k *Key, p *Principal, at source.Span) {
	switch {
	case p.Kind == Service:
		c.report(diag.InvalidAdmin, at).
			Message("%q is a service, which cannot administer a key", p.ID).
			Hint("name a role, a user or a rolePattern").
			Related(p.Span, "%q is defined here", p.ID)
	case p.Account != "" || p.Org != "":
		c.report(diag.InvalidAdmin, at).
			Message("%q belongs to another account, and KMS lets nobody administer a key across "+
				"accounts", p.ID).
			Hint("name a role, a user or a rolePattern of the key's account").
			Related(p.Span, "%q is defined here", p.ID)
	case p.Kind == ExistingGroup && !k.Delegates:
		c.report(diag.GroupInPolicy, at).
			Message("group %q cannot administer a key without iamDelegation: a key policy cannot "+
				"name a group", p.ID).
			Hint("name roles or users")
	case !k.Delegates && p.Kind != 0:
		c.needsARN(p, at, "without iamDelegation the key's policy names its admins")
	}
}

// importedKeys checks the keys that exist.
func importedKeys(m *Model) diag.List {
	c := checker{Model: m}
	for _, k := range m.keysWritten {
		if !k.Imported {
			continue
		}
		in := k.written
		c.importTakesNo("key", []property{
			{"description", in.Description.Span}, {"alias", in.Alias.Span},
			{"enableKeyRotation", in.EnableKeyRotation.Span},
			{"rotationPeriodInDays", in.RotationPeriodInDays.Span},
			{"pendingWindowInDays", in.PendingWindowInDays.Span},
			{"deletionPolicy", in.DeletionPolicy.Span}, {"policy", in.Policy.Span},
			{"admins", first(in.Admins)}, {"serviceGrants", first(in.ServiceGrants)},
			{"tags", firstTag(in.Tags)},
			{"logicalId", in.LogicalID.Span},
		})
		if alias := in.Import.Alias; alias.Set() {
			hint := "write it as alias/name"
			if strings.TrimPrefix(alias.V, "alias/") == accountKey {
				hint = "remove the key, and where it is named: what has no key is encrypted with " +
					"this one, as it is with key: aws/secretsmanager"
			}
			c.text(diag.InvalidName, alias, "the alias",
				aws.AliasName(strings.TrimPrefix(alias.V, "alias/")), hint)
			if !k.Pin {
				c.report(diag.PinNeedsARN, in.PinSecrets.Span).
					Message("a key imported by alias has no known ARN, so that its uses are " +
						"always pinned to their secrets").
					Hint("import the key by its arn")
			}
			continue
		}
		c.importedARN(in.Import.ARN, aws.KeyARN,
			"write arn:aws:kms:<region>:<account>:key/<id>", "key")
	}
	return c.found
}

// importedARN checks the ARN of an imported secret or key.
func (c *checker) importedARN(v spec.Value, invalid func(string) string, hint, kind string) {
	literal, ok := v.Literal()
	if !ok {
		return
	}
	if clause := invalid(literal); clause != "" {
		d := c.report(diag.InvalidARN, v.Span()).
			Message("%q %s", literal, clause).
			Hint("%s", diag.Words(hint))
		c.nearlyARN(d, v, literal)
		return
	}
	arn, _ := aws.ParseARN(literal)
	c.regionOf(arn, v)
	c.owner(arn, v.Span(), kind, kind+"s of account ")
}

// property is one that an entry has, or does not have when its place is zero.
type property struct {
	name string
	at   source.Span
}

// importTakesNo refuses properties that would change what the spec does not own.
func (c *checker) importTakesNo(kind string, properties []property) {
	for _, p := range properties {
		if p.at.File != nil {
			c.report(diag.ImportTakesNo, p.at).
				Message("an imported %s takes no %q: it is not this spec that makes "+
					"it", kind, p.name).
				Hint("remove it, or the import")
		}
	}
}

func firstTag(tags spec.Entries[spec.Value]) source.Span {
	if len(tags) == 0 {
		return source.Span{}
	}
	return tags[0].Span
}
