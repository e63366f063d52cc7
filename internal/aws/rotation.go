package aws

import (
	"slices"

	"github.com/secretctl/secretctl/internal/lazy"
)

// The transforms that rotation needs, as a template's Transform names them.
//
// The hosted one of 2020 ignores DependsOn and Condition and keeps the function's runtime for ever,
// so that only the newer is written.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-secretsmanager.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html
const (
	HostedRotationTransform = "AWS::SecretsManager-2024-09-16"
	ServerlessTransform     = "AWS::Serverless-2016-10-31"
)

// RotationType is a kind of database, and of strategy, that AWS has a rotation function for. AWS
// hosts the function (HostedRotationLambda) and publishes it as a serverless application.
type RotationType struct {
	Name    string   // MySQLSingleUser, a HostedRotationLambda's RotationType
	Engine  string   // the engine field of the secret's JSON: mysql
	Engines []string // everything that the function accepts there, Engine first
	// two users take turns; a superuser, in a secret of its own, clones and changes them
	MultiUser bool
	// the secret must hold masterarn: every MultiUser, and Db2, whose users cannot change their own
	// password
	NeedsSuperuser bool
	NeedsDBName    bool // the secret must hold dbname; elsewhere it has a default
	Port           int  // the default of the port field
	// the serverless application: SecretsManagerRDSMySQLRotationSingleUser
	Application string
	Versions    map[string]string // the application's semantic version, by partition
}

// RotationTypes are all of them, sorted by name.
//
// Types:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html
// Applications:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
// Versions: those that aws-cdk-lib 2.276.0 pins. Engines, ports and required fields:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
// and the functions themselves,
// https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas. The page gives 3306 for Db2;
// its function connects to 50000.
var RotationTypes = lazy.Value(func() []RotationType {
	return []RotationType{
		db2.multi("Db2", "RDSDb2", "1.1.272", "1.1.240", "1.1.223"),
		db2.single("Db2", "RDSDb2", "1.1.271", "1.1.242", "1.1.222"),
		mariaDB.multi("MariaDB", "RDSMariaDB", "1.1.670", "1.1.441", "1.1.383"),
		mariaDB.single("MariaDB", "RDSMariaDB", "1.1.670", "1.1.442", "1.1.383"),
		mongoDB.multi("MongoDB", "MongoDB", "1.1.671", "1.1.441", "1.1.384"),
		mongoDB.single("MongoDB", "MongoDB", "1.1.671", "1.1.440", "1.1.384"),
		mySQL.multi("MySQL", "RDSMySQL", "1.1.671", "1.1.440", "1.1.383"),
		mySQL.single("MySQL", "RDSMySQL", "1.1.671", "1.1.440", "1.1.384"),
		oracle.multi("Oracle", "RDSOracle", "1.1.671", "1.1.441", "1.1.383"),
		oracle.single("Oracle", "RDSOracle", "1.1.671", "1.1.441", "1.1.382"),
		postgreSQL.multi("PostgreSQL", "RDSPostgreSQL", "1.1.671", "1.1.440", "1.1.383"),
		postgreSQL.single("PostgreSQL", "RDSPostgreSQL", "1.1.671", "1.1.440", "1.1.383"),
		redshift.multi("Redshift", "Redshift", "1.1.671", "1.1.440", "1.1.383"),
		redshift.single("Redshift", "Redshift", "1.1.671", "1.1.441", "1.1.383"),
		sqlServer.multi("SQLServer", "RDSSQLServer", "1.1.671", "1.1.441", "1.1.384"),
		sqlServer.single("SQLServer", "RDSSQLServer", "1.1.670", "1.1.441", "1.1.383"),
	}
})

// engine is what the two rotation types of a database share.
type engine struct {
	accepted                    []string
	port                        int
	needsDBName, needsSuperuser bool
}

var (
	db2        = engine{accepted: []string{"db2"}, port: 50000, needsSuperuser: true}
	mariaDB    = engine{accepted: []string{"mariadb"}, port: 3306}
	mongoDB    = engine{accepted: []string{"mongo"}, port: 27017} // Amazon DocumentDB
	mySQL      = engine{accepted: []string{"mysql", "aurora-mysql"}, port: 3306}
	oracle     = engine{accepted: []string{"oracle"}, port: 1521, needsDBName: true}
	postgreSQL = engine{accepted: []string{"postgres", "aurora-postgresql"}, port: 5432}
	redshift   = engine{accepted: []string{"redshift"}, port: 5439}
	sqlServer  = engine{accepted: []string{"sqlserver"}, port: 1433}
)

// Engines are the values of the engine field of a database secret's JSON that AWS's rotation
// functions accept, sorted.
func Engines() []string {
	var all []string
	for _, t := range RotationTypes() {
		all = append(all, t.Engines...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (e engine) single(name, application, aws, china, gov string) RotationType {
	return e.rotation(name, application, "SingleUser", aws, china, gov)
}

func (e engine) multi(name, application, aws, china, gov string) RotationType {
	t := e.rotation(name, application, "MultiUser", aws, china, gov)
	t.MultiUser, t.NeedsSuperuser = true, true
	return t
}

func (e engine) rotation(name, application, strategy, aws, china, gov string) RotationType {
	return RotationType{
		Name:           name + strategy,
		Engine:         e.accepted[0],
		Engines:        e.accepted,
		NeedsSuperuser: e.needsSuperuser,
		NeedsDBName:    e.needsDBName,
		Port:           e.port,
		Application:    "SecretsManager" + application + "Rotation" + strategy,
		Versions:       map[string]string{"aws": aws, "aws-cn": china, "aws-us-gov": gov},
	}
}

// RotationTypeNamed returns the rotation type of this name. AWS looks at upper and lower case.
func RotationTypeNamed(name string) (RotationType, bool) {
	i := slices.IndexFunc(RotationTypes(), func(t RotationType) bool { return t.Name == name })
	if i < 0 {
		return RotationType{}, false
	}
	return RotationTypes()[i], true
}

// applicationPrefixes are the ARNs of AWS's serverless applications up to their names, by
// partition. Other partitions have none.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html,
// aws-cdk-lib 2.276.0
var applicationPrefixes = map[string]string{
	"aws":        "arn:aws:serverlessrepo:us-east-1:297356227824:applications/",
	"aws-cn":     "arn:aws-cn:serverlessrepo:cn-north-1:193023089310:applications/",
	"aws-us-gov": "arn:aws-us-gov:serverlessrepo:us-gov-west-1:023102451235:applications/",
}

// ApplicationARN returns the ARN of one of AWS's serverless applications in a partition. It is
// false for a partition where AWS publishes none, the empty one included.
func ApplicationARN(partition, application string) (string, bool) {
	prefix, ok := applicationPrefixes[partition]
	if !ok {
		return "", false
	}
	return prefix + application, true
}

// RotationExecution is what a rotation function, or the role of a managed external secret, does
// with the secret. Besides it calls GetRandomPassword, which takes no resource, reads the
// superuser's secret, and uses both keys.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
var RotationExecution = []Action{
	"secretsmanager:DescribeSecret",
	"secretsmanager:GetSecretValue",
	"secretsmanager:PutSecretValue",
	"secretsmanager:UpdateSecretVersionStage",
}

// LambdaVPCAccess is what the role of a function in a VPC must be allowed on every resource, so
// that Lambda can give the function its network interfaces.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
var LambdaVPCAccess = []Action{
	"ec2:CreateNetworkInterface",
	"ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces",
	"ec2:DetachNetworkInterface",
}

// RotationExcludeCharacters are the characters that AWS's rotation functions leave out of a
// password when nobody says otherwise.
// https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas (EXCLUDE_CHARACTERS)
const RotationExcludeCharacters = `:/@"'\`

// ConnectionBreakers are the characters of a password that break connection strings where they are
// not escaped: those that divide a URL and the one that escapes in it
// (https://www.rfc-editor.org/rfc/rfc3986#section-2.2), quotes, backslash and space, which keyword
// strings quote with (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING),
// and the semicolon that ends a value for ODBC and JDBC, AWS's own function for Db2 included.
const ConnectionBreakers = `:/?#[]@%"'\; `
