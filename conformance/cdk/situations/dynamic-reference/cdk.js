import { throws } from 'node:assert';
import { cdk, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: 'SecretValue.secretsManager(name, { jsonField, versionStage })',
  spec: '`{{resolve:secretsmanager:name:SecretString:field:stage:}}`, in a value or in CloudFormation\'s words',
  note: 'With a staging label and the id of a version the CDK throws, and here it is an error',
};

export default function (stack) {
  const of = (which) => cdk.SecretValue.secretsManager('legacy/db', { jsonField: 'password', ...which });
  throws(() => of({ versionStage: 'AWSPREVIOUS', versionId: '01234567-89ab-cdef-0123-456789abcdef' }));
  new secretsmanager.Secret(stack, 'Api', { secretName: 'app/api', secretStringValue: of({ versionStage: 'AWSPREVIOUS' }) });
}
