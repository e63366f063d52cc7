package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// folding is a file system that does not tell names apart by case. Its files are texts by a name.
type folding map[string]string

func (f folding) find(name string) (string, bool) {
	for is := range f {
		if strings.EqualFold(is, name) {
			return is, true
		}
	}
	return "", false
}

type foldedInfo struct{ name string }

func (i foldedInfo) Name() string       { return i.name }
func (i foldedInfo) Size() int64        { return 0 }
func (i foldedInfo) Mode() fs.FileMode  { return 0o644 }
func (i foldedInfo) ModTime() time.Time { return time.Time{} }
func (i foldedInfo) IsDir() bool        { return false }
func (i foldedInfo) Sys() any           { return nil }

func (f folding) lstat(name string) (fs.FileInfo, error) {
	is, ok := f.find(name)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return foldedInfo{is}, nil
}

func (f folding) same(a, b fs.FileInfo) bool { return a.Name() == b.Name() }

func (f folding) read(name string, _ int) ([]byte, error) {
	is, ok := f.find(name)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(f[is]), nil
}

// telling is a file system that tells all names apart.
type telling struct{ fstest.MapFS }

func (f telling) lstat(name string) (fs.FileInfo, error) { return f.Stat(name) }
func (f telling) same(a, b fs.FileInfo) bool             { return a.Name() == b.Name() }
func (f telling) read(name string, _ int) ([]byte, error) {
	return f.ReadFile(name)
}

const ourTemplate = "{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\"\n}\n"

func marshalled(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func planOf(entries ...plannedTemplate) []byte {
	return marshalled(map[string]any{"stacks": entries})
}

func TestLeftoversAreWhatSecretctlWroteAndNobodyChanged(t *testing.T) {
	sum := func(text string) string { return hashOf([]byte(text)) }
	ours, compact, yaml := ourTemplate, `{"AWSTemplateFormatVersion":"2010-09-09"}`+"\n",
		"AWSTemplateFormatVersion: \"2010-09-09\"\n"
	files := map[string]string{
		"a.json": ours, "b.json": compact, "c.yaml": yaml, "d-keys.eu-west-1.json": ours,
		"changed.json": ours + " ",
		"package.json": "{}\n", "like.json": `{"Resources": {}, "AWSTemplateFormatVersion": ""}`,
		"notes.txt": ours, "new.json": ours, "plan.json": ours,
	}
	entries := []plannedTemplate{
		{Name: "a", Template: "a.json", SHA256: sum(ours)},
		{Name: "b", Template: "b.json", SHA256: sum(compact)},
		{Name: "c", Template: "c.yaml", SHA256: sum(yaml)},
		{Name: "d-keys", Template: "d-keys.eu-west-1.json", SHA256: sum(ours)},
		{Name: "changed", Template: "changed.json", SHA256: sum(ours)},
		{Name: "gone", Template: "gone.json", SHA256: sum(ours)},
		{Name: "package", Template: "package.json", SHA256: sum("{}\n")},
		{Name: "like", Template: "like.json", SHA256: sum(files["like.json"])},
		{Name: "notes", Template: "notes.txt", SHA256: sum(ours)},
		{Name: "a", Template: "a.json", SHA256: sum(ours)},
		{Template: "a.json", SHA256: sum(ours)},
		{Name: "plan", Template: "plan.json", SHA256: sum(ours)},
		{Name: "..", Template: "../a.json", SHA256: sum(ours)},
		{Name: "new", Template: "new.json", SHA256: sum("old")},
	}
	want := []leftover{
		{name: "a.json"}, {name: "b.json"}, {name: "c.yaml"}, {name: "d-keys.eu-west-1.json"},
		{name: "changed.json", changed: true},
	}
	tells := telling{fstest.MapFS{}}
	for name, text := range files {
		tells.MapFS[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	if got := leftovers(tells, planOf(entries...),
		[]string{"new.json", "plan.json"}); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, plan := range []string{"", "not JSON", `{"stacks":1}`, `{"stacks":[{"template":1}]}`} {
		if got := leftovers(tells, []byte(plan), nil); got != nil {
			t.Errorf("%q: %+v", plan, got)
		}
	}
}

func TestNamesAreComparedAsTheFileSystemDoes(t *testing.T) {
	old := planOf(
		plannedTemplate{Name: "Payments", Template: "Payments.json",
			SHA256: hashOf([]byte(ourTemplate))},
		plannedTemplate{Name: "other", Template: "other.json", SHA256: hashOf([]byte(ourTemplate))},
	)
	needed := []string{"payments.json", "plan.json"}
	for _, text := range []string{ourTemplate, "new", "whatever is there"} {
		folds := folding{"Payments.json": text, "other.json": ourTemplate, "plan.json": "{}"}
		want := []leftover{{name: "Payments.json", now: "payments.json"}, {name: "other.json"}}
		if got := leftovers(folds, old, needed); !slices.Equal(got, want) {
			t.Errorf("a file system that folds case: got %+v, want %+v", got, want)
		}
	}
	tells := telling{fstest.MapFS{
		"Payments.json": {Data: []byte(ourTemplate), Mode: 0o644},
		"payments.json": {Data: []byte(ourTemplate), Mode: 0o644},
		"other.json":    {Data: []byte(ourTemplate), Mode: 0o644},
	}}
	want := []leftover{{name: "Payments.json"}, {name: "other.json"}}
	if got := leftovers(tells, old, needed); !slices.Equal(got, want) {
		t.Errorf("a file system that tells case: got %+v, want %+v", got, want)
	}
}

func TestNamesOfTemplatesAreNamesEverywhere(t *testing.T) {
	for _, name := range []string{"a.json", "a-b.eu-west-1.yaml", ".x", "...", "ä.json"} {
		if wrong := notAName(name); wrong != "" {
			t.Errorf("%q: %s", name, wrong)
		}
	}
	if _, err := readPlan([]byte(`{"stacks":[` + strings.Repeat("{},", maxStacks) +
		`{}]}`)); !errors.Is(err, errTooManyStacks) {
		t.Error(err)
	}
}
