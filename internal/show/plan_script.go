package show

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/plan"
)

// planScript is a deploy script while it is being written, in the language of
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
type planScript struct {
	strings.Builder
	Options
	plan plan.Plan
}

// writeScript writes a script that deploys the stacks of a plan, with the profiles and through the
// buckets of the options.
func writeScript(w io.Writer, p plan.Plan, o Options) error {
	s := &planScript{Options: o, plan: p}
	s.head()
	if len(p.Stacks) > 0 {
		s.WriteString(shellOwnDirectory)
		s.templates()
		s.parameters()
		s.credentials()
	}
	for i, stack := range p.Stacks {
		s.deploy(i, stack)
	}
	s.tail()
	_, err := io.WriteString(w, s.String())
	return err
}

// line writes one line.
func (s *planScript) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// comment writes a line that the shell does not read. Nothing in it can end it, because what
// cannot be printed is escaped.
func (s *planScript) comment(format string, args ...any) {
	s.line("# %s", Printable(fmt.Sprintf(format, args...)))
}

// head says what the script is for, and what it leaves to others.
func (s *planScript) head() {
	r := rollout{plan: s.plan}
	s.line("#!/bin/sh")
	s.comment("%s: %s.", Printable(s.plan.Stack), r.summary())
	if len(s.plan.Stacks) > 0 {
		s.comment("The templates, and the plan that this follows, are written by: secretctl " +
			"compile --output DIRECTORY")
		directory := "DIRECTORY"
		if s.plan.Environment != "" {
			directory += "/" + s.plan.Environment
		}
		s.comment("Then run this with %s as its argument.", directory)
	}
	if len(s.plan.HandOver) > 0 {
		s.line("#")
		s.comment("Others must add statements to documents of theirs; secretctl plan prints them.")
		if when := r.whenNeeded(); when != "" {
			s.comment("%s", when)
		}
		for _, h := range r.handOvers() {
			s.comment("- %s: %s, because: %s", uncapitalized(ownerOf(h)), documentOf(h),
				reasonOf(h))
		}
	}
	s.line("set -eu")
}

// parameters refuses to begin while a parameter is missing.
func (s *planScript) parameters() {
	names := map[string]bool{}
	for _, stack := range s.plan.Stacks {
		for _, name := range parameterNames(stack) {
			names[name] = true
		}
	}
	if len(names) == 0 {
		return
	}
	s.WriteString(shellParameters)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		s.line(`needs "${%s:+set}" %s`, variable(name), name)
	}
}

// variable is the environment variable that holds a parameter's value.
func variable(parameter string) string {
	if !cfn.ValidLogicalID(parameter) {
		panic("show: a parameter has a name that CloudFormation does not accept")
	}
	return "PARAM_" + parameter
}

// templates refuses to begin while a template is missing or is not the plan's.
func (s *planScript) templates() {
	s.WriteString(shellTemplates)
	for _, stack := range s.plan.Stacks {
		s.take(stack)
	}
}

// take writes the call that puts the template of a stack to where it is deployed from.
func (s *planScript) take(stack plan.Stack) {
	s.line("take_template %s %s", quote(stack.Template), quote(stack.SHA256))
}

// credentials refuses to begin with credentials of another account, whichever account's turn it is.
// An account is asked after in the Region of its first stack, because there is no AWS STS for all
// partitions.
func (s *planScript) credentials() {
	seen := map[string]bool{}
	for _, stack := range s.plan.Stacks {
		if stack.Account == "" || seen[stack.Account] {
			continue
		}
		if len(seen) == 0 {
			s.WriteString(shellAccount)
		}
		seen[stack.Account] = true
		s.unprofiled(stack)
		s.line("check_account %s",
			strings.Join(append([]string{quote(stack.Account)}, s.where(stack)...), " "))
	}
}

// unprofiled says so when the credentials for a stack are not chosen by a profile.
func (s *planScript) unprofiled(stack plan.Stack) {
	if stack.Account != "" && s.Profiles[stack.Account] == "" {
		s.comment("No --profile was given for account %s: these are the credentials that the AWS "+
			"CLI finds.", stack.Account)
	}
}

// where are the options that choose account and Region of a stack.
func (s *planScript) where(stack plan.Stack) []string {
	var options []string
	if name := s.Profiles[stack.Account]; name != "" {
		options = append(options, "--profile "+quote(name))
	}
	if stack.Region != "" {
		options = append(options, "--region "+quote(stack.Region))
	}
	return options
}

// deploy writes the call that deploys one stack, i of the plan, and waits until it is done.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
func (s *planScript) deploy(i int, stack plan.Stack) {
	options := append([]string{`--template-file "$OWN/template.json"`,
		"--stack-name " + quote(stack.Name)}, s.where(stack)...)
	if stack.NeedsBucket() {
		options = append(options, "--s3-bucket "+quote(s.Buckets[i]))
	}
	if len(stack.Capabilities) > 0 {
		capabilities := "--capabilities"
		for _, capability := range stack.Capabilities {
			capabilities += " " + quote(capability)
		}
		options = append(options, capabilities)
	}
	names := parameterNames(stack)
	if len(names) > 0 {
		options = append(options, `--parameter-overrides "file://$OWN/parameters.json"`)
	}
	options = append(options, "--no-fail-on-empty-changeset")
	title := fmt.Sprintf("%d of %d: %s (%s) to %s", i+1, len(s.plan.Stacks), Printable(stack.Name),
		stack.Kind, targetOf(stack))
	s.line("")
	s.line(`printf '%%s\n' %s`, quote(title))
	s.unprofiled(stack)
	if stack.Region == "" {
		s.comment("The spec states no Region: this is the one that the AWS CLI is configured for.")
	}
	s.take(stack)
	s.writeParameters(names)
	s.line("aws cloudformation deploy \\\n  %s", strings.Join(options, " \\\n  "))
	if len(names) > 0 {
		s.line(`rm -f "$OWN/parameters.json"`)
	}
}

// writeParameters writes the commands that put the values of parameters into a file, as a JSON
// list of texts NAME=VALUE. That is the one form which every version of the AWS CLI reads. The
// parentheses keep it to these commands that tracing is off.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
func (s *planScript) writeParameters(names []string) {
	if len(names) == 0 {
		return
	}
	s.line("(\n  { set +x; } 2>/dev/null\n  {")
	before := "["
	for _, name := range names {
		s.line("    printf '%s'", before)
		s.line(`    json_text "%s=$%s"`, name, variable(name))
		before = ","
	}
	s.line("    printf ']\\n'\n  } >\"$OWN/parameters.json\"\n)")
}

// tail reminds of what is left to others.
func (s *planScript) tail() {
	if n := (rollout{plan: s.plan}).statements(); n > 0 {
		s.line("")
		s.line(`printf '%%s\n' %s`,
			quote(english.Plural(n, "statement", "statements")+
				" must be handed over to others before use; secretctl plan prints what to add "+
				"where."))
	}
}

// plainWord is what a shell takes for itself without quotes.
var plainWord = lazy.Regexp(`^[A-Za-z0-9_./:@%+,-]+$`)

// quote writes a text as one word for the shell. A line end stays in it, because quotes may hold
// one.
func quote(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// uncapitalized makes the first letter of words small.
func uncapitalized(text string) string { return strings.ToLower(text[:1]) + text[1:] }
