package mask_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// TestVariablesThatStandForValuesAreHidden: a variable is hidden everywhere if it is used where a
// secret value could stand, and shown if it is not.
func TestVariablesThatStandForValuesAreHidden(t *testing.T) {
	const text = `
environments:
  dev: { variables: { word: hunter2, stage: dev, length: 20, password: hunter3 } }
  prod: { variables: { word: hunter4, stage: prod, length: 40, password: hunter5 } }
secrets:
  db:
    name: $(stage)/$(word)
    value: { string: "a $(word)", generate: { passwordLength: $(length) } }
    description: "$(stage) $(password)"
    deletionPolicy: { dev: Delete, default: Retain }
`
	f := source.New("spec.yaml", []byte(text))
	_, masks, _ := spec.Load([]*source.File{f})
	shown := []byte(text)
	for _, s := range masks.Within(source.Span{File: f, End: int32(len(text))}) {
		for i := s.Start; i < s.End; i++ {
			shown[i] = '.'
		}
	}
	for _, hidden := range []string{"hunter", "$(word)", "$(password)"} {
		if strings.Contains(string(shown), hidden) {
			t.Errorf("%s is shown:\n%s", hidden, shown)
		}
	}
	for _, plain := range []string{
		"stage: dev, length: 20", "stage: prod, length: 40", "$(stage)/", "$(length)",
		"{ dev: Delete, default: Retain }",
	} {
		if !strings.Contains(string(shown), plain) {
			t.Errorf("%s is hidden:\n%s", plain, shown)
		}
	}
	if got := masks.Hide("dev/hunter2-db", "*"); got != "dev/*-db" {
		t.Errorf("a part of a word is shown as %s", got)
	}
}
