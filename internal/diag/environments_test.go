package diag

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// TestFindingsOfSeveralEnvironmentsAreUnited: what holds in all is said once, what holds in some
// with their names, and what differs in nothing but what it quotes once, too.
func TestFindingsOfSeveralEnvironmentsAreUnited(t *testing.T) {
	file := source.New("spec.yaml", []byte("abc $(x) def"))
	at := func(start, end int32) source.Span {
		return source.Span{File: file, Start: start, End: end}
	}
	say := func(l *List, at source.Span, format, quoted string) *Diagnostic {
		return l.Report(UnknownSecret, at).Message(format, quoted)
	}
	var dev, staging, prod List
	for _, l := range []*List{&dev, &staging, &prod} {
		say(l, at(0, 1), "in all %s", "a").Fix(at(0, 3), "x")
	}
	say(&dev, at(1, 2), "in two %s", "a")
	say(&prod, at(1, 2), "in two %s", "a")
	say(&dev, at(2, 3), "alike %s", "dev").Fix(at(4, 8), "x")
	say(&staging, at(2, 3), "alike %s", "staging")
	say(&prod, at(2, 3), "alike %s", "prod")
	say(&dev, at(3, 4), "twice %s", "a")
	say(&dev, at(3, 4), "twice %s", "b")
	say(&prod, at(3, 4), "twice %s", "c")
	say(&staging, at(4, 5), "it is in %s", "staging").SayingWhere()
	var got []string
	names := []string{"dev", "staging", "prod"}
	for _, d := range United(names, []List{dev, staging, prod}).Sorted() {
		got = append(got, d.Sentence(nil)+"|"+strings.Join(d.Environments(), " ")+"|"+
			map[bool]string{true: "fix"}[len(d.Fixes(nil)) > 0])
	}
	want := []string{
		"in all a||fix", "in two a (in dev and prod)|dev prod|",
		"alike dev (so in dev, and alike in staging and prod)||",
		"twice a (in dev)|dev|", "twice b (in dev)|dev|", "twice c (in prod)|prod|",
		"it is in staging|staging|",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
