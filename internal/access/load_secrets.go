package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// add takes up a secret, by its ARN.
func (l *loader) add(s *Secret) {
	l.secretsList = append(l.secretsList, s)
	l.secrets[s.Copies[0].ARN] = s
}

// knowSecrets takes up the secrets that the caller knows.
func (l *loader) knowSecrets(secrets []*Secret) {
	for _, k := range secrets {
		if len(k.Copies) == 0 {
			continue
		}
		s := &Secret{ID: k.ID, Name: k.Name, Account: k.Account, Copies: slices.Clone(k.Copies), Policy: k.Policy, Function: k.Function}
		for i := range s.Copies {
			if c := &s.Copies[i]; c.Key != nil && c.Key.Policy == nil {
				c.Key = l.keyOf(c.Key.ARN, cmp.Or(aws.PartitionOf(c.Region), "aws"), s.Account, c.Region)
			}
		}
		l.add(s)
	}
}

// secret: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
func (s *stack) secret(id string) {
	secret := &Secret{ID: s.unique(id), Name: s.secretName(id), Account: s.Account}
	arn := s.ownSecretARN(id)
	secret.Copies = []Copy{{Region: s.Region, ARN: arn, Key: s.l.keyOf(s.text(id, "KmsKeyId"), s.r.Partition, s.Account, s.Region)}}
	secret.Copies = append(secret.Copies, s.replicas(id, arn)...)
	s.l.add(secret)
}

// replicas returns the copies of a secret in other Regions. Their ARNs differ in the Region alone.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func (s *stack) replicas(id, arn string) []Copy {
	v := s.property(id, "ReplicaRegions")
	list, ok := v.([]any)
	if !ok && v != nil {
		s.problem(id, "ReplicaRegions is not a list, or one that is not known")
	}
	var out []Copy
	for _, e := range list {
		replica, _ := e.(cfn.Object)
		region := s.r.Text(replica.Get("Region"))
		if region == "" || region == s.Region || slices.ContainsFunc(out, func(c Copy) bool { return c.Region == region }) {
			continue
		}
		out = append(out, Copy{
			Region: region, ARN: strings.Replace(arn, ":"+s.Region+":", ":"+region+":", 1),
			Key: s.l.keyOf(s.r.Text(replica.Get("KmsKeyId")), s.r.Partition, s.Account, region),
		})
	}
	slices.SortFunc(out, func(a, b Copy) int { return strings.Compare(a.Region, b.Region) })
	return out
}

// resourcePolicy reads the policy of a secret, which may be one that no template makes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-resourcepolicy.html
func (s *stack) resourcePolicy(id string) {
	given := s.text(id, "SecretId")
	rules := s.rules(id, "ResourcePolicy")
	if rules == nil || given == "" {
		if given == "" {
			s.problem(id, "SecretId is missing")
		}
		return
	}
	arn := s.secretARN(given)
	secret := s.l.secrets[arn]
	if secret == nil {
		secret = s.foreign(id, arn)
	}
	if secret.Policy != nil {
		s.problem(id, "the secret has another resource policy, too: the one that is deployed last is what holds")
	}
	secret.Policy = &Document{Kind: ResourcePolicy, Of: secret.ID, Stack: s.File, LogicalID: id, Rules: *rules}
}

// foreign takes up a secret that no template makes.
func (s *stack) foreign(id, arn string) *Secret {
	secret := &Secret{Account: s.Account, Copies: []Copy{{Region: s.Region, ARN: arn}}, ID: arn, Name: arn}
	if parsed, err := aws.ParseARN(arn); err == nil {
		_, name := parsed.ResourceType()
		secret.Name = name[:max(0, len(name)-len(secretSuffix))]
		secret.ID, secret.Account, secret.Copies[0].Region = secret.Name, parsed.Account, parsed.Region
	}
	s.problem(id, "no template makes the secret, so that its key is not known: it is taken to be aws/secretsmanager")
	s.l.add(secret)
	return secret
}

// rotation: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-rotationschedule.html
func (s *stack) rotation(id string) {
	secret := s.l.secrets[s.secretARN(s.text(id, "SecretId"))]
	if secret == nil {
		return
	}
	function := s.text(id, "RotationLambdaARN")
	if hosted, ok := s.property(id, "HostedRotationLambda").(cfn.Object); ok {
		function = s.arn("lambda", s.Region, "function:"+cmp.Or(s.r.Text(hosted.Get("RotationLambdaName")), s.standIn(id)))
	}
	secret.Function = cmp.Or(function, secret.Function)
}
