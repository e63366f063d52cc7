package glob

import "testing"

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		is, want      bool
	}{
		{"db", "db", false, true},
		{"db", "dbs", false, false},
		{"prod-*", "prod-db", true, true},
		{"prod/*", "prod/db/main", true, true},
		{"*", "arn:aws:iam::111111111111:role/a/b", true, true},
		{"d?", "d/", true, true},
		{"[a-c]x", "bx", true, true},
		{"[a-", "a", false, false},
		{"", "", false, true},
	} {
		if Is(c.pattern) != c.is || Match(c.pattern, c.name) != c.want {
			t.Errorf("%q on %q: %v, %v", c.pattern, c.name, Is(c.pattern), Match(c.pattern, c.name))
		}
		if valid := c.pattern != "[a-"; Valid(c.pattern) != valid {
			t.Errorf("%q: %v", c.pattern, !valid)
		}
	}
}
