package model

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// hostedRotations checks the rotations whose function CloudFormation's transform makes.
func hostedRotations(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Rotation == nil || s.Rotation.Hosted == nil {
			continue
		}
		in, out := &s.written.V.Rotation.Hosted, s.Rotation.Hosted
		if in.RotationLambdaName.Set() {
			c.functionName(out.Name, in.RotationLambdaName.Span,
				"write up to 64 letters, digits, hyphens and underscores")
		}
		c.network(&in.VPC, &in.Target, &out.Network)
		c.database(s, databaseRotation{in.RotationType, out.Type, in.ExcludeCharacters, in.Span})
	}
	return c.found
}

// databaseRotation is what rotations by AWS's functions for databases have in common.
type databaseRotation struct {
	rotationType      spec.Text
	known             *aws.RotationType // nil when the type is not known
	excludeCharacters spec.Text
	at                source.Span
}

// database checks what rotations by AWS's functions for databases have in common.
func (c *checker) database(s *Secret, r databaseRotation) {
	if r.known != nil {
		in := s.written.V.Rotation // an id that names nothing is stated all the same
		c.superuserOfType(r, s.Rotation.Superuser() != nil || in.Hosted.SuperuserSecret.Set() ||
			in.Application.SuperuserSecret.Set())
		c.engine(s, r)
	} else if r.rotationType.Set() {
		var names []string
		for _, known := range aws.RotationTypes() {
			names = append(names, known.Name)
		}
		c.report(diag.InvalidValue, r.rotationType.Span).
			Message("there is no rotation type %q", r.rotationType).
			Hint("%s", cmp.Or(diag.DidYouMean(r.rotationType.V, names),
				"write one of "+strings.Join(names, ", ")))
	}
	c.rotated(&s.written.V, r)
	c.breakers(&s.written.V, r.excludeCharacters, r.at)
	c.unknownRole(s, r.at, "")
}

// functionName checks the name of a function.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func (c *checker) functionName(name string, at source.Span, hint string) {
	if aws.FunctionName(name) != "" {
		c.report(diag.InvalidName, at).
			Message("%q is not the name of a function", name).
			Hint("%s", diag.Words(hint))
	}
}

func (c *checker) superuserOfType(r databaseRotation, stated bool) {
	switch {
	case r.known.NeedsSuperuser && !stated:
		c.report(diag.RotationMismatch, r.rotationType.Span).
			Message("%s needs the secret of a superuser, who may change the users that it "+
				"rotates", r.known.Name).
			Hint("add superuserSecret")
	case !r.known.NeedsSuperuser && stated:
		c.report(diag.RotationMismatch, r.rotationType.Span).
			Message("%s changes the user's own password, and does not use a superuser "+
				"secret", r.known.Name).
			Hint("write %s, or remove "+
				"superuserSecret", strings.Replace(r.known.Name, "SingleUser", "MultiUser", 1))
	}
}

// engine checks that the secret's JSON can hold what AWS's rotation function needs of it, as far as
// the spec shows.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
func (c *checker) engine(s *Secret, r databaseRotation) {
	fields, known := fieldsOf(&s.written.V)
	if s.Import != NotImported || !known {
		return
	}
	if fields == nil {
		c.report(diag.RotationNeedsJSON, r.at).
			Message("%s rotates a JSON object with username and password, and the value of %q is "+
				"none", r.known.Name, s.ID).
			Hint("give the value a secretStringTemplate with a username, and generateStringKey: " +
				"password")
		return
	}
	missing := slices.DeleteFunc(neededFields(s, r.known), func(name string) bool {
		_, ok := fields[name]
		return ok
	})
	missing = slices.DeleteFunc(missing, func(name string) bool { // under a misspelt name
		return diag.Nearest(name, slices.Collect(maps.Keys(fields))) != ""
	})
	if len(missing) > 0 {
		hint := "add them to the value"
		if s.Attachment == nil {
			hint += "; an attachment adds engine, host and port by itself"
		}
		c.report(diag.RotationNeedsJSON, r.at).
			Message("%s needs %s in the value of "+
				"%q", r.known.Name, strings.Join(missing, ", "), s.ID).
			Hint("%s", diag.Words(hint))
	}
	if engine := fields["engine"]; engine != "" && !slices.Contains(r.known.Engines, engine) {
		c.report(diag.RotationMismatch, r.rotationType.Span).
			Message("the value's engine is not one that %s rotates", r.known.Name).
			Hint("write one of %s, or another rotation type", strings.Join(r.known.Engines, ", "))
	}
}

// neededFields are the fields that AWS's rotation function needs in a secret's JSON.
func neededFields(s *Secret, t *aws.RotationType) []string {
	needed := []string{"username", "password"}
	if t.NeedsSuperuser {
		needed = append(needed, "masterarn")
	}
	if s.Attachment == nil {
		needed = append(needed, "engine", "host")
	}
	if t.NeedsDBName && s.Attachment == nil {
		needed = append(needed, "dbname")
	}
	return needed
}

// rotated checks the passwords that AWS's rotation functions make. They have at least one character
// of every class: neither HostedRotationLambda nor the applications have a property that takes a
// class out, so that what the generator excludes comes again, and characters that are excluded one
// by one must leave some of each class.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
// https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas (REQUIRE_EACH_INCLUDED_TYPE)
func (c *checker) rotated(in *spec.Secret, r databaseRotation) {
	g := in.Value.Generate
	excluded := r.excludeCharacters
	if !excluded.Set() {
		excluded = *g.ExcludeCharacters
	}
	var again []string
	for _, class := range classesOf(g) {
		refused := !class.excluded && g.RequireEachIncludedType.Or(true)
		switch {
		case class.isEmptied(excluded.V) && (r.excludeCharacters.Set() || !refused):
			c.report(diag.ImpossibleGenerator, excluded.Span).
				Message("excludeCharacters leaves no %s, and every password that the rotation "+
					"function makes must have some", class.name).
				Hint("state excludeCharacters of the rotation, and exclude fewer")
		case class.excluded && !r.excludeCharacters.Set():
			again = append(again, class.name)
		}
	}
	if len(again) == 0 {
		return
	}
	c.report(diag.RotatedOtherwise, r.at).
		Message("the generator excludes %s, and every password that the rotation function makes "+
			"has some again", diag.Words(english.List(again))).
		Hint("state excludeCharacters of the rotation, with all that may not be in a password " +
			"but one at least of each class; or rotate with a lambda of your own")
}

// breakers notes characters of a password that an application will trip over when it puts the
// password into an address: of the generated one, and of those that the rotation makes, where it
// says itself what it leaves out.
func (c *checker) breakers(in *spec.Secret, own spec.Text, at source.Span) {
	note := func(whose, excluded string, at source.Span) {
		var left []string
		for _, c := range aws.RotationExcludeCharacters {
			if !strings.ContainsRune(excluded, c) {
				left = append(left, string(c))
			}
		}
		if len(left) > 0 {
			c.report(diag.BreaksConnectionStrings, at).
				Message("the %s password may contain %s, which break connection strings where "+
					"they are not escaped", whose, strings.Join(left, " ")).
				Hint("exclude %s as AWS's rotation functions do by "+
					"default", aws.RotationExcludeCharacters)
		}
	}
	if g := in.Value.Generate; g.GenerateStringKey.Set() && !g.ExcludePunctuation.V {
		note("generated", g.ExcludeCharacters.V,
			cmp.Or(g.ExcludeCharacters.Span, g.GenerateStringKey.Span, at))
	}
	if own.Set() {
		note("rotated", own.V, own.Span)
	}
}

// fieldsOf returns the fields of a secret's JSON, with the text of literal ones; nil when it is no
// JSON. It is not known for a value that comes from elsewhere.
func fieldsOf(in *spec.Secret) (fields map[string]string, known bool) {
	v := &in.Value
	entries := v.Object
	switch {
	case v.String.Set(), v.Empty.Set():
		return nil, false
	case v.Generate.SecretStringTemplate.JSON.Set():
		return nil, false
	case v.Object == nil:
		if !v.Generate.GenerateStringKey.Set() {
			return nil, true
		}
		entries = v.Generate.SecretStringTemplate.Fields
	}
	fields = map[string]string{}
	for _, e := range entries {
		literal, _ := e.V.Literal()
		fields[e.ID.V] = literal
	}
	if k := v.Generate.GenerateStringKey; k.Set() {
		fields[k.V] = ""
	}
	return fields, true
}

// applicationRotations checks the rotations by AWS's serverless applications.
func applicationRotations(m *Model) diag.List {
	c := checker{Model: m}
	for s := range c.eachSecret() {
		if s.Rotation != nil && s.Rotation.Application != nil {
			c.application(s, &s.written.V.Rotation.Application, s.Rotation.Application)
		}
	}
	return c.found
}

func (c *checker) application(s *Secret, in *spec.ApplicationRotation, out *ApplicationRotation) {
	if !cfn.IsIntrinsic(out.FunctionName) {
		c.functionName(out.FunctionName, cmp.Or(in.FunctionName.Span(), in.Span),
			"state functionName with up to 64 letters, digits, hyphens and underscores")
	}
	if in.SemanticVersion.Set() && !semanticVersion.MatchString(out.Version) {
		c.report(diag.InvalidValue, in.SemanticVersion.Span).
			Message("%q is not the version of an application", out.Version).
			Hint("write three numbers, such as 1.1.671")
	}
	partition := c.Env.Partition
	if out.Type != nil && partition != "" && out.Type.Versions[partition] == "" {
		c.report(diag.RotationMismatch, in.RotationType.Span).
			Message("AWS publishes no rotation application in partition %q", partition).
			Hint("rotate with a lambda, or hosted")
	}
	c.endpoint(in.Endpoint)
	c.network(&in.VPC, &in.Target, &out.Network)
	c.database(s, databaseRotation{in.RotationType, out.Type, in.ExcludeCharacters, in.Span})
}

// semanticVersion is the version of an application as AWS's rotation applications have it.
var semanticVersion = lazy.Regexp(`^[0-9]+\.[0-9]+\.[0-9]+$`)

// network checks where a function that AWS makes runs, and what it is to reach.
func (c *checker) network(vpc *spec.RotationVPC, target *spec.RotationTarget, out *Network) {
	inVPC := vpc.Span.File != nil
	switch {
	case inVPC && len(out.Groups) == 0 && out.VPC == "" && !isEmpty(vpc.SecurityGroupIDs):
		c.report(diag.MissingProperty, vpc.Span).
			Message("a function in a VPC needs a security group").
			Hint("add vpcId, for a security group of its own, or securityGroupIds")
	case inVPC && len(out.Groups) > 0 && out.VPC != "":
		c.report(diag.PropertyWithoutEffect, vpc.VPCID.Span()).
			Message("vpcId is for a security group of the function's own, and securityGroupIds " +
				"names others").
			Hint("remove it")
	}
	if out.TargetGroup != "" && !inVPC {
		c.report(diag.PropertyWithoutEffect, target.Span).
			Message("a function outside a VPC has no security group that the target could let in").
			Hint("add vpc, or remove target")
	}
	if port, ok := target.Port.Literal(); ok && !isPort(port) {
		c.report(diag.InvalidValue, target.Port.Span()).
			Message("%q is not a port", port).
			Hint("write a number such as 3306")
	}
}

// endpoint checks where an application's function finds Secrets Manager.
func (c *checker) endpoint(v spec.Value) {
	literal, ok := v.Literal()
	if ok && !strings.HasPrefix(literal, "https://") && aws.VPCEndpointID(literal) != "" {
		c.report(diag.InvalidValue, v.Span()).
			Message("%q is not an endpoint", literal).
			Hint("write an https:// address, or the id of a VPC endpoint")
	}
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}
