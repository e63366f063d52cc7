package cli

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// check shows how what is on disk differs from what is to be written, and changes nothing. Stale
// are the directories that are no longer written.
func (p *program) check(to target, all []writing, stale []staleDirectory) error {
	differ := 0
	for _, w := range all {
		n, err := p.differences(w.to, w.artifacts)
		if err != nil {
			return err
		}
		differ += n
	}
	for _, dir := range stale {
		for _, name := range dir.files() {
			differ++
			fmt.Fprint(p.out, printableLines(name+" is no longer produced\n"))
		}
	}
	if differ == 0 {
		return nil
	}
	return refuse(exitErrors, "run the same command without --check",
		"%q is stale: %s", to.path,
		english.Plural(differ, "file differs", "files differ"))
}

// differences shows how what is in one directory, or one file, differs, and returns how many files
// do.
func (p *program) differences(to target, artifacts []plan.File) (differ int, err error) {
	at, err := p.place(to)
	if err != nil {
		return 0, cannotReplace(to.path, err)
	}
	defer at.close()
	all, err := p.destinations(at, artifacts, true)
	if err != nil {
		return 0, err
	}
	for i, d := range all {
		if !d.isUpToDate() {
			differ++
			format := to.format
			if !to.isFile && i == len(all)-1 { // the plan
				format = cfn.Format{}
			}
			fmt.Fprint(p.out, p.painted(printableLines(difference(d, format))))
		}
	}
	for _, line := range at.otherChanges(all) {
		differ++
		fmt.Fprint(p.out, printableLines(line+"\n"))
	}
	if differ == 0 {
		p.did.add(outcomeOf(to, all))
	}
	return differ, nil
}

// otherChanges tells which files in the directory the next run would remove, or put into another
// place.
func (at *place) otherChanges(all []destination) []string {
	if at.dir == nil || at.to.isFile {
		return nil
	}
	var lines []string
	for _, l := range leftovers(at.dir, all[len(all)-1].old, names(all)) { // the plan comes last
		if l.now == "" {
			lines = append(lines, at.shown(l.name)+" is no longer produced")
		}
	}
	for _, name := range append(at.dir.temporaries(), pendingName) {
		if info, err := at.dir.root.Lstat(name); err == nil && info.Mode()&fs.ModeType == 0 {
			lines = append(lines, at.shown(name)+" is left behind by a run that was interrupted")
		}
	}
	return lines
}

// difference shows how a file differs from what shall be there, without the values that a
// template keeps secret. What is there is shown only if it is a template or a plan: anything else
// may hold what nobody can judge, and one that is larger than those are. Both are shown as
// secretctl would write them, so that comments are not.
func difference(d destination, format cfn.Format) string {
	most := maxTemplateSize
	if d.name == plan.FileName {
		most = maxPlanSize
	}
	wanted, ok := shownTree(d.shown, d.file.Text(&plan.Room{}), most)
	if !ok {
		return d.shown + " differs, and is not shown because it is too large\n"
	}
	var is cfn.Object
	var old []byte
	if d.info != nil {
		if is, ok = shownTree(d.shown, d.old, most); !ok {
			return d.shown + " differs; what is there is not shown, " +
				"because it is neither a template nor a plan\n"
		}
		old = encodeShown(is, nil, format)
	}
	text := cfn.Diff(d.shown, old, encodeShown(wanted, is, format))
	if text == "" {
		return d.shown + " differs in what is not shown: hidden values, comments or layout\n"
	}
	return text
}

// shownTree reads a template or a plan of up to most bytes.
func shownTree(name string, data []byte, most int) (cfn.Object, bool) {
	if len(data) > most {
		return nil, false
	}
	tree, ok := cfn.ReadTree(source.New(name, data), most)
	for _, name := range []string{"AWSTemplateFormatVersion", "Resources", "stacks"} {
		if ok && tree.Get(name) != nil {
			return tree, true
		}
	}
	return nil, false
}

// encodeShown writes a tree without its secret values; other is what it is compared with.
func encodeShown(tree, other cfn.Object, format cfn.Format) []byte {
	b := cfn.AppendValue(nil, cfn.HideValues(tree, other, aws.SoundsSecret, aws.CredentialsIn),
		format)
	if !format.YAML {
		b = append(b, '\n')
	}
	return b
}

// printableLines returns lines, each with its line end, with nothing in them that commands a
// terminal or makes a text look like what it is not. What commands a CI system, the guard of the
// output stops.
func printableLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(show.Printable(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
