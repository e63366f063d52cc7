package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// createdSecrets checks the properties of secrets that are created.
func createdSecrets(m *Model) diag.List {
	c := checker{Model: m}
	prefix := c.namePrefix()
	for s := range c.eachSecret() {
		in := &s.written.V
		if in.Import.Span.File != nil {
			continue
		}
		if name := in.Name; name.Set() {
			if prefix {
				name.V = s.Name
			}
			c.secretName(name, aws.SecretName(name.V), "end the name otherwise",
				"shorten it to 256 characters")
			c.prefixTwice(in.Name)
		}
		if literal, ok := in.Description.Literal(); ok {
			c.described("AWS::SecretsManager::Secret", literal, in.Description.Span(), "a secret's")
		}
		if in.Type.Set() {
			c.secretType(*in.Type)
		}
		if in.Policy.Manage.Set() {
			c.report(diag.PropertyWithoutEffect, in.Policy.Manage.Span).
				Message("manage is for imported secrets: the policy of a secret created here is " +
					"always managed").
				Hint("remove it")
		}
	}
	return c.found
}

// namePrefix checks what is put before every name, and says whether it can stand there.
func (c *checker) namePrefix() bool {
	prefix := c.written.Defaults.NamePrefix
	if prefix.V == "" {
		return true
	}
	return c.text(diag.InvalidName, prefix, "the prefix of names", aws.SecretName(prefix.V),
		"write letters, digits and /_+=.@- only")
}

// prefixTwice warns of a name that has the prefix which is put before it: whole names stood there
// before, and the secrets would be replaced.
func (c *checker) prefixTwice(name spec.Text) {
	prefix := c.written.Defaults.NamePrefix
	rest, has := strings.CutPrefix(name.V, prefix.V)
	last := prefix.V[max(0, len(prefix.V)-1):]
	if !has || rest == "" || strings.HasPrefix(name.V, "/") ||
		!strings.ContainsAny(last, "/_+=.@-") { // names that begin with an "a" are many
		return
	}
	c.report(diag.NameHasPrefix, name.Span).
		Message("the name %q begins with the prefix %q, which defaults put before it once more",
			name, prefix).
		Hint("write the rest of the name only").
		Fix(name.Span, "%q", rest).
		Related(prefix.Span, "the prefix is here")
}

func (c *checker) secretType(t spec.Text) {
	if len(t.V) == 0 || len(t.V) > aws.MaxSecretType {
		c.report(diag.TooLong, t.Span).
			Message("a type has 1 to 256 characters").
			Hint("write one of the types that AWS documents")
	}
	if !slices.Contains(aws.ManagedExternalTypes(), t.V) {
		c.report(diag.UnknownType, t.Span).
			Message("%q is not a type of managed external secret that is known", t.V).
			Hint("%s", cmp.Or(diag.DidYouMean(t.V, aws.ManagedExternalTypes()), "check the "+
				"spelling; types newer than this version of secretctl are passed on as they are"))
	}
}

// secretName checks the name of a secret; endsLikeARN is what to do about one
// that ends as an ARN does, longName about one that is too long for some interfaces.
func (c *checker) secretName(name spec.Text, clause, endsLikeARN, longName string) {
	if !c.text(diag.InvalidName, name, "the secret name", clause,
		"write letters, digits and /_+=.@- only") {
		return
	}
	if aws.EndsLikeSuffix(name.V) {
		c.report(diag.NameLikeARN, name.Span).
			Message("the name %q ends in a hyphen and six characters, which AWS takes for the "+
				"end of a complete ARN", name).
			Hint("%s", diag.Words(endsLikeARN))
	}
	if aws.LongSecretName(name.V) {
		c.report(diag.LongName, name.Span).
			Message("the name has %d characters, and some of AWS's interfaces return 256 at "+
				"most", len(name.V)).
			Hint("%s", diag.Words(longName))
	}
}

// importedSecrets checks the secrets that exist.
func importedSecrets(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		in := &s.written.V
		if in.Import.Span.File == nil {
			continue
		}
		properties := []property{
			{"name", in.Name.Span}, {"description", in.Description.Span()}, {"type", in.Type.Span},
			{"value", in.Value.Span}, {"deletionPolicy", in.DeletionPolicy.Span},
			{"tags", firstTag(in.Tags)},
		}
		if len(in.Replicas) > 0 {
			properties = append(properties, property{"replicas", in.Replicas[0].Span})
		}
		c.importTakesNo("secret", properties)
		switch s.Import {
		case ByARN:
			c.importedARN(in.Import.ARN, aws.SecretARN,
				"write the complete ARN with its six-character suffix, or import by partialArn",
				"secret")
		case ByPartialARN:
			c.importedARN(in.Import.PartialARN, aws.PartialSecretARN,
				"write arn:aws:secretsmanager:<region>:<account>:secret:<name>, without the suffix",
				"secret")
			c.partialARN(s)
		case ByName:
			if c.arnForName(in.Import.Name) {
				continue
			}
			c.secretName(in.Import.Name, aws.ExistingSecretName(in.Import.Name.V),
				"import the secret by its complete arn, which the console shows",
				"it exists, and its name cannot be changed: silence the warning, with a reason")
		}
	}
	return c.found
}

// arnForName reports an ARN of a secret in the place of its name, and says whether it did.
func (c *checker) arnForName(name spec.Text) bool {
	property := "arn"
	switch {
	case aws.SecretARN(name.V) == "":
	case aws.PartialSecretARN(name.V) == "":
		property = "partialArn"
	default:
		return false
	}
	c.report(diag.InvalidName, name.Span).
		Message("%q is the ARN of a secret, and not its name", name).
		Hint("write import: { %s: %q }", diag.Words(property), name)
	return true
}

// partialARN warns of a partial ARN that Secrets Manager would take for a complete one when a
// resource names the secret by it. Where the six characters look drawn by lot, as those that AWS
// appends are, it is a complete one, and policies would append a second suffix.
func (c *checker) partialARN(s *Secret) {
	in := &s.written.V
	used := in.Policy.Manage.V || in.Attachment.Span.File != nil || in.Rotation.Span.File != nil
	drawn := strings.ContainsFunc(s.Name[strings.LastIndexByte(s.Name, '-')+1:],
		func(r rune) bool { return r < 'a' || r > 'z' })
	if !aws.EndsLikeSuffix(s.Name) || !used && !drawn {
		return
	}
	c.report(diag.NameLikeARN, s.NameSpan).
		Message("the name %q ends in a hyphen and six characters, so that AWS takes this "+
			"partial ARN for a complete one", s.Name).
		Hint("import the secret by its complete arn, which the console shows: if this is it, " +
			"write arn: instead of partialArn:")
}

// replicas checks the Regions that secrets are replicated to.
func replicas(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.written.V.Import.Span.File != nil {
			continue
		}
		seen := map[string]source.Span{}
		for _, replica := range m.replicasOf(&s.written.V) {
			t := replica.Region
			if !t.Set() {
				continue // rejected by the schema
			}
			c.replicaRegion(t)
			if at, ok := seen[t.V]; ok {
				c.report(diag.DuplicateName, t.Span).
					Message("Region %q is named twice", t.V).
					Hint("remove one of them").
					Related(at, "the first one is here")
				continue
			}
			seen[t.V] = t.Span
			if k := m.keys[replica.Key.V]; k != nil {
				c.replicaKey(k, replica)
			}
		}
	}
	return c.found
}

func (c *checker) replicaRegion(t spec.Text) {
	c.region(t)
	if t.V == c.Env.Region && t.V != "" {
		c.report(diag.ReplicaAtHome, t.Span).
			Message("a secret cannot be replicated to its own Region %q", t.V).
			Hint("remove it, or name another Region").
			Related(c.Env.RegionSpan, "the stack's Region is stated here")
	}
	if p := aws.PartitionOf(t.V); p != "" && c.Env.Partition != "" && p != c.Env.Partition {
		c.report(diag.OtherPartition, t.Span).
			Message("secrets are not replicated across partitions: %q is in %q and the stack in "+
				"%q", t.V, p, c.Env.Partition).
			Hint("name a Region of the same partition")
	}
}

// replicaKey checks the key of a replica: one that is created here, and then exists in that Region
// too, or an imported one of that Region.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
func (c *checker) replicaKey(k *Key, replica spec.Replica) {
	switch {
	case !k.Imported:
		c.elsewhere(replica.Key.Span, "a key in another Region")
	case k.Region == "" && c.wronglyImported(k): // which is said
	case k.Region == "":
		c.report(diag.KeyInOtherRegion, replica.Key.Span).
			Message("key %q is imported without an ARN that says its Region, and the key of a "+
				"replica must be of the replica's Region %q", k.ID, replica.Region).
			Hint("import the key of that Region by its arn").
			Related(k.Span, "the key is here")
	case k.Region != replica.Region.V:
		c.report(diag.KeyInOtherRegion, replica.Key.Span).
			Message("key %q is in Region %q and the replica in %q", k.ID, k.Region, replica.Region).
			Hint("name a key of the replica's Region").
			Related(k.Span, "the key is here")
	}
}

// wronglyImported says whether the import of a key could not be read, or has no ARN of a key.
func (c *checker) wronglyImported(k *Key) bool {
	literal, ok := k.written.Import.ARN.Literal()
	return c.written.UnreadWithin(k.Span, nil) || ok && aws.KeyARN(literal) != ""
}

// secretKeys sees to it that a secret's key is in its Region, as Secrets Manager requires.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func secretKeys(m *Model) diag.List {
	var found diag.List
	for _, s := range m.secretsWritten {
		if s.Key == nil {
			continue
		}
		home, region := s.Home(m), s.Key.Region
		if region == "" && s.Region != "" && s.Key.ARN == "" {
			region = m.Env.Region // created here, or imported by alias of this Region
		}
		if region != "" && home != "" && region != home {
			found.Report(diag.KeyInOtherRegion, s.KeySpan).
				Message("key %q is in Region %q and secret %q in %q", s.Key.ID, region, s.ID, home).
				Hint("name a key of the secret's Region").
				Related(s.Key.Span, "the key is here")
		}
	}
	return found
}

// attachments checks what secrets are attached to.
func attachments(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Attachment == nil {
			continue
		}
		in := &s.written.V
		c.targetType(in.Attachment.TargetType)
		g := s.Value.Generate
		if s.Import != NotImported || !s.Value.Empty && (g == nil || g.StringKey != "") {
			continue
		}
		d := c.report(diag.AttachmentNeedsJSON, in.Attachment.Span).
			Message("the attachment writes the connection's fields into the secret, which must " +
				"be a JSON object").
			Hint("give the value a secretStringTemplate with a username, and generateStringKey: " +
				"password")
		if in.Value.Span.File != nil {
			d.Related(in.Value.Span, "its value is here")
		}
	}
	return c.found
}

func (c *checker) targetType(t spec.Text) {
	target, known := aws.TargetType(t.V)
	switch {
	case !known:
		var types []string
		for _, t := range aws.TargetTypes {
			types = append(types, t.Type)
		}
		c.report(diag.InvalidValue, t.Span).
			Message("a secret cannot be attached to a %q", t).
			Hint("%s", cmp.Or(diag.DidYouMean(t.V, types),
				"write one of "+strings.Join(types, ", ")))
	case target.Undocumented:
		c.report(diag.UndocumentedTarget, t.Span).
			Message("%q is not among the target types that AWS documents", t).
			Hint("attach the instance or cluster behind it")
	}
}
