package golden

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// A password is written into specs and templates in every way that comes to somebody's mind, and
// nothing that any command prints may show a part of it.

// hidingCase is one file and the commands that are run on it.
type hidingCase struct {
	name, text string
	commands   [][]string
}

// hidingCases are all pairs of a place and a spelling.
func hidingCases() []hidingCase {
	var out []hidingCase
	for _, p := range places {
		for _, s := range spellings {
			if p.names && mapping.MatchString(s) {
				continue
			}
			text := strings.ReplaceAll(p.text, "‹›", s)
			if p.name == "JSON" {
				text = `{"version": 1, "stack": "shop", ` + strings.TrimSpace(text) + "}\n"
			} else {
				text = specAround + text
			}
			out = append(out, hidingCase{p.name, text, specCommands})
		}
	}
	for _, p := range secretTemplates {
		for _, s := range spellings {
			text := strings.ReplaceAll(p.text, "‹›", s)
			out = append(out, hidingCase{"template: " + p.name, text, templateCommands})
		}
	}
	return out
}

// check runs the commands and returns what shows the password.
func (c *hidingCase) check(t *testing.T, dir string) []string {
	t.Helper()
	expect.Write(t, filepath.Join(dir, "spec.yaml"), c.text)
	expect.Write(t, filepath.Join(dir, "old", "shop.json"), "{}\n")
	var shown []string
	for _, args := range c.commands {
		stdout, stderr, _ := execute(dir, "", args...)
		for _, text := range []string{stdout, stderr} {
			if at := shows.FindStringIndex(text); at != nil {
				shown = append(shown, fmt.Sprintf("%s: secretctl %s shows …%s…\n%s",
					c.name, strings.Join(args, " "),
					text[max(0, at[0]-90):min(len(text), at[1]+30)],
					c.text[min(len(c.text), len(specAround)):]))
			}
		}
	}
	return shown
}

// TestNoPasswordIsShown runs every command on files with a password in every place and spelling: a
// spread sample of them in every run, all of them with SECRECY=all.
func TestNoPasswordIsShown(t *testing.T) {
	expect.InRoot(t)
	if testing.Short() {
		t.Skip("hundreds of files are read by every command")
	}
	all := hidingCases()
	step := len(all)/600 | 1 // odd, so that places and spellings take turns
	if os.Getenv("SECRECY") == "all" {
		step = 1
		if len(all) < 6000 {
			t.Fatalf("only %d files", len(all))
		}
	}
	var chosen []hidingCase
	for i := 0; i < len(all); i += step {
		chosen = append(chosen, all[i])
	}
	checkHiding(t, chosen)
}

// checkHiding checks cases side by side.
func checkHiding(t *testing.T, cases []hidingCase) {
	t.Helper()
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			n := 0
			for i := part; i < len(cases); i += parts {
				for _, s := range cases[i].check(t, dir) {
					if n++; n <= 60 {
						t.Error(s)
					}
				}
			}
			if n > 60 {
				t.Errorf("and %d more", n-60)
			}
		})
	}
}

// TestNoEditShowsAPassword makes random changes around a password, of characters that YAML has an
// opinion of, and runs the command that shows most.
func TestNoEditShowsAPassword(t *testing.T) {
	expect.InRoot(t)
	if testing.Short() {
		t.Skip("a thousand files are read")
	}
	edits := 1_000
	if os.Getenv("SECRECY") == "all" {
		edits = 20_000
	}
	r := rand.New(rand.NewPCG(20261129, 1))
	var cases []hidingCase
	for i := range edits {
		p := places[i%len(places)]
		text := p.text
		if p.name == "JSON" {
			text = `{"version": 1, "stack": "shop", ` + strings.TrimSpace(text) + "}\n"
		} else {
			text = specAround + text
		}
		text = edited(strings.Replace(text, "‹›", firstPart+secondPart, 1), r)
		text = strings.ReplaceAll(text, "‹›", "x")
		cases = append(cases, hidingCase{"edit of " + p.name, text, specCommands[:1]})
	}
	checkHiding(t, cases)
}

// edited makes one to three changes near the password in a text, and none in it.
func edited(text string, r *rand.Rand) string {
	const marks = ",:#*!&{}[]|>%@`\"'\\-? \t\n=$~"
	for range 1 + r.IntN(3) {
		at := strings.Index(text, firstPart+secondPart)
		free := slices.DeleteFunc(
			[]int{at - 1 - r.IntN(40), at + len(firstPart+secondPart) + r.IntN(20), at, at - 1},
			func(i int) bool {
				return i < 0 || i >= len(text) || i > at && i < at+len(firstPart+secondPart)
			},
		)
		i := free[r.IntN(len(free))]
		mark := string(marks[r.IntN(len(marks))])
		inside := i == at
		switch r.IntN(3) {
		case 0:
			text = text[:i] + mark + text[i:]
		case 1:
			if !inside {
				text = text[:i] + text[i+1:]
			}
		default:
			if !inside {
				text = text[:i] + mark + text[i+1:]
			}
		}
	}
	return text
}
