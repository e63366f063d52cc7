package aws

import (
	"errors"
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// ARN is an Amazon Resource Name, taken apart.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type ARN struct{ Partition, Service, Region, Account, Resource string }

// isService says whether a part of an ARN can be the name of a service.
func isService(part string) bool {
	return isMadeOf(part, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' })
}

// isOwner says whether a part of an ARN can be an account, or AWS in the place of one:
// arn:aws:iam::aws:policy/ReadOnlyAccess.
func isOwner(part string) bool {
	return isTwelveDigits(part) ||
		isMadeOf(part, func(c byte) bool { return isLower(c) || c == '-' })
}

// ParseARN reads an ARN, or a pattern of ARNs: any part may hold the wildcards * and ?. Region and
// account may be empty, as in the ARNs of IAM. The error's text is a clause that says what is
// wrong, with the ARN as its subject.
func ParseARN(s string) (ARN, error) {
	if !strings.HasPrefix(s, "arn:") {
		return ARN{}, errors.New(`must start with "arn:"`)
	}
	if hasSpace(s) {
		return ARN{}, errors.New("must not hold white space")
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 {
		return ARN{}, fmt.Errorf("must have six parts, separated by colons, and has %d", len(parts))
	}
	a := ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4],
		Resource: parts[5]}
	for _, part := range []struct {
		name, text string
		ok         bool
	}{
		{"partition", a.Partition, KnownPartition(a.Partition)},
		{"service", a.Service, isService(a.Service)},
		{"Region", a.Region, a.Region == "" || ValidRegion(a.Region)},
		{"account", a.Account, a.Account == "" || isOwner(a.Account)},
		{"resource", a.Resource, a.Resource != ""},
	} {
		if !part.ok && !hasWildcard(part.text) {
			return ARN{}, fmt.Errorf("has no %s that AWS knows: %q", part.name, part.text)
		}
	}
	if isGlobal(a.Service) && a.Region != "" && !hasWildcard(a.Region) {
		return ARN{}, fmt.Errorf("has the Region %q, and ARNs of %s have none", a.Region, a.Service)
	}
	return a, nil
}

// isGlobal says whether the ARNs of a service that principals are of have no Region.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
func isGlobal(service string) bool { return service == "iam" || service == "sts" }

// hasSpace says whether white space stands in a text. It looks for one character after the other,
// as an ARN of which parts are unknown is a long text.
func hasSpace(s string) bool {
	return strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0 ||
		strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, '\n') >= 0
}

// String returns the ARN as AWS writes it. It is the inverse of ParseARN.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource},
		":")
}

// ResourceType splits the resource at its first colon or slash: "role", "svc/worker" for
// role/svc/worker, and "secret", "db-AbCdEf" for secret:db-AbCdEf. A resource with neither, such as
// root, is a kind without a rest.
func (a ARN) ResourceType() (kind, rest string) {
	i := strings.IndexAny(a.Resource, ":/")
	if i < 0 {
		return a.Resource, ""
	}
	return a.Resource[:i], a.Resource[i+1:]
}

// hasWildcard says whether a text of a policy is a pattern.
func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }

// KeyARN says what is wrong with a text as the ARN of a KMS key, or "". An alias's ARN is none: IAM
// does not allow a key's use by it.
// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN
func KeyARN(s string) string {
	a, rest, wrong := resourceARN(s, "kms", "key")
	switch kind, _ := a.ResourceType(); {
	case a.Service == "kms" && kind == "alias":
		return "is the ARN of an alias, not of a key"
	case wrong != "":
		return wrong
	case !keyID.MatchString(rest):
		return `must end in "key/" and a key's id`
	}
	return ""
}

var keyID = lazy.Regexp(`^[A-Za-z0-9-]+$`)

// SecretARN says what is wrong with a text as the complete ARN of a secret, with the hyphen and six
// characters that Secrets Manager appends to the name, or "". Whether six characters after a hyphen
// are that suffix or the end of the name cannot be told.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
func SecretARN(s string) string {
	_, name, wrong := resourceARN(s, "secretsmanager", "secret")
	if wrong != "" {
		return wrong
	}
	if !EndsLikeSuffix(name) {
		return "must end in a hyphen and the six characters " +
			"that Secrets Manager appends to the name"
	}
	return secretNamePart(name[:len(name)-7])
}

// PartialSecretARN says what is wrong with a text as the ARN of a secret without the suffix that
// Secrets Manager appends to the name, or "". A name that ends like the suffix is accepted. The
// rules are SecretARN's.
func PartialSecretARN(s string) string {
	_, name, wrong := resourceARN(s, "secretsmanager", "secret")
	if wrong != "" {
		return wrong
	}
	return secretNamePart(name)
}

func secretNamePart(name string) string {
	if wrong := ExistingSecretName(name); wrong != "" {
		return "has a secret's name that " + wrong
	}
	return ""
}

// resourceARN reads the ARN of one kind of resource of a service that has Regions.
func resourceARN(s, service, kind string) (a ARN, rest, wrong string) {
	a, err := ParseARN(s)
	if err != nil {
		return a, "", err.Error()
	}
	separator := map[string]string{"key": "/", "secret": ":"}[kind]
	rest, found := strings.CutPrefix(a.Resource, kind+separator)
	switch {
	case a.Service != service || !found:
		wrong = fmt.Sprintf("must be like arn:%s:%s:REGION:ACCOUNT:%s%s…", a.Partition, service,
			kind, separator)
	case hasWildcard(s):
		wrong = "must be one ARN, not a pattern"
	case a.Region == "":
		wrong = "must name a Region"
	case AccountID(a.Account) != "":
		wrong = "must name an account of 12 digits"
	}
	return a, rest, wrong
}
