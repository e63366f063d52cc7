package access

import (
	"slices"
	"strconv"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// call is what one API call of a verb needs.
type call struct {
	name     string       // of the action that is called
	onSecret aws.Action   // may be empty
	anywhere []aws.Action // that take no resource
	home     []aws.Action // on the key of the copy that is called
	replicas []aws.Action // on the keys of the replicas
	purges   bool
	into     string // of a call that makes replicas: the one Region of which it does; empty: all
	// the key that AWS manages is asked about, also for whom no policy denies it
	managed bool
	// of a call that rotates: the function that it names; empty: that of the secret
	function string
	// the call states arguments that no verb means; its permission on the secret alone is asked for
	wider *widening
}

// calls returns the calls of a verb on a copy.
func callsOf(v *verb.Verb, at int) []call {
	var out []call
	for _, action := range v.Essential() {
		if at > 0 && !aws.OnReplica(action) {
			continue
		}
		c := newCall(action)
		c.purges, c.anywhere = v.Purges, v.Anywhere
		out = append(out, c)
	}
	switch {
	case len(out) > 0:
	case len(v.OnKey) > 0:
		for _, action := range v.OnKey {
			out = append(out, call{name: action, home: []aws.Action{action}})
		}
	case len(v.OnSecret) == 0:
		for _, action := range v.Anywhere {
			out = append(out, call{name: action, anywhere: []aws.Action{action}})
		}
	}
	return out
}

// newCall returns what AWS demands for an action on a secret. Encrypt and Decrypt stand where AWS
// says so.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
func newCall(action aws.Action) call {
	c := call{name: action, onSecret: action}
	switch action {
	case "secretsmanager:GetSecretValue":
		c.home = []aws.Action{"kms:Decrypt"}
	case "secretsmanager:PutSecretValue":
		c.home = []aws.Action{"kms:GenerateDataKey"}
		c.replicas = c.home
	case "secretsmanager:UpdateSecret":
		c.home = []aws.Action{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
		c.replicas = []aws.Action{"kms:GenerateDataKey"}
	case "secretsmanager:ReplicateSecretToRegions":
		c.home = []aws.Action{"kms:Decrypt"}
		c.replicas = aws.ReplicaKeyUse
	}
	return c
}

// The sources by which a decision names the documents: a principal's identity policies by their
// places in its list, the others by what they are.
const (
	ofBoundary = "boundary"
	ofResource = "resource"
)

// permission is a question with the documents that it is asked of.
type permission struct {
	policy.Question
	principal *Principal
	identity  []*Document
	boundary  *Document
	resource  *Document
	also      []string // condition keys that a witness shows besides those of these documents
}

// document returns the policy that was asked under a name.
func (p *permission) document(source string) *Document {
	switch source {
	case ofBoundary:
		return p.boundary
	case ofResource:
		return p.resource
	}
	if i, err := strconv.Atoi(source); err == nil && i < len(p.identity) {
		return p.identity[i]
	}
	return nil
}

// variant is one of several ways in which a call may be made or answered, of which nobody knows
// which is the right one.
type variant struct {
	policy int // which of the resource policies of the secret holds
	// KMS is told the Region and ARN of the primary where the key is that of a replica
	primary bool
	noKey   bool   // a key that cannot be read is the account's own aws/secretsmanager
	account string // the account that is the one which nobody states; empty: that is another one
	managed bool   // of every variant of a call that asks about the key that AWS manages
}

// same says whether two accounts are one.
func (v variant) same(a, b string) bool {
	if a == b {
		return true
	}
	return v.account != "" && (a == unstated && b == v.account || b == unstated && a == v.account)
}

// permissions lists what a call takes. The one that matters most stands first.
func (c *call) permissions(p *Principal, s *Secret, at int, v variant) []permission {
	target := &s.Copies[at]
	var out []permission
	if c.onSecret != "" {
		var document *Document
		if len(s.Policy) > 0 {
			document = s.Policy[v.policy]
		} else if target.KeyUnstated && !p.AsFar &&
			p.Kind != ServicePrincipal && p.Account != s.Account {
			document = unseenPolicy(s)
		}
		out = append(out, ask(&circumstances{
			p: p, s: s, at: at, action: c.onSecret, purge: c.purges, into: c.into,
			function: c.function, batch: slices.Contains(c.anywhere, aws.BatchRead),
			region: target.Region, owner: s.Account, arn: target.ARN, v: v, wider: c.wider,
		}, document))
		if c.wider != nil {
			return out
		}
		if c.onSecret == "secretsmanager:RotateSecret" {
			function := s.Function
			if c.function != "" {
				function = c.function
			}
			out = append(out, callFunction(p, s, function, v)...)
		}
	}
	for _, action := range c.anywhere {
		owner := p.Account
		if c.onSecret == "" {
			owner = s.Account
		}
		out = append(out, ask(&circumstances{
			p: p, s: s, at: at, action: action,
			region: target.Region, owner: owner, arn: "*", v: v,
		}, nil))
	}
	told := target
	if v.primary {
		told = &s.Copies[0]
	}
	for _, action := range c.home {
		out = append(out, useKey(p, s, target, action, via{told.Region, told.ARN}, v)...)
	}
	if at == 0 {
		out = append(out, c.onReplicaKeys(p, s, v)...)
	}
	return out
}

// onReplicaKeys lists what a call takes of the keys of the replicas that it writes.
func (c *call) onReplicaKeys(p *Principal, s *Secret, v variant) []permission {
	var out []permission
	for i := range s.Copies[1:] {
		replica := &s.Copies[i+1]
		if c.into != "" && c.into != replica.Region {
			continue
		}
		told := replica
		if v.primary {
			told = &s.Copies[0]
		}
		for _, action := range c.replicas {
			out = append(out, useKey(p, s, replica, action, via{told.Region, told.ARN}, v)...)
		}
	}
	return out
}

// variants returns the ways of which nobody knows which is right.
func (c *call) variants(p *Principal, s *Secret, at int) []variant {
	out := []variant{{managed: c.managed}}
	for _, account := range unstatedMayBe(p, s) {
		out = append(out, variant{account: account, managed: c.managed})
	}
	for i := 1; i < len(s.Policy); i++ {
		for _, v := range slices.Clone(out) {
			if v.policy == 0 {
				v.policy = i
				out = append(out, v)
			}
		}
	}
	if c.wider == nil && c.asksReplicaKeys(s, at) {
		for _, v := range slices.Clone(out) {
			v.primary = true
			out = append(out, v)
		}
	}
	unread := func(c Copy) bool { return c.KeyUnread }
	if c.wider == nil && len(c.home) > 0 && slices.ContainsFunc(s.Copies, unread) {
		for _, v := range slices.Clone(out) {
			v.noKey = true
			out = append(out, v)
		}
	}
	return out
}

// asksReplicaKeys says whether a call takes a key of a replica that has one of its own. AWS does
// not say whether KMS is then told the Region and ARN of the replica or those of the primary.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
func (c *call) asksReplicaKeys(s *Secret, at int) bool {
	if at > 0 {
		return len(c.home) > 0 && s.Copies[at].Key != nil
	}
	return len(c.replicas) > 0 && slices.ContainsFunc(s.Copies[1:], func(copy Copy) bool {
		return copy.Key != nil && (c.into == "" || c.into == copy.Region)
	})
}

// unstatedMayBe returns the accounts among those of a principal, a secret and its keys, and of
// those whom their policies name, that may be the one which nobody states, if one of them is that,
// sorted.
func unstatedMayBe(p *Principal, s *Secret) []string {
	if p.Account != unstated && s.Account != unstated &&
		!slices.ContainsFunc(s.Copies, func(c Copy) bool {
			return c.Key != nil && c.Key.Account == unstated
		}) {
		return nil
	}
	all := []string{p.Account, s.Account}
	for _, d := range s.Policy {
		all = append(all, d.accounts()...)
	}
	for i := range s.Copies {
		if k := s.Copies[i].Key; k != nil {
			all = append(all, k.Account)
			if k.Policy != nil {
				all = append(all, k.Policy.accounts()...)
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(a string) bool {
		return a == "" || cfn.HasUnknown(a) || hasWildcard(a)
	})
}

// ask makes a question of the documents of a principal and of a resource.
func ask(c *circumstances, document *Document) permission {
	secret := ""
	if c.key != nil {
		secret = c.via.secret
	}
	if info, ok := aws.ActionNamed(c.action); ok {
		c.carries = info.Conditions
	}
	r := policy.Request{Caller: c.p.caller(), Action: c.action, Resource: c.arn, Owner: c.owner}
	q := policy.Question{Request: r, Facts: c.fact}
	if c.v.account != "" {
		c.inReading(&q)
	}
	q.Policies.Key = c.key != nil
	owner := c.owner
	if c.arn == "*" {
		owner = c.s.Account
	}
	identity, boundary := c.p.identity(owner, c.v)
	for i, d := range identity {
		if rules := d.about(c.arn, secret); len(rules.Statements) > 0 {
			q.Policies.Identity = append(q.Policies.Identity,
				policy.Source{Name: strconv.Itoa(i), Rules: rules})
		}
	}
	if c.wider != nil && len(c.wider.kept) > 0 {
		q.Policies.Identity = append(q.Policies.Identity, c.wider.denial(c.action))
	}
	q.Caller.Bounded = boundary != nil
	if b := boundary; b != nil {
		q.Policies.Boundary = &policy.Source{Name: ofBoundary, Rules: b.about(c.arn, secret)}
	}
	if document != nil {
		source := policy.Source{Name: ofResource, Rules: document.Rules}
		if c.key != nil {
			source.Rules = document.about(secret, "")
		}
		q.Policies.Resource = &source
	}
	return permission{
		Question: q, principal: c.p, identity: identity, boundary: boundary, resource: document,
	}
}

// inReading says of a question that the account which nobody states is one that is stated.
func (c *circumstances) inReading(q *policy.Question) {
	if c.v.same(c.owner, c.p.Account) {
		q.Owner = c.p.Account
	}
	switch c.p.Account {
	case unstated:
		q.Caller.Same = c.v.account
	case c.v.account:
		q.Caller.Same = unstated
	}
}

// callFunction is the permission to call the function by which a secret is rotated, which whoever
// starts a rotation needs. A function of another account than the caller's must let the caller in
// by its own policy, too, which no template shows. One of which nobody can tell the account is
// taken to be of the secret's.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html
func callFunction(p *Principal, s *Secret, function string, v variant) []permission {
	if function == "" || p.Kind == ServicePrincipal || p.unnamed() {
		return nil
	}
	arn, ok := splitARN(function)
	if !ok {
		arn.region = s.Copies[0].Region
	}
	if !ok || arn.account != unstated && cfn.HasUnknown(arn.account) {
		arn.account = s.Account
	}
	var document *Document
	if !v.same(arn.account, p.Account) {
		if p.Account == "" || p.AsFar {
			return nil
		}
		document = unseenFunctionPolicy(function)
	}
	return []permission{ask(&circumstances{
		p: p, s: s, action: invoke,
		region: arn.region, owner: arn.account, arn: function, other: true, v: v,
	}, document)}
}

// unseenFunctionPolicy stands for the policy of a function, to somebody of another account, whom it
// must name.
func unseenFunctionPolicy(function string) *Document {
	unread := cfn.Unknown{
		What: "policy", Name: "what the policy of the function " + cfn.Shown(function) + " says",
		Shown: "the policy of the function " + cfn.Shown(function),
	}
	return &Document{Kind: ResourcePolicy, Of: function, Rules: policy.UnreadRules(unread)}
}

// useKey is the permission on the key of a copy. Secrets Manager calls KMS on behalf of whoever
// called it.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func useKey(p *Principal, s *Secret, at *Copy, action aws.Action, to via, v variant) []permission {
	key := at.Key
	switch {
	case at.KeyUnread && v.noKey && p.Kind != ServicePrincipal:
		return nil
	case p.Kind == ServicePrincipal && at.isManaged(v):
		key = managedKeyOfServices(p, s, at)
	case at.KeyUnread, at.KeyUnstated && key == nil && !v.same(p.Account, s.Account):
		key = unreadKey(s, at)
	case key == nil && v.same(p.Account, s.Account):
		// the account's own aws/secretsmanager lets in its identities, but for those denied
		if !v.managed && !p.mayBeDenied(action) {
			return nil
		}
		key = ownManagedKey(s, at)
	case key == nil:
		key = awsManagedKey(s.Account, at.Region)
		if p.Kind == OrganizationPrincipal { // the secret's account may be one of its accounts
			key.Policy = ofAccount(s.Account)
		}
	}
	document := key.Policy
	if document == nil && key.Outside {
		document = delegating(key)
		// to whom the key's own account leaves no decision
		if p.Account != "" && p.Account != key.Account {
			document = unseenKeyPolicy(key)
		}
	}
	c := &circumstances{
		p: p, s: s, action: action, region: at.Region, owner: key.Account, arn: key.ARN, key: key,
		via: to, v: v,
	}
	return []permission{ask(c, document)}
}

// unseenPolicy stands for the resource policy of a secret that no template makes, to somebody of
// another account, to whom it alone can open the secret.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
func unseenPolicy(s *Secret) *Document {
	unread := cfn.Unknown{
		What: "policy", Name: "what the resource policy of " + s.ID + " says",
		Shown: "the resource policy of " + s.ID,
	}
	return &Document{Kind: ResourcePolicy, Of: s.ID, Rules: policy.UnreadRules(unread)}
}

// unseenKeyPolicy stands for the policy of a key that no template makes, to somebody of another
// account, whom it must name.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
func unseenKeyPolicy(k *Key) *Document {
	unread := cfn.Unknown{
		What: "policy", Name: "what the key policy of " + k.ID + " says",
		Shown: "the key policy of " + k.ID,
	}
	return &Document{Kind: KeyPolicy, Of: k.ID, Rules: policy.UnreadRules(unread)}
}

// awsManagedKey is the key that AWS manages for an account's secrets, as others see it: its policy
// lets in nobody but the account's own identities.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
func awsManagedKey(account, region string) *Key {
	const id = "aws/secretsmanager"
	return &Key{
		ID: id, ARN: "arn:aws:kms:" + region + ":" + account + ":alias/" + id, Account: account,
		Region: region, Known: true,
		Policy: &Document{Kind: KeyPolicy, Of: id},
	}
}

// ownManagedKey is the key that AWS manages for an account's secrets, as identities of the account
// see it: it lets them all in, whatever their policies allow. Nobody but AWS chooses its id, so
// that no policy names it.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
func ownManagedKey(s *Secret, at *Copy) *Key {
	const id, alias = "aws/secretsmanager", "alias/aws/secretsmanager"
	arn, ok := splitARN(at.ARN)
	if !ok {
		arn.partition = "aws"
	}
	arn = arnText{arn.partition, "kms", at.Region, s.Account, "key/" + id}
	return &Key{
		ID: id, ARN: arn.String(), Account: s.Account, Region: at.Region, Known: true,
		Aliases: []string{alias}, Policy: openKeyPolicy(),
	}
}

// openKeyPolicy is a key policy that lets everybody in.
var openKeyPolicy = lazy.Value(func() *Document {
	return &Document{
		Kind: KeyPolicy, Of: "aws/secretsmanager", Rules: must(policy.Decode(documentOf(cfn.Object{
			{Key: "Action", Value: "kms:*"}, {Key: "Effect", Value: "Allow"},
			{Key: "Principal", Value: "*"}, {Key: "Resource", Value: "*"},
		}))),
	}
})

// isManaged says whether the key of a copy is the one that AWS manages, as far as nobody states
// another.
func (at *Copy) isManaged(v variant) bool {
	if at.KeyUnread {
		return v.noKey
	}
	return at.Key == nil && !at.KeyUnstated
}

// managedKeyOfServices is the key that AWS manages for an account's secrets, as AWS's services see
// it. It lets in the principals of the account. Whether a service that a policy names, and that
// calls for itself, is taken for one, AWS does not say in general; of Amazon MSK it says no. The
// services among everybody are no principals of the account.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
// https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
func managedKeyOfServices(p *Principal, s *Secret, at *Copy) *Key {
	key := awsManagedKey(s.Account, at.Region)
	if p.anyService() {
		return key
	}
	name := "whether the key " + key.ID + " lets " + cfn.Shown(p.ARN) + " in"
	unread := cfn.Unknown{What: "policy", Name: name, Shown: name}
	key.Policy = &Document{Kind: KeyPolicy, Of: key.ID, Rules: policy.UnreadRules(unread)}
	return key
}

// ofAccount is the policy of the key that AWS manages for an account's secrets, as those see it of
// whom nobody knows the account: it lets in the account's own identities. AWS writes
// kms:CallerAccount; that is the caller's account, by which reports speak of it.
// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
func ofAccount(account string) *Document {
	const id = "aws/secretsmanager"
	return &Document{Kind: KeyPolicy, Of: id, Rules: must(policy.Decode(documentOf(cfn.Object{
		{Key: "Action", Value: "kms:*"},
		{Key: "Condition", Value: cfn.Object{
			{Key: "StringEquals", Value: cfn.Object{{Key: "aws:PrincipalAccount", Value: account}}},
		}},
		{Key: "Effect", Value: "Allow"}, {Key: "Principal", Value: "*"},
		{Key: "Resource", Value: "*"},
	})))}
}

// delegating is the policy that a key is taken to have of which no template shows the policy: it
// leaves the decision to the IAM of its account, through Secrets Manager.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func delegating(k *Key) *Document {
	partition := "aws"
	if a, ok := splitARN(k.ARN); ok {
		partition = a.partition
	}
	rules, err := policy.Decode(documentOf(toIAM(partition, k.Account)))
	if err != nil {
		rules = policy.UnreadRules(cfn.Unknown{What: "policy", Name: k.ID})
	}
	return &Document{Kind: KeyPolicy, Of: k.ID, Rules: rules}
}

// unreadKey stands for a key of which nobody can read which one it is.
func unreadKey(s *Secret, at *Copy) *Key {
	unread := cfn.Unknown{
		What: "attribute", Name: "KmsKeyId", LogicalID: s.ID, Shown: "the key of " + s.ID,
	}
	return &Key{
		ID: unread.Shown, ARN: unread.Text(), Account: s.Account, Region: at.Region,
		Policy: &Document{Kind: KeyPolicy, Of: unread.Shown, Rules: policy.UnreadRules(unread)},
	}
}

// upper is how reports write a condition key: as AWS does.
func upper(key string) string {
	info, ok := aws.ConditionKey(key)
	switch {
	case !ok:
		return key
	case len(info.Name) < len(key):
		return info.Name + key[len(info.Name):]
	}
	return info.Name
}
