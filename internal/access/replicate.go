package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// replication is the call that makes replicas. It takes the keys of those alone that it makes.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
const replication = "secretsmanager:ReplicateSecretToRegions"

// addedRegions is the condition key on the Regions of the replicas that a call makes.
const addedRegions = "secretsmanager:AddReplicaRegions"

// replicatesTo returns the Regions into which a call may replicate a secret, one at a time: those
// of its replicas, and all others where a document tells them apart, or one that stands for them.
func replicatesTo(p *Principal, s *Secret) []string {
	out := s.replicaRegions()
	tells := func(d *Document) bool { return d.tests(addedRegions) }
	apart := slices.ContainsFunc(p.Identity, tells) || slices.ContainsFunc(s.Policy, tells) ||
		p.Boundary != nil && p.Boundary.tests(addedRegions)
	have := len(out)
	partition := aws.PartitionOf(out[0])
	for _, region := range aws.KnownRegions() {
		if aws.PartitionOf(region) == partition && (apart || len(out) == have) &&
			region != s.Copies[0].Region && !slices.Contains(out[:have], region) {
			out = append(out, region)
		}
	}
	return out
}

// tests says whether a statement of the document has a condition on a key.
func (d *Document) tests(key string) bool {
	for i := range d.Rules.Statements {
		for j := range d.Rules.Statements[i].Conditions {
			if strings.EqualFold(d.Rules.Statements[i].Conditions[j].Key, key) {
				return true
			}
		}
	}
	return false
}

// intoRegion is what must hold of a call that replicates a secret into a Region: that it does, or,
// where none of the secret's replicas is there, that it does not into those of them.
func intoRegion(s *Secret, region string) Condition {
	c := Condition{Operator: "ForAllValues:StringEquals", Key: addedRegions}
	have := s.replicaRegions()
	if slices.Contains(have, region) {
		c.Values = []string{cfn.Shown(region)}
		return c
	}
	c.Operator, c.Values = "ForAllValues:StringNotEquals", shownAll(have)
	return c
}
