package compile

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// The two properties of a compilation: every granted request is allowed, and no other one is. What is granted is decided here from the permissions, in
// as few words as possible and without a look at how they are placed; what is allowed is decided by the policies that were compiled.

// world is a compiled spec, to be asked.
type world struct {
	m         *model.Model
	ps        grants.Permissions
	placement grants.Placement
	e         *estate
	of        map[*model.Principal][]*grants.Permission
}

// newWorld compiles the files of a spec. It is nil for one with errors.
func newWorld(texts ...[]byte) *world {
	var files []*source.File
	for i, text := range texts {
		files = append(files, source.New(fmt.Sprintf("%d.yaml", i), text))
	}
	s, _, found := spec.Load(files)
	if s == nil {
		return nil
	}
	m, list := model.Resolve(s)
	if append(found, list...).HasErrors() {
		return nil
	}
	ps := grants.Derive(m)
	placement, list := grants.Place(ps)
	if list.HasErrors() {
		return nil
	}
	w := &world{m, ps, placement, newEstate(m, placement), map[*model.Principal][]*grants.Permission{}}
	for i := range ps.List {
		g := &ps.List[i]
		w.of[g.To] = append(w.of[g.To], g)
	}
	return w
}

// asked is one request and who would answer it.
type asked struct {
	by       *model.Principal
	request  policy.Request
	secret   *model.Secret
	copy     int
	key      *access.Key // of a request to KMS
	region   string      // of the key
	resource *access.Document
	about    *model.Secret // of a request to KMS: the secret in its encryption context
}

func (a *asked) String() string {
	text := fmt.Sprintf("%s on %s by %s", a.request.Action, a.request.Resource, a.by.ID)
	for _, key := range contextKeys {
		if v := a.request.Context.Get(key); v != nil {
			text += fmt.Sprintf(", %s=%s", key, strings.Join(v, ","))
		}
	}
	return text
}

var contextKeys = []string{
	"aws:RequestedRegion", "aws:SourceVpce", "aws:SourceVpc", "aws:SourceIp", "aws:MultiFactorAuthPresent", "aws:CurrentTime", "aws:PrincipalTag/team", "aws:PrincipalOrgID",
	"aws:PrincipalOrgPaths", "secretsmanager:VersionStage", "secretsmanager:VersionId", "kms:ViaService", "kms:EncryptionContext:SecretARN", "aws:SecureTransport", "aws:SourceAccount",
}

// keyActions are what the property asks of keys: what grants may allow, and what none may.
var keyActions = []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey", "kms:ReEncryptFrom", "kms:PutKeyPolicy"}

// circumstances are the contexts in which everything is asked: none in particular, those that the grants ask for, and some that none does.
func (w *world) circumstances() []policy.Context {
	plain := policy.Context{}.With("aws:SecureTransport", "true")
	full := plain.With("aws:MultiFactorAuthPresent", "true").With("aws:CurrentTime", "2000-01-01T00:00:00Z").With("aws:PrincipalTag/team", "red")
	late := full.With("aws:CurrentTime", "2300-01-01T00:00:00Z")
	out := []policy.Context{plain, full, late, full.With("aws:SecureTransport", "false"), full.With("aws:PrincipalOrgID", "o-a1b2c3d4e5").With("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/")}
	for _, g := range w.ps.List {
		for _, v := range g.When.SourceVPCE {
			out = append(out, full.With("aws:SourceVpce", v), plain.With("aws:SourceVpce", v))
		}
		for range g.When.SourceIP {
			out = append(out, full.With("aws:SourceIp", "203.0.113.7"), full.With("aws:SourceIp", "198.51.100.7"))
		}
	}
	for _, s := range w.m.Secrets {
		for _, v := range s.Policy.VPCEndpoints {
			out = append(out, full.With("aws:SourceVpce", v))
		}
		for _, v := range s.Policy.VPCs {
			out = append(out, full.With("aws:SourceVpc", v).With("aws:SourceVpce", "vpce-0000000000000000f"))
		}
	}
	const enough = 12
	return out[:min(enough, len(out))]
}

// requests calls f with every request that is asked.
func (w *world) requests(f func(a *asked)) {
	circumstances := w.circumstances()
	for _, p := range w.m.Principals {
		caller := w.e.principals[p]
		for _, s := range w.m.Secrets {
			for copy := range w.e.secrets[s].Copies {
				for _, c := range circumstances {
					w.onSecret(p, caller, s, copy, c, f)
				}
				w.onKeys(p, caller, s, copy, circumstances[1], f)
			}
		}
	}
}

func (w *world) onSecret(p *model.Principal, caller *access.Principal, s *model.Secret, copy int, c policy.Context, f func(a *asked)) {
	as := w.e.secrets[s]
	at := as.Copies[copy]
	c = c.Merge(caller.Assumed).With("aws:RequestedRegion", at.Region)
	if p.Kind == model.Service { // which is in no organization and has no tags
		c = c.With("aws:SourceAccount", as.Account).With("aws:PrincipalOrgID").With("aws:PrincipalOrgPaths").With("aws:PrincipalTag/team")
	}
	for _, info := range aws.SecretsManagerActions {
		action, resource := string(info.Name), at.ARN
		if info.NoResource {
			resource = "*"
		}
		if copy > 0 && !info.OnReplica {
			continue
		}
		contexts := []policy.Context{c}
		if action == "secretsmanager:GetSecretValue" {
			contexts = append(contexts, c.With("secretsmanager:VersionStage", "AWSCURRENT"), c.With("secretsmanager:VersionStage", "AWSPREVIOUS"), c.With("secretsmanager:VersionId", "x"))
		}
		for _, c := range contexts {
			a := &asked{by: p, secret: s, copy: copy, resource: as.Policy, request: policy.Request{Action: action, Resource: resource, Owner: as.Account, Context: c}}
			if resource == "*" {
				a.request.Owner, a.resource = "", nil
			}
			f(a)
		}
	}
}

// onKeys asks for the key of a copy: through Secrets Manager of either Region, through another service and not through any; for this secret under either
// ARN, and for every other one.
func (w *world) onKeys(p *model.Principal, caller *access.Principal, s *model.Secret, copy int, c policy.Context, f func(a *asked)) {
	as := w.e.secrets[s]
	key := as.Copies[copy].Key
	if key == nil {
		return
	}
	c = c.Merge(caller.Assumed)
	if p.Kind != model.Service {
		c = c.With("kms:CallerAccount", caller.Caller.Account)
	}
	vias := []string{"", "s3." + key.Region + ".amazonaws.com"}
	for _, at := range as.Copies {
		vias = append(vias, "secretsmanager."+at.Region+".amazonaws.com")
	}
	for _, about := range w.m.Secrets {
		for _, at := range w.e.secrets[about].Copies {
			for _, via := range vias {
				one := c.With("kms:EncryptionContext:SecretARN", at.ARN)
				if via != "" {
					one = one.With("kms:ViaService", via)
				}
				for _, action := range keyActions {
					f(&asked{
						by: p, secret: s, copy: copy, key: key, region: as.Copies[copy].Region, about: about, resource: key.Policy,
						request: policy.Request{Action: action, Resource: key.ARN, Owner: key.Account, Context: one},
					})
				}
			}
		}
	}
}

// granted says whether the permissions grant a request: the meaning.
func (w *world) granted(a *asked) bool {
	for _, g := range w.of[a.by] {
		if a.key != nil && w.grantsKey(g, a) || a.key == nil && w.grantsSecret(g, a) {
			return true
		}
	}
	return false
}

func (w *world) grantsSecret(g *grants.Permission, a *asked) bool {
	if a.request.Resource == "*" {
		region := a.request.Context.Get("aws:RequestedRegion")[0]
		return g.To.Kind != model.Service && slices.Contains(g.Verb.Anywhere, a.request.Action) && (len(g.Regions) == 0 || slices.Contains(g.Regions, region)) && w.meets(g, a)
	}
	if g.Secret != a.secret {
		return false
	}
	region := w.e.secrets[a.secret].Copies[a.copy].Region
	if covers := a.copy == 0 && g.AtHome(region) || a.copy > 0 && g.AtReplica(region); !covers || !slices.Contains(g.Verb.OnSecret, a.request.Action) || !w.meets(g, a) {
		return false
	}
	if len(g.Stages) == 0 || a.request.Action != "secretsmanager:GetSecretValue" {
		return true
	}
	stage, byID := a.request.Context.Get("secretsmanager:VersionStage"), a.request.Context.Get("secretsmanager:VersionId") != nil
	if stage == nil {
		return slices.Contains(g.Stages, "AWSCURRENT") && !byID
	}
	return slices.Contains(g.Stages, stage[0])
}

// meets says whether a request meets the terms of a grant.
func (w *world) meets(g *grants.Permission, a *asked) bool {
	is := func(key string, values []string) bool {
		have := a.request.Context.Get(key)
		return values == nil || len(have) > 0 && slices.Contains(values, have[0])
	}
	for _, t := range g.When.PrincipalTags {
		if !is("aws:PrincipalTag/"+t.Key, t.Values) {
			return false
		}
	}
	if len(g.When.Condition) > 0 && !w.meetsOwn(g, a) {
		return false
	}
	ip := len(g.When.SourceIP) == 0 || slices.ContainsFunc(g.When.SourceIP, func(cidr string) bool { return inRange(a.request.Context.Get("aws:SourceIp"), cidr) })
	now := a.request.Context.Get("aws:CurrentTime")
	return is("aws:SourceVpce", g.When.SourceVPCE) && ip && (!g.When.MFA || is("aws:MultiFactorAuthPresent", []string{"true"})) && (g.Until == "" || len(now) > 0 && now[0] < g.Until)
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
func (w *world) meetsOwn(g *grants.Permission, a *asked) bool {
	s := policy.Statement{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}
	for _, c := range g.When.Condition {
		s.Condition = s.Condition.With(c.Operator, c.Key, c.Values...)
	}
	rules, err := policy.Document{s}.Rules(w.e.standIns.Text)
	return err == nil && rules.Statements[0].Failing(a.request.Context) == nil
}

// grantsKey says whether a permission needs a use of a key.
func (w *world) grantsKey(g *grants.Permission, a *asked) bool {
	if !slices.Contains(g.Verb.OnKey, a.request.Action) {
		return false
	}
	gs := w.e.secrets[g.Secret]
	encrypts := slices.Contains(g.Verb.OnKey, "kms:GenerateDataKey")
	home := gs.Copies[0].Region
	for i, copy := range gs.Copies {
		needed := i == 0 && g.AtHome(home) || i > 0 && (encrypts && g.AtHome(home) || !encrypts && g.AtReplica(copy.Region))
		if copy.Key == nil || copy.Key.ARN != a.key.ARN || !needed {
			continue
		}
		via := a.request.Context.Get("kms:ViaService")
		throughHome := len(via) > 0 && via[0] == "secretsmanager."+home+".amazonaws.com"
		throughCopy := len(via) > 0 && via[0] == "secretsmanager."+copy.Region+".amazonaws.com"
		if !throughHome && !throughCopy {
			continue
		}
		context := a.request.Context.Get("kms:EncryptionContext:SecretARN")[0]
		if context == gs.Copies[0].ARN || context == copy.ARN {
			return true
		}
	}
	return false
}

// heldBack says whether a guardrail keeps a request out, whatever is granted.
func (w *world) heldBack(a *asked) bool {
	if a.key != nil || a.request.Resource == "*" {
		return false
	}
	g, c := &a.secret.Policy, a.request.Context
	is := func(key string, values []string) bool {
		have := c.Get(key)
		return len(have) > 0 && slices.Contains(values, have[0])
	}
	if g.DenyDelete && a.request.Action == "secretsmanager:DeleteSecret" || g.RequireTLS && is("aws:SecureTransport", []string{"false"}) {
		return true
	}
	reads := a.request.Action == "secretsmanager:GetSecretValue"
	writes := slices.Contains([]string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage"}, a.request.Action)
	if !reads && !writes || a.by.Kind == model.Service || a.by == w.m.Deployer || slices.Contains(g.Exempt, a.by) || w.rotates(a.by, a.secret) {
		return false
	}
	if g.OnlyFromVPC() && !is("aws:SourceVpce", g.VPCEndpoints) && !is("aws:SourceVpc", g.VPCs) {
		return true
	}
	return g.Organization != "" && !is("aws:PrincipalOrgID", []string{g.Organization}) && w.e.principals[a.by].Caller.Account != w.e.account(a.secret.Account)
}

func (w *world) rotates(p *model.Principal, s *model.Secret) bool {
	return slices.ContainsFunc(w.m.Secrets, func(other *model.Secret) bool {
		return other.Rotation.Role() == p && (other == s || other.Rotation.Superuser() == s)
	})
}

// outOfScope says whether a request is decided by something beside the grants: statements of the user's own, who administers a key, who deploys,
// policies that are not derived, a key without pins, and secrets and keys whose policies are others' to write.
func (w *world) outOfScope(a *asked) bool {
	p := a.by
	if p == w.m.Deployer || p.Role != nil && (p.Role.PermissionsBoundary != "" || len(p.Role.ManagedPolicyARNs) > 0) || len(a.secret.Policy.Statements) > 0 {
		return true
	}
	if a.key == nil {
		return false
	}
	if w.inexact(a) {
		return true
	}
	for _, k := range w.m.Keys {
		if one := w.e.key(k, a.key.Region); one == nil || one.ARN != a.key.ARN {
			continue
		}
		if slices.Contains(k.Admins, p) && a.request.Action != "kms:Decrypt" || len(k.Statements) > 0 {
			return true
		}
		if !k.Pin && !w.granted(a) && a.request.Context.Get("kms:ViaService") != nil { // it opens for other secrets, by the user's wish
			return true
		}
	}
	return false
}

// inexact says whether a request is for another key than the secret's, in the name of a secret that the principal may use: where a key's ARN is not
// known, a statement covers the keys of the Region and is narrowed by the secret, which Secrets Manager never names for another key than its own.
func (w *world) inexact(a *asked) bool {
	context := a.request.Context.Get("kms:EncryptionContext:SecretARN")[0]
	return slices.ContainsFunc(w.e.secrets[a.about].Copies, func(c access.Copy) bool {
		return c.Key != nil && c.Key.ARN != a.key.ARN && c.Key.Region == a.key.Region && (c.ARN == context || w.e.secrets[a.about].Copies[0].ARN == context)
	})
}

// allowed says what the compiled policies say.
func (w *world) allowed(a *asked) bool {
	return w.e.principals[a.by].Decide(a.request, a.resource).Allowed
}

// check returns what contradicts the two properties, and how many requests were asked.
func (w *world) check() (wrong []string, n int) {
	w.requests(func(a *asked) {
		n++
		if w.outOfScope(a) {
			return
		}
		want := w.granted(a) && !w.heldBack(a)
		if got := w.allowed(a); got != want && len(wrong) < 5 {
			word := map[bool]string{true: "allowed", false: "refused"}
			wrong = append(wrong, fmt.Sprintf("%s is %s, and should be %s: %s", a, word[got], word[want], w.e.principals[a.by].Decide(a.request, a.resource).Reason))
		}
	})
	return wrong, n
}

func TestGrantedIsAllowedAndNothingElseInGoldenCases(t *testing.T) {
	asked := 0
	for name, text := range goldenSpecs(t) {
		w := newWorld(text)
		if w == nil {
			continue
		}
		wrong, n := w.check()
		asked += n
		for _, message := range wrong {
			t.Errorf("%s: %s", name, message)
		}
	}
	t.Logf("%d requests", asked)
	if asked < 100_000 {
		t.Errorf("only %d requests were asked", asked)
	}
}

// goldenSpecs returns the specs of the golden cases that have one file.
func goldenSpecs(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*/spec.yaml")
	if err != nil || len(paths) < 500 {
		t.Fatal(len(paths), err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(filepath.Dir(path))] = text
	}
	return all
}
