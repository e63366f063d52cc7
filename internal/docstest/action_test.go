package docstest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

var (
	ourStep   = regexp.MustCompile(`(?m)^( *)(?:- )?uses: secretctl/secretctl@\S+\n((?:\s+.*\n)*)`)
	stepInput = regexp.MustCompile(`(?m)^ +([a-z-]+): \S|[{,] ([a-z-]+): `)
)

// inputsGiven are the inputs that a block gives to our action.
func inputsGiven(text string) (names []string) {
	for _, step := range ourStep.FindAllStringSubmatch(text, -1) {
		_, with, _ := strings.Cut(step[2], "with:")
		for _, m := range stepInput.FindAllStringSubmatch(with, -1) {
			names = append(names, m[1]+m[2])
		}
	}
	return names
}

// TestActionTakesWhatPagesGive: a workflow of a page gives the action inputs that it has.
func TestActionTakesWhatPagesGive(t *testing.T) {
	expect.InRoot(t)
	_, inputs, _ := strings.Cut(expect.Read(t, "action.yml"), "\ninputs:\n")
	inputs, _, _ = strings.Cut(inputs, "\noutputs:\n")
	seen := 0
	for _, name := range pages(t) {
		for _, b := range readPage(t, name, expect.Read(t, name)).blocks {
			for _, input := range inputsGiven(b.text) {
				seen++
				if !strings.Contains("\n"+inputs, "\n  "+input+":\n") {
					t.Errorf("%s:%d: the action has no input %s", name, b.line, input)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no page gives the action an input")
	}
	const steps = "- uses: secretctl/secretctl@v1\n  with:\n    paths: specs\n    fail-on: any\n" +
		"- uses: secretctl/secretctl@v1\n  with: { output: x, strict: true }\n"
	if got := strings.Join(inputsGiven(steps), " "); got != "paths fail-on output strict" {
		t.Errorf("the inputs are %q", got)
	}
}
