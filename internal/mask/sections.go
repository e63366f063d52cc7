package mask

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// What hides values in the sections that are in CloudFormation's words, and in unknown ones.

// parameters hides the defaults of parameters that are secret, and what those without echo may be.
func (w *document) parameters(n *yaml.Node, region source.Span, isSecret func(yaml.Pair) bool) {
	defer w.inside(n)()
	for i, parameter := range n.Pairs() {
		r := w.region(n.Pairs(), i, region)
		if parameter.Value.Kind != yaml.Map {
			w.hide(r, nil)
			w.all(parameter.Value)
		}
		func() {
			defer w.inside(parameter.Value)()
			for j, p := range pairsOf(parameter.Value) {
				at := w.region(parameter.Value.Pairs(), j, r)
				known := slices.Contains(aws.ParameterProperties, p.Key.Text())
				switch {
				case p.Key.Text() == "Default" && isSecret(parameter),
					p.Key.Text() == "AllowedValues" && isSecretParameter(parameter):
					w.hide(at, nil)
					w.all(p.Value)
					w.stray = w.stray || w.flow && p.Value.IsScalar() && !p.Value.Quoted
				case !known:
					if w.stray || isOdd(p) {
						w.key(p.Key)
					}
					w.hide(at, nil)
					w.all(p.Value)
				default:
					w.longTexts(p.Value)
				}
			}
		}()
		w.gaps(r, parameter.Value)
	}
}

// outputs hides the values of outputs whose names are those of secrets.
func (w *document) outputs(n *yaml.Node) {
	for _, p := range n.Pairs() {
		if !isSecretWord(p.Key.Text()) {
			continue
		}
		for _, member := range p.Value.Pairs() {
			switch member.Key.Text() {
			case "Condition", "Description", "Export":
			default: // Value, however it is spelt
				w.allBut(member.Value, w.reference(member.Value, nil))
			}
		}
	}
}

// entries hides the credentials in a section of CloudFormation's own words. A text that stands for
// the section or for an entry, where only a mapping can, is hidden; texts says that entries may be
// texts.
func (w *document) entries(n *yaml.Node, region source.Span, texts bool) {
	if n.IsScalar() {
		w.all(n)
		return
	}
	defer w.inside(n)()
	for i, p := range n.Pairs() {
		if p.Value.Kind == yaml.Null {
			w.key(p.Key)
		}
		r := w.region(n.Pairs(), i, region)
		switch {
		case texts && aws.HoldsCredential(p.Key.Text()), !texts && p.Value.IsScalar():
			w.hide(r, nil)
			w.all(p.Value)
			continue
		case p.Value.Get("Properties") != nil && p.Value.Get("Properties").IsScalar():
			w.all(p.Value.Get("Properties"))
		case p.Value.Get("Type") != nil && p.Value.Get("Properties") != nil:
			kind, properties := p.Value.Get("Type").Text(), p.Value.Get("Properties")
			credentials.Places(kind, properties, func(p credentials.Place) {
				if p.Held {
					w.held[p.Value] = true
				}
			})
		}
		w.verbatim(p.Value, r)
	}
	for _, item := range n.Items() {
		w.verbatim(item, region)
	}
}

// verbatim hides the literals of properties that hold credentials in what is written in
// CloudFormation's own words.
func (w *document) verbatim(n *yaml.Node, region source.Span) {
	defer w.inside(n)()
	for i, p := range n.Pairs() {
		r := w.region(n.Pairs(), i, region)
		if w.held[p.Value] || aws.HoldsCredential(p.Key.Text()) {
			keep := w.reference(p.Value, nil)
			w.hide(r, keep)
			w.allBut(p.Value, keep)
			continue
		}
		if isOdd(p) && p.Value.IsScalar() ||
			w.stray && p.Value.IsScalar() && !verbatimName.MatchString(p.Key.Text()) {
			w.key(p.Key)
			w.all(p.Value)
			continue
		}
		w.verbatim(p.Value, r)
	}
	for i, item := range n.Items() {
		w.verbatim(item, w.item(n.Items(), i, region))
	}
}

// isOdd says whether a pair is one that nobody writes: without a value, or with a key that has
// blanks in it, or a colon behind a word that a secret follows, as where a comma or a colon was
// forgotten.
func isOdd(p yaml.Pair) bool {
	before, _, colon := strings.Cut(p.Key.Text(), ":")
	return p.Value.Kind == yaml.Null || strings.ContainsAny(p.Key.Text(), " \t\n?") ||
		colon && isSecretWord(before) ||
		colon && slices.Contains(holdsValue, strings.ToLower(before))
}

// verbatimName matches how CloudFormation writes properties and people write environment variables.
var verbatimName = lazy.Regexp(`^([A-Z][A-Za-z]*|[A-Z][A-Z0-9_]*)$`)

// unknown hides a section that the language does not know: anything may be a secret there.
func (w *document) unknown(section yaml.Pair, region source.Span) {
	if isOdd(section) {
		w.key(section.Key)
	}
	keep := keysOf(section.Value, nil)
	w.hide(region, keep)
	w.allBut(section.Value, keep)
}
