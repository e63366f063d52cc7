package cli

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

func TestWidthIsThatOfTheTerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal can be made here: ", err)
	}
	defer terminal.Close()
	columns := ""
	p := &program{env: Env{Stdout: terminal, Getenv: func(string) string { return columns }}}
	for width, want := range map[uint16]int{0: 0, 20: narrowest, 132: 132} {
		size := struct{ rows, columns, x, y uint16 }{24, width, 0, 0}
		_, _, failure := syscall.Syscall(syscall.SYS_IOCTL, terminal.Fd(), syscall.TIOCSWINSZ,
			uintptr(unsafe.Pointer(&size)))
		if failure != 0 {
			t.Fatal(failure)
		}
		if got := p.width(); got != want {
			t.Errorf("a terminal of %d cells: %d, want %d", width, got, want)
		}
	}
	if columns = "90"; p.width() != 90 {
		t.Errorf("COLUMNS says 90, and the width is %d", p.width())
	}
}
