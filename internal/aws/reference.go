package aws

import (
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// variable is a variable of a Fn::Sub, which stands for one part of a dynamic reference.
var variable = lazy.Regexp(`\$\{[^}]*\}`)

// DynamicReference says what is wrong with a dynamic reference to Secrets Manager, without its
// braces and the word resolve, in a clause whose subject it is; "" for others.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func DynamicReference(s string) string {
	if strings.Contains(s, "${") {
		s = variable.ReplaceAllString(s, "x")
	}
	s, ofSecret := strings.CutPrefix(s, "secretsmanager:")
	if !ofSecret {
		return ""
	}
	parts := strings.Split(s, ":")
	if parts[0] == "arn" && len(parts) >= 7 { // the ARN of a secret has colons of its own
		parts = append([]string{strings.Join(parts[:7], ":")}, parts[7:]...)
	}
	for len(parts) < 5 {
		parts = append(parts, "")
	}
	switch {
	case parts[0] == "":
		return "names no secret"
	case parts[1] != "" && parts[1] != "SecretString":
		return "can take SecretString of a secret, and nothing else"
	case len(parts) > 5:
		return "has too many parts"
	case parts[3] != "" && parts[4] != "":
		return "takes a staging label or the id of a version, not both"
	}
	return ""
}

// IsReservedRole says whether a role belongs to AWS by its name: one of IAM Identity Center, or one
// that is linked to a service. Nobody can attach a policy to it.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func IsReservedRole(name string) bool {
	for _, prefix := range []string{ssoPrefix, linkedPrefix} {
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// ReservedPaths are with what the paths of roles that belong to AWS begin, as they stand in ARNs.
// Nobody else can make or change a role there, and the roles there have names that IsReservedRole
// knows.
// https://repost.aws/knowledge-center/identity-center-aws-reserved-sso
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var ReservedPaths = []string{"aws-reserved/", "aws-service-role/"}

const (
	ssoPrefix    = "AWSReservedSSO_"
	linkedPrefix = "AWSServiceRoleFor"
)

// ReservedRolePath returns a pattern of the path and name of a role that belongs to AWS.
func ReservedRolePath(name string) string {
	if len(name) > len(ssoPrefix) && strings.EqualFold(name[:len(ssoPrefix)], ssoPrefix) {
		return "aws-reserved/sso.amazonaws.com/*" + name
	}
	return "aws-service-role/*/" + name
}
