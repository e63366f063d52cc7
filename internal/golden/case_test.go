package golden

import (
	"bytes"
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
	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// tree is a set of files: their texts by slash-separated path.
type tree map[string]string

// goldenCase is one folder of a shelf of testdata/golden.
type goldenCase struct {
	name    string // shelf/name
	dir     string
	about   string
	args    []string
	stdin   string
	files   tree // what the command finds in its directory
	want    tree
	optsOut map[string]string // context → why the case does not run in it
}

// readCase reads the folder of a case, shelf/name. The files about, cmd, stdin and contexts speak
// to the test; everything else but want is there for the command.
func readCase(t *testing.T, name string) *goldenCase {
	t.Helper()
	c := &goldenCase{
		name: name,
		dir:  filepath.Join(goldenDir, filepath.FromSlash(name)),
		args: []string{"compile", "--verbose", "spec.yaml"},

		files: tree{}, want: tree{}, optsOut: map[string]string{},
	}
	for name, text := range readTree(t, c.dir) {
		switch under, isWanted := strings.CutPrefix(name, "want/"); {
		case isWanted:
			c.want[under] = text
		case name == "about":
			c.about = text
		case name == "cmd":
			c.args = words(t, text)
		case name == "stdin":
			c.stdin = text
		case name == "contexts":
			c.optOut(t, text)
		default:
			c.files[name] = text
		}
	}
	return c
}

// optOut reads the file contexts.
func (c *goldenCase) optOut(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		context, reason, _ := strings.Cut(strings.TrimSpace(line), ":")
		known := context == "twice" ||
			slices.ContainsFunc(contexts, func(s surrounding) bool { return s.name == context })
		if strings.TrimSpace(reason) == "" || !known {
			t.Fatalf("%s/contexts: a line is 'context: reason', not %q", c.dir, line)
		}
		c.optsOut[context] = strings.TrimSpace(reason)
	}
}

// outcome is everything that a run did.
type outcome struct {
	code           int
	stdout, stderr string
	files          tree     // written or changed
	removed        []string // no longer there
	permissions    string
}

// run runs the case's command with these files in a directory of its own, twice unless -short: a
// second run must come to the same.
func (c *goldenCase) run(t *testing.T, files tree) outcome {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		expect.Write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	first := c.once(t, dir, files)
	if _, ok := c.optsOut["twice"]; ok || testing.Short() {
		return first
	}
	if second := c.once(t, dir, files); !second.said().equal(first.said()) {
		t.Errorf("a second run differs from the first:\n%s", second.difference(first))
	}
	return first
}

// said returns the outcome without the lines that say what was written and removed: a second run
// finds that it is there, or gone.
func (o outcome) said() outcome {
	o.stderr = wrotePattern.ReplaceAllString(o.stderr, "")
	return o
}

var wrotePattern = regexp.MustCompile(
	`(?m)^(wrote .*|removed .*|[0-9,]+ templates? (is|are) fresh.*)\n`)

func (c *goldenCase) once(t *testing.T, dir string, files tree) outcome {
	t.Helper()
	stdout, stderr, code := execute(dir, c.stdin, c.args...)
	o := outcome{code: code, stdout: stdout, stderr: stderr, files: tree{}}
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

// build is the secretctl that golden cases run: what they expect must not depend on the commit.
var build = show.Build{
	Version: "v1.2.3", Commit: strings.Repeat("0123456789abcdef", 3)[:40],
	Date: "2027-01-31T12:00:00Z", Go: "go1.26.0", Platform: "linux/amd64",
}

// execute runs secretctl in a directory.
func execute(dir, stdin string, args ...string) (stdout, stderr string, code int) {
	var out, problems bytes.Buffer
	env := cli.Env{
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &problems, Dir: dir, Build: &build,
	}
	code = cli.Run(args, env)
	return out.String(), problems.String(), code
}

// specs are the spec files that the command line names, or that are below the directories it names.
func (c *goldenCase) specs(files tree) []*source.File {
	var specs []*source.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		named := slices.ContainsFunc(c.args, func(arg string) bool {
			return arg == name || arg == "." ||
				strings.HasPrefix(name, strings.TrimSuffix(arg, "/")+"/")
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

// isSpec says whether a file of a case is a spec. What is in a folder called out is what an earlier
// run wrote.
func isSpec(name string) bool {
	return (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")) &&
		!strings.HasPrefix(name, "out/")
}

// equal compares all but the permissions, which follow from the rest.
func (o outcome) equal(p outcome) bool {
	return o.code == p.code && o.stdout == p.stdout && o.stderr == p.stderr &&
		maps.Equal(o.files, p.files) && slices.Equal(o.removed, p.removed)
}

func (o outcome) difference(p outcome) string {
	return fmt.Sprintf("exit %d and %d\nstdout:\n%s\n---\n%s\nstderr:\n%s\n---\n%s",
		o.code, p.code, o.stdout, p.stdout, o.stderr, p.stderr)
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
			t.Errorf("%s/want/%s differs (want -, got +):\n%s",
				c.dir, name, expect.Diff(want, text))
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
		expect.Write(t, filepath.Join(c.dir, "want", filepath.FromSlash(name)), text)
	}
}

// codes are the codes of the diagnostics in a text of any format, sorted, each as often as it was
// found. A code that a line of the spec shows is none.
func codes(text string) []string {
	var found []string
	text = excerptPattern.ReplaceAllString(text, "")
	for _, m := range codePattern.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return found
}

var (
	codePattern = regexp.MustCompile(
		`(?:(?:error|warning|note)\[|"(?:code|ruleId)": *"|title=[^,:]*)(SC[0-9]{4})`,
	)
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
