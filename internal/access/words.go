package access

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
)

// operatorWords says what an operator asks of a condition key: of one value, and of one of several.
var operatorWords = map[string]struct{ one, several string }{
	"stringequals":    {"is", "is one of"},
	"stringnotequals": {"is not", "is none of"},
	"stringequalsignorecase": {"is, in upper or lower case,",
		"is, in upper or lower case, one of"},
	"stringnotequalsignorecase": {"is not, in upper or lower case,",
		"is, in upper or lower case, none of"},
	"stringlike":               {"matches", "matches one of"},
	"stringnotlike":            {"does not match", "matches none of"},
	"numericequals":            {"is", "is one of"},
	"numericnotequals":         {"is not", "is none of"},
	"numericlessthan":          {"is less than", "is less than one of"},
	"numericlessthanequals":    {"is at most", "is at most one of"},
	"numericgreaterthan":       {"is more than", "is more than one of"},
	"numericgreaterthanequals": {"is at least", "is at least one of"},
	"dateequals":               {"is", "is one of"},
	"datenotequals":            {"is not", "is none of"},
	"datelessthan":             {"is before", "is before one of"},
	"datelessthanequals":       {"is not after", "is not after one of"},
	"dategreaterthan":          {"is after", "is after one of"},
	"dategreaterthanequals":    {"is not before", "is not before one of"},
	"bool":                     {"is", "is one of"},
	"binaryequals":             {"is", "is one of"},
	"ipaddress":                {"is in", "is in one of"},
	"notipaddress":             {"is not in", "is in none of"},
	"arnequals":                {"matches", "matches one of"},
	"arnnotequals":             {"does not match", "matches none of"},
	"arnlike":                  {"matches", "matches one of"},
	"arnnotlike":               {"does not match", "matches none of"},
}

// dateWords are for aws:CurrentTime, which needs no name.
var dateWords = map[string]string{
	"datelessthan": "before", "datelessthanequals": "until",
	"dategreaterthan": "after", "dategreaterthanequals": "from",
}

// templateCondition is the operator of a condition of the templates, whose key is its name and
// whose value is whether it holds.
const templateCondition = "condition"

// Words says what must hold, as people say it: "if aws:SourceVpce is vpce-1", "before
// 2027-01-01", of a condition of the templates "if IsProd" or "unless IsProd". At most a number of
// values is told; 0 tells all.
func (c Condition) Words(most int) string {
	name := strings.ToLower(c.Operator)
	holds := strings.EqualFold(strings.Join(c.Values, ""), "true")
	key := cfn.Shown(c.Key)
	set, base, isSet := strings.Cut(name, ":")
	if !isSet {
		set, base = "", name
	}
	switch base {
	case templateCondition:
		if holds {
			return "if " + key
		}
		return "unless " + key
	case "null":
		if holds {
			return "if there is no " + key
		}
		return "if there is " + key
	}
	values := ValuesText(c.Values, most)
	isNow := strings.EqualFold(c.Key, "aws:CurrentTime") && len(c.Values) == 1
	if w, ok := dateWords[name]; ok && isNow {
		return w + " " + values
	}
	return "if " + comparisonWords(set, base, key, c, values)
}

// comparisonWords says what an operator asks of a key: "aws:SourceVpce is vpce-1".
func comparisonWords(set, base, key string, c Condition, values string) string {
	base, orAbsent := strings.CutSuffix(base, "ifexists")
	says := cmp.Or(Asks(base, len(c.Values)), cfn.Shown(c.Operator))
	switch set {
	case "foranyvalue":
		key = "any value of " + key
	case "forallvalues":
		key = "every value of " + key
	}
	text := key + " " + says + " " + values
	if orAbsent {
		text += " (or absent)"
	}
	return text
}

// Asks says what an operator, in lower case and without IfExists, asks of a condition key with so
// many values: "is", "is one of". It is empty for an operator that nobody knows.
func Asks(operator string, values int) string {
	if values == 1 {
		return operatorWords[operator].one
	}
	return operatorWords[operator].several
}

// ValuesText lists values of a condition, at most a number of them; 0 tells all.
func ValuesText(values []string, most int) string {
	told := values
	if most > 0 && len(values) > most+1 { // "and 1 other" would be no shorter
		told = values[:most]
	}
	var words []string
	for _, v := range told {
		words = append(words, ValueText(v))
	}
	if rest := len(values) - len(told); rest > 0 {
		words = append(words, fmt.Sprintf("%d others", rest))
		return english.List(words)
	}
	return strings.Join(words, ", ")
}

// ValueText writes a value: a day without its midnight, and in quotes what would read as something
// else.
func ValueText(v string) string {
	if t, err := time.Parse(time.RFC3339, v); err == nil && t.Equal(t.Truncate(24*time.Hour)) {
		return t.UTC().Format(time.DateOnly)
	}
	if v = cfn.Shown(v); v == "" || strings.ContainsAny(v, ", ") {
		return `"` + cfn.Shown(v) + `"`
	}
	return cfn.Shown(v)
}
