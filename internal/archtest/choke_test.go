package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// formatAt says which argument of the functions that build a diagnostic is the format: its words
// are the program's own, and nothing of a file. What quotes a file is an argument behind it, which
// the renderers hide.
var formatAt = map[string]int{
	"Message": 0, "And": 0, "Hint": 0, "AndHint": 0, "Related": 1, "Fix": 1, "At": 1, "Say": 0,
}

// formats returns the places of the calls in a file whose format is no constant text.
func formats(t *testing.T, path string) (wrong []string, calls int) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	handedOn := map[ast.Node]bool{} // in a function that is given the format itself
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncDecl); ok && f.Type.Params != nil && f.Body != nil {
			list := f.Type.Params.List
			if last := list[max(0, len(list)-1):]; len(last) == 1 {
				if _, variadic := last[0].Type.(*ast.Ellipsis); variadic {
					ast.Inspect(f.Body, func(n ast.Node) bool { handedOn[n] = true; return true })
				}
			}
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		at, ok := formatAt[selector.Sel.Name]
		if !ok || len(call.Args) <= at {
			return true
		}
		calls++
		if call.Ellipsis.IsValid() && handedOn[call] || isConstantText(call.Args[at]) {
			return true
		}
		wrong = append(wrong, set.Position(call.Pos()).String())
		return true
	})
	return wrong, calls
}

// isConstantText says whether an expression is a literal text, or several that are put together.
func isConstantText(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return e.Op == token.ADD && isConstantText(e.X) && isConstantText(e.Y)
	}
	return false
}

func TestDiagnosticsTakeNoTextOfAFileIntoTheirWords(t *testing.T) {
	expect.InRoot(t)
	calls := 0
	for _, dir := range []string{
		"yaml", "spec", "model", "grants", "lower", "prove", "plan", "compile", "show", "cli",
	} {
		err := filepath.WalkDir(
			filepath.Join("internal", dir),
			func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") ||
					strings.HasSuffix(path, "_test.go") {
					return err
				}
				wrong, n := formats(t, path)
				calls += n
				for _, place := range wrong {
					t.Errorf("%s: the format is not a constant", place)
				}
				return nil
			},
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	if calls < 300 {
		t.Errorf("only %d calls were looked at", calls)
	}
}
