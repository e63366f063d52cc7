// Command secretctl compiles a description of secrets, and of who may do what with them, to
// CloudFormation.
package main

import (
	"os"

	"github.com/secretctl/secretctl/internal/cli"
	"github.com/secretctl/secretctl/internal/start"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, start.UseAllProcessors))
}
