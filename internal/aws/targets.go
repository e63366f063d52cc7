package aws

import "slices"

// Target is a kind of database that a secret can be attached to.
type Target struct {
	Type         string // a SecretTargetAttachment's TargetType
	Doc          string // what targetId is then
	Undocumented bool   // works, as the CDK relies on it, but AWS does not list it
}

// TargetTypes are the kinds of database that a secret can be attached to.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secrettargetattachment.html
var TargetTypes = []Target{
	{Type: "AWS::DocDB::DBCluster", Doc: "An Amazon DocumentDB cluster."},
	{Type: "AWS::DocDB::DBInstance", Doc: "An Amazon DocumentDB instance."},
	{Type: "AWS::DocDBElastic::Cluster", Doc: "An Amazon DocumentDB elastic cluster."},
	{Type: "AWS::RDS::DBCluster", Doc: "An Amazon Aurora or Multi-AZ cluster."},
	{Type: "AWS::RDS::DBInstance", Doc: "An Amazon RDS instance."},
	{Type: "AWS::RDS::DBProxy", Doc: "An Amazon RDS proxy.", Undocumented: true},
	{Type: "AWS::Redshift::Cluster", Doc: "An Amazon Redshift cluster."},
	{Type: "AWS::RedshiftServerless::Namespace", Doc: "An Amazon Redshift Serverless namespace."},
}

// TargetType returns the kind of database with this TargetType.
func TargetType(name string) (Target, bool) {
	i := slices.IndexFunc(TargetTypes, func(t Target) bool { return t.Type == name })
	if i < 0 {
		return Target{}, false
	}
	return TargetTypes[i], true
}

// ConnectionFields are the fields of a database secret's JSON that say where the database is and
// are no secrets.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
var ConnectionFields = []string{
	"engine", "host", "port", "dbname", "username", "masterarn", "ssl", "dbInstanceIdentifier",
	"dbClusterIdentifier",
}
