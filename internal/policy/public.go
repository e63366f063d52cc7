package policy

import (
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// fixing says which part of a value must be fixed for a test on a condition key to hold a statement
// to somebody or to a place.
type fixing uint8

const (
	wholeValue  fixing = iota // an id: all of it
	accountPart               // an ARN: its account, or all of it
	firstPart                 // a path of an organization: the organization
	addressBits               // a range of addresses: it is not the range of all
)

// narrowingKeys are the condition keys, in lower case, on which a test keeps everybody but somebody
// out, and what of a value must be fixed. They are those by which AWS's services tell a public
// policy from one that is not; which of them Secrets Manager's own check of BlockPublicPolicy takes
// is not documented.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
var narrowingKeys = map[string]fixing{
	"aws:principalarn":      accountPart,
	"aws:principalaccount":  wholeValue,
	"aws:principalorgid":    wholeValue,
	"aws:principalorgpaths": firstPart,
	"aws:sourceaccount":     wholeValue,
	"aws:sourcearn":         accountPart,
	"aws:sourcevpc":         wholeValue,
	"aws:sourcevpce":        wholeValue,
	"aws:vpceaccount":       wholeValue,
	"aws:vpceorgid":         wholeValue,
	"aws:sourceip":          addressBits,
	"kms:calleraccount":     wholeValue,
}

// PublicStatement says whether a statement lets everybody in: it allows, its principals take in *,
// as those of Allow with NotPrincipal do, and no test of its conditions narrows that.
//
// A test narrows if it is of one of twelve keys, is not met by a request without the key, and all
// its values are fixed: free of wildcards where its operator knows them, and of policy variables.
// Of an ARN the account must be fixed, or all of it; of a path of an organization, the
// organization; a range of addresses must not be that of all. A value with parts that are known
// only after deployment is fixed, whatever they turn out to be; * is never. A test with IfExists,
// or of ForAllValues, narrows only together with a Null that demands the key.
func PublicStatement(r *Rule) bool {
	p := &r.Principals
	if r.Effect != Allow || !p.written || p.Any == p.Not {
		return false
	}
	for i := range r.Conditions {
		if r.narrows(&r.Conditions[i]) {
			return false
		}
	}
	return true
}

// narrows says whether a test holds the statement to somebody or to a place.
func (r *Rule) narrows(t *ConditionTest) bool {
	of, ok := narrowingKeys[t.key]
	if !ok || t.operator.negated || len(t.Values) == 0 || !t.operator.compares(of) {
		return false
	}
	if (t.ifExists || t.set == forAllValues) && !r.Demands(t.key) {
		return false
	}
	for _, v := range t.Values {
		if !t.fixes(v, of) {
			return false
		}
	}
	return true
}

// Demands says whether a test with Null holds the statement to requests that have a condition key,
// whose case makes no difference.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
func (r *Rule) Demands(key string) bool {
	for i := range r.Conditions {
		t := &r.Conditions[i]
		if strings.EqualFold(t.key, key) && t.operator.compare == presence && !t.null {
			return true
		}
	}
	return false
}

// compares says whether the operator compares values as those of a key are: as texts or as
// addresses.
func (o *operator) compares(of fixing) bool {
	switch o.compare {
	case texts, foldedTexts, patterns, arns:
		return of != addressBits
	case addresses:
		return of == addressBits
	}
	return false
}

// fixes says whether a value stands for somebody or some place.
func (t *ConditionTest) fixes(value string, of fixing) bool {
	if of == addressBits {
		p, ok := prefix(value)
		return cfn.HasUnknown(value) || ok && p.Bits() > 0
	}
	wild := t.operator.compare == patterns || t.operator.compare == arns
	if isFixed(value, wild) {
		return true
	}
	switch of {
	case accountPart:
		const parts, account = 6, 4
		p := strings.SplitN(value, ":", parts)
		return wild && len(p) == parts && p[0] == "arn" && isFixed(p[account], true) &&
			(accountOf(p[account]) != "" || cfn.HasUnknown(p[account]))
	case firstPart:
		organization, _, found := strings.Cut(value, "/")
		return found && isFixed(organization, true)
	}
	return false
}

// isFixed says whether a text is the same for all requests and takes in one value only.
func isFixed(text string, wild bool) bool {
	if strings.Trim(text, "*?") == "" || strings.Contains(text, "${") {
		return false
	}
	return !wild || !strings.ContainsAny(text, "*?")
}
