package access

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// Stack is a finished template with where it is deployed.
type Stack struct {
	// file of the template without extension; name of the stack, "" where nobody states it
	File, Name      string
	Account, Region string // "" where nobody states them
	Template        *cfn.Template
	// values that are given at deployment, in the place of defaults
	Parameters map[string]string

	// What a caller that wrote the template knows of its resources, by their logical IDs. the
	// document that it wrote there, for where its statements come from; what they say is the
	// template's
	Documents map[string]policy.Written
	IDs       map[string]string // what it calls the resource
	// where the resource comes from, whose statements all come from there
	Because map[string][]source.Span
}

// Beside is what a caller knows beside the templates. Its texts may be functions (placeholders of
// package cfn), which are those of the first template.
type Beside struct {
	// a role or user may have its name in the place of its ARN: its path is not known then
	Principals []*Principal
	Groups     []Group
	Secrets    []*Secret // of a copy's key, the ARN or the name of an alias is enough
	Keys       []*Key
	HandOvers  []HandOver
	Rotated    []string // IDs of its secrets that the services which own them rotate
	Functions  []Function

	// what others know who wrote templates that are deployed together with these; IDs of all are
	// different unless they are the same thing. Home is the file of the template whose functions
	// their texts have; empty: the first
	Others []Beside
	Home   string
}

// Function is a Lambda function that no template makes, and the role that it runs as, by their
// ARNs. Functions in their texts are those of the first template.
type Function struct{ ARN, Role string }

// Group is a group of users that no template makes. It stands for a member of it, of whom nothing
// else is known.
type Group struct {
	ID, Name, Account string // an empty account is that of the first stack
}

// HandOver is what others are told to add to a document of theirs, and is taken to be done.
type HandOver struct {
	Kind DocumentKind
	Of   string // the ID of the key, secret or principal that the document is of
	// the statements. Functions in their texts are those of the template Stack
	Document policy.Document
	Stack    string // the file of a template; empty: the first
	// texts in the document that stand for the name of the function which AWS makes to rotate a
	// secret: the ID of the secret by each
	Functions map[string]string
}

// Load reads who there is, which secrets and keys there are, and every document that speaks of
// them, once stacks are deployed. It changes nothing that it is given, and never fails: what
// cannot be read makes unread statements, and is told among what is out of sight.
//
// A template that a nested stack of another one names is loaded as that stack, with its
// parameters and in its account and Region, and not on its own.
//
// Of a parameter that is given no value, a text has the default. Parameters that decide conditions
// make worlds: one for each way in which conditions of what is read may hold together. There are
// at most 64, past which the last parameters are left open: then the conditions that they decide
// are not known.
func Load(stacks []Stack, beside Beside) *Estate {
	src := newDeployment(stacks, beside)
	choices, leftOpen := src.worlds()
	estate := &Estate{stacks: stacks, beside: beside, from: src, choices: choices,
		leftOpen: leftOpen}
	seen := map[string]bool{}
	worlds := make([]*loader, len(choices))
	for i := range choices {
		worlds[i] = src.open(choices[i].values)
		worlds[i].read()
	}
	share(worlds)
	for i, l := range worlds {
		l.conclude()
		estate.Worlds = append(estate.Worlds, &World{
			Conditions: choices[i].conditions, Principals: l.principals(), Secrets: l.secretList,
			Told: l.toldParameters(),
		})
		for _, f := range l.findings() {
			key := fmt.Sprint(f.Document.Stack, " ", f.Document.LogicalID, " ", f.Rule.Index, " ",
				f.Secret)
			if !seen[key] {
				seen[key] = true
				estate.Findings = append(estate.Findings, f)
			}
		}
		for clause := range l.told {
			src.told[clause] = true
		}
	}
	src.tellDefaults(estate.Worlds)
	estate.Taken = slices.SortedFunc(maps.Keys(src.told), compareTaken)
	return estate
}

// deployment is what is loaded, before any parameter has a value.
type deployment struct {
	stacks []*givenStack // sorted by label
	first  *givenStack
	beside Beside
	told   map[Taken]bool
	varied map[string]bool // parameters that decide conditions, and whose text nothing has
	shared map[string]int  // how many resources of a kind of thing are called the same, by both
}

// givenStack is a stack as it is given.
type givenStack struct {
	Stack
	label    string // what tells it from the others
	nested   bool   // it is loaded as a nested stack of another one
	unread   map[string][]string
	template *cfn.Template // with loops, serverless roles and what macros may make written out
}

func newDeployment(stacks []Stack, beside Beside) *deployment {
	src := &deployment{beside: beside, told: map[Taken]bool{}, shared: map[string]int{}}
	files := map[string]int{}
	for _, s := range stacks {
		files[s.File]++
	}
	labels := map[string]int{}
	for _, s := range stacks {
		g := &givenStack{Stack: s, label: s.File}
		if files[s.File] > 1 {
			g.label = strings.Trim(s.File+"@"+s.Account+":"+s.Region, ":@")
		}
		if labels[g.label]++; labels[g.label] > 1 {
			g.label += fmt.Sprintf("#%d", labels[g.label])
		}
		t := s.Template
		if t == nil {
			t = &cfn.Template{}
		}
		// Loops over lists that parameters give are written out, too.
		e := &cfn.Evaluator{Template: t, File: g.label, Parameters: s.Parameters}
		g.template, g.unread = withServerlessRoles(withMacros(e.Expand()))
		src.stacks = append(src.stacks, g)
	}
	if len(src.stacks) > 0 {
		src.first = src.stacks[0]
	}
	slices.SortStableFunc(src.stacks, func(a, b *givenStack) int {
		return strings.Compare(a.label, b.label)
	})
	src.findNested()
	for _, g := range src.stacks {
		for kind, category := range categories {
			for _, id := range g.template.IDsOf(kind) {
				if g.IDs[id] == "" {
					src.shared[category+" "+id]++
				}
			}
		}
	}
	return src
}

func typeOf(r *cfn.Resource) string {
	if r == nil {
		return ""
	}
	return r.Type
}

// categories are the kinds of things among whom an ID has to be the only one.
var categories = map[string]string{
	"AWS::IAM::Role": "principal", "AWS::IAM::User": "principal", "AWS::IAM::Group": "principal",
	"AWS::SecretsManager::Secret": "secret", "AWS::KMS::Key": "key", "AWS::KMS::ReplicaKey": "key",
}

// findNested finds out which of the stacks are nested stacks of others. What only nests in a
// circle is loaded on its own, the first of it.
func (src *deployment) findNested() {
	l := src.open(nil)
	reached := map[*givenStack]bool{}
	var reach func(s *stack)
	reach = func(s *stack) {
		if reached[s.givenStack] {
			return
		}
		reached[s.givenStack] = true
		for _, id := range s.Template.IDsOf(nestedStack) {
			if child, _ := src.templateOf(s, id); child != nil {
				child.nested = true
				reach(l.on(child, nil))
			}
		}
	}
	for _, g := range src.stacks {
		reach(l.on(g, nil))
	}
	clear(reached)
	for _, g := range src.stacks {
		if !g.nested {
			reach(l.on(g, nil))
		}
	}
	for _, g := range src.stacks { // circles
		if !reached[g] {
			g.nested = false
			reach(l.on(g, nil))
			g.nested = false
		}
	}
}

// loader is an estate while it is being read, in one world.
type loader struct {
	src  *deployment
	told map[Taken]bool

	// in the order in which they are read, nested ones after those that they stand in
	stacks    []*stack
	outputs   outputs // by account, Region and the names of stack and output
	exports   outputs // by account, Region and name
	surveyed  bool
	subjects  []*subject
	named     map[string]*subject // by partition, account, kind and name
	others    []*Principal        // principals of other kinds
	otherByID map[string]*Principal
	byID      map[string]*subject        // those that the caller knows
	managed   map[string]*templatePolicy // by account and name
	keys      map[string]*Key            // by ARN
	keyList   []*Key                     // those that the caller or a template has
	aliases   map[string]string          // ARNs of keys by those of their aliases
	functions map[string]string          // ARNs of roles by those of functions
	secrets   map[string]*Secret         // by ARN
	byName    map[string]*Secret         // by account, Region and name
	sets      map[string][]string        // accounts by the ARN of a permission set
	rotations map[*Secret]*Principal     // of secrets that somebody rotates whom no template shows
	rotators  map[*Secret][]*Principal   // roles that rotate
	floating  []floatingDocument
	drifting  []driftingPolicy
	ends      map[string]statedEnds       // of ARNs of keys and aliases
	settled   int                         // how many of the subjects have what floats
	namedSeen map[seenName]bool           // what policies name as secrets
	roles     map[*Principal][]*Principal // the roles that each may become
	wordings  wordings
	// what words name is taken up already, see namesOf; and whether what is told speaks of the
	// document itself
	namesKnown   map[namedBy]bool
	leftOut      []leaving
	saysDocument bool

	secretList []*Secret

	of *Beside // what is being taken up; nil: of the caller
}

// output is an output of a stack.
type output struct {
	of      *stack
	name    string
	certain bool // no condition leaves it out
}

// stack is a stack while it is being read.
type stack struct {
	*givenStack
	l               *loader
	parent          *stack
	label           string
	Template        *cfn.Template
	account, region string // texts, with unknown parts where they are not stated
	e               *cfn.Evaluator
	maybe           []cfn.Unknown       // what decides whether it is there at all
	resources       map[string][]string // logical IDs of what exists, by type, sorted
	children        map[string]*stack   // nested stacks, by logical ID; nil: being made
	// of secrets, by logical ID; nil until all stacks are open, by which things are called
	secretARNs map[string]string
	ahead      ahead
}

// What stands for an account and a Region that nobody states.
var (
	anyAccount = cfn.Unknown{
		What: "account", Name: cfn.AccountID, Shown: "<account>", Class: cfn.Digits, Min: 12,
		Max: 12,
	}
	anyRegion = cfn.Unknown{
		What: "region", Name: cfn.Region, Shown: "<Region>", Class: cfn.Hyphened, Min: 9, Max: 20,
	}
)

// unstated is an account that nobody states, as texts have it.
var unstated = anyAccount.Text()

// open begins to read the stacks, with values of parameters by the label of their stack.
func (src *deployment) open(values map[string]map[string]string) *loader {
	l := &loader{
		src: src, told: map[Taken]bool{}, named: map[string]*subject{},
		otherByID: map[string]*Principal{}, byID: map[string]*subject{},
		managed: map[string]*templatePolicy{}, keys: map[string]*Key{},
		ends:    map[string]statedEnds{},
		aliases: map[string]string{}, functions: map[string]string{}, secrets: map[string]*Secret{},
		byName: map[string]*Secret{},
		sets:   map[string][]string{}, rotations: map[*Secret]*Principal{},
		rotators: map[*Secret][]*Principal{}, namedSeen: map[seenName]bool{},
		namesKnown: map[namedBy]bool{},
		wordings:   newWordings(),
	}
	for _, g := range src.stacks {
		if !g.nested {
			l.stacks = append(l.stacks, l.on(g, values[g.label]))
		}
	}
	for i := 0; i < len(l.stacks); i++ { // nested ones join the list while it is walked
		l.stacks[i].openNested()
	}
	return l
}

// on makes a stack that is deployed on its own.
func (l *loader) on(g *givenStack, values map[string]string) *stack {
	parameters := maps.Clone(values)
	if parameters == nil {
		parameters = map[string]string{}
	}
	maps.Copy(parameters, g.Parameters)
	s := &stack{
		givenStack: g, l: l, label: g.label, account: cmp.Or(g.Account, anyAccount.Text()),
		region: cmp.Or(g.Region, anyRegion.Text()),
	}
	name := g.Name
	if name == "" {
		name = cfn.Unknown{What: "stack", Name: cfn.StackName, Template: g.label, Shown: "<stack>",
			Class: cfn.Hyphened, Min: 1, Max: 128}.Text()
	}
	s.evaluate(name, parameters)
	return s
}

// evaluate gives the stack its evaluator.
func (s *stack) evaluate(name string, parameters map[string]string) {
	s.Template = s.givenStack.template
	s.resources, s.children = map[string][]string{}, map[string]*stack{}
	partition := cmp.Or(aws.PartitionOf(s.region), "aws")
	id := cfn.Unknown{
		What: "name", Name: cfn.StackID, Template: s.label, Shown: "*", Class: cfn.HexDigits,
		Min: 36, Max: 36, Unique: true,
	}
	s.e = &cfn.Evaluator{
		Template: s.Template, File: s.label, Account: s.account, Region: s.region,
		Partition: partition, URLSuffix: aws.DNSSuffixes(partition)[0],
		Stack: name, Parameters: parameters, Resource: s.returns, Import: s.imported,
		Output: s.outputOf,
	}
	s.e.StackID = s.arn("cloudformation", s.region, "stack/"+name+"/"+id.Text())
}

// partition returns the partition of the stack's Region.
func (s *stack) partition() string { return s.e.Partition }

// arn makes an ARN of the stack's account.
func (s *stack) arn(service, region, resource string) string {
	return arnText{s.partition(), service, region, s.account, resource}.String()
}

// place makes a name that is good in one account and Region one that is good everywhere.
func (s *stack) place(name string) string { return s.account + " " + s.region + " " + name }

// tell notes a clause about a resource, or with an empty ID about the template as a whole.
func (s *stack) tell(id, clause string) {
	at := s.File
	if id != "" {
		at += ", " + id
	}
	s.l.tell(at + ": " + clause)
}

func (l *loader) tell(clause string) { l.told[Taken{Clause: cfn.Shown(clause)}] = true }

// tellOf says something of one, and how it is said of several.
func (l *loader) tellOf(id, clause, plural string) {
	l.told[Taken{cfn.Shown(id), cfn.Shown(clause), cfn.Shown(plural)}] = true
}
