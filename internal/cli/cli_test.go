package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
)

// fakeCompile gives a stack named "app" whose template shows the texts of the files. Words in the
// texts make it find something: error, warning, note, keys (a second stack), accounts (one of
// another account), panic.
func fakeCompile(files []*source.File) compile.Result {
	var all []string
	for _, f := range files {
		all = append(all, f.Name+"="+strings.TrimSpace(string(f.Data)))
	}
	text := strings.Join(all, ";")
	result := compile.Result{Name: "app", Plan: plan.Plan{
		Version: plan.Version, Stack: "app", Stacks: []plan.Stack{}, HandOver: []plan.HandOver{},
	}}
	for word, severity := range map[string]diag.Severity{"error": diag.Error,
		"warning": diag.Warning, "note": diag.Note} {
		if strings.Contains(text, word) {
			code := &diag.Code{Number: "SC7" + "00" + string('0'+byte(severity)), Name: "a-" + word,
				Severity: severity}
			result.Diagnostics.Report(code,
				source.Span{File: files[0], Start: 0, End: 1}).Message("there is one")
		}
	}
	if strings.Contains(text, "panic") {
		panic("a secret text: " + text)
	}
	if strings.Contains(text, "crash") {
		_ = files[len(files)]
	}
	if strings.Contains(text, "nothing") {
		result.Plan = plan.Plan{}
	}
	if result.Diagnostics.HasErrors() {
		return result
	}
	add := func(file string, on ...string) {
		stack := &lower.Stack{Name: file, File: file,
			Template: &cfn.Template{Description: file + ":" + text,
				Metadata: cfn.Object{{Key: "secretctl", Value: "test"}}}}
		result.Stacks = append(result.Stacks, stack)
		result.Plan.Stacks = append(result.Plan.Stacks, plan.Stack{
			Name: file, DependsOn: append([]string{}, on...), Capabilities: []string{},
			Documents: []plan.Document{}, Parameters: cfn.Object{},
		})
	}
	if strings.Contains(text, "keys") {
		add("app-keys.us-east-1")
		add("app", "app-keys.us-east-1")
		result.Plan.HandOver = []plan.HandOver{{Statements: []cfn.Object{
			{{Key: "Resource", Value: "<&>"}, {Key: "Principal", Value: "\x00" + `{"Ref":"Key"}`}},
		}}}
		return result
	}
	if strings.Contains(text, "accounts") {
		add("app")
		add("app-access", "app")
		for i, account := range []string{"111111111111", "222222222222"} {
			result.Plan.Stacks[i].Account, result.Plan.Stacks[i].Region = account, "eu-west-1"
		}
		return result
	}
	if strings.Contains(text, "plan") {
		add("plan")
		return result
	}
	if !strings.Contains(text, "nothing") {
		add("app")
	}
	return result
}

// run is one run in a directory of its own.
type run struct {
	t              *testing.T
	dir            string
	stdin          string
	stdout, stderr string
	env            map[string]string
	compiles       bool // the compiler is the real one
	wait           func() bool
}

func newRun(t *testing.T, files ...string) *run {
	t.Helper()
	r := &run{t: t, dir: t.TempDir()}
	for i := 0; i+1 < len(files); i += 2 {
		r.write(files[i], files[i+1])
	}
	return r
}

func (r *run) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) read(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// list returns the names of everything below the directory.
func (r *run) list() string {
	var names []string
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if name, _ := filepath.Rel(r.dir, path); name != "." {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.Join(names, " ")
}

// code runs a command line and expects an exit code.
func (r *run) code(want int, args ...string) {
	r.t.Helper()
	if got := r.exec(args...); got != want {
		r.t.Errorf("secretctl %s: exit %d, want %d\nstdout: %s\nstderr: %s",
			strings.Join(args, " "), got, want, r.stdout, r.stderr)
	}
}

// exec runs a command line and returns its exit code.
func (r *run) exec(args ...string) int {
	var out, err bytes.Buffer
	env := Env{
		Stdin: strings.NewReader(r.stdin), Stdout: &out, Stderr: &err, Dir: r.dir,
		Getenv: func(name string) string { return r.env[name] }, compile: fakeCompile, wait: r.wait,
	}
	if r.compiles {
		env.compile = nil
	}
	got := Run(args, env)
	r.stdout, r.stderr = out.String(), err.String()
	return got
}

// says expects texts in standard error.
func (r *run) says(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stderr, text) {
			r.t.Errorf("stderr lacks %q:\n%s", text, r.stderr)
		}
	}
}

// prints expects texts in standard output.
func (r *run) prints(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stdout, text) {
			r.t.Errorf("stdout lacks %q:\n%s", text, r.stdout)
		}
	}
}

func TestUsageErrorsExitWith2AndSuggest(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"complie", `write "compile"`},
		{"qqqqqqqq", "the commands are access, compile, "},
		{"spec.yaml", "secretctl compile spec.yaml"},
		{"compile --formta json", `write "--format"`},
		{"compile --zzzzzzzz", "compile --help shows the flags"},
		{"compile -z", "unknown shorthand flag"},
		{"compile --format xml", "must be one of json, yaml"},
		{"validate --format xml", "must be one of text, json, sarif, github, gitlab"},
		{"compile --format", "flag needs an argument"},
		{"compile --check", "--check needs --output"},
		{"compile --check -o -", "--check needs --output"},
		{"compile --output=", "--output needs a path"},
		{"compile -o x.json --format yaml", "contradicts"},
		{"compile -o x.yml --format json", "contradicts"},
		{"schema plans", "there is no schema"},
		{"plan --format yaml", "must be one of text, json, markdown"},
		{"plan --script --format json", "contradicts"},
		{"plan --profile 111111111111=a", "--profile needs --script"},
		{"plan --bucket a", "--bucket needs --script"},
		{"plan --script --bucket=", "--bucket needs a name"},
		{"plan --script --bucket s3://a", "no name of an S3 bucket"},
		{"plan --script --bucket a-{zone}", "no name of an S3 bucket"},
		{"plan --script --profile a", "--profile 111111111111=NAME"},
		{"plan --script --profile 111111111111=", "--profile 111111111111=NAME"},
		{"plan --script --profile 11111111111=a", "--profile 111111111111=NAME"},
		{"plan --script --profile 111111111111=-a", "--profile 111111111111=NAME"},
		{"plan --script --profile 111111111111=a --profile 111111111111=b", "two profiles"},
		{"plan --script --profile 111111111111=a", "to which nothing is deployed"},
		{"schema spec spec", "takes one name"},
		{"explain SC9999", "there is no diagnostic"},
		{"explain yaml-sintax", `write "yaml-syntax"`},
		{"explain zzzzzzzzzzzz", "lists all codes"},
		{"explain SC2001 b", "no diagnostic \"b\""},
		{"version 1", "takes no arguments"},
		{"completion", "needs the name of a shell"},
		{"completion csh", "no completion for"},
		{"help complie", `write "compile"`},
		{"help compile now", "no command"},
		{"help --zzz", "unknown flag"},
	} {
		t.Run(c.args, func(t *testing.T) {
			r := newRun(t, "secretctl.yaml", "a")
			r.code(exitUsage, strings.Fields(c.args)...)
			r.says(c.says, "secretctl: ")
			if r.stdout != "" {
				t.Errorf("stdout: %s", r.stdout)
			}
			if got := r.list(); got != "secretctl.yaml" {
				t.Errorf("files: %s", got)
			}
		})
	}
}

func TestHelpAndInformationGoToStandardOutput(t *testing.T) {
	for _, c := range []struct{ args, prints string }{
		{"", "Exit codes:"},
		{"--help", "compile"},
		{"help", "validate"},
		{"help compile", "--check"},
		{"compile --help", "plan.json"},
		{"version", "secretctl "},
		{"version --format json", `"platform": "`},
		{"--version", "secretctl "},
		{"schema", "json-schema.org"},
		{"schema spec", "secretctl spec, version 1"},
		{"schema plan", "secretctl plan, version 1"},
		{"schema version", "secretctl version, version 1"},
		{"plan --help", "PARAM_Name"},
		{"__complete plan --format ", "markdown"},
		{"__complete plan --script --pro", "--profile"},
		{"__complete plan spec", "yml"},
		{"__complete schema ", "plan"},
		{"explain", "SC0103"},
		{"explain sc0103", "# SC0103 yaml-syntax"},
		{"explain YAML-syntax", "# SC0103 yaml-syntax"},
		{"completion bash", "secretctl"},
		{"completion zsh", "secretctl"},
		{"completion fish", "secretctl"},
		{"completion powershell", "secretctl"},
		{"__complete explain S", "SC0103"},
		{"__complete compile --format ", "yaml"},
		{"__complete compile spec", "yml"},
	} {
		t.Run(c.args, func(t *testing.T) {
			r := newRun(t)
			args := strings.Fields(c.args)
			if strings.HasSuffix(c.args, " ") {
				args = append(args, "")
			}
			r.code(exitOK, args...)
			if !strings.Contains(strings.ToLower(r.stdout), strings.ToLower(c.prints)) {
				t.Errorf("stdout lacks %q:\n%s", c.prints, r.stdout)
			}
			if r.stderr != "" && !strings.HasPrefix(c.args, "__complete") {
				t.Errorf("stderr: %s", r.stderr)
			}
		})
	}
}

func TestPageOfACodeWithoutPageIsItsMeaning(t *testing.T) {
	if got := string(page(&diag.Code{Number: "SC7777", Name: "odd",
		Meaning: "It is odd."})); got != "# SC7777 odd\n\nIt is odd.\n" {
		t.Errorf("page: %q", got)
	}
}

func TestMainUsesTheStreamsItIsGiven(t *testing.T) {
	var out, err bytes.Buffer
	if code := Main([]string{"version"}, nil, &out, &err, nil); code != exitOK || out.Len() == 0 ||
		err.Len() > 0 {
		t.Errorf("exit %d, stdout %q, stderr %q", code, out.String(), err.String())
	}
}

func TestRunWithoutStreamsDoesNothingButWork(t *testing.T) {
	if code := Run([]string{"nonsense"}, Env{}); code != exitUsage {
		t.Errorf("exit %d", code)
	}
	if code := Run(nil, Env{}); code != exitOK {
		t.Errorf("exit %d", code)
	}
}

func TestCompilesWithTheRealCompiler(t *testing.T) {
	var out, err bytes.Buffer
	code := Run([]string{"validate", "-"},
		Env{Stdin: strings.NewReader("version: 1\n  broken: ["), Stdout: &out, Stderr: &err})
	if code != exitErrors {
		t.Errorf("exit %d, stdout %q, stderr %q", code, out.String(), err.String())
	}
}

// brokenWriter fails every write.
type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestClosedPipeEndsQuietlyAndOtherFailuresAreSaid(t *testing.T) {
	dir := newRun(t, "secretctl.yaml", "warning").dir
	for _, args := range []string{
		"", "compile", "plan", "plan --format json", "plan --format markdown", "plan --script",
		"validate", "validate --format json", "validate --format sarif", "validate --format github",
		"schema", "explain",
		"explain SC0103", "version", "completion bash", "completion zsh", "completion fish",
		"completion powershell", "help compile",
	} {
		for err, said := range map[error]string{
			&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}: "",
			&os.PathError{Op: "write", Path: "/dev/stdout",
				Err: syscall.ENOSPC}: "secretctl: writing standard output: no space left on " +
				"device\n",
		} {
			var stderr bytes.Buffer
			code := Run(strings.Fields(args),
				Env{Stdout: brokenWriter{err}, Stderr: &stderr, Dir: dir, compile: fakeCompile})
			if code != exitFailed {
				t.Errorf("%s: %v: exit %d", args, err, code)
			}
			if got := stderr.String(); !strings.HasSuffix(got, said) ||
				said == "" && strings.Contains(got, "secretctl:") {
				t.Errorf("%s: %v: stderr %q", args, err, got)
			}
		}
	}
}

func TestRealPipeThatNobodyReadsEndsWith3(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	if code := Main([]string{"explain"}, nil, w, io.Discard, nil); code != exitFailed {
		t.Errorf("exit %d", code)
	}
}

func TestBugIsReportedWithoutTheTextOfTheSpec(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "panic hunter2")
	r.code(exitFailed, "compile")
	r.says("SC9001", "bug in secretctl", "fakeCompile")
	if strings.Contains(r.stderr, "hunter2") {
		t.Errorf("stderr shows the spec:\n%s", r.stderr)
	}
	r.write("secretctl.yaml", "crash")
	r.code(exitFailed, "compile")
	r.says("index out of range")
	r.write("secretctl.yaml", "nothing")
	r.code(exitFailed, "compile")
	r.says("SC9001")
}

func TestColorOnlyOnATerminalThatWantsIt(t *testing.T) {
	terminal, err := os.Open(os.DevNull) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	env := map[string]string{}
	p := &program{env: Env{Getenv: func(name string) string { return env[name] }}}
	if !p.color(terminal) || !p.color(newOutput(terminal)) {
		t.Error("no colour on a terminal")
	}
	if p.color(&bytes.Buffer{}) {
		t.Error("colour in a buffer")
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if p.color(file) {
		t.Error("colour in a file")
	}
	env["TERM"] = "dumb"
	if p.color(terminal) {
		t.Error("colour on a dumb terminal")
	}
	env["TERM"], env["NO_COLOR"] = "xterm", "1"
	if p.color(terminal) {
		t.Error("colour in spite of NO_COLOR")
	}
	env["FORCE_COLOR"] = "1"
	if p.color(file) {
		t.Error("FORCE_COLOR is stronger than NO_COLOR")
	}
	env["NO_COLOR"] = ""
	if !p.color(file) {
		t.Error("no colour in spite of FORCE_COLOR")
	}
	p.colors.value = "never"
	if p.color(terminal) {
		t.Error("colour in spite of --color never")
	}
	p.colors.value = "auto"
	for _, no := range []string{"0", "false"} {
		if env["FORCE_COLOR"] = no; p.color(terminal) {
			t.Errorf("colour in spite of FORCE_COLOR=%s", no)
		}
	}
	env["CLICOLOR_FORCE"], env["FORCE_COLOR"] = "1", ""
	if p.color(file) {
		t.Error("CLICOLOR_FORCE counts")
	}
	env["NO_COLOR"] = "1"
	if p.colors.value = "always"; !p.color(file) {
		t.Error("no colour in spite of --color always")
	}
	if !(&program{}).color(terminal) {
		t.Error("without variables nobody asked for no colour")
	}
}

func TestReasonLeavesThePathOut(t *testing.T) {
	for _, err := range []error{
		&os.PathError{Op: "open", Path: "/secret/path", Err: syscall.EACCES},
		&os.LinkError{Op: "rename", Old: "/secret/path", New: "/b", Err: syscall.EACCES},
		syscall.EACCES,
		errors.Join(&os.PathError{Op: "open", Path: "/secret/path", Err: syscall.EACCES}),
	} {
		if got := reason(err); got != "permission denied" {
			t.Errorf("%v: %q", err, got)
		}
	}
}
