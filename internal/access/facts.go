package access

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// circumstances say what is known of the condition keys of one request: who calls, what, and how.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
type circumstances struct {
	p       *Principal
	s       *Secret
	at      int
	action  string
	carries []string // the condition keys of its service that a request for the action carries
	purge   bool     // the plain call deletes at once
	region  string
	owner   string // the account of the resource
	arn     string // the resource
	key     *Key   // of a request to KMS that Secrets Manager makes
	via     via
	v       variant
	other   bool // the request is to neither Secrets Manager nor KMS
}

// via is how Secrets Manager names itself, and the secret, to KMS.
type via struct{ region, secret string }

func certain(values ...string) policy.Fact {
	return policy.Fact{State: policy.Certain, Values: values}
}

// absent is a key that the request never has.
var absent = policy.Fact{State: policy.Certain}

// fact is what policy.Facts asks for.
func (c *circumstances) fact(key string) policy.Fact {
	if values, ok := c.p.Facts[key]; ok {
		return certain(values...)
	}
	service, rest, _ := strings.Cut(key, ":")
	switch service {
	case "aws":
		if f, ok := c.caller(rest); ok {
			return f
		}
		return c.global(rest)
	case "secretsmanager":
		return c.ofSecret(key)
	case "kms":
		return c.ofKey(key)
	}
	return policy.Fact{State: policy.Open, Many: true}
}

// caller says what is known of keys that follow from who calls: they are the same in every request
// of a call.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (c *circumstances) caller(key string) (policy.Fact, bool) {
	p := c.p
	if name, ok := strings.CutPrefix(key, "principaltag/"); ok {
		return p.tag(name), true
	}
	switch key {
	case "principalarn":
		return p.arnFact(), true
	case "principalaccount":
		return p.principalAccount(), true
	case "principaltype":
		return p.typeFact(), true
	case "principalisawsservice", "principalservicename", "principalservicenameslist":
		return p.serviceFact(key), true
	case "username":
		return p.userName(), true
	case "userid":
		return p.userID(), true
	case "principalorgpaths":
		return p.orgPaths(), true
	case "principalorgid":
		return p.organization(), true
	case "currenttime", "epochtime":
		return policy.Fact{State: policy.Open, Always: true, Name: policy.CurrentTime}, true
	case "sourceidentity", "multifactorauthage", "multifactorauthpresent", "tokenissuetime",
		"federatedprovider", "assumedroot":
		return policy.Fact{State: policy.Open}, true
	}
	return policy.Fact{}, false
}

// principalAccount is what is known of aws:PrincipalAccount and kms:CallerAccount.
func (p *Principal) principalAccount() policy.Fact {
	switch {
	case p.Kind == ServicePrincipal:
		return absent
	case p.Account != "" && p.Account != elsewhere:
		return certain(p.Account)
	}
	return p.accountFact()
}

// serviceFact is what is known of the keys that services of AWS have.
func (p *Principal) serviceFact(key string) policy.Fact {
	service := p.Kind == ServicePrincipal
	switch {
	case key == "principalisawsservice":
		return certain(strconv.FormatBool(service))
	case key == "principalservicename" && p.anyService():
		return policy.Fact{State: policy.Open, Always: true, Within: serviceNames}
	case key == "principalservicename" && service:
		return certain(p.ARN)
	case service:
		return policy.Fact{State: policy.Open, Always: true, Many: true}
	}
	return absent
}

// userName is what is known of aws:username, which users alone have.
func (p *Principal) userName() policy.Fact {
	switch {
	case p.Kind == UserPrincipal:
		return certain(p.ARN[strings.LastIndexByte(p.ARN, '/')+1:])
	case p.unnamed() && !p.kindOfPattern("role/") ||
		p.Kind == IDPrincipal && strings.HasPrefix(p.ARN, "AIDA"):
		return policy.Fact{State: policy.Open}
	}
	return absent
}

// organization is what is known of aws:PrincipalOrgID.
func (p *Principal) organization() policy.Fact {
	switch p.Kind {
	case ServicePrincipal:
		return absent
	case OrganizationPrincipal:
		id, _, _ := strings.Cut(p.ARN, "/")
		return certain(id)
	}
	return policy.Fact{State: policy.Open}
}

// serviceNames are the patterns of the names of AWS's services, the last in the China Regions.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
var serviceNames = []string{"*.amazonaws.com", "*.amazonaws.com.cn"}

// arnFact says what is known of aws:PrincipalArn.
func (p *Principal) arnFact() policy.Fact {
	open := policy.Fact{State: policy.Open, Always: true}
	switch {
	case p.Kind == ServicePrincipal:
		return absent
	case p.unreadable():
		return certain(p.ARN)
	case p.Kind == PatternPrincipal:
		open.All, open.Memo = true, p.memo
		open.Within = []string{p.withAccount()}
		return open
	case p.unnamed() && p.Account != "":
		open.Within = []string{"arn:" + cmp.Or(p.partition(), "aws") + ":iam::" + p.Account + ":?*"}
		return open
	case p.unnamed():
		open.Within = []string{"arn:aws*:iam::" + anyDigits + ":?*"}
		return open
	case p.PathUnknown:
		slash := strings.LastIndexByte(p.ARN, '/')
		open.Within = []string{p.ARN, p.ARN[:slash+1] + "*" + p.ARN[slash:]}
		return open
	case p.Kind == SessionPrincipal && p.Role != nil:
		return p.Role.arnFact()
	case p.Kind == IDPrincipal:
		open.Within = []string{"arn:aws*:iam::" + anyDigits + ":?*"}
		return open
	case p.Kind == SessionPrincipal:
		if role, _, ok := p.session(); ok {
			before := "arn:" + p.partition() + ":iam::" + p.Account + ":role/"
			open.Within = []string{before + role, before + "*/" + role}
			return open
		}
	}
	return certain(p.ARN)
}

// withAccount is the pattern of a principal with the account of whom is meant, or with the digits
// that an account has.
func (p *Principal) withAccount() string {
	a, ok := splitARN(p.ARN)
	if !ok || !hasWildcard(a.account) {
		return p.ARN
	}
	if a.account == "*" {
		a.account = anyDigits
	}
	if p.Account != "" && p.Account != elsewhere {
		a.account = p.Account
	}
	return a.String()
}

// anyDigits is the pattern of an account.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
const anyDigits = "????????????"

// accountFact says what is known of the account of somebody of whom it is not stated: that it is
// the one in aws:PrincipalArn.
func (p *Principal) accountFact() policy.Fact {
	f := p.arnFact()
	if f.State == policy.Certain { // who it is nobody can read
		if p.Account != "" {
			return certain(p.Account)
		}
		return policy.Fact{State: policy.Open, Always: true}
	}
	f.Name, f.Field = "aws:principalarn", accountField
	return f
}

// accountField is which field of an ARN the account is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const accountField = 5

func (p *Principal) typeFact() policy.Fact {
	switch {
	case p.Kind == ServicePrincipal:
		return absent
	case p.kindOfPattern("role/"):
		return certain("AssumedRole")
	case p.kindOfPattern("user/"):
		return certain("User")
	case p.unnamed():
		return policy.Fact{
			State: policy.Open, Always: true,
			Within: []string{"Account", "User", "FederatedUser", "AssumedRole"},
		}
	case p.Kind == SessionPrincipal && !p.ofSomeRole():
		return certain("FederatedUser")
	case p.callerKind() == policy.AccountRoot:
		return certain("Account")
	case p.callerKind() == policy.User:
		return certain("User")
	}
	return certain("AssumedRole")
}

// userID says what is known of aws:userid: of a role its unique id and the name of the session.
func (p *Principal) userID() policy.Fact {
	switch {
	case p.Kind == ServicePrincipal:
		return absent
	case p.Kind == SessionPrincipal && p.ofSomeRole():
		_, name, _ := p.session()
		return policy.Fact{State: policy.Open, Always: true, Within: []string{"AROA*:" + name}}
	case p.Kind == IDPrincipal && strings.HasPrefix(p.ARN, "AROA"):
		return policy.Fact{State: policy.Open, Always: true, Within: []string{p.ARN + ":*"}}
	case p.Kind == IDPrincipal:
		return certain(p.ARN)
	case p.unnamed() && !p.kindOfPattern("role/") || p.Kind == SessionPrincipal:
		return policy.Fact{State: policy.Open, Always: true}
	case p.callerKind() == policy.User:
		return policy.Fact{State: policy.Open, Always: true, Within: []string{"AIDA*"}}
	}
	return policy.Fact{State: policy.Open, Always: true, Within: []string{"AROA*:*"}}
}

// orgPaths says what is known of aws:PrincipalOrgPaths: of a path in an organization, that it is
// below it. Services of AWS are of no organization.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
func (p *Principal) orgPaths() policy.Fact {
	if p.Kind == ServicePrincipal {
		return absent
	}
	f := policy.Fact{State: policy.Open, Many: true}
	if p.Kind == OrganizationPrincipal {
		f.Always, f.Within = true, []string{strings.TrimSuffix(p.ARN, "*") + "*"}
	}
	return f
}

// tag says what is known of a tag of the caller: its own where its sessions cannot carry others.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
func (p *Principal) tag(name string) policy.Fact {
	switch {
	case p.Kind == ServicePrincipal:
		return absent
	case p.SessionTags || !p.KnownTags || strings.HasPrefix(name, "aws:"):
		return policy.Fact{State: policy.Open}
	}
	return told(p.Tags, name, "principal tag")
}

// told is a tag that is known, or known not to be there, and may be changed.
func told(tags map[string]string, name, note string) policy.Fact {
	f := policy.Fact{State: policy.Told, Note: note}
	if v, ok := tags[name]; ok {
		f.Values = []string{v}
	}
	return f
}

// network are the keys by which a request tells where it comes from. KMS sees a network of its own.
var network = []string{
	"sourceip", "sourcevpc", "sourcevpcarn", "sourcevpce", "vpcsourceip", "vpceaccount",
	"vpceorgid", "vpceorgpaths", "useragent", "referer",
	"ec2instancesourceprivateipv4", "ec2instancesourcevpc",
}

// many are the global keys that have several values.
var many = []string{"calledvia", "principalorgpaths", "resourceorgpaths", "sourceorgpaths",
	"vpceorgpaths", "tagkeys", "principalservicenameslist"}

// global says what is known of the other keys that every service has.
func (c *circumstances) global(key string) policy.Fact {
	if name, ok := strings.CutPrefix(key, "resourcetag/"); ok {
		return c.resourceTag(name)
	}
	switch {
	case key == "requestedregion":
		return certain(c.region)
	case key == "resourceaccount":
		return certain(c.owner)
	case key == "securetransport": // Secrets Manager has no other endpoint
		return certain("true")
	case key == "viaawsservice":
		if c.key != nil {
			return certain("true")
		}
		return policy.Fact{State: policy.Open, Always: true, Within: []string{"true", "false"}}
	case strings.HasPrefix(key, "requesttag/") || key == "tagkeys":
		if c.carried("aws:" + key) {
			return policy.Fact{State: policy.Chosen, Many: key == "tagkeys"}
		}
		return absent
	case key == "sourceaccount" || key == "sourcearn" || key == "sourceowner" ||
		key == "sourceorgid" || key == "sourceorgpaths":
		return policy.Fact{State: policy.Open, Many: key == "sourceorgpaths"}
	}
	f := policy.Fact{State: policy.Open, Many: slices.Contains(many, key)}
	if c.key != nil &&
		(slices.Contains(network, key) || strings.HasPrefix(key, "calledvia") ||
			strings.HasPrefix(key, "resourceorg")) || c.other {
		f.Name = c.scope() + "aws:" + key
	}
	if !c.known("aws:" + key) {
		f.Many = true
	}
	return f
}

// scope tells the keys of requests to other services from those of the call itself.
func (c *circumstances) scope() string {
	if c.other {
		return "lambda "
	}
	return "kms "
}

func (c *circumstances) known(key string) bool {
	_, ok := aws.ConditionKey(key)
	return ok
}

// resourceTag says what is known of a tag of the resource.
func (c *circumstances) resourceTag(name string) policy.Fact {
	switch {
	case c.other:
		return policy.Fact{State: policy.Open, Name: "lambda aws:resourcetag/" + name}
	case c.key != nil && (!c.key.Known || strings.HasPrefix(name, "aws:")):
		return policy.Fact{
			State: policy.Open, Name: "key " + c.key.ARN + " aws:resourcetag/" + name,
		}
	case c.key != nil:
		return told(c.key.Tags, name, "key tag")
	case c.arn == "*":
		return absent
	}
	return c.secretTag(name)
}

func (c *circumstances) secretTag(name string) policy.Fact {
	if !c.s.KnownTags || strings.HasPrefix(name, "aws:") {
		return policy.Fact{State: policy.Open, Name: "aws:resourcetag/" + name}
	}
	return told(c.s.Tags, name, "secret tag")
}

// carried says whether AWS's table has a key for the action.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func (c *circumstances) carried(key string) bool {
	return slices.ContainsFunc(c.carries, func(k string) bool {
		if strings.HasSuffix(k, "/") || strings.HasSuffix(k, ":") {
			return len(key) > len(k) && strings.EqualFold(key[:len(k)], k)
		}
		return strings.EqualFold(key, k)
	})
}

// ofSecret says what is known of Secrets Manager's own keys.
func (c *circumstances) ofSecret(key string) policy.Fact {
	if c.key != nil || c.other || !c.carried(key) {
		return absent
	}
	name := strings.TrimPrefix(key, "secretsmanager:")
	if tag, ok := strings.CutPrefix(name, "resourcetag/"); ok {
		return c.secretTag(tag)
	}
	open := policy.Fact{State: policy.Open}
	switch name {
	case "secretid": // a call may name the secret, too; it cannot leave it out
		return policy.Fact{State: policy.Chosen, Plain: []string{c.arn}, Always: true}
	case "secretprimaryregion": // whether a secret without replicas has it, AWS does not say
		if len(c.s.Copies) == 1 {
			return policy.Fact{State: policy.Open, Within: []string{c.s.Copies[0].Region}}
		}
		return certain(c.s.Copies[0].Region)
	case "resource/allowrotationlambdaarn":
		switch {
		case c.s.Function != "":
			return certain(c.s.Function)
		case c.s.KnownTags && !c.s.Rotates:
			return absent
		}
		return open
	case "resource/type":
		switch {
		case c.s.Type != "":
			return certain(c.s.Type)
		case c.s.KnownTags:
			return absent
		}
		return open
	case "versionid", "versionstage":
		return open
	case "addreplicaregions":
		return policy.Fact{State: policy.Chosen, Plain: c.s.replicaRegions(), Many: true}
	case "forcedeletewithoutrecovery":
		f := policy.Fact{State: policy.Chosen}
		if c.purge {
			f.Plain = []string{"true"}
		}
		return f
	}
	// the other arguments of calls, which a plain call leaves out
	return policy.Fact{State: policy.Chosen}
}

func (s *Secret) replicaRegions() []string {
	var out []string
	for _, c := range s.Copies[1:] {
		out = append(out, c.Region)
	}
	return out
}

// ofKey says what is known of KMS's own keys, in the requests that Secrets Manager makes on behalf
// of its caller.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
func (c *circumstances) ofKey(key string) policy.Fact {
	if c.key == nil || !c.carried(key) {
		return absent
	}
	switch key {
	case "kms:viaservice":
		return certain(viaService(c.arn, c.via.region))
	case "kms:calleraccount":
		return c.p.principalAccount()
	case "kms:encryptioncontext:secretarn":
		return certain(c.via.secret)
	case "kms:encryptioncontext:secretversionid":
		return policy.Fact{State: policy.Open, Always: true}
	case "kms:encryptioncontextkeys":
		return certain("SecretARN", "SecretVersionId")
	case "kms:encryptionalgorithm":
		return certain("SYMMETRIC_DEFAULT")
	case "kms:requestalias":
		return policy.Fact{State: policy.Open, Name: "key " + c.key.ARN + " " + key}
	case "kms:resourcealiases":
		if c.key.Known && !c.key.Others {
			return policy.Fact{State: policy.Told, Values: c.key.Aliases, Note: "key alias"}
		}
		return policy.Fact{State: policy.Open, Many: true, Name: "key " + c.key.ARN + " " + key}
	case "kms:keyorigin", "kms:keyspec", "kms:keyusage", "kms:multiregion",
		"kms:multiregionkeytype":
		if values, ok := c.key.Facts[key]; ok {
			return certain(values...)
		}
		return policy.Fact{
			State: policy.Open, Always: key != "kms:multiregionkeytype",
			Name: "key " + c.key.ARN + " " + key,
		}
	}
	// other parts of the encryption context, and what only other ways to use a key have
	return absent
}

// viaService returns the name of Secrets Manager in a Region as KMS sees it.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func viaService(arn, region string) string {
	suffix := "amazonaws.com"
	if parsed, err := aws.ParseARN(arn); err == nil {
		if all := aws.DNSSuffixes(parsed.Partition); all != nil {
			suffix = all[0]
		}
	}
	return "secretsmanager." + region + "." + suffix
}

// shownAll is cfn.Shown for several texts.
func shownAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = cfn.Shown(s)
	}
	return out
}
