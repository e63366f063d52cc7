import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Imports',
  call: 'Secret.fromSecretAttributes({ secretPartialArn, encryptionKey: new kms.Key(…) })',
  spec: '`import: { partialArn }`, `key: legacy`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'LegacyKey');
  const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Db', { secretPartialArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy/db', encryptionKey: key });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
