package compile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

// manyAccounts is a spec of a central account with secrets for principals of ten others, a key for
// each: what a large organization has.
func manyAccounts(secrets, principals, shards int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b,
		"version: 1\nstack: central\nenvironment: { account: \"111111111111\", region: eu-west-1 "+
			"}\nshards: %d\nkeys:\n", shards)
	const accounts = 10
	for a := range accounts {
		fmt.Fprintf(&b, "  team%d: { pinSecrets: false }\n", a)
	}
	b.WriteString("principals:\n")
	for p := range principals {
		fmt.Fprintf(&b, "  p%d: { existingRole: arn:aws:iam::22222222222%d:role/service-%d }\n", p,
			p%accounts, p)
	}
	b.WriteString("secrets:\n")
	for s := range secrets {
		fmt.Fprintf(&b, "  s%d: { name: central/s%d, key: team%d, grants: { read: p%d } }\n", s, s,
			s%principals%accounts, s%principals)
	}
	return []byte(b.String())
}

// withinLimits fails the test unless every template deploys: within CloudFormation's limits,
// without a circle, without references to what is not there, and after what it waits for.
func withinLimits(t *testing.T, r Result) {
	t.Helper()
	if r.Diagnostics.HasErrors() {
		t.Fatalf("%d findings, the first: %s", len(r.Diagnostics), r.Diagnostics[0].Says(nil))
	}
	done := map[string]bool{}
	for i, s := range r.Stacks {
		for _, f := range s.Template.Check(len(s.Template.Append(nil, cfn.Format{}))) {
			if f.Kind != cfn.BodyInRequest {
				t.Errorf("%s: %s", s.File, f.Message)
			}
		}
		if cycle := s.Template.Graph().Cycle(); cycle != nil {
			t.Errorf("%s: %v", s.File, cycle)
		}
		if dangling := s.Template.Graph().Dangling(); dangling != nil {
			t.Errorf("%s: %v", s.File, dangling[0])
		}
		if len(s.Template.Parameters) > 0 {
			t.Errorf("%s needs values that somebody must carry", s.File)
		}
		for _, on := range r.Plan.Stacks[i].DependsOn {
			if !done[on] {
				t.Errorf("%s waits for %s, which comes later", s.File, on)
			}
		}
		for _, d := range r.Plan.Stacks[i].Documents {
			if d.Size > d.Limit {
				t.Errorf("%s: %s has %d characters of %d", s.File, d.LogicalID, d.Size, d.Limit)
			}
		}
		if done[s.File] {
			t.Errorf("two templates are called %s", s.File)
		}
		done[s.File] = true
	}
}

// bytesOf returns every template by its file.
func bytesOf(r Result) map[string]string {
	out := map[string]string{}
	for _, s := range r.Stacks {
		out[s.File] = string(s.Template.Append(nil, cfn.Format{}))
	}
	return out
}

func TestThreeAccountsDeploy(t *testing.T) {
	if testing.Short() {
		t.Skip("three accounts are deployed")
	}
	files := func() []*source.File {
		var out []*source.File
		paths, err := filepath.Glob("../../examples/11-three-accounts/*.yaml")
		if err != nil || len(paths) < 5 {
			t.Fatal(paths, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, source.New(filepath.Base(path), text))
		}
		return out
	}
	first := Compile(files(), nil)
	withinLimits(t, first)
	accounts, regions, secrets := map[string]bool{}, map[string]bool{}, 0
	for _, s := range first.Plan.Stacks {
		accounts[s.Account], regions[s.Region] = true, true
		secrets += len(s.Secrets)
	}
	if len(accounts) != 3 || len(regions) != 2 || secrets != 50 {
		t.Errorf("%d accounts, %d Regions, %d secrets", len(accounts), len(regions), secrets)
	}
	if second := Compile(files(), nil); !maps.Equal(bytesOf(first), bytesOf(second)) {
		t.Error("a second run gives other bytes")
	}
}

func TestTwentyThousandSecretsDeploy(t *testing.T) {
	if testing.Short() {
		t.Skip("the spec has 20,000 secrets")
	}
	r := Compile([]*source.File{source.New("spec.yaml", manyAccounts(20_000, 1_000, 120))}, nil)
	withinLimits(t, r)
	kinds, secrets := map[string]int{}, 0
	for _, s := range r.Plan.Stacks {
		kinds[s.Kind]++
		secrets += len(s.Secrets)
	}
	if want := map[string]int{"home": 1, "shard": 120, "access": 10}; !maps.Equal(kinds, want) ||
		secrets != 20_000 {
		t.Errorf("%d secrets in %v, want 20,000 in %v", secrets, kinds, want)
	}
}

// stackOfEach returns, by logical ID, the template in which each secret stands.
func stackOfEach(t *testing.T, text string) map[string]string {
	t.Helper()
	r := Compile([]*source.File{source.New("spec.yaml", []byte(text))}, nil)
	if r.Diagnostics.HasErrors() {
		t.Fatal(r.Diagnostics[0].Says(nil))
	}
	out := map[string]string{}
	for i, s := range r.Plan.Stacks {
		for _, id := range s.Secrets {
			out[id] = r.Stacks[i].File
		}
	}
	return out
}

func TestNoSecretMovesWhenOthersComeAndGo(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated specs")
	}
	const n = 5_000
	header := "version: 1\nstack: stable\nshards: 40\nparameters:\n  Owner: { Type: String " +
		"}\nkeys: { app: {} }\nsecrets:\n"
	secrets := make([]string, n)
	for i := range secrets {
		body := []string{"key: app", "value: { empty: true }", "policy: { requireTls: true }",
			fmt.Sprintf("shard: %d", i%40+1)}[i%4]
		if i%50 == 0 {
			body = []string{"shard: base", "tags: { owner: !Ref Owner }"}[i/50%2]
		}
		secrets[i] = fmt.Sprintf("  s%d: { name: stable/s%d, %s }\n", i, i, body)
	}
	before := stackOfEach(t, header+strings.Join(secrets, ""))
	rng := rand.New(rand.NewPCG(4, 7))
	for range 4 {
		var changed []string
		for _, s := range secrets {
			if rng.IntN(10) > 0 { // a tenth goes
				changed = append(changed, s)
			}
		}
		for i := range n / 10 {
			changed = append(changed, fmt.Sprintf("  new%d: { name: stable/new%d, key: app }\n", i,
				rng.IntN(1_000_000)*1000+i))
		}
		rng.Shuffle(len(changed), func(i, j int) {
			changed[i], changed[j] = changed[j], changed[i]
		})
		for id, file := range stackOfEach(t, header+strings.Join(changed, "")) {
			if was, known := before[id]; known && was != file {
				t.Fatalf("%s was in %s and is in %s", id, was, file)
			}
		}
	}
	if used := slices.Compact(slices.Sorted(maps.Values(before))); len(used) != 41 {
		t.Errorf("the secrets are spread over %d stacks", len(used))
	}
}
