package generate

import (
	"strings"
)

// whole is a document that allows some actions on everything.
func (b *builder) whole(action string) any {
	return map[string]any{
		"Version":   "2012-10-17",
		"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}},
	}
}

func (b *builder) document(statements []any) any {
	doc := map[string]any{"Version": "2012-10-17", "Statement": statements}
	switch {
	case chance(b.r, 9):
		doc["Version"] = "2008-10-17"
	case chance(b.r, 3):
		delete(doc, "Version")
	}
	if len(statements) == 1 && chance(b.r, 30) {
		doc["Statement"] = statements[0]
	}
	return doc
}

// identity is an identity policy. It refers to secrets and keys only if free.
func (b *builder) identity(st *stack, free bool) any {
	var out []any
	for range 1 + b.r.IntN(3) {
		service := pick(b.r, []string{"secretsmanager", "secretsmanager", "kms", ""})
		s := map[string]any{"Effect": "Allow"}
		denies := chance(b.r, 22)
		if denies {
			s["Effect"] = "Deny"
		}
		b.actions(s, service, denies)
		b.resources(st, s, service, free)
		b.conditions(st, s, service, free, denies)
		out = append(out, b.perhaps(st, s, len(out)))
	}
	return b.document(out)
}

// perhaps puts a statement under a condition of the template, now and then; never the first, so
// that one is left.
func (b *builder) perhaps(st *stack, s map[string]any, before int) any {
	if before > 0 && chance(b.r, 12) {
		return b.either(st, s, gone{})
	}
	return s
}

// limit is a boundary: mostly wide.
func (b *builder) limit(st *stack) any {
	wide := map[string]any{
		"Effect":   "Allow",
		"Action":   pick(b.r, []any{"*", []any{"secretsmanager:*", "kms:*"}, "secretsmanager:*"}),
		"Resource": "*",
	}
	if chance(b.r, 30) {
		delete(wide, "Action")
		wide["NotAction"] = pick(b.r, []any{"iam:*", []any{"secretsmanager:Delete*", "iam:*"}})
	}
	if chance(b.r, 30) {
		b.conditions(st, wide, "", false, false)
	}
	out := []any{wide}
	if chance(b.r, 30) {
		s := map[string]any{"Effect": "Deny"}
		b.actions(s, "secretsmanager", true)
		b.resources(st, s, "secretsmanager", false)
		b.conditions(st, s, "secretsmanager", false, true)
		out = append(out, s)
	}
	return b.document(out)
}

// actions gives a statement Action or NotAction.
func (b *builder) actions(s map[string]any, service string, denies bool) {
	secretActions := []any{
		"secretsmanager:*", "secretsmanager:GetSecretValue",
		[]any{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
		"secretsmanager:Get*", "secretsmanager:*Secret", "secretsmanager:*SecretValue",
		"secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret",
		[]any{"secretsmanager:RotateSecret", "secretsmanager:TagResource"},
		[]any{"secretsmanager:UpdateSecret", "secretsmanager:PutSecretValue"},
		"secretsmanager:ReplicateSecretToRegions",
		"SecretsManager:describe*",
	}
	keyActions := []any{
		"kms:*", "kms:Decrypt", []any{"kms:Decrypt", "kms:GenerateDataKey*"}, "kms:GenerateDataKey",
		"kms:*crypt", []any{"kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"},
	}
	others := []any{
		"*", []any{"secretsmanager:*", "kms:*"}, "s3:*",
		[]any{"secretsmanager:GetSecretValue", "kms:Decrypt"},
		[]any{"secretsmanager:*Value", "kms:GenerateDataKey", "kms:Decrypt"},
	}
	not := []any{
		"iam:*", []any{"s3:*", "secretsmanager:Delete*"},
		[]any{"secretsmanager:Get*", "kms:Decrypt"}, "kms:*",
	}
	from := map[string][]any{"secretsmanager": secretActions, "kms": keyActions,
		"": others}[service]
	if chance(b.r, 12) && !(denies && chance(b.r, 60)) {
		s["NotAction"] = pick(b.r, not)
		return
	}
	s["Action"] = pick(b.r, from)
}

// resources gives a statement Resource or NotResource.
func (b *builder) resources(st *stack, s map[string]any, service string, free bool) {
	secrets, keys := b.secretResources(st, free), b.keyResources(st, free)
	from := secrets
	switch service {
	case "kms":
		from = keys
	case "":
		both := []any{"arn:aws:secretsmanager:*:*:secret:*", "arn:aws:kms:*:*:key/*"}
		from = []any{"*", "*", "*", both}
	}
	value := pick(b.r, from)
	if chance(b.r, 14) && value != "*" {
		if chance(b.r, 50) {
			value = pick(b.r, []any{
				"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*",
				"arn:aws:secretsmanager:*:*:secret:*${aws:PrincipalTag/stage}*",
				"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team, 'ops'}/*",
			})
		}
		s["NotResource"] = value
		return
	}
	s["Resource"] = value
}

func (b *builder) secretResources(st *stack, free bool) []any {
	secrets := []any{
		"*", "*", "arn:aws:secretsmanager:*:*:secret:*",
		join(b.r, "arn:aws:secretsmanager:*:", b.accountOf(st), ":secret:pay/*"),
		"arn:aws:secretsmanager:*:*:secret:pay/db-??????",
		"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*",
		"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team, 'pay'}/*",
		"arn:aws:secretsmanager:eu-*:*:secret:*/??-*",
		"arn:aws:secretsmanager:*:*:secret:p${aws:PrincipalTag/none, 'ay'}/*",
		join(b.r, "arn:aws:secretsmanager:*:*:secret:", b.text(st, ""), "/*"),
		[]any{
			"arn:aws:secretsmanager:*:*:secret:ops/api-??????",
			"arn:aws:secretsmanager:*:*:secret:shop/*",
		},
	}
	for _, x := range b.g.secrets {
		if free && x.stack == st {
			secrets = append(secrets, x.arn,
				[]any{x.arn, "arn:aws:secretsmanager:*:*:secret:shop/*"})
		}
	}
	return secrets
}

func (b *builder) keyResources(st *stack, free bool) []any {
	keys := []any{
		"*", "*", join(b.r, "arn:aws:kms:*:", b.accountOf(st), ":key/*"),
		"arn:aws:kms:eu-west-1:*:key/*", "arn:aws:kms:*:*:alias/*", "arn:aws:kms:*:*:key/mrk-*",
	}
	if st.parameters["SomeKey"] != nil {
		keys = append(keys, part(ref("SomeKey"), Part{"parameter", st.file, "SomeKey"}))
	}
	for _, x := range b.g.keys {
		if free && x.stack == st {
			keys = append(keys, x.arn, x.arn)
		}
	}
	return keys
}

// text is a text of the template that a policy may hold: a parameter with or without a default, an
// import, the choice of a condition.
func (b *builder) text(st *stack, name string) any {
	if st.parameters["Team"] == nil {
		return "pay"
	}
	switch n := b.r.IntN(8); {
	case name == "Team" || n < 3:
		return part(ref("Team"), Part{"parameter", st.file, "Team"})
	case n < 5:
		return part(ref("Owner"), Part{"parameter", st.file, "Owner"})
	case n < 6:
		return part(map[string]any{"Fn::ImportValue": "shared-team"},
			Part{"import", "", "shared-team"})
	}
	return b.either(st, "pay", "ops")
}

// conditions gives a statement conditions: a Deny mostly has some.
func (b *builder) conditions(st *stack, s map[string]any, service string, free, denies bool) {
	n := []int{0, 0, 0, 0, 1, 1, 1, 1, 2, 3}[b.r.IntN(10)]
	if denies {
		n = []int{0, 1, 1, 1, 1, 1, 2, 2, 2, 3}[b.r.IntN(10)]
	}
	if n == 0 {
		return
	}
	block := map[string]any{}
	for range n {
		k := pickKey(b.r, service)
		operator := b.operator(k)
		keys, _ := block[operator].(map[string]any)
		if keys == nil {
			keys = map[string]any{}
		}
		keys[k.key] = b.conditionValue(st, k, operator, free)
		block[operator] = keys
	}
	s["Condition"] = block
}

func (b *builder) operator(k conditionKey) string {
	if chance(b.r, 10) {
		return "Null"
	}
	operator := pick(b.r, operatorsOf[k.kind])
	if k.many && chance(b.r, 85) || !k.many && chance(b.r, 10) {
		operator = pick(b.r, []string{"ForAnyValue:", "ForAllValues:"}) + operator
	}
	if chance(b.r, 20) {
		operator += "IfExists"
	}
	return operator
}

// conditionValue is what a condition compares a key with.
func (b *builder) conditionValue(st *stack, k conditionKey, operator string, free bool) any {
	if operator == "Null" {
		return pick(b.r, []any{"true", "false", "false", true, false})
	}
	one := func() any {
		onTexts := strings.Contains(operator, "String") && k.kind == texts
		switch {
		case onTexts && strings.Contains(k.key, "Tag/") && chance(b.r, 35):
			return pick(
				b.r,
				[]any{
					pick(b.r, variables), pick(b.r, variables), pick(b.r, variables),
					b.text(st, ""),
				},
			)
		case onTexts && chance(b.r, 6):
			return pick(b.r, variables)
		case k.key == "aws:PrincipalArn" && free && chance(b.r, 50):
			return b.principalARN(st)
		case k.key == "kms:EncryptionContext:SecretARN" && free && len(b.g.secrets) > 0 &&
			chance(b.r, 50):
			return pick(b.r, b.g.secrets).arn
		case k.key == "kms:CallerAccount" || k.key == "aws:PrincipalAccount" ||
			k.key == "aws:ResourceAccount":
			if chance(b.r, 40) {
				return b.accountOf(st)
			}
		case k.kind == arns && strings.HasPrefix(operator, "Arn") && chance(b.r, 5):
			return "arn:aws:iam::${aws:PrincipalAccount}:role/*"
		}
		return pick(b.r, k.values)
	}
	if chance(b.r, 65) {
		v := one()
		if v == "true" && chance(b.r, 30) {
			return true
		}
		if chance(b.r, 5) {
			return b.either(st, v, one())
		}
		return v
	}
	values := []any{one(), one()}
	if chance(b.r, 30) {
		values = append(values, one())
	}
	return values
}

// principalARN is the ARN of a principal as a template writes it.
func (b *builder) principalARN(st *stack) any {
	for range 8 {
		p := pick(b.r, b.g.principals)
		if p.kind == "service" || p.standsFor != "" {
			continue
		}
		if p.stack == st && p.refs && chance(b.r, 60) {
			return p.arn
		}
		if name, ok := p.named.(string); ok && p.stack == st &&
			st.resource[p.id].(map[string]any)["Properties"].(map[string]any)["Path"] == nil {
			return join(b.r, "arn:aws:iam::", b.accountOf(st), ":"+p.kind+"/"+name)
		}
		if p.stack == nil || p.named != nil && p.stack.stated {
			return textOf(p.arn, b.g.World)
		}
	}
	return "arn:aws:iam::111111111111:role/outside"
}

// principalOf gives a statement of a resource's policy its Principal or NotPrincipal.
func (b *builder) principalOf(st *stack, s map[string]any, denies bool) {
	root := join(b.r, "arn:aws:iam::", b.accountOf(st), ":root")
	if denies && chance(b.r, 25) || !denies && chance(b.r, 4) {
		s["NotPrincipal"] = map[string]any{"AWS": []any{b.principalARN(st), root}}
		return
	}
	if denies && chance(b.r, 50) {
		s["Principal"] = pick(b.r, []any{"*", map[string]any{"AWS": "*"}})
		return
	}
	switch n := b.r.IntN(22); {
	case n < 9:
		s["Principal"] = map[string]any{"AWS": b.principalARN(st)}
	case n < 11:
		s["Principal"] = map[string]any{"AWS": []any{b.principalARN(st), b.principalARN(st)}}
	case n < 13:
		s["Principal"] = map[string]any{"AWS": root}
	case n < 14:
		s["Principal"] = map[string]any{
			"AWS": pick(b.r, []any{accountA, accountB, "arn:aws:iam::222222222222:root"}),
		}
	case n < 17:
		s["Principal"] = pick(b.r, []any{"*", map[string]any{"AWS": "*"}})
	case n < 18:
		s["Principal"] = map[string]any{
			"Service": pick(b.r,
				[]any{"rds.amazonaws.com", []any{"rds.amazonaws.com", "events.amazonaws.com"}}),
		}
	case n < 19:
		s["Principal"] = map[string]any{
			"AWS": part(map[string]any{"Fn::ImportValue": "shared-role"},
				Part{"import", "", "shared-role"}),
		}
	case n < 20:
		s["Principal"] = map[string]any{"AWS": "arn:aws:sts::111111111111:assumed-role/worker/job"}
	case n < 21:
		s["Principal"] = map[string]any{"AWS": b.either(st, b.principalARN(st), b.principalARN(st))}
	default:
		s["Principal"] = map[string]any{"AWS": b.uniqueID(st)}
	}
}

// uniqueID is the unique id of a role of the stack.
func (b *builder) uniqueID(st *stack) any {
	for _, p := range b.g.principals {
		if p.stack == st && p.kind == "role" && p.refs {
			return part(attribute(p.id, "RoleId"), Part{"attribute", st.file, p.id + ".RoleId"})
		}
	}
	return b.principalARN(st)
}

// resourcePolicy is the policy of a secret.
func (b *builder) resourcePolicy(st *stack, s *secret) any {
	var out []any
	for range 1 + b.r.IntN(3) {
		statement := map[string]any{"Effect": "Allow"}
		denies := chance(b.r, 28)
		if denies {
			statement["Effect"] = "Deny"
		}
		b.principalOf(st, statement, denies)
		b.actions(statement, "secretsmanager", denies)
		statement["Resource"] = pick(b.r,
			[]any{"*", "*", "*", "*", "*", s.arn, "arn:aws:secretsmanager:*:*:secret:*"})
		if chance(b.r, 3) {
			delete(statement, "Resource")
			statement["NotResource"] = "arn:aws:secretsmanager:*:*:secret:ops/*"
		}
		b.conditions(st, statement, "secretsmanager", true, denies)
		out = append(out, b.perhaps(st, statement, len(out)))
	}
	return b.document(out)
}

// keyPolicy is the policy of a key: mostly it lets the account decide.
func (b *builder) keyPolicy(st *stack) any {
	var out []any
	root := join(b.r, "arn:aws:iam::", b.accountOf(st), ":root")
	if chance(b.r, 65) {
		s := map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"AWS": root}, "Action": "kms:*",
			"Resource": "*",
		}
		if chance(b.r, 15) {
			b.keyConditions(st, s, false)
		}
		out = append(out, s)
	}
	if chance(b.r, 20) {
		out = append(out, map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"AWS": "*"},
			"Action": []any{"kms:Decrypt", "kms:GenerateDataKey*"}, "Resource": "*",
			"Condition": map[string]any{
				"StringEquals": map[string]any{
					"kms:CallerAccount": b.accountOf(st),
					"kms:ViaService":    "secretsmanager.eu-west-1.amazonaws.com",
				},
			},
		})
	}
	for range b.r.IntN(3) {
		s := map[string]any{"Effect": "Allow", "Resource": "*"}
		denies := chance(b.r, 25)
		if denies {
			s["Effect"] = "Deny"
		}
		b.principalOf(st, s, denies)
		b.actions(s, "kms", denies)
		b.keyConditions(st, s, denies)
		out = append(out, b.perhaps(st, s, len(out)))
	}
	if len(out) == 0 {
		out = append(
			out,
			map[string]any{
				"Effect": "Allow", "Principal": map[string]any{"AWS": root}, "Action": "kms:*",
				"Resource": "*",
			},
		)
	}
	return b.document(out)
}

// keyConditions gives a statement of a key policy conditions, which refer to no secret.
func (b *builder) keyConditions(st *stack, s map[string]any, denies bool) {
	b.conditions(st, s, "kms", false, denies)
}
