package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// The pages of AWS that the rows of these tables come from.
const (
	iam          = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	denyAllow    = iam + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
	interplay    = iam + "reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html"
	crossAccount = iam + "reference_policies_evaluation-logic-cross-account.html"
	boundaries   = iam + "access_policies_boundaries.html"
	principals   = iam + "reference_policies_elements_principal.html"
	notPrincipal = iam + "reference_policies_elements_notprincipal.html"
	resourcePage = iam + "reference_policies_elements_resource.html"
	actionPage   = iam + "reference_policies_elements_action.html"
	variablePage = iam + "reference_policies_variables.html"
	operatorPage = iam + "reference_policies_elements_condition_operators.html"
	multivalued  = iam + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
	severalPage  = iam + "reference_policies_condition-logic-multiple-context-keys-or-values.html"
	keyPolicy    = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
)

const (
	home    = "111122223333"
	foreign = "444455556666"
	secret  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"
	key     = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
)

// decoded reads a policy of statements in JSON.
func decoded(t testing.TB, statements string) Rules {
	t.Helper()
	rules, err := decodeJSON([]byte(`{"Version":"2012-10-17","Statement":[` + statements + `]}`))
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return rules
}

func decodeJSON(text []byte) (Rules, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return Rules{}, err
	}
	return decodeMaps(v)
}

func callerIn(account string, kind CallerKind) Caller {
	return map[CallerKind]Caller{
		Role: {
			Kind: Role, ARN: "arn:aws:iam::" + account + ":role/app", Account: account,
		},
		User: {
			Kind: User, ARN: "arn:aws:iam::" + account + ":user/dev/anna", Account: account,
		},
		AccountRoot: {
			Kind: AccountRoot, ARN: "arn:aws:iam::" + account + ":root", Account: account,
		},
		ServicePrincipal: {Kind: ServicePrincipal, ARN: "events.amazonaws.com"},
	}[kind]
}

// principalOf writes a Principal element.
func principalOf(how string, c Caller) string {
	switch how {
	case "itself":
		if c.Kind == ServicePrincipal {
			return fmt.Sprintf(`"Principal":{"Service":%q}`, c.ARN)
		}
		return fmt.Sprintf(`"Principal":{"AWS":%q}`, c.ARN)
	case "root":
		return fmt.Sprintf(`"Principal":{"AWS":"arn:aws:iam::%s:root"}`, c.Account)
	case "id":
		return fmt.Sprintf(`"Principal":{"AWS":%q}`, c.Account)
	case "*":
		return `"Principal":"*"`
	case "aws *":
		return `"Principal":{"AWS":"*"}`
	}
	return `"Principal":{"AWS":"arn:aws:iam::777788889999:role/other"}`
}

// Every caller, in the account of the resource and in another one, with and without an identity
// policy, a permissions boundary and each way of being named by the resource's policy, for a secret
// and for a key.
func TestEveryCombinationOfPoliciesIsDecidedAsDocumented(t *testing.T) {
	names := []string{"nobody", "other", "root", "id", "itself", "*", "aws *"}
	n := 0
	for _, kind := range []CallerKind{Role, User, AccountRoot, ServicePrincipal} {
		for _, account := range []string{home, foreign} {
			for _, how := range names {
				for bits := range 16 {
					identity, bounded := bits&1 != 0, bits&2 != 0
					inBoundary, isKey := bits&4 != 0, bits&8 != 0
					c := callerIn(account, kind)
					r := Request{Caller: c, Action: "s:Read", Resource: secret, Owner: home}
					p := Policies{Key: isKey}
					if identity {
						p.Identity = []Source{{"own",
							decoded(t, `{"Effect":"Allow","Action":"s:Read","Resource":"*"}`)}}
					}
					if bounded {
						action := map[bool]string{true: "s:*", false: "other:*"}[inBoundary]
						p.Boundary = &Source{"boundary",
							decoded(t, `{"Effect":"Allow","Action":"`+action+`","Resource":"*"}`)}
					}
					if how != "nobody" {
						p.Resource = &Source{"resource",
							decoded(t,
								`{"Effect":"Allow","Action":"s:Read","Resource":"*",`+
									principalOf(how, c)+`}`)}
					}
					if kind == ServicePrincipal &&
						(identity || bounded || how == "root" || how == "id") ||
						kind == AccountRoot && (identity || bounded) {
						continue // they have none of these
					}
					want := documented(kind, account == home, how, identity, !bounded || inBoundary,
						isKey)
					if got := Evaluate(r, p); got.Allowed != want {
						t.Errorf("kind %d of %s named by %q, identity %t, "+
							"boundary %t allowing %t, key %t: got %t (%s)",
							kind, account, how, identity, bounded, inBoundary, isKey, got.Allowed,
							got.Reason)
					}
					n++
				}
			}
		}
	}
	if n < 400 {
		t.Errorf("only %d combinations", n)
	}
}

// documented says what AWS's pages say, one sentence after the other.
func documented(kind CallerKind, own bool, how string, identity, inBoundary, isKey bool) bool {
	named := how != "nobody" && how != "other"
	onlyAccount := how == "root" || how == "id" || how == "itself" && kind == AccountRoot
	if kind == AccountRoot {
		// denyAllow: "with the exception of the AWS account root user, which has full access"
		identity, inBoundary = true, true
	}
	switch {
	case kind == ServicePrincipal:
		return named // principals: a service has no identity policy
	case isKey && !named:
		// keyPolicy: "to give permission to any principal, you must use a key policy statement"
		return false
	case !own:
		// crossAccount: "allowed only if both evaluations return Allow"
		return named && identity && inBoundary
	case named && !onlyAccount && (how != "itself" || kind == User):
		// denyAllow: an implicit deny elsewhere does not limit what a user, or everybody (*), is
		// granted
		return true
	case named && !onlyAccount:
		// denyAllow: "policies that grant permissions to an IAM role ARN are limited by a
		// permissions boundary"
		return inBoundary
	}
	// keyPolicy, principals: the account is named, "this delegates authority to the account"
	return identity && inBoundary
}

func TestAnExplicitDenyDecides(t *testing.T) {
	allow := decoded(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	for name, p := range map[string]Policies{
		"in an identity policy": {Identity: []Source{{"a", allow},
			{"b",
				decoded(t,
					`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny",`+
						`"Action":"s:*","Resource":"*"}`)}}},
		"in the boundary": {
			Identity: []Source{{"a", allow}},
			Boundary: &Source{"b",
				decoded(t,
					`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny",`+
						`"Action":"s:*","Resource":"*"}`)},
		},
		"in the resource's policy": {Identity: []Source{{"a", allow}},
			Resource: &Source{"b", decoded(t,
				`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny",`+
					`"Principal":"*","Action":"s:*","Resource":"*"}`)}},
		"in a policy that names the account": {Identity: []Source{{"a", allow}},
			Resource: &Source{"b", decoded(t,
				`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny",`+
					`"Principal":{"AWS":"111122223333"},"Action":"s:*","Resource":"*"}`)}},
	} {
		for _, kind := range []CallerKind{Role, User, AccountRoot} {
			got := Evaluate(Request{Caller: callerIn(home, kind), Action: "s:Read",
				Resource: secret, Owner: home}, p)
			if got.Allowed || got.Reason != ExplicitDeny || len(got.By) != 1 ||
				got.By[0].Source != "b" || got.By[0].Rule.Effect != Deny {
				t.Errorf("%s (%s): got %+v", name, interplay, got)
			}
		}
	}
}

func TestReasonsNameTheStatementsThatDecide(t *testing.T) {
	const mine, theirs = `{"Effect":"Allow","Action":"s:Read","Resource":"*"}`,
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},` +
			`"Action":"s:Read","Resource":"*"}`
	identity := []Source{{"identity", decoded(t, mine)}}
	boundary := &Source{"boundary", decoded(t, `{"Effect":"Allow","Action":"s:*","Resource":"*"}`)}
	narrow := &Source{"boundary", decoded(t, `{"Effect":"Allow","Action":"t:*","Resource":"*"}`)}
	resource := &Source{"resource", decoded(t, theirs)}
	account := &Source{"resource", decoded(t, `{"Effect":"Allow","Action":"s:Read",`+
		`"Resource":"*","Principal":{"AWS":"111122223333"}}`)}
	for _, test := range []struct {
		p     Policies
		owner string
		want  Reason
		by    []string
	}{
		{Policies{}, home, IdentityDoesNotAllow, nil},
		{Policies{Identity: identity}, home, AllowedByIdentity, []string{"identity"}},
		{Policies{Identity: identity, Boundary: boundary}, home, AllowedByIdentity,
			[]string{"identity", "boundary"}},
		{Policies{Identity: identity, Boundary: narrow}, home, BoundaryDoesNotAllow, nil},
		{Policies{Boundary: narrow, Resource: resource}, home, BoundaryDoesNotAllow, nil},
		{Policies{Boundary: boundary, Resource: resource}, home, AllowedByResource,
			[]string{"boundary", "resource"}},
		{Policies{Resource: resource}, home, AllowedByResource, []string{"resource"}},
		{Policies{Resource: account}, home, IdentityDoesNotAllow, nil},
		{Policies{Identity: identity, Resource: resource}, home, AllowedByBoth,
			[]string{"identity", "resource"}},
		{Policies{Identity: identity, Resource: resource}, foreign, AllowedByBoth,
			[]string{"identity", "resource"}},
		{Policies{Identity: identity}, foreign, ResourceDoesNotAllow, nil},
		{Policies{Resource: resource}, foreign, IdentityDoesNotAllow, nil},
		{Policies{Identity: identity, Key: true}, home, KeyDoesNotAllow, nil},
		{Policies{Identity: identity, Resource: account, Key: true}, home, AllowedByBoth,
			[]string{"identity", "resource"}},
		{Policies{Resource: account, Key: true}, home, IdentityDoesNotAllow, nil},
	} {
		got := Evaluate(Request{Caller: callerIn(home, Role), Action: "s:Read", Resource: secret,
			Owner: test.owner}, test.p)
		var by []string
		for _, d := range got.By {
			by = append(by, d.Source)
		}
		if got.Reason != test.want || !slices.Equal(by, test.by) ||
			got.Allowed != (test.want >= AllowedAsRoot) || got.Reason.String() == "" {
			t.Errorf("got %q by %v, want %q by %v", got.Reason, by, test.want, test.by)
		}
	}
	root := Evaluate(Request{Caller: callerIn(home, AccountRoot), Action: "s:Read",
		Resource: secret}, Policies{})
	if !root.Allowed || root.Reason != AllowedAsRoot || root.By != nil {
		t.Errorf("root: got %+v", root)
	}
}

func TestNearNamesTheConditionThatFails(t *testing.T) {
	p := Policies{
		Identity: []Source{{"identity",
			decoded(t, `{"Effect":"Allow","Action":"s:Write","Resource":"*"},`+
				`{"Sid":"Tls","Effect":"Allow","Action":"s:Read","Resource":"*",`+
				`"Condition":{"Bool":{"aws:SecureTransport":"true"},`+
				`"StringEquals":{"aws:SourceVpce":"vpce-1"}}}`)}},
		Resource: &Source{"resource",
			decoded(t,
				`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/other"},`+
					`"Action":"s:Read","Resource":"*"},`+
					`{"Effect":"Allow","Principal":"*","Action":"s:Read","Resource":"*",`+
					`"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x*"}}}`)},
	}
	got := Evaluate(Request{Caller: callerIn(home, Role), Action: "s:Read", Resource: secret,
		Context: Context{}.With("aws:securetransport", "true")}, p)
	if got.Allowed || len(got.Near) != 2 {
		t.Fatalf("got %+v", got)
	}
	first, second := got.Near[0], got.Near[1]
	if first.Source != "identity" || first.Rule.Sid != "Tls" || first.Rule.Index != 1 ||
		first.Failed.Key != "aws:SourceVpce" || first.Failed.Operator != "StringEquals" {
		t.Errorf("got %+v", first)
	}
	if second.Source != "resource" || second.Rule.Index != 1 ||
		second.Failed.Values[0] != "arn:aws:iam::*:role/x*" {
		t.Errorf("got %+v", second)
	}
}

func TestPrincipals(t *testing.T) {
	role, user := callerIn(home, Role), callerIn(home, User)
	root, service := callerIn(home, AccountRoot), callerIn("", ServicePrincipal)
	for _, test := range []struct {
		page, element string
		caller        Caller
		effect        string
		want          Naming
	}{
		{principals, `"Principal":{"AWS":["x","arn:aws:iam::111122223333:role/app"]}`, role, Allow,
			NamedAsRole},
		{principals, `"Principal":{"AWS":"arn:aws:iam::111122223333:role/App"}`, role, Allow,
			NotNamed},
		{principals, `"Principal":{"AWS":"arn:aws:iam::111122223333:user/dev/anna"}`, user, Allow,
			NamedDirectly},
		{principals, `"Principal":{"AWS":"arn:aws-cn:iam::111122223333:root"}`, role, Allow,
			NamedByAccount},
		{principals, `"Principal":{"AWS":"111122223333"}`, root, Allow, NamedByAccount},
		{principals, `"Principal":{"AWS":"444455556666"}`, role, Allow, NotNamed},
		{principals, `"Principal":{"AWS":"444455556666"}`, service, Allow, NotNamed},
		{principals, `"Principal":{"Service":["s3.amazonaws.com","events.amazonaws.com"]}`, service,
			Allow, NamedDirectly},
		{principals, `"Principal":{"AWS":"events.amazonaws.com"}`, service, Allow, NotNamed},
		{principals, `"Principal":{"Service":"arn:aws:iam::111122223333:role/app"}`, role, Allow,
			NotNamed},
		{principals, `"Principal":{"Federated":"arn:aws:iam::111122223333:role/app"}`, role, Allow,
			NotNamed},
		{principals, `"Principal":{"CanonicalUser":"arn:aws:iam::111122223333:role/app"}`, role,
			Allow, NotNamed},
		{principals, `"Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/session"}`,
			role, Allow, NotNamed},
		{principals, `"Principal":"*"`, service, Deny, NamedDirectly},
		{principals, `"Principal":{"AWS":"*"}`, role, Allow, NamedDirectly},
		{notPrincipal,
			`"NotPrincipal":{"AWS":["arn:aws:iam::111122223333:role/app",` +
				`"arn:aws:iam::111122223333:root"]}`, role, Deny, NotNamed},
		{notPrincipal, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/app"}`, role, Deny,
			NamedDirectly},
		{notPrincipal, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`, role, Deny,
			NamedDirectly},
		{notPrincipal, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`, root, Deny,
			NotNamed},
		{notPrincipal, `"NotPrincipal":{"AWS":"arn:aws:iam::444455556666:root"}`, role, Deny,
			NamedDirectly},
		{notPrincipal, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/app"}`, role, Allow,
			NotNamed},
		{notPrincipal, `"NotPrincipal":{"AWS":"111122223333"}`, role, Allow, NotNamed},
		{notPrincipal, `"NotPrincipal":{"AWS":"444455556666"}`, role, Allow, NamedDirectly},
		{notPrincipal, `"NotPrincipal":{"Service":"events.amazonaws.com"}`, service, Deny,
			NotNamed},
		{notPrincipal, `"NotPrincipal":"*"`, user, Deny, NotNamed},
	} {
		rules := decoded(t,
			`{"Effect":"`+test.effect+`",`+test.element+`,"Action":"*","Resource":"*"}`)
		if got := rules.Statements[0].Principals.Names(test.caller, test.effect); got != test.want {
			t.Errorf("%s %s of %s: got %d, want %d (%s)", test.effect, test.element,
				test.caller.ARN, got, test.want, test.page)
		}
	}
}

// So are the roles of a pattern granted something:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
func TestAWildcardWithPrincipalArnGrantsTheRolesOfTheAccount(t *testing.T) {
	statement := func(principal string) *Source {
		return &Source{"resource",
			decoded(t,
				`{"Effect":"Allow",`+principal+`,"Action":"s:Read","Resource":"*","Condition":{`+
					`"StringEquals":{"aws:PrincipalAccount":"111122223333"},`+
					`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/a*"}}}`)}
	}
	boundary := &Source{"boundary", decoded(t, `{"Effect":"Allow","Action":"t:*","Resource":"*"}`)}
	r := Request{Caller: callerIn(home, Role), Action: "s:Read", Resource: secret, Owner: home}
	everybody := Policies{Resource: statement(`"Principal":"*"`), Boundary: boundary}
	if got := Evaluate(r, everybody); !got.Allowed {
		t.Errorf("everybody: %s", got.Reason)
	}
	account := Policies{Resource: statement(`"Principal":{"AWS":"111122223333"}`)}
	if got := Evaluate(r, account); got.Allowed {
		t.Error("naming the account granted without an identity policy")
	}
	r.Caller.ARN = "arn:aws:iam::111122223333:role/b"
	if got := Evaluate(r, Policies{Resource: statement(`"Principal":"*"`)}); got.Allowed {
		t.Error("another role was granted")
	}
}

func TestStatementsWithPrincipalsSayNothingInIdentityPoliciesAndTheOthersNothingInResourcePolicies(
	t *testing.T,
) {
	with := decoded(t, `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)
	without := decoded(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	r := Request{Caller: callerIn(home, Role), Action: "s:Read", Resource: secret}
	if Evaluate(r, Policies{Identity: []Source{{"", with}}}).Allowed ||
		Evaluate(r, Policies{Resource: &Source{"", without}}).Allowed {
		t.Error("allowed")
	}
}

func TestKeysThatFollowFromTheCaller(t *testing.T) {
	for _, test := range []struct {
		caller Caller
		want   map[string][]string
	}{
		{callerIn(home, Role), map[string][]string{
			"aws:PrincipalArn":     {"arn:aws:iam::111122223333:role/app"},
			"aws:PrincipalAccount": {home}, "aws:PrincipalType": {"AssumedRole"},
			"aws:username":              nil,
			"AWS:principalisawsservice": {"false"}, "aws:ViaAWSService": {"false"},
			"aws:PrincipalServiceName": nil, "aws:SecureTransport": nil,
		}},
		{Caller{Kind: User, ARN: "arn:aws:iam::111122223333:user/dev/anna"}, map[string][]string{
			"aws:username": {"anna"}, "aws:PrincipalType": {"User"}, "aws:PrincipalAccount": {home},
		}},
		{callerIn(home, AccountRoot), map[string][]string{
			"aws:PrincipalType": {"Account"},
			"aws:PrincipalArn":  {"arn:aws:iam::111122223333:root"},
		}},
		{callerIn("", ServicePrincipal), map[string][]string{
			"aws:PrincipalIsAWSService": {"true"},
			"aws:PrincipalServiceName":  {"events.amazonaws.com"}, "aws:PrincipalArn": nil,
			"aws:PrincipalAccount": nil, "aws:PrincipalType": nil,
		}},
	} {
		for name, want := range test.want {
			if got := (Context{caller: &test.caller}).Get(name); !slices.Equal(got, want) {
				t.Errorf("%s of %s: got %q, want %q", name, test.caller.ARN, got, want)
			}
		}
	}
	c := callerIn(home, Role)
	stated := Context{caller: &c}.With("aws:viaAwsService", "true").With("aws:PrincipalArn")
	if got := stated.Get("aws:ViaAWSService"); !slices.Equal(got, []string{"true"}) {
		t.Errorf("what the context states does not win: %q", got)
	}
	if got := stated.Get("aws:PrincipalArn"); got != nil {
		t.Errorf("a key without values is there: %q", got)
	}
}
