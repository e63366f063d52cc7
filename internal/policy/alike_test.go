package policy

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// FuzzSaidIsMergedAsAny: what one is merged for, for all that the same is said of, comes to what
// merging every one comes to, also with a Merger that has merged others before.
func FuzzSaidIsMergedAsAny(f *testing.F) {
	for seed := range uint64(2000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		m, r := NewMerger(), rand.New(rand.NewPCG(seed, 0))
		var before, wanted [][]Statement
		for range 1 + r.IntN(3) {
			list, said, reasons := anySaid(m, r)
			got := m.Merge(said, func(i int32) source.Span { return reasons[i] })
			want := mergeAny(slices.Collect(All(list)))
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("of %+v\ncomes %+v\nwant  %+v", list, got, want)
			}
			standIn := func(string) string { return "stand-in" }
			before, wanted = append(before, got), append(wanted, want)
			size := Document(want).Size(standIn)
			for most := size - 1; most <= size; most++ {
				document, n := m.MergeUpTo(most, said,
					func(i int32) source.Span { return reasons[i] }, standIn)
				if n != size || (n <= most) != reflect.DeepEqual([]Statement(document), want) {
					t.Fatalf("of %+v\ncomes %+v of %d\nwant  %+v of %d", list, document, n, want,
						size)
				}
			}
		}
		if !reflect.DeepEqual(before, wanted) {
			t.Fatalf("later statements changed %+v\nto %+v", wanted, before)
		}
	})
}

// anySaid returns random statements, of which some wordings are about many texts, as they stand and
// by their numbers.
func anySaid(m *Merger, r *rand.Rand) (list []Statement, said []Said, reasons []source.Span) {
	var wordings []int32
	var abouts []string
	for _, s := range anyFew(r) {
		if number, about, ok := m.Wording(s); ok {
			wordings, abouts = append(wordings, number), append(abouts, about)
		} else if s.Resource != nil {
			panic("a statement of which nothing is several is not taken")
		}
	}
	if len(wordings) == 0 {
		return nil, nil, nil
	}
	for range r.IntN(40) {
		i := r.IntN(len(wordings))
		about := abouts[i]
		if r.IntN(4) > 0 {
			about = "t" + strconv.Itoa(r.IntN(1+r.IntN(20)))
		}
		one := Said{wordings[i], m.Text(about), int32(len(reasons))}
		reasons = append(reasons, source.Span{Start: int32(r.IntN(5))})
		s := m.Statement(one)
		s.Because = reasons[one.Reason : one.Reason+1 : one.Reason+1]
		list, said = append(list, s), append(said, one)
	}
	return list, said, reasons
}
