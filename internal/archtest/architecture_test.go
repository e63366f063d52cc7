package archtest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/expect"
)

// TestPassesAreThoseOfTheArchitecture: docs/architecture.md has the passes of the compiler, in
// their order, with what each needs and gives.
func TestPassesAreThoseOfTheArchitecture(t *testing.T) {
	expect.InRoot(t)
	var want []string
	list := func(words []string) string {
		if len(words) == 0 {
			return "–"
		}
		return strings.Join(words, ", ")
	}
	for _, p := range compile.Passes {
		want = append(want, "| "+p.Name+" | "+list(p.Needs)+" | "+list(p.Gives)+" |")
	}
	_, rest, _ := strings.Cut(architecture(t), "| pass | needs | gives |\n|---|---|---|\n")
	table, _, _ := strings.Cut(rest, "\n\n")
	if got := strings.Split(table, "\n"); !slices.Equal(got, want) {
		t.Errorf("docs/architecture.md has\n%s\nand the compiler\n%s", table,
			strings.Join(want, "\n"))
	}
}

// TestPassesFindWhatTheyNeed: what a pass needs, an earlier one gives.
func TestPassesFindWhatTheyNeed(t *testing.T) {
	expect.InRoot(t)
	given := []string{"files"}
	for _, p := range compile.Passes {
		for _, need := range p.Needs {
			if !slices.Contains(given, need) {
				t.Errorf("%s needs %q, which no pass before it gives", p.Name, need)
			}
		}
		given = append(given, p.Gives...)
	}
}

// TestFilesOfTheArchitectureExist: every file and folder that the page names is there.
func TestFilesOfTheArchitectureExist(t *testing.T) {
	expect.InRoot(t)
	for _, m := range code.FindAllStringSubmatch(architecture(t), -1) {
		name := m[1]
		if !strings.HasPrefix(name, "internal/") && !strings.HasPrefix(name, "schema/") {
			continue
		}
		if _, err := os.Stat(name); err != nil {
			t.Errorf("docs/architecture.md names %s: %v", name, err)
		}
	}
}

func architecture(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
