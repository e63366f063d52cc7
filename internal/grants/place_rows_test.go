package grants

const (
	role      = `p: { existingRole: "arn:aws:iam::111111111111:role/p" }`
	otherRole = `q: { existingRole: "arn:aws:iam::222222222222:role/q" }`
	deployer  = "deployer: d\n"
	ci        = `d: { existingRole: "arn:aws:iam::111111111111:role/d" }`
)

var placeRows = []struct{ name, spec, want string }{
	{"read in one's own account", `
principals: { ` + role + ` }
secrets: { db: {} }
grants: { to: p, allow: read, secrets: db }`, `
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}`},
	{"read of a secret under a key", `
principals: { ` + role + ` }
keys: { k: {} }
secrets: { db: { key: k } }
grants: { to: p, allow: read, secrets: db }`, `
identity of p: Allow kms:Decrypt on {"Fn::GetAtt":["KKey","Arn"]}
  if StringEquals kms:EncryptionContext:SecretARN {"Ref":"DbSecret"}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}`},
	{"write where a replica has the key", `
principals: { ` + role + ` }
keys: { k: {} }
secrets: { db: { name: db, key: k, replicas: { region: us-east-1, key: k } } }
grants: { to: p, allow: [read, write], secrets: db }`, `
identity of p: Allow kms:Decrypt,kms:Encrypt,kms:GenerateDataKey on
    {"Fn::GetAtt":["KKey","Arn"]}
  if StringEquals kms:EncryptionContext:SecretARN {"Ref":"DbSecret"}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of p: Allow kms:Decrypt,kms:Encrypt,kms:GenerateDataKey on
    arn:aws:kms:us-east-1:111111111111:key/*
  if StringEquals kms:EncryptionContext:SecretARN <replica> or {"Ref":"DbSecret"}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com or
    secretsmanager.us-east-1.amazonaws.com
identity of p: Allow DescribeSecret,GetSecretValue on <replica>
identity of p: Allow DescribeSecret,GetSecretValue,PutSecretValue,UpdateSecretVersionStage on
    {"Ref":"DbSecret"}
identity of p: Allow UpdateSecret on {"Ref":"DbSecret"}
  if ArnEqualsIfExists secretsmanager:KmsKeyArn {"Fn::GetAtt":["KKey","Arn"]}
  if StringEqualsIfExists secretsmanager:KmsKeyId {"Fn::GetAtt":["KKey","Arn"]}`},
	{"terms", `
principals: { ` + role + ` }
secrets: { db: { replicas: us-east-1 } }
grants:
  - { to: p, allow: read, secrets: db, versionStages: AWSCURRENT, regions: us-east-1,
      until: 2027-01-01 }
  - { to: p, allow: read, secrets: db, versionStages: OLD, regions: eu-west-1, when: { mfa: true,
      sourceIp: 203.0.113.1, principalTags: { team: a },
      condition: { StringLike: { "aws:UserAgent": x } } } }
  - { to: p, allow: batchRead, secrets: db, regions: eu-west-1,
      when: { sourceVpce: vpce-0a1b2c3d } }`, `
identity of p: Allow BatchGetSecretValue on *
  if StringEquals aws:RequestedRegion eu-west-1
  if StringEquals aws:SourceVpce vpce-0a1b2c3d
identity of p: Allow DescribeSecret on <replica>
  if DateLessThan aws:CurrentTime 2027-01-01T00:00:00Z
identity of p: Allow DescribeSecret on {"Ref":"DbSecret"}
  if Bool aws:MultiFactorAuthPresent true
  if IpAddress aws:SourceIp 203.0.113.1
  if StringEquals aws:PrincipalTag/team a
  if StringLike aws:UserAgent x
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}
  if StringEquals aws:SourceVpce vpce-0a1b2c3d
identity of p: Allow GetSecretValue on <replica>
  if DateLessThan aws:CurrentTime 2027-01-01T00:00:00Z
  if Null secretsmanager:VersionId true
  if StringEqualsIfExists secretsmanager:VersionStage AWSCURRENT
identity of p: Allow GetSecretValue on {"Ref":"DbSecret"}
  if Bool aws:MultiFactorAuthPresent true
  if IpAddress aws:SourceIp 203.0.113.1
  if StringEquals aws:PrincipalTag/team a
  if StringEquals secretsmanager:VersionStage OLD
  if StringLike aws:UserAgent x`},
	{"a condition of the template", `
principals: { ` + role + ` }
conditions: { C: !Equals [a, b] }
secrets: { db: { condition: C }, x: {} }
grants: { to: p, allow: batchRead, secrets: [db, x] }`, `
identity of p: Allow BatchGetSecretValue on *
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"XSecret"}
identity of p C: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}`},
	{"an action without a resource for what may not be there", `
principals: { ` + role + ` }
conditions: { C: !Equals [a, b] }
secrets: { db: { condition: C } }
grants: { to: p, allow: list, secrets: db }`, `
identity of p C: Allow ListSecrets on *`},
	{"read from another account", `
principals: { ` + otherRole + ` }
keys: { k: {} }
secrets: { db: { name: db, key: k } }
grants: { to: q, allow: read, secrets: db, versionStages: X }`, `
identity of q: Allow kms:Decrypt on arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity of q: Allow DescribeSecret on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity of q: Allow GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
  if StringEquals secretsmanager:VersionStage X
policy of secret db: Allow DescribeSecret to arn:aws:iam::222222222222:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::222222222222:role/q
policy of secret db: Allow GetSecretValue to arn:aws:iam::222222222222:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::222222222222:role/q
  if StringEquals secretsmanager:VersionStage X
policy of key k: Allow kms:Decrypt to arn:aws:iam::222222222222:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::222222222222:role/q
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????`},
	{"principals without an identity, some of whom are among others", `
principals: { pat: { rolePattern: "arn:aws:iam::111111111111:role/x*" },
    far: { rolePattern: "arn:aws:iam::222222222222:role/x*" },
    svc: { service: lambda.amazonaws.com }, acc: { account: "222222222222" },
    org: { organization: o-a1b2c3d4e5 }, path: { organizationPath: o-a1b2c3d4e5/r-ab12/* } }
keys: { k: {} }
secrets: { db: { name: db, key: k } }
grants: { to: [pat, far, svc, acc, org, path], allow: read, secrets: db }`, `
policy of secret db: Allow DescribeSecret,GetSecretValue to arn:aws:iam::222222222222:root
policy of secret db: Allow DescribeSecret,GetSecretValue to *
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if StringEquals aws:PrincipalAccount 111111111111
policy of secret db: Allow DescribeSecret,GetSecretValue to *
  if StringEquals aws:PrincipalOrgID o-a1b2c3d4e5
  if StringNotEquals aws:PrincipalAccount 111111111111
policy of secret db: Allow DescribeSecret,GetSecretValue to lambda.amazonaws.com
  if StringEquals aws:SourceAccount 111111111111
policy of key k: Allow kms:Decrypt to *
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if StringEquals aws:PrincipalAccount 111111111111
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
policy of key k: Allow kms:Decrypt to *
  if StringEquals aws:PrincipalOrgID o-a1b2c3d4e5
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
  if StringNotEquals aws:PrincipalAccount 111111111111
policy of key k: Allow kms:Decrypt to arn:aws:iam::222222222222:root
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
policy of key k: Allow kms:Decrypt to lambda.amazonaws.com
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of arn:aws:iam::222222222222:root: Allow kms:Decrypt on
    arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of arn:aws:iam::222222222222:root: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of arn:aws:iam::222222222222:role/x*: Allow kms:Decrypt on
    arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of arn:aws:iam::222222222222:role/x*: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of o-a1b2c3d4e5: Allow kms:Decrypt on arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of o-a1b2c3d4e5: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of o-a1b2c3d4e5/r-ab12/*: Allow kms:Decrypt on
    arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of o-a1b2c3d4e5/r-ab12/*: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????`},
	{"principals without an identity", `
principals: { far: { rolePattern: "arn:aws:iam::222222222222:role/x*" },
    path: { organizationPath: o-a1b2c3d4e5/r-ab12/* } }
keys: { k: {} }
secrets: { db: { name: db, key: k } }
grants: { to: [far, path], allow: read, secrets: db }`, `
policy of secret db: Allow DescribeSecret,GetSecretValue to arn:aws:iam::222222222222:root
  if ArnLike aws:PrincipalArn arn:aws:iam::222222222222:role/x*
policy of secret db: Allow DescribeSecret,GetSecretValue to *
  if ForAnyValue:StringLike aws:PrincipalOrgPaths o-a1b2c3d4e5/r-ab12/*
  if StringEquals aws:PrincipalOrgID o-a1b2c3d4e5
  if StringNotEquals aws:PrincipalAccount 111111111111
policy of key k: Allow kms:Decrypt to arn:aws:iam::222222222222:root
  if ArnLike aws:PrincipalArn arn:aws:iam::222222222222:role/x*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
policy of key k: Allow kms:Decrypt to *
  if ForAnyValue:StringLike aws:PrincipalOrgPaths o-a1b2c3d4e5/r-ab12/*
  if StringEquals aws:PrincipalOrgID o-a1b2c3d4e5
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
  if StringNotEquals aws:PrincipalAccount 111111111111
identity policy of arn:aws:iam::222222222222:role/x*: Allow kms:Decrypt on
    arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of arn:aws:iam::222222222222:role/x*: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of o-a1b2c3d4e5/r-ab12/*: Allow kms:Decrypt on
    arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity policy of o-a1b2c3d4e5/r-ab12/*: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????`},
	{"a grant for Regions in a resource policy", `
principals: { pat: { rolePattern: "arn:aws:iam::111111111111:role/x*" } }
secrets: { db: { name: db, replicas: us-east-1 } }
grants: { to: pat, allow: read, secrets: db, regions: us-east-1 }`, `
policy of secret db: Allow DescribeSecret,GetSecretValue to *
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if StringEquals aws:PrincipalAccount 111111111111
  if StringEquals aws:RequestedRegion us-east-1`},
	{"imported things", `
principals: { ` + role + `, ` + otherRole + ` }
keys: { k: { import: { arn: "arn:aws:kms:eu-west-1:222222222222:key/1" } } }
secrets:
  a: { key: k, import: { arn: "arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf" } }
  b: { import: { partialArn: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:b" } }
  c: { import: { name: c } }
grants: [{ to: p, allow: read, secrets: [a, b, c] }, { to: q, allow: read, secrets: a }]`, `
identity of p: Allow kms:Decrypt on arn:aws:kms:eu-west-1:222222222222:key/1
  if StringEquals kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of p: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:b-?????? and
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:c-?????? and
    arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf
identity of q: Allow kms:Decrypt on arn:aws:kms:eu-west-1:222222222222:key/1
  if StringEquals kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of q: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf
resource policy of arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf: Allow
    DescribeSecret,GetSecretValue to arn:aws:iam::111111111111:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/p
key policy of arn:aws:kms:eu-west-1:222222222222:key/1: Allow kms:Decrypt to
    arn:aws:iam::111111111111:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/p
  if StringEquals kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
key policy of arn:aws:kms:eu-west-1:222222222222:key/1: Allow kms:Decrypt to
    arn:aws:iam::222222222222:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::222222222222:role/q
  if StringEquals kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com`},
	{"a key by alias", `
principals: { ` + role + ` }
keys: { k: { import: { alias: shared } } }
secrets: { db: { key: k } }
grants: { to: p, allow: read, secrets: db }`, `
identity of p: Allow kms:Decrypt on arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:EncryptionContext:SecretARN {"Ref":"DbSecret"}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}`},
	{"a key that is not pinned, and one that names its users", deployer + `
principals: { ` + role + `, ` + ci + ` }
keys: { k: { pinSecrets: false }, l: { iamDelegation: false, admins: p } }
secrets: { a: { name: a, key: k }, b: { name: b, key: l } }
grants: { to: p, allow: read, secrets: "*" }`, `
identity of p: Allow <administration> on {"Fn::GetAtt":["LKey","Arn"]}
identity of p: Allow kms:CreateAlias,kms:DeleteAlias,kms:UpdateAlias on
    arn:aws:kms:eu-west-1:111111111111:alias/app/l
identity of p: Allow kms:Decrypt on {"Fn::GetAtt":["KKey","Arn"]}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of p: Allow kms:Decrypt on {"Fn::GetAtt":["LKey","Arn"]}
  if StringEquals kms:EncryptionContext:SecretARN {"Ref":"BSecret"}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"ASecret"} and {"Ref":"BSecret"}
policy of key l: Allow kms:Decrypt to arn:aws:iam::111111111111:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/p
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:b-??????`},
	{"admins of keys", `
principals: { ` + role + `, pat: { rolePattern: "arn:aws:iam::111111111111:role/x*" } }
keys: { k: { admins: [p, pat], policy: { statements: { Effect: Deny, Principal: "*",
    Action: "kms:Decrypt", Resource: "*" } } } }
secrets: { db: { name: db, key: k, replicas: { region: us-east-1, key: k } } }`, `
identity of p: Allow <administration> on {"Fn::GetAtt":["KKey","Arn"]}
identity of p: Allow <administration> on arn:aws:kms:us-east-1:111111111111:key/*
  if ForAnyValue:StringEquals kms:ResourceAliases alias/app/k
identity of p: Allow kms:CreateAlias,kms:DeleteAlias,kms:UpdateAlias on
    arn:aws:kms:eu-west-1:111111111111:alias/app/k and
    arn:aws:kms:us-east-1:111111111111:alias/app/k
policy of key k: Allow <administration> to *
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if StringEquals aws:PrincipalAccount 111111111111
policy of key k: the user's own statement
policy of key k us-east-1: Allow <administration> to *
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if StringEquals aws:PrincipalAccount 111111111111
policy of key k us-east-1: the user's own statement`},
	{"guardrails", deployer + `
principals: { ` + role + `, ` + ci + `, o: { organization: o-zzzzzzzzzz },
    a: { account: "222222222222" }, op: { organizationPath: o-zzzzzzzzzz/r-ab12/* } }
secrets:
  db: { name: db, policy: { denyDelete: true, requireTls: true,
      onlyFromVpcEndpoints: vpce-0a1b2c3d, onlyFromVpcs: vpc-0a1b2c3d,
      onlyOrganization: o-a1b2c3d4e5, exempt: [p, o, a, op], statements: { Effect: Deny,
      Principal: "*", Action: "secretsmanager:*", Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": false } } } } }`, `
policy of secret db: Deny DeleteSecret to *
policy of secret db: Deny RemoveRegionsFromReplication to *
  if ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:role/d
policy of secret db: Deny * to *
  if Bool aws:SecureTransport false
policy of secret db: Deny GetSecretValue,PutSecretValue,UpdateSecret,UpdateSecretVersionStage
    to *
  if ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:role/d or
    arn:aws:iam::111111111111:role/p
  if BoolIfExists aws:PrincipalIsAWSService false
  if BoolIfExists aws:ViaAWSService false
  if ForAllValues:StringNotLike aws:PrincipalOrgPaths o-zzzzzzzzzz/r-ab12/*
  if StringNotEquals aws:PrincipalAccount 222222222222
  if StringNotEquals aws:PrincipalOrgID o-zzzzzzzzzz
  if StringNotEquals aws:SourceVpc vpc-0a1b2c3d
  if StringNotEquals aws:SourceVpce vpce-0a1b2c3d
policy of secret db: Deny GetSecretValue,PutSecretValue,UpdateSecret,UpdateSecretVersionStage
    to *
  if ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:role/d or
    arn:aws:iam::111111111111:role/p
  if BoolIfExists aws:PrincipalIsAWSService false
  if BoolIfExists aws:ViaAWSService false
  if StringEquals aws:PrincipalAccount 111111111111
  if StringNotEquals aws:SourceVpc vpc-0a1b2c3d
  if StringNotEquals aws:SourceVpce vpce-0a1b2c3d
policy of secret db: Deny GetSecretValue,PutSecretValue,UpdateSecret,UpdateSecretVersionStage
    to *
  if ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:role/d or
    arn:aws:iam::111111111111:role/p
  if BoolIfExists aws:PrincipalIsAWSService false
  if ForAllValues:StringNotLike aws:PrincipalOrgPaths o-zzzzzzzzzz/r-ab12/*
  if StringNotEquals aws:PrincipalAccount 111111111111 or 222222222222
  if StringNotEquals aws:PrincipalOrgID o-a1b2c3d4e5 or o-zzzzzzzzzz
policy of secret db: the user's own statement`},
	{"only grantees", deployer + `
principals: { ` + role + `, ` + ci + `, r: { existingRole: "arn:aws:iam::111111111111:role/r" } }
secrets: { db: { policy: { onlyGrantees: true } } }
grants: [{ to: p, allow: read, secrets: db }, { to: r, allow: write, secrets: db }]`, `
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}
identity of r: Allow DescribeSecret,PutSecretValue,UpdateSecretVersionStage on
    {"Ref":"DbSecret"}
identity of r: Allow UpdateSecret on {"Ref":"DbSecret"}
  if Null secretsmanager:KmsKeyArn true
  if Null secretsmanager:KmsKeyId true
policy of secret db: Deny GetSecretValue to *
  if ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:role/d or
    arn:aws:iam::111111111111:role/p
  if BoolIfExists aws:PrincipalIsAWSService false
policy of secret db: Deny PutSecretValue,UpdateSecret,UpdateSecretVersionStage to *
  if ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:role/d or
    arn:aws:iam::111111111111:role/r
  if BoolIfExists aws:PrincipalIsAWSService false`},
	{"starting a rotation", `
principals: { ` + role + `, svc: { service: lambda.amazonaws.com },
    pat: { rolePattern: "arn:aws:iam::111111111111:role/x*" },
    r: { existingRole: "arn:aws:iam::111111111111:role/r" } }
secrets:
  db: { name: db, rotation: { rotateImmediatelyOnUpdate: true,
      lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:f",
      executionRole: r } } }
grants: { to: [p, svc, pat], allow: rotate, secrets: db }`, `
identity of p: Allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111111111111:function:f
identity of p: Allow CancelRotateSecret,DescribeSecret on {"Ref":"DbSecret"}
identity of p: Allow RotateSecret on {"Ref":"DbSecret"}
  if ArnEqualsIfExists secretsmanager:RotationLambdaARN
    arn:aws:lambda:eu-west-1:111111111111:function:f
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
identity of r: Allow DescribeSecret,GetSecretValue,PutSecretValue,UpdateSecretVersionStage on
    {"Ref":"DbSecret"}
identity of r: Allow GetRandomPassword on *
policy of secret db: Allow CancelRotateSecret,DescribeSecret to *
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if StringEquals aws:PrincipalAccount 111111111111
policy of secret db: Allow CancelRotateSecret,DescribeSecret to lambda.amazonaws.com
  if StringEquals aws:SourceAccount 111111111111
policy of secret db: Allow RotateSecret to *
  if ArnEqualsIfExists secretsmanager:RotationLambdaARN
    arn:aws:lambda:eu-west-1:111111111111:function:f
  if ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/x*
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
  if StringEquals aws:PrincipalAccount 111111111111
policy of secret db: Allow RotateSecret to lambda.amazonaws.com
  if ArnEqualsIfExists secretsmanager:RotationLambdaARN
    arn:aws:lambda:eu-west-1:111111111111:function:f
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
  if StringEquals aws:SourceAccount 111111111111
identity policy of arn:aws:iam::111111111111:role/x*: Allow lambda:InvokeFunction on
    arn:aws:lambda:eu-west-1:111111111111:function:f
resource policy of arn:aws:lambda:eu-west-1:111111111111:function:f: Allow
    lambda:InvokeFunction to lambda.amazonaws.com on
    arn:aws:lambda:eu-west-1:111111111111:function:f`},
	{"starting a rotation by AWS's functions", `
principals: { ` + role + ` }
secrets:
  h: { name: h, value: { empty: true }, rotation: { hosted: { rotationType: MySQLSingleUser } } }
  n: { name: n, value: { empty: true }, rotation: { hosted: { rotationType: MySQLSingleUser,
      rotationLambdaName: f } } }
  a:
    name: a
    value: { empty: true }
    rotation: { application: { rotationType: MySQLSingleUser } }
grants: { to: p, allow: rotate, secrets: "*" }`, `
identity of p: Allow lambda:InvokeFunction on
    arn:aws:lambda:eu-west-1:111111111111:function:app-a-rotation and
    arn:aws:lambda:eu-west-1:111111111111:function:f
identity of p: Allow CancelRotateSecret,DescribeSecret on {"Ref":"ASecret"} and
    {"Ref":"HSecret"} and {"Ref":"NSecret"}
identity of p: Allow RotateSecret on {"Ref":"ASecret"}
  if ArnEqualsIfExists secretsmanager:RotationLambdaARN
    arn:aws:lambda:eu-west-1:111111111111:function:app-a-rotation
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
identity of p: Allow RotateSecret on {"Ref":"HSecret"}
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
  if Null secretsmanager:RotationLambdaARN true
identity of p: Allow RotateSecret on {"Ref":"NSecret"}
  if ArnEqualsIfExists secretsmanager:RotationLambdaARN
    arn:aws:lambda:eu-west-1:111111111111:function:f
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
identity policy of arn:aws:iam::111111111111:role/p: Allow lambda:InvokeFunction on
    arn:aws:lambda:eu-west-1:111111111111:function:<the function that rotates h>`},
	{"a function of another account", `
principals: { ` + role + `, f: { existingRole: "arn:aws:iam::222222222222:role/f" } }
keys: { k: {} }
secrets:
  db:
    name: db
    key: k
    rotation:
      lambda:
        functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:f"
        executionRole: f
grants: { to: p, allow: rotate, secrets: db }`, `
identity of f: Allow kms:Decrypt,kms:GenerateDataKey on arn:aws:kms:eu-west-1:111111111111:key/*
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity of f: Allow DescribeSecret,GetSecretValue,PutSecretValue,UpdateSecretVersionStage on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity of f: Allow GetRandomPassword on *
identity of p: Allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:222222222222:function:f
identity of p: Allow CancelRotateSecret,DescribeSecret on {"Ref":"DbSecret"}
identity of p: Allow RotateSecret on {"Ref":"DbSecret"}
  if ArnEqualsIfExists secretsmanager:RotationLambdaARN
    arn:aws:lambda:eu-west-1:222222222222:function:f
  if BoolIfExists secretsmanager:ModifyRotationRules false
  if Null secretsmanager:ExternalSecretRotationRoleArn true
policy of secret db: Allow
    DescribeSecret,GetSecretValue,PutSecretValue,UpdateSecretVersionStage to
    arn:aws:iam::222222222222:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::222222222222:role/f
policy of key k: Allow kms:Decrypt,kms:GenerateDataKey to arn:aws:iam::222222222222:root
  if ArnEquals aws:PrincipalArn arn:aws:iam::222222222222:role/f
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
resource policy of arn:aws:lambda:eu-west-1:222222222222:function:f: Allow
    lambda:InvokeFunction to arn:aws:iam::111111111111:role/p on
    arn:aws:lambda:eu-west-1:222222222222:function:f
resource policy of arn:aws:lambda:eu-west-1:222222222222:function:f: Allow
    lambda:InvokeFunction to secretsmanager.amazonaws.com on
    arn:aws:lambda:eu-west-1:222222222222:function:f
  if ArnLike aws:SourceArn arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
  if StringEquals aws:SourceAccount 111111111111`},
	{"the key of a replica and a function that AWS makes", `
keys: { k: {} }
secrets:
  db: { name: db, key: k, replicas: { region: us-east-1, key: k }, value: { empty: true },
      rotation: { hosted: { rotationType: MySQLSingleUser } } }`, `
identity policy of the role of the function that rotates db: Allow
    kms:Encrypt,kms:GenerateDataKey on arn:aws:kms:us-east-1:111111111111:key/*
  if StringEquals kms:EncryptionContext:SecretARN <replica> or {"Ref":"DbSecret"}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com or
    secretsmanager.us-east-1.amazonaws.com`},
	{"creating a secret under a key of another account", `
keys: { k: { import: { arn: "arn:aws:kms:eu-west-1:222222222222:key/1" } } }
secrets: { db: { name: db, key: k } }`, `
key policy of arn:aws:kms:eu-west-1:222222222222:key/1: Allow
    kms:Decrypt,kms:Encrypt,kms:GenerateDataKey to arn:aws:iam::111111111111:root
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????`},
	{"secrets in shards", "shards: 2" + `
principals: { ` + role + ` }
keys: { k: {} }
secrets: { db: { name: db, key: k, shard: 1 } }
grants: { to: p, allow: read, secrets: db }`, `
identity of p: Allow kms:Decrypt on {"Fn::GetAtt":["KKey","Arn"]}
  if StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com
  if StringLike kms:EncryptionContext:SecretARN
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????
identity of p: Allow DescribeSecret,GetSecretValue on
    arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-??????`},
	{"a spec that states no environment", "environment: {}" + `
principals: { p: { role: { assumedBy: { podIdentity: true } } }, u: { existingUser: u,
    policies: inline } }
keys: { k: {} }
secrets: { db: { key: k } }
grants: { to: [p, u], allow: read, secrets: db }`, `
identity of p: Allow kms:Decrypt on {"Fn::GetAtt":["KKey","Arn"]}
  if StringEquals kms:EncryptionContext:SecretARN {"Ref":"DbSecret"}
  if StringEquals kms:ViaService {"Fn::Sub":"secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}
identity of p: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}
identity of u: Allow kms:Decrypt on {"Fn::GetAtt":["KKey","Arn"]}
  if StringEquals kms:EncryptionContext:SecretARN {"Ref":"DbSecret"}
  if StringEquals kms:ViaService {"Fn::Sub":"secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}
identity of u: Allow DescribeSecret,GetSecretValue on {"Ref":"DbSecret"}`},
}
