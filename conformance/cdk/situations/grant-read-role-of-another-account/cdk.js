import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(Role.fromRoleArn(…)), another account',
  spec: '`principals: { app: { existingRole: arn } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = iam.Role.fromRoleArn(stack, 'Reporter', 'arn:aws:iam::222222222222:role/reporter');
  secret.grantRead(app);
}
