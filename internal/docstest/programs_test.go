package docstest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cli"
)

// programs are those that pages may use. One with nil is the real one. The others are functions of
// their arguments, which return the exit code: the test runs itself under their names.
func programs() map[string]func(args []string) int {
	return map[string]func(args []string) int{
		"secretctl": secretctl,
		"aws":       aws,
		"go":        goTool,
		"make":      makeTool,
		"npx":       npx,

		"brew":       known("install secretctl/tap/secretctl"),
		"cosign":     known("verify ", "verify-blob "),
		"curl":       known("-fsSLO "),
		"docker":     known("run --rm "),
		"gh":         known("pr comment ", "attestation verify "),
		"goreleaser": known("release --snapshot "),
		"sudo":       known("install ", "dpkg -i ", "rpm -i "),
		"tar":        known("-xzf "),
		"terraform":  known("plan", "apply"),

		"bash": nil, "cat": nil, "cp": nil, "diff": nil, "git": nil, "grep": nil, "head": nil, "id": nil,
		"jq": nil, "less": nil, "ls": nil, "mkdir": nil, "mktemp": nil, "mv": nil, "rm": nil,
		"sed": nil, "sh": nil, "sha256sum": nil, "shasum": nil, "sort": nil, "tail": nil,
		"tee": nil, "wc": nil, "which": nil,
	}
}

// asProgram runs the program that this process was started as and returns its exit code. It is none
// if it was started as the test.
func asProgram() (code int, ok bool) {
	run, ok := programs()[filepath.Base(os.Args[0])]
	switch {
	case !ok:
		return 0, false
	case run == nil: // only where commands are looked at and not run
		return 0, true
	}
	return run(os.Args[1:]), true
}

// looking says that commands are looked at and not run.
func looking() bool { return os.Getenv("DOCSTEST_LOOK") != "" }

// wrong tells the test what is wrong with a command, and returns the exit code of wrong usage. A
// program in a pipe cannot fail in another way.
func wrong(format string, args ...any) int {
	name := os.Getenv("DOCSTEST_PROBLEMS")
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if _, err := fmt.Fprintf(file, format+"\n", args...); err != nil {
		panic(err)
	}
	return 2
}

// secretctl runs the command line, or only asks whether there are such a command and such flags.
func secretctl(args []string) int {
	if !looking() {
		return cli.Main(args, os.Stdin, os.Stdout, os.Stderr, nil)
	}
	var said strings.Builder
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--" })
	env := cli.Env{Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said}
	code := cli.Run(append(args, "--help"), env)
	isCommand := len(args) == 0 || strings.HasPrefix(args[0], "-") || args[0] == "help" ||
		strings.Contains(said.String(), "\n  secretctl "+args[0])
	if code != 0 || !isCommand { // of a command that is none, the help of all is shown
		return wrong("secretctl %s: %s", strings.Join(args, " "), said.String())
	}
	return 0
}

// goTool is go: it installs this module's program, runs it from the source, or shows the version of
// a binary.
func goTool(args []string) int {
	root := os.Getenv("DOCSTEST_ROOT")
	line := strings.Join(args, " ")
	switch {
	case strings.HasPrefix(line, "run ./cmd/secretctl "):
		if err := os.Chdir(root); err != nil {
			panic(err)
		}
		return secretctl(args[2:])
	case looking() && begins(line, []string{"version -m ", "test ", "tool pprof ", "build "}):
		return 0
	}
	if dir, ok := installed.cut(line); ok {
		if _, err := os.Stat(filepath.Join(root, dir, "main.go")); err == nil {
			return 0
		}
	}
	return wrong("go %s: no such program of this module", line)
}

type cutter struct{ before, after string }

func (c cutter) cut(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, c.before)
	between, _, found := strings.Cut(rest, c.after)
	return between, ok && found
}

var installed = cutter{"install github.com/secretctl/secretctl/", "@"}

var variablePattern = regexp.MustCompile(`^[A-Z_]+=`)

// makeTool is make: its targets are those of the Makefile, and nothing is made.
func makeTool(args []string) int {
	data, err := os.ReadFile(filepath.Join(os.Getenv("DOCSTEST_ROOT"), "Makefile"))
	if err != nil {
		panic(err)
	}
	for _, target := range args {
		if !variablePattern.MatchString(target) &&
			!strings.Contains("\n"+string(data), "\n"+target+":") {
			return wrong("make %s: there is no such target", target)
		}
	}
	return 0
}

// npx runs the CDK's program. Synthesis gives what aws-cdk-lib 2.276.0 wrote of the program that
// the page has, which is kept in testdata; of its manifest.json, the stack alone.
func npx(args []string) int {
	line := strings.Join(args, " ")
	if line != "cdk synth" && line != "cdk synth --quiet" {
		return wrong("npx %s: it is not in programs_test.go", line)
	}
	if looking() {
		return 0
	}
	kept := filepath.Join(os.Getenv("DOCSTEST_ROOT"), "testdata/docs/cdk.out")
	if err := os.CopyFS("cdk.out", os.DirFS(kept)); err != nil {
		return wrong("npx %s: %v", line, err)
	}
	return 0
}

// begins says whether a command line is one of several commands, whatever follows.
func begins(line string, commands []string) bool {
	return slices.ContainsFunc(commands, func(c string) bool { return strings.HasPrefix(line, c) })
}

// known is a program of which some commands may be shown, and none is run.
func known(commands ...string) func([]string) int {
	return func(args []string) int {
		line := strings.Join(args, " ")
		if begins(line, commands) {
			return 0
		}
		return wrong("%s: it is not in programs_test.go", line)
	}
}

// templateOf reads a template as compile writes it, and its plan if that is beside it.
func templateOf(path string) (template struct {
	Parameters map[string]struct{ Default any }
	Resources  map[string]any
}, err error) {
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &template)
	}
	if err == nil && len(template.Resources) == 0 {
		err = fmt.Errorf("%s is no template", path)
	}
	return template, err
}
