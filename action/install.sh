#!/usr/bin/env bash
# Installs a release of secretctl whose checksum fits, and puts it into PATH for the steps that
# follow. The variables are the inputs of action.yml.
set -euo pipefail

fail() { # what is wrong
	printf '::error title=secretctl::%s\n' "$1"
	exit 1
}

# isVersion says whether a text is the name of a release, and nothing that a URL or a shell could
# take for something else.
isVersion() {
	[[ $1 =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]
}

fetch() { # URL FILE
	curl --fail --silent --show-error --location --retry 3 --proto '=https,file' \
		--output "$2" "$1"
}

sum() { # FILE
	if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -c 1-64
}

finish() { # VERSION: what is in PATH
	printf 'version=%s\n' "$1" >>"$GITHUB_OUTPUT"
}

version=${SECRETCTL_VERSION:-}
if [ -z "$version" ] && isVersion "${SECRETCTL_ACTION_REF:-}"; then
	version=$SECRETCTL_ACTION_REF
fi
if [ "$version" = none ]; then
	command -v secretctl >/dev/null || fail 'version is none, and there is no secretctl in PATH'
	said=$(secretctl version)
	said=${said#secretctl }
	finish "${said%% *}"
	exit 0
fi
releases=${SECRETCTL_RELEASES%/}
if [ -z "$version" ] || [ "$version" = latest ]; then
	# GitHub answers with the address of the release
	latest=$(curl --fail --silent --show-error --location --retry 3 --proto '=https' \
		--output /dev/null --write-out '%{url_effective}' "$releases/latest")
	version=${latest##*/}
fi
isVersion "$version" || fail 'version is not a release such as v1.2.3, latest or none'

case ${RUNNER_OS:-$(uname -s)} in
Linux) os=linux ending=.tar.gz program=secretctl ;;
macOS | Darwin) os=darwin ending=.tar.gz program=secretctl ;;
Windows | MINGW* | MSYS*) os=windows ending=.zip program=secretctl.exe ;;
*) fail 'there is no release for this system' ;;
esac
case ${RUNNER_ARCH:-$(uname -m)} in
X64 | x86_64 | amd64) arch=amd64 ;;
ARM64 | aarch64 | arm64) arch=arm64 ;;
*) fail 'there is no release for this processor' ;;
esac

name=secretctl_${version#v}_${os}_$arch
dir=$(mktemp -d "$RUNNER_TEMP/secretctl.XXXXXX")
fetch "$releases/download/$version/checksums.txt" "$dir/checksums.txt" ||
	fail "there is no release $version"
fetch "$releases/download/$version/$name$ending" "$dir/archive" ||
	fail "the release $version has no $name$ending"
want=$(awk -v name="$name$ending" '$2 == name { print $1 }' "$dir/checksums.txt")
[[ $want =~ ^[0-9a-f]{64}$ ]] || fail "checksums.txt of $version has no $name$ending"
[ "$(sum "$dir/archive")" = "$want" ] ||
	fail "the checksum of $name$ending is not that of checksums.txt: nothing is installed"

mkdir "$dir/bin"
if [ "$ending" = .tar.gz ]; then
	tar -xzf "$dir/archive" -C "$dir/bin"
elif command -v unzip >/dev/null; then
	unzip -q "$dir/archive" -d "$dir/bin"
else
	mv "$dir/archive" "$dir/archive.zip"
	# shellcheck disable=SC2016 # the variables are those of PowerShell
	powershell -NoProfile -Command 'Expand-Archive -Path $args[0] -DestinationPath $args[1]' \
		"$(cygpath -w "$dir/archive.zip")" "$(cygpath -w "$dir/bin")"
fi
[ -x "$dir/bin/$program" ] || fail "the archive of $version has no $program"
bin=$dir/bin
if command -v cygpath >/dev/null; then
	bin=$(cygpath -w "$bin")
fi
printf '%s\n' "$bin" >>"$GITHUB_PATH"
finish "$version"
