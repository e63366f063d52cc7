package change

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/verb"
)

// State is one side of a comparison in one environment: what is deployed, or would be.
type State struct {
	Stacks     []Stack
	Estate     *access.Estate // what the stacks make; nil: nothing is deployed
	Plan       plan.Plan      // without one, nothing is known of sizes and of what is handed over
	Assertions []model.Assertion
	IDs        map[string]string // as stacks have them, of all stacks
	Imported   []Imported        // what specs say is there
	OfSpec     bool              // specs are compiled to it; else it is templates
	OwnWords   bool              // of specs: some policy is in the user's own words
}

// Report is what deploying one state over another does, in one environment.
type Report struct {
	Environment string   // of several; empty: there is one
	Access      []Access // in the order of access.Difference
	Becomings   []Becoming
	Resources   []ResourceChange // the worst first
	Stacks      []StackChange
	HandOvers   []HandOver
	Assertions  []Assertion
	Limits      []Limit
	// Unknown says that some answer is unknown on both sides and the same: what nobody can read may
	// still differ.
	Unknown  bool
	TooMany  bool     // there are more changes of access than a report may have
	Accounts []string // that the stacks of both states are deployed to; "": nobody states it

	difference *access.Difference
	after      *access.Estate      // nil: nothing is deployed
	ids        []map[string]string // what specs call whom and what they make
}

// Access is a change of access. A change and a risk are accepted by the entry of a spec, or nil.
type Access struct {
	access.Change
	Accepted *Acceptance
}

// Becoming is that a principal may become another one now, or may no longer.
type Becoming struct {
	access.Becoming
	Accepted *Acceptance
}

// ResourceChange is a change of a resource.
type ResourceChange struct {
	Resource
	Accepted *Acceptance
}

// Classes are all classes of changes that can be accepted and that --fail-on takes, those of access
// first.
func Classes() []string {
	var out []string
	for k := access.Gains; k <= access.Loses; k++ {
		out = append(out, k.String())
	}
	return append(out, Risks...)
}

// IsNews says whether a class of changes is one that --fail-on any means: all but update, which
// nobody notices.
func IsNews(class string) bool { return class != Updated.String() }

// Join adds what else is deployed beside a state. The estate is that of both, and stays as it is.
func (s *State) Join(other State) {
	s.Stacks = append(slices.Clip(s.Stacks), other.Stacks...)
	s.OfSpec, s.OwnWords = s.OfSpec || other.OfSpec, s.OwnWords || other.OwnWords
	s.Assertions = append(slices.Clip(s.Assertions), other.Assertions...)
	s.Imported = append(slices.Clip(s.Imported), other.Imported...)
	s.Plan.Stacks = append(slices.Clip(s.Plan.Stacks), other.Plan.Stacks...)
	s.Plan.HandOver = append(slices.Clip(s.Plan.HandOver), other.Plan.HandOver...)
	if s.IDs == nil {
		s.IDs = other.IDs
		return
	}
	s.IDs = maps.Clone(s.IDs)
	maps.Copy(s.IDs, other.IDs)
}

// HasAny says whether there is a change of one of some classes that is not accepted.
func (r *Report) HasAny(classes []string) bool {
	all, accepted := r.Counts()
	return slices.ContainsFunc(classes, func(class string) bool {
		return all[class] > accepted[class]
	})
}

// Compare says what deploying one state over the other does. What it accepts is noted in the
// entries.
func Compare(before, after State, accepted []*Acceptance) *Report {
	before.Stacks = knowing(before.Stacks, after.IDs)
	after.Stacks = knowing(after.Stacks, before.IDs)
	r := &Report{
		Stacks:     Stacks(before.Stacks, after.Stacks),
		HandOvers:  HandOvers(before.Plan.HandOver, after.Plan.HandOver),
		Assertions: Assertions(before.Assertions, after.Assertions),
		Limits:     Limits(before.Plan, after.Plan),
	}
	for _, s := range slices.Concat(before.Stacks, after.Stacks) {
		r.Accounts = append(r.Accounts, s.Account)
	}
	slices.Sort(r.Accounts)
	r.Accounts = slices.Compact(r.Accounts)
	c := newComparison(before.Stacks, after.Stacks)
	c.imported = before.Imported
	for _, one := range c.resources() {
		r.Resources = append(r.Resources, ResourceChange{Resource: one})
	}
	after.Estate = c.withLeft(before.Estate, after.Estate)
	r.after, r.ids = after.Estate, []map[string]string{before.IDs, after.IDs}
	if before.Estate == nil || before.Estate != after.Estate { // else the two are one
		r.compareAccess(&before, &after, accepted)
	}
	for i := range r.Resources { // once it is known which of them nobody knows
		c := &r.Resources[i]
		c.Accepted = c.AcceptedBy(accepted)
	}
	r.Unknown = r.IsEmpty() && before.Estate != after.Estate && isUnknown(after.Estate)
	return r
}

// compareAccess asks both estates, and judges the policies that are written otherwise by what has
// changed of the answers.
func (r *Report) compareAccess(before, after *State, accepted []*Acceptance) {
	r.difference = access.Compare(estateOf(*before), estateOf(*after), verb.All)
	r.TooMany = r.difference.TooMany
	if !r.difference.ByName { // what conditions decide is compared, whatever they are defined as
		r.Resources = slices.DeleteFunc(r.Resources, func(c ResourceChange) bool {
			return c.isOfCondition
		})
	}
	for _, b := range r.difference.Becomings {
		r.Becomings = append(r.Becomings, Becoming{b, acceptedBecoming(accepted, &b)})
	}
	for _, c := range r.difference.Changes {
		nameAs(&c, before.IDs, after.IDs)
		r.Access = append(r.Access, Access{c, acceptedAccess(accepted, &c)})
	}
	r.rotations()
	r.policies(before, after)
}

// nameIn returns the name of a secret in its ARN, without the characters that Secrets Manager adds.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
func nameIn(arn string) string {
	_, name, _ := strings.Cut(arn, ":secret:")
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		return name[:i]
	}
	return name
}

// rotations judges that other functions rotate secrets by who has access now and had it before: of
// a function whose role has the same, nobody knows what it does with a value.
func (r *Report) rotations() {
	changed := map[string]bool{}
	for i := range r.Access {
		s := r.Access[i].Secret
		changed[s.ID], changed[s.ARN], changed[nameIn(s.ARN)] = true, true, true
	}
	for i := range r.Resources {
		c := &r.Resources[i]
		if c.isOfRotation && slices.ContainsFunc(append([]string{c.Secret}, c.names...),
			func(name string) bool { return changed[name] }) {
			c.Unknown = false
		}
	}
}

// knowing returns stacks of which those of templates know what the specs of the other state call
// the resources of their logical IDs.
func knowing(stacks []Stack, ids map[string]string) []Stack {
	stacks = slices.Clone(stacks)
	for i := range stacks {
		if stacks[i].IDs == nil {
			stacks[i].IDs = ids
		}
	}
	return stacks
}

// isUnknown says whether an answer about an estate is unknown.
func isUnknown(e *access.Estate) bool {
	if e == nil {
		return false
	}
	r := e.Report(verb.All, nil, nil)
	return r.TooMany || slices.ContainsFunc(r.Rows, func(row access.Row) bool {
		return row.Answer.Effect == access.Unknown
	})
}

// estateOf returns the estate of a state, or the one that nothing makes.
func estateOf(s State) *access.Estate {
	if s.Estate != nil {
		return s.Estate
	}
	return access.Load(nil, access.Beside{})
}

// Evidence returns what shows a change of access. It is not for several goroutines at once.
func (r *Report) Evidence(c *Access) access.Evidence { return r.difference.Evidence(&c.Change) }

// After returns who can do what in the new state, under the names that the changes have. It asks
// anew each time.
func (r *Report) After() access.Report {
	if r.after == nil {
		return access.Report{}
	}
	out := r.after.Report(verb.All, nil, nil)
	for _, list := range [][]access.Subject{out.Principals, out.Secrets} {
		for i := range list {
			list[i].ID = idOf(&list[i], r.ids)
		}
	}
	return out
}

// Counts returns how many changes there are of each class, and how many of them are accepted.
func (r *Report) Counts() (all, accepted map[string]int) {
	all, accepted = map[string]int{}, map[string]int{}
	count := func(class string, by *Acceptance) {
		all[class]++
		if by != nil {
			accepted[class]++
		}
	}
	for i := range r.Access {
		count(r.Access[i].Kind.String(), r.Access[i].Accepted)
	}
	for i := range r.Becomings {
		count(r.Becomings[i].Kind.String(), r.Becomings[i].Accepted)
	}
	for i := range r.Resources {
		count(r.Resources[i].Class(), r.Resources[i].Accepted)
	}
	return all, accepted
}

// IsEmpty says whether nothing has changed in meaning.
func (r *Report) IsEmpty() bool {
	return len(r.Access) == 0 && len(r.Becomings) == 0 && len(r.Resources) == 0 &&
		len(r.HandOvers) == 0 && len(r.Assertions) == 0
}
