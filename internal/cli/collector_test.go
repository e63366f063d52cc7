package cli

import (
	"runtime"
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
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		tuneCollector(func(asked string) string {
			if asked == name {
				return "100"
			}
			return ""
		})
		if now := debug.SetGCPercent(77); now != 77 || debug.SetMemoryLimit(-1) != limit {
			t.Errorf("with %s the collector was changed", name)
		}
	}
	if roomForAll > 256<<20 {
		t.Error("the room of a run is larger than a small machine spares")
	}
}

// TestShareIsOfWhatIsInUse: where the collector runs by the share, its next run leaves that much of
// what is in use, which decides whether the room is enough.
func TestShareIsOfWhatIsInUse(t *testing.T) {
	percent := debug.SetGCPercent(shareOfMore)
	defer debug.SetGCPercent(percent)
	for _, size := range []int{64 << 20, 160 << 20} {
		used := make([]byte, size)
		runtime.GC()
		next := nextCollection()
		runtime.KeepAlive(used)
		least := uint64(size + size*shareOfMore/100)
		if next < least || next > least+(64<<20) {
			t.Errorf("with %d bytes in use the next collection is at %d, not about %d",
				size, next, least)
		}
		if isEnough(next) != (size < roomForAll*2/3) {
			t.Errorf("for %d bytes the room is enough: %t", size, isEnough(next))
		}
	}
}
