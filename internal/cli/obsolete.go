package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"slices"
)

// fileSystem is what is asked of a directory to find the files of an earlier run. Tests have one
// that does not tell Payments.json from payments.json, as APFS and NTFS do not.
type fileSystem interface {
	lstat(name string) (fs.FileInfo, error)
	same(a, b fs.FileInfo) bool
	read(name string, limit int) ([]byte, error)
}

func (d *directory) lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(name) }
func (d *directory) same(a, b fs.FileInfo) bool             { return os.SameFile(a, b) }

// leftover is a file of an earlier run that no artifact has the name of.
type leftover struct {
	name    string
	changed bool   // by somebody else since, so that it stays
	now     string // the artifact that is the same file, to the file system; empty: none is
}

// leftovers returns the templates that the plan of an earlier run lists and that are not needed
// any more, in the order of that plan. The plan comes from the disk, so that it may be damaged or
// somebody else's: it means only files that secretctl can have written, by the name of a stack of
// that plan, the beginning of the file and its SHA-256. A file that is one of the needed ones
// under another spelling of its name is told as such.
func leftovers(files fileSystem, old []byte, needed []string) []leftover {
	plan, err := readPlan(old)
	if err != nil {
		return nil
	}
	var infos []fs.FileInfo // of the needed files; nil where none is there
	var all []leftover
	seen := map[string]bool{}
	for _, name := range needed {
		seen[name] = true
	}
	for _, l := range plan.Stacks {
		if seen[l.Template] || !l.isOurs() {
			continue
		}
		seen[l.Template] = true
		info, err := files.lstat(l.Template)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if infos == nil {
			infos = infosOf(files, needed)
		}
		is := func(n fs.FileInfo) bool { return n != nil && files.same(n, info) }
		if i := slices.IndexFunc(infos, is); i >= 0 {
			all = append(all, leftover{name: l.Template, now: needed[i]})
			continue
		}
		data, err := files.read(l.Template, maxTemplateSize)
		if err != nil {
			continue
		}
		switch is := hashOf(data) == l.SHA256; {
		case !is:
			all = append(all, leftover{name: l.Template, changed: true})
		case isWritten(data):
			all = append(all, leftover{name: l.Template})
		}
	}
	return all
}

// infosOf looks at files; what is not there is nil.
func infosOf(files fileSystem, names []string) []fs.FileInfo {
	infos := make([]fs.FileInfo, len(names))
	for i, name := range names {
		if info, err := files.lstat(name); err == nil {
			infos[i] = info
		}
	}
	return infos
}

// hashOf is the SHA-256 of a text, as a plan has it.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
