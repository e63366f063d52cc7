package compile

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/diag"
)

// situations are specs with what generated ones rarely have together.
var situations = map[string]string{
	"verbs that hold calls to arguments": `
keys:
  own: {}
  alias: { import: { alias: theirs } }
  known: { import: { arn: "arn:aws:kms:eu-west-1:111111111111:key/` +
		`11111111-2222-3333-4444-555555555555" } }
principals:
  own: { existingRole: arn:aws:iam::111111111111:role/own }
  hard: { existingRole: arn:aws:iam::111111111111:role/hard }
  far: { existingRole: arn:aws:iam::222222222222:role/far }
  sso: { rolePattern: "arn:aws:iam::111111111111:role/sso/*" }
  rotator: { existingRole: arn:aws:iam::111111111111:role/rotator }
secrets:
  s0: { name: s0, key: own,
    replicas: [{ region: us-east-1, key: own }, { region: eu-north-1, key: own }],
    rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate",
    executionRole: rotator } } }
  s1: { name: s1, key: alias }
  s2: { name: s2, key: known }
  s3: { name: s3, type: PaddleApiKey, value: { empty: true },
    rotation: { rotateImmediatelyOnUpdate: false, external: { role: rotator } } }
  s4: { name: s4 }
  s5: { name: s5, replicas: us-east-1, policy: { denyDelete: true } }
grants:
  - { to: [own, sso], allow: [write, rotate, delete, manage], secrets: [s0, s1, s2, s3, s4] }
  - { to: far, allow: [write, rotate], secrets: [s0, s1, s2] }
  - { to: [own, sso, far], allow: replicate, secrets: s0, regions: us-east-1 }
  - { to: hard, allow: replicate, secrets: s0, regions: eu-north-1 }
  - { to: own, allow: replicate, secrets: s4, regions: us-west-2 }
  - { to: [own, ci], allow: replicate, secrets: s5 }
  - { to: hard, allow: purge, secrets: [s0, s4] }
`,
	"conditions on the Region": `
keys: { own: {} }
principals:
  here: { existingRole: arn:aws:iam::111111111111:role/here }
  there: { existingRole: arn:aws:iam::111111111111:role/there }
  sso: { rolePattern: "arn:aws:iam::111111111111:role/sso/*" }
secrets:
  s0: { name: s0, key: own, replicas: { region: us-east-1, key: own } }
grants:
  - { to: [here, sso], allow: [read, write], secrets: s0,
      when: { condition: { StringEquals: { "aws:RequestedRegion": eu-west-1 } } } }
  - { to: there, allow: read, secrets: s0,
      when: { condition: { StringNotEquals: { "AWS:requestedRegion": eu-west-1 } } } }
`,
	"a service rotates until a day": `
principals:
  p0: { service: events.amazonaws.com }
secrets:
  s0: { name: s0, rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate",
    executionRole: ci } } }
grants:
  - { to: p0, allow: rotate, secrets: s0, until: 2027-01-01 }
`,
	"callers of a function of another account": `
principals:
  own: { existingRole: arn:aws:iam::111111111111:role/own }
  far: { existingRole: arn:aws:iam::222222222222:role/far }
  partner: { account: "333333333333" }
  company: { organization: o-a1b2c3d4e5 }
  rotator: { existingRole: arn:aws:iam::222222222222:role/rotator }
keys:
  app: {}
secrets:
  s0: { name: s0, key: app,
    rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:rotate",
    executionRole: rotator } } }
grants:
  - { to: [own, far, partner, company], allow: rotate, secrets: s0,
      when: { principalTags: { team: red } } }
`,
	"callers of functions without a name": `
principals:
  own: { existingRole: arn:aws:iam::111111111111:role/own }
  far: { existingRole: arn:aws:iam::222222222222:role/far }
  sso: { rolePattern: "arn:aws:iam::111111111111:role/sso/*" }
  idle: { role: { assumedBy: { service: lambda.amazonaws.com } } }
secrets:
  s0: { name: s0, value: &login { generate: {
    secretStringTemplate: { username: app, engine: mysql, host: h },
    generateStringKey: password, excludeCharacters: ":/@\"'\\" } },
    rotation: { rotateImmediatelyOnUpdate: false, hosted: { rotationType: MySQLSingleUser } } }
  s1: { name: s1, value: *login,
    rotation: { rotateImmediatelyOnUpdate: false,
    hosted: { rotationType: MySQLSingleUser, rotationLambdaName: named } } }
  s2: { name: s2 }
grants:
  - { to: [own, far, sso], allow: rotate, secrets: [s0, s1, s2], until: 2027-01-01 }
`,
	"a rotation by a role of another account": `
keys: { own: {} }
principals:
  far: { existingRole: arn:aws:iam::222222222222:role/far }
secrets:
  s0: { name: s0, key: own,
    rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:rotate",
    executionRole: far, superuserSecret: s1 } } }
  s1: { name: s1, key: own, replicas: { region: us-east-1, key: own } }
`,
	"a function of this template in a VPC": `
principals:
  rotator: { role: { assumedBy: { service: lambda.amazonaws.com } } }
  other: { existingRole: arn:aws:iam::111111111111:role/other }
  far: { existingRole: arn:aws:iam::222222222222:role/far }
secrets:
  s0: { name: s0, rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: !GetAtt Rotate.Arn, executionRole: rotator, superuserSecret: s1 } } }
  s1: { name: s1 }
  s2: { name: s2, rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: !GetAtt Rotate.Arn, executionRole: other } } }
grants:
  - { to: [other, far], allow: rotate, secrets: s0 }
resources:
  Rotate:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.13, Handler: rotate.handler, Role: !GetAtt RotatorRole.Arn,
      Code: { S3Bucket: code, S3Key: rotate.zip }, VpcConfig: { SubnetIds: [subnet-1],
      SecurityGroupIds: [sg-1] } }
`,
	"rotations beside guardrails": `
principals:
  rotator: { existingRole: arn:aws:iam::111111111111:role/rotator }
  app: { role: { assumedBy: { service: lambda.amazonaws.com } } }
secrets:
  s0: { name: s0, policy: { onlyFromVpcEndpoints: vpce-0a1b2c3d } }
  s1: { name: s1, policy: { onlyFromVpcs: vpc-0a1b2c3d },
    rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate",
    executionRole: rotator, superuserSecret: s2 } } }
  s2: { name: s2, policy: { onlyFromVpcEndpoints: vpce-0a1b2c3d, onlyOrganization: o-a1b2c3d4e5 } }
  s3: { name: s3, policy: { onlyGrantees: true },
    rotation: { rotateImmediatelyOnUpdate: false,
    lambda: { functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate",
    executionRole: rotator, superuserSecret: s4 } } }
  s4: { name: s4, policy: { onlyGrantees: true } }
grants:
  - { to: app, allow: [read, write], secrets: "*" }
`,
	"everybody under onlyGrantees": `
keys: { own: {}, strict: { iamDelegation: false, admins: [sso, far-from-it] } }
principals:
  sso: { rolePattern: "arn:aws:iam::111111111111:role/sso/*" }
  far-from-it: { role: { assumedBy: { service: lambda.amazonaws.com } } }
  far: { existingRole: arn:aws:iam::222222222222:role/far }
  partner: { account: "333333333333" }
  company: { organization: o-a1b2c3d4e5 }
  branch: { organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*" }
  events: { service: events.amazonaws.com }
secrets:
  s0: { name: s0, key: own, replicas: { region: us-east-1, key: own },
    policy: { onlyGrantees: true } }
  s1: { name: s1, key: strict, policy: { onlyGrantees: true, exempt: [partner, sso] } }
  s2: { name: s2, key: strict, policy: { onlyGrantees: true, requireTls: true, exempt: far } }
  s3: { name: s3, key: own, policy: { onlyOrganization: o-a1b2c3d4e5, exempt: branch } }
  s4: { name: s4, replicas: [us-east-1, eu-north-1], policy: { onlyGrantees: true } }
grants:
  - { to: [sso, partner, branch, events], allow: read, secrets: s0 }
  - { to: [far], allow: write, secrets: s0 }
  - { to: [company, far-from-it], allow: [read, write], secrets: s1 }
  - { to: [company, far, sso], allow: read, secrets: s2 }
  - { to: [events, far], allow: read, secrets: s3 }
  - { to: [far-from-it], allow: [read, replicate, delete, manage, describe, batchRead, list],
      secrets: s4 }
`,
	"actions without a resource, in the Region of a replica": `
principals:
  own: { existingRole: arn:aws:iam::111111111111:role/own }
secrets:
  s0: { name: s0, replicas: us-east-1 }
  s1: { name: s1, condition: IsProd, replicas: us-east-1 }
grants:
  - { to: own, allow: [list, batchRead], secrets: s0, regions: us-east-1 }
  - { to: own, allow: batchRead, secrets: s1, when: { mfa: true } }
conditions: { IsProd: !Equals [a, a] }
`,
	"a secret that may not be there, for another account": `
principals:
  far: { existingRole: arn:aws:iam::222222222222:role/far }
keys: { app: {} }
secrets:
  s0: { name: s0, key: app, condition: IsProd }
grants:
  - { to: far, allow: batchRead, secrets: s0 }
conditions: { IsProd: !Equals [a, a] }
`,
	"a key beside one whose secrets are in more Regions": `
keys: { own: {}, strict: { iamDelegation: false }, other: {} }
principals:
  app: { role: { assumedBy: { service: lambda.amazonaws.com } } }
secrets:
  s0: { name: s0, key: own }
  s1: { name: s1, key: strict }
  s2: { name: s2, key: other, replicas: ap-south-1 }
grants:
  - { to: app, allow: [read, write], secrets: "*" }
`,
}

func TestGrantedIsAllowedAndNothingElseInRareSituations(t *testing.T) {
	if testing.Short() {
		t.Skip("a property of many situations")
	}
	t.Parallel()
	for name, text := range situations {
		text := "version: 1\nstack: rare\nenvironment: { account: \"111111111111\", region: " +
			"eu-west-1 }\ndeployer: ci" + text
		w, found := compiledWorld([]byte(strings.Replace(text, "principals:\n",
			"principals:\n  ci: { existingRole: arn:aws:iam::111111111111:role/ci }\n", 1)))
		if w == nil {
			for _, d := range found {
				t.Errorf("%s: %s", name, d.Says(nil))
			}
			continue
		}
		wrong, _ := w.check()
		for _, message := range wrong {
			t.Errorf("%s: %s", name, message)
		}
	}
}

// Who writes a secret in its own Region alone encrypts the copies too.
func TestGrantedIsAllowedAndNothingElseOrElseRefused(t *testing.T) {
	w, found := compiledWorld([]byte(`
version: 1
stack: rare
environment: { account: "111111111111", region: eu-west-1 }
keys: { own: {} }
principals: { far: { existingRole: arn:aws:iam::222222222222:role/far } }
secrets: { s0: { name: s0, key: own, replicas: us-east-1 } }
grants: [ { to: far, allow: write, secrets: s0, regions: eu-west-1 } ]
`))
	if w != nil || len(found) == 0 || found[0].Code != diag.ReplicaOutOfReach {
		t.Errorf("a writer of another account cannot use aws/secretsmanager of the replica, and "+
			"the findings are %v", found)
	}
}
