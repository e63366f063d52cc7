// Command fuzz runs the fuzz targets of a module one after another and prints, of each, how many
// inputs it executed that were not there before. A target that executed none fails, as does one
// that finds something: a target that only repeats its seeds looks like one that fuzzes.
// It knows what the go command prints, and nothing of what is fuzzed.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// target is one function that fuzzes.
type target struct {
	folder string // with slashes, relative to the root
	name   string
}

// outcome is what is known of a target once it has run.
type outcome struct {
	target
	counts
	failed bool // the go command says so
}

func main() {
	length := flag.String("time", "30s", "how long each target runs, or how often (1000x)")
	only := flag.String("targets", ".",
		"run the targets whose name this regular expression matches")
	flag.Parse()
	os.Exit(run(".", *length, *only, os.Stdout))
}

// run fuzzes and returns the exit code: 0, or 1 if anything is wrong with any target.
func run(root, length, only string, out io.Writer) int {
	match, err := regexp.Compile(only)
	if err != nil {
		fmt.Fprintf(out, "fuzz: %v\n", err)
		return 1
	}
	all, err := find(root)
	if err != nil {
		fmt.Fprintf(out, "fuzz: %v\n", err)
		return 1
	}
	var done []outcome
	for _, t := range all {
		if match.MatchString(t.name) {
			fmt.Fprintf(out, "%s: %s\n", t.folder, t.name)
			done = append(done, persist(length, out, func(length string) outcome {
				return fuzz(root, length, t, out)
			}))
		}
	}
	return summarize(done, out)
}

// find returns the fuzz targets in a folder and those below it, sorted by folder and file.
func find(root string) ([]target, error) {
	var all []target
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (name[0] == '.' || name[0] == '_' || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, declaration := range parsed.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				all = append(all, target{filepath.ToSlash(folder), f.Name.Name})
			}
		}
		return nil
	})
	return all, err
}

// persist runs a target again, for four times as long, if its time was over before it mutated
// anything: on a busy machine the seeds alone may take longer. It does so twice at most.
func persist(length string, out io.Writer, run func(length string) outcome) outcome {
	o := run(length)
	limit, err := time.ParseDuration(length)
	for range 2 {
		if err != nil || o.failed || o.known == 0 || o.mutated() > 0 {
			break
		}
		limit *= 4
		fmt.Fprintf(out, "its time was over with its seeds; once more, for %v\n", limit)
		o = run(limit.String())
	}
	return o
}

// fuzz runs one target and passes on what the go command prints.
func fuzz(root, length string, t target, out io.Writer) outcome {
	cmd := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", length,
		"-fuzzminimizetime", "10x", "./"+t.folder)
	cmd.Dir = root
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	done := make(chan error, 1)
	go func() {
		err := cmd.Run()
		writer.Close()
		done <- err
	}()
	c := readCounts(io.TeeReader(reader, out))
	return outcome{t, c, <-done != nil}
}

// counts are how many inputs a target executed.
type counts struct {
	executed int // all of them
	known    int // those that were there before: seeds, and what earlier runs have kept
	kept     int // new ones that reach code which no other input does
}

// mutated returns how many inputs were made by the run itself.
func (c counts) mutated() int { return max(0, c.executed-c.known) }

// What the go command prints while it fuzzes: first how many of the known inputs it has run, of
// how many, and then how many inputs in all
// (https://go.dev/doc/security/fuzz/#command-line-output).
var (
	known = regexp.MustCompile(
		`^fuzz: elapsed: .*(?:baseline coverage|seed corpus): (\d+)/(\d+) completed`)
	executed = regexp.MustCompile(`^fuzz: elapsed: .*, execs: (\d+) `)
	kept     = regexp.MustCompile(`, new interesting: (\d+) `)
)

// readCounts reads all that the go command prints and returns the last counts in it. While the
// known inputs run, nothing else has.
func readCounts(printed io.Reader) counts {
	var c counts
	reader := bufio.NewReader(printed)
	for {
		line, err := reader.ReadString('\n')
		if found := known.FindStringSubmatch(line); found != nil {
			c.executed, c.known = number(found[1]), number(found[2])
		}
		if found := executed.FindStringSubmatch(line); found != nil {
			c.executed = number(found[1])
		}
		if found := kept.FindStringSubmatch(line); found != nil {
			c.kept = number(found[1])
		}
		if err != nil {
			return c
		}
	}
}

// number reads digits; more of them than a count can have are the greatest count.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// summarize prints a table of the targets and returns the exit code.
func summarize(done []outcome, out io.Writer) int {
	if len(done) == 0 {
		fmt.Fprintln(out, "fuzz: there is no such target")
		return 1
	}
	code := 0
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\ntarget\tmutated inputs\tkept\tknown before\t")
	for _, o := range done {
		verdict := ""
		switch {
		case o.failed:
			verdict = "FAILED"
		case o.mutated() == 0:
			verdict = "FAILED: it mutated nothing; give it more time, or look at its seeds"
		}
		if verdict != "" {
			code = 1
		}
		fmt.Fprintf(table, "%s: %s\t%d\t%d\t%d\t%s\n",
			o.folder, o.name, o.mutated(), o.kept, o.known, verdict)
	}
	table.Flush()
	return code
}
