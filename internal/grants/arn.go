package grants

import (
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/model"
)

// arns writes the ARNs of a model's things as the home stack can say them: literally where the spec states the account and
// Region, with pseudo parameters where it does not.
type arns struct{ m *model.Model }

func stated(literal, pseudo string) string {
	if literal != "" {
		return literal
	}
	return cfn.Ref(pseudo)
}

func (a arns) partition() string { return stated(a.m.Env.Partition, "AWS::Partition") }
func (a arns) account() string   { return stated(a.m.Env.Account, "AWS::AccountId") }
func (a arns) region() string    { return stated(a.m.Env.Region, "AWS::Region") }

// root is the account's own principal.
func (a arns) root() string {
	return cfn.Concat("arn:", a.partition(), ":iam::", a.account(), ":root")
}

// home is the Region of a secret itself.
func (a arns) home(s *model.Secret) string {
	if s.Region != "" {
		return s.Region
	}
	return a.region()
}

// secret returns the secret's own ARN as the home stack's identity policies say it, and whether it is exact rather than a pattern.
func (a arns) secret(s *model.Secret) (arn string, exact bool) {
	switch s.Import {
	case model.ByARN:
		return s.ARN, true
	case model.ByPartialARN:
		return cfn.Concat(s.ARN, "-??????"), false
	case model.ByName:
		return a.pattern(s), false
	}
	return cfn.Ref(s.LogicalID), true
}

// pattern returns the pattern that only this secret's ARN matches, written from its name: Secrets Manager appends a hyphen and six
// characters. https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
func (a arns) pattern(s *model.Secret) string {
	return cfn.Concat("arn:", a.partition(), ":secretsmanager:", a.home(s), ":", a.account(), ":secret:", s.Name, "-??????")
}

// inKeyPolicy returns the secret's ARN as a key's policy can say it. A key's policy cannot refer to a secret of the stack, because the secret
// refers to the key; it needs the name.
func (a arns) inKeyPolicy(s *model.Secret) (arn string, exact, known bool) {
	if s.Import == model.NotImported {
		return a.pattern(s), false, s.Name != ""
	}
	arn, exact = a.secret(s)
	return arn, exact, true
}

// replica returns the ARN of a secret's copy in another Region: the primary's with the Region changed, suffix included.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
func (a arns) replica(s *model.Secret, region string) string {
	nameAndSuffix := cfn.Select(6, cfn.Split(":", cfn.Ref(s.LogicalID)))
	return cfn.Join(":", "arn", a.partition(), "secretsmanager", region, a.account(), "secret", nameAndSuffix)
}

// key returns the key as the Resource of an identity policy. A key that was imported by alias has no known ARN: the statement then
// covers the keys of the Region, and its conditions narrow it. https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
func (a arns) key(k *model.Key) string {
	switch {
	case k.ARN != "":
		return k.ARN
	case k.Imported:
		return cfn.Concat("arn:", a.partition(), ":kms:", a.region(), ":", a.account(), ":key/*")
	}
	return cfn.GetAtt(k.LogicalID, "Arn")
}

// KeyID returns what a secret's KmsKeyId says: always a full ARN, of the key or of its alias, because a bare id is looked up in the
// account of whoever writes.
func KeyID(m *model.Model, k *model.Key) string {
	a := arns{m}
	if k.Imported && k.ARN == "" {
		return cfn.Concat("arn:", a.partition(), ":kms:", a.region(), ":", a.account(), ":", k.AliasName)
	}
	return a.key(k)
}

// SecretARN returns the ARN of a secret as an output shows it.
func SecretARN(m *model.Model, s *model.Secret) string {
	arn, _ := arns{m}.secret(s)
	return arn
}

// viaService returns the values of kms:ViaService for Secrets Manager in a Region.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func (a arns) viaService(region string) []string {
	suffixes := []string{cfn.Ref("AWS::URLSuffix")}
	if a.m.Env.Partition != "" {
		suffixes = aws.DNSSuffixes(a.m.Env.Partition)
	}
	var out []string
	for _, suffix := range suffixes {
		out = append(out, cfn.Concat("secretsmanager.", region, ".", suffix))
	}
	return out
}
