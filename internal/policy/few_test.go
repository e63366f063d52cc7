package policy

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// anyFew returns a few random statements of a small world, in which many differ in one thing alone.
func anyFew(r *rand.Rand) []Statement {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	some := func(list ...string) []string {
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return slices.Clone(list[:1+r.IntN(len(list))])
	}
	list := make([]Statement, 1+r.IntN(mostFew))
	for i := range list {
		s := Statement{
			Effect: one(Allow, Allow, Allow, Deny), Action: some("a:1", "a:2", "a:3"),
			Because: []source.Span{{Start: int32(r.IntN(4)), End: int32(4 + r.IntN(2))}},
		}
		if r.IntN(8) > 0 {
			s.Resource = some("x", "y")[:1]
		}
		if r.IntN(9) == 0 {
			s.Sid = "Said"
		}
		switch r.IntN(5) {
		case 0:
			s.Principal.Any = true
		case 1:
			s.Principal.AWS = []string{one("arn:aws:iam::111111111111:root",
				"arn:aws:iam::222222222222:root")}
		case 2:
			s.Principal.Service = []string{one("a.amazonaws.com", "b.amazonaws.com")}
		}
		if r.IntN(2) == 0 {
			s.Condition = s.Condition.With(one("ArnLike", "ArnEquals", "ArnNotLike"), callerARN,
				one("arn:aws:iam::111111111111:role/a", "arn:aws:iam::222222222222:role/b"))
		}
		if r.IntN(3) == 0 {
			s.Condition = s.Condition.With("StringEquals", callerOrgID, one("o-1", "o-2"))
		}
		if r.IntN(3) == 0 {
			s.Condition = s.Condition.With(one("StringEquals", "StringNotEquals"), "aws:SourceVpce",
				some("v-1", "v-2")...)
		}
		if r.IntN(3) == 0 {
			s.Condition = s.Condition.With(one("StringEquals", "StringLike", "StringNotLike"),
				encryptionContext+"SecretARN", one("p", "q"))
		}
		list[i] = s
	}
	return list
}

// FuzzSimpleAreMergedAsAny: what compares each with each, and what sorts numbers, come to what
// groups by texts and leave alone what they are given; and the size is that of what is written.
func FuzzSimpleAreMergedAsAny(f *testing.F) {
	for seed := range uint64(3000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		list := anyFew(rand.New(rand.NewPCG(seed, 0)))
		before := anyFew(rand.New(rand.NewPCG(seed, 0)))
		pointers := slices.Collect(All(list))
		if !areSimple(pointers) {
			t.Fatalf("these are not simple: %+v", list)
		}
		got, numbered, want := mergeFew(pointers), mergeNumbered(pointers), mergeAny(pointers)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("of %+v\ncomes %+v\nwant  %+v", list, got, want)
		}
		if !reflect.DeepEqual(numbered, want) {
			t.Fatalf("of %+v\ncomes, numbered, %+v\nwant  %+v", list, numbered, want)
		}
		if !reflect.DeepEqual(list, before) {
			t.Fatalf("merging changes %+v\nto %+v", before, list)
		}
		standIn := func(string) string { return "stand-in" }
		d := Document(got)
		if n, written := d.Size(standIn), size(d.Value(), standIn); n != written {
			t.Fatalf("%+v has the size %d, want %d", d, n, written)
		}
	})
}
