package parallel

import (
	"fmt"
	"runtime/debug"
)

// Panic is a panic of work that another goroutine has done. Nothing that it prints has the value,
// which may be a text of a spec.
type Panic struct {
	Value any
	Stack []byte // where it was, as debug.Stack writes it
}

// Error says that there was a panic, with the type of its value.
func (p *Panic) Error() string { return fmt.Sprintf("panic of type %T", p.Value) }

// Catch does some work, and returns its panic; nil: there was none.
func Catch(work func()) (p *Panic) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Panic: // of work within this
			p = r
		default:
			p = &Panic{r, debug.Stack()}
		}
	}()
	work()
	return nil
}
