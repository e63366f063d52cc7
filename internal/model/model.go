// Package model knows a spec with every name replaced by the thing it names and every default
// applied (steps), and the rules that a spec must keep to make sense (checks). It knows nothing of
// policies or of who must be told what.
package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Model is a resolved spec. Its slices are sorted by id, grants by place. Texts may be
// CloudFormation intrinsics (package cfn's placeholders) where the language allows a value.
type Model struct {
	Stack       string
	Description string
	Env         Environment
	Deployer    *Principal
	Tags        []Tag
	Shards      int // over how many stacks the secrets are spread; 0 and 1: none but the home stack

	Keys       []*Key
	Principals []*Principal // without sets: a set's members stand wherever it is named
	Secrets    []*Secret
	Grants     []*Grant
	Assertions []Assertion // in the order written

	ExportSecrets []*Secret
	ExportKeys    []*Key

	// CloudFormation verbatim.
	Parameters, Mappings, Conditions, Resources, Outputs spec.Entries[spec.Raw]
	Metadata                                             spec.Entries[spec.Anything]

	secrets    map[string]*Secret
	keys       map[string]*Key
	principals map[string]*Principal
	sets       map[string][]*Principal

	usedPrincipals map[string]bool // the ids, also of sets, that something names
	usedKeys       map[string]bool

	unknown map[nameUnknown]bool // names that name nothing

	// For the checks: what the model was resolved from.
	written        *spec.Spec
	keysWritten    []*Key    // in the order written
	secretsWritten []*Secret // in the order written
	terms          []*terms  // of every grant written
}

// Environment is where the home stack lives. What the spec does not state is empty.
type Environment struct {
	Partition, Account, Region string
	RegionSpan                 source.Span
}

// Tag is one tag.
type Tag struct {
	Key, Value  string
	At, ValueAt source.Span
}

// Environment returns the name of the environment that the spec was resolved for; empty: it has
// none.
func (m *Model) Environment() string { return m.written.In }

// Absent returns the ids of secrets and principals that the spec has in other environments alone,
// with the environments that they do not exist in.
func (m *Model) Absent() map[string][]string {
	out := map[string][]string{}
	for _, section := range []string{"secrets", "principals"} {
		for _, a := range m.written.Absent[section] {
			out[a.ID.V] = a.Where
		}
	}
	return out
}

// AbsentResource returns what a logical ID would come from that the spec has in other environments
// alone, in one of some sections, or nil: a resource that is derived of it begins with its stem.
func (m *Model) AbsentResource(logicalIDOf string, sections []string) *spec.Absent {
	kinds := []struct {
		section, kind string
		parts         []string // how what is derived of it goes on
	}{
		{"secrets", "Secret", []string{"Attachment", "ResourcePolicy", "Rotation"}},
		{"keys", "Key", []string{"Alias"}},
		{"principals", "", []string{"Policy", "Role"}},
	}
	for _, k := range kinds {
		if !slices.Contains(sections, k.section) {
			continue
		}
		absent := m.written.Absent[k.section]
		for i := range absent {
			stem := logicalID(absent[i].ID, absent[i].LogicalID, k.kind)
			rest, begins := strings.CutPrefix(logicalIDOf, stem)
			isDerived := rest == "" && k.kind != "" ||
				slices.ContainsFunc(k.parts, func(part string) bool {
					return strings.HasPrefix(rest, part)
				})
			if stem != "" && begins && isDerived {
				return &absent[i]
			}
		}
	}
	return nil
}

// Sets returns the ids of the members of every set of principals, by the set's id.
func (m *Model) Sets() map[string][]string {
	out := map[string][]string{}
	for id, members := range m.sets {
		for _, p := range members {
			out[id] = append(out[id], p.ID)
		}
	}
	return out
}

// Secret returns the secret with an id, or nil.
func (m *Model) Secret(id string) *Secret { return m.secrets[id] }
