package credentials

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Place is a value of a resource in which a text stands: a scalar, or an intrinsic function.
type Place struct {
	Value *yaml.Node
	Name  string // of the property, variable or member that holds it
	Held  bool   // all of it is a credential, and not only what Credentials finds in it

	// Written is how the property, or one above it, is misspelt, and Meant how it is spelt; empty
	// where all are right.
	Written, Meant string

	// Stated says that CloudFormation takes a credential there, and not only that its name sounds
	// so.
	Stated bool
}

// Places calls f for the texts of the properties of a resource. A literal of which the text says
// that it is no secret (aws.NoSecretText) is not held; AWS's names for things (ARNs) are none
// either.
func Places(resourceType string, properties *yaml.Node, f func(Place)) {
	w := placeWalk{kind: resourceType, f: f}
	w.value(nil, properties, false)
}

// PlacesInTags calls f for the texts of a value that stands below tags, whose names say nothing.
func PlacesInTags(n *yaml.Node, f func(Place)) {
	placeWalk{f: f}.value([]string{"Tags"}, n, false)
}

type placeWalk struct {
	kind string
	f    func(Place)

	written, meant string // a misspelt property on the way, and what it means, or ""
}

func (w placeWalk) value(path []string, n *yaml.Node, held bool) {
	switch {
	case n == nil || n.Kind == yaml.Null:
	case n.IsScalar():
		if aws.InTable(w.kind, path) {
			held = held && !aws.NoCredentialText(w.kind, n.Text())
		} else {
			held = held && n.Kind != yaml.Bool && !aws.NoSecretText(nameOf(path), n.Text())
		}
		w.place(path, n, held)
	case n.Kind == yaml.Seq:
		for _, item := range n.Items() {
			w.value(append(slices.Clip(path), "*"), item, held)
		}
	case n.IsIntrinsic() && n.Pairs()[0].Key.Text() == "Fn::If":
		branches := n.Pairs()[0].Value.Items()
		for _, branch := range branches[min(1, len(branches)):] {
			w.value(path, branch, held)
		}
	case n.IsIntrinsic():
		w.place(path, n, held)
		function, argument := n.Pairs()[0].Key.Text(), n.Pairs()[0].Value
		switch {
		case function == "Fn::Transform":
			w.value(path, argument.Get("Parameters"), false)
		case !makesText(function):
			w.value(path, argument, false)
		}
	default:
		w.members(path, n, held)
	}
}

func (w placeWalk) place(path []string, n *yaml.Node, held bool) {
	stated := held && aws.InTable(w.kind, path)
	p := Place{Value: n, Name: nameOf(path), Held: held, Stated: stated}
	if stated {
		p.Written, p.Meant = w.written, w.meant
	}
	w.f(p)
}

// members goes through a mapping. Of a tag, the name does not say that its value is a secret.
func (w placeWalk) members(path []string, n *yaml.Node, held bool) {
	text := func(member string) string {
		if v := n.Get(member); v != nil && v.IsScalar() {
			return v.Text()
		}
		return ""
	}
	inTags := slices.ContainsFunc(path, isTags)
	secret, name := "", ""
	if !inTags {
		secret, name = aws.ValueOfSecret(text)
	}
	asPassword := w.kind != "" &&
		aws.SoundsLikePassword(nameOf(path)) // not a step of an installation
	whole := held && (asPassword || aws.InTable(w.kind, path))
	for _, p := range n.Pairs() {
		in := append(slices.Clip(path), p.Key.Text())
		switch {
		case whole:
			w.value(path, p.Value, true)
		case p.Key.Text() == secret:
			w.value(append(slices.Clip(path), name), p.Value, true)
		default:
			w := w
			if meant := w.meaning(in); meant != "" {
				w.written, w.meant = p.Key.Text(), meant
				in = append(slices.Clip(path), meant)
			}
			w.value(in, p.Value, !inTags && aws.CredentialAt(w.kind, in))
		}
	}
}

// meaning returns the property of the table that the last name of a path means if it is misspelt by
// one letter, in long names by two or three; or "".
func (w placeWalk) meaning(path []string) string {
	above, name := path[:len(path)-1], path[len(path)-1]
	names := aws.CredentialsBelow(w.kind, above)
	if len(names) == 0 || slices.Contains(names, name) || aws.NotMisspelt(name) {
		return ""
	}
	if aws.MeansSecretString(w.kind, path) {
		return "SecretString"
	}
	for _, n := range names {
		const long, longer = 8, 16
		limit := 1
		switch {
		case len(n) >= longer:
			limit = 3
		case len(n) >= long:
			limit = 2
		}
		if diag.IsNear(name, n, limit) {
			return n
		}
	}
	return ""
}

func isTags(name string) bool { return name == "Tags" || name == "TagSpecifications" }

// nameOf returns the last name of a path.
func nameOf(path []string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] != "*" {
			return path[i]
		}
	}
	return ""
}
