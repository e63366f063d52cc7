package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const smallSpec = "version: 1\nstack: s\nsecrets: { db: {} }\n"

// real runs the real compiler, in the directory of a run, and compares its exit code.
func (r *run) real(code int, args ...string) {
	r.t.Helper()
	var stdout, stderr strings.Builder
	got := Run(args, Env{Stdin: strings.NewReader(r.stdin), Stdout: &stdout, Stderr: &stderr,
		Dir: r.dir})
	r.stdout, r.stderr = stdout.String(), stderr.String()
	if got != code {
		r.t.Errorf("secretctl %s: exit %d, want %d\nstdout: %s\nstderr: %s",
			strings.Join(args, " "), got, code, r.stdout, r.stderr)
	}
}

func (r *run) link(to, at string) {
	r.t.Helper()
	path := filepath.Join(r.dir, at)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(to, path); err != nil {
		r.t.Fatal(err)
	}
}

func TestLinksInTheOutputDirectoryAreNotFollowed(t *testing.T) {
	for name, c := range map[string]struct{ to, at string }{
		"out":               {"../outside", "out/s.json"},
		"out by its path":   {"/etc/hostname", "out/s.json"},
		"the plan":          {"../outside", "out/plan.json"},
		"to nowhere":        {"../nowhere", "out/s.json"},
		"within":            {"mine.json", "out/s.json"},
		"to a directory":    {"..", "out/s.json"},
		"into a link of it": {"up/outside", "out/s.json"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, "spec.yaml", smallSpec, "outside", "setting = Tr0mb0ne\n",
				"out/mine.json", "{\"a\": \"Tr0mb0ne\"}")
			r.link("..", "out/up")
			r.link(c.to, c.at)
			before := r.list()
			for _, args := range [][]string{{"--check"}, nil} {
				r.real(exitFailed, append([]string{"compile", "spec.yaml", "-o", "out"},
					args...)...)
				r.says(fmt.Sprintf("reading %q: it is a symbolic link", c.at),
					"hint: remove the link")
				if strings.Contains(r.stdout+r.stderr, "Tr0mb0ne") {
					t.Errorf("what the link leads to is shown:\n%s%s", r.stdout, r.stderr)
				}
			}
			if r.read("outside") != "setting = Tr0mb0ne\n" ||
				r.read("out/mine.json") != "{\"a\": \"Tr0mb0ne\"}" {
				t.Error("what the link leads to was changed")
			}
			if after := r.list(); after != before {
				t.Errorf("files before: %s\nand after: %s", before, after)
			}
		})
	}
}

func TestOutputDirectoryMayBeALink(t *testing.T) {
	r := newRun(t, "spec.yaml", smallSpec, "real/deep/mine.txt", "mine")
	r.link("real/deep", "out")
	r.real(exitOK, "compile", "spec.yaml", "-o", "out")
	r.real(exitOK, "compile", "spec.yaml", "-o", "out", "--check")
	r.real(exitOK, "access", "out")
	if got := r.read("real/deep/s.json"); !strings.HasPrefix(got, "{") {
		t.Errorf("the template is %q", got)
	}
}

func TestFileThatIsNamedMayBeALinkWithinItsDirectory(t *testing.T) {
	r := newRun(t, "spec.yaml", smallSpec, "outside.json", "{}", "dir/real/t.json", "secretctl",
		"link.json", "old")
	r.link("real/t.json", "dir/t.json")
	r.real(exitOK, "compile", "spec.yaml", "-o", "dir/t.json")
	if got := r.read("dir/real/t.json"); !strings.HasPrefix(got, "{") {
		t.Errorf("the template is %q", got)
	}
	if info, _ := os.Lstat(filepath.Join(r.dir, "dir/t.json")); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	r.link("../outside.json", "dir/out.json")
	for _, args := range [][]string{{"--check"}, nil} {
		r.real(exitFailed, append([]string{"compile", "spec.yaml", "-o", "dir/out.json"},
			args...)...)
		r.says(`reading "dir/out.json": it is a symbolic link, or below one, that leads out of `+
			`the directory`, "hint: name the file that it leads to")
	}
	if r.read("outside.json") != "{}" {
		t.Error("what is outside was changed")
	}
}

func TestWhatIsReadOfADirectoryStaysInIt(t *testing.T) {
	manifest := func(properties string) string {
		return `{"artifacts": {"App": {"type": "aws:cloudformation:stack", "properties": {` +
			properties + `}}}}`
	}
	for name, c := range map[string]struct {
		files    []string
		to, at   string
		argument string
		path     string // that is refused; empty: nothing is
	}{
		"a template of a plan": {[]string{"d/plan.json",
			`{"stacks":[{"name":"a","template":"a.json"}]}`}, "../outside.yaml", "d/a.json", "d",
			"d/a.json"},
		"a plan": {nil, "../plan", "d/plan.json", "d", "d/plan.json"},
		"a template": {[]string{"d/b.yaml", aTemplate}, "../outside.yaml",
			"d/a.yaml", "d", "d/a.yaml"},
		"a template by its whole path": {[]string{"d/b.yaml", aTemplate}, "/etc/hostname",
			"d/a.yaml", "d", "d/a.yaml"},
		"a template below": {[]string{"d/b.yaml", aTemplate}, "../../outside.yaml",
			"d/e/a.yaml", "d", "d/e/a.yaml"},
		"a template below, within": {[]string{"d/b.yaml", aTemplate}, "../b.yaml",
			"d/e/a.yaml", "d", ""},
		"a directory is not followed": {[]string{"d/b.yaml", aTemplate}, "..", "d/e", "d", ""},
		"a template of an assembly": {[]string{"d/manifest.json",
			manifest(`"templateFile": "a.json"`)}, "../outside.yaml", "d/a.json", "d", "d/a.json"},
		"a directory of an assembly": {[]string{"d/manifest.json",
			manifest(`"templateFile": "e/outside.yaml"`)}, "..", "d/e", "d", "d/e/outside.yaml"},
		"a manifest": {nil, "../plan", "d/manifest.json", "d",
			"d/manifest.json"},
		"a link that is named itself": {nil, "outside.yaml", "a.yaml", "a.yaml", ""},
		"a directory that is a link":  {[]string{"d/b.yaml", aTemplate}, "d", "link", "link", ""},
		"a spec": {[]string{"d/spec.yaml", smallSpec}, "../outside.yaml",
			"d/more.yaml", "d", "d/more.yaml"},
		"a spec, within": {[]string{"d/spec.yaml", smallSpec}, "spec.yaml",
			"d/more.yaml", "d", ""},
		"a link to nowhere, which says": {[]string{"d/b.yaml", aTemplate}, "../nowhere.yaml",
			"d/a.yaml", "d", "d/a.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, append([]string{"outside.yaml", strings.Replace(aTemplate, "Resources:",
				"Description: Tr0mb0ne\nResources:", 1), "plan", `{"stacks":[]}`}, c.files...)...)
			r.link(c.to, c.at)
			commands := [][]string{{"access"}, {"why", "everybody", "read", "everything"}}
			if len(c.files) > 0 && c.files[0] == "d/spec.yaml" {
				commands = [][]string{{"access"}, {"validate"}, {"compile"}, {"plan"}}
			}
			for _, command := range commands {
				args := append(append([]string{command[0]}, c.argument), command[1:]...)
				if command[0] == "why" {
					args = []string{"why", "everybody", "read", "*", c.argument}
				}
				if c.path == "" {
					var stderr strings.Builder
					if code := Run(args, Env{Stderr: &stderr, Dir: r.dir}); code == exitFailed ||
						code == exitUsage {
						t.Errorf("%v: exit %d: %s", args, code, stderr.String())
					}
					continue
				}
				r.real(exitFailed, args...)
				r.says(fmt.Sprintf("reading %q: ", c.path))
				if strings.Contains(r.stdout+r.stderr, "Tr0mb0ne") {
					t.Errorf("%s%s", r.stdout, r.stderr)
				}
			}
		})
	}
}

func TestPlanIsARegularFileOfALimitedSize(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(path string) error
		says    string
	}{
		"a pipe": {func(path string) error {
			return makePipe(path)
		}, "it is not a regular file"},
		"a directory": {func(path string) error {
			return os.Mkdir(path, 0o755)
		}, "it is not a regular file"},
		"enormous": {func(path string) error {
			return os.WriteFile(path, nil, 0o644)
		}, "it has 67,108,865 bytes, more than the 67,108,864 that secretctl reads"},
		"a link to it": {func(path string) error {
			return os.Symlink("/dev/zero", path)
		}, "it is a symbolic link"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, "spec.yaml", smallSpec, "out/x", "")
			path := filepath.Join(r.dir, "out/plan.json")
			if err := c.prepare(path); err != nil {
				t.Fatal(err)
			}
			if name == "enormous" {
				if err := os.Truncate(path, maxPlanSize+1); err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range []string{"compile spec.yaml -o out",
				"compile spec.yaml -o out --check", "access out", "why everybody read * out"} {
				r.real(exitFailed, strings.Fields(args)...)
				r.says(`reading "out/plan.json": ` + c.says)
			}
			if got := r.list(); got != "out out/plan.json out/x spec.yaml" {
				t.Errorf("files: %s", got)
			}
		})
	}
}

func TestPlanNamesFilesInItsDirectory(t *testing.T) {
	for _, name := range []string{
		"", ".", "..", "../other.yaml", "/etc/passwd", "a/b.json", `a\b.json`, `..\other.yaml`,
		"C:x.json", "C:", "a\x00.json", "a\n.json",
		strings.Repeat("x", 256),
	} {
		r := newRun(t, "other.yaml", aTemplate, "d/plan.json",
			fmt.Sprintf(`{"stacks":[{"name":"x","template":%s}]}`, marshalled(name)))
		for _, args := range [][]string{{"access", "d"}, {"why", "everybody", "read", "*", "d"},
			{"access", "."}} {
			r.real(exitFailed, args...)
			r.says(fmt.Sprintf(`reading "d/plan.json": %q is no name of a template: `, name),
				"hint: a plan names files in its own directory")
		}
	}
}

func TestPlanHasLimits(t *testing.T) {
	stacks := func(n int) string {
		return `{"stacks":[` + strings.TrimSuffix(strings.Repeat("{},", n), ",") + "]}"
	}
	for _, c := range []struct{ plan, says string }{
		{stacks(maxStacks + 1), "it has more than the 10,000 stacks that secretctl reads"},
		{strings.Repeat("[", 1_000_000), "it is not well-formed JSON"},
		{`{"x":` + strings.Repeat(`{"a":[`, 500_000) + strings.Repeat(`]}`, 500_000) +
			`,"stacks":[]}`, "it is not well-formed JSON"},
		{`{"stacks":[{"name":"a","template":"a.yaml"},{"name":"b","template":"a.yaml"}]}`,
			`it lists "a.yaml" twice`},
		{`{"stacks":[{"name":"x"`, "it is not well-formed JSON"},
	} {
		r := newRun(t, "d/plan.json", c.plan, "d/a.yaml", aTemplate, "spec.yaml", smallSpec)
		r.real(exitFailed, "access", "d")
		r.says(`reading "d/plan.json": ` + c.says)
		r.real(exitOK, "compile", "spec.yaml", "-o", "d") // and writes over it
		r.real(exitOK, "access", "d")
	}
	// What another program calls plan.json is none.
	for _, plan := range []string{`{"format_version":"1.2","planned_values":{}}`, "[]",
		`{"stacks":1}`, `{"stacks":[{"template":5}]}`, `{"stacks":null}`} {
		r := newRun(t, "d/plan.json", plan, "d/a.yaml", aTemplate)
		r.real(exitOK, "access", "d")
	}
}

func TestManifestsThatNameOneAnotherAreReadOnce(t *testing.T) {
	var artifacts []string
	for i := range 100 {
		artifacts = append(artifacts,
			fmt.Sprintf(`"A%d":{"type":"cdk:cloud-assembly","properties":{"directoryName":"d"}}`,
				i))
	}
	files := []string{"d/a.yaml", aTemplate}
	for dir, depth := "d", 0; depth < 8; dir, depth = dir+"/d", depth+1 {
		files = append(files, dir+"/manifest.json",
			`{"artifacts":{`+strings.Join(artifacts, ",")+`}}`)
	}
	r := newRun(t, files...)
	r.link(".", "d/d/d/d/d/d/d/d/d")
	r.real(exitOK, "access", "d")
}

func TestManifestListsATemplateOnce(t *testing.T) {
	one := `{"type":"aws:cloudformation:stack","properties":{"templateFile":"a.yaml"}}`
	r := newRun(t, "d/a.yaml", aTemplate, "d/manifest.json",
		`{"artifacts":{"A":`+one+`,"B":`+one+`}}`)
	r.real(exitFailed, "access", "d")
	r.says(`reading "d/manifest.json": it lists "a.yaml" twice`)
}

func TestCheckDoesNotWriteOutEveryAlias(t *testing.T) {
	old := "AWSTemplateFormatVersion: x\nMetadata:\n  a: &a " + strings.Repeat("x", 40_000) +
		"\n  b: [" + strings.Repeat("*a, ", 10_000) + "]\n"
	r := newRun(t, "spec.yaml", smallSpec, "s.yaml", old)
	r.real(exitErrors, "compile", "spec.yaml", "-o", "s.yaml", "--check")
	r.prints("s.yaml differs; what is there is not shown")
	refs := strings.ReplaceAll(old, "*a, ", "!Ref *a, ")
	r.write("s.yaml", refs)
	r.real(exitErrors, "compile", "spec.yaml", "-o", "s.yaml", "--check")
	if len(r.stdout) > 1000 {
		t.Errorf("it prints %d bytes", len(r.stdout))
	}
}

func TestPipesInADirectoryAreNotRead(t *testing.T) {
	r := newRun(t, "d/a.yaml", aTemplate, "s/spec.yaml", smallSpec)
	for _, name := range []string{"d/pipe.json", "d/pipe.yaml", "d/manifest.json", "s/pipe.yaml"} {
		if err := makePipe(filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.real(exitFailed, "access", "d")
	r.says(`reading "d/manifest.json": it is not a regular file`)
	if err := os.Remove(filepath.Join(r.dir, "d/manifest.json")); err != nil {
		t.Fatal(err)
	}
	r.real(exitOK, "access", "d")
	for _, command := range []string{"access", "validate", "compile"} {
		r.real(exitFailed, command, "s")
		r.says(`reading "s/pipe.yaml": it is not a regular file`)
	}
}

func TestPrintableLines(t *testing.T) {
	for text, want := range map[string]string{
		"\x1b[31m\u202e\ta\r\n":             "\\u001b[31m\\u202e\\u0009a\\u000d\n",
		"\u00a0x\n":                         "\\u00a0x\n",
		"--- out/s.json\n+++ out/s.json\n@": "--- out/s.json\n+++ out/s.json\n@\n",
	} {
		if got := printableLines(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestCheckShowsNamesOfFilesEscaped(t *testing.T) {
	name := "::error\x1b[31m"
	r := newRun(t, "spec.yaml", smallSpec)
	r.real(exitErrors, "compile", "spec.yaml", "-o", name, "--check")
	for line := range strings.Lines(r.stdout) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "\x1b") {
			t.Errorf("%q", line)
		}
	}
	r.write(name+"/s.json", "{")
	r.real(exitErrors, "compile", "spec.yaml", "-o", name, "--check")
	r.prints("\\u003a:error\\u001b[31m/s.json differs")
}

func TestPipeInThePlaceOfADirectoryIsNotOpened(t *testing.T) {
	r := newRun(t, "spec.yaml", smallSpec)
	if err := makePipe(filepath.Join(r.dir, "pipe")); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"pipe", "pipe/t.json", "pipe/deeper"} {
		r.real(exitFailed, "compile", "spec.yaml", "-o", to)
		r.says("not a directory")
		r.real(exitFailed, "compile", "spec.yaml", "-o", to, "--check")
		r.says("not a directory")
	}
	r.real(exitFailed, "access", "pipe")
	r.says(`reading "pipe": it is not a regular file`)
}

func TestStackThatIsRenamedByCaseKeepsItsTemplate(t *testing.T) {
	r := newRun(t)
	for _, name := range []string{"Payments", "payments"} {
		r.write("spec.yaml", strings.Replace(smallSpec, "stack: s", "stack: "+name, 1))
		r.real(exitOK, "compile", "spec.yaml", "-o", "out")
		if got := r.list(); got != "out out/"+name+".json out/plan.json spec.yaml" {
			t.Errorf("files: %s", got)
		}
	}
}
