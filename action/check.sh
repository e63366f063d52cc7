#!/usr/bin/env bash
# Validates specs, compares their templates with those that are committed, and writes what changes
# since a revision. It fails only if it cannot run: what was found is in the outputs. The variables
# are the inputs of action.yml.
set -euo pipefail

# Git for Windows would take REVISION:PATH for a list of paths.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

failed=false

output() { # NAME VALUE, a word that the script has chosen
	printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

problem() { # what is wrong
	printf '::error title=secretctl::%s\n' "$1"
	failed=true
}

# One path a line; spaces around it and empty lines mean nothing.
paths=()
while IFS= read -r line || [ -n "$line" ]; do
	line=${line%$'\r'}
	line=${line#"${line%%[![:space:]]*}"}
	line=${line%"${line##*[![:space:]]}"}
	[ -z "$line" ] || paths+=("$line")
done <<<"${SECRETCTL_PATHS:-}"
if [ "${#paths[@]}" = 0 ]; then
	problem 'paths is empty'
	output failed true
	exit 0
fi

flags=(--format github)
[ "${SECRETCTL_STRICT:-false}" != true ] || flags+=(--strict)
if secretctl validate "${flags[@]}" -- "${paths[@]}"; then
	output valid true
else
	output valid false
	problem 'the specs have errors'
fi

if [ -n "${SECRETCTL_OUTPUT:-}" ]; then
	if secretctl compile --check --output="$SECRETCTL_OUTPUT" -- "${paths[@]}"; then
		output fresh true
	else
		output fresh false
		problem 'the templates are not what the specs compile to: run secretctl compile and commit what it writes'
	fi
fi

# commitOf prints the commit of a revision, which a shallow clone may have to fetch.
commitOf() { # REVISION
	case $1 in
	-* | +* | *:* | *$'\n'*) return 1 ;; # an option of git, or more than a revision
	esac
	git rev-parse --quiet --verify --end-of-options "$1^{commit}" 2>/dev/null && return
	git fetch --quiet --depth=1 --no-tags -- origin "$1" && git rev-parse --verify 'FETCH_HEAD^{commit}'
}

# compare writes what changes at one path, and ends as secretctl diff does.
compare() { # COMMIT PATH
	local flags=(--format markdown) old="$1:./${2#./}" new=$2
	[ -z "${SECRETCTL_FAIL_ON:-}" ] || flags+=(--fail-on="$SECRETCTL_FAIL_ON")
	old=${old%/}
	git cat-file -e "$old" 2>/dev/null || old=none
	[ -e "$2" ] || new=none
	secretctl diff "${flags[@]}" -- "$old" "$new"
}

# mergedInto prints what a pull request is compared with. GitHub checks out what comes of merging it
# into its base as that is now; the event knows only the base as it was.
mergedInto() {
	local parents
	if [[ ${GITHUB_REF:-} == refs/pull/*/merge ]] &&
		[ "$(git rev-parse HEAD 2>/dev/null)" = "${GITHUB_SHA:-}" ]; then
		parents=$(git cat-file commit HEAD | sed -n '/^$/q; s/^parent //p')
		printf '%s' "${parents%%$'\n'*}"
	else
		printf '%s' "${SECRETCTL_PULL_BASE:-}"
	fi
}

base=${SECRETCTL_BASE:-}
[ -n "$base" ] || base=$(mergedInto)
if [ "${SECRETCTL_DIFF:-true}" = true ] && [ -n "$base" ]; then
	name=$(printf '%s' "${SECRETCTL_COMMENT:-secretctl}" | tr -cd 'A-Za-z0-9._-')
	file=$RUNNER_TEMP/secretctl-diff-$name.md
	: >"$file"
	changes=false accepted=true
	if ! commit=$(commitOf "$base"); then
		problem 'the base cannot be read: let actions/checkout fetch it, with fetch-depth: 0'
		accepted=false
	else
		for path in "${paths[@]}"; do
			# shellcheck disable=SC2016 # the backticks are those of Markdown
			[ "${#paths[@]}" = 1 ] || printf '**`%s`**\n\n' "${path//\`/}" >>"$file"
			code=0
			compare "$commit" "$path" >"$file.part" || code=$?
			if [ "$code" -gt 1 ]; then
				echo '**secretctl cannot say what changes**: the log of the job has the reason.' >"$file.part"
			fi
			cat "$file.part" >>"$file"
			printf '\n' >>"$file"
			if [ "$code" = 1 ]; then
				accepted=false
				problem 'there are changes of a class of fail-on that the spec does not accept'
			elif [ "$code" != 0 ]; then
				accepted=false
				problem 'secretctl cannot say what changes'
			fi
			if ! sed -n 3p "$file.part" | grep -q '^No change '; then # below the heading
				changes=true
			fi
		done
		rm -f "$file.part"
		head -c 1000000 "$file" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
		output changes "$changes"
		output diff "$file"
	fi
	output accepted "$accepted"
fi
output failed "$failed"
