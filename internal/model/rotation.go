package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/aws/schedule"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Rotation says how and when a secret gets a new value. Exactly one of its ways is set.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
type Rotation struct {
	Span                      source.Span // of its way
	Manual                    bool        // it has no schedule
	AutomaticallyAfterDays    int         // 0: the expression says when
	ScheduleExpression        string      // empty: the days do
	Duration                  string
	RotateImmediatelyOnUpdate *bool
	Interval                  time.Duration // the longest between two rotations; 0: there is none

	schedule schedule.Schedule // that the expression says
	invalid  error             // what is wrong with the expression

	Lambda      *LambdaRotation
	Hosted      *HostedRotation
	Application *ApplicationRotation
	External    *ExternalRotation // none of the four: the owning service rotates
}

// LambdaRotation rotates with a function of the user's own.
type LambdaRotation struct {
	FunctionARN   string
	Account       string     // of a function of another account; empty: the own one
	Function      *yaml.Node // its declaration, when it is one of the template's
	ExecutionRole *Principal // nil: the role's statements are handed over
	Superuser     *Secret
	// ForAccount says that Secrets Manager may call the function for every secret of the account,
	// and not for this one alone.
	ForAccount bool
}

// HostedRotation rotates with a function that CloudFormation's transform makes.
type HostedRotation struct {
	Type              *aws.RotationType
	Superuser         *Secret
	ExcludeCharacters *string
	Name              string // of the function; empty: CloudFormation makes one
	Network
}

// ApplicationRotation rotates with one of AWS's serverless applications.
type ApplicationRotation struct {
	Type              *aws.RotationType
	Version           string // empty: the one of the partition
	FunctionName      string
	Superuser         *Secret
	ExcludeCharacters *string
	Endpoint          string // empty: the Region's
	Network
}

// Network says where a function that AWS makes runs and what it must reach.
type Network struct {
	VPC             string // of a security group of the function's own; empty: Groups are others
	Subnets, Groups []string
	TargetGroup     string // empty: nothing opens the way to the database
	TargetPort      string
}

// ExternalRotation rotates a managed external secret at its partner.
type ExternalRotation struct {
	Role     *Principal
	Admin    *Secret
	Metadata []Tag
}

// InVPC says whether the function is one of the template's own that runs in a VPC.
func (l *LambdaRotation) InVPC() bool {
	return l.Function.Get("Properties").Get("VpcConfig") != nil
}

// UnknownRole says whether the role that rotates is not known, because AWS makes it.
func (r *Rotation) UnknownRole() bool {
	return r != nil && (r.Hosted != nil || r.Application != nil)
}

// Role returns the role of the spec that rotates, or nil.
func (r *Rotation) Role() *Principal {
	switch {
	case r == nil:
		return nil
	case r.Lambda != nil:
		return r.Lambda.ExecutionRole
	case r.External != nil:
		return r.External.Role
	}
	return nil
}

// Superuser returns the secret that the rotation reads besides, or nil.
func (r *Rotation) Superuser() *Secret {
	switch {
	case r == nil:
		return nil
	case r.Lambda != nil:
		return r.Lambda.Superuser
	case r.Hosted != nil:
		return r.Hosted.Superuser
	case r.Application != nil:
		return r.Application.Superuser
	case r.External != nil:
		return r.External.Admin
	}
	return nil
}

// resolveRotations resolves the rotation of every secret, once all secrets are resolved.
func (r *resolver) resolveRotations() {
	for _, s := range r.secretsWritten {
		in := s.written.V.Rotation
		if in.Span.File == nil {
			continue
		}
		s.Rotation = rotationOf(r.scheduleOf(in), in.Manual.V)
		switch out := s.Rotation; {
		case in.Lambda.Span.File != nil:
			out.Span, out.Lambda = in.Lambda.Span, r.lambdaRotation(s, &in.Lambda)
		case in.Hosted.Span.File != nil:
			out.Span, out.Hosted = in.Hosted.Span, r.hostedRotation(s, &in.Hosted)
		case in.Application.Span.File != nil:
			out.Span = in.Application.Span
			out.Application = r.applicationRotation(s, &in.Application)
		case in.External.Span.File != nil:
			out.Span, out.External = in.External.Span, r.externalRotation(s, &in.External)
		}
	}
}

// rotationOf resolves when a secret is rotated: at the times of a schedule, or when somebody asks
// for it.
func rotationOf(in spec.Schedule, manual bool) *Rotation {
	out := &Rotation{
		Span: in.Span, AutomaticallyAfterDays: in.AutomaticallyAfterDays.V,
		ScheduleExpression: in.ScheduleExpression.V, Duration: in.Duration.V,
		RotateImmediatelyOnUpdate: flag(&in.RotateImmediatelyOnUpdate), Manual: manual,
	}
	if manual {
		return out // a schedule beside it the checks refuse
	}
	if in.ScheduleExpression.Set() {
		if in.AutomaticallyAfterDays.Set() {
			return out // which the checks refuse
		}
		out.schedule, out.invalid = schedule.Parse(in.ScheduleExpression.V)
		if out.invalid == nil {
			out.Interval = out.schedule.LongestInterval()
		}
		return out
	}
	out.AutomaticallyAfterDays = cmp.Or(out.AutomaticallyAfterDays, 30)
	out.Interval = time.Duration(out.AutomaticallyAfterDays) * 24 * time.Hour
	return out
}

func (r *resolver) lambdaRotation(s *Secret, in *spec.LambdaRotation) *LambdaRotation {
	out := &LambdaRotation{
		FunctionARN: text(in.FunctionARN), Superuser: r.superuser(s, in.SuperuserSecret),
		ExecutionRole: r.rotationRole(in.ExecutionRole), ForAccount: in.Permission.V == "account",
	}
	literal, ok := in.FunctionARN.Literal()
	if !ok {
		out.Function = r.templateFunction(in.FunctionARN.Node)
		return out
	}
	if arn, err := aws.ParseARN(literal); err == nil && isOfFunction(arn) {
		out.Account = r.ownerOf(arn)
	}
	return out
}

// FunctionPermission returns the logical ID of the permission for all secrets of the account that a
// function rotates, and the condition under which it is there: it follows from the function alone,
// and from the condition if all secrets of the same stack that name the function have one.
func (m *Model) FunctionPermission(s *Secret) (logicalID, condition string) {
	function := s.Rotation.Lambda.FunctionARN
	condition = s.Condition
	if condition != "" && m.permitsAlways(function, m.StackOf(s)) {
		condition = ""
	}
	return fmt.Sprintf("Function%08xRotationPermission%s", hash(function), condition), condition
}

// permitsAlways says whether a secret of a stack that is there under all conditions has a function
// that may be called for all secrets of the account.
func (m *Model) permitsAlways(function string, at Stack) bool {
	return slices.ContainsFunc(m.Secrets, func(s *Secret) bool {
		r := s.Rotation
		return s.Condition == "" && r != nil && r.Lambda != nil && r.Lambda.ForAccount &&
			r.Lambda.FunctionARN == function && m.StackOf(s) == at
	})
}

func isOfFunction(arn aws.ARN) bool {
	kind, name := arn.ResourceType()
	return arn.Service == "lambda" && kind == "function" && name != "" &&
		arn.Region != "" && arn.Account != ""
}

// templateFunction finds the declaration of a function that is one of the template's own resources.
func (m *Model) templateFunction(n *yaml.Node) *yaml.Node {
	argument := n.Get("Fn::GetAtt")
	if argument == nil {
		return nil
	}
	name, _, _ := strings.Cut(argument.Text(), ".")
	if len(argument.Items()) > 0 {
		name = argument.Items()[0].Text()
	}
	if e := m.Resources.Get(name); e != nil {
		return e.V.Node
	}
	return nil
}

// ofType returns the declaration of a resource of the template by its name, if it has this type.
func (m *Model) ofType(name *yaml.Node, kind string) *yaml.Node {
	if name == nil {
		return nil
	}
	if e := m.Resources.Get(name.Text()); e != nil {
		if t := e.V.Node.Get("Type"); t != nil && t.Text() == kind {
			return e.V.Node
		}
	}
	return nil
}

func (r *resolver) hostedRotation(s *Secret, in *spec.HostedRotation) *HostedRotation {
	return &HostedRotation{
		Type: rotationType(in.RotationType), Superuser: r.superuser(s, in.SuperuserSecret),
		Name:              in.RotationLambdaName.V,
		ExcludeCharacters: excluded(s, in.ExcludeCharacters),
		Network:           network(&in.VPC, &in.Target),
	}
}

func network(vpc *spec.RotationVPC, target *spec.RotationTarget) Network {
	return Network{
		VPC: text(vpc.VPCID), Subnets: values(vpc.SubnetIDs), Groups: values(vpc.SecurityGroupIDs),
		TargetGroup: text(target.SecurityGroupID), TargetPort: text(target.Port),
	}
}

// functionName returns the name of the function of a rotation by one of AWS's applications: one
// that is too long for Lambda is cut, and told from others by a hash of all of it.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func (m *Model) functionName(s *Secret) string {
	name := m.Stack + "-" + s.ID + "-rotation"
	if len(name) <= aws.MaxFunctionName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:4])
	return strings.TrimRight(name[:aws.MaxFunctionName-len("-"+hash)], "-") + "-" + hash
}

func (r *resolver) applicationRotation(
	s *Secret, in *spec.ApplicationRotation,
) *ApplicationRotation {
	out := &ApplicationRotation{
		Type: rotationType(in.RotationType), Version: in.SemanticVersion.V,
		Superuser:         r.superuser(s, in.SuperuserSecret),
		ExcludeCharacters: excluded(s, in.ExcludeCharacters),
		Endpoint:          text(in.Endpoint), Network: network(&in.VPC, &in.Target),
		FunctionName: text(in.FunctionName),
	}
	if !in.FunctionName.Set() {
		out.FunctionName = r.functionName(s)
	}
	if ref := in.Endpoint.Node.Get("Ref"); r.ofType(ref, "AWS::EC2::VPCEndpoint") != nil {
		entry := cfn.Select(0, cfn.GetAtt(ref.Text(), "DnsEntries")) // a zone, a colon and a name
		out.Endpoint = cfn.Concat("https://", cfn.Select(1, cfn.Split(":", entry)))
	}
	return out
}

// rotationType finds one of the sixteen rotation types, or nil.
func rotationType(t spec.Text) *aws.RotationType {
	if known, ok := aws.RotationTypeNamed(t.V); ok {
		return &known
	}
	return nil
}

// excluded returns the characters that a rotation leaves out: its own, or else the generator's.
func excluded(s *Secret, own spec.Text) *string {
	return cmp.Or(characters(&own), characters(s.written.V.Value.Generate.ExcludeCharacters))
}

func (r *resolver) externalRotation(s *Secret, in *spec.ExternalRotation) *ExternalRotation {
	out := &ExternalRotation{
		Role: r.rotationRole(in.Role), Admin: r.superuser(s, in.AdminSecret),
		Metadata: tagsOf(in.Metadata),
	}
	if out.Role != nil && out.Role.Role != nil {
		out.Role.Role.trustSecretsManager()
	}
	return out
}

// superuser finds the secret that a rotation reads besides its own.
func (r *resolver) superuser(s *Secret, t spec.Text) *Secret {
	if !t.Set() {
		return nil
	}
	other := r.secrets[t.V]
	if other == nil {
		r.unknownName(diag.UnknownSecret, t, "secret", r.secretNames)
	}
	if other == s {
		return nil // which the checks refuse
	}
	return other
}

// rotationRole finds a role that a policy can be attached to.
func (r *resolver) rotationRole(t spec.Text) *Principal {
	if p := r.principal(t); p != nil && p.isRole() {
		return p
	}
	return nil
}

func (p *Principal) isRole() bool { return p.Kind == CreatedRole || p.Kind == ExistingRole }
