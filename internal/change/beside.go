package change

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/plan"
)

// HandOver is something that others must do now, or need not do any more.
type HandOver struct {
	Change string // added or removed
	plan.HandOver
}

// HandOvers compares what others are told to do: by the account, the document and the statements,
// not by the reason. What is new comes first, each in the order of its plan.
func HandOvers(before, after []plan.HandOver) []HandOver {
	var out []HandOver
	add := func(word string, list, other []plan.HandOver) {
		known := map[string]bool{}
		for _, h := range other {
			known[identityOf(h)] = true
		}
		for _, h := range list {
			if id := identityOf(h); !known[id] {
				known[id] = true
				out = append(out, HandOver{word, h})
			}
		}
	}
	add("added", after, before)
	add("removed", before, after)
	return out
}

// identityOf tells what others must do from other such things.
func identityOf(h plan.HandOver) string {
	list := make([]any, len(h.Statements))
	for i, s := range h.Statements {
		list[i] = statement((&reader{}).raw(s))
	}
	return cfn.JSON([]any{h.Account, h.Document, h.Of, sorted(list)})
}

// raw brings a value into canonical form that stands in no template: its functions stay as they
// are written.
func (r *reader) raw(v any) any {
	if r.Template == nil {
		r.Template = &cfn.Template{}
		r.conditions, r.mappings = map[string]string{}, map[string]string{}
		r.parameters, r.constant = map[string]string{}, map[string]string{}
	}
	return r.value(v)
}

// Limit is a document or template that has come near one of AWS's limits, or nearer.
type Limit struct {
	Stack         string // the file of the template, as the plan has it
	LogicalID     string // of the document; empty: the template
	Kind          string // of the document, or what of the template
	Before, After int
	Limit         int
}

// nearPercent is from which part of a limit on something is near it.
const nearPercent = 90

// Limits returns what is near a limit now and was smaller before, or was not there.
func Limits(before, after plan.Plan) []Limit {
	sizes := map[[3]string]int{}
	each(before, func(l Limit) { sizes[[3]string{l.Stack, l.LogicalID, l.Kind}] = l.After })
	var out []Limit
	each(after, func(l Limit) {
		l.Before = sizes[[3]string{l.Stack, l.LogicalID, l.Kind}]
		if l.After > l.Before && l.Limit > 0 && l.After*100 >= l.Limit*nearPercent {
			out = append(out, l)
		}
	})
	return out
}

// each visits everything in a plan that has a limit.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
func each(p plan.Plan, visit func(Limit)) {
	for _, s := range p.Stacks {
		visit(Limit{Stack: s.Template, Kind: "resources", After: s.Resources,
			Limit: cfn.Limit(cfn.Resources)})
		visit(Limit{Stack: s.Template, Kind: "bytes", After: s.Bytes, Limit: cfn.Limit(cfn.Body)})
		for _, d := range s.Documents {
			visit(Limit{Stack: s.Template, LogicalID: d.LogicalID, Kind: d.Kind, After: d.Size,
				Limit: d.Limit})
		}
	}
}

// Assertion is a claim that a spec makes now, or does not make any more.
type Assertion struct {
	Change string // added or removed
	Text   string // ids and verbs alone
	model.Assertion
}

// Assertions compares what specs claim of themselves. Those that say the same with ids in another
// order are equal.
func Assertions(before, after []model.Assertion) []Assertion {
	var out []Assertion
	add := func(word string, list, other []model.Assertion) {
		known := map[string]bool{}
		for i := range other {
			known[identityOfClaim(&other[i])] = true
		}
		for i := range list {
			if id := identityOfClaim(&list[i]); !known[id] {
				known[id] = true
				out = append(out, Assertion{word, claimOf(&list[i]), list[i]})
			}
		}
	}
	add("added", after, before)
	add("removed", before, after)
	return out
}

// identityOfClaim tells an assertion from those that say something else.
func identityOfClaim(a *model.Assertion) string {
	var given []string
	for _, name := range slices.Sorted(maps.Keys(a.Given)) {
		given = append(given, name, a.Given[name])
	}
	return cfn.JSON([]any{claimOf(a), given})
}

// claimOf writes an assertion for people, its ids in one order.
func claimOf(a *model.Assertion) string {
	var who, verbs, secrets, given []string
	for _, p := range a.Principals {
		who = append(who, p.ID)
	}
	for _, v := range a.Verbs {
		verbs = append(verbs, v.Name)
	}
	for _, s := range a.Secrets {
		secrets = append(secrets, s.ID)
	}
	for name := range a.Given {
		given = append(given, name) // a value may be secret
	}
	text := one(who)
	switch a.Claim {
	case model.Can:
		text += " can " + one(verbs) + " " + one(secrets)
	case model.Cannot:
		text += " cannot " + one(verbs) + " " + one(secrets)
	case model.OnlyReadableBy:
		text = one(secrets) + " only readable by " + text
		if a.Rotation {
			text += " and what rotates it"
		}
	}
	if given != nil {
		text += " given " + one(given)
	}
	return text
}

func one(words []string) string {
	words = slices.Clone(words)
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}
