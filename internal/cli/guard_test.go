package cli

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// guarded writes a text through a guard, in pieces of n bytes, or of any length for 0.
func guarded(t *testing.T, text string, n int) string {
	t.Helper()
	var out strings.Builder
	g := guard{to: &out}
	rest := text
	for at := 1; rest != ""; at++ {
		k := n
		if n == 0 {
			k = rand.New(rand.NewPCG(uint64(at), 7)).IntN(9) //nolint:gosec // any lengths will do
		}
		k = min(k, len(rest))
		if _, err := g.Write([]byte(rest[:k])); err != nil {
			t.Fatal(err)
		}
		rest = rest[k:]
	}
	if err := g.finish(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestGuard: what a CI system would take for a command is written so that it is none, however it is
// cut into writes, and everything else as it is.
func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"plain\n  text: a::b\n":          "plain\n  text: a::b\n",
		"::error::x":                     `\u003a:error::x`,
		"a\n \t::set-output name=a::b\n": "a\n \t\\u003a:set-output name=a::b\n",
		"a\r::error::x":                  "a\r\\u003a:error::x",
		"\u00a0\u2003::error::x":         "\u00a0\u2003\\u003a:error::x",
		":":                              ":",
		":a\n:\n::":                      ":a\n:\n\\u003a:",
		":::":                            `\u003a::`,
		"x ##vso[task.setvariable]":      `x #\u0023vso[task.setvariable]`,
		"##[error]":                      `#\u0023[error]`,
		"###[error]":                     `##\u0023[error]`,
		"# ## ##vs ##vsx[ ##teamcity":    "# ## ##vs ##vsx[ ##teamcity",
		"##teamcity[a]":                  `#\u0023teamcity[a]`,
		"##":                             "##",
		"\n\n#\n##\n":                    "\n\n#\n##\n",
	} {
		for n := range 14 {
			if got := guarded(t, in, n); got != want {
				t.Errorf("%q in pieces of %d: %q, not %q", in, n, got, want)
			}
		}
	}
}

// TestGuardOfLongTexts: what is passed over at once, in windows, is what is passed on byte by byte.
// Of a single byte nothing can be passed over.
func TestGuardOfLongTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same texts each time
	pieces := []string{"\n", "\r", " ", "\t", "::", ":", "#", "##[", "##vso[", "x", "\u00a0", "\u2028",
		"\"Type\": \"AWS::KMS::Key\"", strings.Repeat("a line of a template\n", 40)}
	commands := 0
	for range 400 {
		rare := random.IntN(len(pieces))
		var text strings.Builder
		for text.Len() < 3*window {
			if random.IntN(150) > 0 {
				text.WriteString("  \"Type\": \"AWS::KMS::Key\",\n")
				continue
			}
			text.WriteString(pieces[rare])
			rare = random.IntN(len(pieces))
		}
		whole := guarded(t, text.String(), text.Len())
		if whole != guarded(t, text.String(), 1) {
			t.Fatalf("%q is not the same at once and byte by byte", text.String())
		}
		if whole != text.String() {
			commands++
		}
	}
	if commands < 40 || commands > 360 {
		t.Errorf("%d of 400 texts have commands: too few or too many for this test", commands)
	}
}

// command is what a CI system takes for a command.
var command = regexp.MustCompile(`(?m)^\s*::|##(vso|teamcity)?\[`)

// FuzzGuard: no text has a command once it is guarded, and what is none comes back as it was.
func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"::a", "a\r\n ::b", "###[", "##vso[", "#\n#[",
		"\u2028::x", ":\n:"} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		n = max(0, n)
		if whole, bytes := guarded(t, text, len(text)), guarded(t, text, 1); whole != bytes {
			t.Errorf("%q became %q at once, and %q byte by byte", text, whole, bytes)
		}
		lines := strings.NewReplacer("\r", "\n").Replace
		got := guarded(t, text, n%20)
		if command.MatchString(lines(got)) {
			t.Errorf("%q became %q", text, got)
		}
		if !command.MatchString(lines(text)) && got != text && !strings.Contains(text, "::") {
			t.Errorf("%q has no command and became %q", text, got)
		}
	})
}
