package inventory

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/parallel"
)

// Use is a resource that needs another one of the same stack to be there: it is attached to it, or
// names it in a policy.
type Use struct {
	Stack         int
	LogicalID, On string
}

// Uses returns which resources need others of their stack that they name by texts alone, so that
// CloudFormation does not know the order. They are sorted by stack and logical IDs. One whose
// condition excludes the other's is never there with it, and needs it no more.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
func (r *Register) Uses() []Use {
	makers := map[int]map[Key][]string{}
	for _, t := range r.Things() {
		if makers[t.Stack] == nil {
			makers[t.Stack] = map[Key][]string{}
		}
		switch t.Kind {
		case Secret, Function, FunctionAlias, KeyAlias, Role, User, Group:
			makers[t.Stack][t.Key] = append(makers[t.Stack][t.Key], t.LogicalID)
		}
	}
	uses := make([][]Use, len(r.stacks))
	parallel.Each(len(r.stacks), func(i int) {
		if len(makers[i]) > 0 {
			uses[i] = r.stacks[i].uses(makers[i])
		}
	})
	return slices.Concat(uses...)
}

// uses returns the uses within a stack; makers has the resources that make a thing.
func (s *stack) uses(makers map[Key][]string) []Use {
	var all []Use
	apart := s.apart()
	several := false // make one thing
	for _, ids := range makers {
		several = several || len(ids) > 1
	}
	s.named = map[sameDocument][]Key{}
	var on []string
	for _, id := range s.template.IDs() {
		on = on[:0]
		for _, key := range s.needs(id, several) {
			on = append(on, makers[key]...)
		}
		if len(on) > 1 {
			slices.Sort(on)
			on = slices.Compact(on)
		}
		for _, other := range on {
			if other != id && !s.Template.Waits(id, other) && !apart(id, other) {
				all = append(all, Use{s.number, id, other})
			}
		}
	}
	return all
}

// apart returns what says whether two resources are certainly never there together, by their
// conditions.
func (s *stack) apart() func(a, b string) bool {
	known := map[[2]string]bool{}
	return func(a, b string) bool {
		pair := [2]string{
			conditionOf(s.template.Resources[a]), conditionOf(s.template.Resources[b]),
		}
		if pair[0] == "" || pair[1] == "" || pair[0] == pair[1] {
			return false
		}
		never, ok := known[pair]
		if !ok {
			never = s.Template.CanHoldTogether(pair[0], pair[1]) == cfn.No
			known[pair] = never
		}
		return never
	}
}

// needs returns what a resource needs to be there, by the names that it has for it. CloudFormation
// knows that it needs a secret to which it refers; only another resource may make the same secret,
// if there are several that make one thing.
func (s *stack) needs(id string, several bool) []Key {
	r := s.template.Resources[id]
	if r == nil {
		return nil
	}
	var keys []Key
	switch r.Type {
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy":
		for property, kind := range inlineTypes["AWS::IAM::Policy"] {
			for _, name := range s.texts(r.Property(property)) {
				keys = append(keys, iamKey(s.account(), kind, name))
			}
		}
	case "AWS::Lambda::Permission":
		keys = s.function(r.Property("FunctionName"))
	case "AWS::SecretsManager::RotationSchedule":
		keys = s.function(r.Property("RotationLambdaARN"))
	case "AWS::SecretsManager::Secret":
		if alias := s.text(id, "KmsKeyId"); strings.HasPrefix(alias, "alias/") {
			keys = append(keys, s.here().key(KeyAlias, alias))
		}
	case "AWS::KMS::Key":
		keys = s.principals(r.Property("KeyPolicy"))
	case "AWS::IAM::Role":
		keys = s.principals(r.Property("AssumeRolePolicyDocument"))
	}
	if attachedTo[r.Type] != "" && (several || s.ownSecret(r.Property("SecretId")) == "") {
		key, _ := s.secretOf(r)
		keys = append(keys, key)
	}
	if r.Type == "AWS::SecretsManager::ResourcePolicy" {
		keys = append(keys, s.principals(r.Property("ResourcePolicy"))...)
	}
	return keys
}

// function returns the keys of a function, and of its alias.
func (s *stack) function(v any) []Key {
	if v == nil {
		return nil
	}
	key, name, qualifier := functionKey(s.here(), s.e.Text(v))
	return []Key{key, s.here().key(FunctionAlias, name+":"+qualifier)}
}

// statements returns the statements of a policy. What they say is not resolved, where they are a
// list that is written out.
func (s *stack) statements(document any) []any {
	var all any
	if o, ok := document.(cfn.Object); ok && o.IsData() {
		all = o.Get("Statement")
	} else {
		all = s.e.Member(document, "Statement")
	}
	if list, ok := all.([]any); ok {
		return list
	}
	all = s.e.Resolve(all)
	if list, ok := all.([]any); ok {
		return list
	}
	return []any{all}
}

// principals returns the keys of the roles and users that the statements of a policy name: AWS
// refuses a policy that names one that is not there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (s *stack) principals(document any) []Key {
	o, _ := document.(cfn.Object)
	if len(o) == 0 {
		return s.principalsOf(document)
	}
	same := sameDocument{&o[0], len(o)}
	keys, known := s.named[same]
	if !known {
		keys = slices.Clip(s.principalsOf(document))
		s.named[same] = keys
	}
	return keys
}

// sameDocument is a policy by where it is in memory: thousands of secrets may have the same one.
type sameDocument struct {
	first   *cfn.Member
	members int
}

func (s *stack) principalsOf(document any) []Key {
	var keys []Key
	for _, statement := range s.statements(document) {
		for _, element := range [...]string{"Principal", "NotPrincipal"} {
			who, _ := s.e.Member(statement, element).(cfn.Object)
			for _, arn := range s.texts(who.Get("AWS")) {
				parts := strings.SplitN(arn, ":", 6)
				if len(parts) < 6 || parts[2] != "iam" {
					continue
				}
				kind, path, _ := strings.Cut(parts[5], "/")
				name := path[strings.LastIndexByte(path, '/')+1:]
				if kind == string(Role) || kind == string(User) {
					keys = append(keys, iamKey(parts[4], Kind(kind), name))
				}
			}
		}
	}
	return keys
}
