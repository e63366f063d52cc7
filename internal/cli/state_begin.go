package cli

import (
	"context"
	"errors"

	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
)

// Both states of diff are begun before either is finished, so that specs are compiled side by side,
// and the new ones not at all where they say what the old ones do. Nothing is shown before the old
// state is finished.

// begun is an argument of diff while it is being read.
type begun struct {
	*state
	p         *program   // that reads it
	templates []deployed // none: it is specs, or nothing
	specs     specs
	found     diag.List       // in the files of the specs
	read      *compile.Files  // likewise; nil: something is wrong with them
	outcome   compile.Outcome // likewise
	isOutcome bool            // they are compiled
}

// begin reads an argument of diff: specs, templates, a directory that compile wrote, any of them in
// a revision, or nothing. Templates are read when the state is finished, since what is wrong in
// them is shown.
func (p *program) begin(
	ctx context.Context, argument string, flags *estateFlags,
) (*begun, error) {
	b := &begun{state: &state{argument: argument, in: map[string]change.State{},
		masks: &source.Masks{}, accepted: map[string][]*change.Acceptance{},
		templates: map[string][]deployedTemplate{}}}
	if argument == nothing {
		b.add("", change.State{})
		return b, nil
	}
	path := ""
	var err error
	if b.p, path, err = p.reading(ctx, argument); err != nil {
		return nil, err
	}
	var paths []string
	b.templates, paths, err = b.p.toldFromSpecs([]string{path}, flags)
	switch {
	case err != nil:
		return nil, b.refused(err)
	case len(b.templates) > 0:
		return b, nil
	case b.p.revision == nil && b.p.isEmptyDirectory(path):
		b.add("", change.State{})
		return b, nil
	}
	if b.specs, b.found, err = b.p.read(paths); err != nil {
		return nil, err
	}
	for _, one := range b.specs.list {
		b.files = append(b.files, one.Files...)
	}
	if !b.found.HasErrors() && b.p.env.compile == nil {
		b.read = compile.Read(b.specs.list)
	}
	return b, nil
}

// refused is the error that templates cannot be read: 1 is the answer of --fail-on.
func (s *state) refused(err error) error {
	var wrong *exit
	if errors.As(err, &wrong) && wrong.code == exitErrors {
		return refuse(exitFailed, "", "the state %q has errors, so that nothing can be compared",
			s.argument)
	}
	return err
}

// sayTheSame is SayTheSame; tests change it.
var sayTheSame = (*compile.Files).SayTheSame

// compile compiles specs whose files can be read.
func (b *begun) compile() {
	if b.read != nil && !b.isOutcome {
		b.outcome, b.isOutcome = b.read.Compile(b.p.options()), true
	}
}

// compileBoth compiles the specs of two states side by side, as far as both will have to be.
func compileBoth(before, after *begun) {
	if before.read == nil || after.read == nil || after.equal(before.state) ||
		sayTheSame(after.read, before.read) {
		return
	}
	parallel.Each(2, func(i int) { []*begun{before, after}[i].compile() })
}

// finish gives the state that was begun. isAfter says that it is the new state, whose specs may
// have no errors at all; of the old one those do that have templates.
func (b *begun) finish(isAfter bool) (*state, error) {
	switch {
	case len(b.templates) > 0:
		list, err := b.p.loadTemplates(b.templates)
		if err != nil {
			return nil, b.refused(err)
		}
		return b.state, b.ofTemplates(b.p, list)
	case len(b.environments) > 0: // it means nothing
		return b.state, nil
	}
	b.compile()
	return b.ofSpecs(isAfter)
}

// finishAfter is finish of the new state, which may be the old one: where the files are the same.
// With places, files must be so to the byte.
func (b *begun) finishAfter(before *begun, old *state, places bool) (*state, error) {
	switch {
	case b.found.HasErrors() || len(b.files) == 0:
	case b.equal(old):
		return old, nil
	case !places && old.flawless && len(old.accepted) == 0 && b.read != nil &&
		before.read != nil && sayTheSame(b.read, before.read):
		return old.again(), nil
	}
	return b.finish(true)
}

// again returns the state of specs that say the same in other places. Its estates are others, since
// what nobody can read may be told as such.
func (s *state) again() *state {
	out := *s
	out.in = map[string]change.State{}
	for name, one := range s.in {
		if one.Estate != nil {
			one.Estate = one.Estate.Copy()
		}
		out.in[name] = one
	}
	return &out
}

// ofSpecs is the state that specs compile to.
func (b *begun) ofSpecs(isAfter bool) (*state, error) {
	l, err := b.p.compiled(b.specs, b.found, func() compile.Outcome {
		if b.isOutcome {
			return b.outcome
		}
		return b.p.compile(b.specs.list)
	})
	if err != nil {
		return nil, err
	}
	s := b.state
	s.masks, s.flawless = l.Masks, !l.Diagnostics.HasErrors()
	isSound := len(l.Results) > 0
	for _, r := range l.Results {
		one, ok := l.stateOf(r, isAfter)
		isSound = isSound && ok
		for _, name := range l.environmentsOf(r) {
			s.add(name, one)
			if list := r.Accepted(); len(list) > 0 {
				s.accepted[name] = append(s.accepted[name], list...)
			}
		}
	}
	if !isSound {
		b.p.showText(l.Diagnostics, l.Masks)
		return nil, refuse(exitFailed, "secretctl validate says more",
			"the state %q has errors, so that nothing can be compared", s.argument)
	}
	for _, e := range l.Estates {
		if one, ok := s.in[e.Environment]; ok && e.Estate != nil {
			one.Estate = e.Estate
			s.in[e.Environment] = one
		}
	}
	return s, nil
}
