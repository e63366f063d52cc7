package cfn

import (
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
