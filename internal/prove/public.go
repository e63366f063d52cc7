package prove

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// PublicStatements finds the statements in the user's own words that let everybody in: those of a
// secret's policy, and those of resources of type AWS::SecretsManager::ResourcePolicy. They are
// errors while blockPublicPolicy is not false, because Secrets Manager then refuses them, and else
// warnings. sections is the template whose parameters, mappings and conditions the statements refer
// to.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
func PublicStatements(m *model.Model, sections *cfn.Template) diag.List {
	f := publicFinder{values: &cfn.Evaluator{
		Template: sections, Account: m.Env.Account, Region: m.Env.Region,
		Partition: aws.PartitionOf(m.Env.Region), Stack: m.Stack,
	}}
	for _, s := range m.Secrets {
		for _, own := range s.Policy.Statements {
			f.check(own.Value, own.Span, s.Policy.BlockPublicPolicy, "blockPublicPolicy", s.ID)
		}
	}
	for _, r := range m.Resources {
		if kind := r.V.Node.Get("Type"); kind == nil ||
			kind.Text() != "AWS::SecretsManager::ResourcePolicy" {
			continue
		}
		properties := r.V.Node.Get("Properties")
		blocks := properties.Get("BlockPublicPolicy")
		for _, document := range branches(properties.Get("ResourcePolicy")) {
			for _, n := range branches(document.Get("Statement")) {
				if statement, ok := cfn.ValueOf(n).(cfn.Object); ok {
					f.check(statement, n.Span(),
						blocks == nil || !strings.EqualFold(blocks.Text(), "false"),
						"BlockPublicPolicy")
				}
			}
		}
	}
	return f.found
}

// branches returns the mappings that a node may be: itself, the items of a list, the branches of
// Fn::If.
func branches(n *yaml.Node) []*yaml.Node {
	if n == nil || n.IsScalar() {
		return nil
	}
	list := n.Items()
	if n.IsIntrinsic() {
		list = nil
		if n.Pairs()[0].Key.Text() == ifFunction && len(n.Pairs()[0].Value.Items()) > 0 {
			list = n.Pairs()[0].Value.Items()[1:]
		}
	} else if n.Kind == yaml.Map {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, item := range list {
		out = append(out, branches(item)...)
	}
	return out
}

const ifFunction = "Fn::If"

// publicFinder finds public statements.
type publicFinder struct {
	values *cfn.Evaluator
	found  diag.List
}

// check reports a statement that may let everybody in. property is where its owner says whether
// Secrets Manager is to refuse it.
func (f *publicFinder) check(statement cfn.Object, at source.Span, blocks bool, property string,
	about ...string) {
	const enough = 64 // branches; nobody writes more
	public := false
	for _, v := range decided(statement, enough) {
		public = public || isPublic(f.values.Resolve(v))
	}
	switch {
	case !public:
	case blocks:
		f.found.Report(diag.PublicStatement, at).
			Message("the statement lets everybody in, so that Secrets Manager refuses the policy").
			Hint("name the principals, or hold it to them by a condition, such as StringEquals "+
				"on aws:PrincipalOrgID; if everybody is meant, add %s: false", property)
	default:
		f.found.Report(diag.OpenToEverybody, at).
			Message("the statement lets everybody in, from every account, and %s is false, so "+
				"that nothing refuses it", property).
			Hint("name the principals, or hold it to them by a condition, such as StringEquals " +
				"on aws:PrincipalOrgID").
			About(about...)
	}
}

// decided returns what a value may be once the conditions of its Fn::Ifs are decided, at most so
// many.
func decided(v any, most int) []any {
	switch v := v.(type) {
	case string:
		if cfn.IsIntrinsic(v) {
			return decided(cfn.Parse(v), most)
		}
	case cfn.Object:
		if len(v) == 1 && v[0].Key == ifFunction {
			var out []any
			if list, ok := v[0].Value.([]any); ok && len(list) > 1 {
				for _, branch := range list[1:] {
					out = append(out, decided(branch, most)...)
				}
			}
			return out[:min(len(out), most)]
		}
		out := []any{cfn.Object{}}
		for _, m := range v {
			out = combined(out, decided(m.Value, most), most, func(so any, value any) any {
				return append(so.(cfn.Object)[:len(so.(cfn.Object)):len(so.(cfn.Object))],
					cfn.Member{Key: m.Key, Value: value})
			})
		}
		return out
	case []any:
		out := []any{[]any{}}
		for _, e := range v {
			out = combined(out, decided(e, most), most, func(so any, value any) any {
				return append(so.([]any)[:len(so.([]any)):len(so.([]any))], value)
			})
		}
		return out
	}
	return []any{v}
}

// combined returns every combination of what there is so far and what comes next.
func combined(so, next []any, most int, with func(so, next any) any) []any {
	out := make([]any, 0, len(so)*len(next))
	for _, a := range so {
		for _, b := range next {
			if len(out) < most {
				out = append(out, with(a, b))
			}
		}
	}
	return out
}

// isPublic says whether a statement lets everybody in. A test that nobody can read before the
// deployment narrows if it is of a source address; all others are left out.
func isPublic(statement any) bool {
	rule, err := decodeOne(statement)
	if err == nil {
		return policy.PublicStatement(rule)
	}
	o, ok := statement.(cfn.Object)
	if !ok {
		return false
	}
	bare, readable := cfn.Object{}, cfn.Object{}
	for _, m := range o {
		if m.Key != "Condition" {
			bare = append(bare, m)
		}
	}
	block, _ := o.Get("Condition").(cfn.Object)
	for _, operator := range block {
		tests, _ := operator.Value.(cfn.Object)
		var kept cfn.Object
		for _, test := range tests {
			one := cfn.Object{{Key: operator.Key, Value: cfn.Object{test}}}
			_, err := decodeOne(
				append(bare[:len(bare):len(bare)], cfn.Member{Key: "Condition", Value: one}))
			if err == nil {
				kept = append(kept, test)
			} else if strings.EqualFold(operator.Key, "IpAddress") &&
				strings.EqualFold(test.Key, "aws:SourceIp") {
				return false
			}
		}
		if len(kept) > 0 {
			readable = append(readable, cfn.Member{Key: operator.Key, Value: kept})
		}
	}
	rule, err = decodeOne(append(bare, cfn.Member{Key: "Condition", Value: readable}))
	return err == nil && policy.PublicStatement(rule)
}

// decodeOne reads a statement as that of a policy of the current version.
func decodeOne(statement any) (*policy.Rule, error) {
	rules, err := policy.Decode(
		cfn.Object{{Key: "Version", Value: "2012-10-17"},
			{Key: "Statement", Value: []any{statement}}})
	if err != nil {
		return nil, err
	}
	return &rules.Statements[0], nil
}
