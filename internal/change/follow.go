package change

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// follow tells the schedules of secrets that are replaced: they are replaced, too.
func (c *comparison) follow() {
	for i := range c.pairs {
		p := &c.pairs[i]
		if p.old == nil || p.new == nil {
			continue
		}
		for _, id := range sortedIDs(p.new.all) {
			old, new := p.old.all[id], side{p.new, id, p.new.all[id]}
			const schedule = "AWS::SecretsManager::RotationSchedule"
			if old == nil || old.Type != schedule || new.res.Type != schedule ||
				c.replaced[new.is()] || !c.isOfReplaced(new) {
				continue
			}
			page := aws.UpdatesOf(schedule).Page
			c.report(new, Resource{Risk: Replaced, Property: "SecretId", Page: page,
				Message: "the secret is replaced, and the rotation schedule with it"})
			if new.value("RotateImmediatelyOnUpdate") != any("false") {
				c.report(new, Resource{Risk: RotatesNow, Property: "SecretId", Page: page,
					Message: "the new secret is rotated as soon as it is deployed, because " +
						"RotateImmediatelyOnUpdate is not false"})
			}
		}
	}
}

// isOfReplaced says whether the secret of a resource is one that is replaced.
func (c *comparison) isOfReplaced(s side) bool {
	for _, ref := range cfn.References(s.res.Property("SecretId")) {
		if c.replaced[side{s.at, ref.Name, nil}.is()] {
			return true
		}
	}
	return false
}

// stayBehind tells what belongs to a secret that is replaced, and names it by a text: it stays with
// the secret before, and the new one has none.
func (c *comparison) stayBehind() {
	const kind = "AWS::SecretsManager::Secret"
	before := map[string]side{}
	for _, r := range c.renamed {
		if r.old.res.Type == kind {
			before[r.old.self()] = r.old
		}
	}
	for i := range c.pairs {
		s := c.pairs[i].new
		if s == nil || len(before) == 0 {
			continue
		}
		for _, id := range sortedIDs(s.all) {
			one := side{s, id, s.all[id]}
			name, isText := one.value("SecretId").(string)
			if behind[one.res.Type] == nil || !isText {
				continue
			}
			is := one.named(kind, name)
			_, isMade := c.guardsOf(1).made[is]
			if old, ok := before[is]; ok && !isMade {
				r := *behind[one.res.Type]
				r.Kind, r.Property = Modified, "SecretId"
				if one.guards() {
					r.Risk = GuardWeaker
				}
				c.report(one, r)
				c.found[len(c.found)-1].Secret = old.secret()
			}
		}
	}
}

// behind are the types of what belongs to a secret, with what it means that it stays behind.
var behind = map[string]*Resource{
	"AWS::SecretsManager::ResourcePolicy": {Risk: AccessGap, Page: aws.PageOfUpdates,
		Message: "the secret is replaced, and the policy names the one before by a text: the " +
			"new one has no policy"},
	"AWS::SecretsManager::RotationSchedule": {Risk: GuardWeaker, Page: aws.PageOfUpdates,
		Message: "the secret is replaced, and the schedule names the one before by a text: the " +
			"new one is not rotated"},
	"AWS::SecretsManager::SecretTargetAttachment": {Risk: AccessGap, Page: aws.PageOfUpdates,
		Message: "the secret is replaced, and the attachment names the one before by a text: " +
			"the new one does not know where the database is"},
}

// guards says whether a resource policy denies something, or public policies are refused.
func (s side) guards() bool {
	block := s.value("BlockPublicPolicy")
	return len(denialsOf(policyOf(s.value("ResourcePolicy")))) > 0 ||
		block != nil && block != any("false")
}
