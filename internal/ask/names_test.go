package ask

import (
	"reflect"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// TestMeant: what a question can name, and in which order names are looked for.
func TestMeant(t *testing.T) {
	account := cfn.Unknown{What: "account", Name: "AWS::AccountId", Shown: "<account>",
		Class: cfn.Digits, Min: 12, Max: 12}.Text()
	principals := []nameable{
		{ID: "api", ARNs: []string{"arn:aws:iam::111111111111:role/service/api"}, Kind: "role"},
		{ID: "arn:aws:iam::222222222222:role/reporter",
			ARNs: []string{"arn:aws:iam::222222222222:role/reporter"}, Kind: "role"},
		{ID: "everybody", ARNs: []string{"*"}, Kind: "everybody"},
		{ID: "everybody of account 111111111111", ARNs: []string{"arn:aws:iam::111111111111:root"},
			Kind: "everybody"},
		{ID: "web", ARNs: []string{"arn:aws:iam::" + account + ":role/web"},
			Also: []string{"WebRole"}, Kind: "role"},
	}
	made := []nameable{{ID: "web", Kind: "role", ARNs: []string{
		"arn:aws:iam::111111111111:role/svc/app-WebRole-" + cfn.Unknown{
			What: "suffix", Shown: "*", Class: cfn.Letters, Min: 12, Max: 13}.Text()}}}
	sets := map[string][]string{"readers": {"web", "api"}, "nobody": {}, "web": {"api"}}
	secrets := []nameable{
		{ID: "db",
			ARNs: []string{dbUnknown,
				"arn:aws:secretsmanager:us-east-1:111111111111:secret:db-" + suffixOfDB},
			Also: []string{"prod/db", "Db"}},
		{ID: "db-2",
			ARNs: []string{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-2-" +
				suffixOfDB}},
	}
	at := func(places ...int) []nameMeant {
		var out []nameMeant
		for _, i := range places {
			out = append(out, nameMeant{at: i})
		}
		return out
	}
	for _, c := range []struct {
		word    string
		list    []nameable
		want    []nameMeant
		several bool
	}{
		{"api", principals, at(0), false},
		{"arn:aws:iam::111111111111:role/service/api", principals, at(0), false},
		{"arn:aws:iam::111111111111:role/api", principals, nil, false},
		{"arn:aws:iam::333333333333:role/web", principals, at(4), false},
		{"arn:aws:iam::<account>:role/web", principals, at(4), false},
		{"arn:aws:iam::33:role/web", principals, nil, false},
		{"arn:aws:sts::111111111111:assumed-role/api/task", principals, at(0), false},
		{"arn:aws:sts::222222222222:assumed-role/api/task", principals, nil, false},
		{"arn:aws:sts::222222222222:assumed-role/reporter/i-1", principals, at(1), false},
		{"arn:aws:sts::333333333333:assumed-role/web/task", principals, at(4), false},
		{"arn:aws:sts::111111111111:assumed-role/service/api", principals, nil, false},
		{"arn:aws:sts::111111111111:assumed-role/api", principals, nil, false},
		{"arn:aws:sts::111111111111:federated-user/api", principals, nil, false},
		{"arn:aws:sts::111111111111:assumed-role/app-WebRole-1ABCDEFGHIJKL/task", made, at(0),
			false},
		{"arn:aws:sts::111111111111:assumed-role/app-WebRole/task", made, nil, false},
		{"WebRole", principals, at(4), false},
		{"web", principals, at(4), false}, // an id comes before a set
		{"readers", principals, at(0, 4), true},
		{"nobody", principals, nil, true},
		{"everybody", principals, at(2, 3), false},
		{"everybody of account 111111111111", principals, at(3), false},
		{"everybody", principals[3:], at(0), false},
		{"*e*", principals, at(0, 1, 2, 3, 4), true},
		{"arn:*:role/*", principals, at(0, 1, 4), true},
		{"nothing-*", principals, nil, true},
		{"[", principals, nil, false},
		{"db", secrets, at(0), false},
		{"prod/db", secrets, at(0), false},
		{"prod/*", secrets, at(0), true},
		{"d*", secrets, at(0, 1), true},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf", secrets, at(0), false},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????", secrets, at(0), false},
		{"arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf", secrets,
			[]nameMeant{{0, 1}}, false},
		{"arn:aws:secretsmanager:us-east-1:111111111111:secret:db", secrets, []nameMeant{{0, 1}},
			false},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-2", secrets, at(1), false},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-2-AbCdEf", secrets, at(1), false},
		{"arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdE", secrets, nil, false},
		{"Db", secrets, at(0), false},
		{"dB", secrets, nil, false},
	} {
		if got := meant(c.word, c.list, sets); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, not %v", c.word, got, c.want)
		}
		if got := severalNames(c.word, c.list, sets); got != c.several {
			t.Errorf("%s asks several questions: %v", c.word, got)
		}
	}
	for word, want := range map[string]string{"reader": `write "readers"`,
		"WebRoles": `write "WebRole"`, "zzzzzz": "write an id"} {
		if got := hintName(word, principals, sets, "write an id"); got != want {
			t.Errorf("%s: %q, not %q", word, got, want)
		}
	}
}

func TestCouldBe(t *testing.T) {
	any := cfn.Unknown{What: "parameter", Name: "Env", Shown: "${Env}"}.Text()
	six := cfn.Unknown{What: "suffix", Shown: "??????", Class: cfn.Letters, Min: 6, Max: 6}.Text()
	for _, c := range []struct {
		text, known string
		want        bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"a", "ab", false}, {"ab", "a", false}, {"", "", true},
		{"a-" + any, "a-", true}, {"a-" + any, "a-prod", true}, {"a-" + any, "b-prod", false},
		{any + "-db", "prod-eu-db", true}, {any + "-db", "prod-eu", false},
		{"db-" + six, "db-AbCdEf", true}, {"db-" + six, "db-AbCdE", false},
		{"db-" + six, "db-AbCdEfG", false}, {"db-" + six, "db-Ab-dEf", false},
		{any + "/" + six, "prod/team/AbCdEf", true}, {any + "/" + six, "prod/team/AbCde", false},
		{any, "é", true},
	} {
		if got := couldBe(c.text, c.known); got != c.want {
			t.Errorf("%q could be %q: %v", cfn.Shown(c.text), c.known, got)
		}
	}
}

// suffixOfDB are the six characters at the end of the ARN of the secret that is asked about.
var suffixOfDB = cfn.Unknown{What: "suffix", Name: "db", Template: "payments", Shown: "??????",
	Class: cfn.Letters, Min: 6, Max: 6}.Text()

// dbUnknown is the ARN of the secret as evaluation knows it.
var dbUnknown = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-" + suffixOfDB
