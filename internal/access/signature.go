package access

import (
	"encoding/binary"
	"sync/atomic"
)

// A signature describes a principal's question about a place: what the place is but for its ARN,
// and which patterns of all documents that have to do with it match which ARN. Two questions of one
// principal and one signature have one answer. What the documents of the secret and of its keys say
// is the same whoever asks, and is found out once for each place.

// Where a text begins that is numbered, so that those of one kind are never those of another.
const (
	ofPlace     = 'o'
	ofQuestion  = 'q'
	ofStatement = 's'
	ofMatches   = 'm'
)

// signature adds the signature of a principal's question about a place, and counts the steps.
func (w *worker) signature(b []byte, p *Principal, at *place) []byte {
	b = binary.AppendUvarint(b, uint64(w.ownOf(at)))
	if !p.hasDocuments() {
		return b
	}
	w.readARNs(at)
	for _, d := range p.Identity {
		b = w.matching(d, b)
	}
	for _, twin := range p.twins {
		for _, d := range twin.Identity {
			b = w.matching(d, b)
		}
		if twin.Boundary != nil {
			b = w.matching(twin.Boundary, b)
		}
	}
	if p.Boundary != nil {
		b = w.matching(p.Boundary, b)
	}
	return b
}

// hasDocuments says whether something is attached to a principal, so that its signature is not that
// of everybody.
func (p *Principal) hasDocuments() bool {
	return len(p.Identity) > 0 || len(p.twins) > 0 || p.Boundary != nil
}

// ownPart is what a signature says of the place alone, by its number, with the steps that it took;
// 0: it is not known yet. Several goroutines may find it out at once, and find the same.
type ownPart struct{ atomic.Uint64 }

// ownOf returns the number of the part of a signature that is of the place, and counts its steps.
func (w *worker) ownOf(at *place) int32 {
	if at.own == nil {
		n, steps := w.readOwn(at)
		w.work += steps
		return n
	}
	known := at.own.Load()
	if known == 0 {
		n, steps := w.readOwn(at)
		known = uint64(n+1)<<32 | uint64(steps)
		at.own.Store(known)
	}
	w.work += int(uint32(known))
	return int32(known>>32) - 1
}

// readOwn finds out what a signature says of the place.
func (w *worker) readOwn(at *place) (number int32, steps int) {
	before := w.work
	w.ownKey = w.classOf(w.ownKey[:0], at)
	class := w.texts.numberOf(w.ownKey)
	b := append(w.ownKey[:0], ofPlace)
	b = binary.AppendUvarint(b, uint64(class))
	w.readARNs(at)
	for _, d := range at.secret.Policy {
		b = w.matching(d, b)
	}
	for i := range at.secret.Copies {
		if k := at.secret.Copies[i].Key; k != nil && k.Policy != nil {
			b = w.matching(k.Policy, b)
		}
	}
	w.ownKey = b
	steps, w.work = w.work-before, before
	return w.texts.numberOf(b), steps
}

// readARNs notes the ARNs that a question about a place is about.
func (w *worker) readARNs(at *place) {
	w.arns = append(w.arns[:0], askedARN{text: at.arn()})
	if at.at == 0 {
		for i := range at.secret.Copies[1:] {
			w.arns = append(w.arns, askedARN{text: at.secret.Copies[i+1].ARN})
		}
	} else {
		w.arns = append(w.arns, askedARN{text: at.secret.Copies[0].ARN})
	}
	if k := at.secret.Copies[0].Key; k != nil && isPlainKey(at.secret, k) {
		w.arns = append(w.arns, askedARN{text: k.ARN})
	}
}

// matching adds what the patterns of a document say of the ARNs that are asked about, and counts
// the steps.
func (w *worker) matching(d *Document, b []byte) []byte {
	x := w.patternsOf(d)
	w.work += len(x.other) * len(w.arns) / comparisonsOfAStep
	for i := range w.arns {
		b, w.met = x.matching(b, &w.arns[i], w.met)
	}
	return b
}
