package cli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// profilesOfExample are the profiles that the script of example 11 is run with.
var profilesOfExample = map[string]string{
	"111111111111": "secrets", "222222222222": "production", "333333333333": "analytics",
}

// rolesOfExample are the roles that example 11 finds in its accounts.
var rolesOfExample = map[string][]string{
	"111111111111": {"/ci/deployer", "/auditor"},
	"222222222222": {
		"/ledger/billing-api", "/ledger/billing-worker", "/ledger/payments-api",
		"/ledger/payments-worker", "/ledger/orders-api", "/ledger/orders-worker",
		"/ledger/customers-api", "/ledger/partners-gateway",
	},
	"333333333333": {"/warehouse", "/forecasts", "/notebook"},
}

// TestScriptOfThreeAccountsRunsToItsEnd deploys example 11 twice, as a user does: with the AWS CLI
// and three profiles, against an AWS in memory. The second time, nothing changes. Only
// `make conformance` names the program that is that AWS, because this takes many seconds.
func TestScriptOfThreeAccountsRunsToItsEnd(t *testing.T) {
	cloud := newCloud(t)
	for account, roles := range rolesOfExample {
		for _, role := range roles {
			cloud.makeRole(account, role)
		}
	}
	cloud.makeBucket("111111111111", "eu-west-1")
	cloud.makeBucket("111111111111", "eu-central-1")
	cloud.makeBucket("222222222222", "eu-west-1")
	example, err := filepath.Abs("../../examples/11-three-accounts")
	if err != nil {
		t.Fatal(err)
	}
	cloud.compile(example, "--bucket", "up-{account}-{region}")

	first := cloud.deploy()
	if n := strings.Count(first, "Successfully created/updated stack"); n != 4 {
		t.Errorf("%d stacks are deployed:\n%s", n, first)
	}
	made := cloud.holds()
	for what, want := range map[string]int{
		"secrets of 111111111111 in eu-west-1": 50, "secrets of 111111111111 in eu-central-1": 50,
		"keys of 111111111111 in eu-west-1": 5, "keys of 111111111111 in eu-central-1": 5,
		"secrets of 222222222222 in eu-west-1": 0,
	} {
		if len(made[what]) != want {
			t.Errorf("%d %s, want %d: %v", len(made[what]), what, want, made[what])
		}
	}
	for _, account := range []string{"111111111111", "222222222222", "333333333333"} {
		if len(made["policies of "+account+" in eu-west-1"]) == 0 {
			t.Errorf("account %s has no policy of ours", account)
		}
	}

	second := cloud.deploy()
	if n := strings.Count(second, "No changes to deploy"); n != 4 {
		t.Errorf("%d stacks are unchanged:\n%s", n, second)
	}
	if again := cloud.holds(); !maps.EqualFunc(made, again, slices.Equal) {
		t.Errorf("the second time made %v of %v", again, made)
	}

	values := `"quoted" \ 'it' $HOME $(id) ` + "`id`" + " é€\U0001F600 -n\n--last\tline\n"
	spec := filepath.Join(t.TempDir(), "spec.yaml")
	writeFile(t, spec, `version: 1
stack: app
environment: { account: "333333333333", region: eu-west-1 }
parameters: { Db: { Type: String, NoEcho: true } }
secrets: { db: { name: app/db, value: { string: !Ref Db } } }
`)
	cloud.compile(spec)
	if shown := cloud.deploy("PARAM_Db=" + values); strings.Contains(shown, "quoted") {
		t.Errorf("the value is shown:\n%s", shown)
	}
	var got struct{ SecretString string }
	const asked = `{"SecretId":"app/db"}`
	cloud.ask("333333333333", "eu-west-1", "secretsmanager", "GetSecretValue", asked, &got)
	if got.SecretString != values {
		t.Errorf("the secret is %q, want %q", got.SecretString, values)
	}
}

// cloud is moto's AWS in memory, with a home directory in which the AWS CLI has a profile for each
// account.
type cloud struct {
	*testing.T
	endpoint, home string
	keys           map[string]string // account → the access key id of the profile
}

// newCloud starts moto, and skips the test where it or the AWS CLI is missing.
func newCloud(t *testing.T) *cloud {
	t.Helper()
	const skipped = "############ %s: NO SCRIPT WAS RUN TO ITS END " +
		"(pip install awscli 'moto[server]') ############"
	program := os.Getenv("AWS_IN_MEMORY")
	if program == "" {
		t.Skip("AWS_IN_MEMORY names no program: only `make conformance` runs a script to its end")
	}
	for _, name := range []string{"aws", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf(skipped, name+" is not installed")
		}
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	// moto knows which bucket an address names if the host is called localhost.
	c := &cloud{T: t, endpoint: "http://localhost:" + port, home: t.TempDir()}
	c.keys = map[string]string{}
	server := exec.Command("python3", program, "-p", port)
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait() // its exit code says how it ended
		close(ended)
	}()
	t.Cleanup(func() {
		_ = server.Process.Kill() // it may have ended already
		<-ended
		if t.Failed() {
			t.Logf("moto says:\n%s", log.String())
		}
	})
	for !c.answers() {
		select {
		case <-ended:
			if server.ProcessState.ExitCode() == 77 {
				t.Skipf(skipped, strings.TrimSpace(log.String()))
			}
			t.Fatalf("moto ended: %s", server.ProcessState)
		case <-time.After(100 * time.Millisecond):
		}
	}
	c.makeProfiles()
	return c
}

// answers says whether moto is there.
func (c *cloud) answers() bool {
	response, err := http.Get(c.endpoint + "/moto-api/")
	if err != nil {
		return false
	}
	return response.Body.Close() == nil
}

// makeProfiles makes a profile for each account, with the credentials of a role in it.
func (c *cloud) makeProfiles() {
	c.Helper()
	var credentials, config strings.Builder
	for account, profile := range profilesOfExample {
		var answer struct {
			ID     string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
			Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
			Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
		}
		c.query(account, "us-east-1", "sts", url.Values{
			"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleSessionName": {"test"},
			"RoleArn": {"arn:aws:iam::" + account + ":role/deployment"},
		}, &answer)
		c.keys[account] = answer.ID
		fmt.Fprintf(&credentials, "[%s]\naws_access_key_id = %s\n", profile, answer.ID)
		fmt.Fprintf(&credentials, "aws_secret_access_key = %s\n", answer.Secret)
		fmt.Fprintf(&credentials, "aws_session_token = %s\n", answer.Token)
		fmt.Fprintf(&config, "[profile %s]\ns3 =\n  addressing_style = path\n", profile)
	}
	writeFile(c.T, filepath.Join(c.home, ".aws/credentials"), credentials.String())
	writeFile(c.T, filepath.Join(c.home, ".aws/config"), config.String())
}

// request sends a request that moto takes for one of an account's.
func (c *cloud) request(
	account, region, service, method, path string, header http.Header, body string,
) []byte {
	c.Helper()
	request, err := http.NewRequest(method, c.endpoint+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=%s/20200101/%s/%s/aws4_request, SignedHeaders=host, "+
			"Signature=0",
		c.keys[account], region, service))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.Fatalf("%s %s %s: %s %s (%v)", service, method, path, response.Status, answer, err)
	}
	return answer
}

// query asks a service that is asked in forms and answers in XML, which it reads to answer.
func (c *cloud) query(account, region, service string, form url.Values, answer any) {
	c.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	text := c.request(account, region, service, http.MethodPost, "/", header, form.Encode())
	if err := xml.Unmarshal(text, answer); err != nil {
		c.Fatal(err)
	}
}

// ask asks a service that speaks JSON.
func (c *cloud) ask(account, region, service, action, body string, answer any) {
	c.Helper()
	target := map[string]string{"secretsmanager": "secretsmanager", "kms": "TrentService"}[service]
	header := http.Header{
		"X-Amz-Target": {target + "." + action}, "Content-Type": {"application/x-amz-json-1.1"},
	}
	text := c.request(account, region, service, http.MethodPost, "/", header, body)
	if err := json.Unmarshal(text, answer); err != nil {
		c.Fatal(err)
	}
}

// makeRole makes a role, which is given by its path and name.
func (c *cloud) makeRole(account, role string) {
	c.Helper()
	path, name := role[:strings.LastIndex(role, "/")+1], role[strings.LastIndex(role, "/")+1:]
	c.query(account, "us-east-1", "iam", url.Values{
		"Action": {"CreateRole"}, "Version": {"2010-05-08"}, "Path": {path}, "RoleName": {name},
		"AssumeRolePolicyDocument": {`{"Version":"2012-10-17","Statement":[]}`},
	}, &struct{}{})
}

// makeBucket makes the bucket for large templates of an account in a Region.
func (c *cloud) makeBucket(account, region string) {
	c.Helper()
	body := "<CreateBucketConfiguration><LocationConstraint>" + region +
		"</LocationConstraint></CreateBucketConfiguration>"
	c.request(account, region, "s3", http.MethodPut, "/up-"+account+"-"+region, nil, body)
}

// compile writes the templates and the script of a spec to the home directory.
func (c *cloud) compile(spec string, options ...string) {
	c.Helper()
	for _, name := range []string{"templates", "deploy.sh"} {
		if err := os.RemoveAll(filepath.Join(c.home, name)); err != nil {
			c.Fatal(err)
		}
	}
	run := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		env := Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
		env.Getenv = func(string) string { return "" }
		if code := Run(args, env); code != exitOK {
			c.Fatalf("%q: exit %d: %s", args, code, stderr.String())
		}
		return stdout.String()
	}
	run("compile", "--output", filepath.Join(c.home, "templates"), spec)
	plan := run("plan", "--format", "json", spec)
	args := []string{"plan", "--script"}
	for account, profile := range profilesOfExample {
		if strings.Contains(plan, `"account": "`+account) {
			args = append(args, "--profile", account+"="+profile)
		}
	}
	writeFile(c.T, filepath.Join(c.home, "deploy.sh"),
		run(append(append(args, options...), spec)...))
}

// deploy runs the script, which must succeed, and returns what it says. Tracing is on.
func (c *cloud) deploy(variables ...string) string {
	c.Helper()
	cmd := exec.Command("sh", "-x", "deploy.sh", "templates")
	cmd.Dir = c.home
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "HOME=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	if old, err := os.UserHomeDir(); err == nil && os.Getenv("PYENV_ROOT") == "" {
		// An AWS CLI that pyenv has installed is looked for below the home directory.
		cmd.Env = append(cmd.Env, "PYENV_ROOT="+filepath.Join(old, ".pyenv"))
	}
	cmd.Env = append(cmd.Env, "HOME="+c.home, "AWS_ENDPOINT_URL="+c.endpoint,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=")
	cmd.Env = append(cmd.Env, variables...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.Fatalf("the script ends with %v:\n%s", err, out)
	}
	return string(out)
}

// holds lists what the accounts hold, by what it is and where.
func (c *cloud) holds() map[string][]string {
	c.Helper()
	all := map[string][]string{}
	for account := range profilesOfExample {
		for _, region := range []string{"eu-west-1", "eu-central-1"} {
			place := " of " + account + " in " + region
			var secrets struct{ SecretList []struct{ ARN string } }
			c.ask(account, region, "secretsmanager", "ListSecrets", `{"MaxResults":100}`, &secrets)
			for _, s := range secrets.SecretList {
				all["secrets"+place] = append(all["secrets"+place], s.ARN)
			}
			var keys struct{ Keys []struct{ KeyArn string } }
			c.ask(account, region, "kms", "ListKeys", `{}`, &keys)
			for _, k := range keys.Keys {
				all["keys"+place] = append(all["keys"+place], k.KeyArn)
			}
			var policies struct {
				Names []string `xml:"ListPoliciesResult>Policies>member>Arn"`
			}
			c.query(account, region, "iam", url.Values{
				"Action": {"ListPolicies"}, "Version": {"2010-05-08"}, "Scope": {"Local"},
			}, &policies)
			all["policies"+place] = policies.Names
		}
	}
	for what := range all {
		slices.Sort(all[what])
	}
	return all
}

// writeFile writes a file that may be run, and the directories that it is in.
func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}
