package prove

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Deployment is what a spec makes of the accounts that it speaks of: its finished templates, and
// what it knows beside them. The estate that is proved is loaded from it, as from templates of
// anybody.
type Deployment struct {
	m      *model.Model
	Stacks []access.Stack
	Beside access.Beside

	union *union            // of all that are deployed together; nil: it is alone
	name  string            // of the spec among them
	ids   map[string]string // of the spec that are others in the union, by category and id

	// what stands in hand-overs for functions without a name: the IDs of their secrets
	unnamed map[string]string
}

// Deploy describes what is there once finished stacks are deployed, and what is handed over to
// others is done.
func Deploy(m *model.Model, stacks []*lower.Stack, placement grants.Placement) *Deployment {
	d := &Deployment{m: m, unnamed: map[string]string{}}
	documents, because := writtenDocuments(m, placement), verbatimPlaces(m)
	ids := idsIn(m, stacks)
	for _, h := range stacks {
		s := access.Stack{
			File: h.File, Name: h.Name, Account: h.Account, Region: h.Region, Template: h.Template,
			Documents: documents[h.At], IDs: ids[h.At],
		}
		if h.At == model.Home {
			s.Because = because
			// what is handed over is written as it would stand there
			d.Stacks = slices.Insert(d.Stacks, 0, s)
			continue
		}
		d.Stacks = append(d.Stacks, s)
	}
	d.keys()
	d.secrets()
	for _, p := range m.Principals {
		d.principal(p)
	}
	d.functions()
	for i := range placement.HandOvers {
		d.handOver(&placement.HandOvers[i])
	}
	return d
}

// What stands for an account and Region that the spec does not state.
var (
	UnknownAccount = cfn.Unknown{What: "account", Name: cfn.AccountID, Shown: "<account>",
		Class: cfn.Digits, Min: 12, Max: 12}.Text()
	UnknownRegion = cfn.Unknown{What: "region", Name: cfn.Region, Shown: "<Region>",
		Class: cfn.Hyphened, Min: 9, Max: 20}.Text()
)

// Load makes the estate, with values of parameters by the file of the template, or "" for all, and
// the name.
func (d *Deployment) Load(parameters Parameters) *access.Estate {
	if d.union != nil {
		return d.union.all.Load(parameters)
	}
	stacks := slices.Clone(d.Stacks)
	for i := range stacks {
		stacks[i].Parameters = parameters.of(stacks[i].File, stacks[i].Name, stacks[i].Template)
	}
	return access.Load(stacks, d.Beside)
}

// Parameters are values of parameters that are given: by the file or name of a stack, or "" for
// every stack that has the parameter, and by the parameter's name.
type Parameters map[string]map[string]string

// of returns the values that are given for a template.
func (p Parameters) of(file, stack string, t *cfn.Template) map[string]string {
	out := map[string]string{}
	for _, at := range []string{"", stack, file} {
		for name, value := range p[at] {
			if t.Parameters.Get(name) != nil {
				out[name] = value
			}
		}
	}
	return out
}

// with returns the values with others, which win, for every stack.
func (p Parameters) with(given map[string]string) Parameters {
	if len(given) == 0 {
		return p
	}
	out := maps.Clone(p)
	if out == nil {
		out = Parameters{}
	}
	out[""] = maps.Clone(p[""])
	if out[""] == nil {
		out[""] = map[string]string{}
	}
	maps.Copy(out[""], given)
	return out
}

// writtenDocuments returns the documents that the compiler wrote, by stack and logical ID, for
// where their statements come from.
func writtenDocuments(m *model.Model,
	placement grants.Placement) map[model.Stack]map[string]policy.Written {
	out := map[model.Stack]map[string]policy.Written{}
	add := func(at model.Stack, id string, d policy.Written) {
		if out[at] == nil {
			out[at] = map[string]policy.Written{}
		}
		out[at][id] = d
	}
	for _, kp := range placement.KeyPolicies {
		add(kp.Stack, kp.Key.LogicalID, kp.Document)
	}
	for i := range placement.ResourcePolicies {
		rp := &placement.ResourcePolicies[i]
		add(m.StackOf(rp.Secret), rp.Secret.LogicalID+"ResourcePolicy", rp)
	}
	for _, id := range placement.Identities {
		for _, part := range id.Parts {
			add(id.Stack, lower.PolicyID(id, part), part.Document)
		}
	}
	return out
}

// verbatimPlaces returns where the resources in the user's words stand, by logical ID.
func verbatimPlaces(m *model.Model) map[string][]source.Span {
	out := map[string][]source.Span{}
	for _, r := range m.Resources {
		out[r.ID.V] = []source.Span{r.ID.Span}
	}
	return out
}

// idsIn returns what the spec calls the resources of each stack.
func idsIn(m *model.Model, stacks []*lower.Stack) map[model.Stack]map[string]string {
	out := make(map[model.Stack]map[string]string, len(stacks))
	for _, s := range stacks {
		out[s.At] = make(map[string]string, len(s.Template.Resources)/2)
	}
	for _, s := range m.Secrets {
		if ids := out[m.StackOf(s)]; ids != nil && s.Import == model.NotImported {
			ids[s.LogicalID] = s.ID
		}
	}
	for at, ids := range out {
		for _, k := range m.Keys {
			if !k.Imported {
				ids[k.LogicalID] = k.ID
			}
		}
		if at != model.Home {
			continue
		}
		for _, p := range m.Principals {
			if p.Role != nil {
				ids[p.RoleID] = p.ID
			}
		}
	}
	return out
}

func (d *Deployment) account(a string) string { return cmp.Or(a, d.m.Env.Account, UnknownAccount) }
func (d *Deployment) region(r string) string  { return cmp.Or(r, d.m.Env.Region, UnknownRegion) }
func (d *Deployment) partition() string       { return cmp.Or(d.m.Env.Partition, "aws") }

// keys notes the keys that are imported. Unless the spec says otherwise the policy of one is taken
// to leave the decision to the IAM of the key's account.
func (d *Deployment) keys() {
	for _, in := range d.m.Keys {
		if !in.Imported {
			continue
		}
		k := &access.Key{ID: in.ID, Account: d.account(in.Account), Region: d.region(in.Region),
			ARN: in.ARN, Outside: true}
		if k.ARN == "" {
			k.ARN = d.keyARN(in)
			k.Aliases = []string{in.AliasName}
		}
		if !in.Delegates { // it says what is handed over, and nothing else
			k.Policy = &access.Document{Kind: access.KeyPolicy, Of: in.ID}
			k.Outside = false
		}
		d.Beside.Keys = append(d.Beside.Keys, k)
	}
}

// keyARN is the ARN of a key of which only the alias is known.
func (d *Deployment) keyARN(in *model.Key) string {
	id := cfn.Unknown{What: "name", Name: "AWS::KMS::Key " + in.ID, Shown: "*",
		Class: cfn.HexDigits, Min: 36, Max: 36}
	return strings.Join(
		[]string{"arn", d.partition(), "kms", d.region(in.Region), d.account(in.Account),
			"key/" + id.Text()}, ":")
}

// secrets notes the secrets that are imported.
func (d *Deployment) secrets() {
	for _, in := range d.m.Secrets {
		if in.Import == model.NotImported {
			continue
		}
		home := d.region(in.Region)
		s := &access.Secret{ID: in.ID, Name: in.Name, Account: d.account(in.Account), Type: in.Type,
			Copies: []access.Copy{{Region: home, ARN: grants.SecretARN(d.m, in, d.m.StackOf(in)),
				Key: d.keyOf(in.Key, home)}}}
		for _, r := range in.Replicas {
			s.Copies = append(s.Copies,
				access.Copy{Region: r.Region, Key: d.keyOf(r.Key, r.Region)})
		}
		s.Function, s.Rotates = grants.FunctionARN(d.m, in), in.Rotation != nil
		d.Beside.Secrets = append(d.Beside.Secrets, s)
	}
}

// functions notes as which roles the functions run that rotate secrets, where the spec says so.
func (d *Deployment) functions() {
	for _, s := range d.m.Secrets {
		if r := s.Rotation; r != nil && r.Hosted != nil && r.Hosted.Name == "" {
			d.unnamed[grants.UnnamedFunction(s)] = s.ID
		}
		if r := s.Rotation; r != nil && r.Lambda != nil && r.Lambda.ExecutionRole != nil {
			d.Beside.Functions = append(d.Beside.Functions, access.Function{
				ARN:  grants.FunctionARN(d.m, s),
				Role: grants.PrincipalARN(d.m, r.Lambda.ExecutionRole, model.Home),
			})
		}
	}
}

// keyOf is what a secret says of its key: enough for the estate to find it.
func (d *Deployment) keyOf(k *model.Key, region string) *access.Key {
	switch {
	case k == nil:
		return nil
	case k.Imported:
		for _, have := range d.Beside.Keys {
			if have.ID == k.ID {
				return &access.Key{ARN: have.ARN}
			}
		}
	}
	return &access.Key{ARN: grants.KeyID(d.m, k, region, model.Home)}
}

// principal notes somebody whom no template makes.
func (d *Deployment) principal(in *model.Principal) {
	account := d.account(in.Account)
	root := func(account string) string {
		return strings.Join([]string{"arn", d.partition(), "iam", "", account, "root"}, ":")
	}
	p := &access.Principal{ID: in.ID, Account: account, ARN: cmp.Or(in.ARN, in.Name)}
	switch in.Kind {
	case model.CreatedRole:
		return
	case model.ExistingGroup:
		d.Beside.Groups = append(d.Beside.Groups,
			access.Group{ID: in.ID, Name: in.Name, Account: account})
		return
	case model.ExistingUser:
		p.Kind = access.UserPrincipal
	case model.RolePattern:
		p.Kind, p.SessionTags = access.PatternPrincipal, true
		if parsed, err := aws.ParseARN(p.ARN); err == nil &&
			!strings.ContainsAny(parsed.Account, "*?") {
			p.Account = parsed.Account
		}
	case model.Service:
		p.Kind, p.Account = access.ServicePrincipal, ""
	case model.Account:
		p.Kind, p.ARN, p.SessionTags = access.AccountPrincipal, root(account), true
	case model.Organization:
		p.Kind, p.Account, p.ARN, p.SessionTags = access.OrganizationPrincipal, "", in.Org, true
	case model.OrganizationPath:
		p.Kind, p.Account, p.ARN, p.SessionTags = access.OrganizationPrincipal, "", in.Path, true
	}
	d.Beside.Principals = append(d.Beside.Principals, p)
}

// handOver notes what others are told to add to documents of theirs, and is taken to be done.
func (d *Deployment) handOver(h *grants.HandOver) {
	out := access.HandOver{Document: h.Statements, Functions: d.unnamed}
	switch {
	case h.Key() != nil:
		out.Kind, out.Of = access.KeyPolicy, h.Key().ID
	case h.OfSecret():
		out.Kind, out.Of = access.ResourcePolicy, h.Secret.ID
	case h.OfPrincipal() && !h.To.Span.IsZero():
		out.Kind, out.Of = access.IdentityPolicy, h.To.ID
	default: // of a function, or of a role that the spec does not name
		return
	}
	d.Beside.HandOvers = append(d.Beside.HandOvers, out)
}
