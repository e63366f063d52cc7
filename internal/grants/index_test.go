package grants

import (
	"fmt"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/model"
)

// TestIndexIsWhatAWalkFinds compares the index with a walk over all secrets for each of them.
func TestIndexIsWhatAWalkFinds(t *testing.T) {
	m := &model.Model{}
	keys := []*model.Key{{ID: "k"}, {ID: "l"}, nil}
	for i := range 12 {
		s := &model.Secret{ID: fmt.Sprint("s", i), Key: keys[i%3]}
		for r := range i % 4 {
			s.Replicas = append(s.Replicas, model.Replica{Region: fmt.Sprint("region", (i+r)%5)})
		}
		m.Secrets = append(m.Secrets, s)
	}
	// Of some, the role has no ARN, or the secret is its own superuser.
	for i, s := range m.Secrets {
		role := &model.Principal{ID: s.ID, ARN: []string{"arn:" + s.ID, ""}[i%5/4]}
		superuser := m.Secrets[i*7%12]
		switch i % 4 {
		case 0:
			s.Rotation = &model.Rotation{Lambda: &model.LambdaRotation{
				ExecutionRole: role, Superuser: superuser,
			}}
		case 1:
			s.Rotation = &model.Rotation{External: &model.ExternalRotation{
				Role: role, Admin: superuser,
			}}
		case 2:
			s.Rotation = &model.Rotation{Hosted: &model.HostedRotation{Superuser: superuser}}
		}
	}
	x := newIndex(m)
	for _, s := range m.Secrets {
		var want []*model.Principal
		for _, other := range m.Secrets {
			role := other.Rotation.Role()
			if role != nil && role.ARN != "" && (other == s || other.Rotation.Superuser() == s) {
				want = append(want, role)
			}
		}
		if !slices.Equal(x.rotators[s], want) {
			t.Errorf("%d roles rotate %q, want %d", len(x.rotators[s]), s.ID, len(want))
		}
	}
	for _, k := range keys[:2] {
		var want []string
		for _, s := range m.Secrets {
			for _, r := range s.Replicas {
				if s.Key == k && !slices.Contains(want, r.Region) {
					want = append(want, r.Region)
				}
			}
		}
		if !slices.Equal(x.regions[k], want) {
			t.Errorf("the replicas of key %q are in %v, want %v", k.ID, x.regions[k], want)
		}
	}
}
