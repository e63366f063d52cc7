package aws

import "strings"

// credentialProperties are the properties of CloudFormation resources that hold a secret in the clear when a literal stands
// there, by the last word of their name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds
var credentialProperties = []string{"password", "secretstring", "secretkey", "authtoken", "privatekey", "secretaccesskey", "clientsecret", "apikey", "accesstoken",
	"oauthtoken", "secrettoken", "passphrase"}

// HoldsCredential says whether a CloudFormation property of this name holds a credential: MasterUserPassword, SecretString,
// AuthToken and the like. Names that only speak of one (ManageMasterUserPassword, PasswordLength) do not.
func HoldsCredential(property string) bool {
	name := strings.ToLower(separators.Replace(property)) // API_KEY of an environment, too
	if strings.HasPrefix(name, "manage") || strings.HasPrefix(name, "enable") || strings.HasPrefix(name, "generate") {
		return false
	}
	for _, word := range credentialProperties {
		if strings.HasSuffix(name, word) {
			return true
		}
	}
	return false
}
