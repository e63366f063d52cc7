package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
)

// naming are the properties of a type that its names, ARNs and tags come from; of other types it is
// none.
var naming = map[string][]string{
	"AWS::IAM::Role":              {"RoleName", "Path", "Tags"},
	"AWS::IAM::User":              {"UserName", "Path", "Tags"},
	"AWS::IAM::Group":             {"GroupName", "Path"},
	"AWS::IAM::ManagedPolicy":     {"ManagedPolicyName", "Path"},
	"AWS::SecretsManager::Secret": {"Name", "Tags", "Type", "KmsKeyId", "ReplicaRegions"},
	"AWS::KMS::Key":               {"Tags"},
	"AWS::KMS::ReplicaKey":        {"Tags", "PrimaryKeyArn"},
	"AWS::KMS::Alias":             {"AliasName", "TargetKeyId"},
	"AWS::Lambda::Function":       {"FunctionName"},
	"AWS::Serverless::Function":   {"FunctionName"},
}

// toldOf returns the parameters whose default stands in a value of the template, also where it
// stands there by the name of a resource, sorted.
func (s *stack) toldOf(v any) []Told {
	if len(s.Template.Parameters) == 0 {
		return nil
	}
	found := map[string]Told{}
	s.toldIn(v, found, map[string]bool{})
	var out []Told
	for _, name := range sortedKeys(found) {
		out = append(out, found[name])
	}
	return out
}

// toldOfResource returns the parameters whose default a resource's names and tags have.
func (s *stack) toldOfResource(id string) []Told {
	if len(s.Template.Parameters) == 0 {
		return nil
	}
	var values []any
	for _, property := range naming[typeOf(s.Template.Resources[id])] {
		values = append(values, s.Template.Resources[id].Property(property))
	}
	return s.toldOf(values)
}

func (s *stack) toldIn(v any, found map[string]Told, seen map[string]bool) {
	for _, ref := range cfn.References(v) {
		key := s.label + " " + ref.Name
		if ref.Kind != cfn.KindRef && ref.Kind != cfn.KindGetAtt || seen[key] {
			continue
		}
		seen[key] = true
		if declared, ok := s.Template.Parameters.Get(ref.Name).(cfn.Object); ok {
			s.toldParameter(ref.Name, declared, found, seen)
			continue
		}
		r := s.Template.Resources[ref.Name]
		for _, property := range naming[typeOf(r)] {
			s.toldIn(r.Property(property), found, seen)
		}
	}
}

// toldParameter notes a parameter, or what a nested stack is given in its place.
func (s *stack) toldParameter(
	name string, declared cfn.Object, found map[string]Told, seen map[string]bool,
) {
	if s.parent != nil {
		for _, id := range sortedKeys(s.parent.children) {
			if s.parent.children[id] == s {
				given, _ := s.parent.Template.Resources[id].Property("Parameters").(cfn.Object)
				s.parent.toldIn(given.Get(name), found, seen)
			}
		}
	}
	if _, given := s.e.Parameters[name]; given || declared.Get("Default") == nil {
		return
	}
	value := s.e.Text(cfn.Object{{Key: "Ref", Value: name}})
	if cfn.HasUnknown(value) {
		return // one of Systems Manager, or one whose value is not shown
	}
	known := name
	if len(s.l.stacks) > 1 {
		known = s.label + "." + name
	}
	found[known] = Told{What: "parameter", Name: known, Value: value}
}

// tellDefaults says of which parameters the default is taken, since nobody states another value: an
// answer, a no above all, may be another one where they have another. Those that decide conditions
// and nothing else are tried with others.
func (src *deployment) tellDefaults(worlds []*World) {
	var names []string
	for _, w := range worlds {
		for _, told := range w.Told {
			if !src.varied[told.Name] {
				names = append(names, told.Name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	switch len(names) {
	case 0:
	case 1:
		const clause = "the parameter %s is taken to have its default (--parameter %[1]s=…)"
		src.told[Taken{Clause: fmt.Sprintf(clause, names[0])}] = true
	default:
		const clause = "the parameters %s are taken to have their defaults (--parameter %s=…)"
		src.told[Taken{
			Clause: fmt.Sprintf(clause, english.Some(names, mostNamed), names[0]),
		}] = true
	}
}

// What is said of roles, users and groups that only exist.
const (
	noOther  = "is not in the templates and is taken to have no other policies than the given"
	noOthers = "are not in the templates and are taken to have no other policies than the given"
)

// tellTaken says how what is out of sight is taken.
func (l *loader) tellTaken(all []*Principal) {
	for _, who := range l.subjects {
		switch {
		case who.declared || who.p.AsFar:
		case who.kind == "group" && len(who.members) > 0:
			l.tellOf("the group "+lastSegment(who.p.ARN), noOther, noOthers)
		case who.kind != "group" && who.p.Note != memberNote:
			l.tellOf(who.p.ID, noOther, noOthers)
		}
	}
	for _, s := range l.stacks {
		if s.e.Exhausted() {
			s.tell("", "it takes more work to read than is done: the rest is unread")
		}
	}
	for _, p := range all {
		if p.AsFar && p.Kind != EverybodyPrincipal {
			l.tellOf(p.ID,
				"is named by policies only: its own account is taken to allow what they allow it",
				"are named by policies only: their own accounts are taken to allow what these "+
					"allow them")
		}
	}
	l.tellNever(all)
	l.tellSame()
	handOvers := 0
	l.eachBeside(func(b *Beside) { handOvers += len(b.HandOvers) })
	if handOvers > 0 {
		l.tell("what is handed over to others is taken to be done")
	}
	if l.testsTags(all) {
		l.tell("tags that a deployment gives to a whole stack are not in the templates and are " +
			"taken to be none")
	}
	if len(l.secretList) > 0 {
		l.tell("no policy of an organization, of a session or of a VPC endpoint and no KMS " +
			"grant is counted")
	}
}

// testsTags says whether some statement asks for tags.
func (l *loader) testsTags(all []*Principal) bool {
	said := map[any]bool{} // of documents and wordings that do not
	asks := func(d *Document) bool {
		if d == nil || said[d.words()] {
			return false
		}
		said[d.words()] = true
		for i := range d.Rules.Statements {
			r := &d.Rules.Statements[i]
			for _, c := range r.Conditions {
				if isTag(c.Key) || slices.ContainsFunc(c.Values, isTag) {
					return true
				}
			}
			if slices.ContainsFunc(r.Resources, isTag) {
				return true
			}
		}
		return false
	}
	for _, p := range all {
		if slices.ContainsFunc(p.Identity, asks) || asks(p.Boundary) {
			return true
		}
	}
	for _, s := range l.secretList {
		if slices.ContainsFunc(s.Policy, asks) ||
			slices.ContainsFunc(s.Copies, func(c Copy) bool {
				return c.Key != nil && asks(c.Key.Policy)
			}) {
			return true
		}
	}
	return false
}

// isTag says whether a condition key is a tag of a resource or a caller, or a text mentions one.
func isTag(s string) bool {
	const end = "tag/"
	at := strings.IndexByte(s, '/')
	for at >= 0 && (at < len(end)-1 || !strings.EqualFold(s[at-len(end)+1:at+1], end)) {
		next := strings.IndexByte(s[at+1:], '/')
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	if at < 0 {
		return false
	}
	s = strings.ToLower(s)
	return strings.Contains(s, "resourcetag/") || strings.Contains(s, "principaltag/")
}
