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

// writePlansJSON writes a single plan as plan.json, and several in one document.
func writePlansJSON(w io.Writer, plans []plan.Plan, o Options) error {
	if len(plans) == 1 {
		return writePlanJSON(w, plans[0], o)
	}
	_, err := w.Write(plan.EncodeAll(plans))
	return err
}

// eachPlan writes plans one after the other, with an empty line between them.
func eachPlan(write func(io.Writer, plan.Plan, Options) error) func(
	io.Writer, []plan.Plan, Options) error {
	return func(w io.Writer, plans []plan.Plan, o Options) error {
		for i, p := range plans {
			if i > 0 {
				if _, err := io.WriteString(w, "\n"); err != nil {
					return err
				}
			}
			if err := write(w, p, o); err != nil {
				return err
			}
		}
		return nil
	}
}

// ofWhich says which of several specs or environments a plan is of; empty: there is one.
func ofWhich(p plan.Plan) string {
	switch {
	case p.Spec != "" && p.Environment != "":
		return p.Environment + " of " + p.Spec
	case p.Spec != "":
		return p.Spec
	}
	return p.Environment
}
