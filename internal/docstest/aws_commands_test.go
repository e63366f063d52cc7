package docstest

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/expect"
)

// awsCommands are the commands of the AWS CLI that pages may use, with the options of each that
// take a value and, behind a bar, those that take none. Each is a page of
// https://docs.aws.amazon.com/cli/latest/reference/ as SERVICE/COMMAND.html.
var awsCommands = map[string]string{
	"cloudformation continue-update-rollback": "stack-name role-arn resources-to-skip |",
	"cloudformation delete-stack":             "stack-name role-arn deletion-mode retain-resources |",
	"cloudformation deploy": "template-file stack-name s3-bucket parameter-overrides capabilities " +
		"role-arn tags | no-fail-on-empty-changeset no-execute-changeset " +
		"disable-rollback",
	"cloudformation describe-stack-events":   "stack-name max-items |",
	"cloudformation get-template":            "stack-name template-stage |",
	"kms cancel-key-deletion":                "key-id |",
	"kms describe-key":                       "key-id |",
	"logs tail":                              "since format filter-pattern | follow",
	"secretsmanager describe-secret":         "secret-id |",
	"secretsmanager get-secret-value":        "secret-id version-id version-stage |",
	"secretsmanager list-secret-version-ids": "secret-id | include-deprecated",
	"secretsmanager restore-secret":          "secret-id |",
	"secretsmanager rotate-secret":           "secret-id | rotate-immediately",
	"secretsmanager update-secret-version-stage": "secret-id version-stage " +
		"remove-from-version-id move-to-version-id |",
	"sts get-caller-identity": " |",
}

// TestEveryCommandOfAWSIsUsed: the table has no command that no page shows.
func TestEveryCommandOfAWSIsUsed(t *testing.T) {
	expect.InRoot(t)
	var all strings.Builder
	for _, name := range pages(t) {
		words := strings.Fields(expect.Read(t, name))
		all.WriteString(strings.Join(words, " "))
	}
	for command := range awsCommands {
		if !strings.Contains(all.String(), "aws "+command) {
			t.Errorf("no page shows aws %s", command)
		}
	}
}
