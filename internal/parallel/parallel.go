// Package parallel runs work on all processors. It knows nothing of the work.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for every number from 0 up to n, on all processors at once, and returns when all
// calls have. What the calls write must be places of their own; a panic in one ends the program.
func Each(n int, do func(i int)) {
	With(n, func() struct{} { return struct{}{} }, func(i int, _ struct{}) { do(i) })
}

// With is Each for calls that need something that no two may use at once: each processor makes one
// of its own.
func With[T any](n int, own func() T, do func(i int, own T)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		all.Go(func() {
			mine := own()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i, mine)
			}
		})
	}
	all.Wait()
}
