// Package secretctl_test runs the golden cases of testdata/golden and guards the shape of the program.
package secretctl_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/source"
)

var update = flag.Bool("update", false, "write what the golden cases expect instead of comparing with it")

const goldenDir = "testdata/golden"

// tree is a set of files: their texts by slash-separated path.
type tree map[string]string

// TestGolden runs every case and compares everything it wrote with the case's want folder, then runs it again in contexts
// that must make no difference.
//
// A case is a folder: spec.yaml or other files that its command finds in its directory; cmd, the arguments of secretctl (default: compile
// spec.yaml); stdin; contexts, a line "context: reason" for every context that the case cannot run in (json, shuffled, crlf, comments,
// twice); and want with exactly what was written: template.json, template.yaml or stdout, stderr, exit unless it is 0, permissions.txt,
// removed, and every file by its path.
func TestGolden(t *testing.T) {
	dirs := goldenDirs(t, "*/*")
	for _, dir := range dirs {
		t.Run(caseName(dir), func(t *testing.T) {
			t.Parallel()
			c := readCase(t, dir)
			got := c.run(t, c.files)
			if *update {
				c.update(t, got.want(c))
				return
			}
			c.compare(t, got.want(c))
			for _, context := range contexts {
				if reason, ok := c.optsOut[context.name]; ok {
					t.Logf("not %s: %s", context.name, reason)
					continue
				}
				t.Run(context.name, func(t *testing.T) { c.inContext(t, context, got) })
			}
		})
	}
	if len(dirs) == 0 {
		t.Fatalf("there are no cases in %s", goldenDir)
	}
}

// caseName is the name of a case's folder: its shelf, a slash and its own name.
func caseName(dir string) string {
	return filepath.ToSlash(strings.TrimPrefix(dir, filepath.FromSlash(goldenDir)+string(filepath.Separator)))
}

// goldenCase is one folder of a shelf of testdata/golden.
type goldenCase struct {
	dir     string
	args    []string
	stdin   string
	files   tree // what the command finds in its directory
	want    tree
	optsOut map[string]string // context → why the case does not run in it
}

// readCase reads a case's folder. The files cmd, stdin and contexts speak to the test; everything else but want is there for the command.
func readCase(t *testing.T, dir string) *goldenCase {
	t.Helper()
	c := &goldenCase{dir: dir, args: []string{"compile", "spec.yaml"}, files: tree{}, want: tree{}, optsOut: map[string]string{}}
	for name, text := range readTree(t, dir) {
		switch under, isWanted := strings.CutPrefix(name, "want/"); {
		case isWanted:
			c.want[under] = text
		case name == "cmd":
			c.args = words(t, text)
		case name == "stdin":
			c.stdin = text
		case name == "contexts":
			for line := range strings.Lines(text) {
				context, reason, _ := strings.Cut(strings.TrimSpace(line), ":")
				if strings.TrimSpace(reason) == "" || context != "twice" && !slices.ContainsFunc(contexts, func(s surrounding) bool { return s.name == context }) {
					t.Fatalf("%s/contexts: a line is 'context: reason', not %q", dir, line)
				}
				c.optsOut[context] = strings.TrimSpace(reason)
			}
		default:
			c.files[name] = text
		}
	}
	return c
}

// outcome is everything that a run did.
type outcome struct {
	code           int
	stdout, stderr string
	files          tree     // written or changed
	removed        []string // no longer there
	permissions    string
}

// run runs the case's command with these files in a directory of its own, twice: a second run must come to the same.
func (c *goldenCase) run(t *testing.T, files tree) outcome {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	first := c.once(t, dir, files)
	if _, ok := c.optsOut["twice"]; ok {
		return first
	}
	if second := c.once(t, dir, files); !second.equal(first) {
		t.Errorf("a second run differs from the first:\n%s", second.difference(first))
	}
	return first
}

func (c *goldenCase) once(t *testing.T, dir string, files tree) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(c.args, cli.Env{Stdin: strings.NewReader(c.stdin), Stdout: &stdout, Stderr: &stderr, Dir: dir})
	o := outcome{code: code, stdout: stdout.String(), stderr: stderr.String(), files: tree{}}
	after := readTree(t, dir)
	for name, text := range after {
		if before, ok := files[name]; !ok || before != text {
			o.files[name] = text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if _, ok := after[name]; !ok {
			o.removed = append(o.removed, name)
		}
	}
	if c.args[0] == "compile" && code == 0 {
		o.permissions = compile.PermissionsText(c.specs(files)) // the meaning, before the syntax
	}
	return o
}

// specs are the spec files that the command line names, or that are below the directories it names.
func (c *goldenCase) specs(files tree) []*source.File {
	var specs []*source.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		named := slices.ContainsFunc(c.args, func(arg string) bool {
			return arg == name || arg == "." || strings.HasPrefix(name, strings.TrimSuffix(arg, "/")+"/")
		})
		if named && isSpec(name) {
			specs = append(specs, source.New(name, []byte(files[name])))
		}
	}
	if slices.Contains(c.args, "-") {
		specs = append(specs, source.New("<stdin>", []byte(c.stdin)))
	}
	return specs
}

// isSpec says whether a file of a case is a spec. What is in a folder called out is what an earlier run wrote.
func isSpec(name string) bool {
	return (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")) && !strings.HasPrefix(name, "out/")
}

// equal compares all but the permissions, which follow from the rest.
func (o outcome) equal(p outcome) bool {
	return o.code == p.code && o.stdout == p.stdout && o.stderr == p.stderr && maps.Equal(o.files, p.files) && slices.Equal(o.removed, p.removed)
}

func (o outcome) difference(p outcome) string {
	return fmt.Sprintf("exit %d and %d\nstdout:\n%s\n---\n%s\nstderr:\n%s\n---\n%s", o.code, p.code, o.stdout, p.stdout, o.stderr, p.stderr)
}

// want is the outcome as files of the want folder. What says nothing has no file.
func (o outcome) want(c *goldenCase) tree {
	w := maps.Clone(o.files)
	put := func(name, text string) {
		if text != "" {
			w[name] = text
		}
	}
	put(c.stdoutName(o), o.stdout)
	put("stderr", o.stderr)
	put("permissions.txt", o.permissions)
	put("removed", strings.Join(o.removed, "\n"))
	if o.code != 0 {
		put("exit", strconv.Itoa(o.code)+"\n")
	}
	return w
}

// stdoutName names standard output after what it is: a template, or something else.
func (c *goldenCase) stdoutName(o outcome) string {
	switch {
	case c.args[0] != "compile" || o.code != 0:
		return "stdout"
	case strings.HasPrefix(o.stdout, "{"):
		return "template.json"
	case slices.Contains(c.args, "yaml"):
		return "template.yaml"
	}
	return "stdout"
}

// compare holds what was written against what is wanted: missing and unexpected files both fail.
func (c *goldenCase) compare(t *testing.T, got tree) {
	t.Helper()
	names := slices.Concat(slices.Collect(maps.Keys(c.want)), slices.Collect(maps.Keys(got)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		want, wanted := c.want[name]
		text, written := got[name]
		switch {
		case !wanted:
			t.Errorf("%s/want/%s is not expected, but was written:\n%s", c.dir, name, text)
		case !written:
			t.Errorf("%s/want/%s is expected, but was not written", c.dir, name)
		case want != text:
			t.Errorf("%s/want/%s differs (want -, got +):\n%s", c.dir, name, lineDiff(want, text))
		}
	}
}

// update makes the want folder what was written.
func (c *goldenCase) update(t *testing.T, got tree) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(c.dir, "want")); err != nil {
		t.Fatal(err)
	}
	for name, text := range got {
		writeFile(t, filepath.Join(c.dir, "want", filepath.FromSlash(name)), text)
	}
}

// lineDiff shows the lines between the common start and the common end of two texts.
func lineDiff(want, got string) string {
	a, b := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	out := fmt.Sprintf("from line %d:\n", start+1)
	for _, line := range a[start : len(a)-end] {
		out += "-" + strings.TrimSuffix(line, "\n") + "\n"
	}
	for _, line := range b[start : len(b)-end] {
		out += "+" + strings.TrimSuffix(line, "\n") + "\n"
	}
	return out
}

// codes are the codes of the diagnostics in a text of any format, sorted, each as often as it was found. A code that a line of the spec
// shows is none.
func codes(text string) []string {
	var found []string
	for _, m := range codePattern.FindAllStringSubmatch(excerptPattern.ReplaceAllString(text, ""), -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return found
}

var (
	codePattern    = regexp.MustCompile(`(?:(?:error|warning|note)\[|"(?:code|ruleId)": *"|title=[^,:]*)(SC[0-9]{4})`)
	excerptPattern = regexp.MustCompile(`(?m)^ *[0-9]+ \|.*$`)
)

// words splits a command line as a shell does that knows quotes and nothing else.
func words(t *testing.T, text string) []string {
	t.Helper()
	var all []string
	for _, m := range wordPattern.FindAllStringSubmatch(strings.TrimSpace(text), -1) {
		all = append(all, m[1]+m[2]+m[3])
	}
	if len(all) > 0 && all[0] == "secretctl" {
		all = all[1:]
	}
	if len(all) == 0 {
		t.Fatal("cmd is empty")
	}
	return all
}

var wordPattern = regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`)

// readTree reads every file below a directory; there are none when it does not exist.
func readTree(t *testing.T, dir string) tree {
	t.Helper()
	all := tree{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
