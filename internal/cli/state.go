package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/revision"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// nothing is the argument that means that nothing is deployed.
const nothing = "none"

// state is one side of a comparison: what an argument of diff means.
type state struct {
	argument     string
	environments []string // of specs, or of the plans of directories; "" alone: there are none
	in           map[string]change.State
	accepted     map[string][]*change.Acceptance // of specs, by environment
	templates    map[string][]deployedTemplate   // by environment; of specs there are none
	files        []*source.File                  // of specs: everything that the state follows from
	masks        *source.Masks
	flawless     bool // of specs: nothing is an error in them
}

// add notes what is deployed in an environment.
func (s *state) add(environment string, in change.State) {
	if !slices.Contains(s.environments, environment) {
		s.environments = append(s.environments, environment)
	}
	have := s.in[environment]
	have.Join(in)
	if in.Estate != nil {
		have.Estate = in.Estate
	}
	s.in[environment] = have
}

// reading returns the run that reads an argument, and the path to give it: a path that is there is
// one, and what is of the form REVISION:PATH is otherwise a revision, with @ACCOUNT behind it for
// templates.
func (p *program) reading(ctx context.Context, argument string) (*program, string, error) {
	if d, err := p.where(argument); err != nil || p.exists(d.path) {
		return p, argument, nil
	}
	text, at := argument, ""
	if i := strings.LastIndexByte(argument, '@'); i > 0 {
		account, _, _ := strings.Cut(argument[i+1:], ":")
		if aws.AccountID(account) == "" {
			text, at = argument[:i], argument[i:]
		}
	}
	if _, _, ok := revision.Split(text); !ok {
		return p, argument, nil
	}
	tree, err := p.openRevision(ctx, text)
	var problem *revision.Problem
	if errors.As(err, &problem) {
		return nil, "", refuse(exitFailed, problem.Hint, "reading %q: %s", text, problem.Message)
	}
	if err != nil {
		return nil, "", failed(fmt.Sprintf("reading %q", text), err)
	}
	q := *p
	q.revision = tree
	return &q, text + at, nil
}

// isEmptyDirectory says whether a path is a directory with nothing in it.
func (p *program) isEmptyDirectory(path string) bool {
	entries, err := p.files().list(path)
	return err == nil && len(entries) == 0
}

// ofTemplates is the state that templates make, in each environment that their plans state.
func (s *state) ofTemplates(p *program, list []deployedTemplate) error {
	by := map[string][]deployedTemplate{}
	var names []string
	for _, t := range list {
		if by[t.Environment] == nil {
			names = append(names, t.Environment)
		}
		by[t.Environment] = append(by[t.Environment], t)
	}
	if p.environment != "" {
		names = slices.DeleteFunc(names, func(n string) bool { return n != p.environment })
	}
	for _, name := range names {
		if err := p.checkParameters(by[name]); err != nil {
			return err
		}
		one := change.State{Estate: p.ofTemplates(by[name])}
		seen := map[string]bool{}
		for i := range by[name] {
			t := &by[name][i]
			one.Stacks = append(one.Stacks, change.Stack{File: t.File, Name: t.Stack,
				Account: t.Account, Region: t.Region, Template: t.Template})
			if t.In == "" || seen[t.In] {
				continue
			}
			seen[t.In] = true
			written, err := p.writtenPlan(t.In)
			if err != nil {
				return err
			}
			one.Plan.Stacks = append(one.Plan.Stacks, written.Stacks...)
			one.Plan.HandOver = append(one.Plan.HandOver, written.HandOver...)
		}
		s.add(name, one)
		s.templates[name] = by[name]
	}
	return nil
}

// callAs calls the template of a state like that of another one, where each has one alone: what two
// files of different names say of a parameter is about one stack, and so about one value.
func (s *state) callAs(p *program, other *state) {
	for name, list := range s.templates {
		now := other.of(name, len(environmentsOf(s, other)) > 1)
		if len(list) != 1 || len(now.Stacks) != 1 || now.Stacks[0].File == list[0].File {
			continue
		}
		one := s.in[name]
		one.Stacks[0].File = now.Stacks[0].File
		one.Estate = p.loadedAs(list, now.Stacks[0].File)
		s.in[name] = one
	}
}

// writtenPlan returns what the plan of a directory says of sizes and of what is handed over.
func (p *program) writtenPlan(dir string) (plan.Plan, error) {
	d, err := p.files().enter(dir)
	if err != nil {
		return plan.Plan{}, unreadable(dir, err, "")
	}
	defer d.close()
	data, err := readIn(d, plan.FileName, maxPlanSize)
	if err != nil {
		return plan.Plan{}, unreadable(filepath.Join(dir, plan.FileName), err, "")
	}
	return plan.Read(data)
}

// environmentsOf returns the environments that a result is part of: of a spec without any, each
// that others have.
func (l loaded) environmentsOf(r compile.Result) []string {
	if r.Environment != "" {
		return []string{r.Environment}
	}
	var names []string
	for _, e := range l.Estates {
		names = append(names, e.Environment)
	}
	return names
}

// stateOf returns what a result would deploy; not ok: it has errors that forbid it.
func (l loaded) stateOf(r compile.Result, after bool) (change.State, bool) {
	if r.Estate == nil || after && r.Diagnostics.HasErrors() {
		return change.State{}, false
	}
	one := r.State()
	if r.Diagnostics.HasErrors() {
		return one, true // what others must do is known, and no size
	}
	if artifacts, err := l.render(r, target{path: "."}); err == nil && len(artifacts) > 0 {
		one.Plan = l.planOf(r, artifacts[:len(artifacts)-1])
	}
	return one, true
}

// equal says whether two states follow from the same bytes.
func (s *state) equal(other *state) bool {
	return len(s.files) > 0 && slices.EqualFunc(s.files, other.files,
		func(a, b *source.File) bool { return bytes.Equal(a.Data, b.Data) })
}

// environmentsOf returns the environments of two states, those of the new one first. A state of one
// environment is compared with another of one, whatever they are called.
func environmentsOf(before, after *state) []string {
	if len(before.environments) == 1 && len(after.environments) == 1 {
		return after.environments
	}
	return slices.Concat(after.environments,
		slices.DeleteFunc(slices.Clone(before.environments), func(name string) bool {
			return slices.Contains(after.environments, name)
		}))
}

// of returns the state in an environment, or the only one.
func (s *state) of(environment string, several bool) change.State {
	if !several && len(s.environments) == 1 {
		return s.in[s.environments[0]]
	}
	return s.in[environment]
}

// compare compares two states in each of their environments, and returns the entries that accept
// nothing in any of them: those of the new state, and others.
func (p *program) compare(before, after *state, others []acceptance) show.Changes {
	names := environmentsOf(before, after)
	var out show.Changes
	var entries []*change.Acceptance
	for _, name := range names {
		several := len(names) > 1
		old, now := before.of(name, several), after.of(name, several)
		accepted := slices.Clip(after.acceptedIn(name, several))
		for _, a := range others {
			if a.in == nil || slices.Contains(a.in, name) {
				one := a.Acceptance
				accepted = append(accepted, &one)
			}
		}
		entries = append(entries, accepted...)
		if old.OfSpec != now.OfSpec && old.Estate != nil && now.Estate != nil {
			p.asTemplates(&old)
			p.asTemplates(&now)
		}
		r := change.Compare(old, now, accepted)
		if several {
			r.Environment = name
		}
		out.Reports = append(out.Reports, r)
	}
	out.Unused = unused(entries)
	return out
}

// asTemplates takes a state of specs for what its templates alone say: what a spec knows beside
// them, such as which groups and accounts there are, and what it asserts, the templates of the
// other state do not say.
func (p *program) asTemplates(s *change.State) {
	if !s.OfSpec {
		return
	}
	var list []deployedTemplate
	for _, one := range s.Stacks {
		list = append(list, deployedTemplate{File: one.File, Stack: one.Name,
			Account: one.Account, Region: one.Region, Template: one.Template})
	}
	s.Estate, s.Assertions = p.ofTemplates(list), nil
}

// acceptedIn returns what a state accepts in an environment, or in the only one.
func (s *state) acceptedIn(environment string, several bool) []*change.Acceptance {
	if !several && len(s.environments) == 1 {
		environment = s.environments[0]
	}
	return s.accepted[environment]
}

// unused returns the entries that accept nothing in any environment, each once.
func unused(entries []*change.Acceptance) []*change.Acceptance {
	used := map[source.Span]bool{}
	for _, a := range entries {
		used[a.Span] = used[a.Span] || a.Used()
	}
	var out []*change.Acceptance
	for _, a := range entries {
		if !used[a.Span] {
			used[a.Span] = true
			out = append(out, a)
		}
	}
	return out
}
