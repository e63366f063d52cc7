package show

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// gitlabOf returns the findings of a report for GitLab.
func gitlabOf(t *testing.T, list diag.List) (findings []gitlabFinding) {
	t.Helper()
	var b strings.Builder
	err := writeGitLab(&b, list, Options{})
	if err == nil {
		err = json.Unmarshal([]byte(b.String()), &findings)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return findings
}

func TestGitLabFindings(t *testing.T) {
	got := gitlabOf(t, append(diag.List{unknownSecret(t)}, odd(t)...))
	var places []string
	for _, f := range got {
		places = append(places, f.Severity+" "+f.CheckName+" "+f.Location.Path)
		if len(f.Fingerprint) != 64 || f.Location.Lines.Begin < 1 || f.Description == "" {
			t.Errorf("a finding that GitLab cannot show: %+v", f)
		}
	}
	want := []string{
		"major SC2001 unknown-secret spec.yaml", "major SC0002 empty-input -",
		"minor SC2007 glob-matches-nothing dir/秘密 50%:a,b.yaml",
		"info SC4017 handed-over dir/秘密 50%:a,b.yaml",
	}
	if !slices.Equal(places, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(places, "\n"), strings.Join(want, "\n"))
	}
	if d := got[0].Description; d != "SC2001: no secret is named \"dbb\"\nwrite \"db\"" {
		t.Errorf("the description is %q", d)
	}
	if got := gitlabOf(t, nil); got == nil || len(got) > 0 {
		t.Errorf("of nothing there is %v", got)
	}
}

// TestGitLabKnowsAFindingAgain: a finding that moved is the one that it was, and two that say the
// same of the same file are two.
func TestGitLabKnowsAFindingAgain(t *testing.T) {
	prints := func(text string) []string {
		f := source.New("a.yaml", []byte(text))
		at := int32(strings.Index(text, "x"))
		one := finding{Code: diag.WrongType, Span: source.Span{File: f, Start: at, End: at + 1},
			message: diag.Say("m")}.diagnostic()
		other := finding{Code: diag.WrongType, Span: source.Span{File: f, Start: at, End: at + 1},
			message: diag.Say("n")}.diagnostic()
		var out []string
		for _, f := range gitlabOf(t, diag.List{one, one, other}) {
			out = append(out, f.Fingerprint)
		}
		return out
	}
	before, after := prints("x"), prints("\n\n  x")
	if !slices.Equal(before, after) {
		t.Errorf("the fingerprints were %v and are %v", before, after)
	}
	slices.Sort(before)
	if len(slices.Compact(before)) != 3 {
		t.Errorf("findings share a fingerprint: %v", before)
	}
}
