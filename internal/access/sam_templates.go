package access

import (
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/lazy"
)

// policyTemplates are the policy templates that speak of secrets, keys or the invocation of
// functions: their statements, from their parameters.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
var policyTemplates = lazy.Value(func() map[string]func(parameters cfn.Object) []any {
	return map[string]func(parameters cfn.Object) []any{
		"AWSSecretsManagerGetSecretValuePolicy": func(p cfn.Object) []any {
			return []any{allow(p.Get("SecretArn"), "secretsmanager:GetSecretValue")}
		},
		"AWSSecretsManagerRotationPolicy": func(p cfn.Object) []any {
			secrets := allow(
				regional("secretsmanager", "secret:*", nil),
				"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
				"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
			)
			function := regional("lambda", "function:${it}", p.Get("FunctionName"))
			secrets = append(secrets, cfn.Member{Key: "Condition", Value: cfn.Object{
				{Key: "StringEquals", Value: cfn.Object{{
					Key: "secretsmanager:resource/AllowRotationLambdaArn", Value: function,
				}}},
			}})
			return []any{secrets, allow("*", "secretsmanager:GetRandomPassword")}
		},
		"KMSDecryptPolicy": func(p cfn.Object) []any {
			return []any{allow(keyNamed(p), "kms:Decrypt")}
		},
		"KMSEncryptPolicy": func(p cfn.Object) []any {
			return []any{allow(keyNamed(p), "kms:Encrypt")}
		},
		"KMSEncryptPolicy_v2": func(p cfn.Object) []any {
			return []any{allow(keyNamed(p), "kms:Encrypt", "kms:GenerateDataKey",
				"kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyPair",
				"kms:GenerateDataKeyPairWithoutPlaintext")}
		},
		"LambdaInvokePolicy": func(p cfn.Object) []any {
			function := regional("lambda", "function:${it}*", p.Get("FunctionName"))
			return []any{allow(function, "lambda:InvokeFunction")}
		},
	}
})

func keyNamed(p cfn.Object) any {
	return regional("kms", "key/${it}", p.Get("KeyId"))
}

func allow(resource any, actions ...string) cfn.Object {
	list := make([]any, len(actions))
	for i, a := range actions {
		list[i] = a
	}
	return cfn.Object{{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: list},
		{Key: "Resource", Value: resource}}
}

// regional returns the ARN of a resource of the stack's Region and account, as a Fn::Sub in which
// ${it} is a value.
func regional(service, resource string, it any) cfn.Object {
	text := "arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + resource
	if it == nil {
		return cfn.Object{{Key: "Fn::Sub", Value: text}}
	}
	return cfn.Object{{Key: "Fn::Sub", Value: []any{text, cfn.Object{{Key: "it", Value: it}}}}}
}

// silentTemplates are the policy templates that say nothing of secrets, keys or the invocation of
// functions. The list is the page's at policyTemplates.
var silentTemplates = lazy.Value(func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`
		AMIDescribePolicy AcmGetCertificatePolicy AthenaQueryPolicy
		CloudFormationDescribeStacksPolicy CloudWatchDashboardPolicy
		CloudWatchDescribeAlarmHistoryPolicy CloudWatchPutMetricPolicy CodeCommitCrudPolicy
		CodeCommitReadPolicy CodePipelineLambdaExecutionPolicy CodePipelineReadOnlyPolicy
		ComprehendBasicAccessPolicy CostExplorerReadOnlyPolicy DynamoDBBackupFullAccessPolicy
		DynamoDBCrudPolicy DynamoDBReadPolicy DynamoDBReconfigurePolicy
		DynamoDBRestoreFromBackupPolicy DynamoDBStreamReadPolicy DynamoDBWritePolicy
		EC2CopyImagePolicy EC2DescribePolicy EcsRunTaskPolicy EFSWriteAccessPolicy EKSDescribePolicy
		ElasticMapReduceAddJobFlowStepsPolicy ElasticMapReduceCancelStepsPolicy
		ElasticMapReduceModifyInstanceFleetPolicy ElasticMapReduceModifyInstanceGroupsPolicy
		ElasticMapReduceSetTerminationProtectionPolicy ElasticMapReduceTerminateJobFlowsPolicy
		ElasticsearchHttpPostPolicy EventBridgePutEventsPolicy FilterLogEventsPolicy
		FirehoseCrudPolicy FirehoseWritePolicy KinesisCrudPolicy KinesisStreamReadPolicy
		MobileAnalyticsWriteOnlyAccessPolicy OrganizationsListAccountsPolicy
		PinpointEndpointAccessPolicy PollyFullAccessPolicy RekognitionDetectOnlyPolicy
		RekognitionFacesManagementPolicy RekognitionFacesPolicy RekognitionLabelsPolicy
		RekognitionNoDataAccessPolicy RekognitionReadPolicy RekognitionWriteOnlyAccessPolicy
		Route53ChangeResourceRecordSetsPolicy S3CrudPolicy S3FullAccessPolicy S3ReadPolicy
		S3WritePolicy SageMakerCreateEndpointConfigPolicy SageMakerCreateEndpointPolicy
		ServerlessRepoReadWriteAccessPolicy SESBulkTemplatedCrudPolicy
		SESBulkTemplatedCrudPolicy_v2 SESCrudPolicy SESCrudPolicy_v2 SESEmailTemplateCrudPolicy
		SESSendBouncePolicy SNSCrudPolicy SNSPublishMessagePolicy SQSPollerPolicy
		SQSSendMessagePolicy SSMParameterReadPolicy SSMParameterWithSlashPrefixReadPolicy
		StepFunctionsCallbackPolicy StepFunctionsExecutionPolicy StepFunctionsExecutionPolicy_v2
		TextractDetectAnalyzePolicy TextractGetResultPolicy
		TextractPolicy VPCAccessPolicy`) {
		out[name] = true
	}
	return out
})
