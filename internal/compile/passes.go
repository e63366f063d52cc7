package compile

import (
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Pass is one step of a compilation: it runs if what it needs was given by the passes before it.
type Pass struct {
	Name  string
	Needs []string
	Gives []string // where what it found lets later passes go on

	run func(c *compilation) (found diag.List, goOn bool)
}

// compilation is what the passes of one run have given so far, by the words of their tables.
type compilation struct {
	name, environment string       // of the spec, and that it is compiled for
	source            *spec.Source // the files
	broken            bool         // something is wrong with the files in every environment
	parameters        Parameters

	spec        *spec.Spec
	masks       *source.Masks
	model       *model.Model
	permissions grants.Permissions
	placement   grants.Placement
	stacks      []*lower.Stack // also those that turn out to be empty
	deployment  *prove.Deployment
	together    *prove.Deployment // with those of other specs; nil: there are none
	estate      *access.Estate
	deployed    []*lower.Stack // those that can be deployed
	plan        plan.Plan

	// What is worked out beside the other passes, for the pass whose turn it is later; nil: it is
	// not begun before that turn.
	idle, references func() diag.List
	loaded           func() *access.Estate
	made             func() plan.Plan
	alone            bool                // no other run makes a part of the estate
	unproved         bool                // the estate is loaded and not asked
	deployable       func(func() Result) // see Options; nil: nobody wants to know
	large            func()              // see Options; nil: nobody asks

	found diag.List
	given []string
}

// manySecrets is from how many secrets on what follows their resolution is worth the threads that
// several processors need. Reading and resolving them is not, before a few hundred.
const manySecrets = 64

// Passes are all passes, in their order. Two things stop a compilation early: files that are no
// spec, and a spec with errors, which is not placed. docs/architecture.md has this table.
var Passes = []Pass{
	{
		Name: "load", Needs: []string{"files"}, Gives: []string{"spec"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			c.spec, found = c.source.Decode(c.environment)
			return found, c.spec != nil
		},
	},
	{
		Name: "resolve", Needs: []string{"spec"}, Gives: []string{"model"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			c.model, found = model.Resolve(c.spec)
			return found, true
		},
	},
	{
		Name: "accept", Needs: []string{"spec", "model"}, Gives: []string{"accepted model"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			found = lower.TooManyResources(c.model, c.spec.Stack.Span)
			return found, !c.broken && !c.found.HasErrors() && !lower.IsOver(found)
		},
	},
	{
		Name: "derive", Needs: []string{"accepted model"}, Gives: []string{"permissions"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			// which nobody waits for before the pass that shows it; for each of its copies
			c.idle = parallel.Ahead(func() diag.List { return model.Idle(c.model) })
			c.permissions = grants.Derive(c.model)
			return nil, true
		},
	},
	{
		Name: "place", Needs: []string{"permissions"}, Gives: []string{"placement"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			if c.large != nil && len(c.model.Secrets) >= manySecrets {
				c.large()
			}
			c.placement, found = grants.Place(c.permissions)
			return found, true
		},
	},
	{
		Name: "lower", Needs: []string{"accepted model", "placement"}, Gives: []string{"stacks"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			c.stacks, found = lower.Lower(c.model, c.placement)
			return found, true
		},
	},
	{
		Name: "owners", Needs: []string{"accepted model", "stacks"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			found = lower.Owners(c.model, c.stacks)
			c.found = withoutHandOvers(c.found, found)
			return found, true
		},
	},
	{
		// What could not be placed or written does not work, which has been said; what is over a
		// limit nobody can deploy.
		Name: "verify", Needs: []string{"stacks"}, Gives: []string{"deployable stacks"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			if c.alone && !c.found.HasErrors() {
				d := c.deploy()
				c.loaded = parallel.Ahead(func() *access.Estate { return d.Estate(c.parameters) })
			}
			c.deployed = withResources(c.stacks)
			found = lower.Verify(c.model, c.stacks, c.spec.Stack.Span, c.written)
			c.references = parallel.Ahead(func() diag.List {
				return lower.References(c.spec, c.model, c.stacks)
			})
			if c.made == nil {
				c.makePlan()
			}
			return found, !c.found.HasErrors() && !found.HasErrors()
		},
	},
	{
		Name: "prove", Needs: []string{"deployable stacks", "permissions", "placement"},
		Gives: []string{"estate"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			d := c.together
			if d == nil { // the spec is alone
				d = c.deploy()
			}
			if c.loaded != nil {
				c.estate = c.loaded()
			} else {
				c.estate = d.Estate(c.parameters)
			}
			if c.unproved {
				return nil, true
			}
			return prove.Prove(c.model, c.permissions, d, c.parameters, c.estate), true
		},
	},
	{
		Name: "public", Needs: []string{"stacks"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			return prove.PublicStatements(c.model, lower.Home(c.stacks).Template), true
		},
	},
	{
		// Of a spec with errors there are no stacks, and references are checked all the same.
		Name: "references", Needs: []string{"spec", "model"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			if c.references != nil {
				return c.references(), true
			}
			return lower.References(c.spec, c.model, c.stacks), true
		},
	},
	{
		Name: "idle", Needs: []string{"accepted model"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			return c.idle(), true
		},
	},
	{
		Name: "plan", Needs: []string{"stacks", "placement"}, Gives: []string{"plan"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			c.plan = c.made()
			return nil, true
		},
	},
	{
		Name: "silence", Needs: []string{"spec", "model"},
		run: func(c *compilation) (found diag.List, goOn bool) {
			c.found = silence(c.spec, c.model, c.found)
			return nil, true
		},
	},
}

// written is called when the texts of all templates are known, which then are checked and proved.
func (c *compilation) written() {
	if c.deployable == nil || !c.alone || c.found.HasErrors() {
		return
	}
	c.makePlan()
	c.deployable(c.resultSoFar())
}

func (c *compilation) makePlan() {
	c.made = parallel.Ahead(func() plan.Plan {
		return plan.Make(c.model, c.deployed, c.placement)
	})
}

// withResources returns the stacks that can be deployed: CloudFormation refuses an empty template.
func withResources(stacks []*lower.Stack) []*lower.Stack {
	return slices.DeleteFunc(slices.Clone(stacks), func(s *lower.Stack) bool {
		return len(s.Template.Resources) == 0
	})
}

// withoutHandOvers leaves out of what is found what others are to do for something that is refused,
// because it acts where the stack is not.
func withoutHandOvers(found, refused diag.List) diag.List {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		isRefused := func(r diag.Diagnostic) bool {
			return r.Code == diag.ActsElsewhere && r.Span == d.Span
		}
		return d.Code == diag.HandedOver && slices.ContainsFunc(refused, isRefused)
	})
}

// run runs those of some passes that it can.
func (c *compilation) run(passes []Pass) {
	for _, p := range passes {
		if !c.has(p.Needs) {
			continue
		}
		found, goOn := p.run(c)
		c.found = append(c.found, found...)
		if goOn {
			c.given = append(c.given, p.Gives...)
		}
	}
}

// has says whether the passes so far have given what another one needs.
func (c *compilation) has(needs []string) bool {
	return !slices.ContainsFunc(needs, func(v string) bool { return !slices.Contains(c.given, v) })
}

// proof is the number of the pass that asks the estate: what comes before it concerns one spec.
var proof = slices.IndexFunc(Passes, func(p Pass) bool { return p.Name == "prove" })

// deploy describes what the spec makes of the accounts. Its stacks must be known.
func (c *compilation) deploy() *prove.Deployment {
	if c.deployment == nil {
		c.deployment = prove.Deploy(c.model, c.stacks, c.placement)
	}
	return c.deployment
}
