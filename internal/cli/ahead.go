package cli

import (
	"maps"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/parallel"
)

// ahead renders the only result of a run, in memory, while its templates are still checked and
// proved. Nothing of the disk is looked at before the spec is accepted. A nil ahead does nothing.
type ahead struct {
	to       target // the directory that was named
	specs    specs
	rendered func() loaded // nil: nothing is begun
}

// begin is compile.Options.Deployable.
func (a *ahead) begin(result func() compile.Result) {
	a.rendered = parallel.Ahead(func() loaded {
		l, r := newLoaded(a.specs), result()
		_, _ = l.render(r, l.targetOf(r, a.to)) // whoever needs the files meets an error again
		return l
	})
}

// join gives what the specs compile to what was rendered of it.
func (a *ahead) join(l *loaded) {
	if a != nil && a.rendered != nil {
		known := a.rendered()
		maps.Copy(l.rendered, known.rendered)
		maps.Copy(l.encoded, known.encoded)
	}
}
