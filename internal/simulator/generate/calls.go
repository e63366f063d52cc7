package generate

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/simulator"
)

// Call is one call of an API: the requests that it needs, each with the policies that bear on it.
// It is allowed if all are.
type Call struct {
	// a logical ID; the ARN or service as policies name it; everybody; or the ARN of an account's
	// root for all without policies
	PrincipalID string
	// PrincipalTemplate is the file of the template that makes the principal, or empty.
	PrincipalTemplate string
	SecretID          string // its logical ID
	Region            string // of the copy
	Verb              string // describe, read, write, delete, rotate, or the action itself
	Plain             bool   // it states no argument that the verb does not need
	Requests          []simulator.Request
	Policies          []simulator.Policies
	Kinds             [][]string // for each request what the identity policies are
	BoundaryKind      string
}

// Allowed says whether AWS allows every request of the call.
func (c Call) Allowed() bool {
	for i := range c.Requests {
		if allowed, _ := simulator.Decide(c.Requests[i], c.Policies[i]); !allowed {
			return false
		}
	}
	return true
}

// Doubtful says whether AWS's pages leave the outcome open.
func (c Call) Doubtful() bool {
	allowed := c.Allowed()
	for _, how := range simulator.Pairs() {
		all := true
		for i := range c.Requests {
			one, _ := simulator.DecideAs(how, c.Requests[i], c.Policies[i])
			all = all && one
		}
		if all != allowed {
			return true
		}
	}
	return false
}

// verbs are what calls are asked about, with their action and what it does with keys.
var verbs = []struct {
	verb, action string
	onKey        []string // on the key of the copy that is called
	onCopies     []string // on the keys of the replicas that are written
}{
	{verb: "describe", action: "secretsmanager:DescribeSecret"},
	{verb: "read", action: "secretsmanager:GetSecretValue", onKey: []string{"kms:Decrypt"}},
	{verb: "read", action: "secretsmanager:GetSecretValue", onKey: []string{"kms:Decrypt"}},
	{verb: "read", action: "secretsmanager:GetSecretValue", onKey: []string{"kms:Decrypt"}},
	{
		verb: "write", action: "secretsmanager:PutSecretValue",
		onKey: []string{"kms:GenerateDataKey"}, onCopies: []string{"kms:GenerateDataKey"},
	},
	{
		verb: "update", action: "secretsmanager:UpdateSecret",
		onKey:    []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"},
		onCopies: []string{"kms:GenerateDataKey"},
	},
	{
		verb: "replicate", action: "secretsmanager:ReplicateSecretToRegions",
		onKey: []string{"kms:Decrypt"}, onCopies: []string{"kms:Encrypt", "kms:GenerateDataKey"},
	},
	{verb: "delete", action: "secretsmanager:DeleteSecret"},
	{verb: "purge", action: "secretsmanager:DeleteSecret"},
	{verb: "rotate", action: "secretsmanager:RotateSecret"},
	{verb: "secretsmanager:ListSecretVersionIds", action: "secretsmanager:ListSecretVersionIds"},
	{verb: "secretsmanager:GetResourcePolicy", action: "secretsmanager:GetResourcePolicy"},
	{verb: "secretsmanager:TagResource", action: "secretsmanager:TagResource"},
	{
		verb:   "secretsmanager:UpdateSecretVersionStage",
		action: "secretsmanager:UpdateSecretVersionStage",
	},
	{verb: "secretsmanager:PutResourcePolicy", action: "secretsmanager:PutResourcePolicy"},
}

// arguments are the condition keys that a caller chooses with the arguments of an action.
var arguments = map[string][]string{
	"secretsmanager:GetSecretValue": {"secretsmanager:VersionStage",
		"secretsmanager:VersionId"},
	"secretsmanager:UpdateSecretVersionStage": {"secretsmanager:VersionStage"},
	"secretsmanager:DeleteSecret": {
		atOnce, window,
	},
	"secretsmanager:RotateSecret": {
		"secretsmanager:RotationLambdaARN", "secretsmanager:ModifyRotationRules",
		"secretsmanager:RotateImmediately", "secretsmanager:ExternalSecretRotationRoleArn",
	},
	"secretsmanager:UpdateSecret": {"secretsmanager:KmsKeyArn", "secretsmanager:KmsKeyId"},
	"secretsmanager:ReplicateSecretToRegions": {
		toRegions, "secretsmanager:ForceOverwriteReplicaSecret",
	},
	"secretsmanager:TagResource":       {"aws:RequestTag/team", "aws:TagKeys"},
	"secretsmanager:PutResourcePolicy": {"secretsmanager:BlockPublicPolicy"},
}

// toRegions are the Regions of the replicas that a call makes, which it cannot leave out; atOnce
// says whether one that deletes does so at once, and window after how many days: not both; and
// versionID is in each use of a key.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
const (
	versionID = "kms:EncryptionContext:SecretVersionId"
	toRegions = "secretsmanager:AddReplicaRegions"
	atOnce    = "secretsmanager:ForceDeleteWithoutRecovery"
	window    = "secretsmanager:RecoveryWindowInDays"
)

// the keys of a request that are the same for all requests of a call, and those of the network that
// each has of its own.
var (
	sharedOpen = []string{
		"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:TokenIssueTime",
		"aws:CurrentTime", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIdentity",
		"aws:FederatedProvider", "aws:UserAgent", "aws:Referer", "aws:CalledVia",
		"lambda:SourceFunctionArn",
	}
	network = []string{"aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce"}
)

// draft is a call before its requests are written out.
type draft struct {
	g         *Generated
	r         *rand.Rand
	p         *principal
	s         *secret
	at        int // the copy
	verb      int
	shared    map[string][]string
	first     map[string][]string // what only the request to Secrets Manager has
	kms       map[string][]string // what only the requests to KMS have
	userID    string
	documents *deployment
}

// deployment is what the documents of an estate say in a world.
type deployment struct {
	g     *Generated
	world World
	done  map[*document]any
}

// of returns a document as it is deployed, or nil if its resource is not.
func (d *deployment) of(doc *document) any {
	if doc == nil || !doc.when(d.world) {
		return nil
	}
	if _, ok := d.done[doc]; !ok {
		d.done[doc] = deployed(doc.tree, d.world)
	}
	return d.done[doc]
}

// Requests draws calls. At least half of them are made to meet some statement that allows.
func (g *Generated) Requests(n int, r *rand.Rand) []Call {
	docs := &deployment{g: g, world: g.World, done: map[*document]any{}}
	var out []Call
	for len(out) < n {
		d := g.draft(r, docs)
		if d == nil {
			continue
		}
		if chance(r, 70) {
			d.aim()
		}
		out = append(out, d.call())
	}
	return out
}

// draft chooses who asks for what, and what is open; nil: no such call.
func (g *Generated) draft(r *rand.Rand, docs *deployment) *draft {
	d := &draft{
		g: g, r: r, documents: docs, p: pick(r, g.principals), s: pick(r, g.secrets),
		verb: r.IntN(len(verbs)),
	}
	if chance(r, 50) {
		// the first five are not of the templates
		d.p = g.principals[len(g.principals)-1-r.IntN(len(g.principals)-5)]
	}
	if chance(r, 30) {
		d.at = r.IntN(len(d.s.copies))
	}
	v := verbs[d.verb]
	if v.verb != "read" && v.verb != "describe" {
		d.at = 0 // only the primary is written
	}
	// whether the key that AWS manages lets services in, AWS does not say
	isManaged := func(c copyOf) bool { return c.key == nil }
	if d.p.kind == "service" && v.onKey != nil && (isManaged(d.s.copies[d.at]) ||
		v.onCopies != nil && slices.ContainsFunc(d.s.copies, isManaged)) {
		return nil
	}
	d.openKeys()
	d.first["secretsmanager:SecretId"] = []string{
		pick(r, []string{d.arn(), textOf(d.s.name, docs.world)}),
	}
	for _, key := range arguments[v.action] {
		if chance(r, 25) {
			d.stateArgument(d.first, key, d.some(key))
		}
	}
	d.needed()
	if is, seen := d.rotated(); !seen {
		return nil
	} else if is && (d.first[namesFunction] != nil || chance(r, 25)) {
		d.nameFunction(pick(r, []string{"f", "fx", "green", "stack-G", "other"}))
	}
	d.kms[versionID] = []string{uuid(r)}
	return d
}

// needed states the arguments without which the call is none of its verb: mostly the Regions of the
// replicas that there are.
func (d *draft) needed() {
	v := verbs[d.verb]
	if v.verb == "purge" {
		d.first[atOnce] = []string{"true"}
	}
	if _, stated := d.first[toRegions]; v.verb == "replicate" && (!stated || chance(d.r, 70)) {
		d.first[toRegions] = d.replicas()
		if len(d.s.copies) == 1 {
			d.first[toRegions] = []string{"us-east-1"}
			d.stateArgument(d.first, toRegions, d.some(toRegions))
		}
	}
}

// replicas are the Regions of the secret's replicas.
func (d *draft) replicas() []string {
	var out []string
	for _, c := range d.s.copies[1:] {
		out = append(out, c.region)
	}
	return out
}

// openKeys gives values to keys of the caller, of the time and of the network.
func (d *draft) openKeys() {
	d.shared, d.first, d.kms = map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, key := range sharedOpen {
		if chance(d.r, 50) {
			d.set(key, d.some(key))
		}
	}
	times := []string{"2025-05-05T05:05:05Z", "2026-03-03T03:03:03Z", "2028-08-08T08:08:08Z"}
	d.set("aws:CurrentTime", []string{pick(d.r, times)})
	organizations := [][]string{{"o-aaaaaaaaaa"}, {"o-aaaaaaaaaa"}, {"o-bbbbbbbbbb"}, nil}
	d.set("aws:PrincipalOrgID", pick(d.r, organizations))
	d.session("job")
	d.ownTags()
	d.path()
	d.first["aws:ViaAWSService"] = []string{"false"}
	if len(d.shared["aws:CalledVia"]) > 0 {
		d.first["aws:ViaAWSService"] = []string{"true"}
	}
}

// some returns a value of the vocabulary for a key; for keys with several, a few.
func (d *draft) some(key string) []string {
	for _, k := range vocabulary {
		if k.key == key {
			out := []string{d.concrete(pick(d.r, k.values))}
			if k.many && chance(d.r, 40) {
				if v := d.concrete(pick(d.r, k.values)); v != out[0] {
					out = append(out, v)
				}
			}
			return out
		}
	}
	return []string{"zzz"}
}

// concrete fills the wildcards of a value and takes one address of a range.
func (d *draft) concrete(v string) string {
	if p, err := netip.ParsePrefix(v); err == nil {
		return p.Masked().Addr().Next().String()
	}
	filler := pick(d.r, []string{"", "x", "zz"})
	return strings.ReplaceAll(strings.ReplaceAll(v, "*", filler), "?", "o")
}

// session sets the unique id of the caller and the name of its session.
func (d *draft) session(name string) {
	d.userID = d.p.unique
	if d.p.kind == "role" {
		d.userID += ":" + name
	}
}

// ownTags sets the tags of the caller: its own, and of the session where one may pass some.
func (d *draft) ownTags() {
	for k, v := range d.p.tags {
		d.shared["aws:PrincipalTag/"+k] = []string{v}
	}
	if !d.p.openTags || d.p.kind == "service" {
		return
	}
	for _, k := range []string{"team", "stage", "level", "blob"} {
		if chance(d.r, 40) {
			d.shared["aws:PrincipalTag/"+k] = d.some("aws:PrincipalTag/" + k)
		}
	}
}

// path chooses from where the call comes: an address, or an endpoint of a VPC.
func (d *draft) path() {
	for _, key := range network {
		delete(d.first, key)
	}
	if chance(d.r, 50) {
		d.first["aws:SourceIp"] = []string{
			pick(d.r, []string{"203.0.113.5", "203.0.113.200", "192.0.2.9", "2001:db8::1"}),
		}
		return
	}
	d.first["aws:SourceVpc"], d.first["aws:SourceVpce"] = d.some("aws:SourceVpc"),
		d.some("aws:SourceVpce")
	d.first["aws:VpcSourceIp"] = []string{pick(d.r, []string{"10.1.2.3", "172.16.0.1"})}
}

// set gives a key of the caller or of the time values, with the keys that go with it.
func (d *draft) set(key string, values []string) {
	put := func(key string, values ...string) {
		if len(values) == 0 {
			delete(d.shared, key)
			return
		}
		d.shared[key] = values
	}
	put(key, values...)
	switch key {
	case "aws:CurrentTime":
		if t, err := time.Parse(time.RFC3339, values[0]); err == nil {
			put("aws:EpochTime", strconv.FormatInt(t.Unix(), 10))
		}
	case "aws:CalledVia":
		if len(values) > 0 {
			put("aws:CalledViaFirst", values[0])
			put("aws:CalledViaLast", values[len(values)-1])
		} else {
			put("aws:CalledViaFirst")
			put("aws:CalledViaLast")
		}
	case "aws:PrincipalOrgID":
		put("aws:PrincipalOrgPaths")
		if len(values) > 0 {
			put("aws:PrincipalOrgPaths", values[0]+"/r-ab12/ou-ab12-11111111/")
		}
	case "aws:PrincipalOrgPaths":
		put("aws:PrincipalOrgID")
		if len(values) > 0 {
			organization, _, _ := strings.Cut(values[0], "/")
			put("aws:PrincipalOrgID", organization)
			if len(values) > 1 {
				put(key, values[0]) // an account is in one place of one organization
			}
		}
	}
}

func (d *draft) account() string { return d.s.stack.account }

// arn is the ARN of the copy.
func (d *draft) arn() string { return d.arnIn(d.s.copies[d.at].region) }

func (d *draft) arnIn(region string) string {
	part := strings.SplitN(textOf(d.s.arn, d.documents.world), ":", 6)
	part[3] = region
	return strings.Join(part, ":")
}

// call writes the requests out.
func (d *draft) call() Call {
	v := verbs[d.verb]
	c := Call{
		PrincipalID: d.p.id, SecretID: d.s.id, Region: d.s.copies[d.at].region, Verb: v.verb,
		Plain: d.plain(),
	}
	if d.p.stack != nil {
		c.PrincipalTemplate = d.p.stack.file
	}
	if d.p.boundary != nil {
		c.BoundaryKind = d.p.boundary.kind
	}
	d.request(&c, v.action, d.arn(), d.secretContext(), simulator.Policies{
		Resource: d.documents.of(d.s.policy),
	})
	if is, _ := d.rotated(); is {
		d.onFunction(&c)
	}
	for _, action := range v.onKey {
		d.onKey(&c, action, d.s.copies[d.at])
	}
	for _, one := range d.s.copies[1:] {
		to := d.first[toRegions]
		if len(v.onCopies) == 0 || to != nil && !slices.Contains(to, one.region) {
			continue
		}
		for _, action := range v.onCopies {
			d.onKey(&c, action, one)
		}
	}
	return c
}

// onKey adds the request for the use of a copy's key.
func (d *draft) onKey(c *Call, action string, one copyOf) {
	switch {
	case one.key != nil:
		d.request(c, action, textOf(one.key.arn, d.documents.world), d.keyContext(one),
			simulator.Policies{Resource: d.documents.of(one.key.policy), IsKey: true})
	case d.p.kind != "service":
		arn := d.keyOf(one)
		if d.p.account != d.account() {
			arn = "arn:aws:kms:" + one.region + ":" + d.account() + ":key/" + managedKeyID
		}
		d.request(c, action, arn, d.keyContext(one),
			simulator.Policies{Resource: d.policyOfManaged(one), IsKey: true})
	}
}

// request adds a request to a call, with the caller's policies beside the resource's.
func (d *draft) request(
	c *Call, action, resource string, keys map[string][]string, policies simulator.Policies,
) {
	context := map[string][]string{}
	for key, values := range keys {
		context[strings.ToLower(key)] = values
	}
	c.Requests = append(c.Requests, simulator.Request{
		CallerARN: textOf(d.p.arn, d.documents.world), CallerKind: d.p.kind,
		CallerAccount: d.p.account, Action: action, Resource: resource,
		ResourceAccount: d.account(), Context: context,
	})
	var kinds []string
	policies.Identity, kinds = d.identity()
	policies.Boundary = d.documents.of(d.p.boundary)
	c.Policies = append(c.Policies, policies)
	c.Kinds = append(c.Kinds, kinds)
}

// identity returns the identity policies of the caller, with their kinds.
func (d *draft) identity() (documents []any, kinds []string) {
	for _, doc := range d.p.documents {
		if text := d.documents.of(doc); text != nil {
			documents, kinds = append(documents, text), append(kinds, doc.kind)
		}
	}
	return documents, kinds
}

// policyOfManaged is what the policy of the key that AWS manages says to the caller. It lets in who
// is of the account, through whichever Region a replica is written.
func (d *draft) policyOfManaged(c copyOf) any {
	if d.p.account != d.account() {
		return ownedKey(d.account(), c.region)
	}
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "kms:*",
		"Resource": "*",
	}}}
}

// ownedKey is the policy of the key aws/secretsmanager, which only its own account uses.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
func ownedKey(account, region string) any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": "*"},
		"Action":   []any{"kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"},
		"Resource": "*",
		"Condition": map[string]any{
			"StringEquals": map[string]any{
				"kms:CallerAccount": account,
				"kms:ViaService":    "secretsmanager." + region + ".amazonaws.com",
			},
		},
	}}}
}

// plain says whether the call states the secret by its ARN and has no argument beyond what its verb
// needs. What names a version of a value stays open and makes no call less plain.
func (d *draft) plain() bool {
	if id, ok := d.first["secretsmanager:SecretId"]; ok && !slices.Contains(id, d.arn()) {
		return false
	}
	v := verbs[d.verb]
	for _, key := range arguments[v.action] {
		values, ok := d.first[key]
		switch {
		case !ok || strings.Contains(key, "Version") || key == atOnce && v.verb == "purge":
		case key == toRegions && (len(d.s.copies) == 1 || slices.Equal(values, d.replicas())):
		default:
			return false
		}
	}
	return true
}
