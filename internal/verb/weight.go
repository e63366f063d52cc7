package verb

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
)

// Weight is what a verb or action is about, and so how much harm whoever has it can do. What comes
// later weighs more.
type Weight uint8

// The weights.
const (
	Metadata Weight = iota // it shows what is known of the secret, but not its value
	Change                 // it changes the secret, or what is known of it, or who has it
	Value                  // it shows the value
)

// String returns the word for what it is about.
func (w Weight) String() string { return [...]string{"metadata", "change", "value"}[w] }

// WeightOf returns the weight of a verb of the language or of an action by its name; of a name that
// nobody knows that of a change. Which actions only look, their names say.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func WeightOf(name string) Weight {
	v := Find(name)
	if v == nil {
		return Change
	}
	actions := slices.Concat(v.OnSecret, v.Anywhere)
	if len(actions) == 0 {
		actions = v.OnKey
	}
	weight := Metadata
	for _, a := range actions {
		weight = max(weight, weightOfAction(a))
	}
	return weight
}

// looking is how the names of actions begin that change nothing.
var looking = []string{"Describe", "Get", "List", "Validate"}

func weightOfAction(a aws.Action) Weight {
	switch a {
	case "secretsmanager:GetSecretValue", aws.BatchRead, "kms:Decrypt":
		return Value
	}
	_, bare, _ := strings.Cut(a, ":")
	if slices.ContainsFunc(looking, func(p string) bool { return strings.HasPrefix(bare, p) }) {
		return Metadata
	}
	return Change
}

// ShortOf returns a verb of the language in two letters, for a narrow column; empty for an action.
func ShortOf(name string) string {
	if v := Named(name); v != nil {
		return v.Short
	}
	return ""
}
