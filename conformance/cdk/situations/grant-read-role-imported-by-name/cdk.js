import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(Role.fromRoleName(…))',
  spec: '`principals: { app: { existingRole: app } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = iam.Role.fromRoleName(stack, 'App', 'app');
  secret.grantRead(app);
}
