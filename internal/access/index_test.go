package access

import (
	"fmt"
	"testing"
)

// TestIndexKnowsThatShortARNsArePatterns: IAM completes an ARN of fewer than six parts with wildcards, so that no name finds such a statement.
func TestIndexKnowsThatShortARNsArePatterns(t *testing.T) {
	var all []any
	for i := range 20 {
		all = append(all, object{"Effect": "Allow", "Action": "*", "Resource": fmt.Sprintf("arn:aws:secretsmanager:eu-west-1:111111111111:secret:s%d-??????", i)})
	}
	all = append(all, object{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:secretsmanager"})
	d := document(t, IdentityPolicy, "api", all...)
	if got := d.about("arn:aws:secretsmanager:eu-west-1:111111111111:secret:s3-AbCdEf", "").Statements; len(got) != 2 {
		t.Errorf("found %v", got)
	}
}
