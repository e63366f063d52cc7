package access

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// texts gives texts numbers: the same text, the same number.
type texts struct {
	mu    sync.Mutex
	known map[string]int32
}

func (t *texts) number(text string) int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.known[text]
	if !ok {
		if t.known == nil {
			t.known = map[string]int32{}
		}
		n = int32(len(t.known))
		t.known[text] = n
	}
	return n
}

// numberOf is number of a text that is still being used for something else.
func (t *texts) numberOf(text []byte) int32 {
	t.mu.Lock()
	n, ok := t.known[string(text)]
	t.mu.Unlock()
	if ok {
		return n
	}
	return t.number(string(text))
}

// classOf describes a place but for its ARN: two places of one description differ, to a document,
// in nothing but what matches their ARNs.
func (a *asker) classOf(b []byte, p *place) []byte {
	s := p.secret
	write := func(words ...string) { // no other words are written the same
		b = binary.AppendUvarint(b, uint64(len(words)))
		for _, w := range words {
			b = appendText(b, w)
		}
	}
	write(s.Account, strconv.Itoa(p.at), s.Function, s.RotationRole, s.Type,
		strconv.FormatBool(s.Rotates),
		strconv.FormatBool(s.KnownTags), strconv.FormatBool(s.Pattern))
	if len(a.tags) > 0 {
		for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
			if a.tags[key] {
				write(key, s.Tags[key])
			}
		}
	}
	for _, d := range s.Policy {
		write("policy", strconv.Itoa(int(a.contentOf(d))))
	}
	for i := range s.Copies {
		c := &s.Copies[i]
		write(c.Region, strconv.FormatBool(c.KeyUnread), strconv.FormatBool(c.KeyUnstated))
		if c.Key != nil && i == 0 && a.keysAsked[c.Key.ARN] {
			write(c.Key.ARN)
		}
		if c.Key != nil {
			write(a.classOfKey(s, c.Key))
		}
	}
	for _, r := range a.rotating[s.ID] {
		write(r.as, r.who)
	}
	return b
}

// rotating is somebody who rotates a secret and stands in no template, or who reads it to rotate
// another one, by the ID.
type rotating struct{ as, who string }

// readRotations notes who rotates which secret, by the ID of the secret.
func (a *asker) readRotations() {
	a.rotating = map[string][]rotating{}
	for _, who := range a.world.Principals {
		if who.Kind != RotationPrincipal {
			continue
		}
		note := func(as string, ids []string) {
			for _, id := range ids {
				if r := (rotating{as, who.ID}); !slices.Contains(a.rotating[id], r) {
					a.rotating[id] = append(a.rotating[id], r)
				}
			}
		}
		note("rotation", who.Reads)
		note("superuser", who.ReadsOnly)
	}
}

// classOfKey describes the key of a secret. Of a key that differs from others in nothing but its
// ARN, the description is that of the others.
func (a *asker) classOfKey(s *Secret, k *Key) string {
	if !isPlainKey(s, k) {
		return fmt.Sprintf("%p", k)
	}
	a.classes.Lock()
	defer a.classes.Unlock()
	if known, ok := a.keyClasses[k]; ok {
		return known
	}
	if a.keyClasses == nil {
		a.keyClasses = map[*Key]string{}
	}
	a.keyClasses[k] = a.classOfPlainKey(k)
	return a.keyClasses[k]
}

func (a *asker) classOfPlainKey(k *Key) string {
	partition := ""
	if arn, ok := splitARN(k.ARN); ok {
		partition = arn.partition
	}
	return fmt.Sprintf("%q %q %q %v %d", partition, k.Account, k.Region, k.Facts,
		a.knownContent(k.Policy))
}

// isPlainKey says whether nothing is told of a key but its policy and what kind of key it is, and
// no other key has to do with its secret.
func isPlainKey(s *Secret, k *Key) bool {
	unread := func(r policy.Rule) bool { return len(r.Unread) > 0 }
	return len(s.Copies) == 1 && k.Known && !k.Outside && !k.Others && k.Policy != nil &&
		len(k.Tags)+len(k.Aliases)+len(k.Told) == 0 &&
		!slices.ContainsFunc(k.Policy.Rules.Statements, unread)
}

// readAsked notes the tags of secrets that some document asks for, by key, and the texts to which
// some holds the key that a call gives a secret.
func (a *asker) readAsked() {
	a.tags, a.keysAsked = map[string]bool{}, map[string]bool{}
	seen := map[any]bool{}
	read := func(d *Document) {
		if d == nil || seen[d.words()] {
			return
		}
		seen[d.words()] = true
		for i := range d.Rules.Statements {
			a.readKeys(&d.Rules.Statements[i])
		}
	}
	of := func(p *Principal) {
		for _, d := range p.Identity {
			read(d)
		}
		read(p.Boundary)
	}
	for _, p := range a.principals {
		of(p)
		for _, twin := range p.twins {
			of(twin)
		}
	}
	for i := range a.places {
		for _, d := range a.places[i].secret.Policy {
			read(d)
		}
	}
}

// readKeys is readAsked of one statement.
func (a *asker) readKeys(r *policy.Rule) {
	for _, key := range r.Keys() {
		if _, tag, found := strings.Cut(key, ":resourcetag/"); found {
			a.tags[tag] = true
		}
	}
	for i := range r.Conditions {
		if !slices.Contains(keyArguments, strings.ToLower(r.Conditions[i].Key)) {
			continue
		}
		for _, value := range r.Conditions[i].Values {
			a.keysAsked[value] = true
		}
	}
}

// contentOf numbers what a document says: the same, the same number.
func (a *asker) contentOf(d *Document) int32 {
	a.classes.Lock()
	defer a.classes.Unlock()
	return a.knownContent(d)
}

// knownContent is contentOf where nobody else asks for classes.
func (a *asker) knownContent(d *Document) int32 {
	if known, ok := a.contents[d.words()]; ok {
		return known
	}
	if a.contents == nil {
		a.contents = map[any]int32{}
	}
	n := a.texts.number(content(d))
	a.contents[d.words()] = n
	return n
}

// content describes what a document says.
func content(d *Document) string {
	var b strings.Builder
	b.WriteString(d.Rules.Version + "\n") // which decides whether there are policy variables
	for i := range d.Rules.Statements {
		r := &d.Rules.Statements[i]
		b.Write(cfn.AppendValue(nil, r.Value, cfn.Format{Compact: true}))
		fmt.Fprintf(&b, "%v\n", r.Unread)
	}
	return b.String()
}

// arnPatterns are the patterns of a document that are compared with the ARNs of secrets, wherever
// they stand.
type arnPatterns struct {
	named    placesByName  // patterns without wildcards by keysOf
	ended    endedPatterns // those of which nobody knows the six characters at their end
	other    []int32       // the others
	patterns []policy.Pattern
	// of each pattern: the lists in which it stands, of resources or of values; which of a list
	// matches makes no difference
	groups [][]int32
	single []int32       // of each pattern the first of these, which most have alone
	lists  []listOf      // by the number of the list, which begins at 1
	texts  []patternText // of patterns
	all    *coverage     // of all documents
	// what the document says depends on the ARN itself, by policy variables
	depends bool
	numbers map[patternText]int32 // of patterns by their texts, while they are read

	sayOnce sync.Once
	says    []int32 // by statement, see saysOf
}

// listOf says where a list of patterns stands: in which statement, and in which of its lists, of
// which that of resources is 0 and the conditions follow.
type listOf struct{ statement, list int32 }

// patternText is a pattern with what compares it: the operator of a condition, or kindOfResource.
type patternText struct{ kind, text string }

// kindOfResource is the kind of the patterns of Resource.
const kindOfResource = "resource"

// isOfSecret says whether a condition key, in lower case, is one of secretKeys.
func isOfSecret(key string) bool { return slices.Contains(secretKeys, key) }

// secretKeys are the condition keys that have the ARN of a secret.
var secretKeys = []string{"kms:encryptioncontext:secretarn", "secretsmanager:secretid"}

func newARNPatterns(d *Document, all *coverage) *arnPatterns {
	out := &arnPatterns{all: all, lists: make([]listOf, 1)}
	out.makeRoom(d)
	for i := range d.Rules.Statements {
		r := &d.Rules.Statements[i]
		group := out.newList(i, 0)
		for j, text := range r.Resources {
			if strings.Contains(text, "${") {
				out.depends = true
			}
			if p := r.ResourcePattern(j); !p.All() {
				out.add(kindOfResource, text, p, group)
			}
		}
		for j := range r.Conditions {
			c := &r.Conditions[j]
			if !isOfSecret(strings.ToLower(c.Key)) {
				continue
			}
			group := out.newList(i, 1+j)
			for k, text := range c.Values {
				p, ok := c.Pattern(k)
				if !ok || strings.Contains(text, "${") {
					out.depends = true
					continue
				}
				out.add(c.Operator, text, p, group)
			}
		}
		out.depends = out.depends || slices.ContainsFunc(r.Variables(), isOfSecret)
	}
	out.numbers = nil
	return out
}

// makeRoom makes room for the patterns of a document.
func (a *arnPatterns) makeRoom(d *Document) {
	n := 0
	for i := range d.Rules.Statements {
		r := &d.Rules.Statements[i]
		n += len(r.Resources)
		for j := range r.Conditions {
			n += len(r.Conditions[j].Values)
		}
	}
	a.numbers = make(map[patternText]int32, n)
	a.patterns, a.texts = make([]policy.Pattern, 0, n), make([]patternText, 0, n)
	a.groups, a.single = make([][]int32, 0, n), make([]int32, 0, n)
}

// newList numbers a list of a statement.
func (a *arnPatterns) newList(statement, list int) int32 {
	a.lists = append(a.lists, listOf{int32(statement), int32(list)})
	return int32(len(a.lists) - 1)
}

// add takes up a pattern of a group: a pattern that is there already is in this group, too.
func (a *arnPatterns) add(kind, text string, p policy.Pattern, group int32) {
	both := patternText{kind, text}
	n, ok := a.numbers[both]
	if !ok {
		n = int32(len(a.patterns))
		a.numbers[both] = n
		a.patterns, a.texts = append(a.patterns, p), append(a.texts, both)
		a.single = append(a.single, group)
		a.groups = append(a.groups, a.single[n:n+1:n+1])
		switch read := a.all.texts.read(text); {
		case read.isName && read.isEnded:
			a.ended.add(read.before, n, cap(a.patterns))
		case read.isName && !cfn.HasUnknown(text):
			var room [mostKeys]string
			for _, key := range appendKeys(room[:0], text) {
				a.named.add(key, n)
			}
		default:
			a.other = append(a.other, n)
		}
	}
	if ok {
		a.groups[n] = append(a.groups[n], group)
	}
}

func (a *asker) patternsOf(d *Document) *arnPatterns {
	key := d.words()
	if have, ok := a.patterns.Load(key); ok {
		return have.(*arnPatterns)
	}
	have, _ := a.patterns.LoadOrStore(key, newARNPatterns(d, &a.coverage))
	return have.(*arnPatterns)
}

// coverage keeps which patterns cover which ARNs where a part of either is unknown, which takes
// long to find out and is asked again for every principal. It is for several goroutines.
type coverage struct {
	texts readTexts
	mu    sync.Mutex
	known map[coverageKey]cfn.Truth
}

// coverageKey is a pattern and an ARN.
type coverageKey struct {
	pattern patternText
	arn     string
}

// mostCovers is how many answers a coverage keeps.
const mostCovers = 1 << 18

// covers says whether a pattern covers an ARN.
func (x *arnPatterns) covers(n int32, arn string) cfn.Truth {
	switch {
	case x.patterns[n].Is(arn):
		return cfn.Yes
	case x.patterns[n].Apart(arn):
		return cfn.No
	}
	if !cfn.HasUnknown(x.texts[n].text) && !cfn.HasUnknown(arn) {
		return x.patterns[n].Covers(arn)
	}
	if x.isOf(n, arn) {
		return cfn.Yes
	}
	key := coverageKey{x.texts[n], arn}
	x.all.mu.Lock()
	known, ok := x.all.known[key]
	x.all.mu.Unlock()
	if ok {
		return known
	}
	known = x.patterns[n].Covers(arn)
	x.all.mu.Lock()
	defer x.all.mu.Unlock()
	if x.all.known == nil {
		x.all.known = map[coverageKey]cfn.Truth{}
	}
	if len(x.all.known) < mostCovers {
		x.all.known[key] = known
	}
	return known
}

// isOf says of a pattern of Resource whether it is the name of the secret that has an ARN, whose
// suffix alone is not known: then it covers the ARN. That is most of what is asked.
func (x *arnPatterns) isOf(n int32, arn string) bool {
	name := x.texts[n].text
	if x.texts[n].kind != kindOfResource || cfn.HasUnknown(name) {
		return false
	}
	before, ok := strings.CutSuffix(name, suffix)
	if !ok || strings.ContainsAny(before, "*?$") {
		return false
	}
	end, ok := strings.CutPrefix(arn, before+"-")
	if !ok || !strings.HasPrefix(end, "\uFDD0") ||
		strings.Index(end, "\uFDD1") != len(end)-len("\uFDD1") {
		return false
	}
	least, most := cfn.LengthOf(end)
	return least == len(suffix)-1 && most == least
}

// askedARN is an ARN that a question is about, with the texts by which names of it are found.
type askedARN struct {
	text string
	keys [mostKeys]string
	many int // how many of keys there are; 0: they are not known yet
	end  arnEnding

	floats, floatsRead bool
}

// floatsFreely says whether a part of the ARN that nobody knows may be anything.
func (a *askedARN) floatsFreely() bool {
	if !a.floatsRead {
		a.floats, a.floatsRead = floatsFreely(a.text), true
	}
	return a.floats
}

// named returns the texts under which the ARN is found.
func (a *askedARN) named() []string {
	if a.many == 0 {
		a.many = len(appendKeys(a.keys[:0], a.text))
	}
	return a.keys[:a.many]
}

// matching adds the numbers of the lists of patterns of which one matches an ARN. The room is for
// these numbers.
func (x *arnPatterns) matching(b []byte, arn *askedARN, room []int32) ([]byte, []int32) {
	if x.depends {
		return appendARN(b, arn.text), room
	}
	groups, sure := x.groupsOf(arn, room[:0])
	if !sure { // what is told of it names the secret, and the secret says the rest
		return appendARN(b, arn.text), groups
	}
	b = binary.AppendUvarint(b, 2*uint64(len(groups)))
	for _, group := range groups {
		b = binary.AppendUvarint(b, uint64(group))
	}
	return b, groups
}

// appendARN adds an ARN such that it cannot be taken for the numbers of lists.
func appendARN(b []byte, arn string) []byte {
	b = binary.AppendUvarint(b, 2*uint64(len(arn))+1)
	return append(b, arn...)
}

// groupsOf returns the lists of patterns of which one matches an ARN, sorted, in the room of met,
// which is empty. It is not sure where that is not known of a pattern, and asks no more of them
// then.
func (x *arnPatterns) groupsOf(arn *askedARN, met []int32) (groups []int32, sure bool) {
	try := func(n int32) bool {
		t := x.covers(n, arn.text)
		if t == cfn.Yes {
			met = append(met, x.groups[n]...)
		}
		return t != cfn.Maybe
	}
	each := func(list []int32) bool {
		for _, n := range list {
			if !try(n) {
				return false
			}
		}
		return true
	}
	switch {
	case len(x.named.list) > 0 && arn.floatsFreely():
		for n := range x.patterns {
			if !try(int32(n)) {
				return met, false
			}
		}
	default:
		if len(x.named.list) > 0 {
			for _, key := range arn.named() {
				for at := x.named.of(key); at >= 0; at = x.named.older[at] {
					if !try(x.named.list[at]) {
						return met, false
					}
				}
			}
		}
		if !x.ended.each(arn, &x.all.texts, try) || !each(x.other) {
			return met, false
		}
	}
	slices.Sort(met)
	return slices.Compact(met), true
}
