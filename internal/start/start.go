// Package start is for the first moments of a process. It imports nothing but runtime, so that it
// is initialised before nearly all other packages, and what those make costs less. Only a program
// imports it, for what it does: a package that others build on leaves their process alone.
package start

import "runtime"

// processors are how many processors the process may use. It begins with one: a run of a
// millisecond does not become shorter by threads that are started for it.
var processors = runtime.GOMAXPROCS(1)

func init() {
	runtime.MemProfileRate = 0 // until somebody asks for a profile
	deepen(false)
}

// UseAllProcessors is for a run that has much to do, or to wait for.
func UseAllProcessors() { runtime.GOMAXPROCS(processors) }

// usualStack is how much of a stack a usual run needs, of which only what is used is ever touched.
// A variable of more than 128 KiB would not be on the stack.
const usualStack = 100 << 10

// deepen makes the stack of the first goroutine large enough at once: it begins with two kilobytes,
// is doubled whenever a call does not fit, and is copied each time. The room that a function needs
// is found when it is called, whether it is used or not.
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
