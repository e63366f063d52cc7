package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// program is the command that is handed out.
const program = "./cmd/secretctl"

// systems are the operating systems that releases are made for. A library may be linked on one of
// them alone.
var systems = []string{"darwin", "linux", "windows"}

// module is a Go module, or the standard library, from which packages are linked.
type module struct {
	path    string   // "std" is the standard library
	version string   // as go.mod has it; "" of the standard library
	dir     string   // where its files are
	folders []string // the folders of its packages that are linked, sorted
	uses    []string // the paths of the modules that those packages import, sorted
}

// standard is the path of the standard library, as it is called where modules are listed.
const standard = "std"

// listedPackage is what `go list -json` says of a package.
type listedPackage struct {
	ImportPath string
	Dir        string
	Standard   bool
	Imports    []string
	Module     *listedModule
}

type listedModule struct {
	Path, Version, Dir string
	Main               bool
	Replace            *listedModule
}

// linked returns the modules that are linked into the program on any of the given operating
// systems, sorted by path, the standard library and the program's own module among them.
// root is the folder of go.mod. It asks the go command, which may download what is missing.
func linked(root string, systems ...string) ([]module, error) {
	found := map[string]*module{}
	for _, system := range systems {
		packages, err := listPackages(root, system)
		if err != nil {
			return nil, err
		}
		gather(found, packages)
	}
	goroot, err := output(root, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	var all []module
	for _, m := range found {
		if m.path == standard {
			m.dir = strings.TrimSpace(string(goroot))
		}
		m.folders = sortedSet(m.folders)
		m.uses = sortedSet(m.uses)
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return all, nil
}

// listPackages returns the packages that the program is made of on an operating system.
func listPackages(root, system string) ([]listedPackage, error) {
	out, err := output(root, []string{"GOOS=" + system, "CGO_ENABLED=0"},
		"go", "list", "-deps", "-json=ImportPath,Dir,Standard,Imports,Module", program)
	if err != nil {
		return nil, err
	}
	var all []listedPackage
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listedPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading what go list says: %w", err)
		}
		all = append(all, p)
	}
}

// gather adds what packages say of their modules to what is found already.
func gather(found map[string]*module, packages []listedPackage) {
	owner := map[string]string{}
	for _, p := range packages {
		owner[p.ImportPath] = pathOfModule(p)
	}
	for _, p := range packages {
		path := owner[p.ImportPath]
		m := found[path]
		if m == nil {
			m = &module{path: path}
			found[path] = m
		}
		if from := p.Module; path != standard && from != nil {
			if from.Replace != nil {
				from = from.Replace
			}
			m.version, m.dir = from.Version, from.Dir
			m.folders = append(m.folders, p.Dir)
		}
		for _, name := range p.Imports {
			if used := owner[name]; used != "" && used != path {
				m.uses = append(m.uses, used)
			}
		}
	}
}

// pathOfModule returns the path of the module that a package is part of.
func pathOfModule(p listedPackage) string {
	if p.Module == nil {
		return standard
	}
	return p.Module.Path
}

// legalFile is a text that comes with a module: its licence, or a notice beside it.
type legalFile struct {
	name string // relative to the module, with slashes
	text string
}

// licenceNames and noticeNames begin the names of files of either kind, in lower case.
var (
	licenceNames = []string{"license", "licence", "copying", "copyright"}
	noticeNames  = []string{"notice", "patents"}
)

// legalFiles returns the licences and notices of a module that concern what is linked: those in
// the folders of linked packages and in every folder above them, up to the module's own.
// A module without a licence is an error.
func (m module) legalFiles() (licences, notices []legalFile, err error) {
	folders := map[string]bool{m.dir: true}
	for _, folder := range m.folders {
		for folder != m.dir && strings.HasPrefix(folder, m.dir) {
			folders[folder] = true
			folder = filepath.Dir(folder)
		}
	}
	for _, folder := range sortedKeys(folders) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, nil, err
		}
		for _, entry := range entries {
			kind := kindOf(entry)
			if kind == nil {
				continue
			}
			file, err := m.read(filepath.Join(folder, entry.Name()))
			if err != nil {
				return nil, nil, err
			}
			if kind[0] == licenceNames[0] {
				licences = append(licences, file)
			} else {
				notices = append(notices, file)
			}
		}
	}
	if len(licences) == 0 {
		return nil, nil, fmt.Errorf("%s has no licence file in %s", m.path, m.dir)
	}
	return licences, notices, nil
}

// kindOf returns licenceNames or noticeNames, or nil for a file that is neither. Source files
// such as license.go are neither.
func kindOf(entry os.DirEntry) []string {
	name := strings.ToLower(entry.Name())
	if !entry.Type().IsRegular() || strings.HasSuffix(name, ".go") {
		return nil
	}
	for _, kind := range [][]string{licenceNames, noticeNames} {
		for _, start := range kind {
			if strings.HasPrefix(name, start) {
				return kind
			}
		}
	}
	return nil
}

// read returns a file of the module.
func (m module) read(file string) (legalFile, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return legalFile{}, err
	}
	name, err := filepath.Rel(m.dir, file)
	if err != nil {
		return legalFile{}, err
	}
	return legalFile{filepath.ToSlash(name), strings.ReplaceAll(string(data), "\r\n", "\n")}, nil
}

// output runs a command in a folder and returns what it prints. The error has what the command
// says is wrong.
func output(dir string, env []string, name string, args ...string) ([]byte, error) {
	var wrong bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), &wrong
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, wrong.String())
	}
	return out, nil
}

func sortedSet(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
