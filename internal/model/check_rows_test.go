package model

import (
	"slices"
	"strings"
)

// checkRow is a snippet of a spec, and what one check finds in it: codes, and the texts at fault.
type checkRow struct{ check, spec, want string }

var checkRows = slices.Concat(principalRows, secretRows, rotationRows)

// principalRows are about the head of a spec, its principals and keys.
var principalRows = []checkRow{
	{"stack name", "version: 1\nstack: 1app", `SC2014 1app`},
	{"stack name",
		"description: " + strings.Repeat("x", 1025),
		"SC2018 " + strings.Repeat("x", 1025)},
	{"stack name", "description: short", ""},

	{"environment", `environment: { account: "1" }`, `SC2014 "1"`},
	{"environment", `environment: { region: eu-west }`, `SC2014 eu-west`},
	{"environment", `environment: { region: eu-wset-1 }`, `SC2030 eu-wset-1`},
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
	{"services, accounts and organizations",
		`principals: { p: { service: lamda.amazonaws.com }, q: { service: new.amazonaws.com } }`,
		`SC2030 lamda.amazonaws.com`},
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
	{"trusts", trusted(`service: lamda.amazonaws.com`), `SC2030 lamda.amazonaws.com`},
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
		trusted(`service: lambda.amazonaws.com, condition: ` +
			`{ StringEquals: { "aws:SourceAccount": ` +
			`[] } }`),
		`SC4015 "aws:SourceAccount"`},

	{"trusts", trusted(`service: cognito-identity.amazonaws.com`),
		`SC4031 cognito-identity.amazonaws.com`},
	{"trusts", trusted(`arn: "arn:aws:iam::111111111111:group/x"`),
		`SC2015 "arn:aws:iam::111111111111:group/x"`},
	{"trusts", trusted(`arn: "arn:aws:iam::111111111111:root"`), ``},
	{"trusts", trusted(`arn: "arn:aws:sts::111111111111:assumed-role/x/y"`), ``},
	{"trusts", trusted(`arn: "arn:aws:sts::111111111111:role/x"`),
		`SC2015 "arn:aws:sts::111111111111:role/x"`},
	{"trusts",
		"environment: { partition: aws-cn }\n" +
			trusted(`arn: "arn:aws:iam::111111111111:role/x"`),
		`SC2017 "arn:aws:iam::111111111111:role/x"`},
	{"trusts",
		"environment: { partition: aws-cn }\n" +
			trusted(`saml: { providerArn: "arn:aws:iam::111111111111:saml-provider/x" }`),
		`SC2017 "arn:aws:iam::111111111111:saml-provider/x"`},
	{"trusts",
		trusted(`saml: { providerArn: "arn:aws:iam::111111111111:saml-provider/x", ` +
			`audience: urn:amazon:webservices }`),
		`SC4031 urn:amazon:webservices`},
	{"trusts", trusted(`oidc: { provider: sts.amazonaws.com, audience: a, subject: x }`),
		`SC4031 sts.amazonaws.com`},
	{"trusts", trusted(`cognito: { identityPoolId: eu-west-1_abc }`), `SC2014 eu-west-1_abc`},
	{"trusts", trusted(`cognito: { identityPoolId: "eu-west-1:*" }`), `SC2014 "eu-west-1:*"`},
	{"trusts", trusted(`cognito: { identityPoolId: !Ref Pool }`), ``},
	{"trusts", trusted(`rolesAnywhere: { trustAnchorArn: abc }`), `SC2015 abc`},
	{"trusts",
		trusted(`rolesAnywhere: { trustAnchorArn: !Ref A, subject: { CN: x, "a b": x }, ` +
			`san: { Name/CN: x } }`),
		`SC2014 "a b"`},
	{"trusts",
		trusted(`rolesAnywhere: { trustAnchorArn: "` +
			`arn:aws:rolesanywhere:eu-west-1:111111111111:profile/abc" }`),
		`SC2015 "arn:aws:rolesanywhere:eu-west-1:111111111111:profile/abc"`},
	{"trusts",
		trusted(`service: ec2.amazonaws.com, condition: { StringEquals: { aws:PrincipalOrgID: o-a1b2c3d4e5,` +
			` aws:SourceAccount: "111111111111" }, ` +
			`ArnEqualsIfExists: { aws:PrincipalArn: "arn:aws:iam::111111111111:role/x" } }`),
		`SC4031 aws:PrincipalOrgID`},
	{"trusts",
		trusted(`account: "111111111111", condition: { ArnLike: ` +
			`{ AWS:SourceArn: "arn:aws:ecs:*:111111111111:*" }, ` +
			`StringNotEquals: { aws:SourceAccount: "222222222222" }, Bool: { ` +
			`aws:MultiFactorAuthPresent: "true" } }`),
		`SC4031 AWS:SourceArn`},
	{"trusts",
		trusted(`oidc: { provider: accounts.google.com, audience: a, subject: x }, condition: ` +
			`{ StringEquals: { sts:ExternalId: x } }`),
		`SC4031 sts:ExternalId`},

	{"uses of keys",
		"keys: { k: {} }\nresources: { D: { Type: AWS::RDS::DBInstance, " +
			"Properties: { KmsKeyId: !Ref KKey } } }",
		`SC3041 !Ref KKey`},
	{"uses of keys",
		"keys: { k: { serviceGrants: rds } }\nresources: { D: { Type: AWS::RDS::DBInstance, " +
			"Properties: { KmsKeyId: !Ref KKey } } }",
		``},
	{"uses of keys",
		"keys: { k: {} }\nresources: { D: { Type: AWS::MSK::BatchScramSecret, " +
			"Properties: { SecretArnList: [ !Ref SSecret ] } } }\nsecrets: { s: { key: k } }",
		`SC3042 D`},
	{"uses of keys",
		"keys: { k: {} }\nsecrets: { s: { key: k } }\nprincipals: { m: { service: " +
			"kafka.amazonaws.com } }\ngrants: [ { to: m, allow: describe, secrets: s } ]",
		``},

	{"trusts",
		trusted(`account: "222222222222", condition: { StringEquals: { aws:RequestTag/team: x }, ` +
			`StringLike: { sts:SourceIdentity: "*" } }`),
		`SC4031 aws:RequestTag/team; SC4031 sts:SourceIdentity`},
	{"trusts",
		trusted(`account: "222222222222", sessionTags: true, sourceIdentity: true, condition: ` +
			`{ StringEquals: { aws:RequestTag/team: x }, StringLike: { sts:SourceIdentity: "*" } }`),
		``},
	{"trusts",
		trusted(`podIdentity: true, condition: { StringEquals: ` +
			`{ aws:RequestTag/kubernetes-namespace: pay } }`),
		``},
	{"trusts",
		trusted(`role: p, condition: { StringEquals: { sts:SourceIdentity: bob } }`),
		`SC4031 sts:SourceIdentity`},

	{"deployer", "deployer: d\nprincipals: { d: { " + other + " } }", `SC4007 d`},
	{"deployer", "deployer: d\nprincipals: { d: { existingRole: d } }", `SC4005 d`},
	{"deployer", "deployer: d\nprincipals: { d: { role: {} } }", `SC4007 d`},
	{"deployer", "deployer: d\nprincipals: { d: { service: lambda.amazonaws.com } }", `SC4007 d`},
	{"deployer",
		"deployer: d\n" + `principals: { d: { rolePattern: "arn:aws:iam::111111111111:role/d*" } }`,
		``},

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
		`keys: { k: { import: { arn: "arn:aws:kms:eu-wset-1:111111111111:key/1" } } }`,
		`SC2030 "arn:aws:kms:eu-wset-1:111111111111:key/1"`},
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
}
