package aws

import (
	"os"
	"strings"
	"testing"
)

// TestTrustedServices: every row has a page of AWS's and says something, and docs/language.md names
// the services that are held to the account.
func TestTrustedServices(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	services := TrustedServices()
	for _, name := range services {
		row := TrustOf(name)
		if clause := ServicePrincipal(name); clause != "" {
			t.Errorf("%s %s", name, clause)
		}
		if !strings.HasPrefix(row.Page, "https://docs.aws.amazon.com/") {
			t.Errorf("%s has the page %q", name, row.Page)
		}
		if !row.SessionTags && !row.SourceIdentity && !row.SourceAccount {
			t.Errorf("the row of %s says nothing", name)
		}
		if row.SourceAccount && !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/language.md does not name %s", name)
		}
	}
	if len(services) < 10 || TrustOf("lambda.amazonaws.com") != (ServiceTrust{}) {
		t.Error("the table has not what it should have")
	}
}

// TestKnownWebIdentities: Facebook and Amazon have neither aud nor sub among their condition keys.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func TestKnownWebIdentities(t *testing.T) {
	for name, want := range map[string]WebIdentity{
		"accounts.google.com": {
			"accounts.google.com", "accounts.google.com:aud", "accounts.google.com:sub",
		},
		"https://graph.facebook.com": {
			"graph.facebook.com", "graph.facebook.com:app_id", "graph.facebook.com:id",
		},
		"www.amazon.com": {"www.amazon.com", "www.amazon.com:app_id", "www.amazon.com:user_id"},
		"cognito-identity-us-gov.amazonaws.com": {
			"cognito-identity-us-gov.amazonaws.com", "cognito-identity-us-gov.amazonaws.com:aud",
			"cognito-identity-us-gov.amazonaws.com:sub",
		},
		"gitlab.com": {},
	} {
		if got, known := KnownWebIdentity(name); got != want || known != (want.Name != "") {
			t.Errorf("%s is %v, %v", name, got, known)
		}
	}
	if IsCognito("cognito-idp.amazonaws.com") || !IsCognito(CognitoProvider("")) {
		t.Error("identity pools are not told from other names")
	}
}
