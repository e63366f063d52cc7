package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Copy returns an estate to which strangers can be added without changing this one.
func (e *Estate) Copy() *Estate {
	out := *e
	out.Taken = slices.Clone(e.Taken)
	out.Worlds = make([]*World, len(e.Worlds))
	for i, w := range e.Worlds {
		one := *w
		one.Principals, one.Secrets = slices.Clone(w.Principals), slices.Clone(w.Secrets)
		out.Worlds[i] = &one
	}
	return &out
}

// AddStranger adds somebody whom no document mentions, by the ARN: a role, a user or the root user
// of an account. Its own policies are out of sight and taken to be none; in another account than
// the secret's, taken to allow what the policy of the secret allows it. The policies of a name that
// documents mention without its path are those of whoever has the name.
func (e *Estate) AddStranger(arn, account string, kind PrincipalKind) {
	p := &Principal{
		ID: arn, Kind: kind, ARN: arn, Account: account, Note: "in no template", SessionTags: true,
	}
	far, known := false, false
	for _, w := range e.Worlds {
		one := *p
		one.AsFar = true
		if namesake := w.namesake(p); namesake != nil {
			known = true
			one = *namesake
			one.ID, one.Also, one.ARN, one.Shown, one.PathUnknown = arn, nil, arn, "", false
		}
		far = far ||
			slices.ContainsFunc(w.Secrets, func(s *Secret) bool { return s.Account != account })
		w.Principals = append(w.Principals, &one)
	}
	switch {
	case known:
		e.Taken = append(e.Taken, Taken{About: arn, Clause: noOther})
	case kind == RolePrincipal || kind == UserPrincipal:
		clause := "is in no template and is taken to have no policies of its own"
		if far {
			clause = "is in no template: its own account is taken to allow it what the policies " +
				"of secrets and keys allow it"
		}
		e.Taken = append(e.Taken, Taken{About: arn, Clause: clause})
	}
}

// namesake returns who has the name of a role or user, or nil: "names are unique within an
// account", whatever their paths.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
func (w *World) namesake(p *Principal) *Principal {
	if p.Kind != RolePrincipal && p.Kind != UserPrincipal || strings.HasSuffix(p.ARN, ":root") {
		return nil
	}
	at := slices.IndexFunc(w.Principals, func(one *Principal) bool {
		return one.Kind == p.Kind && one.Account == p.Account &&
			one.partition() == p.partition() &&
			strings.EqualFold(lastSegment(one.ARN), lastSegment(p.ARN))
	})
	if at < 0 {
		return nil
	}
	return w.Principals[at]
}

// Elsewhere returns the ARN of the role or user that has the name of an ARN and certainly another
// path, since a template makes it; empty: there is none.
func (e *Estate) Elsewhere(arn, account string, kind PrincipalKind) string {
	for _, w := range e.Worlds {
		one := w.namesake(&Principal{Kind: kind, ARN: arn, Account: account})
		if one != nil && one.Note == "" && !one.PathUnknown && areTwo(one.ARN, arn) {
			return cfn.Shown(one.ARN)
		}
	}
	return ""
}

// AddEverybody adds everybody, and everybody of each account that has secrets, whom no document
// mentions.
func (e *Estate) AddEverybody() {
	for _, w := range e.Worlds {
		w.Principals = append(w.Principals,
			&Principal{ID: "everybody", Kind: EverybodyPrincipal, ARN: "*", AsFar: true})
		seen := map[string]bool{}
		for _, s := range w.Secrets {
			if seen[s.Account] {
				continue
			}
			seen[s.Account] = true
			a, _ := splitARN(s.Copies[0].ARN)
			w.Principals = append(w.Principals, &Principal{
				ID: "everybody of account " + cfn.Shown(s.Account), Kind: EverybodyPrincipal,
				Account: s.Account,
				ARN:     arnText{a.partition, "iam", "", s.Account, "root"}.String(),
			})
		}
	}
}

// AddSecret adds a secret that no document names alone, by its ARN.
func (e *Estate) AddSecret(arn, account, region, name string) {
	if before, found := strings.CutSuffix(arn, suffix); found {
		arn = before + "-" +
			cfn.Unknown{What: "suffix", Name: arn, Shown: "??????", Class: cfn.Letters, Min: 6,
				Max: 6}.Text()
	}
	for _, w := range e.Worlds {
		w.Secrets = append(w.Secrets, &Secret{
			ID: cfn.Shown(arn), Name: name, Account: account, Note: "in no template",
			Copies: []Copy{{Region: region, ARN: arn, KeyUnstated: true}},
		})
	}
	e.Taken = append(e.Taken, Taken{
		About:  cfn.Shown(arn),
		Clause: unseen,
	})
}
