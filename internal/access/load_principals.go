package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// know takes up the principals that the caller knows.
func (l *loader) know(known []*Principal) {
	for _, k := range known {
		p := &Principal{ID: k.ID, Caller: k.Caller, Assumed: k.Assumed, Identity: slices.Clone(k.Identity), Boundary: k.Boundary, Unknown: slices.Clone(k.Unknown)}
		l.principals = append(l.principals, p)
		l.declared[p] = true
		l.byID[p.ID] = p
		if parsed, err := aws.ParseARN(p.Caller.ARN); err == nil && parsed.Service == "iam" {
			p.Caller.Account = cmp.Or(p.Caller.Account, parsed.Account)
			kind, _ := parsed.ResourceType()
			l.named[nameKey(parsed.Account, kind, lastSegment(p.Caller.ARN))] = p
		}
	}
}

// nameKey is what a role, user or group is found by. IAM tells upper and lower case of names apart but does not let both be.
func nameKey(account, kind, name string) string {
	return account + " " + kind + " " + strings.ToLower(name)
}

// declare takes up somebody whom a template makes.
func (s *stack) declare(id, kind string, caller policy.CallerKind) *Principal {
	name := s.name(id)
	key := nameKey(s.Account, kind, name)
	p := s.l.named[key]
	if own := s.l.byID[s.IDs[id]]; p == nil && own != nil {
		p = own
	}
	if p == nil {
		p = &Principal{ID: s.unique(id), Caller: policy.Caller{Kind: caller}}
		s.l.principals = append(s.l.principals, p)
	}
	p.Caller.ARN, p.Caller.Account = kinds[s.Template.Resources[id].Type].arn(s, id), s.Account
	s.l.named[key], s.l.declared[p] = p, true
	s.ownPolicies(id, p)
	return p
}

// byName returns who has a name in the stack's account, somebody new if need be.
func (s *stack) byName(kind, name string) *Principal {
	key := nameKey(s.Account, kind, name)
	p := s.l.named[key]
	if p == nil {
		caller := policy.Role
		if kind != "role" {
			caller = policy.User
		}
		arn := s.arn("iam", "", kind+"/"+name)
		p = &Principal{ID: arn, Caller: policy.Caller{Kind: caller, ARN: arn, Account: s.Account}}
		s.l.principals = append(s.l.principals, p)
		s.l.named[key] = p
	}
	return p
}

// role: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
func (s *stack) role(id string) { s.declare(id, "role", policy.Role) }

// group: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-group.html
func (s *stack) group(id string) { s.declare(id, "group", policy.User) }

// user: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html
func (s *stack) user(id string) {
	p := s.declare(id, "user", policy.User)
	for _, name := range s.texts(id, "Groups") {
		s.joins(p, name)
	}
}

// addition: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-usertogroupaddition.html
func (s *stack) addition(id string) {
	group := s.text(id, "GroupName")
	if group == "" {
		return
	}
	for _, name := range s.texts(id, "Users") {
		s.joins(s.byName("user", name), group)
	}
}

// joins makes somebody a member of a group.
func (s *stack) joins(p *Principal, group string) {
	g := s.byName("group", group)
	if !slices.Contains(s.l.members[g], p) {
		s.l.members[g] = append(s.l.members[g], p)
	}
}

// join gives the members of groups the policies of these. What else a group is given that no template makes is out of sight.
func (l *loader) join() {
	for _, g := range l.principals {
		for _, p := range l.members[g] {
			p.Identity = append(p.Identity, g.Identity...)
			p.Unknown = append(p.Unknown, g.Unknown...)
			if !l.declared[g] {
				p.Unknown = append(p.Unknown, cmp.Or(g.Caller.ARN, g.ID))
			}
		}
	}
}
