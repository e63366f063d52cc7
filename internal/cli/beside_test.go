package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// whenWritten is standard error: something happens when the first text gets there.
type whenWritten struct {
	strings.Builder
	first sync.Once
	do    func()
}

func (w *whenWritten) Write(b []byte) (int, error) {
	w.first.Do(w.do)
	return w.Builder.Write(b)
}

const forApp = "principals: { app: { existingRole: 'arn:aws:iam::111111111111:role/app' } }\n"

// refusedLate is a spec that is refused when it is proved, after its templates are known.
func refusedLate(spec string) string {
	return spec + forApp + "assert: [{ principal: app, can: read, secrets: db }]\n"
}

// warned is a spec that is accepted with a warning.
func warned(spec string) string {
	return spec + forApp + "grants: [{ to: app, allow: read, secrets: 'x*' }]\n"
}

// TestRefusedSpecTouchesNothing: of a spec that the proof refuses nothing is written, not even for
// a moment.
func TestRefusedSpecTouchesNothing(t *testing.T) {
	r := newRun(t, "spec.yaml", refusedLate(severalStacks("app", "us-east-1")))
	var stderr strings.Builder
	code := Run([]string{"compile", "spec.yaml", "-o", "out/deep"}, Env{Dir: r.dir, Stderr: &stderr,
		changing: func(change string) { t.Error(change) }})
	if code != exitErrors || !strings.Contains(stderr.String(), "SC4024") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	if got := r.list(); got != "spec.yaml" {
		t.Errorf("files: %s", got)
	}
}

// TestFileOfSomebodyElseThatComesDuringTheRunIsKept: what is in the way is looked at when files
// take their places, and not before.
func TestFileOfSomebodyElseThatComesDuringTheRunIsKept(t *testing.T) {
	for _, name := range []string{"app.json", "plan.json"} {
		r := newRun(t, "spec.yaml", warned(severalStacks("app", "us-east-1")))
		stderr := &whenWritten{do: func() { r.write("out/"+name, `{"mine": 1}`) }}
		code := Run([]string{"compile", "spec.yaml", "-o", "out"}, Env{Dir: r.dir, Stderr: stderr})
		if got := r.read("out/" + name); got != `{"mine": 1}` || code != exitFailed {
			t.Errorf("%s: exit %d, and there is now %.60q", name, code, got)
		}
	}
}

// TestFileThatIsChangedDuringTheRunIsWrittenAgain: what was right when the run began may not be
// when files take their places.
func TestFileThatIsChangedDuringTheRunIsWrittenAgain(t *testing.T) {
	r := newRun(t, "spec.yaml", warned(severalStacks("app", "us-east-1")))
	r.real(exitOK, "compile", "spec.yaml", "-o", "out")
	stderr := &whenWritten{do: func() { r.write("out/app.json", `{"secretctl": 1}`) }}
	Run([]string{"compile", "spec.yaml", "-o", "out"}, Env{Dir: r.dir, Stderr: stderr})
	r.real(exitOK, "compile", "spec.yaml", "-o", "out", "--check")
}

// TestNobodyWaitsForWhoReadsTheFindings: while findings are shown, the directory is nobody's, and
// as it was.
func TestNobodyWaitsForWhoReadsTheFindings(t *testing.T) {
	for name, spec := range map[string]string{
		"refused":  refusedLate(severalStacks("app", "us-east-1")),
		"accepted": warned(severalStacks("app", "us-east-1")),
	} {
		r := newRun(t, "old.yaml", severalStacks("app"), "spec.yaml", spec)
		r.real(exitOK, "compile", "old.yaml", "-o", "out")
		was := r.list()
		stderr := &whenWritten{do: func() {
			if now := r.list(); now != was {
				t.Errorf("%s: while findings are shown there is %s", name, now)
			}
			dir, err := openDirectory(filepath.Join(r.dir, "out"))
			if err != nil {
				t.Fatal(err)
			}
			defer dir.close()
			unlock, _, err := lock(dir.root)
			if err != nil {
				t.Errorf("%s: the directory is locked while findings are shown", name)
				return
			}
			unlock()
		}}
		Run([]string{"compile", "spec.yaml", "-o", "out"}, Env{Dir: r.dir, Stderr: stderr})
	}
}

// TestRefusedRunsDoNotDisturbAnother: specs that are refused beside one that is accepted, in a
// directory that is not there yet.
func TestRefusedRunsDoNotDisturbAnother(t *testing.T) {
	inMemory(t)
	spec := severalStacks("app", "us-east-1")
	r := newRun(t, "ok.yaml", spec, "bad.yaml", refusedLate(spec))
	for i := range 40 {
		out := fmt.Sprintf("out%d", i)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { Run([]string{"compile", "bad.yaml", "-o", out}, Env{Dir: r.dir}) })
		}
		var stderr strings.Builder
		code := Run([]string{"compile", "ok.yaml", "-o", out}, Env{Dir: r.dir, Stderr: &stderr})
		if all.Wait(); code != exitOK {
			t.Fatalf("exit %d: %s", code, stderr.String())
		}
	}
}
