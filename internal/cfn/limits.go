package cfn

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/english"
)

// LimitKind says which limit of CloudFormation's a template exceeds. All are from
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
type LimitKind string

const (
	// BodyInRequest is not a fault: the template is too large for the request itself and has to be
	// uploaded to S3 first.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
	BodyInRequest LimitKind = "body in request"
	// Body is the size in bytes of a template in S3.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	Body LimitKind = "body"
	// Resources is how many resources a template may have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
	Resources LimitKind = "resources"
	// Parameters is how many parameters a template may have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
	Parameters LimitKind = "parameters"
	// Outputs is how many outputs a template may have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
	Outputs LimitKind = "outputs"
	// Mappings is how many mappings a template may have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html
	Mappings LimitKind = "mappings"
	// MappingAttributes is how many keys a mapping, and how many values a key of it, may have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	MappingAttributes LimitKind = "mapping attributes"
	// DynamicReferences is how many {{resolve:…}} a template may have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
	DynamicReferences LimitKind = "dynamic references"
	// Description is the size in bytes of the template's description.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html
	Description LimitKind = "description"
	// NameLength is how many characters the name of a resource, parameter, mapping or output may
	// have.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	NameLength LimitKind = "name length"
	// ParameterValue is the size in bytes of a parameter's value, of which the template knows the
	// default.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	ParameterValue LimitKind = "parameter value"
)

// limit is one row of CloudFormation's quotas: what the maximum is and how a message says that it
// is exceeded.
type limit struct {
	max  int
	unit string
}

// ofTemplate takes a row from the table of AWS's limits.
func ofTemplate(property, unit string) limit {
	return limit{aws.LimitOf(aws.OfTemplate, property).Most, unit}
}

var limits = map[LimitKind]limit{
	BodyInRequest:     ofTemplate("Request", "bytes"),
	Body:              ofTemplate("Body", "bytes"),
	Resources:         ofTemplate("Resources", "resources"),
	Parameters:        ofTemplate("Parameters", "parameters"),
	Outputs:           ofTemplate("Outputs", "outputs"),
	Mappings:          ofTemplate("Mappings", "mappings"),
	MappingAttributes: ofTemplate("Attributes", "attributes"),
	DynamicReferences: ofTemplate("DynamicReferences", "dynamic references"),
	Description:       ofTemplate("Description", "bytes"),
	NameLength:        ofTemplate("LogicalID", "characters"),
	ParameterValue:    ofTemplate("ParameterValue", "bytes"),
}

// Limit returns the most that CloudFormation accepts of a kind.
func Limit(kind LimitKind) int { return limits[kind].max }

// Finding is a limit that a template exceeds.
type Finding struct {
	Kind LimitKind
	// the resource, parameter, mapping or output at fault; empty for the template as a whole
	LogicalID   string
	Have, Limit int
	Message     string // a clause, lower case, no full stop
}

// Check returns the limits that the template exceeds, in a fixed order. size is that of the
// template as written, in bytes. BodyInRequest says only that the template must go through S3 and
// is left out where Body is exceeded.
func (t *Template) Check(size int) []Finding { return t.check(size, t.dynamicReferences()) }

// CheckText is Check for who has the template as it is written in JSON, and knows whether
// BeginDynamic stands in the text: what it does not have is not looked for in the values.
func (t *Template) CheckText(text []byte, hasDynamic bool) []Finding {
	dynamic := 0
	if hasDynamic {
		dynamic = t.dynamicReferences()
	}
	return t.check(len(text), dynamic)
}

// check is Check with the number of dynamic references.
func (t *Template) check(size, dynamic int) []Finding {
	var c checker
	c.check(Body, "", "the template has", size)
	if len(c.found) == 0 {
		c.check(BodyInRequest, "", "the template has", size)
	}
	c.check(Description, "", "the template's description has", len(t.Description))
	c.check(Resources, "", "the template has", len(t.Resources))
	c.check(Parameters, "", "the template has", len(t.Parameters))
	c.check(Mappings, "", "the template has", len(t.Mappings))
	c.check(Outputs, "", "the template has", len(t.Outputs))
	c.check(DynamicReferences, "", "the template has", dynamic)
	c.names("parameter", keys(t.Parameters))
	c.names("mapping", keys(t.Mappings))
	c.names("resource", t.IDs())
	c.names("output", sortedNames(t.Outputs))
	for _, m := range sorted(t.Parameters) {
		if o, ok := m.Value.(Object); ok {
			c.check(ParameterValue, m.Key, fmt.Sprintf("the default of parameter %q has", m.Key),
				valueSize(o.Get("Default")))
		}
	}
	for _, m := range sorted(t.Mappings) {
		o, _ := m.Value.(Object)
		c.check(MappingAttributes, m.Key, fmt.Sprintf("the mapping %q has", m.Key), len(o))
		for _, top := range o {
			second, _ := top.Value.(Object)
			c.check(MappingAttributes, m.Key,
				fmt.Sprintf("the key %q of mapping %q has", top.Key, m.Key), len(second))
		}
	}
	return c.found
}

// ResourcesOver says that a template has more resources than CloudFormation accepts once its loops
// are substituted; nil: it has not, as far as its loops are known.
func (t *Template) ResourcesOver() *Finding {
	var c checker
	c.check(Resources, "", "the template has", len(t.Expand().Resources))
	if len(c.found) == 0 {
		return nil
	}
	return &c.found[0]
}

// AtLeast says that a template that is not finished exceeds a limit, since it will have so many of
// a kind or more; nil: it may not.
func AtLeast(kind LimitKind, have int) *Finding {
	var c checker
	c.check(kind, "", "the template has at least", have)
	if len(c.found) == 0 {
		return nil
	}
	return &c.found[0]
}

type checker struct{ found []Finding }

// check reports a count over its limit; subject begins the message.
func (c *checker) check(kind LimitKind, id, subject string, have int) {
	l := limits[kind]
	if have <= l.max {
		return
	}
	message := fmt.Sprintf("%s %s %s, more than the %s that CloudFormation accepts",
		subject, english.Thousands(have), l.unit, english.Thousands(l.max))
	if kind == BodyInRequest {
		message += " in a request"
	}
	c.found = append(c.found,
		Finding{Kind: kind, LogicalID: id, Have: have, Limit: l.max, Message: message})
}

func (c *checker) names(kind string, names []string) {
	for _, name := range names {
		if n := utf8.RuneCountInString(name); n > Limit(NameLength) {
			c.check(NameLength, name, fmt.Sprintf("the name of %s %q has", kind, name), n)
		}
	}
}

func keys(o Object) []string {
	var names []string
	for _, m := range sorted(o) {
		names = append(names, m.Key)
	}
	return names
}

// valueSize is the size of a parameter's default: of its text, or of what is written for anything
// else.
func valueSize(v any) int {
	if s, ok := v.(string); ok {
		return len(s)
	}
	return len(JSON(v))
}

// dynamicReferences counts every {{resolve: in the template.
func (t *Template) dynamicReferences() int {
	n := 0
	t.values(func(v any) { n += CountDynamic(v) })
	return n
}

// CountDynamic counts every {{resolve: in a value.
func CountDynamic(v any) int {
	n := 0
	switch v := v.(type) {
	case string:
		return strings.Count(v, BeginDynamic)
	case []string:
		for _, s := range v {
			n += strings.Count(s, BeginDynamic)
		}
	case []any:
		for _, e := range v {
			n += CountDynamic(e)
		}
	case Object:
		for _, m := range v {
			n += CountDynamic(m.Value)
		}
	}
	return n
}

// Calls says whether a function is called anywhere in the template.
func (t *Template) Calls(function string) bool {
	calls := false
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case string: // of a placeholder; within a text the quotes are escaped
			calls = calls || IsIntrinsic(v) && strings.Contains(v, `"`+function+`":`)
			return
		case Object:
			isCall := func(m Member) bool { return m.Key == function }
			calls = calls || slices.ContainsFunc(v, isCall)
		}
		if !calls {
			each(v, look)
		}
	}
	t.values(look)
	return calls
}

// values calls visit with everything in a template that can hold an intrinsic.
func (t *Template) values(visit func(any)) {
	for _, o := range []Object{t.Metadata, t.Parameters, t.Mappings, t.Conditions} {
		visit(o)
	}
	for _, r := range t.Resources {
		r.values(visit)
	}
	for _, o := range t.Outputs {
		visit(o.object())
	}
}

// values calls visit with everything in a resource that can hold an intrinsic.
func (r *Resource) values(visit func(any)) {
	if r.Verbatim != nil {
		for _, m := range r.Verbatim {
			if m.Key != "Type" && m.Key != "Condition" && m.Key != "DependsOn" {
				visit(m.Value)
			}
		}
		return
	}
	visit(r.Metadata)
	visit(r.Properties)
}
