package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// What AWS documents of the role that rotates:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
// and, for managed external secrets,
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-security.html.
var (
	onRotated = []string{
		`secretsmanager:DescribeSecret on {"Ref":"MailSecret"}`,
		`secretsmanager:GetRandomPassword on *`,
		`secretsmanager:GetSecretValue on {"Ref":"MailSecret"}`,
		`secretsmanager:PutSecretValue on {"Ref":"MailSecret"}`,
		`secretsmanager:UpdateSecretVersionStage on {"Ref":"MailSecret"}`,
	}
	onSuperuser = []string{
		`secretsmanager:GetSecretValue on {"Ref":"MasterSecret"}`,
	}
	inVPC = []string{
		`ec2:CreateNetworkInterface on *`,
		`ec2:DeleteNetworkInterface on *`,
		`ec2:DescribeNetworkInterfaces on *`,
		`ec2:DetachNetworkInterface on *`,
	}
)

const (
	rotatorInVPC = `Rotator: { Type: "AWS::Lambda::Function", ` +
		`Properties: { VpcConfig: { SubnetIds: [subnet-1], SecurityGroupIds: [sg-1] } } }`
	existingFunction = `functionArn: "arn:aws:lambda:eu-west-1:111111111111:function:rotate"`
	existingKey      = "arn:aws:kms:eu-west-1:111111111111:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030"
	throughEUWest1   = "StringEquals kms:ViaService secretsmanager.eu-west-1.amazonaws.com"
)

// ways are the ways to rotate, each with what the identity that rotates needs beside the use of
// keys.
var ways = []struct {
	name, way, principals, resources string
	secret                           string // more of the rotated secret
	want                             []string
	superuser                        bool // its key is used, too
	unstated                         bool // the statements are handed over
	unknown                          bool // AWS makes the role, and gives it what it needs
}{
	{
		name:       "lambda, role created here",
		way:        `lambda: { functionArn: !GetAtt Rotator.Arn, executionRole: rotator }`,
		principals: `rotator: { role: { assumedBy: { service: lambda.amazonaws.com } } }`,
		resources:  `Rotator: { Type: "AWS::Lambda::Function", Properties: {} }`,
		want:       onRotated,
	},
	{
		name: "lambda with a superuser",
		way: `lambda: { functionArn: !GetAtt Rotator.Arn, executionRole: rotator, ` +
			`superuserSecret: master }`,
		principals: `rotator: { role: { assumedBy: { service: lambda.amazonaws.com } } }`,
		resources:  `Rotator: { Type: "AWS::Lambda::Function", Properties: {} }`,
		want:       slices.Concat(onRotated, onSuperuser),
		superuser:  true,
	},
	{
		name:       "lambda in a VPC, role created here",
		way:        `lambda: { functionArn: !GetAtt Rotator.Arn, executionRole: rotator }`,
		principals: `rotator: { role: { assumedBy: { service: lambda.amazonaws.com } } }`,
		resources:  rotatorInVPC,
		want:       slices.Concat(inVPC, onRotated),
	},
	{
		name:       "lambda in a VPC, role that exists",
		way:        `lambda: { functionArn: !GetAtt Rotator.Arn, executionRole: rotator }`,
		principals: `rotator: { existingRole: "arn:aws:iam::111111111111:role/rotator" }`,
		resources:  rotatorInVPC,
		want:       onRotated,
	},
	{
		name: "lambda that exists, role that exists",
		way: `lambda: { ` + existingFunction + `, executionRole: rotator, ` +
			`superuserSecret: master }`,
		principals: `rotator: { existingRole: "arn:aws:iam::111111111111:role/svc/rotator" }`,
		want:       slices.Concat(onRotated, onSuperuser),
		superuser:  true,
	},
	{
		name:      "lambda, role not stated",
		way:       `lambda: { ` + existingFunction + `, superuserSecret: master }`,
		want:      slices.Concat(onRotated, onSuperuser),
		superuser: true,
		unstated:  true,
	},
	{
		name:    "hosted",
		way:     `hosted: { rotationType: MySQLMultiUser, superuserSecret: master }`,
		secret:  `value: { empty: true }`,
		unknown: true,
	},
	{
		name:    "application",
		way:     `application: { rotationType: MySQLMultiUser, superuserSecret: master }`,
		secret:  `value: { empty: true }`,
		unknown: true,
	},
	{
		name: "external, role created here",
		way: `external: { role: rotator, adminSecret: master, ` +
			`metadata: { apiVersion: v65.0 } }`,
		principals: `rotator: { role: {} }`,
		secret:     `type: SalesforceClientSecret`,
		want:       slices.Concat(onRotated, onSuperuser),
		superuser:  true,
	},
	{
		name:       "external without an admin secret, role that exists",
		way:        `external: { role: rotator }`,
		principals: `rotator: { existingRole: "arn:aws:iam::111111111111:role/rotator" }`,
		secret:     `type: PaddleApiKey`,
		want:       onRotated,
	},
}

// keys are what the secrets can be encrypted with, each with what the identity needs of them.
var keys = []struct {
	name, key              string
	onRotated, onSuperuser []string
	inKeyPolicy            bool // the key's policy must name the identity, too
	unfit                  bool // for a role that the spec does not name
}{
	{
		name: "no key",
	},
	{
		name: "created key",
		key:  `{}`,
		onRotated: wantedKey(
			`{"Fn::GetAtt":["AppKey","Arn"]}`,
			"MailSecret",
			"Decrypt",
			"GenerateDataKey",
		),
		onSuperuser: wantedKey(`{"Fn::GetAtt":["AppKey","Arn"]}`, "MasterSecret", "Decrypt"),
	},
	{
		name: "created key, not pinned",
		key:  `{ pinSecrets: false }`,
		onRotated: []string{
			`kms:Decrypt on {"Fn::GetAtt":["AppKey","Arn"]} if ` + throughEUWest1,
			`kms:GenerateDataKey on {"Fn::GetAtt":["AppKey","Arn"]} if ` + throughEUWest1,
		},
	},
	{
		name: "created key that names its users",
		key:  `{ iamDelegation: false }`,
		onRotated: wantedKey(
			`{"Fn::GetAtt":["AppKey","Arn"]}`,
			"MailSecret",
			"Decrypt",
			"GenerateDataKey",
		),
		onSuperuser: wantedKey(`{"Fn::GetAtt":["AppKey","Arn"]}`, "MasterSecret", "Decrypt"),
		inKeyPolicy: true,
		unfit:       true,
	},
	{
		name: "imported key",
		key:  `{ import: { arn: "` + existingKey + `" } }`,
		onRotated: wantedKey(
			existingKey,
			"MailSecret",
			"Decrypt",
			"GenerateDataKey",
		),
		onSuperuser: wantedKey(
			existingKey,
			"MasterSecret",
			"Decrypt",
		),
	},
	{
		name: "key imported by alias",
		key:  `{ import: { alias: alias/shared } }`,
		onRotated: wantedKey(
			`arn:aws:kms:eu-west-1:111111111111:key/*`,
			"MailSecret",
			"Decrypt",
			"GenerateDataKey",
		),
		onSuperuser: wantedKey(
			`arn:aws:kms:eu-west-1:111111111111:key/*`,
			"MasterSecret",
			"Decrypt",
		),
		unfit: true,
	},
}

// wantedKey is the use of a key through Secrets Manager, for one secret.
func wantedKey(key, secret string, actions ...string) []string {
	var out []string
	for _, action := range actions {
		out = append(
			out,
			fmt.Sprintf(
				`kms:%s on %s if StringEquals kms:EncryptionContext:SecretARN {"Ref":%q} and `+
					throughEUWest1,
				action,
				key,
				secret,
			),
		)
	}
	return out
}

// TestRotationIsAllowedWhatItNeedsAndNothingElse compares everything that the identity which
// rotates is allowed with what AWS documents.
func TestRotationIsAllowedWhatItNeedsAndNothingElse(t *testing.T) {
	for _, way := range ways {
		for _, key := range keys {
			if key.unfit && (way.unstated || way.unknown) {
				continue
			}
			t.Run(way.name+", "+key.name, func(t *testing.T) {
				placement := place(
					t,
					rotationSpec(way.way, way.principals, way.resources, way.secret, key.key),
				)
				want := slices.Concat(way.want, key.onRotated)
				if way.superuser {
					want = slices.Concat(want, key.onSuperuser)
				}
				if way.unknown {
					want = nil
				}
				got := wantedIdentity(placement, "rotator")
				if way.unstated {
					got = handedOver(placement)
				} else if len(placement.HandOvers) > 0 {
					t.Errorf("%d statements are handed over", len(placement.HandOvers))
				}
				same(t, got, want)
				if rp := placement.ResourcePolicies; len(rp) > 0 {
					t.Errorf("%d secrets have a resource policy", len(rp))
				}
				var wantInKey []string
				if key.inKeyPolicy {
					wantInKey = []string{"kms:Decrypt for mail", "kms:GenerateDataKey for mail"}
					if way.superuser {
						wantInKey = append(wantInKey, "kms:Decrypt for master")
					}
				}
				same(t, usersOfKey(placement), wantInKey)
			})
		}
	}
}

func rotationSpec(way, principals, resources, secret, key string) string {
	text := "version: 1\nstack: shop\nenvironment: { account: \"111111111111\", region: " +
		"eu-west-1 }\ndeployer: ci\n"
	of := ""
	if key != "" {
		text += "keys: { app: " + key + " }\n"
		of = "    key: app\n"
	}
	text += "secrets:\n  mail:\n    name: mail\n" + of
	if secret != "" {
		text += "    " + secret + "\n"
	}
	text += "    rotation:\n      rotateImmediatelyOnUpdate: false\n      " +
		"" + way + "\n  master:\n    name: master\n" + of
	text += "principals:\n  ci: { existingRole: \"arn:aws:iam::111111111111:role/ci\" }\n"
	if principals != "" {
		text += "  " + principals + "\n"
	}
	if resources != "" {
		text += "resources:\n  " + resources + "\n"
	}
	return text
}

func place(t *testing.T, text string) Placement {
	t.Helper()
	s, _, found := spec.Load([]*source.File{source.New("spec.yaml", []byte(text))})
	m, list := model.Resolve(s)
	found = append(found, list...)
	if found.HasErrors() {
		t.Fatalf("%v\n%s", found, text)
	}
	placement, found := Place(Derive(m))
	if found.HasErrors() {
		t.Fatalf("%v\n%s", found, text)
	}
	return placement
}

// wantedIdentity returns everything that the identity policies of a principal allow.
func wantedIdentity(p Placement, id string) []string {
	var all policy.Document
	for _, identity := range p.Identities {
		for _, part := range identity.Parts {
			if identity.To.ID == id {
				all = append(all, part.Document...)
			}
		}
	}
	return allowed(all)
}

func handedOver(p Placement) []string {
	var all policy.Document
	for _, h := range p.HandOvers {
		all = append(all, h.Statements...)
	}
	return allowed(all)
}

// allowed writes every pair of action and resource of a document, with the condition.
func allowed(d policy.Document) []string {
	out := map[string]bool{}
	for _, s := range d {
		var terms []string
		for _, c := range s.Condition {
			var values []string
			for _, v := range c.Values {
				values = append(values, shown(v))
			}
			terms = append(terms, c.Operator+" "+c.Key+" "+strings.Join(values, " or "))
		}
		slices.Sort(terms)
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				line := string(action) + " on " + shown(resource)
				if s.Effect != policy.Allow {
					line = "not " + line
				}
				if len(terms) > 0 {
					line += " if " + strings.Join(terms, " and ")
				}
				out[line] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// usersOfKey writes what the policies of the keys say beyond the three statements that every key
// has. All of it must be for the rotator, and pinned to one secret.
func usersOfKey(p Placement) []string {
	var out []string
	for _, k := range p.KeyPolicies {
		for _, s := range k.Document[3:] {
			secret := ""
			for _, c := range s.Condition {
				switch {
				case c.Key == "aws:PrincipalArn" && !strings.Contains(c.Values[0], "otator"):
					out = append(out, "somebody else: "+shown(c.Values[0]))
				case c.Key == "kms:EncryptionContext:SecretARN":
					secret = strings.TrimSuffix(
						strings.TrimPrefix(
							strings.Join(c.Values, " or "),
							"arn:aws:secretsmanager:eu-west-1:111111111111:secret:",
						),
						"-??????",
					)
				}
			}
			for _, action := range s.Action {
				out = append(out, string(action)+" for "+secret)
			}
		}
	}
	return out
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("allowed "+
			"is\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
