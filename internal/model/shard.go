package model

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
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

// keyRegions finds the Regions in which a created key is needed besides the home stack's: those of the replicas that name it.
func (r *resolver) keyRegions() {
	for _, s := range r.m.Secrets {
		for _, replica := range s.Replicas {
			if k := replica.Key; k != nil && !k.Imported && replica.Region != r.m.Env.Region && !slices.Contains(k.Regions, replica.Region) {
				k.Regions = append(k.Regions, replica.Region)
			}
		}
	}
	for _, k := range r.m.Keys {
		slices.Sort(k.Regions)
	}
}

// shards decides which stack every secret stands in: by its id and its own words alone, so that no other secret's coming, going or changing moves it,
// but that of a superuser's secret whose ARN its rotation must refer to.
func (r *resolver) shards() {
	r.m.Shards = r.spec.Shards.V
	if r.m.Shards <= 1 {
		for _, e := range r.spec.Secrets {
			if e.V.Shard.Set() {
				r.report(diag.PropertyWithoutEffect, e.V.Shard.Span).
					Message("without shards every secret stands in the home stack").
					Hint("remove it, or write shards: and how many stacks the secrets are spread over")
			}
		}
		return
	}
	tagsBound := slices.ContainsFunc(r.spec.Tags, func(e spec.Entry[spec.Value]) bool { return ofTemplate(e.V.Node) })
	bound := map[*Secret]string{}
	for i := range r.spec.Secrets {
		e := &r.spec.Secrets[i]
		s := r.m.secrets[e.ID.V]
		if why := r.boundToHome(s, e.Node, tagsBound); why != "" {
			bound[s] = why
		} else if s.Shard = int(s.Hash()%uint32(r.m.Shards)) + 1; e.V.Shard.Set() {
			s.Shard = r.statedShard(e.V.Shard)
		}
		if why := bound[s]; why != "" && e.V.Shard.Set() && e.V.Shard.V != "base" {
			r.report(diag.ShardMismatch, e.V.Shard.Span).
				Message("%q %s, which is in the home stack, so that the secret stands there too", s.ID, why).
				Hint("write shard: base, or remove it")
		}
	}
	placed := map[*Secret]bool{}
	for i := range r.spec.Secrets {
		r.besideSuperuser(r.m.secrets[r.spec.Secrets[i].ID.V], bound, placed)
	}
	for _, e := range r.spec.Secrets {
		if s := r.m.secrets[e.ID.V]; s.Shard > 0 && s.Import == NotImported && s.Name == "" {
			r.report(diag.NeedsName, s.Span).
				Message("secret %q stands in a shard, and the home stack's policies can name it there only by a name, which it does not have", s.ID).
				Hint("give the secret a name, or write shard: base")
		}
	}
}

// statedShard reads shard: the number of one, or base.
func (r *resolver) statedShard(t spec.Text) int {
	if t.V == "base" {
		return 0
	}
	n, err := strconv.Atoi(t.V)
	if err != nil || n < 1 || n > r.m.Shards {
		r.report(diag.InvalidValue, t.Span).
			Message("there is no shard %q", t).
			Hint("write a number from 1 to %d, or base", r.m.Shards)
		return 1
	}
	return n
}

// boundToHome says, in a clause that has the secret as its subject, why it cannot stand in a shard, or "".
func (r *resolver) boundToHome(s *Secret, entry *yaml.Node, tagsBound bool) string {
	switch {
	case s.Condition != "":
		return "has a condition of the template"
	case ofTemplate(entry):
		return "uses an intrinsic function of the template"
	case tagsBound:
		return "has tags with intrinsic functions of the template"
	case s.Key != nil && cfn.IsIntrinsic(s.Key.ARN):
		return fmt.Sprintf("uses key %q of the template", s.Key.ID)
	case s.Rotation != nil && s.Rotation.External != nil && s.Rotation.External.Role != nil && r.m.LiteralARN(s.Rotation.External.Role) == "":
		return fmt.Sprintf("is rotated by role %q, whose ARN is known only in the template", s.Rotation.External.Role.ID)
	}
	return ""
}

// besideSuperuser puts a secret whose rotation must refer to another secret's ARN into the stack of that secret.
func (r *resolver) besideSuperuser(s *Secret, bound map[*Secret]string, placed map[*Secret]bool) {
	if placed[s] {
		return
	}
	placed[s] = true // before the superuser's, so that two that name each other end
	su := s.Rotation.Superuser()
	if su == nil || su.Import != NotImported || s.Rotation.Lambda != nil { // a function of one's own is given no ARN
		return
	}
	r.besideSuperuser(su, bound, placed)
	if su.Shard == s.Shard {
		return
	}
	in := r.spec.Secrets.Get(s.ID)
	if why := bound[s]; why != "" {
		r.report(diag.ShardMismatch, s.Span).
			Message("%q %s and stands in the home stack, and its rotation refers to %q, which stands in a shard", s.ID, why, su.ID).
			Hint("write shard: base at %q", su.ID).
			Related(su.Span, "%q is here", su.ID)
		return
	}
	if in.V.Shard.Set() {
		r.report(diag.ShardMismatch, in.V.Shard.Span).
			Message("the rotation of %q refers to %q, which stands in another stack", s.ID, su.ID).
			Hint("remove it: the secret follows its superuser's").
			Related(su.Span, "%q is here", su.ID)
		return
	}
	s.Shard = su.Shard
}

// ofTemplate says whether a part of a spec uses something that only the home stack's template has: its parameters, resources, mappings, conditions
// and macros, or the stack's own name and id.
func ofTemplate(n *yaml.Node) bool {
	found := false
	n.Walk(func(n *yaml.Node) {
		if found || !n.IsIntrinsic() {
			return
		}
		argument := n.Pairs[0].Value
		switch n.Pairs[0].Key.Text {
		case "Ref":
			found = !everywhere(argument.Text)
		case "Fn::GetAtt", "Fn::FindInMap", "Fn::If", "Fn::Transform":
			found = true
		case "Fn::Sub":
			var own *yaml.Node // the function's own variables
			if len(argument.Items) == 2 {
				argument, own = argument.Items[0], argument.Items[1]
			}
			for part := range cfn.SubParts(argument.Text) {
				found = found || part.Name != "" && own.Get(part.Name) == nil && !everywhere(part.Name)
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
