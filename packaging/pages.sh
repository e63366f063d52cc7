#!/usr/bin/env bash
# Writes what goes with the binary of a release to packaging/out: manual pages and completions.
# The same arguments give the same files.
#
# pages.sh VERSION COMMIT DATE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$1 commit=$2 date=$3

out=packaging/out
rm -rf "$out"
mkdir -p "$out/man" "$out/completions"
program="$(mktemp -d)"
trap 'rm -rf "$program"' EXIT

cli=github.com/secretctl/secretctl/internal/cli
CGO_ENABLED=0 GOOS='' GOARCH='' go build -trimpath -buildvcs=false -o "$program/secretctl" -ldflags \
	"-s -w -X $cli.releaseVersion=$version -X $cli.releaseCommit=$commit -X $cli.releaseDate=$date" \
	./cmd/secretctl

"$program/secretctl" man >"$out/man/secretctl.1"
for command in $("$program/secretctl" man --list); do
	"$program/secretctl" man "$command" >"$out/man/secretctl-$command.1"
done
"$program/secretctl" completion bash >"$out/completions/secretctl.bash"
"$program/secretctl" completion zsh >"$out/completions/_secretctl"
"$program/secretctl" completion fish >"$out/completions/secretctl.fish"
"$program/secretctl" completion powershell >"$out/completions/secretctl.ps1"
