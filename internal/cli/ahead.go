package cli

import (
	"maps"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/plan"
)

// ahead begins to write the only result of a run to a directory while it is still being proved that
// its grants work, as a disk takes longer than that for a small spec. The files are written under
// temporary names, and nothing takes its place. If the spec is refused, or if anything is in the
// way, that is undone, and the run does and says what it would have done and said without. A nil
// ahead never begins.
type ahead struct {
	p     *program
	to    target // the directory that was named
	specs specs

	begun  chan *parallel.Panic // gets one when everything is begun; nil: nothing is
	loaded loaded               // what was rendered
	at     target               // where the result goes
	staged *staged              // nil: nothing is, or it is somebody else's now
}

// begin is compile.Options.Deployable.
func (a *ahead) begin(result func() compile.Result) {
	a.p.large() // or else nothing begins before the proof has ended
	a.begun = make(chan *parallel.Panic, 1)
	go func() {
		a.begun <- parallel.Catch(func() { a.stage(result()) })
	}()
}

func (a *ahead) stage(result compile.Result) {
	a.loaded = loaded{specs: a.specs, rendered: map[string][]plan.File{},
		encoded: map[string]encodedPlan{}}
	a.at = a.loaded.targetOf(result, a.to)
	artifacts, err := a.loaded.render(result, a.at)
	if err != nil {
		return
	}
	a.staged, _ = a.p.stage(a.at, artifacts, (*transaction).beginAfterNobody)
}

// wait waits until everything is begun. A panic of that is the caller's.
func (a *ahead) wait() {
	if a == nil || a.begun == nil {
		return
	}
	p := <-a.begun
	if a.begun = nil; p != nil {
		panic(p)
	}
}

// join gives what the specs compile to what was rendered for it.
func (a *ahead) join(l *loaded) {
	if a.wait(); a != nil {
		maps.Copy(l.rendered, a.loaded.rendered)
		maps.Copy(l.encoded, a.loaded.encoded)
	}
}

// take returns what was staged for a directory, which is the caller's from then on; nil: nothing.
func (a *ahead) take(to target) (s *staged) {
	if a.wait(); a != nil && a.at.path == to.path {
		s, a.staged = a.staged, nil
	}
	return s
}

// abandon undoes what nobody has taken.
func (a *ahead) abandon() {
	if a.wait(); a != nil && a.staged != nil {
		a.staged.rollback()
		a.staged.close()
		a.staged = nil
	}
}
