package access

import "slices"

// What no template makes does not hang on the conditions of the templates: a role that only exists
// and that a policy names in one world is there in all of them, and so is a secret that a policy
// names.

// share takes up in every world who and what some world mentions and no template makes. Who or what
// a template makes in one world and others only name is one principal or secret, with one ID.
func share(worlds []*loader) {
	if len(worlds) < 2 {
		return
	}
	var all shared
	for _, l := range worlds {
		all.collect(l)
	}
	for _, l := range worlds {
		for i := range all.subjects {
			l.shareSubject(&all.subjects[i])
		}
		for _, p := range all.others {
			l.shareOther(p)
		}
		for i := range all.secrets {
			l.shareSecret(&all.secrets[i])
		}
	}
}

// shared is who and what the worlds of an estate mention.
type shared struct {
	subjects []sharedSubject
	others   []*Principal
	secrets  []sharedSecret

	subjectAt, secretAt map[string]int // places in the lists
	seen                map[string]bool
}

// sharedSubject is a role, user or group by its nameKey, as no template makes it and as one does.
type sharedSubject struct {
	key, kind  string
	only, made *Principal // nil: no world has it so
}

// sharedSecret is likewise a secret by its ARN or name.
type sharedSecret struct {
	key        string
	only, made *Secret
}

// collect adds what a world mentions. What the caller knows beside the templates is in all worlds
// anyway, and patterns and rotations are told by what they are.
func (all *shared) collect(l *loader) {
	if all.seen == nil {
		all.subjectAt, all.secretAt = map[string]int{}, map[string]int{}
		all.seen = map[string]bool{}
	}
	for _, key := range sortedKeys(l.named) {
		who := l.named[key]
		at, ok := all.subjectAt[key]
		if !ok {
			at = len(all.subjects)
			all.subjectAt[key] = at
			all.subjects = append(all.subjects, sharedSubject{key: key, kind: who.kind})
		}
		one := &all.subjects[at]
		switch {
		case who.declared && one.made == nil:
			one.made = who.p
		case !who.declared && (one.only == nil || one.only.PathUnknown && !who.p.PathUnknown):
			one.only = who.p
		}
	}
	for _, p := range l.others {
		if p.Note == byPolicies || p.Kind == EverybodyPrincipal {
			if key := otherKey(p); !all.seen[key] {
				all.seen[key] = true
				all.others = append(all.others, p)
			}
		}
	}
	for _, s := range l.secretList {
		key := s.sharedKey()
		at, ok := all.secretAt[key]
		if !ok {
			at = len(all.secrets)
			all.secretAt[key] = at
			all.secrets = append(all.secrets, sharedSecret{key: key})
		}
		one := &all.secrets[at]
		switch {
		case !s.Copies[0].KeyUnstated && one.made == nil:
			one.made = s
		case s.Copies[0].KeyUnstated && one.only == nil:
			one.only = s
		}
	}
}

// sharedKey is what a secret of several worlds is found by.
func (s *Secret) sharedKey() string {
	if s.Pattern || s.Name == "" {
		return s.Copies[0].ARN
	}
	return s.Account + " " + s.Copies[0].Region + " " + s.Name
}

// shareSubject takes up a role or user, or gives it the ID that it has where a template makes it.
func (l *loader) shareSubject(one *sharedSubject) {
	have := l.named[one.key]
	switch {
	case one.only == nil:
		return
	case have == nil:
		p := &Principal{
			ID: one.only.ID, Also: slices.Clone(one.only.Also), Kind: one.only.Kind,
			ARN: one.only.ARN, Shown: one.only.Shown, Account: one.only.Account,
			Note: one.only.Note, PathUnknown: one.only.PathUnknown,
			SessionTags: one.only.SessionTags, AsFar: one.only.AsFar,
		}
		have = l.addSubject(one.key, one.kind, p)
		have.fromPath = !p.PathUnknown
	case !have.declared:
		have.p.AsFar = have.p.AsFar || one.only.AsFar && have.p.Note == byPolicies
	}
	if one.made != nil && !have.declared && have.p.ID != one.made.ID {
		have.p.Also = append(have.p.Also, have.p.ID)
		have.p.ID = one.made.ID
	}
}

// shareOther takes up a principal that is neither role, user nor group.
func (l *loader) shareOther(p *Principal) {
	l.addOther(&Principal{
		ID: p.ID, Kind: p.Kind, ARN: p.ARN, Shown: p.Shown, Account: p.Account, Note: p.Note,
		SessionTags: p.SessionTags, AsFar: p.AsFar,
	})
}

// shareSecret takes up a secret, or gives it the ID that it has where a template makes it.
func (l *loader) shareSecret(one *sharedSecret) {
	if one.only == nil {
		return
	}
	i := slices.IndexFunc(l.secretList, func(s *Secret) bool { return s.sharedKey() == one.key })
	if i < 0 {
		i = len(l.secretList)
		s := *one.only
		s.Copies = slices.Clone(one.only.Copies)
		s.Policy, s.Told, s.Function, s.RotationRole, s.Rotates = nil, nil, "", "", false
		l.secretList = append(l.secretList, &s)
	}
	if s := l.secretList[i]; one.made != nil && s.Copies[0].KeyUnstated {
		l.retell(s.ID, one.made.ID)
		s.ID = one.made.ID
	}
}

// retell tells under another ID what is told of something.
func (l *loader) retell(old, id string) {
	for t := range l.told {
		if t.About == old && old != id {
			delete(l.told, t)
			t.About = id
			l.told[t] = true
		}
	}
}
