package aws

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// passwordWords end the names of what is a secret as a whole, whatever is written there.
var passwordWords = []string{"passphrase", "passcode", "passwd", "password"}

// secretWords end the names of other secrets. What stands there may also be a group of settings of
// which only some are secret.
var secretWords = []string{
	"accesskey", "accountkey", "apikey", "apikeys", "authkey", "credential", "credentials",
	"decryptionkey", "encryptionkey", "hmackey", "jwtkey", "licensekey", "masterkey",
	"presharedkey", "privatekey", "privatekeys", "secret", "secretkey", "sessionkey", "sharedkey",
	"signingkey", "token",
}

// shortWords name a secret only as words of their own: DB_PASS, and not compass.
var shortWords = []string{"pass", "psk", "pw", "pwd"}

// verbs begin the names of switches: ManageMasterUserPassword, GeneratePassword.
var verbs = []string{
	"allow", "create", "describe", "disable", "enable", "enabled", "force", "generate", "get",
	"has",
	"hide", "is", "list", "manage", "managed", "no", "put", "require", "requires", "rotate",
	"should",
	"show", "skip", "use", "uses", "validate", "with", "without",
}

// qualifiers may follow the word that tells a secret: PASSWORD_OLD, ApiKeyValue, TOKEN_2.
var qualifiers = []string{
	"b64", "base", "base64", "clear", "cleartext", "current", "dev", "hex", "literal", "live",
	"new",
	"next", "old", "plain", "plaintext", "previous", "primary", "prod", "production", "raw",
	"secondary", "staging", "string", "test", "text", "value",
}

// noSecrets are names that end like those of secrets and are none: what makes a call repeatable or
// goes on with a list, the function of a custom resource, keys of KMS, which are named and never
// shown.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
var noSecrets = []string{
	"clientrequesttoken", "clienttoken", "continuationtoken", "idempotencytoken",
	"kmsencryptionkey",
	"nexttoken", "paginationtoken", "servicetoken", "versiontoken",
}

// SoundsSecret says whether a name is that of a secret: of an environment variable, a field, a
// property, a key or an argument, in any spelling. Names that only speak of one do not
// (PasswordLength, SecretArn, TOKEN_URL, PASSWORD_FILE, ManageMasterUserPassword).
func SoundsSecret(name string) bool { return heard(secretSound, name) }

// SoundsLikePassword says whether a name is that of a password or passphrase: what stands there is
// secret as a whole, even a list or a mapping.
func SoundsLikePassword(name string) bool { return heard(passwordSound, name) }

// soundsLike says whether a name ends in one of the words, qualifiers left out.
func soundsLike(name string, lists ...[]string) bool {
	words := wordsOf(name[strings.LastIndexByte(name, ':')+1:]) // of an action, without its service
	if len(words) == 0 || len(words) > 1 && slices.Contains(verbs, words[0]) {
		return false
	}
	joined := strings.Join(words, "")
	if joined == "authorization" || joined == "secretstring" {
		return true
	}
	for len(words) > 1 && isQualifier(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if slices.Contains(shortWords, words[len(words)-1]) {
		return true
	}
	joined = strings.Join(words, "")
	if slices.Contains(noSecrets, joined) {
		return false
	}
	for _, verb := range []string{"enable", "generate", "manage"} { // all in one case, too
		if strings.HasPrefix(joined, verb) {
			return false
		}
	}
	for _, list := range lists {
		for _, word := range list {
			if strings.HasSuffix(joined, word) {
				return true
			}
		}
		if endsMisspelt(joined, words[len(words)-1], list) {
			return true
		}
	}
	return false
}

func isQualifier(word string) bool {
	number := strings.TrimPrefix(word, "v")
	isNumber := number != "" && strings.Trim(number, "0123456789") == ""
	return isNumber || slices.Contains(qualifiers, word)
}

// wordsOf divides a name into words in lower case: at what is no letter or digit, before a capital
// that follows a small letter, before the last capital of several, and around digits.
func wordsOf(name string) []string {
	if isSmall(name) {
		return []string{name}
	}
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, string(word))
		}
		word = nil
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if i > 0 && len(word) > 0 {
			before := runes[i-1]
			next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsUpper(before) && next) ||
				unicode.IsDigit(r) && !unicode.IsDigit(before) &&
					!strings.ContainsRune("vVbB", before) {
				flush()
			}
		}
		word = append(word, unicode.ToLower(r))
	}
	flush()
	return words
}

// isSmall says whether a name is one word of small letters.
func isSmall(name string) bool {
	for i := range len(name) {
		if name[i] < 'a' || name[i] > 'z' {
			return false
		}
	}
	return name != ""
}

// CredentialAt says whether a property of a CloudFormation resource holds a credential. The path
// has the names of the properties from the resource's Properties on; an element of a list, or an
// entry of a mapping that is keyed by names of the user's, may be "*". Of a type that the table
// does not know, of mappings with names of the user's (environment variables) and of properties
// that are newer than the table, the last name decides (SoundsSecret).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds
func CredentialAt(resourceType string, path []string) bool {
	if len(path) == 0 {
		return false
	}
	if InTable(resourceType, path) {
		return true
	}
	if matches(speaksOfCredentials()[resourceType], path) {
		return false
	}
	last := len(path) - 1
	for last > 0 && path[last] == "*" {
		last--
	}
	return SoundsSecret(path[last])
}

// CredentialTypes returns the types of which the table has properties, sorted.
func CredentialTypes() []string { return slices.Sorted(maps.Keys(credentialPaths())) }

// InTable says whether the table has a property, or one above it: then everything below it is
// secret.
func InTable(resourceType string, path []string) bool {
	return matches(credentialPaths()[resourceType], path)
}

// CredentialsBelow returns the names of the properties below a path that the table has, or through
// which it leads to one.
func CredentialsBelow(resourceType string, above []string) []string {
	var names []string
	for _, pattern := range credentialPaths()[resourceType] {
		parts := strings.Split(pattern, "/")
		if len(parts) <= len(above) || parts[len(above)] == "*" {
			continue
		}
		if len(above) > 0 && !matches([]string{strings.Join(parts[:len(above)], "/")}, above) {
			continue
		}
		names = append(names, parts[len(above)])
	}
	return names
}

// MeansSecretString says whether a property that a resource of AWS::SecretsManager::Secret does not
// have is another word for the secret's value.
func MeansSecretString(resourceType string, path []string) bool {
	return resourceType == "AWS::SecretsManager::Secret" && len(path) == 1 &&
		slices.ContainsFunc(wordsForSecretString,
			func(word string) bool { return strings.EqualFold(word, path[0]) })
}

// NotMisspelt says whether a property is one of its own that is named nearly like one that holds a
// credential, or leads to one.
func NotMisspelt(property string) bool { return slices.Contains(besideCredentials, property) }

// matches says whether one of the patterns is the path or a beginning of it.
func matches(patterns []string, path []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		for i := 0; ; i++ {
			name, rest, more := strings.Cut(pattern, "/")
			if i >= len(path) || name != "*" && name != path[i] {
				return false
			}
			if !more {
				return true
			}
			pattern = rest
		}
	})
}

// statedWords end the names of properties that hold a secret whatever their resource.
var statedWords = []string{
	"accesstoken", "apikey", "authtoken", "clientsecret", "oauthtoken", "presharedkey",
	"privatekey",
	"secretaccesskey", "secretkey", "secretstring", "secrettoken",
}

// HoldsCredential says whether a property of this name holds a credential, whatever its resource:
// MasterUserPassword, SecretString, AuthToken and the like. It says so of fewer names than
// SoundsSecret, so that it may be asked of names that people give to things, too. CredentialAt
// knows more where the resource is known.
func HoldsCredential(property string) bool {
	return heard(credentialSound, property)
}

// NamedMembers are the members that hold a name and its value in lists of named values: environment
// variables, headers, options, parameters.
var NamedMembers = [][2]string{
	{"Name", "Value"}, {"Key", "Value"}, {"name", "value"}, {"key", "value"},
	{
		"OptionName",
		"Value",
	}, {"ParameterKey", "ParameterValue"}, {"ParameterName", "ParameterValue"},
	{"HeaderName", "HeaderValue"}, {"AttributeName", "AttributeValue"},
}

// ValueOfSecret returns the member of an object that holds a secret because another member says
// so, by a name (Name: DB_PASSWORD, Value: …) or a flag (IsValueSecret: true), and how the secret
// is called; "": there is none. Get returns a member's text, or "". Where another member says
// that the value is the name of a secret or parameter (Type: SECRETS_MANAGER), it is none.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codebuild-project-environmentvariable.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-events-connection-parameter.html
func ValueOfSecret(get func(member string) string) (member, name string) {
	switch get("Type") {
	case "SECRETS_MANAGER", "PARAMETER_STORE":
		return "", ""
	}
	if strings.EqualFold(get("IsValueSecret"), "true") {
		return "Value", "Value"
	}
	for _, members := range NamedMembers {
		if name := get(members[0]); SoundsSecret(name) {
			return members[1], name
		}
	}
	return "", ""
}

// NoSecretText says whether a text that stands under the name of a secret is certainly none:
// nothing, a flag, the name of what is kept elsewhere (an ARN, an alias and, unless the name is
// that of a password, the path of a secret or parameter).
func NoSecretText(name, text string) bool {
	switch strings.ToLower(text) {
	case "", "true", "false", "yes", "no", "null", "none":
		return true
	}
	return isARN(text) || strings.HasPrefix(text, "alias/") ||
		isSecretPath(text) && !SoundsLikePassword(name)
}

// NoCredentialText says whether a text that stands where CloudFormation takes a credential is none:
// nothing or, in other resources than secrets, the ARN of one.
func NoCredentialText(resourceType, text string) bool {
	return text == "" || resourceType != "AWS::SecretsManager::Secret" && isARN(text)
}

// isARN says whether a text begins as an ARN does.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func isARN(text string) bool { return strings.HasPrefix(text, "arn:") }

// isSecretPath says whether a text looks like the name of a secret or parameter: small words with
// slashes between them.
func isSecretPath(text string) bool {
	if !strings.Contains(strings.Trim(text, "/"), "/") || len(text) > len("/")+MaxSecretName {
		return false
	}
	for part := range strings.SplitSeq(strings.Trim(text, "/"), "/") {
		digits := 0
		for _, r := range part {
			if r >= '0' && r <= '9' {
				digits++
			} else if (r < 'a' || r > 'z') && r != '-' && r != '_' && r != '.' {
				return false
			}
		}
		if part == "" || digits*2 >= len(part) {
			return false
		}
	}
	return true
}
