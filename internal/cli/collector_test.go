package cli

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
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
}

// TestShareIsOfWhatIsInUse: where the collector runs by the share, its next run leaves that much of
// what is in use, which decides whether the room is enough. It is looked at in a process of its
// own: after Main the collector of this one is tuned.
func TestShareIsOfWhatIsInUse(t *testing.T) {
	const alone = "COLLECTOR_ALONE"
	if os.Getenv(alone) == "" {
		again := exec.Command(os.Args[0], "-test.run=^TestShareIsOfWhatIsInUse$")
		again.Env = append(os.Environ(), alone+"=yes")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	percent := debug.SetGCPercent(shareOfMore)
	defer debug.SetGCPercent(percent)
	used := make([]byte, 64<<20)
	runtime.GC()
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(inUse)
	next := nextCollection()
	runtime.KeepAlive(used)
	const others = 16 << 20 // stacks and variables count too
	least := inUse[0].Value.Uint64() * (100 + shareOfMore) / 100
	if next < least || next > least+others {
		t.Errorf("the next collection is at %d, and not at %d or a little more", next, least)
	}
	room.Store(roomForAll)
	if !isEnough(roomForAll) || isEnough(roomForAll+1) {
		t.Error("the room is enough for another size than its own")
	}
}
