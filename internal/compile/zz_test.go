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
