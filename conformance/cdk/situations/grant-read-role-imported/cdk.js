import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(Role.fromRoleArn(…)), same account',
  spec: '`principals: { app: { existingRole: arn } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = iam.Role.fromRoleArn(stack, 'App', 'arn:aws:iam::111111111111:role/svc/app');
  secret.grantRead(app);
}
