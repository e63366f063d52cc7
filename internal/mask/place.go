package mask

import (
	"cmp"
	"slices"
	"sync"

	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Most of what is shown of a spec stands at a few places. In the usual spec what is hidden within a
// section, or within the entry of a secret, follows from that section or entry and from the names
// that the spec declares. So it is found for those alone that a place is in: byPlace. All else
// is left to Spec.

// byPlace finds what must not be shown at places of the files of a usual spec.
type byPlace struct {
	lock   sync.Mutex
	files  []usualFile
	found  source.Masks
	looked map[*yaml.Node]bool // the keys of the sections and entries that were looked at
	unsure bool                // what was looked at rests on more than is known
}

// usualFile is a file of a usual spec, with what hides values in it.
type usualFile struct {
	root *yaml.Node
	*document
}

// ByPlace returns what finds, for a place, what must not be shown there of the files of a spec, as
// Spec would; it may be nil, and say that it does not know. The files must have no aliases.
func (l *Language) ByPlace(roots []*yaml.Node) func(source.Span) (hidden []source.Span, ok bool) {
	b := &byPlace{looked: map[*yaml.Node]bool{}}
	all := declaredIn(l.sectionsOf(roots), sectionsWithNames...)
	for _, root := range roots {
		if !l.isUsual(root) {
			return nil
		}
		b.files = append(b.files, usualFile{root, l.document(root, all, &b.found)})
	}
	return b.within
}

// farSections are those by which something can be hidden elsewhere, too.
var farSections = []string{
	"environments", "parameters", "mappings", "conditions", "resources", "outputs", "metadata",
}

// isUsual says whether what is hidden in each section of a file follows from the section alone. In
// braces it does not, because a comma that was forgotten leads on.
func (l *Language) isUsual(root *yaml.Node) bool {
	if root.Span().Start >= root.Span().End || !root.IsBlock() || root.IsIntrinsic() {
		return false
	}
	seen := map[string]bool{}
	for i, p := range root.Pairs() {
		name := p.Key.Text()
		if seen[name] || !slices.Contains(l.Sections, name) ||
			slices.Contains(farSections, name) ||
			i > 0 && p.Key.Span().Start < root.Pairs()[i-1].Key.Span().End {
			return false
		}
		seen[name] = true
	}
	return true
}

// within returns what must not be shown of a place, and whether that is known.
func (b *byPlace) within(at source.Span) ([]source.Span, bool) {
	b.lock.Lock()
	defer b.lock.Unlock()
	for _, w := range b.files {
		if w.f != at.File {
			continue
		}
		for i, p := range w.root.Pairs() {
			if touches(p.Key, w.region(w.root.Pairs(), i, w.whole()), at) {
				b.section(w, i, at)
			}
		}
	}
	if b.unsure {
		return nil, false
	}
	return b.found.Within(at), true
}

// touches says whether a place is in or beside a key, or the region behind it.
func touches(key *yaml.Node, region, at source.Span) bool {
	return key.Span().Start <= at.End && at.Start <= region.End
}

// section looks at a section, or at those of its entries that a place is in.
func (b *byPlace) section(w usualFile, i int, at source.Span) {
	p, region := w.root.Pairs()[i], w.region(w.root.Pairs(), i, w.whole())
	if n := p.Value; p.Key.Text() == "secrets" && n.Kind == yaml.Map && !n.IsIntrinsic() &&
		len(n.Pairs()) > 0 && n.IsBlock() {
		b.secrets(w, n, region, at)
		return
	}
	b.look(p.Key, w, func(t templateMask) {
		w.section(w.root, i)
		t.section(p)
		if p.Key.Text() == "environment" {
			w.singleEnvironment(p.Value, region)
		}
	})
}

// secrets looks at those of the secrets that a place is in. Without aliases their keys stand one
// behind the other, and what belongs to one ends where the next begins.
func (b *byPlace) secrets(w usualFile, section *yaml.Node, region, at source.Span) {
	next, _ := slices.BinarySearchFunc(section.Pairs(), at.Start,
		func(p yaml.Pair, start int32) int { return cmp.Compare(p.Key.Span().Start, start) })
	for i := max(next-1, 0); i < len(section.Pairs()); i++ {
		p := section.Pairs()[i]
		if p.Key.Span().Start > at.End {
			return
		}
		b.look(p.Key, w, func(t templateMask) {
			w.entryOfSecrets(section.Pairs(), i, region)
			t.secret(p.Value)
			t.anyText(p.Value)
		})
	}
}

// look calls f for what stands under a key, once.
func (b *byPlace) look(key *yaml.Node, w usualFile, f func(templateMask)) {
	if b.looked[key] {
		return
	}
	b.looked[key] = true
	f(templateMask{m: w.m, w: w.document, s: credentials.NewSections()})
	b.unsure = b.unsure || len(w.near) > 0 // of whose names only so many are looked for
}
