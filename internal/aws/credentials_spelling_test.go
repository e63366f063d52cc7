package aws

import "testing"

// TestMisspeltNamesOfSecrets: who misspells the name of a password by a letter has it hidden all
// the same; words of their own that are nearly one are none.
func TestMisspeltNamesOfSecrets(t *testing.T) {
	for name, want := range map[string]bool{
		"PASWORD": true, "PASSWRD": true, "Passwrod": true, "DbPasswort": true, "DBPASWORD": true,
		"passsword": true, "DB_SECRT": true, "clientSecert": true, "API_TOKN": true,
		"TOEKN": true, "Credentail": true, "PASPHRASE": true, "PASWORD_OLD": true,

		"PASSPORT": false, "TAKEN": false, "PASSED": false, "SECRETE": false, "PASSWORDS": false,
		"COMPASS": false, "TOKENS": false, "PASWORD_LENGTH": false, "REGRET": false, "": false,
		"SECTOR": false, "TOGEN_URL": false,
	} {
		if got := SoundsSecret(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
