package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// gone notes what becomes of the resources that leave their stacks.
func (c *comparison) gone() {
	for _, s := range c.removed {
		r := removal(s)
		if s.at.pair.new == nil {
			r.Message = "once the stack is deleted, " + r.Message
		}
		c.report(s, r)
		c.lostGuards(s)
	}
}

// removal says what becomes of a resource that leaves its stack. What the template before states is
// what CloudFormation does.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func removal(s side) Resource {
	r := Resource{Kind: Removed, Risk: Deleted, Page: aws.PageOfDeletionPolicy}
	table := aws.UpdatesOf(s.res.Type)
	what := "the resource"
	if table != nil {
		what = table.What
	}
	switch {
	case s.retains("DeletionPolicy"):
		r.Risk = Orphaned
		r.Message = what + " leaves the stack and stays in the account, where nothing manages it"
		if table != nil && table.IsPolicy {
			r.Message = what + " leaves the stack and stays in effect, where nothing manages it"
		}
	case s.res.Type == "AWS::SecretsManager::Secret":
		r.Risk = ValueLost
		r.Message = what + " is deleted with its value, without the days in which it could be " +
			"restored"
	case s.res.Type == "AWS::KMS::Key" || s.res.Type == "AWS::KMS::ReplicaKey":
		r.Page = aws.PageOfDeletedKey
		r.Message = what + " is deleted after its waiting period, and nothing that it encrypts " +
			"can be read from now on"
	case s.letsRotate():
		r.Risk = AccessGap
		r.Message = what + " is deleted, and Secrets Manager may not call the function any more " +
			"that rotates secrets"
	case s.res.Type == "AWS::SecretsManager::SecretTargetAttachment":
		r.Page = table.Page
		r.Message = what + " is deleted, and the connection to the database leaves the value of " +
			"the secret"
	case table == nil:
		r.Unknown = true
		r.Message = what + " is deleted; what that does is not known of its type"
	default:
		r.Message = what + " is deleted"
	}
	return r
}

// lostGuards notes what a policy that goes has protected.
func (c *comparison) lostGuards(s side) {
	for _, r := range c.guardsLostWith(s) {
		r.Kind = Removed
		c.report(s, r)
	}
}

// guardsLostWith returns what a policy protects, where it is gone.
func (c *comparison) guardsLostWith(s side) (lost []Resource) {
	table := aws.UpdatesOf(s.res.Type)
	if table == nil || s.retains("DeletionPolicy") {
		return nil
	}
	for _, p := range table.Properties {
		v := formed(s.value(p.Name), p.Form)
		switch {
		case p.Form == aws.OfPolicy && table.IsPolicy && c.isDeniedLess(s, p.Name, v):
			lost = append(lost, Resource{Risk: GuardWeaker, Property: p.Name,
				Page: aws.PageOfDeny, Policy: true,
				Message: "what " + table.What + " denies is denied no more"})
		case p.Name == "BlockPublicPolicy" && v != nil && v != any("false"):
			lost = append(lost, Resource{Risk: GuardWeaker, Property: p.Name,
				Page: p.Page, Message: "nothing refuses a public policy any more"})
		}
	}
	return lost
}

// new notes the resources that come.
func (c *comparison) new() {
	for _, s := range c.added {
		if c.collides(s) {
			continue
		}
		r := Resource{Kind: Added, Risk: Updated, Page: aws.PageOfUpdates}
		table := aws.UpdatesOf(s.res.Type)
		switch {
		case c.mayOpen(s):
			r.Unknown, r.mayOpen = true, true
			r.Message = "the resource is new; what it makes or allows is not known"
		case table == nil:
			r.Unknown = true
			r.Message = "the resource is new; what it does is not known of its type"
		case c.rotatesExisting(s):
			r.Risk, r.Page = RotatesNow, table.Page
			r.Message = "the secret is rotated as soon as the schedule is deployed, because " +
				"RotateImmediatelyOnUpdate is not false"
		default:
			r.Page, r.Message = table.Page, table.What+" is new"
		}
		if c.callOfRotation(s, Added) {
			continue
		}
		c.brings(s, &r)
		c.report(s, r)
		c.trustOfNew(s, Added)
	}
	for _, r := range c.renamed {
		c.collides(r.new)
	}
}

// rotatesExisting says whether a new schedule rotates a secret that is there already.
func (c *comparison) rotatesExisting(s side) bool {
	if s.res.Type != "AWS::SecretsManager::RotationSchedule" ||
		s.value("RotateImmediatelyOnUpdate") == any("false") {
		return false
	}
	for _, ref := range cfn.References(s.res.Property("SecretId")) {
		if s.at.all[ref.Name] == nil {
			continue
		}
		old := s.at.pair.old
		return old != nil && old.all[ref.Name] != nil
	}
	return true
}

// brings notes which policies something new has: whether they let somebody do more than is asked
// about is for the comparison of access to say.
func (c *comparison) brings(s side, r *Resource) {
	if r.mayOpen || r.Risk != Updated {
		return
	}
	table := aws.UpdatesOf(s.res.Type)
	switch {
	case slices.Contains(serverless, s.res.Type):
		if s.res.Property("Policies") == nil {
			return
		}
		r.Unknown, r.Policy, r.attaches, r.isOfSecrets = false, true, true, true
		r.what, r.isOpaque = "the resource", !c.serverlessInSight(s)
	case s.res.Type == "AWS::Lambda::Permission":
		if !s.letsInvoke() {
			r.Unknown, r.mayOpen = true, true
			r.Message = "the permission is new; what it lets others do with the function is not " +
				"compared"
		}
	case table == nil:
	case table.IsPolicy && s.onlyDenies():
	case table.IsPolicy:
		r.Policy, r.isOfSecrets, r.what = true, s.isOfSecrets(table), table.What
		r.ownersKnown = s.value("Groups") == nil && s.value("GroupName") == nil
		if !r.isOfSecrets {
			r.Message += "; what it says of anything but access to secrets is not compared"
		}
	case strings.HasPrefix(s.res.Type, "AWS::IAM::"):
		arns, groups := s.value("ManagedPolicyArns"), s.value("Groups")
		if s.res.Type == "AWS::IAM::UserToGroupAddition" {
			groups = s.value("GroupName")
		}
		if arns == nil && groups == nil && s.value("Policies") == nil {
			return
		}
		r.Policy, r.attaches, r.isOfSecrets, r.what = true, true, true, table.What
		r.isOwnWords = true
		r.isOpaque = !c.isInSight(1, s, "ManagedPolicyArns", listed(arns), true) ||
			!c.isInSight(1, s, "Groups", listed(groups), true)
	}
}

// onlyDenies says whether a policy lets nobody do anything.
func (s side) onlyDenies() bool {
	list, isRead := statementsIn(policyOf(s.value(documentOfPolicy(s))))
	return isRead && !slices.ContainsFunc(list, func(v any) bool {
		o, _ := v.(cfn.Object)
		return o.Get("Effect") != any("Deny")
	})
}

// letsInvoke says whether a permission lets somebody call a function, and nothing else.
func (s side) letsInvoke() bool {
	action, _ := s.value("Action").(string)
	action = strings.ToLower(action)
	return action == "lambda:invokefunction" || action == "lambda:invokefunctionurl"
}

// isOfSecrets says whether the comparison of access says all that a policy does.
func (s side) isOfSecrets(table *aws.TypeUpdates) bool {
	return !slices.ContainsFunc(table.Properties, func(p aws.PropertyUpdate) bool {
		new := formed(s.value(p.Name), p.Form)
		return p.Form == aws.OfPolicy && !isOfSecrets(changedProperty{PropertyUpdate: p, new: new})
	})
}

// letsRotate says whether a resource lets Secrets Manager call a function.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
func (s side) letsRotate() bool {
	return s.res.Type == "AWS::Lambda::Permission" &&
		s.value("Principal") == any("secretsmanager.amazonaws.com")
}
