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

// placedOnce notes what was left for the first who asks: hardly anybody does.
func (s *Stack) placedOnce() {
	s.asked.Do(func() {
		b := builder{Stack: s}
		for _, note := range s.unplaced {
			note(&b)
		}
		s.unplaced = nil
	})
}

// PlaceOf returns where in the spec a property of a resource or output is written, or what it
// stands in; where the property is derived, what the resource comes from.
func (s *Stack) PlaceOf(m *model.Model, id, property string) source.Span {
	s.placedOnce()
	for path := property; ; {
		if at, ok := s.properties[propertyOf{id, path}]; ok {
			return at
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
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Items) {
			n = n.Items[i]
		} else {
			n = n.Get(step)
		}
		if n != nil {
			at = n.Span
		}
	}
	return at
}
