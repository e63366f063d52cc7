package compile

import (
	"os"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

func BenchmarkZZ(b *testing.B) {
	text, _ := os.ReadFile("/tmp/proof/mid.yaml")
	for b.Loop() {
		Compile([]*source.File{source.New("mid.yaml", text)})
	}
}

func BenchmarkZA(b *testing.B) {
	text, _ := os.ReadFile("/tmp/proof/mid.yaml")
	r := Compile([]*source.File{source.New("mid.yaml", text)})
	for b.Loop() {
		r.Estate().Report(Verbs(), nil, nil)
	}
}
