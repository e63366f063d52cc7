package aws

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestServiceGrants: every row has a page of AWS's, actions that there are and no CreateGrant,
// which needs a condition of its own; docs/language.md has it.
func TestServiceGrants(t *testing.T) {
	if words := ServiceGrantWords(); !slices.IsSorted(words) || len(words) < 4 {
		t.Errorf("the words are %q", words)
	}
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ServiceGrants {
		row := "| `" + s.Word + "` | [" + s.Name + "](" + s.Page + ") | CreateGrant"
		for _, a := range s.Actions {
			row += ", " + strings.TrimPrefix(a, "kms:")
		}
		if !strings.Contains(string(page), row+" |\n") {
			t.Errorf("docs/language.md has no row\n%s", row)
		}
		if !strings.HasPrefix(s.Page, "https://docs.aws.amazon.com/") || len(s.Via) == 0 ||
			len(s.Types) == 0 || s.Name == "" {
			t.Errorf("the row %q says too little", s.Word)
		}
		if !slices.IsSorted(s.Actions) || !slices.Contains(s.Actions, "kms:DescribeKey") ||
			slices.Contains(s.Actions, "kms:CreateGrant") {
			t.Errorf("the actions of %q are %q", s.Word, s.Actions)
		}
		for _, a := range s.Actions {
			if _, ok := ActionNamed(a); !ok {
				t.Errorf("there is no action %s", a)
			}
		}
		if ServiceGrantOf(s.Word) == nil || ServiceGrantOfType(s.Types[0]+"X") == nil {
			t.Errorf("%q is not found", s.Word)
		}
	}
	if s := ServiceGrantOfType("AWS::RDS::DBCluster"); s == nil || s.Word != "rds" {
		t.Error("clusters are not those of RDS")
	}
	if ServiceGrantOfType("AWS::S3::Bucket") != nil || ServiceGrantOf("s3") != nil {
		t.Error("S3 is in the table, and uses no grants")
	}
}
