package compile

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// shopOf compiles a spec of the stack shop.
func shopOf(t *testing.T, text string) Result {
	t.Helper()
	r := Compile([]*source.File{source.New("spec.yaml",
		[]byte("version: 1\nstack: shop\n"+text))}, nil)
	if r.Diagnostics.HasErrors() {
		t.Fatalf("the spec has errors: %s", r.Diagnostics[0].Says(nil))
	}
	return r
}

// TestChangesAreSilenced: what deploying over older templates does can be silenced for a secret,
// and an entry for it is never told to be of no use.
func TestChangesAreSilenced(t *testing.T) {
	old := shopOf(t, "secrets: { a: { name: a }, b: { name: b } }")
	now := shopOf(t, "secrets: { a: { name: a2 }, b: { name: b2 } }\n"+
		"silence: [ { code: SC6009, secrets: a, reason: meant } ]")
	for _, d := range now.Diagnostics {
		if d.Code == diag.UnusedSilence {
			t.Errorf("%s", d.Says(nil))
		}
	}
	var before []change.Stack
	for _, s := range old.Stacks {
		before = append(before, change.Stack{File: s.File, Name: s.Name, Template: s.Template})
	}
	found := now.Changes(before)
	if len(found) != 1 || found[0].Code != diag.ValueLost ||
		!strings.HasPrefix(found[0].Says(nil), `"BSecret"`) {
		t.Errorf("%d findings: %v", len(found), found)
	}
	if found := now.Changes(nil); found != nil {
		t.Errorf("nothing is there, and %d are found", len(found))
	}
}

// TestChangesAreAccepted: what is accepted is no warning, and an entry that accepts nothing is
// told, unless it is of access, which only diff compares.
func TestChangesAreAccepted(t *testing.T) {
	old := shopOf(t, "secrets: { a: { name: a }, b: { name: b }, c: {} }")
	now := shopOf(t, "secrets: { a: { name: a2 }, b: { name: b2 }, c: {} }\naccept:\n"+
		"  - { risk: value-lost, secrets: a, reason: meant }\n"+
		"  - { risk: value-lost, secrets: c, reason: meant }\n"+
		"  - { risk: gains, secrets: c, reason: meant }\n")
	var before []change.Stack
	for _, s := range old.Stacks {
		before = append(before, change.Stack{File: s.File, Name: s.Name, Template: s.Template})
	}
	var got []string
	for _, d := range now.Changes(before) {
		got = append(got, d.Code.Number+" "+d.Says(nil))
	}
	if len(got) != 2 || !strings.HasPrefix(got[0], `SC6009 "BSecret"`) ||
		!strings.HasPrefix(got[1], "SC6017 the entry accepts nothing") {
		t.Errorf("%q", got)
	}
}
