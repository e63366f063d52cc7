#!/usr/bin/env bash
# Writes the list of what is linked into a binary, in CycloneDX. Paths are those of the folder that
# it is called in.
#
# sbom.sh BINARY DOCUMENT
set -euo pipefail
binary=$(realpath "$1")
document=$(realpath "$(dirname "$2")")/$(basename "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
go run ./internal/tools/supply sbom "$binary" >"$document"
