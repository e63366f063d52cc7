package model

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestProcessorsChangeNothing: what a large spec comes to, and what is found, does not depend on
// how many processors there are.
func TestProcessorsChangeNothing(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	s := load(t, largeSpec(5*share+3))
	var first string
	for _, n := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(n)
		m, found := Resolve(s)
		got := said(found)
		for _, s := range m.Secrets {
			got += fmt.Sprintf("%s %d %d %q %q %v %q\n", s.ID, s.Number, s.Shard, s.Name, s.Description,
				pairs(s.Tags), s.LogicalID)
		}
		for _, g := range m.Grants {
			got += fmt.Sprintf("%s %s %s %v\n", g.To.ID, g.Verb.Name, g.Secret.ID, g.Stages)
		}
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("with %d processors comes\n%s\nwant\n%s", n, got, first)
		}
	}
	if len(strings.Split(first, "\n")) < 5*share {
		t.Errorf("this is too little:\n%s", first)
	}
}

// largeSpec returns a spec of many secrets that differ in all that is resolved of secrets alone,
// with some mistakes.
func largeSpec(n int) string {
	var b strings.Builder
	b.WriteString("shards: 7\nprincipals: { app: { existingRole: app } }\ntags: { whole: spec }\n" +
		"defaults: { namePrefix: some/, tags: { default: tag } }\nsecrets:\n")
	for i := range n {
		fmt.Fprintf(&b, "  s%d:\n    tags: { own: t%d }\n", (i*7919)%n, i)
		switch i % 7 {
		case 0:
			b.WriteString("    key: none\n")
		case 1:
			b.WriteString("    shard: \"99\"\n    name: n\n")
		case 2:
			b.WriteString("    description: !Ref Missing\n")
		case 3:
			b.WriteString("    condition: Unknown\n")
		}
		fmt.Fprintf(&b, "    grants: { read: [app, { to: app%d, versionStages: S%d }] }\n", i%3, i%5)
	}
	return b.String()
}
