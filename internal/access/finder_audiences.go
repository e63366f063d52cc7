package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// audienceIndex finds, among thousands of audiences, those that the condition on aws:PrincipalArn
// of their statement may hold to somebody: by a text that stands in one of the values of the
// condition, and so in whatever ARN meets it.
type audienceIndex struct {
	by      map[string][]*audience // by such a text, the one that fewest have
	lengths []int                  // of these texts, sorted
	others  []*audience            // audiences without such a condition
}

// fewAudiences is how many audiences are asked one by one; tests change it.
var fewAudiences = 64

// shortest is how long a text is at least by which audiences are found.
const shortest = 4

func newAudienceIndex(all []*audience) *audienceIndex {
	x := &audienceIndex{by: map[string][]*audience{}}
	values, common := make([][][]string, len(all)), map[string]int{}
	for i, a := range all {
		list, ok := a.rule.Literals("aws:principalarn")
		if !ok || a.rule.Anybody() || slices.ContainsFunc(list, isTooShort) {
			x.others = append(x.others, a)
			continue
		}
		values[i] = list
		for _, texts := range list {
			for _, text := range texts {
				common[text]++
			}
		}
	}
	for i, a := range all {
		for _, texts := range values[i] {
			text := slices.MinFunc(texts, func(a, b string) int {
				if len(a) < shortest || len(b) < shortest {
					return len(b) - len(a)
				}
				return common[a] - common[b]
			})
			x.by[text] = append(x.by[text], a)
			if !slices.Contains(x.lengths, len(text)) {
				x.lengths = append(x.lengths, len(text))
			}
		}
	}
	slices.Sort(x.lengths)
	return x
}

// isTooShort says whether none of the texts of a value is one by which audiences are found.
func isTooShort(texts []string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return len(t) >= shortest })
}

// find calls f for the audiences that may hold for somebody of whom a fact about aws:PrincipalArn
// is known, maybe more than once; not ok: of such a fact the index says nothing.
func (x *audienceIndex) find(arn *policy.Fact, f func(*audience)) (ok bool) {
	text := ""
	switch {
	case arn.State == policy.Certain && len(arn.Values) == 1:
		text = arn.Values[0]
	case arn.State == policy.Open && arn.Always && arn.All && len(arn.Within) == 1:
		// A statement speaks of all whom a pattern stands for if a value covers the pattern: each
		// text of the value stands in the pattern.
		text = arn.Within[0]
	default:
		return false
	}
	if cfn.HasUnknown(text) || strings.Contains(text, "$") {
		return false
	}
	for _, length := range x.lengths {
		for at := 0; at+length <= len(text); at++ {
			for _, a := range x.by[text[at:at+length]] {
				f(a)
			}
		}
	}
	for _, a := range x.others {
		f(a)
	}
	return true
}
