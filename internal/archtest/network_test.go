package archtest

import (
	"bytes"
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/expect"
)

// TestNoPackageUsesTheNetwork: nothing of ours imports a package that opens connections, and
// nothing that is linked can start another program. (The library for schemas could load one from
// the network: TestNoCommandOpensAConnection.)
func TestNoPackageUsesTheNetwork(t *testing.T) {
	const own = "github.com/secretctl/secretctl/"
	out, err := exec.Command("go", "list", "-deps", "-f",
		`{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./cmd/secretctl").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if words[0] == "os/exec" || words[0] == "plugin" {
			t.Errorf("%s is linked", words[0])
		}
		for _, name := range words[1:] {
			network := name == "net" || name == "net/http" || name == "net/rpc" ||
				name == "crypto/tls"
			if strings.HasPrefix(words[0], own) && network {
				t.Errorf("%s imports %s", words[0], name)
			}
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
		"why api read login good.yaml", "schema", "version", "explain SC2001",
	} {
		var out bytes.Buffer
		code := cli.Run(strings.Fields(command), cli.Env{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Dir: dir,
		})
		if code > 1 {
			t.Errorf("%s: exit code %d\n%s", command, code, out.String())
		}
	}
}
