package parallel

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// TestAPanicIsTheCallers: whoever called can recover, however many processors there are. A process
// that ends by a panic prints its value, which may be a text of the spec, and its exit code says
// that the command line was wrong.
func TestAPanicIsTheCallers(t *testing.T) {
	const variable = "PANIC_OF"
	run := map[string]func(){
		"each":  func() { Each(4, func(int) { panic("hidden123") }) },
		"ahead": func() { Ahead(func() int { panic("hidden123") })() },
	}
	if name := os.Getenv(variable); name != "" {
		runtime.GOMAXPROCS(2)
		defer func() {
			if recover() == nil {
				t.Error("nothing is recovered")
			}
		}()
		run[name]()
		return
	}
	for name := range run {
		cmd := exec.Command(os.Args[0], "-test.run=^TestAPanicIsTheCallers$")
		cmd.Env = append(os.Environ(), variable+"="+name)
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "hidden123") {
			t.Errorf("%s: %v; the value is shown: %t", name, err,
				strings.Contains(string(out), "hidden123"))
		}
	}
}
