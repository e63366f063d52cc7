package cfn

import (
	"slices"
	"strings"
)

// Graph is what everything in a template refers to.
type Graph struct {
	ids      []string         // of the resources, sorted
	numbers  map[string]int32 // of the ids
	waits    [][]int32        // for which other resources each waits, by numbers, sorted
	dangling []Dangling
}

// Graph reads what everything in the template refers to.
func (t *Template) Graph() *Graph { return t.graph(nil) }

// graph is Graph. Of the objects in quiet it is known that they refer to nothing; nil: none is
// known.
func (t *Template) graph(quiet map[sharedObject]bool) *Graph {
	g := &Graph{ids: t.IDs(), waits: make([][]int32, len(t.Resources))}
	g.numbers = make(map[string]int32, len(g.ids))
	for i, id := range g.ids {
		g.numbers[id] = int32(i)
	}
	known := t.referents()
	for _, m := range sorted(t.Conditions) {
		found := func(ref Reference) { g.check(known, "Conditions", m.Key, ref) }
		finder{found}.value(m.Value, true)
	}
	var on []int32 // of all resources, one after another
	var id string
	found := func(ref Reference) {
		if n, ok := g.resource(ref); ok {
			on = append(on, n)
			return
		}
		g.check(known, "Resources", id, ref)
	}
	for i := range g.ids {
		first := len(on)
		id = g.ids[i]
		t.Resources[id].referencesBut(quiet, found)
		slices.Sort(on[first:])
		on = on[:first+len(slices.Compact(on[first:]))]
		g.waits[i] = on[first:len(on):len(on)]
	}
	for _, name := range sortedNames(t.Outputs) {
		found := func(ref Reference) { g.check(known, "Outputs", name, ref) }
		for _, m := range t.Outputs[name].object() {
			if condition, ok := m.Value.(string); ok && m.Key == "Condition" {
				found(Reference{Kind: KindCondition, Name: condition})
				continue
			}
			finder{found}.value(m.Value, false)
		}
	}
	return g
}

// resource returns the number of the resource that a reference waits for, if it names one.
func (g *Graph) resource(ref Reference) (number int32, ok bool) {
	if ref.Kind != KindRef && ref.Kind != KindGetAtt && ref.Kind != KindDependsOn {
		return 0, false
	}
	number, ok = g.numbers[ref.Name]
	return number, ok
}

// check notes a reference to what is not there.
func (g *Graph) check(known *referents, section, name string, ref Reference) {
	if !known.has(ref) {
		g.dangling = append(g.dangling, Dangling{section, name, ref})
	}
}

// Dependencies returns, for every resource that waits for others, the logical IDs of those, sorted:
// what it refers to with Ref, Fn::GetAtt or Fn::Sub in its properties, metadata and policies, and
// its DependsOn. Both branches of a Fn::If count. A reference to what is not a resource of this
// template is no dependency.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
func (g *Graph) Dependencies() map[string][]string {
	all := map[string][]string{}
	for i, on := range g.waits {
		for _, n := range on {
			all[g.ids[i]] = append(all[g.ids[i]], g.ids[n])
		}
	}
	return all
}

// Waits says whether Dependencies has one resource among those that another waits for.
func (t *Template) Waits(id, other string) bool {
	r := t.Resources[id]
	if r == nil || t.Resources[other] == nil {
		return false
	}
	waits := false
	r.references(func(ref Reference) {
		waits = waits || ref.Name == other &&
			(ref.Kind == KindRef || ref.Kind == KindGetAtt || ref.Kind == KindDependsOn)
	})
	return waits
}

// references calls found with everything that a resource refers to, its Condition and DependsOn
// first.
func (r *Resource) references(found func(Reference)) {
	r.named(found)
	f := finder{found}
	r.values(func(v any) { f.value(v, false) })
}

// named calls found with the Condition and DependsOn of a resource.
func (r *Resource) named(found func(Reference)) {
	condition, dependsOn := r.Condition, r.DependsOn
	if r.Verbatim != nil {
		condition, _ = r.Verbatim.Get("Condition").(string)
		dependsOn = nil
		switch v := r.Verbatim.Get("DependsOn").(type) {
		case string:
			dependsOn = []string{v}
		case []any, []string:
			for _, e := range elements(v) {
				if s, ok := e.(string); ok {
					dependsOn = append(dependsOn, s)
				}
			}
		}
	}
	if condition != "" {
		found(Reference{Kind: KindCondition, Name: condition})
	}
	for _, id := range dependsOn {
		found(Reference{Kind: KindDependsOn, Name: id})
	}
}

// Cycle returns resources that wait for each other in a circle, each depending on the next, the
// first one repeated at the end; or nil. It is a shortest circle through its first resource, which
// is the first by name of those that are on any. CloudFormation refuses such a template.
func (g *Graph) Cycle() []string {
	for i, left := range g.cyclic() {
		if left {
			if c := g.circle(int32(i)); c != nil {
				return c
			}
		}
	}
	return nil
}

// cyclic says of each resource whether it is left when everything that waits for nothing is taken
// away, again and again: it is on a circle or waits for one.
func (g *Graph) cyclic() []bool {
	waits := make([]int32, len(g.ids)) // how many things a resource still waits for
	waiting := make([][]int32, len(g.ids))
	ready := make([]int32, 0, len(g.ids))
	left := make([]bool, len(g.ids))
	for i, on := range g.waits {
		waits[i], left[i] = int32(len(on)), true
		for _, other := range on {
			waiting[other] = append(waiting[other], int32(i))
		}
		if len(on) == 0 {
			ready = append(ready, int32(i))
		}
	}
	for len(ready) > 0 {
		n := ready[len(ready)-1]
		ready, left[n] = ready[:len(ready)-1], false
		for _, other := range waiting[n] {
			if waits[other]--; waits[other] == 0 {
				ready = append(ready, other)
			}
		}
	}
	return left
}

// circle returns a shortest way from a resource back to itself, or nil.
func (g *Graph) circle(start int32) []string {
	from := map[int32]int32{}
	for queue := []int32{start}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, next := range g.waits[n] {
			if next == start {
				way := []string{g.ids[start]}
				for ; n != start; n = from[n] {
					way = append(way, g.ids[n])
				}
				way = append(way, g.ids[start])
				slices.Reverse(way)
				return way
			}
			if _, seen := from[next]; !seen {
				from[next] = n
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// Dangling is a reference to something that the template does not have.
type Dangling struct {
	Section   string // Resources, Outputs or Conditions
	Name      string // the logical ID, or the name of the output or condition, that refers
	Reference Reference
}

// Dangling returns every reference to a parameter, pseudo parameter, resource, condition or mapping
// that is not there: conditions first, then resources and outputs, each sorted by name. What a
// transform makes of a serverless resource has names that begin with that resource's own, and is
// taken to be there.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func (g *Graph) Dangling() []Dangling { return g.dangling }

// referents is what references of each kind can name.
type referents struct {
	parameters, conditions, mappings map[string]bool
	resources                        map[string]*Resource
	serverless                       []string
}

func (t *Template) referents() *referents {
	d := &referents{
		parameters: set(t.Parameters), conditions: set(t.Conditions),
		mappings: set(t.Mappings), resources: t.Resources,
	}
	for id, r := range t.Resources {
		if strings.HasPrefix(r.Type, "AWS::Serverless::") {
			d.serverless = append(d.serverless, id)
		}
	}
	return d
}

func set(o Object) map[string]bool {
	names := make(map[string]bool, len(o))
	for _, m := range o {
		names[m.Key] = true
	}
	return names
}

func (d *referents) has(ref Reference) bool {
	switch ref.Kind {
	case KindCondition:
		return d.conditions[ref.Name]
	case KindMapping:
		return d.mappings[ref.Name]
	case KindRef:
		if d.parameters[ref.Name] || IsPseudoParameter(ref.Name) {
			return true
		}
	}
	made := func(id string) bool { return strings.HasPrefix(ref.Name, id) }
	return d.resources[ref.Name] != nil || slices.ContainsFunc(d.serverless, made)
}
