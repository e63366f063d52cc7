package model

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

func (r *resolver) hostedRotation(s *Secret, in *spec.Secret, h *spec.HostedRotation) *HostedRotation {
	out := &HostedRotation{
		Type: r.rotationType(h.RotationType), Superuser: r.superuser(s, h.SuperuserSecret), Name: h.RotationLambdaName.V,
		ExcludeCharacters: r.excluded(in, h.ExcludeCharacters), Subnets: values(h.VPC.SubnetIDs), Groups: values(h.VPC.SecurityGroupIDs),
	}
	if h.RotationLambdaName.Set() {
		r.functionName(out.Name, h.RotationLambdaName.Span, "write up to 64 letters, digits, hyphens and underscores")
	}
	r.engine(s, in, out.Type, out.Superuser, h.RotationType.Span, h.Span)
	r.breakers(in, h.ExcludeCharacters, h.Span)
	r.superuserARN(out.Superuser, h.SuperuserSecret)
	r.unknownRole(s, out.Superuser, h.Span, "", true)
	return out
}

// functionName checks the name of a function. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func (r *resolver) functionName(name string, at source.Span, hint string) {
	if len(name) > aws.MaxFunctionName || strings.Trim(name, functionCharacters) != "" || name == "" {
		r.report(diag.InvalidName, at).
			Message("%q is not the name of a function", name).
			Hint("%s", diag.Words(hint))
	}
}

const functionCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// rotationType finds one of the sixteen rotation types.
func (r *resolver) rotationType(t spec.Text) *aws.RotationType {
	if !t.Set() {
		return nil // refused already
	}
	if known, ok := aws.RotationTypeNamed(t.V); ok {
		return &known
	}
	var names []string
	for _, known := range aws.RotationTypes {
		names = append(names, known.Name)
	}
	r.report(diag.InvalidValue, t.Span).
		Message("there is no rotation type %q", t).
		Hint("%s", cmp.Or(diag.DidYouMean(t.V, names), "write one of "+strings.Join(names, ", ")))
	return nil
}

// excluded returns the characters that a rotation leaves out: its own, or else the generator's.
func (r *resolver) excluded(in *spec.Secret, own spec.Text) *string {
	if own.Set() {
		return &own.V
	}
	if g := &in.Value.Generate; g.ExcludeCharacters.Set() {
		return &g.ExcludeCharacters.V
	}
	return nil
}

func values(list []spec.Value) []string {
	var out []string
	for _, v := range list {
		out = append(out, text(v))
	}
	return out
}

// engine checks that the secret's JSON can hold what AWS's rotation function needs of it, as far as the spec shows.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
func (r *resolver) engine(s *Secret, in *spec.Secret, t *aws.RotationType, superuser *Secret, typeAt, at source.Span) {
	if t == nil {
		return
	}
	if t.NeedsSuperuser && superuser == nil {
		r.report(diag.RotationMismatch, typeAt).
			Message("%s needs the secret of a superuser, who may change the users that it rotates", t.Name).
			Hint("add superuserSecret")
	}
	if !t.NeedsSuperuser && superuser != nil {
		r.report(diag.RotationMismatch, typeAt).
			Message("%s changes the user's own password, and does not use a superuser secret", t.Name).
			Hint("write %s, or remove superuserSecret", strings.Replace(t.Name, "SingleUser", "MultiUser", 1))
	}
	if s.Import != NotImported {
		return
	}
	fields, known := r.fieldsOf(in)
	if !known {
		return
	}
	if fields == nil {
		r.report(diag.RotationNeedsJSON, at).
			Message("%s rotates a JSON object with username and password, and the value of %q is none", t.Name, s.ID).
			Hint("give the value a secretStringTemplate with a username, and generateStringKey: password")
		return
	}
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
	var missing []string
	for _, f := range needed {
		if _, ok := fields[f]; !ok {
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		hint := "add them to the value"
		if s.Attachment == nil {
			hint += "; an attachment adds engine, host and port by itself"
		}
		r.report(diag.RotationNeedsJSON, at).
			Message("%s needs %s in the value of %q", t.Name, strings.Join(missing, ", "), s.ID).
			Hint("%s", diag.Words(hint))
	}
	if engine := fields["engine"]; engine != "" && !slices.Contains(t.Engines, engine) {
		r.report(diag.RotationMismatch, typeAt).
			Message("the value's engine is not one that %s rotates", t.Name).
			Hint("write one of %s, or another rotation type", strings.Join(t.Engines, ", "))
	}
}

// breakers notes characters of a password that an application will trip over when it puts the password into an address: of the generated
// one, and of those that the rotation makes, where it says itself what it leaves out.
func (r *resolver) breakers(in *spec.Secret, own spec.Text, at source.Span) {
	note := func(whose, excluded string, at source.Span) {
		var left []string
		for _, c := range aws.RotationExcludeCharacters {
			if !strings.ContainsRune(excluded, c) {
				left = append(left, string(c))
			}
		}
		if len(left) > 0 {
			r.report(diag.BreaksConnectionStrings, at).
				Message("the %s password may contain %s, which break connection strings where they are not escaped", whose, strings.Join(left, " ")).
				Hint("exclude %s as AWS's rotation functions do by default", aws.RotationExcludeCharacters)
		}
	}
	if g := &in.Value.Generate; g.GenerateStringKey.Set() && !g.ExcludePunctuation.V {
		note("generated", g.ExcludeCharacters.V, cmp.Or(g.ExcludeCharacters.Span, g.GenerateStringKey.Span, at))
	}
	if own.Set() {
		note("rotated", own.V, own.Span)
	}
}

// fieldsOf returns the fields of a secret's JSON, with the text of literal ones; nil when it is no JSON. It is not known for a value that
// comes from elsewhere.
func (r *resolver) fieldsOf(in *spec.Secret) (fields map[string]string, known bool) {
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

// unknownRole refuses what a role of an account (empty: the own one) that the spec does not name could not use, because a policy would have to name it: secrets of
// other accounts, and keys over which IAM of that account does not decide. givenByARN says whether AWS gives it the key by ARN.
func (r *resolver) unknownRole(s, superuser *Secret, at source.Span, account string, givenByARN bool) {
	for _, secret := range []*Secret{s, superuser} {
		if secret == nil {
			continue
		}
		if secret.Account != account {
			r.report(diag.RotationMismatch, at).
				Message("the resource policy of %q would have to name the function's role, which is of another account and which the spec does not know", secret.ID).
				Hint("rotate with a lambda whose executionRole is named").
				Related(secret.Span, "the secret is here")
			continue
		}
		keys := []*Key{secret.Key}
		if secret == s { // a new value is encrypted with the keys of all copies
			for _, replica := range s.Replicas {
				keys = append(keys, replica.Key)
			}
		}
		for i, k := range keys {
			r.keyOfUnknownRole(k, at, account, givenByARN && i == 0)
		}
	}
}

func (r *resolver) keyOfUnknownRole(k *Key, at source.Span, account string, givenByARN bool) {
	switch {
	case k == nil:
		return
	case k.Imported && k.ARN == "" && givenByARN:
		r.report(diag.NeedsARN, at).
			Message("the function's role is given the key by its ARN, and key %q is imported by alias", k.ID).
			Hint("import the key by its arn")
	case k.Account != account:
		r.report(diag.RotationMismatch, at).
			Message("the policy of key %q would have to name the function's role, which is of another account and which the spec does not know", k.ID).
			Hint("rotate with a lambda whose executionRole is named")
	case !k.Delegates:
		r.report(diag.RotationMismatch, at).
			Message("the policy of key %q would have to name the function's role, which the spec does not know", k.ID).
			Hint("let IAM decide over the key with iamDelegation: true, or rotate with a lambda whose executionRole is named")
	default:
		return
	}
	r.related(k.Span, "the key is here")
}

func (r *resolver) applicationRotation(s *Secret, in *spec.Secret, a *spec.ApplicationRotation) *ApplicationRotation {
	out := &ApplicationRotation{
		Type: r.rotationType(a.RotationType), Version: a.SemanticVersion.V, Superuser: r.superuser(s, a.SuperuserSecret),
		ExcludeCharacters: r.excluded(in, a.ExcludeCharacters), Endpoint: text(a.Endpoint), VPC: text(a.VPC.VPCID),
		Subnets: values(a.VPC.SubnetIDs), Groups: values(a.VPC.SecurityGroupIDs),
		TargetGroup: text(a.Target.SecurityGroupID), TargetPort: text(a.Target.Port), FunctionName: text(a.FunctionName),
	}
	if !a.FunctionName.Set() {
		out.FunctionName = r.m.Stack + "-" + s.ID + "-rotation"
	}
	if !cfn.IsIntrinsic(out.FunctionName) {
		r.functionName(out.FunctionName, cmp.Or(a.FunctionName.Span(), a.Span), "state functionName with up to 64 letters, digits, hyphens and underscores")
	}
	if a.SemanticVersion.Set() && !semanticVersion.MatchString(out.Version) {
		r.report(diag.InvalidValue, a.SemanticVersion.Span).
			Message("%q is not the version of an application", out.Version).
			Hint("write three numbers, such as 1.1.671")
	}
	r.superuserARN(out.Superuser, a.SuperuserSecret)
	if out.Type != nil && r.m.Env.Partition != "" && out.Type.Versions[r.m.Env.Partition] == "" {
		r.report(diag.RotationMismatch, a.RotationType.Span).
			Message("AWS publishes no rotation application in partition %q", r.m.Env.Partition).
			Hint("rotate with a lambda, or hosted")
	}
	r.applicationNetwork(a, out)
	r.engine(s, in, out.Type, out.Superuser, a.RotationType.Span, a.Span)
	r.breakers(in, a.ExcludeCharacters, a.Span)
	r.unknownRole(s, out.Superuser, a.Span, "", true)
	return out
}

// semanticVersion is the version of an application as AWS's rotation applications have it.
var semanticVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// applicationNetwork checks what an application's function needs to reach its database.
func (r *resolver) applicationNetwork(a *spec.ApplicationRotation, out *ApplicationRotation) {
	inVPC := a.VPC.Span.File != nil
	switch {
	case inVPC && len(out.Groups) == 0 && out.VPC == "" && !isEmpty(a.VPC.SecurityGroupIDs):
		r.report(diag.MissingProperty, a.VPC.Span).
			Message("a function in a VPC needs a security group").
			Hint("add vpcId, for a security group of its own, or securityGroupIds")
	case inVPC && len(out.Groups) > 0 && out.VPC != "":
		r.report(diag.PropertyWithoutEffect, a.VPC.VPCID.Span()).
			Message("vpcId is for a security group of the function's own, and securityGroupIds names others").
			Hint("remove it")
	}
	if out.TargetGroup != "" && !inVPC {
		r.report(diag.PropertyWithoutEffect, a.Target.Span).
			Message("a function outside a VPC has no security group that the target could let in").
			Hint("add vpc, or remove target")
	}
	if ref := a.Endpoint.Node.Get("Ref"); r.ofType(ref, "AWS::EC2::VPCEndpoint") != nil { // a DNS entry is a zone, a colon and a name
		out.Endpoint = cfn.Concat("https://", cfn.Select(1, cfn.Split(":", cfn.Select(0, cfn.GetAtt(ref.Text, "DnsEntries")))))
	}
	if literal, ok := a.Endpoint.Literal(); ok && !strings.HasPrefix(literal, "https://") && aws.VPCEndpointID(literal) != "" {
		r.report(diag.InvalidValue, a.Endpoint.Span()).
			Message("%q is not an endpoint", literal).
			Hint("write an https:// address, or the id of a VPC endpoint")
	}
	if port, ok := a.Target.Port.Literal(); ok && !isPort(port) {
		r.report(diag.InvalidValue, a.Target.Port.Span()).
			Message("%q is not a port", port).
			Hint("write a number such as 3306")
	}
}
