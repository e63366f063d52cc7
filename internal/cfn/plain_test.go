package cfn

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// TestStandsAsItIsByteByByte: eight bytes at once are what one after the other are, whatever stands
// around them.
func TestStandsAsItIsByteByByte(t *testing.T) {
	for length := range 40 {
		for at := range max(length, 1) {
			for c := range 256 {
				for _, around := range []string{"a", " ", "\x7f", "!", "]"} {
					text := strings.Repeat(around, length)
					if length > 0 {
						text = text[:at] + string([]byte{byte(c)}) + text[at+1:]
					}
					want := length == 0 || standsAsItIs[c]
					if got := StandsAsItIs(text); got != want {
						t.Fatalf("%q: %t", text, got)
					}
				}
			}
		}
	}
}

// TestGetAttIsThatOfAnyFunction: it is written as every function is.
func TestGetAttIsThatOfAnyFunction(t *testing.T) {
	for _, id := range []string{"", "Secret", `a"b`, "é", "\x01"} {
		for _, attribute := range []string{"Arn", "", `\`, "a.b"} {
			got, want := GetAtt(id, attribute), call("Fn::GetAtt", []string{id, attribute})
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	}
}

// TestOnlyGetAttIsWhatIsParsed: what a placeholder that is one Fn::GetAtt refers to is what its
// value does, and no other placeholder is taken for one.
func TestOnlyGetAttIsWhatIsParsed(t *testing.T) {
	taken := 0
	for _, s := range []string{
		GetAtt("A", "Arn"), GetAtt("", ""), GetAtt(`A"`, "Arn"), GetAtt("A", "a.b"),
		GetAtt("é", "Arn"),
		Intrinsic(Object{{"Fn::GetAtt", []string{"A", "B", "C"}}}),
		Intrinsic(Object{{"Fn::GetAtt", []string{"A"}}}), Intrinsic(Object{{"Fn::GetAtt", "A.B"}}),
		Intrinsic(Object{{"Fn::GetAtt", []any{"A", Ref("B")}}}),
		Intrinsic(Object{{"Fn::GetAtt", []any{Ref("A"), "B"}}}),
		Intrinsic(Object{{"Fn::GetAtt", []any{"A", json.Number("1")}}}),
		Intrinsic(Object{{"Fn::GetAtt", []string{"A", "B"}}, {"Fn::GetAtt", []string{"A", "B"}}}),
		Join(",", "x", GetAtt("A", "B")), Ref("A"), Empty, "text",
	} {
		var want []Reference
		finder{func(r Reference) { want = append(want, r) }}.value(Parse(s), true)
		if got := References(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%q refers to %v, want %v", s, got, want)
		}
		if _, _, ok := onlyGetAtt(s); ok {
			taken++
		}
	}
	if taken != 3 {
		t.Errorf("%d are taken for one Fn::GetAtt", taken)
	}
}
