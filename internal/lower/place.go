package lower

import (
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// placed notes where in the spec a property of a derived resource is written, by its path in the
// template: Name, Tags.0.Value.
func (b *builder) placed(id, property string, at source.Span) {
	if !at.IsZero() {
		b.properties[propertyOf{id, property}] = at
	}
}

// propertyOf is a property of a resource or output, by its path in the template.
type propertyOf struct{ id, path string }

// derived is a resource that comes from a secret: the secret itself or its resource policy. Which
// one it is, and where its properties are written, is found once somebody asks, which hardly
// anybody does.
type derived struct {
	secret *model.Secret
	policy bool
}

// derivedOf returns which resource that comes from a secret has a logical ID.
func (s *Stack) derivedOf(id string) (of derived, ok bool) {
	if r := s.Template.Resources[id]; r == nil || r.Verbatim != nil {
		return derived{}, false
	}
	stem, isPolicy := strings.CutSuffix(id, policySuffix)
	for _, secret := range s.secrets {
		switch secret.LogicalID {
		case id:
			return derived{secret: secret}, secret.Import == model.NotImported
		case stem:
			return derived{secret: secret, policy: true}, isPolicy
		}
	}
	return derived{}, false
}

// policySuffix is how the logical ID of a resource policy goes on after that of its secret.
const policySuffix = "ResourcePolicy"

// placeOf returns where a property is written, by its path, or no place.
func (d derived) placeOf(path string) source.Span {
	s := d.secret
	if d.policy {
		if path == "SecretId" {
			return s.Place("policy")
		}
		return source.Span{}
	}
	switch path {
	case "Name":
		return s.NameSpan
	case "Description":
		return s.Place("description")
	case "Type":
		return s.Place("type")
	case "SecretString", "GenerateSecretString":
		return s.Place("value")
	}
	list, rest, _ := strings.Cut(path, ".")
	number, member, _ := strings.Cut(rest, ".")
	i, err := strconv.Atoi(number)
	switch {
	case err != nil || i < 0:
	case list == "ReplicaRegions" && member == "" && i < len(s.Replicas):
		return s.Replicas[i].Span
	case list == "Tags" && member == "Key" && i < len(s.Tags):
		return s.Tags[i].At
	case list == "Tags" && member == "Value" && i < len(s.Tags):
		return s.Tags[i].ValueAt
	}
	return source.Span{}
}

// PlaceOf returns where in the spec a property of a resource or output is written, or what it
// stands in; where the property is derived, what the resource comes from.
func (s *Stack) PlaceOf(m *model.Model, id, property string) source.Span {
	derived, isDerived := s.derivedOf(id)
	for path := property; ; {
		if at, ok := s.properties[propertyOf{id, path}]; ok {
			return at
		}
		if isDerived {
			if at := derived.placeOf(path); !at.IsZero() {
				return at
			}
		}
		last := strings.LastIndexByte(path, '.')
		if last < 0 {
			break
		}
		path = path[:last]
	}
	if s.At != model.Home {
		return s.Places[id]
	}
	if e := m.Resources.Get(id); e != nil {
		return downTo(e.V.Node.Get("Properties"), property, e.ID.Span)
	}
	if e := m.Outputs.Get(id); e != nil {
		return downTo(e.V.Node, property, e.ID.Span)
	}
	if at, ok := s.Places[id]; ok {
		return at
	}
	for _, e := range m.Resources { // of a loop, which makes it
		if strings.HasPrefix(e.ID.V, "Fn::ForEach::") {
			return e.ID.Span
		}
	}
	return source.Span{}
}

// downTo goes down a path from a node as far as it leads, and returns where that stands; otherwise
// where nothing of it is there.
func downTo(n *yaml.Node, path string, otherwise source.Span) source.Span {
	at := otherwise
	for step := range strings.SplitSeq(path, ".") {
		if n == nil {
			break
		}
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Items()) {
			n = n.Items()[i]
		} else {
			n = n.Get(step)
		}
		if n != nil {
			at = n.Span()
		}
	}
	return at
}
