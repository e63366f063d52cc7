package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/ask"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/simulator/generate"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// asked are the verbs that generated calls are of, and one of several actions, which may be
// possible in part.
var testedVerbs = []*verb.Verb{
	{Name: "describe", OnSecret: []string{"secretsmanager:DescribeSecret"}},
	{
		Name:     "read",
		OnSecret: []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
	},
	{Name: "write", OnSecret: []string{"secretsmanager:PutSecretValue"}},
	{Name: "update", OnSecret: []string{"secretsmanager:UpdateSecret"}},
	{Name: "replicate", OnSecret: []string{"secretsmanager:ReplicateSecretToRegions"}},
	{Name: "delete", OnSecret: []string{"secretsmanager:DeleteSecret"}},
	{Name: "purge", OnSecret: []string{"secretsmanager:DeleteSecret"}, Purges: true},
	{Name: "rotate", OnSecret: []string{"secretsmanager:RotateSecret"}},
	{Name: "manage", OnSecret: []string{
		"secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds",
		"secretsmanager:PutResourcePolicy", "secretsmanager:TagResource",
		"secretsmanager:UpdateSecretVersionStage",
	}},
}

// verbOf returns the verb of a name, or the verb that is one action.
func verbOf(name string) *verb.Verb {
	for _, v := range testedVerbs {
		if v.Name == name {
			return v
		}
	}
	return &verb.Verb{Name: name, OnSecret: []string{name}}
}

// sound is a generated estate with what the program makes of its templates.
type sound struct {
	g       *generate.Generated
	e       *access.Estate
	answers map[string]access.Explanation
}

// openGenerated loads the templates of a generated estate. What is stated of the deployment depends
// on the seed: the names of the stacks; the values of no parameters, of the one that decides
// conditions, or of all.
func openGenerated(g *generate.Generated) (*sound, error) {
	stacks, err := stacksOf(g)
	if err != nil {
		return nil, err
	}
	return &sound{g: g, e: access.Load(stacks, access.Beside{}),
		answers: map[string]access.Explanation{}}, nil
}

// stacksOf returns the stacks of a generated estate.
func stacksOf(g *generate.Generated) ([]access.Stack, error) {
	r := rand.New(rand.NewPCG(g.Seed, 7))
	named, given := r.IntN(2) == 0, r.IntN(3)
	var stacks []access.Stack
	for _, t := range g.Templates {
		template, found := ask.ReadTemplate(source.New(t.File+".json", t.Text), &source.Masks{})
		if template == nil || found.HasErrors() {
			return nil, fmt.Errorf("seed %d: %s cannot be read: %v", g.Seed, t.File, found)
		}
		stack := access.Stack{
			File: t.File, Account: t.Account, Region: t.Region, Template: template,
			Parameters: map[string]string{},
		}
		if named {
			stack.Name = g.World[generate.Part{What: "stack", Template: t.File}]
		}
		for part, value := range g.World {
			if part.What == "parameter" && part.Template == t.File &&
				(given == 2 || given == 1 && part.Name == "Env") {
				stack.Parameters[part.Name] = value
			}
		}
		stacks = append(stacks, stack)
	}
	return stacks, nil
}

// explain asks a question, once.
func (s *sound) explain(principal, verb, secret, region string) access.Explanation {
	key := strings.Join([]string{principal, verb, secret, region}, "\n")
	x, ok := s.answers[key]
	if !ok {
		v := verbOf(verb)
		x, _ = s.e.Explain(principal, v, secret, region)
		s.answers[key] = x
	}
	return x
}

// principals returns everybody in any world, once by ID.
func (s *sound) principals() []*access.Principal {
	var out []*access.Principal
	seen := map[string]bool{}
	for _, w := range s.e.Worlds {
		for _, p := range w.Principals {
			if !seen[p.ID] {
				seen[p.ID] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// secret returns a secret of the generated estate as some world has it.
func (s *sound) secret(id string) *access.Secret {
	for _, w := range s.e.Worlds {
		for _, x := range w.Secrets {
			if x.ID == id {
				return x
			}
		}
	}
	return nil
}

// shownRegion returns a Region of a generated secret as the program has it: of a copy in a Region
// that is not stated.
func (s *sound) shownRegion(secret, region string) string {
	if x := s.secret(secret); x != nil {
		for _, c := range x.Copies {
			if filled, _ := s.fill(c.Region); filled == region {
				return cfn.Shown(c.Region)
			}
		}
	}
	return region
}

// madeBy says whether a principal is the one of the generated estate with an ID.
func (s *sound) madeBy(p *access.Principal, id string) bool {
	if id == "Support" {
		return strings.HasPrefix(p.ID, "permission set Support")
	}
	if p.Kind != access.RolePrincipal && p.Kind != access.UserPrincipal &&
		p.Kind != access.ServicePrincipal {
		return false
	}
	if p.ID == id || slices.Contains(p.Also, id) {
		return true
	}
	arn, _ := s.fill(p.ARN)
	if arn == id || !p.PathUnknown {
		return arn == id
	}
	slash := strings.LastIndexByte(arn, '/')
	return slash >= 0 && strings.HasPrefix(id, arn[:slash+1]) && strings.HasSuffix(id, arn[slash:])
}

// deployedRegion is the Region of every generated stack.
const deployedRegion = "eu-west-1"

// fill puts into a text what its unknown parts are in the deployment.
func (s *sound) fill(text string) (string, bool) {
	var b strings.Builder
	for {
		before, _, u, after, found := cfn.CutUnknown(text)
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		value, ok := s.g.Value(generate.Assumption{
			What: u.What, Name: u.Name, Template: u.Template, LogicalID: u.LogicalID,
		})
		switch {
		case u.What == "region":
			value, ok = deployedRegion, true
		case u.What == "name" && u.Name == "the Region of IAM Identity Center":
			value, ok = deployedRegion+"/", true
		// what IAM Identity Center appends to a role's name
		case u.What == "name" && u.LogicalID == "Support":
			arn := s.g.CallerARN("Support")
			value, ok = arn[strings.LastIndexByte(arn, '_')+1:], true
		case u.What == "account" && u.Unique:
			value = "333333333333"
		}
		if !ok {
			return u.What + " " + u.Name + " " + u.LogicalID + " " + u.Shown, false
		}
		if strings.HasSuffix(before, "/mrk-") {
			value = strings.TrimPrefix(value, "mrk-")
		}
		b.WriteString(value)
		text = after
	}
}
