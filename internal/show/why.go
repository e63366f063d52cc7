package show

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/source"
)

// answer is an answer while it is being shown.
type answer struct{ *ask.Answer }

// whyCounts says how many questions have which answer: "3 answers: 2 yes, 1 no".
func whyCounts(answers []ask.Answer) string {
	counts := map[access.Effect]int{}
	for i := range answers {
		counts[answers[i].Effect]++
	}
	var words []string
	for _, kind := range []struct {
		effect access.Effect
		word   string
	}{
		{access.Allow, "yes"}, {access.Conditional, "yes under conditions"},
		{access.Deny, "no"}, {access.Unknown, "unknown"},
	} {
		if n := counts[kind.effect]; n > 0 {
			words = append(words, english.Thousands(n)+" "+kind.word)
		}
	}
	return english.Plural(len(answers), "answer", "answers") + ": " + strings.Join(words, ", ")
}

// sentence says what is asked: "api may read db in eu-west-1".
func (a answer) sentence(may string) string {
	return readable(a.Principal) + " " + may + " " + a.request() + " in " + readable(a.Region) +
		a.in()
}

// in says which of several environments is asked about.
func (a answer) in() string {
	if a.Environment == "" {
		return ""
	}
	return " (" + readable(a.Environment) + ")"
}

// request says what the principal wants to do: "read db", "call kms:Decrypt on db". Of a verb of
// which some calls are possible, those are named.
func (a answer) request() string {
	call := a.Verb
	if len(a.Only) > 0 {
		call = english.List(a.Only)
	}
	if strings.Contains(call, ":") {
		return "call " + readable(call) + " on " + readable(a.Secret)
	}
	return readable(call) + " " + readable(a.Secret)
}

// saysUnread says whether a permission of the answer names what is not known.
func (a answer) saysUnread(u access.Unread) bool {
	return slices.ContainsFunc(a.Steps, func(s access.Step) bool {
		return slices.Contains(s.Unread, u)
	})
}

// verdict is the answer in a sentence: its first word, and the rest.
func (a answer) verdict() (word, rest string) {
	held := a.held()
	switch a.Effect {
	case access.Allow:
		return "yes", a.part() + ": " + a.sentence("may") + held
	case access.Conditional:
		under := "in some circumstances"
		if len(a.Conditions) > 0 {
			under = conditionsWords(a.Conditions, mostValues)
		}
		return "yes", a.part() + ", " + under + ": " + a.sentence("may") + held
	case access.Unknown:
		return "unknown", ": whether " + a.sentence("may")
	}
	return "no", ": " + a.sentence("may not")
}

// held says in parentheses what the call is held to, and what it may do beyond what the verb means.
func (a answer) held() string {
	var words []string
	for _, word := range a.Wider {
		words = append(words, wideSentence(word))
	}
	held, _ := beyond(":", a.HeldTo, a.Wider) // all of it, as of an action
	if len(held) > 0 {
		words = append([]string{heldWords(held, mostValues)}, words...)
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, "; ") + ")"
}

// part says that only some calls of the verb are possible.
func (a answer) part() string {
	if len(a.Only) == 0 {
		return ""
	}
	return ", but only in part"
}

// sameDecision says whether two permissions are told as one: the same statements decide over the
// same resource.
func sameDecision(a, b *access.Step) bool {
	if a.Resource != b.Resource || a.Effect != b.Effect || a.Reason != b.Reason {
		return false
	}
	if len(a.By) != len(b.By) || len(a.Near)+len(b.Near)+len(a.Unread)+len(b.Unread) > 0 {
		return false
	}
	for i, by := range a.By {
		if other := b.By[i]; by.Document != other.Document || by.Rule != other.Rule {
			return false
		}
	}
	return true
}

// firstGroup cuts off the first permissions that are told as one.
func firstGroup(steps []access.Step) (these, rest []access.Step) {
	n := 1
	for n < len(steps) && sameDecision(&steps[0], &steps[n]) {
		n++
	}
	return steps[:n], steps[n:]
}

// actionsOf names the actions of permissions.
func actionsOf(steps []access.Step) string {
	var actions []string
	for i := range steps {
		actions = append(actions, readable(steps[i].Action))
	}
	return english.List(actions)
}

// documentWords says which document a statement stands in: "identity policy of api (ApiPolicy in
// payments)".
func documentWords(d *access.Document) string {
	if d == nil {
		return "a policy"
	}
	name := readable(d.Name())
	switch {
	case d.Stack == "" && d.LogicalID == "":
		return name
	case d.Stack == "":
		return name + " (" + readable(d.LogicalID) + ")"
	case d.LogicalID == "":
		return name + " (in " + readable(d.Stack) + ")"
	}
	return name + " (" + readable(d.LogicalID) + " in " + readable(d.Stack) + ")"
}

// documentsWords names the documents of statements, each once: "the identity policy of api (…) and
// the resource policy of db (…)".
func documentsWords(list []access.Deciding) string {
	var words []string
	seen := map[*access.Document]bool{}
	for _, by := range list {
		if !seen[by.Document] {
			seen[by.Document] = true
			words = append(words, "the "+documentWords(by.Document))
		}
	}
	return english.List(words)
}

// otherRegion says in which Region a resource is, where that is not the Region of the question.
func (a answer) otherRegion(arn string) string {
	fields := strings.SplitN(cfn.Shown(arn), ":", 6)
	if len(fields) < 6 || fields[3] == a.Region {
		return ""
	}
	return " in " + readable(fields[3])
}

// resourceWords names what a permission is about: the secret by its name, a key that a template
// makes by its logical ID, all else by its ARN.
func (a answer) resourceWords(resource string) string {
	if cfn.Shown(resource) == cfn.Shown(a.SecretARN) {
		return readable(a.Secret)
	}
	parts := cfn.UnknownsIn(resource)
	if n := len(parts); n > 0 {
		last := parts[n-1]
		if last.What == "name" && last.Name == "AWS::KMS::Key" && last.LogicalID != "" {
			return "the key " + readable(last.LogicalID) + a.otherRegion(resource)
		}
	}
	return readable(resource)
}

// failedCondition is the condition that is not met of a statement that would allow something.
func failedCondition(by *access.Deciding) *access.Condition {
	if by.Failed == nil {
		return nil
	}
	test := by.Failed
	return &access.Condition{Operator: test.Operator, Key: test.Key, Values: test.Values}
}

// statementOf returns a statement as it is shown, and the places in the spec that it comes from.
func statementOf(by *access.Deciding) (any, []source.Span) {
	if by.Rule == nil {
		return nil, nil
	}
	return shownValue(by.Rule.Value), by.Because()
}

// shownValue returns a value of a template in which unknown parts are as they are written for
// people. The value itself is not changed.
func shownValue(value any) any {
	switch v := value.(type) {
	case string:
		return cfn.Shown(v)
	case cfn.Unread:
		return v.Shown
	case []string:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = cfn.Shown(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = shownValue(one)
		}
		return out
	case cfn.Object:
		out := make(cfn.Object, len(v))
		for i, m := range v {
			out[i] = cfn.Member{Key: cfn.Shown(m.Key), Value: shownValue(m.Value)}
		}
		return out
	}
	return value
}
