package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadCounts: the inputs that were there before are no mutated ones, and counts are the last
// that are printed.
func TestReadCounts(t *testing.T) {
	tests := []struct {
		name, printed string
		want          counts
		mutated       int
	}{
		{"fuzzed", `
fuzz: elapsed: 0s, gathering baseline coverage: 0/12 completed
fuzz: elapsed: 1s, gathering baseline coverage: 12/12 completed, now fuzzing with 2 workers
fuzz: elapsed: 3s, execs: 900 (300/sec), new interesting: 1 (total: 13)
fuzz: elapsed: 5s, execs: 1512 (306/sec), new interesting: 4 (total: 16)
PASS
ok  	example.com/m	5.2s
`, counts{1512, 12, 4}, 1500},
		{"the time was over with the seeds", `
fuzz: elapsed: 0s, gathering baseline coverage: 0/300 completed
fuzz: elapsed: 5s, gathering baseline coverage: 291/300 completed
PASS
`, counts{291, 300, 0}, 0},
		{"seeds alone", `
fuzz: elapsed: 0s, gathering baseline coverage: 0/3 completed
fuzz: elapsed: 0s, gathering baseline coverage: 3/3 completed, now fuzzing with 2 workers
fuzz: elapsed: 5s, execs: 3 (0/sec), new interesting: 0 (total: 3)
PASS
`, counts{3, 3, 0}, 0},
		{"one that takes longer than it may", `
fuzz: elapsed: 0s, gathering baseline coverage: 3/3 completed, now fuzzing with 2 workers
fuzz: elapsed: 5s, execs: 0 (0/sec), new interesting: 0 (total: 3)
`, counts{0, 3, 0}, 0},
		{"without coverage", `
fuzz: elapsed: 0s, testing seed corpus: 0/2 completed
fuzz: elapsed: 0s, testing seed corpus: 2/2 completed, now fuzzing with 2 workers
fuzz: elapsed: 3s, execs: 40 (13/sec)
`, counts{40, 2, 0}, 38},
		{"a finding", `
fuzz: elapsed: 0s, gathering baseline coverage: 2/2 completed, now fuzzing with 2 workers
fuzz: elapsed: 1s, execs: 70 (70/sec), new interesting: 1 (total: 3)
fuzz: minimizing 31-byte failing input file
--- FAIL: FuzzX (1.00s)
`, counts{70, 2, 1}, 68},
		{"what a target prints itself", "execs: 99 (\nx fuzz: elapsed: 1s, execs: 99 (9/sec)\n",
			counts{}, 0},
		{"only the tests ran", "testing: warning: no fuzz tests to fuzz\nPASS\n", counts{}, 0},
		{"it did not build", "FAIL	example.com/m [build failed]\n", counts{}, 0},
		{"nothing", "", counts{}, 0},
	}
	for _, test := range tests {
		got := readCounts(strings.NewReader(test.printed))
		if got != test.want || got.mutated() != test.mutated {
			t.Errorf("%s: %+v, %d mutated; want %+v, %d",
				test.name, got, got.mutated(), test.want, test.mutated)
		}
	}
}

// TestSummarize: each of what can be wrong with a target fails, and all targets are in the table.
func TestSummarize(t *testing.T) {
	good := outcome{target{"a", "FuzzGood"}, counts{10, 3, 1}, false}
	bad := outcome{target{"a", "FuzzBad"}, counts{9, 3, 0}, true}
	idle := outcome{target{"a", "FuzzIdle"}, counts{3, 3, 0}, false}
	tests := []struct {
		name string
		done []outcome
		code int
		says string
	}{
		{"all is well", []outcome{good}, 0, "a: FuzzGood  7 "},
		{"one found something", []outcome{good, bad}, 1, "FAILED"},
		{"one mutated nothing", []outcome{idle, good}, 1, "it mutated nothing"},
		{"there is none", nil, 1, "no such target"},
	}
	for _, test := range tests {
		var out bytes.Buffer
		code := summarize(test.done, &out)
		if code != test.code || !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: exit code %d, want %d; it says\n%s",
				test.name, code, test.code, out.String())
		}
		for _, o := range test.done {
			if !strings.Contains(out.String(), o.name) {
				t.Errorf("%s: %s is not in the table", test.name, o.name)
			}
		}
	}
}

// TestPersist: a target whose time was over with its seeds gets more of it, but not for ever.
func TestPersist(t *testing.T) {
	seeds, mutated := outcome{counts: counts{5, 9, 0}}, outcome{counts: counts{30, 9, 0}}
	broken := outcome{counts: counts{5, 9, 0}, failed: true}
	tests := []struct {
		name, length string
		runs         []outcome
		lengths      string
	}{
		{"enough at once", "30s", []outcome{mutated}, "30s"},
		{"enough later", "30s", []outcome{seeds, mutated}, "30s 2m0s"},
		{"never enough", "30s", []outcome{seeds, seeds, seeds}, "30s 2m0s 8m0s"},
		{"it found something in its seeds", "30s", []outcome{broken}, "30s"},
		{"it did not run", "30s", []outcome{{}}, "30s"},
		{"a number of inputs", "9x", []outcome{seeds}, "9x"},
	}
	for _, test := range tests {
		var lengths []string
		got := persist(test.length, io.Discard, func(length string) outcome {
			lengths = append(lengths, length)
			return test.runs[len(lengths)-1]
		})
		if strings.Join(lengths, " ") != test.lengths || got != test.runs[len(test.runs)-1] {
			t.Errorf("%s: it ran for %v; want %s", test.name, lengths, test.lengths)
		}
	}
}

// TestFind: targets are functions of test files that the go command would see.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	fuzzes := func(name string) string {
		return "package a\n\nfunc " + name +
			"(f *testing.F) {}\n\n// func FuzzOld(f *testing.F) {}\n"
	}
	for name, text := range map[string]string{
		"a_test.go":          fuzzes("FuzzOne") + "\nfunc TestOne(t *testing.T) {}\n",
		"b.go":               fuzzes("FuzzNot"),
		"sub/c_test.go":      fuzzes("FuzzTwo"),
		"testdata/d_test.go": fuzzes("FuzzData"),
		".hidden/e_test.go":  fuzzes("FuzzHidden"),
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := find(dir)
	want := []target{{".", "FuzzOne"}, {"sub", "FuzzTwo"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("found %v, %v; want %v", got, err, want)
	}
}

// TestRun fuzzes a module of two targets: one that mutates, and one that never calls f.Fuzz.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the fuzzer")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/fuzzed\n\ngo 1.26\n",
		"a_test.go": `package fuzzed

import "testing"

func FuzzQuick(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) {})
}

func FuzzNothing(f *testing.F) {}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if code := run(dir, "20x", "Quick", &out); code != 0 {
		t.Errorf("exit code %d; it says\n%s", code, out.String())
	}
	out.Reset()
	code := run(dir, "20x", "Nothing", &out)
	if code != 1 || !strings.Contains(out.String(), "FAILED") {
		t.Errorf("a target that fuzzes nothing: exit code %d; it says\n%s", code, out.String())
	}
}
