package policy

import (
	"iter"
	"slices"
	"strings"
)

// CallerKind is the kind of a caller.
type CallerKind uint8

// The kinds of callers. A role calls in a session of its own, and is known by its own ARN in
// policies and in aws:PrincipalArn.
const (
	Role CallerKind = iota
	User
	ServicePrincipal // a service that calls with its own identity
	AccountRoot      // the root user of an account
)

// Caller is who makes a request.
type Caller struct {
	Kind CallerKind
	// arn:aws:iam::111122223333:role/app; of a service its name: events.amazonaws.com
	ARN     string
	Account string // 12 digits; where it is empty, the account of the ARN, and of a service none

	// another text for Account: one that nobody states and that is taken to be this account; may be
	// empty
	Same string

	// of one session of a role: the role's ARN, by which statements name the session, too
	Role string
	// it stands for whoever is in an account, an organization or anywhere: no statement names it by
	// its ARN
	Unnamed   bool
	Federated bool // ARN is an identity provider, whose identities it stands for
	Bounded   bool // it has a permissions boundary
	// ARNs, with unknown parts, of which is known that they are somebody else's
	Others map[string]bool
}

// account returns the caller's account.
func (c *Caller) account() string {
	if c.Account != "" || c.Kind == ServicePrincipal {
		return c.Account
	}
	rest := c.ARN
	for range 4 {
		_, rest, _ = strings.Cut(rest, ":")
	}
	account, _, _ := strings.Cut(rest, ":")
	return account
}

// Context has the condition keys of a request with their values. The zero value has none. Names of
// keys are the same in upper and lower case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
type Context struct {
	keys   []contextKey
	caller *Caller // whose keys are there where keys does not say otherwise
}

type contextKey struct {
	name   string // in lower case
	values []string
}

// With returns the context with a key, in the place of values it had before. A key without values
// counts as absent, also one that follows from the caller. Values of a binary key are in base64.
func (c Context) With(key string, values ...string) Context {
	name := strings.ToLower(key)
	keys := slices.DeleteFunc(slices.Clone(c.keys), func(k contextKey) bool {
		return k.name == name
	})
	return Context{append(keys, contextKey{name, slices.Clone(values)}), c.caller}
}

// WithEach returns the context with several keys of one value each, given as keys and values in
// turn: With for many at once.
func (c Context) WithEach(keysAndValues ...string) Context {
	var more Context
	more.keys = make([]contextKey, 0, len(c.keys)+len(keysAndValues)/2)
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		more.keys = append(more.keys,
			contextKey{strings.ToLower(keysAndValues[i]), keysAndValues[i+1 : i+2 : i+2]})
	}
	return c.Merge(more)
}

// Merge returns the context with the keys of another one, which win.
func (c Context) Merge(other Context) Context {
	keys := slices.Clone(other.keys)
	for _, k := range c.keys {
		if !slices.ContainsFunc(other.keys, func(have contextKey) bool {
			return have.name == k.name
		}) {
			keys = append(keys, k)
		}
	}
	return Context{keys, c.caller}
}

// Of returns the context with the keys that follow from a caller, as Evaluate sees it. What the
// context says of them itself stays.
func (c Context) Of(caller Caller) Context { return Context{c.keys, &caller} }

// Get returns the values of a key, or nil.
func (c Context) Get(key string) []string {
	found := c.find(strings.ToLower(key))
	var values []string
	for i := range found.n {
		values = append(values, found.at(i))
	}
	return values
}

// All returns the keys that were given, in lower case, with their values; those that are absent, or
// follow from the caller, are left out.
func (c Context) All() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for _, k := range c.keys {
			if len(k.values) > 0 && !yield(k.name, k.values) {
				return
			}
		}
	}
}

// keyValues are the values of one key: one, or many.
type keyValues struct {
	n    int
	one  string
	many []string
}

func (v *keyValues) at(i int) string {
	if v.many != nil {
		return v.many[i]
	}
	return v.one
}

func one(value string) keyValues { return keyValues{n: 1, one: value} }

// find returns the values of a key, which is in lower case.
func (c *Context) find(key string) keyValues {
	for i := range c.keys {
		if c.keys[i].name == key {
			return keyValues{n: len(c.keys[i].values), many: c.keys[i].values}
		}
	}
	if c.caller != nil && strings.HasPrefix(key, "aws:") {
		return c.caller.key(key[len("aws:"):])
	}
	return keyValues{}
}

// key returns the value of a global condition key that follows from the caller. aws:ViaAWSService
// is false unless the context says otherwise. A service has neither an ARN nor an account that
// policies could name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (c *Caller) key(key string) keyValues {
	service := c.Kind == ServicePrincipal
	switch key {
	case "viaawsservice":
		return one("false")
	case "principalisawsservice":
		if service {
			return one("true")
		}
		return one("false")
	case "principalservicename", "principalservicenameslist":
		if service {
			return one(c.ARN)
		}
	case "principalarn":
		if !service {
			return one(c.ARN)
		}
	case "principalaccount":
		if account := c.account(); account != "" {
			return one(account)
		}
	case "principaltype":
		name := [...]string{Role: "AssumedRole", User: "User", ServicePrincipal: "",
			AccountRoot: "Account"}[c.Kind]
		if name != "" {
			return one(name)
		}
	case "username":
		if c.Kind == User {
			return one(c.ARN[strings.LastIndexByte(c.ARN, '/')+1:])
		}
	}
	return keyValues{}
}
