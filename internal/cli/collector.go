package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// roomForAll is how many bytes a run takes before anything is collected: enough for a spec of
// 10,000 secrets with what is made of it, and less than any machine has to spare.
const roomForAll = 224 << 20

// shareOfMore is how much a large run may allocate between two collections, in percent of what is
// in use. BenchmarkProcess compares it with others.
const shareOfMore = 50

// room is roomForAll, or more for a run that holds more than one state.
var room atomic.Int64

// tuneCollector lets a run that is small end without any collection of its garbage, and bounds one
// that is not: up to roomForAll nothing is collected, and once two thirds of that are in use, or
// more, the collector runs by the share of it. Who sets GOGC or GOMEMLIMIT decides alone. It
// returns what gives a run the room of two.
// https://pkg.go.dev/runtime#hdr-Environment_Variables
func tuneCollector(getenv func(string) string) (roomForTwo func()) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	room.Store(roomForAll)
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(roomForAll)
	afterCollection()
	return func() {
		room.Store(2 * roomForAll)
		debug.SetMemoryLimit(2 * roomForAll)
	}
}

// afterCollection looks after the next collection whether the room is enough, and goes on looking
// as long as it is.
func afterCollection() {
	type nothing struct{ _ *byte } // with a pointer, so that it has room of its own
	runtime.AddCleanup(&nothing{}, func(int) {
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(shareOfMore)
		if isEnough(nextCollection()) {
			debug.SetGCPercent(-1)
			debug.SetMemoryLimit(room.Load())
			afterCollection()
		}
	}, 0)
}

// isEnough says whether the room is, where a collector that runs by the share would run when so
// many bytes are in use.
func isEnough(next uint64) bool { return next <= uint64(room.Load()) }

// nextCollection returns how many bytes are in use when the collector runs next. Package metrics
// knows that too, but takes a tenth of a millisecond of every run for itself.
func nextCollection() uint64 {
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return now.NextGC
}
