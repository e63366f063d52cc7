package cfn

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// textPlainly is Unknown.Text, character by character.
func textPlainly(u Unknown) string {
	fields := []string{
		u.What, u.Name, u.Template, u.LogicalID, u.Shown, strconv.Itoa(int(u.Class)),
		strconv.Itoa(u.Min), strconv.Itoa(u.Max), strconv.FormatBool(u.Unique),
		u.Expression,
	}
	fields = append(fields, u.Not...)
	for i, f := range fields {
		fields[i] = strings.ReplaceAll(f, unknownSeparator, "\uFFFD")
	}
	var b strings.Builder
	b.WriteRune(unknownBegin)
	described := strings.Join(fields, unknownSeparator)
	for i := range len(described) {
		b.WriteRune(unknownByte + rune(described[i]))
	}
	b.WriteRune(unknownEnd)
	return b.String()
}

// parsePlainly is parseUnknown, character by character.
func parsePlainly(text string) Unknown {
	var b []byte
	for _, r := range text {
		if r >= unknownByte && r <= unknownByte+0xff {
			b = append(b, byte(r-unknownByte))
		}
	}
	f := strings.Split(string(b), unknownSeparator)
	const fields = 10
	if len(f) < fields {
		return Unknown{What: "text"}
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	u := Unknown{
		What: f[0], Name: f[1], Template: f[2], LogicalID: f[3], Shown: f[4],
		Class: Class(number(f[5])), Min: number(f[6]), Max: number(f[7]), Unique: f[8] == "true",
		Expression: f[9],
	}
	if len(f) > fields {
		u.Not = f[fields:]
	}
	return u
}

// lengthPlainly is LengthOf, character by character.
func lengthPlainly(part string) (least, most int) {
	const ofMin, ofMax, fields = 6, 7, 10
	field := 0
	for _, r := range part {
		if r < unknownByte || r > unknownByte+0xff {
			continue
		}
		switch c := byte(r - unknownByte); {
		case c == unknownSeparator[0]:
			field++
		case c < '0' || c > '9':
		case field == ofMin:
			least = least*10 + int(c-'0')
		case field == ofMax:
			most = most*10 + int(c-'0')
		}
	}
	if field < fields-1 {
		return 0, 0
	}
	return least, most
}

// shownPlainly is Shown of all that each part is.
func shownPlainly(s string) string {
	var b strings.Builder
	for {
		before, _, u, after, found := CutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(u.Shown)
		s = after
	}
}

// TestUnknownIsThatOfCharacters: texts of unknown parts, and what is read in them, are what they
// are character by character, also of texts that are no unknown part, or not even UTF-8.
func TestUnknownIsThatOfCharacters(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	parts := []string{"", "a", "secret", "é", "\xff", "\x1f", "\uFDD0", "\uE000", "\xee\x80", "\xee",
		strings.Repeat("long", 60), "\uE01F", "7",
		"_", "\uE05F", "\x9f", "\uE037"}
	text := func() string { return parts[rng.IntN(len(parts))] + parts[rng.IntN(len(parts))] }
	for range 20_000 {
		u := Unknown{What: text(), Name: text(), Template: text(), LogicalID: text(), Shown: text(),
			Class: Class(rng.IntN(3)), Min: rng.IntN(100), Max: rng.IntN(100),
			Unique: rng.IntN(2) == 0, Expression: text()}
		for range rng.IntN(3) {
			u.Not = append(u.Not, text())
		}
		got := u.Text()
		if want := textPlainly(u); got != want {
			t.Fatalf("%+v is %q, want %q", u, got, want)
		}
		damaged := got[:rng.IntN(len(got)+1)] + text()
		for _, s := range []string{got, damaged, text()} {
			if got, want := parseUnknown(s), parsePlainly(s); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q is %+v, want %+v", s, got, want)
			}
			if got, want := Shown("a"+s+"."+s), shownPlainly("a"+s+"."+s); got != want {
				t.Fatalf("%q is shown as %q, want %q", s, got, want)
			}
			if got, want := IsUTF8(s), utf8.ValidString(s); got != want {
				t.Fatalf("%q is UTF-8: %t, want %t", s, got, want)
			}
			least, most := LengthOf(s)
			if wantLeast, wantMost := lengthPlainly(s); least != wantLeast || most != wantMost {
				t.Fatalf("%q has %d to %d characters, want %d to %d", s, least, most, wantLeast,
					wantMost)
			}
		}
	}
}
