package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// caller is who asks: a principal of the spec, or a stranger.
type caller struct {
	*placedPrincipal
	is *model.Principal // nil: a stranger
	// its own IAM allows everything, so that the policies of secrets and keys decide alone
	powerful bool
}

// asked is one request and who would answer it.
type asked struct {
	by       *caller
	request  policy.Request
	resource *placedDocument

	secret      *model.Secret // whose copy it is about
	copy        int
	certainly   bool          // it is what a rotation cannot do without
	neighbour   bool          // it is about something like it that is not of the spec
	key         *placedKey    // of a request to KMS
	about       *model.Secret // of a use of a key: the secret in its encryption context
	administers bool          // it is about the key itself
	alias       bool          // it is about the key's alias
	function    string        // of a request to Lambda
}

func (a *asked) String() string {
	text := fmt.Sprintf("%s on %s by %s (%s)", a.request.Action, a.request.Resource, a.by.ID,
		a.by.Caller.ARN)
	for _, key := range contextKeys {
		if v := a.request.Context.Get(key); v != nil {
			text += fmt.Sprintf(", %s=%s", key, strings.Join(v, ","))
		}
	}
	return text
}

var contextKeys = []string{
	"aws:RequestedRegion", "aws:SourceVpce", "aws:SourceVpc", "aws:SourceIp",
	"aws:MultiFactorAuthPresent", "aws:CurrentTime", "aws:PrincipalTag/team", "aws:PrincipalOrgID",
	"aws:PrincipalOrgPaths", "secretsmanager:VersionStage", "secretsmanager:VersionId",
	keyARN, keyID, functionARN, roleARN, changesRule, atOnce, toRegions, overwrites,
	"kms:ViaService", "kms:EncryptionContext:SecretARN", "kms:ResourceAliases",
	"aws:SecureTransport",
	"aws:SourceAccount", "aws:SourceArn", "aws:ViaAWSService",
}

// callersOf lists who asks: everybody in the spec, those among them to whom a policy of a resource
// speaks once more with an IAM that allows everything, and strangers.
func (w *world) callersOf() []*caller {
	everything := w.e.document(identityPolicy, "everything", model.Stack{}, "",
		policy.Document{{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}})
	powerful := func(p *placedPrincipal, is *model.Principal) *caller {
		return &caller{&placedPrincipal{ID: p.ID + ", powerful", Caller: p.Caller,
			Assumed: p.Assumed, Identity: []*placedDocument{everything}}, is, true}
	}
	var out []*caller
	for _, p := range w.m.Principals {
		one := w.e.principals[p]
		out = append(out, &caller{one, p, false})
		if p.Kind != model.Service && p.Kind != model.ExistingGroup && !w.large() {
			out = append(out, powerful(one, p))
		}
	}
	for _, s := range w.m.Secrets {
		if p := w.unstated[s]; p != nil && !w.absent(s) {
			out = append(out, &caller{w.e.principals[p], p, false})
		}
	}
	for _, account := range []string{w.e.account(""), "222222222222", elsewhere} {
		stranger := &placedPrincipal{ID: "stranger",
			Caller: policy.Caller{ARN: "arn:" + w.e.partition() + ":iam::" + account +
				":role/stranger", Account: account}}
		if out = append(out, powerful(stranger, nil)); account == w.e.account("") {
			out = append(out, &caller{stranger, nil, false})
		}
	}
	return append(out, &caller{&placedPrincipal{ID: "service",
		Caller: policy.Caller{Kind: policy.ServicePrincipal, ARN: "stranger.amazonaws.com"}},
		nil, false})
}

// large says whether a spec is too large for everything to be asked of everybody.
func (w *world) large() bool { return len(w.m.Secrets)*len(w.m.Principals) > 100 }

// member is what a request has that comes from the organization of the generated specs.
func member(c policy.Context) policy.Context {
	return c.With("aws:PrincipalOrgID", "o-a1b2c3d4e5").With("aws:PrincipalOrgPaths",
		"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/")
}

// circumstances are the contexts in which everything is asked: those that grants and guardrails ask
// for, and some that none does. Strangers are asked in the first ones.
func (w *world) circumstances() (all, few []policy.Context) {
	plain := policy.Context{}.With("aws:SecureTransport", "true")
	full := plain.With("aws:MultiFactorAuthPresent", "true").With("aws:CurrentTime",
		"2000-01-01T00:00:00Z").With("aws:PrincipalTag/team", "red")
	few = []policy.Context{full, member(full)}
	var more []policy.Context
	for _, s := range w.m.Secrets {
		for _, v := range s.Policy.VPCEndpoints {
			more = append(more, full.With("aws:SourceVpce", v))
		}
		for _, v := range s.Policy.VPCs {
			more = append(more, full.With("aws:SourceVpc", v).With("aws:SourceVpce",
				"vpce-0000000000000000f"))
		}
		if s.Policy.OnlyFromVPC() {
			more = append(more, full.With("aws:ViaAWSService", "true"))
		}
		if s.Policy.RequireTLS {
			more = append(more, full.With("aws:SecureTransport", "false"),
				full.With("aws:SecureTransport"))
		}
	}
	const some = 5
	few = append(few, more[:min(some, len(more))]...)
	all = append(slices.Clone(few), plain, full.With("aws:CurrentTime", "2300-01-01T00:00:00Z"),
		full.With("aws:PrincipalTag/team", "blue"),
		full.With("aws:PrincipalOrgID", "o-zzzzzzzzzz").With("aws:PrincipalOrgPaths",
			"o-zzzzzzzzzz/r-ab12/ou-ab12-11111111/"),
		member(full).With("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/"))
	for _, g := range w.m.Grants {
		for _, v := range g.When.SourceVPCE {
			all = append(all, full.With("aws:SourceVpce", v), plain.With("aws:SourceVpce", v))
		}
		for range g.When.SourceIP {
			all = append(all, full.With("aws:SourceIp", "203.0.113.7"),
				full.With("aws:SourceIp", "198.51.100.7"))
		}
	}
	const enough = 18
	return all[:min(enough, len(all))], few
}

// requests calls f with every request that is asked.
func (w *world) requests(f func(a *asked)) {
	for _, s := range w.m.Secrets {
		if !w.absent(s) {
			w.bySecretsManager(s, f)
		}
	}
	all, few := w.circumstances()
	for i, by := range w.callers {
		if w.every > 1 && i%w.every != w.turn {
			continue
		}
		circumstances := all
		if by.is == nil || by.powerful {
			circumstances = few
		}
		for _, s := range w.m.Secrets {
			if w.absent(s) {
				continue
			}
			for copy := range w.e.secrets[s].Copies {
				for _, c := range circumstances {
					w.onSecret(by, s, copy, c, f)
				}
				if !by.powerful {
					w.onNeighbours(by, s, copy, few[0], f)
				}
				if by.powerful && w.without {
					// a key's policy knows no conditions, and speaks of what may not be there
					continue
				}
				if by.is != nil && !by.powerful && by.Caller.Kind != policy.ServicePrincipal {
					w.onOtherKeys(by, s, copy, few[0], f)
				}
				w.onKeys(by, s, copy, few[0], f)
				if strings.HasPrefix(by.ID, "stranger") {
					w.onKeys(by, s, copy, few[1], f)
				}
			}
			if !by.powerful {
				for _, c := range circumstances {
					w.onFunction(by, s, c, f)
				}
			}
		}
		for _, k := range w.m.Keys {
			if !k.Imported && by.Caller.Kind != policy.ServicePrincipal && !w.without {
				w.onKeyItself(by, k, few[0], f)
			}
		}
	}
}

// in returns a context with what is always so of a caller's requests.
func (by *caller) in(c policy.Context, account string) policy.Context {
	c = c.Merge(by.Assumed)
	if by.Caller.Kind != policy.ServicePrincipal {
		return c
	}
	// It is in no organization and has no tags, and acts for somebody of the account.
	return c.With("aws:SourceAccount", account).With("aws:PrincipalOrgID").With(
		"aws:PrincipalOrgPaths").With("aws:PrincipalTag/team")
}

func (w *world) onSecret(by *caller, s *model.Secret, copy int, c policy.Context,
	f func(a *asked)) {
	as := w.e.secrets[s]
	at := as.Copies[copy]
	c = by.in(c, as.Account).With("aws:RequestedRegion", at.Region)
	ask := func(action, resource string, c policy.Context) {
		a := &asked{by: by, secret: s, copy: copy, resource: as.Policy,
			request: policy.Request{Action: action, Resource: resource, Owner: as.Account,
				Context: c}}
		if resource == "*" {
			a.request.Owner, a.resource = "", nil
		}
		f(a)
	}
	for _, info := range aws.SecretsManagerActions {
		action := string(info.Name)
		if info.NoResource {
			if copy == 0 && !by.powerful {
				ask(action, "*", c)
			}
			continue
		}
		if copy > 0 && !slices.Contains(onReplica, action) && (by.powerful || by.is == nil ||
			!by.is.Kind.HasIdentity() || at.Region == as.Copies[0].Region) {
			// a replica refuses it, whatever its policy says, which is the primary's; where the
			// home Region is not stated, its stand-in may be the replica's
			continue
		}
		for _, stated := range w.withArguments(action, s, c) {
			ask(action, at.ARN, stated)
		}
		if action != "secretsmanager:GetSecretValue" ||
			by.powerful && by.Caller.Account == as.Account {
			continue
		}
		for _, stage := range []string{"AWSCURRENT", "AWSPREVIOUS"} {
			ask(action, at.ARN, c.With("secretsmanager:VersionStage", stage))
		}
		ask(action, at.ARN, c.With("secretsmanager:VersionId", "x"))
		if by.Caller.Kind == policy.ServicePrincipal {
			w.asDeputy(by, s, c, action, f)
		}
	}
	if copy == 0 && !by.powerful {
		for _, action := range vpcActions {
			ask(action, "*", c)
		}
	}
}

// asDeputy asks what a service asks on behalf of somebody of another account, who has no say over
// the secret.
func (w *world) asDeputy(by *caller, s *model.Secret, c policy.Context, action string,
	f func(a *asked)) {
	as := w.e.secrets[s]
	f(&asked{by: by, neighbour: true, resource: as.Policy, request: policy.Request{
		Action: action, Resource: as.Copies[0].ARN, Owner: as.Account,
		Context: c.With("aws:SourceAccount", elsewhere),
	}})
}

// onNeighbours asks for secrets that are none of the spec's: with a longer name or no suffix of
// their own, in another Region, in the caller's own account and in others. Nobody is granted
// anything on them.
func (w *world) onNeighbours(by *caller, s *model.Secret, copy int, c policy.Context,
	f func(a *asked)) {
	at := w.e.secrets[s].Copies[copy]
	part := strings.SplitN(at.ARN, ":", 7)
	if len(part) < 7 { // of a secret whose ARN is not known
		return
	}
	name := part[6][:strings.LastIndexByte(part[6], '-')]
	for _, other := range [][3]string{
		{at.Region, part[4], name + "-x-123456"}, {at.Region, part[4], name + "x123456"},
		{"ap-south-1", part[4], part[6]}, {at.Region, by.Caller.Account, part[6]},
		{at.Region, elsewhere, part[6]},
	} {
		arn := strings.Join([]string{part[0], part[1], part[2], other[0], other[1], part[5],
			other[2]}, ":")
		if other[1] == "" || slices.ContainsFunc(w.e.secrets[s].Copies, func(c placedCopy) bool {
			return c.ARN == arn
		}) {
			continue
		}
		for _, action := range []string{"secretsmanager:DescribeSecret",
			"secretsmanager:GetSecretValue"} {
			f(&asked{by: by, neighbour: true, request: policy.Request{
				Action: action, Resource: arn, Owner: by.Caller.Account,
				Context: by.in(c, other[1]).With("aws:RequestedRegion", other[0]),
			}})
		}
	}
}

// onKeys asks for the use of the key of a copy: through Secrets Manager of either Region, through
// another service and not through any; for this secret under either ARN, and for every other one.
func (w *world) onKeys(by *caller, s *model.Secret, copy int, c policy.Context, f func(a *asked)) {
	as := w.e.secrets[s]
	key := as.Copies[copy].Key
	if key == nil {
		return
	}
	c = by.in(c, as.Account).With("aws:RequestedRegion", key.Region)
	if by.Caller.Kind != policy.ServicePrincipal {
		c = c.With("kms:CallerAccount", by.Caller.Account)
	}
	vias := []string{"", "s3." + key.Region + ".amazonaws.com",
		"secretsmanager.ap-south-1.amazonaws.com"}
	for _, at := range as.Copies {
		vias = append(vias, "secretsmanager."+at.Region+".amazonaws.com")
	}
	secrets := w.m.Secrets
	if w.large() {
		i := slices.Index(secrets, s)
		secrets = []*model.Secret{s, secrets[(i+1)%len(secrets)]}
	}
	for _, about := range secrets {
		if w.absent(about) {
			continue
		}
		for _, at := range w.e.secrets[about].Copies {
			for _, via := range vias {
				one := c.With("kms:EncryptionContext:SecretARN", at.ARN)
				if via != "" {
					one = one.With("kms:ViaService", via)
				}
				for _, action := range []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey",
					"kms:CreateGrant", "kms:ReEncryptFrom"} {
					f(&asked{
						by: by, secret: s, copy: copy, key: key, about: about, resource: key.Policy,
						request: policy.Request{Action: action, Resource: key.ARN,
							Owner: key.Account, Context: one},
					})
				}
			}
		}
	}
}

// onOtherKeys asks, in the name of a secret, for keys that are none of the spec's and let IAM
// decide: one beside the key of the copy, one in another Region and one of another account.
func (w *world) onOtherKeys(by *caller, s *model.Secret, copy int, c policy.Context,
	f func(a *asked)) {
	copies := w.e.secrets[s].Copies
	key := copies[copy].Key
	if key == nil {
		return
	}
	open := w.e.document(keyPolicy, "another key", model.Stack{}, "", policy.Document{{
		Effect: policy.Allow, Principal: policy.Principal{AWS: []string{"arn:aws:iam::" +
			by.Caller.Account + ":root"}}, Action: []string{"kms:*"}, Resource: []string{"*"},
	}})
	for _, other := range [][2]string{{key.Region, key.Account}, {"ap-south-1", key.Account},
		{key.Region, elsewhere}} {
		if slices.ContainsFunc(copies, func(at placedCopy) bool {
			return at.Key != nil && at.Key.Region == other[0] && at.Key.Account == other[1] &&
				!w.knows(by.is, at.Key)
		}) {
			continue // see inexact
		}
		for _, via := range []string{copies[0].Region, key.Region, "ap-south-1"} {
			for _, action := range toUse {
				f(&asked{by: by, neighbour: true, resource: open, request: policy.Request{
					Action: action, Resource: "arn:aws:kms:" + other[0] + ":" + other[1] +
						":key/00000000-1111-2222-3333-444444444444", Owner: other[1],
					Context: by.in(c, "").With("kms:ViaService", "secretsmanager."+via+
						".amazonaws.com").With("kms:EncryptionContext:SecretARN", copies[copy].ARN),
				}})
			}
		}
	}
}

// ofKeys are what is asked of keys without Secrets Manager.
var ofKeys = append(actions("kms", "CreateGrant Decrypt Encrypt GenerateDataKey ReEncryptFrom"),
	toAdmin...)

// onKeyItself asks for the administration of a created key in every Region, for uses without
// Secrets Manager, and for its alias and another one.
func (w *world) onKeyItself(by *caller, k *model.Key, c policy.Context, f func(a *asked)) {
	for region, key := range w.keysOf(k) {
		c := by.in(c, "").With("aws:RequestedRegion", region).With("kms:ResourceAliases",
			k.AliasName).With("kms:CallerAccount", by.Caller.Account)
		// for a secret that is none of the spec's
		for _, via := range []string{w.e.region(""), region, "ap-south-1"} {
			c := c.With("kms:ViaService",
				"secretsmanager."+via+".amazonaws.com").With("kms:EncryptionContext:SecretARN",
				"arn:aws:secretsmanager:"+via+":111111111111:secret:another-123456")
			for _, action := range toUse {
				f(&asked{by: by, key: key, resource: key.Policy,
					request: policy.Request{Action: action, Resource: key.ARN, Owner: key.Account,
						Context: c}})
			}
		}
		for _, action := range ofKeys {
			f(&asked{by: by, key: key, administers: true, resource: key.Policy,
				request: policy.Request{Action: action, Resource: key.ARN, Owner: key.Account,
					Context: c}})
		}
		f(&asked{by: by, key: key, administers: true, resource: key.Policy, request: policy.Request{
			Action: "kms:CreateGrant", Resource: key.ARN, Owner: key.Account,
			Context: c.With("kms:GrantIsForAWSResource", "true"),
		}})
		for _, action := range toAlias {
			arn := "arn:" + w.e.partition() + ":kms:" + region + ":" + key.Account +
				":" + k.AliasName
			f(&asked{by: by, key: key, administers: true, alias: true,
				request: policy.Request{Action: action, Resource: arn, Owner: key.Account,
					Context: c}})
			if !by.powerful {
				f(&asked{by: by, neighbour: true, request: policy.Request{Action: action,
					Resource: arn + "x", Owner: key.Account, Context: c}})
			}
		}
	}
}

// onFunction asks for a call of the function that rotates a secret, and of another one.
func (w *world) onFunction(by *caller, s *model.Secret, c policy.Context, f func(a *asked)) {
	arn := w.function(s)
	if arn == "" { // nothing rotates it, or another service
		arn = w.functionNamed(s, "<the function that rotates "+s.ID+">")
		f(&asked{by: by, neighbour: true, request: policy.Request{Action: "lambda:InvokeFunction",
			Resource: arn, Owner: by.Caller.Account, Context: c}})
		return
	}
	owner := w.e.account("") // also where the ARN is not known
	if parsed, err := aws.ParseARN(arn); err == nil {
		owner = parsed.Account
	}
	c = by.in(c, w.e.secrets[s].Account).With("aws:RequestedRegion",
		w.e.secrets[s].Copies[0].Region)
	f(&asked{by: by, function: arn, resource: w.functions[arn],
		request: policy.Request{Action: "lambda:InvokeFunction", Resource: arn, Owner: owner,
			Context: c}})
	f(&asked{by: by, function: arn, resource: w.functions[arn],
		request: policy.Request{Action: "lambda:UpdateFunctionCode", Resource: arn, Owner: owner,
			Context: c}})
	f(&asked{by: by, neighbour: true, request: policy.Request{Action: "lambda:InvokeFunction",
		Resource: arn + "x", Owner: owner, Context: c}})
}

// bySecretsManager asks for the call by which Secrets Manager rotates with a function of another
// account, for this secret and for others.
func (w *world) bySecretsManager(s *model.Secret, f func(a *asked)) {
	if s.Rotation == nil || s.Rotation.Lambda == nil || s.Rotation.Lambda.Account == "" {
		return
	}
	as, arn := w.e.secrets[s], w.function(s)
	by := &caller{&placedPrincipal{ID: "Secrets Manager",
		Caller: policy.Caller{Kind: policy.ServicePrincipal, ARN: "secretsmanager.amazonaws.com"}},
		nil, false}
	for i, one := range [][3]string{ // the first is the one that must be allowed
		{"lambda:InvokeFunction", as.Account, as.Copies[0].ARN},
		{"lambda:InvokeFunction", elsewhere, as.Copies[0].ARN},
		{"lambda:InvokeFunction", as.Account, as.Copies[0].ARN + "x"},
		{"lambda:UpdateFunctionCode", as.Account, as.Copies[0].ARN},
	} {
		c := policy.Context{}.With("aws:SourceAccount", one[1]).With("aws:SourceArn", one[2])
		allowed := i == 0 || i == 2 && s.Rotation.Lambda.ForAccount
		f(&asked{by: by, certainly: allowed, neighbour: !allowed, resource: w.functions[arn],
			request: policy.Request{
				Action: one[0], Resource: arn, Owner: s.Rotation.Lambda.Account, Context: c,
			}})
	}
}
