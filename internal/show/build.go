package show

import (
	"fmt"
	"io"
	"strings"
)

// Build says which secretctl runs. What nobody knows is empty.
type Build struct {
	// Version is the one of a release (v1.2.3), or what Go makes of a commit, or devel.
	Version string `json:"version"`
	// Commit is the whole hash of the commit in Git.
	Commit string `json:"commit,omitempty"`
	// Date is when the commit was made, in RFC 3339 and UTC.
	Date string `json:"date,omitempty"`
	// Modified says that the files were not those of the commit.
	Modified bool `json:"modified"`
	// Go is the version of Go that built it.
	Go string `json:"go"`
	// Platform is the system and the processor that it was built for: linux/amd64.
	Platform string `json:"platform"`
}

// Number is the version without its v, as other programs write it: 1.2.3.
func (b Build) Number() string { return strings.TrimPrefix(b.Version, "v") }

// String is the build in one line: the version, and in brackets the beginning of the commit's hash
// and when it was made, as far as they are known.
func (b Build) String() string {
	var known []string
	if b.Commit != "" {
		known = append(known, b.Commit[:min(12, len(b.Commit))])
	}
	if b.Date != "" {
		known = append(known, b.Date)
	}
	if b.Modified {
		known = append(known, "modified")
	}
	text := "secretctl " + b.Version
	if len(known) > 0 {
		text += " (" + strings.Join(known, ", ") + ")"
	}
	return text
}

func writeBuildText(w io.Writer, b Build, _ Options) error {
	_, err := fmt.Fprintln(w, b)
	return err
}

// writeBuildJSON writes the document that schema/version.schema.json describes.
func writeBuildJSON(w io.Writer, b Build, _ Options) error {
	_, err := w.Write(encodeJSON(b))
	return err
}
