package access

import "slices"

// MostWork is how many steps all questions of a report take together, or all that why is asked:
// statements and their resources that are read, circumstances that are tried, and a number of
// steps for each call. What is left then is not known. It is counted and no time is taken, so that
// it is the same everywhere.
const MostWork = 3_000_000

// What a call takes besides its statements, and how many comparisons of patterns take one step.
const (
	workOfCall         = 16
	comparisonsOfAStep = 8
)

// NotAsked is the answer to a question for which there are no steps left.
func NotAsked() Answer {
	return Answer{Effect: Unknown, Unread: []Unread{{What: "budget", Name: TooMuch}}}
}

// TooMuch is the name of what is unread where there are no steps left.
const TooMuch = "more questions than are answered at once"

// notAsked answers for one principal and one place what is not asked: a verb is not known if a
// statement may allow one of its calls.
func (w *worker) notAsked(p *Principal, at *place) []reportAnswer {
	var out []reportAnswer
	for i := range w.verbs {
		may := func(c int) bool { return !w.calls[c].hopeless(p, at.secret) }
		if slices.ContainsFunc(w.needs[min(at.at, 1)][i], may) {
			answer := NotAsked()
			out = append(out, reportAnswer{int16(i), &answer})
		}
	}
	return out
}

// principalRows is what became of the questions of one principal.
type principalRows struct {
	rows []Row
	work int
	left bool // not asked yet, since others have taken too many steps or rows
}

// within takes the questions that there are steps for, in the order of the principals; the others
// are not known. It returns how many steps are taken, and whether there are too many rows.
func (a *asker) within(found []principalRows, most bounds) (work int, tooMany bool) {
	w := a.newWorker()
	rows := 0
	for i := range found {
		one := &found[i]
		switch {
		case work >= most.work && !a.everything:
			w.left = 0
			one.rows = w.principal(int32(i), most.rows)
		case one.left:
			w.left = most.work
			one.rows = w.principal(int32(i), most.rows)
			one.work = w.work
			work += one.work
		default:
			work += one.work
		}
		if rows += len(one.rows); rows > most.rows {
			return work, true
		}
	}
	return work, false
}
