package cfn

import (
	"encoding/json"
	"hash/fnv"
	"strconv"
	"strings"
)

// StandIn returns a text in the place of one that is known only after deployment: a prefix, a hyphen and twelve letters and digits that depend on
// nothing but what it stands for. That is the form of the names that CloudFormation makes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
func StandIn(prefix, of string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	sum := hash(of)
	b := []byte(prefix + "-")
	for range 12 {
		b = append(b, digits[sum%36])
		sum /= 36
	}
	return string(b)
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// named returns what Ref returns of a parameter, a pseudo parameter or a resource.
func (r *Resolver) named(name string) any {
	switch name {
	case AccountID:
		return r.Account
	case NoValue:
		return removed{}
	case NotificationARNs:
		return []any{}
	case Partition:
		return r.Partition
	case Region:
		return r.Region
	case StackID:
		return r.stackID()
	case StackName:
		return r.Stack
	case URLSuffix:
		return r.URLSuffix
	}
	return r.once("ref "+name, func() any {
		if parameter, ok := r.Template.Parameters.Get(name).(Object); ok {
			return r.parameter(name, parameter)
		}
		if r.Resource == nil || !r.Exists(name) {
			return nil
		}
		return r.Resource(name, "")
	}, name)
}

// stackID makes the ARN of the stack where it is not given.
func (r *Resolver) stackID() string {
	if r.StackID != "" {
		return r.StackID
	}
	return strings.Join([]string{"arn", r.Partition, "cloudformation", r.Region, r.Account, "stack/" + r.Stack + "/00000000-0000-0000-0000-000000000000"}, ":")
}

// attribute returns what Fn::GetAtt returns.
func (r *Resolver) attribute(id, attribute string) any {
	return r.once("attribute "+id+"."+attribute, func() any {
		if r.Resource == nil || !r.Exists(id) {
			return nil
		}
		return r.Resource(id, attribute)
	}, id+"."+attribute)
}

// once finds out what is referred to, unless it is known already or just being found out. Nothing has a stand-in.
func (r *Resolver) once(reference string, find func() any, standIn string) any {
	if known, ok := r.references[reference]; ok {
		return known
	}
	if r.references == nil {
		r.references = map[string]any{}
	}
	r.references[reference] = standIn // until it is known, so that a circle ends
	v := find()
	if v == nil {
		return standIn
	}
	r.references[reference] = v
	return v
}

// parameter returns the value of a parameter: the one that is given, the default, or a stand-in of the parameter's type.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
// Of a parameter that names one in Systems Manager neither tells the value: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
func (r *Resolver) parameter(name string, p Object) any {
	kind, _ := p.Get("Type").(string)
	inner, ofSSM := strings.CutPrefix(kind, "AWS::SSM::Parameter::Value<")
	if ofSSM {
		kind = strings.TrimSuffix(inner, ">")
	}
	value, known := r.Parameters[name]
	if !known && p.Get("Default") != nil {
		value, known = r.text(p.Get("Default")), true
	}
	element, list := strings.CutPrefix(kind, "List<")
	element = strings.TrimSuffix(element, ">")
	list = list || kind == "CommaDelimitedList"
	if !known || ofSSM {
		value = r.example(name, element, p)
	}
	value = value[:min(len(value), limits[ParameterValue].max)]
	if !list {
		return value
	}
	out := []any{}
	if value == "" {
		return out
	}
	for e := range strings.SplitSeq(value, ",") {
		out = append(out, strings.TrimSpace(e))
	}
	return out
}

// ids are the prefixes of the ids that parameters of AWS's own types have.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
var ids = map[string]string{
	"AWS::EC2::Image::Id": "ami-", "AWS::EC2::Instance::Id": "i-", "AWS::EC2::SecurityGroup::Id": "sg-", "AWS::EC2::Subnet::Id": "subnet-",
	"AWS::EC2::Volume::Id": "vol-", "AWS::EC2::VPC::Id": "vpc-",
}

// example makes up the value of a parameter.
func (r *Resolver) example(name, kind string, p Object) string {
	if allowed := elements(p.Get("AllowedValues")); len(allowed) > 0 {
		return r.text(allowed[0])
	}
	if prefix := ids[kind]; prefix != "" {
		sum := strconv.FormatUint(hash(name), 16)
		return prefix + "0" + strings.Repeat("0", 16-len(sum)) + sum
	}
	switch kind {
	case "Number":
		if least, ok := p.Get("MinValue").(json.Number); ok {
			return string(least)
		}
		return "1"
	case "AWS::EC2::AvailabilityZone::Name":
		return r.Region + "a"
	case "AWS::Route53::HostedZone::Id":
		return "Z" + StandIn("", name)[1:]
	}
	return name
}
