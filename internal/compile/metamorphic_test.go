package compile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// drawn is a spec that is drawn, to be written in several ways.
type drawn struct {
	secrets    []drawnSecret
	principals []string
	sets       map[string][]string // principals by the set that they are members of
	grants     []drawnGrant
	shards     int
	flow       bool // in braces on lines of their own
}

type drawnSecret struct{ id, logicalID, name, policy string }

// drawnGrant is a grant; when is its condition, with whatever else stands beside it.
type drawnGrant struct {
	to, allow, secrets []string
	when               string
}

var drawnConditions = []string{"", "", "when: { sourceVpce: [vpce-11111111] }",
	"until: 2030-06-30", "regions: eu-west-1", "when: { sourceVpce: [vpce-11111111, vpce-22222222] }"}

var drawnGuards = []string{"", "", "onlyFromVpcs: [vpc-11111111]", "denyDelete: true",
	"requireTls: true, onlyOrganization: o-a1b2c3d4e5"}

func draw(r *rand.Rand) *drawn {
	d := &drawn{sets: map[string][]string{}, flow: r.IntN(2) == 0}
	for i := range 2 + r.IntN(4) {
		id := fmt.Sprintf("s%d", i)
		d.secrets = append(d.secrets, drawnSecret{id, "", "shop/" + id,
			drawnGuards[r.IntN(len(drawnGuards))]})
	}
	for i := range 2 + r.IntN(3) {
		d.principals = append(d.principals, fmt.Sprintf("p%d", i))
	}
	for range 1 + r.IntN(4) {
		g := drawnGrant{when: drawnConditions[r.IntN(len(drawnConditions))]}
		g.to = some(r, d.principals)
		g.allow = some(r, []string{"read", "write", "describe"})
		for _, s := range some(r, d.secrets) {
			g.secrets = append(g.secrets, s.id)
		}
		d.grants = append(d.grants, g)
	}
	return d
}

// some returns one element of a list at least, in its order.
func some[T any](r *rand.Rand, list []T) []T {
	var out []T
	for _, v := range list {
		if r.IntN(2) == 0 {
			out = append(out, v)
		}
	}
	if out == nil {
		return []T{list[r.IntN(len(list))]}
	}
	return out
}

// String writes the spec.
func (d *drawn) String() string {
	var b strings.Builder
	b.WriteString("environment: { account: '111111111111', region: eu-west-1 }\n" +
		"deployer: deployer\n")
	if d.shards > 0 {
		fmt.Fprintf(&b, "shards: %d\n", d.shards)
	}
	b.WriteString("secrets:\n")
	for _, s := range d.secrets {
		fmt.Fprintf(&b, "  %s: { name: %s", s.id, s.name)
		if s.logicalID != "" {
			b.WriteString(", logicalId: " + s.logicalID)
		}
		if s.policy != "" {
			b.WriteString(", policy: { " + s.policy + " }")
		}
		b.WriteString(" }\n")
	}
	b.WriteString("principals:\n  deployer: { existingRole: 'arn:aws:iam::111111111111:role/deployer' }\n")
	for _, p := range d.principals {
		fmt.Fprintf(&b, "  %s: { existingRole: role-%s }\n", p, p)
	}
	for _, set := range slices.Sorted(maps.Keys(d.sets)) {
		fmt.Fprintf(&b, "  %s: { members: [%s] }\n", set, strings.Join(d.sets[set], ", "))
	}
	b.WriteString("grants:\n")
	for _, g := range d.grants {
		list := []string{"to: [" + strings.Join(g.to, ", ") + "]",
			"allow: [" + strings.Join(g.allow, ", ") + "]",
			"secrets: [" + quoted(g.secrets) + "]"}
		if g.when != "" {
			list = append(list, g.when)
		}
		if d.flow {
			b.WriteString("  - { " + strings.Join(list, ", ") + " }\n")
			continue
		}
		b.WriteString("  # a grant\n  - " + strings.Join(list, "\n    ") + "\n")
	}
	return b.String()
}

func quoted(list []string) string { return "'" + strings.Join(list, "', '") + "'" }

func (d *drawn) clone() *drawn {
	out := *d
	out.secrets, out.grants = slices.Clone(d.secrets), slices.Clone(d.grants)
	out.principals, out.sets = slices.Clone(d.principals), maps.Clone(d.sets)
	return &out
}

// rewritings write a spec in another way that means the same.
var rewritings = map[string]func(r *rand.Rand, d *drawn){
	"reorder": func(r *rand.Rand, d *drawn) {
		r.Shuffle(len(d.secrets), func(i, j int) {
			d.secrets[i], d.secrets[j] = d.secrets[j], d.secrets[i]
		})
		slices.Reverse(d.principals)
		r.Shuffle(len(d.grants), func(i, j int) {
			d.grants[i], d.grants[j] = d.grants[j], d.grants[i]
		})
	},
	"split": func(_ *rand.Rand, d *drawn) {
		var all []drawnGrant
		for _, g := range d.grants {
			for _, to := range g.to {
				for _, secret := range g.secrets {
					all = append(all, drawnGrant{[]string{to}, g.allow, []string{secret}, g.when})
				}
			}
		}
		d.grants = all
	},
	"double": func(r *rand.Rand, d *drawn) {
		g := d.grants[r.IntN(len(d.grants))]
		if g.when == "" { // what another grant allows anyway
			d.grants = append(d.grants, drawnGrant{g.to[:1], g.allow[:1], g.secrets, ""})
		}
	},
	"regroup": func(_ *rand.Rand, d *drawn) {
		for i := range d.grants {
			set := fmt.Sprintf("set%d", i)
			d.sets[set] = d.grants[i].to
			d.grants[i].to = []string{set}
		}
	},
	"globs": func(_ *rand.Rand, d *drawn) {
		for i := range d.grants {
			if len(d.grants[i].secrets) == len(d.secrets) {
				d.grants[i].secrets = []string{"*"}
			}
		}
	},
	"rename": func(r *rand.Rand, d *drawn) {
		s := &d.secrets[r.IntN(len(d.secrets))]
		before := s.id
		s.logicalID, s.id = strings.ToUpper(before[:1])+before[1:]+"Secret", "renamed"
		for i := range d.grants {
			d.grants[i].secrets = slices.Clone(d.grants[i].secrets)
			for j, id := range d.grants[i].secrets {
				if id == before {
					d.grants[i].secrets[j] = s.id
				}
			}
		}
	},
	"reshard":  func(r *rand.Rand, d *drawn) { d.shards = 2 + r.IntN(2) },
	"reformat": func(_ *rand.Rand, d *drawn) { d.flow = !d.flow },
}

// stateOfText compiles a spec that is drawn; not ok: it has errors.
func stateOfText(text string) (change.State, error) {
	r := Compile(sourceOf("version: 1\nstack: shop\n"+text), nil)
	if r.Diagnostics.HasErrors() {
		return change.State{}, fmt.Errorf("%s", r.Diagnostics[0].Says(nil))
	}
	return r.State(), nil
}

// pairsOfSpecs is how many pairs of specs a test compares.
func pairsOfSpecs(few, all int) int {
	if os.Getenv("SOUNDNESS") == "full" {
		return all
	}
	return few
}

// TestTheSameInOtherWordsIsNoChange writes specs that are drawn in several ways at once: nobody
// gains or loses anything, and nothing is unknown.
func TestTheSameInOtherWordsIsNoChange(t *testing.T) {
	if testing.Short() {
		t.Skip("many specs are drawn and compared")
	}
	names := slices.Sorted(maps.Keys(rewritings))
	compared := make([]int, pairsOfSpecs(120, 2000))
	parallel.Each(len(compared), func(i int) {
		r := rand.New(rand.NewPCG(uint64(i), 41))
		d := draw(r)
		before, err := stateOfText(d.String())
		if err != nil {
			return // two guards or grants of it do not go together
		}
		other := d.clone()
		how := some(r, names)
		for _, name := range how {
			rewritings[name](r, other)
		}
		after, err := stateOfText(other.String())
		if err != nil {
			t.Errorf("%d: %v: %v\n%s", i, how, err, other)
			return
		}
		report := change.Compare(before, after, nil)
		for _, c := range report.Access {
			t.Errorf("%d: %v: %s %s %s on %s\n%s\n%s", i, how, c.Principal.ID, c.Kind, c.Verb,
				c.Secret.ID, d, other)
			return
		}
		for _, c := range report.Resources {
			isOther := slices.Contains(how, "reshard") || slices.Contains(how, "rename")
			if c.Class() == "unknown" || c.Risk == change.GuardWeaker && !isOther {
				t.Errorf("%d: %v: %s %s: %s", i, how, c.Class(), c.LogicalID, c.Message)
			}
		}
		compared[i] = 1
	})
	n := 0
	for _, one := range compared {
		n += one
	}
	t.Logf("%d pairs of %d", n, len(compared))
	if n < len(compared)*3/4 {
		t.Errorf("only %d pairs of %d were compared", n, len(compared))
	}
}

// widenings each let somebody do more in one of 12 ways. They say of whom and of what it must be
// told; not ok: the spec that was drawn has no place for it.
var widenings = map[string]func(r *rand.Rand, d *drawn) (principal, secret string, ok bool){
	"a verb": func(r *rand.Rand, d *drawn) (string, string, bool) {
		g := &d.grants[r.IntN(len(d.grants))]
		g.allow = append(slices.Clone(g.allow), "purge")
		return g.to[0], g.secrets[0], true
	},
	"a principal": func(r *rand.Rand, d *drawn) (string, string, bool) {
		g := &d.grants[r.IntN(len(d.grants))]
		d.principals = append(d.principals, "other")
		g.to = append(slices.Clone(g.to), "other")
		return "other", g.secrets[0], true
	},
	"a secret": func(r *rand.Rand, d *drawn) (string, string, bool) {
		g := &d.grants[r.IntN(len(d.grants))]
		d.secrets = append(d.secrets, drawnSecret{"more", "", "shop/more", ""})
		g.secrets = append(slices.Clone(g.secrets), "more")
		return g.to[0], "more", true
	},
	"all secrets": func(_ *rand.Rand, d *drawn) (string, string, bool) {
		d.secrets = append(d.secrets, drawnSecret{"more", "", "shop/more", ""})
		g := &d.grants[0]
		g.secrets = []string{"*"}
		return g.to[0], "more", true
	},
	"a set": func(_ *rand.Rand, d *drawn) (string, string, bool) {
		d.principals = append(d.principals, "other")
		g := &d.grants[0]
		d.sets["all"] = append(slices.Clone(g.to), "other")
		g.to = []string{"all"}
		return "other", g.secrets[0], true
	},
	"a grant": func(_ *rand.Rand, d *drawn) (string, string, bool) {
		d.grants = append(d.grants, drawnGrant{slices.Clone(d.principals[:1]), []string{"purge"},
			[]string{d.secrets[0].id}, "when: { sourceVpce: [vpce-11111111] }"})
		return d.principals[0], d.secrets[0].id, true
	},
	"without an endpoint": unrestricted("when: { sourceVpce: [vpce-11111111] }", ""),
	"another endpoint": unrestricted("when: { sourceVpce: [vpce-11111111] }",
		"when: { sourceVpce: [vpce-11111111, vpce-33333333] }"),
	"without an end": unrestricted("until: 2030-06-30", ""),
	"a later end":    unrestricted("until: 2030-06-30", "until: 2031-06-30"),
	"another VPC": unguarded("onlyFromVpcs: [vpc-11111111]",
		"onlyFromVpcs: [vpc-11111111, vpc-22222222]"),
	"without a guardrail": unguarded("onlyFromVpcs: [vpc-11111111]", ""),
}

// unrestricted gives somebody a grant of their own that has a restriction, and takes it away or
// loosens it.
func unrestricted(before, after string) func(*rand.Rand, *drawn) (string, string, bool) {
	return func(_ *rand.Rand, d *drawn) (string, string, bool) {
		last := &d.grants[len(d.grants)-1]
		if last.when != before || last.to[0] != "own" {
			d.principals = append(d.principals, "own")
			d.grants = append(d.grants, drawnGrant{[]string{"own"}, []string{"read"},
				[]string{d.secrets[0].id}, before})
			return "", "", false
		}
		last.when = after
		return "own", last.secrets[0], true
	}
}

// unguarded gives a secret of its own a guardrail, and takes it away or loosens it.
func unguarded(before, after string) func(*rand.Rand, *drawn) (string, string, bool) {
	return func(_ *rand.Rand, d *drawn) (string, string, bool) {
		last := &d.secrets[len(d.secrets)-1]
		if last.id != "own" {
			d.secrets = append(d.secrets, drawnSecret{"own", "", "shop/own", before})
			d.grants = append(d.grants, drawnGrant{slices.Clone(d.principals[:1]), []string{"read"},
				[]string{"own"}, ""})
			return "", "", false
		}
		last.policy = after
		return d.principals[0], "own", true
	}
}

// TestEveryWideningIsFound plants one widening in specs that are drawn and written in other words.
func TestEveryWideningIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("many specs are drawn and compared")
	}
	kinds := slices.Sorted(maps.Keys(widenings))
	n := pairsOfSpecs(60, 504)
	found := make([]bool, n)
	parallel.Each(n, func(i int) {
		r := rand.New(rand.NewPCG(uint64(i), 43))
		kind := kinds[i%len(kinds)]
		for range 20 {
			d := draw(r)
			other := d.clone()
			who, secret, ok := widenings[kind](r, other)
			if !ok { // what is widened has been added, to both
				d = other.clone()
				who, secret, _ = widenings[kind](r, other)
			}
			for _, name := range []string{"reorder", "split", "reformat"} {
				rewritings[name](r, other)
			}
			before, wrong := stateOfText(d.String())
			after, alsoWrong := stateOfText(other.String())
			if wrong != nil || alsoWrong != nil {
				continue
			}
			report := change.Compare(before, after, nil)
			found[i] = slices.ContainsFunc(report.Access, func(c change.Access) bool {
				return c.Principal.ID == who && c.Secret.ID == secret &&
					(c.Kind == access.Gains || c.Kind == access.Widens)
			})
			if !found[i] && !isAllowed(before, who, secret) {
				t.Errorf("%d: %s: nothing is told of %s on %s\n%s\n%s", i, kind, who, secret, d,
					other)
			}
			if found[i] {
				return
			}
		}
	})
	left := 0
	for _, one := range found {
		if !one {
			left++
		}
	}
	t.Logf("%d widenings of %d kinds", n-left, len(kinds))
	if left > 0 {
		t.Errorf("%d widenings of %d were not planted", left, n)
	}
}

// isAllowed says whether somebody was allowed to purge a secret whatever the circumstances, so that
// a grant of that adds nothing.
func isAllowed(s change.State, who, secret string) bool {
	x, ok := s.Estate.Explain(who, verbOf("purge"), secret, "eu-west-1")
	return ok && x.Effect == access.Allow
}

func sourceOf(text string) []*source.File {
	return []*source.File{source.New("spec.yaml", []byte(text))}
}

func verbOf(name string) *verb.Verb {
	i := slices.IndexFunc(verb.All, func(v *verb.Verb) bool { return v.Name == name })
	return verb.All[i]
}
