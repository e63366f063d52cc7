package cli

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/show"
)

const (
	// watchPause is how long a run that watches waits between two looks.
	watchPause = 200 * time.Millisecond
	// settled is how old a change must be for its time to tell it from another one: some file
	// systems count seconds.
	settled = 2 * time.Second
)

// clearScreen empties a terminal and what it has scrolled away.
const clearScreen = "\x1b[H\x1b[2J\x1b[3J"

// watch validates whenever a file changes, until the run is interrupted.
func (p *program) watch(flags *validateFlags, paths []string) error {
	if slices.Contains(paths, stdinArgument) {
		return usage("give it a file", "--watch cannot watch standard input")
	}
	wait, stop := p.waiter()
	defer stop()
	w := &watcher{p: p, paths: paths}
	w.look()
	fmt.Fprintf(p.err, "watching %s; Ctrl-C ends it\n", show.Printable(inputName(paths)))
	for {
		err := p.runValidate(&validateFlags{format: flags.format, strict: flags.strict}, paths)
		if p.report(err); p.out.err != nil {
			return nil // nobody reads any more
		}
		var changed []string
		for len(changed) == 0 {
			if !wait() {
				return nil
			}
			changed = w.look()
		}
		if p.isTerminal(p.out) {
			_, _ = p.out.commands.Write([]byte(clearScreen)) // p.out remembers
		}
		fmt.Fprintf(p.err, "\n%s changed\n", show.Printable(english.Some(changed, mostNamed)))
	}
}

// waiter returns what waits for the next look, and is false once the run is interrupted.
func (p *program) waiter() (wait func() bool, stop func()) {
	if p.env.wait != nil {
		return p.env.wait, func() {}
	}
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	return func() bool {
		select {
		case <-interrupted.Done():
			return false
		case <-time.After(watchPause):
			return true
		}
	}, stop
}

// watcher tells which files of some paths change.
type watcher struct {
	p     *program
	paths []string
	files map[string]stamp
}

// stamp is what is known of a file.
type stamp struct {
	size    int64
	changed time.Time
	looked  time.Time
	hash    string // of what is in it; why it cannot be read, if it cannot
}

// look looks at all files, and returns the names of those whose text is another one since the last
// look, and of those that have come or gone.
func (w *watcher) look() (changed []string) {
	paths := w.paths
	if len(paths) == 0 {
		paths = []string{defaultSpec}
	}
	now := map[string]stamp{}
	for _, path := range paths {
		names := []string{path}
		if info, err := w.p.files().stat(path); err == nil && info.IsDir() {
			r := reader{p: w.p, kind: specFiles}
			names = r.walk(path)
		}
		for _, name := range names {
			now[name] = w.stamp(name)
		}
	}
	for name, s := range now {
		if old, known := w.files[name]; !known || old.hash != s.hash {
			changed = append(changed, name)
		}
	}
	for name := range maps.Keys(w.files) {
		if _, there := now[name]; !there {
			changed = append(changed, name)
		}
	}
	w.files = now
	slices.Sort(changed)
	return changed
}

// stamp looks at a file. What is in it is only read if its size or time say that it may be another
// text.
func (w *watcher) stamp(name string) stamp {
	info, err := w.p.files().stat(name)
	if err != nil {
		return stamp{hash: reason(err)}
	}
	old := w.files[name]
	s := stamp{size: info.Size(), changed: info.ModTime(), looked: w.p.now()}
	if old.hash != "" && old.size == s.size && old.changed.Equal(s.changed) &&
		old.looked.Sub(old.changed) > settled {
		s.hash = old.hash
		return s
	}
	s.hash = w.hash(name, info)
	return s
}

// hash returns a text that tells what is in a file from anything else.
func (w *watcher) hash(name string, info fs.FileInfo) string {
	f, info, err := w.p.files().open(name, info)
	if err != nil {
		return reason(err)
	}
	defer f.Close()
	data, err := readAll(f, info.Size(), maxSpecSize)
	if err != nil {
		return reason(err)
	}
	return hashOf(data)
}
