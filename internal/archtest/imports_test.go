// Package archtest holds the program to its architecture, and what is written about it to the
// program: imports, diagnostics, documents, schemas, the network. It runs no golden case.
package archtest

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestMain runs the tests in the repository's root, so that paths are those that a contributor
// types.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

const module = "github.com/secretctl/secretctl/"

// mayImport says which packages of this module each package may import. It is the table of
// docs/architecture.md.
var mayImport = map[string][]string{
	"cmd/secretctl":               {"internal/cli"},
	"docs/diagnostics":            {},
	"schema":                      {},
	"internal/source":             {},
	"internal/aws":                {},
	"internal/cfn":                {},
	"internal/simulator":          {},
	"internal/simulator/generate": {"internal/simulator"},
	"internal/tools/fuzz":         {},
	"internal/expect":             {},
	"internal/tools/supply":       {},
	"internal/tools/vulncheck":    {},
	"internal/diag":               {"internal/source"},
	"internal/policy":             {"internal/cfn", "internal/aws", "internal/source"},
	"internal/spec":               {"internal/source", "internal/diag", "internal/aws", "schema"},
	"internal/model":              {"internal/cfn", "internal/spec", "internal/source", "internal/diag", "internal/aws"},
	"internal/grants":             {"internal/model", "internal/policy", "internal/aws", "internal/cfn", "internal/source", "internal/diag"},
	"internal/access":             {"internal/policy", "internal/aws", "internal/cfn", "internal/source"},
	"internal/compile": {
		"internal/access",
		"internal/source", "internal/aws", "internal/cfn", "internal/diag", "internal/policy", "internal/spec", "internal/model",
		"internal/grants", "schema",
	},
	"internal/cli": {"internal/access", "internal/policy", "internal/aws", "internal/compile", "internal/cfn", "internal/diag", "internal/source", "docs/diagnostics", "schema"},
}

// onlyImporters says which package alone may import a library; the rest of the program cannot see
// past it. A library that is not here may not be imported at all.
var onlyImporters = map[string]string{
	"github.com/spf13/cobra":            "internal/cli",
	"github.com/spf13/pflag":            "internal/cli", // cobra's own flags
	"github.com/goccy/go-yaml":          "internal/spec",
	"github.com/xeipuuv/gojsonschema":   "internal/spec",
	"github.com/awslabs/goformation/v7": "internal/compile",
}

// TestImportsFollowTheArchitecture reads the imports of every package, tests excepted.
func TestImportsFollowTheArchitecture(t *testing.T) {
	for dir, imports := range importsByPackage(t) {
		allowed, ok := mayImport[dir]
		if !ok {
			t.Errorf("package %s is not in the table of the architecture", dir)
			continue
		}
		for _, name := range imports {
			if own, ok := strings.CutPrefix(name, module); ok {
				if !slices.Contains(allowed, own) {
					t.Errorf("%s imports %s, which the architecture does not allow", dir, own)
				}
				continue
			}
			if !strings.Contains(strings.Split(name, "/")[0], ".") {
				continue // the standard library
			}
			if importer := importerOf(name); importer != dir {
				t.Errorf("%s imports %s, which only %q may", dir, name, importer)
			}
		}
	}
}

// importerOf returns the package that may import a library, or "".
func importerOf(name string) string {
	for library, importer := range onlyImporters {
		if name == library || strings.HasPrefix(name, library+"/") {
			return importer
		}
	}
	return ""
}

// TestNoPackageIsARagbag refuses names that say nothing of what a package knows.
func TestNoPackageIsARagbag(t *testing.T) {
	ragbags := []string{"util", "utils", "helper", "helpers", "common", "misc", "shared"}
	for dir := range importsByPackage(t) {
		if slices.Contains(ragbags, path.Base(dir)) {
			t.Errorf("%s: name the package after what it knows", dir)
		}
	}
}

// TestGoformationStaysSmall keeps out goformation's root package, which costs 14 MB and evaluates
// intrinsics.
func TestGoformationStaysSmall(t *testing.T) {
	services := []string{
		"secretsmanager", "kms", "iam", "lambda", "serverless", "ec2", "tags", "policies",
	}
	for dir, imports := range importsByPackage(t) {
		for _, name := range imports {
			service, ok := strings.CutPrefix(name, "github.com/awslabs/goformation/v7")
			if ok && !slices.Contains(services, strings.TrimPrefix(service, "/cloudformation/")) {
				t.Errorf("%s imports %s; only its service packages may be imported", dir, name)
			}
		}
	}
}

// importsByPackage returns what the packages of this module import, by their folder.
func importsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{}
	for _, root := range []string{"cmd", "internal", "schema", "docs"} {
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") ||
				strings.HasSuffix(file, "_test.go") {
				return err
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
			if err != nil {
				return err
			}
			dir := filepath.ToSlash(filepath.Dir(file))
			if found[dir] == nil {
				found[dir] = map[string]bool{}
			}
			for _, spec := range parsed.Imports {
				name, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				found[dir][name] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all := map[string][]string{}
	for dir, imports := range found {
		all[dir] = slices.Sorted(maps.Keys(imports))
	}
	return all
}
