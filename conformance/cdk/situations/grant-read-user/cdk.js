import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(user)',
  spec: '`principals: { app: { existingUser: bob } }`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  const app = new iam.User(stack, 'Bob', { userName: 'bob' });
  secret.grantRead(app);
}
