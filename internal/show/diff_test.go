package show

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/plan"
)

// hostileName looks like markup, a mention, a reference and the end of what it stands in.
const hostileName = "x`|``\n</details><img src=x onerror=alert(1)> @admin #12 **b** [l](u) <!-- "

// lostSecrets is a report in which so many secrets are lost, each for a reason of its own.
func lostSecrets(environment, name string, n int) *change.Report {
	r := &change.Report{Environment: environment}
	for i := range n {
		one := change.Resource{Risk: change.ValueLost, Stack: name, LogicalID: name,
			Secret: name + strconv.Itoa(i), Property: name, Message: name + strconv.Itoa(i)}
		r.Resources = append(r.Resources, change.ResourceChange{Resource: one,
			Accepted: &change.Acceptance{Reason: name}})
	}
	return r
}

func markdownOf(t *testing.T, all Changes) string {
	t.Helper()
	var b strings.Builder
	if err := writeDiffMarkdown(&b, all, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDiffMarkdownHasALimit: a comment is never longer than GitHub takes, and what is left out is
// counted.
func TestDiffMarkdownHasALimit(t *testing.T) {
	var many []*change.Report
	for i := range 100 {
		many = append(many, lostSecrets(fmt.Sprint("environment", i), "secret", 30))
	}
	handed := lostSecrets("", "x", 1)
	for i := range 200 {
		handed.HandOvers = append(handed.HandOvers, change.HandOver{Change: "added",
			HandOver: plan.HandOver{Document: "key policy", Of: fmt.Sprint(i), Statements: []cfn.Object{
				{{Key: "Sid", Value: strings.Repeat("x", 3_000)}}}}})
	}
	var unused []*change.Acceptance
	for range 1_000 {
		unused = append(unused, &change.Acceptance{Class: "moved",
			Secrets: []string{strings.Repeat("y", 100)}})
	}
	for name, all := range map[string]Changes{
		"changes":      {Reports: []*change.Report{lostSecrets("", "a-long-name-of-a-secret", 3_000)}},
		"one long":     {Reports: []*change.Report{lostSecrets("", strings.Repeat("é", 50_000), 2)}},
		"environments": {Reports: many},
		"hand-overs":   {Reports: []*change.Report{handed}},
		"unused":       {Reports: []*change.Report{{}}, Unused: unused},
	} {
		text := markdownOf(t, all)
		const most = 65_536
		if n := utf8.RuneCountInString(text); n > most || n > most*99/100 && len(text) > most {
			t.Errorf("%s: %d characters", name, n)
		}
		if !strings.Contains(text, "Left out, for want of room: ") {
			t.Errorf("%s: what is left out is not counted:\n%s", name, text[:500])
		}
		if a, b := strings.Count(text, "<details>"), strings.Count(text, "</details>"); a != b {
			t.Errorf("%s: %d are opened, %d closed", name, a, b)
		}
	}
	text := markdownOf(t, Changes{Reports: []*change.Report{lostSecrets("", "secret", 3_000)}})
	told := strings.Count(text, "(accepted: secret)")
	left := regexp.MustCompile(`want of room: ([0-9,]+) changes`).FindStringSubmatch(text)
	if left == nil || strings.ReplaceAll(left[1], ",", "") != strconv.Itoa(3_000-told) {
		t.Errorf("%d are told, and %v are counted", told, left)
	}
}

// withoutCode returns a line of Markdown without its code spans: a run of backticks that is not
// escaped, and what follows up to the next run of as many.
// https://github.github.com/gfm/#code-spans
func withoutCode(line string) string {
	run := func(at int) int { return len(line[at:]) - len(strings.TrimLeft(line[at:], "`")) }
	var b strings.Builder
	for at := 0; at < len(line); {
		n := run(at)
		switch {
		case line[at] == '\\' && at+1 < len(line):
			b.WriteString(line[at : at+2])
			at += 2
			continue
		case n == 0:
			b.WriteByte(line[at])
			at++
			continue
		}
		end := at + n
		for end < len(line) && run(end) != n {
			end += max(run(end), 1)
		}
		if end == len(line) { // they are text
			b.WriteString(line[at : at+n])
			at += n
			continue
		}
		at = end + n
	}
	return b.String()
}

// TestDiffMarkdownEscapes: names and reasons of a spec are text in a comment, wherever they stand.
func TestDiffMarkdownEscapes(t *testing.T) {
	r := lostSecrets(hostileName, hostileName, 2)
	r.Becomings = []change.Becoming{{Becoming: access.Becoming{Kind: access.Gains,
		Principal: hostileName, Role: hostileName}}}
	r.Assertions = []change.Assertion{{Change: "added", Text: hostileName}}
	r.Stacks = []change.StackChange{{Change: "added", Stack: hostileName}}
	text := markdownOf(t, Changes{Reports: []*change.Report{r, {Environment: "b"}},
		Unused: []*change.Acceptance{{Class: "moved", Secrets: []string{hostileName}}}})
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 3 && line != "|---|---|\n" {
			t.Errorf("a row has more cells than two: %s", line)
		}
		plain := withoutCode(line)
		for _, markup := range []string{"<img", "<!--", "@admin", "</details><", " **b**", "[l]", " #12"} {
			if strings.Contains(plain, markup) {
				t.Errorf("%q is markup: %s", markup, line)
			}
		}
	}
}

// TestDiffTextStandsTogether: resources that change in the same way are one line, and one that is
// accepted is another.
func TestDiffTextStandsTogether(t *testing.T) {
	r := &change.Report{}
	for i := range 12 {
		r.Resources = append(r.Resources, change.ResourceChange{Resource: change.Resource{
			Risk: change.ValueLost, Stack: fmt.Sprint("shop-", i%3), Secret: fmt.Sprint("s", i),
			LogicalID: fmt.Sprint("S", i), Type: "AWS::SecretsManager::Secret", Message: "it is lost"}})
	}
	r.Resources[3].Accepted = &change.Acceptance{Reason: "meant"}
	var b strings.Builder
	if err := writeDiffText(&b, Changes{Reports: []*change.Report{r}}, Options{}); err != nil {
		t.Fatal(err)
	}
	const want = `12 value-lost; 1 of them accepted

  value-lost    s0, s1, s2, s4, s5 and 6 more in 3 stacks: it is lost

  value-lost    S3 (s3) in shop-0: it is lost
                  accepted: meant
`
	if b.String() != want {
		t.Errorf("it is\n%s", &b)
	}
}

// TestDiffMarkdownShowsEveryClass: what is not folded has something of every class, with its
// reason, and what is folded stands by class, each with as much room.
func TestDiffMarkdownShowsEveryClass(t *testing.T) {
	r := &change.Report{}
	for i := range 900 {
		one := lostSecrets("", fmt.Sprint("s", i), 1).Resources[0]
		one.Accepted, one.Message = nil, strings.Repeat("m", 100)
		one.Risk = change.Risk(i / 300 * 3) // value-lost, orphaned, rotates-now
		one.Page = "https://docs.aws.amazon.com/x"
		r.Resources = append(r.Resources, one)
	}
	text := markdownOf(t, Changes{Reports: []*change.Report{r}})
	open, folded, _ := strings.Cut(text, "<details>")
	for _, class := range []string{"value-lost", "orphaned", "rotates-now"} {
		if n := strings.Count(open, "| **"+class+"** |"); n != mostOpen/3 {
			t.Errorf("%d of %s are in sight", n, class)
		}
		_, own, _ := strings.Cut(folded, "<summary>"+class+": 296 other changes</summary>")
		own, _, _ = strings.Cut(own, "</details>")
		if n := strings.Count(own, "| **"+class+"** |"); n < 50 {
			t.Errorf("%d of %s are folded:\n%s", n, class, own)
		}
	}
	if !strings.Contains(open, "| change | what | why |\n|---|---|---|\n") ||
		strings.Count(open, "[AWS's page](https://docs.aws.amazon.com/x) |\n") != mostOpen {
		t.Errorf("what is in sight has no reasons:\n%s", open)
	}
}
