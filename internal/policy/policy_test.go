package policy

import (
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

type member = cfn.Member

func TestValueWritesMembersInTheOrderPeopleReadThem(t *testing.T) {
	s := Statement{
		Sid: "NoGrants", Effect: Deny, Principal: Principal{Any: true},
		Action: []string{"kms:CreateGrant"}, Resource: []string{"*"},
		Condition: Conditions{}.With("Bool", "b", "true").With("StringEquals", "z", "1",
			"2").With("StringEquals", "a", "3"),
	}
	got := string(cfn.AppendValue(nil, Document{s}.Value(), cfn.Format{Compact: true}))
	want := `{"Version":"2012-10-17","Statement":[{"Sid":"NoGrants","Effect":"Deny",` +
		`"Principal":"*","Action":"kms:CreateGrant","Resource":"*",` +
		`"Condition":{"Bool":{"b":"true"},"StringEquals":{"a":"3","z":["1","2"]}}}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPrincipalIsWrittenByKind(t *testing.T) {
	for want, p := range map[string]Principal{
		`{"AWS":"a"}`: {AWS: []string{"a"}},
		`{"AWS":["a","b"],"Federated":"f","Service":"s"}`: {
			AWS: []string{"a", "b"}, Service: []string{"s"}, Federated: []string{"f"},
		},
		`"*"`: {Any: true},
	} {
		if got := string(cfn.AppendValue(nil, p.value(), cfn.Format{Compact: true})); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSizeCountsCharactersOfWhatIsDeployed(t *testing.T) {
	d := Document{{Effect: Allow, Action: []string{"a"}, Resource: []string{cfn.Ref("S"), "é"}}}
	got := d.Size(func(string) string { return "1234567890" })
	want := len(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a",` +
		`"Resource":["1234567890","e"]}]}`)
	if got != want {
		t.Errorf("got %d, want %d", got, want)
	}
	own := Document{{Verbatim: cfn.Object{{Key: "Resource",
		Value: cfn.Object{{Key: "Ref", Value: "S"}}},
		{Key: "Action", Value: []any{"a", cfn.Ref("S")}}}}}
	got = own.Size(func(string) string { return "1234567890" })
	want = len(`{"Version":"2012-10-17","Statement":[{"Resource":"1234567890","Action":["a",` +
		`"1234567890"]}]}`)
	if got != want {
		t.Errorf("verbatim: got %d, want %d", got, want)
	}
}

func TestWithRefusesAContradiction(t *testing.T) {
	c := Conditions{}.With("StringEquals", "k", "a")
	if got := c.With("StringEquals", "k", "a"); len(got) != 1 || !got.Has("StringEquals", "k") {
		t.Errorf("got %v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a second value for the same operator and key did not panic")
		}
	}()
	c.With("StringEquals", "k", "b")
}
