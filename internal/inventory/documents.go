package inventory

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// Document is a policy, or a statement of one, that AWS counts together with others.
type Document struct {
	Owner     Key // of the role, user, group or function
	Kind      Kind
	Name      string // of the owner
	Value     any    // without functions, parts unknown
	Stack     int
	LogicalID string
	Property  string // in which it stands
	Condition string
}

// Inline returns the inline policies of roles, users and groups, by stack and logical ID.
func (r *Register) Inline() []Document {
	var all []Document
	for _, s := range r.stacks {
		for _, id := range s.withPolicies {
			all = append(all, s.inlineOf(id)...)
		}
	}
	return all
}

func (s *stack) inlineOf(id string) []Document {
	r := s.template.Resources[id]
	if r == nil {
		return nil
	}
	var all []Document
	add := func(kind Kind, owner, property string, v any) {
		all = append(all, Document{
			Owner: iamKey(s.account(), kind, owner), Kind: kind, Name: owner, Value: v,
			Stack: s.number, LogicalID: id, Property: property, Condition: conditionOf(r),
		})
	}
	of := inlineTypes[r.Type]
	for _, property := range slices.Sorted(maps.Keys(of)) {
		for _, owner := range s.texts(r.Property(property)) {
			add(of[property], owner, "PolicyDocument", s.e.Resolve(r.Property("PolicyDocument")))
		}
	}
	n := namedTypes[r.Type]
	if n.kind != Role && n.kind != User && n.kind != Group {
		return all
	}
	list, _ := s.e.Resolve(r.Property("Policies")).([]any)
	for i, e := range list {
		policy, _ := e.(cfn.Object)
		property := "Policies." + strconv.Itoa(i) + ".PolicyDocument"
		add(n.kind, s.nameOf(id, n.property), property, policy.Get("PolicyDocument"))
	}
	return all
}

// Permissions returns the statements that the templates add to policies of functions, as Lambda
// writes them, by stack and logical ID.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
func (r *Register) Permissions() []Document {
	var all []Document
	for _, s := range r.stacks {
		for _, id := range s.permissions {
			resource := s.template.Resources[id]
			given := s.text(id, "FunctionName")
			key, name, qualifier := functionKey(s.here(), given)
			arn := given
			if !strings.HasPrefix(arn, "arn:") {
				arn = s.arn("lambda", s.region(), "function:"+name)
			}
			if qualifier != "" { // a version or alias has a policy of its own
				key += "\x00" + Key(qualifier)
			}
			all = append(all, Document{
				Owner: key, Kind: Function, Name: name, Value: s.permission(id, arn),
				Stack: s.number, LogicalID: id, Condition: conditionOf(resource),
			})
		}
	}
	return all
}

// EmptyFunctionPolicy is what a policy of a function takes before its first statement.
const EmptyFunctionPolicy = `{"Version":"2012-10-17","Id":"default","Statement":[]}`

// permission writes a permission as the statement that Lambda makes of it. CloudFormation makes its
// id of the names of the stack and the resource, and twelve characters.
func (s *stack) permission(id, function string) cfn.Object {
	principal := cfn.Object{{Key: "Service", Value: s.text(id, "Principal")}}
	if !strings.HasSuffix(s.text(id, "Principal"), ".com") {
		principal[0].Key = "AWS"
	}
	out := cfn.Object{
		{Key: "Sid", Value: s.e.Text(cfn.Ref(cfn.StackName)) + "-" + id + "-123456789012"},
		{Key: "Effect", Value: "Allow"}, {Key: "Principal", Value: principal},
		{Key: "Action", Value: s.text(id, "Action")}, {Key: "Resource", Value: function},
	}
	var conditions cfn.Object
	for _, c := range []struct{ property, operator, key string }{
		{"SourceAccount", "StringEquals", "AWS:SourceAccount"},
		{"SourceArn", "ArnLike", "AWS:SourceArn"},
		{"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
		{"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
		{"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"},
	} {
		if v := s.text(id, c.property); v != "" {
			conditions = append(conditions,
				cfn.Member{Key: c.operator, Value: cfn.Object{{Key: c.key, Value: v}}})
		}
	}
	if conditions != nil {
		out = append(out, cfn.Member{Key: "Condition", Value: conditions})
	}
	return out
}

// Resolve returns a value of a template of a stack without functions, parts unknown.
func (r *Register) Resolve(stack int, v any) any { return r.stacks[stack].e.Resolve(v) }

// Sizes are how much a text is, what is not known counted as small as it can be. Accounts and
// Regions, which a stack must be able to stand in, are counted as the longest.
type Sizes struct {
	Characters, Bytes int
	Unspaced          int // characters that are no white space
}

// SizeOf returns how much a text is.
func SizeOf(s string) Sizes {
	var out Sizes
	for {
		before, _, u, after, found := cfn.CutUnknown(s)
		out.Bytes += len(before)
		out.Characters += utf8.RuneCountInString(before)
		for _, r := range before {
			if !unicode.IsSpace(r) {
				out.Unspaced++
			}
		}
		if !found {
			return out
		}
		n := u.Min
		switch u.What {
		case "region":
			n = aws.MaxRegionLength
		case "account":
			n = u.Max
		}
		out.Bytes, out.Characters, out.Unspaced = out.Bytes+n, out.Characters+n, out.Unspaced+n
		s = after
	}
}

// SizeOfDocument returns how much a resolved value is as compact JSON.
func SizeOfDocument(v any) Sizes {
	if text, ok := v.(string); ok {
		return SizeOf(text)
	}
	return SizeOf(cfn.JSON(v))
}
