package grants

import (
	"encoding/binary"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Documents say the same of thousands of permissions. So what they say is kept as wordings, which
// permissions share, until a document is finished; and of the documents of the same wordings one is
// finished, with the reasons of each put in.

// wording is a statement without its reason. If it is pinned, another secret may stand in the pin.
type wording struct {
	policy.Statement
	number int // no other has it
	pinned bool
}

// spoken is what a document says for a permission.
type spoken struct {
	*wording
	pin string // of a pinned wording
	g   *Permission
}

// newWording returns a wording that nothing shares yet.
func (p *placer) newWording(s policy.Statement) *wording {
	s.Because = nil
	p.wordings++
	return &wording{Statement: s, number: p.wordings}
}

// statement returns the statement as it stands.
func (s *spoken) statement() policy.Statement {
	out := s.wording.Statement
	out.Because = []source.Span{s.g.Because}
	if s.pinned {
		out.Condition = out.Condition.Pinned(s.pin)
	}
	return out
}

// statementsOf returns all that is said as it stands.
func statementsOf(list []spoken) []policy.Statement {
	out := make([]policy.Statement, len(list))
	for i := range list {
		out[i] = list[i].statement()
	}
	return out
}

// sayings are what documents of secrets say, the list of each in the order in which it was said.
// The entries of all lists stand in one, and each knows the next of its own.
type sayings struct {
	entries []saying
	lists   []saidList // by the number of the secret
}

// saying is what the document of a secret says for one permission, of which nothing is pinned.
type saying struct {
	words []*wording
	g     *Permission
	next  int32 // the place of the next entry of the list and one more; 0: it is the last
}

// saidList has the places of the first and the last entry and one more; 0: there are none.
type saidList struct{ first, last int32 }

// newSayings returns room for what the documents of the secrets say of permissions.
func newSayings(ps Permissions) *sayings {
	return &sayings{
		entries: make([]saying, 0, len(ps.List)), lists: make([]saidList, len(ps.Model.Secrets)),
	}
}

// add adds what the document of a secret says for a permission.
func (d *sayings) add(g *Permission, words []*wording) {
	d.entries = append(d.entries, saying{words: words, g: g})
	at, list := int32(len(d.entries)), &d.lists[g.Secret.Number]
	if list.first == 0 {
		list.first = at
	} else {
		d.entries[list.last-1].next = at
	}
	list.last = at
}

// has says whether the document of a secret says anything.
func (d *sayings) has(s *model.Secret) bool { return d.lists[s.Number].first != 0 }

// of appends what the document of a secret says to a list.
func (d *sayings) of(s *model.Secret, list []spoken) []spoken {
	for at := d.lists[s.Number].first; at != 0; at = d.entries[at-1].next {
		for _, w := range d.entries[at-1].words {
			list = append(list, spoken{wording: w, g: d.entries[at-1].g})
		}
	}
	return list
}

// finished is what comes of some wordings, whatever the reasons.
type finished struct {
	document policy.Document // a place says by its beginning whose reason stands there
	isTold   bool            // the places are the reasons themselves
	value    cfn.Object
	size     int
}

// finish makes a document of what is said, of which nothing is pinned.
func (p *placer) finish(list []spoken) *finished {
	if p.kept == nil {
		f := p.finishAnew(statementsOf(list))
		f.isTold = true
		return f
	}
	p.buffer = p.buffer[:0]
	for i := range list {
		p.buffer = binary.NativeEndian.AppendUint32(p.buffer, uint32(list[i].number))
	}
	f := p.kept.finished[string(p.buffer)]
	if f == nil {
		statements := statementsOf(list)
		for i := range statements {
			statements[i].Because = []source.Span{{Start: int32(i)}}
		}
		f = p.finishAnew(statements)
		p.kept.finished[string(p.buffer)] = f
	}
	return f
}

// finishAnew is finish of statements, written anew.
func (p *placer) finishAnew(statements []policy.Statement) *finished {
	f := &finished{document: policy.Merge(policy.All(statements))}
	f.value, f.size = f.document.Value(), p.sizes.of(f.document)
	return f
}

// because returns the document with the reasons of what is said.
func (f *finished) because(list []spoken) policy.Document {
	if f.isTold {
		return f.document
	}
	document := slices.Clone(f.document)
	for i := range document {
		s := &document[i]
		reasons := make([]source.Span, len(s.Because))
		for k, from := range s.Because {
			reasons[k] = list[from.Start].g.Because
		}
		s.Because = sortedPlaces(reasons)
	}
	return document
}

// sortedPlaces sorts places, each once, where they are.
func sortedPlaces(places []source.Span) []source.Span {
	if len(places) > 1 {
		slices.SortFunc(places, source.Span.Compare)
		places = slices.Compact(places)
	}
	return places
}

// merge merges what is said.
func (p *placer) merge(list []spoken) []policy.Statement {
	if p.kept == nil {
		return policy.Merge(policy.All(statementsOf(list)))
	}
	type known struct{ number, about int32 }
	numbers := map[*wording]known{}
	all := make([]policy.Said, len(list))
	for i := range list {
		s := &list[i]
		n, ok := numbers[s.wording]
		if !ok {
			number, about, simple := p.merger.Wording(s.wording.Statement)
			if !simple {
				return policy.Merge(policy.All(statementsOf(list)))
			}
			n = known{number, p.merger.Text(about)}
			numbers[s.wording] = n
		}
		all[i] = policy.Said{Wording: n.number, About: n.about, Reason: int32(i)}
		if s.pinned {
			all[i].About = p.merger.Text(s.pin)
		}
	}
	return p.merger.Merge(all, func(i int32) source.Span { return list[i].g.Because })
}
