package lower

import (
	"fmt"
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/source"
)

// TooManyResources finds the stacks that have more resources than CloudFormation accepts whatever
// the grants of the spec come to, before anything is derived from these: each secret, key, alias
// and role that is created is one, and so is what is rotated, and what the spec has in
// CloudFormation's own words. The finished template may have more.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
func TooManyResources(m *model.Model, name source.Span) diag.List {
	least := map[model.Stack]int{model.Home: len(m.Resources)}
	for _, s := range m.Secrets {
		if s.Import == model.NotImported {
			least[m.StackOf(s)]++
		}
		if s.Rotation != nil {
			least[m.StackOf(s)]++
		}
	}
	for _, k := range m.Keys {
		if k.Imported {
			continue
		}
		least[model.Home]++
		if k.AliasName != "" {
			least[model.Home]++
		}
	}
	for _, p := range m.Principals {
		if p.Kind == model.CreatedRole {
			least[model.Home]++
		}
	}
	stacks := make([]model.Stack, 0, len(least))
	for stack := range least {
		stacks = append(stacks, stack)
	}
	slices.SortFunc(stacks, compareStacks)
	var found diag.List
	for _, stack := range stacks {
		if f := cfn.AtLeast(cfn.Resources, least[stack]); f != nil {
			c := checker{m, newStack(m, stack), name}
			found = append(found, c.limit(*f))
		}
	}
	return found
}

// limit says that a stack is over a limit, at the place of what is too large, or else at the
// name of the stack.
func (c *checker) limit(f cfn.Finding) diag.Diagnostic {
	d := diag.Report(diag.TemplateLimit, c.name).Hint("%s", c.limitHint(f))
	if c.stack.At != model.Home {
		d.And("stack %q: ", c.stack.File)
	}
	if at, ok := c.stack.Places[f.LogicalID]; ok {
		d.Span = at
	}
	if f.Kind == cfn.BodyInRequest {
		d.Code = diag.TemplateNeedsS3
		d.And("%s", diag.Words(f.Message)) // it names nothing of the spec
	} else {
		d.And("%s", f.Message)
	}
	return *d
}

// limitHint says what to do, in words of the program's own.
func (c *checker) limitHint(f cfn.Finding) diag.Words {
	switch f.Kind {
	case cfn.BodyInRequest:
		return "upload it to an S3 bucket, as `aws cloudformation deploy --s3-bucket` does"
	case cfn.NameLength, cfn.ParameterValue, cfn.Description:
		return "shorten it"
	case cfn.DynamicReferences:
		return "move some of the resources that use them into a stack of their own"
	}
	if len(c.m.Secrets) <= 1 {
		return "make it smaller"
	}
	const second = "divide the spec in two, the second importing what it needs of the first"
	switch c.stack.At.Kind {
	case model.ShardStack:
		return diag.Words(fmt.Sprintf("write more shards than %d, or %s", c.m.Shards, second))
	case model.HomeStack:
		if n := c.shardable(); n > 0 {
			return diag.Words(fmt.Sprintf("spread the %d secrets that can stand elsewhere over "+
				"several stacks with shards, or %s", n, second))
		}
	}
	return second
}

// shardable returns how many secrets of the home stack could stand in a shard.
func (c *checker) shardable() int {
	n := 0
	for _, s := range c.m.Secrets {
		if c.m.Shards <= 1 && s.Import == model.NotImported && s.Name != "" && s.Condition == "" {
			n++
		}
	}
	return n
}
