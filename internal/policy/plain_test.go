package policy

import "github.com/secretctl/secretctl/internal/cfn"

// matchesPlainly is matches as it was first written: it lays the pattern over the text in every
// way.
func matchesPlainly(pattern, text string, fold bool) cfn.Truth {
	if !fold && endsApart(pattern, text) {
		return cfn.No
	}
	p, t, forced := alike(pattern, text, fold)
	if forced == cfn.No {
		return cfn.No
	}
	alikePart := pattern[:p]
	pattern, text = pattern[p:], text[t:]
	if pattern == "" && text == "" || pattern == allRuns {
		return cfn.Yes
	}
	if !cfn.HasUnknown(pattern) && !cfn.HasUnknown(text) {
		if fold {
			pattern = lowered(pattern)
		}
		return cfn.TruthOf(match(pattern, text, fold))
	}
	a, b := symbolsOf(pattern), symbolsOf(text)
	switch {
	case !may(acrossColons(a, cfn.HasUnknown(alikePart)), b, fold):
		return cfn.No
	case must(a, b, fold):
		return cfn.Yes
	}
	return cfn.Maybe
}

// must says whether a pattern covers a text whatever the unknown parts are. It may say no where
// that is so for reasons that it does not see.
func must(p, t []symbol, fold bool) bool {
	return table(p, t, func(q, e *symbol) step {
		switch q.kind {
		case wildRun:
			return skip
		case wildField:
			if e.isUnknown() && e.class == cfn.AnyText || !e.isUnknown() && e.char == ':' {
				return stop
			}
			return skip
		case wildOne:
			return takeIf(e.kind == literalChar || e.kind == unknownChar && !e.optional)
		case wildFieldOne:
			return takeIf(e.kind == literalChar && e.char != ':' ||
				e.kind == unknownChar && !e.optional && e.class != cfn.AnyText)
		case literalChar:
			return takeIf(e.kind == literalChar && e.mayBe(q.char, fold))
		}
		return takeIf(e.isUnknown() && q.same(e))
	}, func(*symbol) bool { return false })
}

// may says whether a pattern covers a text for some values of the unknown parts. It may say yes
// where none is.
func may(p, t []symbol, fold bool) bool {
	return table(p, t, func(q, e *symbol) step {
		fits := true
		switch {
		case q.isUnknown() && e.isUnknown():
			// any two classes have characters in common
			fits = q.unknown == e.unknown || !(q.unique && e.unique)
		case q.isUnknown():
			fits = q.mayBe(e.char, fold)
		case q.kind == literalChar:
			fits = e.mayBe(q.char, fold)
		case q.kind == wildField || q.kind == wildFieldOne:
			fits = e.isUnknown() || e.char != ':'
		}
		switch {
		case !fits:
			return stop
		case q.kind == wildRun || q.kind == wildField || q.kind == unknownRun:
			return skip
		case e.kind == unknownRun:
			return stay
		}
		return take
	}, func(e *symbol) bool { return e.optional })
}

// step is how a place of a pattern and one of a text go together.
type step uint8

const (
	stop step = iota // not at all
	take             // both are done
	skip             // the text's is done, the pattern's may take more; or take nothing
	stay             // the pattern's is done, the text's may take more
)

func takeIf(ok bool) step {
	if ok {
		return take
	}
	return stop
}

// table walks all ways to lay a pattern over a text.
func table(p, t []symbol, together func(q, e *symbol) step, missing func(*symbol) bool) bool {
	width := len(t) + 1
	reached := make([]bool, (len(p)+1)*width)
	reached[0] = true
	for i := 0; i <= len(p); i++ {
		for j := 0; j <= len(t); j++ {
			if !reached[i*width+j] {
				continue
			}
			if i < len(p) && (p[i].kind == wildRun || p[i].kind == wildField || missing(&p[i])) {
				reached[(i+1)*width+j] = true
			}
			if j < len(t) && missing(&t[j]) {
				reached[i*width+j+1] = true
			}
			if i == len(p) || j == len(t) {
				continue
			}
			switch together(&p[i], &t[j]) {
			case take:
				reached[(i+1)*width+j+1] = true
			case skip:
				reached[i*width+j+1] = true
				reached[(i+1)*width+j+1] = true
			case stay:
				reached[(i+1)*width+j] = true
				reached[(i+1)*width+j+1] = true
			}
		}
	}
	return reached[len(reached)-1]
}

// same says whether two places are the same place of the same unknown part.
func (e *symbol) same(f *symbol) bool {
	return e.unknown == f.unknown && e.at == f.at && e.kind == f.kind
}
