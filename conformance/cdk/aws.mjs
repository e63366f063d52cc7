// The CDK as the situations use it. Its modules are CommonJS, whose names an import statement cannot see.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const cdk = require('aws-cdk-lib');
export const ec2 = require('aws-cdk-lib/aws-ec2');
export const iam = require('aws-cdk-lib/aws-iam');
export const kms = require('aws-cdk-lib/aws-kms');
export const lambda = require('aws-cdk-lib/aws-lambda');
export const rds = require('aws-cdk-lib/aws-rds');
export const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
