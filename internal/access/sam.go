package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// withServerlessRoles returns a template with the roles that AWS's serverless transform makes of
// its functions and state machines as resources of their own, as the transform writes them, and
// what of these resources is not read, as clauses by their logical IDs. The template itself is not
// changed.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
func withServerlessRoles(t *cfn.Template) (*cfn.Template, map[string][]string) {
	told := map[string][]string{}
	made := map[string]*cfn.Resource{}
	for _, kind := range []string{"AWS::Serverless::Function", "AWS::Serverless::StateMachine"} {
		for _, id := range t.IDsOf(kind) {
			s := serverless{t: t, id: id, r: t.Resources[id]}
			if s.property("Connectors") != nil || connectors(s.r) {
				s.tell("what its connectors allow its role is not read")
			}
			if condition, ok := s.makesRole(); ok {
				made[id+"Role"] = s.role(condition)
			}
			if s.told != nil {
				told[id] = s.told
			}
		}
	}
	for _, id := range t.IDsOf("AWS::Serverless::Connector") {
		told[id] = []string{"what a connector allows is not read"}
	}
	if len(made) == 0 {
		return t, told
	}
	out := *t
	out.Resources = maps.Clone(t.Resources)
	for id, r := range made {
		if out.Resources[id] == nil {
			out.Resources[id] = r
		}
		of, isNegated := strings.CutPrefix(conditionOf(r), negated)
		if isNegated && out.Conditions.Get(negated+of) == nil {
			not := []any{cfn.Object{{Key: "Condition", Value: of}}}
			out.Conditions = append(slices.Clone(out.Conditions), cfn.Member{
				Key: negated + of, Value: cfn.Object{{Key: "Fn::Not", Value: not}},
			})
		}
	}
	return &out, told
}

// connectors says whether a serverless resource has connectors beside its properties.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-connector-embeddedconnector.html
func connectors(r *cfn.Resource) bool { return r.Verbatim.Get("Connectors") != nil }

// serverless is a function or a state machine of which a role is made.
type serverless struct {
	t    *cfn.Template
	id   string
	r    *cfn.Resource
	told []string

	name    string // of the next inline policy
	managed []any  // ARNs of policies
	inline  []any  // as in AWS::IAM::Role.Policies
}

func (s *serverless) tell(clause string) { s.told = append(s.told, clause) }

// isFunction says whether it is a function.
func (s *serverless) isFunction() bool { return s.r.Type == "AWS::Serverless::Function" }

// property returns a property, together with what Globals has for all resources of this kind.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
func (s *serverless) property(name string) any {
	section, _ := s.t.Globals.Get(strings.TrimPrefix(s.r.Type, "AWS::Serverless::")).(cfn.Object)
	return withGlobal(section.Get(name), s.r.Property(name))
}

// withGlobal returns a value with what Globals adds to it: lists are put together, objects member
// by member, and of all else, functions among them, a resource's own value counts.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html#sam-specification-template-anatomy-globals-overrideable
func withGlobal(global, own any) any {
	if own == nil {
		return global
	}
	switch own := own.(type) {
	case []any:
		if list, ok := global.([]any); ok {
			return slices.Concat(list, own)
		}
	case cfn.Object:
		object, ok := global.(cfn.Object)
		if !ok || isFunction(object) || isFunction(own) {
			return own
		}
		out := slices.Clone(object)
		for _, m := range own {
			i := slices.IndexFunc(out, func(o cfn.Member) bool { return o.Key == m.Key })
			if i < 0 {
				out = append(out, m)
			} else {
				out[i].Value = withGlobal(out[i].Value, m.Value)
			}
		}
		return out
	}
	return own
}

// isFunction says whether an object is an intrinsic function.
func isFunction(o cfn.Object) bool { return len(o) == 1 && cfn.IsFunction(o[0].Key) }

// negated begins the name of the condition that the transform makes of another one, which it turns
// around.
const negated = "NOT"

// makesRole says whether a role is made, and under which condition: where no role is given, or
// where a condition leaves it out.
func (s *serverless) makesRole() (condition string, ok bool) {
	role := parsed(s.property("Role"))
	if role == nil {
		return conditionOf(s.r), true
	}
	o, _ := role.(cfn.Object)
	branches, _ := o.Get("Fn::If").([]any)
	if !s.isFunction() || len(o) != 1 || len(branches) != 3 {
		return "", false
	}
	name, _ := branches[0].(string)
	switch left, right := isNoValue(branches[1]), isNoValue(branches[2]); {
	case left && right:
		return conditionOf(s.r), true
	case left:
		return name, true
	case right:
		return negated + name, true
	}
	return "", false
}

// parsed returns what a placeholder stands for, and all else as it is.
func parsed(v any) any {
	if text, ok := v.(string); ok {
		return cfn.Parse(text)
	}
	return v
}

// isNoValue says whether a branch of Fn::If leaves a property out.
func isNoValue(v any) bool {
	o, ok := parsed(v).(cfn.Object)
	return ok && len(o) == 1 && o[0].Key == "Ref" && o[0].Value == cfn.NoValue
}

// role returns the role that is made, under a condition unless that is "".
func (s *serverless) role(condition string) *cfn.Resource {
	service, createdBy := "lambda.amazonaws.com", "lambda:createdBy"
	if !s.isFunction() {
		service, createdBy = "states.amazonaws.com", "stateMachine:createdBy"
	}
	s.policies(s.property("Policies"))
	if s.isFunction() {
		s.events()
		s.destinations()
	}
	properties := cfn.Object{}
	set := func(key string, v any) {
		if v != nil {
			properties = append(properties, cfn.Member{Key: key, Value: v})
		}
	}
	trust := s.property("AssumeRolePolicyDocument")
	if trust == nil {
		trust = cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: cfn.Object{
				{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "sts:AssumeRole"},
				{Key: "Principal", Value: cfn.Object{{Key: "Service", Value: service}}},
			}}}
	}
	set("AssumeRolePolicyDocument", trust)
	if s.managed != nil {
		set("ManagedPolicyArns", s.managed)
	}
	if s.inline != nil {
		set("Policies", s.inline)
	}
	set("PermissionsBoundary", s.property("PermissionsBoundary"))
	set("Path", s.property("RolePath"))
	set("Tags", s.tags(createdBy))
	body := cfn.Object{
		{Key: "Type", Value: "AWS::IAM::Role"}, {Key: "Properties", Value: properties},
	}
	if condition != "" {
		body = append(body, cfn.Member{Key: "Condition", Value: condition})
	}
	return &cfn.Resource{Type: "AWS::IAM::Role", Verbatim: body}
}

// tags returns the tags of the role: those of its resource, which stand in an object, and the
// transform's own.
func (s *serverless) tags(createdBy string) any {
	v := s.property("Tags")
	o, isObject := v.(cfn.Object)
	if v != nil && (!isObject || isFunction(o)) {
		return v // nobody can read it here; whoever reads the role's tags says so
	}
	var out []any
	tag := func(key string, v any) {
		out = append(out, cfn.Object{{Key: "Key", Value: key}, {Key: "Value", Value: v}})
	}
	for _, m := range o {
		value := m.Value
		if value == nil {
			value = ""
		}
		tag(m.Key, value)
	}
	tag(createdBy, "SAM")
	return out
}

// policies reads Policies: the name or ARN of a managed policy, a document or statement, a policy
// template, or a list of these.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-policies
func (s *serverless) policies(v any) {
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	for i, e := range list {
		s.name = fmt.Sprintf("%sRolePolicy%d", s.id, i)
		managed, inline := s.policy(e)
		if managed != nil {
			s.managed = append(s.managed, managed)
		}
		if inline != nil {
			s.inline = append(s.inline, inline)
		}
	}
}

// noValue is what stands where a condition leaves a policy out.
var noValue = cfn.Object{{Key: "Ref", Value: cfn.NoValue}}

// policy returns what one policy is in a role: a managed policy, an inline one, or under a
// condition perhaps the one and perhaps the other.
func (s *serverless) policy(v any) (managed, inline any) {
	v = parsed(v)
	if text, ok := v.(string); ok {
		if arn, known := awsManagedARN(text); known && !strings.HasPrefix(text, "arn:") {
			return arn, nil
		}
		// a name that is none of AWS's that are known
		if !strings.HasPrefix(text, "arn:") && !cfn.HasUnknown(text) {
			return s.unread(text), nil
		}
		return text, nil
	}
	o, ok := v.(cfn.Object)
	if !ok || len(o) == 0 {
		return s.unread("Policies"), nil
	}
	if len(o) == 1 {
		switch branches, _ := o[0].Value.([]any); {
		case o[0].Key == "Fn::If" && len(branches) == 3:
			return s.either(branches)
		case isNoValue(v):
			return nil, nil
		case cfn.IsFunction(o[0].Key):
			return v, nil
		}
	}
	if o.Get("Statement") != nil || o.Get("Effect") != nil {
		return nil, s.inlinePolicy(o)
	}
	if len(o) == 1 {
		return s.template(o[0].Key, o[0].Value)
	}
	return s.unread("Policies"), nil
}

// either returns a policy under a condition.
func (s *serverless) either(branches []any) (managed, inline any) {
	m1, i1 := s.policy(branches[1])
	m2, i2 := s.policy(branches[2])
	under := func(a, b any) any {
		if a == nil && b == nil {
			return nil
		}
		if a == nil {
			a = noValue
		}
		if b == nil {
			b = noValue
		}
		return cfn.Object{{Key: "Fn::If", Value: []any{branches[0], a, b}}}
	}
	return under(m1, m2), under(i1, i2)
}

// inlinePolicy returns a document, or one statement, as an inline policy of a role.
func (s *serverless) inlinePolicy(document cfn.Object) any {
	if document.Get("Statement") == nil {
		document = cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: []any{document}}}
	}
	return cfn.Object{{Key: "PolicyName", Value: s.name},
		{Key: "PolicyDocument", Value: document}}
}

// unread returns, in the place of a managed policy's ARN, a policy that nobody can read.
func (s *serverless) unread(name string) any {
	return cfn.Unknown{What: "policy", Name: name, LogicalID: s.id, Shown: name}.Text()
}

// template returns a policy template of the transform's, filled in.
func (s *serverless) template(name string, parameters any) (managed, inline any) {
	if silentTemplates()[name] {
		return nil, nil
	}
	fill := policyTemplates()[name]
	given, ok := parameters.(cfn.Object)
	if fill == nil || !ok {
		return s.unread(name), nil
	}
	return nil,
		s.inlinePolicy(cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: fill(given)}})
}

// conditionOf returns the name of the condition under which a resource exists, or "".
func conditionOf(r *cfn.Resource) string {
	if r.Verbatim != nil {
		name, _ := r.Verbatim.Get("Condition").(string)
		return name
	}
	return r.Condition
}
