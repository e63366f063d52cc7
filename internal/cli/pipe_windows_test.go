package cli

import "errors"

// makePipe would make a named pipe; Windows has none in directories.
func makePipe(string) error { return errors.ErrUnsupported }

// limitFiles would limit how much is written to a file.
func limitFiles(uint64) error { return errors.ErrUnsupported }
