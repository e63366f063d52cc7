package aws

import (
	"strings"
	"testing"
)

func TestSoundsSecret(t *testing.T) {
	for name, want := range map[string]bool{
		"MasterUserPassword": true, "SecretString": true, "AuthToken": true, "Password": true,
		"DB_PASS": true, "DB_PASSWORD": true, "db-pwd": true, "GITHUB_TOKEN": true, "apiKey": true,
		"API_KEY": true, "APIKey": true, "X-Api-Key": true,
		"PRIVATE_KEY": true, "AWS_SECRET_ACCESS_KEY": true, "CLIENT_SECRET": true,
		"credentials": true, "PreSharedKey": true, "PGPASSWORD": true,
		"PASSWORD_2": true, "PASSWORD_OLD": true, "ApiKeyValue": true, "SECRET_KEY_BASE": true,
		"--db-password": true, "javax.jdo.option.ConnectionPassword": true,
		"Authorization": true, "dbpassword": true, "githubtoken": true, "TOKEN_V2": true,
		"authtoken": true,

		"ManageMasterUserPassword": false, "EnableAuthToken": false, "GenerateSecretString": false,
		"GeneratePassword": false, "managemasteruserpassword": false,
		"PasswordLength": false, "SecretArn": false, "TokenValidity": false, "KeyId": false,
		"AWS_ACCESS_KEY_ID": false, "PasswordSecretArn": false,
		"PASSWORD_FILE": false, "TOKEN_URL": false, "SecretId": false, "SECRET_NAME": false,
		"MAX_TOKENS": false, "compass": false, "bypass": false,
		"Name": false, "": false, "ServiceToken": false, "ClientToken": false, "KmsKey": false,
		"secretsmanager:GetSecretValue": false, "tokenizer": false,
		"PublicKey": false, "old_passwords": false, "PartitionKey": false,
		"PreTokenGeneration": false, "-": false, "2": false,
	} {
		if got := SoundsSecret(name); got != want {
			t.Errorf("SoundsSecret(%q) = %v", name, got)
		}
	}
}

func TestCredentialAt(t *testing.T) {
	const lambda, project = "AWS::Lambda::Function", "AWS::CodeBuild::Project"
	for _, c := range []struct {
		kind string
		path []string
		want bool
	}{
		{"AWS::RDS::DBInstance", []string{"MasterUserPassword"}, true},
		{"AWS::RDS::DBInstance", []string{"MasterUserPassword", "0", "x"}, true},
		{"AWS::RDS::DBInstance", []string{"MasterUsername"}, false},
		{
			"AWS::EC2::VPNConnection",
			[]string{"VpnTunnelOptionsSpecifications", "*", "PreSharedKey"}, true,
		},
		{"AWS::EC2::VPNConnection", []string{"VpnTunnelOptionsSpecifications"}, false},
		{"AWS::Cognito::UserPoolClient", []string{"TokenValidityUnits", "AccessToken"}, false},
		{"AWS::ApiGateway::Method", []string{"Integration", "Credentials"}, false},
		{"AWS::ElastiCache::User", []string{"Passwords", "*"}, true},
		{lambda, []string{"Environment", "Variables", "DB_PASS"}, true},
		{lambda, []string{"Environment", "Variables", "DB_HOST"}, false},
		{project, []string{"EncryptionKey"}, false},
		{"Custom::Database", []string{"AdminPassword"}, true},
		{"Custom::Database", []string{"ServiceToken"}, false},
		{lambda, nil, false},
	} {
		if got := CredentialAt(c.kind, c.path); got != c.want {
			t.Errorf("CredentialAt(%q, %q) = %v", c.kind, c.path, got)
		}
	}
}

func TestValueOfSecret(t *testing.T) {
	for _, c := range []struct {
		members map[string]string
		want    string
	}{
		{map[string]string{"Name": "DB_PASSWORD", "Value": "x"}, "Value"},
		{map[string]string{"Name": "DB_PASSWORD", "Type": "SECRETS_MANAGER", "Value": "x"}, ""},
		{map[string]string{"Name": "DB_HOST", "Value": "x"}, ""},
		{map[string]string{"Key": "X-Trace", "IsValueSecret": "true", "Value": "x"}, "Value"},
		{map[string]string{"HeaderName": "X-Api-Key", "HeaderValue": "x"}, "HeaderValue"},
		{nil, ""},
	} {
		if got, _ := ValueOfSecret(func(m string) string { return c.members[m] }); got != c.want {
			t.Errorf("ValueOfSecret of %v = %q", c.members, got)
		}
	}
}

func TestHasCredential(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://app:Tr0mb0ne@db.example.com/app":                    "Tr0mb0ne",
		"redis://:Tr0mb0ne@cache:6379":                                  "Tr0mb0ne",
		"postgres://app:Tr@mb:ne@db/app":                                "Tr@mb:ne",
		"postgres://app:Tr/mb0ne@db/app":                                "Tr/mb0ne",
		"jdbc:mysql://db/app?user=app&password=Tr0mb0ne&a=b":            "Tr0mb0ne",
		"jdbc:oracle:thin:app/Tr0mb0ne@//db:1521/app":                   "Tr0mb0ne",
		"Server=db;Uid=app;Pwd=Tr0mb0ne;":                               "Tr0mb0ne",
		"AccountName=a;AccountKey=Tr0mb0ne==;Endpoint=x":                "Tr0mb0ne==",
		"host=db password='Tr0mb 0ne' user=app":                         "Tr0mb 0ne",
		"export DB_PASSWORD=Tr0mb0ne\n":                                 "Tr0mb0ne",
		"mysql --password=Tr0mb0ne":                                     "Tr0mb0ne",
		"mysql --password Tr0mb0ne -h db":                               "Tr0mb0ne",
		`{"username":"a","password":"Tr0mb0ne"}`:                        "Tr0mb0ne",
		`{"password" : "Tr\"mb0ne"}`:                                    `Tr\"mb0ne`,
		"#cloud-config\npassword: Tr0mb0ne\nchpasswd: x\n":              "Tr0mb0ne",
		"Authorization: Bearer Tr0mb0ne":                                "Tr0mb0ne",
		"db:6379,password=Tr0mb0ne,ssl=True":                            "Tr0mb0ne",
		"x = connect(password=\"Tr0mb0ne\")":                            "Tr0mb0ne",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA ":          "\nMIIE\n",
		"token ghp_0123456789abcdefghijABCDEFGHIJ012345 works":          "ghp_0123456789abcdefghijABCDEFGHIJ012345",
		"AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"https://hooks.example.com/x?token=Tr0mb0ne":                    "Tr0mb0ne",
		"Server=h;User Id=a;Password=MyPassword123;Encrypt=true":        "MyPassword123",
		"Server=h;Password=Password1;":                                  "Password1",
		"Server=h;Password=MyPassword;Encrypt=true":                     "MyPassword",
		"password=Secret123":                                            "Secret123",
		"Server=h;Password=Secret!2024":                                 "Secret!2024",
		"password=Top-Secret9":                                          "Top-Secret9",
		"pwd=pass1234":                                                  "pass1234",
		"jdbc:mysql://h/d?user=a&password=mytoken77":                    "mytoken77",
		"password=TopSecret99 host=h":                                   "TopSecret99",
		"use password=hunter2secret0":                                   "hunter2secret0",
		"password=hunter2secret":                                        "hunter2secret",
		"password=top-secret":                                           "top-secret",
		"PGPASSWORD=MySecret1 psql -h db":                               "MySecret1",
		"amqp://u:\uE000@h, amqp://u:Tr0mb0ne@h":                        "\uE000",
		"postgres://app:Tr0'mb0ne@db/app":                               "Tr0'mb0ne",
		"Server=db;Uid=app;Pwd=Tr0(mb0ne;Database=x":                    "Tr0(mb0ne",
		"Server=(local);Uid=app;Pwd=Tr0mb0ne);Database=x":               "Tr0mb0ne)",
		"Server=tcp:[::1];Password=[Tr0mb0ne;Database=x":                "[Tr0mb0ne",
		"host=db password=Tr0mb[0]ne dbname=x":                          "Tr0mb[0]ne",
		"host=db password=Tr0(mb0ne dbname=x":                           "Tr0(mb0ne",
		"jdbc:mysql://h/d?user=a&password=)Tr0mb0ne(&ssl=true":          ")Tr0mb0ne(",
		"export DB_PASSWORD=Tr0mb0ne)(\n":                               "Tr0mb0ne)(",
		"mysql --password=Tr0]mb0ne -h db":                              "Tr0]mb0ne",

		"['redis://h:6379','a@b', 'amqp://h:'+p+'@h']":                "",
		"password=%(db_password)s":                                    "",
		"password=sha256(x)":                                          "",
		"password=secrets[0].value":                                   "",
		"Password=(a or b);":                                          "",
		"password = get(\n  name)\n":                                  "",
		"connect(\n  user=u,\n  password=pw)\n":                       "",
		"https://example.com:8080/a@b":                                "",
		"https://example.com/a:b@c":                                   "",
		"docker://alpine:3.19@sha256:abc":                             "",
		"git+ssh://git@example.com:org/repo":                          "",
		"arn:aws:secretsmanager:eu-west-1:111111111111:secret:a":      "",
		"The password: see the wiki":                                  "",
		"Password of the database":                                    "",
		"Bearer authentication":                                       "",
		"export DB_PASSWORD=$(aws secretsmanager get-secret-value)":   "",
		"mysql --password=$DB_PASSWORD":                               "",
		"password = os.environ['DB_PASSWORD']":                        "",
		"connect(password=pw, host=h)":                                "",
		"connect(host=h, password=self.db_password )":                 "",
		"headers.update(token=oauth2_token )":                         "",
		"kubectl create --secret=registry-token":                      "",
		"Server=h;Password=DB_PASSWORD;Encrypt=true":                  "",
		"connect(password=password)":                                  "",
		"if password == \"\": raise":                                  "",
		"password = get_password()\nprint(1)\n":                       "",
		"postgres://app:${DB_PASSWORD}@db/app":                        "",
		"postgres://app:<password>@db/app":                            "",
		"postgres://app:***@db/app":                                   "",
		"PasswordLength=16;SecretArn=x":                               "",
		"aws secretsmanager get-secret-value --secret-id payments/db": "",
		"token=arn:aws:secretsmanager:eu-west-1:1:secret:a":           "",
		"": "", "Tr0mb0ne": "", "hello, world": "",
	} {
		start, end, ok := HasCredential(text)
		if got := text[start:end]; got != want || ok != (want != "") {
			t.Errorf("HasCredential(%q) = %q, %v; want %q", text, got, ok, want)
		}
	}
}

// What follows a name is looked at only so far, and hidden to its end.
func TestLongCredentials(t *testing.T) {
	long := strings.Repeat("Tr0mb0ne", 1<<12)
	text := "password=" + long + " x"
	if start, end, ok := HasCredential(text); !ok || text[start:end] != long {
		t.Errorf("%d to %d, %v", start, end, ok)
	}
	HasCredential(strings.Repeat("password=f(", 1<<16)) // takes no time
}

func TestNoSecretText(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "true": true, "arn:aws:kms:x": true, "alias/a": true, "payments/db": true,
		"/prod/db/password": true,
		"Tr0mb0ne":          false, "a/B": false, "ab12/9f8e7d": false, "hunter2": false,
		"/": false,
	} {
		if got := NoSecretText("DB_SECRET", text); got != want {
			t.Errorf("NoSecretText(%q) = %v", text, got)
		}
	}
}

func TestPathsAreNoPasswords(t *testing.T) {
	if NoSecretText("DB_PASSWORD", "correct/horse") || !NoSecretText("DB_PASSWORD", "arn:aws:x") {
		t.Error("a password may look like a path, and not like an ARN")
	}
}

func TestNoCredentialText(t *testing.T) {
	const secret, database = "AWS::SecretsManager::Secret", "AWS::RDS::DBInstance"
	for _, c := range []struct {
		kind, text string
		want       bool
	}{
		{
			database, "", true}, {database, "arn:aws:x", true}, {database, "true",
			false}, {database, "a/b", false},
		{secret, "", true}, {secret, "arn:aws:x", false},
	} {
		if got := NoCredentialText(c.kind, c.text); got != c.want {
			t.Errorf("NoCredentialText(%q, %q) = %v", c.kind, c.text, got)
		}
	}
}
