package model

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/credentials"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Nothing in this file quotes a value in a message: it may be a secret.

// dynamicReference is a text that is one dynamic reference and nothing else.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var dynamicReference = regexp.MustCompile(`^\{\{resolve:(secretsmanager|ssm|ssm-secure):[^{}]+\}\}$`)

// value resolves how a secret's first value comes about.
func (r *resolver) value(s *Secret, in *spec.SecretValue) Value {
	if in.UnsafePlaintext.Set() && in.UnsafePlaintext.V {
		r.report(diag.UnsafePlaintext, in.UnsafePlaintext.Span).
			Message("unsafePlaintext puts the value of %q into the template in the clear", s.ID).
			Hint("let Secrets Manager generate the value, or put it after the stack is deployed")
	}
	r.plaintextNames(in)
	switch {
	case in.Empty.Set():
		if !in.Empty.V {
			r.report(diag.InvalidValue, in.Empty.Span).
				Message("empty: false says nothing").
				Hint("write true, or remove it")
		}
		return Value{Empty: true}
	case in.String.Set():
		r.credential(in, in.String, "string", false)
		if literal, ok := in.String.Literal(); ok && len(literal) > aws.MaxSecretValue {
			r.report(diag.TooLong, in.String.Span()).
				Message("the value has %d bytes, and a secret may have %d", len(literal), aws.MaxSecretValue).
				Hint("store it elsewhere and keep its address here")
		}
		return Value{String: text(in.String)}
	case in.Object != nil:
		for _, e := range in.Object {
			r.credential(in, e.V, e.ID.V, true)
		}
		return Value{String: r.jsonOf(in.Object)}
	}
	return Value{Generate: r.generate(in)}
}

// plaintextNames reports names in plaintext that no field has.
func (r *resolver) plaintextNames(in *spec.SecretValue) {
	if in.Generate.SecretStringTemplate.JSON.Set() {
		return // its fields are looked at when the text is
	}
	var made map[string]json.RawMessage
	if in.String.Set() {
		_ = json.Unmarshal([]byte(jsonText(in.String.Node)), &made) // no field where it is no JSON
	}
	for _, t := range in.Plaintext {
		if made[t.V] == nil && in.Object.Get(t.V) == nil && in.Generate.SecretStringTemplate.Fields.Get(t.V) == nil {
			r.report(diag.PropertyWithoutEffect, t.Span).
				Message("the value has no field %q that could be plain text", t).
				Hint("remove it, or correct it")
		}
	}
}

// credential refuses a literal where a secret value could stand. Fields of a connection and those that the author names as plain
// text may be literal.
func (r *resolver) credential(in *spec.SecretValue, v spec.Value, field string, isField bool) {
	if !v.Set() {
		return // rejected by the schema
	}
	if isField && isHarmless(in, field) {
		if !isPlain(in, field) && !in.UnsafePlaintext.V {
			r.literalsWithin(v.Node, useReferenceWithin) // an address may have a password in it
		}
		return
	}
	literal, ok := v.Literal()
	if ok && dynamicReference.MatchString(literal) || !ok && strings.Contains(v.Span().Text(), "{{resolve:ssm-secure:") {
		if strings.Contains(v.Span().Text(), "{{resolve:ssm-secure:") {
			r.report(diag.SecureStringRefused, v.Span()).
				Message("CloudFormation does not resolve ssm-secure references in a secret's value").
				Hint("refer to another secret with {{resolve:secretsmanager:…}}, or to a plain parameter with {{resolve:ssm:…}}")
		}
		return
	}
	if in.UnsafePlaintext.V {
		return
	}
	if isPseudo(v.Node.Get("Ref")) {
		return // AWS's text, and no secret
	}
	if ok || !r.refers(v.Node) {
		d := r.report(diag.LiteralSecret, v.Span()).
			Message("a literal in %q would stand in the template in the clear", fieldNamed(field)).
			Hint("let Secrets Manager generate it, refer to where it is kept, or leave the secret empty and put the value later")
		if isField {
			d.AndHint("; if %q is no secret, add it to the value's plaintext list", fieldNamed(field))
		}
		return
	}
	literals := literalFields(in, jsonText(v.Node))
	for _, name := range literals {
		r.report(diag.LiteralSecret, v.Span()).
			Message("a literal in the field %q of this JSON would stand in the template in the clear", fieldNamed(name)).
			Hint("write the value as an object; if %q is no secret, add it to the value's plaintext list", fieldNamed(name))
	}
	if literals == nil && !r.credentialsWithin(in, v.Node) {
		r.parameterInTheClear(v)
	}
}

// credentialsWithin refuses the credentials that are written out within a value that refers to something, and says whether there
// were any. Of a JSON object, the fields that the author names as plain text may have them.
func (r *resolver) credentialsWithin(in *spec.SecretValue, n *yaml.Node) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(jsonText(n)), &fields) != nil {
		return r.literalsWithin(n, useReferenceWithin)
	}
	any := false
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		var text string
		if isPlain(in, name) || json.Unmarshal(fields[name], &text) != nil {
			continue
		}
		for _, span := range aws.CredentialsIn(text) {
			if !strings.Contains(text[span[0]:span[1]], inserted) {
				any = true
				r.report(diag.LiteralSecret, n.Span).
					Message("a credential within the field %q of this JSON would stand in the template in the clear", name).
					Hint("%s", diag.Words(useReferenceWithin))
				break
			}
		}
	}
	return any
}

// isHarmless says whether a field may be literal: one of a connection, or one that the author names as plain text.
func isHarmless(in *spec.SecretValue, field string) bool {
	return slices.Contains(aws.ConnectionFields, field) || isPlain(in, field)
}

// isPlain says whether the author names a field as plain text.
func isPlain(in *spec.SecretValue, field string) bool {
	return slices.ContainsFunc(in.Plaintext, func(t spec.Text) bool { return t.V == field })
}

// inserted stands for the text of a function within a JSON text: it is a number by itself and may stand within a string.
const inserted = "90071992547409919007199254740991"

// fromOutside is what a text says in the place of another: a variable of Fn::Sub or a dynamic reference.
var fromOutside = regexp.MustCompile(`\$\{[^!}][^}]*\}|\{\{resolve:[^{}]+\}\}`)

// jsonText returns the text that a function makes of several, what it takes from elsewhere replaced by inserted; empty if it is none.
func jsonText(n *yaml.Node) string {
	if !n.IsIntrinsic() {
		return ""
	}
	switch argument := n.Pairs[0].Value; n.Pairs[0].Key.Text {
	case "Fn::Sub":
		template := argument
		if len(argument.Items) > 0 {
			template = argument.Items[0]
		}
		return fromOutside.ReplaceAllString(template.Text, inserted)
	case "Fn::Join":
		if len(argument.Items) != 2 {
			return ""
		}
		var parts []string
		for _, item := range argument.Items[1].Items {
			if item.IsIntrinsic() {
				parts = append(parts, cmp.Or(jsonText(item), inserted))
				continue
			}
			parts = append(parts, fromOutside.ReplaceAllString(item.Text, inserted))
		}
		return strings.Join(parts, argument.Items[0].Text)
	case "Fn::ToJsonString":
		fields := make(map[string]string, len(argument.Pairs))
		for _, p := range argument.Pairs {
			switch {
			case p.Value.IsIntrinsic():
				fields[p.Key.Text] = inserted
			case p.Value.IsScalar():
				fields[p.Key.Text] = p.Value.Text
			default:
				fields[p.Key.Text] = "[" // an object or list of its own, in which anything may stand
			}
		}
		text, _ := json.Marshal(fields) // texts only, which cannot fail
		return string(text)
	}
	return ""
}

// literalFields returns, sorted, the names of those fields of a JSON object whose values are nothing but literals, and not harmless ones.
func literalFields(in *spec.SecretValue, text string) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return nil
	}
	var names []string
	for name, value := range fields {
		literal := strings.Trim(string(value), `"`)
		if isHarmless(in, name) && strings.IndexByte("[{", value[0]) < 0 {
			continue
		}
		if literal != "" && !strings.Contains(literal, inserted) && !dynamicReference.MatchString(literal) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// refers says whether an intrinsic takes its text from elsewhere, at least in part: not from the template, nor from what AWS calls the
// stack and its place. Of a Fn::If every branch must.
func (r *resolver) refers(n *yaml.Node) bool {
	if n.IsScalar() {
		return strings.Contains(n.Text, "{{resolve:")
	}
	for _, p := range n.Pairs {
		switch p.Key.Text {
		case "Ref":
			return !isPseudo(p.Value)
		case "Fn::GetAtt", "Fn::ImportValue":
			return true
		case "Fn::Transform":
			return includes(p.Value)
		case "Fn::FindInMap":
			return r.mapsElsewhere(p.Value)
		case "Fn::If":
			branches := p.Value.Items[min(1, len(p.Value.Items)):]
			return !slices.ContainsFunc(branches, func(b *yaml.Node) bool { return !isNoValue(b) && !r.refers(b) })
		case "Fn::Select":
			list := p.Value.Items[min(1, len(p.Value.Items)):]
			if len(list) == 1 && list[0].Kind == yaml.Seq { // any of them may be the one
				return !slices.ContainsFunc(list[0].Items, func(item *yaml.Node) bool { return !r.refers(item) })
			}
		case "Fn::Sub": // names of its own are looked at below, as the members that they are
			isElsewhere := func(to cfn.Reference) bool { return !strings.HasPrefix(to.Name, "AWS::") }
			if slices.ContainsFunc(cfn.References(CloudFormation(&yaml.Node{Kind: yaml.Map, Pairs: []yaml.Pair{p}})), isElsewhere) {
				return true
			}
		}
		if r.refers(p.Value) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items, r.refers)
}

// includes says whether a Fn::Transform takes its text from a file in a bucket. What other macros are given stands in the template.
func includes(transform *yaml.Node) bool {
	name, parameters := transform.Get("Name"), transform.Get("Parameters")
	return name != nil && name.Text == "AWS::Include" && parameters != nil && len(parameters.Pairs) == 1 && parameters.Get("Location") != nil
}

// isPseudo says whether the argument of a Ref is a pseudo parameter.
func isPseudo(name *yaml.Node) bool { return name != nil && strings.HasPrefix(name.Text, "AWS::") }

func isNoValue(n *yaml.Node) bool {
	name := n.Get("Ref")
	return name != nil && name.Text == "AWS::NoValue"
}

// mapsElsewhere says whether what Fn::FindInMap finds is a dynamic reference. Everything else in a mapping is literal text of the
// template. A mapping that is not there is found by others.
func (r *resolver) mapsElsewhere(arguments *yaml.Node) bool {
	if len(arguments.Items) < 3 {
		return true // is no Fn::FindInMap
	}
	if len(arguments.Items) > 3 && !r.refers(arguments.Items[3]) {
		return false // its default
	}
	name, column := arguments.Items[0], arguments.Items[2]
	for _, mapping := range r.m.Mappings {
		if name.IsScalar() && mapping.ID.V != name.Text || mapping.V.Node == nil {
			continue
		}
		for _, row := range mapping.V.Node.Pairs {
			for _, cell := range row.Value.Pairs {
				if (!column.IsScalar() || cell.Key.Text == column.Text) && !r.refers(cell.Value) {
					return false
				}
			}
		}
	}
	return true
}

// parameterInTheClear refuses a value that is made of nothing but parameters that CloudFormation shows to everybody who may describe the
// stack. Beside a part that is kept out of sight such a parameter may stand: it is a host's name, mostly.
func (r *resolver) parameterInTheClear(v spec.Value) {
	if fromElsewhere(v.Node) {
		return
	}
	var shown *spec.Entry[spec.Raw]
	for _, reference := range cfn.References(CloudFormation(v.Node)) {
		if reference.Kind == cfn.KindRef && strings.HasPrefix(reference.Name, "AWS::") {
			continue
		}
		parameter := r.m.Parameters.Get(reference.Name)
		if reference.Kind != cfn.KindRef || parameter == nil || credentials.IsNoEcho(parameter.V.Node) {
			return
		}
		shown = parameter
	}
	if shown == nil {
		return
	}
	r.report(diag.ParameterInTheClear, v.Span()).
		Message("the parameter %q is shown in the clear by CloudFormation", shown.ID).
		Hint("add NoEcho: true to the parameter").
		Related(shown.ID.Span, "the parameter is declared here")
}

// fromElsewhere says whether a value takes a part of its text from another stack, a macro or a dynamic reference.
func fromElsewhere(n *yaml.Node) bool {
	if n.IsScalar() {
		return strings.Contains(n.Text, "{{resolve:")
	}
	return slices.ContainsFunc(n.Items, fromElsewhere) || slices.ContainsFunc(n.Pairs, func(p yaml.Pair) bool {
		return p.Key.Text == "Fn::ImportValue" || p.Key.Text == "Fn::Transform" || fromElsewhere(p.Value)
	})
}

// jsonOf writes fields as a JSON object. Where a field is an intrinsic the object becomes one too: its text is put in between
// quotes and cannot be escaped.
func (r *resolver) jsonOf(fields spec.Entries[spec.Value]) string {
	parts := []string{"{"}
	for i, e := range fields {
		if i > 0 {
			parts = append(parts, ",")
		}
		parts = append(parts, quote(e.ID.V), ":")
		n := e.V.Node
		switch {
		case n == nil: // rejected by the schema
		case !n.IsScalar():
			r.unescapable(e)
			parts = append(parts, `"`, text(e.V), `"`)
		case n.Kind == yaml.Bool:
			parts = append(parts, strings.ToLower(n.Text))
		case (n.Kind == yaml.Int || n.Kind == yaml.Float) && jsonNumber.MatchString(n.Text):
			parts = append(parts, n.Text)
		default:
			parts = append(parts, quote(n.Text))
		}
	}
	return cfn.Concat(append(parts, "}")...)
}

// quote writes a text as a JSON string without escapes that only HTML needs.
func quote(s string) string {
	return string(cfn.AppendValue(nil, s, cfn.Format{Compact: true}))
}

// unescapable warns of a field whose text may contain what would break the JSON around it.
func (r *resolver) unescapable(e spec.Entry[spec.Value]) {
	name := e.V.Node.Get("Ref")
	if name == nil {
		return
	}
	parameter := r.m.Parameters.Get(name.Text)
	if parameter == nil {
		return
	}
	if pattern := parameter.V.Node.Get("AllowedPattern"); pattern != nil && excludesQuotes(pattern.Text) {
		return
	}
	r.report(diag.UnescapedParameter, e.V.Span()).
		Message("the text of parameter %q cannot be escaped, so that a quote or backslash in it would break the secret's JSON", name.Text).
		Hint(`give the parameter an AllowedPattern that admits neither " nor \, such as ^[^"\\]*$`).
		Related(parameter.ID.Span, "the parameter is declared here")
}

// excludesQuotes says whether a pattern certainly admits neither a quote nor a backslash, wherever they stand.
func excludesQuotes(pattern string) bool {
	re, err := regexp.Compile(`^(?:` + pattern + `)$`)
	if err != nil {
		return false
	}
	for _, probe := range []string{`"`, `\`, `a"a`, `a\a`, `aaaaaaaa"aaaaaaaa`, `aaaaaaaa\aaaaaaaa`, `A1a"1aA`, `A1a\1aA`, `1"`, `1\`} {
		if re.MatchString(probe) {
			return false
		}
	}
	return true
}

func (r *resolver) generate(in *spec.SecretValue) *Generate {
	g := &in.Generate
	out := &Generate{
		ExcludeLowercase: flag(g.ExcludeLowercase), ExcludeUppercase: flag(g.ExcludeUppercase), ExcludeNumbers: flag(g.ExcludeNumbers),
		ExcludePunctuation: flag(g.ExcludePunctuation), IncludeSpace: flag(g.IncludeSpace), RequireEachIncludedType: flag(g.RequireEachIncludedType),
		StringKey: g.GenerateStringKey.V,
	}
	if g.PasswordLength.Set() {
		out.PasswordLength = &g.PasswordLength.V
	}
	if g.ExcludeCharacters.Set() {
		out.ExcludeCharacters = &g.ExcludeCharacters.V
		if n := utf8.RuneCountInString(g.ExcludeCharacters.V); n > aws.MaxExcludeCharacters {
			r.report(diag.TooLong, g.ExcludeCharacters.Span).
				Message("excludeCharacters has %d characters and may have %d", n, aws.MaxExcludeCharacters).
				Hint("shorten it")
		}
	}
	r.possible(g)
	r.template(in, out)
	return out
}

func flag(f spec.Flag) *bool {
	if !f.Set() {
		return nil
	}
	return &f.V
}

// class is one of the classes of characters a password is made of.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
type class struct {
	name, characters string
	excluded         bool
}

// possible refuses a generator that cannot make a password.
func (r *resolver) possible(g *spec.Generate) {
	classes := []class{
		{"lowercase letters", "abcdefghijklmnopqrstuvwxyz", g.ExcludeLowercase.V},
		{"uppercase letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", g.ExcludeUppercase.V},
		{"numbers", "0123456789", g.ExcludeNumbers.V},
		{"punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", g.ExcludePunctuation.V},
	}
	required := g.RequireEachIncludedType.Or(true)
	included := 0
	for _, c := range classes {
		if c.excluded {
			continue
		}
		if strings.Trim(c.characters, g.ExcludeCharacters.V) == "" && g.ExcludeCharacters.V != "" {
			if required {
				r.report(diag.ImpossibleGenerator, g.ExcludeCharacters.Span).
					Message("all %s are excluded one by one, and a password must have one of each class", c.name).
					Hint("exclude fewer, or exclude the class itself")
			}
			continue
		}
		included++
	}
	if included == 0 && !g.IncludeSpace.V {
		r.report(diag.ImpossibleGenerator, g.Span).
			Message("every character is excluded, so that no password can be made").
			Hint("exclude less")
		return
	}
	if required && g.PasswordLength.Set() && g.PasswordLength.V < included {
		r.report(diag.ImpossibleGenerator, g.PasswordLength.Span).
			Message("a password of %d characters cannot have one of each of %d classes", g.PasswordLength.V, included).
			Hint("write at least %d, or requireEachIncludedType: false", included)
	}
}

// template resolves secretStringTemplate and generateStringKey, which come together.
func (r *resolver) template(in *spec.SecretValue, out *Generate) {
	g := &in.Generate
	t := &g.SecretStringTemplate
	if t.Span.File == nil && !g.GenerateStringKey.Set() {
		return
	}
	if t.Span.File == nil || !g.GenerateStringKey.Set() {
		have, lacks, at := "secretStringTemplate", "generateStringKey", t.Span
		if t.Span.File == nil {
			have, lacks, at = lacks, have, g.GenerateStringKey.Span
		}
		r.report(diag.TemplateNeedsKey, at).
			Message("%s has no meaning without %s", have, lacks).
			Hint("add %s", lacks)
		return
	}
	if g.GenerateStringKey.V == "" {
		r.report(diag.InvalidValue, g.GenerateStringKey.Span).
			Message("generateStringKey is empty").
			Hint("write the name of a field, such as password")
	}
	if t.JSON.Set() {
		r.jsonTemplate(in, out)
		return
	}
	for _, e := range t.Fields {
		if e.ID.V == g.GenerateStringKey.V {
			r.keyInTemplate(g, e.ID.Span)
			continue
		}
		r.credential(in, e.V, e.ID.V, true)
	}
	out.Template = r.jsonOf(t.Fields)
}

func (r *resolver) keyInTemplate(g *spec.Generate, at source.Span) {
	r.report(diag.KeyInTemplate, at).
		Message("the field %q is generated, and stands in the template already", g.GenerateStringKey).
		Hint("remove the field from the template").
		Related(g.GenerateStringKey.Span, "generateStringKey is here")
}

// fieldNamed returns the name of a field of a JSON text, which stands inside of what is hidden, as a message
// can show it: as a word if it is written like the name of a field.
func fieldNamed(name string) any {
	if fieldName.MatchString(name) {
		return diag.Words(name)
	}
	return name
}

var fieldName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)

// jsonTemplate resolves a template written as JSON text.
func (r *resolver) jsonTemplate(in *spec.SecretValue, out *Generate) {
	g := &in.Generate
	t := g.SecretStringTemplate.JSON
	out.Template = t.V
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(t.V), &fields); err != nil || fields == nil {
		r.report(diag.TemplateNotJSON, t.Span).
			Message("the text is not a JSON object").
			Hint("write the template as a YAML mapping")
		return
	}
	if _, ok := fields[g.GenerateStringKey.V]; ok {
		r.keyInTemplate(g, t.Span)
	}
	for _, name := range literalFields(in, t.V) {
		if name != g.GenerateStringKey.V && !in.UnsafePlaintext.V { // which is to be removed anyway
			r.report(diag.LiteralSecret, t.Span).
				Message("a literal in %q would stand in the template in the clear", fieldNamed(name)).
				Hint("remove the field; if %q is no secret, add it to the value's plaintext list", fieldNamed(name))
		}
	}
}
