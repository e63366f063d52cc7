// Package cli knows commands, flags, files and exit codes; it alone prints. It knows nothing of
// policies or templates.
package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/compile"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/show"
	"github.com/secretctl/secretctl/internal/source"
)

// The exit codes of every command.
const (
	exitOK     = 0 // no errors; warnings and notes alone are fine
	exitErrors = 1 // the spec has errors, or what --check compares is stale
	exitUsage  = 2 // the command line makes no sense
	exitFailed = 3 // it could not run: a file cannot be read or written, or secretctl has a bug
)

// Env is all that a run knows of the process it runs in. The zero value has no input, no output and
// no variables.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// what relative paths are relative to; empty: the process's directory
	Dir    string
	Getenv func(string) string // nil: no variable is set
	Now    func() time.Time    // the clock; nil: the process's
	Local  *time.Location      // the zone of local times; nil: the process's
	Build  *show.Build         // which secretctl this is; nil: what the process was built from
	// is called once a run has much to do, or to wait for, and before it does; nil: nobody asks
	Large func()

	// nil: compile.Compile; tests put something predictable here
	compile func([]*source.File) compile.Result
	// is called before compile changes the disk; tests end a run there
	changing func(what string)
	// is called before a run holds two states; nil: nothing is
	roomForTwo func()
	// waits for the next look of a run that watches, false at its end; nil: until it is interrupted
	wait func() bool
}

// Main runs secretctl as a process does and returns its exit code. A closed pipe on standard output
// does not end the process with a signal but the run with exit code 3. large is that of Env.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, large func()) int {
	signal.Ignore(syscall.SIGPIPE)
	roomForTwo := tuneCollector(os.Getenv)
	return Run(args, Env{Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: os.Getenv,
		Large: large, roomForTwo: roomForTwo})
}

// Run runs one command line and returns its exit code. It touches nothing of the process but the
// files that the command line names, so that runs may be parallel; of processor time only one may
// write a profile.
func Run(args []string, env Env) (code int) {
	out := newOutput(env.Stdout)
	p := &program{env: env, out: out, err: newOutput(env.Stderr)}
	defer p.err.finish()
	defer func() {
		if r := recover(); r != nil {
			p.reportPanic(r)
			_ = p.finishProfiles()
			code = exitFailed
		}
	}()
	if env.Large != nil {
		p.tellLarge = sync.OnceFunc(env.Large)
	}
	root := p.tree(args)
	root.SetArgs(append([]string{}, args...)) // nil would mean the process's own arguments
	err := errors.Join(root.Execute(), p.finishProfiles())
	out.finish()
	code = p.report(err)
	if out.err == nil {
		return code
	}
	if !errors.Is(out.err, syscall.EPIPE) { // who closes a pipe has read enough
		p.report(failed("writing standard output", out.err))
	}
	return exitFailed
}

// program is one run.
type program struct {
	env Env
	out *output // data
	err *output // everything else

	revision *revisionTree // where files are read; nil: from the disk

	// what was read, by its real path; standard input is - and has no FileInfo
	inputs map[string]fs.FileInfo

	// values of parameters: of a stack, or of all where it is "", by name
	parameters      map[string]map[string]string
	parametersGiven []string // the flags, without the values that stand in them

	repaired map[string][]byte // texts that are read in the place of files, by their names

	taken     int    // how many bytes of specs and templates were read
	tellLarge func() // tells once that the run has much to do; nil: nobody asks

	environment string              // the only one to look at; empty: all
	profiles    profiles            // what the run writes about itself
	colors      choice              // when there are colours
	quiet       bool                // nothing is said of what was done
	did         outcome             // what is to be said of it
	ahead       *ahead              // what is rendered while it is proved; nil: nothing
	ofBoth      *[]deployedTemplate // of diff: the templates of both states; else nil
	verbose     bool                // each note is shown, also where many say the same
	unproved    bool                // the estate of specs is asked, and nothing else of it
	today       time.Time           // when grants may have ended; zero: nobody asks
}

// compile runs the compiler over specs, for all their environments or the one that was chosen.
func (p *program) compile(list []compile.Spec) compile.Outcome {
	if p.env.compile == nil {
		return compile.All(list, p.options())
	}
	out := compile.Outcome{Specs: list}
	for _, s := range list {
		r := p.env.compile(s.Files)
		r.Spec = s.Name
		out.Results = append(out.Results, r)
		out.Diagnostics, out.Masks = append(out.Diagnostics, r.Diagnostics...), r.Masks
		out.Estates = append(out.Estates, compile.Estate{Estate: r.Estate, Sets: r.Sets})
	}
	return out
}

// options say how specs are compiled.
func (p *program) options() compile.Options {
	o := compile.Options{Parameters: p.parameters, Environment: p.environment,
		Unproved: p.unproved, Large: p.large}
	if p.ahead != nil {
		o.Deployable = p.ahead.begin
	}
	return o
}

// enoughForOne is how many bytes of specs and templates one processor works on alone: a spec of
// more than a hundred secrets.
const enoughForOne = 64 << 10

// take notes that so many bytes are there to be worked on.
func (p *program) take(bytes int) {
	if p.taken += bytes; p.taken > enoughForOne {
		p.large()
	}
}

// large tells whoever asks that the run has much to do, or to wait for. It may be called by several
// at once.
func (p *program) large() {
	if p.tellLarge != nil {
		p.tellLarge()
	}
}

// path returns where a path of the command line is for the operating system.
func (p *program) path(name string) string {
	if p.env.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.env.Dir, name)
}

func (p *program) getenv(name string) string {
	if p.env.Getenv == nil {
		return ""
	}
	return p.env.Getenv(name)
}

// output is one of the two streams. Nothing gets to it but through a guard, so that no text of a
// file commands what reads it; but for what is meant as commands, which asks for it by name. Writes
// are passed on until one fails, and why is remembered: Cobra and the renderers need not look after
// errors then.
type output struct {
	guard
	commands
}

// commands is an output for what is meant to command who reads it.
type commands struct {
	w   io.Writer
	err error
}

// newOutput returns the output that writes to w; nil: nowhere.
func newOutput(w io.Writer) *output {
	o := &output{commands: commands{w: w}}
	o.guard.to = &o.commands
	return o
}

// Write writes a text, guarded.
func (o *output) Write(b []byte) (int, error) { return o.guard.Write(b) }

func (c *commands) Write(b []byte) (int, error) {
	if c.w == nil || c.err != nil {
		return len(b), c.err
	}
	n, err := c.w.Write(b)
	c.err = err
	return n, err
}

// exit is the error that ends a run: the exit code it means and what to say, which may be nothing
// more.
type exit struct {
	code    int
	message string
	hint    string
}

func (e *exit) Error() string { return e.message }

// silent ends a run whose findings have been shown already.
func silent(code int) error { return &exit{code: code} }

// usage says that the command line is wrong.
func usage(hint, format string, args ...any) error {
	return refuse(exitUsage, hint, format, args...)
}

// refuse ends a run with a code, and says why and what to do.
func refuse(code int, hint, format string, args ...any) error {
	return &exit{code: code, message: fmt.Sprintf(format, args...), hint: hint}
}

// failed says that the world got in the way of doing something. The path in err, which is not the
// one that the user wrote, is left out.
func failed(doing string, err error) error {
	var own *exit
	if errors.As(err, &own) {
		return err
	}
	return &exit{code: exitFailed, message: doing + ": " + reason(err)}
}

// reason returns why the operating system refused something, without the path.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err.Error()
	}
	return err.Error()
}

// report says why a run ended and returns the exit code. Several joined errors are all said; the
// gravest decides.
func (p *program) report(err error) int {
	if err == nil {
		return exitOK
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		code := exitOK
		for _, one := range several.Unwrap() {
			code = max(code, p.report(one))
		}
		return code
	}
	var e *exit
	var question *ask.Error
	switch {
	case errors.As(err, &e):
	case errors.As(err, &question):
		e = &exit{code: exitUsage, message: question.Message, hint: question.Hint}
	default: // cobra's own complaints are about the command line
		e = &exit{code: exitUsage, message: err.Error()}
	}
	if e.message != "" {
		fmt.Fprintf(p.err, "secretctl: %s\n", e.message)
	}
	if e.hint != "" {
		fmt.Fprintf(p.err, "hint: %s\n", e.hint)
	}
	return e.code
}

// reportPanic says that secretctl has a bug, and where. A panic's value may hold text of the spec,
// so that it is shown only if it is the runtime's.
func (p *program) reportPanic(value any) {
	stack := debug.Stack()
	if p, ok := value.(*parallel.Panic); ok {
		value, stack = p.Value, p.Stack
	}
	what := fmt.Sprintf("%T", value)
	if err, ok := value.(runtime.Error); ok {
		what = err.Error()
	}
	fmt.Fprintf(p.err,
		"secretctl: error[%s]: this is a bug in secretctl, please report it (%s)\n%s",
		diag.Internal.Number, what, stack)
}
