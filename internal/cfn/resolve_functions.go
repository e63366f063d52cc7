package cfn

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// resolvers evaluate functions where they stand in properties, outputs and conditions. Not ok: the function has a form that CloudFormation refuses.
var resolvers map[string]func(r *Resolver, argument any) (v any, ok bool)

func init() { // they refer to each other through the resolver
	resolvers = map[string]func(*Resolver, any) (any, bool){
		"Ref":                (*Resolver).ref,
		"Fn::GetAtt":         (*Resolver).getAtt,
		"Fn::Sub":            (*Resolver).sub,
		"Fn::Join":           (*Resolver).join,
		"Fn::Select":         (*Resolver).sel,
		"Fn::Split":          (*Resolver).split,
		"Fn::If":             (*Resolver).choose,
		"Fn::FindInMap":      (*Resolver).findInMap,
		"Fn::Base64":         (*Resolver).base64,
		"Fn::ImportValue":    (*Resolver).importValue,
		"Fn::GetStackOutput": (*Resolver).stackOutput,
		"Fn::GetAZs":         (*Resolver).zones,
		"Fn::Cidr":           (*Resolver).cidr,
		"Fn::Length":         (*Resolver).length,
		"Fn::ToJsonString":   (*Resolver).toJSON,
	}
}

// ref: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html
func (r *Resolver) ref(argument any) (any, bool) {
	name, ok := r.value(argument).(string) // AWS::LanguageExtensions allow functions in it
	if !ok {
		return nil, false
	}
	return r.named(name), true
}

// getAtt: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
func (r *Resolver) getAtt(argument any) (any, bool) {
	argument = r.value(argument)
	if text, ok := argument.(string); ok {
		id, attribute, ok := strings.Cut(text, ".")
		return r.attribute(id, attribute), ok
	}
	list, _ := argument.([]any)
	if len(list) != 2 {
		return nil, false
	}
	id, ok := list[0].(string)
	return r.attribute(id, r.text(list[1])), ok
}

// sub: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func (r *Resolver) sub(argument any) (any, bool) {
	var own Object
	if list := elements(argument); len(list) == 2 {
		own, _ = list[1].(Object)
		argument = list[0]
	}
	template, ok := argument.(string)
	if !ok || IsIntrinsic(template) {
		return nil, false
	}
	var b strings.Builder
	for part := range SubParts(template) {
		if b.Len() > maxText {
			break
		}
		b.WriteString(part.Text)
		if part.Name != "" {
			b.WriteString(r.variable(part.Name, own))
		}
	}
	return shortened(b.String()), true
}

// variable returns what stands for ${name}.
func (r *Resolver) variable(name string, own Object) string {
	if own.has(name) {
		return r.text(r.value(own.Get(name)))
	}
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return r.text(r.attribute(id, attribute))
	}
	return r.text(r.named(name))
}

// list resolves an argument that is a list.
func (r *Resolver) list(argument any) ([]any, bool) {
	list, ok := r.value(argument).([]any)
	return list, ok
}

// join: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html
func (r *Resolver) join(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 2 {
		return nil, false
	}
	separator := r.text(r.value(arguments[0]))
	joined := r.value(arguments[1])
	list, ok := joined.([]any)
	if !ok { // of what is known only after deployment
		return r.text(joined), true
	}
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(r.text(e))
		if b.Len() > maxText {
			break
		}
	}
	return shortened(b.String()), true
}

// sel: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-select.html
func (r *Resolver) sel(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 2 {
		return nil, false
	}
	index, err := strconv.Atoi(r.text(r.value(arguments[0])))
	list, ok := r.list(arguments[1])
	if err != nil || index < 0 {
		return nil, false
	}
	if !ok || index >= len(list) { // what it selects from has a stand-in of another form
		return StandIn("unknown", string(AppendValue(nil, Object{{"Fn::Select", argument}}, Format{Compact: true}))), true
	}
	return list[index], true
}

// split: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-split.html
func (r *Resolver) split(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 2 {
		return nil, false
	}
	separator := r.text(r.value(arguments[0]))
	if separator == "" {
		return nil, false
	}
	list := []any{}
	for part := range strings.SplitSeq(r.text(r.value(arguments[1])), separator) {
		list = append(list, part)
	}
	return list, true
}

// choose: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html#intrinsic-function-reference-conditions-if
func (r *Resolver) choose(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 3 {
		return nil, false
	}
	name, ok := arguments[0].(string)
	switch {
	case !ok:
		return nil, false
	case r.Holds(name):
		return r.value(arguments[1]), true
	}
	return r.value(arguments[2]), true
}

// findInMap: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
// with a default value: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html
func (r *Resolver) findInMap(argument any) (any, bool) {
	arguments := elements(argument)
	if len(arguments) != 3 && len(arguments) != 4 {
		return nil, false
	}
	var path [3]string
	for i := range path {
		path[i] = r.text(r.value(arguments[i]))
	}
	mapping, _ := r.Template.Mappings.Get(path[0]).(Object)
	top, _ := mapping.Get(path[1]).(Object)
	name := strings.Join(path[:], ".")
	switch {
	case top.has(path[2]):
		return r.once("map "+name, func() any { return r.Resolve(top.Get(path[2])) }, ""), true
	case len(arguments) == 4:
		if options, ok := arguments[3].(Object); ok && options.has("DefaultValue") {
			return r.value(options.Get("DefaultValue")), true
		}
	}
	return name, true
}

// base64: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-base64.html
func (r *Resolver) base64(argument any) (any, bool) {
	return shortened(base64.StdEncoding.EncodeToString([]byte(r.text(r.value(argument))))), true
}

// importValue: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html
func (r *Resolver) importValue(argument any) (any, bool) {
	name := r.text(r.value(argument))
	return r.once("import "+name, func() any {
		if r.Import == nil {
			return nil
		}
		return r.Import(name)
	}, name), true
}

// stackOutput is what the CDK writes for references that shall not bind stacks to each other: StackName, OutputName and, for another Region or account,
// Region and RoleArn.
func (r *Resolver) stackOutput(argument any) (any, bool) {
	arguments, ok := r.value(argument).(Object)
	if !ok {
		return nil, false
	}
	text := string(AppendValue(nil, arguments, Format{Compact: true}))
	return r.once("output "+text, func() any {
		if r.Output == nil {
			return nil
		}
		return r.Output(arguments)
	}, r.text(arguments.Get("StackName"))+"."+r.text(arguments.Get("OutputName"))), true
}

// zones: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
func (r *Resolver) zones(argument any) (any, bool) {
	region := r.text(r.value(argument))
	if region == "" {
		region = r.Region
	}
	return []any{region + "a", region + "b", region + "c"}, true
}

// cidr: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
func (r *Resolver) cidr(argument any) (any, bool) {
	arguments, _ := r.list(argument)
	if len(arguments) != 2 && len(arguments) != 3 {
		return nil, false
	}
	count, err := strconv.Atoi(r.text(arguments[1]))
	if err != nil || count < 1 || count > 256 {
		return nil, false
	}
	block, err := netip.ParsePrefix(r.text(arguments[0]))
	if err != nil { // of what is known only after deployment
		block = netip.MustParsePrefix("10.0.0.0/8")
	}
	size := block.Addr().BitLen()
	bits := 8
	if len(arguments) == 3 {
		if bits, err = strconv.Atoi(r.text(arguments[2])); err != nil {
			return nil, false
		}
	}
	if bits < 1 || size-bits < block.Bits() {
		return nil, false
	}
	list := []any{}
	address := block.Masked().Addr().AsSlice()
	for range count {
		a, _ := netip.AddrFromSlice(address)
		if !block.Contains(a) {
			return nil, false
		}
		list = append(list, netip.PrefixFrom(a, size-bits).String())
		add(address, bits)
	}
	return list, true
}

// add adds 2^bits to an address.
func add(address []byte, bits int) {
	carry := 1 << (bits % 8)
	for i := len(address) - 1 - bits/8; i >= 0 && carry > 0; i-- {
		carry += int(address[i])
		address[i], carry = byte(carry), carry>>8
	}
}

// length: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-length.html
func (r *Resolver) length(argument any) (any, bool) {
	list, ok := r.list(argument)
	return json.Number(strconv.Itoa(len(list))), ok
}

// toJSON: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ToJsonString.html
func (r *Resolver) toJSON(argument any) (any, bool) {
	return shortened(string(AppendValue(nil, r.Resolve(argument), Format{Compact: true}))), true
}
