package change

import "github.com/secretctl/secretctl/internal/cfn"

// What the functions of one template may make, before values are compared as they are written.
// docs/limits.md says so, too.
const (
	mostSteps    = 1_000_000
	bytesOfStep  = 64
	longestText  = 64 << 10 // bytes
	longestValue = 1 << 20  // of both values of a Fn::If together
)

// budget is what the functions of one template have taken.
type budget struct {
	steps  int
	around string // a digest of what values hang on
	inside int    // how many functions stand around what is being read
}

// step takes a step; false: there are no more. What stands in no function takes none.
func (r *reader) step() bool {
	if r.budget.inside > 0 {
		r.budget.steps++
	}
	return r.budget.steps <= mostSteps
}

// large is a value that is compared as it is written, because what its functions make is too large.
// What it hangs on is part of it.
func (r *reader) large(v any) any {
	text := cfn.JSON(v)
	r.budget.steps += len(text) / bytesOfStep
	if r.budget.around == "" {
		t := r.Template
		r.budget.around = digest([]any{cfn.JSON(t.Parameters), cfn.JSON(t.Mappings),
			cfn.JSON(t.Conditions)})
	}
	return call("large", []any{digest(text), r.budget.around})
}

// sized takes about as many bytes from a number of them as a canonical value has; less than none:
// it has more.
func sized(v any, left int) int {
	const most = 8 // of what stands around an element
	left -= most
	switch v := v.(type) {
	case string:
		left -= len(v)
	case cfn.Object:
		for _, m := range v {
			if left < 0 {
				return left
			}
			left = sized(m.Value, left-len(m.Key))
		}
	case []any:
		for _, e := range v {
			if left < 0 {
				return left
			}
			left = sized(e, left)
		}
	}
	return left
}
