package compile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// readable are templates that CloudFormation takes. got is what the property P of the resource R is
// read as, as compact JSON; empty: only that the template is read is asked.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
var readable = []struct{ name, text, got string }{
	{"lines of a text in single quotes at the depth of the key",
		ofR("P: '{\n    \"user\": \"x\"\n  }'"), `"{ \"user\": \"x\" }"`},
	{"lines of a text in single quotes at the left", ofR("P: '{\n\"user\": \"x\"\n}'"),
		`"{ \"user\": \"x\" }"`},
	{"lines of a text in double quotes at the left", ofR("P: \"a\nb\\\n\n  c\""), `"a b\nc"`},
	{"a blank line in a quoted text", ofR("P: 'a\n\nb'"), `"a\nb"`},
	{"a line of a quoted text that looks like a key", ofR("P: 'a\nResources:\n'"),
		`"a Resources: "`},
	{"lines of a quoted text in a list", ofR("P:\n      - 'a\nb'\n      - c"), `["a b","c"]`},
	{"lines of a quoted text with a function", ofR("P: !Sub 'a\nb'"), `{"Fn::Sub":"a b"}`},
	{"lines of a quoted text in braces", ofR("P: { A: 'a\nb' }"), `{"A":"a b"}`},
	{"a plain text of several lines", ofR("P: a\n        b\n       c"), `"a b c"`},
	{"a block text", ofR("P: |\n        a\n         b"), `"a\n b\n"`},
	{"a folded text", ofR("P: !Sub >-\n        a\n        b"), `{"Fn::Sub":"a b"}`},
	{"GetAZs of nothing", ofR("P: !GetAZs"), `{"Fn::GetAZs":""}`},
	{"GetAZs of nothing in a list", ofR("P: !Select [0, !GetAZs ]"),
		`{"Fn::Select":[0,{"Fn::GetAZs":""}]}`},
	{"GetAZs of an empty text", ofR("P: !GetAZs ''"), `{"Fn::GetAZs":""}`},
	{"GetAZs of a Region", ofR("P: !GetAZs\n        Ref: AWS::Region"),
		`{"Fn::GetAZs":{"Ref":"AWS::Region"}}`},
	{"GetAtt of a text in its long form", ofR("P:\n        Fn::GetAtt: A.B.C"),
		`{"Fn::GetAtt":["A","B.C"]}`},
	{"GetAtt of a list", ofR("P: !GetAtt [A, !Ref B]"), `{"Fn::GetAtt":["A",{"Ref":"B"}]}`},
	{"Join in lines", ofR("P: !Join\n        - ''\n        - - a\n          - !Ref B"),
		`{"Fn::Join":["",["a",{"Ref":"B"}]]}`},
	{"Sub of a list in lines", ofR("P: !Sub\n      - '${A}'\n      - A: b"),
		`{"Fn::Sub":["${A}",{"A":"b"}]}`},
	{"If in brackets", ofR("P: !If [C, a, !Ref AWS::NoValue]"),
		`{"Fn::If":["C","a",{"Ref":"AWS::NoValue"}]}`},
	{"an include",
		ofR("P:\n        Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}"),
		""},
	{"an include in its short form",
		ofR("P: !Transform {Name: AWS::Include, Parameters: {Location: s3://a/b}}"), ""},
	{"numbers as written", ofR("P: [012345678901, 1.10, 0x1F, 1_000]"),
		`["012345678901",1.10,"0x1F","1_000"]`},
	{"booleans of YAML 1.1", ofR("P: [yes, No, on, OFF, true, y]"),
		`[true,false,true,false,true,"y"]`},
	{"a date", ofR("P: 2012-10-17"), `"2012-10-17"`},
	{"an ARN in brackets", ofR("P: [arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:s3:::b/*]"),
		`["arn:aws:iam::aws:policy/ReadOnlyAccess","arn:aws:s3:::b/*"]`},
	{"a comma at the end", ofR("P: [a, b,]"), `["a","b"]`},
	{"a comment after a value", ofR("P: a # b"), `"a"`},
	{"a comment at the left", ofR("P:\n# b\n        A: c"), `{"A":"c"}`},
	{"a list at the depth of its key", ofR("P:\n      - a\n      - b"), `["a","b"]`},
	{"values aligned by tabs", ofR("P:\t\ta"), `"a"`},
	{"tabs at the ends of lines", ofR("P: a\t\n\t"), `"a"`},
	{"CRLF", strings.ReplaceAll(ofR("P: 'a\nb'"), "\n", "\r\n"), `"a b"`},
	{"a byte order mark", "\xef\xbb\xbf" + ofR("P: a"), `"a"`},
	{"a byte order mark and JSON",
		"\xef\xbb\xbf" + `{"Resources": {"R": {"Type": "T", "Properties": {"P": "a"}}}}`, `"a"`},
	{"document markers", "---\n" + ofR("P: a") + "\n...\n", `"a"`},
	{"an anchor and a merge key", ofR("Q: &q {A: 1}\n      P: {<<: *q, B: 2}"), `{"A":1,"B":2}`},
	{"an anchor that nothing uses", ofR("P: &p a"), `"a"`},
	{"YAML's own tags", ofR("P: [!!str 12, !!int 3, !!bool true]"), `["12",3,true]`},
	{"a tag of no function", ofR("P: !Foo a"), `"a"`},
	{"a tag of no function on a mapping", ofR("P: !Foo {A: !Bar [b]}"), `{"A":["b"]}`},
	{"a type that CloudFormation's YAML does not have", ofR("P: !!timestamp 2020-01-01"),
		`"2020-01-01"`},
	{"noncharacters", ofR("P: \"\ufdd0a\\uFDD1\"\n      Q: {'\ufdd0': b}"),
		`"` + "\ufffda\ufffd" + `"`},
	{"JSON on one line", `{"Resources":{"R":{"Type":"T","Properties":{"P":{"Ref":"A"}}}}}`,
		`{"Ref":"A"}`},
	{"JSON with escapes",
		`{"Resources":{"R":{"Type":"T","Properties":{"P":"a\/b\u00e9\ud83d\ude00\t"}}}}`,
		`"a/bé😀\t"`},
	{"JSON with lines at the left",
		"{\"Resources\":\n{\"R\":\n{\"Type\":\n\"T\",\n\"Properties\":{\"P\":[\n1,\n2\n]\n}}}}",
		`[1,2]`},
	{"JSON with a noncharacter", `{"Resources":{"R":{"Type":"T","Properties":{"P":"\ufdd0"}}}}`,
		"\"\ufffd\""},
	{"functions of rules",
		"Rules:\n  R:\n    RuleCondition: !Contains [[a], !Ref E]\n    Assertions:\n" +
			"    - Assert: !EachMemberIn [!ValueOfAll [AWS::EC2::Subnet::Id, VpcId], !RefAll " +
			"AWS::EC2::VPC::Id]\n" +
			"    - Assert: {Fn::EachMemberEquals: [{Fn::ValueOf: [P, Attributes.A]}, a]}\n" +
			"    - Assert: !EachMemberEquals [!ValueOf [P, A], a]\n" + ofR("P: a"), `"a"`},
	{"sections that say nothing of resources",
		"Hooks: {H: !Foo x}\nGlobals: {Function: {Timeout: 3}}\n" + ofR("P: a"), `"a"`},
	{"unknown tags in metadata", "Metadata: {M: !Foo x}\n" + ofR("P: a"), `"a"`},
	{"a condition on an output",
		ofR("P: a") + "\nOutputs:\n  O: {Value: !If [C, a, b], Condition: C}\n", `"a"`},
	{"a loop", "Transform: AWS::LanguageExtensions\n" + ofR("P: a") +
		"\n  Fn::ForEach::Loop:\n    - X\n    - [a, b]\n    - R${X}: {Type: T}\n", `"a"`},
	{"no resources but an empty mapping", "Resources: {}\n", ""},
	{"resources that are all commented out", "Resources:\n  # R: {Type: T}\n", ""},
	{"a description of several lines", "Description: >\n  a: b\n\n  c\n" + ofR("P: a"), `"a"`},
	{"keys with a dot, a slash and a dollar",
		ofR("P:\n        a.b/c: 1\n        $d: 2\n        ${E}: 3"), `{"a.b/c":1,"$d":2,"${E}":3}`},
	{"a key of its own line",
		ofR("P:\n        ? \"/pet/{id}\"\n        :\n          get: a\n        b: c"),
		`{"/pet/{id}":{"get":"a"},"b":"c"}`},
	{"keys of their own lines and what begins beside their colons",
		ofR("P:\n        a: b\n        ? c\n        : d: e\n          f: g\n        ? " +
			"'h\n          i'\n        : - j\n          - k\n        ? l\n        : m"),
		`{"a":"b","c":{"d":"e","f":"g"},"h i":["j","k"],"l":"m"}`},
	{"emoji", ofR("P: 😀"), `"😀"`},
	{"deep lists in one line", ofR("P:\n      - - - a"), `[[["a"]]]`},
	{"a quoted key", ofR("'P': a"), `"a"`},
	{"functions of conditions",
		"Conditions:\n  C: !And [!Not [!Equals [!Ref A, '']], " +
			"!Or [!Condition D, {Condition: E}]]\n" + ofR("P: a"), `"a"`},
}

// ofR is a template in YAML with a resource R and these properties.
func ofR(properties string) string {
	return "Resources:\n  R:\n    Type: T\n    Properties:\n      " + properties + "\n"
}

func TestWhatCloudFormationTakesIsRead(t *testing.T) {
	for _, c := range readable {
		t.Run(c.name, func(t *testing.T) {
			template, found := ReadTemplate(source.New("t", []byte(c.text)))
			if len(found) > 0 {
				t.Fatalf("found %v", found)
			}
			if c.got == "" {
				return
			}
			got := string(cfn.AppendValue(nil, property(t, template, "R"),
				cfn.Format{Compact: true}))
			if strings.TrimSpace(got) != c.got {
				t.Errorf("got  %s\nwant %s", got, c.got)
			}
		})
	}
}

// property returns the property P of a resource.
func property(t *testing.T, template *cfn.Template, id string) any {
	t.Helper()
	r := template.Resources[id]
	if r == nil {
		t.Fatalf("there is no resource %s", id)
	}
	properties, ok := r.Verbatim.Get("Properties").(cfn.Object)
	if !ok {
		t.Fatalf("%s has no properties", id)
	}
	return properties.Get("P")
}

func TestATagOfNoFunctionIsUnread(t *testing.T) {
	for _, c := range []struct {
		kind   string
		unread bool
	}{
		{"AWS::IAM::Role", true},
		{"AWS::KMS::Key", true},
		{"AWS::SecretsManager::Secret", true},
		{"AWS::Serverless::Function", true},
		{"AWS::SSO::PermissionSet", true},
		{"AWS::Organizations::Policy", true},
		{"AWS::CloudFormation::Stack", true},
		{"AWS::EC2::VPCEndpoint", true},
		{"AWS::EC2::VPCEndpointService", false},
		{"AWS::CloudFormation::StackSet", false},
		{"AWS::S3::Bucket", false},
		{"Custom::Thing", false},
	} {
		t.Run(c.kind, func(t *testing.T) {
			text := strings.Replace(ofR("P: [!Foo {A: 1}, !Ref B]"), "Type: T", "Type: "+c.kind, 1)
			template, found := ReadTemplate(source.New("t", []byte(text)))
			if len(found) > 0 {
				t.Fatalf("found %v", found)
			}
			list, _ := property(t, template, "R").([]any)
			if len(list) != 2 {
				t.Fatalf("got %v", list)
			}
			u, unread := list[0].(cfn.Unread)
			if unread != c.unread {
				t.Fatalf("got %#v", list[0])
			}
			if unread && (u.What != "tag" || u.Name != "!Foo" || u.Shown != "!Foo …") {
				t.Errorf("got %#v", u)
			}
			if ref, ok := list[1].(cfn.Object); !ok || ref.Get("Ref") != "B" {
				t.Errorf("got %#v", list[1])
			}
		})
	}
}

// An anchor may be used by resources that are read and by such that are not.
func TestAnUnreadTagBehindAnAnchor(t *testing.T) {
	template, found := ReadTemplate(source.New("t", []byte(`
Resources:
  A: { Type: AWS::S3::Bucket, Properties: { P: &p !Foo a } }
  B: { Type: AWS::IAM::Role, Properties: { P: *p } }
  C: { Type: AWS::S3::Bucket, Properties: { P: *p } }
`)))
	if len(found) > 0 {
		t.Fatalf("found %v", found)
	}
	var got []string
	for _, id := range []string{"A", "B", "C"} {
		got = append(got, fmt.Sprintf("%T", property(t, template, id)))
	}
	if want := []string{"string", "cfn.Unread", "string"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What CloudFormation refuses is an error with a place.
func TestWhatCloudFormationRefusesIsAnError(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       *diag.Code
	}{
		{"a function without what it takes", ofR("P: !Join a"), diag.BadShortForm},
		{"an attribute without a resource", ofR("P: !GetAtt A"), diag.BadShortForm},
		{"a reference to a list", ofR("P: !Ref [a]"), diag.BadShortForm},
		{"a reference to nothing", ofR("P: !Ref"), diag.BadShortForm},
		{"a quote that is not closed", ofR("P: 'a"), diag.YAMLSyntax},
		{"a bracket that is not closed", ofR("P: [a"), diag.YAMLSyntax},
		{"tabs as indentation", "Resources:\n\tR: {Type: T}\n", diag.YAMLSyntax},
		{"a plain text with lines at the left", ofR("P: a\nb"), diag.YAMLSyntax},
		{"a key twice", ofR("P: a\n      P: b"), diag.DuplicateKey},
		{"an alias of nothing", ofR("P: *p"), diag.UndefinedAlias},
		{"a list as a key", ofR("P:\n        ? [a]\n        : b"), diag.ComplexKey},
		{"a key of its own line without a colon", ofR("P:\n        ? a\n        b: c"),
			diag.YAMLSyntax},
		{"a second document", ofR("P: a") + "---\n" + ofR("P: b"), diag.SeveralDocs},
		{"JSON with comments", "{\"Resources\": {} // a\n}", diag.YAMLSyntax},
		{"JSON without a comma", `{"Resources": {"R": {"Type": "T" "Properties": {}}}}`,
			diag.YAMLSyntax},
		{"a control character", ofR("P: \"\x01\""), diag.ControlChar},
		{"NUL by an escape", ofR("P: \"\\u0000\""), diag.ControlChar},
		{"Latin-1", ofR("P: \xe9"), diag.NotUTF8},
		{"no resources", "Parameters: {}\n", diag.MissingProperty},
		{"resources that are a list", "Resources: [a]\n", diag.WrongType},
		{"nothing", "# a\n", diag.EmptyInput},
		{"a list", "- a\n", diag.WrongType},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := ReadTemplate(source.New("t", []byte(c.text)))
			if len(found) == 0 || !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
				return d.Code == c.code
			}) {
				t.Fatalf("found %v, want %s", found, c.code.Number)
			}
			for _, d := range found {
				if d.Span.File == nil {
					t.Errorf("%s has no place", d.Says(nil))
				}
			}
		})
	}
}

// A template that is read in pieces is read as one that is not, also where a line of a quoted text
// looks like the beginning of an entry.
func TestLargeTemplatesAreReadInPieces(t *testing.T) {
	const n = 4000
	var b strings.Builder
	b.WriteString("Resources:\n")
	for i := range n {
		fmt.Fprintf(&b,
			"  R%d:\n    Type: T\n    Properties:\n      P: 'a\n  R%d:\nResources:\n- b'\n", i, i+1)
	}
	template, found := ReadTemplate(source.New("t", []byte(b.String())))
	if len(found) > 0 {
		t.Fatalf("found %v", found[0])
	}
	if len(template.Resources) != n {
		t.Fatalf("%d resources", len(template.Resources))
	}
	for i := range n {
		if got, want := property(t, template, fmt.Sprintf("R%d", i)),
			fmt.Sprintf("a R%d: Resources: - b", i+1); got != want {
			t.Fatalf("R%d has %q", i, got)
		}
	}
}
