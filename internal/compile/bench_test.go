package compile

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// generatedSpec writes a spec of n secrets with three grants each. A principal has the grants of
// about fifty secrets, a key those of a thousand. The same n gives the same bytes.
func generatedSpec(n int) []byte {
	var b strings.Builder
	b.WriteString("version: 1\nstack: generated\nenvironment: { account: \"111111111111\", " +
		"region: eu-west-1 }\ntags: { team: platform }\nkeys:\n")
	for k := range n/1000 + 1 {
		fmt.Fprintf(&b, "  key%d:\n    alias: generated/key%d\n", k, k)
	}
	people := n/50 + 3
	b.WriteString("principals:\n")
	for p := range people {
		fmt.Fprintf(&b,
			"  app%d:\n    role:\n      assumedBy: { service: ecs-tasks.amazonaws.com }\n", p)
	}
	b.WriteString("secrets:\n")
	for s := range n {
		fmt.Fprintf(&b, `  service%d-db:
    name: platform/service%d/db
    description: Database user of service %d
    key: key%d
    value:
      generate:
        passwordLength: 40
        secretStringTemplate: { username: service%d }
        generateStringKey: password
    tags: { service: s%d }
    grants:
      read: [app%d, { to: app%d, versionStages: AWSCURRENT }]
      write: app%d
`, s, s, s, s/1000, s, s, s/50, s/50+1, s/50+2)
	}
	return []byte(b.String())
}

// BenchmarkCompile measures each stage of a compilation and the whole, and the floor: reading the
// bytes, the cheapest possible scan and writing as many bytes as the template has. Limits of one
// template are found and left aside.
func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{1, 100, 1000, 10000, 50000} {
		text := generatedSpec(n)
		name := strconv.Itoa(n)
		files := func() []*source.File { return []*source.File{source.New("spec.yaml", text)} }
		s, _, found := spec.Load(files())
		m, list := model.Resolve(s)
		if found = append(found, list...); found.HasErrors() {
			b.Fatalf("the generated spec has errors: %v", found[0].Says(nil))
		}
		permissions := grants.Derive(m)
		placement, _ := grants.Place(permissions)
		stacks, _ := lower.Lower(m, placement)
		h := stacks[0] // the home stack is the only one
		out := h.Template.Append(nil, cfn.Format{})

		var floor float64 // seconds for one run of the floor
		report := func(b *testing.B) {
			one := b.Elapsed().Seconds() / float64(b.N)
			if floor == 0 {
				floor = one
			}
			b.ReportMetric(one/floor, "x-floor")
		}
		stage := func(stage string, run func()) {
			b.Run(stage+"/secrets="+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
				report(b)
			})
		}
		stage("floor", func() {
			copied := bytes.Clone(text)
			if bytes.Count(copied, []byte("\n")) == 0 {
				b.Fatal("no lines")
			}
			io.Discard.Write(bytes.Clone(out))
		})
		stage("parse", func() { spec.Parse(source.New("spec.yaml", text)) })
		stage("load", func() { spec.Load(files()) })
		stage("resolve", func() { model.Resolve(s) })
		stage("derive", func() { grants.Derive(m) })
		stage("place", func() { grants.Place(permissions) })
		stage("lower", func() { lower.Lower(m, placement) })
		stage("prove", func() {
			d := prove.Deploy(m, stacks, placement)
			prove.Prove(m, permissions, d, nil, d.Load(nil))
		})
		stage("write", func() { h.Template.Append(make([]byte, 0, len(out)), cfn.Format{}) })
		b.Run("whole/secrets="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				whole(b, files())
			}
			report(b)
		})
	}
}

// whole is Compile without the limits of one template.
func whole(tb testing.TB, files []*source.File) []byte {
	s, _, found := spec.Load(files)
	m, list := model.Resolve(s)
	found = append(found, list...)
	if found.HasErrors() {
		tb.Fatal(found)
	}
	permissions := grants.Derive(m)
	placement, list := grants.Place(permissions)
	stacks, _ := lower.Lower(m, placement)
	d := prove.Deploy(m, stacks, placement)
	if list = append(list, prove.Prove(m, permissions, d, nil, d.Load(nil))...); list.Count(
		diag.Error) > 0 {
		tb.Fatal(list)
	}
	return stacks[0].Template.Append(nil, cfn.Format{})
}
