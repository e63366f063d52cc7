package grants

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
)

// arns writes the ARNs of a model's things as the stack in which they are to stand can say them: by
// reference where the thing stands in the same stack, by what its name tells elsewhere. Account and
// Region are literal where the spec states them, and pseudo parameters where it does not.
type arns struct{ m *model.Model }

// elsewhere is where statements stand that are handed over: in none of the spec's own stacks.
var elsewhere = model.Stack{}

func stated(literal, pseudo string) string {
	if literal != "" {
		return literal
	}
	return cfn.Ref(pseudo)
}

func (a arns) partition() string { return stated(a.m.Env.Partition, "AWS::Partition") }
func (a arns) region() string    { return stated(a.m.Env.Region, "AWS::Region") }

// account writes an account id; empty means the stack's own.
func (a arns) account(id string) string {
	if id != "" {
		return id
	}
	return stated(a.m.Env.Account, "AWS::AccountId")
}

// root is an account's own principal.
func (a arns) root(account string) string {
	return cfn.Concat("arn:", a.partition(), ":iam::", a.account(account), ":root")
}

// home is the Region of a secret itself.
func (a arns) home(s *model.Secret) string {
	if s.Region != "" {
		return s.Region
	}
	return a.region()
}

// secret returns the secret's own ARN as a stack says it, whether it is exact rather than a
// pattern, and whether it is known at all: outside its stack a secret is known by its name.
func (a arns) secret(s *model.Secret, at model.Stack) (arn string, exact, known bool) {
	switch s.Import {
	case model.ByARN:
		return s.ARN, true, true
	case model.ByPartialARN:
		return cfn.Concat(s.ARN, "-??????"), false, true
	case model.NotImported:
		if a.m.StackOf(s) == at {
			return cfn.Ref(s.LogicalID), true, true
		}
	}
	return a.pattern(s, a.home(s)), false, s.Name != ""
}

// pattern returns the pattern that only this secret's ARN in a Region matches, written from its
// name: Secrets Manager appends a hyphen and six characters.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
func (a arns) pattern(s *model.Secret, region string) string {
	return cfn.Concat("arn:", a.partition(), ":secretsmanager:", region, ":", a.account(s.Account),
		":secret:", s.Name, "-??????")
}

// replica returns the ARN of a secret's copy in another Region: the primary's with the Region
// changed, suffix included.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
func (a arns) replica(s *model.Secret, region string, at model.Stack) string {
	if a.m.StackOf(s) != at {
		return a.pattern(s, region)
	}
	nameAndSuffix := cfn.Select(6, cfn.Split(":", cfn.Ref(s.LogicalID)))
	return cfn.Join(":", "arn", a.partition(), "secretsmanager", region, a.account(""), "secret",
		nameAndSuffix)
}

// key returns a key of a Region as the Resource of an identity policy, and whether it is exact. One
// that was imported by alias or stands in another stack is unknown until it is deployed: the
// statement then covers the keys of the Region, and its conditions narrow it.
func (a arns) key(k *model.Key, region string, at model.Stack) (arn string, exact bool) {
	switch {
	case k.ARN != "":
		return k.ARN, true
	case a.isExact(k, region, at):
		return cfn.GetAtt(k.LogicalID, "Arn"), true
	}
	return cfn.Concat("arn:", a.partition(), ":kms:", region, ":", a.account(k.Account),
		":key/*"), false
}

// isExact says whether the ARN of a key of a Region is exact as a stack says it.
func (a arns) isExact(k *model.Key, region string, at model.Stack) bool {
	return k.ARN != "" || !k.Imported && at == model.Home && region == a.region()
}

// keyID returns what KmsKeyId says of a key of a Region: always a full ARN, of the key or of its
// alias, because a bare id is looked up in the account of whoever writes.
func (a arns) keyID(k *model.Key, region string, at model.Stack) string {
	if a.isExact(k, region, at) {
		arn, _ := a.key(k, region, at)
		return arn
	}
	return cfn.Concat("arn:", a.partition(), ":kms:", region, ":", a.account(k.Account), ":",
		k.AliasName)
}

// KeyID returns what the KmsKeyId of a secret says in its stack, or, for the Region of a replica,
// that of the replica. An empty Region is the secret's own.
func KeyID(m *model.Model, k *model.Key, region string, at model.Stack) string {
	a := arns{m}
	if region == "" {
		region = a.region()
	}
	return a.keyID(k, region, at)
}

// SecretARN returns the ARN of a secret as an output or property of a stack says it.
func SecretARN(m *model.Model, s *model.Secret, at model.Stack) string {
	arn, _, _ := arns{m}.secret(s, at)
	return arn
}

// PrincipalARN returns the ARN of a principal as a stack says it, or "" where it is not known
// there.
func PrincipalARN(m *model.Model, p *model.Principal, at model.Stack) string {
	if literal := m.LiteralARN(p); literal != "" && (at != model.Home || p.Role == nil) {
		return literal
	}
	if at == model.Home {
		return p.ARN
	}
	return ""
}

// viaService returns the values of kms:ViaService for Secrets Manager in Regions.
func (a arns) viaService(regions ...string) []string {
	var out []string
	for _, region := range regions {
		out = append(out, a.servicesIn(region, "secretsmanager")...)
	}
	return out
}

// servicesIn returns the values of kms:ViaService for services in a Region.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func (a arns) servicesIn(region string, services ...string) []string {
	suffixes := []string{cfn.Ref("AWS::URLSuffix")}
	if a.m.Env.Partition != "" {
		suffixes = aws.DNSSuffixes(a.m.Env.Partition)
	}
	var out []string
	for _, service := range services {
		for _, suffix := range suffixes {
			out = append(out, cfn.Concat(service, ".", region, ".", suffix))
		}
	}
	return out
}
