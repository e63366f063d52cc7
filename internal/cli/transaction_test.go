package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secretctl/secretctl/internal/plan"
)

// severalStacks is a spec with a stack of keys for every replica's Region beside the home stack.
func severalStacks(name string, replicas ...string) string {
	var list []string
	for _, region := range replicas {
		list = append(list, "{ region: "+region+", key: k }")
	}
	return "version: 1\nstack: " + name +
		"\nenvironment: { account: \"111111111111\", region: eu-west-1 }\nkeys: { k: {} }\n" +
		"secrets: { db: { key: k, replicas: [" + strings.Join(list, ", ") + "] } }\n"
}

// fileSet reads the files of a directory by name.
func fileSet(t *testing.T, dir string) map[string]string {
	t.Helper()
	set := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		set[e.Name()] = string(data)
	}
	return set
}

// torn says what is wrong with a set of files: every template has to have the SHA-256 that the plan
// says, be it the pending plan of a run that was interrupted.
func torn(set map[string]string) string {
	text, ok := set[plan.FileName]
	if pending, is := set[pendingName]; is {
		text, ok = pending, true
	}
	if !ok {
		for name := range set {
			if !isTemporary(name) {
				return name + " has no plan"
			}
		}
		return ""
	}
	var plan writtenPlan
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		return "the plan is torn: " + err.Error()
	}
	for _, s := range plan.Stacks {
		is := hashOf([]byte(set[s.Template])) == s.SHA256
		staged := hashOf([]byte(set[temporaryName(s.Template, s.SHA256)])) == s.SHA256
		if _, pending := set[pendingName]; !is && !(pending && staged) {
			return s.Template + " is not what the plan says"
		}
	}
	return ""
}

// TestRunThatIsInterruptedAnywhereLeavesASet ends a run before every single change that it makes to
// the disk, on every way from one set to another. The run after it may be of any spec, and is ended
// once, too.
func TestRunThatIsInterruptedAnywhereLeavesASet(t *testing.T) {
	if testing.Short() {
		t.Skip("a run is interrupted at every step")
	}
	inMemory(t)
	sets := []string{"", "fine", "finer", "keys", "accounts"} // as fakeCompile understands them
	wanted := map[string]map[string]string{}
	for _, spec := range sets[1:] {
		r := newRun(t, "spec.yaml", spec, "out/mine.txt", "mine", "out/.secretctl-mine.tmp", "mine")
		r.code(exitOK, "compile", "spec.yaml", "-o", "out")
		wanted[spec] = fileSet(t, filepath.Join(r.dir, "out"))
	}
	for _, from := range sets {
		for _, to := range sets[1:] {
			for step := 1; !t.Failed(); step++ {
				r := newRun(t, "spec.yaml", from, "out/mine.txt", "mine",
					"out/.secretctl-mine.tmp", "mine")
				if from != "" {
					r.code(exitOK, "compile", "spec.yaml", "-o", "out")
				}
				r.write("spec.yaml", to)
				ended := r.endBefore(step, "compile", "spec.yaml", "-o", "out")
				at := fmt.Sprintf("%q to %q, ended before change %d (%s)", from, to, step, ended)
				set := fileSet(t, filepath.Join(r.dir, "out"))
				if what := torn(withoutMine(set)); what != "" {
					t.Errorf("%s: %s: %v", at, what, slices.Sorted(maps.Keys(set)))
				}
				if ended == "" {
					break
				}
				r.checksAfter(to, set)
				next := sets[1+step%(len(sets)-1)]
				r.write("spec.yaml", next)
				r.endBefore(1+step/2, "compile", "spec.yaml", "-o", "out")
				r.code(exitOK, "compile", "spec.yaml", "-o", "out")
				if got := fileSet(t, filepath.Join(r.dir, "out")); !maps.Equal(got, wanted[next]) {
					t.Errorf("%s, then %q: files %v, want %v", at, next,
						slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(wanted[next])))
				}
			}
		}
	}
}

// checksAfter looks at what --check and access say of a set that a run has left which was
// interrupted.
func (r *run) checksAfter(spec string, set map[string]string) {
	r.t.Helper()
	if spec == "" {
		return
	}
	r.code(exitErrors, "compile", "spec.yaml", "-o", "out", "--check")
	if _, pending := set[pendingName]; pending {
		r.prints("out/" + pendingName + " is left behind by a run that was interrupted")
		r.code(exitFailed, "access", "out")
		r.says(`the templates in "out" are not complete`, "hint: run compile again")
	}
}

func withoutMine(set map[string]string) map[string]string {
	set = maps.Clone(set)
	delete(set, "mine.txt")
	delete(set, ".secretctl-mine.tmp")
	return set
}

// endBefore runs a command that ends, as if it were killed, before the nth change to the disk. It
// returns which change that was; "" where there are fewer.
func (r *run) endBefore(n int, args ...string) (what string) {
	r.t.Helper()
	changes := 0
	env := Env{Dir: r.dir, compile: fakeCompile, changing: func(change string) {
		if changes++; changes == n {
			what = change
			panic("killed")
		}
	}}
	Run(args, env)
	return what
}

func TestPendingPlanOfSomebodyElseHarmsNothing(t *testing.T) {
	sum := hashOf([]byte(ourTemplate))
	staged := temporaryName("mine.json", sum)
	for name, c := range map[string]struct {
		pending string
		files   []string
	}{
		"it would replace a file of others": {
			string(planOf(plannedTemplate{Name: "mine", Template: "mine.json", SHA256: sum})),
			[]string{"out/mine.json", "{}", "out/" + staged, ourTemplate}},
		"it leads out": {
			string(planOf(plannedTemplate{Name: "..", Template: "../mine.json", SHA256: sum})),
			[]string{"mine.json", "{}", "out/" + staged, ourTemplate}},
		"it removes a file of others": {`{"stacks":[]}`,
			[]string{"out/mine.json", "{}", "out/plan.json",
				string(planOf(plannedTemplate{Name: "mine", Template: "mine.json",
					SHA256: hashOf([]byte("{}"))}))}},
		"it is no plan": {"Tr0mb0ne", []string{"out/mine.json", "{}"}},
		"its files are torn": {
			string(planOf(plannedTemplate{Name: "mine", Template: "mine.json", SHA256: sum})),
			[]string{"out/mine.json", "{}", "out/" + staged, ourTemplate[:9]}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, append([]string{"spec.yaml", smallSpec, "out/" + pendingName, c.pending},
				c.files...)...)
			r.real(exitOK, "compile", "spec.yaml", "-o", "out")
			if got := r.read(c.files[0]); got != "{}" {
				t.Errorf("%s is %q", c.files[0], got)
			}
			for file := range fileSet(t, filepath.Join(r.dir, "out")) {
				if file != "mine.json" && file != "s.json" && file != "plan.json" {
					t.Errorf("%s is left", file)
				}
			}
		})
	}
}

func TestPendingPlanThatIsALinkIsRemovedAndNotFollowed(t *testing.T) {
	r := newRun(t, "spec.yaml", smallSpec, "outside", `{"stacks":[]}`)
	r.link("../outside", "out/"+pendingName)
	r.real(exitOK, "compile", "spec.yaml", "-o", "out")
	if got := r.list(); got != "out out/plan.json out/s.json outside spec.yaml" ||
		r.read("outside") != `{"stacks":[]}` {
		t.Errorf("files: %s", got)
	}
}

func TestTemporaryFilesOfOneFileAreCleanedUpToo(t *testing.T) {
	r := newRun(t, "spec.yaml", smallSpec, ".secretctl-0123456789abcdef0123456789abcdef.tmp", "",
		".secretctl-mine.tmp", "", "x.tmp", "")
	r.real(exitOK, "compile", "spec.yaml", "-o", "t.json")
	if got := r.list(); got != ".secretctl-mine.tmp spec.yaml t.json x.tmp" {
		t.Errorf("files: %s", got)
	}
}

func TestRunsInOneDirectoryWaitForEachOther(t *testing.T) {
	r := newRun(t, "a.yaml", severalStacks("app", "us-east-1"), "b.yaml",
		severalStacks("app", "us-east-1", "eu-central-1"))
	waiting := make(chan bool)
	done := make(chan int)
	begun := false
	code := Run([]string{"compile", "a.yaml", "-o", "out"},
		Env{Dir: r.dir, changing: func(change string) {
			if !strings.HasPrefix(change, "create") || begun {
				return
			}
			begun = true
			go func() {
				close(waiting)
				done <- Run([]string{"compile", "b.yaml", "-o", "out"}, Env{Dir: r.dir})
			}()
			<-waiting
			// the other one may run into the lock; it has to be right if it does not, too
			time.Sleep(lockPause)
		}})
	if other := <-done; code != exitOK || other != exitOK {
		t.Errorf("exit %d and %d", code, other)
	}
	r.real(exitOK, "compile", "b.yaml", "-o", "out", "--check")
}

func TestFailureBeforeTheLastMomentLeavesTheOldSet(t *testing.T) {
	r := newRun(t, "a.yaml", severalStacks("app", "us-east-1"), "b.yaml",
		severalStacks("app", "us-east-1", "eu-central-1"))
	r.real(exitOK, "compile", "a.yaml", "-o", "out")
	before := fileSet(t, filepath.Join(r.dir, "out"))
	// A directory in the place of a template is found before anything is written.
	r.write("out/app-keys.eu-central-1.json/x", "")
	r.real(exitFailed, "compile", "b.yaml", "-o", "out")
	r.says(`reading "out/app-keys.eu-central-1.json": it is not a regular file`)
	if err := os.RemoveAll(filepath.Join(r.dir, "out/app-keys.eu-central-1.json")); err != nil {
		t.Fatal(err)
	}
	if after := fileSet(t, filepath.Join(r.dir, "out")); !maps.Equal(before, after) {
		t.Errorf("files %v", slices.Sorted(maps.Keys(after)))
	}
}

// TestSyncThatFailsIsSaid: a file that is not on the disk ends the run before anything has taken
// its place, and is named.
func TestSyncThatFailsIsSaid(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	f.Close() // which nothing can be synced through
	tx := &transaction{}
	for _, name := range []string{"first", "second"} {
		tx.staged = append(tx.staged, stagedFile{destination: destination{shown: name},
			synced: tx.fill(f, destination{})})
	}
	if err = tx.commit(nil); err == nil || !strings.Contains(err.Error(), `writing "first": `) {
		t.Errorf("the error is %v", err)
	}
	if err = tx.awaitSyncs(); err != nil {
		t.Errorf("what was said is said again: %v", err)
	}
}
