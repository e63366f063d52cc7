package cli

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Variables that make a process of the test binary one of secretctl: asCommand, and how many bytes
// a file that it writes may have.
const (
	asCommand = "SECRETCTL_AS_COMMAND"
	fileLimit = "SECRETCTL_FILE_LIMIT"
)

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "" {
		os.Exit(m.Run())
	}
	if limit, err := strconv.ParseUint(os.Getenv(fileLimit), 10, 64); err == nil {
		if err := limitFiles(limit); err != nil {
			panic(err)
		}
	}
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil))
}

// process returns a process of secretctl in the directory of a run.
func (r *run) process(args ...string) (*exec.Cmd, *bytes.Buffer) {
	var stderr bytes.Buffer
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Env, cmd.Stderr = r.dir, append(os.Environ(), asCommand+"=1"), &stderr
	return cmd, &stderr
}

// inMemory puts the directories of a test into memory where the system has such a place: a test
// that writes thousands of files would wait for a disk most of its time.
func inMemory(t *testing.T) {
	t.Helper()
	const memory = "/dev/shm"
	if dir, err := os.MkdirTemp(memory, "secretctl-test"); err == nil {
		os.Remove(dir)
		t.Setenv("TMPDIR", memory)
	}
}

// severalSets are specs of three sets that share some files, and the sets that they compile to.
func severalSets(t *testing.T) (specs []string, sets []map[string]string) {
	t.Helper()
	specs = []string{
		severalStacks("app", "us-east-1", "us-east-2", "us-west-2"),
		severalStacks("app", "us-west-2", "eu-central-1", "eu-west-2", "eu-west-3"),
		severalStacks("web", "us-east-1"),
	}
	for _, spec := range specs {
		r := newRun(t, "spec.yaml", spec)
		r.real(exitOK, "compile", "spec.yaml", "-o", "out")
		sets = append(sets, fileSet(t, filepath.Join(r.dir, "out")))
	}
	return specs, sets
}

// complete returns a set without what a run that was interrupted has left.
func complete(set map[string]string) map[string]string {
	set = maps.Clone(set)
	maps.DeleteFunc(set, func(name, _ string) bool { return isTemporary(name) })
	return set
}

// TestKilledRunsLeaveASet kills secretctl at random moments: 30 times, or as often as the variable
// KILLS says. Nothing is torn; what counts is an old set or the new one; and the next run leaves
// its own set and nothing else.
func TestKilledRunsLeaveASet(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts and kills programs")
	}
	kills := 30
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		kills = n
	}
	specs, sets := severalSets(t)
	r := newRun(t)
	for i, spec := range specs {
		r.write(fmt.Sprintf("%d.yaml", i), spec)
	}
	out := filepath.Join(r.dir, "out")
	compile := func(i int) (*exec.Cmd, *bytes.Buffer) {
		return r.process("compile", fmt.Sprintf("%d.yaml", i), "-o", "out")
	}
	usual := time.Hour // how long a run takes
	for i := range 9 {
		begin := time.Now()
		if cmd, stderr := compile(i % len(sets)); cmd.Run() != nil {
			t.Fatal(stderr)
		}
		usual = min(usual, time.Since(begin))
	}
	random := rand.New(rand.NewPCG(1, 2))
	var killed, halfway, staged int
	for kill := range kills {
		cmd, _ := compile(random.IntN(len(sets)))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(usual))))
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		}
		set := fileSet(t, out)
		what := torn(set)
		_, pending := set[pendingName]
		if pending {
			halfway++
		} else if !slices.ContainsFunc(sets, func(s map[string]string) bool {
			return maps.Equal(complete(set), s)
		}) {
			what += " neither an old set nor the new one"
		}
		if len(complete(set)) < len(set) {
			staged++
		}
		next := random.IntN(len(sets))
		if kill%2 == 0 { // every other time the next run is killed as well
			if cmd, stderr := compile(next); cmd.Run() != nil {
				what += stderr.String()
			} else if got := fileSet(t, out); !maps.Equal(got, sets[next]) {
				what += fmt.Sprintf(" the next run leaves %v", slices.Sorted(maps.Keys(got)))
			}
		}
		if what != "" {
			t.Fatalf("kill %d: %s: %v", kill, what, slices.Sorted(maps.Keys(set)))
		}
	}
	t.Logf("%d runs of %v, %d killed: %d left temporary files, %d of them a plan to finish", kills,
		usual, killed, staged, halfway)
}

func TestConcurrentRunsLeaveTheSetOfOneOfThem(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs write at the same time")
	}
	inMemory(t)
	specs, sets := severalSets(t)
	r := newRun(t)
	for i, spec := range specs {
		r.write(fmt.Sprintf("%d.yaml", i), spec)
	}
	for round := range 8 {
		var running []*exec.Cmd
		for i := range specs {
			cmd, stderr := r.process("compile", fmt.Sprintf("%d.yaml", i), "-o",
				fmt.Sprintf("out%d/deeper", round/2))
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, cmd)
			defer func() {
				if t.Failed() {
					t.Log(stderr)
				}
			}()
		}
		for i, cmd := range running {
			if err := cmd.Wait(); err != nil {
				t.Errorf("round %d, spec %d: %v", round, i, err)
			}
		}
		set := fileSet(t, filepath.Join(r.dir, fmt.Sprintf("out%d/deeper", round/2)))
		if !slices.ContainsFunc(sets, func(s map[string]string) bool {
			return maps.Equal(set, s)
		}) {
			t.Errorf("round %d leaves %v", round, slices.Sorted(maps.Keys(set)))
		}
	}
}

// mounted returns a directory in memory of so many bytes. Without the right to mount one the test
// is skipped, and says so.
func mounted(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if output, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size),
		"tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("############ a file system cannot be mounted: NOT TESTED HERE (needs root on "+
			"Linux): %v: %s", err, output)
	}
	t.Cleanup(func() {
		if output, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, output)
		}
	})
	return dir
}

// manySecrets is a spec whose templates need more room than those of severalStacks.
func manySecrets() string {
	var b strings.Builder
	b.WriteString("version: 1\nstack: app\nsecrets:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  s%d: {}\n", i)
	}
	return b.String()
}

func TestFullDiskLeavesTheOldSet(t *testing.T) {
	if testing.Short() {
		t.Skip("it mounts disks of many sizes")
	}
	old, large := severalStacks("app", "us-east-1"), manySecrets()
	newSet := newRun(t, "spec.yaml", large)
	newSet.real(exitOK, "compile", "spec.yaml", "-o", "out")
	want := fileSet(t, filepath.Join(newSet.dir, "out"))
	full := 0
	t.Run("a small disk", func(t *testing.T) {
		for size := 20 << 10; size < 120<<10; size += 4 << 10 {
			r := newRun(t, "old.yaml", old, "new.yaml", large)
			out := filepath.Join(mounted(t, size), "out")
			r.real(exitOK, "compile", "old.yaml", "-o", out)
			before := fileSet(t, out)
			var stderr strings.Builder
			switch code := Run([]string{"compile", "new.yaml", "-o", out},
				Env{Dir: r.dir, Stderr: &stderr}); {
			case code == exitOK:
				before = want
			case code == exitFailed && strings.Contains(stderr.String(), "no space left on device"):
				full++
			default:
				t.Errorf("%d bytes: exit %d: %s", size, code, stderr.String())
			}
			if after := fileSet(t, out); !maps.Equal(after, before) {
				t.Errorf("%d bytes: files %v", size, slices.Sorted(maps.Keys(after)))
			}
		}
		if full == 0 {
			t.Error("no disk was full")
		}
	})
	t.Run("files of a limited size", func(t *testing.T) {
		for _, limit := range []string{"0", "1", "4096", "20000"} {
			r := newRun(t, "old.yaml", old, "new.yaml", large)
			r.real(exitOK, "compile", "old.yaml", "-o", "out")
			before := fileSet(t, filepath.Join(r.dir, "out"))
			cmd, stderr := r.process("compile", "new.yaml", "-o", "out")
			cmd.Env = append(cmd.Env, fileLimit+"="+limit)
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFailed ||
				!strings.Contains(stderr.String(), "file too large") {
				t.Errorf("%s bytes: %v: %s", limit, err, stderr)
			}
			if after := fileSet(t, filepath.Join(r.dir, "out")); !maps.Equal(before, after) {
				t.Errorf("%s bytes: files %v", limit, slices.Sorted(maps.Keys(after)))
			}
		}
	})
}

func TestReadOnlyFileSystem(t *testing.T) {
	r := newRun(t, "old.yaml", severalStacks("app", "us-east-1"), "new.yaml", manySecrets())
	dir := mounted(t, 1<<20)
	out := filepath.Join(dir, "out")
	r.real(exitOK, "compile", "old.yaml", "-o", out)
	before := fileSet(t, out)
	if output, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Skipf("############ a file system cannot be made read-only: NOT TESTED HERE: %v: %s",
			err, output)
	}
	for _, to := range []string{out, filepath.Join(dir, "new"), filepath.Join(dir, "t.json")} {
		r.real(exitFailed, "compile", "new.yaml", "-o", to)
		r.says("read-only file system")
	}
	r.real(exitOK, "compile", "old.yaml", "-o", out) // there is nothing to do
	if after := fileSet(t, out); !maps.Equal(before, after) {
		t.Errorf("files %v", slices.Sorted(maps.Keys(after)))
	}
}
