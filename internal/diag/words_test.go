package diag

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

func TestNearest(t *testing.T) {
	tests := []struct {
		word       string
		candidates string
		want       string
	}{
		{"dbb", "db api", "db"},
		{"db", "DB", "DB"},
		{"passwrod", "password username", "password"},  // swapped
		{"pasword", "password username", "password"},   // left out
		{"passsword", "password username", "password"}, // put in
		{"pass4ord", "password username", "password"},  // replaced
		{"ca", "abc", ""},                              // a swap is not edited again
		{"db_password", "db-password", "db-password"},  // not an edit
		{"dbPassword", "db-password x", "db-password"}, // nor this
		{"secretstring", "secretString", "secretString"},
		{"straße", "STRASSE strase", "strase"},
		{"秘密鍵", "秘蜜鍵 公開鍵", "秘蜜鍵"},
		{"db", "dc da", "da"}, // the first of equals, however they are given
		{"db", "da dc", "da"},
		{"abcdef", "abcxyf abcdxf", "abcdxf"}, // the closest
		{"x", "y", ""},                        // nothing in common
		{"x", "xy", "xy"},
		{"region", "description", ""},
		{"reader", "writer", ""},
		{"abcdefghi", "abcdefxyz", "abcdefxyz"}, // a third
		{"abcdefgh", "abcdexyz", ""},            // over a third
		{"abcdefgh", "hgfedcba", ""},
		{"-", "_ --", ""},
		{"", "a", ""},
		{"a", "", ""},
		{strings.Repeat("a", 64), strings.Repeat("a", 63), strings.Repeat("a", 63)},
		{strings.Repeat("a", 65), strings.Repeat("a", 64), ""},
		{strings.Repeat("a", 64), strings.Repeat("a", 65), ""},
	}
	for _, tt := range tests {
		if got := Nearest(tt.word, strings.Split(tt.candidates, " ")); got != tt.want {
			t.Errorf("Nearest(%q) of %s = %q, want %q", tt.word, tt.candidates, got, tt.want)
		}
	}
	if got := Nearest("a", nil); got != "" {
		t.Errorf("nearest of nothing: %q", got)
	}
}

// TestGuess offers what is equally near, and writes only what is nearest alone.
func TestGuess(t *testing.T) {
	for _, c := range []struct{ name, names, hint, want string }{
		{"pay-x", "pay-b pay-a", `write "pay-b" or "pay-a"`, ""},
		{"ops", "ops-a ops-b ops-c ops-d", `write "ops-a", "ops-b" or "ops-c"`, ""},
		{"worker-2", "worker-1 db", `write "worker-1"`, ""},
		{"API", "api db", `write "api"`, "api"},
		{"v2-db", "db-v1", "", ""},
		{"worker", "worker-1 db", `write "worker-1"`, ""},
		{"wroker-1", "worker-1 db", `write "worker-1"`, "worker-1"},
		{"nothing", "worker-1", "", ""},
	} {
		d := Report(UnknownSecret, source.Span{})
		got := d.Guess(c.name, strings.Fields(c.names))
		if got != c.want || d.Advises(nil) != c.hint || d.Guessed() != (got != "") {
			t.Errorf("%s of %s: %q, %s", c.name, c.names, got, d.Advises(nil))
		}
	}
}

func TestDidYouMean(t *testing.T) {
	candidates := []string{"db", `a"b`}
	for word, want := range map[string]string{
		"dbb":  `write "db"`,
		`a"bb`: `write "a\"b"`,
		"zzz":  "",
		"db":   "", // as it is
		"DB":   `write "db"`,
	} {
		if got := DidYouMean(word, candidates); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", word, got, want)
		}
	}
}

// FuzzEdits holds the distance, which stops early, against one that is written as the definition.
func FuzzEdits(f *testing.F) {
	f.Add("ca", "abc", 3)
	f.Add("passwrod", "password", 1)
	f.Add("abcd", "badc", 1)
	f.Add("ab", "ba", 0)
	f.Fuzz(func(t *testing.T, left, right string, limit int) {
		if len(left) > 12 || len(right) > 12 || limit < 0 || limit > 24 {
			return
		}
		a, b := []rune(left), []rune(right)
		known := map[[2]int]int{}
		var distance func(i, j int) int
		distance = func(i, j int) int {
			if i == 0 || j == 0 {
				return max(i, j)
			}
			if n, ok := known[[2]int{i, j}]; ok {
				return n
			}
			n := distance(i-1, j-1)
			if a[i-1] != b[j-1] {
				n++
			}
			n = min(n, distance(i-1, j)+1, distance(i, j-1)+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, distance(i-2, j-2)+1)
			}
			known[[2]int{i, j}] = n
			return n
		}
		want, got := distance(len(a), len(b)), edits(a, b, limit)
		if want <= limit && got != want || want > limit && got <= limit {
			t.Fatalf("edits(%q, %q, %d) = %d, want %d", left, right, limit, got, want)
		}
	})
}

func TestLookupFindsNumbersAndNames(t *testing.T) {
	for word, want := range map[string]*Code{
		"SC2001":         UnknownSecret,
		"sc2001":         UnknownSecret,
		"unknown-secret": UnknownSecret,
		"SC9001":         Internal,
		"Unknown-Secret": UnknownSecret,
		"2001":           UnknownSecret,
		"001":            nil,
		"SC9999":         nil,
		"":               nil,
	} {
		if got := Lookup(word); got != want {
			t.Errorf("Lookup(%q) = %v, want %v", word, got, want)
		}
	}
}

func TestCodesAreWellFormed(t *testing.T) {
	number, name := regexp.MustCompile(`^SC\d{4}$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// the language's own words keep their case
	opening := regexp.MustCompile(`^([A-Z]|secretctl |[a-z]+[A-Z])`)
	seen := map[string]bool{}
	for _, c := range Codes() {
		if !number.MatchString(c.Number) || !name.MatchString(c.Name) {
			t.Errorf("%s %s: malformed", c.Number, c.Name)
		}
		if seen[c.Number] || seen[c.Name] {
			t.Errorf("%s %s: taken already", c.Number, c.Name)
		}
		seen[c.Number], seen[c.Name] = true, true
		if c.Severity != Error && c.Severity != Warning && c.Severity != Note {
			t.Errorf("%s: severity %d", c.Number, c.Severity)
		}
		if !opening.MatchString(c.Meaning) || !strings.HasSuffix(c.Meaning, ".") ||
			strings.ContainsAny(c.Meaning, "\n{}") || len(strings.Fields(c.Meaning)) < 3 {
			t.Errorf("%s: %q is not a sentence", c.Number, c.Meaning)
		}
	}
	if !slices.IsSortedFunc(Codes(), func(a, b *Code) int {
		return strings.Compare(a.Number, b.Number)
	}) {
		t.Error("the codes are not sorted")
	}
}

func TestListsAreSortedAndCounted(t *testing.T) {
	f := source.New("f", []byte("abc"))
	a, b := source.Span{File: f, Start: 0, End: 1}, source.Span{File: f, Start: 1, End: 2}
	l := List{
		{Code: WrongType, Span: b, message: Say("z")},
		{Code: WrongType, Span: b, message: Say("y"), hint: Say("first")},
		{Code: UnknownProperty, Span: b, message: Say("z")},
		{Code: WrongType, Span: a, message: Say("z")},
		{Code: WrongType, Span: b, message: Say("y"), hint: Say("second")},
		{Code: HandedOver, message: Say("x")},
	}
	before := slices.Clone(l)
	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.Code.Number+d.Span.Text()+d.Says(nil)+d.Advises(nil))
	}
	want := []string{"SC4017x", "SC1003az", "SC1001bz", "SC1003byfirst", "SC1003bz"}
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %q, want %q", got, want)
	}
	for i := range l {
		if l[i].Says(nil) != before[i].Says(nil) || l[i].Span != before[i].Span {
			t.Error("sorting changed the list")
		}
	}
	if !l.HasErrors() || l[5:].HasErrors() || List(nil).HasErrors() {
		t.Error("HasErrors is wrong")
	}
	if l.Count(Error) != 5 || l.Count(Warning) != 0 || l.Count(Note) != 1 {
		t.Error("Count is wrong")
	}
}
