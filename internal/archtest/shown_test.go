package archtest

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

const goldenDir = "testdata/golden"

// wanted reads a file that a golden case, shelf/name, expects.
func wanted(t *testing.T, golden, file string) string {
	t.Helper()
	return expect.Read(t, filepath.Join(goldenDir, filepath.FromSlash(golden), "want", file))
}

// TestErrorInReadmeIsReal holds the README's example of an error to what secretctl says.
func TestErrorInReadmeIsReal(t *testing.T) {
	expect.InRoot(t)
	said := wanted(t, "codes/SC4013-guardrail-defeats-grant", "stdout")
	if !strings.Contains(expect.Read(t, "README.md"), "```text\n"+said+"```\n") {
		t.Errorf("the README does not show what secretctl says:\n%s", said)
	}
}

// TestPlanInDocsIsReal holds the examples of docs/plan.md to what secretctl prints.
func TestPlanInDocsIsReal(t *testing.T) {
	expect.InRoot(t)
	page := expect.Read(t, "docs/plan.md")
	plan := wanted(t, "plan/text", "stdout")
	script := wanted(t, "plan/script-bucket", "stdout")
	call := script[strings.Index(script, "aws cloudformation"):]
	for _, block := range []string{"```text\n" + plan + "```\n", "```sh\n" + call + "```\n"} {
		if !strings.Contains(page, block) {
			t.Errorf("docs/plan.md does not show:\n%s", block)
		}
	}
}
