package spec

import (
	"bytes"
	"slices"

	"github.com/secretctl/secretctl/internal/source"
)

// IsTemplate says whether a file is a CloudFormation template, not a spec. It looks at the names of
// the top-level properties, up to the first one that only the one or the other has, and does not
// ask whether the rest can be read.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
func IsTemplate(file *source.File) bool {
	for name := range topLevel(file.Data) {
		switch name {
		case "AWSTemplateFormatVersion", "Resources":
			return true
		case "version", "stack", "secrets":
			return false
		}
	}
	return false
}

// ofSpecs are top-level properties that are seldom anything but those of a spec, and ofOthers such
// as other tools' files have and no spec.
var (
	ofSpecs = []string{"stack", "secrets", "grants", "principals", "keys", "assert", "silence",
		"deployer"}
	ofOthers = []string{
		"AWSTemplateFormatVersion", "Resources", "Transform", "apiVersion", "kind", "services",
		"jobs", "on", "repos", "image", "images", "stages", "steps",
		"phases", "provider", "plugins", "openapi", "swagger", "pipeline", "pipelines", "hosts",
		"tasks", "name", "dependencies",
	}
)

// LooksLikeSpec says whether a file that nobody has named, in a directory, is a spec: it has a
// top-level property of the language, and none of another tool's files.
func LooksLikeSpec(file *source.File) bool {
	is := false
	for name := range topLevel(file.Data) {
		if slices.Contains(ofOthers, name) {
			return false
		}
		is = is || slices.Contains(ofSpecs, name)
	}
	return is
}

// topLevel yields the names of the top-level properties of JSON or YAML, as far as they can be told
// without reading it.
func topLevel(data []byte) func(yield func(string) bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return func(yield func(string) bool) {
		indentation := -1
		for line := range bytes.Lines(data) {
			text := bytes.TrimLeft(line, " \t")
			if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' ||
				bytes.HasPrefix(line, []byte("---")) {
				continue
			}
			if indentation < 0 {
				if text[0] == '{' {
					inBraces(data[bytes.IndexByte(data, '{')+1:], yield)
					return
				}
				indentation = len(line) - len(text)
			}
			name, _, found := bytes.Cut(text, []byte(":"))
			if found && len(line)-len(text) == indentation &&
				!yield(string(bytes.Trim(name, " \t\"'"))) {
				return
			}
		}
	}
}

// inBraces yields the keys of a collection in braces, of which the first is left out.
func inBraces(data []byte, yield func(string) bool) {
	depth, start := 0, 0 // start is where the text before a colon may begin
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '"', '\'':
			for i++; i < len(data) && data[i] != c; i++ {
				if data[i] == '\\' && c == '"' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				start = i + 1
			}
		case ':':
			if depth == 0 && start >= 0 {
				if !yield(string(bytes.Trim(data[start:i], " \t\r\n\"'"))) {
					return
				}
				start = -1
			}
		}
		if depth < 0 {
			return
		}
	}
}
