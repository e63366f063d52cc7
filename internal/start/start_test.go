package start

import (
	"runtime"
	"testing"
)

// TestBeginsWithOneProcessor: a process has one processor until somebody asks for all, and takes no
// samples of memory.
func TestBeginsWithOneProcessor(t *testing.T) {
	if now := runtime.GOMAXPROCS(0); now != 1 { // unless go test -cpu has asked for more
		t.Errorf("the process begins with %d processors", now)
	}
	UseAllProcessors()
	if now := runtime.GOMAXPROCS(0); now != processors || now < 1 {
		t.Errorf("%d of %d processors are used", now, processors)
	}
	if runtime.MemProfileRate != 0 {
		t.Error("samples of memory are taken")
	}
}
