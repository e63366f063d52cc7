package cfn

import (
	"fmt"
	"reflect"
	"testing"
)

// TestWhatIsSharedIsWrittenAsAnything: a Writer, which copies what it has written before, writes
// what Append writes, in each format and template for template.
func TestWhatIsSharedIsWrittenAsAnything(t *testing.T) {
	one := Object{{"Version", "2012-10-17"}, {"Statement", []any{
		Object{{"Effect", "Allow"}, {"Resource", Ref("A")}, {"Action", []string{"a:b", "c:\"d"}}},
	}}}
	quiet := Object{{"Statement", []any{Object{{"Condition", Object{{"StringEquals", Object{
		{"a", "b"}}}}}}}}}
	function := Object{{"Fn::If", []any{"C", one, Object{{"Ref", NoValue}}}}}
	properties := []Object{
		{{"Policy", one}}, {{"Policy", one[:1]}}, {{"Policy", one}, {"Other", one}},
		{{"Nested", Object{{"Policy", one}}}}, {{"Policy", function}}, {{"List", []any{one, one}}},
		{{"Empty", Object{}}, {"Policy", one}}, {}, {{"Policy", quiet}}, {{"Fn::ForEach::X", one}},
		{{"Policy", quiet}, {"Other", one}}, {{"Policy", quiet}, {"Fn::ForEach::X", one}},
	}
	for _, f := range []Format{{}, {Compact: true}, {YAML: true}} {
		w := NewWriter(f)
		for i := range 4 {
			template := Template{Resources: map[string]*Resource{}, Outputs: map[string]*Output{}}
			for j, p := range properties {
				for k := range 3 {
					template.Resources[fmt.Sprintf("R%d%d", j, k)] = &Resource{
						Type: "A::B::C", Properties: p, Metadata: Object{{"Policy", one}},
					}
				}
			}
			begin := []byte(fmt.Sprint("template ", i, "\n"))
			got := string(w.Append(begin[:len(begin):len(begin)], &template))
			if want := string(template.Append(begin, f)); got != want {
				t.Fatalf("%+v: template %d is\n%s\nwant\n%s", f, i, got, want)
			}
			graph, plain := w.Graph(&template), template.Graph()
			if !reflect.DeepEqual(graph, plain) || len(plain.dangling) == 0 {
				t.Fatalf("template %d is the graph %+v, want %+v", i, graph, plain)
			}
		}
		if shared := len(w.written); !f.YAML && shared == 0 {
			t.Errorf("%+v: nothing is shared", f)
		}
	}
}
