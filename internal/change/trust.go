package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// trustOfNew tells that a role which is new, or is there always now, trusts others than services of
// AWS. Whether all of them are in sight is for the comparison of access to say: of these it says
// who may become the role.
func (c *comparison) trustOfNew(s side, kind Kind) {
	if s.res.Type != "AWS::IAM::Role" && !slices.Contains(serverless, s.res.Type) {
		return
	}
	v := s.value("AssumeRolePolicyDocument")
	if v == nil {
		return // of a function the service alone
	}
	statements, isRead := statementsIn(policyOf(v))
	r := Resource{Kind: kind, Risk: Updated, Unknown: true, mayOpen: true, isOfTrust: true,
		Property: "AssumeRolePolicyDocument", trustsOthers: !isRead,
		Page: aws.PageOfPrincipal,
		Message: "the role is new, and others than services and principals in sight may assume " +
			"it: whoever does can do what the role can, and that is not compared"}
	if kind == Modified {
		r.Message = strings.Replace(r.Message, "is new", "comes to be there", 1)
	}
	for _, statement := range statements {
		o, _ := statement.(cfn.Object)
		if o.Get("Effect") == any("Deny") {
			continue
		}
		who, _ := o.Get("Principal").(cfn.Object)
		r.trustsOthers = r.trustsOthers || who == nil || isExpression(who)
		for _, m := range who {
			if m.Key == "Service" {
				continue
			}
			for _, v := range listed(m.Value) {
				text := c.flat(1, s.at, v)
				if m.Key != "AWS" || !strings.HasPrefix(text, "arn:") {
					r.trustsOthers = r.trustsOthers || !s.names(v)
					continue
				}
				r.trusted = append(r.trusted, text)
			}
		}
	}
	if r.trustsOthers || len(r.trusted) > 0 {
		c.report(s, r)
	}
}

// names says whether a value is the ARN of a role or user that the template makes.
func (s side) names(v any) bool {
	kind, _, _ := strings.Cut(s.named("", v), " ")
	return kind == "AWS::IAM::Role" || kind == "AWS::IAM::User"
}

// trustsInSight leaves out roles that are new of which all whom they trust are in sight: that one
// of them may become the role is told apart.
func (r *Report) trustsInSight(seen *sight) {
	var known map[string]bool
	r.Resources = slices.DeleteFunc(r.Resources, func(c ResourceChange) bool {
		if !c.isOfTrust || c.trustsOthers {
			return false
		}
		if known == nil {
			known = map[string]bool{}
			for _, w := range seen.estates[1].Worlds {
				for _, p := range w.Principals {
					isOne := p.Kind == access.RolePrincipal || p.Kind == access.UserPrincipal
					known[p.ARN] = known[p.ARN] || isOne
				}
			}
		}
		return !slices.ContainsFunc(c.trusted, func(arn string) bool { return !known[arn] })
	})
}
