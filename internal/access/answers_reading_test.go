package access_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// mighty is a role that may do everything with every secret, with more properties.
func mighty(id, properties string) string {
	return `
  ` + id + `: { Type: AWS::IAM::Role, Properties: { ` + properties + `, Policies: [{ PolicyName: own,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: ["secretsmanager:*", "kms:*"],
      Resource: "*" }] } }] } }`
}

// named is a secret with a name.
func named(id, name string) string {
	return `
  ` + id + `: { Type: AWS::SecretsManager::Secret, Properties: { Name: ` + name + ` } }`
}

// denying is a resource policy that denies everything to everybody.
func denying(secret string) string {
	return `
  Denying: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: ` + secret + `,
    ResourcePolicy: { Statement: [{ Effect: Deny, Principal: "*", Action: "secretsmanager:*",
      Resource: "*" }] } } }`
}

// Parameters and conditions whose values nobody knows.
const (
	ofEnv   = "Parameters: { Env: { Type: String } }\nResources:"
	ofStore = `
Parameters: { Stored: { Type: "AWS::SSM::Parameter::Value<String>", Default: /stored } }
Conditions:
  One: !Equals [!Ref Stored, one]
  Other: !Not [!Condition One]
Resources:`
	keyOfAdmin = `
  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow,
    Principal: { AWS: "arn:aws:iam::111111111111:role/admin" }, Action: "kms:*",
    Resource: "*" }] } } }`
)

// ofSAM begins a template of AWS's serverless transform.
const ofSAM = "Transform: AWS::Serverless-2016-10-31\nResources:"

// event is a function with an event that names a secret.
func event(kind, auth, secret string) string {
	return `
  F: { Type: AWS::Serverless::Function, Properties: { Events: { E: { Type: ` + kind + `, Properties: {
    SourceAccessConfigurations: [{ Type: ` + auth + `, URI: ` + secret + ` }] } } } } }`
}

// readingCase is one or several templates, with a question that hangs on how they are read.
type readingCase struct {
	name                    string
	templates               []string
	principal, verb, secret string
	want                    access.Effect
}

// readingCases are templates that were once read so that an answer said more than is known.
var readingCases = []readingCase{
	{
		name:      "a policy of a secret by a name that another secret may have",
		templates: []string{ofEnv + named("Db", `!Sub "${Env}/db"`) + mighty("R", "RoleName: r") + denying("prod/db")},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name:      "a policy of a secret by a name that another secret cannot have",
		templates: []string{ofEnv + named("Db", `!Sub "${Env}/db"`) + mighty("R", "RoleName: r") + denying("prod/web")},
		principal: "R", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "a policy of one of two secrets, as a condition decides that nobody knows",
		templates: []string{ofStore + named("Db", "db") + named("Web", "web") + mighty("R", "RoleName: r") +
			denying("!If [One, !Ref Db, !Ref Web]")},
		principal: "R", verb: "read", secret: "Web", want: access.Unknown,
	},
	{
		name: "a policy of a secret of another account is none of this one's",
		templates: []string{ofEnv + named("Db", "db") + mighty("R", "RoleName: r") +
			denying(`!Sub "arn:aws:secretsmanager:eu-west-1:222222222222:secret:${Env}"`)},
		principal: "R", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "a policy that is attached to a name which a role may have",
		templates: []string{ofEnv + named("Db", "db") + `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: !Sub "${Env}-r" } }
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [prod-r],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }] } } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "a managed policy of a role whose name somebody may have who is named",
		templates: []string{ofEnv + named("Db", "db") + `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: !Sub "${Env}-r",
    ManagedPolicyArns: ["arn:aws:iam::aws:policy/SecretsManagerReadWrite"] } }
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [prod-r],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "s3:*", Resource: "*" }] } } }`},
		principal: "arn:aws:iam::111111111111:role/prod-r", verb: "read", secret: "Db",
		want: access.Unknown,
	},
	{
		name: "a boundary of a role whose name somebody may have who is named",
		templates: []string{ofEnv + named("Db", "db") + `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: !Sub "${Env}-r",
    PermissionsBoundary: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" } }
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [prod-r],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }] } } }`},
		principal: "arn:aws:iam::111111111111:role/prod-r", verb: "read", secret: "Db",
		want: access.Unknown,
	},
	{
		name: "a member of a group by a name which a user may have",
		templates: []string{ofEnv + named("Db", "db") + `
  U: { Type: AWS::IAM::User, Properties: { UserName: !Sub "${Env}-u" } }
  Add: { Type: AWS::IAM::UserToGroupAddition, Properties: { GroupName: g, Users: [prod-u] } }
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Groups: [g],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }] } } }`},
		principal: "U", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "a role whose name CloudFormation makes, and one that looks like it",
		templates: []string{"Resources:" + named("Db", "db") + mighty("R", "Path: /") + `
  P: { Type: AWS::SecretsManager::ResourcePolicy, Properties: { SecretId: !Ref Db,
    ResourcePolicy: { Statement: [{ Effect: Allow, Action: "secretsmanager:ListSecretVersionIds",
      Resource: "*", Principal: { AWS: "arn:aws:iam::111111111111:role/app-R-1A2B3C4D5E6F" } }] } } }`},
		principal: "arn:aws:iam::111111111111:role/app-R-1A2B3C4D5E6F", verb: "read", secret: "Db",
		want: access.Unknown,
	},
	{
		name: "a key by an alias that a template's may be",
		templates: []string{ofEnv + keyOfAdmin + mighty("R", "RoleName: r") + `
  Alias: { Type: AWS::KMS::Alias, Properties: { AliasName: !Sub "alias/${Env}", TargetKeyId: !Ref Key } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: alias/prod } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "a replica of a key that nobody can read",
		templates: []string{`
Parameters: { Primary: { Type: String } }
Resources:
  Replica: { Type: AWS::KMS::ReplicaKey, Properties: { PrimaryKeyArn: !Ref Primary,
    KeyPolicy: { Statement: [{ Effect: Allow, Action: "kms:*", Resource: "*",
    Principal: { AWS: "arn:aws:iam::111111111111:role/admin" } }] } } }` +
			mighty("R", "RoleName: r") + `
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId:
    "arn:aws:kms:eu-west-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef" } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "an export whose name a parameter makes may be the one that is imported",
		templates: []string{ofEnv + named("Db", "db") + mighty("R", "RoleName: r") + exporting("O", "!Ref Db",
			`!Sub "${Env}-db"`), importing},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "an export whose name cannot be the one that is imported",
		templates: []string{ofEnv + named("Db", "db") + mighty("R", "RoleName: r") + exporting("O", "!Ref Db",
			`!Sub "${Env}-web"`), importing},
		principal: "R", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "two exports of a name, as a condition decides that nobody knows",
		templates: []string{ofStore + named("Db", "db") + named("Web", "web") + mighty("R", "RoleName: r") +
			exporting("One", "!Ref Db", "prod-db, Condition: One") + `
  Other: { Condition: Other, Value: !Ref Web, Export: { Name: prod-db } }`, importing},
		principal: "R", verb: "read", secret: "Web", want: access.Unknown,
	},
	{
		name: "properties of a role that a macro may make",
		templates: []string{"Resources:" + named("Db", "db") + `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, "Fn::Transform": { Name: AWS::Include,
    Parameters: { Location: "s3://bucket/role.yaml" } } } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "properties of a key that a macro may make",
		templates: []string{"Resources:" + mighty("R", "RoleName: r") + `
  Key: { Type: AWS::KMS::Key, Properties: { "Fn::Transform": { Name: AWS::Include,
    Parameters: { Location: "s3://bucket/key.yaml" } } } }
  Db: { Type: AWS::SecretsManager::Secret, Properties: { Name: db, KmsKeyId: !Ref Key } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "a macro that may change the policies beside it",
		templates: []string{"Resources:" + named("Db", "db") +
			mighty("R", `RoleName: r, "Fn::Transform": { Name: Ours }`)},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "what is included changes nothing of what stands beside it",
		templates: []string{"Resources:" + named("Db", "db") + mighty("R", "RoleName: r") + `
  S: { Type: AWS::IAM::Role, Properties: { RoleName: s, "Fn::Transform": { Name: AWS::Include,
    Parameters: { Location: "s3://bucket/role.yaml" } } } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "properties that a loop over a list makes which nobody knows",
		templates: []string{`
Transform: AWS::LanguageExtensions
Parameters: { Names: { Type: CommaDelimitedList } }
Resources:` + named("Db", "db") + `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, "Fn::ForEach::Each": [Name, !Ref Names,
    { "${Name}": ["arn:aws:iam::aws:policy/SecretsManagerReadWrite"] }] } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name:      "a function that reads changes of a database",
		templates: []string{ofSAM + named("Db", "db") + event("DocumentDB", "BASIC_AUTH", "!Ref Db")},
		principal: "FRole", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "a function that signs in at a broker with a certificate",
		templates: []string{ofSAM + named("Db", "db") +
			event("MSK", "CLIENT_CERTIFICATE_TLS_AUTH", "!Ref Db")},
		principal: "FRole", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "a function that signs in at a broker without a secret's help",
		templates: []string{ofSAM + named("Db", "db") +
			event("MSK", "SASL_SCRAM_512_AUTH", "!Ref Db")},
		principal: "FRole", verb: "read", secret: "Db", want: access.Deny,
	},
	{
		name: "what the transform allows for the certificate of an authority",
		templates: []string{ofSAM + named("Db", "db") +
			event("SelfManagedKafka", "SERVER_ROOT_CA_CERTIFICATE", "!Ref Db")},
		principal: "FRole", verb: "read", secret: "Db", want: access.Deny,
	},
	{
		name: "a function that reads from a registry of schemas",
		templates: []string{ofSAM + named("Db", "db") + `
  F: { Type: AWS::Serverless::Function, Properties: { Events: { E: { Type: SelfManagedKafka,
    Properties: { SchemaRegistryConfig: { AccessConfigs: [{ Type: BASIC_AUTH,
      URI: !Ref Db }] } } } } } }`},
		principal: "FRole", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "a function whose role a condition takes away",
		templates: []string{strings.Replace(ofStore, "Resources:", `
Transform: AWS::Serverless-2016-10-31
Resources:`, 1) + named("Db", "db") + `
  F: { Type: AWS::Serverless::Function, Properties: {
    Role: !If [One, "arn:aws:iam::111111111111:role/shared", !Ref AWS::NoValue],
    Policies: [SecretsManagerReadWrite] } }`},
		principal: "FRole", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "two brokers whose policies have one name, and one whose policy has another",
		templates: []string{ofSAM + named("A", "a") + named("B", "b") + named("C", "c") + `
  F: { Type: AWS::Serverless::Function, Properties: { Events: {
    A: { Type: MQ, Properties: {
      SourceAccessConfigurations: [{ Type: BASIC_AUTH, URI: !Ref A }] } },
    B: { Type: MQ, Properties: {
      SourceAccessConfigurations: [{ Type: BASIC_AUTH, URI: !Ref B }] } },
    C: { Type: MQ, Properties: { DynamicPolicyName: true,
      SourceAccessConfigurations: [{ Type: BASIC_AUTH, URI: !Ref C }] } } } } }`},
		principal: "FRole", verb: "read", secret: "B", want: access.Unknown,
	},
	{
		name: "two inline policies of one name",
		templates: []string{"Resources:" + named("Db", "db") + mighty("R", "RoleName: r") + `
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: own, Roles: [!Ref R],
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "s3:*", Resource: "*" }] } } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "two inline policies of one name that say the same, the one twice",
		templates: []string{"Resources:" + named("Db", "db") + mighty("R", "RoleName: r") + `
  P: { Type: AWS::IAM::Policy, Properties: { PolicyName: own, Roles: [!Ref R],
    PolicyDocument: { Statement: [
      { Effect: Allow, Action: ["secretsmanager:*", "kms:*"], Resource: "*" },
      { Effect: Allow, Action: ["secretsmanager:*", "kms:*"], Resource: "*" }] } } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Allow,
	},
	{
		name: "two templates that make one role",
		templates: []string{"Resources:" + named("Db", "db") + mighty("R", "RoleName: r"), `
# rules
Resources:
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r } }`},
		principal: "app/R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "two templates that make one managed policy",
		templates: []string{"Resources:" + named("Db", "db") + `
  R: { Type: AWS::IAM::Role, Properties: { RoleName: r, ManagedPolicyArns: [!Ref M] } }
  M: { Type: AWS::IAM::ManagedPolicy, Properties: { ManagedPolicyName: m,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "*" }] } } }`, `
# rules
Resources:
  M: { Type: AWS::IAM::ManagedPolicy, Properties: { ManagedPolicyName: m,
    PolicyDocument: { Statement: [{ Effect: Allow, Action: "s3:*", Resource: "*" }] } } }`},
		principal: "R", verb: "read", secret: "Db", want: access.Unknown,
	},
	{
		name: "two exports of a name that return the same",
		templates: []string{ofStore + named("Db", "db") + mighty("R", "RoleName: r") +
			exporting("One", "!Ref Db", "prod-db, Condition: One") + `
  Other: { Condition: Other, Value: !Ref Db, Export: { Name: prod-db } }`, importing},
		principal: "R", verb: "read", secret: "Db", want: access.Deny,
	},
}

// exporting is the outputs of a template, of which one is exported.
func exporting(id, value, name string) string {
	name, more, _ := strings.Cut(name, ",")
	return `
Outputs:
  ` + id + `: { Value: ` + value + `, Export: { Name: ` + name + ` }, ` + more + ` }`
}

// importing is a template whose policy is of a secret that another one exports.
var importing = "\n# rules\nResources:" + denying("!ImportValue prod-db")

func TestAnswersOfWhatIsRead(t *testing.T) {
	for _, c := range readingCases {
		t.Run(c.name, func(t *testing.T) {
			e := load(t, c.templates...)
			x, ok := e.Explain(c.principal, verbOf(c.verb), c.secret, deployedRegion)
			if !ok || x.Effect != c.want {
				t.Errorf("%v %s, want %s; unread %v\n%s", ok, x.Effect, c.want, x.Unread,
					strings.Join(lines(e), "\n"))
			}
			s := &sound{e: e, answers: map[string]access.Explanation{}}
			for _, wrong := range s.disagreements(map[string]int{}) {
				t.Error(wrong)
			}
		})
	}
}

// Where there are too many policies of secrets that nobody can read, no secret is said to have
// none.
func TestAnswersOfManyPoliciesOfUnknownSecrets(t *testing.T) {
	one := ofEnv + named("Db", "db") + mighty("R", "RoleName: r")
	other := "\n# other\n" + ofEnv
	const each = 160
	for i := range each {
		n := strconv.Itoa(i)
		for _, text := range []*string{&one, &other} {
			*text += named("S"+n, "s"+n) + strings.Replace(
				denying(`!Sub "${Env}-`+n+`"`), "Denying", "Denying"+n, 1)
		}
	}
	e := load(t, one, other)
	x, ok := e.Explain("R", verbOf("read"), "Db", deployedRegion)
	if !ok || x.Effect != access.Unknown {
		t.Errorf("%v %s", ok, x.Effect)
	}
}

// Where too many may be one, nobody is said to have no policy of another one.
func TestAnswersOfManyWhoMayBeOne(t *testing.T) {
	const each = 160
	var templates []string
	var called []string
	for i := range 2 {
		parameters, made := "", named("Db"+strconv.Itoa(i), "db"+strconv.Itoa(i))
		for j := range each {
			n := strconv.Itoa(i*each + j)
			parameters += "\n  P" + n + ": { Type: String }"
			made += "\n  M" + n + `: { Type: AWS::IAM::Role, Properties: { RoleName: !Sub "${P` + n +
				`}-app" } }`
			called = append(called, "x"+n+"-app")
		}
		templates = append(templates, "# "+strconv.Itoa(i)+"\nParameters:"+parameters+
			"\nResources:"+made)
	}
	templates[0] += `
  Reading: { Type: AWS::IAM::Policy, Properties: { PolicyName: reading,
    Roles: [` + strings.Join(called, ", ") + `], PolicyDocument: { Statement: [{ Effect: Allow,
    Action: "secretsmanager:*", Resource: "*" }] } } }`
	e := load(t, templates...)
	for _, who := range []string{"M0", "M319"} {
		x, ok := e.Explain(who, verbOf("read"), "Db0", deployedRegion)
		if !ok || x.Effect != access.Unknown {
			t.Errorf("%s: %v %s", who, ok, x.Effect)
		}
	}
}
