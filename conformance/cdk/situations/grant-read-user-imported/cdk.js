import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(User.fromUserName(…))',
  spec: '`principals: { app: { existingUser: bob } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = iam.User.fromUserName(stack, 'Bob', 'bob');
  secret.grantRead(app);
}
