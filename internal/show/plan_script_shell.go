package show

// The parts of a deploy script that are the same in every one. They are POSIX shell, but for
// mktemp, which every system with an AWS CLI has.

// shellOwnDirectory makes a directory that only the user can read, which is gone at the end,
// whichever end it is.
const shellOwnDirectory = `
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# What this writes is in a directory that only you can read, and that is removed at the end.
OWN=
trap 'if [ -n "$OWN" ]; then rm -rf "$OWN"; fi' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 131' QUIT
trap 'exit 141' PIPE
trap 'exit 143' TERM
umask 077
OWN=$(mktemp -d "${TMPDIR:-/tmp}/secretctl.XXXXXXXXXX")

# The AWS CLI reads files as UTF-8, whatever the locale is: version 2, version 1.
export AWS_CLI_FILE_ENCODING=UTF-8 PYTHONUTF8=1
`

// shellTemplates defines take_template. It checks a copy, so that nobody can change what is
// deployed after it was checked.
const shellTemplates = `
TEMPLATES=${1:-.}

sha256() {
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum <"$1")
  elif command -v shasum >/dev/null; then
    sum=$(shasum -a 256 <"$1")
  else
    fail 'neither sha256sum nor shasum is installed: the templates cannot be checked'
  fi
  printf '%s\n' "${sum%% *}"
}

# Copies a template, and refuses it if it does not have the SHA-256 of the plan.
take_template() {
  if [ ! -f "$TEMPLATES/$1" ]; then
    fail "there is no $TEMPLATES/$1; secretctl compile --output writes it"
  fi
  cat <"$TEMPLATES/$1" >"$OWN/template.json"
  actual=$(sha256 "$OWN/template.json")
  if [ "$actual" != "$2" ]; then
    fail "$TEMPLATES/$1 is not the template of this plan: its SHA-256 is $actual, not $2;` +
	` compile it and write this script again, with the same secretctl"
  fi
}

# Nothing is deployed unless all of them are right.
`

// shellParameters defines json_text and needs. No value is an argument of needs, because tracing
// shows those.
const shellParameters = `
# Writes a text as JSON. Its caller turns tracing off.
json_text() {
  LC_ALL=C
  rest=$1
  printf '"'
  while [ -n "$rest" ]; do
    char=${rest%%"${rest#?}"}
    rest=${rest#?}
    case $char in
    '"' | \\) printf '\\%s' "$char" ;;
    [[:cntrl:]]) printf '\\u%04x' "'$char" ;;
    *) printf '%s' "$char" ;;
    esac
  done
  printf '"'
}

case $(command -v printf) in
/*) fail 'printf is no part of this shell, so that others would see values; use bash or dash' ;;
esac

needs() {
  if [ "$1" != set ]; then
    fail "PARAM_$2 must hold the value of the parameter $2"
  fi
}

# Parameters without a default. Their values are never shown: they are in no argument of a
# command, and not in what sh -x prints.
`

// shellAccount defines check_account.
const shellAccount = `
# Refuses credentials of another account than the first argument; the others are options of the
# AWS CLI.
check_account() {
  expected=$1
  shift
  actual=$(aws sts get-caller-identity --query Account --output text "$@")
  if [ "$actual" != "$expected" ]; then
    fail "the credentials are of account $actual, not of $expected"
  fi
}

`
