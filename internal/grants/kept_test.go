package grants

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestKeptWordsSayTheSame: a placement that keeps what documents say of somebody is the one that
// writes it anew for every permission.
func TestKeptWordsSayTheSame(t *testing.T) {
	specs := []string{everyKindOnEverySecret(), manySecrets()}
	for _, row := range placeRows {
		specs = append(specs, row.spec)
	}
	for _, row := range refusedRows {
		specs = append(specs, row.spec)
	}
	statements := 0
	for _, text := range specs {
		ps := derive(t, text)
		got, found := Place(ps)
		want, wanted := placeBy(ps, nil)
		isSame := slices.EqualFunc(got.ResourcePolicies, want.ResourcePolicies,
			func(a, b ResourcePolicy) bool {
				return a.Secret == b.Secret && a.Size == b.Size &&
					reflect.DeepEqual(a.Written(), b.Written()) &&
					reflect.DeepEqual(a.Value(), b.Value()) &&
					reflect.DeepEqual(a.Value(), b.Written().Value())
			})
		n, isWritten := len(documents(got)), slices.Equal(documents(got), documents(want))
		got.ResourcePolicies, want.ResourcePolicies = nil, nil
		if !isSame || !isWritten || !reflect.DeepEqual(got, want) || said(found) != said(wanted) {
			t.Errorf("%s\ngives\n%s\n%s\nwant\n%s\n%s", text, strings.Join(documents(got), "\n"),
				said(found), strings.Join(documents(want), "\n"), said(wanted))
		}
		statements += n
	}
	if statements < 400 {
		t.Errorf("%d statements are too few", statements)
	}
}

// manySecrets is a spec with identity policies that must be divided, of which nearly all is ARNs,
// pins, or both.
func manySecrets() string {
	var b strings.Builder
	b.WriteString("principals:\n")
	for _, name := range []string{"reads", "writes", "both", "free", "inline"} {
		b.WriteString("  " + name + ": { role: { assumedBy: { service: ecs.amazonaws.com } }")
		if name == "inline" {
			b.WriteString(", policies: inline")
		}
		b.WriteString(" }\n")
	}
	b.WriteString("keys:\n  pinned: { alias: pinned }\n  free: { alias: free, pinSecrets: false }\n" +
		"secrets:\n")
	for i := range 90 {
		key := "pinned"
		if i%3 == 0 {
			key = "free"
		}
		fmt.Fprintf(&b, "  s%d: { name: \"%s%d\", key: %s, grants: { read: [reads, both], write: "+
			"[writes, both], describe: [free, inline] } }\n", i, strings.Repeat("n", i), i, key)
	}
	return b.String()
}

// everyKindOnEverySecret is a spec in which principals of every kind have many verbs on secrets
// that differ in all that documents hang on.
func everyKindOnEverySecret() string {
	var b strings.Builder
	b.WriteString(`shards: 3
deployer: own
principals:
  own: { existingRole: "arn:aws:iam::111111111111:role/own" }
  named: { existingRole: named }
  far: { existingRole: "arn:aws:iam::222222222222:role/far" }
  made: { role: { roleName: made, assumedBy: { service: ecs-tasks.amazonaws.com } } }
  pattern: { rolePattern: "arn:aws:iam::111111111111:role/p*" }
  farPattern: { rolePattern: "arn:aws:iam::222222222222:role/p*" }
  service: { service: ecs.amazonaws.com }
  account: { account: "333333333333" }
  organization: { organization: o-a1b2c3d4e5 }
keys:
  pinned: { alias: pinned }
  free: { alias: free, pinSecrets: false }
  closed: { alias: closed, iamDelegation: false }
  theirs: { import: { arn: "arn:aws:kms:eu-west-1:111111111111:key/` +
		`21c4b39b-fde2-4273-9ac0-d9bb5c0d0030" }, iamDelegation: false }
secrets:
`)
	n := 0
	for _, key := range []string{"pinned", "free", "closed"} {
		for _, more := range []string{"", ", policy: { denyDelete: true }",
			", replicas: { region: us-east-1, key: " + key + " }"} {
			for range 2 {
				n++
				fmt.Fprintf(&b, "  s%d: { name: s%d, key: %s%s }\n", n, n, key, more)
			}
		}
	}
	for _, key := range []string{"pinned", "free", "theirs"} {
		fmt.Fprintf(&b, "  z%s: { import: { arn: \"arn:aws:secretsmanager:eu-west-1:111111111111:"+
			"secret:z%s-f3gDy9\" }, key: %s }\n", key, key, key)
	}
	b.WriteString("grants:\n")
	everybody := "[own, far, made, pattern, farPattern, service, account, organization]"
	for i, g := range []string{"allow: read", "allow: write", "allow: describe",
		"allow: read, versionStages: AWSCURRENT", "allow: read, versionStages: [AWSCURRENT, OLD]",
		"allow: read, when: { mfa: true }", "allow: read, regions: eu-west-1"} {
		to := everybody
		if strings.Contains(g, "when") {
			to = "[own, far, made, pattern]"
		}
		fmt.Fprintf(&b, "  - { to: %s, %s, secrets: \"s%s\" }\n", to, g,
			[]string{"1*", "?", "*", "2*", "1", "2", "3"}[i])
	}
	b.WriteString("  - { to: named, allow: [read, write], secrets: \"*\" }\n")
	return b.String()
}
