package grants

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// bucketOf places a secret's statements among the parts of a divided policy: by the secret's id alone, so that adding a secret
// touches one part.
func bucketOf(secretID string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(secretID))
	x := h.Sum32() // FNV's high bits depend little on the last letters; mix them
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	return x ^ x>>16
}

func itoa(n int) string { return strconv.Itoa(n) }

// identityPolicies writes the identity policies, each divided until its parts fit.
func (p *placer) identityPolicies() []Identity {
	var out []Identity
	managed := map[*model.Principal]int{}
	inline := map[*model.Principal]int{}
	for _, id := range p.identities {
		out = append(out, Identity{To: id.to, Condition: id.condition})
	}
	slices.SortFunc(out, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.To.ID, b.To.ID), strings.Compare(a.Condition, b.Condition))
	})
	for i := range out {
		id := p.identities[identityKey{out[i].To, out[i].Condition}]
		if out[i].To.Inline {
			part := p.whole(id.statements)
			out[i].Parts = []Part{part}
			inline[id.to] += part.Size
			continue
		}
		p.divide(id, id.statements, "", 0, &out[i])
		managed[id.to] += len(out[i].Parts)
	}
	for _, to := range p.m.Principals {
		p.inlineQuota(to, inline[to])
		p.managedQuota(to, managed[to])
	}
	return out
}

// whole makes one document of statements.
func (p *placer) whole(list []bucketed) Part {
	statements := make([]policy.Statement, len(list))
	for i := range list {
		statements[i] = list[i].Statement
	}
	document := policy.Document(policy.Merge(statements))
	return Part{Document: document, Size: p.sizes.of(document)}
}

// divide makes one part of statements that fit into a managed policy, and two halves of those that do not, by the next bit of their
// secrets' hashes.
func (p *placer) divide(id *identity, list []bucketed, suffix string, bit uint, out *Identity) {
	part := p.whole(list)
	part.Suffix = suffix
	if part.Size <= aws.MaxManagedPolicy {
		out.Parts = append(out.Parts, part)
		return
	}
	if bit == 32 || oneBucket(list) {
		p.limit(part.Size, aws.MaxManagedPolicy, id.to.Span, "identity policy of \""+id.to.ID+"\" for one secret", "give it fewer separate grants on the secret")
		out.Parts = append(out.Parts, part)
		return
	}
	var halves [2][]bucketed
	for _, s := range list {
		half := s.bucket >> (31 - bit) & 1
		halves[half] = append(halves[half], s)
	}
	for i, half := range halves {
		if len(half) > 0 {
			p.divide(id, half, suffix+itoa(i), bit+1, out)
		}
	}
}

func oneBucket(list []bucketed) bool {
	for _, s := range list {
		if s.bucket != list[0].bucket {
			return false
		}
	}
	return true
}

// inlineQuota checks the sum of a principal's inline policies, as far as this spec writes them.
func (p *placer) inlineQuota(to *model.Principal, size int) {
	limit := map[model.Kind]int{
		model.CreatedRole: aws.MaxRoleInline, model.ExistingRole: aws.MaxRoleInline,
		model.ExistingUser: aws.MaxUserInline, model.ExistingGroup: aws.MaxGroupInline,
	}[to.Kind]
	p.limit(size, limit, to.Span, "inline policy of \""+to.ID+"\"", "write policies: managed for it, or divide its grants among several principals")
}

// managedQuota checks how many managed policies a principal gets, those that a created role is given by ARN included.
func (p *placer) managedQuota(to *model.Principal, n int) {
	if to.Role != nil {
		n += len(to.Role.ManagedPolicyARNs)
	}
	d := diag.Diagnostic{Span: to.Span, Hint: "write policies: inline for it, give it fewer managed policies of others, or divide its grants among several principals"}
	switch {
	case n > aws.MaxManagedPolicies:
		d.Code = diag.TooManyPolicies
		d.Message = "\"" + to.ID + "\" would have " + itoa(n) + " managed policies, and AWS never allows more than " + itoa(aws.MaxManagedPolicies)
	case n > aws.ManagedPolicies:
		d.Code = diag.ManyManagedPolicies
		d.Message = "\"" + to.ID + "\" would have " + itoa(n) + " managed policies, and AWS's default quota is " + itoa(aws.ManagedPolicies)
	default:
		return
	}
	p.found = append(p.found, d)
}
