package mask

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// variableUse finds the variables of a text.
var variableUse = lazy.Regexp(`\$\(([A-Za-z][A-Za-z0-9_]*)\)`)

// hiddenVariables returns the names of the variables that stand for what is hidden, or whose names
// are those of secrets, or that nothing uses, perhaps because of a slip in the name; and hides them
// wherever they are used: what a text there becomes has their value in it.
func hiddenVariables(roots []*yaml.Node, m *source.Masks) map[string]bool {
	declared := map[string][]*yaml.Node{}
	for _, root := range roots {
		for _, environment := range pairsOf(root.Get("environments")) {
			for _, v := range pairsOf(environment.Value.Get("variables")) {
				declared[v.Key.Text()] = append(declared[v.Key.Text()], v.Value)
			}
		}
	}
	hidden := map[string]bool{}
	if len(declared) == 0 {
		return hidden
	}
	var uses []variableAt
	for _, root := range roots {
		eachPlace(root, func(n *yaml.Node) { uses = append(uses, usesIn(n)...) })
	}
	isHidden := func(at source.Span) bool { return len(m.Within(at)) > 0 }
	used := map[string]bool{}
	for _, u := range uses {
		used[u.name] = true
		hidden[u.name] = hidden[u.name] || isHidden(u.at)
	}
	for name, values := range declared {
		holdsHidden := func(n *yaml.Node) bool {
			return n.Span().Start < n.Span().End && isHidden(n.Span())
		}
		hidden[name] = hidden[name] || !used[name] || slices.ContainsFunc(values, holdsHidden) ||
			slices.ContainsFunc(values, hasCredential)
	}
	for _, u := range uses {
		if hidden[u.name] {
			m.Add(u.at)
		}
	}
	return hidden
}

// hasCredential says whether a credential stands in a text.
func hasCredential(n *yaml.Node) bool {
	return n.IsScalar() && len(aws.CredentialsIn(n.Text())) > 0
}

// eachPlace calls f for what stands in a file at places where variables can be used.
func eachPlace(root *yaml.Node, f func(*yaml.Node)) {
	for _, section := range root.Pairs() {
		if section.Key.Text() != "environments" {
			f(section.Value)
			continue
		}
		for _, environment := range pairsOf(section.Value) {
			for _, p := range pairsOf(environment.Value) {
				if p.Key.Text() != "variables" {
					f(p.Value)
				}
			}
		}
	}
}

// eachScalar calls f for the scalars of a tree, keys included.
func eachScalar(n *yaml.Node, f func(*yaml.Node)) {
	n.Walk(func(n *yaml.Node) {
		if n.IsScalar() {
			f(n)
		}
		for _, p := range n.Pairs() {
			f(p.Key)
		}
	})
}

// isMade says whether a scalar of the tree of an environment is not as it is written.
func isMade(n *yaml.Node) bool {
	written := n.Span().Text()
	return variableUse.MatchString(written) || !strings.Contains(written, n.Text())
}

// expanded hides what is a credential in the files of a spec for one environment alone: texts that
// variables are parts of, and values of properties whose names have variables in them.
func (l *Language) expanded(trees []*yaml.Node, m *source.Masks) {
	whole := l.sectionsOf(trees)
	all := declaredIn(whole, sectionsWithNames...)
	for _, root := range trees {
		eachPlace(root, func(n *yaml.Node) {
			eachScalar(n, func(n *yaml.Node) {
				if isMade(n) && hasCredential(n) {
					m.AddText(n.Span(), n.Text())
				}
			})
		})
		w := l.document(root, all, m)
		for i, p := range root.Pairs() {
			switch p.Key.Text() {
			case "resources", "outputs", "metadata", "mappings", "conditions":
				region := w.region(root.Pairs(), i, w.whole())
				w.entries(p.Value, region, p.Key.Text() == "metadata")
				if p.Key.Text() == "outputs" {
					w.outputs(p.Value)
				}
			}
		}
		l.document(root, all, m).resources(root, whole)
	}
}

// hideMade hides what texts say in an environment that have hidden variables in them.
func hideMade(trees []*yaml.Node, m *source.Masks) {
	for _, root := range trees {
		eachPlace(root, func(n *yaml.Node) {
			eachScalar(n, func(n *yaml.Node) {
				if isMade(n) && len(m.Within(n.Span())) > 0 {
					m.AddMade(n.Span(), n.Text())
				}
			})
		})
	}
}

// variableValues hides the values of some variables, in every environment, and all that is no value
// of one.
func (w *document) variableValues(root *yaml.Node, hidden map[string]bool) {
	eachRegion(w, root, w.whole(), "environment", func(p yaml.Pair, r source.Span) {
		w.singleEnvironment(p.Value, r)
	})
	eachRegion(w, root, w.whole(), "environments", func(p yaml.Pair, r source.Span) {
		if p.Value.Kind != yaml.Map && p.Value.Kind != yaml.Null {
			w.hide(r, nil)
			w.all(p.Value)
		}
		eachRegion(w, p.Value, r, "", func(p yaml.Pair, r source.Span) {
			if p.Value.IsScalar() && p.Value.Kind != yaml.Null {
				w.hide(r, nil)
				w.all(p.Value)
			}
			eachRegion(w, p.Value, r, "", func(p yaml.Pair, r source.Span) {
				w.ofEnvironment(p, r, hidden)
			})
		})
	})
}

// singleEnvironment hides what is no property of the environment of a spec that has one.
func (w *document) singleEnvironment(n *yaml.Node, region source.Span) {
	eachRegion(w, n, region, "", func(p yaml.Pair, r source.Span) {
		if !slices.Contains(w.language.Environment, p.Key.Text()) {
			w.hide(r, nil) // as where environments were meant
			w.all(p.Value)
		}
	})
}

// ofEnvironment hides what is no property of an environment, and the values of some variables.
func (w *document) ofEnvironment(p yaml.Pair, region source.Span, hidden map[string]bool) {
	isVariables := p.Key.Text() == "variables"
	switch {
	case isVariables && (p.Value.Kind != yaml.Map || p.Value.IsIntrinsic()),
		!slices.Contains(w.language.Environment, p.Key.Text()):
		w.hide(region, nil)
		w.all(p.Value)
	case isVariables:
		eachRegion(w, p.Value, region, "", func(p yaml.Pair, r source.Span) {
			w.variable(p, r, hidden[p.Key.Text()])
		})
	}
}

// eachRegion calls f for the pairs of a mapping that have a key, or for all of them.
func eachRegion(w *document, n *yaml.Node, within source.Span, key string,
	f func(yaml.Pair, source.Span)) {
	for i, p := range pairsOf(n) {
		if key == "" || p.Key.Text() == key {
			f(p, w.region(n.Pairs(), i, within))
		}
	}
}

// variable hides the value of a variable if it must be, or is none.
func (w *document) variable(p yaml.Pair, region source.Span, isHidden bool) {
	odd := isOdd(p)
	if odd {
		w.key(p.Key)
	}
	if !isHidden && !odd && p.Value.IsScalar() {
		w.longTexts(p.Value)
		return
	}
	w.hide(region, nil)
	w.all(p.Value)
	if p.Value.IsScalar() {
		w.m.AddPart(p.Value.Span(), p.Value.Text())
	}
}

// variableAt is a variable where it is used.
type variableAt struct {
	name string
	at   source.Span
}

// usesIn returns the variables that texts below a node use, keys included. Of a text whose bytes
// are not what it says, the whole is where they stand.
func usesIn(n *yaml.Node) []variableAt {
	var out []variableAt
	scalar := func(n *yaml.Node) {
		text := n.Span().Text()
		found := variableUse.FindAllStringSubmatchIndex(text, -1)
		for _, i := range found {
			at := part(n.Span().File, n.Span().Start, i[0], i[1])
			out = append(out, variableAt{text[i[2]:i[3]], at})
		}
		for _, use := range variableUse.FindAllStringSubmatch(n.Text(), -1) {
			isIt := func(i []int) bool { return text[i[2]:i[3]] == use[1] }
			if !slices.ContainsFunc(found, isIt) {
				out = append(out, variableAt{use[1], n.Span()})
			}
		}
	}
	n.Walk(func(n *yaml.Node) {
		if n.IsScalar() && n.Kind == yaml.String {
			scalar(n)
		}
		for _, p := range n.Pairs() {
			scalar(p.Key)
		}
	})
	return out
}
