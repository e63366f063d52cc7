package change

import (
	"slices"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// attributes compares what CloudFormation itself does with a resource, and what is no attribute of
// all resources: of those of a transform, and of what a macro makes a resource of.
func (c *comparison) attributes(old, new side) {
	for _, a := range []struct{ name, page, message string }{
		{"DeletionPolicy", aws.PageOfDeletionPolicy,
			"DeletionPolicy protects less than before: what leaves the stack is gone"},
		{"UpdateReplacePolicy", aws.PageOfReplacePolicy,
			"UpdateReplacePolicy protects less than before: what is replaced is gone"},
	} {
		before, wasKnown := old.keeps(a.name)
		after, isKnown := new.keeps(a.name)
		switch {
		case !wasKnown || !isKnown:
			if !same(old.canonical(a.name), new.canonical(a.name)) {
				c.report(new, Resource{Risk: Updated, Property: a.name, Page: a.page,
					Unknown: true, Message: a.name + " changes, and what it is hangs on " +
						"something that is known at the deployment"})
			}
		case before > after:
			c.report(new, Resource{Risk: GuardWeaker, Property: a.name, Page: a.page,
				Message: a.message})
		case before < after:
			c.report(new, Resource{Risk: Updated, Property: a.name, Page: a.page,
				Message: a.name + " protects more than before"})
		}
	}
	for _, name := range []string{"CreationPolicy", "UpdatePolicy"} {
		if !same(old.canonical(name), new.canonical(name)) {
			c.report(new, Resource{Risk: Updated, Property: name, Page: aws.PageOfUpdates,
				Message: name + " changes"})
		}
	}
	c.otherAttributes(old, new)
}

// otherAttributes tells what stands beside the attributes that CloudFormation has, and changes.
func (c *comparison) otherAttributes(old, new side) {
	var names []string
	for _, m := range slices.Concat(attributesOf(old.res), attributesOf(new.res)) {
		if !slices.Contains(attributeOrder, m.Key) && m.Key != "CreationPolicy" &&
			m.Key != "UpdatePolicy" && m.Key != "Description" {
			names = append(names, m.Key)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		before, after := old.canonical(name), new.canonical(name)
		if same(before, after) && !isUnread(before) {
			continue
		}
		r := Resource{Risk: Updated, Property: name, Page: aws.PageOfUpdates, Unknown: true,
			Message: "what stands beside the resource's properties changes; what a transform " +
				"makes of it is not known"}
		if name == "Fn::Transform" {
			r.Page, r.Message = aws.PageOfTransform, "what a macro is given changes; what it "+
				"makes of it is not known"
		}
		c.report(new, r)
	}
}

// canonical returns an attribute in canonical form.
func (s side) canonical(attribute string) any { return s.at.read.value(s.attribute(attribute)) }

// keeps says how much an attribute for what leaves a stack keeps: nothing, a snapshot, all. A
// parameter has its default; false: it is not known.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func (s side) keeps(attribute string) (much int, known bool) {
	policy := s.at.read.byDefault(s.canonical(attribute))
	switch policy {
	case any("Retain"), any("RetainExceptOnCreate"):
		return 2, true
	case any("Snapshot"):
		return 1, true
	}
	return 0, !isExpression(policy)
}

// retains says whether a resource certainly stays in the account when it leaves the stack, or by
// UpdateReplacePolicy when it is replaced.
func (s side) retains(attribute string) bool {
	much, _ := s.keeps(attribute)
	return much == 2
}

// condition compares the conditions under which a resource is there.
func (c *comparison) condition(old, new side) {
	before, _ := old.attribute("Condition").(string)
	after, _ := new.attribute("Condition").(string)
	now := new.at.read.condition(after)
	switch {
	case old.at.read.condition(before) == now:
	case now == "":
		c.report(new, Resource{Risk: Updated, Property: "Condition", Page: aws.PageOfConditions,
			attaches: new.letsIn(),
			Message:  "the resource has no condition any more, and is there always"})
		c.trustOfNew(new, Modified)
	case new.at.pair.isDefaultAlone(before, after) && (old.at.holdsByDefault(before) == cfn.No ||
		new.at.holdsByDefault(after) == cfn.Yes):
		c.report(new, Resource{Risk: Updated, Property: "Condition", Page: aws.PageOfConditions,
			Message: "the condition of the resource hangs on a parameter that has another default"})
	case before != "" && new.at.pair.follows(before, after):
		c.report(new, Resource{Risk: Updated, Property: "Condition", Page: aws.PageOfConditions,
			attaches: new.letsIn(), Message: "the resource has another condition, " +
				"which holds wherever that before did"})
		c.trustOfNew(new, Modified)
	default:
		r := removal(old)
		r.Kind, r.Property, r.Page = Modified, "Condition", aws.PageOfConditions
		r.Message = "the resource has another condition; where that does not hold any more, " +
			r.Message
		c.report(new, r)
		if old.retains("DeletionPolicy") {
			c.switchedOff = append(c.switchedOff, old)
		}
		for _, lost := range c.guardsLostWith(old) {
			lost.Message = "the resource has another condition; where that does not hold any " +
				"more, " + lost.Message
			c.report(new, lost)
		}
	}
}
