package action

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compile compiles a spec of the job.
func (j *job) compile(spec, to string) {
	j.t.Helper()
	cmd := exec.Command(filepath.Join(built, "secretctl"), "compile", spec, "-o", to)
	cmd.Dir = j.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		j.t.Fatalf("%v\n%s", err, out)
	}
}

// gh is a gh that has some comments: what it is asked is in the folder that it returns, a file for
// the arguments of each call and one for the body.
func (j *job) gh(comments string, fails bool) string {
	j.t.Helper()
	bin, calls := j.t.TempDir(), j.t.TempDir()
	j.path = bin + string(os.PathListSeparator) + j.path
	script := `#!/usr/bin/env bash
set -euo pipefail
n=$(ls "` + calls + `" | grep -c args || true)
printf '%s\n' "$@" >"` + calls + `/$n.args"
for word in "$@"; do
	case $word in body=@*) cp "${word#body=@}" "` + calls + `/$n.body" ;; esac
done
[ -n "${GH_TOKEN:-}" ] || exit 4
case "$*" in
*paginate*) cat "` + calls + `/comments" ;;
*) ` + map[bool]string{true: "echo 'HTTP 403' >&2; exit 1", false: "true"}[fails] + ` ;;
esac
`
	for name, text := range map[string]string{
		filepath.Join(bin, "gh"): script, filepath.Join(calls, "comments"): comments,
	} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			j.t.Fatal(err)
		}
	}
	return calls
}

// TestComment: a comment is made once and updated from then on, other comments are left alone, and
// where nothing changes none is made.
func TestComment(t *testing.T) {
	const marker = "<!-- secretctl comment: secretctl -->"
	others := "IC_1 hello\nIC_2 \nIC_3 <!-- secretctl comment: other -->\n"
	for name, c := range map[string]struct {
		comments, changes string
		fails             bool
		wants, says       string
	}{
		"the first":          {others, "true", false, "repos/owner/name/issues/7/comments", ""},
		"no comment at all":  {"", "true", false, "repos/owner/name/issues/7/comments", ""},
		"an update":          {others + "IC_4 " + marker + "\nIC_5 " + marker, "true", false, "id=IC_4", ""},
		"nothing changes":    {others, "false", false, "", ""},
		"nothing is left":    {"IC_4 " + marker + "\n", "false", false, "id=IC_4", ""},
		"a fork cannot":      {others, "true", true, "repos/owner/name/issues/7/comments", "::warning "},
		"a fork can no more": {"IC_4 " + marker + "\n", "true", true, "id=IC_4", "::warning "},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			calls := j.gh(c.comments, c.fails)
			j.write("body.md", "what changes: `'\"$(x)\n")
			r := j.step("comment.sh", map[string]string{
				"GH_TOKEN": "t", "SECRETCTL_PULL": "7", "SECRETCTL_CHANGES": c.changes,
				"SECRETCTL_BODY": filepath.Join(j.dir, "body.md"),
			})
			r.wants(t, 0, nil, c.says)
			written, _ := filepath.Glob(filepath.Join(calls, "*.body"))
			if c.wants == "" {
				if len(written) > 0 {
					t.Errorf("it wrote %v", written)
				}
				return
			}
			args, err := os.ReadFile(filepath.Join(calls, "1.args"))
			if err != nil || !strings.Contains(string(args), c.wants+"\n") {
				t.Errorf("gh was asked %q (%v), want %s", args, err, c.wants)
			}
			body, err := os.ReadFile(filepath.Join(calls, "1.body"))
			if want := marker + "\nwhat changes: `'\"$(x)\n"; string(body) != want {
				t.Errorf("the comment is %q (%v), want %q", body, err, want)
			}
		})
	}
}

// TestCommentIsNotTooLong: GitHub takes 65,536 characters; what is cut is said, and nothing is left
// open.
func TestCommentIsNotTooLong(t *testing.T) {
	j := newJob(t)
	calls := j.gh("", false)
	j.write("body.md", "### secretctl diff\n\n<details><summary>Why</summary>\n\n"+
		strings.Repeat("* a line with ünï code\n", 4000)+"\n</details>\n")
	r := j.step("comment.sh", map[string]string{
		"GH_TOKEN": "t", "SECRETCTL_PULL": "7", "SECRETCTL_COMMENT": "a; b",
		"SECRETCTL_BODY": filepath.Join(j.dir, "body.md"),
	})
	r.wants(t, 0, nil)
	body, err := os.ReadFile(filepath.Join(calls, "1.body"))
	if err != nil || len(body) > 65_536 || !strings.HasPrefix(string(body),
		"<!-- secretctl comment: ab -->\n### ") ||
		strings.Count(string(body), "<details>") != strings.Count(string(body), "</details>") ||
		!strings.HasSuffix(string(body), "the summary of the job has the rest.\n") {
		t.Errorf("the comment has %d bytes (%v): …%s", len(body), err,
			body[max(0, len(body)-200):])
	}
}
