package show

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
)

// odd are diagnostics with what is hard to write down: no place, several lines, several files,
// characters with a meaning to the format.
func odd(t testing.TB) diag.List {
	f := source.New("dir/秘密 50%:a,b.yaml", []byte("a: 秘密 x\r\nb: y\r\n"))
	g := source.New("./other.yaml", []byte("c"))
	return findings{
		{Code: diag.EmptyInput, message: diag.Say("nothing"),
			related: []diag.Related{{Message: diag.Say("nowhere")}},
			fixes:   []diag.Fix{{Text: diag.Say("lost")}}},
		{
			Code:    diag.GlobMatchesNothing,
			Span:    spanOf(t, f, "x\r\nb"),
			message: diag.Say("100%%: {a}, <b> & \x1b\u009b\U000e0041"),
			related: []diag.Related{{Span: spanOf(t, g, "c"), Message: diag.Say("see {c}")}},
			hint:    diag.Say("do\r\nthis"),
			fixes: []diag.Fix{{Span: spanOf(t, f, "x"), Text: diag.Say("{1}")},
				{Span: spanOf(t, g, "c"), Text: diag.Say("2")},
				{Span: spanOf(t, f, "b"), Text: diag.Say("3")}},
		},
		{Code: diag.HandedOver, Span: spanOf(t, f, "密"), message: diag.Say("m")},
	}.list()
}

func TestJSONIsTheDocumentedOne(t *testing.T) {
	tests := map[string]struct {
		list diag.List
		want string
	}{
		"nothing found": {nil, `{
  "version": 1,
  "diagnostics": []
}
`},
		"everything": {diag.List{unknownSecret(t)}, `{
  "version": 1,
  "diagnostics": [
    {
      "code": "SC2001",
      "name": "unknown-secret",
      "severity": "error",
      "message": "no secret is named \"dbb\"",
      "hint": "write \"db\"",
      "file": "spec.yaml",
      "start": {
        "line": 8,
        "column": 38,
        "offset": 108
      },
      "end": {
        "line": 8,
        "column": 41,
        "offset": 111
      },
      "related": [
        {
          "file": "spec.yaml",
          "start": {
            "line": 3,
            "column": 3,
            "offset": 22
          },
          "end": {
            "line": 3,
            "column": 5,
            "offset": 24
          },
          "message": "\"db\" is defined here"
        }
      ],
      "fixes": [
        {
          "start": {
            "line": 8,
            "column": 38,
            "offset": 108
          },
          "end": {
            "line": 8,
            "column": 41,
            "offset": 111
          },
          "text": "db"
        }
      ]
    }
  ]
}
`},
		"odd ones": {odd(t), `{
  "version": 1,
  "diagnostics": [
    {
      "code": "SC0002",
      "name": "empty-input",
      "severity": "error",
      "message": "nothing",
      "related": [
        {
          "message": "nowhere"
        }
      ]
    },
    {
      "code": "SC2007",
      "name": "glob-matches-nothing",
      "severity": "warning",
      "message": "100%: {a}, <b> & \u001b\u009b\udb40\udc41",
      "hint": "do\r\nthis",
      "file": "dir/秘密 50%:a,b.yaml",
      "start": {
        "line": 1,
        "column": 7,
        "offset": 10
      },
      "end": {
        "line": 2,
        "column": 2,
        "offset": 14
      },
      "related": [
        {
          "file": "./other.yaml",
          "start": {
            "line": 1,
            "column": 1,
            "offset": 0
          },
          "end": {
            "line": 1,
            "column": 2,
            "offset": 1
          },
          "message": "see {c}"
        }
      ],
      "fixes": [
        {
          "start": {
            "line": 1,
            "column": 7,
            "offset": 10
          },
          "end": {
            "line": 1,
            "column": 8,
            "offset": 11
          },
          "text": "{1}"
        },
        {
          "file": "./other.yaml",
          "start": {
            "line": 1,
            "column": 1,
            "offset": 0
          },
          "end": {
            "line": 1,
            "column": 2,
            "offset": 1
          },
          "text": "2"
        },
        {
          "start": {
            "line": 2,
            "column": 1,
            "offset": 13
          },
          "end": {
            "line": 2,
            "column": 2,
            "offset": 14
          },
          "text": "3"
        }
      ]
    },
    {
      "code": "SC4017",
      "name": "handed-over",
      "severity": "note",
      "message": "m",
      "file": "dir/秘密 50%:a,b.yaml",
      "start": {
        "line": 1,
        "column": 5,
        "offset": 6
      },
      "end": {
        "line": 1,
        "column": 6,
        "offset": 9
      }
    }
  ]
}
`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := writeDiagnosticsJSON(&b, tt.list, Options{Masks: nil}); err != nil {
				t.Fatal(err)
			}
			if b.String() != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", b.String(), tt.want)
			}
		})
	}
}

// The escapes for the terminal's sake must not change what a program reads.
func TestJSONKeepsEveryCharacter(t *testing.T) {
	const message = "a\x00\x1b\x7f\u0080\u009b\u00a0\u2028\u202e\ufeff\U000e0041\U0010ffff秘密🔑\t\r\n\"\\<>&"
	var b strings.Builder
	if err := writeDiagnosticsJSON(&b,
		findings{{Code: diag.WrongType, message: diag.Say(message)}}.list(),
		Options{Masks: nil}); err != nil {
		t.Fatal(err)
	}
	var got struct{ Diagnostics []struct{ Message string } }
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Diagnostics[0].Message != message {
		t.Errorf("read back: %q, want %q", got.Diagnostics[0].Message, message)
	}
}

// A document of which something has no JSON is a bug of this package.
func TestWriteJSONPanicsWithoutJSON(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a channel was written as JSON")
		}
	}()
	_ = writeJSON(&strings.Builder{}, make(chan int))
}

func TestSARIF(t *testing.T) {
	tests := map[string]struct {
		list    diag.List
		version string
		want    string
	}{
		"nothing found": {nil, "", `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "secretctl",
          "rules": []
        }
      },
      "columnKind": "unicodeCodePoints",
      "results": []
    }
  ]
}
`},
		"everything": {append(diag.List{unknownSecret(t)}, odd(t)...), "1.2.3", sarifOfEverything},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := writeSARIF(&b, tt.list, Options{Version: tt.version}); err != nil {
				t.Fatal(err)
			}
			if b.String() != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", b.String(), tt.want)
			}
		})
	}
}

func TestArtifactURI(t *testing.T) {
	tests := map[string]string{
		"spec.yaml":        "spec.yaml",
		"./a/../spec.yaml": "spec.yaml",
		"../spec.yaml":     "../spec.yaml",
		"a:b.yaml":         "./a:b.yaml", // or a would be a scheme
		"50%#?秘.yaml":      "50%25%23%3F%E7%A7%98.yaml",
		"<stdin>":          "%3Cstdin%3E",
		"\xff\n":           "%FF%0A",
	}
	onUnix := map[string]string{
		"/etc/my spec": "file:///etc/my%20spec",
		"back\\slash":  "back%5Cslash",
	}
	onWindows := map[string]string{
		`C:\my specs\spec.yaml`: "file:///C:/my%20specs/spec.yaml",
		`back\slash`:            "back/slash",
	}
	if filepath.Separator == '/' {
		maps.Copy(tests, onUnix)
	} else {
		maps.Copy(tests, onWindows)
	}
	for name, want := range tests {
		if got := artifactURI(name); got != want {
			t.Errorf("artifactURI(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestGitHubCommands(t *testing.T) {
	f := source.New("./a.yaml", []byte("ab"))
	list := append(diag.List{unknownSecret(t),
		finding{Code: diag.WrongType, Span: source.Span{File: f, Start: 1, End: 1},
			message: diag.Say("m")}.diagnostic()}, odd(t)...)
	want := `::error file=spec.yaml,line=8,col=38,endLine=8,endColumn=41,title=SC2001 unknown-secret::no secret is named "dbb"%0Awrite "db"
::error file=a.yaml,line=1,col=2,endLine=1,endColumn=2,title=SC1003 wrong-type::m
::error title=SC0002 empty-input::nothing
::warning file=dir/秘密 50%25%3Aa%2Cb.yaml,line=1,endLine=2,title=SC2007 glob-matches-nothing::100%25: {a}, <b> & \x1b\u009b\U000e0041%0Ado%0Athis
::notice file=dir/秘密 50%25%3Aa%2Cb.yaml,line=1,col=5,endLine=1,endColumn=6,title=SC4017 handed-over::m
`
	var b strings.Builder
	if err := writeGitHub(&b, list, Options{Masks: nil}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

// A message cannot end its command and begin another.
func TestGitHubCommandsCannotBeInjected(t *testing.T) {
	f := source.New("a\n::error::b", []byte("x"))
	var b strings.Builder
	if err := writeGitHub(&b,
		findings{{Code: diag.WrongType, Span: spanOf(t, f, "x"),
			message: diag.Say("m\r\n::set-env::"), hint: diag.Say("h\n::stop-commands::x")}}.list(),
		Options{Masks: nil}); err != nil {
		t.Fatal(err)
	}
	want := `::error file=a\x0a%3A%3Aerror%3A%3Ab,line=1,col=1,endLine=1,endColumn=2,` +
		`title=SC1003 wrong-type::m\x0d\x0a::set-env::%0Ah%0A::stop-commands::x` + "\n"
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}
