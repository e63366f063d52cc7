package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// key reads a key, or the replica of one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-replicakey.html
func (s *stack) key(id string) {
	k := &Key{
		ID: s.called(id), ARN: s.keyARN(id), Account: s.account, Region: s.region,
		Facts: s.keyFacts(id),
	}
	k.Tags, k.Known = s.tags(id, "Tags")
	k.Told = s.toldOfResource(id)
	k.Policy = &Document{
		Kind: KeyPolicy, Of: k.ID, Stack: s.File, LogicalID: id,
		Told: s.toldOf(s.Template.Resources[id].Property("KeyPolicy")),
	}
	if s.Template.Resources[id].Property("KeyPolicy") == nil {
		k.Policy.Rules = withUnread(defaultKeyPolicy(s.partition(), s.account), s.maybeOf(id))
	} else {
		k.Policy.Rules = s.rules(id, "KeyPolicy", s.Template.Resources[id].Property("KeyPolicy"))
	}
	s.l.keys[k.ARN] = k
	s.l.keyList = append(s.l.keyList, k)
}

// keyFacts returns the condition keys that say what kind of key it is.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
func (s *stack) keyFacts(id string) map[string][]string {
	facts := map[string][]string{}
	for _, fact := range []struct{ key, property, otherwise string }{
		{"kms:keyspec", "KeySpec", "SYMMETRIC_DEFAULT"},
		{"kms:keyusage", "KeyUsage", "ENCRYPT_DECRYPT"}, {"kms:keyorigin", "Origin", "AWS_KMS"},
		{"kms:multiregion", "MultiRegion", "false"},
	} {
		value := s.text(id, fact.property)
		switch {
		case s.Template.Resources[id].Type == "AWS::KMS::ReplicaKey" &&
			fact.key != "kms:multiregion":
			continue // those of its primary key
		case s.Template.Resources[id].Type == "AWS::KMS::ReplicaKey":
			value = "true"
		case value == "":
			value = fact.otherwise
		}
		facts[fact.key] = []string{value}
	}
	facts["kms:multiregionkeytype"] = nil
	switch {
	case s.Template.Resources[id].Type == "AWS::KMS::ReplicaKey":
		facts["kms:multiregionkeytype"] = []string{"REPLICA"}
	case facts["kms:multiregion"][0] == "true":
		facts["kms:multiregionkeytype"] = []string{"PRIMARY"}
	}
	return facts
}

// alias:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
func (s *stack) alias(id string) {
	target := s.text(id, "TargetKeyId")
	if target != "" && !strings.HasPrefix(target, "arn:") && readableSo(target) {
		target = s.arn("kms", s.region, "key/"+target)
	}
	arn := s.arn("kms", s.region, s.name(id))
	if have := s.l.aliases[arn]; have != "" && have != target {
		target = which("the aliases %s is there", s.name(id))[0].Text()
	}
	s.l.aliases[arn] = target
	if k := s.l.keys[target]; k != nil {
		k.Aliases = append(k.Aliases, s.name(id))
		slices.Sort(k.Aliases)
	} else if !readableSo(target) {
		for _, k := range s.l.keys {
			k.Others = k.Others || k.Account == s.account && k.Region == s.region
		}
	}
}

// defaultKey is the alias of the key that secrets have which are given none.
const defaultKey = "alias/aws/secretsmanager"

// keyOf returns the key of a copy of a secret, of which the secret gives the ARN, the id, or the
// ARN or name of an alias; nil: the Region's aws/secretsmanager, or unread. A key that no template
// makes is outside.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html#cfn-secretsmanager-secret-kmskeyid
func (l *loader) keyOf(given, partition, account, region string) (k *Key, unread bool) {
	arn := given
	switch {
	case given == "":
		return nil, false
	case l.keys[given] != nil:
		return l.keys[given], false
	case !readableSo(given):
		return nil, true
	case strings.HasPrefix(given, "alias/"):
		arn = arnText{partition, "kms", region, account, given}.String()
	case !strings.HasPrefix(given, "arn:"):
		arn = arnText{partition, "kms", region, account, "key/" + given}.String()
	}
	if strings.HasSuffix(arn, ":"+defaultKey) {
		return nil, false
	}
	id := arn
	if strings.HasPrefix(given, "alias/") {
		id = given
	}
	if target := l.aliases[arn]; target != "" {
		if l.keys[target] == nil && !readableSo(target) {
			return nil, true
		}
		arn = target
	} else if mayBeAny(l, l.aliases, arn) {
		return nil, true
	}
	if k := l.keys[arn]; k != nil {
		return k, false
	}
	if mayBeAny(l, l.keys, arn) {
		return nil, true
	}
	k = &Key{ID: cfn.Shown(id), ARN: arn, Account: account, Region: region, Outside: true}
	if parsed, ok := splitARN(arn); ok {
		k.Account, k.Region = parsed.account, parsed.region
		if strings.HasPrefix(parsed.resource, "alias/") {
			k.Aliases = []string{parsed.resource}
			parsed.resource = "key/" + cfn.Unknown{
				What: "name", Name: "AWS::KMS::Key " + arn, Shown: "*", Class: cfn.HexDigits,
				Min: 36, Max: 36,
			}.Text()
			k.ARN = parsed.String()
		}
	}
	if l.looksMade(arn) {
		l.tellOf(k.ID,
			"is taken to be a key of no template, whose policy leaves the decision to IAM",
			"are taken to be keys of no template, whose policies leave the decision to IAM")
	} else {
		l.tellOutside(k)
	}
	l.keys[arn] = k
	return k, false
}

// mayBeAny says whether an ARN may be one of those of templates, since somebody may state what is
// not known of one of the two. The id that KMS makes of a key nobody states: what is known by such
// an id is taken to be a key of no template.
func mayBeAny[V any](l *loader, known map[string]V, arn string) bool {
	clear := !cfn.HasUnknown(arn)
	for one := range known {
		if clear && !l.mayBeStated(one, arn) {
			continue // most are told apart without a closer look
		}
		if cfn.SameText(one, arn) == cfn.Maybe &&
			(len(hidden(one+arn)) > 0 || !slices.ContainsFunc(between(one, arn), isMadeID)) {
			return true
		}
	}
	return false
}

// isMadeID says whether an unknown part is an id that AWS makes.
func isMadeID(u cfn.Unknown) bool { return u.What == "name" && u.Unique }

// statedEnds is what an ARN of a template has before and behind what is not known of it.
type statedEnds struct {
	before, after string
	may           bool // somebody may state what is not known
}

// mayBeStated says whether an ARN may turn out to be one that is known, as far as its beginning and
// its end tell.
func (l *loader) mayBeStated(one, arn string) bool {
	ends, ok := l.ends[one]
	if !ok {
		ends.before, ends.after = cfn.AroundUnknown(one)
		ends.may = cfn.HasUnknown(one) && (len(hidden(one)) > 0 ||
			!slices.ContainsFunc(cfn.UnknownsIn(one), isMadeID))
		l.ends[one] = ends
	}
	return ends.may && strings.HasPrefix(arn, ends.before) && strings.HasSuffix(arn, ends.after)
}

// looksMade says whether the ARN of a key may turn out to be that of one which a template makes.
func (l *loader) looksMade(arn string) bool {
	return slices.ContainsFunc(l.keyList, func(k *Key) bool {
		before, _ := cfn.AroundUnknown(k.ARN)
		return (strings.HasPrefix(arn, before) || cfn.HasUnknown(arn)) &&
			cfn.SameText(k.ARN, arn) == cfn.Maybe
	})
}

// tellOutside says how the policy of a key that no template makes is taken.
func (l *loader) tellOutside(k *Key) {
	l.tellOf(k.ID, "is a key of no template: its policy is taken to leave the decision to IAM",
		"are keys of no template: their policies are taken to leave the decision to IAM")
}

// defaultKeyPolicy is the policy of a key for which nobody writes one: it leaves the decision to
// IAM of the key's account.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func defaultKeyPolicy(partition, account string) policy.Rules {
	return must(policy.Decode(documentOf(append(toIAM(partition, account),
		cfn.Member{Key: "Sid", Value: "Enable IAM User Permissions"}))))
}

// toIAM is the statement of a key policy that leaves the decision to the IAM of an account.
func toIAM(partition, account string) cfn.Object {
	root := "arn:" + partition + ":iam::" + account + ":root"
	return cfn.Object{
		{Key: "Action", Value: "kms:*"}, {Key: "Effect", Value: "Allow"},
		{Key: "Principal", Value: cfn.Object{{Key: "AWS", Value: root}}},
		{Key: "Resource", Value: "*"},
	}
}

// eachBeside calls f for what the caller knows, and for what each other one does.
func (l *loader) eachBeside(f func(b *Beside)) {
	f(&l.src.beside)
	for i := range l.src.beside.Others {
		l.of = &l.src.beside.Others[i]
		f(l.of)
	}
	l.of = nil
}

// knowKeysAndSecrets takes up the keys and secrets that the caller knows.
func (l *loader) knowKeysAndSecrets() {
	l.eachBeside(func(b *Beside) {
		for _, given := range b.Keys {
			l.knowKey(*given)
		}
	})
	l.eachBeside(func(b *Beside) {
		for _, given := range b.Secrets {
			if len(given.Copies) > 0 {
				l.knowSecret(*given, slices.Contains(b.Rotated, given.ID))
			}
		}
	})
}

// knowKey takes up a key that the caller knows.
func (l *loader) knowKey(k Key) {
	first := l.home()
	k.ARN, k.Region = l.givenText(k.ARN), l.givenText(k.Region)
	k.Account = cmp.Or(l.givenText(k.Account), first.account)
	if k.Region == "" {
		k.Region = first.region
	}
	arnOf := func(alias string) string {
		return arnText{first.partition(), "kms", k.Region, k.Account, alias}.String()
	}
	have := l.keys[k.ARN]
	for _, alias := range k.Aliases {
		if made := l.keys[l.aliases[arnOf(alias)]]; have == nil && made != nil {
			have = made // by a template, or another one knows it
		}
	}
	if have != nil {
		l.keys[k.ARN] = have
		if k.ID != have.ID {
			have.Also = append(have.Also, k.ID)
		}
		return
	}
	if k.Outside || k.Policy == nil {
		k.Outside = true
		l.tellOutside(&k)
	}
	l.keys[k.ARN] = &k
	l.keyList = append(l.keyList, &k)
	for _, alias := range k.Aliases {
		l.aliases[arnOf(alias)] = k.ARN
	}
}

// knowSecret takes up a secret that the caller knows.
func (l *loader) knowSecret(s Secret, rotated bool) {
	first := l.home()
	s.Name, s.Account = l.givenText(s.Name), cmp.Or(l.givenText(s.Account), first.account)
	s.Copies, s.Policy = slices.Clone(s.Copies), slices.Clone(s.Policy)
	s.Function, s.given = l.givenText(s.Function), true
	for i := range s.Copies {
		c := &s.Copies[i]
		c.ARN, c.Region = l.givenSecretARN(&s, i), cmp.Or(l.givenText(c.Region), first.region)
		if c.Key != nil {
			arn := l.givenText(c.Key.ARN)
			c.Key, c.KeyUnread = l.keyOf(arn, first.partition(), s.Account, c.Region)
		}
	}
	if l.of != nil {
		if have := l.sameSecret(&s); have != nil {
			if have.ID != s.ID {
				have.Also = append(have.Also, s.ID)
			}
			return
		}
	}
	if rotated {
		s.Rotates = true
		l.rotatedBy(&s, "the service that owns the secret")
	}
	l.add(&s)
}

// sameSecret returns the secret that is known already under the ARN or name of another one; nil:
// there is none.
func (l *loader) sameSecret(s *Secret) *Secret {
	first := s.Copies[0]
	if have := l.secrets[first.ARN]; have != nil {
		return have
	}
	if have := l.byName[s.Account+" "+first.Region+" "+s.Name]; have != nil && s.Name != "" {
		return have
	}
	if a, ok := splitARN(first.ARN); ok {
		return l.secretNamed(a)
	}
	return nil
}

// givenText returns a text of the caller's, whose functions are those of its first stack.
func (l *loader) givenText(text string) string {
	if !cfn.IsIntrinsic(text) {
		return text
	}
	return l.home().e.Text(text)
}

// givenSecretARN returns the ARN of a copy of a secret of the caller's. Six question marks at its
// end are characters that only AWS knows; without an ARN a replica has that of the secret, in its
// Region.
func (l *loader) givenSecretARN(s *Secret, i int) string {
	arn := l.givenText(s.Copies[i].ARN)
	if arn == "" && i > 0 {
		return strings.Replace(s.Copies[0].ARN, ":"+s.Copies[0].Region+":",
			":"+s.Copies[i].Region+":", 1)
	}
	if before, found := strings.CutSuffix(arn, suffix); found {
		return before + "-" + cfn.Unknown{
			What: "suffix", Name: s.ID, Shown: "??????", Class: cfn.Letters, Min: 6, Max: 6,
		}.Text()
	}
	return arn
}

// home returns the first stack that is given, or that of whom what is being taken up comes from.
func (l *loader) home() *stack {
	for _, s := range l.stacks {
		if l.of != nil && s.File == l.of.Home || l.of == nil && s.givenStack == l.src.first {
			return s
		}
	}
	if len(l.stacks) > 0 {
		return l.stacks[0]
	}
	return l.on(&givenStack{template: &cfn.Template{}}, nil)
}
