package prove

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
)

// union is what several specs make of the accounts, deployed side by side.
type union struct {
	all    *Deployment
	specs  map[string]string // the spec of a stack, by its file
	estate *access.Estate    // without values that assertions state
}

// Together describes several specs that are deployed side by side, as each of them sees it: its
// grants and assertions are asked of the estate that all of them make. The names tell the specs
// apart. An id that means different things in several of them has its spec's name before it.
func Together(names []string, all []*Deployment) []*Deployment {
	if len(all) < 2 {
		return all
	}
	u := &union{all: &Deployment{}, specs: map[string]string{}}
	shared := sharedIDs(all)
	out := make([]*Deployment, len(all))
	for i, d := range all {
		q := &qualifier{name: names[i], shared: shared, ids: map[string]string{}}
		stacks, beside := q.stacks(d), q.beside(d)
		for id := range d.m.Sets() {
			q.id(ofPrincipal, id)
		}
		for _, s := range stacks {
			u.specs[s.File] = names[i]
		}
		if len(stacks) > 0 {
			beside.Home = stacks[0].File
		}
		u.all.Stacks = append(u.all.Stacks, stacks...)
		if i == 0 {
			u.all.Beside = beside
		} else {
			u.all.Beside.Others = append(u.all.Beside.Others, beside)
		}
		out[i] = &Deployment{m: d.m, Stacks: d.Stacks, Beside: d.Beside, union: u,
			name: names[i], ids: q.ids}
	}
	return out
}

// Estate loads the estate that the grants are asked of, once for all that are deployed together.
func (d *Deployment) Estate(parameters Parameters) *access.Estate {
	if d.union == nil {
		return d.Load(parameters)
	}
	if d.union.estate == nil {
		d.union.estate = d.Load(parameters)
	}
	return d.union.estate
}

// The categories of ids.
const (
	ofPrincipal = "principal "
	ofSecret    = "secret "
	ofKey       = "key "
)

// things returns what the ids of a spec mean, as far as that can be compared: an id that means the
// same in two specs means one thing, be it made in the one and imported in the other. What a
// template makes without a name is a thing of its own, and sets are what their members are.
func (d *Deployment) things() map[string]string {
	out := map[string]string{}
	d.made(out)
	same := func(id string, what ...string) {
		if !slices.ContainsFunc(what, cfn.IsIntrinsic) {
			out[id] = strings.Join(what, " ")
		}
	}
	for _, s := range d.Beside.Secrets {
		same(ofSecret+s.ID, s.Account, s.Copies[0].Region, cmp.Or(s.Name, s.Copies[0].ARN))
	}
	for _, k := range d.Beside.Keys {
		what := k.ARN
		if len(k.Aliases) > 0 {
			what = k.Aliases[0]
		}
		same(ofKey+k.ID, k.Account, k.Region, what)
	}
	for _, p := range d.Beside.Principals {
		what := p.ARN
		if p.Kind == access.RolePrincipal {
			what = what[strings.LastIndexByte(what, '/')+1:] // a role is known by its name
		}
		same(ofPrincipal+p.ID, p.Kind.String(), p.Account, what)
	}
	for _, g := range d.Beside.Groups {
		same(ofPrincipal+g.ID, "group", g.Account, g.Name)
	}
	for id, members := range d.m.Sets() {
		var of []string
		for _, m := range members {
			of = append(of, cmp.Or(out[ofPrincipal+m], m))
		}
		slices.Sort(of)
		out[ofPrincipal+id] = "set of " + strings.Join(of, ", ")
	}
	return out
}

// made adds what the spec's templates make.
func (d *Deployment) made(out map[string]string) {
	account, region := d.account(""), d.region("")
	put := func(id string, one any, named bool, what ...string) {
		if named && !slices.ContainsFunc(what, cfn.IsIntrinsic) {
			out[id] = strings.Join(what, " ")
			return
		}
		out[id] = fmt.Sprintf("made %p", one)
	}
	for _, s := range d.m.Secrets {
		put(ofSecret+s.ID, s, s.Name != "", account, region, s.Name)
	}
	for _, k := range d.m.Keys {
		put(ofKey+k.ID, k, k.AliasName != "", account, region, k.AliasName)
	}
	for _, p := range d.m.Principals {
		name := ""
		if p.Kind == model.CreatedRole {
			name = p.Role.Name
		}
		put(ofPrincipal+p.ID, p, name != "", access.RolePrincipal.String(), account, name)
	}
}

// sharedIDs returns the ids that mean different things in different specs.
func sharedIDs(all []*Deployment) map[string]bool {
	means, shared := map[string]string{}, map[string]bool{}
	for _, d := range all {
		for id, what := range d.things() {
			if other, ok := means[id]; ok && other != what {
				shared[id] = true
			}
			means[id] = what
		}
	}
	return shared
}

// qualifier gives a spec's ids the spec's name where it takes that.
type qualifier struct {
	name   string
	shared map[string]bool
	ids    map[string]string // those that became others
}

func (q *qualifier) id(category, id string) string {
	if !q.shared[category+id] {
		return id
	}
	q.ids[category+id] = q.name + "/" + id
	return q.name + "/" + id
}

// stacks returns the stacks of a spec, their files as those of a directory of its name.
func (q *qualifier) stacks(d *Deployment) []access.Stack {
	out := slices.Clone(d.Stacks)
	for i := range out {
		s := &out[i]
		s.File = q.name + "/" + s.File
		s.IDs = maps.Clone(s.IDs)
		for logical, id := range s.IDs {
			s.IDs[logical] = q.id(categoryOf(s.Template, logical), id)
		}
	}
	return out
}

// categoryOf returns the category of a resource that the spec has an id for.
func categoryOf(t *cfn.Template, logical string) string {
	r := t.Resources[logical]
	switch {
	case r == nil, strings.HasPrefix(r.Type, "AWS::KMS::"):
		return ofKey
	case strings.HasPrefix(r.Type, "AWS::IAM::"):
		return ofPrincipal
	}
	return ofSecret
}

// beside returns what a spec knows beside its templates.
func (q *qualifier) beside(d *Deployment) access.Beside {
	var out access.Beside
	for _, p := range d.Beside.Principals {
		one := *p
		one.ID = q.id(ofPrincipal, p.ID)
		out.Principals = append(out.Principals, &one)
	}
	for _, g := range d.Beside.Groups {
		g.ID = q.id(ofPrincipal, g.ID)
		out.Groups = append(out.Groups, g)
	}
	for _, s := range d.Beside.Secrets {
		one := *s
		one.ID = q.id(ofSecret, s.ID)
		out.Secrets = append(out.Secrets, &one)
	}
	for _, k := range d.Beside.Keys {
		one := *k
		one.ID = q.id(ofKey, k.ID)
		out.Keys = append(out.Keys, &one)
	}
	category := map[access.DocumentKind]string{
		access.KeyPolicy: ofKey, access.ResourcePolicy: ofSecret,
		access.IdentityPolicy: ofPrincipal,
	}
	for _, h := range d.Beside.HandOvers {
		h.Of = q.id(category[h.Kind], h.Of)
		functions := map[string]string{}
		for text, secret := range h.Functions {
			functions[text] = q.id(ofSecret, secret)
		}
		h.Functions = functions
		out.HandOvers = append(out.HandOvers, h)
	}
	for _, id := range d.Beside.Rotated {
		out.Rotated = append(out.Rotated, q.id(ofSecret, id))
	}
	out.Functions = d.Beside.Functions
	return out
}

// own lets the spec's own ids mean what they mean in it.
func (d *Deployment) own(w named) {
	for key, id := range d.ids {
		category, own, _ := strings.Cut(key, " ")
		switch category + " " {
		case ofPrincipal:
			w.principals[own] = w.principals[id]
		case ofSecret:
			w.secrets[own] = w.secrets[id]
		}
	}
}

// is says whether somebody is who an id of the spec means.
func (p *proof) is(who *access.Principal, id string) bool {
	if q := p.d.ids[ofPrincipal+id]; q != "" {
		id = q
	}
	return id == who.ID || slices.Contains(who.Also, id)
}

// otherSpec returns the name of the spec that a document belongs to, if that is another one.
func (d *Deployment) otherSpec(of *access.Document) string {
	if d.union == nil || of == nil {
		return ""
	}
	if spec := d.union.specs[of.Stack]; spec != d.name {
		return spec
	}
	return ""
}

// otherSpecs returns the names of other specs whose statements decide, each once.
func (d *Deployment) otherSpecs(list []exception) []string {
	var out []string
	for _, e := range list {
		for _, step := range e.Steps {
			for _, by := range step.By {
				if spec := d.otherSpec(by.Document); spec != "" && !slices.Contains(out, spec) {
					out = append(out, spec)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// Sets returns the sets of principals of all specs that are deployed together, with the ids that
// their members have there.
func Sets(names []string, models []*model.Model, all []*Deployment) map[string][]string {
	out := map[string][]string{}
	for i, m := range models {
		for id, members := range m.Sets() {
			own := make([]string, len(members))
			for j, member := range members {
				own[j] = member
				if q := all[i].ids[ofPrincipal+member]; q != "" {
					own[j] = q
				}
			}
			if q := all[i].ids[ofPrincipal+id]; q != "" {
				id = q
			}
			out[id] = own
		}
	}
	return out
}

// Owners are the specs that make principals and secrets, by the ids that these have in the estate.
type Owners struct{ Principals, Secrets map[string]string }

// OwnersOf says which of several specs that are deployed together makes what.
func OwnersOf(names []string, models []*model.Model, all []*Deployment) Owners {
	out := Owners{map[string]string{}, map[string]string{}}
	put := func(into map[string]string, category, id string, i int) {
		if q := all[i].ids[category+id]; q != "" {
			id = q
		}
		into[id] = names[i]
	}
	for i, m := range models {
		for _, s := range m.Secrets {
			if s.Import == model.NotImported {
				put(out.Secrets, ofSecret, s.ID, i)
			}
		}
		for _, p := range m.Principals {
			if p.Kind == model.CreatedRole {
				put(out.Principals, ofPrincipal, p.ID, i)
			}
		}
	}
	return out
}
