package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/compile"
)

// planName is the name of the plan in a directory of templates.
const planName = "plan.json"

// completePlan adds to the plan what only the written templates tell. They are in the order of the stacks. A plan names files with their
// extension, which the compiler does not know.
func completePlan(result compile.Result, templates []artifact) compile.Plan {
	plan := result.Plan
	plan.Version = 1
	plan.Stack = result.Name
	plan.Stacks = slices.Clone(plan.Stacks)
	plan.HandOver = orEmpty(plan.HandOver)
	names := map[string]string{}
	for i, stack := range result.Stacks {
		names[stack.File] = templates[i].name
	}
	for i := range plan.Stacks {
		s := &plan.Stacks[i]
		sum := sha256.Sum256(templates[i].data)
		s.Template, s.SHA256, s.Bytes = templates[i].name, hex.EncodeToString(sum[:]), len(templates[i].data)
		s.Capabilities, s.Documents, s.DependsOn = orEmpty(s.Capabilities), orEmpty(s.Documents), orEmpty(slices.Clone(s.DependsOn))
		if s.Parameters == nil {
			s.Parameters = cfn.Object{}
		}
		for j, on := range s.DependsOn {
			if name, ok := names[on]; ok {
				s.DependsOn[j] = name
			}
		}
	}
	return plan
}

// encodePlan writes a plan as plan.json.
func encodePlan(plan compile.Plan) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(plan); err != nil {
		panic("cli: a plan cannot be written as JSON: " + err.Error())
	}
	return out.Bytes()
}

// orEmpty makes nil an empty list, which JSON writes as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
