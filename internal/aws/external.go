package aws

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretctl/secretctl/internal/lazy"
)

// Need says whether something must be there.
type Need int

const (
	None     Need = iota // it has no use
	Optional             // it may be there
	Required             // it must be there
)

// ExternalType is a type of managed external secret: one whose value a partner of AWS rotates,
// without a function.
type ExternalType struct {
	Type           string
	Fields         []string // of the secret's JSON, that must be there
	OptionalFields []string // of the secret's JSON, that may be there
	// of the rotation, but for AdminSecretKey, which AdminSecret speaks of
	Metadata    []MetadataKey
	AdminSecret Need   // the secret of somebody who may change this one
	AdminType   string // the type of that secret; empty when AWS does not say
	MaxDays     int    // the longest interval that is accepted; 0: only the general one
	// whether Metadata, AdminSecret and MaxDays are AWS's; else nothing is known of them
	MetadataKnown bool
}

// MetadataKey is an item of a managed external secret's rotation metadata.
type MetadataKey struct {
	Name     string
	Required bool
	Doc      string // a sentence

	// Valid says what is wrong with a value, in a clause that has it as its subject, or "".
	// Where it is nil, anything goes.
	Valid func(string) string
}

// AdminSecretKey is the metadata key that holds the ARN of the admin secret.
const AdminSecretKey = "adminSecretArn"

// Limits of rotation metadata.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ExternalSecretRotationMetadataItem.html
const (
	MaxMetadataKey   = 256
	MaxMetadataValue = 2048
)

// ExternalTypes are the types that are known, sorted by name without regard to case. AWS adds
// partners every few months: one that is not here may be right.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partners.html, which links a page
// for every type, named at its entry; fields, metadata and intervals are that page's.
var ExternalTypes = lazy.Value(func() []ExternalType {
	return []ExternalType{
		{ // mes-partner-BigId.html
			Type:          "BigIDClientSecret",
			Fields:        []string{"hostname", "refreshToken"},
			MetadataKnown: true,
		},
		// mes-partner-CiscoSecurityPlatformApiKey.html: after day 45 of 60 Cisco hands out the next
		// token
		{
			Type:           "CiscoSecurityPlatformApiKey",
			Fields:         []string{"refreshToken", "organizationId", "apiKeyId", "apiBaseUrl"},
			OptionalFields: []string{"expiresDate"},
			MaxDays:        50,
			MetadataKnown:  true,
		},
		{ // mes-partner-ConfluentCloudApiKey.html
			Type:           "ConfluentCloudApiKey",
			Fields:         []string{"apiKey", "apiSecret", "serviceAccountId"},
			OptionalFields: []string{"resourceId", "environmentId"},
			AdminSecret:    Optional,
			MetadataKnown:  true,
		},
		{ // mes-partner-DatabricksPAT.html
			Type:           "DatabricksPAT",
			Fields:         []string{"token", "tokenId", "workspaceUrl"},
			OptionalFields: []string{"comment"},
			Metadata: []MetadataKey{
				{Name: "tokenLifetimeDays",
					Doc: "Days that a new token lives; more than the rotation interval. " +
						"90 by default.",
					Valid: atLeast(1)},
			},
			AdminSecret:   Optional,
			AdminType:     "DatabricksPAT",
			MetadataKnown: true,
		},
		{ // mes-partner-DatabricksSPSecret.html
			Type: "DatabricksSPSecret",
			Fields: []string{
				"accountId", "servicePrincipalId", "clientId", "clientSecret", "oauthSecretId",
			},
			Metadata: []MetadataKey{
				{Name: "secretLifetimeDays",
					Doc:   "Days that a new secret lives; more than the rotation interval.",
					Valid: atLeast(1)},
			},
			AdminSecret:   Optional,
			AdminType:     "DatabricksSPSecret",
			MetadataKnown: true,
		},
		{ // mes-partner-DatadogAdminKey.html
			Type: "DatadogAdminKey",
			Fields: []string{
				"adminApiKey", "adminApiKeyId", "adminAppKey", "adminAppKeyId", "serviceAccountId",
				"site",
			},
			AdminSecret:   Optional,
			MetadataKnown: true,
		},
		{ // mes-partner-DatadogApiKey.html
			Type:          "DatadogApiKey",
			Fields:        []string{"apiKey", "apiKeyId"},
			AdminSecret:   Required,
			AdminType:     "DatadogAdminKey",
			MetadataKnown: true,
		},
		// mes-partner-DatadogApplicationKey.html: the admin secret is of the same serviceAccountId
		{
			Type:          "DatadogApplicationKey",
			Fields:        []string{"appKey", "appKeyId", "serviceAccountId"},
			AdminSecret:   Required,
			MetadataKnown: true,
		},
		{ // mes-partner-GitLabAccessToken.html
			Type:           "GitLabAccessToken",
			Fields:         []string{"token", "tokenId", "gitlabUrl"},
			OptionalFields: []string{"projectId", "groupId"},
			Metadata: []MetadataKey{
				{Name: "daysToExpiry",
					Doc: "Days until a new token expires, 1 to 365. " +
						"The instance's default by default.",
					Valid: between(1, 365)},
			},
			AdminSecret:   Optional,
			AdminType:     "GitLabAccessToken",
			MetadataKnown: true,
		},
		{ // mes-partner-JenkinsApiToken.html
			Type:          "JenkinsApiToken",
			Fields:        []string{"apiToken", "tokenUuid", "username", "jenkinsUrl"},
			AdminSecret:   Optional,
			AdminType:     "JenkinsApiToken",
			MetadataKnown: true,
		},
		{ // mes-partner-MongoDBAtlasDatabaseUser.html
			Type: "MongoDBAtlasDatabaseUser",
			Fields: []string{"username", "password", "clusterUrl", "databaseName",
				"groupId"},
			Metadata:      []MetadataKey{atlasVersion},
			AdminSecret:   Required,
			AdminType:     "MongoDBAtlasServiceAccount",
			MetadataKnown: true,
		},
		{ // mes-partner-MongoDBAtlasServiceAccount.html
			Type:          "MongoDBAtlasServiceAccount",
			Fields:        []string{"clientId", "clientSecret", "orgId"},
			Metadata:      []MetadataKey{atlasVersion},
			AdminSecret:   Optional,
			MetadataKnown: true,
		},
		{ // mes-partner-NetskopeApiToken.html
			Type:           "NetskopeApiToken",
			Fields:         []string{"apiToken", "tenantUrl", "serviceAccountName"},
			OptionalFields: []string{"createdDate", "expiresDate"},
			MaxDays:        350,
			MetadataKnown:  true,
		},
		{ // mes-partner-PaddleApiKey.html
			Type:   "PaddleApiKey",
			Fields: []string{"api_key"},
			Metadata: []MetadataKey{
				{Name: "gracePeriodSeconds",
					Doc:   "Seconds that the old key still works, 0 to 86400. 300 by default.",
					Valid: between(0, 86400)},
			},
			MetadataKnown: true,
		},
		{ // mes-partner-salesforce.html
			Type:   "SalesforceClientSecret",
			Fields: []string{"consumerKey", "consumerSecret", "baseUri", "appId", "consumerId"},
			Metadata: []MetadataKey{
				{Name: "apiVersion", Required: true,
					Doc: "Version of Salesforce's API, v65.0 or later.", Valid: salesforceVersion},
			},
			AdminSecret:   Optional,
			MetadataKnown: true,
		},
		{ // mes-partner-Snowflake.html
			Type:           "SnowflakeKeyPairAuthentication",
			Fields:         []string{"account", "user", "privateKey", "publicKey"},
			OptionalFields: []string{"passphrase"},
			Metadata: []MetadataKey{
				{Name: "cryptographicAlgorithm",
					Doc:   "Of the key pair: RS256, RS384 or RS512. RS256 by default.",
					Valid: oneOf("RS256", "RS384", "RS512")},
				{Name: "encryptPrivateKey",
					Doc: "Whether the private key is encrypted with a passphrase. " +
						"false by default.",
					Valid: oneOf("true", "false")},
			},
			MetadataKnown: true,
		},
		{ // mes-partner-SnowflakePat.html
			Type: "SnowflakePat",
			Fields: []string{"account", "user", "privateKey", "patTokenName",
				"patTokenValue"},
			OptionalFields: []string{"passphrase"},
			Metadata: []MetadataKey{
				{Name: "daysToExpiry",
					Doc:   "Days until a new token expires, 1 to 365. 15 by default.",
					Valid: between(1, 365)},
				{Name: "expireOldTokenAfterHours",
					Doc:   "Hours that the old token still works, 0 to 720. 24 by default.",
					Valid: between(0, 720)},
			},
			MetadataKnown: true,
		},
		// mes-partner-SonarQubeToken.html: tokens of type GLOBAL_ANALYSIS_TOKEN and
		// PROJECT_ANALYSIS_TOKEN need the admin secret
		{
			Type:           "SonarQubeToken",
			Fields:         []string{"token", "tokenName", "login", "sonarqubeUrl"},
			OptionalFields: []string{"tokenType", "projectKey"},
			AdminSecret:    Optional,
			MetadataKnown:  true,
		},
	}
})

var atlasVersion = MetadataKey{
	Name:  "apiVersion",
	Doc:   "Version of the Atlas Administration API, a date. 2025-03-12 by default.",
	Valid: isoDate,
}

// ManagedExternalTypes are the names of ExternalTypes, in the same order.
var ManagedExternalTypes = lazy.Value(func() []string {
	var names []string
	for _, t := range ExternalTypes() {
		names = append(names, t.Type)
	}
	return names
})

// ExternalTypeNamed returns the type of managed external secret of this name. AWS looks at upper
// and lower case.
func ExternalTypeNamed(name string) (ExternalType, bool) {
	i := slices.IndexFunc(ExternalTypes(), func(t ExternalType) bool { return t.Type == name })
	if i < 0 {
		return ExternalType{}, false
	}
	return ExternalTypes()[i], true
}

// wholeNumber matches a number without zeros before it.
var wholeNumber = lazy.Regexp(`^(0|[1-9][0-9]{0,8})$`)

func between(least, most int) func(string) string {
	return func(s string) string {
		if n, err := strconv.Atoi(s); !wholeNumber.MatchString(s) || err != nil || n < least ||
			n > most {
			return fmt.Sprintf("must be a whole number from %d to %d", least, most)
		}
		return ""
	}
}

func atLeast(least int) func(string) string {
	return func(s string) string {
		if n, err := strconv.Atoi(s); !wholeNumber.MatchString(s) || err != nil || n < least {
			return fmt.Sprintf("must be a whole number, %d or more", least)
		}
		return ""
	}
}

func oneOf(words ...string) func(string) string {
	return func(s string) string {
		if slices.Contains(words, s) {
			return ""
		}
		return "must be one of " + strings.Join(words, ", ")
	}
}

func isoDate(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "must be a date like 2025-03-12"
	}
	return ""
}

var salesforceGrammar = lazy.Regexp(`^v([1-9][0-9]{1,4})\.[0-9]$`)

func salesforceVersion(s string) string {
	const oldest = 65
	m := salesforceGrammar.FindStringSubmatch(s)
	if m == nil {
		return "must be a version like v65.0"
	}
	if n, _ := strconv.Atoi(m[1]); n < oldest {
		return fmt.Sprintf("must be v%d.0 or later", oldest)
	}
	return ""
}
