package diag

import (
	"strings"
	"testing"
)

func TestIsNear(t *testing.T) {
	for _, c := range []struct {
		word, candidate string
		limit           int
		want            bool
	}{
		{"SecretStrng", "SecretString", 1, true},
		{"secret-sting", "SecretString", 1, true},
		{"MasterUserPaswd", "MasterUserPassword", 2, false},
		{"MasterUserPaswd", "MasterUserPassword", 3, true},
		{strings.Repeat("a", 100), strings.Repeat("a", 100), 3, false},
	} {
		if got := IsNear(c.word, c.candidate, c.limit); got != c.want {
			t.Errorf("IsNear(%q, %q, %d) = %v", c.word, c.candidate, c.limit, got)
		}
	}
}
