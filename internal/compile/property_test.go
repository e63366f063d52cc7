package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/grants"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/prove"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// The two properties of a compilation: every granted request is allowed, and no other one is. What
// is granted is decided in oracle_test.go, from the model; what is allowed is decided by the
// policies that were compiled.

// world is a compiled spec, to be asked.
type world struct {
	m         *model.Model
	ps        grants.Permissions
	placement grants.Placement
	e         *placed
	without   bool // the template's conditions do not hold

	clauses   []*clause
	clausesTo map[*model.Principal][]*clause
	keyOf     map[*placedKey]*model.Key
	// who stands for the role of a rotation that names none
	unstated  map[*model.Secret]*model.Principal
	functions map[string]*placedDocument // the policies of functions, by ARN
	callers   []*caller

	every, turn int // of the callers one in every asks, by turns; 0: all of them do
}

// newWorld compiles the files of a spec. It is nil for one with errors.
func newWorld(texts ...[]byte) *world {
	w, _ := compiledWorld(texts...)
	return w
}

func compiledWorld(texts ...[]byte) (*world, diag.List) {
	var files []*source.File
	for i, text := range texts {
		files = append(files, source.New(fmt.Sprintf("%d.yaml", i), text))
	}
	s, _, found := spec.Load(files)
	if s == nil {
		return nil, found
	}
	m, list := model.Resolve(s)
	if found = append(found, list...); found.HasErrors() {
		return nil, found
	}
	ps := grants.Derive(m)
	placement, list := grants.Place(ps)
	if list.HasErrors() {
		return nil, list
	}
	return worldOf(m, ps, placement, false), nil
}

func worldOf(m *model.Model, ps grants.Permissions, placement grants.Placement,
	without bool) *world {
	w := &world{
		m: m, ps: ps, placement: placement, e: newPlaced(m, placement), without: without,
		clausesTo: map[*model.Principal][]*clause{}, keyOf: map[*placedKey]*model.Key{},
		unstated: map[*model.Secret]*model.Principal{}, functions: map[string]*placedDocument{},
	}
	for in, key := range w.e.keys {
		w.keyOf[key] = in.Key
	}
	for i := range placement.HandOvers {
		w.handedOver(&placement.HandOvers[i])
	}
	for _, s := range m.Secrets { // for which nothing was handed over
		if r := s.Rotation; r != nil && r.Lambda != nil && r.Lambda.ExecutionRole == nil &&
			r.Lambda.Account == "" && w.unstated[s] == nil {
			w.roleOf(s, &model.Principal{ID: "role of " + s.ID, Kind: model.ExistingRole})
		}
	}
	for _, c := range clausesOf(m, w.unstated) {
		if !w.absent(c.secret) || c.to.Account != "" || !c.to.Kind.HasIdentity() {
			w.clauses, w.clausesTo[c.to] = append(w.clauses, c), append(w.clausesTo[c.to], c)
		}
	}
	w.callers = w.callersOf()
	return w
}

// handedOver adds what an estate leaves out: the policies of functions, and the roles of functions
// that the spec does not name.
func (w *world) handedOver(h *grants.HandOver) {
	switch {
	case h.Secret == nil: // of the assumption of a role, about which package grants has a property
	case h.Key() != nil || h.OfSecret():
	case h.OfPrincipal():
		if l := h.Secret.Rotation; w.e.principals[h.To] != nil || l == nil || l.Lambda == nil ||
			l.Lambda.Account != "" {
			return
		}
		p := w.roleOf(h.Secret, h.To)
		p.Identity = []*placedDocument{w.e.document(identityPolicy, p.ID, model.Stack{}, "",
			h.Statements)}
	default:
		arn := w.e.standIns.Text(h.Of)
		if i := strings.Index(arn, "{"); i >= 0 {
			arn = w.function(h.Secret)
		}
		d := w.functions[arn]
		if d == nil {
			d = w.e.document(resourcePolicy, arn, model.Stack{}, "", nil)
			w.functions[arn] = d
		}
		d.Rules.Statements = append(d.Rules.Statements, w.e.rules(h.Statements).Statements...)
	}
}

// roleOf adds the role of a function that the spec does not name.
func (w *world) roleOf(s *model.Secret, as *model.Principal) *placedPrincipal {
	account := w.e.account("")
	p := &placedPrincipal{ID: as.ID,
		Caller: policy.Caller{ARN: "arn:aws:iam::" + account + ":role/of-" + s.ID,
			Account: account}}
	w.e.principals[as], w.unstated[s] = p, as
	return p
}

// absent says whether a secret is not there, because its condition does not hold.
func (w *world) absent(s *model.Secret) bool { return w.without && s.Condition != "" }

// function returns the ARN of the function that rotates a secret, or "".
func (w *world) function(s *model.Secret) string {
	name := "<the function that rotates " + s.ID + ">"
	switch r := s.Rotation; {
	case r == nil:
		return ""
	case r.Lambda != nil:
		return w.e.standIns.Text(r.Lambda.FunctionARN)
	case r.Application != nil:
		name = r.Application.FunctionName
	case r.Hosted == nil:
		return ""
	case r.Hosted.Name != "":
		name = r.Hosted.Name
	}
	return w.functionNamed(s, name)
}

func (w *world) functionNamed(s *model.Secret, name string) string {
	as := w.e.secrets[s]
	return strings.Join([]string{"arn", w.e.partition(), "lambda", as.Copies[0].Region, as.Account,
		"function", w.e.standIns.Text(name)}, ":")
}

// keysOf returns a created key by Region.
func (w *world) keysOf(k *model.Key) map[string]*placedKey {
	out := map[string]*placedKey{}
	for in, key := range w.e.keys {
		if in.Key == k {
			out[in.region] = key
		}
	}
	return out
}

// allowed says what the compiled policies say.
func (w *world) allowed(a *asked) bool { return a.by.Decide(a.request, a.resource).Allowed }

// check returns what contradicts the two properties, and how many requests were asked.
func (w *world) check() (wrong []string, n int) {
	w.requests(func(a *asked) {
		n++
		if w.outOfScope(a) {
			return
		}
		want := w.granted(a) && !w.heldBack(a)
		if isHeld(a) && n%3 == 0 && w.simulated(a) != want && len(wrong) < 5 {
			wrong = append(wrong, fmt.Sprintf("to the simulator %s is %v", a, !want))
		}
		if got := w.allowed(a); got != want && len(wrong) < 5 {
			word := map[bool]string{true: "allowed", false: "refused"}
			wrong = append(wrong, fmt.Sprintf("%s is %s, and should be %s: %s", a, word[got],
				word[want], a.by.Decide(a.request, a.resource).Reason))
		}
	})
	wrong = slices.Concat(wrong, w.outOfReach(), w.malformed(), w.dangling(), w.left())
	if w.without || !slices.ContainsFunc(w.m.Secrets, func(s *model.Secret) bool {
		return s.Condition != ""
	}) {
		return wrong, n
	}
	placement := w.placement
	placement.Identities = slices.DeleteFunc(slices.Clone(placement.Identities),
		func(id grants.Identity) bool {
			return id.Condition != ""
		})
	placement.ResourcePolicies = slices.DeleteFunc(slices.Clone(placement.ResourcePolicies),
		func(rp grants.ResourcePolicy) bool {
			return rp.Secret.Condition != ""
		})
	more, k := worldOf(w.m, w.ps, placement, true).check()
	return append(wrong, more...), n + k
}

// left returns whose statements in the user's own words are not the last ones of their document.
func (w *world) left() (out []string) {
	look := func(name string, d policy.Document, own []model.Verbatim) {
		last := d[max(0, len(d)-len(own)):]
		if !slices.EqualFunc(last, own, func(s policy.Statement, v model.Verbatim) bool {
			return slices.Equal(s.Because, []source.Span{v.Span}) && s.Verbatim != nil
		}) {
			out = append(out, name+" does not end with the user's own statements")
		}
	}
	for _, rp := range w.placement.ResourcePolicies {
		look("resource policy of "+rp.Secret.ID, rp.Written(), rp.Secret.Policy.Statements)
	}
	for _, kp := range w.placement.KeyPolicies {
		look("key policy of "+kp.Key.ID, kp.Document, kp.Key.Statements)
	}
	return out
}

// malformed returns statements that IAM refuses, because a list of theirs is empty.
func (w *world) malformed() (out []string) {
	var all policy.Document
	for _, id := range w.placement.Identities {
		for _, part := range id.Parts {
			all = append(all, part.Document...)
		}
	}
	for _, rp := range w.placement.ResourcePolicies {
		all = append(all, rp.Written()...)
	}
	for _, kp := range w.placement.KeyPolicies {
		all = append(all, kp.Document...)
	}
	for _, h := range w.placement.HandOvers {
		all = append(all, h.Statements...)
	}
	for _, s := range all {
		empty := len(s.Action) == 0 || len(s.Resource) == 0 ||
			slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
				return len(c.Values) == 0
			})
		if s.Verbatim == nil && empty {
			out = append(out, fmt.Sprintf("%+v has an empty list", s))
		}
	}
	return out
}

// dangling returns references from a document to what does not stand in its stack, or may not:
// CloudFormation would refuse the template. A key's policy can refer to no secret, because the
// secret refers to the key.
func (w *world) dangling() (out []string) {
	look := func(name string, at model.Stack, isKey bool, d policy.Document) {
		var text []byte
		for _, s := range d {
			if s.Verbatim == nil {
				text = cfn.AppendValue(text, s.Value(), cfn.Format{Compact: true})
			}
		}
		refers := func(id string) bool {
			for _, form := range []string{`{"Ref":"` + id + `"}`, `["` + id + `",`, "${" + id + "}",
				"${" + id + "."} {
				if strings.Contains(string(text), form) {
					return true
				}
			}
			return false
		}
		for _, s := range w.m.Secrets {
			if refers(s.LogicalID) && (isKey || w.m.StackOf(s) != at || w.absent(s)) {
				out = append(out, name+" refers to secret "+s.ID)
			}
		}
		for _, k := range w.m.Keys {
			if refers(k.LogicalID) && at != model.Home {
				out = append(out, name+" refers to key "+k.ID)
			}
		}
		for _, p := range w.m.Principals {
			if p.RoleID != "" && refers(p.RoleID) && at != model.Home {
				out = append(out, name+" refers to role "+p.ID)
			}
		}
	}
	for _, id := range w.placement.Identities {
		if id.Condition != "" && id.Stack != model.Home {
			out = append(out, "identity policy of "+id.To.ID+" is there under condition "+
				id.Condition+", which its stack does not have")
		}
		for _, part := range id.Parts {
			look("identity policy of "+id.To.ID, id.Stack, false, part.Document)
		}
	}
	for _, rp := range w.placement.ResourcePolicies {
		look("resource policy of "+rp.Secret.ID, w.m.StackOf(rp.Secret), false, rp.Written())
	}
	for _, kp := range w.placement.KeyPolicies {
		look("key policy of "+kp.Key.ID, kp.Stack, true, kp.Document)
	}
	return out
}

func TestGrantedIsAllowedAndNothingElseInGoldenCases(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of every golden case")
	}
	t.Parallel()
	asked, read := 0, 0
	for name, text := range goldenSpecs(t) {
		w := newWorld(text)
		if w == nil {
			if _, err := os.Stat("../../testdata/golden/" + name +
				"/want/template.json"); err == nil {
				t.Errorf("%s does not compile", name)
			}
			continue
		}
		if len(prove.PublicStatements(w.m, &cfn.Template{})) > 0 {
			continue // what they allow is no grant
		}
		if w.readTemplates() {
			read++
		}
		wrong, n := w.check()
		asked += n
		for _, message := range wrong {
			t.Errorf("%s: %s", name, message)
		}
	}
	t.Logf("%d requests, of %d specs with the policies of their templates", asked, read)
	if asked < 100_000 || read < 300 {
		t.Errorf(
			"only %d requests were asked, and of %d specs with the policies of their templates",
			asked, read)
	}
}

// goldenSpecs returns the specs of the golden cases that have one file, by shelf/name.
func goldenSpecs(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*/*/spec.yaml")
	if err != nil || len(paths) < 500 {
		t.Fatal(len(paths), err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel("../../testdata/golden", filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = text
	}
	return all
}
