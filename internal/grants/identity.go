package grants

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// identityPolicies writes the identity policies, each divided until its parts fit.
func (p *placer) identityPolicies() []Identity {
	var out []Identity
	managed := map[*model.Principal]int{}
	inline := map[*model.Principal]int{}
	for _, id := range p.identities {
		out = append(out, Identity{Stack: stackOf(id.to), To: id.to, Condition: id.condition})
	}
	slices.SortFunc(out, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.To.ID, b.To.ID), strings.Compare(a.Condition, b.Condition))
	})
	found := make([]diag.List, len(out))
	p.eachOf(len(out), func(w *placer, i int) {
		id := w.identities[identityKey{out[i].To, out[i].Condition}]
		statements := w.statements(id)
		if id.to.Inline {
			part, _ := w.whole(statements, statements.list, math.MaxInt)
			out[i].Parts = []Part{part}
			return
		}
		w.divide(id, statements, statements.list, "", &out[i])
		found[i], w.found = w.found, nil
	})
	for i, id := range out {
		p.found = append(p.found, found[i]...)
		if id.To.Inline {
			inline[id.To] += id.Parts[0].Size
			continue
		}
		managed[id.To] += len(id.Parts)
	}
	for _, to := range p.m.Principals {
		p.inlineQuota(to, inline[to])
		p.managedQuota(to, managed[to])
	}
	return out
}

// eachOf calls f for every i under n, on all processors. Each has a placer of its own, whose
// findings f must take.
func (p *placer) eachOf(n int, f func(w *placer, i int)) {
	own := func() *placer {
		w := *p
		w.found, w.sizes.known, w.vias = nil, map[string]string{}, map[viaKey][]string{}
		w.uses, w.buffer, w.spoken, w.said, w.lastIn = nil, nil, nil, nil, nil
		w.merger = policy.NewMerger()
		if p.kept != nil {
			w.kept = newKeptWords()
		}
		return &w
	}
	parallel.With(n, own, func(i int, w *placer) { f(w, i) })
}

// whole makes one document of statements, if it has at most so many characters; else only its size
// is known.
func (p *placer) whole(all *statements, list []hashedStatement, most int) (part Part, fits bool) {
	if slices.ContainsFunc(list, func(s hashedStatement) bool { return s.odd != nil }) {
		written := make([]policy.Statement, len(list))
		for i := range list {
			written[i] = p.written(all, &list[i])
		}
		part.Document = policy.Merge(policy.All(written))
		part.Size = p.sizes.of(part.Document)
		return part, part.Size <= most
	}
	p.said = p.said[:0]
	for i := range list {
		p.said = append(p.said, list[i].said)
	}
	because := func(i int32) source.Span { return all.reasons[i] }
	part.Document, part.Size = p.merger.MergeUpTo(most, p.said, because, p.sizes.Text)
	return part, part.Size <= most
}

// written returns a statement as it stands.
func (p *placer) written(all *statements, s *hashedStatement) policy.Statement {
	if s.odd != nil {
		return *s.odd
	}
	out := p.merger.Statement(s.said)
	out.Because = []source.Span{all.reasons[s.said.Reason]}
	return out
}

// divide makes one part of statements that fit into a managed policy, and two halves of those that
// do not, by the next bit of their secrets' hashes. The statements are sorted by that hash, so that
// a half is a stretch of them. suffix has the bits that they share.
func (p *placer) divide(
	id *identity, all *statements, list []hashedStatement, suffix string, out *Identity,
) {
	most := aws.MaxManagedPolicy
	if list[0].hash == list[len(list)-1].hash { // it cannot be divided
		most = math.MaxInt
	}
	if most == math.MaxInt || p.atLeast(list) <= most {
		if part, fits := p.whole(all, list, most); fits {
			part.Suffix = suffix
			p.limit(part.Size, aws.MaxManagedPolicy, id.to.Span,
				"identity policy of \""+id.to.ID+"\" for one secret",
				"give it fewer separate grants on the secret")
			out.Parts = append(out.Parts, part)
			return
		}
	}
	bit := uint32(1) << (31 - len(suffix))
	middle := sort.Search(len(list), func(i int) bool { return list[i].hash&bit != 0 })
	for i, half := range [][]hashedStatement{list[:middle], list[middle:]} {
		if len(half) > 0 {
			p.divide(id, all, half, suffix+strconv.Itoa(i), out)
		}
	}
}

// Holds says whether a part of an identity policy holds what its principal may do with a secret, or
// with nothing in particular.
func (p Part) Holds(s *model.Secret) bool {
	hash := s.Hash()
	forSecret, forNone := true, true
	for i, digit := range p.Suffix {
		forSecret = forSecret && hash>>(31-i)&1 == uint32(digit-'0')
		forNone = forNone && digit == '0'
	}
	return forSecret || forNone
}

// atLeast returns a size that the document of these statements cannot be under, without writing it:
// every resource stands in it at least once, and so does every value of a pin.
func (p *placer) atLeast(list []hashedStatement) int {
	p.lists++
	n := 0
	for i := range list {
		s := &list[i]
		if s.odd == nil {
			n += p.sizeOnce(s.said.About, p.merger.Pins(s.said.Wording))
			continue
		}
		for _, resource := range s.odd.Resource {
			n += p.sizeOnce(p.merger.Text(resource), false)
		}
	}
	return n
}

// sizeOnce returns the size of a text that the list at hand has not had yet, as a resource or in a
// pin, else 0.
func (p *placer) sizeOnce(text int32, inPin bool) int {
	for int(text) >= len(p.lastIn) {
		p.lastIn = append(p.lastIn, lastIn{})
	}
	last := &p.lastIn[text].resource
	if inPin {
		last = &p.lastIn[text].pin
	}
	if *last == p.lists {
		return 0
	}
	*last = p.lists
	return p.merger.SizeOf(text, p.sizes.Text)
}

// lastIn are the numbers of the last lists that had a text; 0: none.
type lastIn struct{ resource, pin int }

// inlineQuota checks the sum of a principal's inline policies, as far as this spec writes them.
func (p *placer) inlineQuota(to *model.Principal, size int) {
	limit := map[model.Kind]int{
		model.CreatedRole: aws.MaxRoleInline, model.ExistingRole: aws.MaxRoleInline,
		model.ExistingUser: aws.MaxUserInline, model.ExistingGroup: aws.MaxGroupInline,
	}[to.Kind]
	p.limit(size, limit, to.Span, "inline policy of \""+to.ID+"\"", "write policies: managed for "+
		"it, or divide its grants among several principals")
}

// managedQuota checks how many managed policies a principal gets, those that a created role is
// given by ARN included.
func (p *placer) managedQuota(to *model.Principal, n int) {
	if to.Role != nil {
		n += len(to.Role.ManagedPolicyARNs)
	}
	if n <= aws.ManagedPolicies {
		return
	}
	d := p.found.Report(diag.ManyManagedPolicies, to.Span).
		Message("%q would have %d managed policies, and AWS", to.ID, n).
		Hint("write policies: inline for it, give it fewer managed policies of others, or divide " +
			"its grants among several principals")
	if n > aws.MaxManagedPolicies {
		d.Code = diag.TooManyPolicies
		d.And(" never allows more than %d", aws.MaxManagedPolicies)
		return
	}
	d.And("'s default quota is %d", aws.ManagedPolicies)
}
