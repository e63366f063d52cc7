package model

import (
	"cmp"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/aws/schedule"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Rotation says how and when a secret gets a new value. Exactly one of its ways is set.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
type Rotation struct {
	Span                      source.Span // of its way
	AutomaticallyAfterDays    int         // 0: the expression says when
	ScheduleExpression        string      // empty: the days do
	Duration                  string
	RotateImmediatelyOnUpdate *bool
	Interval                  time.Duration // the longest between two rotations

	Lambda      *LambdaRotation
	Hosted      *HostedRotation
	Application *ApplicationRotation
	External    *ExternalRotation // none of the four: the owning service rotates
}

// LambdaRotation rotates with a function of the user's own.
type LambdaRotation struct {
	FunctionARN   string
	Account       string     // of a function of another account; empty: the own one
	Function      *yaml.Node // the function's declaration, when it is one of the template's resources
	ExecutionRole *Principal // nil: the role's statements are handed over
	Superuser     *Secret
}

// HostedRotation rotates with a function that CloudFormation's transform makes.
type HostedRotation struct {
	Type              *aws.RotationType
	Superuser         *Secret
	ExcludeCharacters *string
	Name              string // of the function; empty: CloudFormation makes one
	Subnets, Groups   []string
}

// ApplicationRotation rotates with one of AWS's serverless applications.
type ApplicationRotation struct {
	Type              *aws.RotationType
	Version           string // empty: the one of the partition
	FunctionName      string
	Superuser         *Secret
	ExcludeCharacters *string
	Endpoint          string // empty: the Region's
	VPC               string
	Subnets, Groups   []string
	TargetGroup       string // empty: nothing opens the way to the database
	TargetPort        string
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
func (r *Rotation) UnknownRole() bool { return r != nil && (r.Hosted != nil || r.Application != nil) }

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
	for i := range r.spec.Secrets {
		in := &r.spec.Secrets[i].V
		if in.Rotation.Span.File == nil {
			continue
		}
		s := r.m.secrets[r.spec.Secrets[i].ID.V]
		r.rotation(s, in)
		r.rotationRole(s)
	}
	r.oneSchedule()
}

// rotation resolves the rotation of one secret.
func (r *resolver) rotation(s *Secret, in *spec.Secret) {
	ro := &in.Rotation
	out := &Rotation{Span: ro.Span, AutomaticallyAfterDays: ro.AutomaticallyAfterDays.V, ScheduleExpression: ro.ScheduleExpression.V, Duration: ro.Duration.V}
	s.Rotation = out
	if ro.RotateImmediatelyOnUpdate.Set() {
		out.RotateImmediatelyOnUpdate = &ro.RotateImmediatelyOnUpdate.V
	}
	r.schedule(s, ro, out)
	switch {
	case ro.Lambda.Span.File != nil:
		out.Span = ro.Lambda.Span
		out.Lambda = r.lambdaRotation(s, &ro.Lambda)
	case ro.Hosted.Span.File != nil:
		out.Span = ro.Hosted.Span
		out.Hosted = r.hostedRotation(s, in, &ro.Hosted)
	case ro.Application.Span.File != nil:
		out.Span = ro.Application.Span
		out.Application = r.applicationRotation(s, in, &ro.Application)
	case ro.External.Span.File != nil:
		out.Span = ro.External.Span
		out.External = r.externalRotation(s, ro)
	case ro.Managed.Set():
		r.managedRotation(s, ro)
	}
}

// schedule checks when a secret is rotated.
func (r *resolver) schedule(s *Secret, ro *spec.Rotation, out *Rotation) {
	if ro.AutomaticallyAfterDays.Set() && ro.ScheduleExpression.Set() {
		r.report(diag.NotExactlyOne, ro.ScheduleExpression.Span).
			Message("scheduleExpression cannot stand beside automaticallyAfterDays").
			Hint("remove one of them").
			Related(ro.AutomaticallyAfterDays.Span, "automaticallyAfterDays is here")
		return
	}
	if !ro.ScheduleExpression.Set() && out.AutomaticallyAfterDays == 0 {
		out.AutomaticallyAfterDays = 30
	}
	out.Interval = time.Duration(out.AutomaticallyAfterDays) * 24 * time.Hour
	hours, clause := 0, ""
	if ro.Duration.Set() {
		if hours, clause = schedule.ParseDuration(ro.Duration.V); clause != "" {
			r.report(diag.InvalidSchedule, ro.Duration.Span).
				Message("the duration %q %s", ro.Duration, clause).
				Hint("write whole hours, such as 3h")
		}
	}
	at := ro.AutomaticallyAfterDays.Span
	if ro.ScheduleExpression.Set() {
		at = ro.ScheduleExpression.Span
		expression, err := schedule.Parse(ro.ScheduleExpression.V)
		if err != nil {
			r.badSchedule(ro.ScheduleExpression, err)
			return
		}
		if problem := expression.WindowProblem(hours); hours > 0 && problem != "" {
			r.report(diag.InvalidSchedule, ro.Duration.Span).
				Message("the window of %s %s", ro.Duration, problem).
				Hint("shorten the duration, or start earlier")
		}
		out.Interval = expression.LongestInterval()
	}
	if days := int(out.Interval.Hours() / 24); days > 90 {
		r.report(diag.RareRotation, at).
			Message("%q is rotated every %d days; security standards ask for 90 at most", s.ID, days).
			Hint("rotate at least every 90 days")
	}
	if !ro.RotateImmediatelyOnUpdate.Set() {
		r.report(diag.RotatesAtOnce, ro.Span).
			Message("%q is rotated as soon as the schedule is created or changed: that is CloudFormation's default", s.ID).
			Hint("write rotateImmediatelyOnUpdate: true or false")
	}
}

// badSchedule puts what is wrong with an expression at its place in the file, where the text stands as it is meant.
func (r *resolver) badSchedule(t spec.Text, err error) {
	at, hint := t.Span, "see `secretctl schedule --help`"
	message := err.Error()
	if e, ok := err.(*schedule.Error); ok {
		message, hint = e.Clause, cmp.Or(e.Hint, hint)
		if i := strings.Index(t.Span.Text(), t.V); i >= 0 && e.End > e.Start {
			at = source.Span{File: t.Span.File, Start: t.Span.Start + int32(i+e.Start), End: t.Span.Start + int32(i+e.End)}
		}
	}
	r.report(diag.InvalidSchedule, at).
		Message("this is no schedule of Secrets Manager's: %s", message).
		Hint("%s", hint)
}

// managedRotation checks that the secret belongs to a service, which then rotates it.
func (r *resolver) managedRotation(s *Secret, ro *spec.Rotation) {
	if !ro.Managed.V {
		r.report(diag.InvalidValue, ro.Managed.Span).
			Message("managed: false rotates nothing").
			Hint("write true, or remove the rotation")
	}
	r.notInChina(ro.Managed.Span)
	if s.Import == NotImported {
		r.report(diag.RotationMismatch, ro.Managed.Span).
			Message("%q is created here, and a service rotates only the secrets that it owns", s.ID).
			Hint("import the secret that the service made, or choose another way to rotate")
	}
}

// notInChina refuses what AWS does not offer in the China Regions.
// https://docs.amazonaws.cn/en_us/secretsmanager/latest/userguide/rotate-secrets_managed.html
func (r *resolver) notInChina(at source.Span) {
	if r.m.Env.Partition == "aws-cn" {
		r.report(diag.RotationMismatch, at).
			Message("there is no rotation by services or partners in the China Regions").
			Hint("choose another way to rotate")
	}
}

// superuserARN sees to it that the ARN of a superuser's secret is known where it must be passed on, and not only allowed by a pattern.
func (r *resolver) superuserARN(superuser *Secret, t spec.Text) {
	if superuser == nil || superuser.Import == NotImported || superuser.Import == ByARN {
		return
	}
	r.report(diag.NeedsARN, t.Span).
		Message("the rotation is given secret %q by its complete ARN, which is not known", superuser.ID).
		Hint("import the secret by its complete arn").
		Related(superuser.Span, "the secret is imported here")
}

// superuser finds the secret that a rotation reads besides its own.
func (r *resolver) superuser(s *Secret, t spec.Text) *Secret {
	if !t.Set() {
		return nil
	}
	other := r.m.secrets[t.V]
	switch {
	case other == nil:
		r.unknown(diag.UnknownSecret, t, "secret", r.secretNames)
	case other == s:
		r.report(diag.RotationMismatch, t.Span).
			Message("%q cannot be its own superuser secret", s.ID).
			Hint("name the secret of the superuser")
		return nil
	case other.Condition != "" && other.Condition != s.Condition && other.Import == NotImported:
		r.report(diag.RotationMismatch, t.Span).
			Message("%q exists only under the condition %q, which %q does not have", other.ID, other.Condition, s.ID).
			Hint("give both the same condition").
			Related(other.Span, "the secret is here")
	}
	return other
}

// rotationRole sees to it that the guardrails of a secret, and of its superuser's, let its rotation through. onlyOrganization does by itself: the
// role belongs to the own account.
func (r *resolver) rotationRole(s *Secret) {
	for _, secret := range []*Secret{s, s.Rotation.Superuser()} {
		if secret == nil {
			continue
		}
		g := &secret.Policy
		guardrail, at := "onlyGrantees", g.OnlyGranteesSpan
		switch {
		case len(g.VPCEndpoints) > 0:
			guardrail, at = "onlyFromVpcEndpoints", g.VPCSpan
		case len(g.VPCs) > 0:
			guardrail, at = "onlyFromVpcs", g.VPCSpan
		case !g.OnlyGrantees:
			continue
		}
		why, hint := "", ""
		switch {
		case len(g.Exempt) > 0: // the role may be among them
		case s.Rotation.UnknownRole():
			why = "AWS makes the role of the function"
			hint = "add the role of the function to exempt, by a rolePattern such as arn:" + cmp.Or(r.m.Env.Partition, "aws") + ":iam::" + cmp.Or(r.m.Env.Account, "<account>") + ":role/" + r.m.Stack + "*SecretsManager*"
		case s.Rotation.Lambda != nil && s.Rotation.Role() == nil:
			why, hint = "the role of the function is not stated", "name the function's role in executionRole, or in exempt"
		}
		if why != "" {
			r.report(diag.GuardrailDefeatsRotation, s.Rotation.Span).
				Message("%s of %q would keep the rotation of %q out, because %s", guardrail, secret.ID, s.ID, why).
				Hint("%s", hint).
				Related(at, "the guardrail is here")
		}
		if role := s.Rotation.Role(); role != nil && g.OnlyFromVPC() {
			r.needsARN(role, s.Rotation.Span, "the guardrails of "+secret.ID+" let the rotation through by its role's ARN")
		}
	}
}

// oneSchedule refuses a second schedule for one secret: Secrets Manager keeps one, and the later one wins.
func (r *resolver) oneSchedule() {
	byARN := map[string]*Secret{}
	for _, s := range r.m.Secrets {
		if s.Rotation == nil {
			continue
		}
		id := s.SecretID()
		if other := byARN[id]; other != nil {
			r.report(diag.TwoSchedules, s.Span).
				Message("%q and %q are the same secret, which can have one rotation", other.ID, s.ID).
				Hint("keep one of them").
				Related(other.Span, "the other one is here")
		}
		byARN[id] = s
		for _, e := range r.m.Resources {
			t, secretID := e.V.Node.Get("Type"), e.V.Node.Get("Properties").Get("SecretId")
			if t == nil || secretID == nil || t.Text != "AWS::SecretsManager::RotationSchedule" {
				continue
			}
			if ref := secretID.Get("Ref"); ref != nil && (ref.Text == s.LogicalID || ref.Text == s.LogicalID+"Attachment") {
				r.report(diag.TwoSchedules, e.ID.Span).
					Message("%q is a second schedule of secret %q", e.ID, s.ID).
					Hint("remove it, or the secret's rotation").
					Related(s.Span, "the secret has a rotation of its own")
			}
		}
	}
}
