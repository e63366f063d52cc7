package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// stackName checks the name and description of the stack.
func stackName(m *Model) diag.List {
	c := checker{Model: m}
	if name := m.written.Stack; name.Set() {
		c.textMeant(diag.InvalidName, name, "the stack name", aws.StackName,
			"write a letter, then letters, digits and hyphens, 128 at most",
			hyphenated)
	}
	if n := len(m.Description); n > aws.MaxTemplateDescription {
		c.report(diag.TooLong, m.written.Description.Span).
			Message("the description has %d bytes, and a template's may have "+
				"%d", n, aws.MaxTemplateDescription).
			Hint("shorten it")
	}
	return c.found
}

// environment checks partition, account and Region.
func environment(m *Model) diag.List {
	c := checker{Model: m}
	e := m.written.Environment
	if e.Account.Set() {
		c.textMeant(diag.InvalidName, e.Account, "the account id", aws.AccountID,
			"write the twelve digits", digitsOf)
	}
	if e.Region.Set() {
		c.region(e.Region)
		if derived := aws.PartitionOf(e.Region.V); derived != "" && derived != m.Env.Partition {
			c.report(diag.InvalidValue, e.Partition.Span).
				Message("region %q is in partition %q, not "+
					"%q", m.Env.Region, derived, m.Env.Partition).
				Hint("write %q, or leave it out", derived)
		}
	}
	if e.Partition.Set() && !aws.KnownPartition(e.Partition.V) {
		c.report(diag.InvalidValue, e.Partition.Span).
			Message("there is no partition %q", e.Partition).
			Hint("write aws, aws-cn, aws-us-gov or another of AWS's partitions")
	}
	return c.found
}

// tags checks the tags of the spec and of every thing that takes some.
func tags(m *Model) diag.List {
	c := checker{Model: m}
	c.tags(m.written.Tags)
	c.tags(m.written.Defaults.Tags)
	for _, k := range m.keysWritten {
		if !k.Imported {
			c.allTags(k.written.Tags, len(k.Tags))
		}
	}
	for _, p := range m.Principals {
		if p.Role != nil {
			c.allTags(p.written.Role.Tags, len(p.Role.Tags))
			c.tagsOfRole(p.Role.Tags, p.written.Role.Tags)
		}
	}
	for _, e := range m.Resources {
		c.tagsOfIAM(e.V.Node)
	}
	for s := range c.eachSecret() {
		own := s.written.V.Tags
		if len(own) == 0 && s.Import == NotImported {
			own = m.written.Defaults.Tags
		}
		c.allTags(own, len(s.Tags))
	}
	return c.found
}

func (c *checker) tags(entries spec.Entries[spec.Value]) {
	for _, e := range entries {
		c.text(diag.InvalidName, e.ID, "the tag key", aws.TagKey(e.ID.V), "rename the tag")
		if literal, ok := e.V.Literal(); ok {
			if clause := aws.TagValue(literal); clause != "" {
				c.report(diag.InvalidName, e.V.Span()).
					Message("the value of tag %q %s", e.ID, clause).
					Hint("change the value")
			}
		}
	}
	if len(entries) > aws.MaxTags {
		c.report(diag.TooMany, entries[aws.MaxTags].ID.Span).
			Message("%d tags are more than the %d that AWS accepts", len(entries), aws.MaxTags).
			Hint("remove some")
	}
}

// tagsOfRole refuses keys of tags that differ in upper and lower case alone, which IAM takes for
// the same. It reports the one of the role itself, if one is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating
func (c *checker) tagsOfRole(tags []Tag, own spec.Entries[spec.Value]) {
	for i, t := range tags {
		for _, other := range tags[:i] {
			t := t
			if !strings.EqualFold(t.Key, other.Key) {
				continue
			}
			if own.Get(t.Key) == nil || own.Get(other.Key) != nil &&
				t.At.Compare(other.At) < 0 {
				t, other = other, t
			}
			c.sameTag(t.Key, t.At, other.Key, other.At)
		}
	}
}

func (c *checker) sameTag(key string, at source.Span, other string, first source.Span) {
	d := c.report(diag.InvalidName, at).
		Message("the tag key %q is %q once more: IAM does not tell upper and lower case apart", key,
			other).
		Hint("write it as %q, or leave it out", other)
	if at != first {
		d.Related(first, "the other one is here")
	}
}

// taggedByIAM are the types of resources of which IAM keeps the tags.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
var taggedByIAM = []string{
	"AWS::IAM::InstanceProfile", "AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider",
	"AWS::IAM::Role", "AWS::IAM::SAMLProvider", "AWS::IAM::ServerCertificate", "AWS::IAM::User",
	"AWS::IAM::VirtualMFADevice",
}

// tagsOfIAM checks the tags of a resource in CloudFormation's own words as those of a role.
func (c *checker) tagsOfIAM(resource *yaml.Node) {
	kind := resource.Get("Type")
	tags := resource.Get("Properties").Get("Tags")
	if kind == nil || tags == nil || !slices.Contains(taggedByIAM, kind.Text()) {
		return
	}
	seen := map[string]*yaml.Node{}
	for _, item := range tags.Items() {
		key := item.Get("Key")
		if key == nil || !key.IsScalar() {
			continue
		}
		if first := seen[strings.ToLower(key.Text())]; first != nil {
			c.sameTag(key.Text(), key.Span(), first.Text(), first.Span())
			continue
		}
		seen[strings.ToLower(key.Text())] = key
	}
}

// allTags checks the tags of a thing, of which there are n with those of the whole spec.
func (c *checker) allTags(own spec.Entries[spec.Value], n int) {
	c.tags(own)
	if n > aws.MaxTags && len(own) > 0 && len(own) <= aws.MaxTags && len(c.Tags) <= aws.MaxTags {
		d := c.report(diag.TooMany, own[0].ID.Span).
			Message("%d tags are more than the %d that AWS accepts, those of the whole spec "+
				"included", n, aws.MaxTags).
			Hint("remove some")
		if whole := c.written.Tags; len(whole) > 0 {
			d.Related(whole[0].ID.Span, "the tags of the whole spec begin here")
		}
		if more := c.written.Defaults.Tags; len(more) > 0 && more[0].ID != own[0].ID {
			d.Related(more[0].ID.Span, "those of defaults begin here")
		}
	}
}

// ids checks ids, and the logical IDs that take their place in the template.
func ids(m *Model) diag.List {
	c := checker{Model: m}
	for _, e := range m.written.Principals {
		c.id(e.ID, e.V.LogicalID)
	}
	for _, e := range m.written.Keys {
		c.id(e.ID, e.V.LogicalID)
	}
	for _, e := range m.written.Secrets {
		c.idOfSecret(e.ID, *e.V.LogicalID)
	}
	return c.found
}

// idOfSecret checks the id of a secret. One that is a good name leads to the name.
func (c *checker) idOfSecret(id, own spec.Text) {
	before := len(c.found)
	c.id(id, own)
	if len(c.found) == before || aws.SecretName(id.V) != "" {
		return
	}
	if words := idPart.FindAllString(id.V, -1); len(words) > 0 {
		c.found[before].Hint("write an id such as %s, and name: %s below it",
			words[len(words)-1], id)
	}
}

func (c *checker) id(id, own spec.Text) {
	if clause := aws.ID(id.V); clause != "" {
		c.report(diag.InvalidID, id.Span).
			Message("the id %q %s", id, clause).
			Hint("write a letter, then letters, digits, hyphens or underscores, 64 at most")
		return
	}
	if own.Set() {
		c.text(diag.InvalidName, own, "the logical ID", aws.LogicalID(own.V),
			"write letters and digits only")
	}
}

// logicalIDs finds ids whose logical IDs are the same. Everything derived has a logical ID that
// begins with one of these, so that no two of the same section can meet elsewhere.
func logicalIDs(m *Model) diag.List {
	if m.logicalIDsDiffer() {
		return nil
	}
	c := checker{Model: m}
	derived := logicalIDSpace{}
	for _, k := range m.keysWritten {
		c.claim(derived, "keys", k.ID, k.LogicalID, k.Span)
	}
	for s := range c.eachSecret() {
		c.claim(derived, "secrets", s.ID, s.LogicalID, s.Span)
	}
	ofPrincipals := logicalIDSpace{}
	for _, e := range m.written.Principals {
		if p := m.principals[e.ID.V]; p != nil {
			c.claim(ofPrincipals, "principals", p.ID, p.LogicalID, e.ID.Span)
		}
	}
	return c.found
}

// logicalIDsDiffer says whether all logical IDs differ, as they nearly always do: then nobody has
// to know whose they are.
func (m *Model) logicalIDsDiffer() bool {
	seen := make(map[string]bool, len(m.Keys)+len(m.Secrets))
	isNew := func(logicalID string) bool {
		isNew := logicalID == "" || !seen[logicalID]
		seen[logicalID] = true
		return isNew
	}
	for _, k := range m.Keys {
		if !isNew(k.LogicalID) {
			return false
		}
	}
	for _, s := range m.Secrets {
		if !isNew(s.LogicalID) {
			return false
		}
	}
	clear(seen) // those of principals are a space of their own
	for _, p := range m.Principals {
		if !isNew(p.LogicalID) {
			return false
		}
	}
	return true
}

// logicalIDSpace are things whose logical IDs must differ, by them.
type logicalIDSpace map[string]claimant

// claimant is what has a logical ID.
type claimant struct {
	section, id string
	at          source.Span
}

// claim notes that a thing has a logical ID, which nothing else of the space may have.
func (c *checker) claim(space logicalIDSpace, section, id, logicalID string, at source.Span) {
	if logicalID == "" {
		return
	}
	other, taken := space[logicalID]
	switch {
	case !taken:
		space[logicalID] = claimant{section, id, at}
	case other.section == section && other.id == id: // stands there twice, which has been reported
	default:
		c.report(diag.LogicalIDCollision, at).
			Message("ids %q and %q give the same logical ID %q", other.id, id, logicalID).
			Hint("give one of them a logicalId of its own").
			Related(other.at, "%q is here", other.id)
	}
}

// exports checks what other stacks are given.
func exports(m *Model) diag.List {
	var found diag.List
	for _, t := range m.written.Export {
		if isImported(m.secrets[t.V], m.keys[t.V]) {
			found.Report(diag.ImportTakesNo, t.Span).
				Message("%q is imported, and only what this spec creates can be exported", t).
				Hint("remove it: who made it exports it")
		}
	}
	return found
}

// shards checks where secrets are said to stand.
func shards(m *Model) diag.List {
	var found diag.List
	for _, s := range m.secretsWritten {
		stated := s.written.V.Shard
		known := false
		if stated.Set() {
			_, known = m.shardNumber(stated.V)
		}
		switch {
		case m.Shards <= 1 && stated.Set():
			found.Report(diag.PropertyWithoutEffect, stated.Span).
				Message("without shards every secret stands in the home stack").
				Hint("remove it, or write shards: and how many stacks the secrets are spread over")
		case s.Shard > 0 && stated.Set() && !known:
			found.Report(diag.InvalidValue, stated.Span).
				Message("there is no shard %q", stated).
				Hint("write a number from 1 to %d, or base", m.Shards)
		}
		if s.Shard > 0 && s.Import == NotImported && s.Name == "" {
			found.Report(diag.NeedsName, s.Span).
				Message("secret %q stands in a shard, and the home stack's policies can name it "+
					"there only by a name, which it does not have", s.ID).
				Hint("give the secret a name, or write shard: base")
		}
	}
	return found
}

// assertions checks what assertions say besides names.
func assertions(m *Model) diag.List {
	c := checker{Model: m}
	for i := range m.written.Assert {
		in := &m.written.Assert[i]
		switch {
		case in.OnlyReadableBy != nil:
			if in.Principal != nil {
				c.report(diag.PropertyWithoutEffect, in.Principal[0].Span).
					Message("onlyReadableBy names the principals itself").
					Hint("remove it")
			}
		case in.Can == nil && in.Cannot == nil: // rejected by the schema
		case len(in.Principal) == 0 && !isEmpty(in.Principal):
			c.report(diag.MissingProperty, in.Span).
				Message("the assertion does not say whom it is about").
				Hint("add principal")
		}
		for _, e := range in.Given {
			declared := m.Parameters.Get(e.ID.V)
			if declared == nil || declared.V.Node == nil {
				continue
			}
			template := &cfn.Template{
				Parameters: cfn.Object{{Key: e.ID.V, Value: cfn.ValueOf(declared.V.Node)}},
			}
			if err := cfn.CheckParameter(template, e.ID.V, e.V.V); err != nil {
				c.report(diag.InvalidValue, e.V.Span).
					Message("%s", err).
					Hint("write a value that the parameter takes")
			}
		}
	}
	return c.found
}
