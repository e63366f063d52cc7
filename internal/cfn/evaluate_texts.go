package cfn

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	digests "hash"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// builder puts a text together. One that gets longer than any text of a template is an unknown part
// instead.
type builder struct {
	e    *Evaluator
	b    strings.Builder
	long digests.Hash // of everything, once it is too long
	none bool         // the budget ended
}

func (b *builder) add(s string) {
	if !b.e.work(len(s) / bytesPerStep) {
		b.none = true
		return
	}
	if b.long != nil {
		b.long.Write([]byte(s))
		return
	}
	if b.b.Len()+len(s) > longestText {
		b.long = sha256.New()
		b.long.Write([]byte(b.b.String()))
		b.long.Write([]byte(s))
		return
	}
	b.b.WriteString(s)
}

func (b *builder) text() string {
	if b.none {
		u := b.e.noBudget()
		return u.Unknown.Text()
	}
	if b.long != nil {
		return Unknown{
			What: "text", Name: "length", Template: b.e.File, Shown: "${…}",
			Expression: sumOf(b.long),
		}.Text()
	}
	return b.b.String()
}

func sumOf(h digests.Hash) string { return hex.EncodeToString(h.Sum(nil)[:16]) }

// longestName is how many bytes a name in an unknown part has at most, so that descriptions of
// descriptions do not grow.
const longestName = 200

// shortName cuts off a name that is too long to be shown.
func shortName(s string) string {
	if len(s) <= longestName {
		return s
	}
	n := longestName
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// nameOf returns a name as it stands in an unknown part. What is too long, or has unknown parts of
// its own, is shortened, and expression tells it from others.
func (e *Evaluator) nameOf(name string) (short, expression string) {
	if HasUnknown(name) || len(name) > longestName {
		return shortName(Shown(name)), e.digest("", name)
	}
	return name, ""
}

// digest describes a function with its arguments: equal ones have equal descriptions.
func (e *Evaluator) digest(function string, v any) string {
	h := sha256.New()
	h.Write([]byte(function + "\x00"))
	if !e.describe(h, v) {
		e.unread++
		return "budget " + strconv.Itoa(e.unread)
	}
	return sumOf(h)
}

// describe writes an unambiguous form of a value, whole with what Unread has; false: the budget
// ended.
func (e *Evaluator) describe(h digests.Hash, v any) bool {
	text := func(kind, s string) bool {
		h.Write([]byte(kind + strconv.Itoa(len(s)) + ":" + s))
		return e.work(1 + len(s)/bytesPerStep)
	}
	switch v := v.(type) {
	case nil:
		return text("n", "")
	case noValue:
		return text("r", "")
	case bool:
		return text("b", strconv.FormatBool(v))
	case json.Number:
		return text("d", string(v))
	case string:
		return text("s", v)
	case Unread:
		return text("u", v.Unknown.Text())
	case []string:
		return e.describe(h, elements(v))
	case []any:
		ok := text("l", strconv.Itoa(len(v)))
		for i := 0; ok && i < len(v); i++ {
			ok = e.describe(h, v[i])
		}
		return ok
	case Object:
		ok := text("o", strconv.Itoa(len(v)))
		for i := 0; ok && i < len(v); i++ {
			ok = text("k", v[i].Key) && e.describe(h, v[i].Value)
		}
		return ok
	}
	return text("x", JSON(v))
}

// derived describes the value of a function whose arguments are not known: by the first of them
// that is not.
func (e *Evaluator) derived(function string, arguments ...any) Unknown {
	u, ok := e.cause(arguments)
	if !ok {
		u = Unknown{What: "text", Name: function, Shown: function}
	}
	u = Unknown{
		What: u.What, Name: u.Name, Template: u.Template, LogicalID: u.LogicalID, Shown: u.Shown,
	}
	if !strings.HasPrefix(u.Shown, "${") || !strings.Contains(u.Shown, " of ") {
		u.Shown = "${" + strings.TrimPrefix(function, "Fn::") + " of " + shortName(u.Shown) + "}"
	}
	u.Expression = e.digest(function, arguments)
	return u
}

// cause returns the first part of a value that is not known.
func (e *Evaluator) cause(v any) (u Unknown, ok bool) {
	if !e.work(1) {
		return Unknown{}, false
	}
	switch v := v.(type) {
	case Unread:
		return v.Unknown, true
	case string:
		_, _, u, _, ok = CutUnknown(v)
	case []any:
		for _, element := range v {
			if u, ok = e.cause(element); ok {
				return u, true
			}
		}
	case Object:
		for _, m := range v {
			if u, ok = e.cause(m.Value); ok {
				return u, true
			}
		}
	}
	return u, ok
}

// either returns what is known of a value that is one of several: the value if they are all equal,
// a text of which nobody knows the characters, but of which kind they are, or Unread. u describes
// what decides between them.
func (e *Evaluator) either(u Unknown, values ...any) any {
	equal := len(values) > 0
	var texts []string
	for _, v := range values {
		equal = equal && e.same(values[0], v) == Yes
		if s, ok := v.(string); ok {
			texts = append(texts, s)
		}
	}
	if equal {
		return values[0]
	}
	u.Expression = e.digest("either "+u.Expression, values)
	if len(texts) < len(values) || len(texts) == 0 {
		return Unread{u}
	}
	u.Class, u.Min, u.Max = form(texts)
	return u.Text()
}

// form returns the smallest class of characters that texts consist of, and how many they have at
// least and at most; 0 is no limit.
func form(texts []string) (class Class, least, most int) {
	class = AnyText
	for _, c := range []Class{Digits, HexDigits, Letters, NameText} {
		if !slices.ContainsFunc(texts, func(s string) bool { return !consistsOf(s, c) }) {
			class = c
			break
		}
	}
	for i, s := range texts {
		from, to := lengths(segments(s))
		if i == 0 {
			least, most = from, to
			continue
		}
		least = min(least, from)
		if most >= 0 && (to < 0 || to > most) {
			most = to
		}
	}
	if most < 0 {
		most = 0
	}
	return class, least, most
}

// narrower are the classes that a class takes in.
var narrower = map[Class][]Class{
	NameText:  {NameText, Hyphened, Letters, Digits, HexDigits},
	Hyphened:  {Hyphened, Letters, Digits, HexDigits},
	Letters:   {Letters, Digits},
	Digits:    {Digits},
	HexDigits: {HexDigits, Digits},
}

func consistsOf(s string, c Class) bool {
	for _, part := range segments(s) {
		if part.unknown != nil {
			if !slices.Contains(narrower[c], part.unknown.Class) {
				return false
			}
			continue
		}
		if strings.ContainsFunc(part.text, func(r rune) bool { return !c.Has(r) }) {
			return false
		}
	}
	return true
}

// joined writes the elements of a list with a separator between them.
func (e *Evaluator) joined(separator string, list []any) string {
	if anyOptional(list) {
		return e.derived("Fn::Join", separator, list).Text()
	}
	b := builder{e: e}
	for i, element := range list {
		if i > 0 {
			b.add(separator)
		}
		b.add(e.text(element))
	}
	return b.text()
}

// parts takes a text apart at a separator as far as that is certain. complete: these are all.
// Otherwise an unknown part that may have the separator in it follows the last of the parts.
func (e *Evaluator) parts(separator, s string) (list []any, complete bool) {
	list = []any{}
	var last strings.Builder
	for _, part := range segments(s) {
		if part.unknown != nil {
			if couldTakePart(part.unknown, separator) {
				return list, false
			}
			last.WriteString(part.text)
			continue
		}
		pieces := strings.Split(part.text, separator)
		for _, piece := range pieces[:len(pieces)-1] {
			last.WriteString(piece)
			list = append(list, last.String())
			last.Reset()
		}
		last.WriteString(pieces[len(pieces)-1])
		if !e.work(1 + len(pieces)) {
			return list, false
		}
	}
	return append(list, last.String()), true
}

// couldTakePart says whether an unknown part may hold characters of a separator, or, being empty,
// bring those around it together.
func couldTakePart(u *Unknown, separator string) bool {
	return strings.ContainsFunc(separator, u.Class.Has) ||
		u.Min == 0 && utf8.RuneCountInString(separator) > 1
}

// sortedNames returns the names that something is found by, sorted.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
