package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/show"
)

// What a release is, which .goreleaser.yaml has the linker write here: the version of its tag with
// the v, the whole hash of its commit, and when that was made. Empty in every other build.
var releaseVersion, releaseCommit, releaseDate string

func (p *program) versionCommand() *cobra.Command {
	format := formatChoice(show.Builds)
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Shows the version of secretctl.",
		Long: text(`
Version shows which secretctl runs: the version of the release, and the commit that it was built
from with its date, as far as the build knows them. A build that is no release has the version
that Go gives its commit, or devel.

With --format json it also says which Go built it, and for which system.`),
		Example: text(`
  secretctl version
  secretctl version --format json | jq -r .version`),
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			return silentIf(write(p, show.Builds.Named(format.value), p.build(), show.Options{}))
		},
	}
	addChoice(cmd, &format, "format", "how the version is written")
	return cmd
}

// build says which secretctl this is.
func (p *program) build() show.Build {
	if p.env.Build != nil {
		return *p.env.Build
	}
	info, _ := debug.ReadBuildInfo()
	return describeBuild(info, show.Build{
		Version: releaseVersion, Commit: releaseCommit, Date: releaseDate,
	})
}

// describeBuild completes what is known of a release by what Go has noted of the build, if it has.
// Where `go install` builds a version, Go notes this version and no commit; where it builds the
// files of a clone, the commit, and a version that it makes of it.
// https://pkg.go.dev/runtime/debug#BuildInfo
func describeBuild(info *debug.BuildInfo, release show.Build) show.Build {
	build := release
	build.Go, build.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
	if info != nil && release.Version == "" {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				build.Commit = s.Value
			case "vcs.time":
				build.Date = s.Value
			case "vcs.modified":
				build.Modified = s.Value == "true"
			}
		}
		if info.Main.Version != "(devel)" {
			build.Version = info.Main.Version
		}
	}
	build.Version = cmp.Or(build.Version, "devel")
	return build
}
