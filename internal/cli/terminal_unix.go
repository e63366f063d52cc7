//go:build !windows

package cli

// showsColor says whether a terminal understands the escapes for colours.
func showsColor(uintptr) bool { return true }
