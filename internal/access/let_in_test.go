package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/verb"
)

// letIn loads a secret with a policy of some statements and, unless it is empty, a key with one.
func letIn(t *testing.T, secret, key string) *access.Estate {
	t.Helper()
	properties, resources := "", ""
	if key != "" {
		properties = `, Properties: { KmsKeyId: !GetAtt K.Arn }`
		resources = `
  K: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Version: "2012-10-17",
    Statement: [` + key + `] } } }`
	}
	return load(t, `
Parameters: { Par: { Type: String }, Who: { Type: String } }
Resources:`+resources+`
  S: { Type: AWS::SecretsManager::Secret`+properties+` }
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref S,
    ResourcePolicy: { Version: "2012-10-17", Statement: [`+secret+`] } } }
`)
}

// rowsOf are the rows of a report about one verb: who, how, and the values of conditions.
func rowsOf(e *access.Estate, name string) []string {
	r := e.Report([]*verb.Verb{verb.Find(name)}, nil, nil)
	var out []string
	for i := range r.Rows {
		row := &r.Rows[i]
		if r.Verbs[row.Verb] != verb.Find(name).Name {
			continue
		}
		said := []string{r.Principals[row.Principal].ID, row.Answer.Effect.String()}
		for _, is := range row.Answer.Conditions {
			said = append(said, is.Values...)
		}
		out = append(out, cfn.Shown(strings.Join(said, " ")))
	}
	slices.Sort(out)
	return out
}

const (
	look    = `Resource: "*", Action: "secretsmanager:GetResourcePolicy" }`
	get     = `Resource: "*", Action: "secretsmanager:GetSecretValue" }`
	decrypt = `Resource: "*", Action: "kms:Decrypt" }`
	anybody = `{ Effect: Allow, Principal: "*", `
	arnLike = `Condition: { ArnLike: { "aws:PrincipalArn": `
	apps    = "arn:aws:iam::*:role/app-*"
)

// TestSomeOfAPattern: two conditions on who calls, of one statement or of the policies of a secret
// and its key, let in whoever meets both, who is of no pattern that is written anywhere.
func TestSomeOfAPattern(t *testing.T) {
	some := func(pattern, end string) string {
		return anybody + arnLike + `"` + pattern + `" } }, ` + end
	}
	for _, c := range []struct {
		verb, secret, key string
		want              []string
	}{
		{"read", some(apps, get), some("arn:aws:iam::222222222222:*", decrypt),
			[]string{apps + " conditional 111111111111 arn:aws:iam::222222222222:*"}},
		{"read", some(apps, get), some("arn:aws:iam::*:role/*-x", decrypt),
			[]string{apps + " conditional arn:aws:iam::*:role/*-x"}},
		{"read", some(apps, get), some("arn:aws:iam::222222222222:user/*", decrypt), nil},
		{"read", some(apps, get), some(apps, decrypt), []string{apps + " allow"}},
		{"GetResourcePolicy", anybody + `Condition: { ArnLike: { "aws:PrincipalArn": "` + apps +
			`" }, StringLike: { "aws:PrincipalArn": "*-x" } }, ` + look, "",
			[]string{"*-x conditional " + apps, apps + " conditional *-x"}},
		{"GetResourcePolicy", some(apps, look) + ", " + some("arn:aws:iam::222222222222:role/*", look),
			"", []string{apps + " allow", "arn:aws:iam::222222222222:role/* allow"}},
	} {
		e := letIn(t, c.secret, c.key)
		if got := rowsOf(e, c.verb); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s, %s: %q, want %q", c.verb, c.secret, c.key, got, c.want)
		}
		for _, p := range e.Worlds[0].Principals {
			x, _ := e.Explain(p.ID, verb.Find(c.verb), "S", deployedRegion)
			listed := slices.ContainsFunc(c.want, func(row string) bool {
				return strings.HasPrefix(row, p.ID+" "+x.Effect.String())
			})
			if p.ID == apps && listed != (x.Effect > access.Deny) {
				t.Errorf("%s, %s: why says %s of %s", c.secret, c.key, x.Effect, p.ID)
			}
		}
	}
}

// TestPatternsOfOneCharacter: a ? in a pattern stands for itself in the same pattern, whatever else
// the pattern has; and a * of a pattern is nothing that a ? covers.
func TestPatternsOfOneCharacter(t *testing.T) {
	for _, pattern := range []string{"arn:aws:iam::????????????:role/app-*",
		"arn:aws:iam::*:role/app-?", "arn:aws:iam::*:role/app-?-*", "arn:aws:iam::2*:role/?pp-*"} {
		e := letIn(t, anybody+arnLike+`"`+pattern+`" } }, `+look, "")
		got := rowsOf(e, "GetResourcePolicy")
		if want := []string{pattern + " allow"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	e := letIn(t, anybody+`Condition: { StringLike: { "aws:PrincipalArn": "`+apps+`" } }, `+get,
		anybody+`Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/app-?" } }, `+
			decrypt)
	want := []string{apps + " conditional arn:aws:iam::*:role/app-?",
		"arn:aws:iam::*:role/app-? allow"}
	if got := rowsOf(e, "read"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	e = letIn(t, anybody+arnLike+`"arn:*" } }, `+look, "")
	if got := rowsOf(e, "GetResourcePolicy"); got != nil {
		t.Errorf("%q, but a pattern of fewer than six components covers no ARN", got)
	}
}

// TestAccountThatNobodyCanRead: whoever is of an account that a parameter states may be of the
// secret's own, or of one that a policy names.
func TestAccountThatNobodyCanRead(t *testing.T) {
	of := func(name string) string {
		return `{ Effect: Allow, Principal: { AWS: !Sub "` + name + `" }, ` + get
	}
	for _, c := range []struct {
		secret, key string
		want        []string
	}{
		{of("arn:aws:iam::${Par}:role/x"), "", []string{"arn:aws:iam::${Par}:role/x unknown"}},
		{of("arn:aws:iam::${Par}:user/x"), "", []string{"arn:aws:iam::${Par}:user/x unknown"}},
		{of("arn:aws:sts::${Par}:assumed-role/x/y"), "",
			[]string{"arn:aws:sts::${Par}:assumed-role/x/y unknown"}},
		{anybody + arnLike + `!Sub "arn:aws:iam::${Par}:role/x-*" } }, ` + get, "",
			[]string{"arn:aws:iam::${Par}:role/x-* unknown"}},
		{anybody + `Condition: { StringEquals: { "aws:PrincipalAccount": !Ref Par } }, ` + get, "",
			[]string{"account ${Par} unknown"}},
		// whom its own account allows it anyway
		{of("arn:aws:iam::${Par}:root"), "", nil},
		{of("arn:aws:iam::${Par}:role/x"), `{ Effect: Allow, Principal: { AWS: "222222222222" }, ` +
			decrypt, []string{"arn:aws:iam::${Par}:role/x unknown"}},
		{of("arn:aws:iam::${Par}:role/x"), `{ Effect: Allow, Principal: "*", ` + decrypt,
			[]string{"arn:aws:iam::${Par}:role/x allow"}},
	} {
		if got := rowsOf(letIn(t, c.secret, c.key), "read"); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %q, want %q", c.secret, c.key, got, c.want)
		}
	}
	e := letIn(t, of("arn:aws:sts::${Par}:assumed-role/x/y"), "")
	const role = "arn:aws:iam::111111111111:role/x"
	e.AddStranger(role, "111111111111", access.RolePrincipal)
	x, _ := e.Explain(role, verb.Find("read"), "S", deployedRegion)
	if x.Effect != access.Unknown {
		t.Errorf("a role of which a session may be named: %s, want unknown", x.Effect)
	}
}

// TestWhatIsKnownOfWhoCalls: the user id of the root user is the account, a unique id that begins
// with AIDA is that of a user, and who it is nobody can read may be of any kind.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func TestWhatIsKnownOfWhoCalls(t *testing.T) {
	const root = "arn:aws:iam::222222222222:root"
	for _, c := range []struct{ id, want string }{{"222222222222", "allow"}, {"AROA*", "deny"}} {
		e := letIn(t, anybody+`Condition: { StringLike: { "aws:userid": "`+c.id+`" } }, `+look, "")
		e.AddStranger(root, "222222222222", access.RolePrincipal)
		x, _ := e.Explain(root, verb.Find("GetResourcePolicy"), "S", deployedRegion)
		if x.Effect.String() != c.want {
			t.Errorf("the root user, if its id is %s: %s, want %s", c.id, x.Effect, c.want)
		}
	}
	for _, c := range []struct {
		who, kind string
		want      []string
	}{
		{"AIDAAAAAAAAAAAAAAA222", "User", []string{"AIDAAAAAAAAAAAAAAA222 allow"}},
		{"AIDAAAAAAAAAAAAAAA222", "AssumedRole", nil},
		{"AROAAAAAAAAAAAAAAA222", "AssumedRole", []string{"AROAAAAAAAAAAAAAAA222 allow"}},
		{"${Who}", "Account", []string{"${Who} conditional Account"}},
	} {
		e := letIn(t, `{ Effect: Allow, Principal: { AWS: !Sub "`+c.who+`" },
      Condition: { StringEquals: { "aws:PrincipalType": `+c.kind+` } }, `+look, "")
		if got := rowsOf(e, "GetResourcePolicy"); !slices.Equal(got, c.want) {
			t.Errorf("%s of type %s: %q, want %q", c.who, c.kind, got, c.want)
		}
	}
}

// TestWhomManyAreNot: of many who are let in, a denial by name and a NotPrincipal leave out some.
func TestWhomManyAreNot(t *testing.T) {
	const (
		organization = `Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } }, `
		role         = "arn:aws:iam::222222222222:role/app-x"
		own          = "everybody of account 111111111111 allow"
	)
	not := func(who string) string {
		return `, { Effect: Deny, Principal: { AWS: "` + who + `" }, ` + look
	}
	for _, c := range []struct {
		secret string
		want   []string
	}{
		{anybody + look + not("222222222222"),
			[]string{"everybody conditional arn:*:iam::222222222222:*", own}},
		{anybody + look + not(role), []string{"everybody conditional " + role, own}},
		{anybody + look + not("AROAAAAAAAAAAAAAAA222"),
			[]string{"everybody conditional AROAAAAAAAAAAAAAAA222:*"}},
		{`{ Effect: Allow, Principal: { AWS: "222222222222" }, ` + look + not(role),
			[]string{"account 222222222222 conditional " + role}},
		{`{ Effect: Allow, Principal: { AWS: "333333333333" }, ` + look + not(role),
			[]string{"account 333333333333 allow"}},
		{anybody + organization + look + not("222222222222"),
			[]string{"organization o-* conditional 222222222222"}},
		{anybody + organization + look + `, { Effect: Deny, Principal: "*", Condition: {
      StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, ` + look,
			[]string{"organization o-* conditional o-a1b2c3d4e5"}},
	} {
		if got := rowsOf(letIn(t, c.secret, ""), "GetResourcePolicy"); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.secret, got, c.want)
		}
	}
	const but = `{ Effect: Allow, NotPrincipal: { AWS: "` + role + `" }, `
	for condition, who := range map[string]string{
		`StringEquals: { "aws:PrincipalAccount": "222222222222" }`: "account 222222222222",
		`StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" }`:   "organization o-a1b2c3d4e5",
		`ArnLike: { "aws:PrincipalArn": "` + apps + `" }`:          apps,
		`StringEquals: { "aws:PrincipalAccount": "333333333333" }`: "",
		`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:user/*" }`: "",
	} {
		e := letIn(t, but+`Condition: { `+condition+` }, `+look, "")
		noted := ""
		for _, p := range e.Worlds[0].Principals {
			if strings.HasSuffix(p.Note, "the resource policy of S leaves out "+role) {
				noted += p.ID
			}
		}
		if noted != who {
			t.Errorf("if %s: noted of %q, want %q", condition, noted, who)
		}
	}
	e := letIn(t, `{ Effect: Allow, NotPrincipal: { AWS: "AROAAAAAAAAAAAAAAA222" }, `+look, "")
	e.AddStranger(role, "222222222222", access.RolePrincipal)
	x, _ := e.Explain(role, verb.Find("GetResourcePolicy"), "S", deployedRegion)
	if x.Effect != access.Conditional {
		t.Errorf("a role that may have the unique id that is left out: %s, want conditional", x.Effect)
	}
}
