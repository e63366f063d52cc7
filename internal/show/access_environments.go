package show

import (
	"io"
	"slices"

	"github.com/secretctl/secretctl/internal/access"
)

// EnvironmentReport is who can do what in an environment.
type EnvironmentReport struct {
	Environment string
	access.Report

	// of the page, which says what it is about and why: the templates that were asked, and how to
	// ask for an explanation by the IDs of the report, a verb or action and a Region. Nil: there
	// are no reasons
	Deployed []Deployed
	Explain  Explainer
}

// Explainer says whether somebody may do something, and why; false: the two never exist together.
type Explainer func(principal, word, secret, region string) (access.Explanation, bool)

// Deployed is a template and where it is deployed; what is empty, nobody states.
type Deployed struct {
	File, SHA256           string // the name of the file without directories, and its hash
	Stack, Account, Region string
}

// eachReport writes reports one after the other, with an empty line between them.
func eachReport(write func(io.Writer, access.Report, Options) error) func(
	io.Writer, []EnvironmentReport, Options) error {
	return func(w io.Writer, all []EnvironmentReport, o Options) error {
		for i, r := range all {
			if len(all) > 1 {
				o.Environment = r.Environment
			}
			if i > 0 {
				if _, err := io.WriteString(w, "\n"); err != nil {
					return err
				}
			}
			if err := write(w, r.Report, o); err != nil {
				return err
			}
		}
		return nil
	}
}

// oneReport writes reports as one.
func oneReport(write func(io.Writer, access.Report, Options) error) func(
	io.Writer, []EnvironmentReport, Options) error {
	return func(w io.Writer, all []EnvironmentReport, o Options) error {
		if len(all) == 1 {
			return write(w, all[0].Report, o)
		}
		return write(w, joined(all, false), o)
	}
}

// joined makes one report of several, in which whoever and whatever is there in several
// environments stands once for each. In IDs says whether the environment stands in the ids, for
// what has no other place for it.
func joined(all []EnvironmentReport, inIDs bool) access.Report {
	var out access.Report
	for _, r := range all {
		verbs := make([]int16, len(r.Verbs))
		for i, v := range r.Verbs {
			at := slices.Index(out.Verbs, v)
			if at < 0 {
				at = len(out.Verbs)
				out.Verbs = append(out.Verbs, v)
			}
			verbs[i] = int16(at)
		}
		principals, secrets := int32(len(out.Principals)), int32(len(out.Secrets))
		out.Principals = append(out.Principals, r.in(r.Principals, inIDs)...)
		out.Secrets = append(out.Secrets, r.in(r.Secrets, inIDs)...)
		for _, row := range r.Rows {
			row.Principal, row.Secret = row.Principal+principals, row.Secret+secrets
			row.Verb = verbs[row.Verb]
			out.Rows = append(out.Rows, row)
		}
	}
	out.Findings = clausesIn(all, func(r access.Report) []string { return r.Findings })
	out.OutOfSight = clausesIn(all, func(r access.Report) []string { return r.OutOfSight })
	return out
}

// in returns subjects with the environment that they are in.
func (r EnvironmentReport) in(list []access.Subject, inIDs bool) []access.Subject {
	out := slices.Clone(list)
	for i := range out {
		out[i].Environment = r.Environment
		if inIDs {
			out[i].ID += " (" + r.Environment + ")"
		}
	}
	return out
}

// clausesIn returns what is said in all environments, and with its name what is said in some.
func clausesIn(all []EnvironmentReport, of func(access.Report) []string) []string {
	var out []string
	in := map[string]int{}
	for _, r := range all {
		for _, clause := range of(r.Report) {
			in[clause]++
		}
	}
	for _, r := range all {
		for _, clause := range of(r.Report) {
			if in[clause] < len(all) {
				clause = r.Environment + ": " + clause
			}
			if !slices.Contains(out, clause) {
				out = append(out, clause)
			}
		}
	}
	return out
}
