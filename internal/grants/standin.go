package grants

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
)

// StandIns gives texts in the place of intrinsics, as they may be once everything is deployed: of
// the right form, as long as names, account and Region tell or else as long as they can be, and
// different for different things. They are a function of the model.
type StandIns struct {
	arns
	pseudo    map[string]string        // pseudo parameter → stand-in
	resources map[string]string        // logical ID → stand-in for what Ref returns
	secrets   func() map[string]string // the same of secrets, made when one is asked for
	known     map[string]string        // intrinsic → stand-in, filled as they are met
	long      bool                     // what has no certain length is as long as it can be
}

// unknownLength is how long a value is taken to be that comes from a parameter, an import or a
// resource in CloudFormation's own words: the longest ARN of a role with a short path.
const unknownLength = 128

// newSizes returns stand-ins that are as long as what they stand for can be.
func newSizes(a arns) StandIns {
	return newStandIns(a, true, map[string]string{
		cfn.Partition: "aws-us-gov", cfn.Region: strings.Repeat("x", aws.MaxRegionLength),
		cfn.AccountID: "123456789012", cfn.URLSuffix: "amazonaws.com.cn",
	})
}

// NewStandIns returns stand-ins of which one tells the next: where the spec does not state
// partition, account or Region, they are one's own, as if it were deployed there.
func NewStandIns(m *model.Model) StandIns {
	s := newStandIns(arns{m}, false, map[string]string{
		cfn.Partition: "aws", cfn.Region: standInRegion(m), cfn.AccountID: "123456789012",
		cfn.URLSuffix: "amazonaws.com", "AWS::StackName": m.Stack,
	})
	for _, p := range m.Principals {
		switch {
		case !cfn.IsIntrinsic(p.ARN):
		case p.Kind == model.ExistingRole:
			s.known[p.ARN] = s.arn("iam", "", "role/"+p.ID)
		case p.Kind == model.ExistingUser:
			s.known[p.ARN] = s.arn("iam", "", "user/"+p.ID)
		}
	}
	region := s.Text(s.region())
	for _, k := range m.Keys {
		if cfn.IsIntrinsic(k.ARN) {
			s.known[k.ARN] = s.KeyARN(k, region)
		}
	}
	for _, secret := range m.Secrets {
		if r := secret.Rotation; r != nil && r.Lambda != nil {
			if function := r.Lambda.FunctionARN; cfn.IsIntrinsic(function) {
				name := strings.Map(alphanumeric, s.Text(function))
				s.known[function] = s.arn("lambda", region, "function:"+name)
			}
		}
		if cfn.IsIntrinsic(secret.ARN) {
			s.known[secret.ARN] = s.arn("secretsmanager", region, "secret:"+secret.ID+"-123456")
		}
	}
	return s
}

// arn is a stand-in for an ARN of the stack's own account.
func (s StandIns) arn(service, region, resource string) string {
	partition, account := s.Text(s.partition()), s.Text(s.account(""))
	return strings.Join([]string{"arn", partition, service, region, account, resource}, ":")
}

// alphanumeric keeps letters and digits.
func alphanumeric(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// standInRegion is a Region that no replica of the model is in.
func standInRegion(m *model.Model) string {
	taken := map[string]bool{}
	for _, s := range m.Secrets {
		for _, r := range s.Replicas {
			taken[r.Region] = true
		}
	}
	for _, region := range append([]string{"us-east-1"}, aws.KnownRegions()...) {
		if !taken[region] && aws.PartitionOf(region) == "aws" {
			return region
		}
	}
	return "us-east-1" // there are more Regions than a secret can have replicas
}

func newStandIns(a arns, long bool, pseudo map[string]string) StandIns {
	s := StandIns{arns: a, pseudo: pseudo, resources: map[string]string{},
		known: map[string]string{}, long: long}
	region := s.Text(a.region())
	before := s.arn("secretsmanager", region, "secret:")
	s.secrets = sync.OnceValue(func() map[string]string {
		secrets := make(map[string]string, len(a.m.Secrets))
		for _, secret := range a.m.Secrets {
			// CloudFormation names it after its logical ID, with a hyphen and twelve characters.
			name := cmp.Or(secret.Name, secret.LogicalID+"-123456789012")
			secrets[secret.LogicalID] = before + name + "-123456"
		}
		return secrets
	})
	for _, key := range a.m.Keys {
		s.resources[key.LogicalID] = s.KeyARN(key, region)
	}
	for _, p := range a.m.Principals {
		if p.Kind != model.CreatedRole {
			continue
		}
		name := p.Role.Name
		if name == "" || cfn.IsIntrinsic(name) { // it has 64 characters at most
			name = s.padded(p.RoleID, aws.MaxRoleName)
		}
		s.resources[p.RoleID] = s.arn("iam", "", "role"+cmp.Or(p.Role.Path, "/")+name)
	}
	return s
}

// KeyARN is the stand-in for the ARN of a key in a Region, where it is not known.
func (s StandIns) KeyARN(k *model.Key, region string) string {
	h := fnv.New64a()
	h.Write([]byte(region + "/" + k.LogicalID))
	id := fmt.Sprintf("%016x", h.Sum64())
	id = id[:8] + "-" + id[8:12] + "-" + id[12:] + "-0000-000000000000"
	return strings.Join(
		[]string{
			"arn",
			s.Text(s.partition()),
			"kms",
			region,
			s.Text(s.account(k.Account)),
			"key/" + id,
		},
		":",
	)
}

// padded makes a name as long as it can be, where that matters.
func (s StandIns) padded(name string, length int) string {
	if len(name) >= length {
		return name[:length]
	}
	if !s.long {
		return name
	}
	return name + strings.Repeat("x", length-len(name))
}

// of returns the size of a document in characters, as AWS counts it.
func (s StandIns) of(d policy.Document) int { return d.Size(s.Text) }

// Text returns the stand-in of an intrinsic. What is none stays as it is.
func (s StandIns) Text(v string) string {
	if !cfn.IsIntrinsic(v) {
		return v
	}
	if known, ok := s.known[v]; ok {
		return known
	}
	text := s.evaluate(cfn.Parse(v))
	s.known[v] = text
	return text
}

// evaluate gives a stand-in for the value of an intrinsic, as far as it can be told.
func (s StandIns) evaluate(v any) string {
	if literal, ok := v.(string); ok {
		return s.Text(literal)
	}
	o, ok := v.(cfn.Object)
	if !ok || len(o) != 1 {
		return strings.Repeat("x", unknownLength)
	}
	switch argument := o[0].Value; o[0].Key {
	case "Ref":
		name, _ := argument.(string)
		return s.ref(name)
	case "Fn::GetAtt":
		if list, ok := argument.([]any); ok && len(list) == 2 && list[1] == "Arn" {
			name, _ := list[0].(string)
			return s.ref(name)
		}
	case "Fn::Sub":
		if template, ok := argument.(string); ok {
			return s.sub(template)
		}
	case "Fn::Join":
		return s.join(argument)
	case "Fn::Select":
		if list, ok := argument.([]any); ok && len(list) == 2 {
			return s.sel(list[1])
		}
	}
	return strings.Repeat("x", unknownLength)
}

// sel is the only Fn::Select that this package writes: the name and suffix of a secret, out of its
// ARN.
func (s StandIns) sel(list any) string {
	o, ok := list.(cfn.Object)
	if !ok || len(o) != 1 || o[0].Key != "Fn::Split" {
		return strings.Repeat("x", unknownLength)
	}
	args, _ := o[0].Value.([]any)
	if len(args) != 2 {
		return strings.Repeat("x", unknownLength)
	}
	parts := strings.Split(s.evaluate(args[1]), ":")
	return parts[len(parts)-1]
}

func (s StandIns) join(argument any) string {
	list, _ := argument.([]any)
	if len(list) != 2 {
		return strings.Repeat("x", unknownLength)
	}
	separator, _ := list[0].(string)
	items, _ := list[1].([]any)
	var parts []string
	for _, item := range items {
		parts = append(parts, s.evaluate(item))
	}
	return strings.Join(parts, separator)
}

// sub replaces the ${…} of a Fn::Sub.
func (s StandIns) sub(template string) string {
	var b strings.Builder
	for part := range cfn.SubParts(template) {
		b.WriteString(part.Text)
		if part.Name != "" {
			name, _, _ := strings.Cut(part.Name, ".Arn")
			b.WriteString(s.ref(name))
		}
	}
	return b.String()
}

// ref gives a stand-in for a pseudo parameter, a derived resource or something unknown.
func (s StandIns) ref(name string) string {
	if known, ok := s.pseudo[name]; ok {
		return known
	}
	if known, ok := s.resources[name]; ok {
		return known
	}
	if known, ok := s.secrets()[name]; ok {
		return known
	}
	return s.padded(name, unknownLength)
}
