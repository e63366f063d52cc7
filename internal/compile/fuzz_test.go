package compile

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// word is a piece of a line that a mutation replaces: a text without blanks and YAML's punctuation.
var word = regexp.MustCompile(`[^\s{}\[\],:#"']+`)

// scramble changes a spec at a few places, taking lines and words out of all specs, so that what
// comes out is mostly YAML and often a spec: a mutation of bytes rarely is either.
func scramble(text string, seed uint64, lines, words []string) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := strings.SplitAfter(text, "\n")
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	for range 1 + rng.IntN(4) {
		at := rng.IntN(len(out))
		switch rng.IntN(6) {
		case 0:
			out = append(slices.Delete(out, at, at+1), "")
		case 1:
			out = slices.Insert(out, at, pick(lines))
		case 2:
			out[at] = pick(lines)
		case 3:
			out[at] = strings.Repeat(" ", 2*rng.IntN(5)) + strings.TrimLeft(out[at], " ")
		default:
			if places := word.FindAllStringIndex(out[at], -1); places != nil {
				p := places[rng.IntN(len(places))]
				out[at] = out[at][:p[0]] + pick(words) + out[at][p[1]:]
			}
		}
	}
	return strings.Join(out, "")
}

// FuzzCompileNeverPanics: whatever the text, a compilation ends with stacks or an error, its
// findings can be shown, and the same text gives the same bytes again.
func FuzzCompileNeverPanics(f *testing.F) {
	if testing.Short() {
		f.Skip("the seeds are all golden specs")
	}
	files, err := filepath.Glob("../../testdata/golden/*/*/spec.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden cases", err)
	}
	var lines, words []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) > 8<<10 {
			continue
		}
		f.Add(string(data), uint64(0))
		f.Add(string(data), uint64(len(lines)+1))
		lines = append(lines, strings.SplitAfter(string(data), "\n")...)
		words = append(words, word.FindAllString(string(data), -1)...)
	}
	slices.Sort(words)
	words = append(slices.Compact(words), "null", "{}", "[]", `""`, "!Ref", "!Sub", "*", "&a", "*a",
		"<<", "0", "true")
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if seed != 0 {
			text = scramble(text, seed, lines, words)
		}
		first, again := outcome(t, text), outcome(t, text)
		if first != again {
			t.Fatalf("compiled again it is different:\n%s\n%s\n%s", text, first, again)
		}
	})
}

// outcome returns everything that a compilation shows.
func outcome(t *testing.T, text string) string {
	r := Compile([]*source.File{source.New("spec.yaml", []byte(text))}, nil)
	if (r.Plan.Version == 0) != r.Diagnostics.HasErrors() || len(r.Stacks) != len(r.Plan.Stacks) {
		t.Fatalf("%d stacks and these findings: %v\n%s", len(r.Stacks), r.Diagnostics, text)
	}
	var b bytes.Buffer
	for _, s := range r.Stacks {
		b.Write(s.Template.Append(nil, cfn.Format{}))
		b.Write(s.Template.Append(nil, cfn.Format{YAML: true}))
	}
	for _, d := range r.Diagnostics {
		if d.Span.File == nil || d.Says(nil) == "" ||
			strings.Contains(d.Says(nil)+d.Advises(nil), "%!") {
			t.Fatalf("a finding without a place or a text: %+v\n%s", d, text)
		}
	}
	for _, format := range show.Diagnostics {
		if err := format.Write(&b, r.Diagnostics, show.Options{Masks: r.Masks}); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
