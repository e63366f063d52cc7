package cli

import (
	"bytes"
	"os"
	"testing"
)

func TestWidthIsWhatColumnsSays(t *testing.T) {
	for variable, want := range map[string]int{"": 0, "x": 0, "100": 100, "3": 60, "-1": 60} {
		getenv := func(string) string { return variable }
		p := &program{env: Env{Getenv: getenv, Stdout: &bytes.Buffer{}}}
		if got := p.width(); got != want {
			t.Errorf("COLUMNS=%s: %d, want %d", variable, got, want)
		}
	}
}

func TestWidthOfWhatIsNoTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	p := &program{env: Env{Stdout: null}}
	if got := p.width(); got != 0 {
		t.Errorf("%d", got)
	}
}
