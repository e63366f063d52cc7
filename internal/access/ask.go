package access

import (
	"slices"
	"strconv"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// Verb is what somebody may want to do with a secret, and which permissions it takes.
type Verb struct {
	Name     string
	OnSecret []aws.Action // on the secret, or the replica
	Anywhere []aws.Action // on "*": actions that take no resource
	OnKey    []aws.Action // on the secret's key, through Secrets Manager
}

// Reaches says whether the verb means something in a copy of a secret: replicas know few actions.
func (v *Verb) Reaches(copy int) bool {
	if copy == 0 {
		return true
	}
	return slices.ContainsFunc(v.OnSecret, func(a aws.Action) bool {
		return aws.OnReplica(a) && (a != "secretsmanager:DescribeSecret" || len(v.OnSecret) == 1 || !v.works()) // looking is not what other verbs are about
	})
}

// works says whether the verb does more than look.
func (v *Verb) works() bool {
	return len(v.Anywhere) > 0 || slices.ContainsFunc(v.OnSecret, func(a aws.Action) bool { return !onlyLooks(a) })
}

// onlyLooks says whether an action shows metadata and nothing else.
func onlyLooks(a aws.Action) bool {
	return a == "secretsmanager:DescribeSecret" || a == "secretsmanager:ListSecretVersionIds"
}

// lists says whether the verb is about all secrets of an account, which nobody of another account can list.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
func (v *Verb) lists() bool { return len(v.OnSecret)+len(v.OnKey) == 0 }

func (v *Verb) encrypts() bool { return slices.Contains(v.OnKey, "kms:GenerateDataKey") }

// Effect is the answer to the question whether somebody may do something.
type Effect uint8

// The effects.
const (
	Deny        Effect = iota
	Conditional        // under circumstances that the policies name
	Allow
)

// String returns the effect's word in reports.
func (e Effect) String() string { return [...]string{"deny", "conditional", "allow"}[e] }

// Answer says whether a principal may carry out a verb on a copy of a secret, and why.
type Answer struct {
	Effect     Effect
	Conditions []Condition // of a conditional answer: what must hold, sorted
	Steps      []Step      // the permissions that it takes; the last one is the one that is missing, where one is
	Only       []string    // of AskAny: the actions of the verb that are possible, where not all are
}

// Condition is something that must hold of a request.
type Condition struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Values   []string `json:"values"`
}

// Step is one permission.
type Step struct {
	Action   string
	Resource string
	Decision policy.Decision

	principal *Principal
	resource  *Document
}

// The sources by which a decision names the documents: a principal's identity policies by their places in its list, the others by what they are.
const (
	ofBoundary = "boundary"
	ofResource = "resource"
)

// Document returns the policy that was asked under the name that a statement of Decision has as its Source, or nil.
func (s *Step) Document(source string) *Document {
	switch source {
	case ofBoundary:
		return s.principal.Boundary
	case ofResource:
		return s.resource
	}
	if i, err := strconv.Atoi(source); err == nil && i < len(s.principal.Identity) {
		return s.principal.Identity[i]
	}
	return nil
}

// Ask says whether a principal may carry out a verb on a copy of a secret, given by its index in Copies. What is not known of its requests — where they
// come from, when, with which tags — is tried both ways: what would do makes the answer conditional.
func (e *Estate) Ask(p *Principal, v *Verb, s *Secret, copy int) Answer {
	q := question{estate: e, principal: p, secret: s}
	q.permissions(v, copy)
	return q.answer()
}

// AskAny says whether a principal may do anything of what a verb is about: who may fetch a value reads it, whether or not it may look at the metadata too. It is
// what "nobody can" must ask. Only has the actions, where they are not all.
func (e *Estate) AskAny(p *Principal, v *Verb, s *Secret, copy int) Answer {
	whole := e.Ask(p, v, s, copy)
	if whole.Effect != Deny {
		return whole
	}
	if len(v.Anywhere) > 0 {
		if best := e.Ask(p, &Verb{Name: v.Name, OnSecret: v.essential(), Anywhere: v.Anywhere, OnKey: v.OnKey}, s, copy); best.Effect != Deny {
			return best
		}
		return whole
	}
	var best Answer
	for _, action := range v.essential() {
		one := Verb{Name: action, OnSecret: []aws.Action{action}, OnKey: aws.KeyUseOf(action)}
		if copy > 0 && !aws.OnReplica(action) {
			continue
		}
		a := e.Ask(p, &one, s, copy)
		if a.Effect == Deny {
			continue
		}
		only := append(best.Only, action)
		if a.Effect > best.Effect {
			best = a
		}
		best.Only = only
	}
	if best.Effect == Deny {
		return whole
	}
	return best
}

// essential are the actions that a verb is about: looking at metadata is that of describe alone.
func (v *Verb) essential() []aws.Action {
	if !v.works() {
		return v.OnSecret
	}
	return slices.DeleteFunc(slices.Clone(v.OnSecret), onlyLooks)
}

// question is a principal's wish to do something with a secret.
type question struct {
	estate    *Estate
	principal *Principal
	secret    *Secret
	steps     []wanted
	tries     int
}

// wanted is a permission that a verb takes, with the condition keys that are certain.
type wanted struct {
	request  policy.Request
	resource *Document // the policy of the secret or key
	key      bool
	secret   string // of a key: the ARN that Secrets Manager names in the encryption context
}

// permissions lists what a verb takes. Who writes a secret needs the keys of all copies, which Secrets Manager encrypts anew.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func (q *question) permissions(v *Verb, copy int) {
	s := q.secret
	c := &s.Copies[copy]
	for _, action := range v.OnSecret {
		if copy > 0 && !aws.OnReplica(action) {
			continue
		}
		q.want(string(action), c.ARN, s.Account, c.Region, s.Policy)
	}
	if slices.Contains(v.OnSecret, "secretsmanager:RotateSecret") && copy == 0 {
		q.callFunction()
	}
	owner := q.principal.Caller.Account
	if v.lists() {
		owner = s.Account
	}
	for _, action := range v.Anywhere {
		q.want(string(action), "*", owner, c.Region, nil)
	}
	switch {
	case !v.encrypts():
		q.useKey(v, c)
	case copy == 0:
		for i := range s.Copies {
			q.useKey(v, &s.Copies[i])
		}
	}
}

// want adds a permission on the secret, or on nothing in particular.
func (q *question) want(action, resource, owner, region string, document *Document) {
	keys := []string{"aws:RequestedRegion", region, "aws:SecureTransport", "true", "aws:ResourceAccount", owner}
	if resource != "*" {
		keys = append(keys, "secretsmanager:SecretId", resource)
	}
	if q.principal.Caller.Kind == policy.ServicePrincipal { // on behalf of a resource of the secret's account
		keys = append(keys, "aws:SourceAccount", owner)
	}
	context := q.principal.Assumed.WithEach(keys...)
	q.steps = append(q.steps, wanted{
		request: policy.Request{Caller: q.principal.Caller, Action: action, Resource: resource, Owner: owner, Context: context}, resource: document,
	})
}

// callFunction adds the permission to call the function that rotates the secret, which whoever starts a rotation needs. A function of another account than the
// caller's has a policy of its own to ask, which no template shows. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
func (q *question) callFunction() {
	arn, err := aws.ParseARN(q.secret.Function)
	if err != nil || q.principal.Caller.Kind == policy.ServicePrincipal || arn.Account != q.principal.Caller.Account {
		return
	}
	q.want("lambda:InvokeFunction", q.secret.Function, arn.Account, arn.Region, nil)
}

// useKey adds the permissions on the key of a copy. Secrets Manager calls KMS on behalf of whoever called it, and carries nothing of where that
// call came from. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func (q *question) useKey(v *Verb, c *Copy) {
	caller := q.principal.Caller
	key := c.Key
	if key == nil {
		if caller.Kind == policy.ServicePrincipal || caller.Account == q.secret.Account {
			return // the account's own aws/secretsmanager lets in its identities
		}
		key = awsManagedKey(q.secret.Account, c.Region)
	}
	keys := []string{
		"kms:ViaService", viaService(c.ARN, c.Region), encryptionContext, c.ARN, "aws:ViaAWSService", "true", "aws:RequestedRegion", c.Region,
		"aws:SecureTransport", "true", "aws:ResourceAccount", key.Account,
	}
	if caller.Kind != policy.ServicePrincipal {
		keys = append(keys, "kms:CallerAccount", caller.Account)
	}
	context := q.principal.Assumed.WithEach(keys...)
	for _, action := range v.OnKey {
		q.steps = append(q.steps, wanted{
			request:  policy.Request{Caller: caller, Action: string(action), Resource: key.ARN, Owner: key.Account, Context: context},
			resource: key.Policy, key: true, secret: c.ARN,
		})
	}
}

// viaService returns the name of Secrets Manager in a Region as KMS sees it.
func viaService(arn, region string) string {
	partition := "aws"
	if parsed, err := aws.ParseARN(arn); err == nil {
		partition = parsed.Partition
	}
	suffix := "amazonaws.com"
	if all := aws.DNSSuffixes(partition); all != nil {
		suffix = all[0]
	}
	return "secretsmanager." + region + "." + suffix
}

// evaluate decides over one permission, under assumptions about the request.
func (q *question) evaluate(w *wanted, assumed assumptions) policy.Decision {
	r := w.request
	r.Context = assumed.in(r.Context, w.key)
	p := policy.Policies{Key: w.key}
	for i, d := range q.principal.Identity {
		if rules := d.about(w.request.Resource, w.secret); len(rules.Statements) > 0 {
			p.Identity = append(p.Identity, policy.Source{Name: strconv.Itoa(i), Rules: rules})
		}
	}
	if b := q.principal.Boundary; b != nil {
		p.Boundary = &policy.Source{Name: ofBoundary, Rules: b.about(w.request.Resource, w.secret)}
	}
	if w.resource != nil {
		s := policy.Source{Name: ofResource, Rules: w.resource.about(w.secret, "")}
		if !w.key {
			s.Rules = w.resource.Rules
		}
		p.Resource = &s
	}
	return policy.Evaluate(r, p)
}

// awsManagedKey is the key that AWS manages for an account's secrets. Its policy lets in the account's own identities, through Secrets Manager.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
func awsManagedKey(account, region string) *Key {
	const id = "aws/secretsmanager"
	rules, err := policy.Decode(map[string]any{"Version": "2012-10-17", "Statement": map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Resource": "*",
		"Action":    []any{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:CreateGrant", "kms:DescribeKey"},
		"Condition": map[string]any{"StringEquals": map[string]any{"kms:CallerAccount": account}},
	}})
	if err != nil {
		panic("access: the policy of aws/secretsmanager: " + err.Error())
	}
	return &Key{
		ID: id, ARN: "arn:aws:kms:" + region + ":" + account + ":alias/" + id, Account: account, Region: region,
		Policy: &Document{Kind: KeyPolicy, Of: id, Rules: rules},
	}
}

// Decide says what IAM answers to one request of a principal, where the policy of the resource is given. Whether it is a key's follows from that policy.
func (p *Principal) Decide(r policy.Request, resource *Document) policy.Decision {
	r.Caller = p.Caller
	all := policy.Policies{}
	for i, d := range p.Identity {
		all.Identity = append(all.Identity, policy.Source{Name: strconv.Itoa(i), Rules: d.Rules})
	}
	if p.Boundary != nil {
		all.Boundary = &policy.Source{Name: ofBoundary, Rules: p.Boundary.Rules}
	}
	if resource != nil {
		all.Key = resource.Kind == KeyPolicy
		all.Resource = &policy.Source{Name: ofResource, Rules: resource.Rules}
	}
	return policy.Evaluate(r, all)
}
