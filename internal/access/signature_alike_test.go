package access

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/simulator/faults"
	"github.com/secretctl/secretctl/internal/verb"
)

// alikeSeeds are the worlds that every run asks about.
const alikeSeeds = 400

// alikeVerbs read, call functions, and use keys alone.
var alikeVerbs = []*verb.Verb{
	verb.Read, verb.Named("rotate"), {Name: "decrypt", OnKey: []aws.Action{"kms:Decrypt"}},
}

// TestAlikeAnswersAsAsked: what a prover finds out of statements that say the same but for the
// names of secrets is what the plain way answers of each question by itself.
func TestAlikeAnswersAsAsked(t *testing.T) {
	asked, apart := 0, 0
	for seed := range uint64(alikeSeeds) {
		n, known := alikeAsAsked(t, seed)
		asked, apart = asked+n, apart+known
	}
	if apart > asked*9/10 {
		t.Errorf("%d of %d questions are asked, which shows little", apart, asked)
	}
}

func FuzzAlikeAnswersAsAsked(f *testing.F) {
	f.Add(uint64(1_000))
	f.Fuzz(func(t *testing.T, seed uint64) { alikeAsAsked(t, seed) })
}

// alikeAsAsked asks everything about the roles of a world in both ways. It returns how many
// questions there are, and how many of them the prover asked.
func alikeAsAsked(t *testing.T, seed uint64) (asked, known int) {
	t.Helper()
	w := newAlikeWorld(t, seed)
	p := NewProver(w, alikeVerbs)
	for _, who := range w.Principals {
		for _, s := range w.Secrets {
			for _, v := range alikeVerbs {
				asked++
				plain, plainOnly := Ask(who, v, s, 0)
				quick, quickOnly := p.Ask(who, v, s, 0)
				if quick.Effect != plain.Effect || !slices.Equal(quickOnly, plainOnly) {
					t.Errorf("seed %d: %s %s %s: %v %q, and asked plainly %v %q", seed, who.ID,
						v.Name, s.ID, quick.Effect, quickOnly, plain.Effect, plainOnly)
				}
			}
		}
		known += len(p.who[who].known)
	}
	return asked, known
}

// alikeWorld are roles whose statements say much the same of different secrets.
type alikeWorld struct {
	*rand.Rand
	secrets []*Secret
	keys    []*Key
}

func newAlikeWorld(t *testing.T, seed uint64) *World {
	a := &alikeWorld{Rand: rand.New(rand.NewPCG(seed, 1))}
	for i := range 3 {
		id := cfn.Unknown{What: "name", Name: fmt.Sprint("AWS::KMS::Key K", i), Class: cfn.HexDigits,
			Min: 36, Max: 36, Unique: true}
		k := &Key{
			ID: fmt.Sprint("K", i), Account: askAccount, Region: "eu-west-1", Known: true,
			ARN: "arn:aws:kms:eu-west-1:" + askAccount + ":key/" + id.Text(),
			Policy: askDocument(t, KeyPolicy, "K", `[{"Effect": "Allow", "Action": "kms:*",
				"Resource": "*", "Principal": {"AWS": "arn:aws:iam::`+askAccount+`:root"}}]`),
		}
		if i == 2 { // one that is not like others
			k.Aliases = []string{"alias/k"}
		}
		a.keys = append(a.keys, k)
	}
	for i := range 16 {
		s := askSecret(fmt.Sprint("app/", i))
		s.Copies[0].Key = a.keys[a.IntN(len(a.keys))]
		switch a.IntN(12) {
		case 0:
			s.Copies[0].Key = nil
		case 1:
			s.Copies[0].Key, s.Copies[0].KeyUnread = nil, true
		case 2:
			s.Function = "arn:aws:lambda:eu-west-1:" + askAccount + ":function:rotate"
		case 3:
			s.Function = askUnknown("function")
		case 4:
			s.Copies[0].ARN = "arn:aws:secretsmanager:eu-west-1:" + askAccount + ":secret:" +
				s.Name + "-abcdef"
		case 5:
			replica := s.Copies[0]
			replica.Region, replica.ARN = "us-east-1", "arn:aws:secretsmanager:us-east-1:"+
				askAccount+":secret:"+s.Name+"-"+askSuffix(s.Name)
			s.Copies = append(s.Copies, replica)
		}
		a.secrets = append(a.secrets, s)
	}
	w := &World{Secrets: a.secrets}
	for i := range 2 {
		sayings := a.sayings()
		p := askRole(t, fmt.Sprint("r", i), a.statements(sayings))
		p.KnownTags, p.Tags = true, map[string]string{"team": a.secrets[0].Copies[0].ARN}
		for range 3 {
			p.Identity = append(p.Identity,
				askDocument(t, IdentityPolicy, p.ID, a.statements(sayings)))
		}
		if a.IntN(8) == 0 {
			p.Boundary = askDocument(t, PermissionsBoundary, p.ID, a.statements(sayings))
		}
		w.Principals = append(w.Principals, p)
	}
	return w
}

// askUnknown is a text of which nobody knows anything.
func askUnknown(name string) string {
	return cfn.Unknown{What: "parameter", Name: name, Shown: name}.Text()
}

// saying is what several statements say, each of other secrets.
type saying struct {
	effect, resource, operator, key, via string
	action, more                         any // more: a resource besides the secrets, or nil
	ofKeys                               bool
}

// sayings returns what statements about secrets and about keys say: two of each that differ in one
// thing.
func (a *alikeWorld) sayings() []saying {
	var out []saying
	for _, ofKeys := range []bool{false, true} {
		one := saying{ofKeys: ofKeys}
		for i := range 7 {
			one.choose(a, i, true)
		}
		other := one
		other.choose(a, a.IntN(7), false)
		out = append(out, one, other)
	}
	return out
}

// choose chooses one thing that a statement says: mostly what is usual, where that is asked for.
func (s *saying) choose(a *alikeWorld, which int, usual bool) {
	first := usual && a.IntN(8) > 0
	switch {
	case which == 0:
		s.effect = one(a, first, "Allow", "Deny")
	case which == 1:
		s.resource = one(a, first, "Resource", "NotResource")
	case which == 2 && s.ofKeys:
		s.operator = one(a, first, "StringEquals", "StringNotEquals", "StringLike",
			"StringEqualsIfExists", "ForAnyValue:StringEquals")
	case which == 2:
		s.operator = one(a, usual && a.IntN(2) > 0, "", "StringEquals", "StringNotEquals")
	case which == 3:
		s.key = one(a, first, "aws:PrincipalTag/team", "secretsmanager:VersionStage",
			"secretsmanager:SecretId")
	case which == 4:
		s.via = one(a, first, "secretsmanager.eu-west-1.amazonaws.com",
			"secretsmanager.us-east-1.amazonaws.com")
	case which == 5 && s.ofKeys:
		s.action = one[any](a, first, "kms:*", "kms:Decrypt")
	case which == 5:
		s.action = one[any](a, first, []string{"secretsmanager:*", "lambda:InvokeFunction"},
			[]string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
			"secretsmanager:*")
	case which == 6 && s.ofKeys:
		s.more = one[any](a, first, "*", a.keys[0].ARN, a.keys[2].ARN, nil)
	case which == 6:
		s.more = one[any](a, first, nil, "*", "arn:aws:lambda:*:*:function:*",
			"arn:aws:secretsmanager:*:*:secret:app/1*", "arn:aws:secretsmanager",
			askUnknown("secret"))
	}
}

// one returns the first of some values, or any of them.
func one[T any](a *alikeWorld, first bool, list ...T) T {
	if first {
		return list[0]
	}
	return list[a.IntN(len(list))]
}

// statement is a statement that says so, of some secrets.
func (s *saying) statement(a *alikeWorld) any {
	resources, condition := a.names(), map[string]any{}
	if s.more != nil && s.ofKeys {
		resources = nil
	}
	if s.more != nil {
		resources = append(resources, s.more)
	}
	switch {
	case s.ofKeys:
		condition["kms:EncryptionContext:SecretARN"] = a.names()
		condition["kms:ViaService"] = s.via
	case s.operator != "":
		condition[s.key] = a.names()
		if a.IntN(2) == 0 {
			condition[s.key] = a.secrets[0].Copies[0].ARN // which is the tag of the role, too
		}
	}
	out := map[string]any{"Effect": s.effect, "Action": s.action, s.resource: resources}
	if len(condition) > 0 {
		out["Condition"] = map[string]any{s.operator: condition}
	}
	return out
}

// statements returns statements that say the one or the other.
func (a *alikeWorld) statements(sayings []saying) string {
	var out []any
	for range 1 + a.IntN(2) {
		out = append(out, sayings[a.IntN(len(sayings))].statement(a))
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// names returns the ARNs of some secrets, one of them perhaps by its name alone.
func (a *alikeWorld) names() []any {
	var out []any
	for range 1 + a.IntN(3) {
		s := a.secrets[a.IntN(len(a.secrets))]
		if a.IntN(6) == 0 {
			out = append(out, "arn:aws:secretsmanager:eu-west-1:"+askAccount+":secret:"+s.Name+
				suffix)
			continue
		}
		out = append(out, s.Copies[0].ARN)
	}
	return out
}

// plantedInAlike are mistakes that the test above must find.
var plantedInAlike = []faults.Fault{
	{"signature_alike.go", `b = appendText(append(b, 's'), r.Effect)`, `b = append(b, 's')`},
	{"signature_alike.go", `b = appendList(b, r.NotActions, r.Actions, nil)`, ``},
	{"signature_alike.go", `b = appendList(b, r.NotResources, r.Resources, namesSecrets)`,
		`b = appendList(b, r.NotResources, nil, namesSecrets)`},
	{"signature_alike.go", `	if not {
		b[len(b)-1] = '-'`, `	if false {
		b[len(b)-1] = '-'`},
	{"signature_alike.go", `appendText(appendText(b, c.Operator), c.Key)`,
		`appendText(b, c.Key)`},
	{"signature_alike.go", `			w.saying = binary.AppendUvarint(w.saying, uint64(w.lists[from].list))
`, ``},
	{"signature_alike.go", `		w.sayingsOf(x, d)
	}`, `	}
	w.sayingsOf(w.patternsOf(documents[0]), documents[0])`},
	{"signature_alike.go", `	if p.Boundary != nil {
		b = w.sayings(b,`, `	if false {
		b = w.sayings(b,`},
	{"signature_alike.go", `if !strings.EqualFold(c.Key, encryptionContext) {`, `if false {`},
}

// TestAlikeFindsPlantedFaults: the test above finds a fault in what statements say.
func TestAlikeFindsPlantedFaults(t *testing.T) {
	faults.Find(t, plantedInAlike, []int{2, 7}, "^TestAlikeAnswersAsAsked$")
}
