package parallel

import (
	"runtime"
	"testing"
)

// TestEachCallsOnce: whatever the number, every call is made, and once.
func TestEachCallsOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 1000} {
		calls := make([]int, n)
		Each(n, func(i int) { calls[i]++ })
		for i, times := range calls {
			if times != 1 {
				t.Errorf("of %d, %d is called %d times", n, i, times)
			}
		}
	}
}

// TestOneProcessorIsEnough: what is done ahead and in parallel is the same on one processor and on
// several.
func TestOneProcessorIsEnough(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 4} {
		runtime.GOMAXPROCS(processors)
		times := 0
		ahead := Ahead(func() int { times++; return times })
		for range 2 {
			if n := ahead(); n != 1 {
				t.Errorf("with %d processors, what is done ahead is done %d times", processors, n)
			}
		}
		var rooms, calls [8]int
		made := make(chan int, len(rooms))
		With(len(calls), func() int { made <- 0; return len(made) - 1 },
			func(i, room int) { calls[i]++; rooms[i] = room })
		for i, n := range calls {
			if n != 1 || rooms[i] >= processors {
				t.Errorf("with %d processors, call %d is made %d times", processors, i, n)
			}
		}
	}
}

// TestStretchesCoverAll: whatever the number, every one is in one stretch.
func TestStretchesCoverAll(t *testing.T) {
	for _, n := range []int{0, 1, 9, 10, 11, 1000} {
		calls := make([]int, n)
		Stretches(n, 10, func(from, to int) {
			for i := from; i < to; i++ {
				calls[i]++
			}
		})
		for i, times := range calls {
			if times != 1 {
				t.Errorf("of %d, %d is in %d stretches", n, i, times)
			}
		}
	}
}
