package show

import (
	"io"
	"slices"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/source"
)

// The document of diff --format json.
type (
	diffDocument struct {
		Version    int              `json:"version"`
		Complete   bool             `json:"complete"` // nothing is unknown, or left out
		Access     []diffAccess     `json:"access"`
		Becomings  []diffBecoming   `json:"mayBecome"`
		Resources  []diffResource   `json:"resources"`
		Stacks     []diffStack      `json:"stacks"`
		HandOver   []diffHandOver   `json:"handOver"`
		Assertions []diffAssertion  `json:"assertions"`
		Limits     []diffLimit      `json:"limits"`
		Unused     []diffAcceptance `json:"unused"`
		Summary    map[string]int   `json:"summary"`
	}
	diffAccess struct {
		Change       string            `json:"change"`
		Perhaps      bool              `json:"perhaps,omitempty"`
		Environment  string            `json:"environment,omitempty"`
		Principal    string            `json:"principal"`
		PrincipalARN string            `json:"principalArn"`
		Secret       string            `json:"secret"`
		SecretARN    string            `json:"secretArn"`
		Region       string            `json:"region"`
		Verb         string            `json:"verb"`
		Before       string            `json:"before"`
		After        string            `json:"after"`
		Conditions   diffConditions    `json:"conditions"`
		Unread       []access.Unread   `json:"unread,omitempty"`
		Witness      diffWitness       `json:"witness"`
		Because      []answerPlace     `json:"because"`
		Statements   []answerStatement `json:"statements"`
		Accepted     bool              `json:"accepted"`
		Reason       string            `json:"reason,omitempty"`
	}
	// requests that one side allows and the other refuses, one for each permission of a call
	diffWitness struct {
		Gained []access.Witness `json:"gained"`
		Lost   []access.Witness `json:"lost"`
	}
	diffConditions struct {
		Before []access.Condition `json:"before"`
		After  []access.Condition `json:"after"`
	}
	diffBecoming struct {
		Change      string `json:"change"`
		Environment string `json:"environment,omitempty"`
		Principal   string `json:"principal"`
		Role        string `json:"role"`
		Accepted    bool   `json:"accepted"`
		Reason      string `json:"reason,omitempty"`
	}
	diffResource struct {
		Risk        string       `json:"risk"`
		Change      string       `json:"change"`
		Environment string       `json:"environment,omitempty"`
		Stack       string       `json:"stack"`
		FromStack   string       `json:"fromStack,omitempty"`
		LogicalID   string       `json:"logicalId"`
		FromID      string       `json:"fromLogicalId,omitempty"`
		Type        string       `json:"type"`
		Secret      string       `json:"secret,omitempty"`
		Property    string       `json:"property,omitempty"`
		Message     string       `json:"message"`
		Page        string       `json:"page,omitempty"`
		Unknown     bool         `json:"unknown,omitempty"`
		At          *answerPlace `json:"at,omitempty"`
		Accepted    bool         `json:"accepted"`
		Reason      string       `json:"reason,omitempty"`
	}
	diffStack struct {
		Change      string `json:"change"`
		Environment string `json:"environment,omitempty"`
		Template    string `json:"template"`
		Number      int    `json:"number,omitempty"`
	}
	diffHandOver struct {
		Change      string       `json:"change"`
		Environment string       `json:"environment,omitempty"`
		Account     string       `json:"account,omitempty"`
		Document    string       `json:"document"`
		Of          string       `json:"of"`
		Statements  []cfn.Object `json:"statements"`
	}
	diffAssertion struct {
		Change      string `json:"change"`
		Environment string `json:"environment,omitempty"`
		Assertion   string `json:"assertion"`
	}
	diffLimit struct {
		Environment string `json:"environment,omitempty"`
		Template    string `json:"template"`
		LogicalID   string `json:"logicalId,omitempty"`
		Kind        string `json:"kind"`
		Before      int    `json:"before"`
		After       int    `json:"after"`
		Limit       int    `json:"limit"`
	}
	diffAcceptance struct {
		Risk       string       `json:"risk"`
		Principals []string     `json:"principals,omitempty"`
		Secrets    []string     `json:"secrets,omitempty"`
		Reason     string       `json:"reason"`
		At         *answerPlace `json:"at,omitempty"`
	}
)

// writeDiffJSON writes changes for programs, with everything that the other formats shorten. An
// error is the writer's.
func writeDiffJSON(w io.Writer, all Changes, _ Options) error {
	d := &diffDocument{
		Version: 1, Complete: true, Access: []diffAccess{}, Becomings: []diffBecoming{},
		Resources: []diffResource{}, Stacks: []diffStack{}, HandOver: []diffHandOver{},
		Assertions: []diffAssertion{}, Limits: []diffLimit{}, Unused: []diffAcceptance{},
		Summary: map[string]int{"accepted": 0},
	}
	for _, r := range all.Reports {
		d.add(r)
	}
	for _, a := range all.Unused {
		d.Unused = append(d.Unused, diffAcceptance{a.Class, a.Principals, a.Secrets, a.Reason,
			placeJSON(a.Span)})
	}
	_, err := w.Write(encodeJSON(d))
	return err
}

// add adds the changes of one environment.
func (d *diffDocument) add(r *change.Report) {
	d.Complete = d.Complete && !r.Unknown && !r.TooMany
	for i := range r.Access {
		d.Access = append(d.Access, accessJSON(r, &r.Access[i]))
	}
	for _, b := range r.Becomings {
		one := diffBecoming{Change: b.Kind.String(), Environment: r.Environment,
			Principal: cfn.Shown(b.Principal), Role: cfn.Shown(b.Role)}
		if b.Accepted != nil {
			one.Accepted, one.Reason = true, b.Accepted.Reason
		}
		d.Becomings = append(d.Becomings, one)
	}
	for i := range r.Resources {
		d.Resources = append(d.Resources, resourceJSON(r, &r.Resources[i]))
	}
	for _, s := range r.Stacks {
		d.Stacks = append(d.Stacks, diffStack{s.Change, r.Environment, s.Stack, s.Number})
	}
	for _, h := range r.HandOvers {
		d.HandOver = append(d.HandOver, diffHandOver{h.Change, r.Environment, h.Account,
			h.Document, cfn.Shown(h.Of), orEmpty(h.Statements)})
	}
	for _, a := range r.Assertions {
		d.Assertions = append(d.Assertions, diffAssertion{a.Change, r.Environment,
			cfn.Shown(a.Text)})
	}
	for _, l := range r.Limits {
		d.Limits = append(d.Limits, diffLimit{r.Environment, l.Stack, l.LogicalID, l.Kind,
			l.Before, l.After, l.Limit})
	}
	counts, accepted := r.Counts()
	d.Complete = d.Complete && counts[access.ChangeNotKnown.String()] == 0
	for class, n := range counts {
		d.Summary[class] += n
		d.Summary["accepted"] += accepted[class]
	}
}

func accessJSON(r *change.Report, c *change.Access) diffAccess {
	e := r.Evidence(c)
	out := diffAccess{
		Change: c.Kind.String(), Perhaps: c.Perhaps, Environment: r.Environment,
		Principal: cfn.Shown(c.Principal.ID), PrincipalARN: cfn.Shown(c.Principal.ARN),
		Secret: cfn.Shown(c.Secret.ID), SecretARN: cfn.Shown(c.ARN), Region: cfn.Shown(c.Region),
		Verb: c.Verb, Before: c.Before.Effect.String(), After: c.After.Effect.String(),
		Conditions: diffConditions{conditionsJSON(orEmpty(c.Before.Conditions)),
			conditionsJSON(orEmpty(c.After.Conditions))},
		Unread:  append(unreadJSON(c.Before.Unread), unreadJSON(c.After.Unread)...),
		Witness: diffWitness{orEmpty(witnessJSON(e.Gained)), orEmpty(witnessJSON(e.Lost))},
		Because: []answerPlace{}, Statements: []answerStatement{},
	}
	for i, spans := range reasonsOf(e.Because) {
		for _, span := range spans {
			if place := placeIn(span); !slices.Contains(out.Because, place) {
				out.Because = append(out.Because, place)
			}
		}
		one := statementJSON(&e.Because[i])
		one.Because = nil
		out.Statements = append(out.Statements, one)
	}
	if c.Accepted != nil {
		out.Accepted, out.Reason = true, c.Accepted.Reason
	}
	return out
}

func resourceJSON(r *change.Report, c *change.ResourceChange) diffResource {
	out := diffResource{
		Risk: c.Class(), Change: c.Kind.String(), Environment: r.Environment,
		Stack: c.Stack, FromStack: c.FromStack, LogicalID: c.LogicalID, FromID: c.FromID,
		Type: c.Type, Secret: cfn.Shown(c.Secret), Property: c.Property,
		Message: cfn.Shown(c.Message), Page: c.Page, Unknown: c.Unknown, At: placeJSON(c.Span),
	}
	if c.Accepted != nil {
		out.Accepted, out.Reason = true, c.Accepted.Reason
	}
	return out
}

// placeJSON is where something is written; nil: it is not known.
func placeJSON(span source.Span) *answerPlace {
	if span.IsZero() {
		return nil
	}
	return &answerPlace{span.File.Name, span.File.Position(int(span.Start))}
}
