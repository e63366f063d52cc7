package compile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
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

// superfluous returns the statements without which every granted request is still allowed, and how
// many statements there are.
func (w *world) superfluous() (out []string, n int) {
	concerned := map[*placedDocument][]*asked{}
	add := func(d *placedDocument, a *asked) {
		if d == nil || d.LogicalID == "" { // others' own
			return
		}
		concerned[d] = append(concerned[d], a)
	}
	for _, a := range w.grantedRequests() {
		for _, d := range a.by.Identity {
			add(d, a)
		}
		add(a.resource, a)
	}
	for _, d := range w.derived() {
		all := d.Rules.Statements
		for i := range all {
			rule := &all[i]
			if rule.Effect != policy.Allow || rule.MatchesAction("sts:AssumeRole") ||
				d.Kind == keyPolicy && w.isForMoreThanSecrets(d) {
				continue
			}
			n++
			d.Rules.Statements = slices.Delete(slices.Clone(all), i, i+1)
			needed := slices.ContainsFunc(concerned[d], func(a *asked) bool {
				return rule.MatchesAction(a.request.Action) && !w.allowed(a)
			})
			d.Rules.Statements = all
			if !needed {
				out = append(out, fmt.Sprintf("%s, %s: %s", d.Name(), d.LogicalID, statement(rule)))
			}
		}
	}
	return out, n
}

// isForMoreThanSecrets says whether the policy of a key has statements that no grant of the spec
// needs: in IAM's own words, or for services.
func (w *world) isForMoreThanSecrets(d *placedDocument) bool {
	k := w.keyNamed(d.Of)
	return len(k.Statements)+len(k.ServiceGrants) > 0
}

func (w *world) keyNamed(id string) *model.Key {
	return w.m.Keys[slices.IndexFunc(w.m.Keys, func(k *model.Key) bool { return k.ID == id })]
}

// derived returns the documents that are the spec's own.
func (w *world) derived() []*placedDocument {
	var out []*placedDocument
	for _, p := range w.m.Principals {
		out = append(out, w.e.principals[p].Identity...)
	}
	for _, s := range w.m.Secrets {
		out = append(out, w.e.secrets[s].Policy)
	}
	for _, k := range w.m.Keys {
		for _, key := range w.keysOf(k) {
			out = append(out, key.Policy)
		}
	}
	return slices.DeleteFunc(out, func(d *placedDocument) bool {
		return d == nil || d.LogicalID == ""
	})
}

func TestNoStatementOfThreeAccountsIsSuperfluous(t *testing.T) {
	if testing.Short() {
		t.Skip("every statement is taken away once")
	}
	t.Parallel()
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

// What somebody may do anywhere for the sake of a secret that is always there need not be said
// again for the sake of one that may not be.
func TestNoStatementForTheSakeOfAConditionalSecretIsSuperfluous(t *testing.T) {
	t.Parallel()
	w := newWorld([]byte(`{ version: 1, stack: c, conditions: { IsProd: !Equals [a, a] },
		principals: { app: { role: { assumedBy: { service: lambda.amazonaws.com } } } },
		secrets: { always: {}, sometimes: { condition: IsProd } },
		grants: [ { to: app, allow: batchRead, secrets: "*" } ] }`))
	if w == nil {
		t.Fatal("the spec has errors")
	}
	if out, n := w.superfluous(); out != nil || n != 3 {
		t.Errorf("superfluous of %d: %q", n, out)
	}
}

// Two grants may overlap, so that one statement says a part of what another says; what a generated
// spec with a single grant for each principal and secret compiles to has nothing to spare.
func TestNoStatementOfGeneratedSpecsIsSuperfluous(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated specs")
	}
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 9))
	statements := 0
	for range 150 {
		w, text := possible(generated(someBytes(rng)))
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

// overlaps says whether two permissions of a principal speak of one secret, or whether a guardrail,
// or a condition that no service meets, makes some of them ineffective.
func overlaps(w *world) bool {
	for i, a := range w.ps.List {
		if a.To.Kind == model.Service && a.When.Condition != nil || a.Secret.Policy.DenyDelete ||
			a.Secret.Policy.OnlyFromVPC() || a.Secret.Policy.Organization != "" {
			return true
		}
		for _, b := range w.ps.List[i+1:] {
			if a.Secret == b.Secret && (many(a.To) || many(b.To)) || a.To == b.To &&
				(a.Secret == b.Secret || len(a.Verb.Anywhere)+len(b.Verb.Anywhere) > 0) {
				return true
			}
		}
	}
	return false
}

// many says whether a principal stands for many, of whom another principal may be one.
func many(p *model.Principal) bool {
	return p.Kind == model.Account || p.Kind == model.Organization ||
		p.Kind == model.OrganizationPath || p.Kind == model.RolePattern
}

// What depends on what a principal may do with a secret waits for the parts of its identity policy
// that hold it.
func TestPartsHoldWhatTheySay(t *testing.T) {
	t.Parallel()
	text := "version: 1\nstack: parts\nprincipals: { app: { role: { assumedBy: { service: " +
		"lambda.amazonaws.com } } } }\ngrants: [ { to: app, allow: [batchRead, list], secrets: " +
		"\"*\" } ]\nsecrets:\n"
	for i := range 150 {
		text += fmt.Sprintf("  s%d: { name: a/rather/long/name/of/a/secret/%d }\n", i, i)
	}
	w := newWorld([]byte(text))
	parts := w.placement.Identities[0].Parts
	if len(parts) < 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for _, s := range w.m.Secrets {
		held := 0
		for i, part := range parts {
			speaks := slices.ContainsFunc(part.Document, func(st policy.Statement) bool {
				return slices.ContainsFunc(st.Resource, func(r string) bool {
					return r == "*" || w.e.standIns.Text(r) == w.e.secrets[s].Copies[0].ARN
				})
			})
			if speaks != part.Holds(s) {
				t.Errorf("part %d says something of %s: %v", i, s.ID, speaks)
			}
			if speaks {
				held++
			}
		}
		if held == 0 {
			t.Errorf("no part holds %s", s.ID)
		}
	}
}

// statement writes a statement on one line.
func statement(r *policy.Rule) string {
	return strings.TrimSpace(string(cfn.AppendValue(nil, r.Value, cfn.Format{Compact: true})))
}
