package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// AddNamed adds the principals that the policies of secrets and keys name and no template makes: roles and users, other accounts, services, organizations. Of
// one of another account the identity policies are out of sight; it is taken to have one that allows everything, because what the resource's owner has let
// in is the question. Those are told by AsFar.
func (e *Estate) AddNamed() {
	c := collector{known: map[string]bool{}, e: e}
	for _, p := range e.Principals {
		c.known[p.Caller.ARN] = true
		c.known[p.ID] = true
	}
	for _, s := range e.Secrets {
		c.policy(s.Policy, s.Account)
		for i := range s.Copies {
			if k := s.Copies[i].Key; k != nil {
				c.policy(k.Policy, k.Account)
			}
		}
	}
	slices.SortFunc(e.Principals, func(a, b *Principal) int { return strings.Compare(a.ID, b.ID) })
}

// AsFar says of which principals the identity policies are out of sight, so that what they can do is told as far as the templates show it.
func (p *Principal) AsFar() bool {
	return slices.ContainsFunc(p.Identity, func(d *Document) bool { return d == everything })
}

// everything is the identity policy that is taken to be there where it is out of sight.
var everything = &Document{Kind: IdentityPolicy, Of: "whoever it is, which is not in the templates", Rules: must(policy.Decode(map[string]any{
	"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"},
}))}

func must(rules policy.Rules, err error) policy.Rules {
	if err != nil {
		panic("access: a policy of its own cannot be read: " + err.Error())
	}
	return rules
}

// collector finds principals that policies name.
type collector struct {
	e     *Estate
	known map[string]bool
}

// policy reads the policy of a secret or key that an account owns.
func (c *collector) policy(d *Document, owner string) {
	if d == nil {
		return
	}
	for i := range d.Rules.Statements {
		r := &d.Rules.Statements[i]
		if r.Effect != policy.Allow || r.Principals.Not {
			continue
		}
		narrowed := c.conditions(r, owner)
		for _, name := range r.Principals.Service {
			c.add(name, policy.Caller{Kind: policy.ServicePrincipal, ARN: name}, owner)
		}
		for _, id := range r.Principals.AWS {
			c.arn(id, owner, narrowed)
		}
	}
}

// conditions finds those whom the conditions of a statement name, and says whether they narrow it to them.
func (c *collector) conditions(r *policy.Rule, owner string) bool {
	narrowed := false
	for i := range r.Conditions {
		test := &r.Conditions[i]
		if strings.Contains(test.Operator, "Not") {
			continue
		}
		for _, v := range test.Values {
			switch strings.ToLower(test.Key) {
			case "aws:principalarn":
				narrowed = true
				c.arn(strings.NewReplacer("*", "x", "?", "x").Replace(v), owner, false)
			case "aws:principalorgid":
				narrowed = true
				c.organization(v, "", owner)
			case "aws:principalorgpaths":
				narrowed = true
				id, _, _ := strings.Cut(v, "/")
				c.organization(id, v, owner)
			case "aws:principalaccount", "kms:calleraccount":
				if v != owner {
					narrowed = true
					c.arn(v, owner, false)
				}
			}
		}
	}
	return narrowed
}

// arn adds a role, a user or, by one of its principals, an account.
func (c *collector) arn(id, owner string, narrowed bool) {
	if aws.AccountID(id) == "" {
		id = "arn:aws:iam::" + id + ":root"
	}
	arn, err := aws.ParseARN(id)
	if err != nil || arn.Service != "iam" {
		return
	}
	switch kind, _ := arn.ResourceType(); {
	case kind == "role":
		c.add(id, policy.Caller{Kind: policy.Role, ARN: id, Account: arn.Account}, owner)
	case kind == "user":
		c.add(id, policy.Caller{Kind: policy.User, ARN: id, Account: arn.Account}, owner)
	case kind == "root" && arn.Account != owner && !narrowed:
		c.add("account "+arn.Account, policy.Caller{Kind: policy.Role, ARN: strings.TrimSuffix(id, "root") + "role/anybody", Account: arn.Account}, owner)
	}
}

// other stands for an account of an organization.
const other = "999999999999"

func (c *collector) organization(id, path, owner string) {
	name, assumed := "organization "+id, policy.Context{}.With("aws:PrincipalOrgID", id)
	if path != "" {
		name = "organization path " + path
		assumed = assumed.With("aws:PrincipalOrgPaths", strings.NewReplacer("*", "x/", "?", "x").Replace(path))
	}
	p := c.add(name, policy.Caller{Kind: policy.Role, ARN: "arn:aws:iam::" + other + ":role/anybody-of-" + id, Account: other}, owner)
	if p != nil {
		p.Assumed = assumed
	}
}

// add adds a principal that is not known yet, and returns it.
func (c *collector) add(id string, caller policy.Caller, owner string) *Principal {
	if c.known[id] || c.known[caller.ARN] && !strings.Contains(caller.ARN, "/anybody") {
		return nil
	}
	c.known[id], c.known[caller.ARN] = true, true
	if c.attachedByName(caller) {
		return nil
	}
	p := &Principal{ID: id, Caller: caller}
	if caller.Kind != policy.ServicePrincipal && caller.Account != owner {
		p.Identity = []*Document{everything}
	}
	c.e.Principals = append(c.e.Principals, p)
	return p
}

// attachedByName gives the whole ARN to a principal that the templates know by its name alone, because they attach a policy to it.
func (c *collector) attachedByName(caller policy.Caller) bool {
	arn, err := aws.ParseARN(caller.ARN)
	if err != nil {
		return false
	}
	kind, path := arn.ResourceType()
	if !strings.Contains(path, "/") {
		return false
	}
	arn.Resource = kind + "/" + path[strings.LastIndexByte(path, '/')+1:]
	for _, p := range c.e.Principals {
		if p.ID == p.Caller.ARN && p.ID == arn.String() {
			p.ID, p.Caller.ARN = caller.ARN, caller.ARN
			for _, d := range p.Identity {
				if d.Of == arn.String() {
					d.Of = caller.ARN
				}
			}
			return true
		}
	}
	return false
}
