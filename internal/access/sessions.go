package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// Never is what no session of a role has, because its trust lets nobody open one that has it. The
// zero value leaves everything open.
type Never struct {
	MFA            bool // aws:MultiFactorAuthPresent is not true
	Provider       bool // aws:FederatedProvider is absent
	SourceIdentity bool // aws:SourceIdentity is absent
	Instance       bool // no instance of Amazon EC2 has it: the keys of instances are absent
}

// neverBy returns what no session has that a trust lets somebody open. Only AssumeRole can tell of
// MFA, which a service has not: where services and identity providers alone are let in, nobody has
// it. Whether a role that has it passes it on to the next, AWS does not say, and is left open.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-federatedprovider
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourcevpc
func neverBy(trust *policy.Rules) Never {
	out := Never{true, true, true, true}
	for i := range trust.Statements {
		r := &trust.Statements[i]
		who := &r.Principals
		unread := len(r.Unread) > 0 || r.Anybody()
		wide := unread || who.Any || who.Not
		if r.Effect != policy.Allow {
			continue
		}
		if wide || len(who.AWS) > 0 {
			out.MFA = false
		}
		if unread || (wide || len(who.Federated) > 0) && byProvider(r) {
			out.Provider = false
		}
		if unread || r.MayAllow("sts:SetSourceIdentity") {
			out.SourceIdentity = false
		}
		if wide || slices.ContainsFunc(who.Service, mayBeEC2) {
			out.Instance = false
		}
	}
	return out
}

// byProvider says whether a statement of a trust may let in those whom an identity provider knows.
// A session that AssumeRole opens is of no provider.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-federatedprovider
func byProvider(r *policy.Rule) bool {
	return r.MayAllow("sts:AssumeRoleWithWebIdentity") || r.MayAllow("sts:AssumeRoleWithSAML")
}

// mayBeEC2 says whether a service may be Amazon EC2, which delivers credentials to instances.
func mayBeEC2(service string) bool {
	return cfn.HasUnknown(service) || strings.HasPrefix(service, "ec2.")
}

// sessionFact says what is known of a key that only sessions have which were opened in some way.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session-properties
func (p *Principal) sessionFact(key string) policy.Fact {
	open := policy.Fact{State: policy.Open}
	isUser := p.callerKind() == policy.User
	switch {
	case p.Kind == ServicePrincipal: // it calls with no credentials of this account
		return absent
	case key == "multifactorauthage" && p.Never.MFA:
		return absent
	case key == "multifactorauthpresent" && p.Never.MFA:
		open.Within = []string{"false"}
	case key == "federatedprovider" && (isUser || p.callerKind() == policy.AccountRoot),
		key == "federatedprovider" && p.Never.Provider:
		return absent
	case key == "sourceidentity" && (isUser || p.Never.SourceIdentity):
		return absent
	case key == "assumedroot" && isUser:
		return absent
	}
	return open
}

// hasNoInstance says whether no request has the keys of instances of Amazon EC2, which those have
// that are signed with the credentials of a role which were delivered to an instance.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourceprivateipv4
func (p *Principal) hasNoInstance() bool {
	kind := p.callerKind()
	return kind != policy.Role || p.Never.Instance
}
