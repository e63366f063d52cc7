package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const aTemplate = "Resources:\n  S: { Type: AWS::SecretsManager::Secret, Properties: { Name: s " +
	"} }\n"

// inDir returns a program in a directory with these files.
func inDir(t *testing.T, files map[string]string, stdin string) (*program, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var errs bytes.Buffer
	return &program{env: Env{Dir: dir, Stdin: strings.NewReader(stdin)}, out: newOutput(nil),
		err: newOutput(&errs)}, &errs
}

// found writes a template as "File Stack Account Region", with - where nothing is stated.
func found(list []deployedTemplate) []string {
	var out []string
	for _, t := range list {
		line := t.File
		for _, part := range []string{t.Stack, t.Account, t.Region} {
			line += " " + cmp.Or(part, "-")
		}
		out = append(out, line)
	}
	return out
}

func TestTemplatesAreFoundInEveryWayOfGivingThem(t *testing.T) {
	const (
		spec     = "version: 1\nstack: pay\nsecrets: {}\n"
		asJSON   = `{"Resources": {}}`
		manifest = `{"version": "38.0.0", "artifacts": {
			"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
			"App.assets": {"type": "cdk:asset-manifest", "properties": {"file": "App.assets.json"}},
			"App": {"type": "aws:cloudformation:stack",
				"environment": "aws://111111111111/eu-west-1",
				"properties": {"templateFile": "App.template.json", "stackName": "app"}},
			"Any": {"type": "aws:cloudformation:stack",
				"environment": "aws://unknown-account/unknown-region",
				"properties": {"templateFile": "Any.template.json"}},
			"Out": {"type": "aws:cloudformation:stack",
				"environment": "aws://111111111111/eu-west-1",
				"properties": {"templateFile": "../Out.template.json"}},
			"assembly-Prod": {"type": "cdk:cloud-assembly",
				"properties": {"directoryName": "assembly-Prod"}}}}`
		stage = `{"artifacts": {"Prod": {"type": "aws:cloudformation:stack",
			"environment": "aws://222222222222/us-east-1",
			"properties": {"templateFile": "Prod.template.json", "stackName": "prod-app"}}}}`
		plan = `{"stacks": [{"name": "pay", "template": "pay.json", "account": "111111111111", ` +
			`"region": "eu-west-1"}, {"name": "pay-keys", "template": "pay-keys.json"}]}`
	)
	assembly := map[string]string{
		"cdk.out/manifest.json": manifest, "cdk.out/App.template.json": asJSON,
		"cdk.out/Any.template.json": asJSON, "Out.template.json": asJSON,
		"cdk.out/tree.json": "{}", "cdk.out/App.assets.json": "{}",
		"cdk.out/asset.0a/template.json":           asJSON,
		"cdk.out/assembly-Prod/manifest.json":      stage,
		"cdk.out/assembly-Prod/Prod.template.json": asJSON,
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		stdin string
		args  []string
		flags estateFlags
		want  []string
		specs []string
	}{
		{name: "a file", files: map[string]string{"a.yaml": aTemplate}, args: []string{"a.yaml"},
			want: []string{"a - - -"}},
		{name: "a file and where it is", files: map[string]string{"a.yaml": aTemplate},
			args: []string{"a.yaml@111111111111:eu-west-1"},
			want: []string{"a - 111111111111 eu-west-1"}},
		{name: "a file and its account", files: map[string]string{"a.yaml": aTemplate},
			args: []string{"a.yaml@111111111111"}, flags: estateFlags{region: "eu-west-1"},
			want: []string{"a - 111111111111 eu-west-1"}},
		{name: "what stands behind a file wins", files: map[string]string{"a.yaml": aTemplate},
			args: []string{"a.yaml@111111111111:eu-west-1"}, flags: estateFlags{"222222222222",
				"us-east-1"}, want: []string{"a - 111111111111 eu-west-1"}},
		{name: "a file with an @ in its name", files: map[string]string{"a@b.yaml": aTemplate},
			args: []string{"a@b.yaml"}, want: []string{"a@b - - -"}},
		{name: "a file without an extension", files: map[string]string{"a": aTemplate},
			args: []string{"a"}, want: []string{"a - - -"}},
		{name: "standard input", stdin: aTemplate, args: []string{"-"},
			want: []string{"stdin - - -"}},
		{name: "JSON on standard input and where it is", stdin: asJSON,
			args: []string{"-@111111111111:eu-west-1"},
			want: []string{"stdin - 111111111111 eu-west-1"}},
		{name: "standard input and flags", stdin: asJSON, args: []string{"-"},
			flags: estateFlags{"111111111111", "eu-west-1"},
			want:  []string{"stdin - 111111111111 eu-west-1"}},
		{name: "a spec on standard input", stdin: spec, args: []string{"-"}, specs: []string{"-"}},
		{name: "a spec", files: map[string]string{"spec.yaml": spec}, args: []string{"spec.yaml"},
			specs: []string{"spec.yaml"}},
		{name: "nothing", files: nil, args: nil},
		{name: "what is not there", files: nil, args: []string{"a.yaml"},
			specs: []string{"a.yaml"}},
		{
			name: "a directory", args: []string{"dir"},
			flags: estateFlags{"111111111111", "eu-west-1"}, files: map[string]string{
				"dir/a.yaml": aTemplate, "dir/b.yml": aTemplate, "dir/c.json": asJSON,
				"dir/d.template": asJSON, "dir/e.template.json": asJSON,
				"dir/below/f.yaml": aTemplate,
				"dir/package.json": `{"name": "x"}`, "dir/README.md": "Resources:",
				"dir/.hidden.yaml": aTemplate, "dir/.git/g.yaml": aTemplate,
				"dir/values.yaml":         "image: x\nsecrets: {}\n",
				"dir/node_modules/h.yaml": aTemplate, "dir/asset.0a1b/i.json": asJSON,
			},
			want: []string{
				"a - 111111111111 eu-west-1", "b - 111111111111 eu-west-1",
				"f - 111111111111 eu-west-1", "c - 111111111111 eu-west-1",
				"d - 111111111111 eu-west-1", "e.template - 111111111111 eu-west-1",
			},
		},
		{name: "a directory and where it is", files: map[string]string{"dir/a.yaml": aTemplate},
			args: []string{"dir@111111111111:eu-west-1"},
			want: []string{"a - 111111111111 eu-west-1"}},
		{name: "a directory with a spec", files: map[string]string{"dir/a.yaml": aTemplate,
			"dir/b/spec.yaml": spec}, args: []string{"dir"}, specs: []string{"dir"}},
		{name: "an empty directory", files: map[string]string{"dir/x.txt": ""},
			args: []string{"dir"}, specs: []string{"dir"}},
		{name: "a spec beside compiled output is one of specs",
			files: map[string]string{"dir/spec.yaml": spec, "dir/out/plan.json": plan},
			args:  []string{"dir"}, specs: []string{"dir"}},
		{
			name: "a plan", args: []string{"out"}, files: map[string]string{"out/plan.json": plan,
				"out/pay.json": asJSON, "out/pay-keys.json": asJSON, "x.json": asJSON},
			want: []string{"pay pay 111111111111 eu-west-1", "pay-keys pay-keys - -"},
		},
		{
			name: "a plan and flags", args: []string{"out"},
			flags: estateFlags{"222222222222", "us-east-1"},
			files: map[string]string{"out/plan.json": plan, "out/pay.json": asJSON,
				"out/pay-keys.json": asJSON},
			want: []string{"pay pay 111111111111 eu-west-1",
				"pay-keys pay-keys 222222222222 us-east-1"},
		},
		{name: "a cloud assembly", args: []string{"cdk.out"}, files: assembly,
			want: []string{"Any.template Any - -", "App.template app 111111111111 eu-west-1",
				"Prod.template prod-app 222222222222 us-east-1"}},
		{
			name: "a cloud assembly below", args: []string{"."},
			flags: estateFlags{"333333333333", "eu-west-1"}, files: assembly,
			want: []string{
				"Out.template - 333333333333 eu-west-1", "Any.template Any 333333333333 eu-west-1",
				"App.template app 111111111111 eu-west-1",
				"Prod.template prod-app 222222222222 us-east-1",
			},
		},
		{name: "another manifest", args: []string{"web"},
			files: map[string]string{"web/manifest.json": `{"name": "x"}`, "web/a.json": asJSON},
			want:  []string{"a - - -"}},
		{
			name: "names that several have", args: []string{"x", "y/app.yaml", "z"},
			files: map[string]string{"x/app.yaml": aTemplate, "y/app.yaml": aTemplate,
				"z/app.json": asJSON, "z/app.yaml": aTemplate, "z/b.yaml": aTemplate},
			want: []string{"x/app - - -", "y/app - - -", "z/app.json - - -",
				"z/app.yaml - - -", "b - - -"},
		},
		{
			name: "one file in several accounts",
			args: []string{"a.yaml@111111111111:eu-west-1", "a.yaml@222222222222:eu-west-1",
				"a.yaml@111111111111:eu-west-1"}, files: map[string]string{"a.yaml": aTemplate},
			want: []string{"a - 111111111111 eu-west-1",
				"a@222222222222:eu-west-1 - 222222222222 eu-west-1"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, shown := inDir(t, c.files, c.stdin)
			list, specs, err := p.readTemplates(c.args, &c.flags)
			if err != nil {
				t.Fatalf("%v\n%s", err, shown)
			}
			got := found(list)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) || !slices.Equal(specs, c.specs) {
				t.Errorf("templates %q, specs %q\nwant      %q, %q", got, specs, want, c.specs)
			}
			for _, one := range list {
				if one.Template == nil || one.Source == nil || one.Path == "" {
					t.Errorf("%s has no template, file or path", one.File)
				}
			}
		})
	}
}

func TestWrongArgumentsOfTemplatesAreWrongUsage(t *testing.T) {
	files := map[string]string{"app.yaml": aTemplate,
		"spec.yaml": "version: 1\nstack: pay\nsecrets: { a: {} }\n",
		"bad.yaml":  "Resources: {A: !Ref [b]}\n"}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"app.yaml@11111:eu-west-1"}, exitUsage, "must be 12 digits"},
		{[]string{"app.yaml@1111111111111"}, exitUsage, "must be 12 digits"},
		{[]string{"app.yaml@"}, exitUsage, "no account stands behind the @"},
		{[]string{"app.yaml@:eu-west-1"}, exitUsage, "no account stands behind the @"},
		{[]string{"app.yaml@111111111111:eu-west"}, exitUsage,
			`"eu-west" behind the account of "app.yaml" is no Region`},
		{[]string{"app.yaml@111111111111:"}, exitUsage, "no Region stands behind the colon"},
		{[]string{".@111:eu-west-1"}, exitUsage, "must be 12 digits"},
		{[]string{"--", "-@111:eu-west-1"}, exitUsage, "must be 12 digits"},
		{[]string{"gone.yaml@111"}, exitFailed, "no such file"},
		{[]string{"gone.yaml@111111111111:eu-west-1"}, exitUsage, "is no template"},
		{[]string{"spec.yaml@111111111111:eu-west-1"}, exitUsage, "is no template"},
		{[]string{"app.yaml", "spec.yaml"}, exitUsage, "is a template and"},
		{[]string{"--account", "111", "app.yaml"}, exitUsage, `--account "111" is no account id`},
		{[]string{"--region", "europe", "app.yaml"}, exitUsage, `--region "europe" is no Region`},
		{[]string{"--account", "111111111111", "spec.yaml"}, exitUsage,
			"--account and --region are for templates"},
		{[]string{"bad.yaml"}, exitErrors, "!Ref takes a text"},
		{[]string{"app.yaml@111111111111:eu-west-1"}, exitOK, ""},
	} {
		t.Run(fmt.Sprint(c.args), func(t *testing.T) {
			p, _ := inDir(t, files, "")
			var errs bytes.Buffer
			code := Run(append([]string{"access"}, c.args...),
				Env{Dir: p.env.Dir, Stdin: strings.NewReader(aTemplate), Stderr: &errs})
			if code != c.code || !strings.Contains(errs.String(), c.says) {
				t.Errorf("exits with %d and says %s", code, &errs)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	files := map[string]string{
		"value": "from a file\n",
		"app.yaml": `
Parameters:
  Env: { Type: String, AllowedValues: [dev, prod] }
  Name: { Type: String, AllowedPattern: "[a-z]+", MaxLength: 8 }
  Count: { Type: Number, MinValue: 1, MaxValue: 9 }
  List: { Type: CommaDelimitedList, AllowedValues: [a, b] }
  Text: { Type: String }
` + aTemplate,
		"other.yaml": "Parameters: { Only: { Type: String } }\n" + aTemplate,
		"spec.yaml": "version: 1\nstack: pay\nsecrets: { a: {} }\nparameters: { Env: { Type: " +
			"String, AllowedValues: [dev] } }\n",
	}
	templates := []string{"access", "app.yaml", "other.yaml"}
	for _, c := range []struct {
		command []string
		given   []string
		code    int
		says    string
	}{
		{templates, []string{"Env=dev", "Name=abc", "Count=3", "List=a, b", "Text=a=b.c", "Only=x"},
			exitOK, ""},
		{templates, []string{"app.Env=dev", "other.Only=@value"}, exitOK, ""},
		{templates, []string{"Text="}, exitOK, ""},
		{templates, []string{"Env"}, exitUsage, "needs a name, an equals sign and a value"},
		{templates, []string{"=x"}, exitUsage, "names no parameter"},
		{templates, []string{".Env=x"}, exitUsage, "names no stack before its dot"},
		{templates, []string{"En-v=x"}, exitUsage, "names no parameter"},
		{templates, []string{"Env=dev", "Env=prod"}, exitUsage, "given twice"},
		{templates, []string{"Evn=dev"}, exitUsage, `write "Env"`},
		{templates, []string{"other.Env=dev"}, exitUsage, `no template has a parameter "Env"`},
		{templates, []string{"apq.Env=dev"}, exitUsage, `no stack is called "apq"`},
		{templates, []string{"Env=hunter2"}, exitUsage, "is not one of its AllowedValues"},
		{templates, []string{"Name=A1"}, exitUsage, "does not match its AllowedPattern"},
		{templates, []string{"Name=abcabcabc"}, exitUsage, "is longer than its MaxLength 8"},
		{templates, []string{"Count=x"}, exitUsage, "is no number"},
		{templates, []string{"Count=10"}, exitUsage, "is more than its MaxValue 9"},
		{templates, []string{"List=a,c"}, exitUsage, "is not one of its AllowedValues"},
		{templates, []string{"Env=@gone"}, exitFailed,
			`reading the file that --parameter Env names: no such file`},
		{[]string{"why", "nobody", "read", "S", "app.yaml"}, []string{"Evn=dev"}, exitUsage,
			"no template has"},
		{[]string{"validate", "spec.yaml"}, []string{"Env=dev"}, exitOK, ""},
		{[]string{"validate", "spec.yaml"}, []string{"Env=prod"}, exitUsage, "AllowedValues"},
		{[]string{"compile", "spec.yaml"}, []string{"pay.Env=dev"}, exitOK, ""},
		{[]string{"compile", "spec.yaml"}, []string{"X=dev"}, exitUsage, "the parameters are Env"},
		{[]string{"plan", "spec.yaml"}, []string{"pay.Env=prod"}, exitUsage, "AllowedValues"},
		{[]string{"access", "spec.yaml"}, []string{"x.Env=dev"}, exitUsage, "the stacks are pay"},
	} {
		t.Run(fmt.Sprint(c.command[0], c.given), func(t *testing.T) {
			p, _ := inDir(t, files, "")
			args := c.command
			for _, one := range c.given {
				args = append(slices.Clone(args), "--parameter", one)
			}
			var errs bytes.Buffer
			code := Run(args, Env{Dir: p.env.Dir, Stderr: &errs})
			if code != c.code || !strings.Contains(errs.String(), c.says) {
				t.Errorf("exits with %d and says %s", code, &errs)
			}
			if strings.Contains(errs.String(), "hunter2") {
				t.Errorf("a value is shown: %s", &errs)
			}
		})
	}
}

func TestParametersOfAStackWin(t *testing.T) {
	p, _ := inDir(t, map[string]string{"v": "x\r\n",
		"app.yaml": "Parameters: { A: { Type: String }, B: { Type: String } }\n" + aTemplate}, "")
	given, err := p.readParameters([]string{"A=1", "app.A=2", "B=@v", "C=3"})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := p.readTemplates([]string{"app.yaml"}, &estateFlags{})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(parametersOf(given, &list[0])); got != "map[A:2 B:x]" {
		t.Errorf("got %s", got)
	}
}
