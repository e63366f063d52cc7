package diag

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// TestTableHoldsEveryCode: the table is sorted by number and names each code of codes.go once.
func TestTableHoldsEveryCode(t *testing.T) {
	for i := 1; i < len(table); i++ {
		if table[i-1].Number >= table[i].Number {
			t.Errorf("%s stands before %s", table[i-1].Number, table[i].Number)
		}
	}
	made := namesOf(t, "codes.go", func(s ast.Node) []*ast.Ident {
		if v, ok := s.(*ast.ValueSpec); ok {
			return v.Names
		}
		return nil
	})
	listed := namesOf(t, "table.go", func(s ast.Node) (names []*ast.Ident) {
		list, _ := s.(*ast.CompositeLit)
		if list == nil {
			return nil
		}
		for _, e := range list.Elts {
			names = append(names, e.(*ast.Ident))
		}
		return names
	})
	if len(made) < 100 || !slices.Equal(made, listed) {
		t.Errorf("codes.go has %d codes and the table %d: %v and %v",
			len(made), len(listed), made, listed)
	}
}

// namesOf returns the names that are found in a file of this package, sorted.
func namesOf(t *testing.T, file string, find func(ast.Node) []*ast.Ident) (names []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		for _, name := range find(n) {
			names = append(names, name.Name)
		}
		return true
	})
	slices.Sort(names)
	return names
}
