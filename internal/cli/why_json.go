package cli

import (
	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/source"
)

// whyDocument is the document of why --format json.
type whyDocument struct {
	Version      int                `json:"version"`
	Allowed      bool               `json:"allowed"`
	Effect       string             `json:"effect"`
	Conditions   []access.Condition `json:"conditions"`
	Principal    string             `json:"principal"`
	PrincipalARN string             `json:"principalArn"`
	Verb         string             `json:"verb"`
	Secret       string             `json:"secret"`
	SecretARN    string             `json:"secretArn"`
	Region       string             `json:"region"`
	Steps        []whyStep          `json:"steps"`
	OutOfSight   []string           `json:"outOfSight,omitempty"`
}

// whyStep is a permission with one of the statements that decide over it; several statements are several steps.
type whyStep struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
	Allowed  bool   `json:"allowed"`
	Reason   string `json:"reason"`
	whyStatement
	Near []whyStatement `json:"near,omitempty"`
}

// whyStatement is a statement with where it stands and where it comes from.
type whyStatement struct {
	Document  string            `json:"document,omitempty"`
	Stack     string            `json:"stack,omitempty"`
	LogicalID string            `json:"logicalId,omitempty"`
	Statement any               `json:"statement,omitempty"`
	Because   []whyPlace        `json:"because,omitempty"`
	Failed    *access.Condition `json:"failed,omitempty"`
}

type whyPlace struct {
	File  string          `json:"file"`
	Start source.Position `json:"start"`
}

// renderWhyJSON writes an answer for programs.
func renderWhyJSON(q whyQuestion, a access.Answer) []byte {
	out := whyDocument{
		Version: 1, Allowed: a.Effect != access.Deny, Effect: a.Effect.String(), Conditions: orEmpty(a.Conditions),
		Principal: q.Principal, PrincipalARN: q.PrincipalARN, Verb: q.Verb, Secret: q.Secret, SecretARN: q.SecretARN, Region: q.Region,
		Steps: []whyStep{}, OutOfSight: q.Unknown,
	}
	for i := range a.Steps {
		s := &a.Steps[i]
		step := whyStep{Action: s.Action, Resource: s.Resource, Allowed: s.Decision.Allowed, Reason: s.Decision.Reason.String()}
		for _, e := range near(s) {
			step.Near = append(step.Near, e.json())
		}
		by := deciding(s)
		if len(by) == 0 {
			out.Steps = append(out.Steps, step)
		}
		for _, e := range by {
			step.whyStatement = e.json()
			out.Steps = append(out.Steps, step)
		}
	}
	return encodeJSON(out)
}

func (e *evidence) json() whyStatement {
	out := whyStatement{Document: e.name, Statement: e.statement, Failed: e.failed}
	out.Stack, out.LogicalID = e.stack()
	for _, span := range e.because {
		if !span.IsZero() {
			out.Because = append(out.Because, whyPlace{span.File.Name, span.File.Position(int(span.Start))})
		}
	}
	return out
}
