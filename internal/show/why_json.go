package show

import (
	"io"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/source"
)

// answerDocument is the document of why --format json for one question.
type answerDocument struct {
	Version       int                `json:"version"`
	Allowed       bool               `json:"allowed"`
	Effect        string             `json:"effect"`
	Explicit      bool               `json:"explicit,omitempty"`
	Conditions    []access.Condition `json:"conditions"`
	HeldTo        []access.Condition `json:"heldTo,omitempty"`
	Wider         []string           `json:"wider,omitempty"`
	Told          []access.Told      `json:"told,omitempty"`
	Unread        []access.Unread    `json:"unread,omitempty"`
	Principal     string             `json:"principal"`
	PrincipalARN  string             `json:"principalArn"`
	PrincipalKind string             `json:"principalKind,omitempty"`
	Environment   string             `json:"environment,omitempty"`
	Verb          string             `json:"verb"`
	Only          []string           `json:"only,omitempty"`
	Secret        string             `json:"secret"`
	SecretARN     string             `json:"secretArn"`
	Region        string             `json:"region"`
	Steps         []answerStep       `json:"steps"`
	Besides       []string           `json:"besides,omitempty"`
	Grant         string             `json:"grant,omitempty"`
	MayBecome     []string           `json:"mayBecome,omitempty"`
	Witness       []access.Witness   `json:"witness,omitempty"`
	OutOfSight    []string           `json:"outOfSight,omitempty"`
}

// answerStep is a permission with one of the statements that decide over it; several statements are
// several steps.
type answerStep struct {
	Action   string          `json:"action"`
	Resource string          `json:"resource"`
	Allowed  bool            `json:"allowed"`
	Effect   string          `json:"effect"`
	Reason   string          `json:"reason"`
	Unread   []access.Unread `json:"unread,omitempty"`
	answerStatement
	Near []answerStatement `json:"near,omitempty"`
}

// answerStatement is a statement with where it stands and where it comes from.
type answerStatement struct {
	Document  string            `json:"document,omitempty"`
	Stack     string            `json:"stack,omitempty"`
	LogicalID string            `json:"logicalId,omitempty"`
	Statement any               `json:"statement,omitempty"`
	Because   []answerPlace     `json:"because,omitempty"`
	Failed    *access.Condition `json:"failed,omitempty"`
}

type answerPlace struct {
	File  string          `json:"file"`
	Start source.Position `json:"start"`
}

// writeWhyJSON writes the answers to one question or several for programs: of one question its
// answer, of several {"version":1,"answers":[…]} with each as it would be alone. An error is the
// writer's.
func writeWhyJSON(w io.Writer, all Answers, _ Options) error {
	documents := []answerDocument{}
	for i := range all.List {
		documents = append(documents, answer{&all.List[i]}.document())
	}
	var document any = struct {
		Version int              `json:"version"`
		Answers []answerDocument `json:"answers"`
	}{1, documents}
	if !all.Several && len(documents) == 1 {
		document = documents[0]
	}
	_, err := w.Write(encodeJSON(document))
	return err
}

func (a answer) document() answerDocument {
	row := answerJSON(&a.Explanation.Answer)
	out := answerDocument{
		Version: 1, Allowed: a.Allowed(), Effect: row.Effect, Explicit: row.Explicit,
		Conditions: row.Conditions, HeldTo: row.HeldTo, Wider: row.Wider, Told: row.Told,
		Unread:    row.Unread,
		Principal: cfn.Shown(a.Principal), PrincipalARN: cfn.Shown(a.PrincipalARN),
		PrincipalKind: a.PrincipalKind, Environment: a.Environment, Verb: a.Verb, Only: a.Only,
		Secret: cfn.Shown(a.Secret), SecretARN: cfn.Shown(a.SecretARN), Region: cfn.Shown(a.Region),
		Steps: []answerStep{}, Besides: shownAll(a.Besides), MayBecome: shownAll(a.MayBecome),
		Witness: witnessJSON(a.Witness), OutOfSight: shownAll(a.OutOfSight),
	}
	if a.Effect == access.Deny {
		out.Grant = cfn.Shown(a.Grant)
	}
	for i := range a.Steps {
		out.Steps = append(out.Steps, stepJSON(&a.Steps[i])...)
	}
	return out
}

// stepJSON returns a permission as JSON has it: an entry for each statement that decides over it,
// or one without a statement.
func stepJSON(s *access.Step) []answerStep {
	step := answerStep{
		Action: s.Action, Resource: cfn.Shown(s.Resource),
		Allowed: s.Effect == access.Allow || s.Effect == access.Conditional,
		Effect:  s.Effect.String(), Reason: cfn.Shown(s.Reason), Unread: unreadJSON(s.Unread),
	}
	for i := range s.Near {
		step.Near = append(step.Near, statementJSON(&s.Near[i]))
	}
	if len(s.By) == 0 {
		return []answerStep{step}
	}
	var out []answerStep
	for i := range s.By {
		step.answerStatement = statementJSON(&s.By[i])
		out = append(out, step)
	}
	return out
}

func statementJSON(by *access.Deciding) answerStatement {
	var out answerStatement
	if d := by.Document; d != nil {
		out.Document, out.Stack, out.LogicalID = cfn.Shown(d.Name()), d.Stack, d.LogicalID
	}
	value, because := statementOf(by)
	out.Statement = value
	if failed := failedCondition(by); failed != nil {
		out.Failed = &conditionsJSON([]access.Condition{*failed})[0]
	}
	for _, span := range because {
		if !span.IsZero() {
			out.Because = append(out.Because, placeIn(span))
		}
	}
	return out
}

func placeIn(span source.Span) answerPlace {
	return answerPlace{span.File.Name, span.File.Position(int(span.Start))}
}

// witnessJSON returns complete requests with unknown parts as they are written for people.
func witnessJSON(list []access.Witness) []access.Witness {
	var out []access.Witness
	for _, w := range list {
		out = append(out, w.Shown())
	}
	return out
}
