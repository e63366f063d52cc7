package diag

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
)

// United makes one list of what was found in each of several environments, which are named in the
// order of the lists. What holds in all of them is said once. What holds in some says in which.
// Where the same sentence is said of the same place in every environment, and only what it quotes
// differs, it is said once too, with the words of the first.
func United(environments []string, lists []List) List {
	if len(lists) == 1 {
		return withoutVariables(lists[0])
	}
	var order []*found
	known := map[findingKey]*found{}
	for e, list := range lists {
		for i := range list {
			d := &list[i]
			key := findingKey{d.Code, d.Span, d.message.String()}
			f := known[key]
			if f == nil {
				f = &found{d: *d}
				known[key] = f
				order = append(order, f)
			} else if f.d.guesses() != d.guesses() {
				f.d.fixes, f.d.guessed = nil, false // another id is meant elsewhere
			}
			if !slices.Contains(f.in, e) {
				f.in = append(f.in, e)
			}
		}
	}
	order = alike(order, len(lists))
	var out List
	for _, f := range order {
		switch {
		case f.alike:
			f.d.alike = environments
		case len(f.in) < len(lists):
			f.d.environments = named(environments, f.in)
		}
		out = append(out, f.d)
	}
	return withoutVariables(out)
}

// guesses returns what the diagnostic writes in the place of an id; "": nothing.
func (d *Diagnostic) guesses() string {
	if !d.guessed || len(d.fixes) == 0 {
		return ""
	}
	return d.fixes[0].Text.String()
}

// findingKey is what makes two findings one.
type findingKey struct {
	code    *Code
	at      source.Span
	message string
}

// found is what was found, and in which environments, by their numbers.
type found struct {
	d     Diagnostic
	in    []int
	alike bool
}

// alike makes one finding of those that differ from one environment to the next in nothing but what
// they quote, if every environment has as many of them as the others.
func alike(all []*found, environments int) []*found {
	groups := map[findingKey][]*found{}
	for _, f := range all {
		if len(f.in) < environments {
			key := findingKey{f.d.Code, f.d.Span, f.d.message.formats()}
			groups[key] = append(groups[key], f)
		}
	}
	gone := map[*found]bool{}
	for _, group := range groups {
		many := make([]int, environments)
		for _, f := range group {
			for _, e := range f.in {
				many[e]++
			}
		}
		if slices.Min(many) != slices.Max(many) {
			continue
		}
		for _, f := range group {
			f.alike = f.in[0] == 0 // those of the first are said
			gone[f] = !f.alike
		}
	}
	return slices.DeleteFunc(all, func(f *found) bool { return gone[f] })
}

func named(environments []string, in []int) []string {
	out := make([]string, len(in))
	for i, e := range in {
		out[i] = environments[e]
	}
	return out
}

// formats are the sentences of a text without what they quote.
func (t Text) formats() string {
	var b strings.Builder
	for _, s := range t.parts {
		b.WriteString(s.format + "\x00")
	}
	return b.String()
}

// withoutVariables takes away the fixes that would write what a text is in one environment over the
// variables that it has.
func withoutVariables(list List) List {
	for i := range list {
		list[i].fixes = slices.DeleteFunc(slices.Clone(list[i].fixes), func(f Fix) bool {
			return strings.Contains(f.Span.Text(), "$(")
		})
	}
	return list
}

// OfSpec notes which of several specs the diagnostic is about.
func (d *Diagnostic) OfSpec(name string) { d.spec = name }

// Spec returns which of several specs the diagnostic is about; empty: there is one, or it is about
// no spec.
func (d *Diagnostic) Spec() string { return d.spec }

// SayingWhere notes that the message names the environments itself.
func (d *Diagnostic) SayingWhere() *Diagnostic {
	d.saysWhere = true
	return d
}

// In says in which environments a diagnostic holds, to stand behind its message; empty: in all.
func (d *Diagnostic) In() string {
	switch {
	case d.saysWhere:
		return ""
	case d.alike != nil:
		return "so in " + d.alike[0] + ", and alike in " + english.List(d.alike[1:])
	case d.environments != nil:
		return "in " + english.List(d.environments)
	}
	return ""
}

// Sentence returns the message with the environments that it holds in, where these are not all.
func (d *Diagnostic) Sentence(masks *source.Masks) string {
	if in := d.In(); in != "" {
		return d.Says(masks) + " (" + in + ")"
	}
	return d.Says(masks)
}
