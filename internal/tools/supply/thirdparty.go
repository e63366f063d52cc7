package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// licensed is a linked module with what must be handed on with it.
type licensed struct {
	module
	licence licence
	texts   []legalFile // the licence first, then notices
	notices []legalFile
}

// ownModule is the path of the module that the program itself is part of.
const ownModule = "github.com/secretctl/secretctl"

// licensedModules returns the modules of others that are linked, with their licences. A module
// without a licence, or with one that is not allowed, is an error that names it.
func licensedModules(modules []module) ([]licensed, error) {
	var all []licensed
	for _, m := range modules {
		if m.path == ownModule {
			continue
		}
		licences, notices, err := m.legalFiles()
		if err != nil {
			return nil, err
		}
		l := licensed{module: m, notices: notices, texts: slices.Concat(licences, notices)}
		for _, file := range licences {
			found, err := identify(file.text)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", m.path, file.name, err)
			}
			if l.licence.id != "" && l.licence.id != found.id {
				return nil, fmt.Errorf("%s has two licences: %s and %s",
					m.path, l.licence.id, found.id)
			}
			l.licence = found
		}
		all = append(all, l)
	}
	return all, nil
}

// thirdPartyLicenses returns the file of that name: every linked module of others, and every
// text that must come with it, each text once.
func thirdPartyLicenses(modules []licensed) string {
	var b strings.Builder
	b.WriteString(`THIRD-PARTY LICENCES

The binary of secretctl has these Go modules in it, on some operating system at least. Their
licences and notices follow, each text once. The file NOTICE names what is part of it besides.
"make licenses" writes this file.

`)
	notes := map[string]string{}
	for _, m := range modules {
		fmt.Fprintf(&b, "  %s: %s\n", m.title(), m.licence.id)
		notes[m.licence.id] = m.licence.note
	}
	b.WriteString("\n")
	for _, id := range sortedKeys(notes) {
		fmt.Fprintf(&b, "  %s: %s\n", id, notes[id])
	}
	owners := map[string][]string{}
	var texts []string
	for _, m := range modules {
		for _, file := range m.texts {
			text := strings.Trim(file.text, "\n")
			if owners[text] == nil {
				texts = append(texts, text)
			}
			owners[text] = append(owners[text], m.title()+": "+file.name)
		}
	}
	for _, text := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n\n%s\n", strings.Repeat("=", 80),
			strings.Join(owners[text], "\n"), strings.Repeat("=", 80), text)
	}
	return b.String()
}

// title names a module with its version. That of the standard library follows from the Go that
// the binary was built with, which the binary says itself.
func (m module) title() string {
	if m.path == standard {
		return "Go standard library"
	}
	return m.path + " " + m.version
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
