package golden

// matrixRow is a kind of principal in an account, as seen from the stack's. unknown: the spec does
// not state its own account, so that an ARN does not tell whether it is of another; a name always
// means the stack's own.
type matrixRow struct {
	kind, account  string
	reader, writer string // the principals, which grants of read and of write are for
	without        string // why there is no such case
}

const (
	sameAccount    = "same"
	otherAccount   = "other"
	unknownAccount = "unknown"
	unknownByName  = "unknown, by name"
)

var matrixRows = []matrixRow{
	{
		kind: "role", account: sameAccount,
		reader: "{ role: { roleName: reader, assumedBy: { podIdentity: true } } }",
		writer: "{ role: { assumedBy: { podIdentity: true } } }",
	},
	{kind: "role", account: otherAccount, without: "a stack creates roles in its own account only"},
	{
		kind: "role", account: unknownAccount,
		reader: "{ role: { roleName: reader, assumedBy: { podIdentity: true } } }",
		writer: "{ role: { assumedBy: { podIdentity: true } } }",
	},

	{
		kind: "existingRole", account: sameAccount,
		reader: "{ existingRole: arn:aws:iam::111111111111:role/team/reader }",
		writer: "{ existingRole: arn:aws:iam::111111111111:role/writer }",
	},
	{
		kind: "existingRole", account: otherAccount,
		reader: "{ existingRole: arn:aws:iam::222222222222:role/team/reader }",
		writer: "{ existingRole: arn:aws:iam::222222222222:role/writer }",
	},
	{
		kind: "existingRole", account: unknownAccount,
		reader: "{ existingRole: arn:aws:iam::222222222222:role/team/reader }",
		writer: "{ existingRole: arn:aws:iam::222222222222:role/writer }",
	},
	{
		kind: "existingRole", account: unknownByName,
		reader: "{ existingRole: reader }",
		writer: "{ existingRole: writer }",
	},

	{
		kind: "existingUser", account: sameAccount,
		reader: "{ existingUser: arn:aws:iam::111111111111:user/team/reader }",
		writer: "{ existingUser: arn:aws:iam::111111111111:user/writer }",
	},
	{
		kind: "existingUser", account: otherAccount,
		reader: "{ existingUser: arn:aws:iam::222222222222:user/team/reader }",
		writer: "{ existingUser: arn:aws:iam::222222222222:user/writer }",
	},
	{
		kind: "existingUser", account: unknownAccount,
		reader: "{ existingUser: arn:aws:iam::222222222222:user/team/reader }",
		writer: "{ existingUser: arn:aws:iam::222222222222:user/writer }",
	},
	{
		kind: "existingUser", account: unknownByName,
		reader: "{ existingUser: reader }",
		writer: "{ existingUser: writer }",
	},

	{
		kind: "existingGroup", account: sameAccount,
		reader: "{ existingGroup: arn:aws:iam::111111111111:group/team/readers }",
		writer: "{ existingGroup: arn:aws:iam::111111111111:group/writers }",
	},
	{
		kind: "existingGroup", account: otherAccount,
		reader: "{ existingGroup: arn:aws:iam::222222222222:group/team/readers }",
		writer: "{ existingGroup: arn:aws:iam::222222222222:group/writers }",
	},
	{
		kind: "existingGroup", account: unknownAccount,
		reader: "{ existingGroup: arn:aws:iam::222222222222:group/team/readers }",
		writer: "{ existingGroup: arn:aws:iam::222222222222:group/writers }",
	},
	{
		kind: "existingGroup", account: unknownByName,
		reader: "{ existingGroup: readers }",
		writer: "{ existingGroup: writers }",
	},

	{
		kind: "rolePattern", account: sameAccount,
		reader: `{ rolePattern: "arn:aws:iam::111111111111:role/reader-*" }`,
		writer: `{ rolePattern: "arn:aws:iam::111111111111:role/writer-*" }`,
	},
	{
		kind: "rolePattern", account: otherAccount,
		reader: `{ rolePattern: "arn:aws:iam::222222222222:role/reader-*" }`,
		writer: `{ rolePattern: "arn:aws:iam::222222222222:role/writer-*" }`,
	},
	{
		kind: "rolePattern", account: unknownAccount,
		reader: `{ rolePattern: "arn:aws:iam::222222222222:role/reader-*" }`,
		writer: `{ rolePattern: "arn:aws:iam::222222222222:role/writer-*" }`,
	},

	{
		kind: "service", account: sameAccount,
		reader: "{ service: events.amazonaws.com }",
		writer: "{ service: scheduler.amazonaws.com }",
	},
	{
		kind: "service", account: otherAccount,
		without: "a service has no account: it is let in on behalf of the secret's",
	},
	{
		kind: "service", account: unknownAccount,
		reader: "{ service: events.amazonaws.com }",
		writer: "{ service: scheduler.amazonaws.com }",
	},

	{
		kind: "account", account: sameAccount,
		reader: `{ account: "111111111111" }`,
		writer: `{ account: "111111111111" }`,
	},
	{
		kind: "account", account: otherAccount,
		reader: `{ account: "222222222222" }`,
		writer: `{ account: "222222222222" }`,
	},
	{
		kind: "account", account: unknownAccount,
		reader: `{ account: "222222222222" }`,
		writer: `{ account: "222222222222" }`,
	},

	{
		kind: "organization", account: sameAccount,
		without: "an organization stands for its other accounts",
	},
	{
		kind: "organization", account: otherAccount,
		reader: "{ organization: o-a1b2c3d4e5 }",
		writer: "{ organization: o-f6g7h8i9j0 }",
	},
	{
		kind: "organization", account: unknownAccount,
		reader: "{ organization: o-a1b2c3d4e5 }",
		writer: "{ organization: o-f6g7h8i9j0 }",
	},

	{
		kind: "organizationPath", account: sameAccount,
		without: "an organization stands for its other accounts",
	},
	{
		kind: "organizationPath", account: otherAccount,
		reader: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*" }`,
		writer: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/" }`,
	},
	{
		kind: "organizationPath", account: unknownAccount,
		reader: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*" }`,
		writer: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/" }`,
	},
}

// matrixAccounts says in the line about a case where its principal is.
var matrixAccounts = map[string]string{
	sameAccount:    "of the same account",
	otherAccount:   "of another account",
	unknownAccount: "of unknown account",
	unknownByName:  "given by name",
}

// matrixKey is a kind of key that encrypts the secret.
type matrixKey struct {
	name, title, about string
	account            string // of an imported key
}

var matrixKeys = []matrixKey{
	{
		name: "none", title: "No key: `aws/secretsmanager`",
		about: "AWS's key",
	},
	{
		name: "created", title: "A key of the spec",
		about: "the spec's key",
	},
	{
		name: "imported", title: "An imported key of the stack's account",
		about: "an imported key", account: "111111111111",
	},
	{
		name: "theirs", title: "An imported key of the principal's account",
		about: "its account's key", account: "222222222222",
	},
	{
		name: "third", title: "An imported key of a third account",
		about: "a third account's key", account: "333333333333",
	},
}

// matrixReplica is a kind of replica that the secret has in another Region.
type matrixReplica struct{ name, title, about string }

var matrixReplicas = []matrixReplica{
	{name: "alone", title: "no replica", about: "no replica"},
	{name: "replica", title: "replica", about: "a replica"},
	{name: "keyed", title: "replica with a key", about: "a keyed replica"},
}
