package show

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
	plans "github.com/secretctl/secretctl/internal/plan"
)

// large is a plan of three accounts and two Regions: keys, home, 130 shards of which some need a
// bucket, access, and what is handed over.
func large() plans.Plan {
	p := plans.Plan{Version: 1, Stack: "payments"}
	add := func(kind, name, account, region, template string, on ...string) *plans.Stack {
		p.Stacks = append(p.Stacks, plans.Stack{
			Name: name, Kind: kind, Account: account, Region: region, Template: template,
			Bytes: 4000, Resources: 4, DependsOn: on,
		})
		return &p.Stacks[len(p.Stacks)-1]
	}
	var keys []string
	for _, account := range []string{"111111111111", "222222222222", "333333333333"} {
		for _, region := range []string{"eu-west-1", "us-east-1"} {
			template := fmt.Sprintf("payments-keys.%s.%s.json", account, region)
			keys = append(keys, template)
			add("keys", "payments-keys", account, region, template)
		}
	}
	home := add("home", "payments", "111111111111", "eu-west-1", "payments.json", keys...)
	home.Capabilities = []string{"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}
	home.Parameters = cfn.Object{{Key: "Password", Value: ""}, {Key: "Vpc", Value: ""}}
	home.Documents = []plans.Document{
		{LogicalID: "ApiPolicy", Kind: "managed policy", Size: 6000, Limit: 6144},
		{LogicalID: "AppKey", Kind: "key policy", Size: 800, Limit: 32768},
		{LogicalID: "CiRole", Kind: "trust policy", Size: 200, Limit: 2048},
		{LogicalID: "WebPolicy", Kind: "managed policy", Size: 3072, Limit: 6144},
		{LogicalID: "XPolicy", Kind: "managed policy", Size: 1, Limit: 6144},
	}
	var shards []string
	for i := range 130 {
		name := fmt.Sprintf("payments-s%02d", i+1)
		s := add("shard", name, "111111111111", "eu-west-1", name+".json", "payments.json")
		s.Bytes, s.Resources = 40000+100*i, 20+i%7
		s.Documents = []plans.Document{{LogicalID: fmt.Sprintf("S%dSecretResourcePolicy", i),
			Kind: "resource policy", Size: 100 + i, Limit: 20480}}
		shards = append(shards, s.Template)
	}
	add("access", "payments-access", "222222222222", "eu-west-1",
		"payments-access.222222222222.json", shards...)
	add("access", "payments-access", "333333333333", "eu-west-1",
		"payments-access.333333333333.json", append([]string{"payments.json"}, shards[:3]...)...)
	statement := cfn.Object{{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: "kms:Decrypt"},
		{Key: "Resource", Value: "*"}}
	theirs := "arn:aws:kms:eu-west-1:444444444444:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030"
	p.HandOver = []plans.HandOver{
		{Account: "444444444444", Document: "key policy", Of: theirs,
			Statements: []cfn.Object{statement}, Because: "grant of read on db to api"},
		{Account: "222222222222", Document: "identity policy", Of: "role ci",
			Statements: []cfn.Object{statement, statement}, Because: "rotation by ci,"},
		{Account: "444444444444", Document: "key policy", Of: theirs, Statements: []cfn.Object{
			{{Key: "Effect", Value: "Allow"}, {Key: "Resource", Value: "\x00" + `{"Ref":"Key"}`}},
		}, Because: "grant of write on db to api"},
	}
	return p
}

// largePlan is large with resources. Every shard holds secrets, home a resource without words, too.
func largePlan() plans.Plan {
	p := large()
	for i, s := range p.Stacks {
		p.Stacks[i].Types = map[string]int{"AWS::KMS::Key": 2}
		switch s.Kind {
		case "home":
			p.Stacks[i].Types = map[string]int{"AWS::IAM::Role": 1, "AWS::KMS::Key": 1,
				"AWS::RDS::DBInstance": 2, "Custom::a|b": 1}
		case "shard":
			p.Stacks[i].Types = map[string]int{"AWS::SecretsManager::Secret": 10,
				"AWS::SecretsManager::ResourcePolicy": 1}
		}
	}
	return p
}

// shows expects texts in another.
func shows(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("this is missing:\n%s\nin:\n%s", w, text)
		}
	}
}

func TestTextTellsManyStacksInFewLines(t *testing.T) {
	text := textOfPlan(t, largePlan(), Options{})
	shows(t, text,
		"payments: 139 stacks in 3 accounts and 2 Regions, in the order to deploy them; "+
			"4\nstatements to hand over\n",
		"\n1. payments-keys (keys)\n   deployed to   eu-west-1 of account 111111111111\n   "+
			"template      payments-keys.111111111111.eu-west-1.json\n",
		"\n7. payments (home)\n",
		"   holds         1 key, 1 role, 2 AWS::RDS::DBInstance, 1 Custom::a|b\n   capabilities  "+
			"CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND\n"+
			"   parameters    Password, Vpc\n   waits for     stacks 1–6\n"+
			"   documents     6,000 of 6,144,   144 left ( 2%)  managed policy ApiPolicy\n"+
			"                 3,072 of 6,144, 3,072 left (50%)  managed policy WebPolicy\n"+
			"                   200 of 2,048, 1,848 left (90%)  trust policy CiRole\n"+
			"                 and 2 others with 97% left or more\n",
		"\n8–137. payments-s01 … payments-s130 (130 shards)\n",
		"   template      payments-s01.json … payments-s130.json\n"+
			"   size          40,000–52,900 of 1,048,576 bytes each; 17 are above 51,200 "+
			"and\n                 must go through an S3 bucket\n"+
			"   resources     20–26 of 500 each\n   holds         1,300 secrets, 130 resource "+
			"policies together\n",
		"S129SecretResourcePolicy in payments-s130\n", "and 127 others with 98% left or more\n",
		"   waits for     stacks 8–137\n", "   waits for     stacks 7–10\n",
	)
	if n := strings.Count(text, "\n"); n > 200 {
		t.Errorf("%d lines", n)
	}
}

func TestTextGroupsWhatIsHandedOver(t *testing.T) {
	_, text, _ := strings.Cut(textOfPlan(t, largePlan(), Options{}), "To hand over\n")
	shows(t, text,
		"\nAccount 222222222222\n\n  identity policy of role ci\n  because: rotation by "+
			"ci\n\n    {\n      \"Effect\": \"Allow\",",
		"    },\n    {\n",
		"\nAccount 444444444444\n\n  key policy of "+
			"arn:aws:kms:eu-west-1:444444444444:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030\n  "+
			"because: grant of read on db to api\n",
		"    }\n\n  because: grant of write on db to api\n  "+functionsNote+"\n",
	)
	if strings.Count(text, "key policy of") != 1 ||
		strings.Count(text, "Account 444444444444") != 1 {
		t.Errorf("headings are repeated:\n%s", text)
	}
}

func TestTextSaysWhatTheSpecDoesNot(t *testing.T) {
	for want, s := range map[string]plans.Stack{
		"the account and Region you deploy to":              {},
		"eu-west-1, in the account you deploy to":           {Region: "eu-west-1"},
		"account 111111111111, in the Region you deploy to": {Account: "111111111111"},
		"deployed to   eu-west-1 of account 111111111111\n": {Account: "111111111111",
			Region: "eu-west-1"},
		"size          51,200 of 51,200 bytes\n":              {Bytes: 51200},
		"size          51,201 of 1,048,576 bytes; above 51,2": {Bytes: 51201},
		"capabilities  none\n":                                {},
		"parameters    none to give\n":                        {},
		"waits for     nothing\n":                             {},
		"documents     none\n":                                {},
	} {
		plan := plans.Plan{Stack: "x", Stacks: []plans.Stack{s},
			HandOver: []plans.HandOver{{Document: "key policy"}}}
		shows(t, textOfPlan(t, plan, Options{}), want, "\nThe account you deploy to\n")
	}
}

func TestTextOfNothingSaysSo(t *testing.T) {
	if got := textOfPlan(t, plans.Plan{Stack: "x"},
		Options{}); got != "x: it creates nothing, so that there is no stack to deploy\n" {
		t.Errorf("%q", got)
	}
}

func TestTextStaysWithinTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		head, _, _ := strings.Cut(textOfPlan(t, largePlan(), Options{Width: width}), "To hand over")
		for line := range strings.Lines(head) {
			isDocument := strings.Contains(line, " left (")
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width &&
				!isDocument {
				t.Errorf("%d characters of %d: %s", n, width, line)
			}
		}
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestColorChangesNoTextAndMarksScarceHeadRoom(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		colored := textOfPlan(t, largePlan(), Options{Width: width, Color: true})
		if got, want := ansi.ReplaceAllString(colored, ""),
			textOfPlan(t, largePlan(), Options{Width: width}); got != want {
			t.Errorf("without its colours the text is another:\n%s", got)
		}
		if strings.Count(colored, attention) != 1 {
			t.Errorf("one document has less than a tenth left:\n%s", colored)
		}
	}
}

func TestTextEscapesWhatWouldCommandATerminal(t *testing.T) {
	r := hostile("\x1b[2J\n\u202e\U000e0001")
	for name, text := range map[string]string{"text": textOfPlan(t, r, Options{}),
		"markdown": markdownOfPlan(t, r)} {
		if strings.ContainsAny(text, "\x1b\u202e\U000e0001") {
			t.Errorf("%s: %q", name, text)
		}
		shows(t, text, `\u001b[2J\u000a\u202e\udb40\udc01`)
	}
}

// hostile is a rollout with a text wherever a text of the spec can be.
func hostile(text string) plans.Plan {
	s := plans.Stack{
		Name: text, Kind: "home", Template: text, Parameters: cfn.Object{{Key: text}},
		Capabilities: []string{text},
		Documents:    []plans.Document{{LogicalID: text, Kind: "key policy", Size: 1, Limit: 2}},
	}
	h := plans.HandOver{Document: "key policy", Of: text, Because: text,
		Statements: []cfn.Object{{{Key: text, Value: text}}}}
	s.Types = map[string]int{text: 1}
	return plans.Plan{Stack: text, Stacks: []plans.Stack{s}, HandOver: []plans.HandOver{h}}
}

func TestMarkdownIsATableThatNoTextBreaks(t *testing.T) {
	for _, text := range []string{"a|b", `a\|b`, "`", "a``b`", "```json\n", "<script>", "@team",
		"a\nb", "|", "*_[x](y)"} {
		checkTables(t, markdownOfPlan(t, hostile(text)))
		if !strings.Contains(text, "`") {
			shows(t, strings.ReplaceAll(markdownOfPlan(t, hostile(text)), `\u007c`, "|"),
				"`"+Printable(text)+"`")
		}
	}
	markdown := markdownOfPlan(t, largePlan())
	checkTables(t, markdown)
	shows(t, markdown,
		"### Plan of `payments`\n\n139 stacks in 3 accounts and 2 Regions, in the order to "+
			"deploy them; 4 statements to hand over.\n",
		"| 8–137 | `payments-s01` … `payments-s130`<br>130 shards, `payments-s01.json` … "+
			"`payments-s130.json` | eu-west-1 of account 111111111111 | "+
			"1,300 secrets, 130 resource policies together | 20–26 of 500 each | 40,000–52,900 "+
			"each | an S3 bucket for 17 | stack 7 |\n",
		"1 key, 1 role, 2 `AWS::RDS::DBInstance`, 1 `Custom::a\\u007cb` |",
		"<br>parameter `Password`<br>",
		"| `managed policy ApiPolicy` | 7 | `payments` | 6,000 | 6,144 | 144 (2%) |\n",
		"And 125 others with 98% left or more.\n",
		"**Account 444444444444**\n\nKey policy of `arn:",
		"Because: `grant of write on db to api`\n\n"+functionsNote+"\n\n```json\n{\n",
	)
}

// checkTables expects all rows of a table to have as many cells as its heading.
func checkTables(t *testing.T, markdown string) {
	t.Helper()
	cells := 0
	for line := range strings.Lines(markdown) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		if n := strings.Count(line, "|"); cells == 0 {
			cells = n
		} else if n != cells {
			t.Errorf("%d cells instead of %d: %s", n-1, cells-1, line)
		}
	}
}

func TestFenceIsLongerThanWhatItHolds(t *testing.T) {
	shows(t, markdownOfPlan(t, hostile("a````b")), "\n`````json\n", "\n`````\n")
}

func TestShardsThatDifferAreToldApart(t *testing.T) {
	shard := func(change func(*plans.Stack)) plans.Stack {
		s := plans.Stack{Kind: "shard"}
		change(&s)
		return s
	}
	same := func(*plans.Stack) {}
	for name, c := range map[string]struct {
		change func(*plans.Stack)
		steps  int
	}{
		"same":       {same, 1},
		"account":    {func(s *plans.Stack) { s.Account = "1" }, 4},
		"region":     {func(s *plans.Stack) { s.Region = "1" }, 4},
		"capability": {func(s *plans.Stack) { s.Capabilities = []string{"1"} }, 4},
		"waits":      {func(s *plans.Stack) { s.DependsOn = []string{"1"} }, 4},
		"parameter":  {func(s *plans.Stack) { s.Parameters = cfn.Object{{Key: "1"}} }, 4},
		"kind":       {func(s *plans.Stack) { s.Kind = "access" }, 4},
		"size":       {func(s *plans.Stack) { s.Bytes = 1 }, 1},
	} {
		stacks := []plans.Stack{shard(same), shard(same), shard(c.change), shard(c.change)}
		if got := len(newRollout(plans.Plan{Stacks: stacks}).steps); got != c.steps {
			t.Errorf("%s: %d steps, want %d", name, got, c.steps)
		}
	}
}

// textOfPlan shows a plan as text.
func textOfPlan(t *testing.T, p plans.Plan, o Options) string {
	t.Helper()
	return written(t, func(w io.Writer) error { return writePlanText(w, p, o) })
}

// markdownOfPlan shows a plan as Markdown.
func markdownOfPlan(t *testing.T, p plans.Plan) string {
	t.Helper()
	return written(t, func(w io.Writer) error { return writePlanMarkdown(w, p, Options{}) })
}
