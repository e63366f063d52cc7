package grants

import (
	"slices"

	"github.com/secretctl/secretctl/internal/model"
)

// index is what is asked of a model again and again while it is placed, found out once for all of
// it: to walk all secrets for each of them takes quadratic time.
type index struct {
	rotators map[*model.Secret][]*model.Principal
	regions  map[*model.Key][]string
}

// newIndex looks through the secrets of a model.
func newIndex(m *model.Model) index {
	x := index{
		rotators: map[*model.Secret][]*model.Principal{}, regions: map[*model.Key][]string{},
	}
	for _, s := range m.Secrets {
		x.rotator(s)
		if s.Key != nil {
			x.replicas(s)
		}
	}
	return x
}

// rotator notes the role that rotates a secret, if the spec names one: as a rotator of the secret,
// and of the one that it reads to do so.
func (x *index) rotator(s *model.Secret) {
	role := s.Rotation.Role()
	if role == nil || role.ARN == "" {
		return
	}
	x.rotators[s] = append(x.rotators[s], role)
	if superuser := s.Rotation.Superuser(); superuser != nil && superuser != s {
		x.rotators[superuser] = append(x.rotators[superuser], role)
	}
}

// replicas notes the Regions of a secret's replicas at its key, each once.
func (x *index) replicas(s *model.Secret) {
	if len(s.Replicas) == 0 {
		return
	}
	have := x.regions[s.Key]
	for _, replica := range s.Replicas {
		if !slices.Contains(have, replica.Region) {
			have = append(have, replica.Region)
		}
	}
	x.regions[s.Key] = have
}
