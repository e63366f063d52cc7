package aws

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/lazy"
)

// The functions of this file say what is wrong with a name, in a clause that has the name as its
// subject ("must start with a letter"), or return "" for a name that AWS accepts. They are for
// literal text; an intrinsic's is not known.

// charset is a set of characters, and how a message calls it.
type charset struct {
	words  string
	others string          // besides letters and digits, which are ASCII
	is     func(rune) bool // the whole set, where it is another one; else nil
}

func (c *charset) has(r rune) bool {
	if c.is != nil {
		return c.is(r)
	}
	return isAlphanumeric(r) || strings.ContainsRune(c.others, r)
}

var (
	alphanumeric = charset{words: "letters and digits"}
	wordAndDash  = charset{words: "letters, digits and hyphens", others: "-"}
	idChars      = charset{words: "letters, digits, hyphens and underscores", others: "_-"}
	secretChars  = charset{words: "letters, digits and /_+=.@-", others: "/_+=.@-"}
	ownedChars   = charset{words: "letters, digits and /_+=.@-!", others: "/_+=.@-!"}
	aliasChars   = charset{words: "letters, digits and :/_-", others: ":/_-"}
	iamChars     = charset{words: "letters, digits and _+=,.@-", others: "_+=,.@-"}
	sidChars     = charset{words: "letters, digits and spaces", others: " "}
	pathChars    = charset{words: "printable ASCII without spaces",
		is: func(r rune) bool { return r > ' ' && r < 0x7f }}
	tagChars = charset{words: "letters, digits, spaces and _.:/=+-@", is: func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.N, unicode.Z) || strings.ContainsRune("_.:/=+-@", r)
	}}
)

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isAlphanumeric(r rune) bool { return isLetter(r) || r >= '0' && r <= '9' }

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isTwelveDigits(s string) bool { return len(s) == 12 && isMadeOf(s, isDigit) }

// isMadeOf says whether a text has characters, and each is of a kind. It is for what every run
// asks: to compile a regular expression takes as long as to look at a thousand names.
func isMadeOf(s string, of func(byte) bool) bool {
	for i := range len(s) {
		if !of(s[i]) {
			return false
		}
	}
	return s != ""
}

// check tests length, in characters, and character set; then what else the name must be. It names
// the first rule broken.
func check(s string, max int, chars charset, more ...string) string {
	if s == "" {
		return "must not be empty"
	}
	if n := utf8.RuneCountInString(s); n > max {
		return fmt.Sprintf("must have at most %d characters, and has %d", max, n)
	}
	for _, r := range s {
		if !chars.has(r) {
			return fmt.Sprintf("must hold only %s, and has %q", chars.words, r)
		}
	}
	return strings.Join(more, "")
}

// startsWithLetter is a rule for check's more.
func startsWithLetter(s string) string {
	if s != "" && isLetter(rune(s[0])) {
		return ""
	}
	return "must start with a letter"
}

// ID checks an id of the language: a letter, then at most 63 letters, digits, hyphens and
// underscores. Logical IDs are made from it.
func ID(s string) string { return check(s, 64, idChars, startsWithLetter(s)) }

// StackName: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func StackName(s string) string { return check(s, MaxStackName, wordAndDash, startsWithLetter(s)) }

// ParameterProperties are the properties of a parameter of a template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
var ParameterProperties = []string{
	"AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description",
	"MaxLength", "MaxValue", "MinLength", "MinValue", "NoEcho", "Type",
}

// LogicalID:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
func LogicalID(s string) string { return check(s, MaxLogicalID, alphanumeric) }

// SecretName: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
// See EndsLikeSuffix and LongSecretName for names that are accepted and make trouble.
func SecretName(s string) string { return check(s, MaxSecretName, secretChars) }

// ExistingSecretName is SecretName for a secret that exists: a service that made it for itself may
// have put an exclamation mark into its name (rds!db-…).
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html
func ExistingSecretName(s string) string { return check(s, MaxSecretName, ownedChars) }

// EndsLikeSuffix says whether a secret's name ends in a hyphen and six characters, which Secrets
// Manager's lookup by name or partial ARN takes for the suffix of a complete ARN.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
func EndsLikeSuffix(name string) bool {
	hyphen := len(name) - len("-AbCdEf")
	return hyphen >= 0 && name[hyphen] == '-' && isMadeOf(name[hyphen+1:], func(c byte) bool {
		return isAlphanumeric(rune(c))
	})
}

// LongSecretName says whether a name is over 256 characters: CreateSecret takes 512, but the
// responses of other operations promise no more than 256.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
func LongSecretName(name string) bool { return utf8.RuneCountInString(name) > 256 }

// AliasName checks an alias of a KMS key, which is stated without "alias/".
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
func AliasName(s string) string {
	const prefix = "alias/"
	switch {
	case strings.HasPrefix(s, prefix):
		return `must be written without "alias/"`
	case strings.HasPrefix(s, "aws/"):
		return `must not start with "aws/", which is for the keys that AWS manages`
	}
	return check(s, MaxAliasName-len(prefix), aliasChars)
}

// RoleName checks the name of an IAM role, without its path.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
func RoleName(s string) string { return check(s, MaxRoleName, iamChars) }

// UserName is RoleName for users.
func UserName(s string) string { return check(s, MaxUserName, iamChars) }

// GroupName is RoleName for groups.
func GroupName(s string) string { return check(s, MaxGroupName, iamChars) }

// Path checks the path of an IAM role: / or /a/b/.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
func Path(s string) string {
	if s == "" || s[0] != '/' || s[len(s)-1] != '/' {
		return "must start and end with a slash"
	}
	return check(s, MaxPath, pathChars)
}

// AccountID: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
func AccountID(s string) string {
	if isTwelveDigits(s) {
		return ""
	}
	return "must be 12 digits"
}

// TagKey checks the key of a tag. The characters are IAM's, which are those that every service
// accepts.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
func TagKey(s string) string {
	reserved := ""
	if len(s) >= 4 && strings.EqualFold(s[:4], "aws:") {
		reserved = `must not start with "aws:", which is for the tags that AWS sets`
	}
	return check(s, MaxTagKey, tagChars, reserved)
}

// TagValue checks the value of a tag, which may be empty.
func TagValue(s string) string {
	if s == "" {
		return ""
	}
	return check(s, MaxTagValue, tagChars)
}

var (
	vpcEndpointID  = lazy.Regexp(`^vpce-([0-9A-Za-z]{8}|[0-9A-Za-z]{17})$`)
	vpcID          = lazy.Regexp(`^vpc-([0-9A-Za-z]{8}|[0-9A-Za-z]{17})$`)
	organizationID = lazy.Regexp(`^o-[a-z0-9]{10,32}$`)
	orgPathSegment = lazy.Regexp(
		`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9a-z-]*[*?][0-9a-z*?-]*)$`)
)

// matching returns the clause unless the text matches.
func matching(s string, re *lazy.Pattern, clause string) string {
	if re.MatchString(s) {
		return ""
	}
	return clause
}

// VPCEndpointID: IAM refuses others in aws:SourceVpce.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-vpce-format
func VPCEndpointID(s string) string {
	return matching(s, vpcEndpointID, `must be "vpce-" and 8 or 17 letters and digits`)
}

// VPCID: IAM refuses others in aws:SourceVpc.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-vpc-format
func VPCID(s string) string {
	return matching(s, vpcID, `must be "vpc-" and 8 or 17 letters and digits`)
}

// OrganizationID:
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
func OrganizationID(s string) string {
	return matching(s, organizationID, `must be "o-" and 10 to 32 lower-case letters and digits`)
}

// OrganizationPath checks a pattern for aws:PrincipalOrgPaths: o-…/r-…/ou-…/*. The organization is
// stated, what follows may hold wildcards; the paths that AWS compares end in a slash, so a pattern
// without an end of that kind matches nobody.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
func OrganizationPath(s string) string {
	segments := strings.Split(s, "/")
	if wrong := OrganizationID(segments[0]); wrong != "" {
		return "must start with an organization's id, which " + wrong
	}
	last := len(segments) - 1
	if segments[last] != "" && !strings.HasSuffix(s, "*") {
		return `must end in "/*", for everything below, or "/", for the accounts right there`
	}
	for i, segment := range segments[1:] {
		if segment == "" && i+1 == last {
			continue
		}
		if !orgPathSegment.MatchString(segment) {
			return fmt.Sprintf("must be made of r-… and ou-… after the organization, and has %q",
				segment)
		}
	}
	return ""
}

// ServicePrincipal checks the name of a service as a principal.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
func ServicePrincipal(s string) string {
	const clause = "must be the full name of a service, like lambda.amazonaws.com"
	for _, suffix := range serviceSuffixes() {
		if name, ok := strings.CutSuffix(s, "."+suffix); ok {
			return matching(name, serviceName, clause)
		}
	}
	return clause
}

var serviceName = lazy.Regexp(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)

func serviceSuffixes() []string {
	suffixes := []string{"amazon.com"} // alexa-appkit.amazon.com
	for _, p := range Partitions {
		suffixes = append(suffixes, p.Suffix)
	}
	return suffixes
}

// Sid checks the id of a statement in an identity policy or a secret's policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
func Sid(s string) string {
	if s == "" {
		return ""
	}
	return check(s, maxText, alphanumeric)
}

// KeyPolicySid is Sid for key policies, where spaces are allowed.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
func KeyPolicySid(s string) string {
	if s == "" {
		return ""
	}
	return check(s, maxText, sidChars)
}

// maxText is the maximum of a text whose length AWS does not limit by itself.
const maxText = 1 << 20

// CIDR checks an IPv4 or IPv6 address or prefix, as IAM's IpAddress takes it (RFC 4632).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
func CIDR(s string) string {
	if _, ok := parsePrefix(s); ok {
		return ""
	}
	return "must be an IP address or a range of them, like 203.0.113.0/24"
}

// privateRanges are the addresses that no request to a public endpoint comes from: RFC 1918, RFC
// 4193, loopback, link-local.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("::1/128"),
}

// IsPrivate says whether an address or prefix lies in private address space as a whole, so that
// aws:SourceIp can never be in it. A text that is neither is not private.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-private-ip-address
func IsPrivate(cidr string) bool {
	p, ok := parsePrefix(cidr)
	if !ok {
		return false
	}
	for _, r := range privateRanges {
		if r.Bits() <= p.Bits() && r.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// parsePrefix reads an address as the prefix that holds it alone.
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, addr.BitLen()), true
}

// CurrentStage is the staging label of the version that a call gets which asks for none.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
const CurrentStage = "AWSCURRENT"

// StagingLabels are those that Secrets Manager gives to versions by itself.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
var StagingLabels = []string{CurrentStage, "AWSPENDING", "AWSPREVIOUS"}
