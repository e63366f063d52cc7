package cfn

import "slices"

// finishedIDs are the logical IDs of a template that is finished. A copy of the template has those
// of the template that it was made of, which it does not take for its own.
type finishedIDs struct {
	of     *Template
	ids    []string
	byType map[string][]string
}

// Finish notes that no resource is added to the template any more, and none is taken away: what
// asks for all of them in their order, or for those of a type, need not look for them.
func (t *Template) Finish() {
	f := finishedIDs{t, t.IDs(), map[string][]string{}}
	for _, id := range f.ids {
		if r := t.Resources[id]; r != nil {
			f.byType[r.Type] = append(f.byType[r.Type], id)
		}
	}
	t.finished = f
}

// isFinished says whether what was noted of the finished template is about this one.
func (t *Template) isFinished() bool {
	return t.finished.of == t && len(t.finished.ids) == len(t.Resources)
}

// IDs returns the logical IDs of the resources, sorted. Nobody may change the list.
func (t *Template) IDs() []string {
	if t.isFinished() {
		return t.finished.ids
	}
	ids := make([]string, 0, len(t.Resources))
	for id := range t.Resources {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// IDsOf returns the logical IDs of the resources of a type, sorted. Nobody may change the list.
func (t *Template) IDsOf(kind string) []string {
	if t.isFinished() {
		return t.finished.byType[kind]
	}
	var ids []string
	for id, r := range t.Resources {
		if r != nil && r.Type == kind {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
