#!/usr/bin/env bash
# Writes what changes as a comment of a pull request: one comment, which is updated. Where nothing
# changes and there is no comment yet, there will be none. The variables are the inputs of
# action.yml, and those of GitHub Actions.
set -euo pipefail

# A comment has at most 65,536 characters.
longest=60000

name=$(printf '%s' "${SECRETCTL_COMMENT:-secretctl}" | tr -cd 'A-Za-z0-9._-')
marker="<!-- secretctl comment: $name -->"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
	printf '%s\n' "$marker"
	if [ "$(wc -c <"$SECRETCTL_BODY")" -le "$longest" ]; then
		cat "$SECRETCTL_BODY"
	else
		# whole lines, in which nothing is left open
		head -c "$longest" "$SECRETCTL_BODY" | sed '$d' | awk '
			{ print }
			/^<details>/ { open++ }
			/^<\/details>/ { open-- }
			END { print ""; while (open-- > 0) print "</details>\n" }'
		printf '**This is not all**: the summary of the job has the rest.\n'
	fi
} >"$body"

unable() { # what cannot be done
	printf '::warning title=secretctl::%s: the token needs pull-requests: write, which pull requests of forks do not get. The summary of the job shows what changes.\n' "$1"
	exit 0
}

# The comments of whoever the token is of, each as its id and its first line. A marker that somebody
# else wrote means nothing.
# shellcheck disable=SC2016 # the variables are those of GraphQL
query='query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
  viewer { login }
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    comments(first: 100, after: $endCursor) {
      nodes { id body author { login } }
      pageInfo { hasNextPage endCursor }
    }
  } }
}'
# shellcheck disable=SC2016 # $me is one of jq
own='(.data.viewer.login | rtrimstr("[bot]")) as $me
  | .data.repository.pullRequest.comments.nodes[]
  | select(.author.login == $me)
  | .id + " " + (.body | split("\n")[0] | rtrimstr("\r"))'
comments=$(gh api graphql --paginate -f owner="${GITHUB_REPOSITORY%%/*}" \
	-f name="${GITHUB_REPOSITORY#*/}" -F number="$SECRETCTL_PULL" -f query="$query" --jq "$own") ||
	unable 'the comments cannot be read'
comment=
while read -r id first; do
	if [ -z "$comment" ] && [ "$first" = "$marker" ]; then
		comment=$id
	fi
done <<<"$comments"

if [ -n "$comment" ]; then
	# shellcheck disable=SC2016 # the variables are those of GraphQL
	gh api graphql -f id="$comment" -F body=@"$body" --silent -f query='mutation($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) { issueComment { id } }
}' || unable 'the comment cannot be updated'
elif [ "${SECRETCTL_CHANGES:-true}" = true ]; then
	gh api "repos/$GITHUB_REPOSITORY/issues/$SECRETCTL_PULL/comments" --method POST \
		-F body=@"$body" --silent || unable 'the comment cannot be written'
fi
