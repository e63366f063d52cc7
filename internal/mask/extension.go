package mask

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// extension is what the names of sections begin with that are there for their anchors alone.
const extension = "x-"

// openSections are those in which what an alias stands for is shown as if it stood there; openWords
// are the properties of a secret of which the same is true.
var (
	openSections = []string{
		"accept", "assert", "defaults", "deployer", "environment", "export", "grants", "keys",
		"principals", "silence",
	}
	openWords = []string{
		"attachment", "condition", "deletionPolicy", "grants", "import", "key", "logicalId",
		"policy", "replicas", "rotation", "shard", "type",
	}
)

// extension hides a section that is there for its anchors: anything may be a secret there, but for
// what an alias brings to a place where none can be. What an alias brings to the place of a secret
// value as well, that place hides.
func (w *document) extension(section yaml.Pair, region source.Span, root *yaml.Node) {
	if isOdd(section) {
		w.key(section.Key)
	}
	if w.open == nil {
		w.open = openNodes(root)
	}
	w.hide(region, w.openOf(section.Value, nil))
}

// openOf hides the scalars of a tree but for those that may be shown, whose places it returns after
// others: what stands in the open, keys of mappings in block style, and keys of what is open.
func (w *document) openOf(n *yaml.Node, keep []source.Span) []source.Span {
	if n.IsScalar() {
		if w.open[n] && !strings.ContainsAny(n.Text(), " \t\n=") {
			return append(keep, n.Span())
		}
		w.all(n)
		return keep
	}
	block := n.Kind == yaml.Map && n.Span().Start < n.Span().End && n.IsBlock()
	for _, p := range n.Pairs() {
		if !isOdd(p) && (block || w.open[p.Value]) {
			keep = append(keep, p.Key.Span())
		} else {
			w.all(p.Key)
		}
		keep = w.openOf(p.Value, keep)
	}
	for _, item := range n.Items() {
		keep = w.openOf(item, keep)
	}
	return keep
}

// openNodes returns the nodes of a spec that stand where no secret can, be it by an alias. What is
// below the name of a secret is none of them.
func openNodes(root *yaml.Node) map[*yaml.Node]bool {
	open := map[*yaml.Node]bool{}
	var add func(n *yaml.Node)
	add = func(n *yaml.Node) {
		open[n] = true
		for _, p := range n.Pairs() {
			if !HoldsSecret(p.Key.Text()) ||
				p.Value.IsScalar() && namesSecret(strings.ToLower(p.Key.Text())) {
				add(p.Value)
			}
		}
		for _, item := range n.Items() {
			add(item)
		}
	}
	for _, section := range root.Pairs() {
		if slices.Contains(openSections, section.Key.Text()) {
			add(section.Value)
		}
		if section.Key.Text() != "secrets" {
			continue
		}
		for _, secret := range section.Value.Pairs() {
			for _, p := range secret.Value.Pairs() {
				if slices.Contains(openWords, p.Key.Text()) {
					add(p.Value)
				}
			}
		}
	}
	return open
}
