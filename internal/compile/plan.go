package compile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
)

// Plan is plan.json: the stacks in the order to deploy them and what others must do. Its fields are those of COMMANDS; sha256 and bytes are those
// of the template as written.
type Plan struct {
	Version  int         `json:"version"`
	Stack    string      `json:"stack"`
	Stacks   []PlanStack `json:"stacks"`
	HandOver []HandOver  `json:"handOver"`
}

// PlanStack describes one stack.
type PlanStack struct {
	Name         string         `json:"name"`
	Kind         string         `json:"kind"`
	Account      string         `json:"account,omitempty"`
	Region       string         `json:"region,omitempty"`
	Template     string         `json:"template"`
	SHA256       string         `json:"sha256"`
	Bytes        int            `json:"bytes"`
	Resources    int            `json:"resources"`
	Secrets      []string       `json:"secrets,omitempty"` // the logical IDs of those that it creates, sorted
	Capabilities []string       `json:"capabilities"`
	Parameters   cfn.Object     `json:"parameters"`
	DependsOn    []string       `json:"dependsOn"`
	Documents    []PlanDocument `json:"documents"`
}

// PlanDocument is one policy document's size against its limit, in characters as AWS counts them.
type PlanDocument struct {
	LogicalID string `json:"logicalId"`
	Kind      string `json:"kind"`
	Size      int    `json:"size"`
	Limit     int    `json:"limit"`
}

// HandOver is what somebody else must do: statements to paste into a document that this spec does not own.
type HandOver struct {
	Account    string       `json:"account,omitempty"`
	Document   string       `json:"document"` // key policy, resource policy or identity policy
	Of         string       `json:"of"`       // the ARN of what the document belongs to
	Statements []cfn.Object `json:"statements"`
	Because    string       `json:"because"`
}

// plan describes the stacks, in the order to deploy them, and what is handed over. What depends on how the templates are written is filled in by who
// writes them.
func plan(m *model.Model, stacks []*builder, placement grants.Placement) Plan {
	p := Plan{Version: 1, Stack: m.Stack, Stacks: []PlanStack{}, HandOver: []HandOver{}}
	for _, h := range stacks {
		p.Stacks = append(p.Stacks, h.plan(stacks))
	}
	for _, g := range placement.HandOvers {
		out := HandOver{Account: cmp.Or(g.Account, m.Env.Account), Document: g.Document, Of: plainText(g.Of), Because: g.Because}
		if g.OfNobody() {
			out.Account = ""
		}
		for _, s := range g.Statements {
			out.Statements = append(out.Statements, s.Value())
		}
		p.HandOver = append(p.HandOver, out)
	}
	return p
}

// plan describes one stack among all.
func (h *builder) plan(all []*builder) PlanStack {
	out := PlanStack{
		Name: h.m.StackName(h.at), Kind: h.at.Kind.String(), Account: h.account(), Region: h.region(), Resources: len(h.t.Resources), Capabilities: h.capabilities(),
		Parameters: cfn.Object{}, DependsOn: []string{}, Documents: slices.Clone(h.documents),
	}
	slices.SortFunc(out.Documents, func(a, b PlanDocument) int { return cmp.Compare(a.LogicalID, b.LogicalID) })
	for _, s := range h.m.Secrets {
		if s.Import == model.NotImported && h.m.StackOf(s) == h.at {
			out.Secrets = append(out.Secrets, s.LogicalID)
		}
	}
	slices.Sort(out.Secrets)
	for _, other := range all {
		if h.after(other) {
			out.DependsOn = append(out.DependsOn, h.m.StackFile(other.at))
		}
	}
	if h.at == model.Home {
		for _, e := range h.m.Parameters {
			if e.V.Node.Get("Default") == nil { // whoever deploys must give it
				out.Parameters = append(out.Parameters, cfn.Member{Key: e.ID.V, Value: ""})
			}
		}
	}
	slices.SortFunc(out.Parameters, func(a, b cfn.Member) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// after says whether a stack must wait for another: those with secrets for the keys, shards for the home stack's keys and roles, and who is let in for what
// they are let in to.
func (h *builder) after(other *builder) bool {
	switch h.at.Kind {
	case model.HomeStack:
		return other.at.Kind == model.KeysStack
	case model.ShardStack:
		return other.at.Kind == model.KeysStack || other.at == model.Home
	case model.AccessStack:
		return other.at.Kind == model.HomeStack || other.at.Kind == model.ShardStack
	}
	return false
}

// plainText writes a text that may be an intrinsic the way a person reads it.
func plainText(s string) string {
	if !cfn.IsIntrinsic(s) {
		return s
	}
	if o, ok := cfn.Parse(s).(cfn.Object); ok && len(o) == 1 && o[0].Key == "Fn::Sub" {
		if template, ok := o[0].Value.(string); ok {
			return template
		}
	}
	return string(cfn.AppendValue(nil, s, cfn.Format{Compact: true}))
}
