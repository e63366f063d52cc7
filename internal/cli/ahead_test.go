package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/compile"
)

// failing is a spec that is refused when it is proved, after its templates are known.
func failing(spec string) string {
	return spec + "principals: { app: { existingRole: 'arn:aws:iam::111111111111:role/app' } }\n" +
		"assert: [{ principal: app, can: read, secrets: db }]\n"
}

// TestRefusedSpecLeavesTheDirectoryAsItWas: the files of a spec that the proof refuses, or that has
// warnings under --strict, are begun and gone again.
func TestRefusedSpecLeavesTheDirectoryAsItWas(t *testing.T) {
	old, now := severalStacks("app", "us-east-1"), severalStacks("app", "us-east-1", "us-west-2")
	for _, before := range []string{"", old} {
		for name, c := range map[string]struct{ spec, says, strict string }{
			"an assertion fails": {failing(now), "assert", "false"},
			"a warning is an error": {now + "principals: { app: { existingRole: " +
				"'arn:aws:iam::111111111111:role/app' } }\ngrants: [{ to: app, allow: " +
				"read, secrets: 'x*' }]\n", "refused because of --strict", "true"},
		} {
			t.Run(name, func(t *testing.T) {
				r := newRun(t, "spec.yaml", before, "mine.txt", "mine")
				if before != "" {
					r.real(exitOK, "compile", "spec.yaml", "-o", "out/deep")
				}
				was := r.list()
				set := fileSet(t, filepath.Join(r.dir, "out/deep"))
				r.write("spec.yaml", c.spec)
				var changes []string
				var stderr strings.Builder
				args := []string{"compile", "spec.yaml", "-o", "out/deep", "--strict=" + c.strict}
				code := Run(args, Env{Dir: r.dir,
					Stderr:   &stderr,
					changing: func(change string) { changes = append(changes, change) }})
				if code != exitErrors || !strings.Contains(stderr.String(), c.says) {
					t.Errorf("exit %d: %s", code, stderr.String())
				}
				if !slices.ContainsFunc(changes, func(c string) bool {
					return strings.HasPrefix(c, "create ")
				}) {
					t.Errorf("nothing was begun, so that this tests nothing: %q", changes)
				}
				if slices.ContainsFunc(changes, func(c string) bool {
					return strings.HasPrefix(c, "rename ") || strings.HasPrefix(c, "remove ")
				}) {
					t.Errorf("more than files of its own were changed: %q", changes)
				}
				if now := r.list(); now != was {
					t.Errorf("there is %s, and was %s", now, was)
				}
				if !maps.Equal(set, fileSet(t, filepath.Join(r.dir, "out/deep"))) {
					t.Error("the files have changed")
				}
			})
		}
	}
}

// TestRunThatIsInterruptedBesideTheProofLeavesASet ends runs before every change to the disk, as
// TestRunThatIsInterruptedAnywhereLeavesASet does, of specs that are really compiled.
func TestRunThatIsInterruptedBesideTheProofLeavesASet(t *testing.T) {
	if testing.Short() {
		t.Skip("a run is interrupted at every step")
	}
	inMemory(t)
	specs, wanted := severalSets(t)
	for from := range specs {
		for to := range specs {
			for step := 1; !t.Failed(); step++ {
				r := newRun(t, "spec.yaml", specs[from])
				if from != to {
					r.real(exitOK, "compile", "spec.yaml", "-o", "out")
				}
				r.write("spec.yaml", specs[to])
				if !r.endRealBefore(step, "compile", "spec.yaml", "-o", "out") {
					break
				}
				set := fileSet(t, filepath.Join(r.dir, "out"))
				if what := torn(set); what != "" {
					t.Errorf("%d to %d, ended before change %d: %s", from, to, step, what)
				}
				r.real(exitOK, "compile", "spec.yaml", "-o", "out")
				if got := fileSet(t, filepath.Join(r.dir, "out")); !maps.Equal(got, wanted[to]) {
					t.Errorf("%d to %d, ended before change %d: then %v", from, to, step,
						slices.Sorted(maps.Keys(got)))
				}
			}
		}
	}
}

// endRealBefore runs a command that ends, as if it were killed, before the nth change to the disk,
// and says whether there are so many.
func (r *run) endRealBefore(n int, args ...string) (ended bool) {
	changes := 0
	code := Run(args, Env{Dir: r.dir, changing: func(string) {
		if changes++; changes == n {
			ended = true
			panic("killed")
		}
	}})
	if ended == (code == exitOK) {
		r.t.Errorf("change %d: exit %d", n, code)
	}
	return ended
}

// TestPanicBesideTheProofIsOfTheRun: it does not end the process, and nothing is left.
func TestPanicBesideTheProofIsOfTheRun(t *testing.T) {
	a := &ahead{p: &program{}}
	a.begin(func() compile.Result { panic("Tr0mb0ne") })
	defer func() {
		if recover() == nil {
			t.Error("the panic is nobody's")
		}
		a.abandon()
	}()
	a.wait()
}

// TestAnythingInTheWayIsSaidAsWithoutBeginning: what cannot be begun is left to the run, which says
// why once it is known that the spec is accepted, and what is wrong with the spec otherwise.
func TestAnythingInTheWayIsSaidAsWithoutBeginning(t *testing.T) {
	spec := severalStacks("app", "us-east-1")
	r := newRun(t, "spec.yaml", spec, "out/app.json", "somebody else's")
	r.real(exitFailed, "compile", "spec.yaml", "-o", "out")
	r.says(`"out/app.json" is no template of secretctl, and is not written over`)
	r.write("spec.yaml", failing(spec))
	r.real(exitErrors, "compile", "spec.yaml", "-o", "out")
	if strings.Contains(r.stderr, "is no template") {
		t.Errorf("what is in the way of a spec that is refused is told: %s", r.stderr)
	}
	if got := r.list(); got != "out out/app.json spec.yaml" {
		t.Errorf("files: %s", got)
	}
	r.write("file", "")
	r.write("spec.yaml", spec)
	r.real(exitFailed, "compile", "spec.yaml", "-o", "file/out")
	if _, err := os.Stat(filepath.Join(r.dir, "file/out")); err == nil {
		t.Error("a directory was made in a file")
	}
}

// TestNothingIsBegunBesideAnotherRun: while another run is in the directory nothing is begun, so
// that who is told what is wrong with a spec waits for nobody.
func TestNothingIsBegunBesideAnotherRun(t *testing.T) {
	r := newRun(t, "spec.yaml", severalStacks("app", "us-east-1"))
	r.real(exitOK, "compile", "spec.yaml", "-o", "out")
	p := &program{env: Env{Dir: r.dir}}
	at, err := p.place(target{path: "out"})
	if err != nil {
		t.Fatal(err)
	}
	unlock, locked, err := lock(at.dir.root, 1)
	if err != nil || !locked {
		t.Skipf("############ there are no locks here, so that nobody waits: %v", err)
	}
	tx := p.transaction(at)
	if err := tx.beginAfterNobody(); err == nil {
		t.Error("something is begun while another run is there")
	}
	unlock()
	if err := tx.beginAfterNobody(); err != nil {
		t.Errorf("nothing is begun after the other run: %v", err)
	}
	tx.close()
}
