package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/cobra"
)

// profiles are the files that a run writes about itself, for who makes secretctl faster. They are
// for `go tool pprof`: docs/performance.md says how to read them. Their flags are hidden, and every
// command has them.
type profiles struct {
	cpu, memory string // where they go; empty: nowhere
	started     []*profile
}

// profile is one file that takes its place when the run ends.
type profile struct {
	path      string // as the user wrote it
	temporary *os.File
	finish    func(w io.Writer) error
}

// memoryRate is how many bytes are allocated between two samples of a profile of memory.
const memoryRate = 64 << 10

// addProfiles gives every command the flags of profiles.
func (p *program) addProfiles(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&p.profiles.cpu, "profile-cpu", "",
		"write a profile of the run's processor time to `FILE`, for go tool pprof")
	flags.StringVar(&p.profiles.memory, "profile-mem", "",
		"write a profile of the run's memory to `FILE`, for go tool pprof; a profile has amounts "+
			"by function, which tell how large a spec is and nothing that it holds")
	for _, name := range []string{"profile-cpu", "profile-mem"} {
		register(flags.MarkHidden(name))
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range []string{"profile-cpu", "profile-mem"} {
			if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
				return usage("", "--%s needs a path", name)
			}
		}
		return p.startProfiles()
	}
}

// startProfiles begins what the flags ask for. That a file cannot be written is found here, before
// the run has cost any time.
func (p *program) startProfiles() error {
	if path := p.profiles.memory; path != "" {
		runtime.MemProfileRate = memoryRate
		if err := p.startProfile(path, writeMemory); err != nil {
			return err
		}
	}
	path := p.profiles.cpu
	if path == "" {
		return nil
	}
	var samples bytes.Buffer
	finish := func(w io.Writer) error {
		pprof.StopCPUProfile()
		_, err := w.Write(samples.Bytes())
		return err
	}
	if err := pprof.StartCPUProfile(&samples); err != nil {
		return failed(fmt.Sprintf("writing %q", path), err)
	}
	if err := p.startProfile(path, finish); err != nil {
		pprof.StopCPUProfile()
		return err
	}
	return nil
}

// writeMemory writes what is in use and everything that was allocated.
func writeMemory(w io.Writer) error {
	runtime.GC() // a profile is of what the last collection has found
	return pprof.Lookup("heap").WriteTo(w, 0)
}

// startProfile makes room for a profile beside its place, where there must be nothing or a regular
// file. Nobody else may read it.
func (p *program) startProfile(path string, finish func(io.Writer) error) error {
	at := p.path(path)
	info, err := os.Lstat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return failed(fmt.Sprintf("writing %q", path), err)
	case info.Mode()&fs.ModeSymlink != 0:
		return refuse(exitFailed, "name the file that it leads to",
			"writing %q: it is a symbolic link, and a profile follows none", path)
	case !info.Mode().IsRegular():
		return failed(fmt.Sprintf("writing %q", path), errNotRegular)
	}
	file, err := os.CreateTemp(filepath.Dir(at), ".secretctl-profile-*.tmp")
	if err != nil {
		return failed(fmt.Sprintf("writing %q", path), err)
	}
	p.profiles.started = append(p.profiles.started, &profile{path, file, finish})
	return nil
}

// finishProfiles writes the profiles of a run that has ended, each as a whole or not at all. A
// profile replaces a file of its name, and never what a link there leads to.
func (p *program) finishProfiles() error {
	var errs []error
	for _, one := range p.profiles.started {
		f := one.temporary
		err := errors.Join(one.finish(f), f.Close())
		if err == nil {
			err = os.Rename(f.Name(), p.path(one.path))
		}
		if err != nil {
			os.Remove(f.Name())
			errs = append(errs, failed(fmt.Sprintf("writing %q", one.path), err))
		}
	}
	p.profiles.started = nil
	return errors.Join(errs...)
}
