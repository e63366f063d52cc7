package aws

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// servicePrincipals are the names before the suffix of services that act as principals. AWS
// publishes no list of them all: these are the services of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
// by the names that their pages trust. A name that is not here may well exist.
var servicePrincipals = lazy.Value(func() []string { return strings.Fields(namesOfServices) })

const namesOfServices = `
	a4b access-analyzer acm acm-pca airflow airflow-env amplify apigateway appconfig appflow
	application-autoscaling appmesh apprunner appstream appsync athena auditmanager autoscaling
	autoscaling-plans backup batch bedrock bedrock-agentcore billing braket build.apprunner
	cassandra ce chatbot chime cloud9 cloudformation cloudfront cloudhsm cloudsearch cloudtrail
	cloudwatch codeartifact codebuild codecommit codeconnections codedeploy codeguru-profiler
	codeguru-reviewer codepipeline codestar-connections codestar-notifications cognito-idp
	cognito-sync comprehend compute-optimizer config config-conforms connect controltower cur
	dataexchange datapipeline datasync datazone dax deepracer delivery.logs detective devicefarm
	devops-guru directconnect discovery dlm dms docdb drs ds dynamodb ebs ec2
	ec2.application-autoscaling ec2fleet ecr ecs ecs-tasks edgelambda eks eks-fargate
	eks-fargate-pods eks-nodegroup elasticache elasticbeanstalk elasticfilesystem
	elasticloadbalancing elasticmapreduce email emr-containers emr-serverless es events export.rds
	finspace firehose fis fms forecast frauddetector fsx gamelift globalaccelerator glue grafana
	greengrass groundstation guardduty health healthlake iam imagebuilder inspector inspector2
	internetmonitor iot iotanalytics iotevents iotsitewise ivs kafka kafkaconnect kendra kinesis
	kinesisanalytics kinesisvideo kms lakeformation lambda lex lexv2 license-manager lightsail
	logger.cloudfront logs lookoutmetrics m2 macie macie2 managedblockchain mediaconnect
	mediaconvert medialive mediapackage mediastore mediatailor member.org.stacksets.cloudformation
	memorydb mgn migrationhub monitoring mq mwaa neptune network-firewall networkmanager
	opensearchservice ops.apigateway opsworks organizations osis outposts personalize pinpoint
	pipes pods.eks polly prod.proton qbusiness qldb quicksight ram rds rdspreview redshift
	redshift-serverless rekognition replicator.lambda resource-groups rolesanywhere route53
	route53domains route53resolver s3 s3-outposts sagemaker scheduler secretsmanager securityhub
	serverlessrepo servicecatalog servicediscovery ses shield signer sms sns sqs ssm ssm-incidents
	sso stacksets.cloudformation states storagegateway streaming streams.metrics.cloudwatch support
	swf synthetics tagging textract timestream tinyurl transcribe transfer translate trustedadvisor
	verifiedpermissions vmie voiceid vpc-flow-logs vpc-lattice waf waf-regional wafv2
	wellarchitected workdocs worklink workmail workspaces xray`

// ServiceNames are the full names of known services as principals, with the suffix of AWS's own
// partition.
func ServiceNames() []string {
	names := make([]string, len(servicePrincipals()))
	for i, name := range servicePrincipals() {
		names[i] = name + ".amazonaws.com"
	}
	return names
}

// KnownService says whether a name is that of a known service as a principal, in whichever
// partition, and with or without a Region in it: logs.eu-west-1.amazonaws.com.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
func KnownService(name string) bool {
	for _, suffix := range serviceSuffixes() {
		label, ok := strings.CutSuffix(name, "."+suffix)
		if !ok {
			continue
		}
		service, region, _ := strings.Cut(label, ".")
		return slices.Contains(servicePrincipals(), label) ||
			slices.Contains(servicePrincipals(), service) && ValidRegion(region)
	}
	return false
}

// ServiceMeant returns the full name of a known service that is written in an abbreviated or other
// way: lambda, lambda.amazonaws, lambda.aws.com; "" where none is.
func ServiceMeant(name string) string {
	label := strings.ToLower(name)
	for _, suffix := range []string{".amazonaws.com", ".amazonaws", ".amazon.com", ".aws.com",
		".aws.amazon.com", ".aws"} {
		label = strings.TrimSuffix(label, suffix)
	}
	if !slices.Contains(servicePrincipals(), label) {
		return ""
	}
	return label + ".amazonaws.com"
}
