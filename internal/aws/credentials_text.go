package aws

import (
	"regexp"
	"slices"
	"strings"
)

// The forms in which a text has a credential in it. The group is the credential itself.
var (
	// scheme://user:password@host, the user maybe empty; the password may have slashes in it that
	// nobody encoded, unless it begins as a port does.
	// https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1
	inURL = regexp.MustCompile(
		`[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:"'<>?#]*:([^\s/"'<>?]+|[^\s/"'<>0-9][^\s"'<>]*)@`)
	// jdbc:oracle:thin:user/password@host
	// https://docs.oracle.com/en/database/oracle/oracle-database/19/jjdbc/data-sources-and-URLs.html
	inOracleURL = regexp.MustCompile(`jdbc:oracle:[a-z]+:[^\s/@:"']+/([^\s@"']+)@`)
	// password=…, "password": "…", --password …; whether the name is that of a secret is asked
	// afterwards.
	inAssignment = regexp.MustCompile(
		`([A-Za-z][A-Za-z0-9_.-]*)["']?(\s*[=:]\s*|\s+)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s;&,"']+)`)
	inHeader = regexp.MustCompile(
		`(?i)\b(?:Bearer|Basic|Token)\s+([A-Za-z0-9._~+/=\x{E000}-\x{F8FF}-]{6,})`)
	// the id of an access key, and not far from it the key
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
	inKeyPair = regexp.MustCompile(
		`\b(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9/+=](?:[\s\S]{0,80}?[^A-Za-z0-9/+=])?` +
			`([A-Za-z0-9/+=]{40})(?:$|[^A-Za-z0-9/+=])`)
	inKeyBlock = regexp.MustCompile(
		`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----([\s\S]*?)(?:-----END|$)`)
	// tokens that begin as their makers let them begin
	inToken = regexp.MustCompile(
		`\b((?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|` +
			`[rs]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{30,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+))`)
)

// HasCredential finds the first credential in a text: the password of a URL, what follows
// password= and its like (the names that SoundsSecret knows), a bearer's token, the secret of an AWS
// access key, a block with a private key, a token of a well-known form. Start and end are the bytes
// of the credential itself. What stands for another text there ($NAME, <password>, a call) is none.
// Characters of Unicode's private use area are taken for texts that are not known.
func HasCredential(text string) (start, end int, ok bool) {
	all := CredentialsIn(text)
	if len(all) == 0 {
		return 0, 0, false
	}
	return all[0][0], all[0][1], true
}

// CredentialsIn returns the bytes of all credentials that HasCredential would find in a text, sorted
// and without overlaps.
func CredentialsIn(text string) [][2]int {
	var all [][2]int
	if !strings.ContainsAny(text, "=:_-. ") {
		return nil // no form does without them
	}
	add := func(start, end int) {
		if start < end {
			all = append(all, [2]int{start, end})
		}
	}
	for _, form := range []*regexp.Regexp{inURL, inOracleURL} {
		for _, m := range form.FindAllStringSubmatchIndex(text, -1) {
			image := strings.HasPrefix(text[m[1]:], "sha256:") // of a container, with its tag
			if !image && !standsForOther(text[m[2]:m[3]]) {
				add(m[2], m[3])
			}
		}
	}
	for _, form := range []*regexp.Regexp{inKeyPair, inKeyBlock, inToken} {
		for _, m := range form.FindAllStringSubmatchIndex(text, -1) {
			add(m[2], m[3])
		}
	}
	for _, m := range inHeader.FindAllStringSubmatchIndex(text, -1) {
		if looksRandom(text[m[2]:m[3]]) {
			add(m[2], m[3])
		}
	}
	for at := 0; at < len(text); {
		m := inAssignment.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		a := assignment{
			text: text, sign: text[at+m[4] : at+m[5]],
			name: [2]int{at + m[2], at + m[3]}, value: [2]int{at + m[6], at + m[7]},
		}
		if start, end, ok := a.credential(); ok {
			add(start, end)
			at = end
			continue
		}
		at = a.name[1] // what follows may be a name itself
	}
	slices.SortFunc(all, func(a, b [2]int) int { return a[0] - b[0] })
	out := all[:0]
	for _, span := range all {
		if last := len(out) - 1; last >= 0 && span[0] < out[last][1] {
			out[last][1] = max(out[last][1], span[1])
			continue
		}
		out = append(out, span)
	}
	return out
}

// assignment is a name in a text with what follows it.
type assignment struct {
	text        string
	name, value [2]int
	sign        string // between them, blanks included
}

// credential returns the bytes of the value if it is a secret that is written out.
func (a assignment) credential() (start, end int, ok bool) {
	name := a.text[a.name[0]:a.name[1]]
	if !SoundsSecret(name) {
		return 0, 0, false
	}
	start, end = a.value[0], a.value[1]
	value := a.text[start:end]
	quoted := value[0] == '"' || value[0] == '\''
	if quoted {
		start, end = start+1, end-1
		value = a.text[start:end]
	}
	switch sign := strings.TrimSpace(a.sign); {
	case sign == "" && !a.isOption(), value == "", strings.HasPrefix(value, "="), strings.HasPrefix(value, ">"):
		return 0, 0, false
	case sign == ":" && !quoted && !a.isLine():
		return 0, 0, false // a sentence
	case sign == "=" && a.sign != "=" && !quoted && !a.isLine():
		return 0, 0, false
	case !quoted && a.inCode():
		return 0, 0, false
	case standsForOther(value), NoSecretText(value), SoundsSecret(value) && !quoted:
		return 0, 0, false
	}
	return start, end, true
}

// isOption says whether the name is an option of a command, whose value follows a blank.
func (a assignment) isOption() bool {
	return strings.HasSuffix(a.text[:a.name[0]], "--") && !strings.HasPrefix(a.text[a.value[0]:], "-")
}

// isLine says whether name and value are a line of their own among several, as in YAML or INI files.
func (a assignment) isLine() bool {
	before := a.text[:a.name[0]]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	after, _, more := strings.Cut(a.text[a.value[1]:], "\n")
	alone := strings.Trim(line, " \t-\"'") == "" && strings.TrimSpace(after) == ""
	return alone && (more || strings.Contains(before, "\n"))
}

// inCode says whether what follows the value shows that it is a variable or a call of a program.
func (a assignment) inCode() bool {
	after := a.text[a.value[1]:]
	value := a.text[a.value[0]:a.value[1]]
	return strings.ContainsAny(value, "()[]") || strings.HasPrefix(after, ", ")
}

// standsForOther says whether a text is a place for another one: a variable of a shell or program, a
// parameter between marks, a text that somebody has hidden.
func standsForOther(value string) bool {
	if strings.Trim(value, "*x.•X-") == "" || strings.HasPrefix(value, "<") && strings.HasSuffix(value, ">") {
		return true
	}
	if strings.HasPrefix(value, "{{") || strings.HasPrefix(value, "${") || strings.HasPrefix(value, "$(") {
		return true
	}
	rest, found := strings.CutPrefix(value, "$")
	if !found {
		rest, found = strings.CutPrefix(value, "%")
	}
	name := strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_%\"'")
	return found && rest != "" && name == "" || strings.HasPrefix(value, "{") && strings.HasSuffix(value, "}")
}

// looksRandom says whether a word is more than a word of a language: it has digits, or capitals
// behind small letters.
func looksRandom(word string) bool {
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
