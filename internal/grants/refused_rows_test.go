package grants

var refusedRows = []struct{ spec, want string }{
	{`
principals: { g: { existingGroup: "arn:aws:iam::222222222222:group/g" } }
secrets: { db: { name: db } }
grants: { to: g, allow: read, secrets: db }`, `
SC4009 at { to: g: the resource policy of "db" must name "g", which is a group of another
    account, and a policy cannot name a group`},
	{`
principals: { ` + otherRole + ` }
secrets: { db: { name: db }, x: {}, i: { import: { name: i } } }
grants: [{ to: q, allow: [list, read], secrets: db }, { to: q, allow: describe, secrets: x },
    { to: q, allow: read, secrets: i }]`, `
SC4021 at db: the grant of read on "db" to "q" cannot work: the secret is encrypted with
    aws/secretsmanager, which no other account can use
SC4016 at x: the policies of another account must name the secret "x", which has no name
SC4021 at i: the grant of read on "i" to "q" cannot work: the secret is encrypted with
    aws/secretsmanager, which no other account can use
SC4012 at { to: q: the grant of list on "db" to "q" has no effect: list works on the secrets of
    the caller's own account`},
	{`
principals: { ` + otherRole + ` }
keys: { k: {} }
secrets: { db: { name: db, key: k, replicas: us-east-1 } }
grants: [{ to: q, allow: read, secrets: db }, { to: q, allow: write, secrets: db,
    regions: eu-west-1 }]`, `
SC4022 at us-east-1: the grant of read on "db" to "q" and 1 other cannot work in Region
    "us-east-1": the replica is encrypted with aws/secretsmanager, which no other account can
    use`},
	{`
principals: { a: { account: "222222222222" } }
secrets:
  db: { import: { arn: "arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf" } }
grants: { to: a, allow: read, secrets: db }`, `
SC4012 at { to: a: "a" is the account of "db", and a grant to it says nothing that IAM does not
    say already`},
	{deployer + `
principals: { ` + ci + `, g: { existingGroup: g }, u: { existingUser: u },
    r: { role: { assumedBy: { podIdentity: true } } } }
keys: { k: { iamDelegation: false } }
secrets: { db: { name: db, key: k, replicas: { region: us-east-1, key: k } }, x: { key: k } }
grants: { to: [g, u, r], allow: read, secrets: "*" }`, `
SC4016 at x: the policy of key "k" must name the secret "x", which has no name
SC4005 at { to: [g: the policy of key "k" must name "r" by its ARN, which another stack does
    not know
SC4005 at { to: [g: the policy of key "k" must name "u" by its ARN, which is not known from its
    name
SC4009 at { to: [g: group "g" cannot use key "k": its policy must name who uses it, and cannot
    name a group`},
	{deployer + `
principals: { ` + ci + `, g: { existingGroup: g }, u: { existingUser: u },
    s: { service: lambda.amazonaws.com } }
secrets: { db: { policy: { onlyGrantees: true } } }
grants: { to: [g, u, s], allow: read, secrets: db }`, `
SC4005 at { to: [g: onlyGrantees of "db" must name "u" by its ARN, which is not known from its
    name
SC4009 at { to: [g: group "g" cannot be a grantee of "db" under onlyGrantees: a policy does not
    see the groups of a caller`},
	{deployer + `
principals: { ` + ci + `, r: { role: { assumedBy: { podIdentity: true } } } }
keys: { k: { iamDelegation: false, admins: r } }
secrets: { db: { name: db, key: k, replicas: { region: us-east-1, key: k } } }`, `
SC4005 at k: the policy of key "k" in another Region must name "r" by its ARN, which another
    stack does not know`},
	{`
keys: { k: { import: { arn: "arn:aws:kms:eu-west-1:222222222222:key/1" } } }
secrets: { db: { key: k } }`, `
SC4016 at db: the policy of key "k" must name the secret "db", which has no name`},
	{`
principals: { f: { existingRole: "arn:aws:iam::222222222222:role/f" } }
secrets:
  db:
    rotation:
      lambda:
        functionArn: "arn:aws:lambda:eu-west-1:222222222222:function:f"
        executionRole: f`, `
SC4016 at db: the policies of another account must name the secret "db", which has no name
SC4016 at db: the policy of a function of another account must name the secret "db", which has
    no name`},
	{"environment: {}" + `
principals: { svc: { service: lambda.amazonaws.com } }
secrets:
  db: { value: { empty: true }, rotation: { application: { rotationType: MySQLSingleUser } } }
grants: { to: svc, allow: rotate, secrets: db }`, `
SC2016 at { to: svc: the grant of rotate on db to svc needs a statement in the resource policy
    of the function, which must name the account and Region, and the spec does not state them`},
}
