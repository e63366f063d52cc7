//go:build unix

// What is tested here is a script of the shell.

package show

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	plans "github.com/secretctl/secretctl/internal/plan"
)

// fakeAWS is an AWS CLI that writes its arguments, a line a call, to the file calls, and keeps the
// files that are named with file://. Its credentials are of account 222222222222 with the profile
// dev, of 333333333333 with it's mine, and of 111111111111 otherwise. The variable MEANWHILE holds
// what happens while it deploys.
const fakeAWS = `#!/bin/sh
for word in "$@"; do
  case $word in
  "file://$TMPDIR"/*) cp -p "${word#file://}" "$HOME/parameters"; word=file://OWN/${word##*/} ;;
  "$TMPDIR"/*) word=OWN/${word##*/} ;;
  esac
  printf '<%s>' "$word" >>"$HOME/calls"
done
printf '\n' >>"$HOME/calls"
if [ "$1" = cloudformation ]; then eval "${MEANWHILE:-}"; fi
test "$1" = sts || exit 0
case "$*" in
*"--profile dev"*) echo 222222222222 ;;
*"--profile it's mine"*) echo 333333333333 ;;
*) echo 111111111111 ;;
esac
`

// deployment is one run of a script with a fake AWS CLI.
type deployment struct {
	code                  int
	calls, stdout, stderr string
	parameters            string // the file that the last call was given
}

// deploy runs a script as a user does, with the templates of the plan in a directory whose name has
// a space.
func deploy(t *testing.T, script string, plan plans.Plan, variables ...string) deployment {
	t.Helper()
	return deployWith(t, []string{"/bin/sh"}, script, plan, variables...)
}

// deployWith is deploy with a shell and its options. Whatever happens, nothing may be left behind,
// and parameters must be in a file that nobody else can read.
func deployWith(t *testing.T, shell []string, script string, plan plans.Plan,
	variables ...string) deployment {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"bin/aws": fakeAWS, "deploy.sh": script,
		"the templates/.keep": "", "tmp/.keep": ""} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	for _, s := range plan.Stacks {
		if s.Template != "missing.json" {
			writeFile(t, filepath.Join(dir, "the templates", s.Template), emptyTemplate)
		}
	}
	cmd := exec.Command(shell[0], append(slices.Clone(shell[1:]), "deploy.sh", "the templates")...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append([]string{
		"PATH=" + filepath.Join(dir, "bin") + ":/usr/bin:/bin", "HOME=" + dir,
		"TMPDIR=" + filepath.Join(dir, "tmp"),
	}, variables...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	d := deployment{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(),
		stderr: stderr.String()}
	d.calls, d.parameters = readIfThere(t, filepath.Join(dir, "calls")),
		readIfThere(t, filepath.Join(dir, "parameters"))
	if info, err := os.Stat(filepath.Join(dir, "parameters")); err == nil &&
		info.Mode().Perm() != 0o600 {
		t.Errorf("the parameters are in a file with the mode %o", info.Mode().Perm())
	}
	return d
}

// emptyTemplate is the template of every stack in these tests.
const emptyTemplate = "{}"

// readIfThere returns the text of a file, or "" if there is none.
func readIfThere(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// script renders a script that must be possible.
func script(t *testing.T, plan plans.Plan, o scriptOptions) string {
	t.Helper()
	plan.Stacks = slices.Clone(plan.Stacks)
	for i := range plan.Stacks {
		plan.Stacks[i].SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(emptyTemplate)))
	}
	text := written(t, func(w io.Writer) error { return Script.Write(w, plan, o.of(plan)) })
	return text
}

// allProfiles are profiles for every account of large.
var allProfiles = map[string]string{"111111111111": "prod", "222222222222": "dev",
	"333333333333": "it's mine"}

func TestScriptDeploysEveryStackInOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the deploy script")
	}
	plan := large()
	text := script(t, plan, scriptOptions{profiles: allProfiles, bucket: "up-{account}-{region}"})
	const secret = `a "b" $(c) 'd' \ = *`
	got := deploy(t, text, plan, "PARAM_Password="+secret, "PARAM_Vpc=vpc-1")
	if got.code != 0 || got.stderr != "" {
		t.Fatalf("exit %d: %s", got.code, got.stderr)
	}
	calls := slices.Collect(strings.Lines(got.calls))
	if len(calls) != 3+len(plan.Stacks) {
		t.Fatalf("%d calls:\n%s", len(calls), got.calls)
	}
	for i, want := range []string{
		"<sts><get-caller-identity><--query><Account><--output><text><--profile><prod><--region><eu-west-1>\n",
		"<sts><get-caller-identity><--query><Account><--output><text><--profile><dev><--region><eu-west-1>\n",
		"<sts><get-caller-identity><--query><Account><--output><text><--profile><it's " +
			"mine><--region><eu-west-1>\n",
		"<cloudformation><deploy><--template-file><OWN/template.json><--stack-name><payments-keys>" +
			"<--profile><prod><--region><eu-west-1><--no-fail-on-empty-changeset>\n",
		"<cloudformation><deploy><--template-file><OWN/template.json><--stack-name><payments-keys>" +
			"<--profile><prod><--region><us-east-1><--no-fail-on-empty-changeset>\n",
	} {
		if calls[i] != want {
			t.Errorf("call %d is %swant    %s", i, calls[i], want)
		}
	}
	shows(t, calls[3+6],
		"<--capabilities><CAPABILITY_NAMED_IAM><CAPABILITY_AUTO_EXPAND><--parameter-overrides><file://OWN/parameters.json><--no-fail")
	given(t, got.parameters, "Password="+secret, "Vpc=vpc-1")
	shows(t, calls[3+136], "<payments-s130>", "<--s3-bucket><up-111111111111-eu-west-1>")
	shows(t, calls[len(calls)-1], "<payments-access><--profile><it's mine>")
	if strings.Contains(calls[3+7], "s3-bucket") {
		t.Errorf("a small template goes through a bucket: %s", calls[3+7])
	}
	shows(t, got.stdout,
		"139 of 139: payments-access (access) to eu-west-1 of account 333333333333\n",
		"4 statements must be handed over")
	if strings.Contains(got.stdout+got.stderr+got.calls, secret) {
		t.Errorf("a parameter is shown:\n%s%s%s", got.stdout, got.stderr, got.calls)
	}
}

// given expects what the AWS CLI was given as parameters.
func given(t *testing.T, file string, want ...string) {
	t.Helper()
	var got []string
	if err := json.Unmarshal([]byte(file), &got); err != nil || !slices.Equal(got, want) {
		t.Errorf("the parameters are %q (%v), want %q", got, err, want)
	}
}

// shells are those that scripts are run with, each without and with tracing, as far as they are
// installed and have a printf of their own.
func shells() [][]string {
	var all [][]string
	for _, shell := range [][]string{{"sh"}, {"dash"}, {"bash"}, {"busybox", "sh"},
		{"ksh"}, {"zsh"}} {
		path, err := exec.LookPath(shell[0])
		if err != nil {
			continue
		}
		shell[0] = path
		ask := append(slices.Clone(shell), "-c", "command -v printf")
		if out, err := exec.Command(ask[0], ask[1:]...).Output(); err != nil ||
			string(out) != "printf\n" {
			continue
		}
		all = append(all, shell, append(slices.Clone(shell), "-x"))
	}
	return all
}

func TestValuesReachTheAWSCLIUnchangedAndNobodyElse(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the deploy script")
	}
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{{
		Name: "app", Template: "app.json", Parameters: cfn.Object{{Key: "A"}, {Key: "B"}},
	}}}
	text := script(t, plan, scriptOptions{})
	every := "every character:"
	for r := rune(1); r < 0x180; r++ {
		every += string(r)
	}
	values := []string{
		`hunter2 "quoted" \ 'single'`, "--hunter2", "-n hunter2", "$hunter2 $(hunter2) `hunter2`",
		"hunter2\nsecond\n\n", "\n", "\\",
		"hunter2\r\t\x01\x1f\x7f", "hünter2 € \U0001F600 \u2028 \u0085", "a=b=hunter2",
		"%s%d\\nhunter2", "*", "?[a]", "file://hunter2", `["hunter2"]`, every,
	}
	for _, shell := range shells() {
		for _, value := range values {
			other := strings.ToUpper(value)
			got := deployWith(t, shell, text, plan, "PARAM_A="+value, "PARAM_B="+other)
			if got.code != 0 {
				t.Errorf("%s: %q: exit %d: %s", shell, value, got.code, got.stderr)
			}
			given(t, got.parameters, "A="+value, "B="+other)
			shown := strings.ToLower(got.stdout + got.stderr + got.calls)
			for _, part := range []string{"hunter2", "hünter2", "every character"} {
				if strings.Contains(shown, part) {
					t.Errorf("%s: %q is shown:\n%s", shell, value, shown)
				}
			}
		}
	}
}

// TestNoToolIsGivenAValue runs a script with tools that write down how they were called.
func TestNoToolIsGivenAValue(t *testing.T) {
	plan := plans.Plan{Stack: "app",
		Stacks: []plans.Stack{{Name: "app", Template: "app.json",
			Parameters: cfn.Object{{Key: "A"}}}}}
	tools := t.TempDir()
	for _, name := range []string{"cat", "mktemp", "rm", "sha256sum", "printf", "test", "["} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Logf("there is no %s", name)
			continue
		}
		writeFile(t, filepath.Join(tools, name),
			"#!/bin/sh\necho \"$0 $*\" >>\"$HOME/calls\"\nexec "+path+" \"$@\"\n")
	}
	text := script(t, plan, scriptOptions{})
	got := deploy(t, strings.Replace(text, "set -eu\n", "set -eu\nPATH="+quote(tools)+":$PATH\n",
		1), plan, "PARAM_A=hunter2")
	given(t, got.parameters, "A=hunter2")
	shows(t, got.calls, "/mktemp -d ", "/cat ", "/rm -f ")
	if got.code != 0 || strings.Contains(got.calls, "hunter2") {
		t.Errorf("exit %d: %s\n%s", got.code, got.stderr, got.calls)
	}
}

func TestNothingIsLeftOfAScriptThatEndsEarly(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the deploy script")
	}
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{
		{Name: "app", Template: "app.json", Parameters: cfn.Object{{Key: "A"}}},
		{Name: "next", Template: "next.json"},
	}}
	// A shell cannot trap what was ignored when it began, as under nohup: what is listened to is
	// not.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	defer signal.Stop(heard)
	const anyEnd = -1
	text := script(t, plan, scriptOptions{})
	for meanwhile, code := range map[string]int{
		"exit 7": 7, "kill -s INT $PPID": 130, "kill -s TERM $PPID": 143, "kill -s HUP $PPID": 129,
		"kill -s QUIT $PPID": 131,
		"kill -s PIPE $PPID": anyEnd, // a shell that began with the signal ignored goes on
	} {
		for _, shell := range shells() {
			got := deployWith(t, shell, text, plan, "PARAM_A=hunter2", "MEANWHILE="+meanwhile)
			if code == anyEnd {
				continue // what is left behind counts
			}
			if got.code != code || strings.Count(got.calls, "<deploy>") != 1 {
				t.Errorf("%s: %s: exit %d, want %d; %s", shell, meanwhile, got.code,
					code, got.calls)
			}
		}
	}
}

func TestScriptDeploysNoOtherTemplate(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the deploy script")
	}
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{{Name: "app", Template: "app.json"},
		{Name: "next", Template: "next.json"}}}
	text := script(t, plan, scriptOptions{})
	for name, c := range map[string]struct {
		script, meanwhile, says string
		deployed                int
	}{
		"before": {
			strings.Replace(text, "set -eu\n", "set -eu\necho changed >'the templates/next.json'\n",
				1), "",
			"the templates/next.json is not the template of this plan", 0,
		},
		"while it runs": {text, "echo changed >'the templates/next.json'",
			"the templates/next.json is not the template of this plan", 1},
		"removed": {text, "rm 'the templates/next.json'",
			"there is no the templates/next.json", 1},
		"no tool": {
			strings.Replace(text, "set -eu\n", "set -eu\ncommand() { return 1; }\n", 1), "",
			"neither sha256sum nor shasum is installed", 0,
		},
	} {
		got := deploy(t, c.script, plan, "MEANWHILE="+c.meanwhile)
		if got.code == 0 || !strings.Contains(got.stderr, c.says) ||
			strings.Count(got.calls, "<deploy>") != c.deployed {
			t.Errorf("%s: exit %d, stderr %s, calls %s", name, got.code, got.stderr, got.calls)
		}
	}
}

// TestScriptTakesTheToolOfMacOS runs a script where there is no sha256sum.
func TestScriptTakesTheToolOfMacOS(t *testing.T) {
	sum, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("there is no sha256sum, which this gives another name")
	}
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{{Name: "app", Template: "app.json"}}}
	tools := t.TempDir()
	writeFile(t, filepath.Join(tools, "shasum"),
		"#!/bin/sh\ntest \"$*\" = '-a 256' && exec "+sum+"\n")
	for _, name := range []string{"cat", "mktemp", "rm", "sh"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Replace(script(t, plan, scriptOptions{}), "set -eu\n",
		"set -eu\nPATH=$HOME/bin:"+quote(tools)+"\n", 1)
	got := deploy(t, text, plan)
	if got.code != 0 || strings.Count(got.calls, "<deploy>") != 1 {
		t.Errorf("exit %d: %s%s", got.code, got.stderr, got.calls)
	}
}

func TestScriptRefusesAShellWithoutPrintf(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash, the shell that can forget its printf")
	}
	plan := plans.Plan{Stack: "app",
		Stacks: []plans.Stack{{Name: "app", Template: "app.json",
			Parameters: cfn.Object{{Key: "A"}}}}}
	text := strings.Replace(script(t, plan, scriptOptions{}), "set -eu\n",
		"set -eu\nenable -n printf\n", 1)
	got := deployWith(t, []string{bash}, text, plan, "PARAM_A=hunter2")
	if got.code == 0 || got.calls != "" || !strings.Contains(got.stderr, "use bash or dash") {
		t.Errorf("exit %d: %s%s", got.code, got.stderr, got.calls)
	}
}

// TestNoTextOfThePlanStartsALineOfTheScript puts line ends wherever a plan has text of a spec.
func TestNoTextOfThePlanStartsALineOfTheScript(t *testing.T) {
	const text = "a\nPLANTED\r\u2028PLANTED\x00PLANTED"
	plan := plans.Plan{
		Stack:  text,
		Stacks: []plans.Stack{{Name: "app", Template: "app.json"}},
		HandOver: []plans.HandOver{{Account: text, Document: text, Of: text, Because: text},
			{Of: "o-" + text}},
	}
	comments := 0
	for line := range strings.Lines(script(t, plan, scriptOptions{})) {
		if strings.Contains(line, "PLANTED") {
			comments++
		}
		if strings.Contains(line, "PLANTED") && !strings.HasPrefix(line, "# ") ||
			strings.ContainsAny(line, "\r\x00\u2028") {
			t.Errorf("a line is %q", line)
		}
	}
	if comments != 3 {
		t.Errorf("%d lines have text of the plan", comments)
	}
}

func TestScriptRefusesToBegin(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the deploy script")
	}
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{
		{Name: "app", Kind: "home", Account: "111111111111", Region: "eu-west-1",
			Template: "app.json", Parameters: cfn.Object{{Key: "Password"}}},
		{Name: "app-access", Kind: "access", Account: "222222222222", Region: "eu-west-1",
			Template: "app-access.json"},
	}}
	missing := plan
	missing.Stacks = slices.Clone(plan.Stacks)
	missing.Stacks[1].Template = "missing.json"
	dev := map[string]string{"222222222222": "dev"}
	for name, c := range map[string]struct {
		plan      plans.Plan
		profiles  map[string]string
		variables []string
		says      string
	}{
		"unset": {plan, dev, nil,
			"PARAM_Password must hold the value of the parameter Password\n"},
		"empty": {plan, dev, []string{"PARAM_Password="}, "must hold the value"},
		"no template": {missing, dev, []string{"PARAM_Password=x"},
			"there is no the templates/missing.json; secretctl compile --output writes it\n"},
		"wrong account": {plan, nil, []string{"PARAM_Password=x"},
			"the credentials are of account 111111111111, not of 222222222222\n"},
	} {
		got := deploy(t, script(t, c.plan, scriptOptions{profiles: c.profiles}), c.plan,
			c.variables...)
		if got.code == 0 || !strings.Contains(got.stderr, c.says) ||
			strings.Contains(got.calls, "<deploy>") {
			t.Errorf("%s: exit %d, stderr %s, calls %s", name, got.code, got.stderr, got.calls)
		}
	}
}

func TestScriptStopsAtTheFirstFailure(t *testing.T) {
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{{Name: "app", Template: "app.json"},
		{Name: "next", Template: "next.json"}}}
	text := script(t, plan, scriptOptions{})
	got := deploy(t, strings.Replace(text, "aws cloudformation", "false", 1), plan)
	if got.code == 0 || got.calls != "" {
		t.Errorf("exit %d, calls %s", got.code, got.calls)
	}
}

func TestScriptSaysWhatItDoesNotKnow(t *testing.T) {
	plan := plans.Plan{Stack: "app", Stacks: []plans.Stack{
		{Name: "app", Template: "app.json"},
		{Name: "b", Template: "b.json", Account: "111111111111"},
	}}
	text := script(t, plan, scriptOptions{})
	shows(t, text,
		"# The spec states no Region: this is the one that the AWS CLI is configured for.\n",
		"# No --profile was given for account 111111111111")
	if got := deploy(t, text, plan); got.code != 0 || strings.Contains(got.calls, "--region") ||
		strings.Contains(got.calls, "--profile") {
		t.Errorf("exit %d: %s%s", got.code, got.stderr, got.calls)
	}
}

func TestScriptOfNothingOnlyTellsWhatIsHandedOver(t *testing.T) {
	plan := plans.Plan{Stack: "app", HandOver: large().HandOver}
	text := script(t, plan, scriptOptions{})
	shows(t, text, "# app: it creates nothing",
		"# - account 222222222222: identity policy of role ci, because: rotation by ci\n")
	if got := deploy(t, text, plan); got.code != 0 || got.calls != "" ||
		!strings.Contains(got.stdout, "4 statements") {
		t.Errorf("exit %d: %s%s%s", got.code, got.stdout, got.stderr, got.calls)
	}
}

// nasty are texts that a shell would take apart, run or swallow.
var nasty = []string{"", "a b", "it's", `"`, "$HOME", "$(touch x)", "`touch x`", `a\`, "a\nb", "*",
	"~", "-n", "#", "a;b", "'\"'\"'", "é", "%s", "{a,b}", "!"}

func TestQuotedTextIsOneWordOfTheShell(t *testing.T) {
	for _, text := range nasty {
		out, err := exec.Command("/bin/sh", "-c",
			"set -- "+quote(text)+`; printf '%s|%s' "$#" "$1"`).Output()
		if err != nil || string(out) != "1|"+text {
			t.Errorf("%q becomes %q (%v)", text, out, err)
		}
	}
}

func TestNoTextOfThePlanBecomesACommand(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the deploy script")
	}
	for _, text := range nasty {
		if text == "" {
			continue
		}
		stack := plans.Stack{Name: text, Kind: "home", Account: "111111111111", Region: text,
			Template: "t.json", Capabilities: []string{text}}
		plan := plans.Plan{Stack: text, Stacks: []plans.Stack{stack},
			HandOver: []plans.HandOver{{Document: "key policy", Of: text, Because: text}}}
		got := deploy(t, script(t, plan,
			scriptOptions{profiles: map[string]string{"111111111111": text}}), plan)
		want := fmt.Sprintf("<--stack-name><%s><--profile><%s><--region><%s><--capabilities><%s>",
			text, text, text, text)
		if got.code != 0 || !strings.Contains(got.calls, want) {
			t.Errorf("%q: exit %d: %s\n%s", text, got.code, got.stderr, got.calls)
		}
	}
}

func TestParameterWithAnImpossibleNameIsABug(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	variable("a;b")
}

func TestShellcheckIsContentWithScripts(t *testing.T) {
	path, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("############ shellcheck is not installed: NO SCRIPT WAS CHECKED (apt-get install " +
			"shellcheck) ############")
	}
	one := plans.Stack{Name: "a b", Template: "a;b.json", Region: "#", Capabilities: []string{"'"},
		Parameters: cfn.Object{{Key: "A"}}, Bytes: 60000}
	for name, c := range map[string]struct {
		plan plans.Plan
		o    scriptOptions
	}{
		"large":   {large(), scriptOptions{profiles: allProfiles, bucket: "up-{region}"}},
		"nothing": {plans.Plan{Stack: "x", HandOver: large().HandOver}, scriptOptions{}},
		"empty":   {plans.Plan{Stack: "x"}, scriptOptions{}},
		"one": {plans.Plan{Stack: "x", Stacks: []plans.Stack{one}},
			scriptOptions{bucket: "up"}},
	} {
		cmd := exec.Command(path, "--shell=sh", "-")
		cmd.Stdin = strings.NewReader(script(t, c.plan, c.o))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// scriptOptions are the profiles and the bucket of a script; {account} and {region} in its name
// stand for those of the stack.
type scriptOptions struct {
	profiles map[string]string
	bucket   string
}

func (o scriptOptions) of(p plans.Plan) Options {
	out := Options{Profiles: o.profiles}
	for _, s := range p.Stacks {
		out.Buckets = append(out.Buckets,
			strings.NewReplacer("{account}", s.Account, "{region}", s.Region).Replace(o.bucket))
	}
	return out
}
