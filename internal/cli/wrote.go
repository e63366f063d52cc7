package cli

import (
	"fmt"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
)

// outcome is what a run of compile did to the disk, or found there.
type outcome struct {
	to        target
	templates int      // that there are now
	created   int      // of them, how many were not there
	changed   []string // files that were there and are written anew, as the user would name them
	removed   []string // likewise of those that are no longer produced
	plan      bool     // the plan was written
}

// outcomeOf tells what writing destinations does; all are those of one run.
func outcomeOf(to target, all []destination) outcome {
	o := outcome{to: to}
	for _, d := range all {
		isPlan := !to.isFile && d.name == plan.FileName
		if !isPlan {
			o.templates++
		}
		switch {
		case d.isUpToDate():
		case isPlan:
			o.plan = true
		case d.info == nil:
			o.created++
		default:
			o.changed = append(o.changed, d.shown)
		}
	}
	return o
}

// mostNamed is how many files a line names.
const mostNamed = 5

// String says it in one line.
func (o outcome) String() string {
	templates := english.Plural(o.templates, "template", "templates")
	written := o.created + len(o.changed)
	var text string
	switch {
	case o.to.isFile && written > 0:
		text = "wrote " + o.to.path
	case written > 0 && written == o.templates && len(o.changed) == 0:
		text = fmt.Sprintf("wrote %s to %s", templates, o.to.path)
	case written > 0:
		text = fmt.Sprintf("wrote %d of %s to %s", written, templates, o.to.path)
		if len(o.changed) > 0 {
			text += "; changed " + english.Some(o.changed, mostNamed)
		}
	case o.plan:
		text = fmt.Sprintf("wrote %s to %s", plan.FileName, o.to.path)
		if o.templates > 0 {
			text += "; " + isFresh(o.templates)
		}
	default:
		text = isFresh(o.templates)
	}
	if len(o.removed) > 0 {
		text += "; removed " + english.Some(o.removed, mostNamed)
	}
	return show.Printable(text)
}

// isFresh says that so many templates are as they should be.
func isFresh(templates int) string {
	return english.Plural(templates, "template is", "templates are") + " fresh"
}

// tell says on standard error what a run did, unless it is to be quiet.
func (p *program) tell(o outcome) {
	if !p.quiet {
		fmt.Fprintln(p.err, o)
	}
}
