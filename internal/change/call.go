package change

import (
	"fmt"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// callOfRotation tells a permission that is new, or another one than before, and lets everybody or
// another account call a function that rotates a secret; false: it does not.
func (c *comparison) callOfRotation(s side, kind Kind) bool {
	who := c.othersWhoCall(s)
	if who == "" || !c.rotating()[s.functionOf(s.value("FunctionName"))] {
		return false
	}
	is := "is new"
	if kind != Added {
		is = "changes"
	}
	c.report(s, Resource{Kind: kind, Risk: Updated, Unknown: true, mayOpen: true,
		Page: aws.UpdatesOf(s.res.Type).Page,
		Message: "the permission " + is + ", and lets " + who + " call a function that rotates a " +
			"secret: what it does for them is not compared"})
	return true
}

// othersWhoCall says whom a permission lets call a function that is not of its account; empty:
// nobody.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func (c *comparison) othersWhoCall(s side) string {
	if s.res.Type != "AWS::Lambda::Permission" || !s.letsInvoke() {
		return ""
	}
	const account = 4 // arn:aws:sns:REGION:ACCOUNT:NAME
	own := c.flat(1, s.at, s.at.read.ref(cfn.AccountID))
	text := func(property string) string {
		if v := s.value(property); v != nil {
			return c.flat(1, s.at, v)
		}
		return ""
	}
	who, from := text("Principal"), text("SourceAccount")
	source := strings.Split(text("SourceArn"), ":")
	isOfAccount := len(source) > account && source[account] != ""
	isOther := from != "" && from != own || isOfAccount && source[account] != own
	isService := strings.HasSuffix(who, ".amazonaws.com") ||
		strings.HasSuffix(who, ".amazonaws.com.cn")
	switch of := strings.Split(who, ":"); {
	case isOther:
		return "another account"
	case who == "*" && from == "" && !isOfAccount && text("PrincipalOrgID") == "":
		return "everybody"
	case who == "*", who == own, isService, s.names(s.value("Principal")),
		len(of) > account && of[account] == own:
		return ""
	}
	return "another account"
}

// rotating returns the functions that rotate secrets in the new set, as functionOf tells them.
func (c *comparison) rotating() map[string]bool {
	if c.rotators != nil {
		return c.rotators
	}
	c.rotators = map[string]bool{}
	for one := range c.allOf(1) {
		if one.res.Type != "AWS::SecretsManager::RotationSchedule" {
			continue
		}
		hosted, _ := one.value("HostedRotationLambda").(cfn.Object)
		for _, v := range []any{one.value("RotationLambdaARN"), hosted.Get("RotationLambdaName")} {
			if v != nil {
				c.rotators[one.functionOf(v)] = true
			}
		}
	}
	return c.rotators
}

// functionOf tells the function that a value names from others: by its name, by an ARN or a part
// of one, with or without a version, or by the logical ID of what makes it.
func (s side) functionOf(v any) string {
	if o, ok := v.(cfn.Object); ok && len(o) == 1 {
		list, _ := o[0].Value.([]any)
		id, _ := o[0].Value.(string)
		if o[0].Key == expression+"attribute" {
			id, _ = elementOf(list, 0).(string)
		}
		of := s.at.all[id]
		switch {
		case o[0].Key == expression+"text":
			return s.functionInText(list)
		case of == nil:
			return "= " + cfn.JSON(v)
		case of.Property("FunctionName") != nil: // a function, a version or an alias
			return side{s.at, id, of}.functionOf((side{s.at, id, of}).value("FunctionName"))
		}
		return fmt.Sprintf("#%d %s", s.at.pair.number, id)
	}
	text, ok := v.(string)
	if !ok {
		return "= " + cfn.JSON(v)
	}
	const region, account, name, fields = 3, 4, 6, 7 // arn:aws:lambda:REGION:ACCOUNT:function:NAME
	at := s.at.read
	if parts := strings.Split(text, ":"); parts[0] == "arn" && len(parts) >= fields {
		return strings.Join([]string{parts[region], parts[account], parts[name]}, " ")
	}
	_, behind, isPart := strings.Cut(text, ":function:") // ACCOUNT:function:NAME
	if !isPart {
		behind = strings.TrimPrefix(text, "function:")
	}
	behind, _, _ = strings.Cut(behind, ":")
	return strings.Join([]string{at.Region, at.Account, behind}, " ")
}

// functionInText tells the function that a text which is put together names: by the resource in
// it, or by the name that it ends in.
func (s side) functionInText(parts []any) string {
	for _, p := range parts {
		o, _ := p.(cfn.Object)
		if len(o) != 1 || o[0].Key != expression+"ref" && o[0].Key != expression+"attribute" {
			continue
		}
		if of := s.functionOf(p); !strings.HasPrefix(of, "= ") {
			return of
		}
	}
	if last, ok := elementOf(parts, len(parts)-1).(string); ok &&
		strings.Contains(last, "function:") {
		return s.functionOf(last)
	}
	return "= " + cfn.JSON(parts)
}
