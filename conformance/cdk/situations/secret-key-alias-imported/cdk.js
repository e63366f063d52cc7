import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ encryptionKey: Alias.fromAliasName(…) }',
  spec: '`keys: { app: { import: { alias } } }`',
};

export default function (stack) {
  const key = kms.Alias.fromAliasName(stack, 'AppKey', 'alias/shared');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
