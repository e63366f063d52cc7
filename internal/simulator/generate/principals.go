package generate

import "strings"

// outsiders are principals and a key that no template makes.
func (b *builder) outsiders() {
	everything := func() []*document {
		return []*document{
			{
				kind: "account that only a policy names", tree: b.whole("*"),
				when: func(World) bool { return true },
			},
		}
	}
	b.g.principals = append(
		b.g.principals,
		&principal{
			id: "arn:aws:iam::111111111111:role/outside", kind: "role", account: accountA,
			arn: "arn:aws:iam::111111111111:role/outside", unique: "AROAOUTSIDEOUTSIDEOU",
			openTags: true, named: "outside",
		},
		&principal{
			id: "arn:aws:iam::222222222222:role/app/partner", kind: "role", account: accountB,
			arn: "arn:aws:iam::222222222222:role/app/partner", unique: "AROAPARTNERPARTNERPA",
			openTags: true, documents: everything(),
		},
		&principal{id: "rds.amazonaws.com", kind: "service", arn: "rds.amazonaws.com"},
		&principal{
			id: "everybody", standsFor: "everybody", kind: "role", account: accountC,
			arn: "arn:aws:iam::333333333333:role/stranger", unique: "AROASTRANGERSTRANGER",
			openTags: true, documents: everything(),
		},
		&principal{
			id: "arn:aws:iam::111111111111:root", standsFor: "everybody of account", kind: "role",
			account: accountA, arn: "arn:aws:iam::111111111111:role/nobody",
			unique: "AROANOBODYNOBODYNOBO", openTags: true,
		},
	)
}

// trust is the trust of a role: a service may assume it and, unless it is for services alone, so
// may people of its account, who may bring MFA and an identity, and those of an identity provider.
func (b *builder) trust(p *principal) any {
	actions := any("sts:AssumeRole")
	if p.openTags {
		actions = []any{"sts:AssumeRole", "sts:TagSession"}
	}
	statements := []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "ec2.amazonaws.com"},
		"Action": actions,
	}}
	if !p.ofServices {
		statements = append(statements, map[string]any{
			"Effect": "Allow", "Action": []any{"sts:AssumeRole", "sts:SetSourceIdentity"},
			"Principal": map[string]any{"AWS": "arn:aws:iam::" + p.account + ":root"},
		}, map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
			"Principal": map[string]any{"Federated": "cognito-identity.amazonaws.com"},
		})
	}
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

// role makes a role with policies of its own, attached and managed, and perhaps a boundary.
func (b *builder) role(st *stack, i int) {
	id := []string{"Worker", "Deployer", "Reader", "Auditor"}[i]
	p := &principal{
		id: id, kind: "role", account: st.account, stack: st,
		unique: "AROA" + letters(b.r, 16, capitals), tags: b.callerTags(),
		openTags: chance(b.r, 40), refs: true,
	}
	p.ofServices = strings.ContainsAny(p.unique[4:5], "ABCDEFGHIJKL")
	b.g.World[Part{"attribute", st.file, id + ".RoleId"}] = p.unique
	p.trust = b.trust(p)
	properties := map[string]any{"AssumeRolePolicyDocument": p.trust}
	name, path := any(nil), "/"
	if chance(b.r, 60) || st.file != "app" {
		name = []string{"worker", "deployer", "reader", "auditor"}[i]
		properties["RoleName"], p.named = name, name
		if chance(b.r, 30) {
			path = "/app/"
			properties["Path"] = path
		}
	} else {
		unknown := Part{"name", st.file, id}
		b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
		name = &symbol{nil, func(w World) any {
			return w[Part{What: "stack", Template: st.file}] + "-" + id + "-" + w[unknown]
		}}
	}
	p.arn = &symbol{
		attribute(id, "Arn"),
		func(w World) any {
			return "arn:aws:iam::" + st.accountIn(w) + ":role" + path + textOf(name, w)
		},
	}
	if len(p.tags) > 0 {
		properties["Tags"] = tagList(p.tags)
	}
	b.own(st, p, properties)
	b.add(st, id, "AWS::IAM::Role", properties, false)
	b.g.principals = append(b.g.principals, p)
}

func (b *builder) user(st *stack, i int) {
	id, name := []string{"Bob", "Ann"}[i], []string{"bob", "ann"}[i]
	p := &principal{
		id: id, kind: "user", account: st.account, stack: st,
		unique: "AIDA" + letters(b.r, 16, capitals), tags: b.callerTags(), named: name, refs: true,
	}
	p.arn = &symbol{
		attribute(id, "Arn"),
		func(w World) any { return "arn:aws:iam::" + st.accountIn(w) + ":user/" + name },
	}
	properties := map[string]any{"UserName": name}
	if len(p.tags) > 0 {
		properties["Tags"] = tagList(p.tags)
	}
	b.own(st, p, properties)
	b.add(st, id, "AWS::IAM::User", properties, false)
	b.g.principals = append(b.g.principals, p)
}

// own gives a principal what stands in its own resource. It refers to nothing that may refer to the
// principal.
func (b *builder) own(st *stack, p *principal, properties map[string]any) {
	if chance(b.r, 60) {
		tree := b.identity(st, false)
		properties["Policies"] = []any{map[string]any{"PolicyName": "own", "PolicyDocument": tree}}
		p.has("inline policy of a "+p.kind, tree, always)
	}
	b.managed(st, p, properties)
	if chance(b.r, 25) {
		b.boundary(st, p, properties)
	}
}

// always is the case in every world.
func always(World) bool { return true }

// has gives a principal a document.
func (p *principal) has(kind string, tree any, when func(World) bool) {
	p.documents = append(p.documents, &document{kind, tree, when})
}

// managed gives a principal managed policies.
func (b *builder) managed(st *stack, p *principal, properties map[string]any) {
	var managed []any
	if chance(b.r, 35) {
		name := pick(b.r, managedNames())
		arn, when := b.sometimes(st, "arn:aws:iam::aws:policy/"+name)
		managed = append(managed, arn)
		p.has("AWS's managed policy", managedPolicy(name), when)
	}
	if chance(b.r, 25) {
		id, tree := b.id("Managed"), b.identity(st, false)
		b.add(st, id, "AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": tree}, false)
		managed = append(managed, ref(id))
		p.has("managed policy that the principal attaches", tree, always)
	}
	if chance(b.r, 10) {
		managed = append(managed, "arn:aws:iam::"+st.account+":policy/not-given")
		p.has("managed policy without a text", concrete(b, st), always)
	}
	if len(managed) > 0 {
		properties["ManagedPolicyArns"] = managed
	}
}

// boundary gives a principal a permissions boundary.
func (b *builder) boundary(st *stack, p *principal, properties map[string]any) {
	switch b.r.IntN(4) {
	case 0:
		name := pick(b.r, managedNames())
		properties["PermissionsBoundary"] = "arn:aws:iam::aws:policy/" + name
		p.boundary = &document{"boundary of AWS", managedPolicy(name), always}
		return
	case 1:
		if chance(b.r, 30) {
			limit := "arn:aws:iam::" + st.account + ":policy/limit-not-given"
			properties["PermissionsBoundary"] = limit
			p.boundary = &document{"boundary without a text", concrete(b, st), always}
			return
		}
	}
	id, tree := b.id("Limit"), b.limit(st)
	b.add(st, id, "AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": tree}, false)
	value, when := b.sometimes(st, ref(id))
	properties["PermissionsBoundary"] = value
	p.boundary = &document{"boundary", tree, when}
}

// sometimes puts a value under a condition of the template, now and then, and says when it is
// there.
func (b *builder) sometimes(st *stack, value any) (any, func(World) bool) {
	if len(st.holds) == 0 || !chance(b.r, 15) {
		return value, func(World) bool { return true }
	}
	under := b.either(st, value, gone{})
	return under, func(w World) bool { return deployed(under, w) != any(gone{}) }
}

// concrete is a policy that no template states.
func concrete(b *builder, st *stack) any { return deployed(b.identity(st, false), b.g.World) }

// group makes a group with the users of the stack.
func (b *builder) group(st *stack) {
	var users []*principal
	for _, p := range b.g.principals {
		if p.kind == "user" && p.stack == st {
			users = append(users, p)
		}
	}
	if len(users) == 0 || chance(b.r, 40) {
		return
	}
	var docs []*document
	properties := map[string]any{}
	tree := b.identity(st, false)
	properties["Policies"] = []any{map[string]any{"PolicyName": "all", "PolicyDocument": tree}}
	docs = append(docs, &document{"inline policy of a group", tree, always})
	b.add(st, "Team0", "AWS::IAM::Group", properties, false)
	if chance(b.r, 60) {
		tree := b.identity(st, true)
		when := b.add(st, "Team0Policy", "AWS::IAM::GroupPolicy",
			map[string]any{"GroupName": ref("Team0"), "PolicyName": "more", "PolicyDocument": tree},
			true)
		docs = append(docs, &document{"AWS::IAM::GroupPolicy", tree, when})
	}
	if chance(b.r, 50) {
		b.add(st, "Members", "AWS::IAM::UserToGroupAddition",
			map[string]any{"GroupName": ref("Team0"), "Users": []any{ref(users[0].id)}}, false)
		users = users[:1]
	} else {
		for _, u := range users {
			user := st.resource[u.id].(map[string]any)
			user["Properties"].(map[string]any)["Groups"] = []any{ref("Team0")}
		}
	}
	for _, u := range users {
		u.documents = append(u.documents, docs...)
	}
}

// attachments makes policies that name whom they are attached to.
func (b *builder) attachments(st *stack) {
	for range 1 + b.r.IntN(4) {
		p := pick(b.r, b.g.principals)
		if chance(b.r, 35) {
			p = b.someUser(p)
		}
		if p.kind == "service" || p.standsFor != "" || p.account != st.account ||
			p.stack != nil && p.stack != st && p.named == nil {
			continue
		}
		name := p.named
		if p.stack == st && (name == nil || chance(b.r, 55)) {
			name = ref(p.id)
		}
		list := map[string]string{"role": "Roles", "user": "Users"}[p.kind]
		one := map[string]string{"role": "AWS::IAM::RolePolicy",
			"user": "AWS::IAM::UserPolicy"}[p.kind]
		tree, id := b.identity(st, true), b.id("Policy")
		kind := pick(b.r, []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", one})
		if p.kind == "user" && chance(b.r, 30) {
			kind = one
		}
		properties := map[string]any{"PolicyDocument": tree}
		if kind != "AWS::IAM::ManagedPolicy" {
			properties["PolicyName"] = id
		}
		if kind == one {
			properties[map[string]string{"role": "RoleName", "user": "UserName"}[p.kind]] = name
		} else {
			properties[list] = []any{name}
		}
		when := b.add(st, id, kind, properties, true)
		how := " by reference"
		if _, isText := name.(string); isText {
			how = " by name"
		}
		p.has(kind+how, tree, when)
	}
}

// someUser is a user, or the given principal if there is none.
func (b *builder) someUser(otherwise *principal) *principal {
	for _, p := range b.g.principals {
		if p.kind == "user" {
			return p
		}
	}
	return otherwise
}

// permissionSet makes a permission set of IAM Identity Center, which is a role in the account that
// it is assigned to.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
func (b *builder) permissionSet(st *stack) {
	tree := b.identity(st, true)
	arn := "arn:aws:iam::" + st.account + ":role/aws-reserved/sso.amazonaws.com/" + regionA +
		"/AWSReservedSSO_Support_" + letters(b.r, 16, hexDigits)
	p := &principal{
		id: "Support", kind: "role", account: st.account, stack: st, arn: arn,
		unique: "AROA" + letters(b.r, 16, capitals), openTags: true,
		documents: []*document{{"permission set", tree, always}},
	}
	const instance = "arn:aws:sso:::instance/ssoins-1111111111111111"
	properties := map[string]any{"InstanceArn": instance, "Name": "Support", "InlinePolicy": tree}
	if chance(b.r, 50) {
		name := pick(b.r, managedNames())
		properties["ManagedPolicies"] = []any{"arn:aws:iam::aws:policy/" + name}
		p.has("AWS's managed policy", managedPolicy(name), always)
	}
	b.add(st, p.id, "AWS::SSO::PermissionSet", properties, false)
	b.add(st, "Assignment", "AWS::SSO::Assignment", map[string]any{
		"InstanceArn": instance, "PermissionSetArn": attribute(p.id, "PermissionSetArn"),
		"PrincipalType": "GROUP", "PrincipalId": "11111111-1111-1111-1111-111111111111",
		"TargetType": "AWS_ACCOUNT", "TargetId": st.account,
	}, false)
	b.g.principals = append(b.g.principals, p)
}

// function makes a function of SAM, whose role SAM makes with its policies from policy templates.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
func (b *builder) function(st *stack) {
	st.transform = true
	s := pick(b.r, b.g.secrets)
	p := &principal{
		id: "FunctionRole", kind: "role", account: st.account, stack: st, ofServices: true,
		unique: "AROA" + letters(b.r, 16, capitals),
	}
	unknown := Part{"name", st.file, p.id}
	b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
	p.arn = &symbol{nil, func(w World) any {
		return "arn:aws:iam::" + st.accountIn(w) + ":role/" +
			w[Part{What: "stack", Template: st.file}] + "-FunctionRole-" + w[unknown]
	}}
	policies := []any{
		map[string]any{"AWSSecretsManagerGetSecretValuePolicy": map[string]any{"SecretArn": s.arn}},
	}
	p.has("policy template of SAM", map[string]any{"Statement": []any{map[string]any{
		"Effect": "Allow", "Action": []any{"secretsmanager:GetSecretValue"}, "Resource": s.arn,
	}}}, always)
	if k := s.copies[0].key; k != nil && k.stack != nil {
		policies = append(policies,
			map[string]any{"KMSDecryptPolicy": map[string]any{"KeyId": ref(k.id)}})
		p.has("policy template of SAM", map[string]any{"Statement": []any{
			map[string]any{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": k.arn},
		}}, always)
	}
	if chance(b.r, 50) {
		tree := b.identity(st, true)
		policies = append(policies, tree)
		p.has("policy of a function of SAM", tree, always)
	}
	b.add(st, "Function", "AWS::Serverless::Function", map[string]any{
		"Handler": "index.handler", "Runtime": "python3.13",
		"InlineCode": "def handler(event, context): pass", "Policies": policies,
	}, false)
	b.g.principals = append(b.g.principals, p)
}
