package grants

import (
	"cmp"
	"slices"

	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
)

// statements is what an identity policy must say, sorted by the hashes of the secrets.
type statements struct {
	list    []hashedStatement
	reasons []source.Span
}

// hashedStatement is a statement with the hash of its secret, which decides which part of a divided
// policy it goes to.
type hashedStatement struct {
	hash uint32
	said policy.Said
	odd  *policy.Statement // instead of said, where a statement is no numbers
}

// identityWords are what identity policies in one stack say, by their numbers.
type identityWords struct {
	abouts map[*model.Secret]about
	terms  memo[termsKey, []int32]
	keys   memo[identityKeyUse, keyWording]
}

// about is the number of a secret's ARN, and whether that is exact.
type about struct {
	number int32
	exact  bool
}

// identityKeyUse is what a statement on a key depends on beside the secret that it may be pinned
// to.
type identityKeyUse struct {
	key    *model.Key
	region string
	verb   *verb.Verb
	via    viaKey
	pin    string
}

// keyWording is the number of what is said of the use of a key and, where that is not pinned, of
// the key.
type keyWording struct{ number, about int32 }

// statements returns what an identity policy must say.
func (p *placer) statements(id *identity) *statements {
	out := &statements{reasons: make([]source.Span, 0, len(id.permissions)+len(id.others))}
	out.list = make([]hashedStatement, 0, 2*len(id.permissions)+len(id.others))
	at := stackOf(id.to)
	for _, s := range id.others {
		p.say(out, 0, s)
	}
	for _, g := range id.permissions {
		p.sayOf(out, g, at)
	}
	slices.SortFunc(out.list,
		func(a, b hashedStatement) int { return cmp.Compare(a.hash, b.hash) })
	return out
}

// say adds any statement.
func (p *placer) say(out *statements, hash uint32, s policy.Statement) {
	one := hashedStatement{hash: hash, odd: &s}
	if p.kept != nil && len(s.Because) == 1 {
		if number, about, ok := p.merger.Wording(s); ok {
			out.reasons = append(out.reasons, s.Because[0])
			one.odd = nil
			one.said = policy.Said{Wording: number, About: p.merger.Text(about),
				Reason: int32(len(out.reasons) - 1)}
		}
	}
	out.list = append(out.list, one)
}

// sayOf adds what a permission says.
func (p *placer) sayOf(out *statements, g *Permission, at model.Stack) {
	hash, conditions := g.Secret.Hash(), conditionsOf(g)
	if p.kept == nil || !p.sayInNumbers(out, hash, g, conditions, at) {
		for _, s := range p.onSecret(g, conditions, at) {
			p.say(out, hash, s)
		}
		for _, u := range p.keyUses(g) {
			for _, s := range p.onKeyByIdentity(g, u, at) {
				p.say(out, hash, s)
			}
		}
	}
	if s, ok := p.onFunction(g); ok {
		p.say(out, hash, s)
	}
}

// sayInNumbers adds what a permission says on the secret and its keys, without writing a statement.
// It adds nothing, and says so, where a wording is none that a Merger takes.
func (p *placer) sayInNumbers(
	out *statements, hash uint32, g *Permission, c policy.Conditions, at model.Stack,
) bool {
	words := p.kept.in[at]
	if words == nil {
		words = &identityWords{abouts: map[*model.Secret]about{}}
		p.kept.in[at] = words
	}
	before := len(out.list)
	reason := int32(len(out.reasons))
	add := func(wording, about int32) {
		out.list = append(out.list, hashedStatement{hash: hash, said: policy.Said{
			Wording: wording, About: about, Reason: reason}})
	}
	itself := p.aboutSecret(words, g.Secret, at)
	ok := true
	if g.AtHome(g.Secret.Home(p.m)) {
		for _, w := range p.wordingsOf(words, g, false, c, at) {
			ok = ok && w >= 0
			add(w, itself.number)
		}
	}
	for _, region := range g.copies() {
		arn := p.merger.Text(p.replica(g.Secret, region, at))
		for _, w := range p.wordingsOf(words, g, true, c, at) {
			ok = ok && w >= 0
			add(w, arn)
		}
	}
	if !ok {
		out.list = out.list[:before]
		return false
	}
	for _, u := range p.keyUses(g) {
		w := p.keyWordingOf(words, g, u, itself.exact, at)
		if w.about >= 0 {
			add(w.number, w.about)
			continue
		}
		add(w.number, itself.number)
		if u.replica != "" { // which may be named, too
			add(w.number, p.merger.Text(p.replica(g.Secret, u.replica, at)))
		}
	}
	out.reasons = append(out.reasons, g.Because)
	return true
}

// aboutSecret returns the number of a secret's ARN as a stack says it.
func (p *placer) aboutSecret(words *identityWords, s *model.Secret, at model.Stack) about {
	known, ok := words.abouts[s]
	if !ok {
		arn, exact, _ := p.secret(s, at)
		known = about{p.merger.Text(arn), exact}
		words.abouts[s] = known
	}
	return known
}

// wordingsOf returns the numbers of the terms of a permission; -1 stands for what no Merger takes.
func (p *placer) wordingsOf(
	words *identityWords, g *Permission, copies bool, c policy.Conditions, at model.Stack,
) []int32 {
	key := p.termsFor(g, copies, c, at)
	numbers, ok := words.terms.get(key)
	if ok {
		return numbers
	}
	for _, t := range p.termsOf(g, copies, c, at) {
		number, _, ok := p.merger.Wording(allow(g, t.actions, "*", t.conditions))
		if !ok || p.merger.Pins(number) { // by a condition of the grant's own
			number = -1
		}
		numbers = append(numbers, number)
	}
	words.terms.put(key, numbers)
	return numbers
}

// keyWordingOf returns what is said of a use of a key: about it or, if that is -1, pinned to the
// secret, whose ARN is exact or not.
func (p *placer) keyWordingOf(
	words *identityWords, g *Permission, u keyUse, exact bool, at model.Stack,
) keyWording {
	key := identityKeyUse{key: u.key, region: u.region, verb: g.Verb,
		via: viaKey{u.replica, p.home(g.Secret)}}
	if u.key.Pin || !p.isExact(u.key, u.region, at) {
		key.pin = pinOperator(exact)
	}
	known, ok := words.keys.get(key)
	if ok {
		return known
	}
	known.about = -1
	for _, s := range p.onKeyByIdentity(g, u, at) {
		about := ""
		if key.pin != "" { // to one of what it may be pinned to
			s.Condition = s.Condition.Pinned("")
		}
		known.number, about, _ = p.merger.Wording(s)
		if key.pin == "" {
			known.about = p.merger.Text(about)
		}
	}
	words.keys.put(key, known)
	return known
}
