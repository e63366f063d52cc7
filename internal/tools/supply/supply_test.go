package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// root is the folder of go.mod.
const root = "../../.."

// needLicenseOfGo skips a test where Go was packaged without its own licence.
func needLicenseOfGo(t *testing.T) {
	t.Helper()
	goroot, err := output(".", nil, "go", "env", "GOROOT")
	if err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(
			"############ this Go comes without its LICENSE: NO LICENCE WAS CHECKED ############")
	}
}

// linkedHere returns what is linked on any system. Where a module for another system cannot be
// had, there is nothing to compare with.
func linkedHere(t *testing.T) []module {
	t.Helper()
	needLicenseOfGo(t)
	if _, err := linked(root, runtime.GOOS); err != nil {
		t.Fatal(err)
	}
	modules, err := linked(root, systems...)
	if err != nil {
		t.Skipf("############ what other systems link cannot be had: NO LICENCE WAS CHECKED "+
			"############\n%v", err)
	}
	return modules
}

// TestThirdPartyLicensesIsComplete: the file names every linked module in its version, with the
// licence texts that the module comes with, and every one is allowed.
func TestThirdPartyLicensesIsComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("it lists what the program links")
	}
	all, err := licensedModules(linkedHere(t))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(root, "THIRD_PARTY_LICENSES"))
	if err != nil {
		t.Fatal(err)
	}
	got := string(data)
	for _, m := range all {
		if !strings.Contains(got, "\n  "+m.title()+": "+m.licence.id+"\n") {
			t.Errorf("THIRD_PARTY_LICENSES does not name %s, %s", m.title(), m.licence.id)
		}
		for _, file := range m.texts {
			if !strings.Contains(got, strings.Trim(file.text, "\n")) {
				t.Errorf("THIRD_PARTY_LICENSES lacks %s of %s", file.name, m.title())
			}
		}
	}
	if got != thirdPartyLicenses(all) {
		t.Error("THIRD_PARTY_LICENSES is stale: run make licenses, and read the difference")
	}
}

// TestNoticeHasTheNoticesOfOthers: the licences ask that the notices of linked modules are handed
// on, and the files that NOTICE speaks of exist.
func TestNoticeHasTheNoticesOfOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("it lists what the program links")
	}
	data, err := os.ReadFile(filepath.Join(root, "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := licensedModules(linkedHere(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		for _, notice := range m.notices {
			isNotice := strings.HasPrefix(strings.ToLower(notice.name), "notice")
			if isNotice && !strings.Contains(words(string(data)), words(notice.text)) {
				t.Errorf("NOTICE lacks what %s of %s says", notice.name, m.title())
			}
		}
	}
	paths := regexp.MustCompile(`internal/[a-z0-9_/.]+[a-z0-9]`)
	for _, path := range paths.FindAllString(string(data), -1) {
		if _, err := os.Stat(filepath.Join(root, path)); err != nil {
			t.Errorf("NOTICE names a file that is not there: %v", err)
		}
	}
	if want := "moto, version " + managedPolicies.Version; !strings.Contains(string(data), want) {
		t.Errorf("NOTICE does not say %q, as the SBOM does", want)
	}
}

// read returns a licence text: of this module, or of testdata.
func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestIdentify: a text is a licence only if it states its terms and nothing else.
func TestIdentify(t *testing.T) {
	apache := read(t, root+"/LICENSE")
	mit, bsd := read(t, "testdata/MIT.txt"), read(t, "testdata/BSD-3-Clause.txt")
	stars := regexp.MustCompile(`\n[1-3]\. `).ReplaceAllString(bsd, "\n  * ")
	others := strings.ReplaceAll(bsd, "copyright holder", "Example, Inc.")
	more := strings.Replace(bsd, "\n3. ", "\n3. Advertising must say so.\n\n4. ", 1)
	two := regexp.MustCompile(`(?s)\n3\. Neither.*?permission\.\n`).ReplaceAllString(bsd, "")
	tests := []struct{ name, text, want string }{
		{"Apache", apache, "Apache-2.0"},
		{"Apache without its appendix", apache[:strings.Index(apache, "   APPENDIX")],
			"Apache-2.0"},
		{"MIT", mit, "MIT"},
		{"MIT by two", "Portions copyright 2001 B\n" + mit, "MIT"},
		{"MIT, wrapped in another way", strings.ReplaceAll(mit, "publish,\n", "publish, "), "MIT"},
		{"BSD with three conditions", bsd, "BSD-3-Clause"},
		{"BSD with stars", stars, "BSD-3-Clause"},
		{"BSD with two conditions", two, "BSD-2-Clause"},
		{"BSD of others", others, "BSD-3-Clause"},
		{"MIT with a condition behind it", mit + "\nThe Software may not be sold.\n", ""},
		{"MIT with a condition before it", "No sale of the Software.\n" + mit, ""},
		{"MIT with a condition in it", strings.Replace(mit, "and/or sell", "and not sell", 1), ""},
		{"MIT with words left out", strings.Replace(mit, "without restriction, ", "", 1), ""},
		{"BSD with a condition more", more, ""},
		{"Apache with a condition behind it", apache + "\nCommons Clause: no sale.\n", ""},
		{"Apache with other terms", strings.Replace(apache, "royalty-free", "", 1), ""},
		{"two licences in one file", mit + "\n" + bsd, ""},
		{"another licence", "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n", ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		got, err := identify(test.text)
		if got.id != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: identified as %q, %v; want %q", test.name, got.id, err, test.want)
		}
	}
}

// TestModulesWithoutAllowedLicencesAreRefused: no licence, one that is not allowed, and one beside
// a linked package that is not allowed, are errors that name the module.
func TestModulesWithoutAllowedLicencesAreRefused(t *testing.T) {
	mit := read(t, "testdata/MIT.txt")
	tests := []struct {
		name  string
		files map[string]string
		ok    bool
	}{
		{"allowed", map[string]string{"LICENSE": mit, "sub/license.go": "package sub"}, true},
		{"none", map[string]string{"README": mit, "license.go": mit}, false},
		{"not allowed", map[string]string{"COPYING": "GNU General Public License"}, false},
		{"a second one", map[string]string{"LICENSE": mit, "LICENSE.other": "All yours."}, false},
		{"of a package", map[string]string{"LICENSE": mit, "sub/LICENCE": "No sale."}, false},
		{"not linked", map[string]string{"LICENSE": mit, "other/LICENSE": "No."}, true},
	}
	for _, test := range tests {
		dir := t.TempDir()
		for name, text := range test.files {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, "sub", "deep"), 0o755); err != nil {
			t.Fatal(err)
		}
		linked := filepath.Join(dir, "sub", "deep")
		m := module{path: "example.com/m", dir: dir, folders: []string{linked}}
		_, err := licensedModules([]module{m})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
		if err != nil && !strings.Contains(err.Error(), "example.com/m") {
			t.Errorf("%s: the error does not name the module: %v", test.name, err)
		}
	}
}

// TestSBOM: the list of a binary has the shape of CycloneDX, is complete, and always the same.
func TestSBOM(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	needLicenseOfGo(t)
	binary := filepath.Join(t.TempDir(), "secretctl")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, program)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var out, again, problems bytes.Buffer
	t.Chdir(root)
	for _, list := range []*bytes.Buffer{&out, &again} {
		if run([]string{"sbom", binary}, list, &problems) != 0 {
			t.Fatal(problems.String())
		}
	}
	if out.String() != again.String() {
		t.Error("the same binary has two lists")
	}
	var list bom
	decoder := json.NewDecoder(&out)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		t.Fatal(err)
	}
	checkShape(t, list)
	checkComplete(t, list)
}

var packageURL = regexp.MustCompile(`^pkg:(golang|pypi)/[a-z0-9./_-]+(@[0-9A-Za-z.%_-]+)?$`)

// checkShape asks for what the JSON Schema of CycloneDX 1.6 asks for in the parts that are used.
func checkShape(t *testing.T, list bom) {
	t.Helper()
	if list.Format != "CycloneDX" || list.SpecVersion != "1.6" || list.Version < 1 {
		t.Errorf("it begins %q %q %d", list.Format, list.SpecVersion, list.Version)
	}
	main := list.Metadata.Component
	if main.Type != "application" || len(main.Hashes) != 1 ||
		!regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(main.Hashes[0].Content) {
		t.Errorf("the program is %+v", main)
	}
	refs := map[string]bool{}
	for _, c := range append([]component{main}, list.Components...) {
		if refs[c.Ref] {
			t.Errorf("two components are %s", c.Ref)
		}
		refs[c.Ref] = true
		if !slices.Contains([]string{"application", "library", "data"}, c.Type) || c.Name == "" ||
			len(c.Licenses) != 1 || c.Licenses[0].License.ID == "" {
			t.Errorf("a component lacks something: %+v", c)
		}
		if !packageURL.MatchString(c.PURL) {
			t.Errorf("%s has the package URL %q", c.Name, c.PURL)
		}
	}
	seen := map[string]bool{}
	for _, d := range list.Dependencies {
		if seen[d.Ref] {
			t.Errorf("what %s depends on is said twice", d.Ref)
		}
		seen[d.Ref] = true
		for _, ref := range append([]string{d.Ref}, d.DependsOn...) {
			if !refs[ref] {
				t.Errorf("dependencies name %s, which is no component", ref)
			}
		}
	}
	for ref := range refs {
		if !seen[ref] {
			t.Errorf("nothing is said of what %s depends on", ref)
		}
	}
}

// checkComplete compares the components with the packages that the go command lists, and their
// sums with go.sum.
func checkComplete(t *testing.T, list bom) {
	t.Helper()
	out, err := output(".", nil, "go", "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{else}}std{{end}}", program)
	if err != nil {
		t.Fatal(err)
	}
	want := sortedSet(strings.Split(strings.TrimSpace(string(out)), "\n"))
	want = slices.DeleteFunc(want, func(line string) bool { return line == "" })
	sums := read(t, "go.sum")
	var got []string
	for _, c := range list.Components {
		switch {
		case c.Type == "data":
		case c.Name == standard:
			got = append(got, standard)
		default:
			got = append(got, c.Name+" "+c.Version)
			if len(c.Properties) != 1 ||
				!strings.Contains(sums, c.Name+" "+c.Version+" "+c.Properties[0].Value+"\n") {
				t.Errorf("go.sum does not have %s %s with %v", c.Name, c.Version, c.Properties)
			}
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("components: %v\nlinked: %v", got, want)
	}
}

// TestSBOMOfAnotherProgramIsRefused: a list must not speak of sources that are not in the binary.
func TestSBOMOfAnotherProgramIsRefused(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	t.Chdir(root)
	if code := run([]string{"sbom", self}, &out, &problems); code != 1 || out.Len() > 0 {
		t.Errorf("exit code %d, output %q", code, out.String())
	}
	if !strings.Contains(problems.String(), "was built from other sources") {
		t.Errorf("it says %q", problems.String())
	}
	if code := run(nil, &out, &problems); code != 2 {
		t.Errorf("without arguments the exit code is %d", code)
	}
}
