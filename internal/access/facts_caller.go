package access

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

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
		return p.sessionFact(key), true
	case "ec2instancesourceprivateipv4", "ec2instancesourcevpc":
		if p.hasNoInstance() {
			return absent, true
		}
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
	case p.unnamed() && !p.kindOfPattern("role/"), p.unreadable(), p.isUserID():
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
		if hasWildcard(id) { // any of several
			return policy.Fact{State: policy.Open, Always: true, Within: []string{id}}
		}
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
		open.All, open.Memo = !p.part, p.memo
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
		open.Never = p.neverBegins()
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

// neverBegins returns texts with which the ARN of a role of which only the name is known does not
// begin: it has no path of the roles that belong to AWS, whose names tell.
func (p *Principal) neverBegins() []string {
	slash := strings.LastIndexByte(p.ARN, '/')
	if p.Kind != RolePrincipal || cfn.HasUnknown(p.ARN) || aws.IsReservedRole(p.ARN[slash+1:]) {
		return nil
	}
	var out []string
	for _, path := range aws.ReservedPaths {
		out = append(out, p.ARN[:slash+1]+path)
	}
	return out
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
	case p.unnamed(), p.unreadable():
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
	case p.callerKind() == policy.AccountRoot:
		return certain(p.Account)
	case p.unnamed() && !p.kindOfPattern("role/"), p.unreadable(), p.Kind == SessionPrincipal:
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
