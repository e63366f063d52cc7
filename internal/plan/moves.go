package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/source"
)

// Moves says which secrets stand in other stacks than they did. before gives, by the logical ID of
// a secret, the file of the template that had it, without its extension; stacks are those of the
// plan. A secret that moves is deleted and made anew, with another value. It is said at the place
// that decides how secrets are spread.
func (p Plan) Moves(stacks []*lower.Stack, before map[string]string, at source.Span) diag.List {
	var moved []string
	for i, stack := range p.Stacks {
		for _, id := range stack.Secrets {
			if was, there := before[id]; there && was != stacks[i].File {
				moved = append(moved, fmt.Sprintf("%s from %s to %s", id, was, stacks[i].File))
			}
		}
	}
	if moved == nil {
		return nil
	}
	slices.Sort(moved)
	const shown = 20
	text := strings.Join(moved[:min(shown, len(moved))], "\n")
	if more := len(moved) - shown; more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	many := fmt.Sprintf("%d secrets stand in other stacks", len(moved))
	if len(moved) == 1 {
		many = "1 secret stands in another stack"
	}
	return diag.List{*diag.Report(diag.SecretsMove, at).
		Message("%s than in the templates that are there", many).
		Hint("before deploying, copy their values: moving a secret deletes it and makes a new "+
			"one\n%s", text)}
}
