package cli

import (
	"math"
	"runtime/debug"
	"testing"
)

// TestCollectorIsTheUsers: who sets GOGC or GOMEMLIMIT decides alone; else nothing is collected
// until the room is taken, which bounds what is.
func TestCollectorIsTheUsers(t *testing.T) {
	percent, limit := debug.SetGCPercent(77), debug.SetMemoryLimit(-1)
	defer func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}()
	room.Store(roomForAll)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		tuneCollector(func(asked string) string {
			if asked == name {
				return "100"
			}
			return ""
		})()
		if now := debug.SetGCPercent(77); now != 77 || debug.SetMemoryLimit(-1) != limit {
			t.Errorf("with %s the collector was changed", name)
		}
	}
	if roomForAll > 256<<20 {
		t.Error("the room of a run is larger than a small machine spares")
	}
	if !isEnough(roomForAll/2) || isEnough(roomForAll*3/4) || isEnough(math.MaxUint64/1024) {
		t.Error("the room is enough for what leaves a share of it, and for nothing else")
	}
}
