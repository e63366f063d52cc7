package model

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// hash spreads ids evenly over all 32 bits.
func hash(id string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(id))
	x := h.Sum32() // FNV's high bits depend little on the last letters; mix them
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	return x ^ x>>16
}

// shards decides which stack every secret stands in: by its id and its own words alone, so that no
// other secret's coming, going or changing moves it, but that of a superuser's secret whose ARN its
// rotation must refer to.
func (r *resolver) shards() {
	r.Shards = r.written.Shards.V
	if r.Shards <= 1 {
		return
	}
	isBound := func(e spec.Entry[spec.Value]) bool { return ofTemplate(e.V.Node) }
	tagsBound := slices.ContainsFunc(r.written.Tags, isBound) ||
		slices.ContainsFunc(r.written.Defaults.Tags, isBound)
	reasons := make([]string, len(r.secretsWritten))
	parallel.Stretches(len(reasons), share, func(from, to int) {
		for i := from; i < to; i++ {
			reasons[i] = r.boundToHome(r.secretsWritten[i], tagsBound)
		}
	})
	bound := map[*Secret]string{}
	for i, s := range r.secretsWritten {
		stated := s.written.V.Shard
		if why := reasons[i]; why != "" {
			bound[s] = why
			if stated.Set() && stated.V != "base" {
				r.found.Report(diag.ShardMismatch, stated.Span).
					Message("%q %s, which is in the home stack, so that the secret stands there "+
						"too", s.ID, why).
					Hint("write shard: base, or remove it")
			}
			continue
		}
		s.Shard = int(s.Hash()%uint32(r.Shards)) + 1
		if stated.Set() {
			s.Shard, _ = r.shardNumber(stated.V)
		}
	}
	placed := map[*Secret]bool{}
	for _, s := range r.secretsWritten {
		if s.Rotation != nil {
			r.besideSuperuser(s, bound, placed)
		}
	}
}

// shardNumber reads shard: the number of one, or base, which is 0. It says whether there is such.
func (m *Model) shardNumber(written string) (int, bool) {
	if written == "base" {
		return 0, true
	}
	if n, err := strconv.Atoi(written); err == nil && n >= 1 && n <= m.Shards {
		return n, true
	}
	return 1, false
}

// boundToHome says, in a clause that has the secret as its subject, why it cannot stand in a shard,
// or "".
func (m *Model) boundToHome(s *Secret, tagsBound bool) string {
	switch {
	case s.Condition != "":
		return "has a condition of the template"
	case ofTemplate(s.written.Node):
		return "uses an intrinsic function of the template"
	case tagsBound:
		return "has tags with intrinsic functions of the template"
	case s.Key != nil && cfn.IsIntrinsic(s.Key.ARN):
		return fmt.Sprintf("uses key %q of the template", s.Key.ID)
	case s.Rotation == nil || s.Rotation.External == nil:
		return ""
	}
	role := s.Rotation.External.Role
	if role == nil || m.LiteralARN(role) != "" {
		return ""
	}
	return fmt.Sprintf("is rotated by role %q, whose ARN is known only in the template", role.ID)
}

// besideSuperuser puts a secret whose rotation must refer to another secret's ARN into the stack of
// that secret.
func (r *resolver) besideSuperuser(s *Secret, bound map[*Secret]string, placed map[*Secret]bool) {
	if placed[s] {
		return
	}
	placed[s] = true // before the superuser's, so that two that name each other end
	su := s.Rotation.Superuser()
	if su == nil || su.Import != NotImported ||
		s.Rotation.Lambda != nil { // a function of one's own is given no ARN
		return
	}
	r.besideSuperuser(su, bound, placed)
	if su.Shard == s.Shard {
		return
	}
	if why := bound[s]; why != "" {
		r.found.Report(diag.ShardMismatch, s.Span).
			Message("%q %s and stands in the home stack, and its rotation refers to %q, which "+
				"stands in a shard", s.ID, why, su.ID).
			Hint("write shard: base at %q", su.ID).
			Related(su.Span, "%q is here", su.ID)
		return
	}
	if s.written.V.Shard.Set() {
		r.found.Report(diag.ShardMismatch, s.written.V.Shard.Span).
			Message("the rotation of %q refers to %q, which stands in another stack", s.ID, su.ID).
			Hint("remove it: the secret follows its superuser's").
			Related(su.Span, "%q is here", su.ID)
		return
	}
	s.Shard = su.Shard
}

// ofTemplate says whether a part of a spec uses something that only the home stack's template has:
// its parameters, resources, mappings, conditions and macros, or the stack's own name and id.
func ofTemplate(n *yaml.Node) bool {
	found := false
	n.Walk(func(n *yaml.Node) {
		if found || !n.IsIntrinsic() {
			return
		}
		argument := n.Pairs()[0].Value
		switch n.Pairs()[0].Key.Text() {
		case "Ref":
			found = !everywhere(argument.Text())
		case "Fn::GetAtt", "Fn::FindInMap", "Fn::If", "Fn::Transform":
			found = true
		case "Fn::Sub":
			var own *yaml.Node // the function's own variables
			if len(argument.Items()) == 2 {
				argument, own = argument.Items()[0], argument.Items()[1]
			}
			for part := range cfn.SubParts(argument.Text()) {
				found = found ||
					part.Name != "" && own.Get(part.Name) == nil && !everywhere(part.Name)
			}
		}
	})
	return found
}

// everywhere says whether a name means the same in every stack of an account and Region.
func everywhere(name string) bool {
	switch name {
	case cfn.AccountID, cfn.NoValue, cfn.Partition, cfn.Region, cfn.URLSuffix:
		return true
	}
	return false
}
