package cfn

// MaxLogicalIDLength is how long the name of a resource, parameter, output or mapping may be.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MaxLogicalIDLength = 255

// LogicalID returns the logical ID of what an entry of a spec becomes: the words of its id, divided
// at hyphens and underscores, each with its first letter in upper case, and then the kind.
// LogicalID("api-token", "Secret") is "ApiTokenSecret".
//
// It depends on nothing else, because a changed logical ID replaces a live secret. Ids match
// [A-Za-z][A-Za-z0-9_-]{0,63}; different ones can give the same logical ID (a-b and a_b), which the
// caller reports. Anything else that an id may contain is left out.
func LogicalID(id, kind string) string {
	b := make([]byte, 0, len(id)+len(kind))
	start := true
	for i := range len(id) {
		c := id[i]
		switch {
		case c == '-' || c == '_':
			start = true
		case alphanumeric(c):
			if start && c >= 'a' && c <= 'z' {
				c -= 'a' - 'A'
			}
			b = append(b, c)
			start = false
		}
	}
	return string(append(b, kind...))
}

// ValidLogicalID says whether CloudFormation accepts a logical ID: ASCII letters and digits, 1 to
// 255 of them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
func ValidLogicalID(id string) bool { return len(id) <= MaxLogicalIDLength && plainName(id, "") }

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
