import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Imports',
  call: 'Secret.fromSecretAttributes({ secretPartialArn, encryptionKey })',
  spec: '`import: { partialArn }`, `key: legacy`',
};

export default function (stack) {
  const key = kms.Key.fromKeyArn(stack, 'LegacyKey', 'arn:aws:kms:eu-west-1:111111111111:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030');
  const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Db', { secretPartialArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy/db', encryptionKey: key });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
