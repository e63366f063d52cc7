package lower

import (
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"
	"github.com/awslabs/goformation/v7/cloudformation/serverless"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Resources with properties that goformation v7.14.9, of April 2024, does not know, or that its
// types cannot hold.

// secret is AWS::SecretsManager::Secret.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
type secret struct {
	secretsmanager.Secret
	Type string `json:"Type,omitempty"`
}

// rotationSchedule is AWS::SecretsManager::RotationSchedule.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html
type rotationSchedule struct {
	secretsmanager.RotationSchedule
	ExternalSecretRotationRoleArn  string         `json:"ExternalSecretRotationRoleArn,omitempty"`
	ExternalSecretRotationMetadata []metadataItem `json:"ExternalSecretRotationMetadata,omitempty"`
}

// metadataItem is one item of ExternalSecretRotationMetadata.
type metadataItem struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// application is AWS::Serverless::Application with a location that may be intrinsic functions, and
// parameters in the order that they were written in.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
type application struct {
	serverless.Application
	Location   cfn.Object `json:"Location"`
	Parameters cfn.Object `json:"Parameters"`
}

// ingress is AWS::EC2::SecurityGroupIngress with ports that may be intrinsic functions.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroupingress.html
type ingress struct {
	ec2.SecurityGroupIngress
	FromPort any `json:"FromPort"`
	ToPort   any `json:"ToPort"`
}
