// Package inventory knows what physically exists once templates are deployed: each thing by its
// type, account, Region and name. It knows nothing of specs, nor of who owns what.
package inventory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/parallel"
)

// Stack is one template and where it is deployed.
type Stack struct {
	File, Name      string
	Account, Region string // empty where they are not known
	Template        *cfn.Template
}

// Kind is what a thing is, in words.
type Kind string

// The kinds of things that have rules of their own. Others are named after their type.
const (
	Secret         Kind = "secret"
	ResourcePolicy Kind = "resource policy"
	Schedule       Kind = "rotation schedule"
	Attachment     Kind = "attachment"
	Function       Kind = "function"
	FunctionAlias  Kind = "alias of a function"
	KeyAlias       Kind = "alias"
	Role           Kind = "role"
	User           Kind = "user"
	Group          Kind = "group"
	ManagedPolicy  Kind = "managed policy"
	InlinePolicy   Kind = "inline policy"
	Export         Kind = "export"
)

// Key tells a thing from all others: its kind, account, Region and name, of which parts may be
// unknown (cfn.Unknown). Things of the same key are the same; of different keys they may be.
type Key string

// Thing is something that a resource or output makes, and that exists once.
type Thing struct {
	Kind Kind
	Key  Key
	Name string // unknown parts allowed
	// Of is the key of what the thing belongs to: the secret of a resource policy, an attachment or
	// a schedule.
	Of        Key
	Stack     int    // the number of its stack
	LogicalID string // of the resource, or the name of the output
	Property  string // that names it, as a path: Name, ReplicaRegions.0.Region
	Condition string // of the template, under which it exists; empty: always
}

// Register is everything that the templates of some stacks make.
type Register struct {
	stacks   []*stack
	things   []Thing            // once they were asked for
	together map[[3]string]bool // conditions that can hold together, by the stack's file
	pairs    int                // how many of them may still be asked about
}

// mostPairs is about how many pairs of conditions is asked at most whether they exclude each other.
const mostPairs = 10_000

// stack is a stack whose texts can be read.
type stack struct {
	Stack
	number   int
	e        *cfn.Evaluator
	template *cfn.Template // with its loops substituted
	at       place         // where it is deployed

	withPolicies []string // logical IDs of inline policies, and of what may have some, sorted
	permissions  []string // of permissions of functions, sorted

	named map[sameDocument][]Key // whom policies name, of those that were asked for
}

// New reads the templates of stacks. Parameters are taken to be unknown, whatever their defaults
// are: what is the same is so for all their values.
func New(stacks []Stack) *Register {
	r := &Register{together: map[[3]string]bool{}, pairs: mostPairs}
	for i, in := range stacks {
		s := &stack{Stack: in, number: i}
		s.e = &cfn.Evaluator{
			Template: in.Template, File: in.File, Account: in.Account, Region: in.Region,
			Stack: in.Name, Parameters: map[string]string{}, Resource: s.returns, Steps: 1 << 40,
		}
		s.template = s.e.Expand()
		for _, p := range in.Template.Parameters {
			s.e.Parameters[p.Key] = cfn.Unknown{
				What: "parameter", Name: p.Key, Template: in.File, Shown: "${" + p.Key + "}",
			}.Text()
		}
		s.at = place{s.e.Text(cfn.Ref(cfn.AccountID)), s.e.Text(cfn.Ref(cfn.Region))}
		s.sortOut()
		r.stacks = append(r.stacks, s)
	}
	return r
}

// sortOut notes which resources some questions are about.
func (s *stack) sortOut() {
	s.permissions = s.template.IDsOf("AWS::Lambda::Permission")
	for kind := range inlineTypes {
		s.withPolicies = append(s.withPolicies, s.template.IDsOf(kind)...)
	}
	for kind := range namedTypes {
		if mayBeInline(kind) {
			s.withPolicies = append(s.withPolicies, s.template.IDsOf(kind)...)
		}
	}
	slices.Sort(s.withPolicies)
}

// mayBeInline says of a type whether its resources are inline policies, or may have some.
func mayBeInline(kind string) bool {
	if !strings.HasPrefix(kind, "AWS::IAM::") {
		return false
	}
	switch namedTypes[kind].kind {
	case Role, User, Group:
		return true
	}
	return inlineTypes[kind] != nil
}

// Things returns what the templates make whose name is written in them, by stack, and within one
// sorted by logical ID.
func (r *Register) Things() []Thing {
	if r.things != nil {
		return r.things
	}
	made := make([][]Thing, len(r.stacks))
	parallel.Each(len(r.stacks), func(i int) { made[i] = r.stacks[i].things() })
	if len(made) == 1 {
		r.things = made[0]
	} else {
		r.things = slices.Concat(made...)
	}
	return r.things
}

// things returns what the template of a stack makes.
func (s *stack) things() []Thing {
	c := collector{stack: s, made: make([]Thing, 0, len(s.template.Resources))}
	for _, id := range s.template.IDs() {
		c.resource(id)
	}
	for _, name := range slices.Sorted(maps.Keys(s.template.Outputs)) {
		c.output(name)
	}
	return c.made
}

// Elsewhere returns in which account or Region a thing is, if it is another than that of the stack
// that is to make it; both are empty where it is in the same, or where that is not known.
func (r *Register) Elsewhere(t *Thing) (account, region string) {
	if t.Of == "" {
		return "", ""
	}
	here := r.stacks[t.Stack].here()
	if here.has(t.Of) {
		return "", ""
	}
	parts := strings.SplitN(string(t.Of), "\x00", 4)
	if len(parts) < 4 {
		return "", ""
	}
	differs := func(a, b string) bool { return !cfn.HasUnknown(a) && !cfn.HasUnknown(b) && a != b }
	if differs(parts[1], here.account) {
		account = parts[1]
	}
	if differs(parts[2], here.region) {
		region = parts[2]
	}
	return account, region
}

// OfSecret returns the key of a secret of an account and a Region (empty: those of a stack), by its
// name, or its ARN with or without the six characters at its end.
func (r *Register) OfSecret(stack int, account, region, given string) Key {
	s := r.stacks[stack]
	at := place{cmp.Or(account, s.account()), cmp.Or(region, s.region())}
	key, _ := secretKey(at, given)
	return key
}

// OfKeyAlias returns the key of an alias, with alias/, in the account and Region of a stack.
func (r *Register) OfKeyAlias(stack int, alias string) Key {
	return r.stacks[stack].here().key(KeyAlias, alias)
}

// OfFunction returns the key of the function that a value of a template names, by its name or ARN,
// and how it is shown to people.
func (r *Register) OfFunction(stack int, value any) (Key, string) {
	s := r.stacks[stack]
	given := s.e.Text(value)
	key, name, _ := functionKey(s.here(), given)
	return key, cfn.Shown(name)
}

// Text returns a value of a template as a text, of which parts may be unknown.
func (r *Register) Text(stack int, value any) string { return r.stacks[stack].e.Text(value) }

// Together says whether two things can certainly exist at the same time. Of more pairs of
// conditions than are asked about, and of those that too many parameters decide, it says no.
func (r *Register) Together(a, b Thing) bool {
	if a.Stack == b.Stack {
		return r.canHold(a.Stack, a.Condition, b.Condition)
	}
	return r.canHold(a.Stack, a.Condition, "") && r.canHold(b.Stack, b.Condition, "")
}

func (r *Register) canHold(stack int, a, b string) bool {
	s := r.stacks[stack]
	key := [3]string{s.File, min(a, b), max(a, b)}
	known, ok := r.together[key]
	if !ok && r.pairs <= 0 {
		return false
	}
	if !ok {
		r.pairs--
		known = s.Template.CanHoldTogether(a, b) == cfn.Yes
		r.together[key] = known
	}
	return known
}

// place is where something exists.
type place struct{ account, region string }

func (s *stack) account() string { return s.at.account }
func (s *stack) region() string  { return s.at.region }
func (s *stack) here() place     { return s.at }

// key returns the key of something in a Region.
func (p place) key(kind Kind, name string) Key {
	return Key(string(kind) + "\x00" + p.account + "\x00" + p.region + "\x00" + name)
}

// has says whether a key is one of something in the account and Region.
func (p place) has(k Key) bool {
	_, at, _ := strings.Cut(string(k), "\x00")
	account, at, _ := strings.Cut(at, "\x00")
	region, _, found := strings.Cut(at, "\x00")
	return found && account == p.account && region == p.region
}

// text returns a property as a text; empty where it is not set.
func (s *stack) text(id, property string) string {
	r := s.template.Resources[id]
	if r == nil {
		return ""
	}
	return s.e.Text(r.Property(property))
}

// conditionOf returns the condition of a resource, empty for none.
func conditionOf(r *cfn.Resource) string {
	if r.Verbatim == nil {
		return r.Condition
	}
	condition, _ := r.Verbatim.Get("Condition").(string)
	if cfn.IsIntrinsic(condition) {
		return ""
	}
	return condition
}
