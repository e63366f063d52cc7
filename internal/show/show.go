// Package show writes every report: diagnostics, plans, who can do what, and why. What can be shown
// and in which formats is a table. It knows nothing of files and flags.
package show

import (
	"io"
	"slices"

	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
)

// Format is one way to write something. An error is the writer's.
type Format[T any] struct {
	Name  string
	Write func(w io.Writer, what T, o Options) error

	// Commands says that what is written commands who reads it: it must not go through anything
	// that takes the command out of a text.
	Commands bool

	// Whole says that not only what changes is written, but all of it, with its places.
	Whole bool
}

// Formats are the ways to write something; the first is the usual one.
type Formats[T any] []Format[T]

// Names are the names of the formats, in their order.
func (f Formats[T]) Names() []string {
	names := make([]string, len(f))
	for i := range f {
		names[i] = f[i].Name
	}
	return names
}

// Named returns the format with a name, which there must be.
func (f Formats[T]) Named(name string) Format[T] {
	return f[slices.IndexFunc(f, func(one Format[T]) bool { return one.Name == name })]
}

// Options say how something is shown. The zero value is plain text, 80 cells wide, that hides
// nothing. Each format takes what concerns it.
type Options struct {
	Masks       *source.Masks // what of the source must not be shown
	Color       bool          // ANSI's colours
	Width       int           // of the terminal, in cells; 0: 80
	Verbose     bool          // every statement that decides
	Together    bool          // notes that say the same of several things are told as one
	ByPrincipal bool          // the table of access begins with principals, not with secrets
	Version     string        // of secretctl
	Beside      io.Writer     // for what a format has no place for; nil: nowhere

	Environment string // of several that are shown one after the other

	Asked Asked // of the page: what was asked, and how to ask again

	Profiles map[string]string // of a script: the AWS CLI's profile for an account
	// of a script: for each stack, through which bucket its template goes
	Buckets []string
}

// Found are diagnostics, with what must not be shown of the files that they are about.
type Found struct {
	List  diag.List
	Masks *source.Masks
}

// Diagnostics are the formats of diagnostics.
var Diagnostics = Formats[diag.List]{
	{Name: "text", Write: Text},
	{Name: "json", Write: writeDiagnosticsJSON},
	{Name: "sarif", Write: writeSARIF},
	{Name: "github", Write: writeGitHub, Commands: true},
	{Name: "gitlab", Write: writeGitLab},
}

// Reports are the formats of who can do what in one environment or several.
var Reports = Formats[[]EnvironmentReport]{
	{Name: "text", Write: eachReport(writeAccessText)},
	{Name: "json", Write: oneReport(writeAccessJSON)},
	{Name: "csv", Write: oneReport(writeAccessCSV)},
	{Name: "markdown", Write: eachReport(writeAccessMarkdown)},
	{Name: "html", Write: writeAccessHTML},
}

// Answers are what why shows.
type Answers = ask.Answers

// Why are the formats of the answers to questions.
var Why = Formats[Answers]{
	{Name: "text", Write: writeWhyText},
	{Name: "json", Write: writeWhyJSON},
}

// Plan are the formats of a complete plan.
var Plan = Formats[plan.Plan]{
	{Name: "text", Write: writePlanText},
	{Name: "json", Write: writePlanJSON},
	{Name: "markdown", Write: writePlanMarkdown},
}

// Plans are the formats of the plans of several specs or environments. A single one is written as
// by Plan.
var Plans = Formats[[]plan.Plan]{
	{Name: "text", Write: eachPlan(writePlanText)},
	{Name: "json", Write: writePlansJSON},
	{Name: "markdown", Write: eachPlan(writePlanMarkdown)},
}

// Builds are the formats of which secretctl runs.
var Builds = Formats[Build]{
	{Name: "text", Write: writeBuildText},
	{Name: "json", Write: writeBuildJSON},
}

// Script is a plan as a shell script that deploys it.
var Script = Format[plan.Plan]{Name: "script", Write: writeScript, Commands: true}
