package cli

import (
	"slices"
	"strings"
	"testing"
)

const toComplete = "version: 1\nstack: shop\nsecrets: { db: {}, mail: {}, dump: {} }\n" +
	"principals: { api: { existingRole: api }, worker: { existingRole: w } }\n" +
	"environments: { dev: { account: '1' }, prod: }\n"

// TestShellsCompleteWhatTheSpecHas, each where it can stand, also while it is being written.
func TestShellsCompleteWhatTheSpecHas(t *testing.T) {
	r := newRun(t, "secretctl.yaml", toComplete, "other/a.yaml", "secrets: { elsewhere: {} }\n")
	for args, want := range map[string]string{
		"why ":                               "api worker everybody",
		"why w":                              "worker",
		"why api ":                           "",
		"why api re":                         "",
		"why api read ":                      "db dump mail",
		"why api read d":                     "db dump",
		"why api read x":                     "",
		"why --environment ":                 "dev prod",
		"why --environment p":                "prod",
		"access --secret m":                  "mail",
		"access --principal ":                "api worker",
		"access other --secret ":             "elsewhere",
		"access other --principal ":          "",
		"access nowhere --secret ":           "",
		"access - --secret ":                 "",
		"compile --environment d":            "dev",
		"why api read elsewhere other --env": "--environment",
		"explain SC0103 SC0103":              "",
	} {
		got := r.completions(args)
		if args == "explain SC0103 SC0103" {
			got = slices.DeleteFunc(got, func(word string) bool { return word != "SC0103" })
		}
		if args == "why api " { // verbs come and go
			if !slices.Contains(got, "read") || !slices.Contains(got, "batchRead") {
				t.Errorf("verbs: %v", got)
			}
			continue
		}
		if args == "why api re" {
			if !slices.Contains(got, "read") || slices.Contains(got, "write") {
				t.Errorf("verbs: %v", got)
			}
			continue
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", args, got, want)
		}
	}
}

// TestCompletionIsSilent where there is no spec, or none that can be read.
func TestCompletionIsSilent(t *testing.T) {
	for name, r := range map[string]*run{
		"none":         newRun(t),
		"no YAML":      newRun(t, "secretctl.yaml", "secrets: { db: [ }\n"),
		"no mapping":   newRun(t, "secretctl.yaml", "secrets: db\nprincipals: [a]\n"),
		"a directory":  newRun(t, "secretctl.yaml/a", ""),
		"empty":        newRun(t, "secretctl.yaml", ""),
		"unknown tags": newRun(t, "secretctl.yaml", "secrets: !Nothing\n"),
	} {
		for _, args := range []string{"why api read ", "access --principal ", "compile --environment "} {
			if got := r.completions(args); len(got) > 0 {
				t.Errorf("%s: %q: %v", name, args, got)
			}
			if strings.Contains(r.stderr, "SC") || strings.Contains(r.stderr, "secretctl:") {
				t.Errorf("%s: it says %s", name, r.stderr)
			}
		}
	}
}

// TestCompletionOfAnUnfinishedSpec has what can be read of it.
func TestCompletionOfAnUnfinishedSpec(t *testing.T) {
	r := newRun(t, "secretctl.yaml", "secrets:\n  db: { nmae: x }\nprincipals:\n  api:\ngrants: 7\n")
	if got := r.completions("why api read "); !slices.Equal(got, []string{"db"}) {
		t.Errorf("%v", got)
	}
	if got := r.completions("why a"); !slices.Equal(got, []string{"api"}) {
		t.Errorf("%v", got)
	}
}

// completions returns what a shell offers for the last word of a command line.
func (r *run) completions(line string) []string {
	r.t.Helper()
	r.code(exitOK, append([]string{"__complete"}, strings.Split(line, " ")...)...)
	var words []string
	for text := range strings.Lines(r.stdout) {
		if !strings.HasPrefix(text, ":") {
			word, _, _ := strings.Cut(strings.TrimSpace(text), "\t")
			words = append(words, word)
		}
	}
	return words
}
