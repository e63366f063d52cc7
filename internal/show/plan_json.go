package show

import (
	"io"

	"github.com/secretctl/secretctl/internal/plan"
)

// writePlanJSON writes plan.json.
func writePlanJSON(w io.Writer, p plan.Plan, _ Options) error {
	_, err := w.Write(p.Encode())
	return err
}
