// Package archtest holds the program to its architecture, and what is written about it to the
// program: imports, diagnostics, documents, schemas, the network. It runs no golden case.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

const module = "github.com/secretctl/secretctl/"

// room is a row of the table of docs/architecture.md.
type room struct {
	imports   []string // the packages of this module that it may import
	libraries []string // the libraries that it alone may import
}

var code = regexp.MustCompile("`([^`]+)`")

// rooms reads the table of packages: | package | knows | never | imports | libraries |.
func rooms(t *testing.T) map[string]room {
	t.Helper()
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	words := func(cell string) (list []string) {
		for _, m := range code.FindAllStringSubmatch(cell, -1) {
			list = append(list, m[1])
		}
		return list
	}
	const columns = 7 // with what stands outside of the first and the last bar
	table := map[string]room{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) != columns || len(words(cells[1])) != 1 {
			continue
		}
		table[words(cells[1])[0]] = room{imports: words(cells[4]), libraries: words(cells[5])}
	}
	return table
}

// TestImportsFollowTheArchitecture reads the imports of every package, tests excepted: each is
// allowed by the table of docs/architecture.md, and the table allows nothing that is not used.
func TestImportsFollowTheArchitecture(t *testing.T) {
	expect.InRoot(t)
	table := rooms(t)
	packages := importsByPackage(t)
	for dir, imports := range packages {
		row, ok := table[dir]
		if !ok {
			t.Errorf("package %s is not in the table of docs/architecture.md", dir)
			continue
		}
		own, libraries := divided(imports)
		differ(t, dir+" imports", own, row.imports)
		differ(t, dir+" imports", libraries, row.libraries)
	}
	for dir, row := range table {
		if packages[dir] == nil {
			t.Errorf("docs/architecture.md has a package %s, and there is none", dir)
		}
		for other, has := range table {
			for _, library := range row.libraries {
				if other != dir && slices.Contains(has.libraries, library) {
					t.Errorf("%s and %s both import %s", dir, other, library)
				}
			}
		}
	}
}

// divided returns the packages of this module and the libraries among imports.
func divided(imports []string) (own, libraries []string) {
	for _, name := range imports {
		short, isOwn := strings.CutPrefix(name, module)
		switch {
		case isOwn:
			own = append(own, short)
		case strings.Contains(strings.Split(name, "/")[0], "."):
			libraries = append(libraries, libraryOf(name))
		}
	}
	return own, slices.Compact(libraries)
}

// libraryOf returns the module that a package of a library belongs to, as go.mod names it.
func libraryOf(name string) string {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		panic(err)
	}
	for _, word := range strings.Fields(string(text)) {
		if name == word || strings.HasPrefix(name, word+"/") {
			return word
		}
	}
	return name
}

// differ reports what one list has and the other has not.
func differ(t *testing.T, what string, are, allowed []string) {
	t.Helper()
	for _, name := range are {
		if !slices.Contains(allowed, name) {
			t.Errorf("%s %s, which docs/architecture.md does not allow", what, name)
		}
	}
	for _, name := range allowed {
		if !slices.Contains(are, name) {
			t.Errorf("docs/architecture.md says that %s %s, and it does not", what, name)
		}
	}
}

// TestNoPackageIsARagbag refuses names that say nothing of what a package knows.
func TestNoPackageIsARagbag(t *testing.T) {
	expect.InRoot(t)
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
	expect.InRoot(t)
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
	for _, root := range []string{".", "cmd", "internal", "schema", "docs"} {
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && (root == "." && file != "." || d.Name() == "node_modules") {
				return fs.SkipDir
			}
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
