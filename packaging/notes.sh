#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version: its section, without the heading. A release needs one,
# and a pre-release takes what is unreleased.
#
# notes.sh v1.2.3
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=${1#v}

section() { # HEADING: the lines below the heading, to the next one
	awk -v heading="## $1" '
		/^## / { inside = ($0 == heading || index($0, heading " ") == 1); next }
		inside' CHANGELOG.md | awk 'NF { printed = 1 } printed'
}

notes=$(section "$version")
if [ -z "$notes" ] && [[ $version == *-* ]]; then
	notes=$(section Unreleased)
fi
if [ -z "$notes" ]; then
	echo "CHANGELOG.md has no section ## $version" >&2
	exit 1
fi
printf '%s\n' "$notes"
