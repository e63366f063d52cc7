package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// index finds the statements of a document that may speak of a request, without reading all of
// them: a policy may name thousands of secrets.
type index struct {
	// statements by what they name: a resource, or where they are pinned to secrets by the
	// encryption context, such a secret
	named map[string][]int
	// those whose names have an account or Region that nobody knows: they may be about one that is
	// known
	floating []int
	other    []int // statements that cannot be found by a name
}

// accounts returns the accounts of whom the statements of a policy name, sorted.
func (d *Document) accounts() []string {
	d.readAccounts()
	return d.named
}

// roots returns the accounts that the statements of a policy name as a whole, sorted.
func (d *Document) roots() []string {
	d.readAccounts()
	return d.wholes
}

func (d *Document) readAccounts() {
	d.onceNamed.Do(func() {
		for i := range d.Rules.Statements {
			for _, id := range d.Rules.Statements[i].Principals.AWS {
				account := id
				if a, ok := splitARN(id); ok {
					account = a.account
				} else if aws.AccountID(id) != "" {
					continue
				}
				d.named = append(d.named, account)
				if isAccount(id) {
					d.wholes = append(d.wholes, account)
				}
			}
		}
		slices.Sort(d.named)
		slices.Sort(d.wholes)
		d.named, d.wholes = slices.Compact(d.named), slices.Compact(d.wholes)
	})
}

// suffix is what Secrets Manager appends to a secret's name, as policies write it.
const suffix = "-??????"

// encryptionContext is the condition key by which statements about a key are pinned to secrets.
const encryptionContext = "kms:EncryptionContext:SecretARN"

func newIndex(rules policy.Rules) *index {
	x := &index{named: map[string][]int{}}
	for i := range rules.Statements {
		names, ok := namesIn(&rules.Statements[i])
		if !ok {
			x.other = append(x.other, i)
			continue
		}
		floats := false
		for _, name := range names {
			floats = floats || cfn.HasUnknown(strings.TrimSuffix(name, suffix))
			for _, key := range keysOf(name) {
				x.named[key] = append(x.named[key], i)
			}
		}
		if floats {
			x.floating = append(x.floating, i)
		}
	}
	return x
}

// namesIn returns everything that a statement speaks of, if it speaks of nothing but what has a
// name: a text without wildcards, or one whose only wildcards are the suffix of a secret.
func namesIn(r *policy.Rule) ([]string, bool) {
	for i := range r.Conditions {
		c := &r.Conditions[i]
		if strings.EqualFold(c.Key, encryptionContext) &&
			(c.Operator == "StringEquals" || c.Operator == "StringLike") {
			if names, ok := plain(c.Values); ok {
				return names, true
			}
		}
	}
	if r.NotResources || len(r.Resources) == 0 {
		return nil, false
	}
	return plain(r.Resources)
}

// plain returns patterns if all of them are names. An ARN of fewer than six parts is none: IAM
// completes it with wildcards. Nor is one that may be any text, since nobody knows a part of it.
func plain(patterns []string) ([]string, bool) {
	for _, p := range patterns {
		if !isName(p) {
			return nil, false
		}
	}
	return patterns, true
}

// isName says whether a pattern is a name, as plain has it.
func isName(p string) bool {
	return !policy.HasSpecial(strings.TrimSuffix(p, suffix)) &&
		strings.Count(p, ":") >= 5 && !floatsFreely(p)
}

// floatsFreely says whether a part of a text that nobody knows may be anything.
func floatsFreely(s string) bool {
	return !cfn.OnlyKinds(s, "suffix", "account", "region", "name")
}

// keysOf returns the texts under which a name is found. Two names that may be the same have one in
// common: the name itself, the name without the six characters at its end, without what
// CloudFormation appends to a logical ID, and of a key the ARN without its id.
func keysOf(name string) []string { return appendKeys(make([]string, 0, mostKeys), name) }

// mostKeys is how many keys a name has at most.
const mostKeys = 3

// appendKeys adds what keysOf returns.
func appendKeys(out []string, name string) []string {
	out = append(out, name)
	if at := strings.Index(name, ":key/"); at >= 0 {
		return append(out, name[:at+len(":key/")])
	}
	base, ok := withoutLast(name, 6, 6)
	if !ok {
		return out
	}
	out = append(out, base)
	for _, length := range []int{12, 13} {
		if made, ok := withoutLast(base, length, length); ok {
			return append(out, made)
		}
	}
	return out
}

// withoutLast takes away a hyphen and a number of characters at the end of a text, which may be a
// part that nobody knows.
func withoutLast(s string, least, most int) (string, bool) {
	if before, found := strings.CutSuffix(s, suffix); found && least == len(suffix)-1 {
		return before, true
	}
	if strings.HasSuffix(s, "\uFDD1") {
		if end := strings.LastIndex(s, "\uFDD0"); end > 0 {
			if s[end-1] != '-' {
				return "", false
			}
			return s[:end-1], true
		}
	}
	at := len(s) - most - 1
	if at <= 0 || s[at] != '-' || strings.ContainsAny(s[at+1:], ":/") {
		return "", false
	}
	return s[:at], true
}

// about returns the statements of a document that may speak of a resource, or of a key for a
// secret.
func (d *Document) about(resource, secret string) policy.Rules {
	const small = 8 // what is not worth an index
	if len(d.Rules.Statements) <= small || floatsFreely(resource) || floatsFreely(secret) {
		return d.Rules
	}
	d.once.Do(func() { d.index = newIndex(d.Rules) })
	if len(d.index.other) == len(d.Rules.Statements) {
		return d.Rules
	}
	out := policy.Rules{Version: d.Rules.Version, ID: d.Rules.ID}
	seen := map[int]bool{}
	add := func(list []int) {
		for _, i := range list {
			if !seen[i] {
				seen[i] = true
				out.Statements = append(out.Statements, d.Rules.Statements[i])
			}
		}
	}
	for _, name := range []string{resource, secret} {
		if name != "" {
			for _, key := range keysOf(name) {
				add(d.index.named[key])
			}
		}
	}
	if !strings.Contains(resource, "\uFDD0") || !strings.Contains(secret, "\uFDD0") {
		add(d.index.floating)
	}
	add(d.index.other)
	return out
}
