package spec

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/mask"
	"github.com/secretctl/secretctl/internal/parallel"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/verb"
	"github.com/secretctl/secretctl/internal/yaml"
)

// decoder turns nodes into the typed spec. It says nothing about shapes itself: a node of a wrong
// shape is rejected, and the JSON Schema, which is the one place that describes shapes, then says
// what is wrong with it. What no schema says well (exactly one of several, intrinsic functions) the
// decoder finds itself.
type decoder struct {
	top         bool                  // the next Entries or List is one of the document's own
	key         *yaml.Node            // in front of the next value; nil for an item of a list
	rejected    bool                  // the schema has something to say
	entries     []yaml.Pair           // rejected ones of sections; those of lists have no Key
	suggestions map[*yaml.Node]*shape // see suggest
	chosen      map[*yaml.Node]bool   // what is stated for the environment alone
	hidden      []*yaml.Node          // below properties that only sound like secret values
	inner       *decoder              // of one entry at a time
	found       diag.List
	unread      []unread // properties that could not be read
}

// decodable is what decodes itself; everything else is a struct that is decoded by its tags.
type decodable interface{ decode(*decoder, *yaml.Node) }

// reject notes that the schema has something to say about n.
func (d *decoder) reject(n *yaml.Node) { d.rejected = true }

func (d *decoder) value(into any, n *yaml.Node) {
	if own, ok := into.(decodable); ok {
		own.decode(d, n)
		return
	}
	d.structure(into, n)
}

// suggest remembers for the messages of the schema which shape a rejected node has to do with: of a
// key, the shape that it was looked up in; of a node that is no mapping, the shape it should have.
func (d *decoder) suggest(n *yaml.Node, s *shape) {
	if d.suggestions == nil {
		d.suggestions = map[*yaml.Node]*shape{}
	}
	d.suggestions[n] = s
}

// item decodes one entry of a map, or one item of a list.
func (d *decoder) item(into any, n *yaml.Node) {
	if d.top {
		d.entry(into, n)
		return
	}
	d.value(into, n)
}

// share is how many entries of a section are decoded at once, one after the other.
const share = 128

// inShares says whether so many entries or items are decoded on all processors: those of a large
// section.
func (d *decoder) inShares(n int) bool { return d.top && n >= 2*share }

// each calls f for each of so many entries or items on all processors, each share of them by a
// decoder of its own.
func (d *decoder) each(n int, f func(d *decoder, i int)) {
	parts := make([]decoder, (n+share-1)/share)
	parallel.Each(len(parts), func(k int) {
		part := &parts[k]
		part.top, part.chosen = true, d.chosen
		for i := k * share; i < min(n, (k+1)*share); i++ {
			f(part, i)
		}
	})
	for i := range parts {
		d.add(&parts[i])
	}
}

// add takes over what another decoder found.
func (d *decoder) add(part *decoder) {
	d.rejected = d.rejected || part.rejected
	d.entries = append(d.entries, part.entries...)
	for n, s := range part.suggestions {
		d.suggest(n, s)
	}
	d.hidden, d.found = append(d.hidden, part.hidden...), append(d.found, part.found...)
	d.unread = append(d.unread, part.unread...)
}

// entry decodes one entry of a map or list of the document's own, so that a rejection concerns this
// entry only.
func (d *decoder) entry(into any, n *yaml.Node) {
	if d.inner == nil {
		d.inner = &decoder{}
	}
	e := d.inner
	*e = decoder{suggestions: d.suggestions, chosen: d.chosen, key: d.key}
	e.value(into, n)
	d.suggestions = e.suggestions
	whole := n.Span()
	if d.key != nil {
		whole.Start = d.key.Span().Start
	}
	for _, u := range e.unread {
		d.unread = append(d.unread, unread{whole, u.property})
	}
	d.found, d.hidden = append(d.found, e.found...), append(d.hidden, e.hidden...)
	if e.rejected {
		d.entries = append(d.entries, yaml.Pair{Key: d.key, Value: n})
	}
}

// property is one field of a struct of the language.
type property struct {
	name     string
	of       reflect.Type  // of its value; the field itself may be a pointer to one
	nothing  reflect.Value // of a field that is a pointer: to what stands for one not written
	within   *shape        // of a struct with such fields
	oneof    string        // what exactly one of the fields with the same word is
	enum     []string      // the words a Text, or every Text of a list, may be
	instead  string        // of one that is filled, where the tag says it; see absent
	index    int
	lo, hi   int32 // the range of a Number; hi 0: unbounded
	required bool
	filled   bool // a list or mapping that must not be empty: it restricts, names or guards
	entry    bool // what it is a property of may exist in some environments alone
}

// absent says what to do instead of leaving a property empty that must not be.
func (p *property) absent() string {
	if p.instead != "" || p.required {
		return p.instead
	}
	if text := leftOut()[p.name]; text != "" {
		return leaveOut + " and " + text
	}
	return ""
}

// shape is what the tags of a struct say.
type shape struct {
	properties []property
	span       int    // index of the field Span
	empty      bool   // its node is empty and must not be, which the decoder says
	oneof      string // the word of its oneof fields, if any
	pointers   bool   // some fields, or fields of fields, are pointers
}

// find returns the index of a property. There are few, so that none is sought by a table: that
// would be made in each run for the few mappings of most specs.
func (s *shape) find(name string) (int, bool) {
	for i := range s.properties {
		if s.properties[i].name == name {
			return i, true
		}
	}
	return 0, false
}

// clear puts empty values in the place of the properties that are kept behind pointers, because
// they are large and seldom written. They are shared, so that nobody may change them.
func (s *shape) clear(v reflect.Value) {
	if !s.pointers {
		return
	}
	for i := range s.properties {
		switch p := &s.properties[i]; {
		case p.within != nil:
			p.within.clear(v.Field(p.index))
		case p.nothing.IsValid():
			if field := v.Field(p.index); field.IsNil() {
				field.Set(p.nothing)
			}
		}
	}
}

// field returns the room for the value of a property.
func (p *property) field(v reflect.Value) reflect.Value {
	field := v.Field(p.index)
	if !p.nothing.IsValid() {
		return field
	}
	if field.UnsafePointer() == p.nothing.UnsafePointer() { // else it is written twice
		field.Set(reflect.New(p.of))
	}
	return field.Elem()
}

var shapes sync.Map // reflect.Type → *shape

// wordLists are the words that several properties take.
var wordLists = map[string][]string{
	"verb":           verb.Names(),
	"deletionPolicy": {"Delete", "Retain", "RetainExceptOnCreate"},
	"changes": { // the classes of changes that can be accepted; a test of package change sees to it
		"gains", "widens", "changes", "unknown", "narrows", "loses", "value-lost", "replaced",
		"fails", "orphaned", "deleted", "access-gap", "rotates-now", "key-changed",
		"guard-weaker", "moved",
	},
	"serviceGrants": { // those of aws.ServiceGrants, which a test of package model sees to
		"docdb", "ebs", "efs", "kafka", "neptune", "rds", "redshift", "redshift-serverless",
	},
}

// leftOut says what a property means that is left out and must not be empty where it is written.
var leftOut = lazy.Value(func() map[string]string {
	return map[string]string{
		"admins":               "the key has no admins besides its account",
		"condition":            "nothing further is asked for",
		"environments":         "the entry exists in every environment",
		"exempt":               "nobody is exempt",
		"given":                "parameters have their defaults",
		"issuer":               "a certificate may be of any issuer below the trust anchor",
		"onlyFromVpcEndpoints": "requests may come from anywhere",
		"onlyFromVpcs":         "requests may come from anywhere",
		"plaintext":            "no field may stand in the clear",
		"principals":           "the entry is about everybody",
		"principalTags":        "no tags are asked for",
		"regions":              "the grant holds in every Region that the secret is in",
		"san":                  "no alternative name is asked for",
		"secrets":              "the entry is about everything",
		"securityGroupIds":     "the function has a security group of its own in vpcId",
		"serviceGrants":        "no service makes grants on the key",
		"sourceIp":             "the request may come from anywhere",
		"sourceVpce":           "the request may come from anywhere",
		"subject":              "a certificate may be of any subject",
		"versionStages":        "the grant holds for every version",
		"when":                 "the grant always holds",
	}
})

// leaveOut and removeEntry are what to do about what must not be empty and may be absent.
const (
	leaveOut    = "leave it out"
	removeEntry = "remove the entry"
)

// whereAlone is what to do about an entry that does not exist in one environment.
const whereAlone diag.Words = "or name in \"environments\" where the entry exists"

// shapeOf reads the tags of a struct type:
// `spec:"name[,required][,oneof=word][,enum=list or a|b][,range=1-9][,filled[=what else to do]]"`.
// A list is one of wordLists. For what may be absent, leftOut says what else to do.
func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{span: -1, properties: make([]property, 0, t.NumField())}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "Span" {
			s.span = i
			continue
		}
		tag, ok := f.Tag.Lookup("spec")
		if !ok {
			continue
		}
		name, words, _ := strings.Cut(tag, ",")
		p := property{index: i, name: name, of: f.Type}
		switch f.Type.Kind() {
		case reflect.Pointer:
			p.of, s.pointers = f.Type.Elem(), true
			p.nothing = reflect.New(p.of)
			shapeOf(p.of).clear(p.nothing.Elem())
		case reflect.Struct:
			if inner := shapeOf(f.Type); inner.pointers {
				p.within, s.pointers = inner, true
			}
		}
		for words != "" {
			var word string
			word, words, _ = strings.Cut(words, ",")
			p.read(word)
		}
		s.oneof = cmp.Or(p.oneof, s.oneof)
		s.properties = append(s.properties, p)
	}
	_, mayBeAbsent := s.find("environments")
	for i := range s.properties {
		s.properties[i].entry = mayBeAbsent && t != specType
	}
	known, _ := shapes.LoadOrStore(t, s)
	return known.(*shape)
}

// read reads a word of a property's tag.
func (p *property) read(word string) {
	what, how, _ := strings.Cut(word, "=")
	switch what {
	case "required":
		p.required = true
	case "oneof":
		p.oneof = how
	case "enum":
		if p.enum = wordLists[how]; p.enum == nil {
			p.enum = strings.Split(how, "|")
		}
	case "filled":
		p.filled, p.instead = true, how
	case "range":
		lo, hi, _ := strings.Cut(how, "-")
		p.lo, p.hi = bound(lo), bound(hi)
	default:
		panic("spec: unknown word in a tag: " + word)
	}
}

// bound reads a number of a tag.
func bound(text string) int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		panic("spec: no number in a tag: " + text)
	}
	return int32(n)
}

// structure decodes a mapping into the struct that into points to.
func (d *decoder) structure(into any, n *yaml.Node) {
	v := reflect.ValueOf(into).Elem()
	s := shapeOf(v.Type())
	key := d.key
	d.top = false
	s.clear(v)
	if s.span >= 0 {
		*v.Field(s.span).Addr().Interface().(*source.Span) = n.Span()
	}
	// No property is called like a function, so the schema refuses functions too.
	if n.Kind != yaml.Map || n.IsIntrinsic() {
		if n.Kind != yaml.Null || s.requires() {
			d.suggest(n, s)
			d.reject(n)
		}
		return
	}
	var seen uint64
	var chosen []*yaml.Node
	unknown := false
	for _, pair := range n.Pairs() {
		i, ok := s.find(pair.Key.Text())
		if !ok {
			unknown = true
			d.unknown(pair, s)
			continue
		}
		p := &s.properties[i]
		seen |= 1 << i
		if p.oneof != "" {
			chosen = append(chosen, pair.Key)
		}
		d.property(p, p.field(v), pair)
	}
	for i := range s.properties {
		if s.properties[i].required && seen&(1<<i) == 0 {
			d.reject(n)
		}
	}
	// An unknown one may be the one.
	if s.oneof != "" && (len(chosen) > 1 || len(chosen) == 0 && !unknown) {
		d.notExactlyOne(s, place(key, n), chosen)
	}
}

// property decodes the value of a property.
func (d *decoder) property(p *property, into reflect.Value, pair yaml.Pair) {
	d.key = pair.Key
	before := d.rejected
	d.rejected = false
	d.value(into.Addr().Interface(), pair.Value)
	if p.enum != nil || p.hi != 0 {
		d.checkWords(p, pair.Value)
	}
	if p.filled && isEmpty(p.of, pair.Value) {
		d.mustNotBeEmpty(p, pair)
	}
	if d.rejected {
		d.unread = append(d.unread, unread{property: p.name})
	}
	d.rejected = d.rejected || before
}

// unknown rejects a property that a struct does not have.
func (d *decoder) unknown(pair yaml.Pair, s *shape) {
	if mask.HoldsSecret(pair.Key.Text()) {
		d.hidden = append(d.hidden, pair.Value)
	}
	d.suggest(pair.Key, s)
	d.reject(pair.Key)
	meant, _, _ := strings.Cut(s.meant(pair.Key.Text()), ".")
	d.unread = append(d.unread, unread{property: meant})
}

// isEmpty says whether nothing is written in a node where a list or mapping of a type can stand.
// What is of a wrong kind is rejected already.
func isEmpty(t reflect.Type, n *yaml.Node) bool {
	isList := t.Kind() == reflect.Slice && !strings.HasPrefix(t.Elem().Name(), "Entry[")
	switch n.Kind {
	case yaml.Seq:
		return isList && len(n.Items()) == 0
	case yaml.Map:
		return !isList && len(n.Pairs()) == 0
	case yaml.Null:
		return t.Kind() == reflect.Struct && t != rawType
	}
	return false
}

// mustNotBeEmpty says that a list or mapping which restricts, names or guards is empty: nobody
// writes that to mean everything. What else could be done is said too: in one environment alone,
// nothing but null can stand for what is left out.
func (d *decoder) mustNotBeEmpty(p *property, pair yaml.Pair) {
	n := pair.Value
	at := n.Span()
	if at.Start == at.End {
		at = pair.Key.Span()
	}
	d.suggest(n, &shape{empty: true})
	said := d.found.Report(diag.InvalidValue, at).
		Message("%q is empty", pair.Key).
		Hint("write one at least")
	meaning, isOptional := strings.CutPrefix(p.absent(), leaveOut)
	switch {
	case d.chosen[n] && isOptional:
		said.AndHint(", or null to leave it out%s", diag.Words(meaning))
	case d.chosen[n] && p.absent() == removeEntry:
		said.AndHint(", or null to leave it out")
	case d.chosen[n] && p.entry:
		said.AndHint(", %s", whereAlone)
	case d.chosen[n]:
	case p.absent() != "":
		said.AndHint(", or %s", diag.Words(p.absent()))
	}
}

// checkWords rejects what an enumeration or a range does not contain.
func (d *decoder) checkWords(p *property, n *yaml.Node) {
	if n.Kind == yaml.Seq {
		for _, item := range n.Items() {
			d.checkWords(p, item)
		}
		return
	}
	if p.enum != nil {
		if !slices.Contains(p.enum, n.Text()) {
			d.reject(n)
		}
		return
	}
	if v, err := strconv.Atoi(n.Text()); err != nil || v < int(p.lo) || v > int(p.hi) {
		d.reject(n)
	}
}

// requires says whether a struct has a property that must be written, so that an empty one is
// wrong.
func (s *shape) requires() bool {
	for i := range s.properties {
		if p := &s.properties[i]; p.required || p.oneof != "" {
			return true
		}
	}
	return false
}

// optionalOneOf are the words of alternatives that may all be absent: without them the thing itself
// has a meaning.
var optionalOneOf = map[string]string{
	"value": "the value is then generated with CloudFormation's defaults",
}

func (d *decoder) notExactlyOne(s *shape, at source.Span, chosen []*yaml.Node) {
	var names []string
	for _, p := range s.properties {
		if p.oneof != "" {
			names = append(names, p.name)
		}
	}
	list := diag.Words(english.List(names))
	if len(chosen) == 0 {
		if _, ok := optionalOneOf[s.oneof]; ok {
			return
		}
		d.found.Report(diag.NotExactlyOne, at).
			Message("exactly one of %s is needed, and none is written", list).
			Hint("add one of them")
		return
	}
	for _, extra := range chosen[1:] {
		d.found.Report(diag.NotExactlyOne, extra.Span()).
			Message("%q cannot stand beside %q: exactly one of %s is allowed",
				extra, chosen[0], list).
			Related(chosen[0].Span(), "%q is here", chosen[0]).
			Hint("remove all but one")
	}
}

// wholeIntrinsic finds a function that stands for a whole mapping, whose entries nobody could then
// check.
func (d *decoder) wholeIntrinsic(n *yaml.Node) {
	d.found.Report(diag.NotIntrinsic, n.Pairs()[0].Key.Span()).
		Message("an intrinsic function cannot stand for the whole mapping").
		Hint("write the mapping, with the function as one of its values")
}

func (d *decoder) notIntrinsic(n *yaml.Node) {
	f := d.found.Report(diag.NotIntrinsic, place(d.key, n)).
		Message("a mapping stands where a text or an intrinsic function is expected").
		Hint("write a text, or one intrinsic function such as { Ref: Name }")
	if len(n.Pairs()) == 0 {
		return
	}
	key := n.Pairs()[0].Key
	f.Span = key.Span()
	if near := diag.Nearest(key.Text(), yaml.Functions()); near != "" && len(n.Pairs()) == 1 {
		f.Hint("write %q", diag.Words(near)).Fixed(fixTo(key, near)...)
	}
}

func (g *Grantee) decode(d *decoder, n *yaml.Node) {
	if n.IsScalar() && n.Kind != yaml.Null { // a principal's id alone
		g.Span, g.When, g.Until, g.Reason = n.Span(), noWhen, noText, noText
		d.value(&g.To, n)
		return
	}
	d.structure(g, n)
}

// noWhen are the conditions of a grant that has none. Nobody changes them.
var noWhen = &When{}

// noText is a text that is not written. Nobody changes it.
var noText = &Text{}

// verbs are the words of grants.
var verbs = wordLists["verb"]

var (
	specType     = reflect.TypeFor[Spec]()
	secretType   = reflect.TypeFor[Secret]()
	valueType    = reflect.TypeFor[SecretValue]()
	generateType = reflect.TypeFor[Generate]()
	textType     = reflect.TypeFor[Text]()
	rawType      = reflect.TypeFor[Raw]()
)
