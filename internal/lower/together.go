package lower

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/inventory"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// Made is what one spec makes in one environment.
type Made struct {
	Spec, Environment string // empty: there is one spec, or the spec has no environments
	Model             *model.Model
	Stacks            []*Stack
	StackAt           source.Span // of the stack's name in the spec
}

// Together finds what several specs, or one spec in several environments, would both make: stacks
// of one name, of which the one deployed last replaces the other, and things that exist once. It
// returns a list for each of them, in their order. What an unknown account or Region could tell
// apart is compared in one environment alone.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func Together(all []Made) []diag.List {
	t := &oneCall{all: all, found: make([]diag.List, len(all)), same: map[[2]int]bool{}}
	t.stacks()
	t.things()
	return t.found
}

// oneCall is what is compiled in one call.
type oneCall struct {
	all   []Made
	found []diag.List
	same  map[[2]int]bool // pairs that make a stack of one name, of which nothing else is said
}

// stacks finds stacks of one name.
func (t *oneCall) stacks() {
	type stack struct{ account, region, name string }
	first := map[stack][]int{}
	for i, one := range t.all {
		for _, s := range one.Stacks {
			if len(s.Template.Resources) == 0 {
				continue
			}
			key := stack{s.Account, s.Region, s.Name}
			known := s.Account != "" && s.Region != ""
			others := first[key]
			first[key] = append(others, i)
			j := slices.IndexFunc(others, func(j int) bool { return known || t.beside(j, i) })
			if j < 0 || others[j] == i || t.same[[2]int{others[j], i}] {
				continue
			}
			t.same[[2]int{others[j], i}] = true
			t.oneStack(others[j], i, s)
		}
	}
}

// beside says whether two are deployed in one environment.
func (t *oneCall) beside(a, b int) bool {
	x, y := t.all[a].Environment, t.all[b].Environment
	return x == y || x == "" || y == ""
}

// oneStack says that two would be one stack.
func (t *oneCall) oneStack(a, b int, s *Stack) {
	first, second := t.all[a], t.all[b]
	where := ""
	if s.Account != "" {
		where += " of account " + s.Account
	}
	if s.Region != "" {
		where += " in " + s.Region
	}
	if first.Spec == second.Spec {
		for _, i := range []int{a, b} {
			t.found[i].Report(diag.DuplicateName, t.all[i].StackAt).
				Message("the environments %s and %s would be one stack%s, and the second one "+
					"deployed would replace the first", diag.Words(first.Environment),
					diag.Words(second.Environment), diag.Words(where)).
				Hint("let the name of the stack say which environment it is: " +
					"stack: NAME-$(stage), with the variable stage in each environment")
		}
		return
	}
	t.found[b].Report(diag.DuplicateName, second.StackAt).
		Message("the specs %q and %q would be one stack%s, and the second one deployed would "+
			"replace the first", first.Spec, second.Spec, diag.Words(where)).
		Related(first.StackAt, "the other one is here").
		Hint("rename one of the stacks; if these are files of one spec, put them in a directory " +
			"of their own and name it")
}

// things finds what exists once and two of them make.
func (t *oneCall) things() {
	var stacks []*Stack
	var in []inventory.Stack
	var of []int // which of all a stack is of
	for i, one := range t.all {
		for _, s := range one.Stacks {
			stacks, of = append(stacks, s), append(of, i)
			in = append(in, inventory.Stack{
				File: one.Spec + "/" + one.Environment + "/" + s.File, Name: s.Name,
				Account: s.Account, Region: s.Region, Template: s.Template,
			})
		}
	}
	register := inventory.New(in)
	makers := make([]*owners, len(t.all))
	for i, one := range t.all {
		makers[i] = newOwners(one.Model, stacks, register)
	}
	first := map[inventory.Key][]owner{}
	told := map[inventory.Key]bool{}
	for _, thing := range register.Things() {
		i := of[thing.Stack]
		var one owner
		makers[i].maker(thing, &one)
		j := slices.IndexFunc(first[one.Key], func(other owner) bool {
			return t.clash(register, of[other.Stack], i, other, one)
		})
		if j >= 0 && !told[one.Of] {
			told[one.Key] = true
			t.report(of[first[one.Key][j].Stack], i, first[one.Key][j], one)
		}
		first[one.Key] = append(first[one.Key], one)
	}
}

// clash says whether two of them make one thing.
func (t *oneCall) clash(register *inventory.Register, a, b int, x, y owner) bool {
	return a != b && !t.same[[2]int{a, b}] &&
		(t.beside(a, b) || !cfn.HasUnknown(string(x.Key))) &&
		register.Together(x.Thing, y.Thing)
}

// report says that two of them make one thing.
func (t *oneCall) report(a, b int, x, y owner) {
	first, second := t.all[a], t.all[b]
	name := cfn.Shown(y.Name)
	if first.Spec == second.Spec {
		for _, i := range []int{a, b} {
			d := t.found[i].Report(codeOf(y.Kind), y.at).
				Message("%s %q makes the %s %q in %s and in %s, of one account and Region",
					y.section, y.id, string(y.Kind), name, diag.Words(first.Environment),
					diag.Words(second.Environment)).
				Hint("let the name say which environment it is, with a variable that each states")
			if y.section == "secret" {
				d.About(y.id)
			}
		}
		return
	}
	d := t.found[b].Report(codeOf(y.Kind), y.at).
		Message("%s %q makes the %s %q, which %s %q of the spec %q makes, too", y.section, y.id,
			string(y.Kind), name, x.section, x.id, first.Spec).
		Related(x.at, "the other one is here").
		Hint("give one of them another name, or import in one spec what the other makes")
	if y.section == "secret" {
		d.About(y.id)
	}
}
