//go:build release

package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// archiveEnding is how the name of the archive for a target ends.
func archiveEnding(of target) string {
	if of.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// packed is a file of an archive.
type packed struct {
	mode  fs.FileMode
	mtime time.Time
	owner string
	data  []byte
}

// unpack reads an archive. Folders are left out.
func unpack(t *testing.T, name string) map[string]packed {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".zip") {
		return unzip(t, data)
	}
	files := map[string]packed{}
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(unzipped); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if head.Typeflag == tar.TypeReg {
			files[head.Name] = packed{head.FileInfo().Mode(), head.ModTime.UTC(),
				head.Uname + ":" + head.Gname, content}
		}
	}
}

func unzip(t *testing.T, data []byte) map[string]packed {
	t.Helper()
	files := map[string]packed{}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		if f.FileInfo().IsDir() {
			continue
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		// ZIP knows no owners
		files[f.Name] = packed{f.Mode(), f.Modified.UTC(), "root:root", content}
	}
	return files
}

// binaryName is the name of the program for a target.
func binaryName(of target) string {
	if of.os == "windows" {
		return "secretctl.exe"
	}
	return "secretctl"
}

// testArchives: the archive of every target has the program, the licences and the documents, all of
// them of the date of the commit and owned by root.
func (s snapshot) testArchives(t *testing.T) {
	for _, one := range targets() {
		files := unpack(t, filepath.Join(s.dist, s.name(one, archiveEnding(one))))
		want := append(s.documents(t), binaryName(one))
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
			t.Errorf("%v has\n%s\nand not\n%s", one, strings.Join(got, "\n"),
				strings.Join(want, "\n"))
			continue
		}
		for name, f := range files {
			mode := fs.FileMode(0o644)
			if name == binaryName(one) {
				mode = 0o755
			}
			if f.mode != mode || !f.mtime.Equal(s.date) || f.owner != "root:root" {
				t.Errorf("%s: %v, %v of %s; want %v, %v", name, f.mode, f.mtime, f.owner, mode,
					s.date)
			}
			if kept, err := os.ReadFile(filepath.Join(s.clone, name)); err == nil &&
				!bytes.Equal(kept, f.data) {
				t.Errorf("%s is not that of the repository", name)
			}
		}
		binary := files[binaryName(one)].data
		s.checkBinary(t, one, binary)
		s.checkSBOM(t, one, binary)
	}
}

// documents are the files of an archive beside the program.
func (s snapshot) documents(t *testing.T) []string {
	t.Helper()
	names := []string{
		"LICENSE", "NOTICE", "THIRD_PARTY_LICENSES", "README.md", "CHANGELOG.md",
		"completions/secretctl.bash", "completions/_secretctl", "completions/secretctl.fish",
		"completions/secretctl.ps1", "man/secretctl.1",
	}
	built, err := filepath.Glob(filepath.Join(s.dist,
		"secretctl_"+here.os+"_"+here.arch+"*", "secretctl"))
	if err != nil || len(built) != 1 {
		t.Fatalf("the program for this machine is %v (%v)", built, err)
	}
	commands := strings.Fields(run(t, "", nil, built[0], "man", "--list"))
	if len(commands) < 10 {
		t.Fatalf("only %d commands have pages", len(commands))
	}
	for _, command := range commands {
		names = append(names, "man/secretctl-"+command+".1")
	}
	return names
}

// checkBinary: a binary is for its target and static, as far as its system has that: a Mach-O
// needs Apple's libraries, a Windows program those of Windows.
func (s snapshot) checkBinary(t *testing.T, of target, data []byte) {
	t.Helper()
	needs, err := libraries(of, bytes.NewReader(data))
	if err != nil {
		t.Errorf("%v: %v", of, err)
	}
	for _, library := range needs {
		apple := strings.HasPrefix(library, "/usr/lib/libSystem.") ||
			strings.HasPrefix(library, "/usr/lib/libresolv.") ||
			strings.HasPrefix(library, "/System/Library/Frameworks/")
		if !(of.os == "darwin" && apple) &&
			!(of.os == "windows" && strings.EqualFold(library, "kernel32.dll")) {
			t.Errorf("%v: the program is linked to %s", of, library)
		}
	}
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v: %v", of, err)
	}
	settings := map[string]string{}
	for _, one := range info.Settings {
		settings[one.Key] = one.Value
	}
	for key, want := range map[string]string{
		"GOOS": of.os, "GOARCH": of.arch, "CGO_ENABLED": "0", "-trimpath": "true",
		"vcs.revision": s.commit, "vcs.modified": "false", "vcs.time": s.date.Format(time.RFC3339),
	} {
		if settings[key] != want {
			t.Errorf("%v: %s is %q, want %q", of, key, settings[key], want)
		}
	}
	if info.Main.Version != tag {
		t.Errorf("%v: Go notes the version %s, want %s", of, info.Main.Version, tag)
	}
	if bytes.Contains(data, []byte(filepath.Dir(s.clone))) {
		t.Errorf("%v: the path of the clone is in the program", of)
	}
}

// libraries are the libraries that a program asks its system for.
func libraries(of target, r io.ReaderAt) ([]string, error) {
	switch of.os {
	case "darwin":
		f, err := macho.NewFile(r)
		if err != nil {
			return nil, err
		}
		return f.ImportedLibraries()
	case "windows":
		f, err := pe.NewFile(r)
		if err != nil {
			return nil, err
		}
		symbols, err := f.ImportedSymbols()
		var names []string
		for _, symbol := range symbols {
			_, library, _ := strings.Cut(symbol, ":")
			names = append(names, library)
		}
		return slices.Compact(names), err
	}
	f, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			return []string{"a dynamic linker"}, nil
		}
	}
	return nil, nil
}

// checkSBOM: the list of a target is about its binary.
func (s snapshot) checkSBOM(t *testing.T, of target, binary []byte) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dist, s.name(of, ".cdx.json")))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		BOMFormat string `json:"bomFormat"`
		Metadata  struct {
			Component struct {
				Version string
				Hashes  []struct{ Alg, Content string }
			}
		}
		Components []struct{ Name string }
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatalf("%v: %v", of, err)
	}
	about, is := list.Metadata.Component, sha256.Sum256(binary)
	if list.BOMFormat != "CycloneDX" || len(list.Components) < 5 || len(about.Hashes) == 0 ||
		about.Hashes[0].Content != hex.EncodeToString(is[:]) || about.Version != tag {
		t.Errorf("%v: the SBOM is not about the program: %+v", of, about)
	}
}
