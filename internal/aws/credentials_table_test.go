package aws

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// schema is what is read of a schema of the CloudFormation registry.
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
type schema struct {
	TypeName             string
	Ref                  string `json:"$ref"`
	Type                 any
	Items                *schema
	Properties           map[string]*schema
	Definitions          map[string]*schema
	OneOf, AnyOf, AllOf  []*schema
	WriteOnlyProperties  []string
	PatternProperties    map[string]*schema
	AdditionalProperties json.RawMessage
}

// texts calls f with the path of every property that takes a text.
func (s *schema) texts(in *schema, path, seen []string, f func(path []string)) {
	if in.Ref != "" {
		name := in.Ref[strings.LastIndexByte(in.Ref, '/')+1:]
		if to := s.Definitions[name]; to != nil && !slices.Contains(seen, name) {
			s.texts(to, path, append(slices.Clone(seen), name), f)
		}
		return
	}
	kind, _ := json.Marshal(in.Type)
	if strings.Contains(string(kind), "string") {
		f(path)
	}
	for name, property := range in.Properties {
		s.texts(property, append(slices.Clone(path), name), seen, f)
	}
	for _, property := range in.PatternProperties {
		s.texts(property, append(slices.Clone(path), "*"), seen, f)
	}
	for _, choice := range slices.Concat(in.OneOf, in.AnyOf, in.AllOf) {
		s.texts(choice, path, seen, f)
	}
	if in.Items != nil {
		s.texts(in.Items, append(slices.Clone(path), "*"), seen, f)
	}
}

// registrySchemas returns the schemas that an installed cfn-lint has; it skips the test where there
// is none.
func registrySchemas(t *testing.T) []*schema {
	t.Helper()
	where := "import cfnlint, os; print(os.path.dirname(cfnlint.__file__))"
	out, err := exec.Command("python3", "-c", where).Output()
	if err != nil {
		t.Skip(
			"################ cfn-lint is not installed: THE TABLE OF CREDENTIALS WAS NOT " +
				"COMPARED ################",
		)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "data", "schemas", "resources")
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	byType := map[string]*schema{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := &schema{}
		if err := json.Unmarshal(data, s); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		byType[s.TypeName+"\n"+file] = s
	}
	if len(byType) == 0 {
		t.Skipf(
			"################ %s has no schemas: THE TABLE OF CREDENTIALS WAS NOT COMPARED "+
				"################",
			dir,
		)
	}
	var all []*schema
	for _, key := range slices.Sorted(maps.Keys(byType)) {
		all = append(all, byType[key])
	}
	return all
}

// telling are parts of names of write-only properties at which somebody has to look.
var telling = []string{
	"password",
	"passphrase",
	"secret",
	"token",
	"credential",
	"apikey",
	"privatekey",
	"sharedkey",
	"authkey",
}

func TestTableOfCredentials(t *testing.T) {
	if testing.Short() {
		t.Skip("the schemas of all resource types are read, which takes seconds; make test does")
	}
	t.Parallel()
	unknown, known := map[string]bool{}, map[string]bool{}
	for _, s := range registrySchemas(t) {
		s.texts(s, nil, nil, func(path []string) {
			p := strings.Join(path, "/")
			for i := range path { // the table may end above the text
				known[s.TypeName+" "+strings.Join(path[:i+1], "/")] = true
			}
			last := path[len(path)-1]
			if last == "*" && len(path) > 1 {
				last = path[len(path)-2]
			}
			name := strings.ToLower(last)
			writeOnly := slices.ContainsFunc(s.WriteOnlyProperties, func(w string) bool {
				w = strings.TrimPrefix(w, "/properties/")
				return w == p || strings.HasPrefix(p, w+"/")
			})
			tells := writeOnly &&
				slices.ContainsFunc(telling,
					func(word string) bool { return strings.Contains(name, word) })
			if (SoundsSecret(last) || tells && !speaksOnly(name)) && !InTable(s.TypeName, path) &&
				!matches(speaksOfCredentials()[s.TypeName], path) {
				unknown[s.TypeName+" "+p] = true
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		t.Errorf("%s is in neither table", name)
	}
	for _, table := range []map[string][]string{credentialPaths(), speaksOfCredentials()} {
		for kind, paths := range table {
			for _, p := range paths {
				if name := kind + " " + p; !freeForm[name] && !known[name] {
					t.Errorf("no schema has %s", name)
				}
			}
		}
	}
}

// freeForm are entries of the table below a property without a schema of its own.
var freeForm = map[string]bool{
	"AWS::Cognito::UserPoolIdentityProvider ProviderDetails/client_secret": true,
	"AWS::Glue::Connection " +
		"ConnectionInput/AuthenticationConfiguration/CustomAuthenticationCredentials": true,
}

// speaksOnly says whether a name ends in what a credential is not.
func speaksOnly(name string) bool {
	for _, end := range []string{
		"arn", "arns", "audiences", "content", "endpoint", "header", "host", "id", "location",
		"mode", "name", "parameter", "properties", "scopes", "source",
		"storage", "tokens", "type", "url", "urlparametersmap", "version",
	} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return slices.Contains(noSecrets, name)
}

// TestNearNamesAreMisspelt sees to it that what is named nearly like a property of the table is
// none of its own.
func TestNearNamesAreMisspelt(t *testing.T) {
	if testing.Short() {
		t.Skip("the schemas of all resource types are read, which takes seconds; make test does")
	}
	t.Parallel()
	for _, s := range registrySchemas(t) {
		s.texts(s, nil, nil, func(path []string) {
			for i, name := range path {
				names := CredentialsBelow(s.TypeName, path[:i])
				mistaken := func(n string) bool { return oftenMistaken(n, name) }
				if !slices.Contains(names, name) && !NotMisspelt(name) &&
					slices.ContainsFunc(names, mistaken) {
					t.Errorf("%s has %s, which is nearly one of %s", s.TypeName, name, names)
				}
			}
		})
	}
}

// oftenMistaken says whether two names have all letters in common but for two or three at one
// place.
func oftenMistaken(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	begin, end := 0, 0
	for begin < len(b) && a[begin] == b[begin] {
		begin++
	}
	for end < len(b)-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	limit := 1
	switch {
	case len(a) >= 16:
		limit = 3
	case len(a) >= 8:
		limit = 2
	}
	return len(a)-begin-end <= limit
}
