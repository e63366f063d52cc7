package compile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// grantedRequests returns every request that is asked, granted and decided by the grants alone.
func (w *world) grantedRequests() []*asked {
	var out []*asked
	w.requests(func(a *asked) {
		if w.granted(a) && !w.heldBack(a) && !w.outOfScope(a) {
			out = append(out, a)
		}
	})
	return out
}

// superfluous returns the statements without which every granted request is still allowed, and how many statements there are.
func (w *world) superfluous() (out []string, n int) {
	granted := w.grantedRequests()
	without := func(d *access.Document, concerned func(a *asked) bool) {
		all := d.Rules.Statements
		for i, rule := range all {
			if rule.Effect != policy.Allow || rule.Sid != "" || administers(&rule) { // the key's own statements are there before any grant
				continue
			}
			n++
			d.Rules.Statements = slices.Delete(slices.Clone(all), i, i+1)
			if !slices.ContainsFunc(granted, func(a *asked) bool { return concerned(a) && !w.allowed(a) }) {
				out = append(out, fmt.Sprintf("%s, %s: %s", d.Name(), d.LogicalID, statement(&rule)))
			}
			d.Rules.Statements = all
		}
	}
	for _, p := range w.m.Principals {
		for _, d := range w.e.principals[p].Identity {
			without(d, func(a *asked) bool { return a.by == p })
		}
	}
	for _, s := range w.m.Secrets {
		if d := w.e.secrets[s].Policy; d != nil {
			without(d, func(a *asked) bool { return a.secret == s })
		}
	}
	for _, k := range w.e.keys {
		if k.Policy.Stack != "" { // of an imported key, what it has anyway is assumed
			without(k.Policy, func(a *asked) bool { return a.key == k })
		}
	}
	return out, n
}

// administers says whether a statement lets somebody administer a key, call a function or run in a VPC, which no request asks for.
func administers(r *policy.Rule) bool {
	return slices.ContainsFunc(r.Actions, func(a string) bool {
		return a == "kms:PutKeyPolicy" || a == "kms:CreateAlias" || a == "lambda:InvokeFunction" || a == "ec2:CreateNetworkInterface"
	})
}

func TestNoStatementOfThreeAccountsIsSuperfluous(t *testing.T) {
	paths, err := filepath.Glob("../../examples/11-three-accounts/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	var texts [][]byte
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	w := newWorld(texts...)
	if w == nil {
		t.Fatal("the example has errors")
	}
	out, n := w.superfluous()
	t.Logf("%d statements", n)
	for _, s := range out {
		t.Errorf("superfluous: %s", s)
	}
	if n < 200 {
		t.Errorf("only %d statements were taken away", n)
	}
}

// Two grants may overlap, so that one statement says a part of what another says; what a generated spec with a single grant for each principal and secret
// compiles to has nothing to spare.
func TestNoStatementOfGeneratedSpecsIsSuperfluous(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	statements := 0
	for range 300 {
		text := generated(someBytes(rng))
		w := newWorld(text)
		if w == nil || overlaps(w) {
			continue
		}
		out, n := w.superfluous()
		statements += n
		if out != nil {
			t.Fatalf("superfluous: %q in\n%s", out, text)
		}
	}
	if statements < 100 {
		t.Errorf("only %d statements were taken away", statements)
	}
	t.Logf("%d statements", statements)
}

// overlaps says whether two permissions of a principal speak of one secret, or a guardrail makes some of them ineffective.
func overlaps(w *world) bool {
	for i, a := range w.ps.List {
		if a.Secret.Policy.DenyDelete || a.Secret.Policy.OnlyFromVPC() || a.Secret.Policy.Organization != "" {
			return true
		}
		for _, b := range w.ps.List[i+1:] {
			if a.Secret == b.Secret && (many(a.To) || many(b.To)) || a.To == b.To && (a.Secret == b.Secret || len(a.Verb.Anywhere)+len(b.Verb.Anywhere) > 0) {
				return true
			}
		}
	}
	return false
}

// many says whether a principal stands for many, of whom another principal may be one.
func many(p *model.Principal) bool {
	return p.Kind == model.Account || p.Kind == model.Organization || p.Kind == model.OrganizationPath || p.Kind == model.RolePattern
}
