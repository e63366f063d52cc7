package spec

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
	"github.com/secretctl/secretctl/schema"
)

// compiled holds one compiled schema per reference into the spec's schema. Most runs need none:
// what the decoder accepts the schema accepts, which a test proves.
var compiled sync.Map // string → *gojsonschema.Schema

// schemaAt compiles the part of the schema that a reference such as "#/definitions/secret" names.
func schemaAt(ref string) *gojsonschema.Schema {
	if s, ok := compiled.Load(ref); ok {
		return s.(*gojsonschema.Schema)
	}
	whole := schema.Single()
	asLongForms(whole)
	loader := gojsonschema.NewGoLoader(map[string]any{
		"$ref": ref, "definitions": whole["definitions"], "properties": whole["properties"],
	})
	s, err := gojsonschema.NewSchema(loader)
	if err != nil {
		panic("spec: the embedded schema does not compile at " + ref + ": " + err.Error())
	}
	compiled.Store(ref, s)
	return s
}

// asLongForms takes the lists out of a schema's alternatives of types. An editor reads the short
// form !Join [a, b] as the list that it is written as; here it is a mapping by now, and a list is
// no value.
func asLongForms(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, inner := range s {
			asLongForms(inner)
		}
	case map[string]any:
		if types, ok := s["type"].([]any); ok {
			types = slices.DeleteFunc(types, func(t any) bool { return t == "array" })
			if s["type"] = types; len(types) == 1 {
				s["type"] = types[0]
			}
		}
		for _, inner := range s {
			asLongForms(inner)
		}
	}
}

// checkSchema says what the schema finds wrong with a node that the decoder rejected. key is the
// key in front of the node, if it has one.
func checkSchema(ref string, key, n *yaml.Node, suggestions map[*yaml.Node]*shape) diag.List {
	result, err := schemaAt(ref).Validate(gojsonschema.NewRawLoader(plain(n)))
	if err != nil {
		panic("spec: the schema library refused " + ref + ": " + err.Error())
	}
	var found diag.List
	for _, e := range result.Errors() {
		if d, ok := diagnose(e, key, n, suggestions); ok {
			found = append(found, d)
		}
	}
	// Of a key that stands there twice the library saw only one value, and Parse has said so.
	if len(found) == 0 && !repeats(n) {
		at := n.Span()
		if key != nil {
			at = key.Span()
		}
		found = diag.List{*diag.Report(diag.Internal, at).
			Message("the decoder refuses this and the schema does not").
			Hint("report this, with the spec if it may be shown")}
	}
	return found
}

// repeats says whether a mapping of the tree has a key twice.
func repeats(n *yaml.Node) bool {
	keys := make(map[string]bool, len(n.Pairs()))
	for _, p := range n.Pairs() {
		if keys[p.Key.Text()] || repeats(p.Value) {
			return true
		}
		keys[p.Key.Text()] = true
	}
	return slices.ContainsFunc(n.Items(), repeats)
}

// alternativeErrors only say that there was another one inside an alternative.
var alternativeErrors = map[string]bool{
	"condition_then": true, "condition_else": true,
	"number_all_of": true, "number_any_of": true, "number_one_of": true, "number_not": true,
}

// diagnose turns an error of the schema library into a diagnostic. Errors that only say that
// another one was inside an alternative are dropped.
func diagnose(e gojsonschema.ResultError, key, root *yaml.Node,
	suggestions map[*yaml.Node]*shape) (diag.Diagnostic, bool) {
	key, n := walk(key, root, strings.Split(e.Context().String("\x00"), "\x00")[1:])
	property, _ := e.Details()["property"].(string)
	// it is said already
	if s := suggestions[n]; s != nil && s.empty || alternativeErrors[e.Type()] {
		return diag.Diagnostic{}, false
	}
	switch e.Type() {
	case "additional_property_not_allowed":
		if s := suggestions[n]; s != nil && n.IsIntrinsic() {
			return wrongType("object", key, n, s), true
		}
		for _, p := range n.Pairs() {
			if p.Key.Text() == property {
				return unknownProperty(n, p, suggestions[p.Key]), true
			}
		}
	case "invalid_property_name": // the names of a map are words, as in a secret's own grants
		for _, p := range n.Pairs() {
			if p.Key.Text() == property {
				return unknownWord(p.Key, verbs), true
			}
		}
	case "required":
		if n.IsIntrinsic() || misspelled(property, n, suggestions) {
			return diag.Diagnostic{}, false
		}
		return *diag.Report(diag.MissingProperty, place(key, n)).
			Message("%q is missing", diag.Words(property)).
			Hint("add %q", diag.Words(property)), true
	case "enum":
		if !n.IsScalar() { // of the names of a map: invalid_property_name says it
			return diag.Diagnostic{}, false
		}
		return unknownWord(n, enumWords(e)), true
	case "number_gte":
		return outOfRange(n, "at least", e.Details()["min"]), true
	case "number_lte":
		return outOfRange(n, "at most", e.Details()["max"]), true
	}
	expected, _ := e.Details()["expected"].(string)
	return wrongType(expected, key, n, suggestions[n]), true
}

func outOfRange(n *yaml.Node, bound string, number any) diag.Diagnostic {
	return *diag.Report(diag.InvalidValue, n.Span()).
		Message("%s is out of range", n).
		Hint("write a number of %s %v", bound, number)
}

// misspelled says whether an unknown property of n is what is missing, so that one message is
// enough.
func misspelled(property string, n *yaml.Node, suggestions map[*yaml.Node]*shape) bool {
	return slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
		s := suggestions[p.Key]
		return s != nil && (yaml.IsFunction(p.Key.Text()) || s.meant(p.Key.Text()) == property ||
			s.isVerb(p.Key.Text()) && slices.Contains(saidByVerb, property))
	})
}

// expectations are the combinations of JSON Schema's types that the schema uses, as the schema
// library writes them, in plain English. A test holds the schema to them.
var expectations = map[string]string{
	"boolean":                        "true or false",
	"integer":                        "a whole number",
	"object":                         "a mapping",
	"[object,null]":                  "a mapping",
	"[string,number,boolean]":        "a text",
	"[string,number,boolean,object]": "a text or an intrinsic function",
	"[object,string,number,boolean]": "a text or a mapping",
	"[string,object]":                "a mapping, or JSON as a text",
}

// wrongType says that something is of another kind than expected. The value is not quoted: it may
// be a secret.
func wrongType(expected string, key, n *yaml.Node, s *shape) diag.Diagnostic {
	words := diag.Words(expectations[expected])
	d := diag.Report(diag.WrongType, n.Span()).Message("expected %s, not %s", words, kindOf(n))
	if key != nil && (n.Span().Start == n.Span().End || !n.IsScalar()) {
		d.Span = key.Span()
	}
	if n.Kind == yaml.Null {
		d.Message("expected %s, and nothing is written", words)
	}
	if !nearlyRight(d, key, n, s) {
		repair(d, expected, n, s)
	}
	return *d
}

// repair says what to do about a node of a wrong kind.
func repair(d *diag.Diagnostic, expected string, n *yaml.Node, s *shape) {
	text, isText := repairs[expected][strings.ToLower(n.Text())]
	_, notNumber := strconv.Atoi(n.Text())
	words := diag.Words(expectations[expected])
	switch {
	case isText && n.Quoted:
		d.Hint("remove the quotes").Fix(n.Span(), "%s", diag.Words(text))
	case isText:
		d.Hint("write %q", diag.Words(text)).Fixed(fixTo(n, text)...)
	case expected == "integer" && n.Quoted && notNumber == nil:
		d.Hint("remove the quotes").Fix(n.Span(), "%s", n)
	case s != nil:
		d.Hint("write a mapping; its properties are %s", s.list())
	case n.Kind == yaml.Null:
		d.Hint("write %s, or remove it", words)
	case n.Kind == yaml.Seq && strings.HasPrefix(expected, "object"):
		d.Hint("write a mapping, without hyphens and brackets: each entry is a name, a colon and " +
			"what it stands for, which may be {}")
	case n.Kind == yaml.Seq && strings.HasPrefix(expected, "[string,number"):
		d.Hint("write %s, without a list around it", words)
	case n.IsIntrinsic():
		d.Hint("write %s; it must be known before the template is deployed", words)
	default:
		d.Hint("write %s", words)
	}
}

// repairs are the texts that are certainly meant as something else, by what is expected.
var repairs = map[string]map[string]string{
	"boolean": {
		"true": "true", "yes": "true", "on": "true", "y": "true", "1": "true",
		"false": "false", "no": "false", "off": "false", "n": "false", "0": "false",
	},
}

// kindOf names the kind of a node in plain English.
func kindOf(n *yaml.Node) diag.Words {
	switch {
	case n.IsIntrinsic():
		return "an intrinsic function"
	case n.Kind == yaml.String && n.Quoted:
		return "a text in quotes"
	case n.Kind == yaml.Int && len(n.Text()) > maxDigits:
		return "one this long"
	case n.Kind == yaml.Int && plain(n) == fraction:
		return "one in octal or hexadecimal notation"
	}
	return [...]diag.Words{
		yaml.Null: "nothing", yaml.Bool: "true or false", yaml.Int: "a whole number",
		yaml.Float: "a number with a fraction", yaml.String: "a text",
		yaml.Map: "a mapping", yaml.Seq: "a list",
	}[n.Kind]
}

// place is where a person looks for what a mapping lacks: its key, or else its first entry.
func place(key, n *yaml.Node) source.Span {
	if key != nil {
		return key.Span()
	}
	if len(n.Pairs()) > 0 {
		return n.Pairs()[0].Key.Span()
	}
	return n.Span()
}

// names are the properties of a shape, sorted.
func (s *shape) names() []string {
	var names []string
	for _, p := range s.properties {
		names = append(names, p.name)
	}
	slices.Sort(names)
	return names
}

// headerSections are the mappings of the header.
var headerSections = []struct {
	name string
	of   reflect.Type
}{{"environment", reflect.TypeFor[Environment]()}, {"defaults", reflect.TypeFor[Defaults]()}}

// meant returns the property that an unknown word certainly or probably stands for, or "". It may
// be a path (value.generate) below a property of the shape.
func (s *shape) meant(word string) string {
	if yaml.IsFunction(word) {
		return ""
	}
	for _, p := range s.properties {
		if p.name != notOffered && strings.EqualFold(p.name, word) || len(s.properties) == 1 {
			return p.name
		}
	}
	for path := synonymOf(word); path != ""; {
		first, rest, _ := strings.Cut(path, ".")
		if _, ok := s.find(first); ok {
			return path
		}
		path = rest
	}
	if s == shapeOf(specType) { // region at the top is one level too high
		for _, below := range headerSections {
			if _, ok := shapeOf(below.of).find(word); ok {
				return below.name + "." + word
			}
		}
	}
	return diag.Nearest(word, s.offered())
}

// list are the properties of a shape as a sentence offers them.
func (s *shape) list() diag.Words { return diag.Words(strings.Join(s.offered(), ", ")) }

// notOffered is the property that the language warns of: no hint leads to it.
const notOffered = "unsafePlaintext"

// offered are the properties of a shape that hints may lead to: not what the language warns of.
func (s *shape) offered() []string {
	return slices.DeleteFunc(s.names(), func(name string) bool { return name == notOffered })
}

// unknownProperty says that a mapping has a property that a shape does not have.
func unknownProperty(n *yaml.Node, pair yaml.Pair, s *shape) diag.Diagnostic {
	key := pair.Key
	d := diag.Report(diag.UnknownProperty, key.Span()).Message("there is no property %q here", key)
	first, _, blank := strings.Cut(strings.ReplaceAll(key.Text(), "\t", " "), " ")
	if blank { // a colon is missing, and what follows may be a secret
		d.Message("the name of a property has no blanks").Hint("write a colon after its first word")
		if s != nil && slices.Contains(s.names(), first) {
			d.Hint("write a colon after %q", diag.Words(first))
		}
		return *d
	}
	if s == nil {
		return *d.Hint("remove it")
	}
	meant := s.meant(key.Text())
	if near := diag.Nearest(key.Text(), s.names()); s == shapeOf(specType) && near != "" &&
		pair.Value.Kind == yaml.Map {
		meant = near // a mapping is a section
	}
	switch {
	case s.isVerb(key.Text()) && meant == "":
		verbAsProperty(d, n, pair, s)
	case yaml.IsFunction(key.Text()):
		d.Message("an intrinsic function cannot stand beside properties").
			Hint("write the function alone, or remove it")
	case meant == "":
		d.Hint("remove it; properties here are %s", s.list())
	case len(s.properties) == 1:
		d.Hint("the only property here is %q", diag.Words(meant))
	case s == shapeOf(secretType) && isValuePath(meant) && pair.Value.IsScalar() &&
		pair.Value.Kind != yaml.Null:
		literalBeside(d, pair)
	case meant == diag.Nearest(key.Text(), s.offered()):
		d.Hint("write %q", diag.Words(meant)).Fixed(fixTo(key, meant)...)
	case strings.Contains(meant, "."):
		elsewhere(d, n, pair, meant)
	default:
		d.Hint("this language says %q for it", diag.Words(meant))
		if n.Get(meant) == nil {
			d.Fixed(fixTo(key, meant)...)
		}
	}
	return *d
}

// unknownWord says that n is none of the words that can stand at its place.
func unknownWord(n *yaml.Node, words []string) diag.Diagnostic {
	d := diag.Report(diag.InvalidValue, n.Span()).
		Message("%q is none of the words that can stand here", n)
	if slices.Equal(words, verbs) {
		return *noVerb(d, n)
	}
	near := diag.Nearest(n.Text(), words)
	if near == "" {
		return *d.Hint("write one of %s", diag.Words(strings.Join(words, ", ")))
	}
	return *d.Hint("write %q", diag.Words(near)).Fixed(fixTo(n, near)...)
}

// fixTo replaces a scalar by a word, and keeps its quotes.
func fixTo(n *yaml.Node, word string) []diag.Fix {
	if n.Quoted {
		word = strconv.Quote(word)
	}
	return []diag.Fix{{Span: n.Span(), Text: diag.Say("%s", diag.Words(word))}}
}

func enumWords(e gojsonschema.ResultError) []string {
	list, _ := e.Details()["allowed"].(string)
	var words []string
	for _, w := range strings.Split(list, ",") {
		words = append(words, strings.Trim(strings.TrimSpace(w), `"`))
	}
	return words
}

// walk follows the schema library's path from a node; it stops where the path leaves the tree. It
// returns the key in front of the node it ends at, or nil.
func walk(key, n *yaml.Node, path []string) (*yaml.Node, *yaml.Node) {
	for _, segment := range path {
		switch n.Kind {
		case yaml.Seq:
			i, err := strconv.Atoi(segment)
			if err != nil || i >= len(n.Items()) {
				return key, n
			}
			key, n = nil, n.Items()[i]
		case yaml.Map:
			next := -1
			for i, p := range n.Pairs() {
				if p.Key.Text() == segment {
					next = i
				}
			}
			if next < 0 {
				return key, n
			}
			key, n = n.Pairs()[next].Key, n.Pairs()[next].Value
		default:
			return key, n
		}
	}
	return key, n
}

// fraction stands for every number that no property takes as a number: one with a fraction, and one
// so long or in such a notation that nobody counts with it. Where a text can stand it is one like
// any other.
const fraction = json.Number("0.5")

// plain gives the schema library a node the way it can digest it: numbers as json.Number in a form
// that is certainly JSON's.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.Null:
		return nil
	case yaml.Bool:
		return strings.EqualFold(n.Text(), "true")
	case yaml.Int:
		if v, ok := wholeNumber(n); ok {
			return json.Number(strconv.Itoa(v))
		}
		return fraction
	case yaml.Float:
		return fraction
	case yaml.Map:
		m := make(map[string]any, len(n.Pairs()))
		for _, p := range n.Pairs() {
			m[p.Key.Text()] = plain(p.Value)
		}
		return m
	case yaml.Seq:
		l := make([]any, len(n.Items()))
		for i, item := range n.Items() {
			l[i] = plain(item)
		}
		return l
	}
	return n.Text()
}
