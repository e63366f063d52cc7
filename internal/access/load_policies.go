package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// templatePolicy is a managed policy of a template.
type templatePolicy struct {
	of    *stack
	id    string
	rules policy.Rules
	told  []Told
}

// managedKey is what a managed policy is found by: its name is the only one in its account.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
func managedKey(arn string) string {
	a, ok := splitARN(arn)
	if !ok {
		return arn
	}
	return nameKey(a.partition, a.account, "policy", lastSegment(a.resource))
}

// rules reads a policy that stands in a resource. What cannot be read is told, and unread.
func (s *stack) rules(id, what string, v any) policy.Rules {
	rules, w := s.reworded(id, what, v)
	if w != nil && (s.Documents[id] != nil || s.Because[id] != nil) {
		rules.Statements = slices.Clone(rules.Statements)
	}
	s.because(id, &rules)
	return withUnread(rules, s.maybeOf(id))
}

// say reads what a document says, likewise. The statements of a wording that others may have are
// theirs, too: where they come from is kept beside them.
func (s *stack) say(d *Document, id, what string, v any) {
	written := s.Documents[id]
	if len(s.maybeOf(id)) > 0 || written != nil && written.HasVerbatim() {
		d.Rules = s.rules(id, what, v)
		return
	}
	if d.Rules, d.wording = s.reworded(id, what, v); d.wording == nil {
		s.because(id, &d.Rules)
		return
	}
	d.written, d.places = written, s.Because[id]
}

// Because returns the places in the spec that the statement comes from, where they are known.
func (by *Deciding) Because() []source.Span {
	if by.Rule == nil {
		return nil
	}
	d := by.Document
	if d != nil && d.written != nil {
		if written := d.written.Written(); by.Rule.Index < len(written) {
			return written[by.Rule.Index].Because
		}
	}
	if d != nil && d.places != nil {
		return d.places
	}
	return by.Rule.Because
}

// withPlaces returns the statements of a document, each with the places that it comes from.
func (d *Document) withPlaces() []policy.Rule {
	out := slices.Clone(d.Rules.Statements)
	for i := range out {
		by := Deciding{Document: d, Rule: &out[i]}
		out[i].Because = by.Because()
	}
	return out
}

// reworded reads a policy without the places that its statements come from, with its wording, which
// is nil for a policy that others do not share.
func (s *stack) reworded(id, what string, v any) (policy.Rules, *wording) {
	var ahead *aheadPolicy
	if what == "ResourcePolicy" {
		ahead = s.ahead.policies[id]
	}
	w, hash, comparable := s.l.wordings.find(s, v, ahead)
	if w != nil {
		return w.rules, w
	}
	resolved := s.e.Resolve(v)
	rules := s.decoded(id, what, resolved)
	if _, read := resolved.(cfn.Object); read && comparable && !s.e.Exhausted() &&
		len(rules.Statements) > 0 && rules.Statements[0].Value != nil {
		w = s.l.wordings.keep(s, v, hash, rules, ahead)
	}
	return rules, w
}

// because notes where in a spec the statements of a resource come from.
func (s *stack) because(id string, rules *policy.Rules) {
	var own [][]source.Span
	if d, ok := s.Documents[id]; ok {
		for _, statement := range d.Written() {
			if statement.Verbatim == nil || s.e.Resolve(statement.Value()) != nil {
				own = append(own, statement.Because)
			}
		}
	}
	for i := range rules.Statements {
		switch {
		case rules.Statements[i].Index < len(own):
			rules.Statements[i].Because = own[rules.Statements[i].Index]
		case s.Because[id] != nil:
			rules.Statements[i].Because = s.Because[id]
		}
	}
}

// decoded decodes a resolved policy, which may also be JSON in a text.
func (s *stack) decoded(id, what string, v any) policy.Rules {
	fail := func(why string) policy.Rules {
		s.tell(id, fmt.Sprintf("%s cannot be read: %s", what, why))
		return policy.UnreadRules(cfn.Unknown{
			What: "policy", Name: what, Template: s.label, LogicalID: id, Shown: what,
		})
	}
	switch given := v.(type) {
	case nil:
		return fail("there is none")
	case cfn.Unread:
		return policy.UnreadRules(given.Unknown)
	case string:
		parsed, ok := fromJSON(given)
		if !ok {
			if unknowns := cfn.UnknownsIn(given); unknowns != nil {
				return policy.UnreadRules(unknowns...)
			}
			return fail("it is a text that is not JSON")
		}
		v = parsed
	}
	rules, err := policy.Decode(v)
	if err != nil {
		return fail(err.Error())
	}
	return rules
}

func fromJSON(text string) (v any, ok bool) {
	v, err := cfn.ParseJSON([]byte(text))
	return v, err == nil
}

// withUnread returns a document of whose statements nobody can read whether they are there.
func withUnread(rules policy.Rules, unknowns []cfn.Unknown) policy.Rules {
	if len(unknowns) == 0 {
		return rules
	}
	rules.Statements = slices.Clone(rules.Statements)
	for i := range rules.Statements {
		rules.Statements[i].Unread = slices.Concat(rules.Statements[i].Unread, unknowns)
	}
	return rules
}

// trustPolicy is who may become a role.
type trustPolicy struct {
	rules policy.Rules
	read  bool
}

// trust reads the trust policy of a role. Its statements have no Resource, which is the role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_policy-examples.html
func (s *stack) trust(id string) trustPolicy {
	v := s.property(id, "AssumeRolePolicyDocument")
	if text, ok := v.(string); ok {
		v, _ = fromJSON(text)
	}
	document, ok := asObject(v)
	if !ok {
		return trustPolicy{}
	}
	list, isList := document.Get("Statement").([]any)
	if !isList {
		list = []any{document.Get("Statement")}
	}
	statements := []any{}
	var unread []policy.Rule
	for _, e := range list {
		if u, is := e.(cfn.Unread); is { // which statement it is, or whether there is one
			unread = append(unread, policy.UnreadRules(cfn.UnknownsIn(u.Text())...).Statements...)
			continue
		}
		statement, ok := asObject(e)
		if !ok {
			return trustPolicy{}
		}
		statements = append(statements,
			append(slices.Clone(statement), cfn.Member{Key: "Resource", Value: "*"}))
	}
	rules, err := policy.Decode(documentOf(statements))
	if err != nil {
		return trustPolicy{}
	}
	rules.Statements = append(rules.Statements, unread...)
	return trustPolicy{withUnread(rules, s.maybeOf(id)), true}
}

// asObject returns an object of a template or of JSON.
func asObject(v any) (cfn.Object, bool) {
	switch v := v.(type) {
	case cfn.Object:
		return v, true
	case map[string]any:
		var o cfn.Object
		for _, key := range sortedKeys(v) {
			o = append(o, cfn.Member{Key: key, Value: v[key]})
		}
		return o, true
	}
	return nil, false
}

// managedPolicy reads a managed policy. To whom it is attached is read once everybody is known.
func (s *stack) managedPolicy(id string) {
	key := managedKey(kinds["AWS::IAM::ManagedPolicy"].arn(s, id))
	v := s.Template.Resources[id].Property("PolicyDocument")
	made := &templatePolicy{s, id, s.rules(id, "PolicyDocument", v), s.toldOf(v)}
	if have := s.l.managed[key]; have != nil && !sameWords(have.rules, made.rules) {
		made = have.orElse(made)
		s.tell(id, "another template makes a managed policy of this name, too: "+
			"which of them is there is not known")
	}
	s.l.managed[key] = made
}

// attachManaged attaches a managed policy to those that it names.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
func (s *stack) attachManaged(id string) {
	arn := kinds["AWS::IAM::ManagedPolicy"].arn(s, id)
	for _, who := range s.attachedTo(id) {
		s.l.attach(who.p, arn, s, id)
		s.floats(who, s.l.document(arn, IdentityPolicy, s, id))
	}
}

// floatingDocument is a document of somebody whose name nobody can read: whoever has a name of that
// kind in the account may be who has it.
type floatingDocument struct {
	d   *Document
	who *subject
}

// floats notes a document of somebody whose name nobody can read.
func (s *stack) floats(who *subject, d *Document) {
	if d != nil && !readableSo(lastSegment(who.p.ARN)) {
		s.l.floating = append(s.l.floating, floatingDocument{d, who})
	}
}

// settle gives documents of those whose names nobody can read to whoever may be meant.
func (l *loader) settle() {
	for _, f := range l.floating {
		f.spread(l.subjects)
	}
	l.settled = len(l.subjects)
}

// settleNew does so for those who were taken up since.
func (l *loader) settleNew() {
	for _, f := range l.floating {
		f.spread(l.subjects[l.settled:])
	}
	l.settled = len(l.subjects)
}

// spread gives a document to whoever of some may be who has it.
func (f floatingDocument) spread(among []*subject) {
	unknowns := cfn.UnknownsIn(lastSegment(f.who.p.ARN))
	for _, who := range among {
		if who == f.who || who.kind != f.who.kind || who.p.Account != f.who.p.Account ||
			!mayBeCalled(lastSegment(who.p.ARN), unknowns) {
			continue
		}
		who.p.Identity = append(who.p.Identity, f.d.underUnread(unknowns))
	}
}

// mayBeCalled says whether a name may be what nobody can read. One that CloudFormation makes may be
// where a function computes it, or in another stack; nobody can state it in a parameter of its own
// stack, which makes it.
func mayBeCalled(name string, unknowns []cfn.Unknown) bool {
	own := func(u cfn.Unknown) bool {
		return u.Expression == "" &&
			slices.ContainsFunc(cfn.UnknownsIn(name), func(made cfn.Unknown) bool {
				return made.Template == u.Template
			})
	}
	never := func(u cfn.Unknown) bool { return slices.Contains(u.Not, name) || own(u) }
	return !slices.ContainsFunc(unknowns, never)
}

// attachedTo returns whom a policy names in Roles, Users and Groups.
func (s *stack) attachedTo(id string) []*subject {
	var out []*subject
	for _, to := range []struct {
		property, kind string
	}{{"Roles", "role"}, {"Users", "user"}, {"Groups", "group"}} {
		for _, name := range s.texts(id, to.property) {
			if !readableSo(name) {
				s.tell(id, fmt.Sprintf("it is attached to the %s %s, "+
					"and which one that is nobody can read", to.kind, name))
			}
			out = append(out, s.subjectNamed(to.kind, name))
		}
	}
	return out
}

// attach gives somebody the managed policy of an ARN, unless it is there already, and returns it;
// nil: it was, or says nothing.
func (l *loader) attach(p *Principal, arn string, by *stack, id string) *Document {
	d := l.document(arn, IdentityPolicy, by, id)
	certain := func(r policy.Rule) bool { return len(r.Unread) == 0 }
	if d == nil ||
		slices.ContainsFunc(p.Identity, func(have *Document) bool {
			return have.ARN == d.ARN && have.ARN != "" &&
				(slices.ContainsFunc(have.Rules.Statements, certain) ||
					!slices.ContainsFunc(d.Rules.Statements, certain))
		}) {
		return nil
	}
	p.Identity = append(p.Identity, d)
	return d
}

// document returns a managed policy as a document about somebody: nil for one of AWS's that says
// nothing of secrets, keys and functions that rotate them. The text of a customer's that no
// template makes nobody can read.
func (l *loader) document(arn string, kind DocumentKind, by *stack, id string) *Document {
	if m := l.managed[managedKey(arn)]; m != nil {
		return &Document{
			Kind: kind, Stack: m.of.File, LogicalID: m.id, Rules: m.rules, ARN: arn, Told: m.told,
		}
	}
	rules, silent, known := awsManagedRules(arn)
	switch {
	case silent && kind != PermissionsBoundary:
		return nil
	case silent: // a boundary that allows nothing of secrets
		return &Document{Kind: kind, ARN: arn}
	case known:
		return &Document{Kind: kind, ARN: arn, Rules: rules}
	}
	unknown := cfn.UnknownsIn(arn)
	if readableSo(arn) {
		unknown = []cfn.Unknown{{What: "policy", Name: cfn.Shown(arn), Shown: cfn.Shown(arn)}}
	}
	for i := range unknown {
		if unknown[i].What == "policy" && unknown[i].Template == "" && by != nil {
			unknown[i].Template, unknown[i].LogicalID = by.label, id
		}
	}
	return &Document{Kind: kind, ARN: arn, Rules: policy.UnreadRules(unknown...)}
}

// inlinePolicy reads a policy that stands in those that it names.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
func (s *stack) inlinePolicy(id string) {
	to := s.attachedTo(id)
	for _, one := range []struct {
		property, kind string
	}{{"RoleName", "role"}, {"UserName", "user"}, {"GroupName", "group"}} {
		if name := s.text(id, one.property); name != "" {
			to = append(to, s.subjectNamed(one.kind, name))
		}
	}
	v := s.Template.Resources[id].Property("PolicyDocument")
	rules, told := s.rules(id, "PolicyDocument", v), s.toldOf(v)
	for _, who := range to {
		d := &Document{Kind: IdentityPolicy, Stack: s.File, LogicalID: id, Rules: rules, Told: told}
		who.p.Identity = append(who.p.Identity, d)
		who.puts(s.text(id, "PolicyName"), d)
		s.floats(who, d)
	}
}

// ownPolicies reads what a role, user or group says of its own policies.
func (s *stack) ownPolicies(id string, who *subject) {
	told := s.toldOf(s.Template.Resources[id].Property("Policies"))
	add := func(name string, rules policy.Rules) {
		d := &Document{Kind: IdentityPolicy, Stack: s.File, LogicalID: id, Rules: rules, Told: told}
		who.p.Identity = append(who.p.Identity, d)
		who.puts(name, d)
		s.floats(who, d)
	}
	switch list := s.property(id, "Policies").(type) {
	case nil:
	case []any:
		for _, e := range list {
			inline, ok := e.(cfn.Object)
			v := any(inline.Get("PolicyDocument"))
			if !ok {
				v = e
			}
			rules := s.decoded(id, "PolicyDocument", v)
			s.because(id, &rules)
			add(asText(inline.Get("PolicyName")), withUnread(rules, s.maybeOf(id)))
		}
	case cfn.Unread:
		add("", policy.UnreadRules(list.Unknown))
	default:
		s.tell(id, "Policies cannot be read: it is not a list")
		add("", policy.UnreadRules(cfn.Unknown{
			What: "policy", Name: "Policies", Template: s.label, LogicalID: id, Shown: "Policies",
		}))
	}
	for _, arn := range s.texts(id, "ManagedPolicyArns") {
		if d := s.l.attach(who.p, arn, s, id); d != nil {
			d.Rules = withUnread(d.Rules, s.maybeOf(id))
		}
		s.floats(who, s.l.document(arn, IdentityPolicy, s, id))
	}
	if arn := s.text(id, "PermissionsBoundary"); arn != "" {
		who.p.Boundary = s.l.document(arn, PermissionsBoundary, s, id)
	}
}

// handOvers adds what others are told to add to documents of theirs.
func (l *loader) handOvers() {
	l.eachBeside(func(b *Beside) {
		for i := range b.HandOvers {
			l.readHandOver(&b.HandOvers[i])
		}
	})
}

func (l *loader) readHandOver(h *HandOver) {
	s := l.home()
	for _, other := range l.stacks {
		if other.File == h.Stack && h.Stack != "" {
			s = other
			break
		}
	}
	said := l.withFunctions(s.e.Resolve(h.Document.Value()), h.Functions)
	rules := s.decoded(h.Of, "what is handed over", said)
	if len(rules.Statements) == len(h.Document) {
		for i := range rules.Statements {
			rules.Statements[i].Because = h.Document[i].Because
		}
	}
	l.handOver(h, rules)
}

// withFunctions puts the names of the functions that rotate secrets in the place of texts that
// stand for them.
func (l *loader) withFunctions(v any, functions map[string]string) any {
	var pairs []string
	for _, text := range sortedKeys(functions) {
		for _, secret := range l.secretList {
			if _, name, ok := strings.Cut(secret.Function, ":function:"); ok &&
				secret.ID == functions[text] {
				pairs = append(pairs, text, name)
			}
		}
	}
	if pairs == nil {
		return v
	}
	return replaced(v, strings.NewReplacer(pairs...))
}

// replaced is a value with its texts replaced.
func replaced(v any, with *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return with.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = replaced(v[i], with)
		}
		return out
	case cfn.Object:
		out := make(cfn.Object, len(v))
		for i, m := range v {
			out[i] = cfn.Member{Key: m.Key, Value: replaced(m.Value, with)}
		}
		return out
	}
	return v
}

func (l *loader) handOver(h *HandOver, rules policy.Rules) {
	d := &Document{Kind: h.Kind, Of: h.Of, Rules: rules}
	switch h.Kind {
	case KeyPolicy:
		for _, k := range l.keyList {
			if k.ID == h.Of || slices.Contains(k.Also, h.Of) {
				if k.Policy == nil && k.Outside {
					k.Policy = delegating(k)
				}
				k.Policy = withStatements(k.Policy, d)
			}
		}
	case ResourcePolicy:
		for _, secret := range l.secretList {
			if secret.ID != h.Of && !slices.Contains(secret.Also, h.Of) {
				continue
			}
			if len(secret.Policy) > 0 {
				secret.Policy[0] = withStatements(secret.Policy[0], d)
			} else {
				secret.Policy = []*Document{d}
			}
		}
	case IdentityPolicy:
		who := l.byID[h.Of]
		if i := slices.IndexFunc(l.subjects, func(own *subject) bool {
			return own.declared && own.p.ID == h.Of
		}); who == nil && i >= 0 {
			who = l.subjects[i]
		}
		if who != nil {
			who.p.Identity = append(who.p.Identity, d)
		}
	}
}

// withStatements returns a document with the statements of another one added; a document that is
// nil has none.
func withStatements(to, more *Document) *Document {
	if to == nil {
		return more
	}
	out := &Document{
		Kind: to.Kind, Of: to.Of, Stack: to.Stack, LogicalID: to.LogicalID, ARN: to.ARN,
		Rules: to.Rules, Told: to.Told,
	}
	out.Rules.Statements = slices.Concat(to.withPlaces(), more.withPlaces())
	for i := range out.Rules.Statements {
		out.Rules.Statements[i].Index = i
	}
	if out.Rules.Version == "" {
		out.Rules.Version = more.Rules.Version
	}
	return out
}
