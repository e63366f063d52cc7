//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package cli

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// lock waits until no other run writes to a directory, and keeps others waiting until unlock is
// called or the process ends. locked is false where the directory cannot be read or its file system
// has no locks: then nobody waits. A run that has not ended within a minute is an error.
func lock(root *os.Root) (unlock func(), locked bool, err error) {
	f, err := root.Open(".")
	if err != nil {
		return func() {}, false, nil
	}
	for range lockTries {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { f.Close() }, true, nil
		case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
			time.Sleep(lockPause)
			continue
		}
		f.Close()
		return func() {}, false, nil
	}
	f.Close()
	return nil, false, errLocked
}
