package model

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Kind is what a principal is.
type Kind uint8

// The kinds of principal.
const (
	CreatedRole Kind = iota + 1
	ExistingRole
	ExistingUser
	ExistingGroup
	RolePattern
	Service
	Account          // whoever another account lets
	Organization     // whoever an organization's other accounts let
	OrganizationPath // whoever the other accounts below a part of an organization let
)

// String returns the kind's word in a spec.
func (k Kind) String() string {
	return [...]string{
		"", "role", "existingRole", "existingUser", "existingGroup", "rolePattern", "service",
		"account", "organization", "organizationPath",
	}[k]
}

// HasIdentity says whether an identity policy can be attached to principals of this kind.
func (k Kind) HasIdentity() bool { return k >= CreatedRole && k <= ExistingGroup }

// Principal is who something is granted to.
type Principal struct {
	ID        string
	Span      source.Span // of its id
	LogicalID string      // stem of its resources' logical IDs: AppRole, AppPolicy
	Kind      Kind
	Name      string // of a role, user or group that policies are attached to
	ARN       string // when it is known; of a rolePattern the pattern; of a service its principal
	Account   string // of a principal of another account; empty: the own one, or none in particular
	Org       string // of an organization, or the one that a path begins with
	Path      string // of an organizationPath
	Inline    bool
	Role      *Role
	RoleID    string // logical ID of a created role

	written *spec.Principal
	alone   []*Principal // the principal, for lists that name nobody else
	isNamed bool         // a list has named it
}

func (r *resolver) resolvePrincipals() {
	for _, p := range r.Principals {
		in := p.written
		p.Inline = in.Policies.V == "inline"
		switch kind, v := existing(in); {
		case in.Role.Span.File != nil:
			p.Kind, p.RoleID = CreatedRole, p.LogicalID+"Role"
			p.Role = r.role(&in.Role)
			p.Name, p.ARN = cfn.Ref(p.RoleID), cfn.GetAtt(p.RoleID, "Arn")
		case v.Set():
			p.Kind = kind
			r.resolveExisting(p, v)
		case in.RolePattern.Set():
			p.Kind, p.ARN = RolePattern, in.RolePattern.V
			if arn, err := aws.ParseARN(p.ARN); err == nil && isOfRoles(arn) {
				p.Account = r.ownerOf(arn)
			}
		case in.Service.Set():
			p.Kind, p.ARN = Service, in.Service.V
		case in.Account.Set():
			p.Kind, p.Account = Account, in.Account.V
		case in.Organization.Set():
			p.Kind, p.Org = Organization, in.Organization.V
		case in.OrganizationPath.Set():
			p.Kind, p.Path = OrganizationPath, in.OrganizationPath.V
			p.Org, _, _ = strings.Cut(p.Path, "/")
		}
	}
}

// isOfRoles says whether an ARN with wildcards is the pattern of roles of one account.
func isOfRoles(arn aws.ARN) bool {
	kind, rest := arn.ResourceType()
	return arn.Service == "iam" && kind == "role" && rest != "" && aws.AccountID(arn.Account) == ""
}

// existing returns the kind of a role, user or group that exists, and by what it is named.
func existing(in *spec.Principal) (Kind, spec.Value) {
	switch {
	case in.ExistingRole.RoleName.Set():
		return ExistingRole, in.ExistingRole.RoleName
	case in.ExistingRole.Value.Set():
		return ExistingRole, in.ExistingRole.Value
	case in.ExistingUser.Set():
		return ExistingUser, in.ExistingUser
	case in.ExistingGroup.Set():
		return ExistingGroup, in.ExistingGroup
	}
	return 0, spec.Value{}
}

// existingLiteral returns the name or ARN of a principal that exists, if it is a text.
func existingLiteral(p *Principal) (literal string, ok bool) {
	_, v := existing(p.written)
	return v.Literal()
}

// iamKind is what IAM and CloudFormation say of a kind of principals that exist.
type iamKind struct {
	word, resource string
	validName      func(string) string // what is wrong with a name
}

var iamKinds = map[Kind]iamKind{
	ExistingRole:  {"role", "AWS::IAM::Role", aws.RoleName},
	ExistingUser:  {"user", "AWS::IAM::User", aws.UserName},
	ExistingGroup: {"group", "AWS::IAM::Group", aws.GroupName},
}

// path returns the path and name that an ARN ends with, and whether it is an ARN of this kind.
func (k iamKind) path(arn aws.ARN) (path string, ok bool) {
	resource, path := arn.ResourceType()
	return path, arn.Service == "iam" && resource == k.word && path != ""
}

// isReserved says whether the path is one of AWS's own, to whose roles no policy can be attached.
func (k iamKind) isReserved(path string) bool {
	return k.word == "role" &&
		(strings.HasPrefix(path, "aws-reserved/") || strings.HasPrefix(path, "aws-service-role/"))
}

// resolveExisting resolves a role, user or group that exists: an ARN or a name of this account, or
// an intrinsic.
func (r *resolver) resolveExisting(p *Principal, v spec.Value) {
	kind := iamKinds[p.Kind]
	literal, ok := v.Literal()
	if !ok {
		p.Name = text(v)
		if target := namedResource(v); r.Resources.Get(target) != nil {
			p.Name, p.ARN = cfn.Ref(target), cfn.GetAtt(target, "Arn")
		}
		return
	}
	if !strings.HasPrefix(literal, "arn:") {
		p.Name = literal
		return
	}
	arn, err := aws.ParseARN(literal)
	path, ok := kind.path(arn)
	if err != nil || !ok || aws.AccountID(arn.Account) != "" {
		return
	}
	p.ARN, p.Name = literal, path[strings.LastIndexByte(path, '/')+1:]
	if !isPattern(path) && kind.validName(p.Name) == "" && !kind.isReserved(path) {
		p.Account = r.ownerOf(arn)
	}
}

// isPattern says whether a text has wildcards, so that a condition would take it for a pattern.
func isPattern(text string) bool { return strings.ContainsAny(text, "*?") }

// namedResource returns the logical ID that a Ref, or a Fn::GetAtt of an Arn, names.
func namedResource(v spec.Value) string {
	function, argument := v.Node.Pairs()[0].Key.Text(), v.Node.Pairs()[0].Value
	switch {
	case function == "Ref":
		return argument.Text()
	case function != "Fn::GetAtt":
		return ""
	case len(argument.Items()) == 2 && argument.Items()[1].Text() == "Arn":
		return argument.Items()[0].Text()
	}
	return strings.TrimSuffix(argument.Text(), ".Arn")
}

// resolveSets replaces the members of sets by principals, sets within sets included.
func (r *resolver) resolveSets() {
	members := map[string][]spec.Text{}
	for _, e := range r.written.Principals {
		if e.V.Members != nil {
			members[e.ID.V] = e.V.Members
		}
	}
	entered, left := map[string]bool{}, map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		entered[id] = true
		for _, t := range members[id] {
			switch _, isSet := members[t.V]; {
			case !isSet:
			case !entered[t.V]:
				visit(t.V)
			case !left[t.V]:
				r.membershipCycle(t, id)
			}
		}
		r.sets[id] = r.everyone(members[id])
		left[id] = true
	}
	for _, e := range r.written.Principals {
		if e.V.Members != nil && !entered[e.ID.V] {
			visit(e.ID.V)
		}
	}
}

// membershipCycle reports the member of a set that closes a circle.
func (r *resolver) membershipCycle(member spec.Text, set string) {
	if member.V == set {
		r.found.Report(diag.MembershipCycle, member.Span).
			Message("the set %q is a member of itself", set).
			Hint("remove it from its members")
		return
	}
	r.found.Report(diag.MembershipCycle, member.Span).
		Message("the set %q contains itself through %q", member, set).
		Hint("remove one of the memberships").
		Related(r.written.Principals.Get(member.V).ID.Span, "%q is defined here", member)
}

// deployer resolves who CloudFormation acts as.
func (r *resolver) deployer() {
	p := r.principal(r.written.Deployer)
	if p != nil && p.Account == "" && p.canDeploy() {
		r.Deployer = p
	}
}

// canDeploy says whether CloudFormation can act as principals of this kind.
func (p *Principal) canDeploy() bool {
	return p.Kind == ExistingRole || p.Kind == ExistingUser || p.Kind == RolePattern
}
