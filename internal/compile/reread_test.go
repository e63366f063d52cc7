package compile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
)

// canonical writes everything that an estate says, but for where in the spec it comes from.
func canonical(e *access.Estate) string {
	var b strings.Builder
	line := func(format string, arguments ...any) { fmt.Fprintf(&b, format+"\n", arguments...) }
	keys := map[*access.Key]bool{}
	for _, w := range e.Worlds {
		line("world %v told %v", w.Conditions, w.Told)
		for _, p := range w.Principals {
			line("principal %s also %q %s %s shown %q note %q account %s path %t", p.ID, p.Also,
				p.Kind, p.ARN, p.Shown, p.Note, p.Account, p.PathUnknown)
			line("  others %v tags %v known %t sessions %t told %v facts %v far %t",
				sorted(p.Others), sorted(p.Tags), p.KnownTags, p.SessionTags, p.Told,
				sorted(p.Facts), p.AsFar)
			line("  becomes %q reads %q %q role %t", p.MayBecome, p.Reads, p.ReadsOnly,
				p.Role != nil)
			for _, d := range p.Identity {
				writeDocument(&b, d)
			}
			writeDocument(&b, p.Boundary)
		}
		for _, s := range w.Secrets {
			line("secret %s %s account %s note %q function %s rotates %t tags %v known %t type "+
				"%s told %v pattern %t", s.ID, s.Name, s.Account, s.Note, s.Function, s.Rotates,
				sorted(s.Tags),
				s.KnownTags, s.Type, s.Told, s.Pattern)
			for _, d := range s.Policy {
				writeDocument(&b, d)
			}
			for _, c := range s.Copies {
				line("  copy %s %s unread %t", c.Region, c.ARN, c.KeyUnread)
				if k := c.Key; k != nil {
					line("  key %s %s", k.ID, k.ARN)
					if !keys[k] {
						keys[k] = true
						line("    account %s region %s outside %t known %t tags %v aliases %q "+
							"facts %v told %v", k.Account, k.Region, k.Outside, k.Known,
							sorted(k.Tags), k.Aliases, sorted(k.Facts), k.Told)
						writeDocument(&b, k.Policy)
					}
				}
			}
		}
	}
	for _, f := range e.Findings {
		line("public %s %s %s", f.Document.Stack, f.Document.LogicalID, f.Secret)
	}
	line("out of sight %q", e.OutOfSight)
	return b.String()
}

// sorted is the same text for the same map.
func sorted[V any](m map[string]V) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s=%v", k, m[k]))
	}
	return strings.Join(out, " ")
}

func writeDocument(b *strings.Builder, d *access.Document) {
	if d == nil {
		return
	}
	fmt.Fprintf(b, "  %s %s %s %s version %s told %v\n", d.Name(), d.Stack, d.LogicalID, d.ARN,
		d.Rules.Version, d.Told)
	for i := range d.Rules.Statements {
		writeRule(b, &d.Rules.Statements[i])
	}
}

func writeRule(b *strings.Builder, r *policy.Rule) {
	fmt.Fprintf(b, "    %d %q %s %t %q %t %q", r.Index, r.Sid, r.Effect, r.NotActions, r.Actions,
		r.NotResources, r.Resources)
	p := r.Principals
	fmt.Fprintf(b, " %t %t %q %q %q unread %v", p.Any, p.Not, p.AWS, p.Service,
		p.Federated, r.Unread)
	for _, c := range r.Conditions {
		fmt.Fprintf(b, " if %s %s %q", c.Operator, c.Key, c.Values)
	}
	b.WriteByte('\n')
}

// reread returns the deployment with its templates as they are read again from what is written.
func reread(t *testing.T, d *prove.Deployment, format cfn.Format) *prove.Deployment {
	t.Helper()
	out := *d
	out.Stacks = slices.Clone(d.Stacks)
	for i := range out.Stacks {
		s := &out.Stacks[i]
		if len(s.Template.Resources) == 0 { // it is not written
			continue
		}
		text := s.Template.Append(nil, format)
		template, found := ask.ReadTemplate(source.New(s.File, text), &source.Masks{})
		if found.HasErrors() {
			t.Fatalf("%v in\n%s", found, text)
		}
		s.Template, s.Documents, s.Because = template, nil, nil
	}
	return &out
}

// difference returns the first lines in which two texts differ.
func difference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return cfn.Shown(left[i]) + "\n" + cfn.Shown(right[i])
		}
	}
	return fmt.Sprintf("%d lines and %d lines", len(left), len(right))
}

var formats = map[string]cfn.Format{"JSON": {}, "compact JSON": {Compact: true},
	"YAML": {YAML: true}}

// What is proved is what is written: the templates, read again from their bytes, give an equal
// estate.
func TestWrittenTemplatesGiveTheSameEstate(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of every golden case")
	}
	t.Parallel()
	specs := goldenSpecs(t)
	rng := rand.New(rand.NewPCG(34, 55))
	for i := range 40 {
		_, specs[fmt.Sprintf("generated %d", i)] = possible(generated(someBytes(rng)))
	}
	compared := 0
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		w := newWorld(specs[name])
		if w == nil || w.large() {
			continue
		}
		d := w.deployed()
		if d == nil {
			continue
		}
		want := canonical(d.Load(nil))
		for i, format := range slices.Sorted(maps.Keys(formats)) {
			// one of the formats for each
			if i != len(name)%len(formats) && !strings.HasPrefix(name, "generated") {
				continue
			}
			compared++
			if got := canonical(reread(t, d, formats[format]).Load(nil)); got != want {
				t.Errorf("%s in %s: %s", name, format, difference(want, got))
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d estates were compared", compared)
	}
}
