package show

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
)

// mostValues is how many values of a condition are told.
const mostValues = 6

// conditionWords says what must hold, as people say it. At most a number of values is told; 0 tells
// all.
func conditionWords(c access.Condition, most int) string { return Printable(c.Words(most)) }

// conditionsWords says what must hold together.
func conditionsWords(list []access.Condition, most int) string {
	return english.List(wordsOf(list, most))
}

// wordsOf says what must hold, each condition by itself.
func wordsOf(list []access.Condition, most int) []string {
	var words []string
	for _, c := range list {
		words = append(words, conditionWords(c, most))
	}
	return words
}

// Conditions says what must hold, each condition by itself and whole.
func Conditions(list []access.Condition) []string { return wordsOf(list, 0) }

// keeps says what a call leaves as it is if it does not state an argument, and how the argument is
// called where it may be stated.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
var keeps = map[string]struct{ absent, argument string }{
	"secretsmanager:kmskeyarn":                     {"keeps the key", "the key"},
	"secretsmanager:kmskeyid":                      {"keeps the key", "the key"},
	"secretsmanager:rotationlambdaarn":             {"keeps the function", "the function"},
	"secretsmanager:externalsecretrotationrolearn": {"keeps the role", "the role"},
	"secretsmanager:modifyrotationrules":           {"keeps the rules", ""},
	"secretsmanager:forcedeletewithoutrecovery":    {"can be taken back", ""},
	"secretsmanager:forceoverwritereplicasecret":   {"overwrites nothing", ""},
}

// heldWords says what a call is held to, each thing once: "keeps the key", "to Regions eu-west-1,
// us-east-1". What the table does not know is told as a condition.
func heldWords(list []access.Condition, most int) string {
	var words []string
	for _, c := range list {
		if w := heldWord(c, most); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return strings.TrimPrefix(conditionsWords(list, most), "if ")
	}
	return english.List(words)
}

// beyondWord returns what a call is held to beyond what the word of a verb means anyway: to write
// is to keep the key, to delete is so that it can be taken back. An action means nothing of that.
func beyondWord(verb string, list []access.Condition) []access.Condition {
	if strings.Contains(verb, ":") {
		return list
	}
	if !slices.ContainsFunc(list, isMeant) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), isMeant)
}

// isMeant says whether a condition leaves alone what the secret has.
func isMeant(c access.Condition) bool {
	if c.Own || len(c.Values) != 1 {
		return c.Own
	}
	key := strings.ToLower(c.Key)
	_, known := keeps[key]
	isFalse := strings.EqualFold(c.Values[0], "false")
	switch strings.ToLower(c.Operator) {
	case "null":
		return known && !isFalse || isFalse && key == "secretsmanager:addreplicaregions"
	case "bool", "boolifexists":
		return known && isFalse
	}
	return false
}

func heldWord(c access.Condition, most int) string {
	key, operator := strings.ToLower(c.Key), strings.ToLower(c.Operator)
	value := strings.ToLower(strings.Join(c.Values, ","))
	base, orAbsent := strings.CutSuffix(operator, "ifexists")
	words, known := keeps[key]
	switch {
	case known && c.Own && (base == "arnequals" || base == "stringequals"):
		return words.absent
	case known && (base == "null" && value == "true" || base == "bool" && value == "false"):
		return words.absent
	case known && orAbsent && words.argument != "" && access.Asks(base, 1) != "":
		equal := access.Asks(base, len(c.Values))
		values := valuesText(c.Values, most)
		return words.absent + ", or " + words.argument + " " + equal + " " + values
	case key == "secretsmanager:addreplicaregions" && base == "null" && value == "false":
		return "" // as every call
	case key == "secretsmanager:addreplicaregions" && inRegions[base]:
		noun := "to Regions "
		if len(c.Values) == 1 {
			noun = "to Region "
		}
		return noun + valuesText(c.Values, most)
	}
	return strings.TrimPrefix(conditionWords(c, most), "if ")
}

// inRegions are the operators that hold a list of Regions to those that are named.
var inRegions = map[string]bool{
	"forallvalues:stringequals": true, "forallvalues:stringlike": true,
	"stringequals": true, "stringlike": true,
}

// whoseTag says whose a tag is that an answer rests on.
var whoseTag = map[string]string{
	"secret tag": "the secret", "key tag": "the key", "principal tag": "the caller",
}

// toldWords says what an answer rests on and who may change it: "the secret's tag team is pay; may
// be changed by ops".
func toldWords(t access.Told) string {
	text := ""
	whose, isTag := whoseTag[t.What]
	switch {
	case isTag && t.Absent:
		text = whose + " has no tag " + readable(t.Name)
	case isTag:
		text = whose + "'s tag " + readable(t.Name) + " is " + valueText(t.Value)
	case t.Absent:
		text = "there is no " + readable(t.What) + " " + readable(t.Name)
	default:
		text = readable(t.What) + " " + readable(t.Name) + " is " + valueText(t.Value)
	}
	if len(t.By) > 0 {
		text += "; may be changed by " + english.List(readableList(t.By))
	}
	return text
}

// allToldWords says what an answer rests on, each by itself.
func allToldWords(list []access.Told) []string {
	var words []string
	for _, t := range list {
		words = append(words, toldWords(t))
	}
	return words
}

// Unread says what stands between a question and its answer, each by itself.
func Unread(list []access.Unread) []string {
	var words []string
	for _, u := range list {
		words = append(words, unreadWords(u))
	}
	return words
}

// unreadOf says what stands between a question and its answer, or, where it is yes under conditions
// of the templates, what does where these do not hold.
func unreadOf(a *access.Answer) []string {
	words := Unread(a.Unread)
	if a.Effect == access.Conditional {
		for i := range words {
			words[i] = "otherwise: " + words[i]
		}
	}
	return words
}

// unreadSentences says, by what is unread, what is not known and how to state it where that is
// possible. {name} is its name, {template} the template and {resource} the resource that it is of.
var unreadSentences = map[string]string{
	"parameter": "parameter {name}{template} has no value (--parameter {name}=…)",
	"stored":    "what Systems Manager keeps for parameter {name}{template} is not known",
	"import":    "the export {name} is in no template that is given (give the one that makes it)",
	"attribute": "the attribute {name}{resource} is known only after the deployment",
	"name":      "the name{resource} is known only after the deployment",
	"policy": "the policy {name} has no text in what is given " +
		"(give the template that makes it)",
	"own policy": "the policy {name}{resource} cannot be read",
	"clause":     "{name}{template} is not known",
	"condition":  "whether the condition {name}{template} holds is not known",
	"account": "the account{template} is not stated " +
		"(@ACCOUNT:REGION behind the template, or --account)",
	"region": "the Region{template} is not stated " +
		"(@ACCOUNT:REGION behind the template, or --region)",
	"stack": "the name of the stack{template} is not known",
	"suffix": "the six characters at the end of the ARN of {name} are known only after the " +
		"deployment",
	"NotPrincipal": "a denial with NotPrincipal leaves out for sure only those whose account, " +
		"role or user, and session are all listed",
	"budget": "there are more circumstances than are tried",
	"too much": "there are " + access.TooMuch +
		" (choose some with --principal and --secret, or ask why about one)",
}

// unreadWords says what stands between a question and its answer: "parameter SecretArn of app has
// no value (--parameter SecretArn=…)".
func unreadWords(u access.Unread) string {
	name := readable(u.Name)
	sentence, ok := unreadSentences[unreadKind(u, name)]
	if !ok {
		return strings.TrimSpace(readable(u.What)+" "+name) + ofResource(u) + " cannot be read"
	}
	template := ""
	if u.Template != "" {
		template = " of " + readable(u.Template)
	}
	return strings.NewReplacer(
		"{name}", name, "{template}", template, "{resource}", ofResource(u),
	).Replace(sentence)
}

// unreadKind returns the key of unreadSentences for what is unread.
func unreadKind(u access.Unread, name string) string {
	switch {
	case (u.What == "policy" || u.What == "condition") && isClause(name):
		return "clause"
	case u.What == "policy" && u.LogicalID != "" && !strings.HasPrefix(name, "arn:"):
		return "own policy"
	case u.What == "principal":
		return u.Name
	case u.What == "budget" && u.Name == access.TooMuch:
		return "too much"
	}
	return u.What
}

// isClause says whether the name of what is unread says itself what is asked.
func isClause(name string) bool {
	return strings.HasPrefix(name, "whether ") || strings.HasPrefix(name, "which ") ||
		strings.HasPrefix(name, "what ")
}

// ofResource says where something stands: " of Db in app".
func ofResource(u access.Unread) string {
	text := ""
	if u.LogicalID != "" {
		text = " of " + readable(u.LogicalID)
	}
	if u.Template != "" {
		text += " in " + readable(u.Template)
	}
	return text
}

// accountNumber is an account in a text.
var accountNumber = lazy.Regexp(`\b\d{12}\b`)

// kindWords are the kinds of principals that are marked, as people say them.
var kindWords = map[string]string{
	"service": "service", "account": "account", "organization": "organization",
	"pattern": "pattern", "everybody": "everybody",
	"session": "one session", "id": "unique id", "federated": "federated identity",
	"rotation": "rotation",
}

// kindMark says what a principal is, where that is no role or user and its id does not say it: "
// (account 222222222222)". It is empty otherwise.
func kindMark(s *access.Subject) string {
	word, marked := kindWords[s.Kind]
	if !marked || strings.HasPrefix(s.ID, s.Kind) {
		return ""
	}
	if s.Kind == "account" && !accountNumber.MatchString(s.ID) {
		if number := accountNumber.FindString(s.ARN); number != "" {
			word += " " + number
		}
	}
	return " (" + word + ")"
}

// readable returns a text as a terminal gets it: unknown parts as they are written for people, and
// nothing that would command it.
func readable(text string) string { return Printable(cfn.Shown(text)) }

// readableList returns texts as a terminal gets them.
func readableList(list []string) []string {
	var out []string
	for _, text := range list {
		out = append(out, readable(text))
	}
	return out
}

func valuesText(values []string, most int) string {
	return Printable(access.ValuesText(values, most))
}

func valueText(v string) string { return Printable(access.ValueText(v)) }
