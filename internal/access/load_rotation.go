package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// rotation reads who rotates a secret: the role of a function that the templates make, the role of
// a managed external secret, or somebody whom no template shows.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-rotationschedule.html
func (s *stack) rotation(id string) {
	given := s.text(id, "SecretId")
	if given == "" || s.l.impossible(given) {
		return
	}
	secret := s.secretOf(given)
	if secret == nil {
		secret = s.foreign(given)
	}
	secret.Rotates = true
	if hosted, ok := s.property(id, "HostedRotationLambda").(cfn.Object); ok {
		name := asText(hosted.Get("RotationLambdaName"))
		if name == "" {
			name = s.generated(id, "function", 64)
		}
		secret.Function = s.arn("lambda", s.region, "function:"+name)
		p := s.l.rotatedBy(secret, hostedFunction)
		if asText(hosted.Get("RotationLambdaName")) == "" {
			p.by = hostedFunction
		}
		for _, property := range []string{"SuperuserSecretArn", "MasterSecretArn"} {
			s.asSuperuser(p, asText(hosted.Get(property)))
		}
		return
	}
	if role := s.text(id, "ExternalSecretRotationRoleArn"); role != "" {
		secret.RotationRole = role
		s.l.alsoRotates(s.l.byARN(role, "not in the templates"), secret)
		return
	}
	function := s.text(id, "RotationLambdaARN")
	if function == "" {
		s.l.rotatedBy(secret, "the service that owns the secret")
		return
	}
	if !strings.HasPrefix(function, "arn:") && !cfn.HasUnknown(function) {
		function = s.arn("lambda", s.region, "function:"+function)
	}
	secret.Function = function
	role, known := s.l.roleOfFunction(function)
	if !known {
		p := s.l.rotatedBy(secret, "the role of the function "+cfn.Shown(function))
		s.asSuperuser(p, s.applicationSuperuser(function))
		return
	}
	s.l.alsoRotates(s.l.byARN(role, "not in the templates"), secret)
}

// hostedFunction is what rotates a secret where a template has a HostedRotationLambda.
const hostedFunction = "the function that AWS's transform makes"

// alsoRotates notes that a role rotates a secret: it is known as its rotation, too.
func (l *loader) alsoRotates(role *subject, secret *Secret) {
	if role == nil {
		l.rotatedBy(secret, "a role that nobody can read")
		return
	}
	l.rotators[secret] = append(l.rotators[secret], role.p)
}

// rotatedBy takes up somebody who rotates a secret and stands in no template.
func (l *loader) rotatedBy(secret *Secret, who string) *Principal {
	if p := l.rotations[secret]; p != nil {
		return p
	}
	p := &Principal{
		Kind: RotationPrincipal, Shown: who, Note: "not in the templates", Account: secret.Account,
		rotated: secret, by: cmp.Or(secret.Function, who),
	}
	l.rotations[secret] = p
	return p
}

// asSuperuser notes that the function that rotates a secret reads the secret of a superuser. The
// ARN stands in a policy, so that its last six characters may be wildcards.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-two-users.html
func (s *stack) asSuperuser(p *Principal, given string) {
	if given == "" {
		return
	}
	if partial, ok := strings.CutSuffix(given, "-??????"); ok {
		_, name, _ := strings.Cut(partial, ":secret:")
		given = partial + "-" + sixCharacters(name, "", "")
	}
	superuser := s.secretOf(given)
	if superuser == nil {
		superuser = s.foreign(given)
	}
	p.superusers = append(p.superusers, superuser)
}

// nameRotations gives those who rotate the IDs of their secrets, which are final.
func (l *loader) nameRotations() {
	for _, secret := range l.secretList {
		for _, p := range l.rotators[secret] {
			p.Also = append(p.Also, "rotation of "+secret.ID)
		}
		if p := l.rotations[secret]; p != nil {
			p.ID, p.Reads = "rotation of "+secret.ID, []string{secret.ID}
			for _, superuser := range p.superusers {
				p.ReadsOnly = append(p.ReadsOnly, superuser.ID)
			}
			slices.Sort(p.ReadsOnly)
			l.others = append(l.others, p)
		}
	}
}

// databaseSecret is how a type of database has a secret that Secrets Manager makes and rotates for
// it.
type databaseSecret struct {
	managed   string // the property that asks for one
	attribute string // with its ARN
	key       string // the property with its key
}

var amazonRDS = databaseSecret{
	"ManageMasterUserPassword", "MasterUserSecret.SecretArn", "MasterUserSecret.KmsKeyId",
}

// databaseSecrets are the types of databases whose password Secrets Manager may manage.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html
var databaseSecrets = map[string]databaseSecret{
	"AWS::RDS::DBInstance": amazonRDS,
	"AWS::RDS::DBCluster":  amazonRDS,
	"AWS::DocDB::DBCluster": {
		"ManageMasterUserPassword", "MasterUserSecret.SecretArn", "MasterUserSecretKmsKeyId",
	},
	"AWS::Redshift::Cluster": {
		"ManageMasterPassword", "MasterPasswordSecretArn", "MasterPasswordSecretKmsKeyId",
	},
	"AWS::RedshiftServerless::Namespace": {
		"ManageAdminPassword", "Namespace.AdminPasswordSecretArn", "AdminPasswordSecretKmsKeyId",
	},
}

// databaseSecretName returns the name of the secret that a service makes for a database.
func (s *stack) databaseSecretName(id string) string {
	return cfn.Unknown{What: "name", Name: "secret of a database", Template: s.label, LogicalID: id,
		Shown: "*", Min: 1, Max: 512, Unique: true, Class: cfn.AnyText}.Text()
}

// databaseSecretARN returns the ARN of the secret that a service makes for a database.
func (s *stack) databaseSecretARN(id string) string {
	return s.arn("secretsmanager", s.region,
		"secret:"+s.databaseSecretName(id)+"-"+sixCharacters("secret of "+id, s.label, id))
}

// database takes up the secret that a service makes for a database and rotates.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
func (s *stack) database(id string) {
	kind := databaseSecrets[s.Template.Resources[id].Type]
	if !s.isTrue(id, kind.managed) {
		return
	}
	property, member, inside := strings.Cut(kind.key, ".")
	key := s.property(id, property)
	if o, ok := key.(cfn.Object); ok && inside {
		key = o.Get(member)
	}
	secret := &Secret{
		ID: id + " secret", Name: s.databaseSecretName(id), Account: s.account,
		Note:   "made by the service of " + id,
		Copies: []Copy{s.copyOf(s.databaseSecretARN(id), s.region, asText(key))},
	}
	if slices.ContainsFunc(s.l.secretList, func(have *Secret) bool {
		return have.ID == secret.ID
	}) {
		secret.ID = s.label + "/" + secret.ID
	}
	secret.Rotates = true
	s.l.add(secret)
	s.l.rotatedBy(secret, "the service that owns the secret")
}

// rotationApplications is how the applications begin whose functions rotate secrets.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
const rotationApplications = ":applications/SecretsManager"

// application tells of an application of the serverless repository, unless it is one that rotates.
func (s *stack) application(id string) {
	location, _ := s.property(id, "Location").(cfn.Object)
	if !strings.Contains(asText(location.Get("ApplicationId")), rotationApplications) {
		s.tell(id, "what the serverless application makes is not read")
	}
}

// applicationSuperuser returns the secret of the superuser that a rotation application is given
// whose function has an ARN, or "". The applications call the parameter by the older word.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
func (s *stack) applicationSuperuser(function string) string {
	for _, id := range s.resources["AWS::Serverless::Application"] {
		if s.applicationFunction(id) == function {
			parameters, _ := s.property(id, "Parameters").(cfn.Object)
			return cmp.Or(asText(parameters.Get("masterSecretArn")),
				asText(parameters.Get("superuserSecretArn")))
		}
	}
	return ""
}
