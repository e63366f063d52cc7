package cfn

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestUnknownAtStart: the characters of unknown parts at the beginning of a text are found, and
// nothing else is taken for one. All of them are valid and have no case.
func TestUnknownAtStart(t *testing.T) {
	u := Unknown{What: "suffix", Name: "Ä\xff\x00", Shown: "??????", Min: 6, Max: 6}.Text()
	if n := UnknownAtStart(u); n != len(u) {
		t.Errorf("%d bytes of %d are of an unknown part", n, len(u))
	}
	for _, more := range []string{"x", "", "é", "\uE100", "\uFDD2", "\xEE", "\xEE\x80", "\xEF\xB7"} {
		if n := UnknownAtStart(u + more); n != len(u) {
			t.Errorf("%q is taken for a part of an unknown part", more)
		}
	}
	if n := UnknownAtStart("x" + u); n != 0 {
		t.Errorf("%d bytes of a text that begins otherwise", n)
	}
	for r := range rune(0x10000) {
		one := string(r)
		if UnknownAtStart(one) == 0 {
			continue
		}
		if !utf8.ValidString(one) || strings.ToLower(one) != one {
			t.Errorf("%U is not valid, or has a case", r)
		}
		if r != '\uFDD0' && r != '\uFDD1' && (r < 0xE000 || r > 0xE0FF) {
			t.Errorf("%U is no character of an unknown part", r)
		}
	}
}
