package cfn

import (
	"slices"
	"strings"
)

// Graph is what the resources of a template refer to, read once for all that is asked of it.
type Graph struct {
	template   *Template
	ids        []string // sorted
	references []Reference
	ends       []int // of each resource, where its references end
}

// Graph reads what the resources of the template refer to.
func (t *Template) Graph() *Graph { return t.graph(nil) }

// graph reads it. Of the objects in quiet it is known that they refer to nothing.
func (t *Template) graph(quiet map[sharedObject]bool) *Graph {
	g := &Graph{template: t, ids: sortedNames(t.Resources)}
	g.ends = make([]int, 0, len(g.ids))
	f := finder{func(r Reference) { g.references = append(g.references, r) }}
	for _, id := range g.ids {
		r := t.Resources[id]
		r.named(f.found)
		if r.Verbatim != nil || quiet == nil || len(r.Properties) == 1 {
			r.values(func(v any) { f.value(v, false) })
		} else {
			f.object(r.Metadata, false)
			f.properties(g, r.Properties, quiet)
		}
		g.ends = append(g.ends, len(g.references))
	}
	return g
}

// properties looks into properties of which others may have some, too.
func (f finder) properties(g *Graph, o Object, quiet map[sharedObject]bool) {
	for _, m := range o {
		if strings.HasPrefix(m.Key, "Fn::ForEach::") {
			continue
		}
		value, isObject := m.Value.(Object)
		if !isObject || !isDeep(value) {
			f.value(m.Value, false)
			continue
		}
		key := sharedObject{first: &value[0], members: len(value)}
		if quiet[key] {
			continue
		}
		before := len(g.references)
		f.object(value, false)
		if before == len(g.references) {
			quiet[key] = true
		}
	}
}

// of returns what a resource refers to, by its place among all.
func (g *Graph) of(i int) []Reference {
	begin := 0
	if i > 0 {
		begin = g.ends[i-1]
	}
	return g.references[begin:g.ends[i]]
}

// Dependencies returns, for every resource that waits for others, the logical IDs of those, sorted:
// what it refers to with Ref, Fn::GetAtt or Fn::Sub in its properties, metadata and policies, and
// its DependsOn. Both branches of a Fn::If count. A reference to what is not a resource of this
// template is no dependency.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
func (t *Template) Dependencies() map[string][]string { return t.Graph().Dependencies() }

// Dependencies returns those of the template.
func (g *Graph) Dependencies() map[string][]string {
	all := make(map[string][]string, len(g.ids))
	room := make([]string, 0, len(g.references))
	for i, id := range g.ids {
		begin := len(room)
		for _, ref := range g.of(i) {
			if ref.Kind != KindRef && ref.Kind != KindGetAtt && ref.Kind != KindDependsOn {
				continue
			}
			if g.template.Resources[ref.Name] != nil {
				room = append(room, ref.Name)
			}
		}
		if on := room[begin:len(room):len(room)]; len(on) > 0 {
			slices.Sort(on)
			all[id] = slices.Compact(on)
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
func (t *Template) Cycle() []string { return t.Graph().Cycle() }

// Cycle returns that of the template.
func (g *Graph) Cycle() []string {
	edges := g.Dependencies()
	if !isDeeper(edges) {
		return nil
	}
	for _, id := range cyclic(edges) {
		if c := circle(edges, id); c != nil {
			return c
		}
	}
	return nil
}

// isDeeper says whether anything that is waited for waits itself. Without, there is no circle.
func isDeeper(edges map[string][]string) bool {
	for _, on := range edges {
		for _, other := range on {
			if edges[other] != nil {
				return true
			}
		}
	}
	return false
}

// cyclic returns, sorted, what is left when everything that waits for nothing is taken away, again
// and again: all that is on a circle or waits for one.
func cyclic(edges map[string][]string) []string {
	waits := make(map[string]int, len(edges)) // how many things a resource still waits for
	waiting := map[string][]string{}
	var ready []string
	for id, on := range edges {
		waits[id] += len(on)
		for _, other := range on {
			waiting[other] = append(waiting[other], id)
			waits[other] += 0 // edges has no entry for a resource that waits for nothing
		}
	}
	for id, n := range waits {
		if n == 0 {
			ready = append(ready, id)
		}
	}
	for len(ready) > 0 {
		id := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		delete(waits, id)
		for _, other := range waiting[id] {
			if waits[other]--; waits[other] == 0 {
				ready = append(ready, other)
			}
		}
	}
	return sortedNames(waits)
}

// circle returns a shortest way from a resource back to itself, or nil.
func circle(edges map[string][]string, start string) []string {
	from := map[string]string{}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		id := queue[0]
		for _, next := range edges[id] {
			if next == start {
				way := []string{start}
				for ; id != start; id = from[id] {
					way = append(way, id)
				}
				way = append(way, start)
				slices.Reverse(way)
				return way
			}
			if _, seen := from[next]; !seen {
				from[next] = id
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
func (t *Template) Dangling() []Dangling { return t.Graph().Dangling() }

// Dangling returns that of the template.
func (g *Graph) Dangling() []Dangling {
	t := g.template
	var all []Dangling
	known := t.referents()
	report := func(section, name string) func(Reference) {
		return func(ref Reference) {
			if !known.has(ref) {
				all = append(all, Dangling{section, name, ref})
			}
		}
	}
	for _, m := range sorted(t.Conditions) {
		finder{report("Conditions", m.Key)}.value(m.Value, true)
	}
	for i, id := range g.ids {
		for _, ref := range g.of(i) {
			if !known.has(ref) {
				all = append(all, Dangling{"Resources", id, ref})
			}
		}
	}
	for _, name := range sortedNames(t.Outputs) {
		found := report("Outputs", name)
		for _, m := range t.Outputs[name].object() {
			if condition, ok := m.Value.(string); ok && m.Key == "Condition" {
				found(Reference{Kind: KindCondition, Name: condition})
				continue
			}
			finder{found}.value(m.Value, false)
		}
	}
	return all
}

// referents is what references of each kind can name.
type referents struct {
	parameters, conditions, mappings map[string]bool
	resources                        map[string]*Resource
	serverless                       []string
}

func (t *Template) referents() referents {
	d := referents{
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

func (d referents) has(ref Reference) bool {
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
