package access_test

import (
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/simulator/generate"
	"github.com/secretctl/secretctl/internal/verb"
)

// proverSeeds are the generated estates that every run asks about.
const proverSeeds = 40

// TestProverAnswersAsAsked: what a prover answers quickly, of what it asked about others, is what
// the plain way answers of each question by itself.
func TestProverAnswersAsAsked(t *testing.T) {
	asked := 0
	for seed := range uint64(proverSeeds) {
		asked += answersAsAsked(t, seed)
	}
	if asked < 10_000 {
		t.Errorf("%d questions are too few", asked)
	}
}

func FuzzProverAnswersAsAsked(f *testing.F) {
	f.Add(uint64(1_000))
	f.Fuzz(func(t *testing.T, seed uint64) { answersAsAsked(t, seed) })
}

// answersAsAsked asks everything about a generated estate in both ways, and returns how much.
func answersAsAsked(t *testing.T, seed uint64) (asked int) {
	t.Helper()
	s, err := openGenerated(generate.Estate(seed))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.e.Worlds {
		prover := access.NewProver(w, testedVerbs)
		for _, who := range w.Principals {
			for _, secret := range w.Secrets {
				for at := range secret.Copies {
					for _, v := range testedVerbs {
						asked++
						plain, plainOnly := access.Ask(who, v, secret, at)
						for _, ask := range []func(*access.Principal, *verb.Verb, *access.Secret,
							int) (access.Answer, []string){prover.Ask, prover.AskUnlikely} {
							quick, quickOnly := ask(who, v, secret, at)
							if quick.Effect != plain.Effect || !slices.Equal(quickOnly, plainOnly) {
								t.Errorf("seed %d: %s %s %s in %s: %v %q, and asked plainly %v %q",
									seed, who.ID, v.Name, secret.ID, secret.Copies[at].Region,
									quick.Effect, quickOnly, plain.Effect, plainOnly)
							}
						}
					}
				}
			}
		}
	}
	return asked
}

// TestPoliciesOfOneWordingSayTheSame: a policy that is read as another one was which is written
// alike says what it says on its own.
func TestPoliciesOfOneWordingSayTheSame(t *testing.T) {
	shared := 0
	for seed := range uint64(300) {
		g := generate.Estate(seed)
		stacks, err := stacksOf(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, again := range slices.Clone(stacks) {
			again.File += "-again"
			stacks = append(stacks, again)
		}
		wrong, some := access.WrongWordings(stacks)
		if shared += some; len(wrong) > 0 {
			t.Errorf("seed %d: %q say something else", seed, wrong)
		}
	}
	if shared < 100 {
		t.Errorf("%d policies have the wording of others, which are too few", shared)
	}
}

// TestReadAheadIsTheSame: whether what stacks say is read ahead makes no difference to the estate.
func TestReadAheadIsTheSame(t *testing.T) {
	for seed := range uint64(300) {
		stacks, err := stacksOf(generate.Estate(seed))
		if err != nil {
			t.Fatal(err)
		}
		for _, again := range slices.Clone(stacks) {
			again.File += "-again"
			again.Region = "us-east-1"
			stacks = append(stacks, again)
		}
		want, got := access.DescribeAhead(stacks, false), access.DescribeAhead(stacks, true)
		if got != want {
			t.Fatalf("seed %d: with reading ahead\n%s\nwithout\n%s", seed, got, want)
		}
	}
}

// TestOwnARNsNameNoOthers: a policy that has the ARN of a secret of the estate as it stands names
// no secret that is not known.
func TestOwnARNsNameNoOthers(t *testing.T) {
	taken := 0
	for seed := range uint64(100) {
		stacks, err := stacksOf(generate.Estate(seed))
		if err != nil {
			t.Fatal(err)
		}
		wrong, some := access.WrongOwnARNs(stacks)
		if taken += some; len(wrong) > 0 {
			t.Errorf("seed %d: %q", seed, wrong)
		}
	}
	if taken < 100 {
		t.Errorf("only %d ARNs are those of secrets", taken)
	}
}
