package aws

import (
	"slices"
	"strings"
	"testing"
)

// some returns characters that look as if somebody had drawn them. No example below stands in this
// file as a whole, so that what looks for credentials in repositories finds none.
func some(characters string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = characters[(i*i*7+i*3)%len(characters)]
	}
	return string(out)
}

const (
	small   = "abcdefghjkmnpqrstuvwxyz23456789"
	letters = "aBcDeFgHjKmNpQrStUvWxYz23456789"
	hexes   = "0123456789abcdef"
	base32  = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
)

// TestForms: every form is found, in the midst of a text and by itself, and each has an example.
func TestForms(t *testing.T) {
	key, sid := some(letters, 32), some(hexes, 32)
	has := make([]bool, len(forms))
	for _, c := range []struct{ before, credential, after string }{
		{"postgres://app:", "Tr0mb0ne", "@db/app"},
		{"//app:", "Tr0mb0ne", "@db.example.com/app"},
		{"//:", "Tr0mb0ne", "@cache:6379"},
		{"//app:", "Tr0mb0ne", "@\uE000/app"},
		{"app:", "Tr0mb0ne", "@tcp(db:3306)/app"},
		{"app:", "Tr@mb0ne", "@unix(/tmp/mysql.sock)/app"},
		{"jdbc:oracle:thin:app/", "Tr0mb0ne", "@//db:1521/app"},
		{"AKIAIOSFODNN7" + "EXAMPLE ", some(letters, 40), ""},
		{"AC" + sid + ":", key, ""},
		{"SK" + sid + " / ", key, ""},
		{"-----BEGIN " + "PRIVATE KEY-----", "\nMIIE\n", "-----END PRIVATE KEY-----"},
		{"-----BEGIN PGP " + "PRIVATE KEY BLOCK-----", "\nlQOY\n", "-----END PGP PRIVATE KEY BLOCK-----"},
		{"Bearer ", "Tr0mb0ne", ""},
		{"", "eyJ" + some(letters, 20) + ".eyJ" + some(letters, 20) + "." + key, ""},
		{"", "gh" + "p_" + some(letters, 36), ""},
		{"", "gh" + "s_123456_eyJ" + some(letters, 20) + ".eyJ" + some(letters, 20) + "." + key, ""},
		{"", "github_" + "pat_" + some(letters, 22) + "_" + some(letters, 59), ""},
		{"", "gl" + "pat-" + some(letters, 20), ""},
		{"", "gl" + "pat-" + some(letters, 27) + ".01.0w1" + some(small, 6), ""},
		{"", "gl" + "agent-" + some(letters, 50), ""},
		{"", "gl" + "rt-" + some(letters, 20), ""},
		{"", "xo" + "xb-123456789012-123456789012-" + some(letters, 24), ""},
		{"", "xa" + "pp-1-A0123456789-1234567890123-" + some(hexes, 64), ""},
		{"https://hooks.slack" + ".com/services/", "T01234567/B01234567/" + some(letters, 24), ""},
		{"", "sk" + "_live_" + some(letters, 24), ""},
		{"", "sk" + "_test_" + some(letters, 24), ""},
		{"", "rk" + "_test_" + some(letters, 24), ""},
		{"", "wh" + "sec_" + some(letters, 32), ""},
		{"", "np" + "m_" + some(letters, 36), ""},
		{"", "py" + "pi-AgEIcHlwaS5vcmc" + some(letters, 100), ""},
		{"", "S" + "G." + some(letters, 22) + "." + some(letters, 43), ""},
		{"", "AI" + "zaSy" + some(letters, 33), ""},
		{"", "sk" + "-ant-api03-" + some(letters, 93) + "AA", ""},
		{"", "sk" + "-proj-" + some(letters, 74) + "T3Blbk" + "FJ" + some(letters, 74), ""},
		{"", "sk" + "-" + some(letters, 20) + "T3Blbk" + "FJ" + some(letters, 20), ""},
		{"", "h" + "f_" + some(letters, 34), ""},
		{"", "dckr" + "_pat_" + some(letters, 27), ""},
		{"", "dckr" + "_oat_" + some(letters, 32), ""},
		{"", "do" + "p_v1_" + some(hexes, 64), ""},
		{"", "da" + "pi" + sid, ""},
		{"", "da" + "pi" + sid + "-2", ""},
		{"", "sh" + "pat_" + sid, ""},
		{"", "sh" + "pss_" + sid, ""},
		{"https://a.blob.core.windows.net/c?sv=2022-11-02&sr=c&sig=", some(letters, 41) + "%2B%3D", "&se=2027"},
		{"SharedAccessSignature sr=a&sig=", some(letters, 43) + "=", "&se=1"},
		{"", "AGE-SECRET" + "-KEY-1" + some(base32, 58), ""},
		{"", "AGE-SECRET" + "-KEY-PQ-1" + some(base32, 58), ""},
		{"", "hv" + "s." + some(letters, 90), ""},
		{"", "dp" + ".pt." + some(letters, 43), ""},
		{"", "dp" + ".st.prd_eu." + some(letters, 43), ""},
	} {
		for i := range forms {
			if forms[i].pattern.MatchString(c.before + c.credential + c.after) {
				has[i] = true
			}
		}
		for _, around := range [][2]string{{"", ""}, {"see ", " and others"}, {`{"x":"`, `"}`}} {
			text := around[0] + c.before + c.credential + c.after + around[1]
			start, end, ok := HasCredential(text)
			if got := text[start:end]; got != c.credential || !ok {
				t.Errorf("HasCredential(%q) = %q, %v; want %q", text, got, ok, c.credential)
			}
		}
	}
	if i := slices.Index(has, false); i >= 0 {
		t.Errorf("no example has the form %s", forms[i].pattern)
	}
}

// TestNoForms: texts that begin like a token or speak of one are none.
func TestNoForms(t *testing.T) {
	for _, text := range []string{
		"the key begins with sk_test_ or sk_live_", "sk_test_...", "ghp_" + strings.Repeat("x", 36),
		"glpat-" + strings.Repeat("X", 20), "AIza" + strings.Repeat("0", 35),
		"task-proj-payments-are-described-in-the-wiki-of-the-team",
		"sk-admin-console-components-of-the-user-interface", "SG.web-tier-internal.load-balancer-group",
		"glrt-runner-one-in-the-frankfurt-region", "ghs_application_role_of_the_manager",
		"task-ant-colony-optimisation-in-production", "SG.example", "SG.a.b", "xapp-migration-2024-11",
		"pypi-server-for-internal-packages", "npm_config_registry", "hf_transformers_cache",
		"dapi", "dapifunctionpointer", "AGE-SECRET-KEY-1", "dckr_pat_...",
		"AC" + some(hexes, 32), "SK" + some(hexes, 32) + " is the key's id",
		"https://hooks.slack.com/services/T000/B000/XXX", "config=1&sig=ok", "design=" + some(letters, 50),
		"hvs.io", "whsec_...", "sha256:" + some(hexes, 64), some(hexes, 40),
		"arn:aws:iam::111111111111:role/skproj", "https://example.com//a:b", "//NOTE:me@example.com",
		"// note: me@example.com", "see //cache:6379", "//registry:5000/app@sha256:" + some(hexes, 64),
		"https://example.com/a//b:c@d", "a@b: c", "dp.st", "dp.com", "12:30@tcp", "joe@tcp(db)/x",
		"//app:${DB_PASSWORD}@db/app", "app:<password>@tcp(db:3306)/app",
		"SKIP", "BACKUP", "sha1:" + some(hexes, 32), "//$USER:$PASSWORD@db",
	} {
		if start, end, ok := HasCredential(text); ok {
			t.Errorf("HasCredential(%q) = %q", text, text[start:end])
		}
	}
}
