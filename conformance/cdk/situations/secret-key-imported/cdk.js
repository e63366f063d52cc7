import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ encryptionKey: Key.fromKeyArn(…) }',
  spec: '`keys: { app: { import: { arn } } }`',
};

export default function (stack) {
  const key = kms.Key.fromKeyArn(stack, 'AppKey', 'arn:aws:kms:eu-west-1:111111111111:key/21c4b39b-fde2-4273-9ac0-d9bb5c0d0030');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
