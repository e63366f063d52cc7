package lower

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/inventory"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
)

// holder holds everything that finished stacks write to the table of AWS's limits.
type holder struct {
	m        *model.Model
	stacks   []*Stack
	register *inventory.Register
	number   int    // of the stack that is looked at
	path     []byte // of the property that is looked at
	found    diag.List
}

// held finds names, texts and documents that AWS refuses, each at the property that causes it.
func held(m *model.Model, stacks []*Stack, name source.Span) diag.List {
	h := holder{m: m, stacks: stacks, register: registerOf(stacks)}
	each := make([]diag.List, len(stacks))
	parallel.Each(len(stacks), func(i int) {
		of := h
		of.number = i
		of.stack(name)
		each[i] = of.found
	})
	h.found = slices.Concat(each...)
	h.inline()
	h.functionPolicies()
	return h.found
}

// row is a limit of a property of resources.
type row struct {
	*aws.Limit
	isDocument  bool
	first, rest string // its path
}

// limitsOf are the limits of each type of resource.
var limitsOf = sync.OnceValue(func() map[string][]row {
	rows := map[string][]row{}
	for i := range aws.Limits {
		if l := &aws.Limits[i]; l.Property != "" {
			rows[l.Type] = append(rows[l.Type], rowOf(l))
		}
	}
	return rows
})

func rowOf(l *aws.Limit) row {
	r := row{Limit: l, isDocument: l.IsDocument()}
	r.first, r.rest, _ = strings.Cut(l.Property, ".")
	return r
}

// stack holds one stack to the limits of each type.
func (h *holder) stack(name source.Span) {
	s := h.stacks[h.number]
	h.stackName(s, name)
	dynamic := s.mayHave(dynamicReference)
	limits := limitsOf()
	for _, id := range s.Template.IDs() {
		r := s.Template.Resources[id]
		rows := limits[r.Type]
		for i := range rows {
			h.property(&rows[i], id, r)
		}
		h.attached(id, r)
		if dynamic {
			h.references(id, r)
		}
	}
	if len(s.Template.Outputs) == 0 {
		return
	}
	ofName, ofExport := aws.LimitOf(aws.OfOutput, "Name"), aws.LimitOf(aws.OfOutput, "Export.Name")
	nameRow, exportRow := rowOf(&ofName), rowOf(&ofExport)
	for _, id := range slices.Sorted(maps.Keys(s.Template.Outputs)) {
		h.path = h.path[:0]
		h.text(&nameRow, id, id)
		export, _ := h.register.
			Resolve(h.number, s.Template.Outputs[id].Member("Export")).(cfn.Object)
		if v := export.Get("Name"); v != nil {
			h.path = append(h.path[:0], "Export.Name"...)
			h.text(&exportRow, id, v)
		}
	}
}

// stackName checks the name of a stack, which for others than the home stack is derived.
func (h *holder) stackName(s *Stack, at source.Span) {
	l := aws.LimitOf(aws.OfStack, "Name")
	if clause := l.Problem(s.Name); clause != "" && s.Name != "" {
		h.found.Report(diag.InvalidName, at).
			Message("%s %q %s", diag.Words(l.What), s.Name, diag.Words(clause)).
			Hint("shorten the name of the stack, from which those of the others are made")
	}
}

// property checks one property of a resource, or each element of a list.
func (h *holder) property(l *row, id string, r *cfn.Resource) {
	if l.isDocument && r.Verbatim == nil {
		return // a document that is derived is measured when it is placed, where it is divided
	}
	rest, v := l.rest, r.Property(l.first)
	if v == nil {
		return
	}
	h.path = append(h.path[:0], l.first...)
	// what is beside the path need not be resolved
	for o, is := v.(cfn.Object); is && o.IsData() && rest != ""; o, is = v.(cfn.Object) {
		var step string
		step, rest, _ = strings.Cut(rest, ".")
		v = o.Get(step)
		h.path = append(append(h.path, '.'), step...)
	}
	if v = h.register.Resolve(h.number, v); v != nil {
		h.down(l, id, rest, v)
	}
}

// down goes down the path of a row, from a value that stands at a path of the resource.
func (h *holder) down(l *row, id, rest string, v any) {
	if rest == "" {
		h.value(l, id, v)
		return
	}
	here := len(h.path)
	step, rest, _ := strings.Cut(rest, ".")
	if step == "*" {
		list, _ := v.([]any)
		for i, e := range list {
			h.path = strconv.AppendInt(append(h.path[:here], '.'), int64(i), 10)
			h.down(l, id, rest, e)
		}
		return
	}
	if o, _ := v.(cfn.Object); o.Get(step) != nil {
		h.path = append(append(h.path, '.'), step...)
		h.down(l, id, rest, o.Get(step))
	}
}

// value holds a value to its row.
func (h *holder) value(l *row, id string, v any) {
	list, isList := v.([]any)
	switch {
	case l.Unit == aws.Elements && isList && l.IsOver(len(list)):
		h.path = append(strconv.AppendInt(append(h.path, '.'), int64(l.Most), 10), ".Key"...)
		h.found.Report(diag.TooMany, h.place(id)).
			Message("%s of %q must be at most %d, and are %d", diag.Words(l.What), id, l.Most,
				len(list)).
			Hint("remove some")
	case l.Unit == aws.Elements:
	case l.isDocument:
		h.document(l, id, v)
	default:
		h.text(l, id, v)
	}
}

// place returns where the property that is looked at is written.
func (h *holder) place(id string) source.Span { return h.placeOf(id, string(h.path)) }

func (h *holder) placeOf(id, path string) source.Span {
	return h.stacks[h.number].PlaceOf(h.m, id, path)
}

// text holds a text to its row. Of one with parts that are not known, the length is checked, with
// the least that they can have, and the characters of what is not a name.
func (h *holder) text(l *row, id string, v any) {
	s, ok := v.(string)
	if !ok {
		return
	}
	var size int
	switch {
	case !cfn.HasUnknown(s):
		size = l.Size(s)
	case l.Unit == aws.Bytes:
		size = inventory.SizeOf(s).Bytes
	default:
		size = inventory.SizeOf(s).Characters
	}
	over, clause := l.IsOver(size), ""
	switch {
	case over:
		clause = "must have at most " + english.Thousands(l.Most) + " " + string(l.Unit) +
			", and has " + english.Thousands(size)
	case !cfn.HasUnknown(s):
		clause = l.Problem(s)
	case l.IsText:
		clause = l.Problem(known(s))
	}
	if clause == "" {
		return
	}
	code, hint := diag.InvalidName, "write another one"
	derived := h.stacks[h.number].Template.Resources[id]
	switch {
	case over && derived != nil && derived.Verbatim == nil && l.Property == "PolicyName":
		hint = "shorten the stack's name or the principal's id, or write policies: managed"
	case over:
		hint = "shorten it"
	}
	if over && l.IsText {
		code = diag.TooLong
	}
	h.found.Report(code, h.place(id)).
		Message("%s of %q %s", diag.Words(l.What), id, diag.Words(clause)).
		Hint("%s", hint)
}

// known returns what is known of a text.
func known(s string) string {
	var b strings.Builder
	for {
		before, _, _, after, found := cfn.CutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		s = after
	}
}

// document holds a policy document in the user's words to its row.
func (h *holder) document(l *row, id string, v any) {
	size := sizeIn(l.Unit, inventory.SizeOfDocument(v))
	if !l.IsOver(size) {
		return
	}
	h.found.Report(diag.DocumentTooLarge, h.place(id)).
		Message("%s of %q has %s", diag.Words(l.What), id, tooMuch(l.Limit, size)).
		Hint("divide it")
}

// tooMuch says how large a document is, and by how much it is over its limit.
func tooMuch(l *aws.Limit, size int) diag.Words {
	return diag.Words(english.Thousands(size) + " " + string(l.Unit) + ", " +
		english.Thousands(size-l.Most) + " more than AWS accepts (" + english.Thousands(l.Most) +
		")")
}

func sizeIn(unit aws.Unit, s inventory.Sizes) int {
	switch unit {
	case aws.Bytes:
		return s.Bytes
	case aws.Unspaced:
		return s.Unspaced
	}
	return s.Characters
}

// inline holds the inline policies of each role, user and group together to their limit. Those that
// are derived are measured when they are placed; here they count beside those of the user's.
func (h *holder) inline() {
	rows := map[inventory.Kind]aws.Limit{
		inventory.Role:  aws.LimitOf(aws.InlineOfRole, ""),
		inventory.User:  aws.LimitOf(aws.InlineOfUser, ""),
		inventory.Group: aws.LimitOf(aws.InlineOfGroup, ""),
	}
	for _, documents := range together(h.register.Inline()) {
		l, size := rows[documents[0].Kind], 0
		verbatim := slices.IndexFunc(documents, func(d inventory.Document) bool {
			return h.stacks[d.Stack].Template.Resources[d.LogicalID].Verbatim != nil
		})
		for _, d := range documents {
			size += sizeIn(l.Unit, inventory.SizeOfDocument(d.Value))
		}
		if verbatim < 0 || !l.IsOver(size) {
			continue
		}
		d := documents[verbatim]
		at := h.stacks[d.Stack].PlaceOf(h.m, d.LogicalID, d.Property)
		h.found.Report(diag.DocumentTooLarge, at).
			Message("%s %q have %s", diag.Words(l.What), cfn.Shown(d.Name), tooMuch(&l, size)).
			Hint("make managed policies of some")
	}
}

// together returns the documents of each owner that certainly exist at the same time: those without
// condition, with those of one condition each. They are in the order of the first of each.
func together(documents []inventory.Document) [][]inventory.Document {
	byOwner := map[inventory.Key][]inventory.Document{}
	var order []inventory.Key
	for _, d := range documents {
		if byOwner[d.Owner] == nil {
			order = append(order, d.Owner)
		}
		byOwner[d.Owner] = append(byOwner[d.Owner], d)
	}
	var out [][]inventory.Document
	for _, owner := range order {
		conditions := map[string]bool{}
		for _, d := range byOwner[owner] {
			conditions[d.Condition] = true
		}
		if len(conditions) > 1 {
			delete(conditions, "")
		}
		for _, condition := range slices.Sorted(maps.Keys(conditions)) {
			var these []inventory.Document
			for _, d := range byOwner[owner] {
				if d.Condition == "" || d.Condition == condition {
					these = append(these, d)
				}
			}
			out = append(out, these)
		}
	}
	return out
}
