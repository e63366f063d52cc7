package model

import "strings"

// secretRows are about secrets, their values and policies.
var secretRows = []checkRow{
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
	{"created secrets",
		"defaults: { namePrefix: \"a b\" }\nsecrets: { s: { name: c }, t: { name: \"d e\" } }",
		`SC2014 "a b"; SC2014 "d e"`},
	{"created secrets",
		"defaults: { namePrefix: a/ }\nsecrets: { s: { name: a/b }, t: { name: /a/b }, u: {}, " +
			"v: { name: a/ }, w: { import: { name: a/c } } }",
		`SC3038 a/b`},
	{"created secrets",
		"defaults: { namePrefix: a }\nsecrets: { s: { name: ab } }", ``},

	{"imported secrets",
		`secrets: { s: { name: x, replicas: us-east-1, import: { name: "a b" } } }`,
		`SC3001 x; SC3001 us-east-1; SC2014 "a b"`},
	{"imported secrets",
		`secrets: { s: { import: { name: ` + strings.Repeat("x", 257) + ` } } }`,
		`SC3012 ` + strings.Repeat("x", 257)},
	{"imported secrets", `secrets: { s: { import: { arn: x } } }`, `SC2015 x`},
	{"imported secrets",
		`secrets: { s: { import: { partialArn: ` +
			`"arn:aws:secretsmanager:eu-wset-1:111111111111:secret:a" } } }`,
		`SC2030 "arn:aws:secretsmanager:eu-wset-1:111111111111:secret:a"`},
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

	{"replicas",
		`secrets: { s: { replicas: [eu-west-1, us-east, cn-north-1] } }`,
		`SC3014 eu-west-1; SC2014 us-east; SC2017 cn-north-1`},
	{"replicas", `secrets: { s: { replicas: [us-eats-1] } }`, `SC2030 us-eats-1`},
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
		statement(`Effect: Allow, NotPrincipal: "*", Action: "s3:x y", Resource: "*", ` +
			`Condition: {}`),
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
	{"secret values",
		`secrets: { s: { value: { object: { engine: postgress } } } }`, `SC2030 postgress`},
	{"secret values", `secrets: { s: { value: { object: { engine: redis } } } }`, ``},
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
}
