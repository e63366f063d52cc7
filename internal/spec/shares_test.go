package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// TestSharesAreDecodedAsOne: a large section, which is decoded in shares, becomes what its entries
// become one by one, with the same findings.
func TestSharesAreDecodedAsOne(t *testing.T) {
	entry := func(i int) string {
		wrong := []string{"", "    nmae: x\n", "    rotation: 3\n", "    environments: []\n"}[i%4]
		return fmt.Sprintf("  s%d:\n    name: n%d\n    grants: { read: [a, b] }\n%s", i, i, wrong)
	}
	load := func(entries string) (*Spec, string) {
		f := source.New("s.yaml", []byte("version: 1\nstack: s\nsecrets:\n"+entries))
		s, _, found := Load([]*source.File{f})
		var said []string
		for _, d := range found.Sorted() {
			said = append(said, d.Code.Number+" "+d.Says(nil)+" "+d.Advises(nil))
		}
		return s, strings.Join(said, "\n")
	}
	var all, each strings.Builder
	var ids []string
	for i := range 3*share + 1 {
		one, said := load(entry(i))
		all.WriteString(entry(i))
		if said != "" {
			each.WriteString(said + "\n")
		}
		ids = append(ids, one.Secrets[0].ID.V+one.Secrets[0].V.Name.V)
	}
	whole, said := load(all.String())
	if want := strings.TrimSuffix(each.String(), "\n"); said != want || said == "" {
		t.Errorf("found\n%s\nwant\n%s", said, want)
	}
	var got []string
	for _, e := range whole.Secrets {
		got = append(got, e.ID.V+e.V.Name.V)
	}
	if !reflect.DeepEqual(got, ids) {
		t.Errorf("decoded %v, want %v", got, ids)
	}
}
