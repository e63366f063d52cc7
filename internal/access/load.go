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
)

// Stack is a template with where it is deployed.
type Stack struct {
	File            string // of the template, without extension
	Name            string // of the stack
	Account, Region string // empty: one that stands for any
	Template        *cfn.Template
	Parameters      map[string]string // values that are given at deployment, in the place of defaults

	// What the caller knows of resources, by their logical IDs. Policies that are not here are read from the template.
	Documents map[string]policy.Document
	IDs       map[string]string // what people call it, where that is not the logical ID
	ARNs      map[string]string // of secrets and keys, in the place of stand-ins
}

// Problem is something in a template that could not be read, so that what is said of access may be incomplete or wrong.
type Problem struct {
	Stack     string // the file of the template, without extension
	LogicalID string // empty: the template as a whole
	Message   string // a clause, lower case, no full stop
}

// Load reads which secrets, keys and principals there are once stacks are deployed, and all policies about them. The best that it can tell comes with
// everything that it could not read, sorted. It changes nothing that it is given.
//
// Known are principals whom the caller knows beside the templates. A role, user or group of a template is the known one that has its name in its
// account (the last segment of the ARN), or whose ID the stack's IDs give it; it keeps the known one's ID and assumptions and takes the template's ARN.
// A policy that is attached by a name goes to whoever has that name in the stack's account, else to somebody new whose ID is the ARN. A group is a
// principal that stands for any of its members.
//
// Secrets are those that the caller knows beside the templates: their policies and rotation may stand in one. A key of theirs without a policy is the
// one that a template makes under this ARN, which may be an alias's.
//
// What exists under a condition that does not hold does not exist. A parameter without a value has its default, else a stand-in. Stacks know each other by exports, by the names of
// aliases within an account and Region, and by ARNs.
func Load(stacks []Stack, known []*Principal, secrets ...*Secret) (*Estate, []Problem) {
	l := &loader{
		exports: map[string]output{}, outputs: map[string]output{}, shared: map[string]int{}, named: map[string]*Principal{}, byID: map[string]*Principal{},
		declared: map[*Principal]bool{}, members: map[*Principal][]*Principal{},
		managed: map[string]*managedPolicy{}, keys: map[string]*Key{}, aliases: map[string]string{}, secrets: map[string]*Secret{},
	}
	for i := range stacks {
		l.stacks = append(l.stacks, l.newStack(&stacks[i]))
	}
	slices.SortStableFunc(l.stacks, func(a, b *stack) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Account, b.Account), strings.Compare(a.Region, b.Region))
	})
	for _, s := range l.stacks {
		s.survey()
	}
	l.know(known)
	for _, pass := range passes {
		for _, s := range l.stacks {
			for _, id := range s.resources[pass.kind] {
				pass.read(s, id)
			}
		}
		if pass.kind == "AWS::KMS::Alias" { // by now all keys and aliases are known
			l.knowSecrets(secrets)
		}
	}
	l.join()
	return l.estate(), l.sortedProblems()
}

// passes are the types of resources that are read, in the order in which they need each other.
var passes = []struct {
	kind string
	read func(s *stack, id string)
}{
	{"AWS::KMS::Key", (*stack).key},
	{"AWS::KMS::ReplicaKey", (*stack).key},
	{"AWS::KMS::Alias", (*stack).alias},
	{"AWS::IAM::ManagedPolicy", (*stack).managedPolicy},
	{"AWS::IAM::Role", (*stack).role},
	{"AWS::IAM::Group", (*stack).group},
	{"AWS::IAM::User", (*stack).user},
	{"AWS::IAM::UserToGroupAddition", (*stack).addition},
	{"AWS::IAM::ManagedPolicy", (*stack).attachManaged},
	{"AWS::IAM::Policy", (*stack).inlinePolicy},
	{"AWS::IAM::RolePolicy", (*stack).inlinePolicy},
	{"AWS::IAM::UserPolicy", (*stack).inlinePolicy},
	{"AWS::IAM::GroupPolicy", (*stack).inlinePolicy},
	{"AWS::SecretsManager::Secret", (*stack).secret},
	{"AWS::SecretsManager::ResourcePolicy", (*stack).resourcePolicy},
	{"AWS::SecretsManager::RotationSchedule", (*stack).rotation},
	{"AWS::CloudFormation::Stack", (*stack).nested},
	{"AWS::Serverless::Function", (*stack).serverless},
	{"AWS::Serverless::StateMachine", (*stack).serverless},
}

// loader is an estate while it is being read.
type loader struct {
	stacks   []*stack
	exports  map[string]output // by account, Region and the export's name
	outputs  map[string]output // by account, Region, and the names of the stack and the output
	shared   map[string]int    // how often there is a name of a kind of thing, by both
	problems []Problem

	principals []*Principal
	named      map[string]*Principal // by account, kind and name
	byID       map[string]*Principal // the known ones
	declared   map[*Principal]bool   // those that a template makes, or that are known
	members    map[*Principal][]*Principal
	managed    map[string]*managedPolicy // by ARN

	keys        map[string]*Key   // by ARN
	aliases     map[string]string // ARNs of keys by the ARNs of their aliases
	secrets     map[string]*Secret
	secretsList []*Secret
}

// output is an output of a stack.
type output struct {
	of   *stack
	name string
}

// stack is a stack while it is being read.
type stack struct {
	Stack
	l         *loader
	r         cfn.Resolver
	resources map[string][]string // logical IDs of what exists, by type, sorted
}

// What stands for an account and a Region that are not stated.
const (
	anyAccount = "123456789012"
	anyRegion  = "us-east-1"
)

func (l *loader) newStack(given *Stack) *stack {
	s := &stack{Stack: *given, l: l, resources: map[string][]string{}}
	s.Account, s.Region = cmp.Or(s.Account, anyAccount), cmp.Or(s.Region, anyRegion)
	if s.Template == nil {
		s.Template = &cfn.Template{}
	}
	partition := cmp.Or(aws.PartitionOf(s.Region), "aws")
	s.r = cfn.Resolver{
		Template: s.Template, Account: s.Account, Region: s.Region, Partition: partition, URLSuffix: aws.DNSSuffixes(partition)[0], Stack: s.Name,
		Parameters: s.Parameters,
		Resource:   s.returns, Output: s.outputOf, Import: func(name string) any { return l.exports[s.place(name)].value() },
	}
	return s
}

// survey lists what there is in a stack, and what in it cannot be read at all.
func (s *stack) survey() {
	for _, id := range slices.Sorted(maps.Keys(s.Template.Resources)) {
		resource := s.Template.Resources[id]
		switch {
		case strings.HasPrefix(id, "Fn::ForEach::"): // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
			s.problem(id, "what a loop makes of it is not read")
			continue
		case resource == nil || !s.r.Exists(id):
			continue
		case readable[resource.Type] && resource.Property("Fn::Transform") != nil:
			s.problem(id, "what a macro makes of its properties is not read")
		}
		s.resources[resource.Type] = append(s.resources[resource.Type], id)
		s.l.shared[resource.Type+" "+s.called(id)]++
	}
	for _, name := range s.Template.Transform {
		if !expectedTransforms[name] {
			s.problem("", fmt.Sprintf("what the macro %q makes of the template is not read", name))
		}
	}
	s.surveyOutputs()
}

// readable are the types that are read.
var readable = func() map[string]bool {
	kinds := map[string]bool{}
	for _, pass := range passes {
		kinds[pass.kind] = true
	}
	return kinds
}()

// expectedTransforms are the macros that change nothing of what is read, or nothing but serverless resources.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
var expectedTransforms = map[string]bool{
	"AWS::Serverless-2016-10-31": true, "AWS::SecretsManager-2020-07-23": true, "AWS::SecretsManager-2024-09-16": true, "AWS::LanguageExtensions": true,
	"AWS::CodeDeployBlueGreen": true, "AWS::ServiceCatalog": true,
}

// surveyOutputs notes the outputs and exports of a stack. The first of several exports of one name is taken.
func (s *stack) surveyOutputs() {
	for _, name := range slices.Sorted(maps.Keys(s.Template.Outputs)) {
		o := s.Template.Outputs[name]
		if o == nil {
			continue
		}
		if condition, _ := o.Member("Condition").(string); condition != "" && !s.r.Holds(condition) {
			continue
		}
		s.l.outputs[s.place(s.Name+" "+name)] = output{s, name}
		export, _ := o.Member("Export").(cfn.Object)
		if exported := s.r.Text(export.Get("Name")); exported != "" {
			if _, taken := s.l.exports[s.place(exported)]; !taken {
				s.l.exports[s.place(exported)] = output{s, name}
			}
		}
	}
}

// place makes a name that is good in one account and Region one that is good everywhere.
func (s *stack) place(name string) string { return s.Account + " " + s.Region + " " + name }

// value returns what an output returns; nil: there is none.
func (o output) value() any {
	if o.of == nil {
		return nil
	}
	return o.of.r.Resolve(o.of.Template.Outputs[o.name].Member("Value"))
}

// outputOf returns the output of another stack that Fn::GetStackOutput asks for. The role that is to read it tells the account.
func (s *stack) outputOf(arguments cfn.Object) any {
	account, region := s.Account, cmp.Or(s.r.Text(arguments.Get("Region")), s.Region)
	if role, err := aws.ParseARN(s.r.Text(arguments.Get("RoleArn"))); err == nil {
		account = role.Account
	}
	return s.l.outputs[account+" "+region+" "+s.r.Text(arguments.Get("StackName"))+" "+s.r.Text(arguments.Get("OutputName"))].value()
}

// called returns what people call a resource.
func (s *stack) called(id string) string { return cmp.Or(s.IDs[id], id) }

// unique returns what people call a resource, with the stack where others of its type have the same name.
func (s *stack) unique(id string) string {
	name := s.called(id)
	if s.l.shared[s.Template.Resources[id].Type+" "+name] > 1 {
		return s.File + "/" + name
	}
	return name
}

func (s *stack) problem(id, message string) {
	s.l.problems = append(s.l.problems, Problem{s.File, id, message})
}

// property resolves a property of a resource.
func (s *stack) property(id, name string) any {
	return s.r.Resolve(s.Template.Resources[id].Property(name))
}

// text returns a property that is a text. One that is not is a problem and empty.
func (s *stack) text(id, name string) string {
	v := s.property(id, name)
	switch v.(type) {
	case cfn.Object, []any:
		s.problem(id, name+" is not a text, or one that is not known")
		return ""
	}
	return s.r.Text(v)
}

// texts returns a property that is a list of texts, or one text.
func (s *stack) texts(id, name string) []string {
	v := s.property(id, name)
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if text, ok := e.(string); ok {
			out = append(out, text)
			continue
		}
		s.problem(id, name+" is not a list of texts, or one that is not known")
	}
	return out
}

func (s *stack) nested(id string) { s.problem(id, "the template of a nested stack is not read") }

// serverless reports the role that a macro makes of a serverless resource, unless it has one already.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func (s *stack) serverless(id string) {
	if s.Template.Resources[id].Property("Role") == nil {
		s.problem(id, "the role that is made of it is not read")
	}
}

func (l *loader) sortedProblems() []Problem {
	slices.SortFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Stack, b.Stack), strings.Compare(a.LogicalID, b.LogicalID), strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(l.problems)
}

// estate returns what has been read, sorted.
func (l *loader) estate() *Estate {
	for _, p := range l.principals {
		slices.SortStableFunc(p.Identity, func(a, b *Document) int {
			return cmp.Or(strings.Compare(a.Stack, b.Stack), strings.Compare(a.LogicalID, b.LogicalID), strings.Compare(a.Of, b.Of))
		})
		slices.Sort(p.Unknown)
		p.Unknown = slices.Compact(p.Unknown)
	}
	slices.SortStableFunc(l.principals, func(a, b *Principal) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Caller.ARN, b.Caller.ARN))
	})
	slices.SortStableFunc(l.secretsList, func(a, b *Secret) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Copies[0].ARN, b.Copies[0].ARN))
	})
	return &Estate{Principals: l.principals, Secrets: l.secretsList}
}
