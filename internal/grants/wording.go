package grants

import (
	"encoding/binary"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
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

// finished is what comes of some wordings, whatever the reasons.
type finished struct {
	document policy.Document // a place says by its beginning whose reason stands there
	value    cfn.Object
	size     int
}

// finish makes a document of what is said, of which nothing is pinned.
func (p *placer) finish(list []spoken) (policy.Document, *finished) {
	if p.kept == nil {
		d := policy.Document(policy.Merge(policy.All(statementsOf(list))))
		return d, &finished{value: d.Value(), size: p.sizes.of(d)}
	}
	f := p.finishedOf(list)
	document := slices.Clone(f.document)
	n := 0
	for i := range document {
		n += len(document[i].Because)
	}
	room := make([]source.Span, 0, n)
	for i := range document {
		s, begin := &document[i], len(room)
		for _, from := range s.Because {
			room = append(room, list[from.Start].g.Because)
		}
		s.Because = sortedPlaces(room[begin:len(room):len(room)])
	}
	return document, f
}

// finishedOf returns what comes of the wordings of what is said.
func (p *placer) finishedOf(list []spoken) *finished {
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
		f = &finished{document: policy.Merge(policy.All(statements))}
		f.value, f.size = f.document.Value(), p.sizes.of(f.document)
		p.kept.finished[string(p.buffer)] = f
	}
	return f
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
