package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	plans "github.com/secretctl/secretctl/internal/plan"
)

func TestPlanAsJSONIsTheFileOfADirectory(t *testing.T) {
	for _, text := range []string{"one", "keys"} {
		r := newRun(t, "secretctl.yaml", text)
		r.code(exitOK, "plan", "--format", "json")
		printed := r.stdout
		if text == "keys" {
			r.prints(`"app-keys.us-east-1.json"`)
		}
		r.code(exitOK, "compile", "-o", "out")
		if file := r.read("out/plan.json"); file != printed {
			t.Errorf("%s: printed:\n%s\nwritten:\n%s", text, printed, file)
		}
	}
}

func TestRefusedSpecHasNoPlan(t *testing.T) {
	for _, args := range []string{"plan", "plan --format json", "plan --format markdown",
		"plan --script"} {
		r := newRun(t, "secretctl.yaml", "an error")
		r.code(exitErrors, strings.Fields(args)...)
		r.says("error[", "1 error; see: secretctl explain SC7001\n")
		if r.stdout != "" {
			t.Errorf("%s prints %s", args, r.stdout)
		}
		r = newRun(t, "secretctl.yaml", "a warning")
		r.code(exitOK, strings.Fields(args)...)
		r.says("warning[")
		r.code(exitErrors, append(strings.Fields(args), "--strict")...)
		r.says("refused because of --strict")
		if r.stdout != "" {
			t.Errorf("%s --strict prints %s", args, r.stdout)
		}
	}
}

func TestScriptForAccountsWithoutProfilesIsNoted(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "two accounts")
	const note = "note: the accounts 111111111111 and 222222222222 have no profile"
	r.code(exitOK, "plan", "--script")
	r.says(note)
	r.prints("--region eu-west-1")
	r.code(exitOK, "plan", "--script", "--profile", "222222222222=dev")
	r.prints("--profile dev")
	if strings.Contains(r.stderr, "note:") {
		t.Errorf("stderr: %s", r.stderr)
	}
}
func TestScriptIsRefusedWithoutABucketThatCanServe(t *testing.T) {
	stack := func(account, region, template string, size int) plans.Stack {
		return plans.Stack{Account: account, Region: region, Template: template, Bytes: size}
	}
	a, b := stack("111111111111", "eu-west-1", "a.json", 51201),
		stack("222222222222", "us-east-1", "b.json", 60000)
	small, nowhere := stack("111111111111", "eu-west-1", "small.json", 51200),
		stack("", "", "n.json", 60000)
	many := make([]plans.Stack, 130)
	for i := range many {
		many[i] = stack("111111111111", "eu-west-1", fmt.Sprintf("s%d.json", i), 60000)
	}
	for name, c := range map[string]struct {
		stacks []plans.Stack
		bucket string
		code   int
		says   string
	}{
		"small": {[]plans.Stack{small}, "", exitOK, ""},
		"none": {[]plans.Stack{small, a, b}, "", exitErrors,
			"2 templates have more than 51,200 bytes and must go through an S3 bucket: a.json " +
				"and b.json"},
		"none for many": {many, "", exitErrors,
			"130 templates have more than 51,200 bytes and must go through an S3 bucket: " +
				"s0.json, s1.json, s2.json, s3.json, s4.json and 125 others"},
		"one": {[]plans.Stack{small, a}, "up", exitOK, ""},
		"one for two": {[]plans.Stack{a, b}, "up", exitUsage,
			"large templates go to 2 Regions: eu-west-1 and us-east-1"},
		"one for each": {[]plans.Stack{a, b}, "up-{region}", exitOK, ""},
		"account is unknown": {[]plans.Stack{nowhere}, "up-{account}", exitUsage,
			"--bucket uses {account}, and the spec does not state it"},
		"Region is unknown": {[]plans.Stack{nowhere}, "up-{region}", exitUsage,
			"--bucket uses {region}"},
		"unknown, one": {[]plans.Stack{nowhere}, "up", exitOK, ""},
	} {
		_, err := scriptOptions{bucket: c.bucket}.of(plans.Plan{Stacks: c.stacks})
		var e *exit
		switch {
		case err == nil && c.code != exitOK,
			err != nil && (!errors.As(err, &e) || e.code != c.code ||
				!strings.Contains(e.message, c.says) || e.hint == ""):
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestProfileOfAnAccountWithoutStackIsRefused(t *testing.T) {
	for want, accounts := range map[string][]string{
		"the account is 111111111111":                    {"111111111111", ""},
		"the accounts are 111111111111 and 333333333333": {"111111111111", "333333333333"},
		"set the variable AWS_PROFILE":                   {""},
	} {
		var plan plans.Plan
		for _, account := range accounts {
			plan.Stacks = append(plan.Stacks, plans.Stack{Account: account})
		}
		_, err := scriptOptions{profiles: map[string]string{"222222222222": "x"}}.of(plan)
		var e *exit
		if !errors.As(err, &e) || e.code != exitUsage ||
			!strings.Contains(e.message, "222222222222") || !strings.Contains(e.hint, want) {
			t.Errorf("%v: %#v", accounts, err)
		}
	}
}
