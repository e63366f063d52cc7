package cfn

import "testing"

// TestSizeIsThatOfWhatIsWritten: what is added up is what is written, for every form of value.
func TestSizeIsThatOfWhatIsWritten(t *testing.T) {
	values := []any{
		nil, true, 12, "", "plain", "é\"\\\n\x01\u2028\xff", Empty, Ref("A"), Sub("${A}-{[\\\"]}"),
		Intrinsic(Object{{"Fn::Join", []any{"", []any{}}}}), Intrinsic(Object{}),
		[]any{}, []string{}, []string{"a", Ref("B")}, []any{[]any{}, Object{}, Object{{"k", nil}}},
		Object{{"Ref", "A"}}, Object{{"a\"b", []any{1, Object{{"c", "d"}}}}},
	}
	for i, v := range values {
		holds(t, &Template{Resources: map[string]*Resource{
			"A": {Type: "T", Properties: Object{{"P", v}, {"Q", []any{v, v}}}, DependsOn: []string{
				"B", "C"}},
			"B": {Verbatim: Object{{"Type", "T"}, {"X", v}}},
		}, Outputs: map[string]*Output{"O": {Value: "v"}}, Metadata: Object{{"M", values[:i]}}})
	}
	holds(t, &Template{})
}

// FuzzSizeIsThatOfWhatIsWritten is the same for any text.
func FuzzSizeIsThatOfWhatIsWritten(f *testing.F) {
	for _, s := range []string{"", "a", "\"", "\\", "\u2028", "\xff\xfe", "${A}{[,:]}"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		holds(t, &Template{Description: text, Resources: map[string]*Resource{key: {
			Type: text, Properties: Object{{key, text}, {text, []string{key, text}},
				{"S", Sub(text)}, {"J", Join(key, text, Ref(key))}},
		}}})
	})
}

func holds(t *testing.T, template *Template) {
	t.Helper()
	for _, f := range []Format{{}, {Compact: true}, {YAML: true}} {
		if got, want := template.Size(f), len(template.Append(nil, f)); got != want {
			t.Errorf("%+v: the size is %d, and %d bytes are written", f, got, want)
		}
	}
}

// TestOnlyRefIsRef: what is taken for one Ref is one, and what Ref writes of a plain name is taken.
func TestOnlyRefIsRef(t *testing.T) {
	for _, p := range []string{
		Ref("A"), Ref("AWS::Region"), Ref(""), Ref(`a"b`), Ref("é"), Sub("${A}"), GetAtt("A", "Arn"),
		Intrinsic(Object{{"Ref", "A"}, {"x", "}"}}), "Ref", Empty, Ref("a\n"),
		Intrinsic(Object{{"Ref", Ref("A")}}), Intrinsic(Object{{"Ref", []any{"A"}}}),
	} {
		id, ok := OnlyRef(p)
		o, _ := Parse(p).(Object)
		if ok && (len(o) != 1 || o[0] != Member{"Ref", id}) {
			t.Errorf("%q is taken for the Ref of %q", p, id)
		}
	}
	if id, ok := OnlyRef(Ref("A")); !ok || id != "A" {
		t.Error("a Ref is not known")
	}
}
