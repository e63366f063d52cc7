package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Resolve replaces names by what they name, applies the defaults, and judges the outcome. It finds
// everything that is wrong with a spec as such; what it returns is complete only when nothing it
// found is an error.
func Resolve(s *spec.Spec) (*Model, diag.List) {
	m, found := resolve(s, steps)
	each := make([]diag.List, len(checks))
	parallel.Each(len(checks), func(i int) { each[i] = checks[i].run(m) })
	found = slices.Concat(append([]diag.List{found}, each...)...)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return follows(s, d) })
	found = withoutDoubts(found)
	inEnvironment := isWrongWith(&s.Environment)
	if slices.ContainsFunc(found, inEnvironment) {
		found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
			return slices.Contains(environmentDecides, d.Code) && !inEnvironment(d)
		})
	}
	return m, once(found)
}

// withoutDoubts leaves out the notes on Regions that are not known where an error about what is
// granted there says as much.
func withoutDoubts(found diag.List) diag.List {
	said := map[source.Span]bool{}
	for _, d := range found {
		if d.Code == diag.GrantWithoutEffect {
			said[d.Span] = true
			for _, r := range d.Places() {
				said[r.Span] = true
			}
		}
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return d.Code == diag.UnlistedName && said[d.Span]
	})
}

// restsOn are the properties of the document that must have been read before something of a code
// can be said: a name is unknown only if what would define it is known.
var restsOn = map[*diag.Code][]string{
	diag.UnknownSecret:      {"secrets"},
	diag.GlobMatchesNothing: {"secrets"},
	diag.UnknownPrincipal:   {"principals"},
	diag.UnknownKey:         {"keys"},
	diag.UnknownExport:      {"secrets", "keys"},
	diag.UnknownParameter:   {"parameters"},
	diag.UnknownCondition:   {"conditions"},
	diag.NeedsEnvironment:   {"environment"},
	diag.NeedsDeployer:      {"deployer"},
}

// environmentDecides are codes of what only the environment makes wrong. Where something is wrong
// with the environment itself, nothing is said of them.
var environmentDecides = []*diag.Code{
	diag.NeedsEnvironment, diag.InvalidDeployer, diag.GrantWithoutEffect, diag.OwnAccount,
	diag.OtherPartition, diag.ReplicaAtHome, diag.KeyInOtherRegion, diag.InvalidAdmin,
}

// isWrongWith says whether something that was found is in the environment.
func isWrongWith(e *spec.Environment) func(d diag.Diagnostic) bool {
	return func(d diag.Diagnostic) bool {
		return d.Code.Severity == diag.Error && e.Span.File != nil && d.Span.File == e.Span.File &&
			e.Span.Start <= d.Span.Start && d.Span.End <= e.Span.End
	}
}

// once returns what is found with one finding for what the spec does not say of its environment:
// the first place, and some of the others.
func once(found diag.List) (out diag.List) {
	first, others := map[string]int{}, map[string]int{}
	for _, d := range found.Sorted() {
		hint := d.Advises(nil)
		at, again := first[hint]
		switch {
		case d.Code != diag.NeedsEnvironment:
			out = append(out, d)
		case !again:
			first[hint] = len(out)
			out = append(out, d)
		default:
			if others[hint]++; others[hint] <= mostPlaces {
				out[at].Related(d.Span, "it is needed here, too")
			}
		}
	}
	return out
}

// restsWithin are the properties of the same entry that must have been read before something of a
// code can be said; nil: all of them. What is missing may be what could not be read.
var restsWithin = map[*diag.Code][]string{
	diag.MissingProperty:          nil,
	diag.PropertyWithoutEffect:    nil,
	diag.RotationMismatch:         nil,
	diag.RotationNeedsJSON:        nil,
	diag.AttachmentNeedsJSON:      nil,
	diag.NeedsName:                nil,
	diag.NeedsARN:                 nil,
	diag.GrantWithoutEffect:       nil,
	diag.OpenTrust:                nil,
	diag.ImportTakesNo:            {"import"},
	diag.KeyInOtherRegion:         {"import"},
	diag.PolicyNotManaged:         {"manage"},
	diag.GuardrailDefeatsRotation: nil,
	diag.TemplateNeedsKey:         {"secretStringTemplate", "generateStringKey"},
	diag.LiteralSecret:            {"plaintext", "unsafePlaintext"},
	diag.StagesWithoutRead:        {"allow"},
}

// follows says whether what is found may follow from a property that could not be read, of which
// something is said already.
func follows(s *spec.Spec, d diag.Diagnostic) bool {
	if slices.ContainsFunc(restsOn[d.Code], s.Unread) {
		return true
	}
	properties, rests := restsWithin[d.Code]
	return rests && s.UnreadWithin(d.Span, properties)
}

// step is one part of resolving a spec.
type step struct {
	needs, gives []string // parts of the Model
	codes        []*diag.Code
	run          func(*resolver)
}

// steps are the parts of resolving a spec, in an order in which each finds what it needs. They
// report names that name nothing, and what cannot be resolved; whatever else can be wrong is left
// to the checks.
var steps = []step{
	{
		gives: []string{"stack", "environment", "tags"},
		run:   (*resolver).header,
	},
	{
		gives: []string{"ids of principals", "ids of keys", "ids of secrets"},
		run:   (*resolver).declare,
	},
	{
		needs: []string{"ids of principals", "environment", "tags"},
		gives: []string{"principals"},
		run:   (*resolver).resolvePrincipals,
	},
	{
		needs: []string{"ids of principals"},
		gives: []string{"sets"},
		codes: []*diag.Code{diag.MembershipCycle, diag.UnknownPrincipal},
		run:   (*resolver).resolveSets,
	},
	{
		needs: []string{"ids of principals", "sets", "principals"},
		gives: []string{"assumers"},
		codes: []*diag.Code{diag.UnknownPrincipal},
		run:   (*resolver).assumers,
	},
	{
		needs: []string{"ids of principals", "sets", "principals"},
		gives: []string{"deployer"},
		codes: []*diag.Code{diag.InvalidValue, diag.UnknownPrincipal},
		run:   (*resolver).deployer,
	},
	{
		needs: []string{"ids of keys", "ids of principals", "sets", "stack", "environment", "tags"},
		gives: []string{"keys"},
		codes: []*diag.Code{diag.UnknownPrincipal},
		run:   (*resolver).resolveKeys,
	},
	{
		needs: []string{
			"ids of secrets", "ids of keys", "ids of principals", "sets", "principals",
			"environment", "tags",
		},
		gives: []string{"secrets"},
		codes: []*diag.Code{diag.UnknownCondition, diag.UnknownKey, diag.UnknownPrincipal},
		run:   (*resolver).resolveSecrets,
	},
	{
		needs: []string{"ids of secrets", "principals", "sets", "stack", "environment"},
		gives: []string{"rotations"},
		codes: []*diag.Code{diag.InvalidValue, diag.UnknownPrincipal, diag.UnknownSecret},
		run:   (*resolver).resolveRotations,
	},
	{
		needs: []string{"secrets", "keys", "environment"},
		gives: []string{"Regions of keys"},
		run:   (*resolver).keyRegions,
	},
	{
		needs: []string{"secrets", "keys", "principals", "rotations", "environment"},
		gives: []string{"shards"},
		codes: []*diag.Code{diag.ShardMismatch},
		run:   (*resolver).shards,
	},
	{
		needs: []string{"ids of principals", "sets", "ids of secrets"},
		gives: []string{"grants"},
		codes: []*diag.Code{
			diag.GlobMatchesNothing, diag.InvalidValue, diag.TooMany, diag.UnknownPrincipal,
			diag.UnknownSecret,
		},
		run: (*resolver).grants,
	},
	{
		needs: []string{"ids of principals", "sets", "ids of secrets"},
		gives: []string{"assertions"},
		codes: []*diag.Code{
			diag.GlobMatchesNothing, diag.InvalidValue, diag.TooMany, diag.UnknownParameter,
			diag.UnknownPrincipal, diag.UnknownSecret,
		},
		run: (*resolver).assertions,
	},
	{
		needs: []string{"secrets", "keys"},
		gives: []string{"exports"},
		codes: []*diag.Code{diag.UnknownExport},
		run:   (*resolver).exports,
	},
}

// room is room for values that live as long as each other: one allocation for many.
type room[T any] struct {
	rest []T
	made int // how many there was room for at last
}

// next returns the next value, which is zero.
func (r *room[T]) next() *T {
	const least, most = 4, 256
	if len(r.rest) == 0 {
		r.made = max(least, min(most, 2*r.made))
		r.rest = make([]T, r.made)
	}
	next := &r.rest[0]
	r.rest = r.rest[1:]
	return next
}

// resolver is the state of one Resolve.
type resolver struct {
	*Model
	found         diag.List
	grantsWritten int // entries of grants that were resolved
	tooManyGrants bool
	globbed       int // how often globs were compared with ids
	tooManyGlobs  bool
	suggestions   int // how many names were looked for among all others
	grantsRoom    room[Grant]
	termsRoom     room[terms]
	termsOfStage  map[string]*Terms // of a stage alone

	unknownNames map[nameUnknown]*firstUnknown
}

func resolve(s *spec.Spec, steps []step) (*Model, diag.List) {
	r := &resolver{unknownNames: map[nameUnknown]*firstUnknown{},
		termsOfStage: map[string]*Terms{}, Model: &Model{
			written: s,
			secrets: map[string]*Secret{}, keys: map[string]*Key{},
			principals: map[string]*Principal{}, sets: map[string][]*Principal{},
			usedPrincipals: map[string]bool{}, usedKeys: map[string]bool{},
			unknown:    map[nameUnknown]bool{},
			Parameters: s.Parameters, Mappings: s.Mappings, Conditions: s.Conditions,
			Resources: s.Resources, Outputs: s.Outputs, Metadata: s.Metadata,
		}}
	for _, step := range steps {
		step.run(r)
	}
	return r.Model, r.found
}

func (r *resolver) header() {
	s := r.written
	r.Stack, r.Description, r.Tags = s.Stack.V, s.Description.V, tagsOf(s.Tags)
	r.Env = Environment{
		Partition: cmp.Or(s.Environment.Partition.V, aws.PartitionOf(s.Environment.Region.V)),
		Account:   s.Environment.Account.V,
		Region:    s.Environment.Region.V, RegionSpan: s.Environment.Region.Span,
	}
}

// tagsOf resolves tags, sorted by key.
func tagsOf(entries spec.Entries[spec.Value]) []Tag {
	if len(entries) == 0 {
		return nil
	}
	out := make([]Tag, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		out = append(out, Tag{e.ID.V, text(e.V), e.ID.Span, e.V.Span()})
	}
	slices.SortFunc(out, byKey)
	return out
}

func byKey(a, b Tag) int { return strings.Compare(a.Key, b.Key) }

// withTags resolves the tags of a thing and adds those of the whole spec, which a thing's own tags
// win over.
func (m *Model) withTags(entries spec.Entries[spec.Value]) []Tag {
	out := tagsOf(entries)
	for _, t := range m.Tags {
		if entries.Get(t.Key) == nil {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, byKey)
	return out
}

// declare makes a thing for every id, which names can name from now on.
func (r *resolver) declare() {
	for i := range r.written.Principals {
		e := &r.written.Principals[i]
		if e.V.Members != nil {
			r.sets[e.ID.V] = nil
			continue
		}
		p := &Principal{ID: e.ID.V, Span: e.ID.Span, written: &e.V}
		p.alone = []*Principal{p}
		p.LogicalID = logicalID(e.ID, e.V.LogicalID, "")
		r.principals[p.ID], r.Principals = p, append(r.Principals, p)
	}
	for i := range r.written.Keys {
		e := &r.written.Keys[i]
		k := &Key{ID: e.ID.V, Span: e.ID.Span, written: &e.V}
		k.LogicalID = logicalID(e.ID, e.V.LogicalID, "Key")
		r.keys[k.ID], r.Keys = k, append(r.Keys, k)
	}
	all := make([]Secret, len(r.written.Secrets))
	r.secrets, r.Secrets = make(map[string]*Secret, len(all)), make([]*Secret, 0, len(all))
	parallel.Stretches(len(all), share, func(from, to int) {
		for i := from; i < to; i++ {
			e, s := &r.written.Secrets[i], &all[i]
			*s = Secret{ID: e.ID.V, Span: e.ID.Span, Body: e.Span, written: e,
				Policy: &usualPolicy}
			s.LogicalID = logicalID(e.ID, *e.V.LogicalID, "Secret")
		}
	})
	for i := range all {
		s := &all[i]
		r.secrets[s.ID], r.Secrets = s, append(r.Secrets, s)
	}
	r.keysWritten, r.secretsWritten = slices.Clone(r.Keys), slices.Clone(r.Secrets)
	slices.SortFunc(r.Principals, func(a, b *Principal) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Keys, func(a, b *Key) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Secrets, func(a, b *Secret) int { return strings.Compare(a.ID, b.ID) })
	for i, s := range r.Secrets {
		s.Number = int32(i)
	}
}

// logicalID returns the stem of a thing's logical IDs, which its id or the entry's logicalId gives;
// an id that is none gives "".
func logicalID(id, own spec.Text, kind string) string {
	switch {
	case aws.ID(id.V) != "":
		return ""
	case own.Set():
		return own.V
	}
	return cfn.LogicalID(id.V, kind)
}

func (r *resolver) exports() {
	for _, s := range r.Secrets {
		if r.written.ExportAll.V && s.Import == NotImported {
			r.ExportSecrets = append(r.ExportSecrets, s)
		}
	}
	for _, k := range r.Keys {
		if r.written.ExportAll.V && !k.Imported {
			r.ExportKeys = append(r.ExportKeys, k)
		}
	}
	secrets, keys := asSet(r.ExportSecrets), asSet(r.ExportKeys)
	names := func() []string { return append(r.secretNames(), r.keyNames()...) }
	for _, t := range r.written.Export {
		s, k := r.secrets[t.V], r.keys[t.V]
		if s == nil && k == nil {
			r.unknownName(diag.UnknownExport, t, "secret or key", names)
		}
		if isImported(s, k) {
			continue
		}
		if s != nil && !secrets[s] {
			secrets[s], r.ExportSecrets = true, append(r.ExportSecrets, s)
		}
		if k != nil && !k.Imported && !keys[k] {
			keys[k], r.ExportKeys = true, append(r.ExportKeys, k)
		}
	}
}

// asSet returns the set of what a list has.
func asSet[T comparable](list []T) map[T]bool {
	set := make(map[T]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set
}

// isImported says whether an id is that of an imported thing: of a secret, or of a key alone.
func isImported(s *Secret, k *Key) bool {
	return s != nil && s.Import != NotImported || s == nil && k != nil && k.Imported
}

// ownerOf returns the account of an ARN, empty when it is the stack's own or whether it is cannot
// be told.
func (m *Model) ownerOf(arn aws.ARN) string {
	env := m.Env
	if env.Account == "" || env.Partition != "" && env.Partition != arn.Partition ||
		env.Account == arn.Account {
		return ""
	}
	return arn.Account
}
