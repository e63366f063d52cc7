package golden

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/expect"
)

// unshowable are the codes without a golden case, and why.
var unshowable = map[string]string{
	"SC0001": "this version compiles the whole language; the code keeps its meaning " +
		"for what a later one may add",
	"SC0003": "the spec would have 64 MiB; internal/cli tests it with an empty file made as large",
	"SC0109": "the line would have 4 MiB; internal/yaml tests it",
	"SC9001": "it is a bug, which a golden case would keep",
}

// TestEveryCodeHasAGoldenCase: a folder of the shelf codes begins with a code's number and name,
// and shows that code; there is one for every code.
func TestEveryCodeHasAGoldenCase(t *testing.T) {
	expect.InRoot(t)
	shown := map[string]bool{}
	for _, folder := range caseNames(t, "codes") {
		number, name, _ := strings.Cut(path.Base(folder), "-")
		code := diag.Lookup(number)
		if code == nil || name != code.Name && !strings.HasPrefix(name, code.Name+"-") {
			t.Errorf("%s is not named like a code", folder)
			continue
		}
		c := readCase(t, folder)
		if !slices.Contains(codes(c.want["stdout"]+c.want["stderr"]), number) {
			t.Errorf("%s does not show %s", folder, number)
			continue
		}
		shown[number] = true
	}
	for _, code := range diag.Codes() {
		_, excused := unshowable[code.Number]
		if !shown[code.Number] && !excused {
			t.Errorf("there is no golden case codes/%s-%s", code.Number, code.Name)
		}
		if shown[code.Number] && excused {
			t.Errorf("%s has a golden case now: take it out of unshowable", code.Number)
		}
	}
}
