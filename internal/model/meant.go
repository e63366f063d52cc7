package model

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// This file knows what is meant by names of AWS's where ids of the spec belong, and by ARNs that
// are nearly right.

// byAWSName completes a diagnostic about a name that is no id with what AWS calls by it: something
// that the spec has under another id, or something that can be imported.
func (r *resolver) byAWSName(d *diag.Diagnostic, code *diag.Code, t spec.Text) bool {
	entry := entryOf(code, t.V)
	id := r.idOf(code, t.V)
	switch {
	case id != "":
		d.Hint("write %q, which is its id here", id).Fix(t.Span, "%s", id)
		r.unknownNames[nameUnknown{code, t.V}].meant = id
	case entry == nil:
		return false
	default:
		id := r.freeID(code, t.V)
		d.Hint("write %s: { %s: %s } and name %q here", diag.Words(entry.section), id,
			entry.written, id)
	}
	return true
}

// anEntry is what can stand in a section for something that AWS has.
type anEntry struct {
	section string
	written diag.Text
}

// entryOf returns the entry for what AWS calls by a name; nil: it is no name of AWS's for certain.
func entryOf(code *diag.Code, name string) *anEntry {
	arn, err := aws.ParseARN(name)
	kind, rest := arn.ResourceType()
	switch {
	case code == diag.UnknownKey && aws.KeyARN(name) == "":
		return &anEntry{"keys", diag.Say("{ import: { arn: %q } }", name)}
	case code == diag.UnknownKey && strings.HasPrefix(name, "alias/"):
		return &anEntry{"keys", diag.Say("{ import: { alias: %s } }", name)}
	case code == diag.UnknownSecret && aws.SecretARN(name) == "":
		return &anEntry{"secrets", diag.Say("{ import: { arn: %q } }", name)}
	case code == diag.UnknownSecret && aws.PartialSecretARN(name) == "":
		return &anEntry{"secrets", diag.Say("{ import: { partialArn: %q } }", name)}
	case code != diag.UnknownPrincipal:
		return nil
	case err == nil && arn.Service == "iam" && isPattern(rest) && kind == "role":
		return &anEntry{"principals", diag.Say("{ rolePattern: %q }", name)}
	case err == nil && arn.Service == "iam" && existingKinds[kind] != "" && rest != "":
		return &anEntry{"principals", diag.Say("{ %s: %q }", diag.Words(existingKinds[kind]), name)}
	case err == nil && arn.Service == "iam" && kind == "root":
		return &anEntry{"principals", diag.Say("{ account: %q }", arn.Account)}
	case aws.AccountID(name) == "":
		return &anEntry{"principals", diag.Say("{ account: %q }", name)}
	case aws.OrganizationID(name) == "":
		return &anEntry{"principals", diag.Say("{ organization: %s }", name)}
	case strings.HasSuffix(name, ".amazonaws.com") && aws.ServicePrincipal(name) == "":
		return &anEntry{"principals", diag.Say("{ service: %s }", name)}
	}
	return nil
}

// existingKinds are the kinds of principals by the words of IAM's ARNs.
var existingKinds = map[string]string{
	"role": "existingRole", "user": "existingUser", "group": "existingGroup",
}

// idOf returns the id of the thing of the spec that AWS calls by a name, if there is just one.
func (r *resolver) idOf(code *diag.Code, name string) string {
	var ids []string
	switch code {
	case diag.UnknownKey:
		for _, k := range r.keysWritten {
			arn, _ := k.written.Import.ARN.Literal()
			if arn == name || aliasName(k.written.Import.Alias.V) == name ||
				k.written.Alias.Set() && aliasName(k.written.Alias.V) == aliasName(name) {
				ids = append(ids, k.ID)
			}
		}
	case diag.UnknownSecret:
		for _, s := range r.secretsWritten {
			in := &s.written.V
			arn, _ := in.Import.ARN.Literal()
			partial, _ := in.Import.PartialARN.Literal()
			if slices.Contains([]string{in.Name.V, in.Import.Name.V, arn, partial}, name) {
				ids = append(ids, s.ID)
			}
		}
	case diag.UnknownPrincipal:
		for _, p := range r.Principals {
			_, v := existing(p.written)
			literal, _ := v.Literal()
			if literal == name || p.written.Account.V == name || p.written.Service.V == name ||
				p.written.Organization.V == name || p.written.RolePattern.V == name {
				ids = append(ids, p.ID)
			}
		}
	}
	if len(ids) != 1 || name == "" {
		return ""
	}
	return ids[0]
}

// idPart is what an id may be made of in a name of AWS's.
var idPart = lazy.Regexp(`[A-Za-z][A-Za-z0-9]*`)

// freeID returns an id for something that AWS calls by a name: the last word of the name, or of
// what it is, that no other thing has as its id.
func (r *resolver) freeID(code *diag.Code, name string) string {
	words := idPart.FindAllString(strings.TrimSuffix(name, ".amazonaws.com"), -1)
	fallback := map[*diag.Code]string{
		diag.UnknownKey: "app", diag.UnknownSecret: "secret", diag.UnknownPrincipal: "partner",
	}[code]
	named := !strings.Contains(name, ":key/") && len(words) > 0 && aws.AccountID(name) != "" &&
		!strings.HasPrefix(name, "o-") && !strings.HasSuffix(name, ":root")
	if named && code == diag.UnknownSecret {
		if _, suffixed, ok := strings.Cut(name, ":secret:"); ok && aws.EndsLikeSuffix(suffixed) {
			words = idPart.FindAllString(suffixed[:len(suffixed)-len("-AbCdEf")], -1)
		}
	}
	if named && len(words) > 0 {
		fallback = words[len(words)-1]
	}
	for r.keys[fallback] != nil && code == diag.UnknownKey ||
		r.secrets[fallback] != nil && code == diag.UnknownSecret ||
		r.principals[fallback] != nil && code == diag.UnknownPrincipal {
		fallback += "2"
	}
	return fallback
}

// valueFrom is what ECS has behind the ARN of a secret: a field, a stage and an id of a version,
// each of which may be empty.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
var valueFrom = lazy.Regexp(
	`^(arn:[a-z-]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(:[^:]*(?::[^:]*){0,2})$`,
)

// nearlyARN completes a diagnostic about an ARN that is wrong with the one that is meant, where
// that can be known.
func (c *checker) nearlyARN(d *diag.Diagnostic, v spec.Value, literal string) {
	arn, err := aws.ParseARN(literal)
	if kind, _ := arn.ResourceType(); err == nil && arn.Service == "kms" && kind == "alias" {
		if c.ownerOf(arn) == "" {
			d.Hint("write alias: %s in the place of the arn, or the key's own ARN", arn.Resource)
			if c.fixKey(d, v, "alias") {
				d.Fix(v.Span(), "%s", arn.Resource)
			}
			return
		}
		d.Hint("write the key's own ARN, arn:%s:kms:%s:%s:key/<id>, which its owner knows: an "+
			"alias of another account cannot be imported", arn.Partition, arn.Region, arn.Account)
		return
	}
	parts := valueFrom.FindStringSubmatch(literal)
	if parts == nil {
		return
	}
	d.Message("%q has %q behind the ARN of the secret, as valueFrom of an ECS task has it", literal,
		parts[2])
	if !aws.EndsLikeSuffix(parts[1]) {
		d.Hint("write the ARN alone, as partialArn: %s", parts[1])
		return
	}
	d.Hint("write the ARN alone: %s", parts[1]).Fix(v.Span(), "%q", parts[1])
}

// regionOf notes that the Region of an ARN is none that this version knows.
func (c *checker) regionOf(arn aws.ARN, v spec.Value) {
	known := aws.KnownRegions()
	if slices.Contains(known, arn.Region) {
		return
	}
	before := len(c.found)
	near := diag.Nearest(arn.Region, known)
	c.listed(spec.Text{V: arn.Region, Span: v.Span()}, "Region", known, "")
	if near != "" {
		right := arn
		right.Region = near
		c.found[before].
			Hint("did you mean %q? What is newer than this version is passed on as it is", near).
			Fix(v.Span(), "%q", right.String())
	}
}

// fixKey adds a repair that gives the property which has a value another name. It says whether it
// did.
func (c *checker) fixKey(d *diag.Diagnostic, v spec.Value, name string) bool {
	done := false
	c.written.Walk(func(n *yaml.Node) {
		for _, p := range n.Pairs() {
			if p.Value == v.Node && !done {
				done = true
				d.Fix(p.Key.Span(), "%s", diag.Words(name))
			}
		}
	})
	return done
}

// textMeant reports what is wrong with a text, if anything is, and what is meant if that is right.
func (c *checker) textMeant(code *diag.Code, t spec.Text, what string, wrong func(string) string,
	hint string, meantBy func(string) string) bool {
	if c.text(code, t, what, wrong(t.V), hint) {
		return true
	}
	if meant := meantBy(t.V); meant != t.V && wrong(meant) == "" {
		c.found[len(c.found)-1].Hint("write %q", meant).Fix(t.Span, "%q", meant)
	}
	return false
}

// notInNames is what cannot be in names of letters, digits and hyphens.
var notInNames = lazy.Regexp(`[^A-Za-z0-9-]+`)

// hyphenated returns a text with hyphens for what cannot be in such names.
func hyphenated(text string) string { return notInNames.ReplaceAllString(text, "-") }

// digitsOf returns a text without what people divide long numbers by.
func digitsOf(text string) string { return strings.NewReplacer("-", "", " ", "").Replace(text) }

// listed notes a name that is not in the list of those that this version knows. near is the one
// that is most probably meant, or "".
func (c *checker) listed(t spec.Text, what string, names []string, near string) {
	if slices.Contains(names, t.V) {
		return
	}
	d := c.report(diag.UnlistedName, t.Span).
		Message("%q is no %s that this version of secretctl knows", t, diag.Words(what)).
		Hint("check the spelling; what is newer than this version is passed on as it is")
	if near != "" {
		d.Hint("did you mean %q? What is newer than this version is passed on as it is", near).
			Fix(t.Span, "%s", near)
	}
}
