package compile

import "github.com/secretctl/secretctl/internal/model"

// What the cases are made of.
const (
	appAndIdle = `
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com } } }
  idle: { existingRole: arn:aws:iam::111111111111:role/idle }
`
	twoSecrets = `
secrets: { db: { name: shop/db }, mail: { name: shop/mail } }
`
	appReads = `
grants: [ { to: app, allow: read, secrets: [db, mail] } ]
`
)

var proofCases = []proofCase{
	{name: "claims that hold", spec: appAndIdle + twoSecrets + appReads + `
assert:
  - { principal: app, can: read, secrets: "*" }
  - { principal: app, cannot: write, secrets: "*" }
  - { principal: idle, cannot: [read, write, describe, delete], secrets: "*" }
  - { onlyReadableBy: app, secrets: "*" }
`},
	{name: "somebody cannot what he should, on which secrets", spec: appAndIdle + twoSecrets + `
grants: [ { to: app, allow: read, secrets: db } ]
assert: [ { principal: [app, idle], can: read, secrets: "*" } ]
`, want: []string{
		`SC4024 "app" cannot read "mail": secretsmanager:GetSecretValue is refused, because no ` +
			`identity policy allows it`,
		`SC4024 "idle" cannot read "db" and "mail": secretsmanager:GetSecretValue is refused, ` +
			`because no identity policy allows it`,
	}},
	{name: "can needs all of a verb", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy:
      statements: [ { Effect: Allow, Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
        Action: "secretsmanager:PutSecretValue", Resource: "*" } ]
assert:
  - { principal: idle, can: write, secrets: db }
  - { principal: idle, cannot: write, secrets: db }
`, want: []string{
		`SC4024 "idle" cannot write "db": secretsmanager:UpdateSecret is refused, because no ` +
			`identity policy allows it`,
		`SC4024 "idle" can write "db", as far as secretsmanager:PutSecretValue goes`,
	}},
	{name: "writing is not to move the secret under another key", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy:
      statements:
        - { Effect: Allow, Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
            Action: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"], Resource: "*" }
        - { Effect: Allow, Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
            Action: "secretsmanager:UpdateSecret", Resource: "*",
            Condition: { ArnEquals: { "secretsmanager:KmsKeyArn": "arn:aws:kms:eu-west-1:111111111111:key/2" } } }
grants: [ { to: app, allow: [write, delete], secrets: db } ]
assert:
  - { principal: app, can: [write, delete], secrets: db }
  - { principal: app, cannot: purge, secrets: db }
  - { principal: idle, can: write, secrets: db }
  - { principal: idle, cannot: write, secrets: db }
`, want: []string{
		`SC4024 "idle" cannot write "db": it may only with arguments by which the call is ` +
			`another one than the verb means`,
		`SC4024 "idle" can write "db", if secretsmanager:KmsKeyArn matches ` +
			`arn:aws:kms:eu-west-1:111111111111:key/2`,
	}},
	{name: "who may only delete at once cannot delete", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy:
      statements:
        - { Effect: Allow, Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
            Action: ["secretsmanager:RestoreSecret"], Resource: "*" }
        - { Effect: Allow, Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
            Action: "secretsmanager:DeleteSecret", Resource: "*",
            Condition: { Bool: { "secretsmanager:ForceDeleteWithoutRecovery": "true" } } }
assert:
  - { principal: idle, can: purge, secrets: db }
  - { principal: idle, can: delete, secrets: db }
`, want: []string{
		`SC4024 "idle" cannot delete "db": it may only with arguments by which the call is ` +
			`another one than the verb means`,
	}},
	{name: "several secrets in one finding", spec: appAndIdle + `
secrets: { a: { name: a }, b: { name: b }, c: { name: c }, d: { name: d }, e: { name: e } }
grants:
  - { to: app, allow: read, secrets: [a, b, c, d] }
  - { to: app, allow: read, secrets: e, when: { sourceVpce: vpce-0a1b2c3d } }
assert:
  - { principal: app, cannot: read, secrets: [a, b, e] }
  - { onlyReadableBy: idle, secrets: "*" }
`, want: []string{
		`SC4024 "app" can read "a" and "b"`,
		`SC4024 "app" can read "e", if aws:SourceVpce is vpce-0a1b2c3d`,
		`SC4024 "app" is not among those who may, and can read "a", "b", "c" and "d"`,
		`SC4024 "app" is not among those who may, and can read "e", if aws:SourceVpce is ` +
			`vpce-0a1b2c3d`,
	}},
	{name: "yes, if", spec: `
principals:
  app: { role: { assumedBy: { account: "222222222222" } } }
  idle: { existingRole: arn:aws:iam::111111111111:role/idle }
secrets: { db: { name: shop/db } }
grants: [ { to: app, allow: read, secrets: db,
  when: { mfa: true, sourceVpce: [vpce-0a1b2c3d, vpce-0a1b2c3e] } } ]
assert:
  - { principal: app, can: read, secrets: db }
  - { principal: app, cannot: read, secrets: db }
  - { onlyReadableBy: idle, secrets: db }
`, want: []string{
		`SC4024 "app" can read "db", if aws:MultiFactorAuthPresent is true and if aws:SourceVpce ` +
			`is one of vpce-0a1b2c3d, vpce-0a1b2c3e`,
		`SC4024 "app" is not among those who may, and can read "db", if ` +
			`aws:MultiFactorAuthPresent is true and if aws:SourceVpce is one of vpce-0a1b2c3d, ` +
			`vpce-0a1b2c3e`,
	}},
	{name: "a parameter without a value", spec: appAndIdle + `
parameters: { Who: { Type: String } }
secrets:
  db:
    name: shop/db
    policy: { blockPublicPolicy: false,
      statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
assert:
  - { principal: idle, cannot: read, secrets: db }
  - { onlyReadableBy: app, secrets: db }
`, want: []string{
		`SC4024 it cannot be proved that "idle" cannot read "db": ` +
			`parameter Who has no value (shop)`,
		`SC4024 it cannot be proved that "${Who}" cannot read "db": parameter Who has no value ` +
			`(shop)`,
		`SC4024 it cannot be proved that "idle" cannot read "db": ` +
			`parameter Who has no value (shop)`,
	}},
	{name: "a parameter that is given a value",
		parameters: Parameters{"": {"Who": "arn:aws:iam::111111111111:role/other"}},
		spec: appAndIdle + `
parameters: { Who: { Type: String } }
secrets:
  db:
    name: shop/db
    policy: { blockPublicPolicy: false,
      statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
assert:
  - { principal: idle, cannot: read, secrets: db }
  - { onlyReadableBy: app, secrets: db }
`, want: []string{
			`SC4024 "arn:aws:iam::111111111111:role/other" is not among those who may, and can ` +
				`read ` +
				`"db"`,
		}},
	{name: "a parameter that the assertion states", change: func(a *model.Assertion) {
		a.Given = map[string]string{"Who": "arn:aws:iam::111111111111:role/idle"}
	}, spec: appAndIdle + `
parameters: { Who: { Type: String } }
secrets:
  db:
    name: shop/db
    policy: { blockPublicPolicy: false,
      statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
assert:
  - { principal: idle, cannot: read, secrets: db }
`, want: []string{
		`SC4024 "idle" can read "db"`,
	}},
	{name: "an import", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy: { statements: [ { Effect: Allow,
      Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
      Action: "secretsmanager:GetSecretValue", Resource: !ImportValue secret } ] }
assert: [ { principal: idle, cannot: read, secrets: db } ]
`, want: []string{
		`SC4024 it cannot be proved that "idle" cannot read "db": no template exports secret`,
	}},
	{name: "a managed policy that nobody knows", spec: `
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com },
    managedPolicyArns: "arn:aws:iam::111111111111:policy/mine" } }
secrets: { db: { name: shop/db } }
assert:
  - { principal: app, cannot: read, secrets: db }
  - { onlyReadableBy: app, secrets: db }
`, want: []string{
		`SC4024 it cannot be proved that "app" cannot read "db": the policy ` +
			`arn:aws:iam::111111111111:policy/mine is not in the templates (shop)`,
	}},
	{name: "a boundary that nobody knows", spec: `
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com },
    permissionsBoundary: "arn:aws:iam::111111111111:policy/mine" } }
secrets: { db: { name: shop/db } }
grants: [ { to: app, allow: read, secrets: db } ]
assert:
  - { principal: app, can: read, secrets: db }
  - { principal: app, cannot: read, secrets: db }
`, want: []string{
		`SC4024 it cannot be proved that "app" cannot read "db": the policy ` +
			`arn:aws:iam::111111111111:policy/mine is not in the templates (shop)`,
	}},
	{name: "tags that are told", spec: `
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com }, tags: { team: pay } } }
secrets: { pay: { name: pay, tags: { team: pay } }, web: { name: web, tags: { team: web } } }
resources:
  Reading:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: reading
      Roles: [ !Ref AppRole ]
      PolicyDocument:
        Version: 2012-10-17
        Statement: { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } } }
assert: [ { principal: app, cannot: read, secrets: [pay, web] } ]
`, want: []string{
		`SC4024 "app" can read "pay"; the tag team of the principal is pay; the tag team of the ` +
			`secret is pay`,
	}},
	{name: "everybody", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy: { blockPublicPolicy: false,
      statements: [ { Effect: Allow, Principal: "*", Action: "secretsmanager:GetSecretValue",
      Resource: "*" } ] }
assert:
  - { onlyReadableBy: [app, idle], secrets: db }
  - { principal: idle, cannot: read, secrets: db }
`, want: []string{
		`SC4024 "everybody of account 111111111111" is not among those who may, and can read "db"`,
		`SC4024 "idle" can read "db"`,
	}},
	{name: "everybody, of an organization", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy: { statements: [ { Effect: Allow, Principal: "*",
      Action: "secretsmanager:GetSecretValue", Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": o-a1b2c3d4e5 } } } ] }
assert: [ { onlyReadableBy: [app, idle], secrets: db } ]
`, want: []string{
		`SC4024 "organization o-a1b2c3d4e5" is not among those who may, and can read "db", if ` +
			`aws:PrincipalAccount is 111111111111`,
	}},
	{name: "tags that are told, another of each secret", spec: `
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com } } }
secrets: { pay: { name: pay, tags: { team: pay } }, web: { name: web, tags: { team: web } } }
resources:
  Reading:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: reading
      Roles: [ !Ref AppRole ]
      PolicyDocument:
        Version: 2012-10-17
        Statement: { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/team": [pay, web] } } }
assert: [ { principal: app, cannot: read, secrets: [pay, web] } ]
`, want: []string{
		`SC4024 "app" can read "pay"; the tag team of the secret is pay`,
		`SC4024 "app" can read "web"; the tag team of the secret is web`,
	}},
	{name: "whoever a parameter names", spec: `
parameters: { Who: { Type: String } }
secrets:
  db:
    name: shop/db
    policy: { blockPublicPolicy: false,
      statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
principals: { app: { role: { assumedBy: { service: lambda.amazonaws.com } } } }
assert: [ { onlyReadableBy: app, secrets: db } ]
`, want: []string{
		`SC4024 it cannot be proved that "${Who}" cannot read "db": parameter Who has no value ` +
			`(shop)`,
	}},
	{name: "a unique id and a pattern of any account", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy:
      statements:
        - { Effect: Allow, Principal: { AWS: AROAEXAMPLEEXAMPLEEX },
            Action: "secretsmanager:GetSecretValue", Resource: "*" }
        - { Effect: Allow, Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*",
            Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/reader" } } }
assert: [ { onlyReadableBy: [app, idle], secrets: db } ]
`, want: []string{
		`SC4024 "AROAEXAMPLEEXAMPLEEX" is not among those who may, and can read "db", if ` +
			`aws:PrincipalAccount is 111111111111`,
		`SC4024 "arn:aws:iam::*:role/reader" is not among those who may, and can read "db", if ` +
			`aws:PrincipalAccount is 111111111111`,
	}},
	{name: "what rotates and stands in no template", spec: appAndIdle + `
secrets:
  db: &db
    name: shop/db
    value: { generate: { secretStringTemplate: { username: app, engine: mysql, host: h },
      generateStringKey: password, excludeCharacters: ":/@\"'\\" } }
    rotation: { rotateImmediatelyOnUpdate: false, hosted: { rotationType: MySQLSingleUser } }
grants: [ { to: app, allow: read, secrets: db } ]
assert: [ { onlyReadableBy: app, secrets: db } ]
`, want: []string{
		`SC4024 "rotation of db" is not among those who may, and can read "db"`,
	}},
	{name: "what rotates may", change: func(a *model.Assertion) { a.Rotation = true },
		spec: appAndIdle + `
secrets:
  db: &db
    name: shop/db
    value: { generate: { secretStringTemplate: { username: app, engine: mysql, host: h },
      generateStringKey: password, excludeCharacters: ":/@\"'\\" } }
    rotation: { rotateImmediatelyOnUpdate: false, hosted: { rotationType: MySQLSingleUser } }
grants: [ { to: app, allow: read, secrets: db } ]
assert: [ { onlyReadableBy: app, secrets: db } ]
`},
	{name: "a role that rotates", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    rotation: { rotateImmediatelyOnUpdate: false,
      lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate",
      executionRole: idle } }
assert:
  - { onlyReadableBy: app, secrets: db }
  - { onlyReadableBy: idle, secrets: db }
`, want: []string{
		`SC4024 "idle" is not among those who may, and can read "db"`,
	}},
	{name: "who may become another", spec: `
principals:
  ci: { existingRole: arn:aws:iam::111111111111:role/ci }
  app: { role: { assumedBy: { arn: "arn:aws:iam::111111111111:role/ci" } } }
secrets: { db: { name: shop/db } }
grants: [ { to: app, allow: read, secrets: db } ]
assert:
  - { principal: ci, cannot: [read, write], secrets: db }
  - { onlyReadableBy: app, secrets: db }
`, want: []string{
		`SC6007 "ci" cannot read "db", but may become "app", which can`,
	}},
	{name: "who may become another, said once whatever a parameter decides", spec: `
parameters: { Env: { Type: String, Default: dev, AllowedValues: [dev, prod] } }
conditions: { IsProd: !Equals [!Ref Env, prod] }
resources: { More: { Type: AWS::SecretsManager::Secret, Condition: IsProd,
  Properties: { Name: more } } }
principals:
  ci: { existingRole: arn:aws:iam::111111111111:role/ci }
  app: { role: { assumedBy: { arn: "arn:aws:iam::111111111111:role/ci" } } }
secrets: { db: { name: shop/db } }
grants: [ { to: app, allow: read, secrets: db } ]
assert: [ { principal: ci, cannot: read, secrets: db } ]
`, want: []string{
		`SC6007 "ci" cannot read "db", but may become "app", which can`,
	}},
	{name: "each grant is asked for", spec: appAndIdle + `
secrets:
  a: { name: a,
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
    Resource: "*" } ] } }
  b: { name: b,
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
    Resource: "*" } ] } }
  c: { name: c,
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
    Resource: "*" } ] } }
  d: { name: d,
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
    Resource: "*" } ] } }
  e: { name: e,
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
    Resource: "*" } ] } }
  f: { name: f,
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
    Resource: "*" } ] } }
grants:
  - { to: app, allow: read, secrets: a }
  - { to: app, allow: read, secrets: b }
  - { to: app, allow: read, secrets: c }
  - { to: app, allow: read, secrets: d }
  - { to: app, allow: read, secrets: e }
  - { to: app, allow: read, secrets: f }
`, want: []string{
		`SC4023 "read" on "a" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of a)`,
		`SC4023 "read" on "b" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of b)`,
		`SC4023 "read" on "c" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of c)`,
		`SC4023 "read" on "d" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of d)`,
		`SC4023 "read" on "e" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of e)`,
		`SC4023 "read" on "f" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of f)`,
	}},
	{name: "a statement that would allow it but for a condition", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy:
      statements: [ { Effect: Allow, Principal: { AWS: "arn:aws:iam::111111111111:role/idle" },
        Action: "secretsmanager:GetSecretValue", Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": us-east-1 } } } ]
assert: [ { principal: idle, can: read, secrets: db } ]
`, want: []string{
		`SC4024 "idle" cannot read "db": secretsmanager:GetSecretValue is refused, because no ` +
			`identity policy allows it: a statement would allow it if aws:RequestedRegion is ` +
			`us-east-1`,
	}},
	{name: "a claim that fails by the default of a parameter", spec: appAndIdle + `
parameters: { Who: { Type: String, Default: "arn:aws:iam::111111111111:role/idle" } }
secrets:
  db:
    name: shop/db
    policy: { statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
      Action: "secretsmanager:GetSecretValue", Resource: "*" } ] }
assert: [ { principal: idle, cannot: read, secrets: db } ]
`, want: []string{
		`SC4024 "idle" can read "db"`,
	}},
	{name: "what cannot be proved, whatever the tags are", spec: appAndIdle + `
parameters: { Who: { Type: String } }
secrets:
  db:
    name: shop/db
    tags: { team: pay }
    policy:
      blockPublicPolicy: false
      statements: [ { Effect: Allow, Principal: { AWS: !Ref Who },
        Action: "secretsmanager:GetSecretValue", Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/team": pay } } } ]
assert: [ { principal: idle, cannot: read, secrets: db } ]
`, want: []string{
		`SC4024 it cannot be proved that "idle" cannot read "db": ` +
			`parameter Who has no value (shop)`,
	}},
	{name: "a statement that denies what is granted", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
      Resource: "*" } ] }
grants: [ { to: app, allow: read, secrets: db } ]
`, want: []string{
		`SC4023 "read" on "db" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of db)`,
	}},
	{name: "a denial in the Region of the replica", spec: appAndIdle + `
secrets:
  db:
    name: shop/db
    replicas: us-east-1
    policy: { statements: [ { Effect: Deny, Principal: "*", Action: "secretsmanager:GetSecretValue",
      Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": us-east-1 } } } ] }
grants: [ { to: app, allow: read, secrets: db } ]
assert:
  - { principal: app, can: read, secrets: db }
  - { principal: app, cannot: read, secrets: db }
`, want: []string{
		`SC4023 "read" on "db" to "app" does not work: secretsmanager:GetSecretValue is refused, ` +
			`because a statement denies it (resource policy of db), in Region "us-east-1"`,
		`SC4024 "app" can read "db"`,
	}},
	{name: "a condition that parameters decide", spec: appAndIdle + `
parameters: { Env: { Type: String, Default: test, AllowedValues: [test, prod] } }
conditions: { IsProd: !Equals [ !Ref Env, prod ] }
secrets: { db: { name: shop/db, condition: IsProd } }
grants: [ { to: app, allow: read, secrets: db } ]
assert:
  - { principal: app, can: read, secrets: db }
  - { principal: app, cannot: read, secrets: db }
`, want: []string{
		`SC4024 "app" can read "db", if IsProd`,
	}},
	{name: "a policy that parameters decide", spec: appAndIdle + `
parameters: { Env: { Type: String, Default: test, AllowedValues: [test, prod] } }
conditions: { IsProd: !Equals [ !Ref Env, prod ] }
secrets: { db: { name: shop/db } }
resources:
  Reading:
    Type: AWS::IAM::Policy
    Condition: IsProd
    Properties:
      PolicyName: reading
      Roles: [ !Ref AppRole ]
      PolicyDocument: { Version: 2012-10-17,
        Statement: { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*" } }
assert: [ { principal: app, cannot: read, secrets: db } ]
`, want: []string{
		`SC4024 "app" can read "db", if IsProd`,
	}},
	{name: "a policy that is not there with the value that is given",
		parameters: Parameters{"shop": {"Env": "test"}}, spec: appAndIdle + `
parameters: { Env: { Type: String, Default: test, AllowedValues: [test, prod] } }
conditions: { IsProd: !Equals [ !Ref Env, prod ] }
secrets: { db: { name: shop/db } }
resources:
  Reading:
    Type: AWS::IAM::Policy
    Condition: IsProd
    Properties:
      PolicyName: reading
      Roles: [ !Ref AppRole ]
      PolicyDocument: { Version: 2012-10-17,
        Statement: { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*" } }
assert: [ { principal: app, cannot: read, secrets: db } ]
`},
}
