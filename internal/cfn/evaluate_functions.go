package cfn

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// evaluators evaluate functions where they stand in properties, outputs and conditions. Not ok: the
// function has a form that CloudFormation refuses.
var evaluators map[string]func(e *Evaluator, argument any) (v any, ok bool)

func init() { // they refer to each other through the evaluator
	evaluators = map[string]func(*Evaluator, any) (any, bool){
		"Ref":                (*Evaluator).ref,
		"Fn::GetAtt":         (*Evaluator).getAtt,
		"Fn::Sub":            (*Evaluator).sub,
		"Fn::Join":           (*Evaluator).join,
		"Fn::Select":         (*Evaluator).selectItem,
		"Fn::Split":          (*Evaluator).split,
		"Fn::If":             (*Evaluator).choose,
		"Fn::FindInMap":      (*Evaluator).findInMap,
		"Fn::Base64":         (*Evaluator).base64,
		"Fn::ImportValue":    (*Evaluator).importValue,
		"Fn::GetStackOutput": (*Evaluator).stackOutput,
		"Fn::GetAZs":         (*Evaluator).zones,
		"Fn::Cidr":           (*Evaluator).cidr,
		"Fn::Length":         (*Evaluator).length,
		"Fn::ToJsonString":   (*Evaluator).toJSON,
	}
}

// ref evaluates Ref.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html
func (e *Evaluator) ref(argument any) (any, bool) {
	name := e.value(argument) // AWS::LanguageExtensions allow functions in it
	if text, ok := name.(string); ok && !HasUnknown(text) {
		return e.named(text), true
	}
	if _, ok := e.cause(name); ok {
		return Unread{e.derived("Ref", name)}, true
	}
	return nil, false
}

// getAtt evaluates Fn::GetAtt.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
func (e *Evaluator) getAtt(argument any) (any, bool) {
	argument = e.value(argument)
	id, attribute, ok := "", "", false
	switch a := argument.(type) {
	case string:
		id, attribute, ok = strings.Cut(a, ".")
	case []any:
		if len(a) == 2 {
			id, ok = a[0].(string)
			attribute = e.text(a[1])
		}
	}
	if _, unknown := e.cause(argument); unknown {
		return Unread{e.derived("Fn::GetAtt", argument)}, true
	}
	if !ok {
		return nil, false
	}
	return e.attribute(id, attribute), true
}

// sub evaluates Fn::Sub.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func (e *Evaluator) sub(argument any) (any, bool) {
	var own Object
	if list := elements(argument); len(list) == 2 {
		own, _ = list[1].(Object)
		argument = list[0]
	}
	template, ok := argument.(string)
	if !ok || IsIntrinsic(template) {
		return nil, false
	}
	variables := map[string]string{} // each is resolved once
	b := builder{e: e}
	for part := range SubParts(template) {
		if part.Name == "" {
			b.add(part.Text)
			continue
		}
		if !e.work(1) {
			return e.noBudget(), true
		}
		text, known := variables[part.Name]
		if !known {
			text = e.variable(part.Name, own)
			variables[part.Name] = text
		}
		b.add(text)
	}
	return b.text(), true
}

// variable returns what stands for ${name}.
func (e *Evaluator) variable(name string, own Object) string {
	if own.has(name) {
		return e.text(e.value(own.Get(name)))
	}
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return e.text(e.attribute(id, attribute))
	}
	return e.text(e.named(name))
}

// join evaluates Fn::Join.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html
func (e *Evaluator) join(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 2 {
		return nil, false
	}
	separator := e.text(e.value(arguments[0]))
	joined := e.value(arguments[1])
	if list, ok := joined.([]any); ok {
		return e.joined(separator, list), true
	}
	if _, unknown := e.cause(joined); unknown { // a list that is known only after deployment
		return e.derived("Fn::Join", separator, joined).Text(), true
	}
	return nil, false
}

// selectItem evaluates Fn::Select.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-select.html
func (e *Evaluator) selectItem(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 2 {
		return nil, false
	}
	position := e.text(e.value(arguments[0]))
	list, complete, whole := e.list(arguments[1])
	if HasUnknown(position) {
		return e.derived("Fn::Select", position, whole).Text(), true
	}
	index, err := strconv.Atoi(position)
	if err != nil || index < 0 {
		return nil, false
	}
	if index < len(list) && !anyOptional(list[:index+1]) {
		return list[index], true
	}
	if complete && !anyOptional(list) { // beyond its end
		return nil, false
	}
	return e.derived("Fn::Select", position, whole).Text(), true
}

// list resolves an argument that is a list as far as that is known: the elements at its beginning.
// complete: there are no others. whole describes the list.
func (e *Evaluator) list(argument any) (known []any, complete bool, whole any) {
	if s, ok := argument.(string); ok && IsIntrinsic(s) {
		argument, _ = tryParse(s)
	}
	if o, ok := argument.(Object); ok && len(o) == 1 && o[0].Key == "Fn::Split" {
		if separator, text, ok := e.splitArguments(o[0].Value); ok && !HasUnknown(separator) {
			known, complete = e.parts(separator, text)
			return known, complete, Object{{"Fn::Split", []any{separator, text}}}
		}
	}
	whole = e.value(argument)
	known, complete = whole.([]any)
	if _, unknown := e.cause(whole); !complete && !unknown {
		return nil, true, whole
	}
	return known, complete, whole
}

// split evaluates Fn::Split.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-split.html
func (e *Evaluator) split(argument any) (any, bool) {
	separator, text, ok := e.splitArguments(argument)
	if !ok {
		return nil, false
	}
	if !HasUnknown(separator) {
		if list, complete := e.parts(separator, text); complete {
			return list, true
		}
	}
	return Unread{e.derived("Fn::Split", separator, text)}, true
}

func (e *Evaluator) splitArguments(argument any) (separator, text string, ok bool) {
	arguments := elements(argument)
	if len(arguments) != 2 {
		return "", "", false
	}
	separator, text = e.text(e.value(arguments[0])), e.text(e.value(arguments[1]))
	return separator, text, separator != ""
}

// choose evaluates Fn::If.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html#intrinsic-function-reference-conditions-if
func (e *Evaluator) choose(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 3 {
		return nil, false
	}
	name, ok := arguments[0].(string)
	if !ok || IsIntrinsic(name) {
		return nil, false
	}
	switch e.Holds(name) {
	case Yes:
		return e.value(arguments[1]), true
	case No:
		return e.value(arguments[2]), true
	}
	u := Unknown{
		What: "condition", Name: shortName(name), Template: e.File,
		Shown: "${if " + shortName(name) + "}",
	}
	return e.either(u, e.value(arguments[1]), e.value(arguments[2])), true
}

// findInMap evaluates Fn::FindInMap.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
// with a default value:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html
func (e *Evaluator) findInMap(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 3 && len(arguments) != 4 {
		return nil, false
	}
	var path [3]string
	for i := range path {
		path[i] = e.text(e.value(arguments[i]))
	}
	name := strings.Join(path[:], ".")
	found, certain := e.lookUp(path)
	if len(found) == 1 && certain {
		return e.value(found[0]), true
	}
	if len(arguments) == 4 && !certain {
		if options, ok := arguments[3].(Object); ok && options.has("DefaultValue") {
			found = append(found, options.Get("DefaultValue"))
		}
	}
	if len(found) == 0 {
		return nil, false
	}
	for i := range found {
		found[i] = e.value(found[i])
	}
	if len(found) == 1 {
		return found[0], true
	}
	u := e.derived("Fn::FindInMap", path[0], path[1], path[2])
	u.Shown = "${" + shortName(Shown(name)) + "}"
	return e.either(u, found...), true
}

// lookUp returns the values in mappings to which a path may lead, and whether it certainly leads to
// the only one.
func (e *Evaluator) lookUp(path [3]string) (values []any, certain bool) {
	level := []any{e.template().Mappings}
	certain = true
	for _, key := range path {
		var next []any
		for _, v := range level {
			o, _ := v.(Object)
			for _, m := range o {
				switch e.same(key, m.Key) {
				case Maybe:
					certain = false
					fallthrough
				case Yes:
					next = append(next, m.Value)
				}
			}
		}
		level = next
	}
	return level, certain && len(level) == 1
}

// base64 evaluates Fn::Base64.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-base64.html
func (e *Evaluator) base64(argument any) (any, bool) {
	text := e.text(e.value(argument))
	if HasUnknown(text) {
		return e.derived("Fn::Base64", text).Text(), true
	}
	b := builder{e: e}
	b.add(base64.StdEncoding.EncodeToString([]byte(text)))
	return b.text(), true
}

// importValue evaluates Fn::ImportValue.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html
func (e *Evaluator) importValue(argument any) (any, bool) {
	name := e.text(e.value(argument))
	u := Unknown{What: "import", Shown: "${export " + shortName(Shown(name)) + "}"}
	u.Name, u.Expression = e.nameOf(name)
	return e.once("import "+name, func() Unknown { return u }, func() any {
		if e.Import == nil {
			return nil
		}
		return e.Import(name)
	}), true
}

// stackOutput is what the CDK writes for references that shall not bind stacks to each other:
// StackName, OutputName and, for another Region or account, Region and RoleArn.
func (e *Evaluator) stackOutput(argument any) (any, bool) {
	arguments, ok := e.value(argument).(Object)
	if !ok {
		return nil, false
	}
	name := e.text(arguments.Get("StackName")) + "." + e.text(arguments.Get("OutputName"))
	u := Unknown{
		What: "import", Shown: "${output " + shortName(Shown(name)) + "}",
		Expression: e.digest("Fn::GetStackOutput", arguments),
	}
	u.Name, _ = e.nameOf(name)
	return e.once("output "+u.Expression, func() Unknown { return u }, func() any {
		if e.Output == nil {
			return nil
		}
		return e.Output(arguments)
	}), true
}

// zones: which Availability Zones an account has in a Region, no template tells.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
func (e *Evaluator) zones(argument any) (any, bool) {
	region := e.text(e.value(argument))
	if region == "" {
		region = e.region()
	}
	return Unread{Unknown{
		What: "attribute", Name: "Fn::GetAZs", Template: e.File,
		Shown:      "${Availability Zones in " + shortName(Shown(region)) + "}",
		Expression: e.digest("Fn::GetAZs", []any{region, e.account()}),
	}}, true
}

// cidr evaluates Fn::Cidr.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
func (e *Evaluator) cidr(argument any) (any, bool) {
	resolved := e.value(argument)
	if _, unknown := e.cause(resolved); unknown {
		return Unread{e.derived("Fn::Cidr", resolved)}, true
	}
	arguments, _ := resolved.([]any)
	if len(arguments) != 2 && len(arguments) != 3 {
		return nil, false
	}
	block, err := netip.ParsePrefix(e.text(arguments[0]))
	if err != nil {
		return nil, false
	}
	count, err := strconv.Atoi(e.text(arguments[1]))
	if err != nil || count < 1 || count > 256 {
		return nil, false
	}
	bits := 8
	if len(arguments) == 3 {
		if bits, err = strconv.Atoi(e.text(arguments[2])); err != nil {
			return nil, false
		}
	}
	return ranges(block, count, bits)
}

// ranges divides a block of addresses into ranges of 2^bits.
func ranges(block netip.Prefix, count, bits int) (any, bool) {
	size := block.Addr().BitLen()
	if bits < 1 || size-bits < block.Bits() {
		return nil, false
	}
	list := []any{}
	address := block.Masked().Addr().AsSlice()
	for i := range count {
		a, _ := netip.AddrFromSlice(address)
		// beyond the last address of all is the first
		if !block.Contains(a) || i > 0 && a == block.Masked().Addr() {
			return nil, false
		}
		list = append(list, netip.PrefixFrom(a, size-bits).String())
		add(address, bits)
	}
	return list, true
}

// length evaluates Fn::Length.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-length.html
func (e *Evaluator) length(argument any) (any, bool) {
	v := e.value(argument)
	list, ok := v.([]any)
	if ok && !anyOptional(list) {
		return json.Number(strconv.Itoa(len(list))), true
	}
	if _, unknown := e.cause(v); unknown {
		u := e.derived("Fn::Length", v)
		u.Class, u.Min = Digits, 1
		return u.Text(), true
	}
	return nil, false
}

// toJSON evaluates Fn::ToJsonString.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ToJsonString.html
func (e *Evaluator) toJSON(argument any) (any, bool) {
	v := e.value(argument)
	if v == any(noValue{}) {
		v = nil
	}
	b := builder{e: e}
	b.json(v)
	return b.text(), true
}

// json adds a resolved value as compact JSON. What is not known is an unknown part; so is a whole
// object or list of which a member or element may not be there.
func (b *builder) json(v any) {
	if !b.e.work(1) {
		b.none = true
		return
	}
	switch v := v.(type) {
	case string:
		b.quoted(v)
	case Unread:
		b.add(b.e.derived("Fn::ToJsonString", v).Text())
	case []any:
		if anyOptional(v) {
			b.add(b.e.derived("Fn::ToJsonString", v).Text())
			return
		}
		b.add("[")
		for i, element := range v {
			if i > 0 {
				b.add(",")
			}
			b.json(element)
		}
		b.add("]")
	case Object:
		for _, m := range v {
			if optional(m.Value) {
				b.add(b.e.derived("Fn::ToJsonString", v).Text())
				return
			}
		}
		b.add("{")
		for i, m := range v {
			if i > 0 {
				b.add(",")
			}
			b.quoted(m.Key)
			b.add(":")
			b.json(m.Value)
		}
		b.add("}")
	default:
		b.add(JSON(v))
	}
}

// quoted adds a text in quotes. An unknown part that may have characters which JSON escapes is
// another one there.
func (b *builder) quoted(s string) {
	b.add(`"`)
	for _, part := range segments(s) {
		switch {
		case part.unknown == nil:
			quoted := appendQuoted(nil, part.text)
			b.add(string(quoted[1 : len(quoted)-1]))
		case part.unknown.Class == AnyText:
			b.add(b.e.derived("Fn::ToJsonString", part.text).Text())
		default:
			b.add(part.text)
		}
	}
	b.add(`"`)
}

// add adds 2^bits to an address.
func add(address []byte, bits int) {
	carry := 1 << (bits % 8)
	for i := len(address) - 1 - bits/8; i >= 0 && carry > 0; i-- {
		carry += int(address[i])
		address[i], carry = byte(carry), carry>>8
	}
}
