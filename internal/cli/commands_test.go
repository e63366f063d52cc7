package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestACommandAloneIsThatOfAll: a command line makes the command that it names, by each of its
// names, and that is the same as among all others.
func TestACommandAloneIsThatOfAll(t *testing.T) {
	all := new(program).root()
	seen := 0
	for _, m := range makers {
		for _, name := range m.names {
			alone := new(program).tree([]string{name})
			one, _, err := alone.Find([]string{name})
			if err != nil || len(alone.Commands()) != 1 && !m.aboutOthers {
				t.Fatalf("%s: a tree of %d: %v", name, len(alone.Commands()), err)
			}
			same, _, err := all.Find([]string{name})
			if err != nil || told(one) != told(same) {
				t.Errorf("%s: %v\n%s\nis not\n%s", name, err, told(one), told(same))
			}
			if !slices.Equal(m.names, append([]string{same.Name()}, same.Aliases...)) {
				t.Errorf("%s has the names %s and %v", same.Name(), same.Name(), same.Aliases)
			}
			seen++
		}
	}
	if len(all.Commands()) != len(makers) || seen <= len(makers) {
		t.Errorf("of %d commands %d names are seen", len(all.Commands()), seen)
	}
	for _, line := range []string{"", "help", "--color", "-h", "--version", "__complete", "man"} {
		if n := len(new(program).tree(strings.Fields(line)).Commands()); n != len(makers) {
			t.Errorf("for %q %d commands are made", line, n)
		}
	}
}

// told is everything that people and shells are told of a command.
func told(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString(c.CommandPath() + c.UsageString() + c.Long)
	c.Flags().VisitAll(func(f *pflag.Flag) { b.WriteString(f.Name + f.Usage + f.DefValue) })
	return b.String()
}
