package compile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// evaluations writes what our evaluator says, for others to compare with: conformance/README.md has
// the format.
type evaluations struct {
	*bufio.Writer
	written map[string]string // policy → the name that it is written under
	n, same int
}

// worthComparing says whether an evaluation says something of conditions or denials, which one in
// twenty of the others stands for: that nothing speaks of what is asked.
func (e *evaluations) worthComparing(a *asked) bool {
	d := a.by.Decide(a.request, a.resource)
	if d.Allowed || d.Near != nil || d.Reason == policy.ExplicitDeny {
		return true
	}
	e.same++
	return e.same%20 == 0
}

// line is one evaluation.
type line struct {
	ID       string              `json:"id"`
	Caller   lineCaller          `json:"caller"`
	Action   string              `json:"action"`
	Resource string              `json:"resource"`
	Owner    string              `json:"owner"`
	Context  map[string][]string `json:"context"`
	Identity []lineIdentity      `json:"identity"`
	Boundary *lineRef            `json:"boundary"`
	Policy   *lineRef            `json:"resourcePolicy"`
	IsKey    bool                `json:"isKey"`
	Allowed  bool                `json:"allowed"`
}

type lineCaller struct {
	ARN     string `json:"arn"`
	Account string `json:"account"`
	Kind    string `json:"kind"`
}

type lineIdentity struct {
	Name   string  `json:"name"`
	Policy lineRef `json:"policy"`
}

type lineRef struct {
	Ref string `json:"ref"`
}

// ref returns the name of a policy, which it writes when it is the first time.
func (e *evaluations) ref(rules policy.Rules) lineRef {
	statements := []any{}
	for i := range rules.Statements {
		statements = append(statements, rules.Statements[i].Value)
	}
	text := string(cfn.AppendValue(nil, cfn.Object{{Key: "Version", Value: "2012-10-17"},
		{Key: "Statement", Value: statements}}, cfn.Format{Compact: true}))
	name := e.written[text]
	if name == "" {
		name = fmt.Sprintf("p%d", len(e.written))
		e.written[text] = name
		fmt.Fprintf(e, "{\"policy\":%q,\"document\":%s}\n", name, text)
	}
	return lineRef{name}
}

func (e *evaluations) write(t *testing.T, spec string, w *world, a *asked) {
	p := a.by
	kind := map[policy.CallerKind]string{policy.Role: "role", policy.User: "user",
		policy.ServicePrincipal: "service"}[p.Caller.Kind]
	l := line{
		ID: fmt.Sprintf("%s/%s", spec, a), Caller: lineCaller{p.Caller.ARN, p.Caller.Account, kind},
		Action: a.request.Action, Resource: a.request.Resource,
		Owner: a.request.Owner, Context: maps.Collect(a.request.Context.All()),
		Identity: []lineIdentity{}, IsKey: a.resource != nil && a.resource.Kind == keyPolicy,
		Allowed: w.allowed(a),
	}
	if l.Owner == "" {
		l.Owner = p.Caller.Account
	}
	for i, d := range p.Identity {
		l.Identity = append(l.Identity,
			lineIdentity{fmt.Sprintf("%s %d", d.Name(), i), e.ref(d.Rules)})
	}
	optional := func(d *placedDocument) *lineRef {
		if d == nil {
			return nil
		}
		ref := e.ref(d.Rules)
		return &ref
	}
	l.Boundary, l.Policy = optional(p.Boundary), optional(a.resource)
	if err := json.NewEncoder(e).Encode(l); err != nil {
		t.Fatal(err)
	}
	e.n++
}

// TestWriteEvaluations writes the evaluations of the golden cases, and ten thousand of generated
// specs, into the folder that EVALUATIONS names. `make conformance` compares them with what an
// independent simulator says.
func TestWriteEvaluations(t *testing.T) {
	dir := os.Getenv("EVALUATIONS")
	if dir == "" {
		t.Skip("EVALUATIONS names no folder: only `make conformance` has somebody to compare with")
	}
	write := func(name string, all func(e *evaluations)) {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		e := &evaluations{Writer: bufio.NewWriter(file), written: map[string]string{}}
		all(e)
		if err := e.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d evaluations", name, e.n)
	}
	write("golden.ndjson", func(e *evaluations) {
		specs := goldenSpecs(t)
		for _, name := range slices.Sorted(maps.Keys(specs)) {
			if w := newWorld(specs[name]); w != nil {
				w.requests(func(a *asked) {
					if e.worthComparing(a) {
						e.write(t, name, w, a)
					}
				})
			}
		}
	})
	write("generated.ndjson", func(e *evaluations) {
		rng := rand.New(rand.NewPCG(21, 4))
		for i := 0; e.n < 10_000; i++ {
			w := newWorld(generated(someBytes(rng)))
			if w == nil {
				continue
			}
			step, at := 1+rng.IntN(40), 0
			w.requests(func(a *asked) {
				if at++; at%step == 0 && e.n < 10_000 {
					e.write(t, fmt.Sprintf("generated %d", i), w, a)
				}
			})
		}
	})
}
