package verb

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
)

var update = flag.Bool("update", false, "write the table into the files that repeat it")

// TestFilesRepeatTheTable: the JSON Schema names every verb.
func TestFilesRepeatTheTable(t *testing.T) {
	var docs strings.Builder
	for _, v := range All {
		docs.WriteString(" " + v.Name + ": " + v.Doc + ".")
	}
	for _, c := range []struct{ file, before, now, after string }{
		{"../../schema/spec.schema.json", `"What may be done.`, docs.String(), `"`},
		{"../../schema/spec.schema.json", `(?:enum|examples)": \[`,
			`"` + strings.Join(Names(), `", "`) + `"`, `(?:, \["read", "write"\])?\]`},
	} {
		replaceIn(t, c.file, c.before, c.now, c.after)
	}
}

// replaceIn holds what stands between two texts of a file to what should, wherever it names the
// first verb.
func replaceIn(t *testing.T, file, before, now, after string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	places := regexp.MustCompile(`(` + before + `)([^\n]*?\bdescribe\b[^\n]*?)(` + after + `)`)
	if !places.Match(text) {
		t.Fatalf("%s has no place for the verbs", file)
	}
	want := places.ReplaceAll(text, []byte("${1}"+now+"${3}"))
	if string(want) == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s does not repeat the table: go test ./internal/verb -update", file)
	}
	if err := os.WriteFile(file, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestKinds says of every verb what kind it is.
func TestKinds(t *testing.T) {
	kinds := map[string]func(*Verb) bool{
		"reads": (*Verb).Reads, "writes": (*Verb).Writes, "uses the value": (*Verb).UsesValue,
		"deletes": (*Verb).Deletes, "only deletes": (*Verb).OnlyDeletes, "invokes": (*Verb).Invokes,
		"lists": (*Verb).Lists, "encrypts": (*Verb).Encrypts, "home only": (*Verb).HomeOnly,
		"works": (*Verb).Works, "word": (*Verb).IsWord, "replicates": (*Verb).Replicates,
	}
	for v, want := range map[*Verb]string{
		Named("describe"):         "word",
		Named("read"):             "reads, uses the value, word, works",
		Named("batchRead"):        "reads, uses the value, word, works",
		Named("write"):            "encrypts, home only, uses the value, word, works, writes",
		Named("rotate"):           "home only, invokes, word, works",
		Named("delete"):           "deletes, home only, only deletes, word, works",
		Named("purge"):            "deletes, home only, only deletes, word, works",
		Named("replicate"):        "encrypts, replicates, word, works",
		Named("replicate").Kept(): "encrypts, replicates, word, works",
		Rotation:                  "encrypts, reads, uses the value, works, writes",
		Named("manage"):           "deletes, invokes, word, works",
		Named("list"):             "lists, word, works",
		Superuser:                 "reads, uses the value, works",
		InVPC:                     "lists, works",
	} {
		var are []string
		for kind, is := range kinds {
			if is(v) {
				are = append(are, kind)
			}
		}
		slices.Sort(are)
		if got := strings.Join(are, ", "); got != want {
			t.Errorf("%s: %s, not %s", v.Name, got, want)
		}
	}
}

// TestRows: every row is whole, sorted within, and of actions that there are.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range All {
		if v.Name == "" || v.Doc == "" || len(v.Short) != 2 || seen[v.Name] || seen[v.Short] {
			t.Errorf("%+v lacks something, or has what another has", v)
		}
		seen[v.Name], seen[v.Short] = true, true
		for _, actions := range [][]aws.Action{v.OnSecret, v.Anywhere, v.OnKey} {
			if !slices.IsSorted(actions) {
				t.Errorf("%s: %q are not sorted", v.Name, actions)
			}
			for _, a := range actions {
				if _, ok := aws.ActionNamed(a); !ok {
					t.Errorf("%s: there is no action %s", v.Name, a)
				}
			}
		}
	}
}

// TestFind: a verb, an action, an action without its service; in upper or lower case.
func TestFind(t *testing.T) {
	for word, want := range map[string]string{
		"read": "read", "READ": "read", "batchread": "batchRead",
		"secretsmanager:GetSecretValue": "secretsmanager:GetSecretValue",
		"GetSecretValue":                "secretsmanager:GetSecretValue",
		"getsecretvalue":                "secretsmanager:GetSecretValue", "Decrypt": "kms:Decrypt",
		"kms:decrypt": "kms:Decrypt",
		"TagResource": "secretsmanager:TagResource", "kms:TagResource": "kms:TagResource",
		"ListSecrets": "secretsmanager:ListSecrets",
	} {
		if v := Find(word); v == nil || v.Name != want {
			t.Errorf("%s: %v, not %q", word, v, want)
		}
	}
	for _, word := range []string{"", "red", "s3:GetObject", "secretsmanager:Decrypt",
		"secretsmanager:", "*"} {
		if v := Find(word); v != nil {
			t.Errorf("%q: %q", word, v.Name)
		}
	}
}

// TestWords: whatever is suggested is known.
func TestWords(t *testing.T) {
	words := Words()
	for _, word := range words {
		if Find(word) == nil {
			t.Errorf("%q is suggested and not known", word)
		}
	}
	for _, word := range []string{"read", "GetSecretValue", "kms:Decrypt"} {
		if !slices.Contains(words, word) {
			t.Errorf("%q is not suggested", word)
		}
	}
}

// TestHeld: which actions each verb allows with some arguments only, and what is left of it where
// nobody may remove replicas.
func TestHeld(t *testing.T) {
	want := map[string]string{
		"write": "UpdateSecret", "rotate": "RotateSecret", "delete": "DeleteSecret",
		"replicate": "ReplicateSecretToRegions", "manage": "DeleteSecret RotateSecret",
	}
	for _, v := range All {
		var held []string
		for _, a := range v.Held() {
			held = append(held, strings.TrimPrefix(a, "secretsmanager:"))
		}
		if got := strings.Join(held, " "); got != want[v.Name] {
			t.Errorf("%s holds %q, not %q", v.Name, got, want[v.Name])
		}
		removes := slices.Contains(v.OnSecret, removal)
		if kept := v.Kept(); slices.Contains(kept.OnSecret, removal) || (kept != v) != removes ||
			kept.Name != v.Name || !kept.IsWord() {
			t.Errorf("%s keeps %v", v.Name, kept.OnSecret)
		}
		if v.Purges != (v.Name == "purge") ||
			v.Purges && !slices.Equal(v.Essential(), []string{"secretsmanager:DeleteSecret"}) {
			t.Errorf("%s is about %v", v.Name, v.Essential())
		}
	}
}
