package aws

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	const (
		empty   = "must not be empty"
		letter  = "must start with a letter"
		slashes = "must start and end with a slash"
		account = "must be 12 digits"
		vpce    = `must be "vpce-" and 8 or 17 letters and digits`
		vpc     = `must be "vpc-" and 8 or 17 letters and digits`
		org     = `must be "o-" and 10 to 32 lower-case letters and digits`
		service = "must be the full name of a service, like lambda.amazonaws.com"
		address = "must be an IP address or a range of them, like 203.0.113.0/24"
	)
	long := func(n int) string { return strings.Repeat("a", n) }
	for _, test := range []struct {
		rule       func(string) string
		name, text string
		want       string
	}{
		{ID, "ID", "api-token_2", ""},
		{ID, "ID", long(64), ""},
		{ID, "ID", long(65), "must have at most 64 characters, and has 65"},
		{ID, "ID", "", empty},
		{ID, "ID", "2nd", letter},
		{ID, "ID", "a.b", `must hold only letters, digits, hyphens and underscores, and has '.'`},
		{ID, "ID", "größe", `must hold only letters, digits, hyphens and underscores, and has 'ö'`},
		{StackName, "StackName", "payments-2", ""},
		{StackName, "StackName", long(129), "must have at most 128 characters, and has 129"},
		{StackName, "StackName", "-payments", letter},
		{
			StackName, "StackName", "pay_ments",
			`must hold only letters, digits and hyphens, and has '_'`,
		},
		{LogicalID, "LogicalID", "2AppKey", ""},
		{LogicalID, "LogicalID", long(256), "must have at most 255 characters, and has 256"},
		{LogicalID, "LogicalID", "App-Key", `must hold only letters and digits, and has '-'`},
		{SecretName, "SecretName", "payments/db_+=.@-", ""},
		{SecretName, "SecretName", long(512), ""},
		{SecretName, "SecretName", long(513), "must have at most 512 characters, and has 513"},
		{SecretName, "SecretName", "a*", `must hold only letters, digits and /_+=.@-, and has '*'`},
		{SecretName, "SecretName", "", empty},
		{AliasName, "AliasName", "payments/app_1-x", ""},
		{
			AliasName, "AliasName", "aws/secretsmanager",
			`must not start with "aws/", which is for the keys that AWS manages`,
		},
		{AliasName, "AliasName", "alias/app", `must be written without "alias/"`},
		{AliasName, "AliasName", long(250), ""},
		{AliasName, "AliasName", long(251), "must have at most 250 characters, and has 251"},
		{RoleName, "RoleName", "svc_+=,.@-worker", ""},
		{
			RoleName, "RoleName", "svc/worker",
			`must hold only letters, digits and _+=,.@-, and has '/'`,
		},
		{RoleName, "RoleName", long(65), "must have at most 64 characters, and has 65"},
		{UserName, "UserName", "bob@example.com", ""},
		{UserName, "UserName", long(65), "must have at most 64 characters, and has 65"},
		{GroupName, "GroupName", long(128), ""},
		{GroupName, "GroupName", long(129), "must have at most 128 characters, and has 129"},
		{Path, "Path", "/", ""},
		{Path, "Path", "/ci/x/", ""},
		{Path, "Path", "", slashes},
		{Path, "Path", "ci/", slashes},
		{Path, "Path", "/ci", slashes},
		{Path, "Path", "/c i/", `must hold only printable ASCII without spaces, and has ' '`},
		{AccountID, "AccountID", "012345678901", ""},
		{AccountID, "AccountID", "12345678901", account},
		{AccountID, "AccountID", "1234-5678-9012", account},
		{TagKey, "TagKey", "cost center:team/größe", ""},
		{
			TagKey, "TagKey", "AWS:owner",
			`must not start with "aws:", which is for the tags that AWS sets`,
		},
		{TagKey, "TagKey", "", empty},
		{
			TagKey, "TagKey", "a#b",
			`must hold only letters, digits, spaces and _.:/=+-@, and has '#'`,
		},
		{TagKey, "TagKey", strings.Repeat("ö", 128), ""},
		{TagKey, "TagKey", long(129), "must have at most 128 characters, and has 129"},
		{TagValue, "TagValue", "", ""},
		{TagValue, "TagValue", "payments", ""},
		{TagValue, "TagValue", long(257), "must have at most 256 characters, and has 257"},
		{VPCEndpointID, "VPCEndpointID", "vpce-0a1b2c3d", ""},
		{VPCEndpointID, "VPCEndpointID", "vpce-0a1b2c3d4e5f60718", ""},
		{VPCEndpointID, "VPCEndpointID", "vpce-1", vpce},
		{VPCEndpointID, "VPCEndpointID", "vpc-0a1b2c3d", vpce},
		{VPCID, "VPCID", "vpc-0a1b2c3d", ""},
		{VPCID, "VPCID", "vpce-0a1b2c3d", vpc},
		{OrganizationID, "OrganizationID", "o-a1b2c3d4e5", ""},
		{OrganizationID, "OrganizationID", "o-a1b2", org},
		{OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*", ""},
		{OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", ""},
		{OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/r-ab12/ou-*", ""},
		{OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/*/ou-ab12-11111111/*", ""},
		{OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/*", ""},
		{
			OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111",
			`must end in "/*", for everything below, or "/", for the accounts right there`,
		},
		{
			OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5",
			`must end in "/*", for everything below, or "/", for the accounts right there`,
		},
		{
			OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5/r-ab12/prod/*",
			`must be made of r-… and ou-… after the organization, and has "prod"`,
		},
		{
			OrganizationPath, "OrganizationPath", "o-a1b2c3d4e5//*",
			`must be made of r-… and ou-… after the organization, and has ""`,
		},
		{
			OrganizationPath, "OrganizationPath", "o-*/r-ab12/*",
			"must start with an organization's id, which " + org,
		},
		{ServicePrincipal, "ServicePrincipal", "lambda.amazonaws.com", ""},
		{ServicePrincipal, "ServicePrincipal", "delivery.logs.amazonaws.com", ""},
		{ServicePrincipal, "ServicePrincipal", "states.eu-west-1.amazonaws.com", ""},
		{ServicePrincipal, "ServicePrincipal", "ec2.amazonaws.com.cn", ""},
		{ServicePrincipal, "ServicePrincipal", "alexa-appkit.amazon.com", ""},
		{ServicePrincipal, "ServicePrincipal", "lambda", service},
		{ServicePrincipal, "ServicePrincipal", "*.amazonaws.com", service},
		{ServicePrincipal, "ServicePrincipal", ".amazonaws.com", service},
		{ServicePrincipal, "ServicePrincipal", "lambda.example.com", service},
		{Sid, "Sid", "", ""},
		{Sid, "Sid", "Read1", ""},
		{Sid, "Sid", "Read it", `must hold only letters and digits, and has ' '`},
		{KeyPolicySid, "KeyPolicySid", "", ""},
		{KeyPolicySid, "KeyPolicySid", "Enable IAM policies", ""},
		{
			KeyPolicySid, "KeyPolicySid", "a-b",
			`must hold only letters, digits and spaces, and has '-'`,
		},
		{CIDR, "CIDR", "203.0.113.0/24", ""},
		{CIDR, "CIDR", "203.0.113.7", ""},
		{CIDR, "CIDR", "2001:db8::/32", ""},
		{CIDR, "CIDR", "2001:db8::1", ""},
		{CIDR, "CIDR", "203.0.113.0/33", address},
		{CIDR, "CIDR", "203.0.113", address},
		{CIDR, "CIDR", "fe80::1%eth0", address},
		{CIDR, "CIDR", "", address},
	} {
		if got := test.rule(test.text); got != test.want {
			t.Errorf("%s(%.40q) = %q, want %q", test.name, test.text, got, test.want)
		}
	}
}

func TestIsPrivate(t *testing.T) {
	for text, want := range map[string]bool{
		"10.0.0.0/8": true, "10.1.2.3": true, "172.16.0.0/12": true, "172.31.255.255": true,
		"192.168.1.0/24": true,
		"127.0.0.1":      true, "169.254.169.254": true, "fd00::/8": true, "fe80::1": true,
		"::1":            true,
		"203.0.113.0/24": false, "8.0.0.0/6": false, "10.0.0.0/7": false, "172.32.0.0/12": false,
		"0.0.0.0/0":     false,
		"2001:db8::/32": false, "::/0": false, "office": false, "100.64.0.1": false,
	} {
		if got := IsPrivate(text); got != want {
			t.Errorf("IsPrivate(%q) = %v", text, got)
		}
	}
}

func TestSecretNamesThatMakeTrouble(t *testing.T) {
	for name, want := range map[string]bool{
		"my-secret": true, "db-AbC123": true, "-abcdef": true,
		"db-AbC12": false, "db-AbC1234": false, "db_AbC123": false, "abcdef": false,
		"db-Ab/123": false,
	} {
		if got := EndsLikeSuffix(name); got != want {
			t.Errorf("EndsLikeSuffix(%q) = %v", name, got)
		}
	}
	if LongSecretName(strings.Repeat("a", 256)) || !LongSecretName(strings.Repeat("a", 257)) {
		t.Error("a name is long from 257 characters on")
	}
}
