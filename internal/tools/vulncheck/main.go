// Command vulncheck runs govulncheck where the database of Go vulnerabilities can be reached, and
// says loudly that nothing was checked where it cannot. A vulnerability is a failure.
// It knows how govulncheck ends, and nothing of vulnerabilities.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// check is one run of govulncheck.
type check struct {
	database string        // the address of the database: https://… or file://…
	answers  time.Duration // how long the database may take to answer
	ends     time.Duration // how long govulncheck may take
	command  []string      // govulncheck and its arguments
	out      io.Writer
}

// errSkipped is the reason why nothing was checked.
type errSkipped struct{ reason string }

func (e errSkipped) Error() string { return e.reason }

func main() {
	database := flag.String("db", "https://vuln.go.dev", "the database")
	ends := flag.Duration("timeout", 5*time.Minute, "how long govulncheck may take")
	flag.Parse()
	c := check{database: *database, answers: 15 * time.Second, ends: *ends, out: os.Stdout}
	os.Exit(report(c.run(flag.Args()), os.Stdout))
}

// report says how a check ended and returns the exit code: a skip is no failure.
func report(err error, out io.Writer) int {
	var skipped errSkipped
	switch {
	case err == nil:
		return 0
	case errors.As(err, &skipped):
		fmt.Fprintf(out, "############ %s: NO VULNERABILITY WAS LOOKED FOR ############\n",
			skipped.reason)
		return 0
	}
	fmt.Fprintf(out, "vulncheck: %v\n", err)
	return 1
}

// run asks for vulnerabilities that packages call. The database is asked first, because building
// govulncheck for nothing takes a while.
func (c check) run(packages []string) error {
	if err := c.reach(); err != nil {
		return errSkipped{fmt.Sprintf("the database of vulnerabilities cannot be reached (%v)",
			err)}
	}
	if c.command == nil { // the program itself, so that a time limit ends it and not its parent
		path, err := exec.Command("go", "tool", "-n", "govulncheck").Output()
		if err != nil {
			return fmt.Errorf("building govulncheck: %w%s", err, errorText(err))
		}
		c.command = []string{strings.TrimSpace(string(path)), "-db", c.database}
	}
	return c.ask(packages)
}

// errorText returns what a command has said of its failure.
func errorText(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return "\n" + string(exit.Stderr)
	}
	return ""
}

// reach asks a database on the network for its index (https://go.dev/doc/security/vuln/database).
// What answers something else, such as the page of a proxy, is not the database.
func (c check) reach() error {
	if !c.remote() {
		return nil
	}
	client := http.Client{Timeout: c.answers}
	answer, err := client.Get(strings.TrimSuffix(c.database, "/") + "/index/db.json")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	var index struct{ Modified time.Time }
	err = json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&index)
	if err != nil || index.Modified.IsZero() {
		return errors.New("what answers is not the database")
	}
	return nil
}

func (c check) remote() bool { return strings.HasPrefix(c.database, "http") }

// foundSome is the exit code of govulncheck if it has found a vulnerability
// (https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck).
const foundSome = 3

// ask runs govulncheck. That it does not end in time, or that the network fails meanwhile, is a
// skip; everything else that goes wrong is an error.
func (c check) ask(packages []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), c.ends)
	defer cancel()
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, c.command[0], append(c.command[1:], packages...)...)
	cmd.Stdout, cmd.Stderr = c.out, io.MultiWriter(c.out, &problems)
	cmd.WaitDelay = time.Second // its own children may hold its output open
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errSkipped{fmt.Sprintf("govulncheck did not end in %v", c.ends)}
	case errors.As(err, &exit) && exit.ExitCode() == foundSome:
		return errors.New("what is linked has known vulnerabilities: take the versions in which " +
			"they are fixed")
	case c.remote() && strings.Contains(problems.String(), "fetching vulnerabilities"):
		return errSkipped{"the database of vulnerabilities failed meanwhile"}
	}
	return fmt.Errorf("govulncheck: %w", err)
}
