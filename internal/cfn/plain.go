package cfn

// StandsAsItIs says whether a JSON string has every character of a text as it stands: all are ASCII
// and none needs an escape. It looks at eight bytes at a time.
func StandsAsItIs(s string) bool {
	const word = 8
	last := len(s) - word
	if last < 0 {
		for i := range len(s) {
			if !standsAsItIs[s[i]] {
				return false
			}
		}
		return true
	}
	const everyByte, highBits = 0x0101010101010101, 0x8080808080808080
	for i := 0; ; i = min(i+word, last) { // the last eight may overlap those before
		b := s[i : i+word]
		x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		// a subtraction leaves the high bit where a byte is smaller than what is taken away
		escapes := (x - ' '*everyByte) | ((x ^ '"'*everyByte) - everyByte) |
			((x ^ '\\'*everyByte) - everyByte)
		if (x|escapes)&highBits != 0 {
			return false
		}
		if i == last {
			return true
		}
	}
}
