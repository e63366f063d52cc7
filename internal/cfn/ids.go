package cfn

import "slices"

// finishedIDs are the logical IDs of a template that is finished. A copy of the template has those
// of the template that it was made of, which it does not take for its own.
type finishedIDs struct {
	of  *Template
	ids []string
}

// Finish notes that no resource is added to the template any more, and none is taken away: what
// asks for all of them in their order need not sort them.
func (t *Template) Finish() { t.finished = finishedIDs{t, t.IDs()} }

// IDs returns the logical IDs of the resources, sorted. Nobody may change the list.
func (t *Template) IDs() []string {
	if f := &t.finished; f.of == t && len(f.ids) == len(t.Resources) {
		return f.ids
	}
	ids := make([]string, 0, len(t.Resources))
	for id := range t.Resources {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
