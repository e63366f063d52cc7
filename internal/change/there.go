package change

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// Imported is a secret that a spec says is there, and does not make.
type Imported struct{ Account, Region, Name string }

// isThere says whether something that the new set makes has the name of a thing that is there and
// that the old set does not make: the old one imports it, or could not be deployed without it.
func (c *comparison) isThere(new side) bool {
	if _, isNamed := new.value(ownNames[new.res.Type]).(string); !isNamed {
		return false
	}
	if c.there == nil {
		c.there = map[string]bool{}
		for one := range c.allOf(0) {
			if condition, _ := one.attribute("Condition").(string); one.at.read.condition(
				condition) == "" {
				one.eachNamed(func(is string) { c.there[is] = true })
			}
		}
		for _, i := range c.imported {
			c.there[strings.Join([]string{"AWS::SecretsManager::Secret", i.Account, i.Region,
				i.Name}, " ")] = true
		}
		for is := range c.guardsOf(0).made {
			delete(c.there, is)
		}
	}
	return c.there[new.self()]
}

// eachNamed gives what a resource names by a text, and cannot be made without: the secret that a
// policy is of, whom one is attached to, and whom the policy of a resource lets in.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html
func (s side) eachNamed(visit func(is string)) {
	add := func(kind string, v any) {
		name, ok := v.(string)
		if !ok {
			return
		}
		const account, resource, fields = 4, 5, 6 // arn:aws:iam::ACCOUNT:role/NAME
		if parts := strings.SplitN(name, ":", fields); parts[0] == "arn" {
			if len(parts) < fields || parts[account] != s.at.read.Account {
				return
			}
			name = strings.TrimPrefix(parts[resource], "secret:")
			if strings.HasPrefix(kind, "AWS::IAM::") {
				name = name[strings.LastIndexByte(name, '/')+1:]
			} else if parts[3] != s.at.read.Region {
				return
			} else if aws.EndsLikeSuffix(name) {
				name = name[:len(name)-len("-AbCdEf")]
			}
		}
		visit(s.placed(kind, name))
	}
	if strings.HasPrefix(s.res.Type, "AWS::SecretsManager::") {
		add("AWS::SecretsManager::Secret", s.value("SecretId"))
	}
	if strings.HasPrefix(s.res.Type, "AWS::IAM::") {
		names := map[string]string{"ManagedPolicyArns": attachments["ManagedPolicyArns"],
			"PermissionsBoundary": attachments["ManagedPolicyArns"]}
		for _, kind := range []string{"Role", "User", "Group"} {
			names[kind+"s"] = "AWS::IAM::" + kind
			if s.res.Type != "AWS::IAM::"+kind {
				names[kind+"Name"] = "AWS::IAM::" + kind
			}
		}
		for property, kind := range names {
			for _, v := range listed(s.value(property)) {
				add(kind, v)
			}
		}
	}
	for _, property := range []string{"ResourcePolicy", "KeyPolicy", "AssumeRolePolicyDocument"} {
		document := policyOf(s.value(property))
		for _, effect := range []string{"Allow", "Deny"} {
			for _, statement := range statementsOf(document, effect) {
				who, _ := statement.Get("Principal").(cfn.Object)
				for _, v := range listed(who.Get("AWS")) {
					text, _ := v.(string)
					switch {
					case strings.Contains(text, ":role/"):
						add("AWS::IAM::Role", v)
					case strings.Contains(text, ":user/"):
						add("AWS::IAM::User", v)
					}
				}
			}
		}
	}
}
