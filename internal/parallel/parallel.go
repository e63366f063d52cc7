// Package parallel runs work on all processors. It knows nothing of the work.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for every number from 0 up to n, on all processors at once, and returns when all
// calls have. What the calls write must be places of their own. A panic in one is the caller's, as
// a *Panic where several processors make the calls; then not all calls are made.
func Each(n int, do func(i int)) {
	With(n, func() struct{} { return struct{}{} }, func(i int, _ struct{}) { do(i) })
}

// With is Each for calls that need something that no two may use at once: each processor makes one
// of its own.
func With[T any](n int, own func() T, do func(i int, own T)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers == 1 {
		mine := own()
		for i := range n {
			do(i, mine)
		}
		return
	}
	var next atomic.Int64
	var failed atomic.Pointer[Panic]
	var all sync.WaitGroup
	work := func() {
		p := Catch(func() {
			mine := own()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i, mine)
			}
		})
		if p != nil {
			next.Store(int64(n))
			failed.CompareAndSwap(nil, p)
		}
	}
	for range workers - 1 {
		all.Go(func() {
			deepen(false)
			work()
		})
	}
	work()
	all.Wait()
	if p := failed.Load(); p != nil {
		panic(p)
	}
}

// Ahead begins work beside its caller, and returns what waits for its end and gives what came of
// it, at each call. One processor alone does the work when that is asked for, and else not at all.
// A panic is that of who asks, as for Each.
func Ahead[T any](work func() T) func() T {
	if runtime.GOMAXPROCS(0) == 1 {
		return sync.OnceValue(work)
	}
	var out T
	done := make(chan *Panic, 1)
	go func() {
		deepen(false)
		done <- Catch(func() { out = work() })
	}()
	return sync.OnceValue(func() T {
		if p := <-done; p != nil {
			panic(p)
		}
		return out
	})
}

// Stretches calls do for stretches of the numbers from 0 up to n that are many each, as Each does:
// of what takes so little time that it is not worth while to take each number by itself.
func Stretches(n, many int, do func(from, to int)) {
	if n <= many {
		do(0, n)
		return
	}
	Each((n+many-1)/many, func(i int) { do(i*many, min(n, (i+1)*many)) })
}

// usualStack is how much of a stack most work needs.
const usualStack = 28 << 10

// deepen makes the stack of a goroutine large enough while nothing is on it that would have to be
// moved: it begins with a few kilobytes and is copied whenever a call does not fit. The room that
// a function needs is found when it is called, whether it is used or not.
//
//go:noinline
func deepen(use bool) {
	if use {
		var room [usualStack]byte
		touch(&room)
	}
}

//go:noinline
func touch(room *[usualStack]byte) { room[0] = 1 }
