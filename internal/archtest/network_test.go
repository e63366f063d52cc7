package archtest

import (
	"bytes"
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/expect"
)

// TestNoPackageUsesTheNetwork: nothing of ours imports a package that opens connections, and
// nothing that is linked can start another program but internal/revision, which runs git. (The
// library for schemas could load one from the network: TestNoCommandOpensAConnection.)
func TestNoPackageUsesTheNetwork(t *testing.T) {
	expect.InRoot(t)
	out, err := exec.Command("go", "list", "-deps", "-f",
		`{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./cmd/secretctl").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range forbiddenImports(string(out)) {
		t.Error(wrong)
	}
}

// runsGit is the one package that may start another program.
const runsGit = "github.com/secretctl/secretctl/internal/revision"

// forbiddenImports says what is wrong with the packages of a program: each is a line of its path
// and those that it imports.
func forbiddenImports(packages string) (wrong []string) {
	const own = "github.com/secretctl/secretctl/"
	network := []string{"net", "net/http", "net/rpc", "crypto/tls"}
	for line := range strings.Lines(packages) {
		words := strings.Fields(line)
		if words[0] == "plugin" {
			wrong = append(wrong, "plugin is linked")
		}
		for _, name := range words[1:] {
			if strings.HasPrefix(words[0], own) && slices.Contains(network, name) ||
				name == "os/exec" && words[0] != runsGit {
				wrong = append(wrong, words[0]+" imports "+name)
			}
		}
	}
	return wrong
}

// TestForbiddenImportsAreFound: a package of ours and a dependency, each with what it must not
// import.
func TestForbiddenImportsAreFound(t *testing.T) {
	expect.InRoot(t)
	for packages, want := range map[string]string{
		runsGit + " os os/exec":      "",
		runsGit + "/of os/exec":      runsGit + "/of imports os/exec",
		"example.com/other os/exec":  "example.com/other imports os/exec",
		"example.com/other net/http": "",
		"plugin unsafe":              "plugin is linked",
		"github.com/secretctl/secretctl/internal/cli os net/http": "" +
			"github.com/secretctl/secretctl/internal/cli imports net/http",
		"os/exec os\nexample.com/a os\nexample.com/b fmt os/exec": "example.com/b imports os/exec",
	} {
		if got := strings.Join(forbiddenImports(packages), "; "); got != want {
			t.Errorf("%q: %q, want %q", packages, got, want)
		}
	}
}

// refuse is a network on which nothing may be asked.
type refuse struct{ t *testing.T }

func (r refuse) RoundTrip(request *http.Request) (*http.Response, error) {
	r.t.Errorf("asked for %s", request.URL)
	return nil, errors.New("there is no network")
}

// TestNoCommandOpensAConnection runs commands on specs and templates, right ones and wrong ones,
// with nothing behind the client that libraries use.
func TestNoCommandOpensAConnection(t *testing.T) {
	expect.InRoot(t)
	before := http.DefaultTransport
	http.DefaultTransport = refuse{t}
	defer func() { http.DefaultTransport = before }()
	dir := t.TempDir()
	expect.Write(t, filepath.Join(dir, "good.yaml"), `version: 1
stack: app
secrets: { login: { value: { empty: true } } }
principals: { api: { existingRole: api } }
grants: [{ to: api, allow: read, secrets: login }]
`)
	expect.Write(t, filepath.Join(dir, "wrong.yaml"), `$schema: https://example.com/schema.json
version: 1
stack: app
secrets: { login: { value: { $ref: "https://example.com/value.json" }, sort: https://example.com } }
`)
	expect.Write(t, filepath.Join(dir, "template.json"), `{"Resources": {
"S": {"Type": "AWS::SecretsManager::Secret"},
"T": {"Type": "AWS::CloudFormation::Stack",
"Properties": {"TemplateURL": "https://example.com/t.json"}}}}`)
	for _, command := range []string{
		"validate good.yaml", "validate wrong.yaml", "compile good.yaml -o out", "plan good.yaml",
		"plan --script good.yaml", "access good.yaml",
		"access template.json@111111111111:eu-west-1",
		"why api read login good.yaml", "diff none good.yaml",
		"diff template.json@111111111111:eu-west-1 good.yaml", "diff HEAD:none good.yaml",
		"schema", "version", "explain SC2001",
	} {
		var out bytes.Buffer
		code := cli.Run(strings.Fields(command), cli.Env{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Dir: dir,
		})
		if code > 1 && !strings.Contains(command, "HEAD:") { // there is no repository
			t.Errorf("%s: exit code %d\n%s", command, code, out.String())
		}
	}
}
