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

// plan describes the home stack and what is handed over. What depends on how the template is written is filled in by who writes it.
func plan(m *model.Model, h *home, placement grants.Placement) Plan {
	slices.SortFunc(h.documents, func(a, b PlanDocument) int { return cmp.Compare(a.LogicalID, b.LogicalID) })
	documents := h.documents
	if documents == nil {
		documents = []PlanDocument{}
	}
	stack := PlanStack{
		Name: m.Stack, Kind: "home", Account: m.Env.Account, Region: m.Env.Region, Resources: len(h.t.Resources), Capabilities: h.capabilities(),
		Parameters: cfn.Object{}, DependsOn: []string{}, Documents: documents,
	}
	for _, e := range m.Parameters {
		if e.V.Node.Get("Default") == nil { // whoever deploys must give it
			stack.Parameters = append(stack.Parameters, cfn.Member{Key: e.ID.V, Value: ""})
		}
	}
	slices.SortFunc(stack.Parameters, func(a, b cfn.Member) int { return strings.Compare(a.Key, b.Key) })
	p := Plan{Version: 1, Stack: m.Stack, Stacks: []PlanStack{stack}, HandOver: []HandOver{}}
	for _, g := range placement.HandOvers {
		out := HandOver{Account: m.Env.Account, Document: g.Document, Of: plainText(g.Of), Because: g.Because}
		for _, s := range g.Statements {
			out.Statements = append(out.Statements, s.Value())
		}
		p.HandOver = append(p.HandOver, out)
	}
	return p
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
