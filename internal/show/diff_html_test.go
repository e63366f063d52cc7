package show

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/change"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// deployedState is the state of one template in the account 111111111111 and eu-west-1.
func deployedState(t *testing.T, text string) change.State {
	t.Helper()
	root, found := yaml.ParseTemplate(source.New("t.yaml", []byte("Resources:\n"+text)))
	if root == nil || found.HasErrors() {
		t.Fatalf("the template cannot be read: %v\n%s", found, text)
	}
	template, _ := cfn.Read(root, found)
	one := change.Stack{File: "app", Name: "app", Account: "111111111111", Region: "eu-west-1",
		Template: template}
	return change.State{Stacks: []change.Stack{one}, Estate: access.Load([]access.Stack{{
		File: "app", Name: "app", Account: one.Account, Region: one.Region, Template: template,
	}}, access.Beside{})}
}

// aSecret is a secret whose policy lets some roles read it.
func aSecret(id, regions string, roles ...string) string {
	var arns []string
	for _, r := range roles {
		arns = append(arns, "'arn:aws:iam::111111111111:role/"+r+"'")
	}
	text := "  " + id + ": { Type: AWS::SecretsManager::Secret, Properties: { Name: " + id +
		regions + " } }\n"
	if len(roles) == 0 {
		return text
	}
	return text + "  " + id + "P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { " +
		"SecretId: !Ref " + id + ", ResourcePolicy: { Statement: [ { Effect: Allow, Action: " +
		"'secretsmanager:GetSecretValue', Resource: '*', Principal: { AWS: [" +
		strings.Join(arns, ", ") + "] } } ] } } }\n"
}

const inAnotherRegion = ", ReplicaRegions: [ { Region: us-east-1 } ]"

// changedPage is the data of a page of changes.
type changedPage struct {
	Verbs      []htmlVerb
	Principals []htmlSubject
	Secrets    []htmlSubject
	Lines      [][]json.RawMessage
	Changes    [][]int
	Evidence   []json.RawMessage
	Texts      []string
	Command    htmlCommand
}

func changesPageOf(t *testing.T, all Changes, o Options) (string, changedPage) {
	t.Helper()
	page := written(t, func(w io.Writer) error { return writeDiffHTML(w, all, o) })
	var data changedPage
	if err := json.Unmarshal([]byte(dataOf(t, page)), &data); err != nil {
		t.Fatal(err)
	}
	return page, data
}

// told writes the lines of a page: who, what, the Regions if they are not all, and what changed.
func (p *changedPage) told() []string {
	var out []string
	for _, l := range p.Lines {
		var n [10]int
		for _, at := range []int{0, 1, 4, 8} {
			if at < len(l) {
				json.Unmarshal(l[at], &n[at])
			}
		}
		s, who := p.Secrets[n[0]], p.Principals[n[1]]
		text := who.ID[strings.LastIndexByte(who.ID, '/')+1:] + " " + s.ID
		if s.Gone {
			text += " gone"
		}
		if string(l[3]) != "0" {
			text += " " + string(l[3])
		}
		if len(l) > 8 {
			c := p.Changes[n[8]]
			text += fmt.Sprintf(" %s %s→%s", access.ChangeKind(c[0]), effectWords[c[2]],
				effectWords[n[4]])
			if c[5] >= 0 {
				text += " accepted: " + p.Texts[c[5]]
			}
		} else {
			text += " " + effectWords[n[4]]
		}
		out = append(out, text)
	}
	return out
}

// TestPageOfChanges: every change is a line of the new state, also of secrets, principals and
// copies that are gone; what stays has lines without a change; secrets of which the worst changes
// come first.
func TestPageOfChanges(t *testing.T) {
	before := deployedState(t, aSecret("a", "", "stays", "left")+
		aSecret("b", inAnotherRegion, "stays", "more")+aSecret("gone", "", "left", "stays"))
	after := deployedState(t, aSecret("a", "", "stays")+aSecret("b", "", "stays", "new"))
	accepted := []*change.Acceptance{{Class: "gains", Reason: "a <b>reason</b>"}}
	_, data := changesPageOf(t, Changes{Reports: []*change.Report{
		change.Compare(before, after, accepted)}}, Options{})
	want := []string{
		"stays a allowed",
		"left a loses allowed→not allowed",
		`stays b ["eu-west-1"] allowed`,
		`stays b ["us-east-1"] loses allowed→not allowed`,
		"more b loses allowed→not allowed",
		`new b ["eu-west-1"] gains not allowed→allowed accepted: a <b>reason</b>`,
		"left gone gone loses allowed→not allowed",
		"stays gone gone loses allowed→not allowed",
	}
	got := data.told()
	slices.Sort(got)
	slices.Sort(want)
	same(t, strings.Join(got, "\n"), strings.Join(want, "\n"))
	for _, p := range data.Principals {
		isGone := strings.HasSuffix(p.ID, "/left") || strings.HasSuffix(p.ID, "/more")
		if p.Gone != isGone {
			t.Errorf("%s is gone: %t", p.ID, p.Gone)
		}
	}
	_, first := changesPageOf(t, Changes{Reports: []*change.Report{change.Compare(
		deployedState(t, aSecret("a", "", "x")+aSecret("b", "", "x")+aSecret("c", "", "x")),
		deployedState(t, aSecret("a", "", "x")+aSecret("b", "", "y")+aSecret("c", "")), nil,
	)}}, Options{})
	var ids []string
	for _, s := range first.Secrets {
		ids = append(ids, s.ID)
	}
	same(t, strings.Join(ids, " "), "b c a")
}

// TestPageOfNoChange: a page says that nothing changes, and has the new state beneath.
func TestPageOfNoChange(t *testing.T) {
	state := deployedState(t, aSecret("a", "", "x"))
	page, data := changesPageOf(t, Changes{Reports: []*change.Report{
		change.Compare(state, state, nil)}}, Options{})
	if !strings.Contains(page, `<p class="lead">No change in access or resources.</p>`) ||
		!strings.Contains(page, "<p>No access changes.</p>") || strings.Contains(page, "gains<") {
		t.Errorf("the page does not say that nothing changes")
	}
	same(t, strings.Join(data.told(), "\n"), "x a allowed")
	page, _ = changesPageOf(t, Changes{Reports: []*change.Report{
		change.Compare(change.State{}, change.State{}, nil)}}, Options{})
	if !strings.Contains(page, "No change in access or resources.") {
		t.Error("of nothing and nothing the page says something else")
	}
}

// TestPageOfChangesIsBounded: of more than 50,000 cells those that stay are left out first, those
// that change behind them, and both are counted; reasons are asked for as often as for access.
func TestPageOfChangesIsBounded(t *testing.T) {
	const roles, secrets = 60, 1_000
	role := func(i int, action string) string {
		return fmt.Sprintf("  R%d: { Type: AWS::IAM::Role, Properties: { RoleName: r%d, "+
			"AssumeRolePolicyDocument: { Statement: [] }, Policies: [ { PolicyName: p, "+
			"PolicyDocument: { Statement: [ { Effect: Allow, Action: '%s', Resource: '*' } ] } } ] "+
			"} }\n", i, i, action)
	}
	text := func(changed int, action string) string {
		var b strings.Builder
		for i := range secrets {
			b.WriteString(aSecret(fmt.Sprint("s", i), ""))
		}
		for i := range roles {
			if i >= changed {
				action = "secretsmanager:GetSecretValue"
			}
			b.WriteString(role(i, action))
		}
		return b.String()
	}
	for _, tt := range []struct {
		changed, lines int
		says           string
	}{
		{2, 2_000, "58,000 cells that do not change are left out here."},
		{60, 50_000, "10,020 of 60,000 cells that change are left out here: what is shown is of " +
			"833 of 1,000 secrets."},
	} {
		page, data := changesPageOf(t, Changes{Reports: []*change.Report{change.Compare(
			deployedState(t, text(tt.changed, "sqs:SendMessage")),
			deployedState(t, text(0, "")), nil)}}, Options{})
		if n := len(data.Lines); n > tt.lines || n < tt.lines*99/100 {
			t.Errorf("of %d roles the page has %d lines", tt.changed, n)
		}
		if !strings.Contains(page, tt.says) {
			t.Errorf("of %d roles the page does not say %q", tt.changed, tt.says)
		}
		if len(page) > 6_000_000 || len(data.Evidence) > 2*tt.changed {
			t.Errorf("of %d roles the page has %d bytes, and %d times what shows it", tt.changed,
				len(page), len(data.Evidence))
		}
	}
}

// TestPageOfChangesEscapes: whatever a report says is text, and lists have an end.
func TestPageOfChangesEscapes(t *testing.T) {
	r := lostSecrets(hostileName, hostileName, 2)
	r.Resources[1].Accepted = nil
	for i := range 300 {
		one := lostSecrets("", fmt.Sprint("s", i), 1).Resources[0]
		one.Accepted = nil
		r.Resources = append(r.Resources, one)
		r.HandOvers = append(r.HandOvers, change.HandOver{Change: "added",
			HandOver: plan.HandOver{Document: "key policy", Of: hostileName, Statements: []cfn.Object{
				{{Key: hostileName, Value: hostileName}}}}})
	}
	r.Resources = append(r.Resources, change.ResourceChange{Resource: change.Resource{
		Risk: change.Updated, Policy: true, LogicalID: "Noticed", Stack: "s"}},
		change.ResourceChange{Resource: change.Resource{Risk: change.Updated, Stack: "s"}})
	r.Stacks = []change.StackChange{{Change: "added", Stack: hostileName, Number: 1}}
	r.Assertions = []change.Assertion{{Change: "removed", Text: hostileName}}
	r.Limits = []change.Limit{{Stack: hostileName, Kind: "bytes", After: 9, Limit: 10}}
	page, _ := changesPageOf(t, Changes{Reports: []*change.Report{r, lostSecrets("other", "x", 1)},
		Unused: []*change.Acceptance{{Class: "gains", Secrets: []string{hostileName}}}}, Options{
		Asked: Asked{Paths: []string{hostileName, "b"}, After: "b", More: []string{"--accept", "c d"}},
	})
	if strings.Contains(page, "<img") || strings.Count(page, "</script>") != 2 {
		t.Error("a name is markup")
	}
	for _, words := range []string{
		`<h3><span class="badge value-lost">value-lost</span> 301 `, "<summary>296 others</summary>",
		"And 201 others, for which the page has no room", "And 260 other hand-overs",
		"added: <code>x`|``", ">removed: ", "An entry accepts nothing: gains on x`",
		`update</span> 1 <span class="soft">changes in place</span></h3>` + "\n<ul>\n<li><code>Noticed<",
		`<span class="soft">1 new, or changed in place, and nobody notices</span></summary>`,
		`<span class="reason-given">accepted: x`, "<h2 class=\"environment\">",
	} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if n := len(page); n > 400_000 {
		t.Errorf("the page has %d bytes", n)
	}
}

// TestPageOfChangesAsksAgain: the commands are those of the two states, as far as they can be
// asked.
func TestPageOfChangesAsksAgain(t *testing.T) {
	_, data := changesPageOf(t, Changes{Reports: []*change.Report{{}}}, Options{Asked: Asked{
		Paths: []string{"main:my specs", "specs"}, After: "specs",
		Flags: []string{"--region", "eu-west-1"}, More: []string{"--accept", "a b"},
	}})
	want := htmlCommand{Flags: "--region eu-west-1", Paths: "'main:my specs' specs", After: "specs",
		Diff: "secretctl diff --format json --region eu-west-1 --accept 'a b' 'main:my specs' specs"}
	if data.Command != want {
		t.Errorf("the commands are %+v", data.Command)
	}
}
