package cfn

import (
	"iter"
	"strings"
)

// SubPart is a part of the text of a Fn::Sub: literal text, or the name of a variable.
type SubPart struct {
	Text string // literal text; of ${!x} it is ${x}
	Name string // what stands between the braces, trimmed; empty: the part is literal
}

// SubParts yields the parts of the text of a Fn::Sub in their order. What has no closing brace, and
// braces without anything between them, are literal text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func SubParts(template string) iter.Seq[SubPart] {
	return func(yield func(SubPart) bool) {
		for template != "" {
			before, rest, found := strings.Cut(template, "${")
			if before != "" && !yield(SubPart{Text: before}) || !found {
				return
			}
			inside, after, closed := strings.Cut(rest, "}")
			if !closed {
				yield(SubPart{Text: "${" + rest})
				return
			}
			if !yield(variablePart(inside)) {
				return
			}
			template = after
		}
	}
}

// variablePart returns the part that ${inside} is.
func variablePart(inside string) SubPart {
	if literal, ok := strings.CutPrefix(inside, "!"); ok {
		return SubPart{Text: "${" + literal + "}"}
	}
	if name := strings.TrimSpace(inside); name != "" {
		return SubPart{Name: name}
	}
	return SubPart{Text: "${" + inside + "}"}
}
