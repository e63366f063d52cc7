package spec

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
	"github.com/secretctl/secretctl/schema"
)

// lists are what takes a list in the schema, as it is laid out.
var lists = regexp.MustCompile(`(?m)^( *"if": \{ "type": "array" \},\n *"then": \{.*\},\n *"else": )` +
	`(\{ "(?:type|\$ref)": .*\})$`)

// places are what takes a text, a number or a truth value: the keywords of one property, without
// those that describe it.
var places = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^( *)"type": (?:\["string", "number", "boolean"\]|"integer"),\n` +
		` *"(?:enum|minimum)": [^\n,]*(?:\[.*\]|,\n *"maximum": [0-9]+)`),
	regexp.MustCompile(`(?m)^( *)"type": \["string", "number", "boolean"\]$`),
	regexp.MustCompile(`(?m)^( *)"type": "boolean"$`),
}

// takesEnvironments returns a schema in which every place that takes no mapping also takes one by
// environment, and a variable. Places that do already stay as they are.
func takesEnvironments(text string) string {
	text = lists.ReplaceAllStringFunc(text, func(list string) string {
		parts := lists.FindStringSubmatch(list)
		is := "isByEnvironment"
		if item := parts[2]; strings.Contains(item, "$ref") && !strings.Contains(item, `/verb"`) &&
			!strings.Contains(item, `/value"`) {
			is = "areListsByEnvironment"
		}
		return parts[1] + `{ "if": { "$ref": "#/definitions/` + is + `" }, ` +
			`"then": { "$ref": "#/definitions/byEnvironment" }, "else": ` + parts[2] + ` }`
	})
	line := regexp.MustCompile(`\n *`)
	for _, place := range places {
		var b strings.Builder
		at := 0
		for _, i := range place.FindAllStringSubmatchIndex(text, -1) {
			keywords, indent := text[i[0]:i[1]], text[i[2]:i[3]]
			if isDefinition(text[:i[0]]) {
				continue
			}
			b.WriteString(text[at:i[0]] + indent + `"anyOf": [` + "\n" + indent + "  { " +
				line.ReplaceAllString(keywords[len(indent):], " ") + " },\n" +
				indent + `  { "$ref": "#/definitions/byEnvironment" }` + "\n" + indent + "]")
			at = i[1]
		}
		text = b.String() + text[at:]
	}
	return text
}

// isDefinition says whether a text ends within a definition, which has a title, before its
// properties.
func isDefinition(before string) bool {
	opened := before[strings.LastIndex(before, "{\n")+1:]
	return strings.Contains(opened, `"title": `)
}

// TestSchemaTakesEnvironments: in the schema, a variable and a mapping by environment can stand
// wherever a text, a number, a truth value or a list can; -update makes it so.
func TestSchemaTakesEnvironments(t *testing.T) {
	const file = "../../schema/spec.schema.json"
	before := expect.Read(t, file)
	expect.Kept(t, file, takesEnvironments(before))
	var root object
	if err := json.Unmarshal([]byte(expect.Read(t, file)), &root); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(single(t, before), single(t, takesEnvironments(before))) {
		t.Error("for a single environment it says something else")
	}
	walkSchema(root, func(s object) {
		kinds, _ := s["type"].([]any)
		if slices.Equal(kinds, scalars) && s["description"] != nil && s["title"] == nil {
			t.Errorf("no environments at: %v", s["description"])
		}
	})
}

func single(t *testing.T, text string) object {
	t.Helper()
	was := schema.Spec
	defer func() { schema.Spec = was }()
	schema.Spec = []byte(text)
	return schema.Single()
}

func walkSchema(v any, f func(object)) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			walkSchema(inner, f)
		}
	case object:
		f(v)
		for _, inner := range v {
			walkSchema(inner, f)
		}
	}
}

// TestPrintedSchemaAcceptsEnvironments: what the decoder takes of a spec with environments the
// schema takes as it is written.
func TestPrintedSchemaAcceptsEnvironments(t *testing.T) {
	validator, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(schema.Spec))
	if err != nil {
		t.Fatal(err)
	}
	for text, valid := range map[string]bool{
		"shards: $(n)":                                 true,
		"shards: { dev: 1, prod: 4 }":                  true,
		"exportAll: { default: false, prod: true }":    true,
		"export: { dev: [], prod: [db] }":              true,
		"secrets: { db: { name: $(stage)/db } }":       true,
		"secrets: { db: { name: { dev: a, prod: b }}}": true,
		"secrets: { db: { description: { dev: !Ref P, prod: b }, deletionPolicy: $(p) } }":   true,
		"secrets: { db: { replicas: { dev: [], prod: [us-east-1] }, environments: [dev] } }": true,
		"grants: [ { to: a, allow: { dev: [read, write], prod: read }, secrets: $(s) } ]":    true,
		"environments: { dev: { account: 1, variables: { a: b } }, prod: }":                  true,
		"shards: { dev: null, prod: 4 }":                                                     true,
		"exportAll: { default: , prod: true }":                                               true,
		"secrets: { db: { policy: { onlyFromVpcs: { prod: [vpc-1], default: ~ } } } }":       true,
		"secrets: { db: { description: { dev: a, prod: null } } }":                           true,
		"secrets: { db: { replicas: { dev: null, prod: [us-east-1] } } }":                    true,
		"principals: { a: { existingRole: { dev: a, prod: null } } }":                        true,

		"shards: many":                                 false,
		"environments: { dev: { acount: 1 } }":         false,
		"secrets: { db: { deletionPolicy: Reatin } }":  false,
		"secrets: { db: { name: { dev: { a: b } } } }": false,
		"secrets: { db: { name: null } }":              false,
	} {
		root, found := yaml.Parse(source.New("spec.yaml", []byte(text)), document)
		if root == nil || found.HasErrors() {
			t.Fatal(text, found)
		}
		result, err := validator.Validate(gojsonschema.NewRawLoader(plain(root)))
		if err != nil || result.Valid() != valid {
			t.Errorf("%s: %v %v", text, err, result.Errors())
		}
	}
}
