package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

const (
	header = "version: 1\nstack: app\n"
	home   = `environment: { account: "111111111111", region: eu-west-1 }` + "\n"
	other  = `existingRole: "arn:aws:iam::222222222222:role/reader"`
)

// load reads a spec that the JSON Schema accepts. What it does not state itself of its head is
// added.
func load(t *testing.T, text string) *spec.Spec {
	t.Helper()
	if !strings.Contains(text, "stack:") {
		text = header + text
	}
	if !strings.Contains(text, "environment:") {
		text = home + text
	}
	s, _, found := spec.Load([]*source.File{source.New("spec.yaml", []byte(text))})
	if found.HasErrors() {
		t.Fatalf("%s\n%s", found[0].Says(nil), text)
	}
	return s
}

// said writes diagnostics as their codes, each with the first line of the text that it is about; of
// a mapping in braces what stands between them.
func said(found diag.List) string {
	var out []string
	for _, d := range found.Sorted() {
		text, _, _ := strings.Cut(d.Span.Text(), "\n")
		if inner, ok := strings.CutPrefix(text, "{ "); ok {
			text = strings.TrimRight(inner, " }")
		}
		out = append(out, d.Code.Number+" "+text)
	}
	return strings.Join(out, "; ")
}

// TestChecks: what each check finds, and that it reports the codes of its row and no others.
func TestChecks(t *testing.T) {
	reported := map[string][]string{}
	for i, row := range checkRows {
		t.Run(fmt.Sprintf("%s/%d", row.check, i), func(t *testing.T) {
			at := slices.IndexFunc(checks, func(c check) bool { return c.name == row.check })
			if at < 0 {
				t.Fatalf("there is no check %q", row.check)
			}
			m, _ := resolve(load(t, row.spec), steps)
			found := checks[at].run(m)
			for _, d := range found {
				reported[row.check] = append(reported[row.check], d.Code.Number)
			}
			if got := said(found); got != row.want {
				t.Errorf("%s\nfinds %s\nwant  %s", row.spec, got, row.want)
			}
		})
	}
	for _, c := range checks {
		var want []string
		for _, code := range c.codes {
			want = append(want, code.Number)
		}
		got := slices.Compact(slices.Sorted(slices.Values(reported[c.name])))
		if !slices.Equal(got, want) {
			t.Errorf("%q reports %q here, and its row says %q", c.name, got, want)
		}
		if c.about == "" || !strings.HasSuffix(c.about, ".") {
			t.Errorf("%q does not say what it is about", c.name)
		}
	}
}

// numbered repeats a text with a number in it.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func trusted(trust string) string {
	return "principals: { p: { role: { assumedBy: { " + trust + " } } } }"
}

func statement(members string) string {
	return "secrets: { s: { policy: { statements: { " + members + " } } } }"
}

func generated(template, key string) string {
	return "secrets: { s: { value: { generate: { secretStringTemplate: " + template +
		", generateStringKey: " + key + " } } } }"
}

func rotated(way string) string { return "secrets: { s: { rotation: { " + way + " } } }" }

func database(rotation, template string) string {
	return "secrets: { t: {}, s: { value: { generate: { secretStringTemplate: " + template +
		", generateStringKey: p } }, rotation: { hosted: { rotationType: " + rotation + " } } } }"
}

func external(kind, way string) string {
	return "secrets: { t: {}, s: { type: " + kind + ", rotation: { external: { " + way + " } } } }"
}

func granted(terms string) string {
	return "principals: { p: { existingRole: p } }\nsecrets: { s: {} }\n" +
		"grants: { to: p, secrets: s, " + terms + " }"
}
