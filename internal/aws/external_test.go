package aws

import (
	"slices"
	"strings"
	"testing"
)

func TestExternalTypes(t *testing.T) {
	for i, want := range ExternalTypes() {
		got, ok := ExternalTypeNamed(want.Type)
		if !ok || got.Type != want.Type || ManagedExternalTypes()[i] != want.Type {
			t.Errorf("ExternalTypeNamed(%q) = %+v, %v", want.Type, got, ok)
		}
		if len(want.Fields) == 0 || !want.MetadataKnown {
			t.Errorf("%s: %d fields, MetadataKnown %v", want.Type, len(want.Fields),
				want.MetadataKnown)
		}
		if _, known := ExternalTypeNamed(want.AdminType); want.AdminType != "" &&
			(!known || want.AdminSecret == None) {
			t.Errorf("%s: admin type %q, need %d", want.Type, want.AdminType, want.AdminSecret)
		}
		names := slices.Concat(want.Fields, want.OptionalFields)
		for _, k := range want.Metadata {
			names = append(names, "metadata "+k.Name)
			if k.Name == AdminSecretKey || k.Valid == nil || k.Valid("") == "" ||
				!strings.HasSuffix(k.Doc, ".") {
				t.Errorf("%s: metadata key %+v", want.Type, k)
			}
		}
		slices.Sort(names)
		if len(slices.Compact(names)) != len(want.Fields)+len(want.OptionalFields)+len(
			want.Metadata) {
			t.Errorf("%s: a name stands twice", want.Type)
		}
	}
	if len(ExternalTypes()) != len(ManagedExternalTypes()) {
		t.Error("ManagedExternalTypes has other types")
	}
	if _, ok := ExternalTypeNamed("salesforceclientsecret"); ok {
		t.Error("AWS looks at upper and lower case")
	}
}

func TestAdminSecrets(t *testing.T) {
	want := map[Need]string{
		Required: "DatadogApiKey DatadogApplicationKey MongoDBAtlasDatabaseUser",
		None: "BigIDClientSecret CiscoSecurityPlatformApiKey NetskopeApiToken PaddleApiKey " +
			"SnowflakeKeyPairAuthentication SnowflakePat",
	}
	got := map[Need][]string{}
	for _, e := range ExternalTypes() {
		got[e.AdminSecret] = append(got[e.AdminSecret], e.Type)
	}
	for need, names := range want {
		if joined := strings.Join(got[need], " "); joined != names {
			t.Errorf("need %d: %s, want %s", need, joined, names)
		}
	}
	for name, days := range map[string]int{
		"CiscoSecurityPlatformApiKey": 50, "NetskopeApiToken": 350, "PaddleApiKey": 0,
	} {
		if e, _ := ExternalTypeNamed(name); e.MaxDays != days {
			t.Errorf("%s: MaxDays %d, want %d", name, e.MaxDays, days)
		}
	}
}

func TestMetadataValues(t *testing.T) {
	for _, c := range []struct {
		where  string // Type.Key
		accept string
		refuse string
	}{
		{
			"SalesforceClientSecret.apiVersion", "v65.0 v65.1 v66.0 v100.0",
			"v64.0 v64.9 65.0 v65 v065.0 V65.0 v9.0 v65.00",
		},
		{
			"MongoDBAtlasDatabaseUser.apiVersion", "2025-03-12 2024-02-29",
			"2025-3-12 2025-02-30 20250312 v1",
		},
		{"MongoDBAtlasServiceAccount.apiVersion", "2025-03-12", "latest"},
		{
			"SnowflakeKeyPairAuthentication.cryptographicAlgorithm", "RS256 RS384 RS512",
			"rs256 ES256 RS1",
		},
		{"SnowflakeKeyPairAuthentication.encryptPrivateKey", "true false", "yes TRUE 1"},
		{"SnowflakePat.daysToExpiry", "1 15 365", "0 366 -1 1.5 015 +5 many"},
		{"SnowflakePat.expireOldTokenAfterHours", "0 24 720", "721 -1"},
		{"PaddleApiKey.gracePeriodSeconds", "0 300 86400", "86401 99999999999999999999"},
		{"GitLabAccessToken.daysToExpiry", "1 365", "0 366"},
		{"DatabricksPAT.tokenLifetimeDays", "1 90 3650", "0 -90 x"},
		{"DatabricksSPSecret.secretLifetimeDays", "730", "0"},
	} {
		name, key, _ := strings.Cut(c.where, ".")
		e, _ := ExternalTypeNamed(name)
		i := slices.IndexFunc(e.Metadata, func(k MetadataKey) bool { return k.Name == key })
		if i < 0 {
			t.Errorf("there is no %s", c.where)
			continue
		}
		k := e.Metadata[i]
		for _, value := range strings.Fields(c.accept) {
			if clause := k.Valid(value); clause != "" {
				t.Errorf("%s: %q %s", c.where, value, clause)
			}
		}
		for _, value := range strings.Fields(c.refuse) {
			if clause := k.Valid(value); !strings.HasPrefix(clause, "must be ") {
				t.Errorf("%s accepts %q: %q", c.where, value, clause)
			}
		}
		if k.Required != (c.where == "SalesforceClientSecret.apiVersion") {
			t.Errorf("%s: required %v", c.where, k.Required)
		}
	}
}
