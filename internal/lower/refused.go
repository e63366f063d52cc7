package lower

import (
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
)

// attached refuses policies for roles that belong to AWS, however the role is written.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
func (h *holder) attached(id string, r *cfn.Resource) {
	var property string
	switch r.Type {
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy":
		property = "Roles"
	case "AWS::IAM::RolePolicy":
		property = "RoleName"
	default:
		return
	}
	given := h.register.Resolve(h.number, r.Property(property))
	names, isList := given.([]any)
	if !isList {
		names = []any{given}
	}
	for i, v := range names {
		name, _ := v.(string)
		if !aws.IsReservedRole(name) {
			continue
		}
		path := property
		if isList {
			path += "." + strconv.Itoa(i)
		}
		h.found.Report(diag.ReservedRole, h.placeOf(id, path)).
			Message("the role %q belongs to AWS, and no policy can be attached to it",
				cfn.Shown(name)).
			Hint("write a rolePattern with the path of the role, which stands in policies of " +
				"secrets and keys")
	}
}

// references refuses dynamic references that CloudFormation does not resolve, wherever one stands
// in a resource.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (h *holder) references(id string, r *cfn.Resource) {
	properties := r.Properties
	if r.Verbatim != nil {
		properties, _ = r.Verbatim.Get("Properties").(cfn.Object)
	}
	for _, m := range properties {
		if cfn.CountDynamic(m.Value) > 0 {
			h.referencesIn(id, m.Key, m.Value)
		}
	}
}

func (h *holder) referencesIn(id, path string, v any) {
	switch v := v.(type) {
	case string:
		if cfn.IsIntrinsic(v) {
			h.referencesIn(id, path, cfn.Parse(v))
			return
		}
		for reference := range dynamicReferences(v) {
			if clause := aws.DynamicReference(reference); clause != "" {
				h.found.Report(diag.InvalidReference, h.placeOf(id, path)).
					Message("a dynamic reference %s", diag.Words(clause)).
					Hint("write {{resolve:secretsmanager:SECRET:SecretString:FIELD:STAGE:" +
						"VERSION}}, with what is not needed left empty")
			}
		}
	case []any:
		for i, e := range v {
			h.referencesIn(id, path+"."+strconv.Itoa(i), e)
		}
	case []string:
		for i, e := range v {
			h.referencesIn(id, path+"."+strconv.Itoa(i), e)
		}
	case cfn.Object:
		for _, m := range v {
			h.referencesIn(id, path+"."+m.Key, m.Value)
		}
	}
}

// dynamicReference begins a dynamic reference.
const dynamicReference = cfn.BeginDynamic

// dynamicReferences yields what stands in the dynamic references of a text, without the braces.
func dynamicReferences(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			_, rest, found := strings.Cut(text, dynamicReference)
			if !found {
				return
			}
			inside, after, closed := strings.Cut(rest, "}}")
			if !closed || !yield(inside) {
				return
			}
			text = after
		}
	}
}
