package generate

// key makes a key with its policy, perhaps with an alias.
func (b *builder) key(st *stack) *key {
	id := b.id("Key")
	k := &key{
		id: id, region: st.region, account: st.account, stack: st, tags: b.tags(),
		multiRegion: chance(b.r, 20),
	}
	unknown := Part{"name", st.file, id}
	b.g.World[unknown] = uuid(b.r)
	if k.multiRegion {
		b.g.World[unknown] = "mrk-" + letters(b.r, 32, hexDigits)
	}
	k.arn = &symbol{
		attribute(id, "Arn"),
		func(w World) any {
			return "arn:aws:kms:" + st.region + ":" + st.accountIn(w) + ":key/" + w[unknown]
		},
	}
	tree := b.keyPolicy(st)
	k.policy = &document{"key policy", tree, func(World) bool { return true }}
	properties := map[string]any{"KeyPolicy": tree}
	if k.multiRegion {
		properties["MultiRegion"] = true
	}
	if len(k.tags) > 0 {
		properties["Tags"] = tagList(k.tags)
	}
	b.add(st, id, "AWS::KMS::Key", properties, false)
	if chance(b.r, 50) {
		alias := "alias/" + pick(b.r, []string{"app", "other"}) + id
		if len(b.g.keys) == 0 {
			alias = "alias/app"
		}
		k.aliases = []string{alias}
		b.add(st, id+"Alias", "AWS::KMS::Alias",
			map[string]any{"AliasName": alias, "TargetKeyId": ref(id)}, false)
	}
	b.g.keys = append(b.g.keys, k)
	return k
}

// keyOutside is a key that no template makes: it leaves the decision to its account.
func (b *builder) keyOutside(region string) *key {
	return &key{
		region:  region,
		account: accountA,
		arn:     "arn:aws:kms:" + region + ":111111111111:key/" + uuid(b.r),
		tags:    b.tags(),
		policy: &document{
			kind: "key policy that is out of sight", when: func(World) bool { return true },
			tree: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
				"Effect":    "Allow",
				"Principal": map[string]any{"AWS": "arn:aws:iam::111111111111:root"},
				"Action":    "kms:*", "Resource": "*",
			}}},
		},
	}
}

func (b *builder) secret(st *stack, i int) {
	id := []string{"Db", "Api", "Token"}[i]
	s := &secret{id: id, stack: st, tags: b.tags(), asPrimary: chance(b.r, 50)}
	properties := map[string]any{"GenerateSecretString": map[string]any{"PasswordLength": 32}}
	switch b.r.IntN(5) {
	case 0:
		unknown := Part{"name", st.file, id}
		b.g.World[unknown] = letters(b.r, 12, lettersAndDigits)
		s.name = &symbol{nil, func(w World) any { return id + "-" + w[unknown] }}
	case 1:
		s.name = join(b.r, b.text(st, "Team"), "/"+id)
	default:
		s.name = []string{"pay/db", "ops/api", "shop/token"}[i]
	}
	if w, ok := s.name.(*symbol); !ok || w.written != nil {
		properties["Name"] = s.name
	}
	suffix := Part{"suffix", st.file, id}
	b.g.World[suffix] = letters(b.r, 6, lettersAndDigits)
	s.arn = &symbol{ref(id), func(w World) any {
		return "arn:aws:secretsmanager:" + st.region + ":" + st.accountIn(w) + ":secret:" +
			textOf(s.name, w) + "-" + w[suffix]
	}}
	if len(s.tags) > 0 {
		properties["Tags"] = tagList(s.tags)
	}
	b.copies(s, properties)
	b.add(st, id, "AWS::SecretsManager::Secret", properties, false)
	b.g.secrets = append(b.g.secrets, s)
}

// copies gives a secret its key and, sometimes, a replica.
func (b *builder) copies(s *secret, properties map[string]any) {
	s.copies = []copyOf{{region: s.stack.region}}
	switch {
	case len(b.g.keys) > 0 && chance(b.r, 65):
		k := pick(b.r, b.g.keys)
		s.copies[0].key = k
		properties["KmsKeyId"] = pick(b.r, []any{ref(k.id), k.arn})
		if len(k.aliases) > 0 && chance(b.r, 40) {
			properties["KmsKeyId"] = pick(b.r, []any{ref(k.id + "Alias"), k.aliases[0]})
		}
	case chance(b.r, 25):
		k := b.keyOutside(s.stack.region)
		s.copies[0].key = k
		properties["KmsKeyId"] = k.arn
	}
	if chance(b.r, 30) {
		replica, entry := copyOf{region: regionB}, map[string]any{"Region": regionB}
		if chance(b.r, 50) {
			replica.key = b.keyOutside(regionB)
			entry["KmsKeyId"] = replica.key.arn
		}
		s.copies = append(s.copies, replica)
		properties["ReplicaRegions"] = []any{entry}
	}
}

func (b *builder) secretPolicy(st *stack, s *secret) {
	if chance(b.r, 30) {
		return
	}
	tree := b.resourcePolicy(st, s)
	when := b.add(st, s.id+"Policy", "AWS::SecretsManager::ResourcePolicy", map[string]any{
		"SecretId": s.arn, "ResourcePolicy": tree, "BlockPublicPolicy": false,
	}, true)
	s.policy = &document{"secret policy", tree, when}
}
