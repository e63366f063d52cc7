package lower

import (
	"slices"
	"sync/atomic"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
)

// Verify checks the finished templates against CloudFormation's limits and their own graphs. What
// is wrong with a template as a whole is reported at the name of the stack. written is called once
// the texts of all templates are known, while they are still being checked; nil: nobody asks.
func Verify(m *model.Model, stacks []*Stack, name source.Span, written func()) diag.List {
	var found diag.List
	each := make([]diag.List, len(stacks))
	resources := 0
	for _, s := range stacks {
		resources += len(s.Template.Resources)
	}
	keep := usualResource*resources < keptTexts
	own := func() *Room { return &Room{} }
	var left atomic.Int64
	left.Store(int64(len(stacks)))
	parallel.With(len(stacks), own, func(i int, room *Room) {
		c := checker{m, stacks[i], name}
		text := room.write(c.stack.Template, cfn.Format{})
		c.stack.written = room.measured(keep)
		if left.Add(-1) == 0 && written != nil {
			written()
		}
		each[i] = c.verify(room, text)
	})
	empty := true
	for i, s := range stacks {
		found = append(found, each[i]...)
		empty = empty && len(s.Template.Resources) == 0
	}
	found = append(found, held(m, stacks, name)...)
	forget(stacks)
	if empty {
		found.Report(diag.EmptyTemplate, name).
			Message("the spec creates nothing, so that there is no template to deploy").
			Hint("add what shall be created, or grants that attach policies; what others must do " +
				"stands in the plan")
	}
	return found
}

// IsOver says whether a template is over a limit, so that there is nothing to prove of it.
func IsOver(found diag.List) bool {
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		return d.Code == diag.TemplateLimit
	})
}

// checker judges one finished stack.
type checker struct {
	m     *model.Model
	stack *Stack
	name  source.Span // the name of the stack in the spec
}

// A spec with less than so many bytes of templates keeps their texts: usualResource is more than
// most resources have, with what stands around.
const (
	usualResource = 2 << 10
	keptTexts     = 4 << 20
)

// verify judges a template whose text was written into a room last.
func (c *checker) verify(room *Room, text []byte) diag.List {
	var found diag.List
	t := c.stack.Template
	for _, f := range t.CheckText(text, c.stack.mayHave(dynamicReference)) {
		found = append(found, c.limit(f))
	}
	graph := room.writer.Graph(t)
	if cycle := graph.Cycle(); cycle != nil {
		found = append(found, c.cycle(cycle))
	}
	if c.stack.At != model.Home {
		found = append(found, c.acrossStacks(graph.Dangling())...)
	}
	return found
}

// acrossStacks finds references to what this stack does not have: intrinsic functions of the spec
// that speak of the home stack's template, and were put into a document of another stack.
func (c *checker) acrossStacks(dangling []cfn.Dangling) diag.List {
	var found diag.List
	for _, d := range dangling {
		found.Report(diag.AcrossStacks, c.stack.Places[d.Name]).
			Message("%s stands in stack %q and refers to %q, which only the home stack has", d.Name,
				c.stack.File, d.Reference.Name).
			Hint("%s", c.acrossHint())
	}
	return found
}

func (c *checker) acrossHint() diag.Words {
	if c.stack.At.Kind == model.ShardStack {
		return "write what it stands for as a text, or keep the secret in the home stack with " +
			"shard: base"
	}
	return "write what it stands for as a text"
}

// cycleHint says how a circle can be broken. Roles that assume each other need names. A key's
// policy that pins the key to a secret whose ARN a service makes, which in turn needs the key,
// cannot name the secret literally.
func (c *checker) cycleHint(cycle []string) diag.Words {
	roles := 0
	for _, p := range c.m.Principals {
		if p.Role != nil && slices.Contains(cycle, p.RoleID) {
			roles++
		}
	}
	switch {
	case roles == len(cycle)-1: // whose first one is repeated at its end
		return "give one of the roles a roleName, and state environment.account and " +
			"environment.region, so that its ARN is known before it is there"
	case !slices.ContainsFunc(c.m.Keys, func(k *model.Key) bool { return c.pinsCycle(k, cycle) }):
	case slices.ContainsFunc(c.m.Grants, func(g *model.Grant) bool {
		return g.To.Kind == model.Service && isMadeByService(g.Secret)
	}):
		return "an ARN that a service makes is known at deployment only, and a grant to a " +
			"service pins the key to the secret: grant to a role that the service assumes"
	default:
		return "an ARN that a service makes is known at deployment only, so that the policy of " +
			"the key cannot pin the key to that secret: write pinSecrets: false on the key"
	}
	return "break the circle: name one of them literally instead of referring to it"
}

// pinsCycle says whether a key stands in a circle because its policy pins it to an imported secret
// whose ARN another resource of the circle gives.
func (c *checker) pinsCycle(k *model.Key, cycle []string) bool {
	i := slices.Index(cycle, k.LogicalID)
	return i >= 0 && isVerbatim(c.m, cycle[(i+1)%len(cycle)]) &&
		slices.ContainsFunc(c.m.Secrets, func(s *model.Secret) bool {
			return s.Key == k && isMadeByService(s)
		})
}

// isMadeByService says whether a secret is imported by an ARN that an attribute or parameter gives.
func isMadeByService(s *model.Secret) bool {
	return s.Import == model.ByARN && cfn.IsIntrinsic(s.ARN)
}

func (c *checker) cycle(cycle []string) diag.Diagnostic {
	d := diag.Report(diag.DependencyCycle, source.Span{}).
		Message("resources depend on each other in a circle:").
		Hint("%s", c.cycleHint(cycle))
	for i, id := range cycle {
		if i > 0 {
			d.And(" →")
		}
		d.And(" %s", id)
		if at := c.stack.Places[id]; d.Span.IsZero() || isVerbatim(c.m, id) &&
			!isVerbatim(c.m, cycle[0]) {
			d.Span = at
		}
	}
	seen := []source.Span{d.Span}
	for _, id := range cycle {
		if at := c.stack.Places[id]; !slices.Contains(seen, at) {
			seen = append(seen, at)
			d.Related(at, "%s comes from here", id)
		}
	}
	return *d
}
