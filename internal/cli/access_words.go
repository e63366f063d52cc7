package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/access"
)

// mostValues is how many values of a condition are told.
const mostValues = 6

// operatorWords says what an operator asks of a condition key: of one value, and of one of several.
var operatorWords = map[string]struct{ one, several string }{
	"stringequals":              {"is", "is one of"},
	"stringnotequals":           {"is not", "is none of"},
	"stringequalsignorecase":    {"is, in upper or lower case,", "is, in upper or lower case, one of"},
	"stringnotequalsignorecase": {"is not, in upper or lower case,", "is, in upper or lower case, none of"},
	"stringlike":                {"matches", "matches one of"},
	"stringnotlike":             {"does not match", "matches none of"},
	"numericequals":             {"is", "is one of"},
	"numericnotequals":          {"is not", "is none of"},
	"numericlessthan":           {"is less than", "is less than one of"},
	"numericlessthanequals":     {"is at most", "is at most one of"},
	"numericgreaterthan":        {"is more than", "is more than one of"},
	"numericgreaterthanequals":  {"is at least", "is at least one of"},
	"dateequals":                {"is", "is one of"},
	"datenotequals":             {"is not", "is none of"},
	"datelessthan":              {"is before", "is before one of"},
	"datelessthanequals":        {"is not after", "is not after one of"},
	"dategreaterthan":           {"is after", "is after one of"},
	"dategreaterthanequals":     {"is not before", "is not before one of"},
	"bool":                      {"is", "is one of"},
	"binaryequals":              {"is", "is one of"},
	"ipaddress":                 {"is in", "is in one of"},
	"notipaddress":              {"is not in", "is in none of"},
	"arnequals":                 {"matches", "matches one of"},
	"arnnotequals":              {"does not match", "matches none of"},
	"arnlike":                   {"matches", "matches one of"},
	"arnnotlike":                {"does not match", "matches none of"},
}

// dateWords are for aws:CurrentTime, which needs no name.
var dateWords = map[string]string{
	"datelessthan": "before", "datelessthanequals": "until", "dategreaterthan": "after", "dategreaterthanequals": "from",
}

// conditionText says what must hold, as people say it: "if aws:SourceVpce is vpce-1", "before 2027-01-01". At most a number of values is told; 0 tells all.
func conditionText(c access.Condition, most int) string {
	name := strings.ToLower(c.Operator)
	values := valuesText(c.Values, most)
	if words, ok := dateWords[name]; ok && strings.EqualFold(c.Key, "aws:CurrentTime") && len(c.Values) == 1 {
		return words + " " + values
	}
	key := printable(c.Key)
	set, rest, isSet := strings.Cut(name, ":")
	if !isSet {
		set, rest = "", name
	}
	if rest == "null" {
		if strings.EqualFold(strings.Join(c.Values, ""), "true") {
			return "if there is no " + key
		}
		return "if there is " + key
	}
	base, orAbsent := strings.CutSuffix(rest, "ifexists")
	words, known := operatorWords[base]
	says := words.one
	switch {
	case !known:
		says = printable(c.Operator)
	case len(c.Values) != 1:
		says = words.several
	}
	switch set {
	case "foranyvalue":
		key = "any value of " + key
	case "forallvalues":
		key = "every value of " + key
	}
	text := "if " + key + " " + says + " " + values
	if orAbsent {
		text += " (or absent)"
	}
	return text
}

// conditionsText says what must hold together.
func conditionsText(list []access.Condition, most int) string {
	var words []string
	for _, c := range list {
		words = append(words, conditionText(c, most))
	}
	return enumerate(words)
}

func valuesText(values []string, most int) string {
	told := values
	if most > 0 && len(values) > most+1 { // "and 1 other" would be no shorter
		told = values[:most]
	}
	var words []string
	for _, v := range told {
		words = append(words, valueText(v))
	}
	if rest := len(values) - len(told); rest > 0 {
		words = append(words, fmt.Sprintf("%d others", rest))
		return enumerate(words)
	}
	return strings.Join(words, ", ")
}

// valueText writes a value: a day without its midnight, and in quotes what would read as something else.
func valueText(v string) string {
	if t, err := time.Parse(time.RFC3339, v); err == nil && t.Equal(t.Truncate(24*time.Hour)) {
		return t.UTC().Format(time.DateOnly)
	}
	if v == "" || strings.ContainsAny(v, ", ") {
		return `"` + printable(v) + `"`
	}
	return printable(v)
}
