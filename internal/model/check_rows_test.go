package model

import "strings"

// checkRows are snippets of specs, and what one check finds in them: codes, and the texts at fault.
var checkRows = []struct{ check, spec, want string }{
	{"stack name", "version: 1\nstack: 1app", `SC2014 1app`},
	{"stack name",
		"description: " + strings.Repeat("x", 1025),
		"SC2018 " + strings.Repeat("x", 1025)},
	{"stack name", "description: short", ""},

	{"environment", `environment: { account: "1" }`, `SC2014 "1"`},
	{"environment", `environment: { region: eu-west }`, `SC2014 eu-west`},
	{"environment", `environment: { region: eu-west-1, partition: aws-cn }`, `SC1005 aws-cn`},
	{"environment", `environment: { partition: aws-moon }`, `SC1005 aws-moon`},

	{"tags", `tags: { "aws:x": y, team: "a|b" }`, `SC2014 "aws:x"; SC2014 "a|b"`},
	{"tags", "tags: {" + numbered(51, "t%d: x, ") + "}", `SC2019 t50`},
	{"tags",
		"tags: {" + numbered(50, "t%d: x, ") + "}\nsecrets: { db: { tags: { a: b } } }",
		`SC2019 a`},
	{"tags", `keys: { k: { tags: { "aws:k": x } } }`, `SC2014 "aws:k"`},
	{"tags", `principals: { p: { role: { tags: { "aws:p": x } } } }`, `SC2014 "aws:p"`},

	{"ids", `secrets: { "a b": {}, db: { logicalId: a-b } }`, `SC1008 "a b"; SC2014 a-b`},
	{"ids",
		`keys: { "1": {} }` + "\n" + `principals: { "-": { role: {} } }`,
		`SC1008 "1"; SC1008 "-"`},

	{"logical ids", `secrets: { a-b: {}, aB: {} }`, `SC2005 aB`},
	{"logical ids", `principals: { a-b: { role: {} }, aB: { role: {} } }`, `SC2005 aB`},
	{"logical ids",
		`secrets: { a: {} }` + "\n" + `keys: { a: {} }` + "\n" + `principals: { a: { role: {} } }`,
		``},

	{"existing principals",
		`principals: { p: { existingRole: path/reader } }`,
		`SC2014 path/reader`},
	{"existing principals", `principals: { p: { existingUser: "a b" } }`, `SC2014 "a b"`},
	{"existing principals", `principals: { p: { existingRole: "arn:x" } }`, `SC2015 "arn:x"`},
	{"existing principals",
		`principals: { p: { existingUser: "arn:aws:iam::111111111111:role/x" } }`,
		`SC2015 "arn:aws:iam::111111111111:role/x"`},
	{"existing principals",
		`principals: { p: { existingRole: "arn:aws:iam::1:role/x" } }`,
		`SC2015 "arn:aws:iam::1:role/x"`},
	{"existing principals",
		`principals: { p: { existingRole: "arn:aws:iam::111111111111:role/*" } }`,
		`SC2015 "arn:aws:iam::111111111111:role/*"`},
	{"existing principals",
		`principals: { p: { existingGroup: "arn:aws:iam::111111111111:group/*" } }`,
		`SC2015 "arn:aws:iam::111111111111:group/*"`},
	{"existing principals",
		`principals: { p: { existingRole: "arn:aws:iam::111111111111:role/a!b" } }`,
		`SC2014 "arn:aws:iam::111111111111:role/a!b"`},
	{"existing principals",
		`principals: { p: { existingRole: "arn:aws:iam::111111111111:role/aws-reserved/x" } }`,
		`SC4002 "arn:aws:iam::111111111111:role/aws-reserved/x"`},
	{"existing principals",
		"environment: {}\nprincipals: { p: { " + other + " } }",
		`SC2016 "arn:aws:iam::222222222222:role/reader"`},
	{"existing principals",
		"environment: { account: \"111111111111\" }\nprincipals: { p: { " + other + " } }",
		`SC2016 "arn:aws:iam::222222222222:role/reader"`},
	{"existing principals",
		`principals: { p: { existingRole: "arn:aws-cn:iam::111111111111:role/x" } }`,
		`SC2017 "arn:aws-cn:iam::111111111111:role/x"`},
	{"existing principals",
		`principals: { p: { existingRole: !Ref Q } }` +
			"\n" +
			`resources: { Q: { Type: "AWS::IAM::User" } }`,
		`SC1005 !Ref Q`},
	{"existing principals",
		`principals: { p: { existingRole: !GetAtt Q.RoleId } }`,
		`SC1005 !GetAtt Q.RoleId`},
	{"existing principals",
		`principals: { p: { existingRole: !GetAtt Q.Arn } }` +
			"\n" +
			`resources: { Q: { Type: "AWS::IAM::Role" } }`,
		``},
	{"existing principals",
		`principals: { p: { existingRole: { roleName: !Ref N } }, q: { ` + other + ` } }`,
		``},

	{"role patterns", `principals: { p: { rolePattern: x } }`, `SC2015 x`},
	{"role patterns",
		`principals: { p: { rolePattern: "arn:aws:iam::111111111111:user/x*" } }`,
		`SC2015 "arn:aws:iam::111111111111:user/x*"`},
	{"role patterns",
		`principals: { p: { rolePattern: "arn:aws:iam::*:role/x*" } }`,
		`SC2015 "arn:aws:iam::*:role/x*"`},
	{"role patterns",
		"environment: {}\n" +
			`principals: { p: { rolePattern: "arn:aws:iam::111111111111:role/x*" } }`,
		`SC2016 "arn:aws:iam::111111111111:role/x*"`},
	{"role patterns",
		`principals: { p: { rolePattern: "arn:aws-cn:iam::111111111111:role/x*" } }`,
		`SC2017 "arn:aws-cn:iam::111111111111:role/x*"`},

	{"services, accounts and organizations",
		`principals: { p: { service: lambda } }`,
		`SC2014 lambda`},
	{"services, accounts and organizations", `principals: { p: { account: "2" } }`, `SC2014 "2"`},
	{"services, accounts and organizations",
		`principals: { p: { account: "111111111111" } }`,
		`SC4001 "111111111111"`},
	{"services, accounts and organizations",
		"environment: {}\n" + `principals: { p: { account: "222222222222" } }`,
		`SC2016 "222222222222"`},
	{"services, accounts and organizations",
		"environment: { region: eu-west-1 }\n" + `principals: { p: { organization: o-1 } }`,
		`SC2014 o-1; SC2016 o-1`},
	{"services, accounts and organizations",
		`principals: { p: { organizationPath: o-1/r } }`,
		`SC2014 o-1/r`},

	{"policies without identity",
		`principals: { p: { account: "222222222222", policies: inline } }`,
		`SC3019 inline`},
	{"policies without identity",
		`principals: { p: { role: {}, policies: inline }, s: { members: p, logicalId: S } }`,
		`SC3019 S`},

	{"roles", `principals: { p: { role: {} } }`, `SC1002 {}`},
	{"roles",
		`principals: { p: { role: {} } }` +
			"\n" +
			`secrets: { s: { type: PaddleApiKey, rotation: { external: { role: p } } } }`,
		``},
	{"roles",
		`principals: { p: { role: { roleName: "a b", path: x, assumedBy: { podIdentity: ` +
			`true } } } }`,
		`SC2014 "a b"; SC2014 x`},
	{"roles",
		`principals: { p: { role: { description: "` +
			strings.Repeat("x", 1001) +
			`", assumedBy: { podIdentity: true } } } }`,
		`SC2018 "` + strings.Repeat("x", 1001) + `"`},
	{"roles",
		`principals: { p: { role: { permissionsBoundary: b, managedPolicyArns: [c], ` +
			`assumedBy: { podIdentity: true } } } }`,
		`SC2015 b; SC2015 c`},

	{"trusts", trusted(`service: lambda`), `SC2014 lambda`},
	{"trusts", trusted(`account: "1"`), `SC2014 "1"`},
	{"trusts", trusted(`arn: x`), `SC2015 x`},
	{"trusts",
		trusted(`arn: "arn:aws:iam::111111111111:role/x*"`),
		`SC2015 "arn:aws:iam::111111111111:role/x*"`},
	{"trusts", trusted(`podIdentity: false`), `SC1005 false`},
	{"trusts",
		trusted(`oidc: { provider: "arn:x", audience: a, subject: "*" }`),
		`SC2014 "arn:x"; SC4003 "*"`},
	{"trusts",
		trusted(`oidc: { provider: token.actions.githubusercontent.com, audience: a, subject: ` +
			`["repo:*", "repo:acme/x:*"] }`),
		`SC4003 "repo:*"`},
	{"trusts",
		trusted(`irsa: { oidcProviderArn: !Ref P, namespace: "*", serviceAccount: x }`),
		`SC4004 !Ref P; SC4003 "*"`},
	{"trusts",
		trusted(`irsa: { oidcProviderArn: x, namespace: n, serviceAccount: x }`),
		`SC2015 x`},
	{"trusts",
		trusted(`saml: { providerArn: "arn:aws:iam::111111111111:oidc-provider/x" }`),
		`SC2015 "arn:aws:iam::111111111111:oidc-provider/x"`},
	{"trusts",
		trusted(`service: lambda.amazonaws.com, condition: { StringEquals: { "aws:SourceAccount": ` +
			`[] } }`),
		`SC4015 "aws:SourceAccount"`},

	{"deployer", "deployer: d\nprincipals: { d: { " + other + " } }", `SC4007 d`},
	{"deployer", "deployer: d\nprincipals: { d: { existingRole: d } }", `SC4005 d`},
	{"deployer", "deployer: d\nprincipals: { d: { role: {} } }", `SC4007 d`},
	{"deployer", "deployer: d\nprincipals: { d: { service: lambda.amazonaws.com } }", `SC4007 d`},
	{"deployer",
		"deployer: d\n" + `principals: { d: { rolePattern: "arn:aws:iam::111111111111:role/d*" } }`,
		``},

	{"created keys", `keys: { a: { alias: same }, b: { alias: alias/same } }`, `SC2013 alias/same`},
	{"created keys",
		`keys: { a: { alias: aws/x, rotationPeriodInDays: 90, enableKeyRotation: false } }`,
		`SC2014 aws/x; SC3019 90`},
	{"created keys",
		`keys: { a: { description: "` + strings.Repeat("x", 8193) + `" } }`,
		`SC2018 "` + strings.Repeat("x", 8193) + `"`},
	{"created keys", `keys: { a: { iamDelegation: false } }`, `SC4006 false`},

	{"key admins",
		`keys: { k: { admins: s } }` +
			"\n" +
			`principals: { s: { service: lambda.amazonaws.com } }`,
		`SC4008 s`},
	{"key admins",
		`keys: { k: { admins: [p, s] } }` +
			"\n" +
			`principals: { p: { existingRole: p }, q: { ` +
			other +
			` }, s: { members: q } }`,
		`SC4008 p`},
	{"key admins",
		`keys: { k: { admins: [g, p], iamDelegation: false } }` +
			"\n" +
			`principals: { g: { existingGroup: g }, p: { existingRole: p } }`,
		`SC4009 g; SC4005 p`},

	{"imported keys",
		`keys: { k: { description: x, tags: { a: b }, import: { alias: "a b" }, pinSecrets: ` +
			`false } }`,
		`SC3001 x; SC3001 a: b; SC2014 "a b"; SC3018 false`},
	{"imported keys", `keys: { k: { import: { arn: x } } }`, `SC2015 x`},
	{"imported keys",
		`keys: { k: { import: { arn: "arn:aws-cn:kms:eu-west-1:111111111111:key/1" } } }`,
		`SC2017 "arn:aws-cn:kms:eu-west-1:111111111111:key/1"`},
	{"imported keys",
		"environment: {}\n" +
			`keys: { k: { import: { arn: "arn:aws:kms:eu-west-1:111111111111:key/1" } }, l: { ` +
			`import: { arn: !Ref P } } }`,
		`SC2016 "arn:aws:kms:eu-west-1:111111111111:key/1"`},

	{"key statements",
		`keys: { k: { policy: { statements: { Effect: Allow, Principal: "*", Action: ` +
			`"kms:Decrypt", Resource: x, Sid: "a b" } } } }`,
		`SC4015 x`},

	{"created secrets",
		`secrets: { s: { name: "a b", type: none, policy: { manage: true } } }`,
		`SC2014 "a b"; SC3013 none; SC3019 true`},
	{"created secrets", `secrets: { s: { name: a-123456 } }`, `SC3011 a-123456`},
	{"created secrets",
		`secrets: { s: { name: ` + strings.Repeat("x", 257) + ` } }`,
		`SC3012 ` + strings.Repeat("x", 257)},
	{"created secrets",
		`secrets: { s: { description: "` + strings.Repeat("x", 2049) + `" } }`,
		`SC2018 "` + strings.Repeat("x", 2049) + `"`},
	{"created secrets", `secrets: { s: { type: "" } }`, `SC2018 ""; SC3013 ""`},

	{"imported secrets",
		`secrets: { s: { name: x, replicas: us-east-1, import: { name: "a b" } } }`,
		`SC3001 x; SC3001 us-east-1; SC2014 "a b"`},
	{"imported secrets",
		`secrets: { s: { import: { name: ` + strings.Repeat("x", 257) + ` } } }`,
		`SC3012 ` + strings.Repeat("x", 257)},
	{"imported secrets", `secrets: { s: { import: { arn: x } } }`, `SC2015 x`},
	{"imported secrets",
		`secrets: { s: { import: { partialArn: ` +
			`"arn:aws-cn:secretsmanager:eu-west-1:111111111111:secret:a" } } }`,
		`SC2017 "arn:aws-cn:secretsmanager:eu-west-1:111111111111:secret:a"`},
	{"imported secrets",
		"environment: {}\n" +
			`secrets: { s: { import: { arn: ` +
			`"arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-123456" } } }`,
		`SC2016 "arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-123456"`},
	{"imported secrets",
		`secrets: { s: { policy: { manage: true }, import: { partialArn: ` +
			`"arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-123456" } } }`,
		`SC3011 "arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-123456"`},

	{"same names",
		`secrets: { s: { name: a }, t: { name: a }, u: { import: { name: a } } }`,
		`SC2013 a`},

	{"replicas",
		`secrets: { s: { replicas: [eu-west-1, us-east, cn-north-1] } }`,
		`SC3014 eu-west-1; SC2014 us-east; SC2017 cn-north-1`},
	{"replicas", `secrets: { s: { replicas: [us-east-1, us-east-1] } }`, `SC2013 us-east-1`},
	{"replicas",
		"environment: { region: eu-west-1 }\nkeys: { k: {} }\nsecrets: { s: { replicas: { " +
			"region: us-east-1, key: k } } }",
		`SC2016 k`},
	{"replicas",
		`keys: { k: { import: { alias: a } }, l: { import: { arn: ` +
			`"arn:aws:kms:eu-west-1:111111111111:key/1" } } }` +
			"\n" +
			`secrets: { s: { replicas: [{ region: us-east-1, key: k }, { region: us-east-2, ` +
			`key: l }] } }`,
		`SC3015 k; SC3015 l`},

	{"keys of secrets",
		`keys: { k: { import: { arn: "arn:aws:kms:us-east-1:111111111111:key/1" } } }` +
			"\n" +
			`secrets: { s: { key: k }, t: { key: k, import: { arn: ` +
			`"arn:aws:secretsmanager:us-east-1:111111111111:secret:a-123456" } } }`,
		`SC3015 k`},
	{"keys of secrets",
		`keys: { k: {} }` +
			"\n" +
			`secrets: { t: { key: k, import: { arn: ` +
			`"arn:aws:secretsmanager:us-east-1:111111111111:secret:a-123456" } } }`,
		`SC3015 k`},

	{"attachments",
		`secrets: { s: { attachment: { targetType: x, targetId: y }, value: { empty: true } } }`,
		`SC3017 targetType: x, targetId: y; SC1005 x`},
	{"attachments",
		`secrets: { s: { attachment: { targetType: "AWS::RDS::DBProxy", targetId: y }, ` +
			`value: { object: { username: x } } } }`,
		`SC3016 "AWS::RDS::DBProxy"`},

	{"resource policies",
		`secrets: { s: { policy: { denyDelete: true }, import: { name: x } } }`,
		`SC4010 denyDelete: true`},
	{"resource policies",
		`secrets: { s: { policy: { manage: true }, import: { arn: ` +
			`"arn:aws:secretsmanager:us-east-1:222222222222:secret:a-123456" } } }`,
		`SC4010 manage: true; SC4010 manage: true`},

	{"guardrails",
		`secrets: { s: { policy: { onlyFromVpcEndpoints: x, onlyFromVpcs: y, ` +
			`onlyOrganization: z, onlyGrantees: true } } }`,
		`SC2014 x; SC4006 x; SC2014 y; SC2014 z; SC4006 true`},

	{"exemptions",
		`principals: { g: { existingGroup: g }, s: { service: lambda.amazonaws.com }, p: { ` +
			`existingRole: p } }` +
			"\n" +
			`secrets: { s: { policy: { exempt: [g, s, p] } } }`,
		`SC3019 g; SC4009 g; SC3019 s; SC4005 p`},

	{"secret statements",
		statement(`Effects: Allow, Effect: Permit, NotPrincipal: "*", Principal: "*", Action: ` +
			`"secretsmanager:GetSecret", Sid: "a b"`),
		`SC4015 Effects; SC4015 Effects; SC4015 Permit; SC4015 "*"; SC4015 ` +
			`"secretsmanager:GetSecret"; SC4015 "a b"`},
	{"secret statements",
		statement(`Effect: Allow, NotPrincipal: "*", Action: "s3:x y", Resource: "*", Condition: {}`),
		`SC4015 "*"; SC4015 "s3:x y"; SC4015 Condition`},
	{"secret statements",
		statement(`Principal: "*", Action: "secretsmanager:*", Resource: "*", Condition: { ` +
			`StringEqual: { a: b }, Bool: x, StringEquals: {}, StringLike: { ` +
			`"aws:PrincipalArn": [] } }`),
		`SC4015 Principal; SC4015 StringEqual; SC4015 x; SC4015 StringEquals; SC4015 ` +
			`"aws:PrincipalArn"`},
	{"secret statements",
		statement(`Effect: Deny, Principal: "*", Action: [ "secretsmanager:*" ], Resource: "*", ` +
			`Condition: [ x ]`),
		`SC4015 [ x ]`},

	{"secret values",
		`secrets: { s: { value: { unsafePlaintext: true, string: x, plaintext: f } } }`,
		`SC3003 true; SC3019 f`},
	{"secret values", `secrets: { s: { value: { empty: false } } }`, `SC1005 false`},
	{"secret values",
		`secrets: { s: { value: { string: ` + strings.Repeat("x", 65537) + ` } } }`,
		`SC2018 ` + strings.Repeat("x", 65537) + `; SC3002 ` + strings.Repeat("x", 65537)},
	{"secret values",
		`secrets: { s: { value: { string: "{{resolve:ssm-secure:x}}" } } }`,
		`SC3004 "{{resolve:ssm-secure:x}}"`},
	{"secret values",
		`secrets: { s: { value: { string: !Ref P } } }` + "\nparameters: { P: { Type: String } }",
		`SC3005 !Ref P`},
	{"secret values",
		`secrets: { s: { value: { string: !Ref P } } }` +
			"\nparameters: { P: { Type: String, NoEcho: true } }",
		``},
	{"secret values",
		`secrets: { s: { value: { object: { password: !Ref P, host: h, pin: x } } } }` +
			"\nparameters: { P: { Type: String, NoEcho: true } }",
		`SC3006 !Ref P; SC3002 x`},
	{"secret values",
		`secrets: { s: { value: { object: { password: !Ref P } } } }` +
			"\n" +
			`parameters: { P: { Type: String, NoEcho: true, AllowedPattern: "[a-z]*" } }`,
		``},
	{"secret values",
		`secrets: { s: { value: { object: { host: "https://u:hunter22@h/" } } } }`,
		`SC3002 "https://u:hunter22@h/"`},
	{"secret values",
		`secrets: { s: { value: { string: !Sub '{"password": "x", "token": "${P}"}' } } }`,
		`SC3002 !Sub '{"password": "x", "token": "${P}"}'`},
	{"secret values",
		`secrets: { s: { value: { string: !Sub '{"url": "https://u:hunter22@${P}/"}' } } }`,
		`SC3002 !Sub '{"url": "https://u:hunter22@${P}/"}'`},
	{"secret values",
		`secrets: { s: { value: { string: !Sub 'https://u:hunter22@${P}/' } } }`,
		`SC3002 'https://u:hunter22@${P}/'`},
	{"secret values",
		`secrets: { s: { value: { string: !Join ["", [a, b]] } } }`,
		`SC3002 !Join ["", [a, b]]`},
	{"secret values", `secrets: { s: { value: { string: !Join [":", [a, !Ref Q]] } } }`, ``},
	{"secret values",
		`secrets: { s: { value: { string: { "Fn::ToJsonString": { password: x, token: !Ref ` +
			`Q, more: [y] } } } } }`,
		`SC3002 "Fn::ToJsonString": { password: x, token: !Ref Q, more: [y]; SC3002 ` +
			`"Fn::ToJsonString": { password: x, token: !Ref Q, more: [y]`},
	{"secret values",
		`secrets: { s: { value: { string: !FindInMap [M, a, b] } } }` +
			"\nmappings: { M: { a: { b: x } } }",
		`SC3002 !FindInMap [M, a, b]`},
	{"secret values",
		`secrets: { s: { value: { string: !FindInMap [M, a, b] } } }` +
			"\n" +
			`mappings: { M: { a: { b: "{{resolve:ssm:x}}" } } }`,
		``},
	{"secret values",
		`secrets: { s: { value: { string: !If [C, x, !Ref Q] } }, t: { value: { string: !If ` +
			`[C, !Ref "AWS::NoValue", !Ref Q] } } }`,
		`SC3002 !If [C, x, !Ref Q]`},
	{"secret values",
		`secrets: { s: { value: { string: !Select [0, [x, !Ref Q]] } }, t: { value: { ` +
			`string: !Ref "AWS::StackName" } } }`,
		`SC3002 !Select [0, [x, !Ref Q]]`},
	{"secret values",
		`secrets: { s: { value: { string: { "Fn::Transform": { Name: "AWS::Include", ` +
			`Parameters: { Location: x } } } } }, t: { value: { string: { "Fn::Transform": { ` +
			`Name: M } } } } }`,
		`SC3002 "Fn::Transform": { Name: M`},
	{"secret values",
		`secrets: { s: { value: { string: !GetAtt Q.X } }, t: { value: { string: ` +
			`!ImportValue x } } }`,
		``},

	{"generators",
		`secrets: { s: { value: { generate: { excludeCharacters: "` +
			strings.Repeat("x", 4097) +
			`" } } } }`,
		`SC2018 "` + strings.Repeat("x", 4097) + `"`},
	{"generators",
		`secrets: { s: { value: { generate: { excludeCharacters: "0123456789" } } } }`,
		`SC3007 "0123456789"`},
	{"generators", `secrets: { s: { value: { generate: { passwordLength: 3 } } } }`, `SC3007 3`},
	{"generators",
		`secrets: { s: { value: { generate: { excludeLowercase: true, excludeUppercase: ` +
			`true, excludeNumbers: true, excludePunctuation: true } } } }`,
		`SC3007 excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, ` +
			`excludePunctuation: true`},
	{"generators",
		`secrets: { s: { value: { generate: { generateStringKey: p } } }, t: { value: { ` +
			`generate: { secretStringTemplate: { a: b } } } } }`,
		`SC3008 p; SC3008 a: b`},
	{"generators", generated(`{ p: x, token: x, username: x }`, `p`), `SC3009 p; SC3002 x`},
	{"generators", generated(`{ username: x }`, `""`), `SC1005 ""`},
	{"generators",
		generated(`{ token: !Ref P, pin: "{{resolve:ssm-secure:x}}" }`, `p`) +
			"\nparameters: { P: { Type: String } }",
		`SC3005 !Ref P; SC3006 !Ref P; SC3004 "{{resolve:ssm-secure:x}}"`},
	{"generators", generated(`'[]'`, `p`), `SC3020 '[]'`},
	{"generators",
		generated(`'{"p": "x", "token": "x"}'`, `p`),
		`SC3002 '{"p": "x", "token": "x"}'; SC3009 '{"p": "x", "token": "x"}'`},

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
		rotated(`lambda: { functionArn: !GetAtt F.Arn }, rotateImmediatelyOnUpdate: true, duration: ` +
			`6d`),
		`SC3021 6d`},

	{"managed rotations", rotated(`managed: false`), `SC1005 false; SC3023 false`},
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

	{"one schedule",
		`secrets: { s: { import: { name: x }, rotation: { managed: true } }, t: { import: { ` +
			`name: x }, rotation: { managed: true } } }`,
		`SC3027 t`},
	{"one schedule",
		rotated(`managed: true`) +
			"\n" +
			`resources: { R: { Type: "AWS::SecretsManager::RotationSchedule", Properties: { ` +
			`SecretId: !Ref SSecret } } }`,
		`SC3027 R`},

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
		rotated(`hosted: { rotationType: MySQLSingleUse }`),
		`SC1005 MySQLSingleUse`},
	{"hosted rotations",
		rotated(`hosted: { rotationType: MySQLMultiUser, rotationLambdaName: "a b" }`),
		`SC3024 rotationType: MySQLMultiUser, rotationLambdaName: "a b"; SC3023 ` +
			`MySQLMultiUser; SC2014 "a b"`},
	{"hosted rotations",
		database(`MySQLSingleUser, superuserSecret: t, excludeCharacters: x`, `{ username: u, engine: postgres }`),
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
keys: { k: { iamDelegation: false }, o: { import: { arn: "arn:aws:kms:us-east-1:222222222222:key/1" } } }
secrets: { s: { key: k, replicas: { region: us-east-1, key: o }, value: { empty: true }, rotation: { hosted: { rotationType: MySQLSingleUser } } } }`,
		`SC3023 rotationType: MySQLSingleUser; SC3023 rotationType: MySQLSingleUser`},

	{"application rotations",
		rotated(`application: { rotationType: MySQLSingleUser, semanticVersion: 1.1, functionName: ` +
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
		external(`SalesforceClientSecret`, `role: p, adminSecret: t, metadata: { apiVersion: "", adminSecretArn: x, other: y }`),
		`SC1005 ""; SC3019 adminSecretArn; SC3026 other`},
	{"external rotations", external(`PaddleApiKey`, `role: p, adminSecret: t`), `SC3019 t`},

	{"shards", `secrets: { s: { shard: 1 } }`, `SC3019 1`},
	{"shards",
		"shards: 2\n" +
			`secrets: { s: { shard: 3, name: x }, t: { shard: 1 }, u: { shard: base } }`,
		`SC1005 3; SC4016 t`},

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
		granted(`allow: read, when: { mfa: true, sourceIp: 203.0.113.1, sourceVpce: vpce-0a1b2c3d, ` +
			`principalTags: { team: a }, condition: { Bool: { "aws:MultiFactorAuthPresent": ` +
			`true }, IpAddress: { "aws:SourceIp": 203.0.113.1 }, StringEquals: { ` +
			`"aws:SourceVpce": vpce-0a1b2c3d, "aws:PrincipalTag/Team": a, ` +
			`"aws:RequestedRegion": x } } }`),
		`SC4020 203.0.113.1; SC4015 "aws:MultiFactorAuthPresent"; SC4015 "aws:SourceIp"; ` +
			`SC4015 "aws:SourceVpce"; SC4015 "aws:PrincipalTag/Team"; SC4015 ` +
			`"aws:RequestedRegion"`},
	{"conditions of grants",
		granted(`allow: read, when: { condition: { StringLike: { "aws:PrincipalArn": a, ` +
			`"aws:principalarn": b, "aws:UserAgent": [{ a: b }] } } }`),
		`SC4015 "aws:principalarn"; SC4015 "aws:UserAgent"; SC4015 a: b`},

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
	{"exports", "exportAll: true\nsecrets: { a: {} }\nkeys: { a: {} }", `SC2012 a`},

	{"sections", `parameters: { "p-": { NoEcho: true, Default: x } }
mappings: { "m-": {} }
conditions: { "c-": {} }
resources: { "r-": {} }
outputs: { "o-": {} }`,
		`SC1002 "p-"; SC2014 "p-"; SC3002 x; SC2014 "m-"; SC2014 "c-"; SC1002 "r-"; SC2014 "r-"; SC1002 "o-"; SC2014 "o-"`},

	{"credentials in sections", `parameters: { P: { Type: String, Default: "https://u:hunter22@h/" }, Password: { Type: String } }
mappings: { M: { a: { b: "https://u:hunter22@h/" } } }
resources: { R: { Type: "AWS::RDS::DBInstance", Properties: { MasterUserPassword: hunter22 } }, D: { Type: "AWS::RDS::DBInstance", Properties: { MasterUserPassword: !Ref Password } } }
outputs: { O: { Value: !Sub "https://u:hunter22@${P}/" } }`,
		`SC3002 "https://u:hunter22@h/"; SC3002 "https://u:hunter22@h/"; SC3002 hunter22; SC3005 !Ref Password; SC3002 "https://u:hunter22@${P}/"`},

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
