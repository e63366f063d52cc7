package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// add takes up a secret, by its ARNs and names.
func (l *loader) add(s *Secret) {
	l.secretList = append(l.secretList, s)
	for _, c := range s.Copies {
		if l.secrets[c.ARN] == nil {
			l.secrets[c.ARN] = s
		}
		if key := s.Account + " " + c.Region + " " + s.Name; s.Name != "" && l.byName[key] == nil {
			l.byName[key] = s
		}
	}
}

// secret:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
func (s *stack) secret(id string) {
	made := s.ahead.secrets[id]
	if made == nil {
		made = s.readSecret(id)
	}
	secret := made.secret
	for i := range secret.Copies {
		c := &secret.Copies[i]
		c.Key, c.KeyUnread = s.l.keyOf(made.keys[i], s.partition(), s.account, c.Region)
	}
	arn := secret.Copies[0].ARN
	var have *Secret
	if len(s.l.src.beside.Others) > 0 {
		have = s.l.byName[s.place(secret.Name)]
	}
	if have != nil && have.given { // another one imports it
		secret.Also = append(have.Also, have.ID)
		secret.Policy = have.Policy
		*have = *secret
		s.l.secrets[arn] = have
		return
	}
	s.l.add(secret)
}

// madeSecret is a secret of a template before its keys are looked up.
type madeSecret struct {
	secret *Secret
	keys   []string // of its copies, as the template has them
}

// readSecret reads a secret without looking at anything outside the stack.
func (s *stack) readSecret(id string) *madeSecret {
	secret := &Secret{
		ID: s.called(id), Name: s.secretName(id), Account: s.account, Type: s.text(id, "Type"),
	}
	secret.Tags, secret.KnownTags = s.tags(id, "Tags")
	secret.Told = s.toldOfResource(id)
	arn := s.ownSecretARN(id)
	secret.Copies = []Copy{{Region: s.region, ARN: arn}}
	keys := []string{s.text(id, "KmsKeyId")}
	for _, r := range s.replicas(id) {
		secret.Copies = append(secret.Copies, Copy{Region: r.region, ARN: inRegion(arn, r.region)})
		keys = append(keys, r.key)
	}
	return &madeSecret{secret, keys}
}

func (s *stack) copyOf(arn, region, key string) Copy {
	c := Copy{Region: region, ARN: arn}
	c.Key, c.KeyUnread = s.l.keyOf(key, s.partition(), s.account, region)
	return c
}

// replica is a copy of a secret as a template asks for it.
type replica struct{ region, key string }

// replicas returns the copies of a secret in other Regions, sorted. Their ARNs differ in the Region
// alone.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func (s *stack) replicas(id string) []replica {
	v := s.property(id, "ReplicaRegions")
	list, ok := v.([]any)
	if !ok && v != nil {
		s.tell(id, "to which Regions it is replicated nobody can read")
	}
	var out []replica
	for _, e := range list {
		given, isObject := e.(cfn.Object)
		region := asText(given.Get("Region"))
		if !isObject || cfn.HasUnknown(region) {
			s.tell(id, "to which Regions it is replicated nobody can read")
		}
		if region == "" || region == s.region ||
			slices.ContainsFunc(out, func(r replica) bool { return r.region == region }) {
			continue
		}
		out = append(out, replica{region, asText(given.Get("KmsKeyId"))})
	}
	slices.SortFunc(out, func(a, b replica) int { return strings.Compare(a.region, b.region) })
	return out
}

// inRegion returns an ARN in another Region.
func inRegion(arn, region string) string {
	a, ok := splitARN(arn)
	if !ok {
		return arn
	}
	a.region = region
	return a.String()
}

// tags returns the tags of a resource by their keys in lower case, and whether they can be read.
// They stand in a list or, of some types, in an object.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html
func (s *stack) tags(id, property string) (tags map[string]string, known bool) {
	tags, known = map[string]string{}, true
	switch v := s.property(id, property).(type) {
	case nil:
	case []any:
		for _, e := range v {
			tag, ok := e.(cfn.Object)
			key := asText(tag.Get("Key"))
			if !ok || cfn.HasUnknown(key) {
				known = false
				continue
			}
			tags[strings.ToLower(key)] = asText(tag.Get("Value"))
		}
	case cfn.Object:
		for _, m := range v {
			tags[strings.ToLower(m.Key)] = asText(m.Value)
		}
	default:
		known = false
	}
	if !known {
		s.tell(id, "some of its tags nobody can read")
	}
	return tags, known
}

// secretARN returns the ARN of a secret that is given by its ARN, with or without the suffix, or by
// its name.
func (s *stack) secretARN(given string) string {
	if secret := s.secretOf(given); secret != nil {
		return secret.Copies[0].ARN
	}
	return s.foreignARN(given)
}

// foreignARN returns the ARN of a secret that nobody makes.
func (s *stack) foreignARN(given string) string {
	a, isARN := splitARN(given)
	switch {
	case !isARN && cfn.HasUnknown(given) && !readableSo(given):
		return given // whether it is a name or an ARN, nobody knows
	case !isARN:
		return s.arn("secretsmanager", s.region, "secret:"+given+"-"+sixCharacters(given, "", ""))
	}
	_, hasSuffix := beforeSuffix(a.resource)
	if hasSuffix || aws.EndsLikeSuffix(a.resource) || !readableSo(a.resource) {
		return given
	}
	_, name := a.kind()
	return given + "-" + sixCharacters(name, "", "")
}

// beforeSuffix returns what stands before the characters at the end of a text that AWS appends to
// the name of a secret, where nobody knows these.
func beforeSuffix(s string) (before string, ok bool) {
	i := strings.LastIndex(s, "\uFDD0")
	if i < 0 || strings.Index(s[i:], "\uFDD1") != len(s[i:])-len("\uFDD1") ||
		!cfn.OnlyKinds(s[i:], "suffix") {
		return s, false
	}
	return s[:i], true
}

// secretOf returns a secret that is known, by its ARN, with or without the suffix, or its name;
// nil: there is none.
func (s *stack) secretOf(given string) *Secret {
	s.asksOthers()
	if secret := s.l.secrets[given]; secret != nil {
		return secret
	}
	a, isARN := splitARN(given)
	if !isARN {
		return s.l.byName[s.place(given)]
	}
	return s.l.secretNamed(a)
}

// secretNamed returns the secret that an ARN names, whatever the six characters at its end are.
func (l *loader) secretNamed(a arnText) *Secret {
	name, ok := strings.CutPrefix(a.resource, "secret:")
	if !ok || a.service != "secretsmanager" {
		return nil
	}
	place := a.account + " " + a.region + " "
	if before, ok := beforeSuffix(name); ok {
		return l.byName[place+strings.TrimSuffix(before, "-")]
	}
	if aws.EndsLikeSuffix(name) {
		if secret := l.byName[place+name[:len(name)-len("-AbCdEf")]]; secret != nil {
			return secret
		}
	}
	return l.byName[place+name]
}

// resourcePolicy reads the policy of a secret, which may be one that no template makes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-resourcepolicy.html
func (s *stack) resourcePolicy(id string) {
	given, said := s.saidOf(id), s.Template.Resources[id].Property("ResourcePolicy")
	if given == "" {
		s.tell(id, "it is a policy of no secret, since SecretId is missing")
		return
	}
	if s.l.impossible(given) {
		return
	}
	secret := s.secretOf(given)
	if secret == nil {
		secret = s.foreign(given)
	}
	if len(secret.Policy) > 0 {
		s.l.tellOf(secret.ID, "has more than one resource policy: which of them holds is not known",
			"")
	}
	d := &Document{
		Kind: ResourcePolicy, Of: secret.ID, Stack: s.File, LogicalID: id, Told: s.toldOf(said),
	}
	s.say(d, id, "ResourcePolicy", said)
	if s.l.secrets[given] == nil { // by the name, which several may have that are made
		for _, other := range s.l.namesakes(secret) {
			unknown := which("the secrets called %s is there", secret.Name)
			d = d.underUnread(unknown)
			other.Policy = append(other.Policy, d)
		}
	}
	secret.Policy = append(secret.Policy, d)
	if secret.Copies[0].KeyUnstated { // no template makes it, as far as that is known
		s.l.drifting = append(s.l.drifting, driftingPolicy{s, id, given, secret, d})
	}
}

// driftingPolicy is a policy of a secret that no template makes as far as anybody can read: it may
// be one of those that are made, or named, whose names or ARNs may turn out to be what it is given.
type driftingPolicy struct {
	of    *stack
	id    string // of the resource
	given string // SecretId
	to    *Secret
	d     *Document
}

// mostLandings is how many pairs of such a policy and a secret are looked at closely.
const mostLandings = 100_000

// landPolicies gives such policies to every secret that may be meant.
func (l *loader) landPolicies() {
	if len(l.drifting) == 0 {
		return
	}
	names := make([]unclear, len(l.secretList))
	for i, s := range l.secretList {
		names[i] = unclearName(s.Name)
	}
	left := mostLandings
	for _, p := range l.drifting {
		if unknowns := hidden(p.given); len(unknowns) > 0 {
			const unclear = "it is a policy of the secret %s, and which one that is nobody can read"
			p.of.tell(p.id, fmt.Sprintf(unclear, p.given))
		} else if !readableSo(p.given) {
			continue // what a stack exports that is not given is no secret of the given ones
		}
		for i, other := range l.secretList {
			if other == p.to || !cfn.HasUnknown(p.given) && !names[i].fits(p.to.Name) {
				continue // most are told apart by their names
			}
			if left--; left < 0 {
				l.landAnywhere()
				return
			}
			if unknowns := p.mayMean(other); unknowns != nil {
				other.Policy = append(other.Policy, p.d.underUnread(unknowns))
			}
		}
	}
}

// landAnywhere gives every secret a policy that nobody can read: which of too many policies are of
// which secrets is not found out.
func (l *loader) landAnywhere() {
	unknown := cfn.Unknown{What: "policy", Name: "which resource policies are of which secrets",
		Shown: "${which resource policies}"}
	for _, s := range l.secretList {
		s.Policy = append(s.Policy,
			&Document{Kind: ResourcePolicy, Of: s.ID, Rules: policy.UnreadRules(unknown)})
	}
}

// mayMean returns the unknown parts on which it hangs whether a secret is the one that is meant;
// nil: it is not.
func (p *driftingPolicy) mayMean(other *Secret) []cfn.Unknown {
	meant, is := p.to.Copies[0], other.Copies[0]
	if cfn.SameText(p.to.Account, other.Account) == cfn.No ||
		cfn.SameText(meant.Region, is.Region) == cfn.No {
		return nil
	}
	partial := withoutSuffix(is.ARN)
	for _, pair := range [][2]string{
		{p.given, is.ARN}, {p.given, partial}, {withoutSuffix(meant.ARN), partial},
	} {
		if cfn.SameText(pair[0], pair[1]) == cfn.Maybe {
			return between(pair[0], pair[1])
		}
	}
	if other.Name != "" && cfn.SameText(p.given, other.Name) == cfn.Maybe {
		return between(p.given, other.Name)
	}
	return nil
}

// withoutSuffix returns the ARN of a secret without the characters at its end, where nobody knows
// these.
func withoutSuffix(arn string) string {
	before, ok := beforeSuffix(arn)
	if !ok {
		return arn
	}
	return strings.TrimSuffix(before, "-")
}

// between returns the unknown parts of two texts on which it hangs whether they are the same: those
// that one of them has alone. Where some hide what a text is, they are these; the characters at the
// end of an ARN are left out where there are others.
func between(a, b string) []cfn.Unknown {
	var all, most, hiding []cfn.Unknown
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		for _, u := range cfn.UnknownsIn(pair[0]) {
			if strings.Contains(pair[1], u.Text()) {
				continue
			}
			all = append(all, u)
			if u.What != "suffix" {
				most = append(most, u)
			}
			if !readableSo(u.Text()) {
				hiding = append(hiding, u)
			}
		}
	}
	switch {
	case len(hiding) > 0:
		return hiding
	case len(most) > 0:
		return most
	}
	return all
}

// hidden returns the unknown parts of a text that may turn out to be anything of the given
// templates: parameters, attributes, what a condition decides. What another stack exports that is
// not given is nothing of them.
func hidden(text string) []cfn.Unknown {
	return slices.DeleteFunc(cfn.UnknownsIn(text), func(u cfn.Unknown) bool {
		return u.What == "import" || readableSo(u.Text())
	})
}

// impossible says whether a text has an attribute of a resource that a condition leaves out:
// CloudFormation refuses what refers to it, so that it is not there either.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
func (l *loader) impossible(text string) bool {
	if !cfn.Mentions(text, "attribute") {
		return false
	}
	for _, u := range cfn.UnknownsIn(text) {
		for _, s := range l.stacks {
			if u.What == "attribute" && u.Template == s.label &&
				s.Template.Resources[u.LogicalID] != nil && s.e.Exists(u.LogicalID) == cfn.No {
				return true
			}
		}
	}
	return false
}

// foreign takes up a secret that no template makes.
func (s *stack) foreign(given string) *Secret {
	arn := s.foreignARN(given)
	secret := &Secret{
		Account: s.account, Copies: []Copy{{Region: s.region, ARN: arn}}, ID: cfn.Shown(given),
		Name: given, Note: "not in the templates",
	}
	if a, ok := splitARN(arn); ok {
		_, name := a.kind()
		before, hasSuffix := beforeSuffix(name)
		switch {
		case hasSuffix:
			name = strings.TrimSuffix(before, "-")
		case aws.EndsLikeSuffix(name):
			name = name[:len(name)-len("-AbCdEf")]
		}
		secret.Name, secret.ID, secret.Account = name, cfn.Shown(name), a.account
		secret.Copies[0].Region = a.region
	}
	secret.Copies[0].KeyUnstated = true
	s.l.tellDefaultKey(secret)
	s.l.add(secret)
	return secret
}

// What is taken of a secret that no template makes: for others than its own account, what its key
// and its resource policy say is not known.
const (
	takenKey  = "is a secret of no template: for its own account, its key is taken to be "
	takenKeys = "are secrets of no template: for their own accounts, their keys are taken to be "
	unseen    = takenKey + "aws/secretsmanager, and its resource policy to say nothing"
)

// tellDefaultKey says how the key of a secret that no template makes is taken.
func (l *loader) tellDefaultKey(secret *Secret) {
	l.tellOf(secret.ID, takenKey+"aws/secretsmanager", takenKeys+"aws/secretsmanager")
}

// tellUnseen tells how a secret is taken that only identity policies name.
func (l *loader) tellUnseen(secret *Secret) {
	l.tellOf(secret.ID, unseen,
		takenKeys+"aws/secretsmanager, and their resource policies to say nothing")
}
