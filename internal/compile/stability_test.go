package compile

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// resources compiles a spec, the limits of one template left aside, and returns every resource's
// text by logical ID, in other stacks than the home stack with the template's file before it.
func resources(t *testing.T, text string) map[string]string {
	t.Helper()
	s, _, found := spec.Load([]*source.File{source.New("spec.yaml", []byte(text))})
	if s == nil {
		t.Fatal(found)
	}
	m, list := model.Resolve(s)
	if found = append(found, list...); found.HasErrors() {
		t.Fatalf("%v\n%s", found, text)
	}
	placement, list := grants.Place(grants.Derive(m))
	if list.Count(diag.Error) > 0 {
		t.Fatal(list)
	}
	stacks, _ := lower.Lower(m, placement)
	out := map[string]string{}
	for _, h := range stacks {
		file := ""
		if h.At != model.Home {
			file = m.StackFile(h.At) + "/"
		}
		for id, r := range h.Template.Resources {
			one := cfn.Template{Resources: map[string]*cfn.Resource{id: r}}
			out[file+id] = string(one.Append(nil, cfn.Format{}))
		}
	}
	return out
}

// entries are the parts of a spec that a test adds, removes and shuffles.
type entries struct{ keys, principals, secrets, grants []string }

func (e entries) text() string {
	var b strings.Builder
	b.WriteString("version: 1\nstack: stable\nenvironment: { account: \"111111111111\", region: " +
		"eu-west-1 }\n")
	for _, section := range []struct {
		name  string
		lines []string
	}{{"keys", e.keys}, {"principals", e.principals}, {"secrets", e.secrets},
		{"grants", e.grants}} {
		if len(section.lines) > 0 {
			fmt.Fprintf(&b, "%s:\n%s\n", section.name, strings.Join(section.lines, "\n"))
		}
	}
	return b.String()
}

// someEntries makes a spec of n secrets in which every kind of thing occurs.
func someEntries(n int) entries {
	e := entries{
		keys: []string{"  one: {}", "  two: { iamDelegation: true, pinSecrets: false }"},
		principals: []string{
			"  app: { role: { assumedBy: { service: ecs-tasks.amazonaws.com } } }",
			"  worker: { existingRole: arn:aws:iam::111111111111:role/worker }",
			"  admins: { rolePattern: \"arn:aws:iam::111111111111:role/admin-*\" }",
			"  bob: { existingUser: bob, policies: inline }",
		},
	}
	for i := range n {
		key := []string{"", ", key: one", ", key: two"}[i%3]
		policy := []string{"", ", policy: { requireTls: true }"}[i%2]
		e.secrets = append(e.secrets,
			fmt.Sprintf("  s%d: { name: stable/s%d%s%s }", i, i, key, policy))
		e.grants = append(e.grants,
			fmt.Sprintf("  - { to: [app, worker], allow: read, secrets: s%d }", i))
		if i%4 == 0 {
			e.grants = append(e.grants,
				fmt.Sprintf("  - { to: admins, allow: write, secrets: s%d }", i))
		}
		if i < 8 {
			e.grants = append(e.grants,
				fmt.Sprintf("  - { to: bob, allow: describe, secrets: s%d }", i))
		}
	}
	return e
}

// changed lists the logical IDs that are not the same in both.
func changed(a, b map[string]string) []string {
	var out []string
	for id := range a {
		if b[id] != a[id] {
			out = append(out, id)
		}
	}
	for id := range b {
		if _, ok := a[id]; !ok {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func TestAddingASecretWithoutGrantsAddsItAlone(t *testing.T) {
	e := someEntries(20)
	before := resources(t, e.text())
	e.secrets = append([]string{"  added: { name: stable/added, key: one }"}, e.secrets...)
	if got := changed(before, resources(t, e.text())); !slices.Equal(got, []string{"AddedSecret"}) {
		t.Errorf("changed: %v", got)
	}
}

func TestAddingAGrantChangesItsPrincipalsPolicyAlone(t *testing.T) {
	e := someEntries(20)
	before := resources(t, e.text())
	e.grants = append(e.grants, "  - { to: app, allow: write, secrets: s3 }")
	if got := changed(before, resources(t, e.text())); !slices.Equal(got, []string{"AppPolicy"}) {
		t.Errorf("changed: %v", got)
	}
}

func TestAddingAPrincipalOrKeyAddsItAlone(t *testing.T) {
	e := someEntries(20)
	before := resources(t, e.text())
	e.principals = append(e.principals,
		"  added: { role: { assumedBy: { service: lambda.amazonaws.com } } }")
	e.keys = append(e.keys, "  extra: {}")
	if got := changed(before, resources(t, e.text())); !slices.Equal(got,
		[]string{"AddedRole", "ExtraKey", "ExtraKeyAlias"}) {
		t.Errorf("changed: %v", got)
	}
}

// A policy that has been divided keeps its parts: a new secret touches the one that it goes to.
func TestAddingAGrantTouchesOnePartOfADividedPolicy(t *testing.T) {
	e := someEntries(300)
	before := resources(t, e.text())
	parts := slices.Sorted(maps.Keys(before))
	if parts = slices.DeleteFunc(parts, func(id string) bool {
		return !strings.HasPrefix(id, "AppPolicy")
	}); len(parts) < 4 {
		t.Fatalf("the policy was not divided: %v", parts)
	}
	e.secrets = append(e.secrets, "  added: { name: stable/added, key: one }")
	e.grants = append(e.grants, "  - { to: app, allow: read, secrets: added }")
	got := changed(before, resources(t, e.text()))
	// one part, or one part that became two
	if len(got) != 2 && len(got) != 4 || got[0] != "AddedSecret" {
		t.Errorf("changed: %v", got)
	}
}

func TestNothingDependsOnTheOrderOfEntries(t *testing.T) {
	e := someEntries(40)
	before := resources(t, e.text())
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		for _, list := range [][]string{e.keys, e.principals, e.secrets, e.grants} {
			rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		}
		if got := changed(before, resources(t, e.text())); got != nil {
			t.Fatalf("changed: %v", got)
		}
	}
}

func TestCompilingTwiceGivesTheSameBytes(t *testing.T) {
	text := []byte(someEntries(30).text())
	a, b := Compile([]*source.File{source.New("a", text)}, nil),
		Compile([]*source.File{source.New("a", bytes.Clone(text))}, nil)
	if len(a.Stacks) != 1 || !bytes.Equal(a.Stacks[0].Template.Append(nil, cfn.Format{}),
		b.Stacks[0].Template.Append(nil, cfn.Format{})) {
		t.Error("two compilations differ, or there is no template")
	}
}
