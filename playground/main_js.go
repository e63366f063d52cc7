// Command playground is the compiler for a page in the browser, built as WebAssembly. A worker of
// the page calls the function that it defines, secretctlAnswer, with a request as JSON, and gets an
// answer as JSON. It reads nothing else, and nothing leaves the page.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"syscall/js"

	"github.com/secretctl/secretctl"
)

// request is what the page asks about.
type request struct {
	Spec        string `json:"spec"`
	Before      string `json:"before"`      // the spec that the changes are told against
	Environment string `json:"environment"` // what is shown of a spec that states several
	Format      string `json:"format"`      // of templates: json or yaml
	Show        string `json:"show"`        // templates, access, plan or changes
}

// answer is what the page shows.
type answer struct {
	Diagnostics  []diagnostic `json:"diagnostics"`
	Environments []string     `json:"environments"` // none: the spec states none
	Environment  string       `json:"environment"`  // that Shown is about
	Shown        []file       `json:"shown"`        // none where the spec has errors
	Failed       string       `json:"failed"`       // why nothing can be said
}

type diagnostic struct {
	secretctl.Diagnostic
	Meaning string // of its code
}

type file struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func main() {
	js.Global().Set("secretctlAnswer", js.FuncOf(func(_ js.Value, args []js.Value) any {
		var asked request
		if err := json.Unmarshal([]byte(args[0].String()), &asked); err != nil {
			panic(err) // the page makes requests, nobody else
		}
		out, err := json.Marshal(answerTo(asked))
		if err != nil {
			panic(err)
		}
		return string(out)
	}))
	select {} // the page goes on asking
}

func compile(name, text string) secretctl.Result {
	return secretctl.Compile(secretctl.File{Name: name, Data: []byte(text)})
}

func answerTo(asked request) answer {
	result := compile("spec.yaml", asked.Spec)
	out := answer{Diagnostics: []diagnostic{}, Environments: []string{}, Shown: []file{}}
	for _, d := range result.Diagnostics() {
		out.Diagnostics = append(out.Diagnostics, diagnostic{d, secretctl.Explain(d.Code)})
	}
	at := environmentOf(result, asked.Environment)
	if at == nil {
		return out
	}
	out.Environment = at.Name
	for _, e := range result.Specs[0].Environments {
		if e.Name != "" {
			out.Environments = append(out.Environments, e.Name)
		}
	}
	shown, err := show(asked, result, at)
	if err != nil {
		out.Failed = err.Error()
	}
	out.Shown = append(out.Shown, shown...)
	return out
}

// environmentOf returns the environment of a name, or else the first one; nil if nothing was
// compiled.
func environmentOf(result secretctl.Result, name string) *secretctl.Environment {
	if len(result.Specs) == 0 || len(result.Specs[0].Environments) == 0 {
		return nil
	}
	all := result.Specs[0].Environments
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return &all[0]
}

// show returns one view of what was compiled. A spec with errors has templates and a plan in none,
// and access where the errors only say that a grant does not work or an assertion fails.
func show(asked request, result secretctl.Result, at *secretctl.Environment) ([]file, error) {
	format := secretctl.JSON
	if asked.Format == "yaml" {
		format = secretctl.YAML
	}
	switch asked.Show {
	case "access":
		if at.Estate() == nil {
			return nil, nil
		}
		access, err := at.Estate().Access()
		if err != nil {
			return nil, err
		}
		return rendered("access.html", access, "html")
	case "plan":
		if !result.OK() {
			return nil, nil
		}
		return rendered("plan.txt", at.Plan(format), "text")
	case "changes":
		return changes(asked, result, at)
	}
	if !result.OK() {
		return nil, nil
	}
	var files []file
	for _, t := range at.Templates(format) {
		files = append(files, file{t.Name, string(t.Data)})
	}
	return files, nil
}

// changes tells what the spec does to what was deployed before, in an environment of the same name.
func changes(asked request, result secretctl.Result, at *secretctl.Environment) ([]file, error) {
	if at.Estate() == nil {
		return nil, nil
	}
	before := compile("before.yaml", asked.Before)
	old := environmentOf(before, at.Name)
	switch {
	case old == nil || old.Estate() == nil:
		return nil, fmt.Errorf("the spec before has errors, so nothing can be compared with it")
	case old.Name != at.Name:
		return rendered("changes.txt", secretctl.Diff(nil, at.Estate()), "text")
	}
	return rendered("changes.txt", secretctl.Diff(old.Estate(), at.Estate()), "text")
}

func rendered(name string, of interface {
	Render(w io.Writer, format string) error
}, format string) ([]file, error) {
	var out bytes.Buffer
	if err := of.Render(&out, format); err != nil {
		return nil, err
	}
	return []file{{name, out.String()}}, nil
}
