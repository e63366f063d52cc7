// Package revision reads the files of a git revision, without a work tree.
//
// git is run as a program, for rev-parse, ls-tree and cat-file alone: no hook, filter or attribute
// of the repository runs, nothing is written, and nothing is fetched.
package revision

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/english"
)

// Limits are how much of a revision is read.
type Limits struct {
	File  int64 // bytes of one file
	Files int   // files below a directory
	All   int64 // bytes of all of them
}

// Problem is why a revision cannot be read, and what helps.
type Problem struct {
	Message, Hint string
}

// Error returns the message.
func (p *Problem) Error() string { return p.Message }

func problem(hint, format string, args ...any) error {
	return &Problem{fmt.Sprintf(format, args...), hint}
}

// Tree is what a path means in a revision.
type Tree struct {
	Commit string // its full name
	IsFile bool   // the path is that of a file, whose name is Name
	Name   string // of the file; of a directory "."
	FS     fs.FS  // the file, or all files below the directory
}

// Split returns the revision and the path of REVISION:PATH, and whether a text is of that form:
// what begins with one letter and a colon is a path of Windows, and what begins with a colon is
// neither.
func Split(text string) (revision, path string, ok bool) {
	revision, path, ok = strings.Cut(text, ":")
	if ok && len(revision) == 1 && (path == "" || path[0] == '\\' || path[0] == '/') {
		return "", "", false
	}
	return revision, path, ok && revision != ""
}

// Open reads what REVISION:PATH means in the repository that holds a directory, as git itself reads
// it: the path begins at the top of the repository, or with ./ at the directory. The repository may
// be bare, shallow, or a linked work tree. keep says which files are read, by their paths below the
// directory; of others only the names are known. It fails with a *Problem.
// https://git-scm.com/docs/gitrevisions
func Open(
	ctx context.Context, dir, text string, limits Limits, keep func(path string) bool,
) (*Tree, error) {
	g := git{ctx: ctx, dir: dir}
	revision, _, ok := Split(text)
	if !ok {
		return nil, problem("", "%q is no REVISION:PATH", text)
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, problem("install git, or give the path of a copy of the files",
			"%q is a revision, and git, which reads it, is not installed", text)
	}
	commit, err := g.name(revision + "^{commit}")
	if err != nil {
		return nil, g.noRevision(text, revision, err)
	}
	object, err := g.name(text)
	if err != nil {
		return nil, g.noPath(text, revision)
	}
	kind, err := g.run(nil, "cat-file", "-t", object)
	if err != nil {
		return nil, g.noContent(text, commit)
	}
	t := &Tree{Commit: commit, Name: "."}
	switch strings.TrimSpace(string(kind)) {
	case "blob":
		_, at, _ := strings.Cut(text, ":")
		t.IsFile, t.Name = true, path.Base(at)
		file := entry{path: t.Name, mode: g.modeOf(text, commit), object: object}
		t.FS, err = g.load([]entry{file}, limits, func(string) bool { return true })
	case "tree":
		var list []entry
		if list, err = g.list(text, object, limits); err == nil {
			t.FS, err = g.load(list, limits, keep)
		}
	default:
		return nil, problem("", "%q is neither a file nor a directory", text)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// git runs the program in a directory.
type git struct {
	ctx context.Context
	dir string
}

// run returns what one command writes, also where it fails.
func (g git) run(stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(g.ctx, "git", append([]string{
		"--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false",
		"-c", "protocol.allow=never"}, args...)...)
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1",
		"GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &said
	if err := cmd.Run(); err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		if line == "" {
			line = err.Error()
		}
		return out.Bytes(), problem("", "git %s: %s", args[0], line)
	}
	return out.Bytes(), nil
}

// name returns the full name of an object.
func (g git) name(text string) (string, error) {
	out, err := g.run(nil, "rev-parse", "--verify", "--end-of-options", text)
	return strings.TrimSpace(string(out)), err
}

// is says whether a question of rev-parse is answered with true.
func (g git) is(question string) bool {
	out, err := g.run(nil, "rev-parse", question)
	return err == nil && strings.TrimSpace(string(out)) == "true"
}

// noRevision says why a revision has no commit.
func (g git) noRevision(text, revision string, because error) error {
	switch _, err := g.run(nil, "rev-parse", "--git-dir"); {
	case err != nil:
		return problem("run it in a repository, or give the path of a copy of the files",
			"%q is neither a path nor a revision: %s", text, because)
	case g.is("--is-shallow-repository"):
		return problem("fetch it first: git fetch --deepen=50 origin, or the ref itself",
			"the repository is shallow, and %q is not in it", revision)
	}
	return problem("look at git branch --all; in CI the other branch must be fetched first",
		"the repository has no revision %q", revision)
}

// noPath says that a revision has no such path.
func (g git) noPath(text, revision string) error {
	_, at, _ := strings.Cut(text, ":")
	hint := fmt.Sprintf("the path begins at the top of the repository; write %s:./%s for one "+
		"that begins here", revision, at)
	if strings.HasPrefix(at, "./") || strings.HasPrefix(at, "../") {
		hint = "the path begins here, at the directory in which secretctl runs"
	}
	return problem(hint, "the revision %q has no %q", revision, at)
}

// modeOf returns the mode of what REVISION:PATH means; empty: it is not known.
func (g git) modeOf(text, commit string) string {
	_, at, _ := strings.Cut(text, ":")
	if strings.HasPrefix(at, "./") || strings.HasPrefix(at, "../") {
		prefix, _ := g.run(nil, "rev-parse", "--show-prefix")
		at = path.Join(strings.TrimSuffix(string(prefix), "\n"), at)
	}
	out, _ := g.run(nil, "ls-tree", "-z", "--full-tree", commit, "--", path.Clean(at))
	mode, _, _ := strings.Cut(string(out), " ")
	return mode
}

// noContent says why the repository has the name of an object and not what is in it.
func (g git) noContent(text, commit string) error {
	if g.modeOf(text, commit) == submoduleMode {
		return problem("name files of the repository itself",
			"%q is a submodule, whose files are in another repository", text)
	}
	return notFetched(text)
}

// notFetched says that a clone without all content lacks one.
func notFetched(name string) error {
	return problem("fetch it: git fetch --refetch, or clone without --filter",
		"the repository does not have the content of %s", name)
}

// entry is a file, link or submodule of a tree.
type entry struct{ path, mode, object string }

// The modes of entries.
// https://git-scm.com/docs/git-fast-import#_filemodify
const (
	linkMode      = "120000"
	submoduleMode = "160000"
)

// list returns the entries below a tree.
func (g git) list(text, tree string, limits Limits) ([]entry, error) {
	out, err := g.run(nil, "ls-tree", "-r", "-z", "--full-tree", tree)
	if err != nil {
		return nil, err
	}
	var list []entry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about) // mode, type, object
		if !ok || len(fields) != 3 {
			continue // the tree is empty
		}
		if list = append(list, entry{name, fields[0], fields[2]}); len(list) > limits.Files {
			return nil, problem("name the directory of the specs or templates",
				"%q has more than the %s files that secretctl looks at", text,
				english.Thousands(limits.Files))
		}
	}
	return list, nil
}

// lfs is how a file begins that is a pointer of Git LFS.
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
const lfs = "version https://git-lfs.github.com/spec/"

// load reads the files that are kept, and makes a file system of all.
func (g git) load(list []entry, limits Limits, keep func(string) bool) (fs.FS, error) {
	out := newFiles()
	var wanted []entry
	for _, e := range list {
		switch {
		case e.mode == submoduleMode:
			return nil, problem("name a directory without it, or the files of its repository",
				"%s is a submodule, whose files are in another repository", e.path)
		case e.mode == linkMode && keep(e.path):
			return nil, problem("name the file itself, or a directory without the link",
				"%s is a symbolic link, and in a revision none is followed", e.path)
		case keep(e.path) && e.mode != linkMode:
			wanted = append(wanted, e)
		default:
			out.add(e.path, &file{})
		}
	}
	texts, err := g.contents(wanted, limits)
	if err != nil {
		return nil, err
	}
	for i, e := range wanted {
		if bytes.HasPrefix(texts[i], []byte(lfs)) {
			return nil, problem("give the path of a copy in which Git LFS has put the file itself",
				"%s is a pointer of Git LFS, and the file itself is not in the revision", e.path)
		}
		out.add(e.path, &file{data: texts[i], size: int64(len(texts[i])), isRead: true})
	}
	return out, nil
}

// contents returns what is in some files, once it is known that this is not too much.
func (g git) contents(list []entry, limits Limits) ([][]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var names bytes.Buffer
	for _, e := range list {
		names.WriteString(e.object + "\n")
	}
	// of what was not fetched git says that it is missing, or ends with an error
	out, _ := g.run(names.Bytes(), "cat-file", "--batch-check")
	var all int64
	var err error
	for _, e := range list {
		var size int64
		if size, out, err = header(out, e); err != nil {
			return nil, err
		}
		if all += size; size > limits.File || all > limits.All {
			return nil, problem("name the directory or file of the specs or templates",
				"%s has %s bytes, which is more than secretctl reads", e.path,
				english.Thousands(int(size)))
		}
	}
	if out, err = g.run(names.Bytes(), "cat-file", "--batch"); err != nil {
		return nil, err
	}
	texts := make([][]byte, len(list))
	for i, e := range list {
		size, rest, err := header(out, e)
		if err != nil {
			return nil, err
		}
		if size >= int64(len(rest)) { // a line end follows
			return nil, problem("", "git cat-file wrote less than it said of %s", e.path)
		}
		texts[i], out = rest[:size:size], rest[size+1:]
	}
	return texts, nil
}

// header reads what git cat-file says of the next object, its size in bytes, and returns the rest.
func header(out []byte, e entry) (size int64, rest []byte, err error) {
	line, rest, _ := bytes.Cut(out, []byte("\n"))
	fields := strings.Fields(string(line)) // object, type, size
	if len(fields) != 3 {
		return 0, nil, notFetched(e.path)
	}
	size, err = strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return 0, nil, problem("", "git cat-file says of %s what cannot be read", e.path)
	}
	return size, rest, nil
}
