package aws

import "strings"

// ServiceGrant is a service that uses a KMS key for what it encrypts, by grants that it makes on
// behalf of whoever creates the resource.
type ServiceGrant struct {
	Word    string   // in a spec
	Name    string   // as people call it
	Via     []string // what kms:ViaService begins with
	Actions []Action // what it calls besides CreateGrant, as Page says, sorted
	Types   []string // how the types of its CloudFormation resources begin
	Page    string
}

// The actions that several services ask for, by what their pages list.
var (
	everyUse = []Action{
		"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
		"kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
	}
	usesOfRDS      = []Action{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}
	usesOfRedshift = []Action{
		"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
	}
)

const redshiftKeys = "https://docs.aws.amazon.com/redshift/latest/mgmt/" +
	"authorizing-kms-customer-managed-key.html"

// ServiceGrants are the services, sorted by word. What KMS calls them is in
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#viaService_table
//
// Where that is not certain, both names are let through. Amazon DocumentDB is not in the table of
// KMS: it is built on Amazon RDS, as is Amazon Neptune, whose requests come by rds. The page of
// Amazon RDS has listed DescribeKey since 2022, and the other two actions before.
var ServiceGrants = []ServiceGrant{
	{"docdb", "Amazon DocumentDB", []string{"docdb", "rds"}, usesOfRDS, []string{"AWS::DocDB::"},
		"https://docs.aws.amazon.com/documentdb/latest/developerguide/encryption-at-rest.html"},
	{"ebs", "Amazon EBS", []string{"ec2"}, []Action{
		"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext",
		"kms:ReEncryptFrom", "kms:ReEncryptTo",
	}, []string{"AWS::EC2::"},
		"https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"},
	{"efs", "Amazon EFS", []string{"elasticfilesystem"}, everyUse, []string{"AWS::EFS::"},
		"https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html"},
	{"kafka", "Amazon MSK", []string{"kafka"}, []Action{"kms:DescribeKey"},
		[]string{"AWS::MSK::"}, "https://docs.aws.amazon.com/msk/latest/developerguide/" +
			"security-iam-awsmanpol-AmazonMSKFullAccess.html"},
	{"neptune", "Amazon Neptune", []string{"rds"}, everyUse, []string{"AWS::Neptune::"},
		"https://docs.aws.amazon.com/neptune/latest/userguide/encrypt.html"},
	{"rds", "Amazon RDS", []string{"rds"}, usesOfRDS, []string{"AWS::RDS::"},
		"https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html"},
	{"redshift", "Amazon Redshift", []string{"redshift"}, usesOfRedshift,
		[]string{"AWS::Redshift::"}, redshiftKeys},
	{"redshift-serverless", "Amazon Redshift Serverless",
		[]string{"redshift", "redshift-serverless"}, usesOfRedshift,
		[]string{"AWS::RedshiftServerless::"}, redshiftKeys},
}

// ServiceGrantWords returns the words of the table, sorted.
func ServiceGrantWords() []string {
	var out []string
	for _, s := range ServiceGrants {
		out = append(out, s.Word)
	}
	return out
}

// ServiceGrantOf returns the service of a word, or nil.
func ServiceGrantOf(word string) *ServiceGrant {
	for i := range ServiceGrants {
		if ServiceGrants[i].Word == word {
			return &ServiceGrants[i]
		}
	}
	return nil
}

// ServiceGrantOfType returns the service that makes resources of a CloudFormation type and uses
// their keys by grants, or nil.
func ServiceGrantOfType(resourceType string) *ServiceGrant {
	for i := range ServiceGrants {
		for _, prefix := range ServiceGrants[i].Types {
			if strings.HasPrefix(resourceType, prefix) {
				return &ServiceGrants[i]
			}
		}
	}
	return nil
}
