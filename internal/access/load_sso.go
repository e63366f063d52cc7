package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// assignment notes in which account a permission set has a role.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sso-assignment.html
func (s *stack) assignment(id string) {
	set, account := s.text(id, "PermissionSetArn"), s.text(id, "TargetId")
	if set == "" || account == "" {
		return
	}
	if !slices.Contains(s.l.sets[set], account) {
		s.l.sets[set] = append(s.l.sets[set], account)
		slices.Sort(s.l.sets[set])
	}
}

// permissionSet reads a permission set, of which IAM Identity Center makes a role in each account
// to which it is assigned. The role's name ends in characters that nobody knows.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
func (s *stack) permissionSet(id string) {
	name := s.text(id, "Name")
	arn := cfn.Object{{Key: "Fn::GetAtt", Value: []any{id, "PermissionSetArn"}}}
	accounts := s.l.sets[s.e.Text(arn)]
	note := ""
	if accounts == nil {
		accounts, note = []string{s.account}, "no template assigns it"
	}
	for _, account := range accounts {
		suffix := cfn.Unknown{
			What: "name", Name: "role in " + account, Template: s.label, LogicalID: id, Shown: "*",
			Class: cfn.Letters, Min: 16, Max: 16, Unique: true,
		}
		p := &Principal{
			ID: "permission set " + cfn.Shown(name), Kind: RolePrincipal, Account: account,
			SessionTags: true, Note: note, Also: []string{s.called(id)},
			ARN: arnText{s.partition(), "iam", "", account,
				"role/aws-reserved/sso.amazonaws.com/" + s.identityCenter() + "AWSReservedSSO_" +
					name + "_" + suffix.Text()}.String(),
		}
		if len(accounts) > 1 {
			p.ID += " in " + cfn.Shown(account)
		}
		s.permissionSetPolicies(id, p)
		s.l.addOther(p)
	}
}

// identityCenter returns what stands in the path of the roles of permission sets for the Region of
// IAM Identity Center, which is the stack's.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
func (s *stack) identityCenter() string {
	switch {
	case s.region == "us-east-1":
		return ""
	case cfn.HasUnknown(s.region):
		return cfn.Unknown{What: "name", Name: "the Region of IAM Identity Center",
			Shown: "*"}.Text()
	}
	return s.region + "/"
}

// permissionSetPolicies reads the policies of a permission set. Those of the customer's are found
// by their name in the account of the role.
func (s *stack) permissionSetPolicies(id string, p *Principal) {
	if v := s.Template.Resources[id].Property("InlinePolicy"); v != nil {
		p.Identity = append(p.Identity, &Document{
			Kind: IdentityPolicy, Stack: s.File, LogicalID: id,
			Rules: s.rules(id, "InlinePolicy", v), Told: s.toldOf(v),
		})
	}
	for _, arn := range s.texts(id, "ManagedPolicies") {
		s.l.attach(p, arn, s, id)
	}
	switch list := s.property(id, "CustomerManagedPolicyReferences").(type) {
	case nil:
	case []any:
		for _, e := range list {
			reference, _ := e.(cfn.Object)
			s.l.attach(p, s.referenced(reference, p.Account), s, id)
		}
	default:
		unknown := cfn.Unknown{
			What: "policy", Name: "CustomerManagedPolicyReferences", Template: s.label,
			LogicalID: id,
		}
		p.Identity = append(p.Identity, &Document{
			Kind: IdentityPolicy, Stack: s.File, LogicalID: id, Rules: policy.UnreadRules(unknown),
		})
	}
	boundary, _ := s.property(id, "PermissionsBoundary").(cfn.Object)
	arn := asText(boundary.Get("ManagedPolicyArn"))
	if reference, ok := boundary.Get("CustomerManagedPolicyReference").(cfn.Object); ok {
		arn = s.referenced(reference, p.Account)
	}
	if arn != "" {
		p.Boundary = s.l.document(arn, PermissionsBoundary, s, id)
	}
}

// referenced returns the ARN of a customer's managed policy in an account.
func (s *stack) referenced(reference cfn.Object, account string) string {
	path := asText(reference.Get("Path"))
	if path == "" {
		path = "/"
	}
	return arnText{s.partition(), "iam", "", account,
		"policy" + path + asText(reference.Get("Name"))}.String()
}

// organizationPolicy tells of a policy of an organization that may take access to secrets and keys
// away.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func (s *stack) organizationPolicy(id string) {
	kind := map[string]string{"SERVICE_CONTROL_POLICY": "service control policy",
		"RESOURCE_CONTROL_POLICY": "resource control policy"}[s.text(id, "Type")]
	if kind != "" && s.concernsSecrets(id, "Content") {
		s.tell(id,
			fmt.Sprintf("a %s among the resources may take access away; it is not counted", kind))
	}
}

// endpoint tells of a policy of a VPC endpoint that may take access to secrets and keys away.
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
func (s *stack) endpoint(id string) {
	service := s.text(id, "ServiceName")
	ofOthers := !strings.Contains(service, "secretsmanager") && !strings.Contains(service, "kms") &&
		!cfn.HasUnknown(service)
	if s.Template.Resources[id].Property("PolicyDocument") == nil || ofOthers ||
		!s.concernsSecrets(id, "PolicyDocument") {
		return
	}
	s.tell(id,
		"the policy of a VPC endpoint among the resources may take access away; it is not counted")
}

// concernsSecrets says whether a document speaks of Secrets Manager or KMS, or cannot be read. An
// Allow of everything takes nothing away.
func (s *stack) concernsSecrets(id, property string) bool {
	v := s.property(id, property)
	if text, ok := v.(string); ok {
		v, _ = fromJSON(text)
	}
	rules, err := policy.Decode(v)
	if err != nil {
		return true
	}
	all := func(list []string) bool { return len(list) == 1 && list[0] == "*" }
	for i := range rules.Statements {
		r := &rules.Statements[i]
		everything := r.Effect == policy.Allow && all(r.Actions) && all(r.Resources) &&
			!r.NotActions && !r.NotResources && len(r.Conditions) == 0
		concerned := r.NotActions || len(r.Unread) > 0 ||
			slices.ContainsFunc(r.Actions, func(a string) bool {
				before, _, _ := strings.Cut(strings.ToLower(a), "*")
				return overlaps(before, "secretsmanager:") || overlaps(before, "kms:")
			})
		if concerned && !everything {
			return true
		}
	}
	return false
}

// overlaps says whether one of two texts begins with the other.
func overlaps(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }
