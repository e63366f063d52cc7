package access

import (
	"strings"

	"github.com/secretctl/secretctl/internal/policy"
)

// index finds the statements of a document that may speak of a request, without reading all of them: a policy may name thousands of secrets.
type index struct {
	named map[string][]int // statements by what they name: a resource, or where they are pinned to secrets by the encryption context, such a secret
	other []int            // statements that cannot be found by a name
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
		for _, name := range names {
			x.named[name] = append(x.named[name], i)
		}
	}
	return x
}

// namesIn returns everything that a statement speaks of, if it speaks of nothing but what has a name: a text without wildcards, or one whose only
// wildcards are the suffix of a secret.
func namesIn(r *policy.Rule) ([]string, bool) {
	for i := range r.Conditions {
		c := &r.Conditions[i]
		if strings.EqualFold(c.Key, encryptionContext) && (c.Operator == "StringEquals" || c.Operator == "StringLike") {
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

// plain returns patterns if all of them are names. An ARN of fewer than six parts is none: IAM completes it with wildcards.
func plain(patterns []string) ([]string, bool) {
	for _, p := range patterns {
		if strings.ContainsAny(strings.TrimSuffix(p, suffix), "*?$") || strings.Count(p, ":") < 5 {
			return nil, false
		}
	}
	return patterns, true
}

// about returns the statements of a document that may speak of a resource, or of a key for a secret.
func (d *Document) about(resource, secret string) policy.Rules {
	const small = 8 // what is not worth an index
	if len(d.Rules.Statements) <= small {
		return d.Rules
	}
	d.once.Do(func() { d.index = newIndex(d.Rules) })
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
			add(d.index.named[name])
			if n := len(name) - len(suffix); n > 0 && name[n] == '-' {
				add(d.index.named[name[:n]+suffix])
			}
		}
	}
	add(d.index.other)
	return out
}
