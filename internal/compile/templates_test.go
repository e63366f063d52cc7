package compile

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/verb"
)

// Two ways lead to an answer: from the finished templates, with the search of package access, and
// from the placement, with complete requests and the concrete evaluator.

// deployed is what a compiled spec is deployed as; nil: it cannot be written, or is refused since
// something in it has two owners.
func (w *world) deployed() *prove.Deployment {
	stacks, found := lower.Lower(w.m, w.placement)
	if found.HasErrors() || lower.Owners(w.m, stacks).HasErrors() {
		return nil
	}
	return prove.Deploy(w.m, stacks, w.placement)
}

// opinions are a world of an estate that was loaded from templates beside the placement that the
// templates were made of.
type opinions struct {
	w          *world
	callers    map[*model.Principal]*caller
	principals map[*model.Principal]*access.Principal
	secrets    map[*model.Secret]*access.Secret
	standIns   *strings.Replacer // the placement's texts in the place of those with unknown parts
	contexts   []policy.Context

	answers [4]int // by effect
	n       int    // requests and witnesses
	wrong   []string
}

// newOpinions finds in a world of an estate what the placement has. It is nil where a condition of
// the template leaves something out.
func newOpinions(w *world, loaded *access.World) *opinions {
	o := &opinions{
		w: w, callers: map[*model.Principal]*caller{},
		principals: map[*model.Principal]*access.Principal{},
		secrets:    map[*model.Secret]*access.Secret{},
	}
	for _, by := range w.callers {
		if by.is != nil && !by.powerful {
			o.callers[by.is] = by
		}
	}
	for _, s := range w.m.Secrets {
		i := slices.IndexFunc(loaded.Secrets, func(have *access.Secret) bool {
			return have.ID == s.ID
		})
		if i < 0 || len(loaded.Secrets[i].Copies) != len(w.e.secrets[s].Copies) {
			return nil
		}
		o.secrets[s] = loaded.Secrets[i]
	}
	for _, p := range w.m.Principals {
		i := slices.IndexFunc(loaded.Principals, func(have *access.Principal) bool {
			return have.ID == p.ID || slices.Contains(have.Also, p.ID)
		})
		if i < 0 {
			return nil
		}
		o.principals[p] = loaded.Principals[i]
	}
	o.standIns = o.replacer()
	all, _ := w.circumstances()
	for _, c := range all {
		// there is no other endpoint
		if slices.Equal(c.Get("aws:SecureTransport"), []string{"true"}) {
			o.contexts = append(o.contexts, c)
		}
	}
	return o
}

// replacer replaces what the estate of the templates has unknown parts for, the longest first.
func (o *opinions) replacer() *strings.Replacer {
	pairs := [][2]string{{prove.UnknownAccount, o.w.e.account("")},
		{prove.UnknownRegion, o.w.e.region("")}}
	add := func(text, standIn string) {
		if text != "" && standIn != "" {
			pairs = append(pairs, [2]string{text, standIn})
		}
	}
	for p, loaded := range o.principals {
		if p.Kind.HasIdentity() {
			add(loaded.ARN, o.w.e.principals[p].Caller.ARN)
		}
	}
	for s, loaded := range o.secrets {
		as := o.w.e.secrets[s]
		for i, c := range as.Copies {
			add(loaded.Copies[i].ARN, c.ARN)
			if loaded.Copies[i].Key != nil && c.Key != nil {
				add(loaded.Copies[i].Key.ARN, c.Key.ARN)
			}
		}
		add(loaded.Function, o.w.function(s))
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(len(b[0]), len(a[0])), strings.Compare(a[0], b[0]),
			strings.Compare(a[1], b[1]))
	})
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	return strings.NewReplacer(flat...)
}

// needs is what an API call takes beside the permission on the secret. The pages are those of
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
type needs struct{ onKey, onReplicaKeys []string }

var callNeeds = map[string]needs{
	"secretsmanager:GetSecretValue": {actions("kms", "Decrypt"), nil},
	"secretsmanager:PutSecretValue": {actions("kms", "GenerateDataKey"),
		actions("kms", "GenerateDataKey")},
	"secretsmanager:UpdateSecret": {actions("kms", "Decrypt Encrypt GenerateDataKey"),
		actions("kms", "GenerateDataKey")},
	"secretsmanager:ReplicateSecretToRegions": {actions("kms", "Decrypt"),
		actions("kms", "Encrypt GenerateDataKey")},
}

// callsOf returns the calls that a verb is about, in a copy.
func callsOf(v *verb.Verb, copy int) []string {
	looks := func(action string) bool {
		return action == "secretsmanager:DescribeSecret" ||
			action == "secretsmanager:ListSecretVersionIds"
	}
	var out []string
	only := len(v.Anywhere) == 0 && !slices.ContainsFunc(v.OnSecret, func(a aws.Action) bool {
		return !looks(a)
	})
	for _, a := range v.OnSecret {
		if v.Name == "purge" && a == "secretsmanager:RestoreSecret" {
			continue // of what is gone
		}
		if (only || !looks(a)) && (copy == 0 || slices.Contains(onReplica, a)) {
			out = append(out, a)
		}
	}
	if len(v.OnSecret) == 0 {
		return v.Anywhere
	}
	return out
}

// plainly adds the arguments without which a call is none of its verb.
func plainly(v *verb.Verb, action string, s *placedSecret, c policy.Context) policy.Context {
	switch action {
	case "secretsmanager:DeleteSecret":
		if v.Name == "purge" {
			c = c.With(atOnce, "true")
		}
	case "secretsmanager:ReplicateSecretToRegions":
		regions := []string{"us-east-1"}
		if len(s.Copies) > 1 {
			regions = nil
		}
		for _, copy := range s.Copies[1:] {
			regions = append(regions, copy.Region)
		}
		c = c.With(toRegions, regions...)
	}
	return c
}

// question is a principal, a copy of a secret and a verb.
type question struct {
	by   *caller
	s    *model.Secret
	copy int
	v    *verb.Verb
}

func (q question) String() string {
	return fmt.Sprintf("%s %s %s (copy %d)", q.by.ID, q.v.Name, q.s.ID, q.copy)
}

// allowedCall says whether the placement allows a call in a circumstance: all that it takes. KMS is
// told the primary or the replica by a call on a replica; AWS does not say which.
func (o *opinions) allowedCall(q question, action string, c policy.Context, primary bool) bool {
	as := o.w.e.secrets[q.s]
	at := as.Copies[q.copy]
	c = q.by.in(c, as.Account).With("aws:RequestedRegion", at.Region)
	ask := func(action, resource, owner string, d *placedDocument, c policy.Context) bool {
		o.n++
		return q.by.Decide(policy.Request{Action: action, Resource: resource, Owner: owner,
			Context: c.With("aws:ResourceAccount", cmp.Or(owner, q.by.Caller.Account))}, d).Allowed
	}
	if len(q.v.OnSecret) == 0 { // it is about all secrets of the account
		return ask(action, "*", as.Account, nil, c)
	}
	for _, anywhere := range q.v.Anywhere {
		if !ask(anywhere, "*", "", nil, c) {
			return false
		}
	}
	stated := plainly(q.v, action, as, c).With("secretsmanager:SecretId", at.ARN)
	if !ask(action, at.ARN, as.Account, as.Policy, stated) {
		return false
	}
	if action == "secretsmanager:RotateSecret" && !o.calls(q, c, ask) {
		return false
	}
	told := &at
	if primary {
		told = &as.Copies[0]
	}
	use := func(list []string, at, told *placedCopy) bool {
		return !slices.ContainsFunc(list, func(action string) bool {
			if at.Key == nil { // the Region's aws/secretsmanager, which lets in its own account
				return q.by.Caller.Kind != policy.ServicePrincipal &&
					q.by.Caller.Account != as.Account
			}
			c := c.With("kms:ViaService", "secretsmanager."+told.Region+
				".amazonaws.com").With("kms:EncryptionContext:SecretARN", told.ARN).
				With("aws:RequestedRegion", at.Region).With("aws:ViaAWSService", "true")
			if q.by.Caller.Kind != policy.ServicePrincipal {
				c = c.With("kms:CallerAccount", q.by.Caller.Account)
			}
			return !ask(action, at.Key.ARN, at.Key.Account, at.Key.Policy, c)
		})
	}
	if !use(callNeeds[action].onKey, &at, told) {
		return false
	}
	if q.copy == 0 {
		for i := range as.Copies[1:] {
			if replica := &as.Copies[i+1]; !use(callNeeds[action].onReplicaKeys, replica, replica) {
				return false
			}
		}
	}
	return true
}

// calls says whether whoever starts a rotation may call the function of its own account.
func (o *opinions) calls(q question, c policy.Context,
	ask func(action, resource, owner string, d *placedDocument, c policy.Context) bool) bool {
	function := o.secrets[q.s].Function
	arn, err := aws.ParseARN(o.standIns.Replace(function))
	if err != nil || q.by.Caller.Kind == policy.ServicePrincipal ||
		arn.Account != q.by.Caller.Account || many(q.by.is) {
		return true
	}
	return ask("lambda:InvokeFunction", o.w.function(q.s), arn.Account, nil, c)
}

// in returns a circumstance with the tags that a created role has and that nobody else can give it.
func (o *opinions) in(q question, c policy.Context) policy.Context {
	if p := o.principals[q.by.is]; p.KnownTags && !p.SessionTags {
		c = c.With("aws:PrincipalTag/team")
		for key, value := range p.Tags {
			c = c.With("aws:PrincipalTag/"+key, value)
		}
	}
	return c
}

// compare holds an answer of the loaded estate against requests that are put to the placement: no
// means that none is allowed, yes that each is, and where there is a witness, it is allowed.
func (o *opinions) compare(q question) {
	p, s := o.principals[q.by.is], o.secrets[q.s]
	a, only := access.Ask(p, q.v, s, q.copy)
	o.answers[a.Effect]++
	for _, action := range callsOf(q.v, q.copy) {
		effect := a.Effect
		if only != nil && !slices.Contains(only, action) {
			effect = access.Deny
		}
		if effect != access.Deny && effect != access.Allow {
			continue
		}
		for _, c := range o.contexts {
			c = o.in(q, c)
			one, other := o.allowedCall(q, action, c, false), false
			if other = one; q.copy > 0 {
				other = o.allowedCall(q, action, c, true)
			}
			switch {
			case effect == access.Deny && one && other:
				o.fail(q, fmt.Sprintf("the templates say no to %s, which the placement allows",
					action))
			case effect == access.Allow && (!one || !other):
				o.fail(q, fmt.Sprintf("the templates say yes to %s, which the placement refuses",
					action))
			default:
				continue
			}
			return
		}
	}
	if a.Effect == access.Conditional || a.Effect == access.Allow && o.answers[a.Effect]%4 == 0 {
		o.witness(q, access.Explain(p, q.v, s, q.copy).Witness)
	}
}

func (o *opinions) fail(q question, message string) {
	o.wrong = append(o.wrong, fmt.Sprintf("%s: %s", q, message))
}

// witness puts the requests of a witness to the placement.
func (o *opinions) witness(q question, list []access.Witness) {
	if len(list) == 0 {
		o.fail(q, "there is no witness")
	}
	for _, one := range list {
		o.n++
		by := *q.by.placedPrincipal
		r := policy.Request{Action: one.Action, Resource: o.standIns.Replace(one.Resource),
			Owner: o.standIns.Replace(one.ResourceAccount)}
		for key, values := range one.Context {
			var replaced []string
			for _, v := range values {
				v = o.standIns.Replace(v)
				for _, u := range cfn.UnknownsIn(v) {
					if u.What == "import" {
						v = strings.ReplaceAll(v, u.Text(),
							o.w.e.standIns.Text(cfn.ImportValue(u.Name)))
					}
				}
				replaced = append(replaced, v)
			}
			r.Context = r.Context.With(key, replaced...)
		}
		if arn := r.Context.Get("aws:PrincipalArn"); arn != nil && many(q.by.is) {
			by.Caller.ARN = arn[0]
		}
		if account := r.Context.Get("aws:PrincipalAccount"); account != nil && many(q.by.is) {
			by.Caller.Account = account[0]
		}
		if d := by.Decide(r, o.documentOf(q, &r)); !d.Allowed {
			o.fail(q, fmt.Sprintf("the placement refuses the witness: %s: %+v", d.Reason,
				one.Shown()))
			return
		}
	}
}

// documentOf returns the policy of the resource of a request.
func (o *opinions) documentOf(q question, r *policy.Request) *placedDocument {
	switch service, _, _ := strings.Cut(r.Action, ":"); {
	case service == "secretsmanager" && r.Resource != "*":
		return o.w.e.secrets[q.s].Policy
	case service == "kms":
		for _, c := range o.w.e.secrets[q.s].Copies {
			if c.Key != nil && c.Key.ARN == r.Resource {
				return c.Key.Policy
			}
		}
		return &placedDocument{Kind: keyPolicy, Of: "a key that the placement does not have"}
	}
	return nil
}

// all compares everything; of a large spec, some.
func (o *opinions) all(rng *rand.Rand) {
	for _, p := range o.w.m.Principals {
		if o.shared(p) {
			continue
		}
		for _, s := range o.w.m.Secrets {
			for _, v := range verb.All {
				for copy := range o.w.e.secrets[s].Copies {
					if v.Reaches(copy) && (!o.w.large() ||
						rng.IntN(len(o.w.m.Secrets)*len(o.w.m.Principals)) < 100) {
						o.compare(question{o.callers[p], s, copy, v})
					}
				}
			}
		}
	}
}

// shared says whether a principal is in the spec under several ids, or has policies that the
// placement does not know.
func (o *opinions) shared(p *model.Principal) bool {
	if p.Role != nil && slices.ContainsFunc(p.Role.ManagedPolicyARNs, func(arn string) bool {
		return o.w.e.ownPolicy(arn) == nil
	}) {
		return true
	}
	for other, loaded := range o.principals {
		if other != p && loaded == o.principals[p] {
			return true
		}
	}
	return false
}

// inOwnWords says whether a spec has resources in CloudFormation's own words that say who may do
// what, which the placement does not know.
func inOwnWords(w *world) bool {
	for _, r := range w.m.Resources {
		if kind := r.V.Node.Get("Type"); kind == nil || !strings.HasPrefix(kind.Text(),
			"AWS::Lambda::") && !strings.HasPrefix(kind.Text(), "AWS::RDS::") {
			return true
		}
	}
	return false
}

// opinionsOf compares all worlds of a spec in which everything is there.
func opinionsOf(w *world, rng *rand.Rand) *opinions {
	sum := &opinions{}
	d := w.deployed()
	if d == nil {
		return sum
	}
	for _, loaded := range d.Load(nil).Worlds {
		if o := newOpinions(w, loaded); o != nil {
			o.all(rng)
			for i, n := range o.answers {
				sum.answers[i] += n
			}
			sum.n += o.n
			sum.wrong = append(sum.wrong, o.wrong...)
		}
	}
	return sum
}

func TestTemplatesSayWhatWasPlacedInGoldenCases(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of every golden case")
	}
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 8))
	var answers [4]int
	requests := 0
	for name, text := range goldenSpecs(t) {
		w := newWorld(text)
		if w == nil || inOwnWords(w) || strings.HasPrefix(name, "codes/SC4023-") {
			continue // or what is placed does not work, which only the templates tell
		}
		o := opinionsOf(w, rng)
		for _, message := range o.wrong {
			t.Errorf("%s: %s", name, message)
		}
		for i, n := range o.answers {
			answers[i] += n
		}
		requests += o.n
	}
	t.Logf("no, unknown, conditional, yes: %v answers; %d requests", answers, requests)
	if answers[access.Deny] < 2_000 || answers[access.Conditional] < 100 ||
		answers[access.Allow] < 1_000 {
		t.Errorf("too few answers were compared: %v", answers)
	}
}

func TestTemplatesSayWhatWasPlacedInGeneratedSpecs(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many generated specs")
	}
	t.Parallel()
	many, seed := 120, uint64(13)
	if n, err := strconv.Atoi(os.Getenv("PLACED")); err == nil { // of how many, from which seed on
		many = n
		fmt.Sscan(os.Getenv("PLACED_SEED"), &seed)
	}
	rng := rand.New(rand.NewPCG(seed, 21))
	var answers [4]int
	requests := 0
	for range many {
		w, text := possible(generated(someBytes(rng)))
		if w == nil {
			continue
		}
		o := opinionsOf(w, rng)
		if o.wrong != nil {
			t.Errorf("%s\n%s", strings.Join(o.wrong, "\n"), text)
		}
		for i, n := range o.answers {
			answers[i] += n
		}
		requests += o.n
	}
	t.Logf("no, unknown, conditional, yes: %v answers; %d requests", answers, requests)
	if answers[access.Deny] < 2_000 || answers[access.Conditional] < 100 ||
		answers[access.Allow] < 250 {
		t.Errorf("too few answers were compared: %v", answers)
	}
}

// readTemplates puts the policies of the finished templates, as they were loaded, in the place of
// those of the placement: what they say is the templates', with stand-ins for what is known after
// deployment only. It says whether it could: not for what the placement does not know.
func (w *world) readTemplates() bool {
	d := w.deployed()
	if d == nil || inOwnWords(w) {
		return false
	}
	var o *opinions
	for _, loaded := range d.Load(nil).Worlds {
		o = newOpinions(w, loaded)
		if o != nil {
			break
		}
	}
	if o == nil || slices.ContainsFunc(w.m.Principals, o.shared) {
		return false
	}
	read := templateReading{o.standIns, true}
	principals, secrets, keys := map[*placedPrincipal][]*placedDocument{},
		map[*placedSecret]*placedDocument{}, map[*placedKey]*placedDocument{}
	for p, loaded := range o.principals {
		if p.Role != nil && p.Role.PermissionsBoundary != "" {
			return false
		}
		for _, document := range loaded.Identity {
			principals[w.e.principals[p]] = append(principals[w.e.principals[p]],
				read.document(document, identityPolicy))
		}
	}
	for s, loaded := range o.secrets {
		as := w.e.secrets[s]
		for _, document := range loaded.Policy {
			secrets[as] = read.document(document, resourcePolicy)
		}
		for i, c := range loaded.Copies {
			if c.Key != nil && c.Key.Policy != nil && as.Copies[i].Key != nil {
				keys[as.Copies[i].Key] = read.document(c.Key.Policy, keyPolicy)
			}
		}
	}
	if !read.whole {
		return false
	}
	for p := range o.principals {
		w.e.principals[p].Identity = principals[w.e.principals[p]]
	}
	for s := range o.secrets {
		w.e.secrets[s].Policy = secrets[w.e.secrets[s]]
	}
	for key, document := range keys {
		key.Policy = document
	}
	return true
}

// templateReading makes documents for the concrete evaluator of loaded ones. whole is false once
// something of them could not be read.
type templateReading struct {
	standIns *strings.Replacer
	whole    bool
}

func (r *templateReading) document(d *access.Document, kind placedKind) *placedDocument {
	statements := []any{}
	for i := range d.Rules.Statements {
		rule := &d.Rules.Statements[i]
		r.whole = r.whole && len(rule.Unread) == 0
		statements = append(statements, r.value(rule.Value))
	}
	rules, err := policy.Decode(cfn.Object{{Key: "Version", Value: "2012-10-17"},
		{Key: "Statement", Value: statements}})
	r.whole = r.whole && err == nil
	return &placedDocument{Kind: kind, Of: d.Of, Stack: d.Stack, LogicalID: d.LogicalID,
		Rules: rules}
}

// value puts stand-ins in the place of unknown parts.
func (r *templateReading) value(v any) any {
	switch v := v.(type) {
	case string:
		v = r.standIns.Replace(v)
		r.whole = r.whole && !cfn.HasUnknown(v)
		return v
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = r.value(v[i])
		}
		return out
	case cfn.Object:
		out := make(cfn.Object, len(v))
		for i, m := range v {
			out[i] = cfn.Member{Key: m.Key, Value: r.value(m.Value)}
		}
		return out
	case cfn.Unread:
		r.whole = false
	}
	return v
}
