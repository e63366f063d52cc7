package docstest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// recorder keeps what a page is found to have wrong, in the place of failing.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

// found runs a page and returns what is wrong with it.
func found(t *testing.T, text string) string {
	t.Helper()
	r := &recorder{TB: t}
	func() {
		defer func() {
			if stopped := recover(); stopped != nil && stopped != any(r) {
				panic(stopped)
			}
		}()
		readPage(r, "page.md", text).run(r)
	}()
	return strings.Join(r.said, "\n")
}

const goodSpec = "```yaml\n# a.yaml\nversion: 1\nstack: a\nsecrets: { db: {} }\n```\n"

// TestWhatIsWrongIsFound: a page cannot show what is not there, and nothing is passed over.
func TestWhatIsWrongIsFound(t *testing.T) {
	expect.InRoot(t)
	const notRun = "<!-- not run: it takes long -->\n"
	for _, c := range []struct{ name, page, want string }{
		{"nothing", goodSpec + "```sh\nsecretctl validate a.yaml\n```\n\n```text\n" +
			"a.yaml: no findings\n```\n", ""},
		{"output", goodSpec + "```sh\nsecretctl validate a.yaml\n```\n\n```text\n" +
			"a.yaml: some findings\n```\n", "+a.yaml: no findings"},
		{"exit code", "```sh\nsecretctl validate a.yaml\n```\n", "exit code 3, not 0"},
		{"expected exit code", "```sh exit=1\nsecretctl version\n```\n", "exit code 0, not 1"},
		{"a failure in the middle", "```sh\nsecretctl validate a.yaml\nsecretctl version\n```\n",
			"exit code 3, not 0"},
		{"console", goodSpec + "```console\n$ secretctl validate a.yaml\nmany findings\n```\n",
			"+a.yaml: no findings"},
		{"program", "```sh\nsecretctl version | hexdump\n```\n", "hexdump"},
		{"program not run", notRun + "```sh\nhexdump x\n```\n", "hexdump"},
		{"flag not run", notRun + "```sh\nsecretctl plan --scrip x\n```\n", "scrip"},
		{"command not run", notRun + "```console\n$ secretctl plam x\n…\n```\n", "plam"},
		{"step of a workflow", notRun + "```yaml\n- run: secretctl validate --stric x\n```\n", "stric"},
		{"right and not run", notRun + "```sh\nrm -rf /; secretctl plan --script x\n```\n", ""},
		{"option of aws", "```sh\naws kms describe-key --key x\n```\n", "no option --key"},
		{"command of aws", "```sh\naws kms describe-keys --key-id x\n```\n", "no such command"},
		{"template", "```sh\naws cloudformation deploy --template-file a.json --stack-name a\n```\n",
			"a.json"},
		{"capabilities", goodSpec + "```sh\nsecretctl compile a.yaml -o o\naws cloudformation " +
			"deploy --template-file o/a.json --stack-name a --capabilities CAPABILITY_IAM\n```\n",
			"the plan says []"},
		{"target", "```sh\nmake everything\n```\n", "no such target"},
		{"install", "```sh\ngo install github.com/secretctl/secretctl/cmd/other@latest\n```\n",
			"no such program"},
		{"block", "```yaml\nruns-on: ubuntu\n```\n", "nor a part of a spec"},
		{"part", "```yaml\nsecrets: { db: { nam: db } }\n```\n", "nor a part of a spec"},
		{"right part", "```yaml\nsecrets: { db: { name: db } }\n```\n", ""},
		{"text", "```text\nhello\n```\n", "neither a file nor"},
		{"reason", notRun + "Prose.\n", "no block follows"},
		{"fence", "  ```yaml\n", "a fence begins"},
		{"end", "```yaml\n", "does not end"},
		{"change", goodSpec + "```diff\n--- a.yaml\n-stack: b\n+stack: c\n```\n", "exactly once"},
		{"git", goodSpec + "```sh\ngit init -q\ngit stauts\n```\n", "exit code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := found(t, c.page)
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
