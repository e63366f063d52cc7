package cli

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/secretctl/secretctl/internal/show"
)

// TestVersionIsThatOfTheReleaseOrOfGo: what the linker wrote wins; else it is what Go has noted, of
// `go install ...@v1.2.3`, of a clone, and of files without Git.
func TestVersionIsThatOfTheReleaseOrOfGo(t *testing.T) {
	const commit, date = "0123456789abcdef0123456789abcdef01234567", "2027-01-31T12:00:00Z"
	noted := func(version, modified string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		if modified != "" {
			info.Settings = []debug.BuildSetting{
				{Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: date},
				{Key: "vcs.modified", Value: modified},
			}
		}
		return info
	}
	release := show.Build{Version: "v1.2.3", Commit: commit, Date: date}
	for _, c := range []struct {
		name    string
		info    *debug.BuildInfo
		release show.Build
		want    string
	}{
		{"a release", noted("(devel)", ""), release,
			"secretctl v1.2.3 (0123456789ab, 2027-01-31T12:00:00Z)"},
		{"a release of files that differ", noted("v1.2.3+dirty", "true"), release,
			"secretctl v1.2.3 (0123456789ab, 2027-01-31T12:00:00Z)"},
		{"go install of a version", noted("v1.2.3", ""), show.Build{}, "secretctl v1.2.3"},
		{"a clone at a tag", noted("v1.2.3", "false"), show.Build{},
			"secretctl v1.2.3 (0123456789ab, 2027-01-31T12:00:00Z)"},
		{"a clone", noted("v1.2.4-0.20270131120000-0123456789ab+dirty", "true"), show.Build{},
			"secretctl v1.2.4-0.20270131120000-0123456789ab+dirty " +
				"(0123456789ab, 2027-01-31T12:00:00Z, modified)"},
		{"no Git", noted("(devel)", ""), show.Build{}, "secretctl devel"},
		{"a test", noted("", ""), show.Build{}, "secretctl devel"},
		{"nothing is noted", nil, show.Build{}, "secretctl devel"},
	} {
		build := describeBuild(c.info, c.release)
		if got := build.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if build.Go != runtime.Version() || build.Platform != runtime.GOOS+"/"+runtime.GOARCH {
			t.Errorf("%s: built by %q for %q", c.name, build.Go, build.Platform)
		}
	}
}
