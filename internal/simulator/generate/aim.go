package generate

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/simulator"
)

// aim chooses a statement that allows something, makes the call one that it can speak of, and then
// sets what is open so that what allows is met and what denies is not.
func (d *draft) aim() {
	for range 3 {
		c := d.call()
		if c.Allowed() {
			break
		}
		for i, r := range c.Requests {
			if allowed, _ := simulator.Decide(r, c.Policies[i]); allowed {
				continue
			}
			d.meet(r, c.Policies[i], c.Policies[i].IsKey)
		}
	}
}

// meet changes the call towards being allowed one of its requests.
func (d *draft) meet(r simulator.Request, p simulator.Policies, isKey bool) {
	docs := append(slices.Clone(p.Identity), p.Boundary, p.Resource)
	for _, doc := range docs {
		fields, _ := doc.(map[string]any)
		version, _ := fields["Version"].(string)
		statements, isList := fields["Statement"].([]any)
		if !isList && fields["Statement"] != nil {
			statements = []any{fields["Statement"]}
		}
		for _, s := range statements {
			s, _ := s.(map[string]any)
			conditions, _ := s["Condition"].(map[string]any)
			denies := s["Effect"] == "Deny"
			if !denies && chance(d.r, 25) {
				continue
			}
			for _, operator := range slices.Sorted(maps.Keys(conditions)) {
				keys, _ := conditions[operator].(map[string]any)
				for _, key := range slices.Sorted(maps.Keys(keys)) {
					d.turn(r, operator, key, wantedTexts(keys[key]), version, isKey, !denies)
				}
			}
		}
	}
}

func wantedTexts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, x := range list {
		switch x := x.(type) {
		case string:
			out = append(out, x)
		case bool:
			out = append(out, strconv.FormatBool(x))
		}
	}
	return out
}

// turn sets a key, if it is open, so that a condition is met or not.
func (d *draft) turn(
	r simulator.Request,
	operator, key string,
	want []string,
	version string,
	isKey, met bool,
) {
	put, name := d.setter(key, isKey)
	if put == nil || simulator.Meets(operator, key, want, version, r.Context) == met {
		return
	}
	candidates := d.candidates(name, want, r.Context)
	d.r.Shuffle(len(candidates), func(i, j int) {
		candidates[i], candidates[j] = candidates[j], candidates[i]
	})
	for _, values := range candidates {
		context := maps.Clone(r.Context)
		if key == "aws:EpochTime" && len(values) == 1 {
			if t, err := time.Parse(time.RFC3339, values[0]); err == nil {
				context[strings.ToLower(key)] = []string{strconv.FormatInt(t.Unix(), 10)}
			}
		} else {
			context[strings.ToLower(name)] = values
		}
		if simulator.Meets(operator, key, want, version, context) == met {
			put(values)
			return
		}
	}
}

// setter returns what sets a key of the call, or nil if it is not open; and the name of the key
// that it sets.
func (d *draft) setter(key string, isKey bool) (func([]string), string) {
	name := key
	if name == "aws:EpochTime" {
		name = "aws:CurrentTime"
	}
	own := d.first
	if isKey {
		own = d.kms
	}
	switch {
	case slices.Contains(network, name):
		if isKey {
			return nil, ""
		}
		return func(v []string) { d.network(name, v) }, name
	case slices.Contains(sharedOpen, name):
		return func(v []string) {
			if name != "aws:CurrentTime" || len(v) == 1 {
				d.set(name, v)
			}
		}, name
	case strings.HasPrefix(name, "aws:PrincipalTag/"):
		if !d.p.openTags {
			return nil, ""
		}
		return func(v []string) {
			own, tagged := d.p.tags[strings.TrimPrefix(name, "aws:PrincipalTag/")]
			if len(v) == 0 && tagged {
				v = []string{own} // a session replaces a tag of its role, and takes none away
			}
			d.set(name, v)
		}, name
	case name == "aws:userid" && d.p.kind == "role":
		return func(v []string) {
			if len(v) == 1 {
				_, session, _ := strings.Cut(v[0], ":")
				d.session(session)
			}
		}, name
	case name == atOnce && verbs[d.verb].verb == "purge":
		return nil, ""
	case slices.Contains(arguments[verbs[d.verb].action], name) && !isKey,
		name == versionID && isKey:
		return func(v []string) { d.stateArgument(own, name, v) }, name
	}
	return nil, ""
}

// stateArgument states an argument of a call, or leaves it out, if it can be. A secret has no
// replica in its own Region.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
func (d *draft) stateArgument(own map[string][]string, name string, values []string) {
	is, _ := d.rotated()
	switch {
	case is && name == namesFunction && len(values) > 0:
		d.nameFunction(values[0])
	case name == toRegions && slices.Contains(values, d.s.copies[0].region):
	case len(values) > 0:
		own[name] = values
	case name != toRegions && name != versionID:
		delete(own, name)
	}
}

// network sets a key of the way that the call comes: it has an address or an endpoint.
func (d *draft) network(key string, values []string) {
	if key == "aws:SourceIp" && len(values) > 0 {
		for _, k := range network {
			delete(d.first, k)
		}
	}
	if key != "aws:SourceIp" && len(values) > 0 {
		delete(d.first, "aws:SourceIp")
	}
	d.first[key] = values
	if len(values) == 0 {
		delete(d.first, key)
	}
}

// candidates are values that may turn a condition: of what is wanted and what is near to it, of the
// vocabulary, another, and none.
func (d *draft) candidates(key string, want []string, context map[string][]string) [][]string {
	many := key == "aws:CalledVia" || key == "aws:TagKeys" || key == toRegions
	out := [][]string{nil}
	if many {
		out = append(out, []string{"zzz", "yyy"})
	}
	if key == "aws:userid" {
		for _, session := range []string{"job", "deploy", "jab", "x"} {
			out = append(out, []string{d.p.unique + ":" + session})
		}
		return out
	}
	texts := []string{"zzz"}
	for _, w := range append(slices.Clone(want), d.some(key)...) {
		texts = append(texts, d.near(w, context)...)
	}
	if key == "aws:CurrentTime" {
		texts = slices.DeleteFunc(texts, func(s string) bool {
			_, err := time.Parse(time.RFC3339, s)
			return err != nil
		})
	}
	for _, k := range vocabulary {
		// What a service fills in has the form of its type.
		if k.key == key && (k.kind == booleans || k.kind == addresses || k.kind == numbers) {
			texts = slices.DeleteFunc(texts, func(s string) bool { return s == "zzz" })
			if k.kind == addresses {
				texts = append(texts, "192.0.2.9")
			}
		}
	}
	for _, t := range texts {
		out = append(out, []string{t})
		if many && t != "zzz" {
			out = append(out, []string{t, "zzz"})
		}
	}
	return out
}

// near returns a wanted value and its neighbours.
func (d *draft) near(w string, context map[string][]string) []string {
	if p, err := netip.ParsePrefix(w); err == nil {
		return []string{p.Masked().Addr().String(), p.Masked().Addr().Next().String()}
	}
	if t, err := time.Parse(time.RFC3339, w); err == nil {
		at := func(seconds time.Duration) string {
			return t.Add(seconds * time.Second).UTC().Format(time.RFC3339)
		}
		return []string{at(-1), at(0), at(1)}
	}
	if n, err := strconv.Atoi(w); err == nil {
		const seconds = 1_000_000_000 // a whole number of this size is a time
		if n > seconds {
			t := time.Unix(int64(n), 0).UTC()
			return []string{
				t.Add(-time.Second).Format(time.RFC3339), t.Format(time.RFC3339),
				t.Add(time.Second).Format(time.RFC3339),
			}
		}
		return []string{strconv.Itoa(n - 1), w, strconv.Itoa(n + 1)}
	}
	for {
		begin := strings.Index(w, "${")
		end := strings.Index(w, "}")
		if begin < 0 || end < begin {
			break
		}
		name, byDefault, _ := strings.Cut(w[begin+2:end], ",")
		value := strings.Trim(strings.TrimSpace(byDefault), "'")
		for key, values := range context {
			if strings.EqualFold(key, name) && len(values) == 1 {
				value = values[0]
			}
		}
		if name == "*" || name == "?" || name == "$" {
			value = map[string]string{"*": "\x00", "?": "\x01", "$": "$"}[name]
		}
		w = w[:begin] + value + w[end+1:]
	}
	w = d.concrete(w)
	return []string{strings.NewReplacer("\x00", "*", "\x01", "?").Replace(w)}
}
