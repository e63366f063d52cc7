package access

import (
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// arnText is an ARN taken apart. Every part may have unknown parts and wildcards.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type arnText struct{ partition, service, region, account, resource string }

// splitARN takes an ARN apart. A text that begins in another way than an ARN, or has fewer than
// six parts, is none.
func splitARN(s string) (arnText, bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return arnText{}, false
	}
	var a arnText
	for _, part := range [...]*string{&a.partition, &a.service, &a.region, &a.account} {
		if *part, rest, ok = strings.Cut(rest, ":"); !ok {
			return arnText{}, false
		}
	}
	a.resource = rest
	return a, true
}

// String returns the ARN.
func (a arnText) String() string {
	return "arn:" + a.partition + ":" + a.service + ":" + a.region + ":" + a.account + ":" +
		a.resource
}

// kind splits the resource at its first slash or colon: role and jobs/worker.
func (a arnText) kind() (kind, rest string) {
	i := strings.IndexAny(a.resource, ":/")
	if i < 0 {
		return a.resource, ""
	}
	return a.resource[:i], a.resource[i+1:]
}

// lastSegment returns the name at the end of an ARN of IAM, or of a path.
func lastSegment(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// hasWildcard says whether a text of a policy is a pattern.
func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }

// readableSo says whether a text's unknown parts are only such as every text of a template may
// have whose place of deployment is not stated, and such as nobody can choose: account, Region,
// stack, made-up names and suffixes. Any other hides what the text is, and so does what a function
// makes of one of these.
func readableSo(s string) bool {
	for _, u := range cfn.UnknownsIn(s) {
		if u.Expression != "" {
			return false
		}
		switch u.What {
		case "account", "region", "stack", "suffix", "name":
		default:
			return false
		}
	}
	return true
}
