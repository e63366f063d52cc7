package generate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/simulator"
)

// Difference is a call on which the simulator and an answer do not agree.
type Difference struct {
	Seed   uint64
	Call   Call
	Effect string // deny, although the call is allowed; or allow, although it is refused
	Why    string // what the simulator says of each request
}

// String tells the difference so that it can be made again.
func (d Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %s %s %s in %s: answered %s\n", d.Seed, d.Call.PrincipalID,
		d.Call.Verb, d.Call.SecretID, d.Call.Region, d.Effect)
	for _, r := range d.Call.Requests {
		fmt.Fprintf(&b, "  %s %s on %s\n", r.CallerARN, r.Action, r.Resource)
		for _, key := range slices.Sorted(maps.Keys(r.Context)) {
			fmt.Fprintf(&b, "    %s = %s\n", key, strings.Join(r.Context[key], ", "))
		}
	}
	return b.String() + d.Why
}

// Check draws n calls and compares each with an answer: allow, conditional, deny or unknown. It
// returns the false noes (deny, but it is allowed) and the false yeses (allow, but a plain call is
// refused), and the error of an answer that fails. Calls whose outcome AWS's pages leave open are
// passed over, and so are those for which the answer is "": it was not asked.
func (g *Generated) Check(
	n int,
	r *rand.Rand,
	answer func(Call) (effect string, err error),
) ([]Difference, error) {
	var out []Difference
	for _, call := range g.Requests(n, r) {
		effect, err := answer(call)
		if err != nil {
			return out, fmt.Errorf("seed %d: %s %s %s: %w",
				g.Seed, call.PrincipalID, call.Verb, call.SecretID, err)
		}
		allowed := call.Allowed()
		wrong := effect == "deny" && allowed || effect == "allow" && !allowed && call.Plain
		if !wrong || call.Doubtful() {
			continue
		}
		out = append(out,
			Difference{Seed: g.Seed, Call: call, Effect: effect, Why: call.Explained()})
	}
	return out, nil
}

// Explained is what the simulator says of each request of the call, a line for each.
func (c Call) Explained() string {
	out := ""
	for i := range c.Requests {
		one, because := simulator.Decide(c.Requests[i], c.Policies[i])
		out += fmt.Sprintf("  %s: allowed %v: %s\n", c.Requests[i].Action, one, because)
	}
	return out
}

// PrincipalIDs returns the IDs of all principals, as calls have them.
func (g *Generated) PrincipalIDs() []string {
	var out []string
	for _, p := range g.principals {
		out = append(out, p.id)
	}
	return out
}

// CallerARN returns the ARN of a principal in the deployment, or of a service its name.
func (g *Generated) CallerARN(id string) string {
	for _, p := range g.principals {
		if p.id == id {
			return textOf(p.arn, g.World)
		}
	}
	return ""
}

// Assumption is what a witness takes for a part that templates do not state.
type Assumption struct{ What, Name, Template, LogicalID, Value string }

// Witness is a request for which an answer says that the policies allow it. Its texts are complete.
type Witness struct {
	PrincipalID, PrincipalTemplate string // as in a Call
	SecretID, Region               string
	Caller, CallerKind             string
	Action, Resource               string
	ResourceAccount                string
	Context                        map[string][]string
	Assuming                       []Assumption
}

// Value returns what a part is in the deployment: of a parameter, import, suffix, name, attribute,
// account or stack.
func (g *Generated) Value(a Assumption) (string, bool) {
	if a.What == "account" {
		return accountA, true
	}
	v, ok := g.World[a.part()]
	return v, ok
}

func (a Assumption) part() Part {
	switch a.What {
	case "account":
		return Part{What: a.What}
	case "parameter":
		return Part{a.What, a.Template, a.Name}
	case "import":
		return Part{a.What, "", a.Name}
	case "attribute":
		return Part{a.What, a.Template, a.LogicalID + "." + a.Name}
	case "stack":
		return Part{What: a.What, Template: a.Template}
	}
	return Part{a.What, a.Template, a.LogicalID}
}

// AllowsWitness decides a witness by the documents as they are deployed where every part is what it
// assumes, or else what it is in this deployment. A witness is not allowed, either, if what it says
// of the caller, the secret or the key cannot be. It fails for a principal or secret that the
// estate has not.
func (g *Generated) AllowsWitness(w Witness) (allowed bool, why string, err error) {
	return g.allowsWitness(simulator.Reading{}, w)
}

// DoubtfulWitness says whether some other reading of AWS's pages decides a witness otherwise.
func (g *Generated) DoubtfulWitness(w Witness) bool {
	plain, _, _ := g.AllowsWitness(w)
	return slices.ContainsFunc(simulator.Pairs(), func(how simulator.Reading) bool {
		other, _, _ := g.allowsWitness(how, w)
		return other != plain
	})
}

func (g *Generated) allowsWitness(
	how simulator.Reading, w Witness,
) (allowed bool, why string, err error) {
	world := maps.Clone(g.World)
	for _, a := range w.Assuming {
		world[a.part()] = a.Value
	}
	d, err := g.circumstance(w, &deployment{g: g, world: world, done: map[*document]any{}})
	if err != nil {
		return false, "", err
	}
	c := d.s.copies[d.at]
	policies := simulator.Policies{
		Boundary: d.documents.of(d.p.boundary), Resource: d.documents.of(d.s.policy),
	}
	certain := []map[string][]string{d.secretContext()}
	if w.Action == invoke {
		policies.Resource, certain = nil, []map[string][]string{d.functionContext(w.Resource)}
		c = copyOf{key: &key{}} // as of a key that only exists, nobody sees the function's tags
	}
	if strings.HasPrefix(w.Action, "kms:") {
		i := slices.IndexFunc(d.s.copies, func(c copyOf) bool { return d.keyOf(c) == w.Resource })
		if i < 0 {
			return false, fmt.Sprintf("no copy of %s has the key %s", w.SecretID, w.Resource), nil
		}
		c = d.s.copies[i]
		policies.IsKey, policies.Resource = true, d.policyOfManaged(c)
		if c.key != nil {
			policies.Resource = d.documents.of(c.key.policy)
		}
		certain = nil
		for _, asPrimary := range []bool{false, true} {
			s := *d.s
			s.asPrimary, d.s = asPrimary, &s
			certain = append(certain, d.keyContext(c))
		}
	}
	account := accountOfARN(w.Caller, d.p.account)
	if w.CallerKind == "service" {
		account = "" // it is of none
	}
	// Who stands for everybody has policies of its own in other accounts only.
	if d.p.standsFor == "" || account != w.ResourceAccount {
		policies.Identity, _ = d.identity()
	}
	for _, known := range certain {
		if allowed, why = d.allows(how, w, account, known, c, policies); allowed {
			break
		}
	}
	return allowed, why, nil
}

// allows says whether the policies allow a witness where some keys have known values; and why, or
// why not.
func (d *draft) allows(
	how simulator.Reading, w Witness, account string, known map[string][]string, c copyOf,
	policies simulator.Policies,
) (bool, string) {
	context, impossible := d.complete(w.Context, known, c)
	if impossible == "" {
		impossible = d.impossible(w.CallerKind, context)
	}
	for _, key := range []string{"aws:principalaccount", "kms:calleraccount"} {
		if is := context[key]; impossible == "" && len(is) > 0 && is[0] != account {
			impossible = fmt.Sprintf("%s is %v and the caller of %s", key, is, account)
		}
	}
	if impossible != "" {
		return false, impossible
	}
	return simulator.DecideAs(how, simulator.Request{
		CallerARN: w.Caller, CallerKind: w.CallerKind, CallerAccount: account, Action: w.Action,
		Resource: w.Resource, ResourceAccount: w.ResourceAccount, Context: context,
	}, policies)
}

// keyOf is the ARN of the key of a copy: of the one that AWS manages, of which only the account
// knows the id, the ARN of its alias; to the account itself, one that stands for it.
func (d *draft) keyOf(c copyOf) string {
	if c.key == nil && d.p.account == d.account() {
		return "arn:aws:kms:" + c.region + ":" + d.account() + ":key/aws/secretsmanager"
	}
	if c.key == nil {
		return "arn:aws:kms:" + c.region + ":" + d.account() + ":alias/aws/secretsmanager"
	}
	return textOf(c.key.arn, d.documents.world)
}

// accountOfARN is the account in an ARN, or another text if there is none.
func accountOfARN(arn, otherwise string) string {
	const parts = 6
	if part := strings.SplitN(arn, ":", parts); len(part) == parts && part[4] != "" {
		return part[4]
	}
	return otherwise
}

// circumstance finds the principal and the copy of a witness. What is open is nothing yet.
func (g *Generated) circumstance(w Witness, docs *deployment) (*draft, error) {
	d := &draft{
		g: g, documents: docs, shared: map[string][]string{}, first: map[string][]string{},
		kms: map[string][]string{},
	}
	for _, p := range g.principals {
		if p.id == w.PrincipalID &&
			(p.stack == nil || w.PrincipalTemplate == "" || p.stack.file == w.PrincipalTemplate) {
			d.p = p
		}
	}
	for _, s := range g.secrets {
		if s.id != w.SecretID {
			continue
		}
		for i, c := range s.copies {
			if c.region == w.Region || w.Region == "" && i == 0 {
				d.s, d.at = s, i
			}
		}
	}
	if d.p == nil || d.s == nil {
		return nil, fmt.Errorf("no principal %s, or no secret %s in %s",
			w.PrincipalID, w.SecretID, w.Region)
	}
	for k, v := range d.p.tags {
		if !d.p.openTags {
			d.shared["aws:PrincipalTag/"+k] = []string{v}
		}
	}
	return d, nil
}

// complete adds to what a witness says of keys what is certain, and tells a key of which it says
// what cannot be.
func (d *draft) complete(says, known map[string][]string, c copyOf) (map[string][]string, string) {
	out := map[string][]string{}
	for key, values := range known {
		if d.certain(key, c) {
			out[strings.ToLower(key)] = values
		}
	}
	for _, key := range slices.Sorted(maps.Keys(says)) {
		values, name := says[key], strings.ToLower(key)
		have, ok := out[name]
		switch {
		case ok && !slices.Equal(have, values):
			return nil, fmt.Sprintf("%s is %v and cannot be %v", key, have, values)
		case !ok && d.certain(key, c) && len(values) > 0:
			return nil, fmt.Sprintf("%s is absent and cannot be %v", key, values)
		}
		out[name] = values
	}
	return out, ""
}

// certain says whether the templates and the action decide a key.
func (d *draft) certain(key string, c copyOf) bool {
	key = strings.ToLower(key)
	switch {
	case d.p.standsFor != "" &&
		(strings.HasPrefix(key, "aws:principal") || key == "aws:username" ||
			key == "kms:calleraccount"):
		return false
	case strings.HasPrefix(key, "aws:principaltag/"):
		return !d.p.openTags
	case strings.HasPrefix(key, "aws:resourcetag/"):
		return c.key == nil || c.key.stack != nil
	case strings.HasPrefix(key, "secretsmanager:resourcetag/"):
		return true
	}
	return slices.Contains([]string{
		"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username",
		"aws:requestedregion", "aws:resourceaccount", "aws:securetransport",
		"kms:calleraccount", "kms:viaservice", "kms:encryptioncontext:secretarn",
	}, key)
}
