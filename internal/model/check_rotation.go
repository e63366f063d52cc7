package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/aws/schedule"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// schedules checks when secrets are rotated.
func schedules(m *Model) diag.List {
	c := checker{Model: m}
	byDefault := m.written.Defaults.Rotation
	c.times(byDefault, rotationOf(byDefault, false))
	for s := range c.eachSecret() {
		if s.Rotation == nil {
			continue
		}
		written := s.written.V.Rotation
		if written.Managed.Set() && !written.Managed.V {
			continue // which rotates nothing, as is said
		}
		if written.Manual.V {
			c.manual(written)
		}
		in := m.scheduleOf(written)
		if s.Rotation.Manual || c.times(in, s.Rotation) {
			c.schedule(s, in)
		}
	}
	return c.found
}

// times checks the times of a schedule, and says whether there are any.
func (c *checker) times(in spec.Schedule, out *Rotation) bool {
	if in.AutomaticallyAfterDays.Set() && in.ScheduleExpression.Set() {
		c.report(diag.NotExactlyOne, in.ScheduleExpression.Span).
			Message("scheduleExpression cannot stand beside automaticallyAfterDays").
			Hint("remove one of them").
			Related(in.AutomaticallyAfterDays.Span, "automaticallyAfterDays is here")
		return false
	}
	hours := c.window(in.Duration)
	if !in.ScheduleExpression.Set() {
		return true
	}
	if out.invalid != nil {
		c.badSchedule(in.ScheduleExpression, out.invalid)
		return false
	}
	if problem := out.schedule.WindowProblem(hours); hours > 0 && problem != "" {
		c.report(diag.InvalidSchedule, in.Duration.Span).
			Message("the window of %s %s", in.Duration, problem).
			Hint("shorten the duration, or start earlier")
	}
	return true
}

// schedule notes what about the schedule of a secret may not be meant.
func (c *checker) schedule(s *Secret, in spec.Schedule) {
	if days := int(s.Rotation.Interval.Hours() / 24); days > 90 {
		own := s.written.V.Rotation
		at := cmp.Or(own.AutomaticallyAfterDays.Span, own.ScheduleExpression.Span)
		d := c.report(diag.RareRotation, cmp.Or(at, own.Span)).
			Message("%q is rotated every %d days; security standards ask for 90 at "+
				"most", s.ID, days).
			Hint("rotate at least every 90 days")
		if at.IsZero() {
			d.Related(c.written.Defaults.Rotation.Span, "defaults say when")
		}
	}
	if !in.RotateImmediatelyOnUpdate.Set() {
		c.report(diag.RotatesAtOnce, in.Span).
			Message("%q is rotated as soon as the schedule is created or changed: that is "+
				"CloudFormation's default", s.ID).
			Hint("write rotateImmediatelyOnUpdate: true or false")
	}
}

// manual checks a rotation without a schedule: by a function, which Secrets Manager keeps without
// one. What a service or a partner rotates is known by its schedule alone.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
func (c *checker) manual(in *spec.Rotation) {
	for _, p := range []property{
		{"automaticallyAfterDays", in.AutomaticallyAfterDays.Span},
		{"scheduleExpression", in.ScheduleExpression.Span}, {"duration", in.Duration.Span},
	} {
		if !p.at.IsZero() {
			c.report(diag.NotExactlyOne, p.at).
				Message("%s cannot stand beside manual: true, which is rotation without a "+
					"schedule", diag.Words(p.name)).
				Hint("remove one of them").
				Related(in.Manual.Span, "manual is here")
		}
	}
	if in.Managed.Set() || in.External.Span.File != nil {
		c.report(diag.RotationMismatch, in.Manual.Span).
			Message("only rotation by a function can do without a schedule").
			Hint("remove manual, or rotate with lambda, hosted or application")
	}
}

// window reads the duration of a rotation window, in hours; 0 where none is stated.
func (c *checker) window(t spec.Text) int {
	if !t.Set() {
		return 0
	}
	hours, clause := schedule.ParseDuration(t.V)
	if clause != "" {
		c.report(diag.InvalidSchedule, t.Span).
			Message("the duration %q %s", t, clause).
			Hint("write whole hours, such as 3h")
	}
	return hours
}

// badSchedule puts what is wrong with an expression at its place in the file, where the text stands
// as it is meant.
func (c *checker) badSchedule(t spec.Text, err error) {
	at, hint := t.Span, "see `secretctl schedule --help`"
	message := err.Error()
	if e, ok := err.(*schedule.Error); ok {
		message, hint = e.Clause, cmp.Or(e.Hint, hint)
		if i := strings.Index(t.Span.Text(), t.V); i >= 0 && e.End > e.Start {
			at = source.Span{
				File:  t.Span.File,
				Start: t.Span.Start + int32(i+e.Start),
				End:   t.Span.Start + int32(i+e.End),
			}
		}
	}
	c.report(diag.InvalidSchedule, at).
		Message("this is no schedule of Secrets Manager's: %s", message).
		Hint("%s", hint)
}

// managedRotations checks that the secrets which a service is to rotate belong to one.
func managedRotations(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if r := s.Rotation; r == nil || r.Lambda != nil || r.Hosted != nil ||
			r.Application != nil ||
			r.External != nil ||
			!s.written.V.Rotation.Managed.Set() {
			continue
		}
		managed := s.written.V.Rotation.Managed
		if !managed.V {
			c.report(diag.InvalidValue, managed.Span).
				Message("managed: false rotates nothing").
				Hint("write true, or remove the rotation")
			continue
		}
		c.notInChina(managed.Span)
		if s.Import == NotImported {
			c.report(diag.RotationMismatch, managed.Span).
				Message("%q is created here, and a service rotates only the secrets that it "+
					"owns", s.ID).
				Hint("import the secret that the service made, or choose another way to rotate")
		}
	}
	return c.found
}

// notInChina refuses what AWS does not offer in the China Regions.
// https://docs.amazonaws.cn/en_us/secretsmanager/latest/userguide/rotate-secrets_managed.html
func (c *checker) notInChina(at source.Span) {
	if c.Env.Partition == "aws-cn" {
		c.report(diag.RotationMismatch, at).
			Message("there is no rotation by services or partners in the China Regions").
			Hint("choose another way to rotate")
	}
}

// superusers checks the secrets that rotations read besides their own.
func superusers(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Rotation != nil {
			c.superuser(s, s.Rotation.superuserWritten(s.written.V.Rotation))
		}
	}
	return c.found
}

// superuserWritten returns what names the secret that the rotation reads besides.
func (r *Rotation) superuserWritten(in *spec.Rotation) spec.Text {
	switch {
	case r.Lambda != nil:
		return in.Lambda.SuperuserSecret
	case r.Hosted != nil:
		return in.Hosted.SuperuserSecret
	case r.Application != nil:
		return in.Application.SuperuserSecret
	case r.External != nil:
		return in.External.AdminSecret
	}
	return spec.Text{}
}

func (c *checker) superuser(s *Secret, t spec.Text) {
	other := c.secrets[t.V]
	switch {
	case other == nil:
		return
	case other == s:
		c.report(diag.RotationMismatch, t.Span).
			Message("%q cannot be its own superuser secret", s.ID).
			Hint("name the secret of the superuser")
		return
	case other.Condition != "" && other.Condition != s.Condition && other.Import == NotImported:
		c.report(diag.RotationMismatch, t.Span).
			Message("%q exists only under the condition %q, which %q does not "+
				"have", other.ID, other.Condition, s.ID).
			Hint("give both the same condition").
			Related(other.Span, "the secret is here")
	}
	// AWS's functions for databases have it in a policy alone, where the pattern of its ARN does.
	if s.Rotation.External != nil && other.Import != NotImported && other.Import != ByARN {
		c.report(diag.NeedsARN, t.Span).
			Message("the partner is given secret %q by its complete ARN, which is not "+
				"known", other.ID).
			Hint("import the secret by its complete arn").
			Related(other.Span, "the secret is imported here")
	}
}

// rotationGuardrails sees to it that the guardrails of a secret, and of its superuser's, let its
// rotation through. onlyOrganization does by itself: the role belongs to the own account.
func rotationGuardrails(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Rotation == nil {
			continue
		}
		for _, held := range []*Secret{s, s.Rotation.Superuser()} {
			if held != nil && (held.Policy.OnlyFromVPC() || held.Policy.OnlyGrantees) {
				c.letsRotationIn(held, s)
			}
		}
	}
	return c.found
}

// letsRotationIn checks that the guardrails of one secret let the rotation of another, or its own,
// through.
func (c *checker) letsRotationIn(held, s *Secret) {
	g := held.Policy
	guardrail, at := "onlyGrantees", g.OnlyGranteesSpan
	switch {
	case len(g.VPCEndpoints) > 0:
		guardrail, at = "onlyFromVpcEndpoints", g.VPCSpan
	case len(g.VPCs) > 0:
		guardrail, at = "onlyFromVpcs", g.VPCSpan
	}
	role := s.Rotation.Role()
	why, hint := "", ""
	switch {
	case slices.ContainsFunc(g.Exempt, func(p *Principal) bool { return c.mayRotate(p, s) }):
	case s.Rotation.UnknownRole():
		why = "AWS makes the role of the function"
		hint = "add the role of the function to exempt, by a rolePattern such as arn:" +
			cmp.Or(c.Env.Partition, "aws") + ":iam::" + cmp.Or(c.Env.Account, "<account>") +
			":role/" + c.Stack + "*SecretsManager*"
	case s.written.V.Rotation.Lambda.ExecutionRole.Set(): // and what is wrong with it is said
	case s.Rotation.Lambda != nil && role == nil:
		why = "the role of the function is not stated"
		hint = "name the function's role in executionRole, or in exempt"
	}
	if why != "" {
		c.report(diag.GuardrailDefeatsRotation, s.Rotation.Span).
			Message("%s of %q would keep the rotation of %q out, because "+
				"%s", guardrail, held.ID, s.ID, why).
			Hint("%s", hint).
			Related(at, "the guardrail is here")
	}
	if role != nil && g.OnlyFromVPC() {
		c.needsARN(role, s.Rotation.Span,
			"the guardrails of "+held.ID+" let the rotation through by its role's ARN")
	}
}

// mayRotate says whether somebody may be the role of a rotation that the spec does not name. Where
// AWS makes the role, in a stack below the own one, its name begins as that of the stack does.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks.html
func (c *checker) mayRotate(p *Principal, s *Secret) bool {
	switch p.Kind {
	case CreatedRole, Account, Organization, OrganizationPath:
		return s.Rotation.Lambda != nil
	case ExistingRole, RolePattern:
		return s.Rotation.Lambda != nil || p.Account == "" && c.beginsLikeStack(p)
	}
	return p.Kind == 0 // something is wrong with it, which is said
}

// beginsLikeStack says whether the name of a role, or the pattern of names, may be that of a role
// which CloudFormation names. It shortens the names of stacks that are too long for that.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func (c *checker) beginsLikeStack(p *Principal) bool {
	const kept = 20 // characters of the stack's name, at least
	name := p.ARN
	if literal, ok := existingLiteral(p); ok {
		name = literal
	}
	if cfn.IsIntrinsic(name) || name == "" {
		return true
	}
	if arn, err := aws.ParseARN(name); err == nil {
		_, name = arn.ResourceType()
	}
	if i := strings.IndexAny(name, "*?"); i >= 0 {
		name = name[:i]
	}
	n := min(len(name), len(c.Stack), kept)
	return name[:n] == c.Stack[:n]
}

// rotationRoles checks the principals that are to rotate.
func rotationRoles(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		switch in := s.written.V.Rotation; {
		case s.Rotation == nil:
		case s.Rotation.Lambda != nil:
			c.isRole(in.Lambda.ExecutionRole, "executionRole")
			c.lambdaMayAssume(s.Rotation.Lambda.ExecutionRole, in.Lambda.ExecutionRole)
		case s.Rotation.External != nil:
			c.isRole(in.External.Role, "role")
			if role := s.Rotation.External.Role; role != nil {
				c.needsARN(role, in.External.Role.Span, "the schedule names the role by its ARN")
			}
		}
	}
	return c.found
}

func (c *checker) isRole(t spec.Text, property string) {
	if p := c.principals[t.V]; p != nil && p.Kind != 0 && !p.isRole() {
		c.report(diag.RotationMismatch, t.Span).
			Message("%s must name a role, and %q is of kind %s", property, p.ID, p.Kind).
			Hint("name a role or existingRole")
	}
}

// lambdaMayAssume sees to it that a role which is created here can be a function's.
func (c *checker) lambdaMayAssume(role *Principal, t spec.Text) {
	if role == nil || role.Role == nil || c.written.UnreadWithin(role.Span, nil) ||
		slices.ContainsFunc(role.Role.Trusts,
			func(t Trust) bool {
				return t.Service == "lambda.amazonaws.com" || cfn.IsIntrinsic(t.Service) ||
					slices.ContainsFunc(t.Assumers, func(p *Principal) bool {
						return p.Kind == Service && p.ARN == "lambda.amazonaws.com"
					}) ||
					t.Service != "" && aws.ServicePrincipal(t.Service) != "" // which is said
			}) {
		return
	}
	c.report(diag.RotationMismatch, t.Span).
		Message("role %q cannot be a function's: lambda.amazonaws.com may not assume it", role.ID).
		Hint("add assumedBy: { service: lambda.amazonaws.com } to the role").
		Related(role.Span, "the role is defined here")
}
