package change

import (
	"math/big"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// modified compares a resource that has the same logical ID in both sets.
func (c *comparison) modified(old, new side) {
	if old.res.Type != new.res.Type {
		c.report(new, Resource{Risk: Fails, Page: aws.PageOfUpdates,
			Message: "CloudFormation refuses another type under the same logical ID; give the " +
				"new resource a logical ID of its own"})
		return
	}
	var names []string
	for _, p := range slices.Concat(old.properties(), new.properties()) {
		names = append(names, p.Key)
	}
	slices.Sort(names)
	m := modification{c: c, old: old, new: new, table: aws.UpdatesOf(new.res.Type)}
	for _, name := range slices.Compact(names) {
		m.property(name)
	}
	m.conclude()
	if len(m.rows) > 0 {
		c.callOfRotation(new, Modified)
	}
	c.attributes(old, new)
	c.condition(old, new)
}

// modification is one resource that changes, while its properties are compared.
type modification struct {
	c        *comparison
	old, new side
	table    *aws.TypeUpdates // nil: it does not have the type
	rows     []changedProperty
	// it is a policy that is replaced, and the one before stays in effect
	staysInEffect bool
}

// changedProperty is a property that is not equal in both sets, with what the table says of it.
type changedProperty struct {
	aws.PropertyUpdate
	old, new any // canonical
	known    bool
	path     string
}

// property compares one property.
func (m *modification) property(name string) {
	p := changedProperty{old: m.old.value(name), new: m.new.value(name), path: name}
	if m.table != nil {
		p.PropertyUpdate, p.known = m.table.Property(name)
	}
	p.Name = name
	p.old, p.new = formed(p.old, p.Form), formed(p.new, p.Form)
	if p.Effect == aws.AnotherKey {
		p.old, p.new = m.old.at.read.key(p.old), m.new.at.read.key(p.new)
	}
	if p.Default != "" {
		p.old, p.new = orDefault(p.old, p.Default), orDefault(p.new, p.Default)
	}
	if same(p.old, p.new) {
		return
	}
	if p.Form == aws.OneValue {
		p.path = deepestPath(name, p.old, p.new)
	}
	m.rows = append(m.rows, p)
}

func orDefault(v any, otherwise string) any {
	if v == nil {
		return otherwise
	}
	return v
}

// deepestPath follows the one member in which two values differ, as far as there is only one.
func deepestPath(path string, old, new any) string {
	a, isObject := old.(cfn.Object)
	b, alsoObject := new.(cfn.Object)
	if !isObject || !alsoObject || isExpression(a) || isExpression(b) {
		return path
	}
	var differs []string
	for _, m := range slices.Concat(a, b) {
		if !slices.Contains(differs, m.Key) && !same(a.Get(m.Key), b.Get(m.Key)) {
			differs = append(differs, m.Key)
		}
	}
	if len(differs) != 1 {
		return path
	}
	key := differs[0]
	if !slices.Contains(membersOf[path], key) {
		return path // it may be a secret, or is no property of the type
	}
	return deepestPath(path+"."+key, a.Get(key), b.Get(key))
}

// membersOf are the properties within properties that a change is told of.
var membersOf = map[string][]string{
	"GenerateSecretString": {"ExcludeCharacters", "ExcludeLowercase", "ExcludeNumbers",
		"ExcludePunctuation", "ExcludeUppercase", "GenerateStringKey", "IncludeSpace",
		"PasswordLength", "RequireEachIncludedType", "SecretStringTemplate"},
	"RotationRules": {"AutomaticallyAfterDays", "Duration", "ScheduleExpression"},
	"HostedRotationLambda": {"ExcludeCharacters", "KmsKeyArn", "MasterSecretArn",
		"MasterSecretKmsKeyArn", "RotationLambdaName", "RotationType", "Runtime",
		"SuperuserSecretArn", "SuperuserSecretKmsKeyArn", "VpcSecurityGroupIds", "VpcSubnetIds"},
}

// conclude gives each property its risk.
func (m *modification) conclude() {
	keepsName := m.keepsName()
	for _, p := range m.rows {
		m.staysInEffect = m.staysInEffect || p.known && p.Update == aws.Replaces && !keepsName &&
			m.oneBeforeStays()
	}
	for _, p := range m.rows {
		switch {
		case isUnread(p.old) || isUnread(p.new):
			m.unknown(p, "%s cannot be read, or its functions make too much, so that nobody "+
				"knows whether it changes")
		case m.table == nil:
			m.unknown(p, "%s changes; what that does to a resource of this type is not known")
		case !p.known:
			m.unknown(p, "%s changes; what that does is not known")
		case p.Update == aws.Refused:
			m.report(Fails, p, "CloudFormation refuses another %s, which cannot change once "+
				m.table.What+" is there")
		case p.Update == aws.Replaces:
			m.replaced(p, keepsName)
		default:
			m.effect(p)
		}
	}
}

// oneBeforeStays says whether a policy that is replaced certainly stays in effect for whom it was
// about: it is kept, nothing takes its name, and those are not replaced themselves.
func (m *modification) oneBeforeStays() bool {
	if !m.table.IsPolicy || !m.old.retains("UpdateReplacePolicy") ||
		!m.new.retains("UpdateReplacePolicy") || m.c.isTaken(m.old) {
		return false
	}
	property := documentOfPolicy(m.old)
	about := m.c.aboutWhom(0, m.old, property)
	if len(m.c.attachedBy(0)[m.old.self()]) > 0 { // by whoever attaches the new one instead
		return false
	}
	if !slices.Equal(about, m.c.aboutWhom(1, m.new, property)) {
		return false
	}
	before, after := m.old.at, m.new.at
	for id, r := range before.all {
		one, now := side{before, id, r}, side{after, id, after.all[id]}
		if r == nil || now.res == nil || !slices.Contains(about, one.self()) {
			continue
		}
		table := aws.UpdatesOf(r.Type)
		if table == nil || slices.ContainsFunc(table.Properties, func(p aws.PropertyUpdate) bool {
			return p.Update == aws.Replaces && !same(one.value(p.Name), now.value(p.Name))
		}) {
			return false
		}
	}
	return true
}

// keepsName says whether the resource has a name of the template's own that does not change, so
// that CloudFormation does not replace it.
func (m *modification) keepsName() bool {
	if m.table == nil || m.table.Named == "" || m.new.res.Property(m.table.Named) == nil {
		return false
	}
	return !slices.ContainsFunc(m.rows, func(p changedProperty) bool {
		return p.Name == m.table.Named
	})
}

// report notes what becomes of the resource by the change of a property. The message has one %s at
// most, for the name of the property; names below it may be the user's, and stand in the path.
func (m *modification) report(risk Risk, p changedProperty, message string) {
	message = strings.Replace(message, "%s", p.Name, 1) + ofParameters(p.old, p.new)
	m.c.report(m.new, Resource{Risk: risk, Property: p.path, Message: message, Page: p.Page,
		Policy: p.Form == aws.OfPolicy || p.Form == aws.OfPolicies, isOfSecrets: isOfSecrets(p)})
}

// unknown notes a change of which nobody knows what it does.
func (m *modification) unknown(p changedProperty, message string) {
	page := p.Page
	if page == "" {
		page = aws.PageOfUpdates
	}
	m.c.report(m.new, Resource{Risk: Updated, Property: p.path, Page: page, Unknown: true,
		Policy:  p.Form == aws.OfPolicy || p.Form == aws.OfPolicies,
		Message: strings.Replace(message, "%s", p.Name, 1)})
}

// ofParameters tells what values hang on that differ by the default of a parameter alone: whoever
// gives the parameter its value before, as the AWS CLI's deploy does, changes nothing.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/index.html
func ofParameters(old, new any) string {
	if !same(withoutDefinitions(old), withoutDefinitions(new)) {
		return ""
	}
	return ", unless the parameter that it takes its value from keeps the value it has"
}

// hangsOnHidden says whether a policy names a parameter with NoEcho that has another default than
// before. The comparison of access takes no such value for known.
func (m *modification) hangsOnHidden(p changedProperty) bool {
	if p.Form != aws.OfPolicy && p.Form != aws.OfPolicies {
		return false
	}
	before, after := map[string]string{}, map[string]string{}
	noteParameters(p.old, before)
	noteParameters(p.new, after)
	for name, definition := range after {
		if was, ok := before[name]; ok && was != definition &&
			(m.old.at.read.Template.NoEcho(name) || m.new.at.read.Template.NoEcho(name)) {
			return true
		}
	}
	return false
}

// noteParameters notes the parameters in a canonical value, with what decides their values.
func noteParameters(v any, out map[string]string) {
	switch v := v.(type) {
	case cfn.Object:
		for _, m := range v {
			list, ok := m.Value.([]any)
			name, _ := elementOf(list, 0).(string)
			if ok && m.Key == expression+"parameter" {
				out[name] = cfn.JSON(list)
				continue
			}
			noteParameters(m.Value, out)
		}
	case []any:
		for _, e := range v {
			noteParameters(e, out)
		}
	}
}

// withoutDefinitions returns a canonical value with parameters as their names alone.
func withoutDefinitions(v any) any {
	switch v := v.(type) {
	case cfn.Object:
		out := slices.Clone(v)
		for i, m := range out {
			if list, ok := m.Value.([]any); ok && m.Key == expression+"parameter" {
				out[i].Value = list[0]
				continue
			}
			out[i].Value = withoutDefinitions(m.Value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = withoutDefinitions(e)
		}
		return out
	}
	return v
}

// replaced notes that another resource takes the place of this one.
func (m *modification) replaced(p changedProperty, keepsName bool) {
	switch {
	case keepsName:
		p.Page = aws.PageOfNames
		m.report(Fails, p, "another %s takes another resource, and CloudFormation does not "+
			"replace one whose "+m.table.Named+" stays the same")
		return
	case m.new.res.Type == "AWS::SecretsManager::Secret":
		m.report(ValueLost, p, "another %s makes a new secret with a new value and a new ARN; "+
			m.becomesOfOld())
	case m.old.letsRotate() || m.new.letsRotate():
		m.report(AccessGap, p, "another %s makes a new permission in the place of the one that "+
			"lets Secrets Manager call the function: rotations fail until it is there")
	case m.staysInEffect:
		p.Page = aws.PageOfReplacePolicy
		m.report(Orphaned, p, "another %s makes a new resource in the place of "+m.table.What+
			"; the old one stays in effect, where nothing manages it")
	default:
		m.report(Replaced, p, "another %s makes a new resource in the place of "+m.table.What+
			"; "+m.becomesOfOld())
	}
	m.c.replaced[m.new.is()] = true
	m.c.renamed = append(m.c.renamed, renamed{m.old, m.new})
}

// becomesOfOld says what CloudFormation does with the resource that is replaced.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
func (m *modification) becomesOfOld() string {
	was, is := m.old.retains("UpdateReplacePolicy"), m.new.retains("UpdateReplacePolicy")
	switch {
	case was && is:
		return "the old one stays in the account, unmanaged"
	case was != is:
		return "the old one may stay in the account, unmanaged, since UpdateReplacePolicy " +
			"changes, too"
	}
	return "the old one is deleted"
}

// effect notes what the change of a property does that is updated in place.
func (m *modification) effect(p changedProperty) {
	switch p.Effect {
	case aws.NewValue:
		m.report(ValueLost, p, "a change of %s gives the secret a new value, whatever was "+
			"rotated or written since")
	case aws.Rotates:
		m.schedule(p)
	case aws.AnotherKey:
		m.report(KeyChanged, p, "another %s: what is encrypted already stays under the key "+
			"before, which must live on")
	case aws.Copies:
		m.copies(p)
	case aws.Connects:
		m.report(AccessGap, p, "another %s writes the connection of another database into the "+
			"value of the secret, beside the credentials that it has: who reads it connects there")
	case aws.Disables:
		if p.old != any("false") && p.new != any("true") {
			m.report(AccessGap, p, m.table.What+" is disabled by %s, so that nobody can use "+
				"what it encrypts")
			return
		}
		m.report(Updated, p, "%s changes in place")
	case aws.GuardIfTrue, aws.GuardIfFalse, aws.GuardIfLarger, aws.GuardIfLess, aws.GuardIfSet:
		m.guard(p)
	default:
		m.document(p)
	}
}

// guard notes a property that protects.
func (m *modification) guard(p changedProperty) {
	if p.isWeaker() {
		m.report(GuardWeaker, p, "%s protects less than before, as far as that is known")
		return
	}
	m.report(Updated, p, "%s changes in place")
}

// isWeaker says whether a property that protects may protect less than before.
func (p *changedProperty) isWeaker() bool {
	switch p.Effect {
	case aws.GuardIfTrue:
		return p.old != any("false") && p.new != any("true")
	case aws.GuardIfFalse:
		return p.old != any("true") && p.new != any("false")
	case aws.GuardIfLarger:
		return !isLess(p.old, p.new)
	case aws.GuardIfLess:
		return !isLess(p.new, p.old)
	case aws.GuardIfSet:
		return p.old != nil // another one may let through more
	}
	return false
}

// isLess says whether a number is certainly less than another.
func isLess(a, b any) bool {
	x, okX := rational(a)
	y, okY := rational(b)
	return okX && okY && x.Cmp(y) < 0
}

func rational(v any) (*big.Rat, bool) {
	const most = 40
	text, _ := v.(string)
	if len(text) > most || strings.ContainsAny(text, "eE") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// document notes a property without an effect of its own. A policy may have lost a denial.
func (m *modification) document(p changedProperty) {
	page := p.Page
	switch {
	case (p.Form == aws.OfPolicy || p.Form == aws.OfPolicies) && !m.staysInEffect &&
		m.c.lostDenial(denialsOf(p.old), denialsOf(p.new)) &&
		m.c.isDeniedLess(m.old, p.Name, p.old):
		p.Page = aws.PageOfDeny
		m.report(GuardWeaker, p, "%s denies less than before: a statement with Deny is gone or "+
			"narrower")
		if p.allowsOtherwise() {
			p.Page = page
			m.policy(p)
		}
	case m.hangsOnHidden(p):
		m.unknown(p, "%s hangs on a parameter with NoEcho that has another default: its value is "+
			"not read, and nobody knows which answers change")
		m.c.found[len(m.c.found)-1].Policy = false // the reason is this, whatever else changes
	case p.Form == aws.OfPolicy, p.Form == aws.OfPolicies:
		m.policy(p)
	case !m.staysInEffect && m.detaches(p):
		p.Page = aws.PageOfDeny
		m.report(GuardWeaker, p, "another %s: somebody is denied less than before")
		if len(onlyIn(p.new, p.old)) > 0 {
			p.Page = page
			m.attached(p)
		}
	case attachments[p.Name] != "" && strings.HasPrefix(m.new.res.Type, "AWS::IAM::"):
		m.attached(p)
	default:
		m.report(Updated, p, "%s changes in place")
	}
}

// policy notes a policy that changes. Whether that matters is for the comparison of access to say.
func (m *modification) policy(p changedProperty) {
	if isOfSecrets(p) {
		m.report(Updated, p, "%s changes in place; who gains or loses access is said apart")
		return
	}
	m.report(Updated, p, "%s changes in place; who gains or loses access to secrets is said "+
		"apart, and what else it says is not compared")
}

// schedule notes a change of how a secret is rotated. Without RotateImmediatelyOnUpdate: false
// every change rotates it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-rotationschedule.html
func (m *modification) schedule(p changedProperty) {
	if p.Name == "RotationLambdaARN" {
		m.rotator(p)
	}
	if m.new.value("RotateImmediatelyOnUpdate") == any("false") {
		m.report(Updated, p, "%s changes in place, and the secret is not rotated at once")
		return
	}
	m.report(RotatesNow, p, "a change of %s rotates the secret as soon as it is deployed, "+
		"because RotateImmediatelyOnUpdate is not false")
}

// rotator notes that another function rotates the secret.
func (m *modification) rotator(p changedProperty) {
	if p.new == nil {
		return
	}
	message := "another function reads each value of the secret and writes the next one"
	arn, _ := p.new.(string)
	parts := strings.Split(arn, ":")
	const account = 4 // arn:aws:lambda:REGION:ACCOUNT:function:NAME
	if at := m.new.at.read.Account; len(parts) > account && at != "" && parts[account] != at {
		message = "a function of another account reads each value of the secret and writes the " +
			"next one"
	}
	m.unknown(p, message)
	m.c.found[len(m.c.found)-1].isOfRotation = true
}

// copies notes a change of the Regions that a secret is replicated to.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func (m *modification) copies(p changedProperty) {
	before, after := regionsOf(p.old), regionsOf(p.new)
	worst, message := Updated, "%s changes in place"
	if before == nil || after == nil {
		worst, message = Deleted, "%s may have lost a Region, whose replica is deleted then"
	}
	for _, b := range before {
		i := slices.IndexFunc(after, func(a replica) bool { return same(a.region, b.region) })
		switch {
		case i < 0:
			worst, message = Deleted, "a Region leaves %s: the replica there is deleted"
		case worst != Deleted && !same(after[i].key, b.key):
			worst, message = KeyChanged, "another key in %s: what is encrypted already stays "+
				"under the key before, which must live on"
		}
	}
	m.report(worst, p, message)
}

type replica struct{ region, key any }

// regionsOf returns the replicas that a canonical list has; nil: they are not known.
func regionsOf(v any) []replica {
	if v == nil {
		return []replica{}
	}
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	out := []replica{}
	for _, e := range list {
		o, ok := e.(cfn.Object)
		if !ok || isExpression(o) {
			return nil
		}
		out = append(out, replica{o.Get("Region"), o.Get("KmsKeyId")})
	}
	return out
}
