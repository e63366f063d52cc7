package parallel

import "testing"

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
