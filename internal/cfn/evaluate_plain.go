package cfn

import (
	"encoding/json"
	"strings"
)

// Most of what a template says is plain: it has no functions, and is resolved to what it is. So
// Resolve looks first whether it has to make anything.

// mostPlain is how deep values are plain that stand inside one another.
const mostPlain = 50

// plainly says whether a value is resolved to what it is, and takes the steps that this costs. It
// says no where these are not left, or where something must be made anew.
func (e *Evaluator) plainly(v any) bool {
	steps, plain := plainSteps(v, mostPlain)
	if !plain || e.exhausted || e.depth+mostPlain > deepest {
		return false
	}
	if e.Steps == 0 {
		e.Steps = defaultSteps
	}
	if steps >= e.Steps {
		return false
	}
	e.Steps -= steps
	return true
}

// plainSteps says whether a value is resolved as it stands, and how many steps that costs: one for
// each value that is visited, and one for each member and element that is then looked at again.
func plainSteps(v any, depth int) (steps int, plain bool) {
	if depth == 0 {
		return 0, false
	}
	steps = 1
	switch v := v.(type) {
	case nil, bool, json.Number, Unread:
		return steps, true
	case string:
		return steps, !IsIntrinsic(v) && !strings.Contains(v, BeginDynamic)
	case []any:
		if v == nil {
			return 0, false // an empty list takes its place
		}
		steps += len(v)
		for i := range v {
			more, plain := plainSteps(v[i], depth-1)
			if !plain {
				return 0, false
			}
			steps += more
		}
		return steps, true
	case Object:
		if v == nil {
			return 0, false
		}
		steps += len(v)
		for i := range v {
			if isFunctionName(v[i].Key) {
				return 0, false
			}
			more, plain := plainSteps(v[i].Value, depth-1)
			if !plain {
				return 0, false
			}
			steps += more
		}
		return steps, true
	}
	return 0, false
}

// isFunctionName says whether an object with such a member may be a function.
func isFunctionName(key string) bool { return key == "Ref" || strings.HasPrefix(key, "Fn::") }
