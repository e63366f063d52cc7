package show

import (
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
)

// mostReasons is how many explanations are asked for a page. What is left has the command that
// explains it.
const mostReasons = 3_000

// mostBeside is how many values stand beside the ARN in question in a list.
const mostBeside = 3

// thisARN stands in the text of a statement for the ARN of the secret that a cell is about. It is
// no character of any text: Printable writes it as an escape.
const thisARN = "\ue000"

// htmlReasons are the explanations of a page, in which every text stands once.
type htmlReasons struct {
	asked   int
	known   map[string][]knownReason // of lines of which the same is true
	answers map[*access.Answer]int   // the numbers of answers
	numbers map[string]int           // of reasons, by what they say
	Reasons [][]htmlStep
	Texts   []string
	texts   map[string]int
	names   map[any]map[string]bool // the resources of statements, by their rule
	naming  []any                   // of the line at hand: the rules that name its secret
}

// knownReason is the reason of a line, and the statements that must name a secret of which the same
// is to be said.
type knownReason struct {
	number int
	naming []any
}

// htmlStep are permissions over which the same statements decide: the number of their effect, of
// the text of what is asked and of what became of it, and the statements.
type htmlStep struct {
	effect, asked, became int
	by                    []htmlStatement
}

// htmlStatement is a statement that decides or nearly does: the numbers of the texts of its
// document, of itself, of the places that it comes from and of the condition that is not met; or
// -1.
type htmlStatement struct{ document, text, places, failed int }

func newHTMLReasons() htmlReasons {
	return htmlReasons{known: map[string][]knownReason{}, answers: map[*access.Answer]int{},
		numbers: map[string]int{}, texts: map[string]int{}, names: map[any]map[string]bool{}}
}

// text returns the number of a text; -1: it is empty.
func (r *htmlReasons) text(text string) int {
	if text == "" {
		return -1
	}
	n, ok := r.texts[text]
	if !ok {
		n = len(r.Texts)
		r.texts[text] = n
		r.Texts = append(r.Texts, text)
	}
	return n
}

// htmlQuestion is what the reason of a line answers.
type htmlQuestion struct {
	answer
	words []string // verbs and actions
	ask   func(word string) (access.Explanation, bool)
	// what lines have in common of which the same is true, if no policy of a secret decides
	alike string
}

// line explains a line of a page, and returns the number of its reason; -1: it is not explained.
func (r *htmlReasons) line(q *htmlQuestion) int {
	arn := cfn.Shown(q.SecretARN)
	for _, known := range r.known[q.alike] {
		if r.allName(known.naming, arn) {
			return known.number
		}
	}
	if r.asked += len(q.words); r.asked > mostReasons {
		return -1
	}
	var steps []access.Step
	for _, word := range q.words {
		x, ok := q.ask(word)
		if !ok {
			return -1
		}
		for i := range x.Steps {
			if !hasStep(steps, &x.Steps[i]) {
				steps = append(steps, x.Steps[i])
			}
		}
	}
	ofSecret := ofResourcePolicy(steps)
	r.naming = nil
	n := r.number(steps, q.answer)
	if !ofSecret {
		r.known[q.alike] = append(r.known[q.alike], knownReason{n, r.naming})
	}
	return n
}

// number returns the number of a reason.
func (r *htmlReasons) number(steps []access.Step, a answer) int {
	var reason []htmlStep
	for len(steps) > 0 {
		these, rest := sameDecisions(steps)
		reason = append(reason, r.step(these, a))
		steps = rest
	}
	key := stepsJSON(reason)
	n, ok := r.numbers[key]
	if !ok {
		n = len(r.Reasons)
		r.numbers[key] = n
		r.Reasons = append(r.Reasons, reason)
	}
	return n
}

// ofResourcePolicy says whether the policy of a secret has to do with permissions, so that what
// decides over them is that secret's alone.
func ofResourcePolicy(steps []access.Step) bool {
	is := func(d access.Deciding) bool {
		return d.Document == nil || d.Document.Kind == access.ResourcePolicy
	}
	return slices.ContainsFunc(steps, func(s access.Step) bool {
		return slices.ContainsFunc(s.By, is) || slices.ContainsFunc(s.Near, is)
	})
}

// allName says whether all of some statements have an ARN among their resources.
func (r *htmlReasons) allName(rules []any, arn string) bool {
	return !slices.ContainsFunc(rules, func(rule any) bool { return !r.names[rule][arn] })
}

func hasStep(list []access.Step, s *access.Step) bool {
	for i := range list {
		if list[i].Action == s.Action && list[i].Resource == s.Resource {
			return true
		}
	}
	return false
}

// sameDecisions cuts out what is told as one with the first permission.
func sameDecisions(steps []access.Step) (these, rest []access.Step) {
	for i := range steps {
		if i == 0 || sameDecision(&steps[0], &steps[i]) {
			these = append(these, steps[i])
		} else {
			rest = append(rest, steps[i])
		}
	}
	return these, rest
}

// step returns permissions over which the same statements decide as the page has them.
func (r *htmlReasons) step(steps []access.Step, a answer) htmlStep {
	s := &steps[0]
	out := htmlStep{
		effect: htmlEffect(s.Effect, len(s.By) > 0),
		asked:  r.text(actionsBriefly(steps) + " on " + a.whatOf(s)),
		became: r.text(becameOf(s)),
	}
	for i := range s.By {
		out.by = append(out.by, r.statement(&s.By[i], a))
	}
	if len(s.By) == 0 && s.Effect <= access.Unknown {
		near := s.Near[:min(mostNear, len(s.Near))]
		for i := range near {
			out.by = append(out.by, r.statement(&near[i], a))
		}
	}
	return out
}

// actionsBriefly names the actions of permissions; of many, their service once.
func actionsBriefly(steps []access.Step) string {
	service, _, _ := strings.Cut(steps[0].Action, ":")
	var bare []string
	for i := range steps {
		action, ok := strings.CutPrefix(steps[i].Action, service+":")
		if !ok || len(steps) <= mostBeside {
			return actionsOf(steps)
		}
		bare = append(bare, readable(action))
	}
	return readable(service) + ": " + english.List(bare)
}

// whatOf names what a permission is about, in words that are the same for every secret.
func (a answer) whatOf(s *access.Step) string {
	if strings.HasPrefix(s.Action, "kms:") {
		return "its key" + a.otherRegion(s.Resource)
	}
	if cfn.Shown(s.Resource) == cfn.Shown(a.SecretARN) {
		return "the secret"
	}
	return readable(s.Resource)
}

// becameOf says why permissions are what they are, where no statement says it, and what is not
// known.
func becameOf(s *access.Step) string {
	var words []string
	if len(s.By) == 0 && s.Reason != "" {
		words = append(words, readable(s.Reason))
	}
	for _, u := range s.Unread {
		words = append(words, unreadWords(u))
	}
	return strings.Join(words, "; ")
}

// statement returns a statement as the page has it. Of many resources it has the one in question.
func (r *htmlReasons) statement(by *access.Deciding, a answer) htmlStatement {
	value, because := statementOf(by)
	out := htmlStatement{document: r.text(documentWords(by.Document)), text: -1,
		places: r.text(placesWords(because)), failed: -1}
	if value != nil {
		arn := cfn.Shown(a.SecretARN)
		text := printed(briefly(value, "", arn))
		out.text = r.text(text)
		if strings.Contains(text, thisARN) {
			r.naming = append(r.naming, by.Rule)
			if r.names[by.Rule] == nil {
				r.names[by.Rule] = namedBy(value)
			}
		}
	}
	if failed := failedCondition(by); failed != nil {
		out.failed = r.text(conditionWords(*failed, mostValues))
	}
	return out
}

// namedBy returns all texts of a statement.
func namedBy(statement any) map[string]bool {
	names := map[string]bool{}
	var add func(value any)
	add = func(value any) {
		switch v := value.(type) {
		case string:
			names[v] = true
		case []any:
			for _, one := range v {
				add(one)
			}
		case cfn.Object:
			for _, m := range v {
				add(m.Value)
			}
		}
	}
	add(statement)
	return names
}

// briefly returns a value of a statement in which the ARN in question is marked, and of long lists
// other than those of actions the beginning, or what is in question.
func briefly(value any, key, arn string) any {
	switch v := value.(type) {
	case string:
		if v == arn {
			return thisARN
		}
	case cfn.Object:
		out := make(cfn.Object, len(v))
		for i, m := range v {
			out[i] = cfn.Member{Key: m.Key, Value: briefly(m.Value, m.Key, arn)}
		}
		return out
	case []any:
		var out []any
		for _, one := range v { // those with unknown parts may look alike
			if one = briefly(one, "", arn); !isText(one) || !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
		isNamed := slices.ContainsFunc(out, func(one any) bool {
			return isText(one) && one == thisARN
		})
		var some []any
		switch {
		case strings.HasSuffix(key, "Action") || len(out) <= mostBeside:
			return out
		case isNamed:
			some = []any{thisARN}
		case len(out) <= mostNames:
			return out
		default:
			some = slices.Clone(out[:mostNames-1])
		}
		rest := english.Plural(len(out)-len(some), "other", "others")
		return append(some, "… and "+rest)
	}
	return value
}

func isText(value any) bool {
	_, is := value.(string)
	return is
}

// printed writes a statement, line by line.
func printed(statement any) string {
	var lines []string
	text := strings.TrimRight(string(cfn.AppendValue(nil, statement, cfn.Format{})), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		parts := strings.Split(line, thisARN)
		for i := range parts {
			parts[i] = Printable(parts[i])
		}
		lines = append(lines, strings.Join(parts, thisARN))
	}
	return strings.Join(lines, "\n")
}

// placesWords says where a statement comes from: "app.yaml:12:5, app.yaml:20:5 and 3 others".
func placesWords(because []source.Span) string {
	var words []string
	for i, span := range because {
		if i == mostPlaces && len(because) > mostPlaces+1 {
			return strings.Join(words, ", ") + " and " + strconv.Itoa(len(because)-i) +
				" other places"
		}
		if span.IsZero() {
			continue
		}
		at := span.File.Position(int(span.Start))
		words = append(words, readable(span.File.Name)+":"+strconv.Itoa(at.Line)+":"+
			strconv.Itoa(at.Column))
	}
	return strings.Join(words, ", ")
}

// stepsJSON writes a reason: [[effect, asked, became, [[document, text, places, failed]…]]…], where
// all but the effect are numbers of texts or -1.
func stepsJSON(steps []htmlStep) string {
	b := []byte{'['}
	for i, s := range steps {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = append(appendNumbers(b, s.effect, s.asked, s.became), ',')
		b = append(append(b, statementsJSON(s.by)...), ']')
	}
	return string(append(b, ']'))
}

// statementsJSON writes statements: [[document, text, places, failed]…].
func statementsJSON(by []htmlStatement) string {
	b := []byte{'['}
	for i, one := range by {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = append(appendNumbers(b, one.document, one.text, one.places, one.failed), ']')
	}
	return string(append(b, ']'))
}

// question is what the reason of a line answers, asked in the first Region that it speaks of.
func (p *htmlPage) question(pair foldedPair, l *foldedLine) *htmlQuestion {
	who, what := &p.principals[pair.principal], &p.secrets[pair.secret]
	of := &p.all[who.report]
	principal, secret := &of.Principals[who.at], &of.Secrets[what.at]
	region := int16(0)
	if l.regions != nil {
		region = l.regions[0]
	}
	q := &htmlQuestion{answer: answer{&ask.Answer{
		Principal: principal.ID, PrincipalARN: principal.ARN, Secret: secret.ID,
		SecretARN: arnIn(secret, region), Region: secret.Regions[region],
	}}}
	q.ask = func(word string) (access.Explanation, bool) {
		return of.Explain(principal.ID, word, secret.ID, q.Region)
	}
	alike := appendNumbers(nil, int(pair.principal))
	for _, v := range l.verbs {
		q.words = append(q.words, p.report.Verbs[v.verb])
		decides := []*access.Answer{v.answer}
		if p.told[v.answer] > 0 {
			c := p.diff.of[v.answer]
			decides = []*access.Answer{c.Before, c.After}
		}
		alike = appendNumbers(append(alike, " "...), int(v.verb))
		for _, a := range decides {
			n, ok := p.reasons.answers[a]
			if !ok {
				n = len(p.reasons.answers)
				p.reasons.answers[a] = n
			}
			alike = appendNumbers(append(alike, ","...), n)
		}
	}
	q.alike = string(alike) + " " + q.Region + " " + strings.Join(secret.Keys, " ")
	return q
}
