package cli

import (
	"fmt"
	"slices"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
)

// outcome is what a run did to the disk, or found there. Files are named as the user would.
type outcome struct {
	created []string // that were not there
	changed []string // that were there and are written anew
	removed []string // that are no longer produced
	fresh   int      // templates that were right already
}

// outcomeOf tells what writing destinations does; all are those of one directory, or one file.
func outcomeOf(to target, all []destination) outcome {
	var o outcome
	for _, d := range all {
		switch {
		case !d.isUpToDate() && d.info == nil:
			o.created = append(o.created, d.shown)
		case !d.isUpToDate():
			o.changed = append(o.changed, d.shown)
		case to.isFile || d.name != plan.FileName:
			o.fresh++
		}
	}
	return o
}

// add counts what was done in another directory.
func (o *outcome) add(other outcome) {
	o.created = append(o.created, other.created...)
	o.changed = append(o.changed, other.changed...)
	o.removed = append(o.removed, other.removed...)
	o.fresh += other.fresh
}

// mostNamed is how many things a line names, and mostTold how many files have a line for
// themselves, of those that were written, of those that were changed and of those that were
// removed. The others are counted.
const (
	mostNamed = 5
	mostTold  = 20
)

// lines says it: a line for each file, and one for all that were right already.
func (o outcome) lines() []string {
	lines := slices.Concat(toldEach("wrote", o.created), toldEach("changed", o.changed),
		toldEach("removed", o.removed))
	if o.fresh > 0 {
		lines = append(lines, english.Plural(o.fresh, "template is", "templates are")+" fresh")
	}
	return lines
}

// toldEach says of each file what was done with it.
func toldEach(did string, files []string) (lines []string) {
	for i, name := range files {
		if rest := len(files) - i; i == mostTold && rest > 1 {
			return append(lines, fmt.Sprintf("%s %s more files", did, english.Thousands(rest)))
		}
		lines = append(lines, did+" "+show.Printable(name))
	}
	return lines
}

// tell says on standard error what a run did, unless it is to be quiet, and forgets it.
func (p *program) tell() {
	if !p.quiet {
		for _, line := range p.did.lines() {
			fmt.Fprintln(p.err, line)
		}
	}
	p.did = outcome{}
}
