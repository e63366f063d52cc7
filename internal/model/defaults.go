package model

import (
	"cmp"
	"strings"

	"github.com/secretctl/secretctl/internal/spec"
)

// Defaults hold for secrets that are created here, and the schedule for every rotation. What an
// entry says itself wins.

// nameOf returns the whole name of a secret that is created: what defaults put before every name,
// and the name. One that begins with a slash is whole already, and a secret without a name has
// none.
func (m *Model) nameOf(name spec.Text) string {
	if name.V == "" || strings.HasPrefix(name.V, "/") {
		return name.V
	}
	return m.written.Defaults.NamePrefix.V + name.V
}

// replicasOf returns the replicas of a secret that is created as they are written: its own, be they
// an empty list, or else those of defaults.
func (m *Model) replicasOf(in *spec.Secret) spec.List[spec.Replica] {
	if in.Replicas != nil {
		return in.Replicas
	}
	return m.written.Defaults.Replicas
}

// tagsOfSecret resolves the tags of a secret: its own, those of defaults if it is created here, and
// those of the whole spec; of two with one key the first counts.
func (m *Model) tagsOfSecret(in *spec.Secret) []Tag {
	all := in.Tags
	if in.Import.Span.File == nil && len(m.written.Defaults.Tags) > 0 {
		all = append(spec.Entries[spec.Value]{}, in.Tags...)
		for _, e := range m.written.Defaults.Tags {
			if in.Tags.Get(e.ID.V) == nil {
				all = append(all, e)
			}
		}
	}
	return m.withTags(all)
}

// scheduleOf returns when a secret is rotated as it is written: what the rotation says, and what
// defaults say for what it does not. A time and its window belong together, so that defaults give
// no window to a time that the rotation states. A manual rotation has neither.
func (m *Model) scheduleOf(in *spec.Rotation) spec.Schedule {
	byDefault := m.written.Defaults.Rotation
	out := spec.Schedule{
		AutomaticallyAfterDays: in.AutomaticallyAfterDays,
		ScheduleExpression:     in.ScheduleExpression, Duration: in.Duration,
		RotateImmediatelyOnUpdate: cmp.Or(
			in.RotateImmediatelyOnUpdate, byDefault.RotateImmediatelyOnUpdate),
		Span: in.Span,
	}
	if !in.Manual.V && !in.AutomaticallyAfterDays.Set() && !in.ScheduleExpression.Set() {
		out.AutomaticallyAfterDays = byDefault.AutomaticallyAfterDays
		out.ScheduleExpression = byDefault.ScheduleExpression
		out.Duration = cmp.Or(in.Duration, byDefault.Duration)
	}
	return out
}
