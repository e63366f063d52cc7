package secretctl

import (
	"io"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
)

// Plan says what there is to deploy, in order, and what others must do.
type Plan struct {
	Stack string // the name of the spec's stack
	// of the spec, if it states any; and which of several specs it is
	Environment, Spec string
	Stacks            []PlannedStack
	HandOver          []HandOver

	whole plan.Plan
}

// PlannedStack is one stack to deploy.
type PlannedStack struct {
	Stack
	Template     string // the file of its template
	SHA256       string // of the template as it is written, in hexadecimal
	Bytes        int
	Resources    int
	Secrets      []string   // the logical IDs of the secrets that it creates
	Capabilities []string   // what CloudFormation wants to be acknowledged
	Parameters   []string   // those without a default
	DependsOn    []string   // the templates to deploy before
	Documents    []Document // the policy documents that it has
}

// Document is one policy document's size against its limit, in characters as AWS counts them.
type Document struct {
	LogicalID   string
	Kind        string
	Size, Limit int
}

// HandOver is what somebody else must do: statements to add to a document that the spec does not
// own.
type HandOver struct {
	Account    string   // empty: nobody states it
	Document   string   // key policy, resource policy or identity policy
	Of         string   // the ARN of what the document belongs to
	Statements []byte   // a JSON list
	Calls      []string // of the AWS CLI, that add the statements to the policy of a function
	Because    string
	Note       string // what of the grant the statements cannot say
}

// Plan returns the plan for templates that are written in a format.
func (e Environment) Plan(f Format) Plan {
	files := plan.Write(e.written, cfn.Format{YAML: f == YAML, Compact: f == Compact})
	whole := e.plan.Complete(files)
	p := Plan{Stack: whole.Stack, Environment: whole.Environment, Spec: whole.Spec, whole: whole}
	for i, s := range whole.Stacks {
		out := PlannedStack{
			Stack: e.Stacks[i], Template: s.Template, SHA256: s.SHA256, Bytes: s.Bytes,
			Resources: s.Resources, Secrets: s.Secrets, Capabilities: s.Capabilities,
			DependsOn: s.DependsOn,
		}
		for _, m := range s.Parameters {
			out.Parameters = append(out.Parameters, m.Key)
		}
		for _, d := range s.Documents {
			out.Documents = append(out.Documents, Document(d))
		}
		p.Stacks = append(p.Stacks, out)
	}
	for _, h := range whole.HandOver {
		statements := make([]any, len(h.Statements))
		for i, s := range h.Statements {
			statements[i] = s
		}
		p.HandOver = append(p.HandOver, HandOver{
			h.Account, h.Document, h.Of, cfn.AppendValue(nil, statements, cfn.Format{}), h.Calls,
			h.Because, h.Note,
		})
	}
	return p
}

// Render writes the plan in a format: text, json or markdown. An error is the writer's, or says
// that there is no such format.
func (p Plan) Render(w io.Writer, format string) error {
	return render(w, show.Plan, format, p.whole, show.Options{})
}
