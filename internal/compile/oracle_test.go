package compile

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// What is granted, decided from the model in as few words as possible and without a look at how it
// is placed.

// meaning is what a word of a grant, or a rotation, stands for.
type meaning struct {
	onSecret, anywhere, onKey []string
	onCopies                  []string // on the keys of replicas, of what encrypts them
	invokes                   bool     // the function that rotates
	purges                    bool     // deletes at once, too
}

func actions(service, names string) []string {
	list := strings.Fields(names)
	for i := range list {
		list[i] = service + ":" + list[i]
	}
	return list
}

func of(onSecret, onKey string) meaning {
	return meaning{onSecret: actions("secretsmanager", onSecret), onKey: actions("kms", onKey)}
}

func (m meaning) andAnywhere(list ...string) meaning { m.anywhere = list; return m }
func (m meaning) andInvokes() meaning                { m.invokes = true; return m }
func (m meaning) andPurges() meaning                 { m.purges = true; return m }
func (m meaning) andCopies() meaning                 { m.onCopies = toCopy; return m }
func (m meaning) replicates() bool {
	return slices.Contains(m.onSecret, "secretsmanager:ReplicateSecretToRegions")
}

func (m meaning) reads() bool {
	return slices.Contains(m.onSecret, "secretsmanager:GetSecretValue")
}
func (m meaning) writes() bool {
	return slices.Contains(m.onSecret, "secretsmanager:PutSecretValue")
}

// words are the verbs, as the description of the language has them, and what rotations need.
var (
	words = map[string]meaning{
		"describe": of("DescribeSecret ListSecretVersionIds", ""),
		"read":     of("GetSecretValue DescribeSecret", "Decrypt"),
		"batchRead": of("GetSecretValue DescribeSecret",
			"Decrypt").andAnywhere("secretsmanager:BatchGetSecretValue"),
		"write": of("PutSecretValue UpdateSecret UpdateSecretVersionStage DescribeSecret",
			"GenerateDataKey Encrypt Decrypt").andCopies(),
		"rotate": of("RotateSecret CancelRotateSecret DescribeSecret", "").andInvokes(),
		"delete": of("DeleteSecret RestoreSecret DescribeSecret", ""),
		"purge":  of("DeleteSecret RestoreSecret DescribeSecret", "").andPurges(),
		"replicate": of("ReplicateSecretToRegions RemoveRegionsFromReplication "+
			"StopReplicationToReplica DescribeSecret", "Decrypt").andCopies(),
		"manage": of("DescribeSecret ListSecretVersionIds RotateSecret CancelRotateSecret "+
			"DeleteSecret RestoreSecret TagResource UntagResource GetResourcePolicy",
			"").andInvokes(),
		"list": meaning{}.andAnywhere("secretsmanager:ListSecrets"),
	}
	toRotate = of("DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage",
		"Decrypt GenerateDataKey").andCopies().andAnywhere("secretsmanager:GetRandomPassword")
	asSuperuser = of("GetSecretValue", "Decrypt")
	inVPC       = meaning{}.andAnywhere(vpcActions...)
	vpcActions  = actions("ec2",
		"CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces "+
			"DetachNetworkInterface")
	toUse   = actions("kms", "Decrypt Encrypt GenerateDataKey")
	toCopy  = actions("kms", "Encrypt GenerateDataKey")
	toAlias = actions("kms", "CreateAlias UpdateAlias DeleteAlias")
	toAdmin = append(actions("kms", `
		DescribeKey EnableKey DisableKey EnableKeyRotation DisableKeyRotation
		RotateKeyOnDemand GetKeyPolicy PutKeyPolicy GetKeyRotationStatus ListKeyPolicies
		ListKeyRotations ListResourceTags TagResource UntagResource UpdateKeyDescription
		ListGrants RevokeGrant ScheduleKeyDeletion CancelKeyDeletion`), toAlias...)
	toChange  = actions("secretsmanager", "PutSecretValue UpdateSecret UpdateSecretVersionStage")
	onReplica = actions("secretsmanager",
		"GetSecretValue DescribeSecret ListSecretVersionIds GetResourcePolicy "+
			"StopReplicationToReplica")
)

// clause is one thing that the spec grants: to one principal on one secret.
type clause struct {
	meaning
	to            *model.Principal
	secret        *model.Secret
	stages, only  []string // only: the Regions, when stated
	when          model.When
	until         string
	onlyTheSecret bool // not its replicas
	// it is what creating the secret needs of an imported key: no more than the key's side
	creates bool
}

// clausesOf lists what a model grants. unstated has, for secrets whose rotation names no role, who
// stands for it.
func clausesOf(m *model.Model, unstated map[*model.Secret]*model.Principal) []*clause {
	var out []*clause
	for _, g := range m.Grants {
		out = append(out, &clause{meaning: words[g.Verb.Name], to: g.To, secret: g.Secret,
			stages: g.Stages, only: g.Regions, when: g.When, until: g.Until})
	}
	for _, s := range m.Secrets {
		if s.Import == model.NotImported {
			deployer := m.Deployer
			if deployer == nil {
				// whoever may in the stack's own account
				deployer = &model.Principal{Kind: model.Account}
			}
			out = append(out, &clause{meaning: meaning{onKey: toUse, onCopies: toCopy},
				to: deployer, secret: s, creates: true})
		}
		role := s.Rotation.Role()
		if role == nil {
			role = unstated[s]
		}
		if role == nil {
			continue
		}
		out = append(out, &clause{meaning: toRotate, to: role, secret: s, onlyTheSecret: true})
		if super := s.Rotation.Superuser(); super != nil {
			out = append(out, &clause{meaning: asSuperuser, to: role, secret: super,
				onlyTheSecret: true})
		}
		if l := s.Rotation.Lambda; l != nil && l.InVPC() && role.Kind == model.CreatedRole {
			out = append(out, &clause{meaning: inVPC, to: role, secret: s, onlyTheSecret: true})
		}
	}
	return out
}

// covers says whether a principal of the spec is the caller of a request, or stands for many of
// whom the caller is one.
func (w *world) covers(to *model.Principal, a *asked) bool {
	has := func(key, value string) bool {
		have := a.request.Context.Get(key)
		return len(have) > 0 && have[0] == value
	}
	account := a.by.Caller.Account
	switch to.Kind {
	case model.Account:
		return account == to.Account || to.Account == "" && account == w.e.account("")
	case model.Organization:
		return has("aws:PrincipalOrgID", to.Org) && account != a.request.Owner
	case model.OrganizationPath:
		paths := a.request.Context.Get("aws:PrincipalOrgPaths")
		return has("aws:PrincipalOrgID", to.Org) && account != a.request.Owner && len(paths) > 0 &&
			strings.HasPrefix(paths[0], strings.TrimSuffix(to.Path, "*"))
	}
	return to == a.by.is
}

// granted says whether a request is granted. A caller who has only what the spec gives it needs a
// grant to itself; one whose own IAM allows everything needs none on what its own account decides
// over.
func (w *world) granted(a *asked) bool {
	some := func(whose []*clause, means func(c *clause, a *asked) bool) bool {
		return slices.ContainsFunc(whose, func(c *clause) bool {
			return w.covers(c.to, a) && means(c, a)
		})
	}
	itself := w.clausesTo[a.by.is]
	own := a.by.Caller.Kind != policy.ServicePrincipal && a.request.Owner == a.by.Caller.Account
	switch {
	case a.certainly:
		return true
	// which nothing but the user's own statements allows, and only for AWS's resources
	case a.key != nil && a.request.Action == "kms:CreateGrant":
		return slices.Contains(a.request.Context.Get("kms:GrantIsForAWSResource"), "true") &&
			a.by.Decide(a.request, w.ownOf(w.keyOf[a.key])).Allowed
	case a.function != "":
		return some(itself, w.grantsCall)
	case a.key == nil && a.request.Resource == "*":
		return some(itself, w.grantsAnywhere)
	case a.neighbour, a.key == nil && a.secret == nil:
		return false
	case a.key == nil && a.by.powerful:
		return own || some(w.clauses, w.grantsSecret)
	case a.key == nil:
		return some(itself, w.grantsSecret)
	case a.administers:
		return w.grantsAdministration(a, own)
	case !a.by.powerful:
		return some(itself, w.grantsKey)
	}
	k := w.keyOf[a.key]
	if own && !k.Imported && (k.Delegates || a.by.is != nil && a.by.is == w.m.Deployer) &&
		slices.Contains(toUse, a.request.Action) && w.throughSecretsManager(k, a) {
		return true
	}
	return (!own || !k.Delegates) && some(w.clauses, w.grantsKey)
}

// ownOf is what the user's own statements make of the policy of a key.
func (w *world) ownOf(k *model.Key) *placedDocument {
	var own policy.Document
	for _, s := range k.Statements {
		own = append(own, policy.Statement{Verbatim: s.Value})
	}
	return w.e.document(keyPolicy, k.ID, model.Home, "", own)
}

func (w *world) grantsAdministration(a *asked, own bool) bool {
	k := w.keyOf[a.key]
	if !own || !slices.Contains(toAdmin, a.request.Action) {
		return false
	}
	if a.alias { // an alias has no policy of its own
		return slices.Contains(toAlias, a.request.Action) &&
			(a.by.powerful || slices.Contains(k.Admins, a.by.is) && a.by.is.Kind.HasIdentity())
	}
	return slices.Contains(k.Admins, a.by.is) ||
		a.by.powerful && (k.Delegates || a.by.is != nil && a.by.is == w.m.Deployer)
}

// throughSecretsManager says whether a request comes from Secrets Manager in a Region where a
// secret or replica with the key is.
func (w *world) throughSecretsManager(k *model.Key, a *asked) bool {
	home := w.e.region("")
	regions := []string{home, a.key.Region}
	for _, s := range w.m.Secrets {
		if s.Key != k || a.key.Region != home {
			continue
		}
		for _, r := range s.Replicas {
			regions = append(regions, r.Region)
		}
	}
	via := a.request.Context.Get("kms:ViaService")
	return len(via) > 0 && slices.ContainsFunc(regions, func(r string) bool {
		return via[0] == "secretsmanager."+r+".amazonaws.com"
	})
}

func (w *world) grantsAnywhere(c *clause, a *asked) bool {
	region := a.request.Context.Get("aws:RequestedRegion")[0]
	return c.to.Kind != model.Service && slices.Contains(c.anywhere, a.request.Action) &&
		(len(c.only) == 0 || slices.Contains(c.only, region)) && w.meets(c, a)
}

func (w *world) grantsCall(c *clause, a *asked) bool {
	return c.invokes && w.function(c.secret) == a.function &&
		a.request.Action == "lambda:InvokeFunction" && w.meets(c, a)
}

func (w *world) grantsSecret(c *clause, a *asked) bool {
	if c.secret != a.secret || !w.reaches(c, a.copy) ||
		!slices.Contains(c.onSecret, a.request.Action) || !w.meets(c, a) ||
		!w.letsArguments(c, a) {
		return false
	}
	if a.copy > 0 && !slices.Contains(onReplica, a.request.Action) {
		return false
	}
	if len(c.stages) == 0 || a.request.Action != "secretsmanager:GetSecretValue" {
		return true
	}
	stage, byID := a.request.Context.Get("secretsmanager:VersionStage"),
		a.request.Context.Get("secretsmanager:VersionId") != nil
	if stage == nil {
		return slices.Contains(c.stages, "AWSCURRENT") && !byID
	}
	return slices.Contains(c.stages, stage[0]) && !(byID && slices.Contains(c.stages, "AWSCURRENT"))
}

// reaches says whether a clause is about a copy of its secret: 0 is the secret itself.
func (w *world) reaches(c *clause, copy int) bool {
	region := w.e.secrets[c.secret].Copies[copy].Region
	if !c.covers(region) {
		return false
	}
	return (copy == 0 || !c.onlyTheSecret) && (len(c.only) == 0 ||
		slices.Contains(c.only, region) || copy == 0 && c.replicates())
}

// meets says whether a request meets the terms of a grant.
func (w *world) meets(c *clause, a *asked) bool {
	is := func(key string, values []string) bool {
		have := a.request.Context.Get(key)
		return values == nil || len(have) > 0 && slices.Contains(values, have[0])
	}
	for _, t := range c.when.PrincipalTags {
		if !is("aws:PrincipalTag/"+t.Key, t.Values) {
			return false
		}
	}
	if len(c.when.Condition) > 0 && !w.meetsOwn(c, a) {
		return false
	}
	ip := len(c.when.SourceIP) == 0 || slices.ContainsFunc(c.when.SourceIP, func(cidr string) bool {
		return inRange(a.request.Context.Get("aws:SourceIp"), cidr)
	})
	now := a.request.Context.Get("aws:CurrentTime")
	return is("aws:SourceVpce", c.when.SourceVPCE) && ip &&
		(!c.when.MFA || is("aws:MultiFactorAuthPresent", []string{"true"})) &&
		(c.until == "" || len(now) > 0 && now[0] < c.until)
}

// inRange says whether an address is one, or in the range, that a grant names.
func inRange(address []string, cidr string) bool {
	if len(address) == 0 {
		return false
	}
	ip := netip.MustParseAddr(address[0])
	if range_, err := netip.ParsePrefix(cidr); err == nil {
		return range_.Contains(ip)
	}
	return netip.MustParseAddr(cidr) == ip
}

// meetsOwn says whether a request meets the conditions that a grant states in IAM's words.
func (w *world) meetsOwn(c *clause, a *asked) bool {
	s := policy.Statement{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}
	for _, own := range c.when.Condition {
		s.Condition = s.Condition.With(own.Operator, own.Key, own.Values...)
	}
	rules, err := policy.Document{s}.Rules(w.e.standIns.Text)
	context := a.request.Context
	if by := a.by.Caller; by.Kind != policy.ServicePrincipal {
		context = context.With("aws:PrincipalArn", by.ARN).With("aws:PrincipalAccount", by.Account)
	}
	return err == nil && rules.Statements[0].Failing(context) == nil
}

// grantsKey says whether a clause needs a use of a key.
func (w *world) grantsKey(c *clause, a *asked) bool {
	if c.creates && !(a.by.powerful && w.keyOf[a.key].Imported) {
		return false
	}
	s := w.e.secrets[c.secret]
	for i, copy := range s.Copies {
		actions := c.onKey
		if i > 0 && c.onCopies != nil {
			actions = c.onCopies
		}
		if !w.needsKey(c, i) || copy.Key != a.key || !slices.Contains(actions, a.request.Action) {
			continue
		}
		through := false
		for _, region := range []string{s.Copies[0].Region, copy.Region} {
			through = through || slices.Contains(a.request.Context.Get("kms:ViaService"),
				"secretsmanager."+region+".amazonaws.com")
		}
		context := a.request.Context.Get("kms:EncryptionContext:SecretARN")[0]
		if through && (context == s.Copies[0].ARN || context == copy.ARN || !w.pinned(a)) {
			return true
		}
	}
	return false
}

// needsKey says whether a clause needs the key of a copy. Who encrypts needs those of all copies.
func (w *world) needsKey(c *clause, copy int) bool {
	if c.onCopies != nil {
		return w.reaches(c, 0) && (!c.replicates() || w.reaches(c, copy))
	}
	return len(c.onKey) > 0 && w.reaches(c, copy)
}

// outOfReach returns the clauses that no policy makes work: they cross accounts and need a key of
// AWS's.
func (w *world) outOfReach() (out []string) {
	for _, c := range w.clauses {
		crosses := c.to.Account != c.secret.Account || c.to.Kind == model.Organization ||
			c.to.Kind == model.OrganizationPath
		if c.creates || !crosses || c.to.Kind == model.Service {
			continue
		}
		for i, copy := range w.e.secrets[c.secret].Copies {
			if copy.Key == nil && w.needsKey(c, i) {
				out = append(out, fmt.Sprintf("%s cannot work for %s in %s", c.onSecret, c.to.ID,
					copy.Region))
			}
		}
	}
	return out
}

// pinned says whether a caller can use a key for the secrets that it may use alone: a key that
// pins, a service, and wherever a policy cannot name the key.
func (w *world) pinned(a *asked) bool {
	return w.keyOf[a.key].Pin || a.by.Caller.Kind == policy.ServicePrincipal ||
		!a.by.powerful && !w.knows(a.by.is, a.key)
}

// knows says whether the identity policy of a principal can name a key, if it takes one.
func (w *world) knows(p *model.Principal, key *placedKey) bool {
	k := w.keyOf[key]
	inHome := p.Kind.HasIdentity() && p.Account == "" || p.Kind == model.RolePattern &&
		p.Account == ""
	return k.ARN != "" || !k.Imported && inHome &&
		(p.Kind == model.RolePattern || key.Region == w.e.region(""))
}

// heldBack says whether a guardrail keeps a request out, whatever is granted.
func (w *world) heldBack(a *asked) bool {
	if a.secret == nil || a.key != nil || a.neighbour || a.request.Resource == "*" {
		return false
	}
	g, c := a.secret.Policy, a.request.Context
	is := func(key string, values ...string) bool {
		have := c.Get(key)
		return len(have) > 0 && slices.Contains(values, have[0])
	}
	isDeployer := a.by.is != nil && a.by.is == w.m.Deployer
	if g.DenyDelete && (a.request.Action == "secretsmanager:DeleteSecret" ||
		a.request.Action == "secretsmanager:RemoveRegionsFromReplication" && !isDeployer) ||
		g.RequireTLS && is("aws:SecureTransport", "false") {
		return true
	}
	reads := a.request.Action == "secretsmanager:GetSecretValue"
	writes := slices.Contains(toChange, a.request.Action)
	if !reads && !writes || a.by.Caller.Kind == policy.ServicePrincipal ||
		isDeployer {
		return false
	}
	if slices.ContainsFunc(g.Exempt, func(to *model.Principal) bool { return w.covers(to, a) }) {
		return false
	}
	grantee := g.OnlyGrantees && slices.ContainsFunc(w.clauses, func(c *clause) bool {
		return c.secret == a.secret && w.covers(c.to, a) &&
			(reads && c.reads() || writes && c.writes())
	})
	if g.OnlyGrantees && !grantee {
		return true
	}
	if w.rotates(a.by.is, a.secret) {
		return false
	}
	if g.OnlyFromVPC() && !is("aws:SourceVpce", g.VPCEndpoints...) &&
		!is("aws:SourceVpc", g.VPCs...) && !is("aws:ViaAWSService", "true") {
		return true
	}
	return g.Organization != "" && !is("aws:PrincipalOrgID", g.Organization) &&
		a.by.Caller.Account != a.request.Owner
}

func (w *world) rotates(p *model.Principal, s *model.Secret) bool {
	return p != nil && slices.ContainsFunc(w.m.Secrets, func(other *model.Secret) bool {
		return other.Rotation.Role() == p && (other == s || other.Rotation.Superuser() == s)
	})
}

// outOfScope says whether a request is decided by something beside the grants: statements of the
// user's own, policies that are not derived, what a deployer is handed over for, and the policies
// of imported keys.
func (w *world) outOfScope(a *asked) bool {
	p := a.by.is
	if p != nil && p.Role != nil &&
		(p.Role.PermissionsBoundary != "" || len(p.Role.ManagedPolicyARNs) > 0) ||
		a.secret != nil && len(a.secret.Policy.Statements) > 0 {
		return true
	}
	// who may be one of those that are exempt: the spec does not say who it is
	if a.secret != nil && len(a.secret.Policy.Exempt) > 0 && w.isUnstated(p) {
		return true
	}
	if a.key == nil {
		return false
	}
	k := w.keyOf[a.key]
	if len(k.Statements) > 0 {
		return a.request.Action != "kms:CreateGrant"
	}
	if k.Imported && (a.by.powerful && k.Delegates && a.by.Caller.Account == a.key.Account ||
		p != nil && p == w.m.Deployer && !a.by.powerful) {
		return true
	}
	return !a.administers && !a.by.powerful && w.inexact(a)
}

// isUnstated says whether a principal stands for a rotation's role that the spec does not name.
func (w *world) isUnstated(p *model.Principal) bool {
	for _, role := range w.unstated {
		if role == p {
			return true
		}
	}
	return false
}

// inexact says whether a request is for another key than the secret's, in the name of a secret that
// the principal may use: where a key's ARN is not known, a statement covers the keys of the Region
// and is narrowed by the secret, which Secrets Manager never names for another key than its own.
func (w *world) inexact(a *asked) bool {
	if a.by.is == nil || a.about == nil {
		return false
	}
	context := a.request.Context.Get("kms:EncryptionContext:SecretARN")[0]
	about := w.e.secrets[a.about]
	return slices.ContainsFunc(about.Copies, func(c placedCopy) bool {
		return c.Key != nil && c.Key != a.key && c.Key.Region == a.key.Region &&
			c.Key.Account == a.key.Account && !w.knows(a.by.is, c.Key) &&
			(c.ARN == context || about.Copies[0].ARN == context)
	})
}
