package policy

import (
	"encoding/base64"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// numberValues returns, of every constant, itself and what is just beside it.
func numberValues(constants []float64) []string {
	if constants == nil {
		return nil
	}
	sorted := slices.Clone(constants)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	var all []float64
	for i, c := range sorted {
		beside := max(1, math.Abs(c)/(1<<40)) // of large numbers, 1 would make no difference
		all = append(all, c-beside, c, c+beside)
		if i > 0 {
			all = append(all, (sorted[i-1]+c)/2)
		}
	}
	slices.Sort(all)
	var out []string
	for _, n := range slices.Compact(all) {
		out = append(out, strconv.FormatFloat(n, 'f', -1, 64))
	}
	return out
}

// dateValues returns, of every constant, itself and the seconds beside it.
func dateValues(constants []time.Time) []string {
	var out []string
	for _, c := range constants {
		for _, d := range []int{-1, 0, 1} {
			out = append(out, c.Add(time.Duration(d)*time.Second).UTC().Format(time.RFC3339))
		}
	}
	return out
}

// timeValues returns the times that are tried of a request, in seconds since 1970, which both of
// AWS's keys understand.
func timeValues(g *groupTests) []string {
	var all []int64
	for _, c := range g.times {
		all = append(all, c.Unix()-1, c.Unix(), c.Unix()+1)
	}
	for _, n := range g.numbers {
		all = append(all, int64(n)-1, int64(n), int64(n)+1)
	}
	slices.Sort(all)
	var out []string
	for _, n := range slices.Compact(all) {
		if n > 9999 { // four digits would be a year
			out = append(out, strconv.FormatInt(n, 10))
		}
	}
	if out == nil {
		out = []string{"1893456000"} // 2030-01-01, where nothing asks for the time
	}
	return out
}

// binaryValues returns the constants, in base64, and a value that is none of them.
func binaryValues(constants [][]byte) []string {
	if constants == nil {
		return nil
	}
	other := []byte{0}
	var out []string
	for _, c := range constants {
		out = append(out, base64.StdEncoding.EncodeToString(c))
		if len(c) >= len(other) {
			other = make([]byte, len(c)+1)
		}
	}
	return append(out, base64.StdEncoding.EncodeToString(other))
}

// addressValues returns the first address of all, of each range the first, and the one behind the
// last.
func addressValues(ranges []netip.Prefix) []string {
	if ranges == nil {
		return nil
	}
	out := []string{"0.0.0.0", "::"}
	for _, r := range ranges {
		first := r.Masked().Addr()
		out = append(out, first.String())
		if next := lastOf(r).Next(); next.IsValid() {
			out = append(out, next.String())
		}
	}
	return out
}

// lastOf returns the last address of a range.
func lastOf(r netip.Prefix) netip.Addr {
	b := r.Masked().Addr().AsSlice()
	for i := r.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}
