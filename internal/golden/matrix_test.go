package golden

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// The matrix is one golden case for every kind of principal, account of the principal, kind of key
// and kind of replica that there can be together. Its specs are made from the tables in
// matrix_table_test.go, and docs/placement.md is made from what the cases expect.

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

// withoutTheirs says why there is no key of the principal's account besides one of the stack's, or
// nothing.
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

// name is the name of the golden case.
func (c matrixCase) name() string {
	var kind strings.Builder
	for _, r := range c.row.kind {
		if 'A' <= r && r <= 'Z' {
			kind.WriteByte('-')
		}
		kind.WriteString(strings.ToLower(string(r)))
	}
	account := strings.ReplaceAll(c.row.account, ", ", "-")
	account = strings.ReplaceAll(account, " ", "-")
	parts := []string{kind.String(), account, c.key.name, c.replica.name}
	return "matrix/" + strings.Join(parts, "-")
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
	case c.key.name == "imported" && !c.stated():
		// An ARN would name an account, which may be another than the stack's.
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
	b.WriteString("grants:\n  - { to: reader, allow: read, secrets: db }\n" +
		"  - { to: writer, allow: write, secrets: db }\n")
	return tree{
		"spec.yaml": b.String(),
		"cmd":       "compile --verbose spec.yaml -o out\n",
		"about":     c.about(),
	}
}

func importedKey(id, region, account string) string {
	const uuid = "21c4b39b-fde2-4273-9ac0-d9bb5c0d0030"
	return fmt.Sprintf("  %s: { import: { arn: arn:aws:kms:%s:%s:key/%s } }\n",
		id, region, account, uuid)
}

// about is the line that says what the case shows.
func (c matrixCase) about() string {
	article := "A"
	if strings.ContainsRune("aeiou", rune(c.row.kind[0])) {
		article = "An"
	}
	return fmt.Sprintf("%s %s %s uses a secret with %s and %s.\n", article, c.row.kind,
		matrixAccounts[c.row.account], c.key.about, c.replica.about)
}

// TestMatrix holds the folders of the matrix to its tables, and docs/placement.md to what the
// folders expect. -update writes all of them.
func TestMatrix(t *testing.T) {
	expect.InRoot(t)
	folders := caseNames(t, "matrix")
	cells := map[string]string{}
	for _, c := range matrix() {
		dir := filepath.Join(goldenDir, filepath.FromSlash(c.name()))
		folders = slices.DeleteFunc(folders, func(name string) bool { return name == c.name() })
		for name, text := range c.files() {
			expect.Kept(t, filepath.Join(dir, name), text)
		}
		if *expect.Update {
			golden := readCase(t, c.name())
			golden.update(t, golden.run(t, golden.files).want(golden))
		}
		cells[c.name()] = cell(t, readTree(t, filepath.Join(dir, "want")))
	}
	for _, name := range folders {
		t.Errorf("%s is no case of the matrix", name)
	}
	const heading = "\n## Every combination\n"
	page, _, _ := strings.Cut(expect.Read(t, placementPage), heading)
	expect.Kept(t, placementPage, page+heading+matrixTables(cells))
}
