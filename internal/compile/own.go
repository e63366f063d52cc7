package compile

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// addOwn adds the policies that the spec has among its resources in CloudFormation's own words, and attaches to its principals and secrets: what they allow and
// deny counts like what is derived.
func (e *estate) addOwn(stacks []*builder) {
	if !slices.ContainsFunc(e.m.Resources, isPolicy) {
		return
	}
	home := stacks[slices.IndexFunc(stacks, func(h *builder) bool { return h.at == model.Home })]
	ids, arns := map[string]string{}, map[string]string{}
	for _, s := range e.m.Secrets {
		ids[s.LogicalID], arns[s.LogicalID] = s.ID, e.secrets[s].Copies[0].ARN
	}
	for _, k := range e.m.Keys {
		if one := e.key(k, e.region("")); one != nil && !k.Imported {
			arns[k.LogicalID] = one.ARN
		}
	}
	for _, p := range e.m.Principals {
		if p.Role != nil {
			ids[p.RoleID] = p.ID
		}
	}
	var known []*access.Principal
	for _, p := range e.Principals {
		known = append(known, &access.Principal{ID: p.ID, Caller: p.Caller, Assumed: p.Assumed})
	}
	read, _ := access.Load([]access.Stack{{
		File: e.m.StackFile(model.Home), Name: e.m.Stack, Account: e.account(""), Region: e.region(""), Template: home.t, IDs: ids, ARNs: arns,
	}}, known)
	for _, p := range e.Principals {
		if i := slices.IndexFunc(read.Principals, func(r *access.Principal) bool { return r.ID == p.ID }); i >= 0 {
			for _, d := range read.Principals[i].Identity {
				if e.isOwn(d) && !slices.ContainsFunc(p.Identity, func(have *access.Document) bool { return have.LogicalID == d.LogicalID }) {
					p.Identity = append(p.Identity, d)
				}
			}
		}
	}
	for _, s := range e.Secrets {
		i := slices.IndexFunc(read.Secrets, func(r *access.Secret) bool { return r.ID == s.ID })
		if i >= 0 && s.Policy == nil && read.Secrets[i].Policy != nil && e.isOwn(read.Secrets[i].Policy) {
			s.Policy = read.Secrets[i].Policy
		}
	}
}

// isPolicy says whether a resource may allow or deny somebody something that concerns secrets.
func isPolicy(r spec.Entry[spec.Raw]) bool {
	kind := r.V.Node.Get("Type")
	return kind != nil && (strings.HasPrefix(kind.Text, "AWS::IAM::") || kind.Text == "AWS::SecretsManager::ResourcePolicy")
}

// isOwn says whether a document stands in a resource in the user's words, and says so of its statements.
func (e *estate) isOwn(d *access.Document) bool {
	resource := e.m.Resources.Get(d.LogicalID)
	if resource == nil {
		return false
	}
	for i := range d.Rules.Statements {
		d.Rules.Statements[i].Because = []source.Span{resource.ID.Span}
	}
	return true
}
