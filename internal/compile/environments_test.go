package compile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// TestEnvironmentsAreWhatIsWrittenByHand: a spec with environments compiles, for each of them, byte
// for byte to what the spec compiles to that somebody has written for this environment alone. The
// pairs are made from the specs of the golden cases: literals become variables and mappings by
// environment.
func TestEnvironmentsAreWhatIsWrittenByHand(t *testing.T) {
	names, err := filepath.Glob("../../testdata/golden/*/*/spec.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	compared, varied := 0, 0
	for i, name := range names {
		if testing.Short() && i%7 > 0 {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		root, found := spec.Parse(source.New(name, data))
		if root == nil || found.HasErrors() || root.Get("environments") != nil {
			continue
		}
		v := &variation{Rand: rand.New(rand.NewPCG(uint64(i), 1))}
		byHand := map[string]string{"dev": byHand(root, ""), "prod": byHand(root, " of prod")}
		both := v.united(root, " of prod")
		for environment, text := range byHand {
			want := Compile([]*source.File{source.New("spec.yaml", []byte(text))}, nil)
			if want.Diagnostics.HasErrors() {
				continue
			}
			got := All([]Spec{{Files: []*source.File{source.New("spec.yaml", []byte(both))}}},
				Options{Environment: environment})
			if got.Diagnostics.HasErrors() {
				t.Fatalf("%s in %s: %s\n%s\n---\n%s", name, environment,
					got.Diagnostics[0].Says(nil), both, text)
			}
			compared++
			if a, b := written(want), written(got.Results[0]); a != b {
				t.Fatalf("%s in %s compiles to something else:\n%s\n---\n%s\n---\n%s", name,
					environment, both, a, b)
			}
		}
		varied += v.made
	}
	t.Logf("%d pairs with %d variations", compared, varied)
	if compared < 50 || varied < 500 {
		t.Errorf("%d pairs with %d variations are too few", compared, varied)
	}
}

// written is everything that a result gives.
func written(r Result) string {
	var b strings.Builder
	files := plan.Write(r.Stacks, cfn.Format{})
	for _, f := range files {
		b.WriteString(f.Name + "\n" + string(f.Text(&plan.Room{})))
	}
	b.Write(r.Plan.Complete(files).Encode())
	return b.String()
}

// byHand writes a spec for one environment, with more behind the texts that nothing depends on.
func byHand(root *yaml.Node, suffix string) string {
	return write(root, reflect.TypeFor[spec.Spec](), place{},
		func(n *yaml.Node, at place) string { return literal(n, at, suffix) })
}

// place is where a scalar stands.
type place struct {
	free     bool // a text that may be any
	verbatim bool // in CloudFormation's or IAM's words
}

// literal writes a scalar, with more behind a text that is free.
func literal(n *yaml.Node, at place, suffix string) string {
	switch {
	case n.Kind == yaml.Null:
		return "null"
	case n.Kind == yaml.String && at.free:
		return strconv.Quote(n.Text() + suffix)
	case n.Kind == yaml.String:
		return strconv.Quote(n.Text())
	}
	return n.Text()
}

// variation makes of a spec one for two environments.
type variation struct {
	*rand.Rand
	dev, prod []string // the variables, as they are written
	made      int
}

// united writes the spec for both environments.
func (v *variation) united(root *yaml.Node, suffix string) string {
	environment, rest := "", *root
	rest.SetPairs(nil)
	for _, p := range root.Pairs() {
		if p.Key.Text() != "environment" {
			rest.SetPairs(append(rest.Pairs(), p))
			continue
		}
		environment = strings.Trim(write(p.Value, reflect.TypeFor[spec.Raw](), place{},
			func(n *yaml.Node, at place) string { return literal(n, at, "") }), "{}")
		if environment != "" && environment != "null" {
			environment += ", "
		}
	}
	text := write(&rest, reflect.TypeFor[spec.Spec](), place{},
		func(n *yaml.Node, at place) string {
			return v.scalar(n, at, literal(n, at, ""), literal(n, at, suffix))
		})
	environment = strings.TrimPrefix(environment, "null")
	return strings.TrimSuffix(text, "}") + ", environments: {dev: {" + environment +
		"variables: {" + strings.Join(v.dev, ", ") + "}}, prod: {" + environment +
		"variables: {" + strings.Join(v.prod, ", ") + "}}}}"
}

// scalar writes a scalar that is one in dev and another in prod.
func (v *variation) scalar(n *yaml.Node, at place, dev, prod string) string {
	dollars := strings.Contains(n.Text(), "$(")
	switch way := v.IntN(4); {
	case n.Kind == yaml.Null:
		return dev
	case way == 0 && dev == prod && !dollars:
		return dev
	case way < 3 && n.Kind == yaml.String && dev == prod && !dollars && !strings.Contains(dev, "\\"):
		return v.embedded(n.Text())
	case !dollars && (way < 3 || at.verbatim):
		return "$(" + v.declare(dev, prod) + ")"
	case at.verbatim:
		return dev
	}
	v.made++
	dev, prod = doubled(dev), doubled(prod)
	if v.IntN(2) == 0 {
		return "{default: " + dev + ", prod: " + prod + "}"
	}
	return "{dev: " + dev + ", prod: " + prod + "}"
}

// doubled doubles the dollar sign of what would be a variable.
func doubled(text string) string { return strings.ReplaceAll(text, "$(", "$$(") }

// declare makes a variable and returns its name.
func (v *variation) declare(dev, prod string) string {
	name := fmt.Sprint("v", len(v.dev))
	v.dev, v.prod = append(v.dev, name+": "+dev), append(v.prod, name+": "+prod)
	v.made++
	return name
}

// embedded writes a text with a variable in it.
func (v *variation) embedded(text string) string {
	runes := []rune(text)
	i := v.IntN(len(runes) + 1)
	j := i + v.IntN(len(runes)-i+1)
	if i > 0 && runes[i-1] == '$' { // which would double the dollar sign of the variable
		i--
	}
	middle := strconv.Quote(string(runes[i:j]))
	return strconv.Quote(string(runes[:i]) + "$(" + v.declare(middle, middle) + ")" +
		string(runes[j:]))
}

// write writes what stands at a place for a type of the language, its scalars by a function.
func write(n *yaml.Node, t reflect.Type, at place, scalar func(*yaml.Node, place) string) string {
	at.verbatim = at.verbatim || t == reflect.TypeFor[spec.Raw]() ||
		t == reflect.TypeFor[spec.Anything]()
	if t.Kind() == reflect.Slice && !isEntries(t) {
		t = t.Elem() // of the items, or of the one that stands for the list
	}
	switch {
	case n.IsScalar() && t.Kind() == reflect.Struct && !isScalarPlace(t) && !at.verbatim:
		return literal(n, place{}, "") // a text that stands for a mapping
	case n.IsScalar():
		return scalar(n, at)
	case n.Kind == yaml.Seq:
		var items []string
		for _, i := range n.Items() {
			items = append(items, write(i, t, place{verbatim: at.verbatim}, scalar))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	var pairs []string
	for _, p := range n.Pairs() {
		below, free := typeOf(t, p.Key.Text()), false
		if !at.verbatim {
			free = p.Key.Text() == "description" && t != reflect.TypeFor[spec.Role]()
		}
		value := write(p.Value, below, place{free, at.verbatim}, scalar)
		pairs = append(pairs, strconv.Quote(p.Key.Text())+": "+value)
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

func isScalarPlace(t reflect.Type) bool {
	return slices.Contains([]reflect.Type{
		reflect.TypeFor[spec.Text](), reflect.TypeFor[spec.Flag](), reflect.TypeFor[spec.Number](),
		reflect.TypeFor[spec.Value](),
	}, t)
}

func isEntries(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && strings.HasPrefix(t.Elem().Name(), "Entry[")
}

// typeOf returns the type of what stands below a key.
func typeOf(t reflect.Type, key string) reflect.Type {
	raw := reflect.TypeFor[spec.Raw]()
	switch {
	case isEntries(t):
		inner, _ := t.Elem().FieldByName("V")
		return inner.Type
	case t == reflect.TypeFor[spec.Template]():
		return reflect.TypeFor[spec.Value]()
	case t.Kind() != reflect.Struct || t == reflect.TypeFor[spec.Value]() || t == raw:
		return raw
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("spec"), ","); name == key && name != "" {
			return f.Type
		}
	}
	return raw
}
