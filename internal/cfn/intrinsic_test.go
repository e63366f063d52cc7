package cfn

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestIntrinsicsAreTheirJSON(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Ref("A"), `{"Ref":"A"}`},
		{GetAtt("A", "Arn"), `{"Fn::GetAtt":["A","Arn"]}`},
		{Sub("${A}"), `{"Fn::Sub":"${A}"}`},
		{ImportValue(Sub("${A}-x")), `{"Fn::ImportValue":{"Fn::Sub":"${A}-x"}}`},
		{Join(",", "a", Ref("A")), `{"Fn::Join":[",",["a",{"Ref":"A"}]]}`},
		{Select(6, Split(":", Ref("A"))), `{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"A"}]}]}`},
		{Intrinsic(Object{{"Fn::If", []any{"C", 1, nil}}}), `{"Fn::If":["C",1,null]}`},
		{Intrinsic(Ref("A")), `{"Ref":"A"}`},
	} {
		if tt.got != "\x00"+tt.want {
			t.Errorf("got %q, want %s", tt.got, tt.want)
		}
	}
	if got := Join("-", "a", "b"); got != "a-b" {
		t.Errorf("texts are joined to %q", got)
	}
	if Intrinsic("text") != "text" || IsIntrinsic("text") || IsIntrinsic("") ||
		!IsIntrinsic(Empty) {
		t.Error("a text is taken for an intrinsic or an intrinsic for a text")
	}
}

func TestConcatIsTheSimplestRightForm(t *testing.T) {
	own := Intrinsic(Object{{"Fn::Sub", []any{"${x}", Object{{"x", "y"}}}}})
	for _, tt := range []struct {
		parts []string
		want  string
	}{
		{nil, ""},
		{[]string{"", Empty}, ""},
		{[]string{"a", "", "b"}, "a" + "b"},
		{[]string{"", Ref("A"), ""}, Ref("A")},
		{[]string{"arn:", Ref("AWS::Partition"), ":", GetAtt("A", "Outputs.Arn"), ":x"},
			Sub("arn:${AWS::Partition}:${A.Outputs.Arn}:x")},
		{[]string{Ref("A"), Ref("B")}, Sub("${A}${B}")},
		{[]string{"a${b}$c", "${d}$", Ref("A")}, Sub("a${!b}$c${!d}$${A}")},
		{[]string{"a${", "b}", Ref("A")}, Sub("a${!b}${A}")},
		{[]string{"a$", Sub("${AWS::StackName}-${!b}"), "{c}"},
			Sub("a$${AWS::StackName}-${!b}{c}")},
		{[]string{"a${", Ref("A"), "}"}, Join("", "a${", Ref("A"), "}")},
		{[]string{"a${!b}", Ref("A")}, Join("", "a${!b}", Ref("A"))},
		{[]string{"a${}", Ref("A")}, Join("", "a${}", Ref("A"))},
		{[]string{"a${b${c}", Ref("A")}, Join("", "a${b${c}", Ref("A"))},
		{[]string{"a", "b", ImportValue("x")}, Join("", "ab", ImportValue("x"))},
		{[]string{"a", own}, Join("", "a", own)},
		{[]string{"a", Sub("${b")}, Join("", "a", Sub("${b"))},
		{[]string{"a", Ref("A.B")}, Join("", "a", Ref("A.B"))},
		{[]string{"a", GetAtt("A-", "B")}, Join("", "a", GetAtt("A-", "B"))},
		{[]string{"a", Intrinsic(Object{{"Fn::GetAtt", []any{"A", Ref("B")}}})},
			Join("", "a", Intrinsic(Object{{"Fn::GetAtt", []any{"A", Ref("B")}}}))},
		{[]string{"a", Intrinsic(Object{{"Ref", 1}})},
			Join("", "a", Intrinsic(Object{{"Ref", 1}}))},
		{[]string{"a", Intrinsic(Object{{"a", 1}, {"b", 2}})},
			Join("", "a", Intrinsic(Object{{"a", 1}, {"b", 2}}))},
	} {
		if got := Concat(tt.parts...); got != tt.want {
			t.Errorf("Concat(%q) = %q, want %q", tt.parts, got, tt.want)
		}
	}
}

func TestParseInvertsIntrinsic(t *testing.T) {
	v := Object{{"Fn::X", []any{nil, true, false, json.Number("-1.5e3"), "a\"\\\n\u2028日", Object{},
		[]any{}, []any{[]any{"x"}}}}, {"k\"", "v"}}
	if got := Parse(Intrinsic(v)); !reflect.DeepEqual(got, v) {
		t.Errorf("got %#v, want %#v", got, v)
	}
	if Parse("text") != "text" || Parse(Empty) != "" || Parse("") != "" {
		t.Error("a text does not come back as it is")
	}
	for _, broken := range []string{"", "x", `{"a":`, `[1`, `"a`, `"\q"`, "tru", `["a" x]`} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q did not panic", broken)
				}
			}()
			Parse("\x00" + broken)
		}()
	}
}

func TestNumbersAreJSONs(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-0": true, "10": true, "1.5": true, "1e5": true, "1E+5": true,
		"-1.25e-10": true,
		"":          false, "-": false, "01": false, "1.": false, ".5": false, "1e": false,
		"1e+": false,
		"1x":  false, "0x1": false, "NaN": false, "1e5x": false, "+1": false,
	} {
		if isNumber(s) != want {
			t.Errorf("isNumber(%q) is %v", s, !want)
		}
	}
}

func TestFunctionsAndPseudoParameters(t *testing.T) {
	for name, want := range map[string][2]bool{
		"Ref": {true, true}, "Fn::GetAtt": {true, false}, "Fn::Sub": {true, true},
		"Fn::And": {false, true}, "Condition": {false, true},
		"Fn::Nothing": {}, "": {}, "Fn::Transform": {true, false},
	} {
		if got := [2]bool{IsFunction(name), IsConditionFunction(name)}; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{AccountID, NoValue, NotificationARNs, Partition, Region, StackID,
		StackName, URLSuffix} {
		if !IsPseudoParameter(name) || !strings.HasPrefix(name, "AWS::") {
			t.Errorf("%s is no pseudo parameter", name)
		}
	}
	if IsPseudoParameter("AWS::Nothing") {
		t.Error("AWS::Nothing is a pseudo parameter")
	}
}

func TestReferences(t *testing.T) {
	ref := func(name string) Reference { return Reference{Kind: KindRef, Name: name} }
	att := func(name, attribute string) Reference { return Reference{KindGetAtt, name, attribute} }
	condition := func(name string) Reference { return Reference{Kind: KindCondition, Name: name} }
	for _, tt := range []struct {
		in   any
		want []Reference
	}{
		{"${A}", nil},
		{Ref("A"), []Reference{ref("A")}},
		{Object{{"Fn::GetAtt", "A.B.C"}}, []Reference{att("A", "B.C")}},
		{Object{{"Fn::GetAtt", []any{"A", Ref("B")}}}, []Reference{att("A", ""), ref("B")}},
		{Object{{"Fn::GetAtt", []any{Ref("A"), "B"}}}, []Reference{ref("A")}},
		{Object{{"Fn::GetAtt", []any{"A"}}}, nil},
		{Object{{"Fn::GetAtt", Intrinsic(Object{{"Ref", "A"}})}}, []Reference{ref("A")}},
		{Sub("$${A}${!B}${ C.D.E }${AWS::Region}${"),
			[]Reference{ref("A"), att("C", "D.E"), ref("AWS::Region")}},
		{Object{{"Fn::Sub", []any{"${a}${B}", Object{{"a", Ref("C")}}}}},
			[]Reference{ref("B"), ref("C")}},
		{Object{{"Fn::Sub", []any{Ref("A")}}}, []Reference{ref("A")}},
		{Object{{"Fn::If", []any{"C", Ref("A"), Object{{"x", Ref("B")}}}}},
			[]Reference{condition("C"), ref("A"), ref("B")}},
		{Object{{"Fn::If", Ref("A")}}, []Reference{ref("A")}},
		{Object{{"Fn::FindInMap", []string{"M", Ref("A"), "b"}}},
			[]Reference{{Kind: KindMapping, Name: "M"}, ref("A")}},
		{Object{{"Fn::FindInMap", []any{Ref("M"), "a", "b"}}}, []Reference{ref("M")}},
		{Object{{"Condition", "C"}}, []Reference{condition("C")}},
		{Object{{"Fn::Or", []any{Object{{"Condition", "C"}},
			Object{{"Fn::Not", []any{Object{{"Condition", "D"}}}}}}}},
			[]Reference{condition("C"), condition("D")}},
		{Object{{"Fn::Or", "x"}}, nil},
		{[]any{Object{{"Condition", "data"}},
			Object{{"Condition", Object{{"StringEquals", Ref("A")}}}}}, []Reference{ref("A")}},
		{Object{{"Ref", "A"}, {"x", Ref("B")}}, []Reference{ref("B")}},
		{Object{{"Ref", Object{{"Ref", "A"}}}}, []Reference{ref("A")}},
		{Object{{"Fn::ForEach::Loop", []any{"x", Ref("A")}}}, nil},
		{Object{{"b", Ref("B")}, {"a", GetAtt("A", "B.C")}},
			[]Reference{ref("B"), att("A", "B.C")}},
		{3, nil},
	} {
		if got := References(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("References(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestLogicalIDs(t *testing.T) {
	for _, tt := range []struct{ id, kind, want string }{
		{"api-token", "Secret", "ApiTokenSecret"},
		{"db", "", "Db"},
		{"a_b-c", "Key", "ABCKey"},
		{"myDB2-x9", "Secret", "MyDB2X9Secret"},
		{"a--b__", "S", "ABS"},
		{"X-1a", "", "X1a"},
		{"é.b", "", "B"},
		{"", "", ""},
	} {
		if got := LogicalID(tt.id, tt.kind); got != tt.want {
			t.Errorf("LogicalID(%q, %q) = %q, want %q", tt.id, tt.kind, got, tt.want)
		}
	}
	for id, want := range map[string]bool{"A1": true, "1": true, "": false, "a-b": false,
		"é": false, strings.Repeat("a", 255): true, strings.Repeat("a", 256): false} {
		if ValidLogicalID(id) != want {
			t.Errorf("ValidLogicalID(%q) is %v", id, !want)
		}
	}
}

// TestParseJSON: objects are sorted by key, the last of equal keys holds, and numbers keep their
// text.
func TestParseJSON(t *testing.T) {
	v, err := ParseJSON([]byte(`{"b":1.50,"a":[{"d":null,"c":"x"}],"b":2}`))
	want := Object{{"a", []any{Object{{"c", "x"}, {"d", nil}}}}, {"b", json.Number("2")}}
	if err != nil || !reflect.DeepEqual(v, want) {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := ParseJSON([]byte(`{`)); err == nil {
		t.Error("no error")
	}
}

func TestCalls(t *testing.T) {
	quoted := Object{{"x", `a text with "Fn::Transform":`}}
	for _, c := range []struct {
		t    Template
		want bool
	}{
		{Template{Resources: map[string]*Resource{"A": {Properties: quoted}}}, false},
		{Template{Resources: map[string]*Resource{
			"A": {Properties: Object{{"x", Object{{"Fn::Transform", nil}}}}}}}, true},
		{Template{Resources: map[string]*Resource{
			"A": {Properties: Object{{"x", []any{call("Fn::Transform", "a")}}}}}}, true},
		{Template{Resources: map[string]*Resource{
			"A": {Properties: Object{{"x", Intrinsic(quoted)}}}}}, false},
		{Template{Mappings: Object{{"M", Object{{"Fn::Transform", nil}}}}}, true},
		{Template{Outputs: map[string]*Output{
			"O": {Verbatim: Object{{"Value", call("Fn::Transform", "a")}}}}}, true},
	} {
		if got := c.t.Calls("Fn::Transform"); got != c.want {
			t.Errorf("%+v: %v", c.t, got)
		}
	}
}
