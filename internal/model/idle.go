package model

import (
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Idle finds what does nothing in a spec without errors: grants that add nothing to others, and
// keys and principals that nothing uses.
func Idle(m *Model) diag.List {
	found := idleGrants(m)
	referred := sync.OnceValue(m.referredTo)
	for _, e := range m.written.Principals {
		p := m.principals[e.ID.V]
		if m.usedPrincipals[e.ID.V] || p != nil && p.makesSense(referred) {
			continue
		}
		found.Report(diag.NothingUses, e.ID.Span).
			Message("no grant and nothing else of the spec names the principal %q", e.ID).
			Hint("grant it something, or remove it")
	}
	exported := asSet(m.ExportKeys)
	for _, k := range m.keysWritten {
		if m.usedKeys[k.ID] || exported[k] || len(k.Statements) > 0 ||
			referred()[k.LogicalID] {
			continue
		}
		found.Report(diag.NothingUses, k.Span).
			Message("no secret uses the key %q", k.ID).
			Hint("write key: %s at a secret or under defaults, or remove the key", k.ID)
	}
	return found
}

// makesSense says whether a principal has a purpose that no grant gives it: a role that is created
// with policies of its own, or that something in CloudFormation's words refers to.
func (p *Principal) makesSense(referred func() map[string]bool) bool {
	return p.Role != nil && (referred()[p.RoleID] || len(p.written.Role.ManagedPolicyArns) > 0)
}

// referredTo are the logical IDs that functions of the spec name.
func (m *Model) referredTo() map[string]bool {
	names := map[string]bool{}
	m.written.Walk(func(n *yaml.Node) {
		if !n.IsIntrinsic() {
			return
		}
		for _, reference := range cfn.References(cfn.ValueOf(n)) {
			names[reference.Name] = true
		}
	})
	return names
}

// verbGranted is one verb of a written grant.
type verbGranted struct {
	terms *terms
	at    source.Span // of the verb
}

// mostCompared is how many grants of one principal on one secret are compared with each other.
const mostCompared = 64

// grantedTo is who is granted something on what.
type grantedTo struct {
	to     *Principal
	secret *Secret
}

// idleGrants finds verbs of grants that allow nothing but what others allow. Of several that say
// the same the last is found.
func idleGrants(m *Model) diag.List {
	others := m.severalGrants()
	if len(others) == 0 {
		return nil
	}
	var found diag.List
	idle := map[verbGranted]bool{}
	for grants := range verbsBackward(m.Grants) {
		v := grants[0].verbGranted()
		var by *Grant
		isIdle := !slices.ContainsFunc(grants, func(g *Grant) bool {
			others := others[grantedTo{g.To, g.Secret}]
			i := slices.IndexFunc(others[:min(len(others), mostCompared)], func(h *Grant) bool {
				other := h.verbGranted()
				return other != v && !idle[other] && h.includes(g)
			})
			if i < 0 {
				return true
			}
			by = others[i]
			return false
		})
		if isIdle {
			idle[v] = true
			found = append(found, idleGrant(v, grants, by))
		}
	}
	return found
}

// verbGranted returns the verb as it is written.
func (g *Grant) verbGranted() verbGranted { return verbGranted{g.written, g.verbAt} }

// verbsBackward yields the grants of each verb that is written, the last first: they follow each
// other.
func verbsBackward(grants []*Grant) iter.Seq[[]*Grant] {
	return func(yield func([]*Grant) bool) {
		for end := len(grants); end > 0; {
			start := end - 1
			for start > 0 && grants[start-1].verbGranted() == grants[start].verbGranted() {
				start--
			}
			if !yield(grants[start:end]) {
				return
			}
			end = start
		}
	}
}

// severalGrants returns the grants of principals on secrets that have several of them.
func (m *Model) severalGrants() map[grantedTo][]*Grant {
	all := map[grantedTo][]*Grant{}
	var met map[*Principal]bool
	for grants := range m.grantsBySecret() {
		const few = 8
		if len(grants) > few {
			if met == nil {
				met = map[*Principal]bool{}
			}
			clear(met)
		}
		for i, g := range grants {
			isMet := met[g.To]
			if len(grants) <= few {
				isMet = slices.ContainsFunc(grants[:i], func(h *Grant) bool { return h.To == g.To })
			} else {
				met[g.To] = true
			}
			if isMet {
				all[grantedTo{g.To, g.Secret}] = nil
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	for _, g := range m.Grants {
		on := grantedTo{g.To, g.Secret}
		if before, several := all[on]; several {
			all[on] = append(before, g)
		}
	}
	return all
}

// grantsBySecret yields the grants on each secret, in the order of Grants.
func (m *Model) grantsBySecret() iter.Seq[[]*Grant] {
	return func(yield func([]*Grant) bool) {
		ends := make([]int32, len(m.Secrets)+1) // of those on the secret before
		for _, g := range m.Grants {
			ends[g.Secret.Number+1]++
		}
		for i := range m.Secrets {
			ends[i+1] += ends[i]
		}
		sorted := make([]*Grant, len(m.Grants))
		for _, g := range m.Grants {
			end := &ends[g.Secret.Number]
			sorted[*end] = g
			*end++
		}
		begin := int32(0)
		for _, end := range ends[:len(m.Secrets)] {
			if begin < end && !yield(sorted[begin:end:end]) {
				return
			}
			begin = end
		}
	}
}

// idleGrant says that a verb of a grant adds nothing to another grant.
func idleGrant(v verbGranted, grants []*Grant, by *Grant) diag.Diagnostic {
	at, hint := v.at, diag.Words("remove the verb")
	if len(v.terms.allow) == 1 && grants[0].Because.File != nil {
		at, hint = grants[0].Because, "remove it"
	}
	d := diag.Report(diag.GrantAddsNothing, at).
		Message("this grant of %s allows nothing that others do not allow", grants[0].Verb.Name).
		Hint("%s", hint).
		Related(by.Because, "%s is granted here", by.Verb.Name)
	for _, g := range grants {
		d.About(g.Secret.ID)
	}
	return *d
}

// includes says whether a grant certainly allows all that another one of the same principal on the
// same secret does.
func (g *Grant) includes(other *Grant) bool {
	replicates := slices.Contains(other.Verb.OnSecret, "secretsmanager:ReplicateSecretToRegions")
	return includesVerb(g.Verb, other.Verb) &&
		includesAll(g.Stages, other.Stages) &&
		includesAll(g.Regions, other.Regions) &&
		(!replicates || slices.Equal(g.Regions, other.Regions)) &&
		(g.Until == "" || other.Until != "" && g.Until >= other.Until) &&
		(g.When.asks() == "" || g.When.asks() == other.When.asks())
}

// includesVerb says whether a verb certainly allows all that another does.
func includesVerb(v, other *verb.Verb) bool {
	contains := func(list, others []string) bool {
		return !slices.ContainsFunc(others, func(s string) bool {
			return !slices.Contains(list, s)
		})
	}
	return v == other || (v.Purges || !other.Purges) && contains(v.OnSecret, other.OnSecret) &&
		contains(v.Anywhere, other.Anywhere) && contains(v.OnKey, other.OnKey)
}

// includesAll says whether a restriction, which is none where it is empty, lets through what
// another does.
func includesAll(list, others []string) bool {
	return len(list) == 0 || len(others) > 0 &&
		!slices.ContainsFunc(others, func(s string) bool { return !slices.Contains(list, s) })
}

// asks writes the conditions, the same text for the same ones; "" for none.
func (w *When) asks() string {
	text := ""
	for _, c := range w.Condition {
		text += fmt.Sprintf("%q %q %q\n", c.Operator, c.Key, c.Values)
	}
	if len(w.SourceVPCE)+len(w.SourceIP)+len(w.PrincipalTags) > 0 || w.MFA {
		text += fmt.Sprintf("%q %q %v %q", w.SourceVPCE, w.SourceIP, w.MFA, w.PrincipalTags)
	}
	return text
}

// Ended finds the grants that have ended at a time.
func Ended(m *Model, now time.Time) diag.List {
	c := checker{Model: m}
	for t := range c.eachTerms() {
		if end, ok := timeOf(t.until.V); ok && !now.Before(end) {
			c.report(diag.GrantHasEnded, t.until.Span).
				Message("this grant ended at %s, and allows nothing any more",
					end.UTC().Format(time.RFC3339)).
				Hint("remove the grant, or write a later end")
		}
	}
	return c.found
}
