package docstest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// runner runs the blocks of one page in a directory of its own.
type runner struct {
	testing.TB
	dir      string // where the page begins, empty
	home     string // of the reader
	bin      string // the programs, and nothing else
	look     string // the same, which only look at their arguments
	problems string // the file in which programs tell what is wrong with a command
	last     string // what the last block of commands printed
}

func newRunner(t testing.TB) *runner {
	t.Helper()
	root := t.TempDir()
	r := &runner{
		TB: t, dir: filepath.Join(root, "work"), home: filepath.Join(root, "home"),
		bin: filepath.Join(root, "bin"), look: filepath.Join(root, "look"),
		problems: filepath.Join(root, "problems"),
	}
	for _, dir := range []string{r.dir, r.home, r.bin, r.look} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.install()
	return r
}

// install makes a directory of the programs that pages may use, and one of programs that do nothing
// but look at their arguments.
func (r *runner) install() {
	r.Helper()
	self, err := os.Executable()
	if err != nil {
		r.Fatal(err)
	}
	for name, run := range programs() {
		target := self
		if run == nil {
			if target, err = exec.LookPath(name); err != nil {
				target = "" // a page that needs it is skipped, or fails
			}
		}
		for link, to := range map[string]string{r.bin: target, r.look: self} {
			if to == "" {
				continue
			}
			if err := os.Symlink(to, filepath.Join(link, name)); err != nil {
				r.Fatal(err)
			}
		}
	}
}

// run does what a block says. The block before it says whether a text is what commands print.
func (r *runner) run(b, previous *block) {
	r.Helper()
	switch {
	case b.notRun != "":
		r.lookAt(b)
	case b.language == "sh":
		r.last = r.shell(b, b.text, b.info["exit"])
	case b.language == "console":
		r.console(b)
	case b.language == "text" && previous != nil && previous.language == "sh" &&
		previous.notRun == "":
		r.compare(b, b.text, r.last)
	case b.language == "diff":
		r.change(b)
	case b.file() != "":
		expect.Write(r, filepath.Join(r.dir, filepath.FromSlash(b.file())), b.text)
	case b.language == "yaml":
		r.part(b)
	default:
		r.Errorf("%s:%d: this ```%s is neither a file nor what a command prints; say why before "+
			"it: <!-- not run: REASON -->", b.page, b.line, b.language)
	}
}

// part holds a block to the language: it is a part of a spec, or of a role if it begins with
// assumedBy.
func (r *runner) part(b *block) {
	r.Helper()
	text := b.text
	if strings.HasPrefix(text, "assumedBy:") {
		text = "principals:\n  p:\n    role:\n      " +
			strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n      ") + "\n"
	}
	for _, needed := range []string{"version: 1\n", "stack: shop\n"} {
		if !strings.Contains("\n"+text, "\n"+needed[:strings.Index(needed, ":")+1]) {
			text = needed + text
		}
	}
	file := source.New("block.yaml", []byte(text))
	if _, _, found := spec.Load([]*source.File{file}); len(found) > 0 {
		r.Errorf("%s:%d: this ```yaml is neither a file nor a part of a spec (%s); say why before "+
			"it: <!-- not run: REASON -->", b.page, b.line, found[0].Code.Number+": "+found[0].Sentence(nil))
	}
}

var runStep = regexp.MustCompile(`(?m)^ *(?:- )?run: ([^|].*)$`)

// lookAt checks the commands of a block that is not run, those of the steps of a workflow included.
func (r *runner) lookAt(b *block) {
	r.Helper()
	text := b.text
	switch b.language {
	case "console":
		text = ""
		for _, c := range commands(b.text) {
			text += c.line + "\n"
		}
	case "yaml": // of a workflow
		text = ""
		for _, m := range runStep.FindAllStringSubmatch(b.text, -1) {
			text += m[1] + "\n"
		}
	case "sh":
	default:
		return
	}
	r.execute(text, "PATH="+r.look, "DOCSTEST_LOOK=yes")
	r.complain(b)
}

// shell runs commands, which must end with an exit code, and returns what they print.
func (r *runner) shell(b *block, text, exit string) string {
	r.Helper()
	if strings.Contains(text, "git ") {
		requires(r.TB, "git")
	}
	code, printed := r.execute("set -e\n" + text)
	r.complain(b)
	if exit == "" {
		exit = "0"
	}
	if code != exit {
		r.Errorf("%s:%d: exit code %s, not %s:\n%s", b.page, b.line, code, exit, printed)
	}
	return printed
}

// notFound is what the shell says of a program that is not there, also in a pipe.
var notFound = regexp.MustCompile(`(?m)^.*?([^ :]+): command not found$`)

// execute runs a script and returns its exit code and everything that it printed.
func (r *runner) execute(script string, more ...string) (code, printed string) {
	r.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		r.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		r.Fatal(err)
	}
	cmd := exec.Command(bash, "-c", script)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.dir, &out, &out
	cmd.Env = append([]string{
		"PATH=" + r.bin, "HOME=" + r.home, "LC_ALL=C.UTF-8", "TZ=UTC",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_AUTHOR_NAME=n", "GIT_AUTHOR_EMAIL=n@e.example",
		"GIT_COMMITTER_NAME=n", "GIT_COMMITTER_EMAIL=n@e.example",
		"DOCSTEST_ROOT=" + root, "DOCSTEST_PROBLEMS=" + r.problems,
	}, more...)
	err = cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		r.Fatal(err)
	}
	for _, m := range notFound.FindAllStringSubmatch(out.String(), -1) {
		r.Errorf("no page may use the program %s: it is not in programs_test.go", m[1])
	}
	return strconv.Itoa(cmd.ProcessState.ExitCode()), out.String()
}

// complain tells what the programs found wrong with the commands of a block.
func (r *runner) complain(b *block) {
	r.Helper()
	text, err := os.ReadFile(r.problems)
	if err != nil {
		return // there is nothing
	}
	for line := range strings.Lines(string(text)) {
		r.Errorf("%s:%d: %s", b.page, b.line, strings.TrimSpace(line))
	}
	if err := os.Remove(r.problems); err != nil {
		r.Fatal(err)
	}
}

// command is one of a console, with what it is shown to print.
type command struct{ line, shown string }

// commands are those of a console: lines after "$ ", and what stands up to the next one.
func commands(text string) (all []command) {
	for line := range strings.Lines(text) {
		if after, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, command{line: strings.TrimSuffix(after, "\n")})
		} else if len(all) > 0 {
			all[len(all)-1].shown += line
		}
	}
	return all
}

// console runs the commands of a console, which may end with any exit code, and compares what each
// prints.
func (r *runner) console(b *block) {
	r.Helper()
	shown, printed := "", ""
	for _, c := range commands(b.text) {
		_, text := r.execute(c.line)
		if hasEllipsis(c.shown) && matches(c.shown, text) {
			text = c.shown
		}
		shown, printed = shown+"$ "+c.line+"\n"+c.shown, printed+"$ "+c.line+"\n"+text
	}
	r.complain(b)
	if shown != b.text {
		r.Errorf("%s:%d: a console begins with a command", b.page, b.line)
	}
	r.compare(b, shown, printed)
}

// compare holds what a block shows to what was printed. With -update the block gets it.
func (r *runner) compare(b *block, shown, printed string) {
	r.Helper()
	printed = strings.ReplaceAll(printed, r.dir, "…")
	switch {
	case matches(shown, printed):
	case *expect.Update && !hasEllipsis(shown):
		b.printed = &printed
	default:
		r.Errorf("%s:%d: this is not what is printed (want -, got +)\n%s", b.page, b.line,
			expect.Diff(shown, printed))
	}
}

// change makes the changes of a block of type diff to the file that it names.
func (r *runner) change(b *block) {
	r.Helper()
	name, text, ok := strings.Cut(strings.TrimPrefix(b.text, "--- "), "\n")
	if !ok || !strings.HasPrefix(b.text, "--- ") {
		r.Fatalf("%s:%d: the first line of a change is --- NAME", b.page, b.line)
	}
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	was := expect.Read(r, path)
	is, err := changed(was, text)
	if err != nil {
		r.Fatalf("%s:%d: %s: %v", b.page, b.line, name, err)
	}
	expect.Write(r, path, is)
}

// changed returns a text with a change made: its lines begin with "-", "+" or " ".
func changed(text, change string) (string, error) {
	var before, after strings.Builder
	for line := range strings.Lines(change) {
		switch line[0] {
		case '-':
			before.WriteString(line[1:])
		case '+':
			after.WriteString(line[1:])
		case ' ':
			before.WriteString(line[1:])
			after.WriteString(line[1:])
		default:
			return "", errors.New("a line of a change begins with -, + or a space: " + line)
		}
	}
	if n := strings.Count("\n"+text, "\n"+before.String()); n != 1 || before.Len() == 0 {
		return "", errors.New("what is changed must be there exactly once:\n" + before.String())
	}
	whole := strings.Replace("\n"+text, "\n"+before.String(), "\n"+after.String(), 1)
	return strings.TrimPrefix(whole, "\n"), nil
}
