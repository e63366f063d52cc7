package grants

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
)

// The documents that statements are handed over for.
const (
	keyPolicy      = "key policy"
	resourcePolicy = "resource policy"
	identityPolicy = "identity policy"
)

// HandOver is a set of statements for a document that is not the spec's own.
type HandOver struct {
	Document   string // key policy, resource policy or identity policy
	Account    string // that the document belongs to; empty: the stack's own, or none in particular
	Of         string // the ARN of what the document belongs to
	Statements []policy.Statement
	Because    string
	Note       string // what of the grant the statements cannot say; empty: they say all
	Span       source.Span
	To         *model.Principal
	Secret     *model.Secret // the first, when there are several; nil: of the assumption of a role

	key      *model.Key // whose policy it is
	function bool       // the resource policy is a function's
	anyone   bool       // it belongs to no account in particular
	reason   reason
	rotated  *model.Secret    // of rotationOfSecret
	role     *model.Principal // of assumption
	verbs    []string
	secrets  []string

	hasSecret map[*model.Secret]bool // those of secrets
}

// OfNobody says whether the document belongs to no account in particular: to members of an
// organization.
func (h *HandOver) OfNobody() bool { return h.anyone }

// Key returns the imported key whose policy it is, or nil.
func (h *HandOver) Key() *model.Key { return h.key }

// OfSecret says whether the document is the resource policy of Secret.
func (h *HandOver) OfSecret() bool { return h.Document == resourcePolicy && !h.function }

// OfPrincipal says whether the document is an identity policy of To.
func (h *HandOver) OfPrincipal() bool { return h.Document == identityPolicy }

// owner names in the spec's own words what a document that is not the spec's own belongs to.
func (h *HandOver) owner() string {
	switch h.Document {
	case keyPolicy:
		return "\"" + h.key.ID + "\""
	case resourcePolicy:
		if h.function {
			return "the function"
		}
		return "\"" + h.Secret.ID + "\""
	}
	if h.To.Span.IsZero() { // the spec does not name it
		return h.To.ID
	}
	return "\"" + h.To.ID + "\""
}

// owned names a document that is not the spec's own.
type owned struct {
	document, of, account string
	key                   *model.Key
	function, anyone      bool
	note                  string
}

// identityOf names the identity policies of principals that none can be attached to from here.
func (p *placer) identityOf(to *model.Principal) owned {
	o := owned{document: identityPolicy, of: to.ARN, account: to.Account}
	switch to.Kind {
	case model.Account:
		o.of = p.root(to.Account)
	case model.Organization:
		o.of, o.anyone = to.Org, true
	case model.OrganizationPath:
		o.of, o.anyone = to.Path, true
	}
	if o.of == "" {
		o.of = to.Name
	}
	return o
}

// policyOf names the policy of an imported key.
func (p *placer) policyOf(u keyUse) owned {
	return owned{
		document: keyPolicy,
		of:       p.keyID(u.key, u.region, elsewhere),
		account:  u.key.Account,
		key:      u.key,
	}
}

// handOverKey is what statements must agree in to be handed over together.
type handOverKey struct {
	owned
	reason  reason
	rotated *model.Secret
	role    *model.Principal
	at      source.Span
	to      *model.Principal
}

// reason is why something is handed over.
type reason uint8

const (
	grant            reason = iota // the grant of verbs
	rotationByRole                 // a rotation by a role that the spec names
	rotationOfSecret               // the rotation of a secret, by whatever role
	creation                       // the creation of secrets
	assumption                     // the assumption of a role by whom it trusts
)

// handOver notes a statement of a grant that must stand in a document which is not the spec's own.
func (p *placer) handOver(g *Permission, o owned, s policy.Statement) {
	why := grant
	if !g.Verb.IsWord() {
		why = rotationByRole
	}
	p.handOverFor(g, o, why, nil, s)
}

// handOverFor is handOver for a reason, and of rotationOfSecret for a secret.
func (p *placer) handOverFor(
	g *Permission,
	o owned,
	why reason,
	rotated *model.Secret,
	s policy.Statement,
) {
	key := handOverKey{owned: o, reason: why, rotated: rotated, at: g.Because, to: g.To}
	h := p.handOvers[key]
	if h == nil {
		h = &HandOver{
			Document: o.document, Account: o.account, Of: o.of, Span: g.Because,
			To: g.To, Secret: g.Secret, Note: o.note,
			key: o.key, function: o.function, anyone: o.anyone, reason: why, rotated: rotated,
			hasSecret: map[*model.Secret]bool{},
		}
		p.handOvers[key] = h
		p.order = append(p.order, key)
	}
	h.Statements = append(h.Statements, s)
	if !slices.Contains(h.verbs, g.Verb.Name) {
		h.verbs = append(h.verbs, g.Verb.Name)
	}
	if !h.hasSecret[g.Secret] {
		h.hasSecret[g.Secret], h.secrets = true, append(h.secrets, g.Secret.ID)
	}
}

// mostNames is how many names of one kind are told.
const mostNames = 3

// because says what a hand-over is for.
func (h *HandOver) because() string {
	secrets := english.Some(h.secrets, mostNames)
	switch h.reason {
	case rotationByRole:
		return "rotation by " + h.To.ID + ", which uses " + secrets
	case rotationOfSecret: // whichever secrets it needs
		return "rotation of " + h.rotated.ID
	case creation:
		return "creation of " + secrets
	case assumption:
		return "assumption of " + h.role.ID + " by " + h.To.ID
	}
	return "grant of " + english.Some(h.verbs, mostNames) + " on " + secrets + " to " + h.To.ID
}

// finishHandOvers merges what is handed over and says, for each, what somebody else must do, with
// the statements to paste.
func (p *placer) finishHandOvers() []HandOver {
	var out []HandOver
	for _, key := range p.order {
		h := p.handOvers[key]
		h.Statements = policy.Merge(policy.All(h.Statements))
		h.Because = h.because()
		p.noteHandOver(h)
		out = append(out, *h)
	}
	return out
}

func (p *placer) noteHandOver(h *HandOver) {
	var text []byte
	for i, s := range h.Statements {
		if i > 0 {
			text = append(text, ",\n"...)
		}
		text = cfn.AppendValue(text, s.Value(), cfn.Format{Compact: true})
	}
	needs := " needs a statement in the " + h.Document + " of " + h.owner() + ", which "
	if h.reason == rotationByRole {
		needs = "," + needs
	}
	hint := "let its owner add:\n" + strings.TrimSpace(string(text))
	if calls := h.Calls(); calls != nil {
		hint = "let its owner call:\n" + strings.Join(calls, "\n")
	} else if h.function {
		hint = "its policy would have to say:\n" + strings.TrimSpace(string(text))
	}
	if h.Note != "" {
		hint += "\n" + h.Note
	}
	// A pseudo parameter means nothing to another owner.
	if h.Document != identityPolicy && strings.Contains(hint, "AWS::") {
		p.found.Report(diag.NeedsEnvironment, h.Span).
			Message("the %s%smust name the account and Region, and the spec does not state "+
				"them", h.Because, needs).
			Hint("add environment.account and environment.region")
		return
	}
	if strings.Contains(hint, `"Ref"`) || strings.Contains(hint, `"Fn::`) {
		hint += "\nwith the ARNs of this stack's resources, once it is deployed, in place of the " +
			"functions"
	}
	d := p.found.Report(diag.HandedOver, h.Span).
		Message("the %s%sis not this spec's own", h.Because, needs).
		Hint("%s", hint).
		About(h.secrets...)
	if h.Secret == nil {
		d.Related(h.role.Span, "the role is here")
		return
	}
	d.Related(h.Secret.Span, "the secret is here")
}
