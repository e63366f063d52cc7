package model

// rotationRows are about rotations, grants, assertions and the sections in CloudFormation's words.
var rotationRows = []checkRow{
	{"schedules",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, automaticallyAfterDays: 1, ` +
			`scheduleExpression: "rate(1 day)"`),
		`SC1004 "rate(1 day)"`},
	{"schedules",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, automaticallyAfterDays: 91`),
		`SC3022 lambda: { functionArn: !GetAtt F.Arn }, automaticallyAfterDays: 91; SC3010 91`},
	{"schedules",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, scheduleExpression: "rate(1 week)"`),
		`SC3021 week`},
	{"schedules",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, rotateImmediatelyOnUpdate: true, ` +
			`scheduleExpression: "rate(4 hours)", duration: 6h`),
		`SC3021 6h`},
	{"schedules",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, rotateImmediatelyOnUpdate: true, ` +
			`duration: ` +
			`6d`),
		`SC3021 6d`},

	{"schedules",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, rotateImmediatelyOnUpdate: true, ` +
			`manual: true, automaticallyAfterDays: 7, duration: 3h`),
		`SC1004 7; SC1004 3h`},
	{"schedules",
		rotated(`managed: true, rotateImmediatelyOnUpdate: true, manual: true`),
		`SC3023 true`},
	{"schedules",
		"defaults: { rotation: { scheduleExpression: rate(4 hours), duration: 6h } }\n" +
			rotated(`lambda: { functionArn: !GetAtt F.Arn }, rotateImmediatelyOnUpdate: true, `+
				`duration: 5h`),
		`SC3021 6h; SC3021 5h`},
	{"schedules",
		"defaults: { rotation: { automaticallyAfterDays: 7, scheduleExpression: rate(1 day) } }",
		`SC1004 rate(1 day)`},

	{"managed rotations", rotated(`managed: false`), `SC1005 false`},
	{"managed rotations",
		"environment: { partition: aws-cn }\n" +
			`secrets: { s: { import: { name: x }, rotation: { managed: true } } }`,
		`SC3023 true`},

	{"superusers",
		rotated(`lambda: { functionArn: !GetAtt F.Arn, superuserSecret: s }`),
		`SC3023 s`},
	{"superusers",
		`conditions: { C: !Equals [a, b] }` +
			"\n" +
			`secrets: { s: { rotation: { lambda: { functionArn: !GetAtt F.Arn, superuserSecret: ` +
			`t } } }, t: { condition: C } }`,
		`SC3023 t`},
	{"superusers",
		`secrets: { s: { rotation: { hosted: { rotationType: MySQLMultiUser, ` +
			`superuserSecret: t } } }, t: { import: { name: x } } }`,
		``},
	{"superusers",
		`secrets: { s: { rotation: { external: { role: r, adminSecret: t } } }, ` +
			`t: { import: { name: x } } }`,
		`SC4005 t`},
	{"superusers",
		`secrets: { s: { rotation: { application: { rotationType: MySQLMultiUser, ` +
			`superuserSecret: t } } }, t: {} }`,
		``},

	{"guardrails and rotations",
		`secrets: { s: { policy: { onlyFromVpcs: vpc-0a1b2c3d }, rotation: { hosted: { ` +
			`rotationType: MySQLSingleUser } } } }`,
		`SC3028 rotationType: MySQLSingleUser`},
	{"guardrails and rotations",
		`secrets: { s: { policy: { onlyGrantees: true }, rotation: { lambda: { functionArn: ` +
			`!GetAtt F.Arn } } } }`,
		`SC3028 functionArn: !GetAtt F.Arn`},
	{"guardrails and rotations",
		`principals: { p: { existingRole: p } }` +
			"\n" +
			`secrets: { s: { policy: { onlyFromVpcEndpoints: vpce-0a1b2c3d }, rotation: { ` +
			`lambda: { functionArn: !GetAtt F.Arn, executionRole: p } } } }`,
		`SC4005 functionArn: !GetAtt F.Arn, executionRole: p`},

	{"roles of rotations",
		"principals: { p: { existingUser: p } }\n" +
			rotated(`lambda: { functionArn: !GetAtt F.Arn, executionRole: p }`),
		`SC3023 p`},
	{"roles of rotations",
		"principals: { p: { role: { assumedBy: { podIdentity: true } } } }\n" +
			rotated(`lambda: { functionArn: !GetAtt F.Arn, executionRole: p }`),
		`SC3023 p`},
	{"roles of rotations",
		"principals: { p: { existingRole: p } }\n" + rotated(`external: { role: p }`),
		`SC4005 p`},

	{"functions of rotations", rotated(`lambda: { functionArn: x }`), `SC2015 x`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: "arn:aws:s3:::x" }`),
		`SC2015 "arn:aws:s3:::x"`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: "arn:aws:lambda:us-east-1:111111111111:function:x" }`),
		`SC3023 "arn:aws:lambda:us-east-1:111111111111:function:x"`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: "arn:aws-cn:lambda:eu-west-1:111111111111:function:x" }`),
		`SC2017 "arn:aws-cn:lambda:eu-west-1:111111111111:function:x"`},
	{"functions of rotations",
		"environment: {}\n" +
			rotated(`lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:x" }`),
		`SC2016 "arn:aws:lambda:eu-west-1:111111111111:function:x"`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:x" }`),
		`SC3023 functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:x"`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: !Ref F }`) +
			"\n" +
			`resources: { F: { Type: "AWS::Lambda::Function" } }`,
		`SC3023 !Ref F`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: !GetAtt F.Arn }`) +
			"\n" +
			`resources: { F: { Type: "AWS::Lambda::Function", Properties: { VpcConfig: { ` +
			`SubnetIds: [!Ref N] } } }, N: { Type: "AWS::EC2::Subnet" } }`,
		`SC3025 !GetAtt F.Arn`},
	{"functions of rotations",
		rotated(`lambda: { functionArn: !GetAtt [F, Arn] }`) +
			"\n" +
			`resources: { F: { Type: "AWS::Lambda::Function", Properties: { VpcConfig: { ` +
			`SubnetIds: [!Ref N] } } }, N: { Type: "AWS::EC2::Subnet" }, G: { Type: ` +
			`"AWS::EC2::NatGateway" } }`,
		``},

	{"hosted rotations",
		`secrets: { s: { value: { generate: { excludePunctuation: true, excludeNumbers: true, ` +
			`excludeCharacters: "0123456789", secretStringTemplate: { username: u, ` +
			`engine: mysql, host: h }, generateStringKey: password } }, rotation: { hosted: { ` +
			`rotationType: MySQLSingleUser } } } }`,
		`SC3007 "0123456789"; SC3043 rotationType: MySQLSingleUser`},
	{"hosted rotations",
		`secrets: { s: { value: { empty: true }, rotation: { hosted: { rotationType: ` +
			`MySQLSingleUser, ` +
			`vpc: { subnetIds: a } } } } }`,
		`SC1002 subnetIds: a`},
	{"hosted rotations",
		`secrets: { s: { value: { empty: true }, rotation: { hosted: { rotationType: ` +
			`MySQLSingleUser, ` +
			`vpc: { subnetIds: a, vpcId: v, securityGroupIds: g }, target: { securityGroupId: g, port: x } } } } }`,
		`SC3019 v; SC1005 x`},
	{"hosted rotations",
		`secrets: { s: { value: { empty: true }, rotation: { hosted: { rotationType: ` +
			`MySQLSingleUser, ` +
			`target: { securityGroupId: g, port: 1 } } } } }`,
		`SC3019 securityGroupId: g, port: 1`},
	{"hosted rotations",
		rotated(`hosted: { rotationType: MySQLSingleUse }`),
		`SC1005 MySQLSingleUse`},
	{"hosted rotations",
		rotated(`hosted: { rotationType: MySQLMultiUser, rotationLambdaName: "a b" }`),
		`SC3024 rotationType: MySQLMultiUser, rotationLambdaName: "a b"; SC3023 ` +
			`MySQLMultiUser; SC2014 "a b"`},
	{"hosted rotations",
		database(`MySQLSingleUser, superuserSecret: t, excludeCharacters: x`,
			`{ username: u, engine: postgres }`),
		`SC3029 p; SC3024 rotationType: MySQLSingleUser, superuserSecret: t, ` +
			`excludeCharacters: x; SC3023 MySQLSingleUser; SC3023 MySQLSingleUser; SC3029 x`},
	{"hosted rotations",
		`keys: { k: { import: { alias: a } } }` +
			"\n" +
			`secrets: { s: { key: k, value: { empty: true }, rotation: { hosted: { ` +
			`rotationType: MySQLSingleUser } } } }`,
		`SC4005 rotationType: MySQLSingleUser`},
	{"hosted rotations", `deployer: d
principals: { d: { existingRole: "arn:aws:iam::111111111111:role/d" } }
keys: { k: { iamDelegation: false },
    o: { import: { arn: "arn:aws:kms:us-east-1:222222222222:key/1" } } }
secrets: { s: { key: k, replicas: { region: us-east-1, key: o }, value: { empty: true },
    rotation: { hosted: { rotationType: MySQLSingleUser } } } }`,
		`SC3023 rotationType: MySQLSingleUser; SC3023 rotationType: MySQLSingleUser`},

	{"application rotations",
		`secrets: { s: { value: { generate: { excludePunctuation: true, excludeNumbers: true, ` +
			`excludeCharacters: "0123456789", secretStringTemplate: { username: u, ` +
			`engine: mysql, host: h }, generateStringKey: password } }, rotation: { application: { ` +
			`rotationType: MySQLSingleUser } } } }`,
		`SC3007 "0123456789"; SC3043 rotationType: MySQLSingleUser`},
	{"application rotations",
		rotated(`application: { rotationType: MySQLSingleUser, semanticVersion: 1.1, ` +
			`functionName: ` +
			`"a b", endpoint: x, vpc: { subnetIds: a }, target: { securityGroupId: g, port: x } }`),
		`SC3024 rotationType: MySQLSingleUser, semanticVersion: 1.1, functionName: "a b", ` +
			`endpoint: x, vpc: { subnetIds: a }, target: { securityGroupId: g, port: x; SC1005 ` +
			`1.1; SC2014 "a b"; SC1005 x; SC1002 subnetIds: a; SC1005 x`},
	{"application rotations",
		rotated(`application: { rotationType: MySQLSingleUse, vpc: { subnetIds: a, vpcId: v, ` +
			`securityGroupIds: g } }`),
		`SC1005 MySQLSingleUse; SC3019 v`},
	{"application rotations",
		"keys: { k: { import: { alias: a } } }\n" +
			`secrets: { s: { key: k, value: { generate: { secretStringTemplate: '{}', ` +
			`generateStringKey: p } }, rotation: { application: { rotationType: ` +
			`MySQLSingleUser, target: { securityGroupId: g, port: 1 } } } } }`,
		`SC3029 p; SC4005 rotationType: MySQLSingleUser, target: { securityGroupId: g, ` +
			`port: 1; SC3019 securityGroupId: g, port: 1`},
	{"application rotations",
		"environment: { partition: aws-iso }\n" +
			`secrets: { s: { value: { empty: true }, rotation: { application: { rotationType: ` +
			`MySQLSingleUser } } } }`,
		`SC3023 MySQLSingleUser`},

	{"external rotations", rotated(`external: { role: p }`), `SC3023 role: p`},
	{"external rotations",
		"environment: { partition: aws-cn }\n" +
			`secrets: { s: { type: Other, rotation: { external: { role: p } } } }`,
		`SC3023 role: p`},
	{"external rotations", external(`SalesforceClientSecret`, `role: p`), `SC1002 role: p`},
	{"external rotations",
		external(`SalesforceClientSecret`, `role: p, adminSecret: t, metadata: { apiVersion: "", `+
			`adminSecretArn: x, other: y }`),
		`SC1005 ""; SC3019 adminSecretArn; SC3026 other`},
	{"external rotations", external(`PaddleApiKey`, `role: p, adminSecret: t`), `SC3019 t`},

	{"shards", `secrets: { s: { shard: 1 } }`, `SC3019 1`},
	{"shards",
		"shards: 2\n" +
			`secrets: { s: { shard: 3, name: x }, t: { shard: 1 }, u: { shard: base } }`,
		`SC1005 3; SC4016 t`},

	{"terms of grants", granted(`allow: read, versionStages: AWSCURENT`), `SC2030 AWSCURENT`},
	{"terms of grants", granted(`allow: [read, batchRead], versionStages: AWSPREVIOUS`),
		`SC4012 AWSPREVIOUS`},
	{"terms of grants", granted(`allow: batchRead, versionStages: [AWSPREVIOUS, AWSCURRENT]`), ``},
	{"terms of grants", granted(`allow: read, regions: eu-wset-1`), `SC2030 eu-wset-1`},
	{"terms of grants",
		granted(`allow: [read, write], versionStages: ["A*"], regions: eu-west, until: soon`),
		`SC1005 "A*"; SC4011 "A*"; SC2014 eu-west; SC1005 soon`},
	{"terms of grants",
		"environment: {}\n" + granted(`allow: read, regions: [eu-west-1, us-east-1]`),
		`SC2016 eu-west-1`},
	{"terms of grants",
		granted(`allow: read, versionStages: AWSCURRENT, until: 2027-01-01, when: { condition: { ` +
			`StringLike: { "secretsmanager:VersionStage": x } } }`),
		`SC4015 "secretsmanager:VersionStage"`},

	{"conditions of grants",
		granted(`allow: read, when: { sourceVpce: x, sourceIp: [y, 10.0.0.1], mfa: false }`),
		`SC2014 x; SC2014 y; SC4020 y; SC4014 10.0.0.1; SC3019 false`},
	{"conditions of grants",
		granted(`allow: read, when: { principalTags: { team: a, Team: b, "a|b": c } }`),
		`SC4015 Team; SC2014 "a|b"`},
	{"conditions of grants",
		granted(`allow: read, when: { mfa: true, sourceIp: 203.0.113.1, ` +
			`sourceVpce: vpce-0a1b2c3d, ` +
			`principalTags: { team: a }, condition: { Bool: { "aws:MultiFactorAuthPresent": ` +
			`true }, IpAddress: { "aws:SourceIp": 203.0.113.1 }, StringEquals: { ` +
			`"aws:SourceVpce": vpce-0a1b2c3d, "aws:PrincipalTag/Team": a, ` +
			`"aws:RequestedRegion": x } } }`),
		`SC4020 203.0.113.1; SC4015 "aws:MultiFactorAuthPresent"; SC4015 "aws:SourceIp"; ` +
			`SC4015 "aws:SourceVpce"; SC4015 "aws:PrincipalTag/Team"`},
	{"conditions of grants", // which the grant does not state itself
		granted(`allow: [read, write, delete, rotate], when: { condition: { StringEquals: { ` +
			`"aws:RequestedRegion": eu-west-1, "aws:PrincipalAccount": "111111111111", ` +
			`"aws:PrincipalOrgID": o-a1b2c3d4e5, "secretsmanager:VersionStage": AWSCURRENT }, ` +
			`ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/p" }, ` +
			`ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/*" }, ` +
			`DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } } }`), ``},
	{"conditions of grants", // which it states itself
		granted(`allow: read, versionStages: A, regions: eu-west-1, until: 2027-01-01, when: { ` +
			`condition: { StringEquals: { "AWS:requestedRegion": eu-west-1 }, ` +
			`DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } } }`),
		`SC4015 "AWS:requestedRegion"; SC4015 "aws:CurrentTime"`},
	{"conditions of grants", // to which its verb holds the call
		granted(`allow: write, when: { condition: { "Null": { "secretsmanager:KmsKeyArn": true ` +
			`}, ArnEqualsIfExists: { "secretsmanager:KmsKeyArn": "arn:aws:kms:*:*:key/a" } } }`),
		`SC4015 "secretsmanager:KmsKeyArn"; SC4015 "secretsmanager:KmsKeyArn"`},
	{"conditions of grants", // to which another verb would
		granted(`allow: purge, when: { condition: { BoolIfExists: { ` +
			`"secretsmanager:ForceDeleteWithoutRecovery": false } } }`), ``},
	{"conditions of grants",
		granted(`allow: [delete, rotate, manage], when: { condition: { BoolIfExists: { ` +
			`"secretsmanager:ForceDeleteWithoutRecovery": true, ` +
			`"secretsmanager:ModifyRotationRules": true } } }`),
		`SC4015 "secretsmanager:ForceDeleteWithoutRecovery"; ` +
			`SC4015 "secretsmanager:ModifyRotationRules"`},
	{"conditions of grants",
		granted(`allow: read, when: { condition: { StringLike: { "aws:PrincipalArn": a, ` +
			`"aws:principalarn": b, "aws:UserAgent": [{ a: b }] } } }`),
		`SC4015 "aws:principalarn"; SC4015 a: b`},

	{"grants to services",
		`principals: { p: { service: lambda.amazonaws.com } }` +
			"\n" +
			`secrets: { s: {} }` +
			"\n" +
			`grants: { to: p, allow: [read, batchRead], secrets: s, when: { mfa: true } }`,
		`SC4012 batchRead; SC4012 mfa: true`},

	{"defeated grants",
		`principals: { p: { organization: o-a1b2c3d4e5 } }` +
			"\n" +
			`secrets: { s: { policy: { denyDelete: true, onlyOrganization: o-zzzzzzzzzz } } }` +
			"\n" +
			`grants: { to: p, allow: [read, delete, manage], secrets: s }`,
		`SC4013 read; SC4013 delete; SC4013 manage`},
	{"defeated grants",
		`principals: { p: { existingRole: p } }` +
			"\n" +
			`secrets: { s: { policy: { onlyFromVpcEndpoints: vpce-0a1b2c3d } } }` +
			"\n" +
			`grants: [{ to: p, allow: read, secrets: s, when: { sourceVpce: vpce-00000000 } }, ` +
			`{ to: p, allow: read, secrets: s, when: { sourceVpce: vpce-0a1b2c3d } }]`,
		`SC4013 vpce-00000000`},

	{"Regions of grants",
		granted(`allow: read, regions: [eu-west-1, us-west-2]`),
		`SC4012 us-west-2`},
	{"Regions of grants", `principals: { p: { existingRole: p } }
secrets: { s: { replicas: us-east-1 } }
grants: { to: p, allow: [read, write], secrets: s, regions: us-east-1 }`, `SC4012 us-east-1`},

	{"assertions",
		`principals: { p: { existingRole: p } }` +
			"\n" +
			`secrets: { s: {} }` +
			"\n" +
			`assert: [{ onlyReadableBy: p, principal: p, secrets: s }, { can: read, secrets: s }]`,
		`SC3019 p; SC1002 can: read, secrets: s`},
	{"assertions", `principals: { p: { existingRole: p } }
secrets: { s: {} }
parameters: { P: { Type: Number } }
assert: { cannot: read, principal: p, secrets: s, given: { P: x } }`, `SC1005 x`},

	{"exports",
		"export: [a, k]\nsecrets: { a: { import: { name: x } } }\nkeys: { k: { import: { " +
			"alias: x } } }",
		`SC3001 a; SC3001 k`},

	{"sections", `parameters: { P: { Type: String, NoEhco: true, Default: x }, N: { Type: String, NoEcho: true, AllowedValues: [x] } }
metadata: { a: [ ~ ] }
`, `SC1001 NoEhco; SC3002 x; SC3002 [x]; SC1003 ~`},
	{"sections", `parameters: { "p-": { NoEcho: true, Default: x } }
mappings: { "m-": {} }
conditions: { "c-": {} }
resources: { "r-": {} }
outputs: { "o-": {} }`,
		`SC1002 "p-"; SC2014 "p-"; SC3002 x; SC2014 "m-"; SC2014 "c-"; SC1002 "r-"; SC2014 "r-"; ` +
			`SC1002 "o-"; SC2014 "o-"`},

	{"credentials in sections", `
parameters:
  P: { Type: String, Default: "https://u:hunter22@h/" }
  Password: { Type: String }
mappings: { M: { a: { b: "https://u:hunter22@h/" } } }
resources: { R: { Type: "AWS::RDS::DBInstance", Properties: { MasterUserPassword: hunter22 } },
    D: { Type: "AWS::RDS::DBInstance", Properties: { MasterUserPassword: !Ref Password } } }
outputs: { O: { Value: !Sub "https://u:hunter22@${P}/" } }`,
		`SC3002 "https://u:hunter22@h/"; SC3002 "https://u:hunter22@h/"; SC3002 hunter22; SC3005 ` +
			`!Ref Password; SC3002 "https://u:hunter22@${P}/"`},

	{"credentials in sections",
		`parameters: { P: { Type: String, NoEcho: true, AllowedPattern: '^mysql://([^:]+):([^@]+)@.+$' },
    Q: { Type: String, AllowedPattern: '^https://[a-z]+:.+@.+$' },
    R: { Type: String, AllowedPattern: '^https://u:hunter22@h/.*$' } }`,
		`SC3002 '^https://u:hunter22@h/.*$'`},

	{"credentials in descriptions",
		`description: "https://u:hunter22@h/"` +
			"\n" +
			`parameters: { Password: { Type: String } }` +
			"\n" +
			`secrets: { s: { description: !Sub "https://u:${Password}@h/", tags: { a: ` +
			`"https://u:hunter22@h/" } } }`,
		`SC3002 "https://u:hunter22@h/"; SC3005 !Sub "https://u:${Password}@h/"; SC3002 ` +
			`"https://u:hunter22@h/"`},
}
