// Package plan knows the stacks in the order to deploy them, their sizes and what others must do,
// as plan.json has it. It knows nothing of how it is shown.
package plan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/lower"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/parallel"
)

// FileName is the name of the plan in a directory of templates.
const FileName = "plan.json"

// Version is the version of the format of plan.json.
const Version = 1

// Plan is plan.json: the stacks in the order to deploy them, and what others must do.
type Plan struct {
	Version     int        `json:"version"`
	Spec        string     `json:"spec,omitempty"`        // which of several specs
	Environment string     `json:"environment,omitempty"` // of the spec, if it has any
	Stack       string     `json:"stack"`
	Stacks      []Stack    `json:"stacks"`
	HandOver    []HandOver `json:"handOver"`
}

// Stack describes one stack. Template, SHA256 and Bytes are those of the template as it is written.
type Stack struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"` // keys, home, shard or access
	Account   string `json:"account,omitempty"`
	Region    string `json:"region,omitempty"`
	Template  string `json:"template"` // the name of its file
	SHA256    string `json:"sha256"`
	Bytes     int    `json:"bytes"`
	Resources int    `json:"resources"`
	// logical IDs of those it creates, sorted
	Secrets      []string       `json:"secrets,omitempty"`
	Capabilities []string       `json:"capabilities"`
	Parameters   cfn.Object     `json:"parameters"`
	DependsOn    []string       `json:"dependsOn"` // the files of the templates to deploy before
	Documents    []Document     `json:"documents"`
	Types        map[string]int `json:"-"` // how many resources of each type it has
}

// NeedsBucket says whether the template is too large for a request, so that CloudFormation takes it
// from S3 only.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
func (s Stack) NeedsBucket() bool { return s.Bytes > cfn.Limit(cfn.BodyInRequest) }

// Document is one policy document's size against its limit, in characters as AWS counts them.
type Document struct {
	LogicalID string `json:"logicalId"`
	Kind      string `json:"kind"`
	Size      int    `json:"size"`
	Limit     int    `json:"limit"`
}

// HandOver is what somebody else must do: statements to paste into a document that this spec does
// not own.
type HandOver struct {
	Account    string       `json:"account,omitempty"`
	Document   string       `json:"document"` // key policy, resource policy or identity policy
	Of         string       `json:"of"`       // the ARN of what the document belongs to
	Statements []cfn.Object `json:"statements"`
	Calls      []string     `json:"calls,omitempty"` // that add the statements of a function
	Because    string       `json:"because"`
	Note       string       `json:"note,omitempty"`
}

// File is a template as it is written.
type File struct {
	Name   string // without directory
	Data   []byte
	SHA256 string // of the data; empty: nobody has asked yet
}

// Make describes the stacks, in the order to deploy them, and what is handed over. What depends on
// how the templates are written is left to Complete; a stack that waits for others names them by
// their files without extension until then.
func Make(m *model.Model, stacks []*lower.Stack, placement grants.Placement) Plan {
	p := Plan{Version: Version, Stack: m.Stack, Stacks: []Stack{}, HandOver: []HandOver{}}
	secrets := map[model.Stack][]string{} // logical IDs
	for _, s := range m.Secrets {
		if at := m.StackOf(s); s.Import == model.NotImported {
			secrets[at] = append(secrets[at], s.LogicalID)
		}
	}
	for _, s := range stacks {
		described := describe(m, s, stacks)
		described.Secrets = secrets[s.At]
		slices.Sort(described.Secrets)
		p.Stacks = append(p.Stacks, described)
	}
	for _, g := range placement.HandOvers {
		out := HandOver{
			Account: cmp.Or(g.Account, m.Env.Account), Document: g.Document,
			Of: plainText(g.Of), Because: g.Because, Calls: g.Calls(), Note: g.Note,
		}
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

// describe describes one stack among all, but for its secrets.
func describe(m *model.Model, s *lower.Stack, all []*lower.Stack) Stack {
	out := Stack{
		Name: s.Name, Kind: s.At.Kind.String(), Account: s.Account, Region: s.Region,
		Resources: len(s.Template.Resources), Capabilities: s.Capabilities(),
		Parameters: cfn.Object{}, DependsOn: []string{}, Documents: []Document{},
		Types: map[string]int{},
	}
	for _, r := range s.Template.Resources {
		out.Types[r.Type]++
	}
	for _, d := range s.Documents {
		out.Documents = append(out.Documents, Document(d))
	}
	slices.SortFunc(out.Documents, func(a, b Document) int {
		return cmp.Compare(a.LogicalID, b.LogicalID)
	})
	for _, other := range all {
		if waitsFor(s.At, other.At) {
			out.DependsOn = append(out.DependsOn, other.File)
		}
	}
	if s.At == model.Home {
		for _, e := range m.Parameters {
			if e.V.Node.Get("Default") == nil { // whoever deploys must give it
				out.Parameters = append(out.Parameters, cfn.Member{Key: e.ID.V, Value: ""})
			}
		}
	}
	slices.SortFunc(out.Parameters, func(a, b cfn.Member) int {
		return strings.Compare(a.Key, b.Key)
	})
	return out
}

// waitsFor says whether a stack must wait for another: those with secrets for the keys, shards for
// the home stack's keys and roles, and who is let in for what they are let in to.
func waitsFor(at, other model.Stack) bool {
	switch at.Kind {
	case model.HomeStack:
		return other.Kind == model.KeysStack
	case model.ShardStack:
		return other.Kind == model.KeysStack || other == model.Home
	case model.AccessStack:
		return other.Kind == model.HomeStack || other.Kind == model.ShardStack
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
	return cfn.JSON(s)
}

// Write writes the templates of stacks as files of a format.
func Write(stacks []*lower.Stack, f cfn.Format) []File {
	extension := ".json"
	if f.YAML {
		extension = ".yaml"
	}
	files := make([]File, len(stacks))
	for i, s := range stacks {
		files[i] = File{Name: s.File + extension, Data: s.Text(f)}
	}
	return files
}

// Complete returns the plan with what only the written templates tell: their names, sizes and
// hashes. The files are in the order of the stacks.
func (p Plan) Complete(files []File) Plan {
	p.Stacks = slices.Clone(p.Stacks)
	names := map[string]string{}
	for _, f := range files {
		names[strings.TrimSuffix(strings.TrimSuffix(f.Name, ".json"), ".yaml")] = f.Name
	}
	parallel.Each(len(p.Stacks), func(i int) {
		s, data := &p.Stacks[i], files[i].Data
		s.Template, s.SHA256, s.Bytes = files[i].Name, files[i].SHA256, len(data)
		if s.SHA256 == "" {
			sum := sha256.Sum256(data)
			s.SHA256 = hex.EncodeToString(sum[:])
		}
		s.DependsOn = slices.Clone(s.DependsOn)
		for j, on := range s.DependsOn {
			s.DependsOn[j] = names[on]
		}
	})
	return p
}

// Encode writes a complete plan as plan.json.
func (p Plan) Encode() []byte {
	if text, ok := p.encodeQuickly(); ok {
		return text
	}
	return encode(p)
}

// EncodeAll writes the complete plans of several specs or environments, in their order.
func EncodeAll(plans []Plan) []byte {
	return encode(struct {
		Version int    `json:"version"`
		Plans   []Plan `json:"plans"`
	}{Version, plans})
}

func encode(what any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(what); err != nil {
		panic("plan: a plan cannot be written as JSON: " + err.Error())
	}
	return out.Bytes()
}
