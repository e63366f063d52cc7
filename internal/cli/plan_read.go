package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
)

// maxStacks is how many stacks of a plan are read: 1,000 shards, a stack for every Region and one
// for every account come to less.
const maxStacks = 10_000

// Why a plan is not read. The messages go on after its name and a colon, and show nothing of it.
var (
	errNoJSON        = errors.New("it is not well-formed JSON, or is nested more than 10,000 deep")
	errTooManyStacks = fmt.Errorf("it has more than the %s stacks that secretctl reads",
		english.Thousands(maxStacks))
)

// plannedTemplate is a template that the plan of an earlier run says it wrote. The plan comes from
// the disk, so that it may be damaged or somebody else's.
type plannedTemplate struct {
	Name     string   `json:"name"`
	Template string   `json:"template"`
	SHA256   string   `json:"sha256"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	Secrets  []string `json:"secrets"`
}

// writtenPlan is what is read of the plan of an earlier run.
type writtenPlan struct {
	Spec        string       `json:"spec"`
	Environment string       `json:"environment"`
	Stack       string       `json:"stack"`
	Stacks      listedStacks `json:"stacks"`
}

type listedStacks []plannedTemplate

// UnmarshalJSON reads the stacks one by one, so that what is too many of them is never in memory.
func (l *listedStacks) UnmarshalJSON(data []byte) error {
	*l = nil
	if string(data) == "null" {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if t, err := decoder.Token(); err != nil || t != json.Delim('[') {
		return errors.New("the stacks of a plan are a list")
	}
	for decoder.More() {
		if len(*l) == maxStacks {
			return errTooManyStacks
		}
		var one plannedTemplate
		if err := decoder.Decode(&one); err != nil {
			return err
		}
		*l = append(*l, one)
	}
	return nil
}

// readPlan reads a plan that an earlier run wrote. It refuses what is no JSON, or nested more
// than 10,000 deep, with a json.SyntaxError; more than maxStacks stacks with errTooManyStacks;
// and what is JSON but no plan with another error. The names in a plan are still to be judged:
// see notAName.
func readPlan(data []byte) (writtenPlan, error) {
	var plan writtenPlan
	err := json.Unmarshal(data, &plan)
	return plan, err
}

// asRead returns what readPlan reads of the text of a plan.
func asRead(p plan.Plan) writtenPlan {
	read := writtenPlan{Spec: asText(p.Spec), Environment: p.Environment, Stack: p.Stack,
		Stacks: make(listedStacks, len(p.Stacks))}
	for i := range p.Stacks {
		s := &p.Stacks[i]
		read.Stacks[i] = plannedTemplate{Name: s.Name, Template: s.Template, SHA256: s.SHA256,
			Account: s.Account, Region: s.Region, Secrets: s.Secrets}
	}
	return read
}

// asText returns the name of a file as JSON has it, whatever its bytes are.
func asText(name string) string { return string([]rune(name)) }

// isForeign says whether a text is well-formed JSON of another program: it has neither a stack nor
// stacks. What is not well-formed may be a plan that was damaged.
func isForeign(data []byte) bool {
	if !json.Valid(data) {
		return false
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(data, &keys) != nil {
		return true
	}
	return keys["stack"] == nil && keys["stacks"] == nil
}

// notAName says why a text of a plan is no name of a file in the plan's own directory, on any
// operating system; "": it is one.
func notAName(name string) string {
	const most = 255 // bytes that file systems take
	switch {
	case name == "":
		return "it is empty"
	case name == "." || name == "..":
		return "it is a directory"
	case len(name) > most:
		return "it is longer than a name can be"
	case strings.ContainsAny(name, `/\`):
		return "it is a path"
	case strings.Contains(name, ":"):
		return "it has a colon"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "it has a control character"
	case !filepath.IsLocal(name):
		return "it is reserved"
	}
	return ""
}

// isOurs says whether the template may be one that secretctl wrote, by its name: that of its stack,
// which a Region or an account may follow, and an extension that compile gives.
func (l plannedTemplate) isOurs() bool {
	ext := filepath.Ext(l.Template)
	file := strings.TrimSuffix(l.Template, ext)
	return notAName(l.Template) == "" && (ext == ".json" || ext == ".yaml") &&
		l.Template != plan.FileName &&
		l.Name != "" && (file == l.Name || strings.HasPrefix(file, l.Name+"."))
}

// isWritten says whether a text may be a template that secretctl wrote: all of them begin with the
// version of their format, in one of three ways.
func isWritten(data []byte) bool {
	for _, beginning := range []string{
		"{\n  \"AWSTemplateFormatVersion\": ",
		"{\"AWSTemplateFormatVersion\":",
		"AWSTemplateFormatVersion: ",
	} {
		if bytes.HasPrefix(data, []byte(beginning)) {
			return true
		}
	}
	return false
}
