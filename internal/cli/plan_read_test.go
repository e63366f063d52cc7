package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/secretctl/secretctl/internal/plan"
)

// TestKnownPlansAreAsRead: what is taken for the content of a plan that is not read again is what
// reading it gives.
func TestKnownPlansAreAsRead(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/golden/*/*/want/*/plan.json")
	if err != nil || len(paths) < 10 {
		t.Fatalf("there are %d plans: %v", len(paths), err)
	}
	var all []plan.Plan
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Read(data)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		p.HandOver = nil // which is not read
		all = append(all, p)
	}
	all = append(all, plan.Plan{}, plan.Plan{Spec: "a\xff\xfe<b>", Environment: "dev", Stack: "s"})
	for i, p := range all {
		read, err := readPlan(p.Encode())
		if err != nil {
			t.Fatalf("plan %d: %v", i, err)
		}
		known := asRead(p)
		if len(read.Stacks) == 0 && len(known.Stacks) == 0 {
			known.Stacks, read.Stacks = nil, nil
		}
		if !reflect.DeepEqual(read, known) {
			t.Errorf("plan %d is %+v, and is taken for %+v", i, read, known)
		}
	}
}
