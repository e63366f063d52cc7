package cli

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// What the system calls FILE_FLAG_DELETE_ON_CLOSE and ERROR_SHARING_VIOLATION.
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
const (
	deleteOnClose    = 0x04000000
	sharingViolation = syscall.Errno(32)
	deletedSoon      = 50 // tries for which a refusal may mean that the file is just being deleted
)

// lock waits until no other run writes to a directory, and keeps others waiting until unlock is
// called or the process ends: a file in it is open, which nobody else can open, and which is gone
// when it is closed. locked is false where no such file can be made: then nobody waits. A run
// that has not ended within a minute is an error.
func lock(root *os.Root) (unlock func(), locked bool, err error) {
	path, err := syscall.UTF16PtrFromString(filepath.Join(root.Name(), ".secretctl.lock"))
	if err != nil {
		return func() {}, false, nil
	}
	for try := range lockTries {
		h, err := syscall.CreateFile(path, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
			syscall.FILE_ATTRIBUTE_NORMAL|deleteOnClose, 0)
		switch {
		case err == nil:
			return func() { syscall.CloseHandle(h) }, true, nil
		case errors.Is(err, sharingViolation), errors.Is(err, syscall.ERROR_ACCESS_DENIED) &&
			try < deletedSoon:
			time.Sleep(lockPause)
			continue
		}
		return func() {}, false, nil
	}
	return nil, false, errLocked
}
