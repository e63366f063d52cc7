package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	_ "github.com/secretctl/secretctl/internal/cli" // and so all that secretctl is made of
	"github.com/secretctl/secretctl/internal/expect"
)

// What may be allocated whenever secretctl starts, in bytes: by one package, and by all. Nothing is
// counted in time, which depends on the machine.
const (
	initOfPackage = 32 << 10
	initOfAll     = 128 << 10
)

var initLine = regexp.MustCompile(
	`(?m)^init (github\.com/secretctl/secretctl/\S+) .*, (\d+) bytes, \d+ allocs$`)

// TestStartIsCheap: no package makes much when secretctl starts, as each command needs but a part.
// This program starts itself once more and says what its packages make.
// https://pkg.go.dev/runtime#hdr-Environment_Variables (inittrace)
func TestStartIsCheap(t *testing.T) {
	expect.InRoot(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.Command(program, "-test.run=^$")
	again.Dir = "internal/archtest"
	again.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found := initLine.FindAllSubmatch(out, -1)
	if len(found) < 10 {
		t.Fatalf("of %d packages it is known what they make:\n%s", len(found), out)
	}
	all := 0
	for _, m := range found {
		bytes, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(string(m[1]), "/archtest") {
			continue
		}
		if all += bytes; bytes > initOfPackage {
			t.Errorf("%s makes %d bytes when the program starts, more than %d: make what is large "+
				"on first use, with package lazy", m[1], bytes, initOfPackage)
		}
	}
	if all > initOfAll {
		t.Errorf("all packages make %d bytes when the program starts, more than %d", all, initOfAll)
	}
}

// TestPatternsAreRight: every regular expression that is compiled on its first use can be, and none
// of the program is compiled when it starts.
func TestPatternsAreRight(t *testing.T) {
	expect.InRoot(t)
	seen := 0
	for _, path := range goFiles(t) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			variables, ok := d.(*ast.GenDecl)
			if !ok || variables.Tok != token.VAR {
				continue
			}
			ast.Inspect(variables, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 1 {
					_, inFunction := n.(*ast.FuncLit)
					return !inFunction
				}
				switch calledName(call) {
				case "regexp.MustCompile":
					t.Errorf("%s: a regular expression is compiled when the program starts: "+
						"write lazy.Regexp", path)
				case "lazy.Regexp":
					seen++
					text, known := textOf(call.Args[0])
					if _, err := regexp.Compile(text); !known || err != nil {
						t.Errorf("%s: the regular expression %q: %v (known: %v)", path, text, err,
							known)
					}
				}
				return true
			})
		}
	}
	if seen < 50 {
		t.Errorf("only %d regular expressions were found", seen)
	}
}

// goFiles are the files that secretctl is made of.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("internal", func(path string, e os.DirEntry, err error) error {
		if e.IsDir() && (path == "internal/simulator" || path == "internal/tools") {
			return filepath.SkipDir // which are for tests and for make
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// calledName returns the package and name of what a call calls.
func calledName(call *ast.CallExpr) string {
	selected, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	of, ok := selected.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return of.Name + "." + selected.Sel.Name
}

// textOf returns the text of an expression of literals. A name stands for itself: none is one of a
// pattern that it would break.
func textOf(e ast.Expr) (text string, known bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, known := textOf(e.X)
		right, also := textOf(e.Y)
		return left + right, known && also
	case *ast.Ident:
		return e.Name, true
	}
	return "", false
}
