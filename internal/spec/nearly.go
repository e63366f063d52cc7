package spec

import (
	"reflect"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
	"github.com/secretctl/secretctl/internal/yaml"
)

// This file knows what people write who know the language nearly, and what they mean by it. A hint
// of it can be followed to the letter.

// noVerb says of a word that it is no verb, and which one is meant.
func noVerb(d *diag.Diagnostic, n *yaml.Node) *diag.Diagnostic {
	d.Message("there is no verb %q", n)
	including, action := verb.Including(n.Text())
	if action != "" {
		d.Message("%q is an action of IAM's, and grants and assertions say verbs", n)
	}
	all := diag.Words(strings.Join(verbs, ", "))
	near := verb.Named(diag.Nearest(n.Text(), verbs))
	if meant := verb.Meant(n.Text()); meant != nil {
		near = meant
	}
	first, _, beyond := strings.Cut(n.Text(), " (") // as tables say what goes beyond a verb
	switch {
	case beyond && verb.Named(first) != nil:
		d.Hint("write %q: what a call may do beyond a verb, such as naming any key, access and "+
			"why show; a statement in the policy of the secret can deny it", diag.Words(first))
	case near != nil:
		d.Hint("write %q", diag.Words(near.Name)).Fixed(fixTo(n, near.Name)...)
	case including != nil:
		d.Hint("write %q if all that it allows is meant; no verb allows this action alone",
			diag.Words(including.Name))
	case strings.HasPrefix(action, "kms:"):
		d.Hint("remove it: a grant allows what it takes of the secret's key")
	case action != "":
		d.Hint("no verb allows it: write a statement in IAM's words, in the policy of the secret")
	default:
		d.Hint("write one of %s", all)
	}
	return d
}

var (
	grantType     = reflect.TypeFor[Grant]()
	assertType    = reflect.TypeFor[Assert]()
	principalType = reflect.TypeFor[Principal]()
	roleType      = reflect.TypeFor[Role]()
	trustType     = reflect.TypeFor[Trust]()
	keyType       = reflect.TypeFor[Key]()
	keyImportType = reflect.TypeFor[KeyImport]()
	importType    = reflect.TypeFor[SecretImport]()
	lambdaType    = reflect.TypeFor[LambdaRotation]()
	hostedType    = reflect.TypeFor[HostedRotation]()
)

// saidByVerb are the properties of a grant that a verb with its secrets says.
var saidByVerb = []string{"allow", "secrets"}

// isVerb says whether a word is a verb, in a mapping where verbs are values and no names of
// properties: in a grant or an assertion.
func (s *shape) isVerb(word string) bool {
	return (s == shapeOf(grantType) || s == shapeOf(assertType)) &&
		(verb.Named(word) != nil || verb.Meant(word) != nil)
}

// verbAsProperty says what a grant such as { to: ci, write: db } is to be, or an assertion.
func verbAsProperty(d *diag.Diagnostic, n *yaml.Node, pair yaml.Pair, s *shape) {
	key, name := pair.Key, pair.Key.Text()
	if meant := verb.Meant(name); verb.Named(name) == nil && meant != nil {
		name = meant.Name
	}
	if s == shapeOf(assertType) {
		d.Hint("write \"can: %s\" or \"cannot: %s\", and the secrets under \"secrets\"",
			diag.Words(name), diag.Words(name))
		return
	}
	d.Message("%q is a verb, and stands under \"allow\"", key)
	others := slices.ContainsFunc(n.Pairs(), func(p yaml.Pair) bool {
		return slices.Contains(saidByVerb, p.Key.Text()) || p.Key != key && s.isVerb(p.Key.Text())
	})
	if others {
		d.Hint("make a grant of its own of it, with \"allow: %s\"", diag.Words(name))
		return
	}
	d.Hint("write allow: %s, secrets: %s", diag.Words(name), asWritten(pair.Value)).
		Fix(key.Span(), "allow: %s%ssecrets", diag.Words(name), diag.Words(between(n, key)))
}

// asWritten quotes a node as it is written, if it is in one line and short.
func asWritten(n *yaml.Node) quoted {
	const most = 60
	text := n.Span().Text()
	if len(text) > most || strings.Contains(text, "\n") || text == "" {
		return quoted{n.Span(), "…"}
	}
	return quoted{n.Span(), text}
}

// between is what stands between two entries of a mapping, the second of which shall begin in the
// column of a key.
func between(n, key *yaml.Node) string {
	if !n.IsBlock() {
		return ", "
	}
	return "\n" + strings.Repeat(" ", key.Span().File.Position(int(key.Span().Start)).Column-1)
}

// nearlyRight says of a node that is no mapping what its writer most probably means, if it is in a
// place where people err in a known way.
func nearlyRight(d *diag.Diagnostic, key, n *yaml.Node, s *shape) bool {
	if n.Kind == yaml.Map && !n.IsIntrinsic() || n.Kind == yaml.Seq || n.Kind == yaml.Null {
		return false
	}
	if s == nil {
		return key != nil && key.Text() == "object" && n.IsScalar() && literalObject(d)
	}
	if s == shapeOf(valueType) {
		return literalValue(d, n)
	}
	if n.IsIntrinsic() {
		return false
	}
	for _, form := range nearForms() {
		if shapeOf(form.of) == s && (form.text == nil || form.text.MatchString(n.Text())) {
			form.tell(d, key, n)
			return true
		}
	}
	return false
}

// literalValue says that a literal in the place of a secret's value would stand in the template.
func literalValue(d *diag.Diagnostic, n *yaml.Node) bool {
	if n.IsIntrinsic() {
		d.Hint("write the function as \"string\" below \"value\": { string: … }")
		return true
	}
	d.Code = diag.LiteralSecret
	d.Message("a literal in \"value\" would stand in the template in the clear").
		Hint("let Secrets Manager generate it, with { generate: {} } in its place, or leave the " +
			"secret empty, with { empty: true }, and put the value later")
	return true
}

// literalObject says that a literal in the place of a secret's fields would stand in the template.
func literalObject(d *diag.Diagnostic) bool {
	d.Code = diag.LiteralSecret
	d.Message("a literal in \"object\" would stand in the template in the clear").
		Hint("write the fields of the secret as a mapping, each with a reference to where it is " +
			"kept, or { generate: {} } in the place of the value")
	return true
}

// isValuePath says whether a path leads to the value of a secret.
func isValuePath(path string) bool { return path == "value" || strings.HasPrefix(path, "value.") }

// literalBeside says that a literal in a property which other tools have for the value of a secret
// would stand in the template, whatever the property is called.
func literalBeside(d *diag.Diagnostic, pair yaml.Pair) {
	d.Code, d.Span = diag.LiteralSecret, pair.Value.Span()
	d.Message("a literal in %q would stand in the template in the clear", pair.Key).
		Hint("write value: { generate: {} } instead to let Secrets Manager generate it, or " +
			"value: { empty: true } and put the value later")
}

// elsewhere says that a property belongs below others, whose path is meant. Where none of them is
// written and the value is in one line, it is put there.
func elsewhere(d *diag.Diagnostic, n *yaml.Node, pair yaml.Pair, meant string) {
	path := strings.Split(meant, ".")
	before := strings.Join(path, ": { ") + ": "
	after := strings.Repeat(" }", len(path)-1)
	d.Hint("write %s…%s", diag.Words(before), diag.Words(after))
	written := asWritten(pair.Value)
	if n.Get(path[0]) != nil || written.text == "…" || pair.Value.Kind == yaml.Null {
		d.Hint("write it below %q, as %s…%s", diag.Words(path[0]), diag.Words(before),
			diag.Words(after))
		return
	}
	whole := pair.Key.Span()
	whole.End = pair.Value.Span().End
	d.Fix(whole, "%s%s%s", diag.Words(before), written, diag.Words(after))
}

// nearForm is a text in the place of a mapping, of which it is known what is meant.
type nearForm struct {
	of   reflect.Type
	text *lazy.Pattern // that it matches; nil: any
	tell func(d *diag.Diagnostic, key, n *yaml.Node)
}

// within returns what tells that a text belongs below properties, the outer one first. The text is
// left as it is: only a form that is known is quoted, because anything else may be a secret.
func within(path ...string) func(d *diag.Diagnostic, key, n *yaml.Node) {
	before, after := "", ""
	for _, p := range path {
		before += "{ " + p + ": "
		after += " }"
	}
	return func(d *diag.Diagnostic, _, n *yaml.Node) {
		d.Hint("write %s…%s around it", diag.Words(before), diag.Words(after))
		if isKnownForm(n.Text()) {
			d.Hint("write %s%s%s", diag.Words(before), quoted{n.Span(), n.Span().Text()},
				diag.Words(after))
		}
		if !n.Quoted && strings.ContainsAny(n.Text(), ",[]{}#\n") {
			return // it cannot stand in braces as it is
		}
		start, end := n.Span(), n.Span()
		start.End, end.Start = start.Start, end.End
		d.Fix(start, "%s", diag.Words(before)).Fix(end, "%s", diag.Words(after))
	}
}

// isKnownForm says whether a text is certainly a name of AWS's, and no secret.
func isKnownForm(text string) bool {
	return anyARN.MatchString(text) || keyAlias.MatchString(text) || aService.MatchString(text) ||
		accountID.MatchString(text) || anOrgID.MatchString(text) || aRotation.MatchString(text)
}

// quoted is a text of a file, written in another way.
type quoted struct {
	at   source.Span
	text string
}

// Quote implements diag.Quoted.
func (q quoted) Quote() (at source.Span, text string) { return q.at, q.text }

var (
	keyARN    = lazy.Regexp(`^arn:[a-z-]+:kms:[^:]*:\d{12}:key/`)
	keyAlias  = lazy.Regexp(`^alias/`)
	roleARN   = lazy.Regexp(`^arn:[a-z-]+:iam::\d{12}:role/[^*?]+$`)
	userARN   = lazy.Regexp(`^arn:[a-z-]+:iam::\d{12}:user/[^*?]+$`)
	groupARN  = lazy.Regexp(`^arn:[a-z-]+:iam::\d{12}:group/[^*?]+$`)
	secretARN = lazy.Regexp(`^arn:[a-z-]+:secretsmanager:[^:]*:\d{12}:secret:.*-\w{6}$`)
	accountID = lazy.Regexp(`^\d{12}$`)
	aService  = lazy.Regexp(`\.amazonaws\.com$`)
	anOrgID   = lazy.Regexp(`^o-[a-z0-9]{10,32}$`)
	anyARN    = lazy.Regexp(`^arn:`)
	aRotation = lazy.Regexp(`^[A-Za-z0-9]+(Single|Multi)User$`)
	isNumber  = lazy.Regexp(`^[1-9]\d{0,3}$`)
	isYes     = lazy.Regexp(`^(?i:true|yes|on)$`)
)

// nearForms are all that are known, the first that fits being told.
var nearForms = lazy.Value(func() []nearForm {
	return []nearForm{
		{roleType, aService, within("assumedBy", "service")},
		{roleType, nil, existingRole},
		{principalType, roleARN, within("existingRole")},
		{principalType, userARN, within("existingUser")},
		{principalType, groupARN, within("existingGroup")},
		{principalType, accountID, accountPrincipal},
		{principalType, aService, within("service")},
		{principalType, anOrgID, within("organization")},
		{principalType, nil, existingPrincipal},
		{trustType, aService, within("service")},
		{trustType, accountID, accountPrincipal},
		{trustType, anyARN, within("arn")},
		{keyType, keyARN, within("import", "arn")},
		{keyType, keyAlias, within("import", "alias")},
		{keyImportType, keyARN, within("arn")},
		{keyImportType, keyAlias, within("alias")},
		{importType, secretARN, within("arn")},
		{importType, anyARN, within("partialArn")},
		{importType, nil, within("name")},
		{secretType, nil, secretAsText},
		{lambdaType, anyARN, within("functionArn")},
		{hostedType, aRotation, within("rotationType")},
		{generateType, isNumber, within("passwordLength")},
		{generateType, isYes, emptyMapping},
	}
})

// existingRole tells that role makes a role, and is not given the name of one.
func existingRole(d *diag.Diagnostic, key, n *yaml.Node) {
	d.Message("\"role\" makes a role, and takes the properties of one, not a name")
	if key == nil {
		return
	}
	d.Hint("write existingRole: %s", n).Fixed(fixTo(key, "existingRole")...)
}

// existingPrincipal tells how a principal that exists is named.
func existingPrincipal(d *diag.Diagnostic, _, _ *yaml.Node) {
	d.Hint("write { existingRole: … } with its name for a role that exists, or existingUser for " +
		"a user")
}

// accountPrincipal tells that the digits of an account are a text.
func accountPrincipal(d *diag.Diagnostic, _, n *yaml.Node) {
	d.Hint("write { account: %q }", n).Fix(n.Span(), "{ account: %q }", n)
}

// secretAsText tells how the name of a secret is written. The text may be a value, and is not
// quoted.
func secretAsText(d *diag.Diagnostic, _, _ *yaml.Node) {
	d.Hint("write { name: … } with the name of the secret, or { import: { name: … } } for one " +
		"that exists; a value does not belong here")
}

// emptyMapping tells that nothing needs to be said.
func emptyMapping(d *diag.Diagnostic, _, n *yaml.Node) {
	d.Hint("write {} for CloudFormation's defaults").Fix(n.Span(), "{}")
}
