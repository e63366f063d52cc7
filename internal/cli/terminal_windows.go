package cli

import "golang.org/x/sys/windows"

// showsColor makes a console of Windows understand the escapes for colours, and says whether it
// does.
// https://learn.microsoft.com/windows/console/console-virtual-terminal-sequences
func showsColor(fd uintptr) bool {
	console, mode := windows.Handle(fd), uint32(0)
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	const understands = windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return mode&understands != 0 || windows.SetConsoleMode(console, mode|understands) == nil
}
