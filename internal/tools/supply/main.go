// Command supply writes what goes with a release of secretctl: the licences of everything that is
// linked into the binary, and the list of it that other programs read.
// It knows Go modules and licences, and nothing of secrets.
package main

import (
	"fmt"
	"io"
	"os"
)

const usage = `usage: supply licenses     prints THIRD_PARTY_LICENSES
       supply sbom BINARY  prints a CycloneDX list of what is linked into a binary
Both run in the folder of go.mod.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run does what the arguments say and returns the exit code: 0, 1 if it fails, 2 for wrong usage.
func run(args []string, out, problems io.Writer) int {
	var text string
	var err error
	switch {
	case len(args) == 1 && args[0] == "licenses":
		text, err = licenses(".")
	case len(args) == 2 && args[0] == "sbom":
		text, err = sbom(".", args[1])
	default:
		fmt.Fprint(problems, usage)
		return 2
	}
	if err == nil {
		_, err = io.WriteString(out, text)
	}
	if err != nil {
		fmt.Fprintf(problems, "supply: %v\n", err)
		return 1
	}
	return 0
}

// licenses returns THIRD_PARTY_LICENSES for the module in a folder.
func licenses(root string) (string, error) {
	modules, err := linked(root, systems...)
	if err != nil {
		return "", err
	}
	all, err := licensedModules(modules)
	if err != nil {
		return "", err
	}
	return thirdPartyLicenses(all), nil
}
