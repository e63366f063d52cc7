package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// resolver is the state of one Resolve.
type resolver struct {
	spec            *spec.Spec
	m               *Model
	grantsWritten   int // entries of grants that were resolved
	tooManyGrants   bool
	globbed         int // how often globs were compared with ids
	globbedTooOften bool
	texts           credentials.Sections // from which functions take texts, once they are asked for
	suggestions     int                  // how many names were looked for among all others
	found           diag.List
}

// maxSuggestions bounds how often a wrong name is compared with every right one, so that a spec of ten thousand wrong names is
// refused as fast as one with a few.
const maxSuggestions = 200

// Resolve replaces names by what they name and applies the defaults. It finds everything that is wrong with a spec as such; what
// it returns is complete only when nothing it found is an error.
func Resolve(s *spec.Spec) (*Model, diag.List) {
	r := &resolver{spec: s, m: &Model{
		secrets: map[string]*Secret{}, keys: map[string]*Key{}, principals: map[string]*Principal{}, sets: map[string][]*Principal{},
		Parameters: s.Parameters, Mappings: s.Mappings, Conditions: s.Conditions, Resources: s.Resources, Outputs: s.Outputs, Metadata: s.Metadata,
	}}
	r.header()
	r.declarePrincipals()
	r.declareKeys()
	r.declareSecrets()
	r.logicalIDs()
	r.resolvePrincipals()
	r.resolveSets()
	r.deployer()
	r.resolveKeys()
	r.resolveSecrets()
	r.resolveRotations()
	r.keyRegions()
	r.shards()
	r.grants()
	r.assertions()
	r.exports()
	r.verbatim()
	return r.m, r.found
}

// report begins a diagnostic, to be completed at once.
func (r *resolver) report(code *diag.Code, at source.Span) *diag.Diagnostic {
	return r.found.Report(code, at)
}

// related adds another place to what was reported last.
func (r *resolver) related(at source.Span, message string, args ...any) {
	r.found[len(r.found)-1].Related(at, message, args...)
}

// check reports a clause about a text, if there is one.
func (r *resolver) check(code *diag.Code, t spec.Text, what, clause, hint string) bool {
	if clause == "" {
		return true
	}
	r.report(code, t.Span).
		Message("%s %q %s", diag.Words(what), t, diag.Words(clause)).
		Hint("%s", diag.Words(hint))
	return false
}

func (r *resolver) header() {
	s, m := r.spec, r.m
	m.Stack, m.Description = s.Stack.V, s.Description.V
	if s.Stack.Set() {
		r.check(diag.InvalidName, s.Stack, "the stack name", aws.StackName(s.Stack.V), "write a letter, then letters, digits and hyphens, 128 at most")
	}
	if n := len(m.Description); n > aws.MaxTemplateDescription {
		r.report(diag.TooLong, s.Description.Span).
			Message("the description has %d bytes, and a template's may have %d", n, aws.MaxTemplateDescription).
			Hint("shorten it")
	}
	m.Env = r.environment(s.Environment)
	m.Tags = r.tags(s.Tags)
}

func (r *resolver) environment(e spec.Environment) Environment {
	if e.Account.Set() {
		r.check(diag.InvalidName, e.Account, "the account id", aws.AccountID(e.Account.V), "write the twelve digits")
	}
	out := Environment{Partition: e.Partition.V, Account: e.Account.V, Region: e.Region.V, RegionSpan: e.Region.Span}
	if e.Region.Set() {
		out.Region = r.region(e.Region)
		derived := aws.PartitionOf(out.Region)
		if out.Partition == "" {
			out.Partition = derived
		}
		if derived != "" && derived != out.Partition {
			r.report(diag.InvalidValue, e.Partition.Span).
				Message("region %q is in partition %q, not %q", out.Region, derived, out.Partition).
				Hint("write %q, or leave it out", derived)
		}
	}
	if e.Partition.Set() && !aws.KnownPartition(e.Partition.V) {
		r.report(diag.InvalidValue, e.Partition.Span).
			Message("there is no partition %q", e.Partition).
			Hint("write aws, aws-cn, aws-us-gov or another of AWS's partitions")
	}
	return out
}

// region checks the text of a Region.
func (r *resolver) region(t spec.Text) string {
	if !aws.ValidRegion(t.V) {
		hint := diag.DidYouMean(t.V, aws.KnownRegions())
		r.report(diag.InvalidName, t.Span).
			Message("%q is not the name of a Region", t).
			Hint("%s", cmp.Or(hint, "write a Region such as eu-west-1"))
	}
	return t.V
}

// tags resolves tags, sorted by key.
func (r *resolver) tags(entries spec.Entries[spec.Value]) []Tag {
	var out []Tag
	for _, e := range entries {
		r.check(diag.InvalidName, e.ID, "the tag key", aws.TagKey(e.ID.V), "rename the tag")
		if literal, ok := e.V.Literal(); ok {
			if clause := aws.TagValue(literal); clause != "" {
				r.report(diag.InvalidName, e.V.Span()).
					Message("the value of tag %q %s", e.ID, clause).
					Hint("change the value")
			}
		}
		out = append(out, Tag{e.ID.V, text(e.V)})
	}
	if len(out) > aws.MaxTags {
		r.report(diag.TooMany, entries[aws.MaxTags].ID.Span).
			Message("%d tags are more than the %d that AWS accepts", len(out), aws.MaxTags).
			Hint("remove some")
	}
	slices.SortFunc(out, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// withTags resolves the tags of a thing and adds the spec's own tags for everything, which a thing's own tags win over.
func (r *resolver) withTags(entries spec.Entries[spec.Value]) []Tag {
	own := r.tags(entries)
	out := slices.Clone(own)
	for _, t := range r.m.Tags {
		if !slices.ContainsFunc(own, func(o Tag) bool { return o.Key == t.Key }) {
			out = append(out, t)
		}
	}
	if n := len(out); n > aws.MaxTags && len(own) <= aws.MaxTags && len(r.m.Tags) <= aws.MaxTags {
		r.report(diag.TooMany, entries[0].ID.Span).
			Message("%d tags are more than the %d that AWS accepts, those of the whole spec included", n, aws.MaxTags).
			Hint("remove some").
			Related(r.spec.Tags[0].ID.Span, "the tags of the whole spec begin here")
	}
	slices.SortFunc(out, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// id checks an id and returns the logical ID's stem that it or the entry's logicalId gives.
func (r *resolver) id(id, own spec.Text, kind string) (logicalID string) {
	if clause := aws.ID(id.V); clause != "" {
		r.report(diag.InvalidID, id.Span).
			Message("the id %q %s", id, clause).
			Hint("write a letter, then letters, digits, hyphens or underscores, 64 at most")
		return ""
	}
	if !own.Set() {
		return cfn.LogicalID(id.V, kind)
	}
	r.check(diag.InvalidName, own, "the logical ID", aws.LogicalID(own.V), "write letters and digits only")
	return own.V
}

func (r *resolver) declarePrincipals() {
	for i := range r.spec.Principals {
		e := &r.spec.Principals[i]
		p := &Principal{ID: e.ID.V, Span: e.ID.Span}
		p.LogicalID = r.id(e.ID, e.V.LogicalID, "")
		if e.V.Members != nil {
			r.m.sets[e.ID.V] = nil
			continue
		}
		r.m.principals[e.ID.V] = p
		r.m.Principals = append(r.m.Principals, p)
	}
	slices.SortFunc(r.m.Principals, func(a, b *Principal) int { return strings.Compare(a.ID, b.ID) })
}

func (r *resolver) declareKeys() {
	for i := range r.spec.Keys {
		e := &r.spec.Keys[i]
		k := &Key{ID: e.ID.V, Span: e.ID.Span, LogicalID: r.id(e.ID, e.V.LogicalID, "Key")}
		r.m.keys[k.ID] = k
		r.m.Keys = append(r.m.Keys, k)
	}
	slices.SortFunc(r.m.Keys, func(a, b *Key) int { return strings.Compare(a.ID, b.ID) })
}

func (r *resolver) declareSecrets() {
	for i := range r.spec.Secrets {
		e := &r.spec.Secrets[i]
		s := &Secret{ID: e.ID.V, Span: e.ID.Span, Body: e.Span, LogicalID: r.id(e.ID, e.V.LogicalID, "Secret")}
		r.m.secrets[s.ID] = s
		r.m.Secrets = append(r.m.Secrets, s)
	}
	slices.SortFunc(r.m.Secrets, func(a, b *Secret) int { return strings.Compare(a.ID, b.ID) })
}

// logicalIDs finds ids whose logical IDs are the same. Everything derived has a logical ID that begins with one of these, so
// that no two of the same section can meet elsewhere.
func (r *resolver) logicalIDs() {
	type claimed struct {
		section, id string
		at          source.Span
	}
	first := map[string]claimed{} // by what is one space of logical IDs, and the logical ID
	claim := func(space, section, id, logicalID string, at source.Span) {
		if logicalID == "" {
			return
		}
		other, taken := first[space+logicalID]
		switch {
		case !taken:
			first[space+logicalID] = claimed{section, id, at}
		case other.section == section && other.id == id: // the id stands there twice, which has been reported
		default:
			r.report(diag.LogicalIDCollision, at).
				Message("ids %q and %q give the same logical ID %q", other.id, id, logicalID).
				Hint("give one of them a logicalId of its own").
				Related(other.at, "%q is here", other.id)
		}
	}
	for _, e := range r.spec.Keys {
		k := r.m.keys[e.ID.V]
		claim("", "keys", k.ID, k.LogicalID, e.ID.Span)
	}
	for _, e := range r.spec.Secrets {
		s := r.m.secrets[e.ID.V]
		claim("", "secrets", s.ID, s.LogicalID, e.ID.Span)
	}
	for _, e := range r.spec.Principals {
		if p := r.m.principals[e.ID.V]; p != nil {
			claim("principal ", "principals", p.ID, p.LogicalID, e.ID.Span)
		}
	}
}

// principalNames are the ids that grants can name.
func (r *resolver) principalNames() []string {
	var names []string
	for id := range r.m.principals {
		names = append(names, id)
	}
	for id := range r.m.sets {
		names = append(names, id)
	}
	slices.Sort(names)
	return names
}

// principal finds one principal by id; a set is none.
func (r *resolver) principal(t spec.Text) *Principal {
	if !t.Set() {
		return nil // not written, or rejected by the schema
	}
	if p := r.m.principals[t.V]; p != nil {
		return p
	}
	if _, ok := r.m.sets[t.V]; ok {
		r.report(diag.InvalidValue, t.Span).
			Message("%q is a set of principals, and one principal is needed here", t).
			Hint("name one principal")
		return nil
	}
	r.unknown(diag.UnknownPrincipal, t, "principal", r.principalNames)
	return nil
}

// everyone finds the principals that a list of ids names, sets replaced by their members, each once, in the order named.
func (r *resolver) everyone(list []spec.Text) []*Principal {
	var out []*Principal
	seen := map[*Principal]bool{}
	add := func(p *Principal) {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	for _, t := range list {
		if p := r.m.principals[t.V]; p != nil {
			add(p)
			continue
		}
		set, ok := r.m.sets[t.V]
		if !ok {
			r.unknown(diag.UnknownPrincipal, t, "principal", r.principalNames)
		}
		for _, p := range set {
			add(p)
		}
	}
	return out
}

func (r *resolver) unknown(code *diag.Code, t spec.Text, what string, names func() []string) {
	d := r.report(code, t.Span).
		Message("no %s is named %q", diag.Words(what), t).
		Hint("define it under %ss", diag.Words(strings.ReplaceAll(what, " or ", "s or ")))
	if r.suggestions++; r.suggestions <= maxSuggestions {
		if near := diag.Nearest(t.V, names()); near != "" {
			d.Hint("write %q", near).Fix(t.Span, "%s", near)
		}
	}
}

// key finds a key by id.
func (r *resolver) key(t spec.Text) *Key {
	if !t.Set() {
		return nil
	}
	if k := r.m.keys[t.V]; k != nil {
		return k
	}
	r.unknown(diag.UnknownKey, t, "key", r.keyNames)
	return nil
}

func (r *resolver) keyNames() []string {
	names := make([]string, len(r.m.Keys))
	for i, k := range r.m.Keys {
		names[i] = k.ID
	}
	return names
}

func (r *resolver) exports() {
	if r.spec.ExportAll.V {
		for _, s := range r.m.Secrets {
			if s.Import == NotImported {
				r.m.ExportSecrets = append(r.m.ExportSecrets, s)
			}
		}
		for _, k := range r.m.Keys {
			if !k.Imported {
				r.m.ExportKeys = append(r.m.ExportKeys, k)
			}
		}
	}
	names := func() []string { return append(r.secretNames(), r.keyNames()...) }
	for _, t := range r.spec.Export {
		s, k := r.m.secrets[t.V], r.m.keys[t.V]
		if s == nil && k == nil {
			r.unknown(diag.UnknownExport, t, "secret or key", names)
		}
		if s != nil && s.Import != NotImported || s == nil && k != nil && k.Imported {
			r.report(diag.ImportTakesNo, t.Span).
				Message("%q is imported, and only what this spec creates can be exported", t).
				Hint("remove it: who made it exports it")
			continue
		}
		if s != nil && !slices.Contains(r.m.ExportSecrets, s) {
			r.m.ExportSecrets = append(r.m.ExportSecrets, s)
		}
		if k != nil && !k.Imported && !slices.Contains(r.m.ExportKeys, k) {
			r.m.ExportKeys = append(r.m.ExportKeys, k)
		}
	}
	for _, s := range r.m.ExportSecrets {
		if k := r.m.keys[s.ID]; slices.Contains(r.m.ExportKeys, k) {
			r.report(diag.ExportClash, s.Span).
				Message("secret and key %q would have the same export name", s.ID).
				Hint("export one of them only, or rename one and give it a logicalId if it is deployed").
				Related(k.Span, "the key is here")
		}
	}
}
