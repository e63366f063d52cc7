package cfn

import (
	"cmp"
	"strings"
)

// Pseudo parameters that are not stated have the same unknown part everywhere.

func (e *Evaluator) account() string {
	return cmp.Or(e.Account, Unknown{
		What: "account", Name: AccountID, Shown: "<account>", Class: Digits, Min: 12, Max: 12,
	}.Text())
}

func (e *Evaluator) region() string {
	return cmp.Or(e.Region, Unknown{
		What: "region", Name: Region, Shown: "<Region>", Class: Hyphened, Min: 9, Max: 20,
	}.Text())
}

func (e *Evaluator) partition() string { return cmp.Or(e.Partition, "aws") }

// stack: a stack's name has 1 to 128 letters, digits and hyphens.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func (e *Evaluator) stack() string {
	return cmp.Or(e.Stack, Unknown{
		What: "stack", Name: StackName, Template: e.File, Shown: "<stack>", Class: Hyphened,
		Min: 1, Max: 128,
	}.Text())
}

// stackID returns the ARN of the stack: it ends in a UUID that CloudFormation makes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
func (e *Evaluator) stackID() string {
	if e.StackID != "" {
		return e.StackID
	}
	id := Unknown{
		What: "name", Name: StackID, Template: e.File, Shown: "*", Class: HexDigits, Min: 36,
		Max: 36, Unique: true,
	}
	resource := "stack/" + e.stack() + "/" + id.Text()
	return strings.Join([]string{
		"arn", e.partition(), "cloudformation", e.region(), e.account(), resource,
	}, ":")
}

// named returns what Ref returns of a parameter, a pseudo parameter or a resource.
func (e *Evaluator) named(name string) any {
	switch name {
	case AccountID:
		return e.account()
	case NoValue:
		return noValue{}
	case NotificationARNs:
		return Unread{Unknown{
			What: "parameter", Name: NotificationARNs, Template: e.File,
			Shown: "${" + NotificationARNs + "}",
		}}
	case Partition:
		return e.partition()
	case Region:
		return e.region()
	case StackID:
		return e.stackID()
	case StackName:
		return e.stack()
	case URLSuffix:
		return cmp.Or(e.URLSuffix, "amazonaws.com")
	}
	if e.definitions == nil {
		e.definitions = map[string]any{}
		for _, m := range e.template().Parameters {
			e.definitions[m.Key] = m.Value
		}
	}
	if definition, ok := e.definitions[name]; ok {
		return e.parameter(name, definition)
	}
	return e.attribute(name, "")
}

// attribute returns what Fn::GetAtt returns, or Ref, for which the attribute is "".
func (e *Evaluator) attribute(id, attribute string) any {
	unknown := func() Unknown { return e.unknownAttribute(id, attribute) }
	if len(id) > longestName || len(attribute) > longestName {
		u := unknown()
		u.Expression = e.digest("Fn::GetAtt", []any{id, attribute})
		unknown = func() Unknown { return u }
	}
	return e.once("attribute "+id+"."+attribute, unknown, func() any {
		if e.Resource == nil || e.Exists(id) == No && !e.isMade(id) {
			return nil
		}
		return e.Resource(id, attribute)
	})
}

// unknownAttribute describes an attribute that nobody knows.
func (e *Evaluator) unknownAttribute(id, attribute string) Unknown {
	u := Unknown{
		What: "attribute", Name: "Ref", Template: e.File, LogicalID: shortName(id),
		Shown: "${" + shortName(id) + "}",
	}
	if attribute != "" {
		u.Name = shortName(attribute)
		u.Shown = "${" + shortName(id) + "." + shortName(attribute) + "}"
	}
	return u
}

// isMade says whether a transform may make a resource: its name begins with that of a serverless
// one.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func (e *Evaluator) isMade(id string) bool {
	if e.template().Resources[id] != nil {
		return false
	}
	for i := 1; i < len(id); i++ {
		r := e.template().Resources[id[:i]]
		if r != nil && strings.HasPrefix(r.Type, "AWS::Serverless::") {
			return true
		}
	}
	return false
}

// once finds out what is referred to, unless it is known already or just being found out: then, or
// if nobody knows it, it is an unknown part.
func (e *Evaluator) once(reference string, unknown func() Unknown, find func() any) any {
	key := resultKey{text: reference}
	if known, ok := e.references[key]; ok {
		if circle, ok := known.(func() Unknown); ok {
			return circle().Text()
		}
		return known
	}
	e.remember(key, unknown) // until it is known, so that a circle ends
	before := e.deciding
	e.deciding = false // what is found out here is kept for properties, too
	v := find()
	e.deciding = before
	if v == nil {
		v = unknown().Text()
	}
	e.remember(key, v)
	return v
}

func (e *Evaluator) remember(key resultKey, v any) {
	if e.references == nil {
		e.references = map[resultKey]any{}
	}
	e.references[key] = v
}

// masked is how NoEcho parameters are shown.
const masked = Hidden

// ssmValue begins the types of parameters that name one in Systems Manager: neither what is given
// nor the default tells the value.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
const ssmValue = "AWS::SSM::Parameter::Value<"

// parameter returns the value of a parameter: the one that is given, the default, or an unknown
// one. The value of a NoEcho parameter counts in conditions only.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (e *Evaluator) parameter(name string, definition any) any {
	key := resultKey{"parameter " + name, e.deciding}
	if known, ok := e.references[key]; ok {
		return known
	}
	v := e.parameterValue(name, definition)
	e.remember(key, v)
	return v
}

func (e *Evaluator) parameterValue(name string, definition any) any {
	p, _ := definition.(Object)
	_, list, ofSSM := parameterType(p)
	u := Unknown{
		What: "parameter", Name: shortName(name), Template: e.File,
		Shown: "${" + shortName(name) + "}",
	}
	if ofSSM { // no value that is stated for it is its own
		u.What = "stored"
	}
	noEcho := isNoEcho(p)
	value, known := e.Parameters[name]
	known = known && !ofSSM
	standard := p.Get("Default")
	if !known && !ofSSM && standard != nil && (e.deciding || !noEcho) {
		value, known = literalText(standard), true
		e.tell(name, value, noEcho)
	}
	if noEcho && !e.deciding {
		u, known = Unknown{What: u.What, Name: u.Name, Template: u.Template, Shown: masked}, false
	}
	switch {
	case !known && list:
		return Unread{u}
	case !known:
		return u.Text()
	case list:
		return e.parameterList(u, value)
	}
	b := builder{e: e}
	b.add(value)
	return b.text()
}

func (e *Evaluator) tell(name, value string, noEcho bool) {
	if e.told == nil {
		e.told = map[string]string{}
	}
	if noEcho {
		value = ""
	}
	e.told[name] = value
}

// parameterList divides the value of a list parameter at its commas.
func (e *Evaluator) parameterList(u Unknown, value string) any {
	if value == "" {
		return []any{}
	}
	list, complete := e.parts(",", value)
	if !complete {
		u.Expression = e.digest("list", value)
		return Unread{u}
	}
	for i, v := range list {
		list[i] = strings.TrimSpace(v.(string))
	}
	return list
}

// parameterType returns the type of a parameter, or of the elements of one that is a list, and
// whether it names one in Systems Manager.
func parameterType(p Object) (kind string, list, ofSSM bool) {
	kind, _ = p.Get("Type").(string)
	inner, ofSSM := strings.CutPrefix(kind, ssmValue)
	if ofSSM {
		kind = strings.TrimSuffix(inner, ">")
	}
	if kind == "CommaDelimitedList" {
		return "String", true, ofSSM
	}
	if element, ok := strings.CutPrefix(kind, "List<"); ok {
		return strings.TrimSuffix(element, ">"), true, ofSSM
	}
	return kind, false, ofSSM
}
