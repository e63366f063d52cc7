package golden

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/expect"
)

// shelf is a folder of testdata/golden whose cases have one subject.
type shelf struct{ name, about string }

// shelves is all of them, in the order in which the index shows them.
var shelves = []shelf{
	{
		"language",
		"How a spec is written: files, YAML, header, empty values, silence, assertions.",
	},
	{"secrets", "A secret and its value, a secret that exists already, replicas and attachments."},
	{"keys", "KMS keys: what their policies say, imported keys, pins."},
	{"principals", "Who can be granted something, and whom a role trusts."},
	{"grants", "The verbs, and what narrows a grant: conditions, Regions, stages, dates."},
	{"policies", "Guardrails and statements of one's own in the resource policy of a secret."},
	{"rotation", "Rotation by every kind of function, with its permissions and schedules."},
	{"templates", "How a template is written: formats, IDs, outputs, intrinsics, shards."},
	{"commands", "Commands, flags, files that are written, formats of diagnostics."},
	{"access", "The command access: who can do what."},
	{"why", "The command why: why somebody can or cannot do something."},
	{"plan", "The command plan: stacks in order, sizes, hand-overs, the deploy script."},
	{"diff", "The command diff: what a change does to access and resources."},
	{"proof", "What is proved, and what cannot be: policies of others, parameters, boundaries."},
	{"secrecy", "What is never shown, whatever stands in a spec or template."},
	{"messages", "Words that were hard to understand or wrong once."},
	{"codes", "Every diagnostic, in a folder that begins with its code."},
	{
		"matrix",
		"Every kind of principal, account, key and replica; docs/placement.md shows them.",
	},
}

// longestAbout is how many characters the line of a case may have.
const longestAbout = 100

// TestShelves holds testdata/golden to its order, and its index to the cases; -update writes it.
func TestShelves(t *testing.T) {
	expect.InRoot(t)
	entries, err := os.ReadDir(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		isShelf := slices.ContainsFunc(shelves, func(s shelf) bool { return s.name == e.Name() })
		if e.Name() != "README.md" && !(isShelf && e.IsDir()) {
			t.Errorf("%s/%s is no shelf; shelves_test.go has the list", goldenDir, e.Name())
		}
	}
	var index strings.Builder
	index.WriteString(indexHead)
	for _, s := range shelves {
		names := caseNames(t, s.name)
		fmt.Fprintf(&index, "\n## %s\n\n%s Cases: %d.\n\n| case | shows |\n|---|---|\n",
			s.name, s.about, len(names))
		abouts := map[string]string{}
		for _, name := range names {
			c := readCase(t, name)
			for _, wrong := range c.misshapen(abouts) {
				t.Errorf("%s/%s: %s", goldenDir, name, wrong)
			}
			fmt.Fprintf(&index, "| [%s](%s) | %s |\n", path.Base(name), name, inTable(c.about))
		}
	}
	if !t.Failed() {
		expect.Kept(t, filepath.Join(goldenDir, "README.md"), index.String())
	}
}

const indexHead = `# Golden cases

One folder for each behaviour: the smallest spec that shows it, and in ` + "`want`" + `
exactly what is written. [CONTRIBUTING.md](../../CONTRIBUTING.md#golden-cases) says how to find and
to add one. This index is made from the ` + "`about`" + ` files by ` + "`make golden`" + `.
`

// misshapen says what is wrong with a case's folder. abouts are the lines of the shelf so far, with
// the cases that they are of; the case's is added.
func (c *goldenCase) misshapen(abouts map[string]string) (wrong []string) {
	line, ended := strings.CutSuffix(c.about, "\n")
	switch {
	case c.about == "":
		wrong = append(wrong, "there is no file about, which says what the case shows")
	case !ended || strings.Contains(line, "\n") || line != strings.TrimSpace(line) || line == "":
		wrong = append(wrong, "about is one line")
	case utf8.RuneCountInString(line) > longestAbout:
		wrong = append(wrong, fmt.Sprintf("about has more than %d characters", longestAbout))
	case abouts[line] != "":
		wrong = append(wrong, "about is that of "+abouts[line]+": say what is different here")
	}
	abouts[line] = c.name
	if len(c.files) == 0 && len(c.want) == 0 {
		wrong = append(wrong, "this is no case: it has neither a spec nor a want folder")
	}
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if path.Ext(name) == "" {
			wrong = append(wrong, "what is "+name+"? A file without an extension is not read")
		}
	}
	return wrong
}

// TestMisshapenCasesAreFound: a case needs a line of its own that says what it shows.
func TestMisshapenCasesAreFound(t *testing.T) {
	expect.InRoot(t)
	spec := tree{"spec.yaml": "version: 1\n"}
	for _, test := range []struct {
		about string
		files tree
		want  string // what is said, or nothing
	}{
		{"A secret without properties.\n", spec, ""},
		{strings.Repeat("é", longestAbout) + "\n", spec, ""},
		{"", spec, "no file about"},
		{"\n", spec, "one line"},
		{"No line end.", spec, "one line"},
		{"Two\nlines.\n", spec, "one line"},
		{" Indented.\n", spec, "one line"},
		{strings.Repeat("x", longestAbout+1) + "\n", spec, "more than 100"},
		{"The line of another.\n", spec, "that of grants/other"},
		{"Nothing but this.\n", nil, "neither a spec nor"},
		{"A file too many.\n", tree{"spec.yaml": "", "contxts": ""}, "what is contxts"},
	} {
		c := goldenCase{name: "grants/this", about: test.about, files: test.files}
		abouts := map[string]string{"The line of another.": "grants/other"}
		got := strings.Join(c.misshapen(abouts), "; ")
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("about %q: %q, want %q", test.about, got, test.want)
		}
	}
}

// inTable writes a line so that it can stand in a cell of a Markdown table.
func inTable(line string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`).
		Replace(strings.TrimSpace(line))
}
