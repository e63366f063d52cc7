package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
)

// ofSessions are condition keys that only sessions have which were opened in some way, in lower
// case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session-properties
var ofSessions = []string{
	"aws:federatedprovider", "aws:multifactorauthage", "aws:sourceidentity",
}

// adviseOfSessions says what to do about a grant that does not work because no session of whom it
// is to has what it asks for: MFA, or a key of sessions that were opened in some way.
func adviseOfSessions(d *diag.Diagnostic, g *grants.Permission, whom *access.Principal,
	x *access.Explanation) {
	at := slices.IndexFunc(x.Steps, func(s access.Step) bool { return s.Effect == access.Deny })
	if at < 0 || len(x.Steps[at].By) > 0 {
		return
	}
	asksForMFA := g.When.MFA || strings.Contains(
		strings.ToLower(fmt.Sprint(g.When.Condition)), "aws:multifactorauthpresent")
	if near := x.Steps[at].Near; len(near) > 0 {
		key := near[0].Failed.Key
		if slices.Contains(ofSessions, strings.ToLower(key)) && !whom.Never.MFA {
			d.Hint("no request of %q has %s: leave the condition out, or grant to a role whose "+
				"sessions have it", g.To.ID, key)
			return
		}
		asksForMFA = asksForMFA || strings.EqualFold(key, "aws:MultiFactorAuthAge")
	}
	if asksForMFA && whom.Never.MFA {
		d.Hint("leave MFA out, or let people assume the role, by an account, arn or role in " +
			"assumedBy: no session that a service or an identity provider opens has it")
	}
}
