package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
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
		if isEnough(inUse()) {
			afterCollection()
			return
		}
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(shareOfMore)
	}, 0)
}

// isEnough says whether so many bytes in use leave at least their share of the room.
func isEnough(bytes uint64) bool {
	return bytes+bytes*shareOfMore/100 <= uint64(room.Load())
}

// inUse returns how many bytes the last collection found in use.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
