package format

import (
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// plainText matches texts that are the same without quotes to every reader of YAML, wherever they
// stand: a letter, and then what is no mark. plainBlock are those of block style.
var (
	plainText  = lazy.Regexp(`^[A-Za-z](?:[A-Za-z0-9_./@+=$-]| [A-Za-z0-9_./(])*$`)
	plainBlock = lazy.Regexp(`^[A-Za-z](?:[A-Za-z0-9_./@+=$*,;(){}-]|:[A-Za-z0-9_/*-]` +
		`| [A-Za-z0-9_./(])*$`)
)

// words are those that some reader of YAML takes for something else than a text, in lower case:
// YAML 1.2 (section 10.3.2), 1.1 (https://yaml.org/type/bool.html) and readers of numbers.
var words = map[string]bool{
	"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "nan": true, "inf": true, "infinity": true,
}

// unquote takes away quotes that are of no use.
func (t *text) unquote() {
	for _, one := range t.leaves {
		if one.quoted == nil || t.isRough(one.start) {
			continue
		}
		text := one.quoted.Text()
		allowed := plainBlock
		if one.inFlow {
			allowed = plainText
		}
		if words[strings.ToLower(text)] || !allowed.MatchString(text) {
			continue
		}
		t.replace(one.start, one.start+1, "")
		t.replace(one.end-1, one.end, "")
	}
}

// isRough says whether an offset is in a collection that stays as it is.
func (t *text) isRough(at int) bool {
	for _, s := range t.rough {
		if s.start <= at && at < s.end {
			return true
		}
	}
	return false
}
