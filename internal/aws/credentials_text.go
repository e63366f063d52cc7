package aws

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// HasCredential finds the first credential in a text: the password of a URL, what follows
// password= and its like (the names that SoundsSecret knows), a bearer's token, the secret of an
// AWS access key, a block with a private key, a token of a well-known form. Start and end are the
// bytes of the credential itself. What stands for another text there ($NAME, <password>, a call)
// is none. Characters of Unicode's private use area are taken for texts that are not known.
func HasCredential(text string) (start, end int, ok bool) {
	all := CredentialsIn(text)
	if len(all) == 0 {
		return 0, 0, false
	}
	return all[0][0], all[0][1], true
}

// CredentialsIn returns the bytes of all credentials that HasCredential would find in a text,
// sorted and without overlaps.
func CredentialsIn(text string) [][2]int {
	var all [][2]int
	has := charactersOf(text)
	for i := range forms {
		f := &forms[i]
		if !has.maySay(f, text) {
			continue
		}
		for _, m := range f.pattern.FindAllStringSubmatchIndex(text, -1) {
			if m[2] < m[3] && (f.is == nil || f.is(text[m[2]:m[3]], text[m[1]:])) {
				all = append(all, [2]int{m[2], m[3]})
			}
		}
	}
	if has.mayAssign() {
		all = append(all, assignments(text)...)
	}
	if len(all) < 2 {
		return all
	}
	slices.SortFunc(all, func(a, b [2]int) int { return a[0] - b[0] })
	out := all[:1]
	for _, span := range all[1:] {
		if last := len(out) - 1; span[0] < out[last][1] {
			out[last][1] = max(out[last][1], span[1])
			continue
		}
		out = append(out, span)
	}
	return out
}

// inAddress says whether what stands before an @ is a password: not the tag of a container's image,
// nor a place for one.
func inAddress(credential, after string) bool {
	return !strings.HasPrefix(after, "sha256:") && !standsForOther(credential)
}

// assignments returns the bytes of the secrets that follow a name with = or :, or an option of a
// command. They are read in one pass, so that long texts take no longer than they must.
func assignments(text string) [][2]int {
	var all [][2]int
	lines := strings.Contains(text, "\n")
	lineStart, open := 0, 0
	counted := 0 // brackets up to here are in open
	for at := 0; at < len(text); {
		switch {
		case text[at] == '\n':
			at++
			lineStart = at
			continue
		case !isLetter(rune(text[at])):
			at++
			continue
		}
		for ; counted < at; counted++ {
			open = max(open+bracket(text[counted]), 0)
		}
		end := at + 1
		for end < len(text) && isNameByte(text[end]) {
			end++
		}
		a := assignment{text: text, start: at, name: text[at:end], line: text[lineStart:at],
			lines: lines, inBrackets: open > 0}
		at = end
		if from, to, ok := a.secret(end); ok {
			all = append(all, [2]int{from, to})
			at = to
		}
	}
	return all
}

func isNameByte(c byte) bool {
	return isAlphanumeric(rune(c)) || c == '_' || c == '.' || c == '-'
}

// assignment is a name in a text that something may follow.
type assignment struct {
	text  string
	start int
	name  string
	line  string // what stands before the name in its line
	lines bool   // the text has several lines

	inBrackets bool // a bracket before the name is not closed before it
}

const blanks = " \t\r"

// secret returns the bytes of what follows the name if it is a secret that is written out.
func (a assignment) secret(end int) (from, to int, ok bool) {
	rest := strings.TrimLeft(strings.TrimLeft(a.text[end:], `"'`), blanks)
	sign := byte(' ')
	switch {
	case strings.HasPrefix(rest, "=="), strings.HasPrefix(rest, "=>"):
		return 0, 0, false
	case strings.HasPrefix(rest, "="), strings.HasPrefix(rest, ":"):
		sign, rest = rest[0], rest[1:]
	case !strings.HasSuffix(a.line, "--") || strings.HasPrefix(rest, "-"):
		return 0, 0, false
	}
	spaced := sign == '=' && (a.text[end] != '=' || strings.TrimLeft(rest, blanks) != rest)
	rest = strings.TrimLeft(rest, blanks)
	if rest == "" || rest[0] == '\n' || !SoundsSecret(a.name) {
		return 0, 0, false
	}
	from = len(a.text) - len(rest)
	if rest[0] == '"' || rest[0] == '\'' {
		to, ok = closing(a.text, from+1)
		value := a.text[from+1 : to]
		return from + 1, to, ok && value != "" && !standsForOther(value) &&
			!NoSecretText(a.name, value)
	}
	const ends, looked = " \t\r\n;&,\"'", 1 << 12 // of a long text, the beginning tells what it is
	to = from + min(len(rest), looked)
	if i := strings.IndexAny(rest[:to-from], ends); i >= 0 {
		to = from + i
	}
	value, after := a.text[from:to], a.text[to:]
	code := a.isExpression(from, value) || strings.HasPrefix(after, ", ") || a.isVariable(value)
	sentence := (sign == ':' || spaced) && !a.isLine(after)
	if value == "" || code || sentence || standsForOther(value) || NoSecretText(a.name, value) {
		return 0, 0, false
	}
	if len(value) == looked {
		to = len(a.text)
		if i := strings.IndexAny(rest, ends); i >= 0 {
			to = from + i
		}
	}
	return from, to, true
}

// bracket returns 1 for what opens brackets, -1 for what closes them, else 0.
func bracket(c byte) int {
	switch c {
	case '(', '[':
		return 1
	case ')', ']':
		return -1
	}
	return 0
}

// isExpression says whether a value has the brackets of a program: around arguments that the name
// is among, of a call or of an index; and not such as passwords have. Brackets of a call are
// closed, and no letter follows.
func (a assignment) isExpression(from int, value string) bool {
	const longest = 1 << 10
	first := strings.IndexAny(value, "()[]")
	switch {
	case first < 0 || a.inBrackets:
		return first >= 0
	case bracket(value[first]) < 0 || !beforeBracket.MatchString(value[:first]):
		return false
	}
	rest := a.text[from+first:]
	open := 0
	for i := range min(len(rest), longest) {
		if open += bracket(rest[i]); open == 0 {
			return i+1 == len(rest) || !isNameByte(rest[i+1]) || rest[i+1] == '.'
		}
	}
	return len(rest) > longest
}

// beforeBracket matches what stands before the bracket of an expression: a name, or nothing but
// signs.
var beforeBracket = lazy.Regexp(`^(?:[A-Za-z_][A-Za-z0-9_.]*|[^A-Za-z0-9]*)$`)

// inCode matches how names are written in programs; nameInShell, names of things in commands.
// Digits stand before another word only, as in s3_token, and not in the midst of one.
var (
	inCode      = lazy.Regexp(`^[A-Za-z_](?:[A-Za-z_.]|[0-9]+[_.])*$`)
	nameInShell = lazy.Regexp(`^[a-z]+(?:-[a-z]+)*$`)
)

// isVariable says whether what follows a name is the name of a secret too, as in
// connect(password=db_password), and not a password that sounds like one: Secret!2024. Between the
// semicolons of a connection string only capitals stand for another text.
func (a assignment) isVariable(value string) bool {
	switch {
	case !SoundsSecret(value):
		return false
	case strings.HasSuffix(a.line, ";"):
		return value == strings.ToUpper(value) && inCode.MatchString(value)
	}
	return inCode.MatchString(value) ||
		nameInShell.MatchString(value) && !SoundsLikePassword(a.name)
}

// closing returns where the quote before an offset is closed in its line.
func closing(text string, from int) (to int, ok bool) {
	quote := text[from-1]
	for i := from; i < len(text) && text[i] != '\n'; i++ {
		switch {
		case text[i] == quote:
			return i, true
		case text[i] == '\\' && quote == '"':
			i++
		}
	}
	return from, false
}

// isLine says whether name and value are a line of their own among several, as in YAML or INI
// files.
func (a assignment) isLine(after string) bool {
	after = strings.TrimLeft(after, blanks)
	return a.lines && strings.Trim(a.line, " \t-\"'") == "" && (after == "" || after[0] == '\n')
}

// standsForOther says whether a text is a place for another one: a variable of a shell or
// program, a parameter between marks, a text that somebody has hidden.
func standsForOther(value string) bool {
	within := func(begin, end string) bool {
		return strings.HasPrefix(value, begin) && strings.HasSuffix(value, end)
	}
	if strings.Trim(value, "*x.•X-") == "" || within("<", ">") || within("{", "}") ||
		within("{{", "") || within("${", "") || within("$(", "") || within("%(", "") {
		return true
	}
	name, found := strings.CutPrefix(value, "$")
	if !found {
		name, found = strings.CutPrefix(value, "%")
	}
	other := func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("_%\"'", r) }
	return found && name != "" && !strings.ContainsFunc(name, other)
}

// looksRandom says whether a word is more than a word of a language: it has digits, or capitals
// behind small letters.
func looksRandom(word, _ string) bool {
	small := false
	for _, r := range word {
		switch {
		case r >= '0' && r <= '9' || small && r >= 'A' && r <= 'Z':
			return true
		case r >= 'a' && r <= 'z':
			small = true
		case r >= 0xE000 && r <= 0xF8FF:
			return true
		}
	}
	return false
}
