package spec

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
	"github.com/secretctl/secretctl/schema"
)

// object is a JSON object of the schema.
type object = map[string]any

func readSchema(t testing.TB) object {
	t.Helper()
	whole := schema.Single()
	asLongForms(whole)
	return whole
}

// audit holds the schema against the structs.
type audit struct {
	*testing.T
	definitions object
	used        map[string]bool       // definitions that something refers to
	seen        map[reflect.Type]bool // structs that are done
}

func TestSchemaSaysWhatTheStructsSay(t *testing.T) {
	root := readSchema(t)
	a := audit{T: t, definitions: root["definitions"].(object), used: map[string]bool{},
		seen: map[reflect.Type]bool{}}
	a.structure("", specType, root)
	for _, ref := range entryDefinitions {
		a.used[strings.TrimPrefix(ref, "#/definitions/")] = true
	}
	a.keywords("", root)
	for name, d := range a.definitions {
		a.described("definitions/"+name, d.(object))
		if d.(object)["title"] == nil {
			a.Errorf("definitions/%s has no title", name)
		}
		if !a.used[name] {
			a.Errorf("nothing refers to definitions/%s", name)
		}
	}
	if root["$id"] != "https://github.com/secretctl/secretctl/schema/spec.schema.json" ||
		root["required"] != nil {
		a.Errorf("the schema's $id is %v and it requires %v", root["$id"], root["required"])
	}
}

// resolve follows a reference.
func (a *audit) resolve(path string, s object) object {
	ref, ok := s["$ref"].(string)
	if !ok {
		return s
	}
	name, local := strings.CutPrefix(ref, "#/definitions/")
	target, ok := a.definitions[name].(object)
	if !local || !ok {
		a.Fatalf("%s refers to %s, which is not there", path, ref)
	}
	a.used[name] = true
	return target
}

// described demands a sentence that helps.
func (a *audit) described(path string, s object) {
	d, _ := s["description"].(string)
	if len(d) < 15 || !strings.HasSuffix(d, ".") {
		a.Errorf("%s: the description %q is no helpful sentence", path, d)
	}
}

// kinds demands the types of a schema, in this order.
func (a *audit) kinds(path string, s object, want ...any) {
	got, isList := s["type"].([]any)
	if !isList {
		got = []any{s["type"]}
	}
	if !slices.Equal(got, want) {
		a.Errorf("%s: the schema has the type %v, the struct %v", path, got, want)
	}
}

var scalars = []any{"string", "number", "boolean"}

// property holds what a field of a type takes against its schema.
func (a *audit) property(path string, t reflect.Type, p property, s object) {
	s = a.resolve(path, s)
	if p.enum == nil && s["enum"] != nil && t == reflect.TypeFor[Text]() {
		a.Errorf("%s: the schema has an enum, the struct none", path)
	}
	switch t {
	case reflect.TypeFor[Text]():
		a.kinds(path, s, scalars...)
		if p.enum != nil && fmt.Sprint(s["enum"]) != fmt.Sprint(p.enum) {
			a.Errorf("%s: the schema allows %v, the struct %v", path, s["enum"], p.enum)
		}
		return
	case reflect.TypeFor[Flag]():
		a.kinds(path, s, "boolean")
		return
	case reflect.TypeFor[Number]():
		a.kinds(path, s, "integer")
		lo, hi := any(nil), any(nil)
		if p.hi != 0 {
			lo, hi = float64(p.lo), float64(p.hi)
		}
		if s["minimum"] != lo || s["maximum"] != hi {
			a.Errorf("%s: the schema's range is %v to %v, the struct's %v to %v", path,
				s["minimum"], s["maximum"], lo, hi)
		}
		return
	case reflect.TypeFor[Value]():
		a.kinds(path, s, append(slices.Clone(scalars), "object")...)
		a.open(path, s)
		return
	case reflect.TypeFor[Raw]():
		a.kinds(path, s, "object")
		a.open(path, s)
		return
	case reflect.TypeFor[Anything]():
		if s["type"] != nil {
			a.Errorf("%s: the schema wants %v where the struct takes anything", path, s["type"])
		}
		return
	case reflect.TypeFor[Template]():
		a.kinds(path, s, "string", "object")
		a.property(path+".*", reflect.TypeFor[Value](), property{},
			s["additionalProperties"].(object))
		return
	}
	switch {
	case t.Kind() == reflect.Struct:
		a.structure(path, t, s)
	case strings.HasPrefix(t.Elem().Name(), "Entry["):
		a.entries(path, t, s)
	default:
		a.list(path, t, p, s)
	}
}

// open demands that any property is accepted: the code checks them.
func (a *audit) open(path string, s object) {
	if s["additionalProperties"] != nil || s["required"] != nil {
		a.Errorf("%s: the schema looks into what only the code can check", path)
	}
}

func (a *audit) list(path string, t reflect.Type, p property, s object) {
	if !reflect.DeepEqual(s["if"], object{"type": "array"}) || s["type"] != nil {
		a.Fatalf(`%s: the schema must begin with "if": {"type": "array"}`, path)
	}
	items, single := s["then"].(object)["items"], s["else"]
	if !reflect.DeepEqual(items, single) {
		a.Errorf("%s: an item of the list is %v, a single one %v", path, items, single)
	}
	a.property(path+"[]", t.Elem(), p, items.(object))
}

func (a *audit) entries(path string, t reflect.Type, s object) {
	a.kinds(path, s, "object")
	words := reflect.New(t).Interface().(interface{ words() []string }).words()
	names, _ := s["propertyNames"].(object)
	if names != nil {
		names = a.resolve(path, names)
	}
	if (names == nil) != (words == nil) ||
		words != nil && fmt.Sprint(names["enum"]) != fmt.Sprint(words) {
		a.Errorf("%s: the schema's names are %v, the decoder's %v", path, names["enum"], words)
	}
	inner, _ := t.Elem().FieldByName("V")
	a.property(path+".*", inner.Type, property{}, s["additionalProperties"].(object))
}

// textOrStruct are the structs that a text may stand for, with their kinds.
var textOrStruct = map[reflect.Type][]any{
	reflect.TypeFor[Replica]():      {"object", "string", "number", "boolean"},
	reflect.TypeFor[Grantee]():      {"object", "string", "number", "boolean"},
	reflect.TypeFor[ExistingRole](): {"string", "number", "boolean", "object"},
}

func (a *audit) structure(path string, t reflect.Type, s object) {
	if a.seen[t] {
		return
	}
	a.seen[t] = true
	shape := shapeOf(t)
	required := []any{}
	for _, p := range shape.properties {
		if p.required {
			required = append(required, p.name)
		}
	}
	switch short := textOrStruct[t]; {
	case short != nil:
		a.kinds(path, s, short...)
	case t == specType || shape.requires() || s["minProperties"] != nil:
		// Below, the property that has it is held to that.
		a.kinds(path, s, "object")
	default:
		a.kinds(path, s, "object", "null")
	}
	// The properties are those of a mapping that is no function.
	if t == reflect.TypeFor[ExistingRole]() {
		s, required = s["then"].(object), []any{"roleName"}
	}
	if s["additionalProperties"] != false {
		a.Errorf("%s: the schema allows unknown properties", path)
	}
	if got, _ := s["required"].([]any); !slices.Equal(got, required) {
		a.Errorf("%s: the schema requires %v, the struct %v", path, got, required)
	}
	properties := s["properties"].(object)
	for name := range properties {
		if _, ok := shape.find(name); !ok {
			a.Errorf("%s.%s is in the schema and not in the struct", path, name)
		}
	}
	for _, p := range shape.properties {
		inner, ok := properties[p.name].(object)
		if !ok {
			a.Errorf("%s.%s is in the struct and not in the schema", path, p.name)
			continue
		}
		a.described(path+"."+p.name, inner)
		a.property(path+"."+p.name, p.of, p, inner)
		a.filled(path+"."+p.name, p.of, p, a.resolve(path, inner))
	}
}

// filled demands that the schema refuses the empty lists and mappings which the decoder refuses,
// and no others.
func (a *audit) filled(path string, t reflect.Type, p property, s object) {
	inList, isList := s["then"].(object)
	least := s["minProperties"]
	if isList && t.Kind() == reflect.Slice {
		least = inList["minItems"]
	}
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Struct {
		if want := map[bool]any{true: 1.0}[p.filled]; least != want && s["maxProperties"] == nil {
			a.Errorf("%s: the schema demands %v entries, the struct %v", path, least, want)
		}
	}
	inner, isMap := s["additionalProperties"].(object)
	if then, ok := inner["then"].(object); isMap && ok && then["minItems"] != 1.0 {
		a.Errorf("%s.*: the schema accepts an empty list", path)
	}
}

// keywords demands that the schema uses nothing which costs good messages, is fetched, or has no
// words in the messages.
func (a *audit) keywords(path string, v any) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			a.keywords(fmt.Sprintf("%s/%d", path, i), item)
		}
	case object:
		for key, inner := range v {
			if path == "" && key == "patternProperties" { // which nothing is wrong with
				if v := inner.(object); len(v) != 1 || v["^"+extension] == nil {
					a.Errorf("the document's patterns are %v", v)
				}
				continue
			}
			switch key {
			case "examples", "default":
				continue
			case "oneOf", "anyOf", "patternProperties", "format", "dependencies", "pattern":
				a.Errorf("%s uses %s", path, key)
			case "$ref":
				a.resolve(path, v)
			case "type":
				words := fmt.Sprint(inner)
				if _, property := inner.(object); property {
					break
				}
				_, ok := expectations[strings.ReplaceAll(words, " ", ",")]
				if !ok && words != "array" {
					a.Errorf("%s: messages have no words for the type %v", path, inner)
				}
			}
			a.keywords(path+"/"+key, inner)
		}
	}
}

func TestSchemaExamplesAreValid(t *testing.T) {
	if testing.Short() {
		t.Skip("it decodes every example of the schema")
	}
	root := readSchema(t)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		s, ok := v.(object)
		if !ok {
			return
		}
		examples, _ := s["examples"].([]any)
		if byDefault, ok := s["default"]; ok && s["description"] != nil {
			examples = append(slices.Clone(examples), byDefault)
		}
		for _, example := range examples {
			validator, err := gojsonschema.NewSchema(
				gojsonschema.NewGoLoader(
					object{"allOf": []any{v}, "definitions": root["definitions"]}),
			)
			if err != nil {
				t.Fatalf("%s does not compile: %v", path, err)
			}
			result, err := validator.Validate(gojsonschema.NewGoLoader(example))
			if err != nil || !result.Valid() {
				t.Errorf("%s: the example %v is not valid: %v %v", path, example, err,
					result.Errors())
			}
		}
		for key, inner := range s {
			if key != "examples" && key != "default" {
				walk(path+"/"+key, inner)
			}
		}
	}
	walk("", root)
}

func TestSchemaKnowsTheVocabulary(t *testing.T) {
	definitions := readSchema(t)["definitions"].(object)
	examples := func(definition, property string) []any {
		properties := definitions[definition].(object)["properties"].(object)
		return properties[property].(object)["examples"].([]any)
	}
	var targets []string
	for _, target := range aws.TargetTypes {
		targets = append(targets, target.Type)
	}
	same := func(what string, got []any, want []string) {
		words := []string{}
		for _, w := range got {
			words = append(words, w.(string))
		}
		slices.Sort(words)
		if want := slices.Sorted(slices.Values(want)); !slices.Equal(words, want) {
			t.Errorf("%s: the schema has %q, the code %q", what, words, want)
		}
	}
	same("attachment.targetType", examples("attachment", "targetType"), targets)
	same("secret.type", examples("secret", "type"), aws.ManagedExternalTypes())
	same("function", definitions["function"].(object)["propertyNames"].(object)["enum"].([]any),
		yaml.Functions())
	for _, f := range yaml.Functions() {
		if definitions["value"].(object)["properties"].(object)[f] == nil {
			t.Errorf("definitions/value does not describe %s", f)
		}
	}
}

// FuzzDecoderAcceptsImpliesSchemaAccepts and the other way round: the decoder rejects a property of
// the document exactly when the schema has something to say about it, on specs that are nearly
// right.
func FuzzDecoderAcceptsImpliesSchemaAccepts(f *testing.F) {
	if testing.Short() {
		f.Skip("a property of many seeds")
	}
	for seed := range uint64(2000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 1)), wrong: int(seed % 9)}
		root := g.document()
		file := render(root)
		for _, p := range root.Pairs() {
			agree(t, file, p)
		}
		_, found := decodeDocument(root, nil)
		for _, d := range found {
			readable(t, file, d)
		}
	})
}

// agree holds decoder and schema against each other over one property of a document.
func agree(t *testing.T, file *source.File, pair yaml.Pair) {
	s := shapeOf(specType)
	i, ok := s.find(pair.Key.Text())
	if !ok {
		return
	}
	p := s.properties[i]
	d := &decoder{}
	d.section(&p, reflect.New(p.of).Elem(), pair)
	result, err := schemaAt(
		"#/properties/" + p.name,
	).Validate(gojsonschema.NewRawLoader(plain(pair.Value)))
	if err != nil {
		t.Fatal(err)
	}
	if d.rejected && result.Valid() ||
		!d.rejected && !result.Valid() &&
			len(d.found) == 0 { // what it found itself, it says itself
		t.Fatalf("%s\nthe decoder rejects %s: %v, the schema finds %v", file.Data, p.name,
			d.rejected, result.Errors())
	}
}

// readable demands of a diagnostic what every one promises, and that it tells no secret.
func readable(t *testing.T, file *source.File, d diag.Diagnostic) {
	switch {
	case d.Code == diag.Internal:
		t.Fatalf("%s\n%s: %s at %q", file.Data, d.Code.Number, d.Says(nil), d.Span.Text())
	case d.Span.IsZero() || d.Says(nil) == "" || d.Advises(nil) == "" ||
		strings.HasSuffix(d.Says(nil), ".") ||
		strings.Contains(d.Says(nil)+d.Advises(nil), "  "):
		t.Fatalf("%s\nspan %v, message %q, hint %q", file.Data, d.Span, d.Says(nil), d.Advises(nil))
	case strings.Contains(d.Advises(nil), "allow: ") ||
		strings.Contains(d.Advises(nil), "existingRole: "):
		// names of secrets and roles, which masks hide where a value could stand
	case d.Code != diag.InvalidValue && strings.Contains(d.Says(nil)+d.Advises(nil), "hunter2"):
		t.Fatalf("%s\nthe message shows a literal: %s; %s", file.Data, d.Says(nil), d.Advises(nil))
	}
	for _, fix := range d.Fixes(nil) {
		if strings.Contains(fix.Text.String(), "hunter2") {
			t.Fatalf("%s\na fix shows a literal: %s", file.Data, fix.Text)
		}
	}
}

// generator makes specs that are nearly right.
type generator struct {
	*rand.Rand
	wrong int // how many of a hundred nodes are not what they should be
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

func (g *generator) document() *yaml.Node {
	return g.structure(specType)
}

// node makes what a field takes, or now and then something else.
func (g *generator) node(t reflect.Type, p property) *yaml.Node {
	if g.chance(g.wrong) {
		return g.anything(3)
	}
	switch t {
	case reflect.TypeFor[Text]():
		if p.enum != nil {
			if g.chance(g.wrong) {
				return yaml.Scalar(yaml.String, pick(g, "raed", "Retian", "", "inlined"))
			}
			return inQuotes(yaml.Scalar(yaml.String, pick(g, p.enum...)), g.chance(20))
		}
		return g.scalar()
	case reflect.TypeFor[Flag]():
		return yaml.Scalar(yaml.Bool, pick(g, "true", "false", "True", "FALSE"))
	case reflect.TypeFor[Number]():
		if p.hi != 0 {
			off := pick[int32](g, 0, 0, 0, 0, 0, -1, 1)
			return yaml.Scalar(yaml.Int, pick(g, "", "+", "00")+
				fmt.Sprint(pick(g, p.lo, p.hi, (p.lo+p.hi)/2)+off))
		}
		return yaml.Scalar(yaml.Int, pick(g, "1", "2", "-1", "999999999999", "9999999999999"))
	case reflect.TypeFor[Value]():
		if g.chance(30) {
			return g.function()
		}
		return g.scalar()
	case reflect.TypeFor[Raw]():
		return g.mapping(2)
	case reflect.TypeFor[Anything]():
		if g.chance(50) {
			return g.scalar()
		}
		return g.mapping(2)
	case reflect.TypeFor[Template]():
		if g.chance(30) {
			return inQuotes(yaml.Scalar(yaml.String, `{"password":"hunter2"}`), true)
		}
		return g.node(reflect.TypeFor[Entries[Value]](), property{})
	case reflect.TypeFor[ExistingRole]():
		if g.chance(50) {
			return g.node(reflect.TypeFor[Value](), property{})
		}
	case reflect.TypeFor[Replica](), reflect.TypeFor[Grantee]():
		if g.chance(40) {
			return g.scalar()
		}
	}
	if t.Kind() == reflect.Struct {
		if !shapeOf(t).requires() && g.chance(5) {
			return &yaml.Node{Kind: yaml.Null}
		}
		return g.structure(t)
	}
	if strings.HasPrefix(t.Elem().Name(), "Entry[") {
		return g.entries(t)
	}
	if g.chance(40) {
		return g.node(t.Elem(), p)
	}
	n := &yaml.Node{Kind: yaml.Seq}
	for range g.IntN(3) {
		n.SetItems(append(n.Items(), g.node(t.Elem(), p)))
	}
	if len(n.Items()) == 0 && !g.chance(g.wrong) {
		n.SetItems(append(n.Items(), g.node(t.Elem(), p)))
	}
	return n
}

func (g *generator) entries(t reflect.Type) *yaml.Node {
	names := reflect.New(t).Interface().(interface{ words() []string }).words()
	if names == nil || g.chance(g.wrong) {
		names = []string{"a", "b", "read", "raed", "password", "012345678901"}
	}
	inner, _ := t.Elem().FieldByName("V")
	n := &yaml.Node{Kind: yaml.Map}
	for range g.IntN(4) {
		add(n, pick(g, names...), g.node(inner.Type, property{}))
	}
	return n
}

func (g *generator) structure(t reflect.Type) *yaml.Node {
	s := shapeOf(t)
	var alternatives []string
	for _, p := range s.properties {
		if p.oneof != "" {
			alternatives = append(alternatives, p.name)
		}
	}
	chosen := ""
	if len(alternatives) > 0 {
		chosen = pick(g, alternatives...)
	}
	n := &yaml.Node{Kind: yaml.Map}
	for _, p := range s.properties {
		likely := 25
		switch {
		case t == specType:
			likely = 15
		case p.required:
			likely = 100 - g.wrong
		case p.oneof != "" && p.name == chosen:
			likely = 100 - g.wrong
		case p.oneof != "":
			likely = g.wrong
		}
		if g.chance(likely) {
			add(n, p.name, g.node(p.of, p))
		}
	}
	if g.chance(g.wrong) {
		add(n,
			pick(g, "KmsKeyId", "SecretString", "rotatoin", "Name", "x", "Ref", "grant", "valeu"),
			g.anything(2))
	}
	pairs := n.Pairs()
	g.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	return n
}

// inQuotes says whether a scalar is in quotes, and returns it.
func inQuotes(n *yaml.Node, is bool) *yaml.Node {
	n.Quoted = is
	return n
}

// add appends an entry unless the key is there.
func add(n *yaml.Node, key string, value *yaml.Node) {
	if n.Get(key) == nil {
		n.SetPairs(append(n.Pairs(),
			yaml.Pair{Key: yaml.Scalar(yaml.String, key), Value: value}))
	}
}

func (g *generator) scalar() *yaml.Node {
	return pick(
		g,
		inQuotes(yaml.Scalar(yaml.String, "hunter2"), g.chance(50)),
		inQuotes(yaml.Scalar(yaml.String, "hunter2 true"), true),
		yaml.Scalar(yaml.Int,
			pick(g, "0", "12", "012345678901", "-7", "0x1F", "0o17", "99999999999999999999")),
		yaml.Scalar(yaml.Float, pick(g, "1.10", "30.0", ".inf", ".nan", "1e99999", "-0.0")),
		yaml.Scalar(yaml.Bool, pick(g, "true", "False")),
	)
}

func (g *generator) function() *yaml.Node {
	n := &yaml.Node{Kind: yaml.Map}
	n.SetTag(pick(g, "", "!Tag"))
	add(n, pick(g, yaml.Functions()...), g.anything(1))
	return n
}

func (g *generator) mapping(depth int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.Map}
	for range g.IntN(3) {
		add(n, pick(g, "Ref", "Type", "roleName", "to", "region", "a", "Fn::Sub", "Fn::GetAt"),
			g.anything(depth-1))
	}
	return n
}

// anything makes a node that nobody has asked for.
func (g *generator) anything(depth int) *yaml.Node {
	if depth > 0 {
		switch g.IntN(6) {
		case 0:
			return g.mapping(depth)
		case 1:
			n := &yaml.Node{Kind: yaml.Seq}
			for range g.IntN(3) {
				n.SetItems(append(n.Items(), g.anything(depth-1)))
			}
			return n
		case 2:
			return g.function()
		case 3:
			return &yaml.Node{Kind: yaml.Null}
		}
	}
	return g.scalar()
}

// render writes a tree as a file and sets the spans of its nodes.
func render(root *yaml.Node) *source.File {
	var text strings.Builder
	spans := map[*yaml.Node]source.Span{}
	var write func(n *yaml.Node)
	write = func(n *yaml.Node) {
		at := source.Span{Start: int32(text.Len())}
		switch {
		case n.Kind == yaml.Map:
			text.WriteString("{")
			for _, p := range n.Pairs() {
				text.WriteString(" ")
				write(p.Key)
				text.WriteString(": ")
				write(p.Value)
				text.WriteString(",")
			}
			text.WriteString("}")
		case n.Kind == yaml.Seq:
			text.WriteString("[")
			for _, item := range n.Items() {
				write(item)
				text.WriteString(",")
			}
			text.WriteString("]")
		case n.Quoted:
			fmt.Fprintf(&text, "%q", n.Text())
		default:
			text.WriteString(n.Text())
		}
		at.End = int32(text.Len())
		spans[n] = at
	}
	write(root)
	file := source.New("spec.yaml", []byte(text.String()))
	for n, at := range spans {
		at.File = file
		n.SetSpan(at)
	}
	return file
}

// TestGeneratorReachesEveryShape keeps the fuzz test honest: every property of every struct is
// written now and then, right and wrong.
func TestGeneratorReachesEveryShape(t *testing.T) {
	if testing.Short() {
		t.Skip("many specs are generated")
	}
	written := map[string]bool{}
	rejected := 0
	for seed := range uint64(12000) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 1)), wrong: int(seed % 9)}
		root := g.document()
		render(root)
		root.Walk(func(n *yaml.Node) {
			for _, p := range n.Pairs() {
				written[p.Key.Text()] = true
			}
		})
		if _, found := decodeDocument(root, nil); len(found) > 0 {
			rejected++
		}
	}
	for name, d := range readSchema(t)["definitions"].(object) {
		properties, _ := d.(object)["properties"].(object)
		for property := range maps.Keys(properties) {
			if !written[property] {
				t.Errorf("%s.%s is never written", name, property)
			}
		}
	}
	if rejected < 3000 || rejected > 11400 {
		t.Errorf("%d of 12000 generated specs are rejected", rejected)
	}
}
