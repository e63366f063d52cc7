package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/repair"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

const (
	// mostRounds is how often repairs are looked for: one may show what another was hidden by.
	mostRounds = 50
	// mostTries is how often all is begun anew without repairs that turned out to be none.
	mostTries = 10
	// mostJudged is how often specs are compiled in a round to find which repairs are sure, and
	// mostJudgedInAll is how often in a run. What is not judged then is not sure.
	mostJudged      = 64
	mostJudgedInAll = 256
)

// repairs is a run of --fix: what it reads, and what it has done.
type repairs struct {
	p     *program
	paths []string
	read  repair.Texts // the files as they are on the disk

	refused   map[repair.Key]bool // what is known not to be sure
	noGuesses bool                // ids are not repaired
	judged    int                 // how often specs were compiled to judge
	left      int                 // repairs that are not sure
	progress
}

// progress is what was done up to now.
type progress struct {
	lines []repairedLine
	made  repair.Made
}

// repairedLine says what was repaired, and in which files.
type repairedLine struct {
	text  string
	files []string
}

// fix repairs what is sure to be repaired, writes the files unless check is set, and returns what
// they compile to then. It says what it did, or would do.
func (p *program) fix(paths []string, check bool) (loaded, int, error) {
	if slices.Contains(paths, stdinArgument) {
		return loaded{}, 0, usage("give it a file; or use validate without --fix",
			"--fix cannot repair standard input")
	}
	r := &repairs{p: p, paths: paths, read: repair.Texts{}, refused: map[repair.Key]bool{}}
	if err := r.everywhere(); err != nil {
		return loaded{}, 0, err
	}
	did := "repaired"
	texts := p.repaired
	if check {
		did = "would repair"
		p.repaired = nil // what is found is that of the files as they are
	}
	l, err := p.load(paths)
	if err != nil {
		return l, 0, err
	}
	var failed []string
	if !check {
		failed, err = r.write(texts)
	}
	for _, line := range r.lines {
		if !slices.ContainsFunc(line.files, func(name string) bool {
			return slices.Contains(failed, name)
		}) {
			fmt.Fprintln(p.err, show.Printable(did+" "+line.text))
		}
	}
	if err != nil {
		return l, 0, err
	}
	if r.left > 0 {
		fmt.Fprintf(p.err, "%s not sure and left to you; the hint says what to do\n",
			english.Plural(r.left, "repair is", "repairs are"))
	}
	return l, len(r.lines), nil
}

// everywhere repairs by what is found in all environments, with whatever values parameters have:
// what the run is asked to look at does not narrow what is judged.
func (r *repairs) everywhere() error {
	environment, parameters := r.p.environment, r.p.parameters
	defer func() { r.p.environment, r.p.parameters = environment, parameters }()
	r.p.environment, r.p.parameters = "", nil
	return r.tries()
}

// tries repairs all that is sure, and begins anew without what turns out not to have been.
func (r *repairs) tries() error {
	for range mostTries {
		r.progress, r.p.repaired = progress{}, repair.Texts{}
		l, err := r.all()
		if err != nil {
			return err
		}
		worse := r.made.Worse(l.Diagnostics)
		if len(worse) == 0 {
			r.left = len(repair.Of(l.Diagnostics, l.Masks))
			return nil
		}
		for _, k := range worse {
			r.refused[k] = true
			r.noGuesses = r.noGuesses || k.Guess
		}
	}
	r.progress, r.p.repaired = progress{}, repair.Texts{}
	return nil
}

// all repairs words, and then ids if no error is left with all of them repaired: only then has
// every pass run that may find what they do.
func (r *repairs) all() (loaded, error) {
	l, err := r.words()
	if err != nil || r.noGuesses || len(r.of(l, true)) == 0 {
		return l, err
	}
	before, done, texts := l, r.progress, maps.Clone(r.p.repaired)
	for range mostRounds {
		guesses := r.of(l, true)
		if len(guesses) == 0 {
			break
		}
		r.make(l, guesses)
		if l, err = r.words(); err != nil {
			return l, err
		}
	}
	if !l.Diagnostics.HasErrors() {
		return l, nil
	}
	r.noGuesses = true
	r.progress, r.p.repaired = done, texts
	return before, nil
}

// words makes all repairs that are sure and no guesses, and returns what the specs compile to then.
func (r *repairs) words() (loaded, error) {
	l, err := r.p.load(r.paths)
	for range mostRounds {
		if err != nil {
			return l, err
		}
		sure := r.sure(l)
		if len(sure) == 0 {
			break
		}
		r.make(l, sure)
		l, err = r.p.load(r.paths)
	}
	return l, err
}

// of returns the repairs of what was found that are guesses, or those that are not, without those
// that were refused.
func (r *repairs) of(l loaded, guesses bool) []repair.Repair {
	list := slices.DeleteFunc(slices.Clone(l.Diagnostics), func(d diag.Diagnostic) bool {
		return d.Guessed() != guesses
	})
	return slices.DeleteFunc(repair.Of(list, l.Masks), func(one repair.Repair) bool {
		return r.refused[one.Key()]
	})
}

// sure returns the repairs that are sure together, as far as they can be judged.
func (r *repairs) sure(l loaded) []repair.Repair {
	judged := 0
	return repair.Most(r.of(l, false), func(some []repair.Repair) bool {
		if judged >= mostJudged || r.judged >= mostJudgedInAll {
			return false
		}
		judged++
		r.judged++
		after, err := r.with(some)
		ok := err == nil && repair.Sure(l.Diagnostics, after.Diagnostics, some)
		if !ok && len(some) == 1 {
			r.refused[some[0].Key()] = true
		}
		return ok
	})
}

// make makes repairs of what was found.
func (r *repairs) make(l loaded, some []repair.Repair) {
	for _, one := range some {
		line := repairedLine{text: described(one, l.Masks)}
		for _, f := range one.Fixes {
			name := f.Span.File.Name
			line.files = append(line.files, name)
			if r.read[name] == nil {
				r.read[name] = f.Span.File.Data
			}
		}
		r.lines = append(r.lines, line)
	}
	r.made = r.made.Plus(l.Diagnostics, some)
	maps.Copy(r.p.repaired, repair.Apply(some))
}

// with compiles the specs as if some repairs were made.
func (r *repairs) with(some []repair.Repair) (loaded, error) {
	before := r.p.repaired
	defer func() { r.p.repaired = before }()
	r.p.repaired = maps.Clone(before)
	maps.Copy(r.p.repaired, repair.Apply(some))
	return r.p.load(r.paths)
}

// write writes the files that were repaired, each as a whole, and returns those that it could not
// write.
func (r *repairs) write(texts repair.Texts) (failed []string, err error) {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if err := r.p.overwrite(name, r.read[name], texts[name]); err != nil {
			failed, errs = append(failed, name), append(errs, err)
		}
	}
	return failed, errors.Join(errs...)
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
