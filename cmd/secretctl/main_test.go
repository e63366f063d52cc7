//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// generated writes a spec of n secrets with three grants each.
func generated(n int) []byte {
	var b bytes.Buffer
	b.WriteString("version: 1\nstack: generated\nkeys:\n  main: {}\nprincipals:\n")
	for p := range n/50 + 3 {
		fmt.Fprintf(&b, "  app%d: { role: { assumedBy: { service: ecs-tasks.amazonaws.com } } }\n",
			p)
	}
	b.WriteString("secrets:\n")
	for s := range n {
		fmt.Fprintf(&b,
			"  service%d-db:\n    name: platform/service%d/db\n    description: Database user of "+
				"service %d\n    key: main\n", s, s, s)
		fmt.Fprintf(&b,
			"    value: { generate: { secretStringTemplate: { username: service%d }, "+
				"generateStringKey: password } }\n", s)
		fmt.Fprintf(&b,
			"    grants: { read: [app%d, { to: app%d, versionStages: AWSCURRENT }], write: app%d "+
				"}\n", s/50, s/50+1, s/50+2)
	}
	return b.Bytes()
}

// BenchmarkProcess measures secretctl as a user's CI runs it: the process from start to end, and
// its peak of resident memory. A spec over the limits of one template runs through every pass and
// ends with exit code 1.
func BenchmarkProcess(b *testing.B) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "secretctl")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", binary,
		".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, n := range []int{1, 100, 1000, 10000, 50000} {
		spec := filepath.Join(dir, strconv.Itoa(n)+".yaml")
		if err := os.WriteFile(spec, generated(n), 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run("secrets="+strconv.Itoa(n), func(b *testing.B) {
			var peak int64 // KiB
			for b.Loop() {
				cmd := exec.Command(binary, "compile", spec)
				err := cmd.Run()
				var exit *exec.ExitError
				if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
					b.Fatal(err)
				}
				if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak = max(peak, usage.Maxrss)
				}
			}
			b.ReportMetric(float64(peak)/1024, "MiB-peak")
		})
	}
}
