package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/repair"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// mostRounds is how often repairs are looked for: one may show what another was hidden by.
const mostRounds = 50

// repairs is a run of --fix: what it reads, and what it has done.
type repairs struct {
	p     *program
	paths []string
	read  repair.Texts // the files as they are on the disk
	lines []string     // what was done, a line for each place
	left  int          // repairs that are not sure
}

// fix repairs what is sure to be repaired, writes the files unless check is set, and returns what
// they compile to then. It says what it did, or would do.
func (p *program) fix(paths []string, check bool) (loaded, int, error) {
	if slices.Contains(paths, stdinArgument) {
		return loaded{}, 0, usage("give it a file; or use validate without --fix",
			"--fix cannot repair standard input")
	}
	p.repaired = repair.Texts{}
	r := &repairs{p: p, paths: paths, read: repair.Texts{}}
	l, err := r.rounds()
	if err != nil {
		return l, 0, err
	}
	did := "repaired"
	if check {
		did = "would repair"
		p.repaired = nil
		l, err = p.load(paths) // what is found is that of the files as they are
	} else {
		err = r.write()
	}
	if err != nil {
		return l, 0, err
	}
	for _, line := range r.lines {
		fmt.Fprintln(p.err, show.Printable(did+" "+line))
	}
	if r.left > 0 {
		fmt.Fprintf(p.err, "%s not sure and left to you; the hint says what to do\n",
			english.Plural(r.left, "repair is", "repairs are"))
	}
	return l, len(r.lines), nil
}

// rounds repairs until nothing more is sure, and returns what the specs compile to then.
func (r *repairs) rounds() (loaded, error) {
	l, err := r.p.load(r.paths)
	for range mostRounds {
		if err != nil {
			return l, err
		}
		all := repair.Of(l.Diagnostics, l.Masks)
		sure := repair.Most(all, func(some []repair.Repair) bool {
			after, err := r.with(some)
			return err == nil && repair.Sure(l.Diagnostics, after.Diagnostics, some)
		})
		r.left = len(all) - len(sure)
		if len(sure) == 0 {
			break
		}
		for _, one := range sure {
			r.lines = append(r.lines, described(one, l.Masks))
			for _, f := range one.Fixes {
				if name := f.Span.File.Name; r.read[name] == nil {
					r.read[name] = f.Span.File.Data
				}
			}
		}
		maps.Copy(r.p.repaired, repair.Apply(sure))
		l, err = r.p.load(r.paths)
	}
	return l, err
}

// with compiles the specs as if some repairs were made.
func (r *repairs) with(some []repair.Repair) (loaded, error) {
	before := r.p.repaired
	defer func() { r.p.repaired = before }()
	r.p.repaired = maps.Clone(before)
	maps.Copy(r.p.repaired, repair.Apply(some))
	return r.p.load(r.paths)
}

// write writes the files that were repaired, each as a whole.
func (r *repairs) write() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.p.repaired)) {
		errs = append(errs, r.p.overwrite(name, r.read[name], r.p.repaired[name]))
	}
	return errors.Join(errs...)
}

// described says in a line what a repair is of and what it writes.
func described(r repair.Repair, masks *source.Masks) string {
	d := r.Diagnostic
	var texts []string
	for _, f := range r.Fixes {
		if text := strings.TrimSuffix(f.Text.Shown(masks), "\n"); text != "" {
			texts = append(texts, text)
		}
	}
	at := ""
	if d.Span.File != nil {
		place := d.Span.File.Position(int(d.Span.Start))
		at = fmt.Sprintf("%s:%d:%d: ", d.Span.File.Name, place.Line, place.Column)
	}
	return fmt.Sprintf("%s%s[%s]: %s; wrote %q", at, d.Code.Severity, d.Code.Number,
		d.Sentence(masks), strings.Join(texts, " … "))
}
