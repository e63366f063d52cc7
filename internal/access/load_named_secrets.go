package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/policy"
)

// nameSecrets takes up the secrets that identity policies name and no template makes.
func (l *loader) nameSecrets() {
	var made *ownARNs
	own := func() *ownARNs { // of the secrets that are there before any is named
		if made == nil {
			made = l.ownARNs(len(l.secretList))
		}
		return made
	}
	for _, who := range l.subjects {
		l.secretsNamedBy(who.p, own)
	}
	for _, p := range l.others {
		l.secretsNamedBy(p, own)
	}
}

// seenName is what a policy names as a secret, with what it is read by.
type seenName struct {
	resource, account, stack string
	explicit                 bool
}

func (l *loader) secretsNamedBy(p *Principal, own func() *ownARNs) {
	for _, d := range p.Identity {
		for i := range d.Rules.Statements {
			r := &d.Rules.Statements[i]
			if r.Effect != policy.Allow || r.NotResources || r.NotActions ||
				d.Stack == "" && d.ARN != "" && len(r.Unread) > 0 {
				continue
			}
			ofSecrets, explicit := speaksOfSecrets(r.Actions)
			if !ofSecrets {
				continue
			}
			for _, resource := range r.Resources {
				if isOwnName(resource, own) || l.isOwnARN(resource) {
					continue
				}
				key := seenName{resource, p.Account, d.Stack, explicit}
				if l.namedSeen[key] {
					continue
				}
				l.namedSeen[key] = true
				if l.impossible(resource) {
					continue
				}
				named := l.namedSecret(resource, p, d, explicit)
				if named != nil && l.secrets[named.Copies[0].ARN] == nil && !own().covers(named) {
					l.addNamed(named)
				}
			}
		}
	}
}

// isOwnName says whether a Resource is the name of a secret of the estate, with wildcards in the
// place of the six characters at its end alone. Most are.
func isOwnName(resource string, own func() *ownARNs) bool {
	before, ok := strings.CutSuffix(resource, suffix)
	return ok && !strings.ContainsAny(before, "*?$") && !cfn.HasUnknown(before) &&
		own().befores[before+"-"]
}

// isOwnARN says whether a Resource is the very ARN of a secret of the estate, as most are that name
// secrets of their own stack.
func (l *loader) isOwnARN(resource string) bool {
	return l.secrets[resource] != nil && !policy.HasSpecial(resource)
}

// speaksOfSecrets says whether some action is one of Secrets Manager, and whether one is written as
// such.
func speaksOfSecrets(actions []string) (some, explicit bool) {
	for _, a := range actions {
		a = strings.ToLower(a)
		before, _, wild := strings.Cut(a, "*")
		explicit = explicit || strings.HasPrefix(a, "secretsmanager:")
		some = some || strings.HasPrefix(a, "secretsmanager:") ||
			wild && strings.HasPrefix("secretsmanager:", before)
	}
	return some, explicit
}

// policyVariable is a variable in a text of a policy.
var policyVariable = lazy.Regexp(`\$\{[^}]*\}`)

// hasVariable says whether a text of a policy has a variable. Most have none.
func hasVariable(text string) bool {
	return strings.Contains(text, "${") && policyVariable.MatchString(text)
}

// withoutVariables returns a text of a policy with a wildcard for each variable.
func withoutVariables(text string) string {
	if !hasVariable(text) {
		return text
	}
	return policyVariable.ReplaceAllString(text, "*")
}

// namedSecret returns the secret or the secrets that a Resource names; nil: it names none, or all
// there are.
func (l *loader) namedSecret(text string, p *Principal, d *Document, explicit bool) *Secret {
	region := l.home().region
	for _, s := range l.stacks {
		if s.File == d.Stack {
			region = s.region
			break
		}
	}
	secret := &Secret{
		ID: cfn.Shown(text), Name: text, Note: byPolicies, Account: p.Account,
		Pattern: hasWildcard(text) || hasVariable(text),
	}
	a, isARN := splitARN(withoutVariables(text))
	if !isARN {
		if !explicit || readableSo(text) {
			return nil
		}
		secret.Copies = []Copy{{Region: region, ARN: text}}
		return secret
	}
	name, ok := strings.CutPrefix(a.resource, "secret:")
	if a.service != "secretsmanager" || !ok || strings.Trim(name, "*?-/") == "" {
		return nil
	}
	secret.Name = name
	if before, found := strings.CutSuffix(name, "-??????"); found {
		secret.Name, a.resource = before, "secret:"+before+"-"+sixCharacters(before, "", "")
		secret.Pattern = hasWildcard(a.String())
	} else if aws.EndsLikeSuffix(name) {
		secret.Name = name[:len(name)-len("-AbCdEf")]
	}
	if a.region != "" && !hasWildcard(a.region) {
		region = a.region
	}
	if a.account != "" && !hasWildcard(a.account) {
		secret.Account = a.account
	}
	secret.Copies = []Copy{{Region: region, ARN: a.String()}}
	return secret
}

// ownARNs are the ARNs of the copies of the estate's secrets.
type ownARNs struct {
	// what stands before the six characters at their ends, which are not known
	befores  map[string]bool
	concrete func() []string // sorted
}

// ownARNs returns the ARNs of the first secrets of the list.
func (l *loader) ownARNs(first int) *ownARNs {
	own := &ownARNs{befores: make(map[string]bool, first)}
	for _, s := range l.secretList[:first] {
		for _, c := range s.Copies {
			if before, ok := beforeSuffix(c.ARN); ok {
				own.befores[concrete(before)] = true
			}
		}
	}
	own.concrete = sync.OnceValue(func() []string {
		var out []string
		for _, s := range l.secretList[:first] {
			for _, c := range s.Copies {
				out = append(out, concrete(c.ARN))
			}
		}
		slices.Sort(out)
		return out
	})
	return own
}

// covers says whether a secret of the estate is among those that a policy names.
func (o *ownARNs) covers(named *Secret) bool {
	pattern := named.Copies[0].ARN
	if before, ok := beforeSuffix(pattern); ok {
		if o.befores[concrete(before)] {
			return true
		}
		pattern = before + "??????"
	}
	pattern = concrete(pattern)
	end := len(pattern) - 6
	ended := end >= 0 && !hasWildcard(pattern[end:]) && o.befores[pattern[:end]]
	if ended || o.befores[pattern+"-"] {
		return true
	}
	literal := pattern
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		literal = pattern[:i]
	}
	all := o.concrete()
	i, _ := slices.BinarySearch(all, literal)
	for ; i < len(all) && strings.HasPrefix(all[i], literal); i++ {
		if matches(pattern, all[i]) {
			return true
		}
	}
	return false
}

// concrete returns a text with characters in the place of unknown parts: the same for the same
// part.
func concrete(s string) string {
	if !cfn.HasUnknown(s) {
		return s
	}
	var b strings.Builder
	for {
		before, text, u, after, found := cfn.CutUnknown(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		// FNV-1a: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
		sum := uint64(14695981039346656037)
		for i := range len(text) {
			sum = (sum ^ uint64(text[i])) * 1099511628211
		}
		for range max(u.Min, 6) {
			b.WriteByte("0123456789abcdef"[sum%16])
			sum = sum/16 | sum%16<<60
		}
		s = after
	}
}

// matches says whether a text matches a pattern of * and ?.
func matches(pattern, text string) bool {
	star, at := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t] && pattern[p] != '*'):
			p, t = p+1, t+1
		case p < len(pattern) && pattern[p] == '*':
			star, at = p, t
			p++
		case star >= 0:
			at++
			p, t = star+1, at
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// addNamed takes up a secret that policies name, unless it is known already.
func (l *loader) addNamed(s *Secret) {
	if l.secrets[s.Copies[0].ARN] != nil ||
		!s.Pattern && s.Name != "" && l.byName[s.Account+" "+s.Copies[0].Region+" "+s.Name] != nil {
		return
	}
	s.Copies[0].KeyUnstated = true
	l.tellUnseen(s)
	if s.Pattern { // no name of one secret
		s.Copies[0].ARN = oneOf(s.Copies[0].ARN)
		l.secretList = append(l.secretList, s)
		l.secrets[s.Copies[0].ARN] = s
		return
	}
	l.add(s)
}

// oneOf returns the ARN of one of the secrets that a pattern matches, of which nobody knows which.
func oneOf(pattern string) string {
	return policy.FillWildcards(pattern, func(i int) cfn.Unknown {
		return cfn.Unknown{What: "pattern", Name: pattern[i:], Shown: pattern[i : i+1]}
	})
}
