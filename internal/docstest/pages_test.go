// Package docstest runs the commands that the pages show, in the order of the pages, and compares
// what is printed. It knows Markdown, a shell and the programs that pages may name, and nothing of
// what secretctl does.
package docstest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// TestMain is one of the programs of the pages when it is called by the name of one, and otherwise
// runs the tests.
func TestMain(m *testing.M) {
	if code, ok := asProgram(); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// TestPages runs every page from an empty directory. What a block is follows from its first line:
//
//   - ```yaml or ```json whose first line is "# NAME", or which says title=NAME, is a file;
//   - any other ```yaml is a part of a spec, and must be of the language;
//   - ```diff whose first line is "--- NAME" changes a file: lines with "-" leave it, lines with "+"
//     come, and all others are there;
//   - ```sh is run by a shell, which stops at the first command that fails; exit=N says that the
//     last one ends with N. Only the programs of programs_test.go are there;
//   - ```text that is the next block is what these commands print, as a terminal shows it. A line …
//     stands for any lines;
//   - ```console has commands after "$ ", each with what it prints.
//
// A block after a line <!-- not run: REASON --> is none of these. Its commands are looked at and
// not run: programs, flags and options must exist. Any other block needs that line too, unless it
// says what file it is. <!-- not run on this page: REASON --> is for all blocks of a page. With
// -update a page gets what is printed, where nothing is left out.
func TestPages(t *testing.T) {
	expect.InRoot(t)
	if runtime.GOOS == "windows" {
		t.Skip("the pages are for a POSIX shell")
	}
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readPage(t, name, expect.Read(t, name))
			p.run(t)
			if *expect.Update {
				p.write(t)
			}
		})
	}
}

// run runs the blocks of a page in their order.
func (p *page) run(t testing.TB) {
	t.Helper()
	r := newRunner(t)
	for i := range p.blocks {
		r.run(&p.blocks[i], before(p.blocks, i))
	}
}

// before returns the block before the one of an index, if there is one.
func before(blocks []block, i int) *block {
	if i == 0 {
		return nil
	}
	return &blocks[i-1]
}

// pages are the Markdown files that people read. Those of docs/diagnostics are left out, because
// internal/archtest makes their blocks from the golden cases.
func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "diagnostics" {
			return fs.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			all = append(all, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// TestIndexNamesEveryPage: docs/README.md leads to every page below docs but those of
// docs/diagnostics, which have an index of their own.
func TestIndexNamesEveryPage(t *testing.T) {
	expect.InRoot(t)
	index := expect.Read(t, "docs/README.md")
	for _, name := range append(pages(t), "docs/diagnostics/README.md") {
		under, isBelow := strings.CutPrefix(name, "docs/")
		if isBelow && under != "README.md" && !strings.Contains(index, "("+under+")") {
			t.Errorf("docs/README.md does not lead to %s", name)
		}
	}
}

// requires skips a test where a program is missing that pages need, and says which.
func requires(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("the page runs %s, which is not installed here", program)
	}
}
