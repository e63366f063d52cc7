package spec

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// IsTemplate says whether a file is a CloudFormation template, not a spec. It looks at the names of
// the top-level properties, up to the first one that only the one or the other has, and does not
// ask whether the rest can be read.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
func IsTemplate(file *source.File) bool {
	for name := range topLevel(inUTF8(file.Data)) {
		switch name {
		case "AWSTemplateFormatVersion", "Resources":
			return true
		case "version", "stack", "secrets":
			return false
		}
	}
	return false
}

// ofSpecs are top-level properties that are seldom anything but those of a spec.
var ofSpecs = []string{"stack", "secrets", "grants", "principals", "keys", "assert", "silence",
	"deployer"}

// ofOthers are top-level keys of other tools' files, by whose they are: those that are in nearly
// all files of a kind, and that nobody writes into a spec, be it by mistake.
var ofOthers = map[string]string{
	"AWSTemplateFormatVersion": "CloudFormation", "Resources": "CloudFormation",
	"Transform": "CloudFormation",

	"apiVersion": "Kubernetes", "kind": "Kubernetes",
	"configMapGenerator": "Kustomize", "images": "Kustomize",
	"services": "Docker Compose",

	"on": "GitHub Actions", "jobs": "GitHub Actions", "runs": "GitHub Actions",
	"image": "GitLab CI", "stages": "GitLab CI", "steps": "Azure Pipelines",
	"pipeline": "Drone", "pipelines": "Bitbucket Pipelines", "workflows": "CircleCI",
	"phases": "CodeBuild", "hooks": "CodeDeploy",
	"repos": "pre-commit", "updates": "Dependabot", "linters": "golangci-lint",

	"provider": "Serverless Framework", "functions": "Serverless Framework",
	"plugins": "Serverless Framework",
	"openapi": "OpenAPI", "swagger": "OpenAPI",
	"hosts": "Ansible", "tasks": "Ansible",
	"dependencies": "package managers", "packages": "package managers",
	"creation_rules": "SOPS", "sops": "SOPS",
	"site_name": "MkDocs",
	"releases":  "helmfile", "helmDefaults": "helmfile", "helmfiles": "helmfile",
	"bases": "helmfile",
}

// LooksLikeSpec says whether a file is certainly a spec: it has a top-level property that only
// specs have, and no key of another tool's files.
func LooksLikeSpec(file *source.File) bool {
	is := false
	for name := range topLevel(inUTF8(file.Data)) {
		if ofOthers[name] != "" {
			return false
		}
		is = is || slices.Contains(ofSpecs, name)
	}
	return is
}

// MayBeSpec says whether a file that nobody has named, in a directory, is read as a spec: it has a
// top-level property of the language, or what is one letter away from one, and no key of another
// tool's files.
func MayBeSpec(file *source.File) bool {
	is := false
	for name := range topLevel(inUTF8(file.Data)) {
		if ofOthers[name] != "" {
			return false
		}
		is = is || slices.ContainsFunc(words().Sections, func(property string) bool {
			return isNearly(name, property)
		})
	}
	return is
}

// isNearly says whether a word is another one, or becomes it by putting in, leaving out or
// replacing one letter, or by swapping two neighbours.
func isNearly(word, other string) bool {
	for len(word) > 0 && len(other) > 0 && word[0] == other[0] {
		word, other = word[1:], other[1:]
	}
	for len(word) > 0 && len(other) > 0 && word[len(word)-1] == other[len(other)-1] {
		word, other = word[:len(word)-1], other[:len(other)-1]
	}
	switch {
	case len(word)+len(other) <= 1, len(word) == 1 && len(other) == 1:
		return true
	}
	return len(word) == 2 && len(other) == 2 && word[0] == other[1] && word[1] == other[0]
}

// StackOf returns what a file states as the name of its stack, as it is written there: what is the
// same in two files is the same text. A file that states none is a part of a spec. A file is read
// for it where the line alone does not say it.
func StackOf(file *source.File) (written string, stated bool) {
	data := inUTF8(file.Data)
	for name, value := range topLevelAt(data) {
		if name != "stack" {
			continue
		}
		text := data[value:]
		if begin := bytes.TrimLeft(text, " \t"); len(begin) == 0 ||
			bytes.IndexByte([]byte("\r\n{*&!|>#"), begin[0]) >= 0 {
			if root, _ := Parse(file); root != nil && root.Get("stack") != nil {
				return writtenOf(root.Get("stack")), true
			}
		}
		if i := bytes.IndexAny(text, "\r\n,}"); i >= 0 {
			text = text[:i]
		}
		text, _, _ = bytes.Cut(text, []byte(" #"))
		return string(bytes.Trim(text, " \t\"'")), true
	}
	return "", false
}

// writtenOf writes a text, or the texts that a mapping states by environment.
func writtenOf(n *yaml.Node) string {
	if n.IsScalar() {
		return n.Text()
	}
	var words []string
	for _, p := range n.Pairs() {
		words = append(words, p.Key.Text()+": "+writtenOf(p.Value))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// inUTF8 returns a text in UTF-16, which is no spec but may have been meant as one, in UTF-8. Any
// other text stays as it is.
func inUTF8(data []byte) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case len(data) < 2:
		return data
	case data[0] == 0xff && data[1] == 0xfe:
	case data[0] == 0xfe && data[1] == 0xff, data[0] == 0 && data[1] != 0:
		order = binary.BigEndian
	case data[0] == 0 || data[1] != 0:
		return data
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// topLevel yields the names of the top-level properties of JSON or YAML, as far as they can be told
// without reading it.
func topLevel(data []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range topLevelAt(data) {
			if !yield(name) {
				return
			}
		}
	}
}

// topLevelAt yields the names of the top-level properties, and where in the text their values may
// begin.
func topLevelAt(data []byte) iter.Seq2[string, int] {
	start := len(data) - len(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	return func(yield func(string, int) bool) {
		indentation, at := -1, start
		for line := range bytes.Lines(data[start:]) {
			begin := at
			at += len(line)
			text := bytes.TrimLeft(line, " \t")
			if rest, is := bytes.CutPrefix(line, []byte("---")); is && indentation < 0 {
				text = bytes.TrimLeft(rest, " \t") // a collection in braces may stand behind it
				if len(text) == 0 || text[0] != '{' {
					continue
				}
			}
			if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' ||
				bytes.HasPrefix(line, []byte("---")) && indentation >= 0 {
				continue
			}
			if indentation < 0 {
				if text[0] == '{' {
					inBraces(data, begin+len(line)-len(text)+1, yield)
					return
				}
				indentation = len(line) - len(text)
			}
			name, _, found := bytes.Cut(text, []byte(":"))
			if found && len(line)-len(text) == indentation &&
				!yield(string(bytes.Trim(name, " \t\"'")), begin+indentation+len(name)+1) {
				return
			}
		}
	}
}

// inBraces yields the keys of a collection in braces, from behind the first of these on.
func inBraces(data []byte, from int, yield func(string, int) bool) {
	depth, start := 0, from // start is where the text before a colon may begin
	for i := from; i < len(data); i++ {
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
				if !yield(string(bytes.Trim(data[start:i], " \t\r\n\"'")), i+1) {
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
