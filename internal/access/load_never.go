package access

import (
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/policy"
)

// tellNever says of statements that allow something which of their conditions can never be met: a
// condition on a key of Secrets Manager or KMS that no request for an action of the statement has.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
func (l *loader) tellNever(all []*Principal) {
	seen := map[*Document]bool{}
	never := map[any][]string{} // keys of conditions, by documents or wordings
	of := func(d *Document) {
		if d == nil || seen[d] || d.Stack == "" {
			return
		}
		seen[d] = true
		keys, known := never[d.words()]
		if !known {
			for i := range d.Rules.Statements {
				keys = append(keys, neverMet(&d.Rules.Statements[i])...)
			}
			never[d.words()] = keys
		}
		for _, key := range keys {
			l.tell(fmt.Sprintf("%s, %s: the condition on %s can never be met: "+
				"no request for what the statement allows has this key", d.Stack, d.LogicalID, key))
		}
	}
	for _, p := range all {
		for _, d := range p.Identity {
			of(d)
		}
	}
	for _, s := range l.secretList {
		for _, d := range s.Policy {
			of(d)
		}
		for _, c := range s.Copies {
			if c.Key != nil {
				of(c.Key.Policy)
			}
		}
	}
}

// neverMet returns the keys of the conditions of a statement that can never be met.
func neverMet(r *policy.Rule) []string {
	if r.Effect != policy.Allow || len(r.Conditions) == 0 || r.Anybody() {
		return nil
	}
	var keys []string
	for i := range r.Conditions {
		c := &r.Conditions[i]
		service, _, _ := strings.Cut(strings.ToLower(c.Key), ":")
		if service != "secretsmanager" && service != "kms" || !c.Refuses(nothing) {
			continue
		}
		if allowed, carried := carriesAny(r, strings.ToLower(c.Key)); allowed && !carried {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// carriesAny says whether a statement may allow some action on secrets and their keys, and whether
// requests for one of these have a condition key.
func carriesAny(r *policy.Rule, key string) (allowed, carried bool) {
	for _, list := range [][]aws.ActionInfo{aws.SecretsManagerActions, aws.KMSActions} {
		for i := range list {
			if !r.MayAllow(list[i].Name) {
				continue
			}
			allowed = true
			if x := (circumstances{carries: list[i].Conditions}); x.carried(key) {
				return true, true
			}
		}
	}
	return allowed, false
}

// nothing is known of a request without condition keys.
func nothing(string) policy.Fact { return absent }
