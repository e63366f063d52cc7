package secretctl_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The matrix is one golden case for every kind of principal, account of the principal, kind of key and kind of replica that there can be together.
// Its specs are made from the tables below, and docs/placement.md is made from what the cases expect.

const placementPage = "docs/placement.md"

// matrixRow is a kind of principal in an account, as seen from the stack's. unknown: the spec does not state its own account, so that an ARN does
// not tell whether it is of another; a name always means the stack's own.
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
	{kind: "role", account: sameAccount, reader: "{ role: { roleName: reader, assumedBy: { podIdentity: true } } }", writer: "{ role: { assumedBy: { podIdentity: true } } }"},
	{kind: "role", account: otherAccount, without: "a stack creates roles in its own account only"},
	{kind: "role", account: unknownAccount, reader: "{ role: { roleName: reader, assumedBy: { podIdentity: true } } }", writer: "{ role: { assumedBy: { podIdentity: true } } }"},

	{kind: "existingRole", account: sameAccount, reader: "{ existingRole: arn:aws:iam::111111111111:role/team/reader }", writer: "{ existingRole: arn:aws:iam::111111111111:role/writer }"},
	{kind: "existingRole", account: otherAccount, reader: "{ existingRole: arn:aws:iam::222222222222:role/team/reader }", writer: "{ existingRole: arn:aws:iam::222222222222:role/writer }"},
	{kind: "existingRole", account: unknownAccount, reader: "{ existingRole: arn:aws:iam::222222222222:role/team/reader }", writer: "{ existingRole: arn:aws:iam::222222222222:role/writer }"},
	{kind: "existingRole", account: unknownByName, reader: "{ existingRole: reader }", writer: "{ existingRole: writer }"},

	{kind: "existingUser", account: sameAccount, reader: "{ existingUser: arn:aws:iam::111111111111:user/team/reader }", writer: "{ existingUser: arn:aws:iam::111111111111:user/writer }"},
	{kind: "existingUser", account: otherAccount, reader: "{ existingUser: arn:aws:iam::222222222222:user/team/reader }", writer: "{ existingUser: arn:aws:iam::222222222222:user/writer }"},
	{kind: "existingUser", account: unknownAccount, reader: "{ existingUser: arn:aws:iam::222222222222:user/team/reader }", writer: "{ existingUser: arn:aws:iam::222222222222:user/writer }"},
	{kind: "existingUser", account: unknownByName, reader: "{ existingUser: reader }", writer: "{ existingUser: writer }"},

	{kind: "existingGroup", account: sameAccount, reader: "{ existingGroup: arn:aws:iam::111111111111:group/team/readers }", writer: "{ existingGroup: arn:aws:iam::111111111111:group/writers }"},
	{kind: "existingGroup", account: otherAccount, reader: "{ existingGroup: arn:aws:iam::222222222222:group/team/readers }", writer: "{ existingGroup: arn:aws:iam::222222222222:group/writers }"},
	{kind: "existingGroup", account: unknownAccount, reader: "{ existingGroup: arn:aws:iam::222222222222:group/team/readers }", writer: "{ existingGroup: arn:aws:iam::222222222222:group/writers }"},
	{kind: "existingGroup", account: unknownByName, reader: "{ existingGroup: readers }", writer: "{ existingGroup: writers }"},

	{kind: "rolePattern", account: sameAccount, reader: `{ rolePattern: "arn:aws:iam::111111111111:role/reader-*" }`, writer: `{ rolePattern: "arn:aws:iam::111111111111:role/writer-*" }`},
	{kind: "rolePattern", account: otherAccount, reader: `{ rolePattern: "arn:aws:iam::222222222222:role/reader-*" }`, writer: `{ rolePattern: "arn:aws:iam::222222222222:role/writer-*" }`},
	{kind: "rolePattern", account: unknownAccount, reader: `{ rolePattern: "arn:aws:iam::222222222222:role/reader-*" }`, writer: `{ rolePattern: "arn:aws:iam::222222222222:role/writer-*" }`},

	{kind: "service", account: sameAccount, reader: "{ service: events.amazonaws.com }", writer: "{ service: scheduler.amazonaws.com }"},
	{kind: "service", account: otherAccount, without: "a service has no account: it is let in on behalf of the secret's"},
	{kind: "service", account: unknownAccount, reader: "{ service: events.amazonaws.com }", writer: "{ service: scheduler.amazonaws.com }"},

	{kind: "account", account: sameAccount, reader: `{ account: "111111111111" }`, writer: `{ account: "111111111111" }`},
	{kind: "account", account: otherAccount, reader: `{ account: "222222222222" }`, writer: `{ account: "222222222222" }`},
	{kind: "account", account: unknownAccount, reader: `{ account: "222222222222" }`, writer: `{ account: "222222222222" }`},

	{kind: "organization", account: sameAccount, without: "an organization stands for its other accounts"},
	{kind: "organization", account: otherAccount, reader: "{ organization: o-a1b2c3d4e5 }", writer: "{ organization: o-f6g7h8i9j0 }"},
	{kind: "organization", account: unknownAccount, reader: "{ organization: o-a1b2c3d4e5 }", writer: "{ organization: o-f6g7h8i9j0 }"},

	{kind: "organizationPath", account: sameAccount, without: "an organization stands for its other accounts"},
	{kind: "organizationPath", account: otherAccount, reader: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*" }`, writer: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/" }`},
	{kind: "organizationPath", account: unknownAccount, reader: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*" }`, writer: `{ organizationPath: "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/" }`},
}

// matrixKey is a kind of key that encrypts the secret.
type matrixKey struct {
	name, title string
	account     string // of an imported key
}

var matrixKeys = []matrixKey{
	{name: "none", title: "No key: `aws/secretsmanager`"},
	{name: "created", title: "A key of the spec"},
	{name: "imported", title: "An imported key of the stack's account", account: "111111111111"},
	{name: "theirs", title: "An imported key of the principal's account", account: "222222222222"},
	{name: "third", title: "An imported key of a third account", account: "333333333333"},
}

// matrixReplica is a kind of replica that the secret has in another Region.
type matrixReplica struct{ name, title string }

var matrixReplicas = []matrixReplica{
	{name: "alone", title: "no replica"},
	{name: "replica", title: "replica"},
	{name: "keyed", title: "replica with a key"},
}

// matrixCase is one combination.
type matrixCase struct {
	row     matrixRow
	key     matrixKey
	replica matrixReplica
}

func matrix() []matrixCase {
	var all []matrixCase
	for _, row := range matrixRows {
		for _, key := range matrixKeys {
			for _, replica := range matrixReplicas {
				if c := (matrixCase{row, key, replica}); c.without() == "" {
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// without says why there is no such case, or nothing.
func (c matrixCase) without() string {
	if c.row.without == "" && c.key.name == "theirs" {
		return c.row.withoutTheirs()
	}
	return c.row.without
}

// withoutTheirs says why there is no key of the principal's account besides one of the stack's, or nothing.
func (r matrixRow) withoutTheirs() string {
	switch {
	case r.kind == "service":
		return "a service has no account: it is let in on behalf of the secret's"
	case strings.HasPrefix(r.kind, "organization"):
		return "an organization is no single account"
	case r.account != otherAccount:
		return "the account is the stack's, or cannot be told from it"
	}
	return ""
}

// dir is the folder of the golden case.
func (c matrixCase) dir() string {
	var kind strings.Builder
	for _, r := range c.row.kind {
		if 'A' <= r && r <= 'Z' {
			kind.WriteByte('-')
		}
		kind.WriteString(strings.ToLower(string(r)))
	}
	account := strings.ReplaceAll(c.row.account, ", ", "-")
	account = strings.ReplaceAll(account, " ", "-")
	return filepath.Join(goldenDir, "matrix", strings.Join([]string{kind.String(), account, c.key.name, c.replica.name}, "-"))
}

// stated says whether the spec states its account and Region.
func (c matrixCase) stated() bool {
	return c.row.account == sameAccount || c.row.account == otherAccount
}

// files are what the folder holds besides want.
func (c matrixCase) files() tree {
	var b strings.Builder
	b.WriteString("version: 1\nstack: matrix\n")
	if c.stated() {
		b.WriteString("environment: { account: \"111111111111\", region: eu-west-1 }\n")
	}
	secret, keys := "name: app/db", ""
	if c.key.name != "none" {
		secret += ", key: app"
	}
	switch {
	case c.key.name == "created", c.key.name == "none" && c.replica.name == "keyed":
		keys = "  app: {}\n"
	case c.key.name == "imported" && !c.stated(): // an ARN would name an account, which may be another than the stack's
		keys = "  app: { import: { alias: alias/app } }\n"
	case c.key.account != "":
		keys = importedKey("app", "eu-west-1", c.key.account)
	}
	replicaKey := "app"
	if c.key.account != "" && c.replica.name == "keyed" {
		replicaKey = "copies"
		keys += importedKey(replicaKey, "us-east-1", c.key.account)
	}
	switch c.replica.name {
	case "replica":
		secret += ", replicas: [ { region: us-east-1 } ]"
	case "keyed":
		secret += ", replicas: [ { region: us-east-1, key: " + replicaKey + " } ]"
	}
	if keys != "" {
		b.WriteString("keys:\n" + keys)
	}
	fmt.Fprintf(&b, "secrets:\n  db: { %s }\n", secret)
	fmt.Fprintf(&b, "principals:\n  reader: %s\n  writer: %s\n", c.row.reader, c.row.writer)
	b.WriteString("grants:\n  - { to: reader, allow: read, secrets: db }\n  - { to: writer, allow: write, secrets: db }\n")
	return tree{"spec.yaml": b.String(), "cmd": "compile spec.yaml -o out\n"}
}

func importedKey(id, region, account string) string {
	return fmt.Sprintf("  %s: { import: { arn: arn:aws:kms:%s:%s:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030 } }\n", id, region, account)
}

// TestMatrix holds the folders of the matrix to its tables, and docs/placement.md to what the folders expect. -update writes all of them.
func TestMatrix(t *testing.T) {
	folders := goldenDirs(t, "matrix/*")
	cells := map[string]string{}
	for _, c := range matrix() {
		folders = slices.DeleteFunc(folders, func(name string) bool { return name == c.dir() })
		if *update {
			c.write(t)
		}
		for name, text := range c.files() {
			if have, err := os.ReadFile(filepath.Join(c.dir(), name)); string(have) != text {
				t.Errorf("%s/%s is not what the matrix says; run: go test . -run TestMatrix -update (%v)\n%s", c.dir(), name, err, lineDiff(text, string(have)))
			}
		}
		cells[c.dir()] = cell(t, readTree(t, filepath.Join(c.dir(), "want")))
	}
	for _, name := range folders {
		t.Errorf("%s is no case of the matrix", name)
	}
	data, err := os.ReadFile(placementPage)
	if err != nil {
		t.Fatal(err)
	}
	const heading = "\n## Every combination\n"
	page, _, _ := strings.Cut(string(data), heading)
	keep(t, placementPage, string(data), page+heading+matrixTables(cells))
}

// write makes the folder what the matrix and the compiler say.
func (c matrixCase) write(t *testing.T) {
	t.Helper()
	for name, text := range c.files() {
		writeFile(t, filepath.Join(c.dir(), name), text)
	}
	golden := readCase(t, c.dir())
	golden.update(t, golden.run(t, golden.files).want(golden))
}

// matrixTables writes a table for every kind of key, whose rows are the principals and whose columns are the replicas.
func matrixTables(cells map[string]string) string {
	var b strings.Builder
	for _, key := range matrixKeys {
		fmt.Fprintf(&b, "\n### %s\n\n| principal | account |", key.title)
		for _, replica := range matrixReplicas {
			fmt.Fprintf(&b, " %s |", replica.title)
		}
		b.WriteString("\n|---|---|" + strings.Repeat("---|", len(matrixReplicas)) + "\n")
		for _, row := range matrixRows {
			if key.name == "theirs" && row.withoutTheirs() != "" {
				continue
			}
			fmt.Fprintf(&b, "| `%s` | %s |", row.kind, row.account)
			for _, replica := range matrixReplicas {
				fmt.Fprintf(&b, " %s |", cmp.Or(cells[matrixCase{row, key, replica}.dir()], "–"))
			}
			b.WriteString("\n")
		}
	}
	return b.String() + noCase()
}

// noCase writes a table of the reasons why there is no case.
func noCase() string {
	type reason struct{ key, why string }
	var order []reason
	principals := map[reason][]string{}
	for _, row := range matrixRows {
		r := reason{"any", row.without}
		if r.why == "" {
			r = reason{"of the principal's account", row.withoutTheirs()}
		}
		if r.why == "" {
			continue
		}
		if principals[r] == nil {
			order = append(order, r)
		}
		principals[r] = append(principals[r], "`"+row.kind+"` "+row.account)
	}
	text := "\n### No case\n\n| principal | key | why |\n|---|---|---|\n"
	for _, r := range order {
		text += fmt.Sprintf("| %s | %s | %s |\n", strings.Join(principals[r], "; "), r.key, r.why)
	}
	return text
}

// cell says in a few words which documents a case writes and which it hands over, or that it is refused, from the files that it wants.
func cell(t *testing.T, want tree) string {
	t.Helper()
	if want["exit"] != "" {
		var links []string
		for _, code := range slices.Compact(codes(onlyErrors(want["stderr"]))) {
			links = append(links, fmt.Sprintf("[%s](diagnostics/%s.md)", code, code))
		}
		return "refused: " + strings.Join(links, ", ")
	}
	var plan struct {
		Stacks   []struct{ Kind, Account, Template string }
		HandOver []struct{ Document, Of, Account, Because string }
	}
	if err := json.Unmarshal([]byte(want["out/plan.json"]), &plan); err != nil {
		t.Fatal(err)
	}
	written, handed := map[string]bool{}, map[string]bool{}
	for _, stack := range plan.Stacks {
		for _, document := range documentsOf(t, want["out/"+stack.Template]) {
			switch stack.Kind {
			case "access":
				document += " (" + stack.Account + ")"
			case "keys":
				document = "replica's " + document
			}
			written[document] = true
		}
	}
	mark := ""
	for _, h := range plan.HandOver {
		if strings.HasPrefix(h.Because, "creation of ") {
			mark = " †"
			continue
		}
		document, _, _ := strings.Cut(h.Document, " ")
		if document == "key" && strings.Contains(h.Of, ":us-east-1:") {
			document = "replica's " + document
		}
		if h.Account != "" {
			document += " (" + h.Account + ")"
		}
		handed[document] = true
	}
	text := inOrder(written)
	if len(handed) > 0 {
		if text != "" {
			text += "; "
		}
		text += "hand over: " + inOrder(handed)
	}
	return text + mark
}

// onlyErrors leaves out the warnings and notes of a text.
func onlyErrors(stderr string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(stderr, "\n"), func(line string) bool { return !strings.Contains(line, ": error[") }), "\n")
}

// documentsOf names the documents of a template that say anything about a grant.
func documentsOf(t *testing.T, template string) []string {
	t.Helper()
	var parsed struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				KeyPolicy struct{ Statement []struct{ Sid string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(template), &parsed); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range parsed.Resources {
		switch r.Type {
		case "AWS::IAM::ManagedPolicy":
			all = append(all, "identity")
		case "AWS::SecretsManager::ResourcePolicy":
			all = append(all, "resource")
		case "AWS::KMS::Key":
			for _, s := range r.Properties.KeyPolicy.Statement {
				if s.Sid == "" { // every key's own statements have one
					all = append(all, "key")
				}
			}
		}
	}
	return all
}

// inOrder lists documents as a grant meets them.
func inOrder(set map[string]bool) string {
	place := func(document string) int {
		return slices.IndexFunc([]string{"identity", "resource", "key", "replica"}, func(word string) bool { return strings.HasPrefix(document, word) })
	}
	return strings.Join(slices.SortedFunc(maps.Keys(set), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a, b))
	}), " + ")
}
